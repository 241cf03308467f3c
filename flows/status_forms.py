"""What `status` prints as JSON: every status of the plan on a day, in the form that other programs rely on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from plan.assess import Assessment
from plan.facts import Override, Reading
from plan.judgement import Judged
from plan.ladder import Situation
from plan.milestones import Milestone
from plan.model import Action, Item, LongTermMeasure, Objective, ProgressMeasure
from plan.standing import standing
from plan.sums import Sum
from plan.targets import Forecast


def status_form(situation: Situation, *, as_of: date) -> dict[str, Any]:
    """Return every status of the plan on a day."""
    return StatusForms(situation, as_of).whole()


def number(value: Decimal | None) -> int | float | None:
    """Return a figure as JSON has it: whole numbers without a point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def share_number(share: Decimal | None) -> int | float | None:
    """Return a share with four decimals."""
    return number(None if share is None else round(share, 4))


def outcome_form(found: Sum) -> dict[str, Any]:
    """Return what measures come to."""
    counts = {"rated": found.rated, "due": found.due}
    return {
        "status": found.status,
        "score": number(found.score),
        **counts,
        "capped_by": found.capped_by,
        "reason": found.reason,
    }


def implementation_form(found: Sum) -> dict[str, Any]:
    """Return what actions come to."""
    return {
        "status": found.status,
        "score": number(found.score),
        "reported": found.rated,
        "due": found.due,
        "capped_by": found.capped_by,
        "reason": found.reason,
    }


def figures_form(judged: Assessment) -> dict[str, Any]:
    """Return the figures that a measure was judged by; null where they do not apply."""
    return {
        "school_year": str(judged.school_year) if judged.school_year else None,
        "reading": number(judged.reading),
        "baseline": number(judged.baseline),
        "expected": number(judged.expected),
        "target": number(judged.target),
        "target_year": str(judged.target_year) if judged.target_year else None,
        "share": share_number(judged.share),
        "shortfall": number(judged.shortfall),
    }


def reading_form(reading: Reading) -> dict[str, Any]:
    """Return a reading with its year and the day on which it became known."""
    return {"school_year": str(reading.period), "value": number(reading.value), "known_on": reading.known_on.isoformat()}


def milestone_form(milestone: Milestone) -> dict[str, Any]:
    """Return what a measure is to reach by a day, and whether it has."""
    return {
        "measure": milestone.measure,
        "milestone": milestone.name,
        "due": milestone.due.isoformat(),
        "expected": number(milestone.expected),
        "reading": number(milestone.reading),
        "status": milestone.status.value,
        "reason": milestone.reason,
    }


def forecast_form(found: Forecast) -> dict[str, Any]:
    """Return where the readings lead."""
    return {
        "at_target_year": number(found.at_target_year),
        "gain_needed_per_year": number(found.gain_needed_per_year),
        "reached_in": str(found.reached_in) if found.reached_in else None,
    }


def override_form(override: Override) -> dict[str, Any]:
    """Return the status that somebody set beside the judged one."""
    return {"status": override.status, "until": override.until.isoformat(), "by": override.by, "reason": override.note}


@dataclass(frozen=True)
class StatusForms:
    """The forms of a plan's parts on a day."""

    situation: Situation
    as_of: date

    @cached_property
    def judged(self) -> Judged:
        """The plan, judged."""
        return Judged(self.situation.duties, self.situation.facts, self.as_of)

    def whole(self) -> dict[str, Any]:
        """Return every status of the plan."""
        plan, judged = self.situation.plan, self.judged
        outcome, implementation = judged.whole
        return {
            "plan": plan.id,
            "as_of": self.as_of.isoformat(),
            "school_year": str(plan.school_year_of(self.as_of)),
            "quarter": str(plan.quarter_of(self.as_of)),
            "outcome": outcome_form(outcome),
            "implementation": implementation_form(implementation),
            "priorities": [{"id": one.id, "title": one.title, **self._sums(one.id)} for one in plan.priorities],
            "objectives": [self._objective(objective) for objective in plan.objectives],
            "actions": [self._action(action) for action in plan.actions],
            "progress_measures": [self._progress_measure(measure) for measure in plan.progress_measures],
            "measures": [self._measure(measure) for measure in plan.long_term_measures],
            "milestones": [milestone_form(one) for one in judged.milestones],
        }

    def obligation(self, item: Item) -> dict[str, Any] | None:
        """Return what an item owes now and how that stands; None if it owes nothing."""
        at = self.situation
        owed = at.duties.current(item, as_of=self.as_of)
        if owed is None:
            return None
        stands = standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=self.as_of)
        period, due = str(owed.period), owed.due.isoformat()
        return {"status": stands.status.value, "owes": owed.kind, "period": period, "due": due, "reason": stands.reason}

    def evidence(self, item: str) -> dict[str, Any]:
        """Return whether evidence shows what is said of an item."""
        shown = self.judged.shown(item)
        return {"status": shown.status.value, "reason": shown.reason}

    def implementation(self, action: str) -> dict[str, Any]:
        """Return what an action's owner reports."""
        said = self.judged.reported[action]
        reported_on = said.reported_on.isoformat() if said.reported_on else None
        return {"status": str(said.status), "reported_on": reported_on, "reason": said.reason}

    def _sums(self, code: str) -> dict[str, Any]:
        outcome, implementation = self.judged.outcomes[code], self.judged.implementations[code]
        return {"outcome": outcome_form(outcome), "implementation": implementation_form(implementation)}

    def _objective(self, objective: Objective) -> dict[str, Any]:
        return {
            "id": objective.id,
            "priority": self.situation.plan.lines[objective.id][-1],
            "title": objective.title,
            **self._sums(objective.id),
            "reading": self.judged.reading(objective.id),
            "obligation": self.obligation(objective),
        }

    def _action(self, action: Action) -> dict[str, Any]:
        objective = self.situation.plan.objective_of(action.id).id
        return {
            "id": action.id,
            "objective": objective,
            "title": action.title,
            "owner": self.situation.roster.office_title(action.id, as_of=self.as_of),
            "obligation": self.obligation(action),
            "implementation": self.implementation(action.id),
            "evidence": self.evidence(action.id),
            "outcome": self.judged.outcomes[objective].status,
        }

    def _progress_measure(self, measure: ProgressMeasure) -> dict[str, Any]:
        return {
            "id": measure.id,
            "objective": self.situation.plan.objective_of(measure.id).id,
            "title": measure.title,
            "owner": self.situation.roster.office_title(measure.id, as_of=self.as_of),
            "obligation": self.obligation(measure),
            "evidence": self.evidence(measure.id),
        }

    def _measure(self, measure: LongTermMeasure) -> dict[str, Any]:
        judged, override = self.judged.measures[measure.id], self.judged.override(measure.id)
        return {
            "id": measure.id,
            "objective": self.situation.plan.objective_of(measure.id).id,
            "title": measure.title,
            "unit": measure.unit,
            "kind": measure.target.kind,
            "steward": self.situation.roster.office_title(measure.id, as_of=self.as_of),
            **figures_form(judged),
            "status": judged.status.value,
            "reason": judged.reason,
            **({"override": override_form(override)} if override else {}),
            "last_known": reading_form(judged.last_known) if judged.last_known else None,
            "forecast": forecast_form(judged.forecast) if judged.forecast else None,
            "obligation": self.obligation(measure),
        }
