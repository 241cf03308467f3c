"""How an action stands by its owner's own word, and whether evidence shows it. Never merged with what its measures say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plan.duties import Duties
from plan.facts import CheckIn, Evidence, Facts, Implementation
from plan.looking import sent_back_because
from plan.model import Action
from plan.periods import months_after
from plan.phrase import Phrase, phrase
from plan.wording import in_plain_words, joined, sentence

EXPIRES_SOON_DAYS = 60
"""Calendar days before its end from which evidence counts as expiring (rules.md 5)."""


class EvidenceStatus(StrEnum):
    """Whether something shows what was said."""

    NEEDED = "needed"  # none was given that counts
    CURRENT = "current"
    EXPIRING = "expiring"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The evidence of an item, judged on a day."""

    status: EvidenceStatus
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What an action's owner last said of it, judged on a day."""

    status: str
    """An implementation status, or "not_reported" where no check-in that counts has come."""
    reported_on: date | None
    reason: str


NOT_REPORTED = "not_reported"


def evidence_status(item: str, facts: Facts, *, valid_months: int, needs_acceptance: bool = False, as_of: date) -> Shown:
    """Judge the newest evidence of an item that counts, by its own date.

    Args:      valid_months: how long evidence is valid from its own date, in months
               needs_acceptance: whether it counts only once somebody else than its owner has accepted it
    Source:    rules.md 5: valid one year from the evidence's own date, unless the plan sets another span
    """
    newest = newest_that_counts(item, facts, needs_acceptance=needs_acceptance)
    waiting = [one.evidence for one in facts.pieces(item) if not one.decision and needs_acceptance]
    if newest is None:
        return Shown(status=EvidenceStatus.NEEDED, reason=_waits(waiting) or _none_counts(item, facts))
    judged = _valid(newest, valid_months, as_of)
    return Shown(status=judged.status, reason=joined([judged.reason, _waits(waiting)]))


def newest_that_counts(item: str, facts: Facts, *, needs_acceptance: bool) -> Evidence | None:
    """Return the evidence of an item with the latest date of its own, what was sent back or is not accepted left out."""
    pieces = (one for one in facts.pieces(item) if one.counts and (one.decision or not needs_acceptance))
    return max((one.evidence for one in pieces), key=lambda evidence: evidence.dated_on, default=None)


def evidence_of(item: str, facts: Facts, duties: Duties, *, as_of: date) -> Shown:
    """Judge the evidence of an item as the plan's settings say."""
    settings = duties.plan.settings
    return evidence_status(
        item,
        facts,
        valid_months=settings.evidence_valid_months,
        needs_acceptance=settings.evidence_acceptance,
        as_of=as_of,
    )


def _valid(newest: Evidence, valid_months: int, as_of: date) -> Shown:
    end = ends_on(newest, valid_months)
    given = phrase('"{reference}" of {day}', reference=newest.reference, day=newest.dated_on)
    if as_of >= end:
        return Shown(status=EvidenceStatus.EXPIRED, reason=phrase("{given} was valid until {end}.", given=given, end=end))
    if as_of >= end - timedelta(days=EXPIRES_SOON_DAYS):
        reason = phrase("{given} is valid until {end}, {days} days more.", given=given, end=end, days=(end - as_of).days)
        return Shown(status=EvidenceStatus.EXPIRING, reason=reason)
    return Shown(status=EvidenceStatus.CURRENT, reason=phrase("{given} is valid until {end}.", given=given, end=end))


def _waits(waiting: Sequence[Evidence]) -> str:
    """Return the sentence on evidence that nobody has looked at, about the piece that waits longest; empty if none waits."""
    if not waiting:
        return ""
    return phrase(
        '"{reference}" of {day} waits since {since} for the lead of the objective to accept it.',
        reference=waiting[0].reference,
        day=waiting[0].dated_on,
        since=waiting[0].known_on,
    )


def _none_counts(item: str, facts: Facts) -> str:
    """Return why no evidence counts: none came, or the last was sent back."""
    last = next(reversed(facts.sent_back(item)), None)
    return sent_back_because(last) if last else phrase("No evidence has been given.")


def implementation_status(action: Action, facts: Facts, duties: Duties, *, as_of: date) -> Reported:
    """Judge what an action's owner last said; "achieved" needs evidence that is still valid, else it counts as on track.

    Source:    rules.md 5
    """
    last = facts.last_check_in(action.id)
    if last is None:
        return Reported(status=NOT_REPORTED, reported_on=None, reason=phrase("No check-in has come."))
    said = _said(last)
    if last.status.ends_the_work and last.status is not Implementation.ACHIEVED:
        return Reported(status=last.status, reported_on=last.known_on, reason=sentence(said))
    if not last.status.ends_the_work and _is_outdated(action, last, facts, duties, as_of):
        late = phrase("{said}; a later check-in is due and has not come.", said=said)
        return Reported(status=NOT_REPORTED, reported_on=last.known_on, reason=late)
    shown = evidence_of(action.id, facts, duties, as_of=as_of)
    if last.status is Implementation.ACHIEVED and shown.status not in (EvidenceStatus.CURRENT, EvidenceStatus.EXPIRING):
        unproven = phrase(
            "{said}, but its evidence is {status}, so it counts as on track until evidence shows it.",
            said=said,
            status=in_plain_words(shown.status),
        )
        return Reported(status=Implementation.ON_TRACK, reported_on=last.known_on, reason=unproven)
    return Reported(status=last.status, reported_on=last.known_on, reason=joined((sentence(said), last.note)))


def _said(last: CheckIn) -> Phrase:
    return phrase(
        "{by} reported {status} on {day}, for {period}",
        by=last.by,
        status=in_plain_words(last.status),
        day=last.known_on,
        period=str(last.period),
    )


def _is_outdated(action: Action, last: CheckIn, facts: Facts, duties: Duties, as_of: date) -> bool:
    """Return whether a check-in that opened after the last one came is past its due date, and not waived."""
    later = (one for one in duties.of(action) if one.opens_on > last.known_on and one.due < as_of)
    return any(not facts.given(one.kind, one.item, one.period) and not facts.waiver(one.item, one.period) for one in later)


def ends_on(evidence: Evidence, valid_months: int) -> date:
    """Return the first day on which evidence is not valid any more."""
    same_day = months_after(evidence.dated_on, valid_months)
    return same_day if same_day.day == evidence.dated_on.day else same_day + timedelta(days=1)  # the month lacks the day
