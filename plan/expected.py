"""What a measure's target expects, year by year: the lines that its readings are looked at beside."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from plan.assess import assess_year
from plan.judgement import Judged
from plan.model import LongTermMeasure, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.targets import expected_value

ByYear = Mapping[SchoolYear, Decimal]


def expected_by_year(measure: LongTermMeasure, judged: Judged, read: Sequence[SchoolYear]) -> tuple[ByYear, ...]:
    """Return what is expected by year: the way's values, each side of a bound, or what a change asks for.

    Args:      read: the years that have a reading, first to last
    """
    plan = judged.duties.plan
    match measure.target:
        case Trajectory(points=points) as way:
            return ({year: expected_value(way, year) for year in _years(next(iter(points)), list(points)[-1])},)
        case Threshold(by=by) as bound:
            years = [by] if by else _years(min([plan.first_year, *read]), max([plan.last_year, *read]))
            return tuple(dict.fromkeys(years, edge) for edge in sides(bound))
    found = (assess_year(measure, judged.facts, judged.duties, year=year, as_of=judged.as_of) for year in read)
    wanted = {year: one.expected for year, one in zip(read, found, strict=True) if one.expected is not None}
    return (wanted,) if wanted else ()


def sides(bound: Threshold) -> Sequence[Decimal]:
    """Return the sides of a bound that there are, the lower one first."""
    return [side for side in (bound.at_least, bound.at_most) if side is not None]


def _years(first: SchoolYear, last: SchoolYear) -> Sequence[SchoolYear]:
    return [SchoolYear(year) for year in range(first.first, last.first + 1)]
