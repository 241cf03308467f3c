"""The milestones of a plan: what a measure is to reach by a school year or a day, each judged on its own.

A measure is judged by the latest year whose results are due; its milestones keep what became of every year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from plan.assess import Assessment, MeasureStatus, assess, assess_year, shown
from plan.duties import Duties
from plan.facts import Facts
from plan.model import Deliverable, LongTermMeasure, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.phrase import phrase
from plan.targets import expected_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """What a measure is to reach by a day, judged on a day."""

    measure: str
    name: str
    """The school year whose value is meant, or the day of a deliverable."""
    due: date
    """The day on which a year's results are due, or the last day of a deliverable."""
    expected: Decimal | None
    """What is to be reached, in the measure's unit; None for a deliverable."""
    reading: Decimal | None
    """What was reached, as it is known on the day; None where nothing is."""
    status: MeasureStatus
    reason: str

    @property
    def aspect(self) -> str:
        """Return the name under which its changes of status are kept."""
        return f"milestone {self.name}"


def milestones_of(measure: LongTermMeasure, facts: Facts, duties: Duties, *, as_of: date) -> Iterator[Milestone]:
    """Yield a measure's milestones, first to last: a way's years after its baseline, a bound's year, a deliverable's day.

    Args:      facts: those known by `as_of`
    Source:    rules.md 4; a bound that is kept each year, a change and a rating have no milestone
    """
    match measure.target:
        case Trajectory(points=points):
            for first in range(next(iter(points)).first + 1, list(points)[-1].first + 1):
                yield _of_year(measure, SchoolYear(first), facts, duties, as_of)
        case Threshold(by=SchoolYear() as year):
            yield _of_year(measure, year, facts, duties, as_of)
        case Deliverable(by=day):
            judged = assess(measure, facts, duties, as_of=as_of)
            yield _milestone(measure, day.isoformat(), day, None, judged)


def _of_year(measure: LongTermMeasure, year: SchoolYear, facts: Facts, duties: Duties, as_of: date) -> Milestone:
    assert isinstance(measure.target, Trajectory | Threshold)  # what else there is names no year
    expected = expected_of(measure.target, year)
    assert expected is not None  # it names one for each of its own years
    due = duties.results_on(measure, year)
    if as_of >= due:
        return _milestone(measure, str(year), due, expected, assess_year(measure, facts, duties, year=year, as_of=as_of))
    return Milestone(
        measure=measure.id,
        name=str(year),
        due=due,
        expected=expected,
        reading=None,
        status=MeasureStatus.NOT_RATED,
        reason=phrase(
            "{expected} is expected for {year}, whose results are due on {due}.",
            expected=shown(expected),
            year=str(year),
            due=due,
        ),
    )


def _milestone(measure: LongTermMeasure, name: str, due: date, expected: Decimal | None, judged: Assessment) -> Milestone:
    return Milestone(
        measure=measure.id,
        name=name,
        due=due,
        expected=expected,
        reading=judged.reading,
        status=judged.status,
        reason=judged.reason,
    )
