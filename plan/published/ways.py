"""Rules for what is to go from one figure to another: by yearly lists, "from X in Y to Z in W", or by so much until a year."""

import re
from collections.abc import Sequence
from decimal import Decimal

from plan.model import Trajectory
from plan.periods import SchoolYear
from plan.published.changes import CHANGE, is_a_percentage, unit_of_change
from plan.published.figures import AMOUNT, UNIT, WHEN, Told, amount, school_year, told
from plan.published.reading import END, THE, VERB, Around, Reading, deadline, narrative, year_of
from plan.published.units import counted


def by_year(said: Told, years: Sequence[str]) -> Reading | None:
    """Read "2021-22: 56%, 2022-23: 63%": a figure for each year, in the sentence or in lines of their own.

    Args:      years: the lines that are nested under the sentence
    """
    found = [(school_year(one["when"]), amount(one["value"])) for one in _points(said, years)]
    points = dict(sorted(found))
    if len(points) < 2:
        return None
    if len(points) < len(set(found)):
        return narrative("its list gives two figures for one year; correct one of them")
    leaves_out = len(points) > 2 and max(points).first - min(points).first + 1 > len(points)
    way = Trajectory(kind="trajectory", points=points, line_between=leaves_out)
    ends = FROM_TO.search(said.text)
    if ends and (amount(ends["x"]), amount(ends["z"])) != (way.baseline, way.target):
        note = f"the sentence says from {ends['x']} to {ends['z']}, and its list of years does not; the list was taken"
        return Reading(target=way, notes=(note,))
    return Reading(target=way)


_POINT = re.compile(rf"(?P<when>{WHEN})\)? ?(?:school year ?)?[-:=] ?(?P<value>{AMOUNT})")


def _points(said: Told, years: Sequence[str]) -> list[re.Match[str]]:
    nested = [one for line in years for one in _POINT.finditer(told(line).text)]
    return nested or list(_POINT.finditer(said.text))


_START = (
    rf"(?: ?\(?,? ?(?:(?P<before>prior to|before)|in|as of|for|during|at) {END}\(?(?P<y>{WHEN})\)?| \((?P<y2>{WHEN})\))?"
    r"(?: school year)?,?"
)
_GOAL = rf"(?: ?\(?,? ?(?:by|in|for|during|through|at) {END}\(?(?P<w>{WHEN})\)?| ?\((?P<w2>{WHEN})\))?"
_FIRST, _LAST = rf"(?P<x>{AMOUNT})(?P<xu>{UNIT})?", rf"(?P<z>{AMOUNT})(?P<zu>{UNIT})?{_GOAL}"
FROM_TO = re.compile(rf"\bfrom {THE}{_FIRST}(?: [a-z]+){{0,3}}?{_START}(?: [a-z]+){{0,3}}? to {THE}{_LAST}")
_X_TO_Y = re.compile(rf"{_FIRST}{_START} to {THE}{_LAST}")


def from_to(said: Told, around: Around) -> Reading | None:
    """Read "from X in Y to Z in W", and "X to Z by W" of percentages."""
    every = list(FROM_TO.finditer(said.text))
    if not every:
        every = [one for one in _X_TO_Y.finditer(said.text) if one["zu"] and (one["w"] or one["w2"])]
    if len(every) > 1:
        return narrative("the sentence goes from one figure to another more than once; make a measure of each")
    return _way(every[0], said, around) if every else None


def _way(found: re.Match[str], said: Told, around: Around) -> Reading:
    """Return the way between two figures; years that are not named are those around it."""
    notes: list[str] = []
    first = _beginning(found, notes)
    last = year_of(found["w"] or found["w2"], notes) or deadline(said, notes, but=found["y"] or found["y2"])
    if first is None and last is None and around.whole is None:
        return narrative("it goes from one figure to another, and names no years; add them")
    years = list(around.whole.points) if around.whole else [around.first_year.before, around.last_year]
    if first is None and last is None:
        notes.append(f"it names no years, so those of the measure that it is part of count: {years[0]} and {years[-1]}")
    elif first is None:
        notes.append(f"the year of its beginning is not named; {years[0]} was taken")
    elif last is None:
        notes.append(f"the year of its end is not named; {years[-1]} was taken")
    return _between(first or years[0], amount(found["x"]), last or years[-1], amount(found["z"]), notes)


def _beginning(found: re.Match[str], notes: list[str]) -> SchoolYear | None:
    """Return the year of the first figure; "prior to" a year is the one before it."""
    year = year_of(found["y"] or found["y2"], notes)
    if year is None or not found["before"]:
        return year
    notes.append(f"the beginning is before {year}, so it counts as that of {year.before}")
    return year.before


def _between(
    first: SchoolYear, start: Decimal, last: SchoolYear, goal: Decimal, notes: Sequence[str], *, unit: str | None = None
) -> Reading:
    if last <= first:
        return narrative(f"its years do not lead from an earlier to a later one: {first} and {last}; correct them")
    way = Trajectory(kind="trajectory", points={first: start, last: goal})
    return Reading(target=way, notes=tuple(notes), unit=unit)


_FOR_A_TOTAL = re.compile(
    rf"{VERB}.*? by (?:at least )?(?P<by>{AMOUNT})\b.*?\b(?:for|to) a (?:new )?total of (?P<total>{AMOUNT})(?![\w%])"
)


def for_a_total(said: Told, around: Around) -> Reading | None:
    """Read "increase by A by W for a total of M": the way starts from M less A."""
    found, notes = _FOR_A_TOTAL.search(said.text), list[str]()
    last = deadline(said, notes)
    if not found or last is None:
        return None
    by, total = amount(found["by"]), amount(found["total"])
    start = total - by if found["up"] else total + by
    year = _year_known(start, said, around)
    if year is not None:
        notes.append(f"it begins with {start}, which the objective's progress measures give for {year}")
    else:
        notes.append(f"it begins with {start}, of a year that is not named; the year before the plan's first was taken")
    return _between(year or around.first_year.before, start, last, total, notes)


def _year_known(value: Decimal, said: Told, around: Around) -> SchoolYear | None:
    """Return the year for which a sentence that speaks of the same things gives a figure."""
    words = set(re.findall(r"[a-z]{5,}", said.text))
    same = [one for one in around.known if one.value == value]
    alike = [(len(words & set(re.findall(r"[a-z]{5,}", one.text))), one.year) for one in same]
    shared, year = max(alike, default=(0, None))
    return year if shared else None


def change_by_a_year(said: Told, around: Around) -> Reading | None:
    """Read "increase by three by W": counted from 0 in the year before the plan."""
    found, notes = CHANGE.search(said.text), list[str]()
    last = deadline(said, notes)
    if not found or last is None or found["high"] or found["bound"]:
        return None
    before, more = around.first_year.before, "more" if found["up"] else "less"
    notes.append(f"it names no beginning: what is counted is how many {more} than in {before}, the year before the plan")
    in_percent = unit_of_change(found) in ("%", "percent")
    unit = "percentage points" if is_a_percentage(said, found) else "percent" if in_percent else counted(said) or "items"
    return _between(before, Decimal(0), last, amount(found["low"]), notes, unit=f"{unit} {more} than in {before}")
