"""How days, counts and people are put into words."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from plan.facts import DutyKind
from plan.ladder import Notice
from plan.owners import Owners, Person
from plan.periods import WorkingDays

Heading = Literal["overdue", "due", "upcoming"]
HEADINGS: tuple[Heading, ...] = ("overdue", "due", "upcoming")

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_KINDS: tuple[DutyKind, ...] = ("check-in", "reading", "evidence")


def in_words(day: date) -> str:
    """Return a day as people write it, as in "14 October 2026"; the same whatever the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def listed(parts: Sequence[str], *, most: int | None = None) -> str:
    """Return a list in words, as in "a, b and c"; of more than `most`, the last ones are counted."""
    if most is not None and len(parts) > most:
        parts = (*parts[:most], f"{len(parts) - most} more")
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def counted(count: int, one: str) -> str:
    """Return a number of things, as in "1 reading" or "3 check-ins"."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def capitalised(text: str) -> str:
    """Return a text with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]


def called(person: Person, owners: Owners) -> str:
    """Return how to speak of someone, as in "the Director of Athletics", or "Ana Ruiz (Director of Athletics)"."""
    name = owners.offices[person.office].person
    return f"{name} ({person.title})" if name else the(person.title)


def the(title: str) -> str:
    """Return an office's title as it stands within a sentence."""
    return title if title.casefold().startswith("the ") else f"the {title}"


def heading(notice: Notice, *, day: date) -> Heading:
    """Return what a notice is listed under.

    After an outage a step may go out later than its own day; what is listed as coming up is always still to come.
    """
    if notice.urgency == "overdue":
        return "overdue"
    return "upcoming" if notice.due > day else "due"


def when_due(due: date, *, day: date, days: WorkingDays) -> str:
    """Return a due date with its distance, as in "due 14 October 2026, 9 working days ago"."""
    late = days.between(due, day)
    if due == day:
        return f"due today, {in_words(due)}"
    distance = counted(abs(late), "working day")
    return f"due {in_words(due)}, {distance} ago" if due < day else f"due {in_words(due)}, in {distance}"


def what_there_is(notices: Sequence[Notice], *, day: date, owners: Owners) -> str:
    """Return one sentence on a digest, as in "3 check-ins are overdue, the oldest since 14 October 2026."."""
    under: dict[Heading, list[Notice]] = {name: [n for n in notices if heading(n, day=day) == name] for name in HEADINGS}
    clauses = (_clause(name, theirs, day, owners) for name, theirs in under.items() if theirs)
    return capitalised("; ".join(clauses)) + "."


def _clause(name: Heading, notices: Sequence[Notice], day: date, owners: Owners) -> str:
    first, same_day = min(notice.due for notice in notices), len({notice.due for notice in notices}) == 1
    subject, one = f"{_amount(notices)}{_owed_by(notices, owners)}", _is_one(notices)
    are = "is" if one else "are"
    if name == "upcoming":
        return f"{subject} {are} coming up, {'' if same_day else 'the first '}due {in_words(first)}"
    if name == "due":
        return f"{subject} {are} due {'today' if first == day else 'now'}"
    if same_day:
        return f"{subject} {'has' if one else 'have'} been overdue since {in_words(first)}"
    return f"{subject} {are} overdue, the oldest since {in_words(first)}"


def _amount(notices: Sequence[Notice]) -> str:
    counts = {kind: sum(1 for notice in notices if notice.kind == kind) for kind in _KINDS}
    return listed([_amount_of(kind, count) for kind, count in counts.items() if count])


def _amount_of(kind: DutyKind, count: int) -> str:
    return f"evidence for {counted(count, 'item')}" if kind == "evidence" else counted(count, kind)


def _is_one(notices: Sequence[Notice]) -> bool:
    return len(notices) == 1 or all(notice.kind == "evidence" for notice in notices)


def _owed_by(notices: Sequence[Notice], owners: Owners) -> str:
    """Return who owes all of it, if that is somebody else than the reader; else nothing."""
    others = {notice.owner.address.casefold(): notice.owner for notice in notices}
    if any(notice.to.address.casefold() in others for notice in notices):
        return ""
    first, *more = others.values()
    return f" owed by {len(others)} offices" if more else f" owed by {called(first, owners)}"
