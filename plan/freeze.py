"""Freezing a rollup: everything that is told of a quarter or a year, gathered as of one day."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from plan import rollup as told
from plan.assess import Assessment, MeasureStatus, shown, wanted
from plan.compared import movements, restatements
from plan.duties import Duties
from plan.facts import Reading
from plan.judgement import Judged
from plan.ladder import Situation
from plan.masking import LEAST_SHOWN, counts_students, masked, masked_so_far
from plan.model import Action, Change, LongTermMeasure, Objective, Priority, Threshold, Trajectory
from plan.owing import Owing
from plan.periods import Period, Quarter, SchoolYear
from plan.phrase import phrase
from plan.rollup import Rollup
from plan.standing import standing
from plan.sums import Sum
from plan.targets import expected_of

FREEZES_AFTER_DAYS = 13
"""Working days from the close of a quarter until its rollup freezes (rules.md 7)."""
FRESH_DAYS = 20
"""Working days after its freezing within which a rollup is mailed; an older one, after an outage, is only kept and shown."""
NOT_SHOWN = "not_shown"
"""The status of a measure whose own would tell a count that is too small to be shown."""
HIDDEN = phrase("One of its counts is too small to be shown, so its figures are left out.")


def freezes_on(period: Period, duties: Duties) -> date:
    """Return the day on which a period's rollup freezes.

    A quarter's is 13 working days after it closes. A school year's waits for the year's results: it is 13 working days after
    the day by which the plan's results are due.

    Source:    rules.md 7
    """
    starts, days = duties.plan.settings.fiscal_year_starts, duties.days
    if isinstance(period, Quarter):
        return days.offset(days.last_before(period.end(starts)), FREEZES_AFTER_DAYS)
    results_on = days.on_or_after(duties.plan.settings.results_by.in_year(period.first + 1))
    return days.offset(results_on, FREEZES_AFTER_DAYS)


def freeze(period: Period, situation: Situation, *, before: Rollup | None, as_of: date, is_draft: bool = False) -> Rollup:
    """Return the rollup of a period, judged on a day.

    Args:      situation: what was known, told and judged by the day
               before: the rollup of the period before, which movements and restatements compare with; None: there is none
               as_of: the day on which it freezes; an earlier one makes a draft
               is_draft: whether it is one whatever the day
    Source:    rules.md 7
    """
    return _Freezing(period, situation, before, as_of, is_draft).rollup()


@dataclass(frozen=True)
class _Freezing:
    period: Period
    at: Situation
    before: Rollup | None
    as_of: date
    is_draft: bool

    @cached_property
    def judged(self) -> Judged:
        return Judged(self.at.duties, self.at.facts, self.as_of)

    @cached_property
    def values(self) -> dict[tuple[str, SchoolYear], Decimal]:
        """Every reading as it was restated last."""
        measures = self.at.plan.long_term_measures
        return {(m.id, year): one.value for m in measures for year, one in self.at.facts.readings(m.id).items()}

    @cached_property
    def masked(self) -> frozenset[tuple[str, SchoolYear]]:
        """The readings that are not shown: neither here beside the rollup before, nor on the public page of the day."""
        measures = self.at.plan.long_term_measures
        told_before = self.before.measures if self.before else ()
        years = ((one.id, year) for one in told_before for year in one.years if year.reading is not None)
        shown = ((code, SchoolYear.parse(year.school_year)) for code, year in years)
        return masked(measures, self.values, shown_before=frozenset(shown)) | masked_so_far(measures, self.at.facts)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The measures of which a reading is masked, or was too small before it was restated: no sentence may tell of it."""
        counting = {measure.id for measure in self.at.plan.long_term_measures if counts_students(measure)}
        small = (f.item for f in self.at.facts.every if isinstance(f, Reading) and f.item in counting and f.value < LEAST_SHOWN)
        return frozenset({*small, *(code for code, _ in self.masked)})

    def rollup(self) -> Rollup:
        plan, starts = self.at.plan, self.at.plan.settings.fiscal_year_starts
        outcome, implementation = self.judged.whole
        lasting = {one.measure: one.since for one in (self.before.slips if self.before else ()) if one.over_on is None}
        owing = Owing(self.at, self.judged, freezes_on(self.period.before, self.at.duties), lasting)
        measures = tuple(self._measure(one) for one in plan.long_term_measures if not self.judged.has_left(one))
        status_of = {one.id: one.status for one in measures}
        slips = tuple(
            replace(one, reason=self._reason(one.measure, one.reason), status=status_of[one.measure]) for one in owing.slips()
        )
        offices = tuple(owing.offices())
        now = Rollup(
            plan=plan.id,
            title=plan.title,
            organisation=plan.organisation,
            period=str(self.period),
            first_day=self.period.start(starts),
            last_day=self.period.end(starts) - timedelta(days=1),
            frozen_on=self.as_of,
            is_draft=self.is_draft or self.as_of < freezes_on(self.period, self.at.duties),
            before=self.before.period if self.before else None,
            before_frozen_on=self.before.frozen_on if self.before else None,
            next_on=freezes_on(self.period.after, self.at.duties),
            inputs=self._inputs(),
            outcome=_summed(outcome),
            implementation=_summed(implementation),
            priorities=tuple(self._priority(priority) for priority in plan.priorities),
            objectives=tuple(self._objective(objective) for objective in plan.objectives),
            measures=measures,
            actions=tuple(self._action(action) for action in plan.actions),
            movements=(),
            slips=slips,
            offices=offices,
            unattended=tuple(owing.unattended()),
            restatements=tuple(restatements(self.before, measures, self.values)),
            milestones=tuple(self._milestones()),
            asks=tuple(owing.asks(measures, slips, offices)),
        )
        return replace(now, movements=movements(self.before, now))

    def _inputs(self) -> str:
        plan, owners, days = self.at.plan, self.at.roster.owners, self.at.duties.days
        parts = (
            plan.model_dump_json(),
            owners.model_dump_json(),
            *(day.isoformat() for day in sorted(days.closed)),
            *(repr(fact) for fact in self.at.facts.every),
            *(repr(self.at.slips[code]) for code in sorted(self.at.slips)),
            self.before.inputs if self.before else "",
            str(self.as_of),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    # --- the tree ------------------------------------------------------------------------------------------------------

    def _priority(self, priority: Priority) -> told.PriorityLine:
        outcome, implementation = self.judged.outcomes[priority.id], self.judged.implementations[priority.id]
        return told.PriorityLine(
            id=priority.id, title=priority.title, outcome=_summed(outcome), implementation=_summed(implementation)
        )

    def _objective(self, objective: Objective) -> told.ObjectiveLine:
        return told.ObjectiveLine(
            id=objective.id,
            priority=self.at.plan.lines[objective.id][-1],
            title=objective.title,
            lead=self.at.roster.office_title(objective.id, as_of=self.as_of),
            outcome=_summed(self.judged.outcomes[objective.id]),
            implementation=_summed(self.judged.implementations[objective.id]),
            reading=self.judged.reading(objective.id),
        )

    def _action(self, action: Action) -> told.ActionLine:
        owed = self.at.duties.current(action, as_of=self.as_of)
        at = self.at
        stands = standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=self.as_of) if owed else None
        reported, shown = self.judged.reported[action.id], self.judged.shown(action.id)
        objective = self.at.plan.objective_of(action.id).id
        return told.ActionLine(
            id=action.id,
            objective=objective,
            title=action.title,
            owner=self.at.roster.office_title(action.id, as_of=self.as_of),
            obligation=stands.status if stands else "",
            due=owed.due if owed else None,
            obligation_reason=stands.reason if stands else "",
            implementation=reported.status,
            reported_on=reported.reported_on,
            implementation_reason=reported.reason,
            evidence=shown.status,
            evidence_reason=shown.reason,
            outcome=self.judged.outcomes[objective].status,
        )

    # --- measures ------------------------------------------------------------------------------------------------------

    def _measure(self, measure: LongTermMeasure) -> told.MeasureLine:
        judged, is_hidden = self.judged.measures[measure.id], measure.id in self.hidden
        last = judged.last_known
        line = told.MeasureLine(
            id=measure.id,
            objective=self.at.plan.objective_of(measure.id).id,
            title=measure.title,
            unit=measure.unit or "",
            kind=measure.target.kind,
            wanted=wanted(measure.target),
            steward=self.at.roster.office_title(measure.id, as_of=self.as_of),
            status=self.judged.status(measure.id),
            judged=judged.status,
            reason=self._reason(measure.id, self.judged.reason(measure.id)),
            school_year=str(judged.school_year) if judged.school_year else None,
            reading=judged.reading,
            baseline=judged.baseline,
            expected=judged.expected,
            target=judged.target,
            target_year=str(judged.target_year) if judged.target_year else None,
            share=_rounded(judged.share, 4),
            shortfall=judged.shortfall,
            last_known=f"{shown(last.value)} in {last.period}" if last else None,
            years=tuple(self._years(measure)),
            forecast=_forecast(judged),
            is_masked=is_hidden,
        )
        if not is_hidden:
            return line
        line = replace(line, reading=None, share=None, shortfall=None, last_known=None, forecast=None)
        if (
            judged.expected is not None and judged.expected <= LEAST_SHOWN
        ):  # beside so small a figure the status tells the count
            line = replace(line, status=NOT_SHOWN, judged=NOT_SHOWN)
        return replace(line, baseline=None, expected=None) if isinstance(measure.target, Change) else line

    def _reason(self, code: str, reason: str) -> str:
        return HIDDEN if code in self.hidden else reason

    def _years(self, measure: LongTermMeasure) -> Iterator[told.YearLine]:
        target, readings = measure.target, self.at.facts.readings(measure.id)
        if not isinstance(target, Trajectory | Threshold | Change):
            return
        last_read = max(readings, default=None)
        for year in sorted({*_years_of(target, self.at.duties), *readings}):
            one, is_masked = readings.get(year), (measure.id, year) in self.masked
            yield told.YearLine(
                school_year=str(year),
                expected=expected_of(target, year),
                reading=one.value if one and not is_masked else None,
                known_on=one.known_on if one else None,
                source=one.source if one else "",
                is_masked=is_masked,
                is_projected=last_read is not None and year > last_read,
            )

    def _milestones(self) -> Iterator[told.ComingMilestone]:
        until = freezes_on(self.period.after, self.at.duties)
        for one in sorted(self.judged.milestones, key=lambda one: (one.due, one.measure)):
            measure = self.at.plan.items[one.measure]
            if self.as_of < one.due <= until and one.status != MeasureStatus.MET and isinstance(measure, LongTermMeasure):
                yield told.ComingMilestone(
                    measure=one.measure,
                    title=measure.title,
                    steward=self.at.roster.office_title(one.measure, as_of=self.as_of),
                    name=one.name,
                    due=one.due,
                    expected=one.expected,
                    unit=measure.unit or "",
                )


def _summed(found: Sum) -> told.Summed:
    return told.Summed(
        status=found.status,
        score=_rounded(found.score, 2),
        known=found.rated,
        due=found.due,
        capped_by=found.capped_by,
        reason=found.reason,
    )


def _forecast(judged: Assessment) -> told.ForecastLine | None:
    found = judged.forecast
    if found is None:
        return None
    return told.ForecastLine(
        at_target_year=round(found.at_target_year, 2),
        gain_needed_per_year=_rounded(found.gain_needed_per_year, 2),
        reached_in=str(found.reached_in) if found.reached_in else None,
    )


def _years_of(target: Trajectory | Threshold | Change, duties: Duties) -> Iterator[SchoolYear]:
    """Yield the years that a target is about: from a way's first point to its last, else the plan's."""
    points = list(target.points) if isinstance(target, Trajectory) else [duties.plan.first_year, duties.plan.last_year]
    return (SchoolYear(first) for first in range(points[0].first, points[-1].first + 1))


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    return None if value is None else round(value, places)
