"""The slip ladder: who is told that a measure slipped, who is asked for a corrective plan, and who hears that none came."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from plan.duties import Obligation
from plan.facts import CORRECTIVE_PLAN, CorrectivePlan, Facts, Progress
from plan.ladder import SPACING_DAYS, Notice, Situation
from plan.model import Deliverable, Item, LongTermMeasure, Role
from plan.owners import Person
from plan.phrase import phrase
from plan.slips import Slip
from plan.told import Telling
from plan.wording import step_in_words

PLAN_WITHIN_DAYS = 10
"""Working days in which the steward is asked for a corrective plan (rules.md 3)."""
SLIP, PLAN_MISSING, STILL_OFF, RECOVERED = "slip", "plan-missing", "still-off", "recovered"
"""The steps of the slip ladder, lowest first, and the notice that ends it."""

TOLD: dict[str, tuple[Role, ...]] = {
    SLIP: ("owner",),  # at once: the arithmetic, and a corrective plan is asked for
    PLAN_MISSING: ("owner", "supervisor"),  # when no plan has come in time
    STILL_OFF: ("cabinet_lead", "plan_administrator"),  # at the first close of a quarter after the plan was due
}


def slip_notices(measure: LongTermMeasure, situation: Situation, *, as_of: date) -> tuple[Notice, ...]:
    """Return the notices of the slip ladder for one measure on a day; none on a day that is not a working day.

    Source:    rules.md 3
    """
    slip = situation.slips.get(measure.id)
    if slip is None or as_of not in situation.duties.days or slip.since > as_of:
        return ()
    if not_followed(measure, situation, as_of=as_of):
        return ()
    return tuple(_Fall(measure, slip, situation, as_of).notices())


def slip_not_wanted(notice: Notice, situation: Situation, *, as_of: date) -> str | None:
    """Return why a notice of the slip ladder that was chosen earlier should not go out any more, or None while it should."""
    measure, slip = situation.plan.items.get(notice.item), situation.slips.get(notice.item)
    if not isinstance(measure, LongTermMeasure) or slip is None:
        return phrase("{item} is not followed any more.", item=notice.item)
    silent = not_followed(measure, situation, as_of=as_of)
    if silent:
        return silent
    fall = _Fall(measure, slip, situation, as_of)
    if fall.period != notice.period or fall.plan_due != notice.due:
        return phrase("The slip of {item} that this was about is over.", item=notice.item)
    if (slip.over_on is not None) is not (notice.step == RECOVERED):
        return slip.reason
    if notice.step in (SLIP, PLAN_MISSING) and fall.has_plan():
        return phrase("A corrective plan for {item} has come.", item=notice.item)
    if notice.step != RECOVERED and notice.to.address not in {person.address for person in fall.told(notice.step)}:
        return phrase(
            '{office} is not told the step "{step}" of {item} any more.',
            office=notice.to.title,
            step=step_in_words(notice.step),
            item=notice.item,
        )
    return None


def not_followed(measure: LongTermMeasure, situation: Situation, *, as_of: date) -> str | None:
    """Return why nobody is told of a measure's slips on a day, or None if people are."""
    begins_on, last = situation.plan.settings.begins_on, situation.facts.last_check_in(measure.id)
    if as_of < begins_on:
        return phrase("Reminders begin on {day}.", day=begins_on)
    if isinstance(measure.target, Deliverable) and measure.target.by < begins_on:
        return phrase(
            "The day of {item}, {by}, was over before reminders began on {day}.",
            item=measure.id,
            by=measure.target.by,
            day=begins_on,
        )
    if last is not None and last.status is Progress.DISCONTINUED:
        return phrase("{item} was discontinued on {day}.", item=measure.id, day=last.known_on)
    if measure.paused_until is not None and as_of < measure.paused_until:
        return phrase("{item} is paused by the plan until {day}.", item=measure.id, day=measure.paused_until)
    return None


def plan_due(slip: Slip, situation: Situation) -> date:
    """Return the day by which a slip's corrective plan is asked for, counted from when it is followed."""
    return situation.duties.days.offset(followed_from(slip, situation), PLAN_WITHIN_DAYS)


def followed_from(slip: Slip, situation: Situation) -> date:
    """Return the day from which a slip is followed: when it began, or when reminders did."""
    return max(slip.since, situation.plan.settings.begins_on)


def plan_for(slip: Slip, facts: Facts) -> CorrectivePlan | None:
    """Return the last corrective plan that came since a measure slipped, or None."""
    plans = (plan for plan in facts.corrective_plans(slip.item) if plan.known_on >= slip.since)
    return max(plans, key=lambda plan: plan.known_on, default=None)


