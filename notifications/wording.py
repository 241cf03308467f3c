"""How days, counts and people are put into words."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from plan.facts import DutyKind
from plan.ladder import Notice
from plan.owners import Owners, Person
from plan.periods import WorkingDays
from plan.phrase import phrase
from plan.slip_ladder import PLAN_MISSING, SLIP, STILL_OFF
from plan.wording import capitalised, counted, in_words, listed

Heading = Literal["overdue", "slipping", "due", "upcoming", "recovered"]
HEADINGS: tuple[Heading, ...] = ("overdue", "slipping", "due", "upcoming", "recovered")

_KINDS: tuple[DutyKind, ...] = ("check-in", "reading", "evidence")


def called(person: Person, owners: Owners) -> str:
    """Return how to speak of someone, as in "the Director of Athletics", or "Ana Ruiz (Director of Athletics)"."""
    name = owners.offices[person.office].person
    return f"{name} ({person.title})" if name else the(person.title)


def the(title: str) -> str:
    """Return an office's title as it stands within a sentence."""
    return title if title.casefold().startswith("the ") else phrase("the {title}", title=title)


def heading(notice: Notice, *, day: date) -> Heading:
    """Return what a notice is listed under.

    After an outage a step may go out later than its own day; what is listed as coming up is always still to come.
    """
    match notice.urgency:
        case "due" | "upcoming":
            return "upcoming" if notice.due > day else "due"
        case _:
            return notice.urgency


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
    if name in ("slipping", "recovered"):
        measures = f"{counted(len(notices), 'measure')}{_whose(notices, owners, word='of')}"
        are = "is" if len(notices) == 1 else "are"
        return f"{measures} {are} {'back on track' if name == 'recovered' else _off_track(notices, day)}"
    first, same_day = min(notice.due for notice in notices), len({notice.due for notice in notices}) == 1
    subject, one = f"{_amount(notices)}{_whose(notices, owners, word='owed by')}", _is_one(notices)
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
    return listed([amount_of(kind, count) for kind, count in counts.items() if count])


def amount_of(kind: DutyKind, count: int) -> str:
    """Return how much of a kind is owed, as in "3 check-ins" or "evidence for 2 items"."""
    return f"evidence for {counted(count, 'item')}" if kind == "evidence" else counted(count, kind)


def _is_one(notices: Sequence[Notice]) -> bool:
    return len(notices) == 1 or all(notice.kind == "evidence" for notice in notices)


def _off_track(notices: Sequence[Notice], day: date) -> str:
    """Return how measures that slipped stand; what is asked for them only where it is the same for all."""
    one, steps = len(notices) == 1, {notice.step for notice in notices}
    if steps == {SLIP}:
        plans = "a corrective plan is" if one else "corrective plans are"
        return f"off track, and {plans} asked for{_by(notices, day)}"
    if steps == {PLAN_MISSING}:
        return f"off track, and {'no corrective plan has come' if one else 'their corrective plans have not come'}"
    return "still off track" if steps == {STILL_OFF} else "off track"


def _by(notices: Sequence[Notice], day: date) -> str:
    first, *later = sorted({notice.due for notice in notices})
    if first < day:
        return " now"
    return f"{', the first' if later else ''} by {in_words(first)}"


def _whose(notices: Sequence[Notice], owners: Owners, *, word: str) -> str:
    """Return who owes or has all of it, if that is somebody else than the reader; else nothing."""
    others = {notice.owner.address.casefold(): notice.owner for notice in notices}
    if any(notice.to.address.casefold() in others for notice in notices):
        return ""
    first, *more = others.values()
    return f" {word} {len(others)} offices" if more else f" {word} {called(first, owners)}"
