"""What a target expects in a school year, and how far a reading has come: expected value, share of the way, shortfall."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil
from statistics import median

from plan.model import Change, Threshold, Trajectory
from plan.periods import SchoolYear

TOLERANCES = {"percent": Decimal("0.5"), "percentage points": Decimal("0.5"), "points": Decimal("0.5")}
"""How far on the wrong side of expected still counts as there, by unit; counts have to be reached (rules.md 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Where the readings lead at their own pace, in the measure's unit."""

    at_target_year: Decimal
    """The value that the line through the readings has in the target's year."""
    gain_needed_per_year: Decimal | None
    """Change per year, towards the target, that the years left would need; None where none is left."""
    reached_in: SchoolYear | None
    """The first school year in which the line reaches the target; None: never at this pace."""


def expected_value(way: Trajectory, year: SchoolYear) -> Decimal:
    """Return the value expected in a school year: the one listed, else on the line between its neighbours.

    Before the first point the baseline is expected, after the last one the target.
    """
    points = list(way.points.items())
    if year <= points[0][0]:
        return way.baseline
    for (earlier, low), (later, high) in pairwise(points):
        if year <= later:
            return low + (high - low) * (year.first - earlier.first) / (later.first - earlier.first)
    return way.target


def expected_of(target: Trajectory | Threshold | Change, year: SchoolYear) -> Decimal | None:
    """Return the value that a target names for a school year, of a band the lower one; None where it names none."""
    match target:
        case Trajectory():
            return expected_value(target, year)
        case Threshold(by=by) if by is None or by == year:
            return target.at_least if target.at_least is not None else target.at_most
    return None


def share_of_way(reading: Decimal, *, baseline: Decimal, expected: Decimal) -> Decimal | None:
    """Return the share of the way from the baseline to what is expected; None where nothing was to change yet.

    Returns:   1 where it should be, more beyond it, 0 at the baseline, negative if it moved away; lower-is-better alike
    """
    return None if expected == baseline else (reading - baseline) / (expected - baseline)


def shortfall(reading: Decimal, *, expected: Decimal, upwards: bool) -> Decimal:
    """Return how far a reading is on the wrong side of expected, in the measure's unit; 0 if it is not."""
    return max(Decimal(0), expected - reading if upwards else reading - expected)


def forecast(readings: dict[SchoolYear, Decimal], way: Trajectory) -> Forecast | None:
    """Return where the readings lead, by the Theil-Sen line through them; None for fewer than two.

    The line has the median of the slopes between all pairs of readings, and the median of the intercepts, so that one odd
    year does not turn it.
    """
    if len(readings) < 2:
        return None
    found = [(year.first, Fraction(reading)) for year, reading in sorted(readings.items())]
    slope = median((high - low) / (later - earlier) for (earlier, low), (later, high) in combinations(found, 2))
    start = median(value - slope * year for year, value in found)
    target_year = list(way.points)[-1].first
    last_year, last = found[-1]
    left = target_year - last_year
    return Forecast(
        at_target_year=_decimal(start + slope * target_year),
        gain_needed_per_year=_decimal((Fraction(way.target) - last) / left) if left > 0 else None,
        reached_in=_reached_in(start, slope, way, after=last_year),
    )


def _reached_in(start: Fraction, slope: Fraction, way: Trajectory, *, after: int) -> SchoolYear | None:
    """Return the first year, from the last reading's on, in which the line is at the target or beyond it."""
    target, upwards = Fraction(way.target), way.target > way.baseline
    now = start + slope * after
    if (now >= target) if upwards else (now <= target):
        return SchoolYear(after)
    if slope == 0 or (slope > 0) is not upwards:
        return None
    return SchoolYear(after + ceil((target - now) / slope))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator
