"""What is another than in the rollup before: statuses that moved, and figures that were restated."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from plan.periods import SchoolYear
from plan.rollup import Aspect, Kind, MeasureLine, Movement, Restatement, Rollup, Summed, YearLine
from plan.sums import POINTS

_Stands = tuple[str, str, Kind, Aspect, str, str]
"""Code, title, kind, aspect, status and reason."""


def movements(before: Rollup | None, now: Rollup) -> tuple[Movement, ...]:
    """Return every status that moved since the rollup before, the greatest move first, of equal ones the fall first.

    What one of the two does not have, because the plan was changed, has not moved.
    """
    if before is None:
        return ()
    was = {one[0:1] + one[2:4]: one[4] for one in _stand(before)}
    found = (_movement(one, was.get(one[0:1] + one[2:4], one[4])) for one in _stand(now))
    moved = (one for one in found if one.was != one.now)
    return tuple(sorted(moved, key=lambda one: (-abs(one.by or 0), (one.by or 0) > 0)))


def restatements(
    before: Rollup | None, measures: Iterable[MeasureLine], values: Mapping[tuple[str, SchoolYear], Decimal]
) -> Iterator[Restatement]:
    """Yield each year's figure that is another one than the rollup before told; masked ones without their values.

    Args:      values: the readings as they are known now, masked ones too, by measure and school year
    """
    earlier = before.measures if before else ()
    was = {(one.id, year.school_year): year for one in earlier for year in one.years if year.known_on is not None}
    for one in measures:
        for year in one.years:
            old, value = was.get((one.id, year.school_year)), values.get((one.id, SchoolYear.parse(year.school_year)))
            if old is not None and year.known_on is not None and value is not None and _is_another(old, value, year):
                yield Restatement(
                    measure=one.id,
                    title=one.title,
                    school_year=year.school_year,
                    was=None if year.is_masked else old.reading,
                    now=year.reading,
                    known_on=year.known_on,
                    source=year.source,
                )


def _is_another(old: YearLine, value: Decimal, new: YearLine) -> bool:
    """Return whether a figure was restated; of one that was masked only the day can tell, since its value was not kept."""
    if old.reading is None:
        return old.known_on != new.known_on
    return float(old.reading) != float(value)  # as JSON keeps it


def _stand(rollup: Rollup) -> Iterator[_Stands]:
    for priority in rollup.priorities:
        yield from _sums(priority.id, priority.title, "priority", priority.outcome, priority.implementation)
    for objective in rollup.objectives:
        yield from _sums(objective.id, objective.title, "objective", objective.outcome, objective.implementation)
    for measure in rollup.measures:
        yield measure.id, measure.title, "measure", "outcome", measure.status, measure.reason
    for action in rollup.actions:
        yield action.id, action.title, "action", "implementation", action.implementation, action.implementation_reason


def _sums(code: str, title: str, kind: Kind, outcome: Summed, implementation: Summed) -> Iterator[_Stands]:
    yield code, title, kind, "outcome", outcome.status, outcome.reason
    yield code, title, kind, "implementation", implementation.status, implementation.reason


def _movement(stands: _Stands, was: str) -> Movement:
    code, title, kind, aspect, now, reason = stands
    by = POINTS[now] - POINTS[was] if was in POINTS and now in POINTS else None
    return Movement(item=code, title=title, kind=kind, aspect=aspect, was=was, now=now, by=by, reason=reason)
