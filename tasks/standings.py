"""Every part of a plan with its four statuses side by side, never merged, in the plan's order."""

from collections.abc import Iterator
from dataclasses import dataclass

from plan.model import Action, Item, LongTermMeasure, Objective
from plan.standing import Standing
from tasks.judge import Assessed


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStanding:
    """One part of the plan; a status that it cannot have is empty."""

    code: str
    title: str
    office: str
    obligation: str = ""
    implementation: str = ""
    evidence: str = ""
    outcome: str = ""
    reasons: tuple[str, ...] = ()

    def row(self) -> dict[str, str]:
        """Return it as a row of a table, statuses in words."""
        names = ("obligation", "implementation", "evidence", "outcome")
        statuses = {name: getattr(self, name).replace("_", " ") for name in names}
        return {"item": self.code, "title": self.title, "office": self.office, **statuses, "why": " ".join(self.reasons)}


def standings(assessed: Assessed) -> Iterator[PartStanding]:
    """Yield the plan, then each priority, each objective and each item in it."""
    plan, at = assessed.situation.plan, _Table(assessed, {one.item.id: one.standing for one in assessed.owed})
    outcome, implementation = assessed.judged.whole
    yield PartStanding(
        code=plan.id,
        title=plan.title,
        office="",
        outcome=outcome.status,
        implementation=implementation.status,
        reasons=(outcome.reason, implementation.reason),
    )
    for priority in plan.priorities:
        yield at.summed(priority.id, priority.title)
        for objective in priority.objectives:
            yield at.summed(objective.id, objective.title, owed=at.owed.get(objective.id))
            for part in objective.parts():
                items: tuple[Item, ...] = (*part.actions, *part.progress_measures, *part.long_term_measures)
                yield from (at.item(item) for item in items)


@dataclass(frozen=True)
class _Table:
    assessed: Assessed
    owed: dict[str, Standing]

    def summed(self, code: str, title: str, *, owed: Standing | None = None) -> PartStanding:
        judged = self.assessed.judged
        outcome, implementation = judged.outcomes[code], judged.implementations[code]
        return PartStanding(
            code=code,
            title=title,
            office=self._office(code),
            obligation=owed.status if owed else "",
            implementation=implementation.status,
            outcome=outcome.status,
            reasons=(outcome.reason, implementation.reason),
        )

    def item(self, item: Item) -> PartStanding:
        judged, owed = self.assessed.judged, self.owed.get(item.id)
        reported = judged.reported[item.id] if isinstance(item, Action) else None
        shown = None if isinstance(item, LongTermMeasure | Objective) else judged.shown(item.id)
        reasons = (self._outcome_reason(item), owed.reason if owed else "", *(one.reason for one in (reported, shown) if one))
        return PartStanding(
            code=item.id,
            title=item.title,
            office=self._office(item.id),
            obligation=owed.status if owed else "",
            implementation=reported.status if reported else "",
            evidence=shown.status if shown else "",
            outcome=self._outcome(item),
            reasons=tuple(filter(None, reasons)),
        )

    def _outcome(self, item: Item) -> str:
        """Return a measure's own status, and for an action that of its objective."""
        judged = self.assessed.judged
        if isinstance(item, LongTermMeasure):
            return judged.status(item.id)
        return judged.outcomes[judged.duties.plan.objective_of(item.id).id].status if isinstance(item, Action) else ""

    def _outcome_reason(self, item: Item) -> str:
        return self.assessed.judged.measures[item.id].reason if isinstance(item, LongTermMeasure) else ""

    def _office(self, code: str) -> str:
        return self.assessed.situation.roster.office_title(code, as_of=self.assessed.judged.as_of)