def missing_plan(item: Item, situation: Situation, *, as_of: date) -> Obligation | None:
    """Return the corrective plan that is asked for because a measure slips and that has not come, or None."""
    slip = situation.slips.get(item.id)
    if not isinstance(item, LongTermMeasure) or slip is None or slip.over_on is not None or slip.since > as_of:
        return None
    if not_followed(item, situation, as_of=as_of) or plan_for(slip, situation.facts) is not None:
        return None
    since, due = followed_from(slip, situation), plan_due(slip, situation)
    period = situation.plan.quarter_of(since)
    return Obligation(item=item.id, kind=CORRECTIVE_PLAN, period=period, opens_on=since, due=due)


@dataclass(frozen=True)
class _Fall:
    """One slip on its ladder, on a day."""

    measure: LongTermMeasure
    slip: Slip
    situation: Situation
    as_of: date

    @property
    def since(self) -> date:
        """The day from which it is followed."""
        return followed_from(self.slip, self.situation)

    @property
    def period(self) -> str:
        return str(self.situation.plan.quarter_of(self.since))

    @property
    def plan_due(self) -> date:
        """The day by which the corrective plan is asked for; it also tells one slip from the next."""
        return plan_due(self.slip, self.situation)

    @property
    def tellings(self) -> dict[tuple[str, str], Telling]:
        return self.situation.told.of(CORRECTIVE_PLAN, self.measure.id, self.period, self.plan_due)

    def has_plan(self) -> bool:
        """Return whether a corrective plan has come since it slipped."""
        return plan_for(self.slip, self.situation.facts) is not None

    def notices(self) -> Iterator[Notice]:
        if self.slip.over_on is not None:
            yield from self._recovery()
            return
        step = next((step for step in (STILL_OFF, PLAN_MISSING, SLIP) if self._may_be_taken(step)), None)
        if step is not None:
            yield from self._to_each(step, self.told(step))

    def told(self, step: str) -> tuple[Person, ...]:
        """Return who is told a step, each address once."""
        return self.situation.roster.people_in(TOLD[step], self.measure.id, as_of=self.as_of)

    def _may_be_taken(self, step: str) -> bool:
        """Return whether a step's day has come, and the owner and whoever stands below it were told long enough ago."""
        if step == SLIP:
            return not self.has_plan() and bool(self._people("owner"))
        told_owner = self.has_plan() or self._was_delivered(SLIP, "owner")
        if step == PLAN_MISSING:
            return self.as_of > self.plan_due and not self.has_plan() and told_owner
        told_above = self.has_plan() or self._was_delivered(PLAN_MISSING, "supervisor")
        return self.as_of >= self._close_after_plan() and told_owner and told_above

    def _close_after_plan(self) -> date:
        """Return the last working day of the first quarter that closes after the corrective plan was due."""
        plan, days = self.situation.plan, self.situation.duties.days
        quarter = plan.quarter_of(self.plan_due)
        starts = plan.settings.fiscal_year_starts
        closes_on = days.last_before(quarter.end(starts))
        return closes_on if closes_on > self.plan_due else days.last_before(quarter.after.end(starts))

    def _recovery(self) -> Iterator[Notice]:
        """Yield the one notice that it is back, to everyone who was told of the slip and still is somebody here."""
        told = {address for (step, address), telling in self.tellings.items() if step != RECOVERED and telling.delivered_on}
        people = (
            person for role in ("owner", "supervisor", "cabinet_lead", "plan_administrator") for person in self._people(role)
        )
        yield from self._to_each(RECOVERED, {person.address: person for person in people if person.address in told}.values())

    def _to_each(self, step: str, people: Iterable[Person]) -> Iterator[Notice]:
        owner = self.situation.roster.owner(self.measure.id, as_of=self.as_of)
        for person in people:
            if owner is not None and (step, person.address) not in self.tellings:
                yield Notice(
                    plan=self.situation.plan.id,
                    item=self.measure.id,
                    title=self.measure.title,
                    kind=CORRECTIVE_PLAN,
                    period=self.period,
                    step=step,
                    height=(SLIP, PLAN_MISSING, STILL_OFF, RECOVERED).index(step),
                    due=self.plan_due,
                    urgency="slipping" if step != RECOVERED else "recovered",
                    to=person,
                    owner=owner,
                    reason=self.slip.reason,
                    ladder="slip",
                )

    def _people(self, role: Role) -> tuple[Person, ...]:
        return self.situation.roster.people(role, self.measure.id, as_of=self.as_of)

    def _was_delivered(self, step: str, role: Role) -> bool:
        first = self._people(role)[:1]
        days = self.situation.duties.days
        found = (self.tellings.get((step, person.address)) for person in first)
        return all(t is not None and t.delivered_on and days.between(t.delivered_on, self.as_of) >= SPACING_DAYS for t in found)
