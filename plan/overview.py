"""The weekly overview: who gets one, who does not and why, and what it holds of what is theirs.

It asks for nothing that a digest does not ask for, and takes no step of a ladder.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plan.digests import due_notices
from plan.duties import Obligation
from plan.facts import DutyKind
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Action, Item, LongTermMeasure, Objective
from plan.owners import Person
from plan.slip_ladder import missing_plan
from plan.standing import CHASED, ObligationStatus, Standing, standing

AHEAD_DAYS = 10
"""Working days after the overview's own day over which it tells what is coming, the last one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something that is open and unanswered."""

    kind: DutyKind
    period: str
    """Empty for a corrective plan, which is asked for because of a slip."""
    due: date
    status: str
    """How the obligation stands; of a corrective plan "open" or "overdue"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An item with how it stands; a status that it cannot have is empty."""

    item: str
    title: str
    asked: tuple[Asked, ...]
    """What is open and unanswered, the oldest first."""
    owes: Standing | None
    """What was opened last, else what opens first."""
    implementation: str
    outcome: str
    outcome_of: str
    """The objective whose outcome it is; empty where it is the item's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that opens or is due on a day to come."""

    day: date
    what: str
    """ "opens" or "due"."""
    kind: DutyKind
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What one person is told in a week: all that is theirs, in the plan's order, and what is coming, by day."""

    key: str
    """Unique for plan, week and person."""
    to: Person
    day: date
    own: tuple[Own, ...]
    coming: tuple[Coming, ...]


class WhyNot(StrEnum):
    """Why somebody who owns something gets no overview. The first that fits, in this order."""

    TURNED_OFF = "turned_off"
    NOTHING_OPEN = "nothing_open"  # all of it is answered, paused, not chased, or not open yet
    HAS_DIGEST = "has_digest"  # one mail a day: the digest says what matters most


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Somebody who gets no overview, and why."""

    to: Person
    why: WhyNot
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overviews:
    """Who gets an overview in a week, and who does not; nobody is in either where the plan wants none."""

    written: tuple[Overview, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def monday_of(day: date) -> date:
    """Return the Monday of a day's week: it names the week, on whichever of its days the mails are written."""
    return day - timedelta(days=day.weekday())


def overviews(situation: Situation, judged: Judged, *, off: Collection[str], as_of: date) -> Overviews:
    """Return the overviews of a week as a day of it finds them; none on a day that is not a working day.

    Args:      judged: the plan judged on the day
               off: the addresses for which the overview is turned off
    Source:    rules.md 3: one mail a person and day; nothing due, no mail
    """
    if not situation.plan.settings.weekly_overview or as_of not in situation.duties.days:
        return Overviews()
    busy = {digest.to.address for digest in due_notices(situation, as_of=as_of).digests}
    written, left_out = list[Overview](), list[LeftOut]()
    for to, items in _by_owner(situation, as_of):
        found = _overview(to, items, situation, judged)
        has_digest = to.address in busy or as_of in situation.told.digest_days(to.address)
        why = _why_not(found, is_off=to.address in off, has_digest=has_digest)
        if why is None:
            written.append(found)
        else:
            left_out.append(LeftOut(to=to, why=why, reason=_SENTENCES[why].format(to.title)))
    return Overviews(written=tuple(written), left_out=tuple(left_out))


def unanswered(item: Item, situation: Situation, *, as_of: date) -> Iterator[Standing]:
    """Yield what an item owes that is open and has not come, the oldest first; not what is paused."""
    stands = (_standing(owed, situation, as_of) for owed in situation.duties.chased(item, as_of=as_of))
    return (one for one in stands if one.status in CHASED)


_SENTENCES = {
    WhyNot.TURNED_OFF: "{} has turned the weekly overview off.",
    WhyNot.NOTHING_OPEN: "Nothing that is asked of {} is open and unanswered.",
    WhyNot.HAS_DIGEST: "{} has today's digest.",
}


