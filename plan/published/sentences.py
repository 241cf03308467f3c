"""A measure's sentence becomes its target, by rules over wording; what no rule is sure of stays a narrative with a note.

The rules are tried in the order of RULES, the most telling wording first.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from pydantic import ValidationError

from plan.calendar import lies_near
from plan.model import Change, Deliverable, Narrative, Target, Threshold, Trajectory
from plan.periods import MonthDay, SchoolYear
from plan.published.bounds import bounds, to_reach
from plan.published.changes import yearly_change
from plan.published.figures import WHEN, Told, amounts, last_day, school_year, told
from plan.published.reading import BY, VERB, Around, Reading, narrative
from plan.published.ways import by_year, change_by_a_year, for_a_total, from_to

_WANTS_CHANGE = re.compile(
    rf"{VERB}|\b(?:(?:doubl|tripl|quadrupl|halv|enhanc|maximiz|minimiz)(?:e|es|ed|ing)|(?:boost|strengthen)(?:s|ed|ing)?)\b"
)
"""What is never done, but measured: such a sentence needs a figure, and a day alone makes no target of it."""
_BEFORE_A_YEAR = re.compile(rf"\b(?:prior to|before) (?:the )?{WHEN}")
LONGEST_SENTENCE = 2000
"""How many characters a sentence may have to be read for a target."""


def read_target(sentence: str, around: Around, years: Sequence[str] = ()) -> Reading:
    """Return a measure's target as its sentence gives it, a narrative where no rule is sure.

    Args:      years: the lines nested under the sentence, which may give a figure for each year
    """
    if len(sentence) > LONGEST_SENTENCE:
        return narrative("it is too long to be one sentence about one target")
    said = told(sentence)
    try:
        found = by_year(said, years) or next(filter(None, (rule(said, around) for rule in RULES)), None)
    except ValidationError as error:
        return narrative(f"its figures cannot be a target: {error.errors()[0]['msg']}")
    return _checked(found, said, around, listed=bool(years)) if found else narrative(_why_not(said))


def deliverable(said: Told, _around: Around) -> Reading | None:
    """Read "by the end of 2024" of something that has no figure: it is to be done by the last day of that."""
    every = [found for found in BY.finditer(said.text) if found["word"] in ("by", "before", "no later than", "until")]
    if any(amounts(said.text)) or "{s" in said.text or len({found["when"] for found in every}) != 1:
        return None
    if _WANTS_CHANGE.search(said.text):
        return None
    when = every[0]["when"]
    exact = when.startswith("{d")
    notes = () if exact else (f"only a year is named, so its last day is taken: {last_day(when)}",)
    return Reading(target=Deliverable(kind="deliverable", by=last_day(when)), notes=notes)


RULES: tuple[Callable[[Told, Around], Reading | None], ...] = (
    from_to,
    for_a_total,
    yearly_change,
    change_by_a_year,
    bounds,
    to_reach,
    deliverable,
)


def _checked(reading: Reading, said: Told, around: Around, *, listed: bool) -> Reading:
    """Return a reading with a note on each figure that its target does not hold; its years have to lie near the plan's.

    Args:      listed: whether a list of years stands under the sentence, which counts before its own figures
    """
    far = next((day for day in _days(reading.target) if not lies_near(day, around.first_year, around.last_year)), None)
    if far is not None:
        return narrative(f"its year, {far.year}, lies too far from the plan's years; correct it")
    if isinstance(reading.target, Narrative):
        return reading
    held = _figures(reading.target)
    left = [f"{value:f}" for value in dict.fromkeys(amounts(said.text)) if value not in held]
    years = _years_left(reading.target, said) if left and not listed else []
    if years:
        return narrative(f"it says {', '.join(left)} beside a target, and {', '.join(years)}; make a measure of each")
    unread = f"the sentence also says {', '.join(left)}, which the target does not hold"
    return replace(reading, notes=(*reading.notes, unread)) if left else reading


def _years_left(target: Target, said: Told) -> list[str]:
    """Return the years that a sentence names and its target does not hold: a figure that it does not hold may be of one."""
    held: set[SchoolYear | None] = set()
    match target:
        case Trajectory(points=points):
            held = {*points, *([min(points).after] if _BEFORE_A_YEAR.search(said.text) else [])}
        case Threshold(by=SchoolYear() as by):
            held = {by}
    return [str(year) for year in dict.fromkeys(map(school_year, re.findall(WHEN, said.text))) if year not in held]


def _days(target: Target) -> list[date]:
    """Return the days that a target names, of a school year the last one."""
    starts = MonthDay(7, 1)
    match target:
        case Trajectory(points=points):
            return [year.end(starts) for year in points]
        case Threshold(by=SchoolYear() as by):
            return [by.end(starts)]
        case Deliverable(by=day):
            return [day]
    return []


def _figures(target: Target) -> set[Decimal | None]:
    match target:
        case Trajectory(points=points):
            values = list(points.values())
            return {*values, abs(values[-1] - values[0])}
        case Threshold() | Change():
            return {target.at_least, target.at_most}
    return set()


def _why_not(said: Told) -> str:
    """Return why a sentence is a narrative."""
    if any(amounts(said.text)):
        return "it holds a figure, and no rule is sure what it means"
    if BY.search(said.text) and _WANTS_CHANGE.search(said.text):
        return "it speaks of a change by a time, and names no figure"
    if "{" in said.text:
        return "it names a time, and neither a figure nor a day by which it is done"
    if _WANTS_CHANGE.search(said.text):
        return "it speaks of a change, and names no figure, beginning or day"
    return "it names neither a figure nor a day"
