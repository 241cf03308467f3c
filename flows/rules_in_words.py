"""The rules of judging in words, as `explain` names them: the row of the status table, and the arithmetic step by step."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from plan.assess import Assessment, MeasureStatus, shown
from plan.model import Change, Deliverable, LongTermMeasure, Narrative, Target, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.targets import TOLERANCES, shortfall

_S = MeasureStatus
_TRAJECTORY = {
    _S.NOT_RATED: "No results are due yet, or the year judged is the baseline's own.",
    _S.NO_DATA: "Results are due, and no reading for that year is known.",
    _S.MET: "The final target is reached.",
    _S.MISSED: "The results of the target's year are known, and the final target is not reached.",
    _S.ON_TRACK: "The share of the way is 0.95 or more, or the shortfall is within the tolerance.",
    _S.DECLINED: "The reading is worse than the baseline by more than the tolerance.",
    _S.WATCH: "The share of the way is 0.85 or more.",
    _S.OFF_TRACK: "None of the rules before it fits: the share of the way is below 0.85.",
}
_KEPT_EACH_YEAR = {
    _S.NOT_RATED: "No year of the plan has results due yet.",
    _S.NO_DATA: _TRAJECTORY[_S.NO_DATA],
    _S.ON_TRACK: "The bound is kept.",
    _S.WATCH: "The bound is not kept, and the reading is within the tolerance of it.",
    _S.OFF_TRACK: "The bound is not kept, by more than the tolerance.",
}
_REACHED_BY_A_YEAR = {
    _S.NOT_RATED: "The results of its year are not due yet, and the bound is not reached before.",
    _S.NO_DATA: "The results of its year are due, and no reading for it is known.",
    _S.ON_TRACK: "The bound is reached before its year.",
    _S.MET: "The bound is reached in its year.",
    _S.MISSED: "The results of its year are known, and the bound is not reached.",
}
_CHANGE = {
    _S.NOT_RATED: "No figure of the year before is known: it is the baseline year, or no results are due yet.",
    _S.NO_DATA: _TRAJECTORY[_S.NO_DATA],
    _S.ON_TRACK: "The change is the one that is wanted, or better.",
    _S.DECLINED: "It went the other way.",
    _S.WATCH: "At least 85 % of the wanted change.",
    _S.OFF_TRACK: "Less than 85 % of the wanted change.",
}
_DELIVERABLE = {
    _S.NOT_RATED: "Its day is more than 60 days away, and no evidence has been accepted.",
    _S.WATCH: "Its day is 60 days away or less, and no evidence has been accepted.",
    _S.MET: "Evidence has been accepted.",
    _S.OFF_TRACK: "Its day is over, and no evidence has been accepted.",
    _S.MISSED: "The plan is over, and no evidence has been accepted.",
}
_NARRATIVE = {
    _S.NOT_RATED: "Its steward has not rated it, or it was discontinued.",
    _S.OFF_TRACK: "Rated as no progress.",
    _S.WATCH: "Rated as some progress.",
    _S.ON_TRACK: "Rated as considerable or significant progress.",
    _S.MET: "Rated as accomplished.",
}


def rule(judged: Assessment) -> str:
    """Return the row of the status table that decided, in words."""
    return _table(judged.measure.target)[judged.status]


def tolerance(measure: LongTermMeasure) -> Decimal:
    """Return how far on the wrong side of expected still counts as there."""
    return TOLERANCES.get(measure.unit or "", Decimal(0)) if measure.tolerance is None else measure.tolerance


def arithmetic(judged: Assessment) -> Iterator[str]:
    """Yield the steps from the figures to the status, each as a sentence."""
    match judged.measure.target:
        case Trajectory() as way:
            yield from _way(judged, way)
        case Threshold() if judged.reading is not None and judged.shortfall is not None:
            least = shown(tolerance(judged.measure))
            yield f"Shortfall: {shown(judged.shortfall)} outside the bound; the tolerance is {least}."
        case Change() as change:
            yield from _change(judged, change)


def _table(target: Target) -> dict[MeasureStatus, str]:
    match target:
        case Trajectory():
            return _TRAJECTORY
        case Threshold(by=None):
            return _KEPT_EACH_YEAR
        case Threshold():
            return _REACHED_BY_A_YEAR
        case Change():
            return _CHANGE
        case Deliverable():
            return _DELIVERABLE
        case Narrative():
            return _NARRATIVE


def _way(judged: Assessment, way: Trajectory) -> Iterator[str]:
    year, reading, expected = judged.school_year, judged.reading, judged.expected
    if year is None or expected is None:
        return
    yield _expected(way, year, expected)
    if reading is None:
        return
    upwards, least = way.target > way.baseline, tolerance(judged.measure)
    if judged.share is not None:
        above, below = reading - way.baseline, expected - way.baseline
        line = f"({shown(reading)} - {shown(way.baseline)}) / ({shown(expected)} - {shown(way.baseline)})"
        yield f"Share of the way: {line} = {shown(above)} / {shown(below)} = {round(judged.share, 4):f}."
    short = shortfall(reading, expected=expected, upwards=upwards)
    difference = f"{shown(expected)} - {shown(reading)}" if upwards else f"{shown(reading)} - {shown(expected)}"
    yield (
        f"Shortfall: {difference} = {shown(short)}; the tolerance is {shown(least)}."
        if short
        else "Shortfall: none; the reading is on the right side of what is expected."
    )
    worse = shortfall(reading, expected=way.baseline, upwards=upwards)
    against = f"{shown(worse)} worse than the baseline of {shown(way.baseline)}" if worse else "not worse than the baseline"
    more = f", {'more' if worse > least else 'not more'} than the tolerance" if worse else ""
    yield f"Against the beginning: {against}{more}."


def _expected(way: Trajectory, year: SchoolYear, expected: Decimal) -> str:
    if year in way.points or year > list(way.points)[-1]:
        return f"Expected for {year}: {shown(expected)}, as the plan lists it."
    earlier, later = next((a, b) for a, b in pairwise(way.points) if a < year < b)
    low, high = way.points[earlier], way.points[later]
    part = f"{year.first - earlier.first}/{later.first - earlier.first}"
    line = f"{shown(low)} + ({shown(high)} - {shown(low)}) x {part} = {shown(expected)}"
    return f"Expected for {year}: {line}, on the line from {earlier} to {later}."


def _change(judged: Assessment, change: Change) -> Iterator[str]:
    before, reading = judged.baseline, judged.reading
    if before is None or reading is None:
        return
    moved = reading - before
    percent = f", which is {shown(moved / abs(before) * 100)} %" if before else ""
    yield f"Change: {shown(reading)} - {shown(before)} = {shown(moved)}{percent}; wanted: {change.direction}."
    if judged.share is not None:
        yield f"Share of the wanted change: {round(judged.share, 4):f}."
