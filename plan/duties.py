"""What is owed, and by which day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from plan.facts import DutyKind
from plan.model import (
    Action,
    Cadence,
    Deliverable,
    Item,
    LongTermMeasure,
    Narrative,
    Objective,
    Plan,
    ProgressMeasure,
    Threshold,
    Trajectory,
)
from plan.periods import MonthDay, Period, Quarter, SchoolYear, WorkingDays

DUE_AFTER_DAYS = 10
"""Working days from the close of a quarter until its check-ins are due (rules.md 2)."""
SUMMARY_AFTER_DAYS = 5
"""Working days by which an objective is due after its actions (rules.md 2)."""

QUARTERS_OF: dict[Cadence, tuple[int, ...]] = {"quarter": (1, 2, 3, 4), "half-year": (2, 4), "year": (4,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Something owed for an item and a period; open from `opens_on`, on time until `due` is over."""

    item: str
    kind: DutyKind
    period: Period
    opens_on: date
    due: date


@dataclass(frozen=True, slots=True)
class _Term:
    """The days of one period; many items share it."""

    period: Period
    opens_on: date
    due: date

    def owed_for(self, item: Item, kind: DutyKind) -> Obligation:
        return Obligation(item=item.id, kind=kind, period=self.period, opens_on=self.opens_on, due=self.due)


@dataclass(frozen=True)
class Duties:
    """All that a plan owes over its years, laid out on the working days."""

    plan: Plan
    days: WorkingDays

    def of(self, item: Item) -> tuple[Obligation, ...]:
        """Return what an item owes over the plan's years, first to last."""
        found = self._owed.get(item.id)
        if found is None:
            kind, terms = self._terms_of(item)
            found = self._owed[item.id] = tuple(term.owed_for(item, kind) for term in terms)
        return found

    def chased(self, item: Item, *, as_of: date) -> tuple[Obligation, ...]:
        """Return what an item owes that is open on a day and did not open before the plan's `begins_on`."""
        begins_on = self.plan.settings.begins_on
        return tuple(owed for owed in self.of(item) if begins_on <= owed.opens_on <= as_of)

    def current(self, item: Item, *, as_of: date) -> Obligation | None:
        """Return what was opened last, else what opens first; None if the item owes nothing."""
        kind, terms = self._terms_of(item)
        term = next((term for term in reversed(terms) if term.opens_on <= as_of), next(iter(terms), None))
        return term.owed_for(item, kind) if term else None

    def results_due(self, measure: LongTermMeasure, *, as_of: date) -> SchoolYear | None:
        """Return the latest school year whose results are due on a day; None if that would be one before the plan's first.

        Years after the target's own last one do not count: there the target is judged for good.
        """
        latest = SchoolYear(as_of.year - 1)  # the one that ends in the day's own calendar year
        while self.results_on(measure, latest) > as_of:  # twice where a day of late December moves into the next year
            latest = SchoolYear(latest.first - 1)
        year = min(latest, _last_year(measure, self.plan))
        return None if year < self._first_year(measure) else year

    def results_on(self, measure: LongTermMeasure, year: SchoolYear) -> date:
        """Return the first day on which a measure's results for a school year are due; a working day."""
        asked = measure.results_by or self.plan.settings.results_by, year.first
        found = self._results_on.get(asked)
        if found is None:
            found = self._results_on[asked] = self.days.on_or_after(asked[0].in_year(year.first + 1))
        return found

    @cached_property
    def results_days(self) -> frozenset[date]:
        """The days on which results of a measure are due; on every other day the year that it is judged by stays the same."""
        return frozenset(
            self.results_on(measure, SchoolYear(first))
            for measure in self.plan.long_term_measures
            for first in range(self._first_year(measure).first, _last_year(measure, self.plan).first + 1)
        )

    @cached_property
    def _results_on(self) -> dict[tuple[MonthDay, int], date]:
        return {}

    def _first_year(self, measure: LongTermMeasure) -> SchoolYear:
        """Return the first year that a measure is judged for: the plan's, or an earlier baseline's."""
        if isinstance(measure.target, Trajectory):
            return min(self.plan.first_year, next(iter(measure.target.points)))
        return self.plan.first_year

    @cached_property
    def _owed(self) -> dict[str, tuple[Obligation, ...]]:
        return {}

    def _terms_of(self, item: Item) -> tuple[DutyKind, tuple[_Term, ...]]:
        match item:
            case Action() | ProgressMeasure():
                kind: DutyKind = "check-in" if isinstance(item, Action) else "evidence"
                return kind, self._quarterly[item.cadence or self._cadence_of(item.id), False]
            case Objective():
                return "check-in", self._quarterly[item.cadence or self.plan.settings.cadence, True]
            case LongTermMeasure(target=Narrative()):
                return "check-in", self._quarterly[self._cadence_of(item.id), False]
            case LongTermMeasure(target=Deliverable(by=by)):
                return "evidence", (self._deliverable(by),)
            case _:
                return "reading", self._yearly(item.results_by or self.plan.settings.results_by)

    def _cadence_of(self, code: str) -> Cadence:
        return self.plan.objective_of(code).cadence or self.plan.settings.cadence

    @cached_property
    def _quarterly(self) -> dict[tuple[Cadence, bool], tuple[_Term, ...]]:
        return {
            (cadence, sums_up): tuple(self._quarter(quarter, sums_up) for quarter in self._quarters(cadence))
            for cadence in QUARTERS_OF
            for sums_up in (False, True)
        }

    def _quarters(self, cadence: Cadence) -> Iterator[Quarter]:
        return (q for year in self._years() for q in Quarter.all_of(year) if q.number in QUARTERS_OF[cadence])

    def _years(self) -> Iterator[SchoolYear]:
        return (SchoolYear(first) for first in range(self.plan.first_year.first, self.plan.last_year.first + 1))

    def _quarter(self, quarter: Quarter, sums_up: bool) -> _Term:
        closes_on = self.days.last_before(quarter.end(self.plan.settings.fiscal_year_starts))
        due = self.days.offset(closes_on, DUE_AFTER_DAYS + (SUMMARY_AFTER_DAYS if sums_up else 0))
        return _Term(quarter, closes_on, due)

    def _yearly(self, results_by: MonthDay) -> tuple[_Term, ...]:
        dues = ((year, self.days.on_or_after(results_by.in_year(year.first + 1))) for year in self._years())
        return tuple(_Term(year, self.days.offset(due, -DUE_AFTER_DAYS), due) for year, due in dues)

    def _deliverable(self, by: date) -> _Term:
        due = self.days.on_or_after(by)
        return _Term(self.plan.school_year_of(by), self.days.offset(due, -DUE_AFTER_DAYS), due)


def _last_year(measure: LongTermMeasure, plan: Plan) -> SchoolYear:
    """Return the last year that a measure is judged for: its target's, which may lie beyond the plan's."""
    match measure.target:
        case Trajectory(points=points):
            return list(points)[-1]
        case Threshold(by=SchoolYear() as by):
            return by
    return plan.last_year
