"""What an objective, a priority or the plan comes to, as a form: its children with their points, the cap and the coverage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.status_forms import implementation_form, number, outcome_form
from plan.assess import MeasureStatus
from plan.facts import Implementation, Progress
from plan.implementation import NOT_REPORTED
from plan.judgement import Judged
from plan.model import Action, LongTermMeasure, Objective
from plan.sums import COVERAGE, POINTS, Sum


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A child of what is summed up, as it counts."""

    code: str
    title: str
    status: str
    weight: Decimal = Decimal(1)
    is_due: bool = True

    @property
    def is_rated(self) -> bool:
        return self.is_due and self.status in POINTS

    def form(self) -> dict[str, Any]:
        counts = "counts" if self.is_rated else "due, not known" if self.is_due else "not due"
        points = POINTS[self.status] if self.is_rated else None
        weight = number(self.weight)
        return {
            "id": self.code,
            "title": self.title,
            "status": self.status,
            "points": points,
            "weight": weight,
            "counts": counts,
        }


def sums_form(code: str, judged: Judged) -> dict[str, Any]:
    """Return outcome and implementation of an objective, a priority or the plan, with what they are made of."""
    plan = judged.duties.plan
    objective = next((one for one in plan.objectives if one.id == code), None)
    if objective is not None:
        measures, actions = list(_measures(objective, judged)), list(_actions(objective, judged))
        return _both(judged.outcomes[code], judged.implementations[code], measures, actions)
    outcome, implementation = judged.whole if code == plan.id else (judged.outcomes[code], judged.implementations[code])
    inside = plan.priorities if code == plan.id else next(one.objectives for one in plan.priorities if one.id == code)
    titles = {one.id: one.title for one in inside}
    return _both(outcome, implementation, _summed(titles, judged.outcomes), _summed(titles, judged.implementations))


def _both(outcome: Sum, implementation: Sum, measures: Sequence[_Part], actions: Sequence[_Part]) -> dict[str, Any]:
    return {
        "outcome": outcome_form(outcome) | _coverage(measures),
        "implementation": implementation_form(implementation) | _coverage(actions),
    }


def _coverage(parts: Sequence[_Part]) -> dict[str, Any]:
    rated = sum((part.weight for part in parts if part.is_rated), Decimal(0))
    due = sum((part.weight for part in parts if part.is_due), Decimal(0))
    share = number(round(rated / due, 4)) if due else None
    coverage = {"weight_rated": number(rated), "weight_due": number(due), "share": share, "needed": number(COVERAGE)}
    return {"coverage": coverage, "children": [part.form() for part in parts]}


def _summed(titles: dict[str, str], found: dict[str, Sum]) -> list[_Part]:
    sums = ((code, title, found[code]) for code, title in titles.items())
    return [_Part(code=code, title=title, status=one.status, is_due=bool(one.due)) for code, title, one in sums]


def _measures(objective: Objective, judged: Judged) -> Iterator[_Part]:
    measures = (measure for part in objective.parts() for measure in part.long_term_measures)
    for measure in measures:
        status, left = judged.status(measure.id), _has_left(measure, judged)
        is_due = status != MeasureStatus.NOT_RATED and not left
        yield _Part(code=measure.id, title=measure.title, status=status, weight=measure.weight, is_due=is_due)


def _has_left(measure: LongTermMeasure, judged: Judged) -> bool:
    last = judged.facts.last_check_in(measure.id)
    return last is not None and last.status is Progress.DISCONTINUED


def _actions(objective: Objective, judged: Judged) -> Iterator[_Part]:
    for action in (action for part in objective.parts() for action in part.actions):
        status = judged.reported[action.id].status
        yield _Part(code=action.id, title=action.title, status=status, is_due=_is_due(action, status, judged))


def _is_due(action: Action, status: str, judged: Judged) -> bool:
    """Return whether an action counts: from the day after its first check-in was due, or once it was reported."""
    if status == Implementation.CANCELLED:
        return False
    owed = judged.duties.chased(action, as_of=judged.as_of)
    return status != NOT_REPORTED or any(one.due < judged.as_of for one in owed)
