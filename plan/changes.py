"""What is another in a plan than in an earlier one, each change with a sentence for those who decide on the plan.

Items are matched by kind and code. One that is gone and one that is new with the very same title are one item with a new code.
The order in which a plan lists things is no change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from plan.changed_targets import TOLD, target_clauses, target_in_words
from plan.changed_words import OF_AN_ITEM, OF_SETTINGS, OF_THE_PLAN, clause, differing, given, ladder_clauses
from plan.model import Action, LongTermMeasure, Objective, Plan, Priority, ProgressMeasure, Strand
from plan.wording import capitalised

Kind = Literal["added", "removed", "recoded", "moved", "target", "retitled", "setting", "detail"]
Part = Priority | Objective | Strand | Action | ProgressMeasure | LongTermMeasure

_HELD = frozenset({"priorities", "objectives", "strands", "actions", "progress_measures", "long_term_measures"})
"""The fields whose parts are compared one by one, wherever they stand."""
_NOUNS: dict[type[Part], str] = {
    Priority: "priority",
    Objective: "objective",
    Strand: "strand",
    Action: "action",
    ProgressMeasure: "progress measure",
    LongTermMeasure: "long-term measure",
}
_Key = tuple[str, str]
"""What a part is, and its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """One thing that is another in the later of two plans."""

    kind: Kind
    item: str
    """The code of what changed, as the later plan has it unless it was removed; of the plan as a whole, the plan's own."""
    title: str
    priority: str
    """The code of the priority that it is told under; empty where it is about the plan as a whole."""
    objective: str
    """The code of the objective that it is told under; empty where it is about a priority or the plan."""
    key: str
    """The key in the plan file whose value changed, as in "target"; empty where the item itself came, went or moved."""
    sentence: str


def changes(old: Plan, new: Plan) -> tuple[PlanChange, ...]:
    """Return all that changed from one plan to another: of the plan as a whole, then by priority and objective.

    They are in the order of the later plan. What was removed stands last: within its objective, and so do whole objectives and
    priorities.
    """
    compared = _Compared.of(old, new)
    found = (*_of_the_whole(old, new), *compared.of_parts(), *compared.removed())
    codes = dict.fromkeys(part.id for plan in (new, old) for part in parts(plan))
    at = {code: place for place, code in enumerate(("", *codes))}
    return tuple(sorted(found, key=lambda one: (at[one.priority], at[one.objective])))


def parts(plan: Plan) -> Iterator[Part]:
    """Yield everything that has a code and a title: each priority, its objectives with what they hold, and their strands."""
    for priority in plan.priorities:
        yield priority
        for objective in priority.objectives:
            for part in objective.parts():
                yield part
                yield from part.actions
                yield from part.progress_measures
                yield from part.long_term_measures


