"""A published plan's document becomes a plan file's text, with a report of all that was not sure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plan.model import Plan
from plan.places import compose
from plan.published.document import Block, DocumentRefused, read_document
from plan.published.lines import Bullet
from plan.published.linked import links_of
from plan.published.listed import from_lists
from plan.published.markup import looks_like_html
from plan.published.measures import known_of, measures_of
from plan.published.named import Asked, Named, name_plan
from plan.published.outline import Doubt, Entry, Measure, Outline, Part, quoted
from plan.published.reading import Around
from plan.published.sentences import read_target
from plan.published.tables import from_tables
from plan.published.written import Found, noted, plan_text, target_text

LAYOUTS = (from_tables, from_lists)
"""Each reads what it knows the layout of, and leaves the rest to the next."""

NO_PLAN = (
    "the document holds no plan that can be read; it takes a table whose columns are headed objectives, actions and measures, "
    "or goals, objectives and strategies that are numbered or called so"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A plan file's text, the plan that it holds, and what was not sure."""

    text: str
    plan: Plan
    doubts: tuple[Doubt, ...]
    """In the order of the document."""


def import_plan(text: str, asked: Asked, *, file: str, as_of: date) -> Imported:
    """Return the plan file that a document becomes.

    Args:      file: the document's file name
               as_of: the day of the import
    Raises:    DocumentRefused: it holds no plan, or cannot be read
    """
    stem, _, ending = file.rpartition(".")
    blocks = read_document(text, is_html=ending.lower() in ("html", "htm", "xhtml") or looks_like_html(text))
    outline = _outline(blocks)
    named = name_plan(blocks, asked, name=stem or file, as_of=as_of)
    beside = [(line, said) for line, said in outline.beside if (line, said) != (named.line, named.title)]
    outline.beside = sorted([*beside, *links_of(text)], key=lambda one: one[0])
    measures, progress = _measures(outline, named), _progress(outline)
    doubts = _by_line((*named.doubts, *outline.doubts, *_gaps(outline)))
    found = Found(source=file, named=named, outline=outline, progress=progress, measures=measures, doubts=doubts)
    written = plan_text(found)
    plan = Plan.model_validate(compose(file, written.encode()).value)
    return Imported(text=written, plan=plan, doubts=_by_line((*doubts, *_noted(measures), *_left_beside(outline))))


def _outline(blocks: Sequence[Block]) -> Outline:
    for layout in LAYOUTS:
        found = layout(blocks)
        if found is not None and found.holds_a_plan():
            return found
    raise DocumentRefused(NO_PLAN)


def _measures(outline: Outline, named: Named) -> dict[str, tuple[Measure, ...]]:
    """Return every part's long-term measures, by its code."""
    found = {}
    for priority in outline.priorities:
        for objective in priority.objectives:
            known = tuple(one for part in objective.parts() for one in known_of(part))
            around = Around(first_year=named.first_year, last_year=named.last_year, known=known)
            _from_its_own_sentence(objective, outline, around)
            for part in objective.parts():
                found[part.code] = measures_of(part, outline, around)
    return found


def _progress(outline: Outline) -> dict[str, tuple[Entry, ...]]:
    """Return every part's progress measures, by its code."""
    return {
        part.code: tuple(
            Entry(code=outline.code(f"{part.code}-pm{number}", bullet.line), text=bullet.whole(), line=bullet.line)
            for number, bullet in enumerate(part.progress, start=1)
        )
        for part in outline.parts()
    }


def _by_line(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    return tuple(sorted(doubts, key=lambda doubt: doubt.line))


def _from_its_own_sentence(objective: Part, outline: Outline, around: Around) -> None:
    """Give an objective without long-term measures the one that its own sentence holds, if it holds one."""
    if any(part.long_term for part in objective.parts()):
        return
    if read_target(objective.text, around).target.kind != "narrative":
        text = objective.text
        objective.long_term.append(Bullet(line=objective.line, text=text, parts=(text,), listed=True))
        outline.doubt(
            objective.line, f"{objective.code}: its own sentence holds a target; it is taken as its long-term measure"
        )


def _gaps(outline: Outline) -> Iterator[Doubt]:
    """Yield what an objective or strand has nothing of, so that somebody sees whether it stands elsewhere."""
    for priority in outline.priorities:
        if not priority.objectives:
            yield Doubt(priority.line, f"{priority.code}: no objectives were found")
        for objective in priority.objectives:
            parts = objective.strands or [objective]
            for part in parts:
                if not part.actions:
                    yield Doubt(part.line, f"{part.code}: no actions were found")
                if not part.long_term and not (part is not objective and objective.long_term):
                    where = "; see whether some of those above are meant for it" if part is not objective else ""
                    yield Doubt(part.line, f"{part.code}: no long-term measures were found{where}")


def _noted(measures: Mapping[str, Sequence[Measure]]) -> Iterator[Doubt]:
    for held in measures.values():
        for measure in held:
            if measure.notes:
                taken = "rated by its steward" if measure.target.kind == "narrative" else target_text(measure.target)
                yield Doubt(measure.line, f"{measure.code}: taken as {taken}. {noted(measure.notes)}")


def _left_beside(outline: Outline) -> Iterator[Doubt]:
    for line, text in outline.beside:
        yield Doubt(line, f"{quoted(text)} is no part of the plan's tree; it is kept as a comment")
