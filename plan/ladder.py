"""The late ladder: which step is taken for an obligation today, and who is told.

A rung is taken when its day is reached, not hit, so a missed run is made up for by the next one. Whoever stands above the
owner is told only after the owner has been.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from plan.duties import Duties, Obligation
from plan.facts import DutyKind, Facts
from plan.model import Item, Plan, Rung
from plan.owners import Person, Roster
from plan.phrase import phrase
from plan.slips import Slip
from plan.standing import CHASED, Standing, standing
from plan.told import Telling, Told
from plan.wording import step_in_words

SPACING_DAYS = 3
"""Working days for which a rung must have been delivered before a rung that climbs above it (rules.md 3)."""

Urgency = Literal["overdue", "slipping", "due", "upcoming", "recovered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One step of the ladder for one person."""

    plan: str
    item: str
    title: str
    kind: DutyKind
    period: str
    step: str
    height: int
    """The rung's place on its ladder, 0 the lowest."""
    due: date
    urgency: Urgency
    to: Person
    owner: Person
    """Who is asked first; someone else than `to` when the step climbs."""
    reason: str
    passed_over: tuple[str, ...] = ()
    """Lower steps that this one makes needless, recorded as skipped for the same person."""
    ladder: Literal["late", "slip"] = "late"

    @property
    def key(self) -> str:
        """Return what makes the notice unique: plan, ladder, obligation, due date, step and person."""
        return self.key_for(self.step)

    def key_for(self, step: str) -> str:
        """Return the key that a step of the same obligation has for the same person; a moved due date makes another."""
        parts = (self.plan, self.ladder, self.kind, self.item, self.period, self.due.isoformat(), step)
        return "/".join((*parts, self.to.address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that decides about reminders: what is owed, who answers, what is known and what was told."""

    duties: Duties
    roster: Roster
    facts: Facts
    told: Told
    slips: Mapping[str, Slip] = field(default_factory=dict)
    """The last slip of each measure, as far as it has been judged."""

    @property
    def plan(self) -> Plan:
        """Return the plan that all of it is about."""
        return self.duties.plan


def notices_for(item: Item, situation: Situation, *, as_of: date) -> tuple[Notice, ...]:
    """Return the notices for one item on a day, before anyone's limits; none on a day that is not a working day.

    Source:    rules.md 3
    """
    if as_of not in situation.duties.days:
        return ()
    owed = situation.duties.chased(item, as_of=as_of)
    left = (one for one in owed if not _is_told(one, situation, as_of))
    return tuple(notice for one in left for notice in _Climb(one, situation, as_of).notices())


def _is_told(owed: Obligation, situation: Situation, as_of: date) -> bool:
    """Return whether everyone has been told every rung reached so far: whichever may be taken, nobody is left to tell.

    On most days most obligations are so, and this is quicker to find than the rung that may be taken.
    """
    ladder = situation.plan.settings.ladder_on(owed.opens_on)
    late = situation.duties.days.between(owed.due, as_of)
    needed = situation.roster.told_by(ladder, late, owed.item, as_of=as_of)
    return situation.told.covers(owed.kind, owed.item, owed.period, owed.due, needed)


def no_longer_wanted(notice: Notice, situation: Situation, *, as_of: date) -> str | None:
    """Return why a notice that was chosen earlier should not go out any more, or None while it should."""
    item = situation.plan.items.get(notice.item)
    owed = next((one for one in situation.duties.of(item) if str(one.period) == notice.period), None) if item else None
    if owed is None:
        return phrase("{item} owes nothing for {period} any more.", item=notice.item, period=notice.period)
    if owed.due != notice.due:
        return phrase(
            "The due date of {item} for {period} moved from {was} to {due}.",
            item=notice.item,
            period=notice.period,
            was=notice.due,
            due=owed.due,
        )
    climb = _Climb(owed, situation, as_of)
    if climb.state.status not in CHASED:
        return climb.state.reason
    rung = next((rung for rung in climb.rungs if rung.step == notice.step), None)
    if rung is None or not climb.tells(rung, notice.to):
        return phrase(
            '{office} is not told the step "{step}" of {item} any more.',
            office=notice.to.title,
            step=step_in_words(notice.step),
            item=notice.item,
        )
    return None


@dataclass(frozen=True)
class _Climb:
    """One obligation on its ladder, on a day."""

    owed: Obligation
    situation: Situation
    as_of: date

    @cached_property
    def state(self) -> Standing:
        at = self.situation
        return standing(self.owed, duties=at.duties, facts=at.facts, told=at.told, as_of=self.as_of)

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        return self.situation.plan.settings.ladder_on(self.owed.opens_on).rungs

    @cached_property
    def tellings(self) -> dict[tuple[str, str], Telling]:
        return self.situation.told.of(self.owed.kind, self.owed.item, str(self.owed.period), self.owed.due)

    def notices(self) -> Iterator[Notice]:
        """Yield the highest rung that may be taken, for each of its people who has not been told it."""
        height = self._highest()
        if height is None:
            return
        untold = [person for person in self.people(self.rungs[height]) if not self._was_told(self.rungs[height], person)]
        if untold and self.state.status in CHASED:
            owner = self.situation.roster.people("owner", self.owed.item, as_of=self.as_of)[0]
            yield from (self._notice(height, person, owner) for person in untold)

    def people(self, rung: Rung) -> tuple[Person, ...]:
        """Return who is told a rung, each address once."""
        return self.situation.roster.people_in(rung.to, self.owed.item, as_of=self.as_of)

    def tells(self, rung: Rung, person: Person) -> bool:
        """Return whether someone is among those who are told a rung."""
        return any(person.address == one.address for one in self.people(rung))

    def _highest(self) -> int | None:
        late = self.situation.duties.days.between(self.owed.due, self.as_of)
        reached = (height for height in reversed(range(len(self.rungs))) if self.rungs[height].day <= late)
        return next((height for height in reached if self._may_be_taken(height)), None)

    def _may_be_taken(self, height: int) -> bool:
        """Return whether a rung is the owner's, or the one below reached today's owner and supervisor long enough ago."""
        if not self.situation.roster.people("owner", self.owed.item, as_of=self.as_of):
            return False
        if not self.rungs[height].climbs:
            return True
        answering = ((rung, self._answering(rung)) for rung in reversed(self.rungs[:height]))
        below, people = next((found for found in answering if found[1]), (None, ()))
        return below is not None and all(self._was_delivered(below, person) for person in people)

    def _answering(self, rung: Rung) -> tuple[Person, ...]:
        """Return the first person of each role that a rung tells, the delegate's left out; a role may have nobody."""
        at, roles = self.situation.roster, (role for role in rung.to if role != "delegate")
        return tuple(person for role in roles for person in at.people(role, self.owed.item, as_of=self.as_of)[:1])

    def _was_delivered(self, rung: Rung, person: Person) -> bool:
        telling = self.tellings.get((rung.step, person.address))
        if telling is None or telling.delivered_on is None:
            return False
        return self.situation.duties.days.between(telling.delivered_on, self.as_of) >= SPACING_DAYS

    def _was_told(self, rung: Rung, person: Person) -> bool:
        return (rung.step, person.address) in self.tellings

    def _notice(self, height: int, person: Person, owner: Person) -> Notice:
        rung, owed = self.rungs[height], self.owed
        passed_over = (r for r in self.rungs[:height] if self.tells(r, person) and not self._was_told(r, person))
        return Notice(
            plan=self.situation.plan.id,
            item=owed.item,
            title=self.situation.plan.items[owed.item].title,
            kind=owed.kind,
            period=str(owed.period),
            step=rung.step,
            height=height,
            due=owed.due,
            urgency="upcoming" if rung.day < 0 else "due" if rung.day == 0 else "overdue",
            to=person,
            owner=owner,
            reason=self.state.reason,
            passed_over=tuple(r.step for r in passed_over),
        )