def _of_the_whole(old: Plan, new: Plan) -> Iterator[PlanChange]:
    """Yield what changed in the plan as a whole and in its settings."""

    def told(kind: Kind, key: str, said: str) -> PlanChange:
        sentence = f"{capitalised(said)}."
        return PlanChange(kind=kind, item=new.id, title=new.title, priority="", objective="", key=key, sentence=sentence)

    for key, was, now in differing(old, new, besides={"settings", *_HELD}):
        if key == "title":
            yield told("retitled", key, f'the plan is retitled: "{was}" became "{now}"')
        else:
            yield told("detail", key, clause(key, was, now, OF_THE_PLAN))
    for key, was, now in differing(old.settings, new.settings):
        found = ladder_clauses(was, now) if key == "ladders" else [clause(key, was, now, OF_SETTINGS)]
        yield from (told("setting", f"settings.{key}", one) for one in found)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two plans, and which part of the one is which of the other."""

    old: Plan
    new: Plan
    was: Mapping[_Key, Part]
    """What each part of the later plan was, as far as it was in the earlier one."""
    recoded: Mapping[str, str]
    """New codes by old ones."""

    @classmethod
    def of(cls, old: Plan, new: Plan) -> Self:
        """Match the parts of two plans."""
        was = _matched(old, new)
        return cls(old, new, was, {part.id: code for (_, code), part in was.items() if part.id != code})

    def of_parts(self) -> Iterator[PlanChange]:
        """Yield what was added to the later plan, and what changed in parts that both have."""
        for part in parts(self.new):
            was = self.was.get(_key(part))
            if was is None:
                yield self._told("added", part, f"Added: the {_described(part)}{_inside(part, self.new)}.")
            else:
                yield from self._changed(was, part)

    def removed(self) -> Iterator[PlanChange]:
        """Yield what only the earlier plan has, told under what is left of where it stood."""
        kept = {_key(part) for part in self.was.values()}
        for part in parts(self.old):
            if _key(part) not in kept:
                yield self._told("removed", part, f"Removed: the {_described(part)}{_inside(part, self.old)}.")

    def _changed(self, was: Part, now: Part) -> Iterator[PlanChange]:
        if was.id != now.id:
            sentence = f"{now.title}: the {_noun(now)} now has the code {now.id}; it was {was.id}."
            yield self._told("recoded", now, sentence, key="id")
        before, after = self.old.lines[was.id][1:2], self.new.lines[now.id][1:2]
        if tuple(self.recoded.get(code, code) for code in before) != after:
            where = f"from {_parent(was, self.old)} to {_parent(now, self.new)}"
            yield self._told("moved", now, f"{_called(now)}: the {_noun(now)} moves {where}.")
        if isinstance(was, LongTermMeasure) and was.part_of:
            was = was.model_copy(update={"part_of": self.recoded.get(was.part_of, was.part_of)})
        for key, _, _ in differing(was, now, besides={"id", *_HELD}):
            yield self._field(key, was, now)

    def _field(self, key: str, was: Part, now: Part) -> PlanChange:
        if key == "title":
            sentence = f'The {_noun(now)} {now.id} is retitled: "{was.title}" became "{now.title}".'
            return self._told("retitled", now, sentence, key=key)
        if key == "target" and isinstance(was, LongTermMeasure) and isinstance(now, LongTermMeasure):
            return self._told("target", now, f"{_called(now)}: {'; '.join(_target(was, now))}.", key=key)
        said = clause(key, getattr(was, key, None), getattr(now, key, None), OF_AN_ITEM)
        return self._told("detail", now, f"{_called(now)}: {said}.", key=key)

    def _told(self, kind: Kind, part: Part, sentence: str, *, key: str = "") -> PlanChange:
        priority, objective = self._under(part) if kind == "removed" else _under(self.new.lines[part.id])
        return PlanChange(
            kind=kind, item=part.id, title=part.title, priority=priority, objective=objective, key=key, sentence=sentence
        )

    def _under(self, part: Part) -> tuple[str, str]:
        """Return the priority and the objective under which a part that was removed would stand now."""
        priority, objective = _under([self.recoded.get(code, code) for code in self.old.lines[part.id]])
        is_left = any(one.id == objective for one in self.new.objectives)
        return _under(self.new.lines[objective]) if is_left else (priority, objective)


def _matched(old: Plan, new: Plan) -> dict[_Key, Part]:
    """Return what each part of the later plan was before: the part with its code, or else the only one with its title."""
    before, after = ({_key(part): part for part in parts(plan)} for plan in (old, new))
    gone = _by_title(part for key, part in before.items() if key not in after)
    came = _by_title(part for key, part in after.items() if key not in before)
    renamed = {_key(part): gone[title] for title, part in came.items() if title in gone}
    return {key: before[key] for key in after if key in before} | renamed


def _by_title(those: Iterable[Part]) -> dict[_Key, Part]:
    """Return parts by what they are and their title; those that share both are left out, since they cannot be told apart."""
    found = [((_noun(part), part.title), part) for part in those]
    counts = Counter(key for key, _ in found)
    return {key: part for key, part in found if counts[key] == 1}


def _under(line: Iterable[str]) -> tuple[str, str]:
    """Return the priority and the objective of a line that leads up to a priority; no objective where that is all."""
    priority, *below = reversed(list(line))
    return priority, below[0] if below else ""


def _key(part: Part) -> _Key:
    return _noun(part), part.id


def _noun(part: Part) -> str:
    return next(noun for kind, noun in _NOUNS.items() if isinstance(part, kind))


def _called(part: Part) -> str:
    return f"{part.title} ({part.id})"


def _parent(part: Part, plan: Plan) -> str:
    """Return what holds a part, in words."""
    code = plan.lines[part.id][1]
    return next(f'the {_noun(one)} "{one.title}" ({code})' for one in parts(plan) if one.id == code)


def _inside(part: Part, plan: Plan) -> str:
    """Return the strand that holds a part, in words; nothing where it stands right under its objective or priority."""
    return f", in {_parent(part, plan)}" if len(plan.lines[part.id]) > 3 else ""


def _described(part: Part) -> str:
    """Return a part with its target and all else that somebody gave it."""
    said = [f'{_noun(part)} "{part.title}" ({part.id})']
    if isinstance(part, LongTermMeasure):
        said[0] += f", {target_in_words(part.target)}{f' ({part.unit})' if part.unit else ''}"
    return "; ".join((*said, *given(part, OF_AN_ITEM, besides={"id", "title", "target", "unit", *_HELD})))


def _target(was: LongTermMeasure, now: LongTermMeasure) -> Iterator[str]:
    yield from target_clauses(was, now)
    if was.target.kind == now.target.kind:
        found: Iterator[tuple[str, Any, Any]] = differing(was.target, now.target, besides=TOLD[now.target.kind])
        yield from (clause(*one) for one in found)
