"""What the weekly mail to who keeps the plan tells: facts of the ledger and the plan. Imports no Prefect."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger.ledger import Ledger
from ledger.records import CHANNEL, HOLD, Beat, LetterState, Posted
from notifications.week import Heartbeat, HeldBack, Loose, Overdue, Week
from plan.digests import due_notices
from plan.ladder import Situation
from plan.overview import monday_of, unanswered
from plan.phrase import phrase
from plan.standing import ObligationStatus
from tasks.workplace import Workplace, refused_addresses

EVEN, UNEVEN = "count", "count-uneven"
"""How an evening's count signs its beat: by how it came out, so that nobody need find it in what it said."""
LOST = (LetterState.FAILED, LetterState.EXPIRED)
UNDECIDED = (LetterState.HELD, LetterState.IN_DOUBT)
LATE = frozenset({ObligationStatus.OVERDUE, ObligationStatus.ESCALATED, ObligationStatus.EXHAUSTED})
"""The statuses of what should have been answered before today, the grace over."""


def week_of(workplace: Workplace, ledger: Ledger, situation: Situation, *, as_of: date) -> Week:
    """Return what there is to say at the beginning of a week, of the week before and of today."""
    at = _LastWeek(workplace, ledger, monday_of(as_of) - timedelta(days=7))
    letters, counts = ledger.outbox(workplace.plan.id), at.counts()
    return Week(
        day=as_of,
        heartbeat=at.heartbeat(letters),
        loose=tuple(at.loose(letters)),
        refused=tuple(refused_addresses(ledger, workplace.plan.id).items()),
        held_back=tuple(at.held_back()),
        overdue=_overdue(situation, as_of),
        held_readings=tuple(_held_readings(ledger, workplace.plan.id)),
        even_days=sum(1 for one in counts if one.flow == EVEN),
        uneven_days=tuple((one.day, one.said) for one in counts if one.flow == UNEVEN),
        uncounted_days=at.uncounted(counts),
    )


@dataclass(frozen=True)
class _LastWeek:
    """The week from a Monday to the Sunday after it, as the ledger knows it."""

    workplace: Workplace
    ledger: Ledger
    monday: date

    def heartbeat(self, letters: Sequence[Posted]) -> Heartbeat:
        beats = [beat for beat in self._beats("remind") if self._day(beat.ended_at) < self._after]
        ran, days = {beat.day for beat in beats}, self._working_days
        return Heartbeat(
            ran=tuple(day for day in days if day in ran),
            missed=tuple(day for day in days if day not in ran),
            last=beats[0].ended_at.astimezone(self.workplace.plan.settings.time_zone) if beats else None,
            accepted=sum(1 for one in letters if one.kind != CHANNEL and one.sent_at and self._is_in(self._day(one.sent_at))),
        )

    def loose(self, letters: Sequence[Posted]) -> Iterator[Loose]:
        """Yield what was lost since the week began, and every letter in doubt that nobody wanted left as it is."""
        left = {key for key, word in self.ledger.holding(self.workplace.plan.id, "letter").items() if word.word == HOLD}
        for one in letters:
            if (one.state in UNDECIDED and one.key not in left) or (one.state in LOST and one.day >= self.monday):
                title = self.workplace.owners.offices[one.office].title if one.office in self.workplace.owners.offices else ""
                yield Loose(state=one.state, office=title or one.office, address=one.address, day=one.day, why=one.reason)

    def held_back(self) -> Iterator[HeldBack]:
        """Yield what the limit kept at the week's end; of who had a mail on its last day, that mail kept the rest."""
        last = next(reversed(self._working_days), None)
        if last is None:
            return
        situation = self.workplace.situation(self.ledger, as_of=last, told_since=False)
        kept = [one.notice for one in due_notices(situation, as_of=last).held_back]
        people = {one.to.address: one.to for one in kept if last not in situation.told.digest_days(one.to.address)}
        for address, person in people.items():
            items = dict.fromkeys(one.item for one in kept if one.to.address == address)
            yield HeldBack(office=person.title, items=tuple(items))

    def counts(self) -> list[Beat]:
        """Return the last count of each day that was counted, by day."""
        last = {beat.day: beat for beat in reversed(self._beats(EVEN, UNEVEN))}
        return [last[day] for day in sorted(last) if self._is_in(day)]

    def uncounted(self, counts: Iterable[Beat]) -> tuple[date, ...]:
        """Return the working days that no count is of."""
        counted = {one.day for one in counts}
        return tuple(day for day in self._working_days if day not in counted)

    def _beats(self, *flows: str) -> tuple[Beat, ...]:
        return self.ledger.beats(self.workplace.plan.id, *flows)

    @property
    def _working_days(self) -> list[date]:
        week = (self.monday + timedelta(days=n) for n in range(7))
        return [day for day in week if day in self.workplace.duties.days]

    @property
    def _after(self) -> date:
        return self.monday + timedelta(days=7)

    def _is_in(self, day: date) -> bool:
        return self.monday <= day < self._after

    def _day(self, at: datetime) -> date:
        return self.workplace.today(at)


def _overdue(situation: Situation, as_of: date) -> tuple[Overdue, ...]:
    """Return what each office owes that is overdue, most answers first, then the oldest."""
    late: defaultdict[str, list[date]] = defaultdict(list)
    for item in situation.plan.items.values():
        dues = [one.obligation.due for one in unanswered(item, situation, as_of=as_of) if one.status in LATE]
        late[situation.roster.office_title(item.id, as_of=as_of)] += dues
    found = (Overdue(office=office, answers=len(dues), since=min(dues)) for office, dues in late.items() if dues)
    return tuple(sorted(found, key=lambda one: (-one.answers, one.since, one.office)))


def _held_readings(ledger: Ledger, plan: str) -> Iterator[tuple[str, str]]:
    for one in ledger.held(plan):
        if one.decision is None:
            of = {"value": one.reading.value, "source": one.collected_from, "reason": one.reason}
            yield f"{one.reading.item}, {one.reading.period}", phrase("{value}, from {source}. {reason}.", **of)
