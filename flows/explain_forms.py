"""What `explain` says of one part of the plan, as a form: its statuses, the rules behind them, and its history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flows.rules_in_words import arithmetic, rule, tolerance
from flows.status_forms import StatusForms, figures_form, forecast_form, milestone_form, number, override_form, reading_form
from flows.sums import sums_form
from ledger.records import Movement, Posted
from plan.facts import Override, Reading
from plan.ladder import Situation
from plan.model import Action, Change, Item, LongTermMeasure, Objective, Plan, ProgressMeasure, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.slip_ladder import PLAN_WITHIN_DAYS, not_followed
from plan.standing import standing
from plan.targets import expected_value

KINDS: dict[type[Item], str] = {
    Objective: "objective",
    Action: "action",
    ProgressMeasure: "progress measure",
    LongTermMeasure: "long-term measure",
}


def explain_form(
    code: str, situation: Situation, *, letters: Sequence[Posted], history: Sequence[Movement], as_of: date
) -> dict[str, Any] | None:
    """Return all that can be said of a part of the plan on a day: an item, a priority or the plan; None if it has no such part.

    Args:      letters: the plan's; history: what moved of the part by the day
    """
    return _Explained(situation, letters, history, as_of).of(code)


@dataclass(frozen=True)
class _Explained:
    situation: Situation
    letters: Sequence[Posted]
    history: Sequence[Movement]
    as_of: date

    @cached_property
    def forms(self) -> StatusForms:
        return StatusForms(self.situation, self.as_of)

    def of(self, code: str) -> dict[str, Any] | None:
        plan = self.situation.plan
        if code in plan.items:
            return self._item(plan.items[code])
        parts: dict[str, tuple[str, str, str | None]] = {plan.id: ("plan", plan.title, None)}
        parts |= {one.id: ("priority", one.title, one.wording) for one in plan.priorities}
        if code not in parts:
            return None
        kind, title, wording = parts[code]
        return (
            self._head(code, kind, title)
            | {"wording": wording}
            | sums_form(code, self.forms.judged)
            | {"movements": self._movements()}
        )

    def _item(self, item: Item) -> dict[str, Any]:
        head = self._head(item.id, KINDS[type(item)], item.title) | {"wording": item.wording}
        match item:
            case Objective():
                inside = sums_form(item.id, self.forms.judged) | {"reading": self.forms.judged.reading(item.id)}
            case Action():
                inside = self._action(item)
            case ProgressMeasure():
                inside = {"evidence": self.forms.evidence(item.id)}
            case LongTermMeasure():
                inside = self._measure(item)
        owed = {"obligation": self.forms.obligation(item), "obligations": self._obligations(item)}
        return head | inside | owed | {"told": self._told(item), "movements": self._movements()}

    def _head(self, code: str, kind: str, title: str) -> dict[str, Any]:
        office = self.situation.roster.office_title(code, as_of=self.as_of)
        return {"item": code, "kind": kind, "title": title, "office": office, "as_of": self.as_of.isoformat()}

    def _action(self, action: Action) -> dict[str, Any]:
        objective = self.situation.plan.objective_of(action.id)
        found = self.forms.judged.outcomes[objective.id]
        return {
            "implementation": self.forms.implementation(action.id),
            "evidence": self.forms.evidence(action.id),
            "outcome": {"status": found.status, "objective": objective.id, "reason": found.reason},
        }

    def _measure(self, measure: LongTermMeasure) -> dict[str, Any]:
        judged, override = self.forms.judged.measures[measure.id], self.forms.judged.override(measure.id)
        return {
            "note": measure.note,
            "unit": measure.unit,
            "target_kind": measure.target.kind,
            "status": judged.status.value,
            "rule": rule(judged),
            "reason": judged.reason,
            "override": override_form(override) if override else None,
            "figures": figures_form(judged) | {"tolerance": number(tolerance(measure))},
            "arithmetic": list(arithmetic(judged)),
            "years": self._years(measure),
            "milestones": [milestone_form(one) for one in self.forms.judged.milestones if one.measure == measure.id],
            "last_known": reading_form(judged.last_known) if judged.last_known else None,
            "forecast": forecast_form(judged.forecast) if judged.forecast else None,
            "overrides": self._overrides(measure),
            "slip": self._slip(measure),
        }

    def _years(self, measure: LongTermMeasure) -> list[dict[str, Any]]:
        """Return each school year with what was expected and what was read, and as what it was read before."""
        target, readings = measure.target, self.situation.facts.readings(measure.id)
        if not isinstance(target, Trajectory | Threshold | Change):
            return []
        return [
            {
                "school_year": str(year),
                "expected": number(expected_value(target, year)) if isinstance(target, Trajectory) else None,
                "reading": number(readings[year].value) if year in readings else None,
                "known_on": readings[year].known_on.isoformat() if year in readings else None,
                "source": readings[year].source if year in readings else None,
                "before": [{"value": number(one.value), "known_on": one.known_on.isoformat()} for one in before],
            }
            for year in sorted({*_years_of(target, self.situation.plan), *readings})
            for before in [self._restated(measure, year)]
        ]

    def _restated(self, measure: LongTermMeasure, year: SchoolYear) -> list[Reading]:
        """Return the readings of a year that a later one restated, first to last."""
        every = [fact for fact in self.situation.facts.every if isinstance(fact, Reading)]
        of_the_year = [one for one in every if (one.item, one.period) == (measure.id, year)]
        return sorted(of_the_year, key=lambda one: one.known_on)[:-1]

    def _overrides(self, measure: LongTermMeasure) -> list[dict[str, Any]]:
        every = (fact for fact in self.situation.facts.every if isinstance(fact, Override) and fact.item == measure.id)
        return [override_form(one) | {"known_on": one.known_on.isoformat()} for one in every]

    def _slip(self, measure: LongTermMeasure) -> dict[str, Any] | None:
        slip = self.situation.slips.get(measure.id)
        if slip is None:
            return None
        due = self.situation.duties.days.offset(slip.since, PLAN_WITHIN_DAYS)
        return {
            "since": slip.since.isoformat(),
            "over_on": slip.over_on.isoformat() if slip.over_on else None,
            "reason": slip.reason,
            "not_followed": not_followed(measure, self.situation, as_of=self.as_of),
            "corrective_plan_due": due.isoformat(),
            "corrective_plans": [
                {
                    "known_on": plan.known_on.isoformat(),
                    "by": plan.by,
                    "cause": plan.cause,
                    "step": plan.step,
                    "done_by": plan.done_by.isoformat(),
                    "effect": plan.effect,
                }
                for plan in self.situation.facts.corrective_plans(measure.id)
                if plan.known_on >= slip.since
            ],
            "told": [one for one in self._told(measure) if one["ladder"] == "slip"],
        }

    def _obligations(self, item: Item) -> list[dict[str, Any]]:
        """Return what an item has owed so far, first to last."""
        at = self.situation
        opened = (owed for owed in at.duties.of(item) if owed.opens_on <= self.as_of)
        judged = (standing(one, duties=at.duties, facts=at.facts, told=at.told, as_of=self.as_of) for one in opened)
        return [
            {
                "period": str(one.obligation.period),
                "owes": one.obligation.kind,
                "due": one.obligation.due.isoformat(),
                "status": one.status.value,
                "reason": one.reason,
            }
            for one in judged
        ]

    def _told(self, item: Item) -> list[dict[str, Any]]:
        """Return who was told what by the day, first to last, and how the letter fared."""
        days = sorted((letter for letter in self.letters if letter.day <= self.as_of), key=lambda letter: letter.day)
        return [
            {
                "day": letter.day.isoformat(),
                "ladder": notice.ladder,
                "step": notice.step,
                "period": notice.period,
                "to": notice.to.title,
                "address": letter.address,
                "state": letter.state.value,
            }
            for letter in days
            for notice in letter.notices
            if notice.item == item.id
        ]

    def _movements(self) -> list[dict[str, Any]]:
        return [
            {"day": one.day.isoformat(), "aspect": one.aspect, "from": one.was, "to": one.status, "reason": one.reason}
            for one in self.history
        ]


def _years_of(target: Trajectory | Threshold | Change, plan: Plan) -> Iterable[SchoolYear]:
    """Return the years that a target is about: the plan's, or from a trajectory's first point to its last."""
    points = list(target.points) if isinstance(target, Trajectory) else [plan.first_year, plan.last_year]
    return (SchoolYear(first) for first in range(points[0].first, points[-1].first + 1))
