"""One digest per person and day: notices gathered, put in order, and held back where a person has had enough."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from plan.ladder import Notice, Situation, Urgency, no_longer_wanted, notices_for
from plan.model import Item, LongTermMeasure
from plan.owners import Person
from plan.phrase import phrase
from plan.slip_ladder import slip_not_wanted, slip_notices
from plan.told import Telling
from plan.wording import counted

_ORDER: dict[Urgency, int] = {"overdue": 0, "slipping": 1, "due": 2, "upcoming": 3, "recovered": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All notices for one person on one day: overdue first, then due, then upcoming; of these the gravest lead.

    At one height, what is one's own stands before what is another's, and then the oldest first.
    """

    key: str
    """Unique for plan, day and person."""
    to: Person
    day: date
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A notice that waits for a later day, and why."""

    notice: Notice
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What goes out on a day, and what is held back."""

    digests: tuple[Digest, ...] = ()
    held_back: tuple[HeldBack, ...] = ()


def due_notices(situation: Situation, *, as_of: date) -> Post:
    """Return the mails that a day calls for; none on a day that is not a working day."""
    if as_of not in situation.duties.days:
        return Post()
    items = situation.plan.items.values()
    return gather((notice for item in items for notice in notices_about(item, situation, as_of=as_of)), situation, as_of=as_of)


def notices_about(item: Item, situation: Situation, *, as_of: date) -> tuple[Notice, ...]:
    """Return the notices of both ladders for one item on a day, before anyone's limits."""
    slipped = slip_notices(item, situation, as_of=as_of) if isinstance(item, LongTermMeasure) else ()
    return (*notices_for(item, situation, as_of=as_of), *slipped)


def not_wanted(notice: Notice, situation: Situation, *, as_of: date) -> str | None:
    """Return why a notice that was chosen earlier should not go out any more, or None while it should."""
    asked = slip_not_wanted if notice.ladder == "slip" else no_longer_wanted
    return asked(notice, situation, as_of=as_of)


def gather(notices: Iterable[Notice], situation: Situation, *, as_of: date) -> Post:
    """Return notices as one digest per person, those over a person's limits held back.

    Source:    rules.md 3: one digest per person per day, at most so many a week (Monday to Sunday)
    """
    by_person: defaultdict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_person[notice.to.address].append(notice)
    digests: list[Digest] = []
    held_back: list[HeldBack] = []
    for theirs in by_person.values():
        reason = _over_the_limit(theirs[0].to, situation, as_of)
        if reason:
            held_back += (HeldBack(notice=notice, reason=reason) for notice in theirs)
        else:
            digests.append(_digest(theirs, situation, as_of))
    return Post(digests=tuple(digests), held_back=tuple(held_back))


def tellings_of(digest: Digest, *, delivered_on: date | None) -> Iterator[Telling]:
    """Yield what a digest tells: each notice's step, and each lower step that it passes over."""
    for notice in digest.notices:
        for step in (*notice.passed_over, notice.step):
            yield Telling(
                key=notice.key_for(step),
                item=notice.item,
                kind=notice.kind,
                period=notice.period,
                ladder=notice.ladder,
                step=step,
                due=notice.due,
                address=notice.to.address,
                told_on=digest.day,
                delivered_on=delivered_on,
                skipped=step != notice.step,
            )


def _over_the_limit(person: Person, situation: Situation, as_of: date) -> str | None:
    days = situation.told.digest_days(person.address)
    if as_of in days:
        return phrase("{office} has had today's digest; it goes on the next working day.", office=person.title)
    limit = situation.plan.settings.digests_per_week
    monday = as_of - timedelta(days=as_of.weekday())
    had = sum(1 for n in range(7) if monday + timedelta(days=n) in days)
    if limit != "unlimited" and had >= limit:
        return phrase(
            "{office} has had {digests} this week, and the limit is {limit}; it goes next week.",
            office=person.title,
            digests=counted(had, "digest"),
            limit=limit,
        )
    return None


def _digest(notices: list[Notice], situation: Situation, as_of: date) -> Digest:
    person = notices[0].to
    return Digest(
        key=f"{situation.plan.id}/digest/{as_of}/{person.address}",
        to=person,
        day=as_of,
        notices=tuple(sorted(notices, key=_rank)),
    )


def _rank(notice: Notice) -> tuple[int, int, bool, date]:
    """Return what orders a digest: urgency, height on the ladder, what is one's own before what is another's, age."""
    return _ORDER[notice.urgency], -notice.height, notice.owner.address != notice.to.address, notice.due
