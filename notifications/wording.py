"""How days, counts and people are put into words."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from plan.facts import DutyKind
from plan.ladder import Notice
from plan.owners import Owners, Person
from plan.periods import WorkingDays
from plan.phrase import phrase, template
from plan.slip_ladder import PLAN_MISSING, SLIP, STILL_OFF
from plan.wording import capitalised, counted, in_words, joined, listed, sentence

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
    if due == day:
        return phrase("due today, {day}", day=in_words(due))
    late = days.between(due, day)
    distance = counted(abs(late), "working day")
    if due < day:
        return phrase("due {day}, {distance} ago", day=in_words(due), distance=distance)
    return phrase("due {day}, in {distance}", day=in_words(due), distance=distance)


def what_there_is(notices: Sequence[Notice], *, day: date, owners: Owners) -> str:
    """Return one sentence on a digest, as in "3 check-ins are overdue, the oldest since 14 October 2026."."""
    under: dict[Heading, list[Notice]] = {name: [n for n in notices if heading(n, day=day) == name] for name in HEADINGS}
    clauses = (_clause(name, theirs, day, owners) for name, theirs in under.items() if theirs)
    return sentence(capitalised(joined(clauses, "; ")))


def _clause(name: Heading, notices: Sequence[Notice], day: date, owners: Owners) -> str:
    if name in ("slipping", "recovered"):
        return _moved(name, notices, day, owners)
    who, what = _whose(notices, owners), _amount(notices)
    subject = phrase("{what} owed by {who}", what=what, who=who) if who else what
    first, together = min(notice.due for notice in notices), len({notice.due for notice in notices}) == 1
    when = name, _is_one(notices), first == day if name == "due" else together
    return phrase(_CLAUSES[when], what=subject, day=in_words(first))


_CLAUSES: dict[tuple[Heading, bool, bool], str] = {
    ("upcoming", True, True): template("{what} is coming up, due {day}"),
    ("upcoming", True, False): template("{what} is coming up, the first due {day}"),
    ("upcoming", False, True): template("{what} are coming up, due {day}"),
    ("upcoming", False, False): template("{what} are coming up, the first due {day}"),
    ("due", True, True): template("{what} is due today"),
    ("due", True, False): template("{what} is due now"),
    ("due", False, True): template("{what} are due today"),
    ("due", False, False): template("{what} are due now"),
    ("overdue", True, True): template("{what} has been overdue since {day}"),
    ("overdue", True, False): template("{what} is overdue, the oldest since {day}"),
    ("overdue", False, True): template("{what} have been overdue since {day}"),
    ("overdue", False, False): template("{what} are overdue, the oldest since {day}"),
}
"""What is said, by heading, by whether it is one, and by whether it has one due day, or what is due now has this very day."""


def _amount(notices: Sequence[Notice]) -> str:
    counts = {kind: sum(1 for notice in notices if notice.kind == kind) for kind in _KINDS}
    return listed([amount_of(kind, count) for kind, count in counts.items() if count])


def amount_of(kind: DutyKind, count: int) -> str:
    """Return how much of a kind is owed, as in "3 check-ins" or "evidence for 2 items"."""
    match kind:
        case "check-in":
            return counted(count, "check-in")
        case "reading":
            return counted(count, "reading")
        case "corrective plan":
            return counted(count, "corrective plan")
        case "evidence":
            return phrase("evidence for {items}", items=counted(count, "item"))


def _is_one(notices: Sequence[Notice]) -> bool:
    return len(notices) == 1 or all(notice.kind == "evidence" for notice in notices)


def _moved(name: Heading, notices: Sequence[Notice], day: date, owners: Owners) -> str:
    """Return how measures that slipped or came back stand; what is asked for them only where it is the same for all."""
    who, measures = _whose(notices, owners), counted(len(notices), "measure")
    what = phrase("{what} of {who}", what=measures, who=who) if who else measures
    if name == "recovered":
        return (
            phrase("{what} is back on track", what=what) if len(notices) == 1 else phrase("{what} are back on track", what=what)
        )
    steps, first = {notice.step for notice in notices}, min(notice.due for notice in notices)
    step = steps.pop() if len(steps) == 1 else ""
    return phrase(_SLIPPED[_asked(step, notices, day), len(notices) == 1], what=what, day=in_words(first))


_SLIPPED: dict[tuple[str, bool], str] = {
    (f"{SLIP} now", True): template("{what} is off track, and a corrective plan is asked for now"),
    (f"{SLIP} now", False): template("{what} are off track, and corrective plans are asked for now"),
    (f"{SLIP} by", True): template("{what} is off track, and a corrective plan is asked for by {day}"),
    (f"{SLIP} by", False): template("{what} are off track, and corrective plans are asked for by {day}"),
    (f"{SLIP} first", False): template("{what} are off track, and corrective plans are asked for, the first by {day}"),
    (PLAN_MISSING, True): template("{what} is off track, and no corrective plan has come"),
    (PLAN_MISSING, False): template("{what} are off track, and their corrective plans have not come"),
    (STILL_OFF, True): template("{what} is still off track"),
    (STILL_OFF, False): template("{what} are still off track"),
    ("", True): template("{what} is off track"),
    ("", False): template("{what} are off track"),
}
"""What is said of measures that slipped, by what is asked for all of them, and whether it is one."""


def _asked(step: str, notices: Sequence[Notice], day: date) -> str:
    """Return what is asked for measures at one step, as `_SLIPPED` knows it."""
    if step != SLIP:
        return step if step in (PLAN_MISSING, STILL_OFF) else ""
    first, *later = sorted({notice.due for notice in notices})
    if first < day:
        return f"{SLIP} now"
    return f"{SLIP} first" if later else f"{SLIP} by"


def _whose(notices: Sequence[Notice], owners: Owners) -> str:
    """Return who owes or has all of it, if that is somebody else than the reader; else nothing."""
    others = {notice.owner.address.casefold(): notice.owner for notice in notices}
    if any(notice.to.address.casefold() in others for notice in notices):
        return ""
    first, *more = others.values()
    return counted(len(others), "office") if more else called(first, owners)
