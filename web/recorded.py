"""What somebody recorded by a link within the last day, in words, and up to when it can be taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from ledger.ledger import Ledger
from ledger.records import Recorded
from notifications.given import Given, Line, lines
from plan.facts import Acknowledgement, Answer, CheckIn, CorrectivePlan, Evidence, Reading, Referral
from plan.phrase import phrase, template
from plan.wording import capitalised
from web.opened import UNDO_HOURS, Opened
from web.wording import moment

_ANSWERS = (CheckIn, Reading, Evidence, Acknowledgement, Referral, CorrectivePlan)
_HEADLINES = (template("Recorded on {at}."), template("Recorded on {at}, and taken back since."))
"""What is said of a submission; the second, if it was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """All that was recorded of an item at one time."""

    code: str
    recorded_at: datetime
    numbers: tuple[int, ...]
    answers: tuple[Answer, ...]
    is_back: bool
    """Whether it was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One answer of a submission."""

    what: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A submission in words."""

    code: str
    number: int
    headline: str
    parts: tuple[Part, ...]
    until: str
    """Up to when it can be taken back; empty where it was."""


def submissions(code: str, link: Opened, ledger: Ledger) -> tuple[Submission, ...]:
    """Return what the holder of a link recorded of an item in the last 24 hours, the latest first."""
    since, by = link.at - timedelta(hours=UNDO_HOURS), link.by(code)
    found = [one for one in ledger.pages.recorded(link.files.plan.id, code) if one.recorded_at > since and one.fact.by == by]
    groups = groupby(found, key=lambda one: (one.recorded_at, one.withdrawn is not None))
    every = (_submission(code, list(group)) for _, group in groups)
    return tuple(one for one in every if one.answers)[::-1]


def shown(submission: Submission, link: Opened) -> Shown:
    """Return a submission in words."""
    zone, recorded_at = link.files.plan.settings.time_zone, submission.recorded_at
    at, until = moment(recorded_at, zone), moment(recorded_at + timedelta(hours=UNDO_HOURS), zone)
    headline = (
        phrase("Recorded on {at}, and taken back since.", at=at) if submission.is_back else phrase("Recorded on {at}.", at=at)
    )
    return Shown(
        code=submission.code,
        number=submission.numbers[0],
        headline=headline,
        parts=tuple(_part(one, link) for one in submission.answers),
        until="" if submission.is_back else until,
    )


def _submission(code: str, found: list[Recorded]) -> Submission:
    theirs = {one.number: one.fact for one in found if isinstance(one.fact, _ANSWERS)}
    return Submission(
        code=code,
        recorded_at=found[0].recorded_at,
        numbers=tuple(theirs),
        answers=tuple(theirs.values()),
        is_back=found[0].withdrawn is not None,
    )


def _part(answer: Answer, link: Opened) -> Part:
    return Part(what=capitalised(Given(answer=answer, stands=None).what), lines=lines(answer, link.situation))
