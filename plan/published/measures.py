"""The bullets of long-term measures become measures: one for each, its components and student groups beside it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from plan.model import Change, Narrative, Trajectory
from plan.published.figures import AMOUNT, WHEN, amount, school_year, told
from plan.published.lines import DASHES, Bullet
from plan.published.outline import Measure, Outline, Part
from plan.published.reading import Around, Known, Reading
from plan.published.sentences import read_target
from plan.published.units import unit_of

_NAMED = re.compile(rf"(?P<name>[^:]{{1,60}}?)(?:\s+[{DASHES}]|:|[{DASHES[:2]}])\s+(?P<rest>.+)")
_STARTS_WITH_YEAR = re.compile(rf"\(?{WHEN}")
_KNOWN = (
    re.compile(rf"(?P<n>{AMOUNT})(?: total| in all| currently)? as of (?P<when>{WHEN})"),
    re.compile(rf"as of (?P<when>{WHEN})\)? ?[-:] ?(?P<n>{AMOUNT})"),
)
_SPEAKS_OF_GROUPS = re.compile(r"\bgaps?\b|\b(?:student |sub-?)groups?\b|\bpopulations?\b", re.IGNORECASE)
_GROUP = re.compile(
    r"special education|students? with disabilit|bilingual|english (?:language )?learner|multilingual|economically|"
    r"african american|black\b|hispanic|latin|white\b|asian\b|native|two or more races|migrant|homeless|foster|"
    r"military-connected|at[- ]risk|gifted|dyslexi|section 504",
    re.IGNORECASE,
)
LONGEST_SLUG = 27
GROUP_NOTE = "it is counted once for each student group that is named under it"


def measures_of(part: Part, outline: Outline, around: Around) -> tuple[Measure, ...]:
    """Return a part's long-term measures in the document's order, components after the measure that they belong to."""
    return tuple(
        measure
        for number, bullet in enumerate(part.long_term, start=1)
        for measure in _Reader(outline, around, f"{part.code}-ltm{number}").of(bullet)
    )


def known_of(part: Part) -> tuple[Known, ...]:
    """Return the figures that a part's progress measures give for a year, as in "2 as of 2021-2022"."""
    found = []
    for bullet in part.progress:
        said = told(bullet.text)
        for pattern in _KNOWN:
            found += [
                Known(text=said.text, value=amount(one["n"]), year=school_year(one["when"]))
                for one in pattern.finditer(said.text)
            ]
    return tuple(found)


class _Reader:
    """Reads one bullet, whose measure has a code."""

    def __init__(self, outline: Outline, around: Around, code: str) -> None:
        self.outline, self.around, self.code = outline, around, code

    def of(self, bullet: Bullet) -> Iterator[Measure]:
        head, within = _components_within(bullet, self.around)
        yearly = all(_STARTS_WITH_YEAR.match(told(one.text).text) for one in bullet.inside)
        years = [one.whole() for one in bullet.inside] if yearly else []
        reading = read_target(head, self.around, years)
        below = within or self._components_below(bullet, years)
        if isinstance(reading.target, Change) and not years and _names_groups(head, bullet.inside):
            yield from self._groups(bullet, reading)
        elif below and isinstance(reading.target, Narrative):
            yield from self._each(bullet, head, below)
        else:
            yield from self._with_components(bullet, head, reading, below)

    def _components_below(self, bullet: Bullet, years: Sequence[str]) -> list[str]:
        """Return the nested lines, if any of them has figures of its own; else they only explain the measure."""
        below = [one.whole() for one in bullet.inside] if not years else []
        return below if any(_has_figures(read_target(text, _as_component(self.around))) for text in below) else []

    def _with_components(self, bullet: Bullet, head: str, reading: Reading, below: Iterable[str]) -> Iterator[Measure]:
        whole = self._measure(self.code, head, bullet.whole(), bullet.line, reading)
        yield whole
        around = replace(self.around, whole=whole.target if isinstance(whole.target, Trajectory) else None)
        for text in below:
            measure = self._component(text, bullet.line, read_target(text, around))
            if measure.unit == "count":
                notes = (*(note for note in measure.notes if "unit" not in note), f"its unit is taken from {whole.code}")
                measure = replace(measure, unit=whole.unit, notes=notes)
            yield replace(measure, part_of=whole.code)

    def _each(self, bullet: Bullet, head: str, below: Iterable[str]) -> Iterator[Measure]:
        """Yield a measure for each line under a heading that has no target of its own."""
        for text in below:
            measure = self._component(text, bullet.line, read_target(text, self.around))
            yield replace(measure, title=f"{text} ({head.rstrip(':. ')})", wording=f"{head} {text}")

    def _component(self, text: str, line: int, reading: Reading) -> Measure:
        found = _NAMED.fullmatch(text)
        return self._measure(f"{self.code}-{_slug(found['name'] if found else text)}", text, text, line, reading)

    def _groups(self, bullet: Bullet, reading: Reading) -> Iterator[Measure]:
        for group in bullet.inside:
            name = group.whole()
            read = replace(reading, notes=(GROUP_NOTE, *reading.notes))
            code = f"{self.code}-{_slug(name)}"
            made = self._measure(code, bullet.text, f"{bullet.text} {name}", group.line, read)
            yield replace(made, title=f"{name}: {bullet.text}", student_group=name)

    def _measure(self, code: str, text: str, wording: str, line: int, reading: Reading) -> Measure:
        unit, doubt = (reading.unit, None) if reading.unit else unit_of(text, reading.target)
        return Measure(
            code=self.outline.code(code, line),
            title=text,
            wording=wording,
            line=line,
            target=reading.target,
            unit=unit,
            notes=(*reading.notes, doubt) if doubt else reading.notes,
        )


def _components_within(bullet: Bullet, around: Around) -> tuple[str, list[str]]:
    """Return a bullet's own sentence, and the components that stand in it in another look, as in "Meets - from 46 to 60"."""
    at = [place for place, part in enumerate(bullet.parts) if place and _is_component(part, around)]
    if not at:
        return bullet.text, []
    before = bullet.parts[: at[0]]
    ends = next((place for place, part in enumerate(before, start=1) if part.endswith((".", ":", ";"))), len(before))
    return " ".join(before[:ends]), [bullet.parts[place] for place in at]


def _is_component(part: str, around: Around) -> bool:
    """Return whether a part of a line is a name and what it is to become."""
    found = _NAMED.fullmatch(part)
    if not found:
        return False
    return _has_figures(read_target(found["rest"], _as_component(around)))


def _as_component(around: Around) -> Around:
    """Return what is around a component, as long as its whole is not read: the years are those of the plan."""
    points = {around.first_year.before: Decimal(0), around.last_year: Decimal(1)}
    return replace(around, whole=Trajectory(kind="trajectory", points=points))


def _has_figures(reading: Reading) -> bool:
    return not isinstance(reading.target, Narrative) and reading.target.kind != "deliverable"


def _names_groups(head: str, inside: Sequence[Bullet]) -> bool:
    """Return whether what is nested under a sentence are the student groups that it is about."""
    if not inside or any(len(one.text.split()) > 8 for one in inside):
        return False
    return bool(_SPEAKS_OF_GROUPS.search(head)) or any(_GROUP.search(one.text) for one in inside)


def _slug(name: str) -> str:
    """Return the first words of a name as a part of a code."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    fitting = [at for at in range(1, 4) if len("-".join(words[:at])) <= LONGEST_SLUG]
    return "-".join(words[: fitting[-1]]) if words and fitting else "part"
