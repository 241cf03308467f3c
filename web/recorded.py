"""What somebody recorded by a link within the last day, in words, and what of it can still be taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from ledger.ledger import Ledger
from ledger.records import Recorded
from plan.facts import Acknowledgement, Answer, CheckIn, CorrectivePlan, Evidence, Fact, Reading, Referral
from plan.model import LongTermMeasure
from plan.phrase import phrase
from plan.wording import exactly, in_words
from web.opened import UNDO_HOURS, Opened
from web.wording import moment, word

ANSWERS = (CheckIn, Reading, Evidence, Acknowledgement, Referral, CorrectivePlan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """All that was recorded of an item at one time."""

    code: str
    recorded_at: datetime
    numbers: tuple[int, ...]
    facts: tuple[Answer, ...]
    is_back: bool
    """Whether it was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was recorded."""

    what: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A submission in words."""

    code: str
    number: int
    headline: str
    lines: tuple[Line, ...]
    until: str
    """Up to when it can be taken back; empty where it was."""


def submissions(code: str, link: Opened, ledger: Ledger) -> tuple[Submission, ...]:
    """Return what the holder of a link recorded of an item in the last 24 hours, the latest first."""
    since, by = link.at - timedelta(hours=UNDO_HOURS), link.by(code)
    found = [one for one in ledger.pages.recorded(link.files.plan.id, code) if _is_theirs(one, by) and one.recorded_at > since]
    groups = groupby(found, key=lambda one: (one.recorded_at, one.withdrawn is not None))
    return tuple(_submission(code, list(group)) for _, group in groups)[::-1]


def shown(submission: Submission, link: Opened) -> Shown:
    """Return a submission in words."""
    zone = link.files.plan.settings.time_zone
    at = moment(submission.recorded_at, zone)
    lines = tuple(Line(what=_what(fact, link), note=_note(fact)) for fact in submission.facts)
    said = {"code": submission.code, "number": submission.numbers[0], "lines": lines}
    if submission.is_back:
        return Shown(headline=phrase("Recorded on {at}, and taken back since.", at=at), until="", **said)
    until = moment(submission.recorded_at + timedelta(hours=UNDO_HOURS), zone)
    return Shown(headline=phrase("Recorded on {at}.", at=at), until=until, **said)


def _is_theirs(one: Recorded, by: str) -> bool:
    return isinstance(one.fact, ANSWERS) and one.fact.by == by


def _submission(code: str, found: list[Recorded]) -> Submission:
    return Submission(
        code=code,
        recorded_at=found[0].recorded_at,
        numbers=tuple(one.number for one in found),
        facts=tuple(_answers(one.fact for one in found)),
        is_back=found[0].withdrawn is not None,
    )


def _answers(facts: Iterator[Fact]) -> Iterator[Answer]:
    return (fact for fact in facts if isinstance(fact, ANSWERS))


def _note(fact: Answer) -> str:
    if isinstance(fact, CorrectivePlan):
        return phrase("Cause: {cause} Expected: {effect}", cause=fact.cause, effect=fact.effect)
    return fact.note


def _what(fact: Answer, link: Opened) -> str:
    match fact:
        case CheckIn(obstacles=""):
            return phrase("Check-in for {period}: {status}.", period=fact.period, status=phrase(word(fact.status)))
        case CheckIn():
            said = {"period": fact.period, "status": phrase(word(fact.status)), "obstacles": fact.obstacles}
            return phrase("Check-in for {period}: {status}. In the way: {obstacles}", **said)
        case Reading():
            figure = f"{exactly(fact.value)} {_unit(fact.item, link)}".strip()
            return phrase(
                "Figure for {period}: {figure}, from {source}.", period=fact.period, figure=figure, source=fact.source
            )
        case Evidence():
            return phrase("Evidence: {reference}, dated {day}.", reference=fact.reference, day=in_words(fact.dated_on))
        case Acknowledgement():
            return phrase("The answer is promised by {day}.", day=in_words(fact.promised_on))
        case Referral():
            return phrase("To be asked instead: {office}.", office=_title(fact.asked, link))
        case CorrectivePlan():
            return phrase("Corrective plan: {step} To be done by {day}.", step=fact.step, day=in_words(fact.done_by))


def _unit(code: str, link: Opened) -> str:
    item = link.files.plan.items.get(code)
    return (item.unit or "") if isinstance(item, LongTermMeasure) else ""


def _title(office: str, link: Opened) -> str:
    offices = link.files.owners.offices
    return offices[office].title if office in offices else office
