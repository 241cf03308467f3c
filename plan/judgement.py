"""A whole plan judged on a day: every measure, every action, and what they come to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from plan.assess import Assessment, MeasureStatus, assess
from plan.duties import Duties
from plan.facts import Facts, Implementation, Override, Progress
from plan.implementation import NOT_REPORTED, Reported, Shown, evidence_of, implementation_status
from plan.milestones import Milestone, milestones_of
from plan.model import Action, Deliverable, LongTermMeasure, Objective, Priority
from plan.phrase import phrase
from plan.sums import IMPLEMENTATION, NO_STATUS, OUTCOME, Child, Sum, sum_up

MOVING = frozenset({"met", "on_track"})
DOING = frozenset({"achieved", "on_track"})
NOT_RATED = frozenset(NO_STATUS)


@dataclass(frozen=True)
class Judged:
    """Everything that can be said of a plan on a day, each part judged when it is first asked for."""

    duties: Duties
    facts: Facts
    """Those known on the day."""
    as_of: date
    lasting: Mapping[str, Assessment] = field(default_factory=dict)
    """Measures as they were judged the day before, where that still holds."""
    unseen: frozenset[str] = frozenset()
    """Codes of measures that count in no outcome, because it would tell what may not be told of them."""

    def on_the_next_day(self) -> "Judged":
        """Return the same facts judged on the day after, and only what can have changed by itself judged anew.

        That is all measures on a day on which results are due, and else only deliverables, whose days are counted.
        """
        day = self.as_of + timedelta(days=1)
        if day in self.duties.results_days:
            return Judged(self.duties, self.facts, day, unseen=self.unseen)
        lasting = {code: one for code, one in self.measures.items() if not isinstance(one.measure.target, Deliverable)}
        return Judged(self.duties, self.facts, day, lasting, self.unseen)

    @cached_property
    def measures(self) -> dict[str, Assessment]:
        """Every long-term measure, by code."""
        plan = self.duties.plan
        return {m.id: self.lasting.get(m.id) or self._assessed(m) for m in plan.long_term_measures}

    @cached_property
    def milestones(self) -> tuple[Milestone, ...]:
        """Every milestone, in the plan's order; of one measure first to last."""
        measures = self.duties.plan.long_term_measures
        return tuple(one for m in measures for one in milestones_of(m, self.facts, self.duties, as_of=self.as_of))

    @cached_property
    def reported(self) -> dict[str, Reported]:
        """What each action's owner says of it, by code."""
        actions = self.duties.plan.actions
        return {a.id: implementation_status(a, self.facts, self.duties, as_of=self.as_of) for a in actions}

    def statuses(self) -> Iterator[tuple[str, str, str]]:
        """Yield code, status that counts and reason of every long-term measure."""
        return ((code, self.status(code), self.reason(code)) for code in self.measures)

    def reason(self, code: str) -> str:
        """Return why the status that counts for a measure is what it is."""
        override = self.override(code)
        judged = self.measures[code].reason
        if override is None:
            return judged
        return phrase(
            "{by} set it, until {until}: {note} Judged: {judged}",
            by=override.by,
            until=override.until,
            note=override.note,
            judged=judged,
        )

    def as_phrase(self, code: str, kept: str) -> str:
        """Return a reason that the ledger kept as a text: where a measure is still judged so, as the phrase that it was."""
        judged = self.reason(code)
        return judged if judged == kept else kept

    def shown(self, item: str) -> Shown:
        """Return what evidence shows of an item."""
        return evidence_of(item, self.facts, self.duties, as_of=self.as_of)

    def override(self, item: str) -> Override | None:
        """Return the status that somebody set beside the judged one, or None."""
        return self.facts.override(item, as_of=self.as_of)

    def status(self, measure: str) -> str:
        """Return the status that counts for a measure: the overriding one, else the judged one."""
        override = self.override(measure)
        return override.status if override else self.measures[measure].status

    @cached_property
    def outcomes(self) -> dict[str, Sum]:
        """The outcome of every objective and priority, by code."""
        plan = self.duties.plan
        found = {objective.id: sum_up(self._measures_of(objective), OUTCOME, noun="measures") for objective in plan.objectives}
        for priority in plan.priorities:
            found[priority.id] = sum_up(_sums(priority, found), OUTCOME, noun="measures")
        return found

    @cached_property
    def implementations(self) -> dict[str, Sum]:
        """The implementation of every objective and priority, by code."""
        plan = self.duties.plan
        found = {o.id: sum_up(list(self._actions_of(o)), IMPLEMENTATION, noun="actions") for o in plan.objectives}
        for priority in plan.priorities:
            found[priority.id] = sum_up(_sums(priority, found), IMPLEMENTATION, noun="actions")
        return found

    @cached_property
    def whole(self) -> tuple[Sum, Sum]:
        """The outcome and the implementation of the plan."""
        priorities = self.duties.plan.priorities
        outcome = [_child(priority.id, self.outcomes[priority.id]) for priority in priorities]
        implementation = [_child(priority.id, self.implementations[priority.id]) for priority in priorities]
        return sum_up(outcome, OUTCOME, noun="measures"), sum_up(implementation, IMPLEMENTATION, noun="actions")

    def reading(self, objective: str) -> str | None:
        """Return an objective in two words, or None where one of the two is not known.

        Source:    rules.md 6: outcome x implementation
        """
        outcome, implementation = self.outcomes[objective].status, self.implementations[objective].status
        if outcome in NOT_RATED or implementation in NOT_RATED:
            return None
        if outcome in MOVING:
            return phrase("working") if implementation in DOING else phrase("moving without us")
        return phrase("doing, not moving") if implementation in DOING else phrase("stalled")

    def _assessed(self, measure: LongTermMeasure) -> Assessment:
        return assess(measure, self.facts, self.duties, as_of=self.as_of)

    def _measures_of(self, objective: Objective) -> list[Child]:
        measures = [measure for part in objective.parts() for measure in part.long_term_measures]
        return [self._measure(one) for one in measures if one.id not in self.unseen and not self.has_left(one)]

    def _measure(self, measure: LongTermMeasure) -> Child:
        status = self.status(measure.id)
        due = 0 if status == MeasureStatus.NOT_RATED else 1
        rated = 0 if status == MeasureStatus.NO_DATA else due
        return Child(code=measure.id, status=status, weight=measure.weight, rated=rated, due=due)

    def has_left(self, measure: LongTermMeasure) -> bool:
        """Return whether a measure has left the plan, because its steward discontinued it."""
        last = self.facts.last_check_in(measure.id)
        return last is not None and last.status is Progress.DISCONTINUED

    def _actions_of(self, objective: Objective) -> Iterable[Child]:
        actions = [action for part in objective.parts() for action in part.actions]
        return (child for action in actions if (child := self._action(action)) is not None)

    def _action(self, action: Action) -> Child | None:
        """Return an action as it counts; None once it was cancelled. Before its first check-in is due it does not count."""
        status = self.reported[action.id].status
        if status == Implementation.CANCELLED:
            return None
        is_due = status != NOT_REPORTED or any(one.due < self.as_of for one in self.duties.chased(action, as_of=self.as_of))
        is_rated = status not in (NOT_REPORTED, Implementation.NOT_STARTED)
        return Child(code=action.id, status=status, rated=int(is_rated), due=int(is_due or is_rated))


def _sums(priority: Priority, found: dict[str, Sum]) -> list[Child]:
    return [_child(objective.id, found[objective.id]) for objective in priority.objectives]


def _child(code: str, found: Sum) -> Child:
    return Child(code=code, status=found.status, rated=found.rated, due=found.due, capped_by=found.capped_by)
