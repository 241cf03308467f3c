"""What the plan's page shows: the tree, where each part stands, and what it owes now. Pure; the day is an argument."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from plan.duties import Obligation
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Item, Objective, Priority, Strand
from plan.phrase import phrase, template
from plan.standing import CHASED, Standing, named, standing
from plan.wording import in_words, listed
from web.judgement import Verdict, verdicts, verdicts_of_all
from web.wording import KINDS, TONES, Share, Tone, shares, word

Kind = Literal["actions", "progress measures", "long-term measures", "objectives", "items"]

_COUNTED: dict[Kind, tuple[str, str]] = {
    "actions": (template("{count} action"), template("{count} actions")),
    "progress measures": (template("{count} progress measure"), template("{count} progress measures")),
    "long-term measures": (template("{count} long-term measure"), template("{count} long-term measures")),
    "objectives": (template("{count} objective"), template("{count} objectives")),
    "items": (template("{count} item"), template("{count} items")),
}
"""How one of a kind is counted, and several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What is owed, and how it stands."""

    name: str
    status: str
    tone: Tone
    reason: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item as the tree shows it."""

    code: str
    title: str
    kind: str
    owner: str
    """The office that answers for it; empty if none does."""
    owed: Owed | None
    """None if the item owes nothing."""
    missing: str
    """The earlier periods for which nothing has come, in words; empty if there are none."""
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of a kind there are, and how they stand."""

    name: Kind
    total: int
    said: str
    """How many there are, in words."""
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The items of one kind within an objective or strand."""

    tally: Tally
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An objective's own items, or those of one of its strands."""

    code: str
    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveShown:
    """An objective with all that is in it."""

    line: Line
    tally: Tally
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityShown:
    """A priority with all that is in it."""

    code: str
    title: str
    verdicts: tuple[Verdict, ...]
    tally: Tally
    objectives: tuple[ObjectiveShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown:
    """The whole plan on a day."""

    verdicts: tuple[Verdict, ...]
    tallies: tuple[Tally, ...]
    missing: int
    """For how many earlier periods, over all items, nothing has come."""
    works: bool
    """Whether the day is a working day, on which mail goes out."""
    priorities: tuple[PriorityShown, ...]


def plan_shown(situation: Situation, *, as_of: date) -> PlanShown:
    """Return the plan with how everything in it stands on a day."""
    return _OnADay(situation, as_of).shown()


def owed(judged: Standing) -> Owed:
    """Return what is owed and how it stands, in words."""
    return Owed(
        name=named(judged.obligation),
        status=word(judged.status),
        tone=TONES[judged.status],
        reason=judged.reason,
        due=in_words(judged.obligation.due),
    )


def stands(obligation: Obligation, situation: Situation, *, as_of: date) -> Standing:
    """Return how an obligation stands in a situation on a day."""
    return standing(obligation, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=as_of)


@dataclass(frozen=True)
class _OnADay:
    """A plan of which every item is judged once."""

    situation: Situation
    as_of: date

    def shown(self) -> PlanShown:
        plan = self.situation.plan
        kinds: tuple[tuple[Kind, Sequence[Item]], ...] = (
            ("actions", plan.actions),
            ("progress measures", plan.progress_measures),
            ("long-term measures", plan.long_term_measures),
            ("objectives", plan.objectives),
        )
        return PlanShown(
            verdicts=verdicts_of_all(self._judgement),
            tallies=tuple(self._tally(name, items) for name, items in kinds if items),
            missing=sum(len(periods) for periods in self._missing.values()),
            works=self.as_of in self.situation.duties.days,
            priorities=tuple(self._priority(priority) for priority in plan.priorities),
        )

    @cached_property
    def _judgement(self) -> Judged:
        return Judged(self.situation.duties, self.situation.facts, self.as_of)

    @cached_property
    def _current(self) -> dict[str, Standing]:
        """How what each item owes now stands."""
        plan, duties = self.situation.plan, self.situation.duties
        now = ((code, duties.current(item, as_of=self.as_of)) for code, item in plan.items.items())
        return {code: stands(one, self.situation, as_of=self.as_of) for code, one in now if one}

    @cached_property
    def _missing(self) -> dict[str, list[str]]:
        """The earlier periods for which nothing has come, by item."""
        return {code: list(self._missing_of(item)) for code, item in self.situation.plan.items.items()}

    def _missing_of(self, item: Item) -> Iterator[str]:
        for one in self.situation.duties.chased(item, as_of=self.as_of):
            judged = stands(one, self.situation, as_of=self.as_of)
            if judged != self._current.get(item.id) and judged.status in CHASED:
                yield str(one.period)

    def _priority(self, priority: Priority) -> PriorityShown:
        items = [item for objective in priority.objectives for item in _within(objective)]
        objectives = tuple(self._objective(objective) for objective in priority.objectives)
        return PriorityShown(
            code=priority.id,
            title=priority.title,
            verdicts=verdicts(priority, self._judgement),
            tally=self._tally("items", items),
            objectives=objectives,
        )

    def _objective(self, objective: Objective) -> ObjectiveShown:
        parts = tuple(self._part(part) for part in objective.parts())
        return ObjectiveShown(
            line=self._line(objective),
            tally=self._tally("items", _within(objective)),
            parts=tuple(part for part in parts if part.groups),
        )

    def _part(self, part: Objective | Strand) -> Part:
        groups: tuple[tuple[Kind, Sequence[Item]], ...] = (
            ("actions", part.actions),
            ("progress measures", part.progress_measures),
            ("long-term measures", part.long_term_measures),
        )
        return Part(
            code=part.id if isinstance(part, Strand) else "",
            title=part.title,
            groups=tuple(self._group(name, items) for name, items in groups if items),
        )

    def _group(self, name: Kind, items: Sequence[Item]) -> Group:
        return Group(tally=self._tally(name, items), lines=tuple(self._line(item) for item in items))

    def _line(self, item: Item) -> Line:
        roster = self.situation.roster
        office = roster.accountable(as_of=self.as_of).get(item.id)
        return Line(
            code=item.id,
            title=item.title,
            kind=KINDS[type(item)],
            owner=roster.owners.offices[office].title if office else "",
            owed=owed(self._current[item.id]) if item.id in self._current else None,
            missing=listed(self._missing[item.id], most=4),
            verdicts=verdicts(item, self._judgement),
        )

    def _tally(self, name: Kind, items: Sequence[Item]) -> Tally:
        now = (self._current[item.id].status for item in items if item.id in self._current)
        said = phrase(_COUNTED[name][len(items) != 1], count=len(items))
        return Tally(name=name, total=len(items), said=said, shares=shares(now))


def _within(objective: Objective) -> list[Item]:
    """Return an objective and all items in it."""
    inside: list[Item] = [objective]
    for part in objective.parts():
        inside += (*part.actions, *part.progress_measures, *part.long_term_measures)
    return inside