def _why_not(found: Overview, *, is_off: bool, has_digest: bool) -> WhyNot | None:
    if is_off:
        return WhyNot.TURNED_OFF
    if not any(own.asked for own in found.own):
        return WhyNot.NOTHING_OPEN
    return WhyNot.HAS_DIGEST if has_digest else None


def _by_owner(situation: Situation, as_of: date) -> Iterator[tuple[Person, list[Item]]]:
    """Yield everyone who is asked for something as its owner, with the items, both in the plan's order."""
    people: dict[str, Person] = {}
    items: defaultdict[str, list[Item]] = defaultdict(list)
    for item in situation.plan.items.values():
        for person in situation.roster.people("owner", item.id, as_of=as_of):
            people.setdefault(person.address, person)
            items[person.address].append(item)
    return ((person, items[address]) for address, person in people.items())


def _overview(to: Person, items: list[Item], situation: Situation, judged: Judged) -> Overview:
    coming = (one for item in items for one in _coming(item, situation, judged.as_of))
    return Overview(
        key=f"{situation.plan.id}/overview/{monday_of(judged.as_of)}/{to.address}",
        to=to,
        day=judged.as_of,
        own=tuple(_own(item, situation, judged) for item in items),
        coming=tuple(sorted(coming, key=lambda one: (one.day, one.what, one.kind))),
    )


def _own(item: Item, situation: Situation, judged: Judged) -> Own:
    as_of = judged.as_of
    latest = situation.duties.current(item, as_of=as_of)
    return Own(
        item=item.id,
        title=item.title,
        asked=tuple(_asked(item, situation, as_of)),
        owes=_standing(latest, situation, as_of) if latest else None,
        implementation=_implementation(item, judged),
        outcome=_outcome(item, judged),
        outcome_of=judged.duties.plan.objective_of(item.id).id if isinstance(item, Action) else "",
    )


def _asked(item: Item, situation: Situation, as_of: date) -> Iterator[Asked]:
    for one in unanswered(item, situation, as_of=as_of):
        owed = one.obligation
        yield Asked(kind=owed.kind, period=str(owed.period), due=owed.due, status=one.status)
    plan = missing_plan(item, situation, as_of=as_of)
    if plan is not None:
        yield Asked(kind=plan.kind, period="", due=plan.due, status="overdue" if plan.due < as_of else "open")


def _coming(item: Item, situation: Situation, as_of: date) -> Iterator[Coming]:
    last = situation.duties.days.offset(as_of, AHEAD_DAYS)
    for owed in situation.duties.of(item):
        if owed.opens_on > last or owed.due <= as_of or not _is_to_be_answered(owed, situation, as_of):
            continue
        if owed.opens_on > as_of:
            yield Coming(day=owed.opens_on, what="opens", kind=owed.kind, item=item.id)
        if owed.due <= last:
            yield Coming(day=owed.due, what="due", kind=owed.kind, item=item.id)
    plan = missing_plan(item, situation, as_of=as_of)
    if plan is not None and as_of < plan.due <= last:
        yield Coming(day=plan.due, what="due", kind=plan.kind, item=item.id)


def _is_to_be_answered(owed: Obligation, situation: Situation, as_of: date) -> bool:
    return _standing(owed, situation, as_of).status in CHASED | {ObligationStatus.SCHEDULED}


def _standing(owed: Obligation, situation: Situation, as_of: date) -> Standing:
    return standing(owed, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=as_of)


def _implementation(item: Item, judged: Judged) -> str:
    match item:
        case Action():
            return judged.reported[item.id].status
        case Objective():
            return judged.implementations[item.id].status
        case _:
            return ""


def _outcome(item: Item, judged: Judged) -> str:
    match item:
        case LongTermMeasure():
            return judged.status(item.id)
        case Action() | Objective():
            return judged.outcomes[judged.duties.plan.objective_of(item.id).id].status
        case _:
            return ""
