"""How an obligation stands on a day, with the sentence that says why."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from plan.duties import Duties, Obligation
from plan.facts import Acknowledgement, DutyKind, Facts
from plan.looking import sent_back_because
from plan.model import Item
from plan.phrase import Phrase, phrase, shared, template
from plan.told import Told
from plan.wording import capitalised, counted, in_plain_words, joined, step_in_words

GRACE_DAYS = 5
"""Working days after the due date in which nobody is reminded (rules.md 2)."""
PROMISE_DAYS, PROMISES = 10, 2
"""Working days that a promise pauses the ladder at most, and how many promises count (rules.md 3)."""


class ObligationStatus(StrEnum):
    """How an obligation stands. The first that fits, in this order."""

    SUBMITTED = "submitted"
    SUBMITTED_LATE = "submitted_late"  # the due date was over when it came, in grace or not: late stays late
    WAIVED = "waived"  # by a decision, or because the item has ended
    NOT_CHASED = "not_chased"  # it opened before the plan's begins_on
    SCHEDULED = "scheduled"  # not open yet
    PAUSED = "paused"  # by a promise, or by the plan
    OPEN = "open"
    DUE = "due"  # the due date itself
    IN_GRACE = "in_grace"
    EXHAUSTED = "exhausted"  # the last rung has been told
    ESCALATED = "escalated"  # someone above the owner has been told
    OVERDUE = "overdue"


CHASED = frozenset(
    {
        ObligationStatus.OPEN,
        ObligationStatus.DUE,
        ObligationStatus.IN_GRACE,
        ObligationStatus.OVERDUE,
        ObligationStatus.ESCALATED,
        ObligationStatus.EXHAUSTED,
    }
)
"""The statuses in which the ladder runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An obligation judged on a day."""

    obligation: Obligation
    status: ObligationStatus
    reason: str


SETTLED = frozenset(
    {
        ObligationStatus.SUBMITTED,
        ObligationStatus.SUBMITTED_LATE,
        ObligationStatus.WAIVED,
        ObligationStatus.NOT_CHASED,
    }
)
"""The statuses in which nothing is asked for any more."""


_Verdict = tuple[ObligationStatus, str]


def standing(obligation: Obligation, *, duties: Duties, facts: Facts, told: Told, as_of: date) -> Standing:
    """Judge an obligation from what was known and told by a day.

    Args:      facts: those known by `as_of`; told: the tellings up to `as_of`
    Source:    rules.md 2
    """
    status, reason = (
        _given(obligation, facts)
        or _not_wanted(obligation, facts)
        or _not_running(obligation, duties, facts, as_of)
        or _running(obligation, duties, told, as_of)
    )
    again = _owed_again(obligation, facts) if status in CHASED else ""
    return Standing(obligation=obligation, status=status, reason=joined([reason, again]))


def owed_next(item: Item, *, duties: Duties, facts: Facts, told: Told, as_of: date) -> Standing | None:
    """Return how the first obligation of an item stands that is not settled; None where nothing more is asked for."""
    every = (standing(one, duties=duties, facts=facts, told=told, as_of=as_of) for one in duties.of(item))
    return next((one for one in every if one.status not in SETTLED), None)


def named(owed: Obligation) -> Phrase:
    """Return what is owed in words, as in "check-in for 2026-27 Q1"."""
    return named_for(owed.kind, str(owed.period))


def named_for(kind: DutyKind, what: str) -> Phrase:
    """Return something owed in words, for a period or for items, as in "check-in for 1.1A"."""
    return phrase(_NAMED[kind], what=what)


_NAMED: dict[DutyKind, str] = {
    "check-in": template("check-in for {what}"),
    "reading": template("reading for {what}"),
    "evidence": template("evidence for {what}"),
    "corrective plan": template("corrective plan for {what}"),
}
_THE_NAMED: dict[DutyKind, str] = {
    "check-in": template("the check-in for {period}"),
    "reading": template("the reading for {period}"),
    "evidence": template("the evidence for {period}"),
    "corrective plan": template("the corrective plan for {period}"),
}
"""As it stands within a sentence."""


@cache
def the_named(kind: DutyKind, period: str) -> Phrase:
    """Return what is owed as it stands within a sentence, as in "the check-in for 2026-27 Q1"; many items share it."""
    return phrase(_THE_NAMED[kind], period=period)


@cache
def _first(kind: DutyKind, period: str) -> str:
    """Return what is owed as it stands at the beginning of a sentence."""
    return capitalised(the_named(kind, period))


def _given(owed: Obligation, facts: Facts) -> _Verdict | None:
    given = facts.given(owed.kind, owed.item, owed.period)
    if given is None:
        return None
    what, due = _first(owed.kind, str(owed.period)), owed.due
    if given <= due:
        reason = phrase("{what} came on {day}; it was due on {due}.", what=what, day=given, due=due)
        return ObligationStatus.SUBMITTED, reason
    return ObligationStatus.SUBMITTED_LATE, phrase(
        "{what} came on {day}, after its due date {due}.", what=what, day=given, due=due
    )


def _owed_again(owed: Obligation, facts: Facts) -> str:
    """Return why evidence that was given is owed all the same; empty if none was sent back."""
    sent_back = [one for one in facts.sent_back(owed.item) if one.period == owed.period] if owed.kind == "evidence" else ()
    return sent_back_because(sent_back[-1]) if sent_back else ""


def _not_wanted(owed: Obligation, facts: Facts) -> _Verdict | None:
    waiver = facts.waiver(owed.item, owed.period)
    if waiver:
        what, by, note = _first(owed.kind, str(owed.period)), waiver.by, waiver.note
        reason = phrase("{what} was waived by {by} on {day}: {note}", what=what, by=by, day=waiver.known_on, note=note)
        return ObligationStatus.WAIVED, reason
    last = facts.last_check_in(owed.item)
    if last and last.status.ends_the_work:
        ended = in_plain_words(last.status)
        reason = phrase(
            "{item} was reported {status} on {day}, so nothing more is asked for.",
            item=owed.item,
            status=ended,
            day=last.known_on,
        )
        return ObligationStatus.WAIVED, reason
    return None


def _not_running(owed: Obligation, duties: Duties, facts: Facts, as_of: date) -> _Verdict | None:
    begins_on = duties.plan.settings.begins_on
    if owed.opens_on < begins_on:
        what, opens = _first(owed.kind, str(owed.period)), owed.opens_on
        reason = shared("{what} opened on {day}, before reminders begin on {begin}.", what=what, day=opens, begin=begins_on)
        return ObligationStatus.NOT_CHASED, reason
    if as_of < owed.opens_on:
        what, opens = _first(owed.kind, str(owed.period)), owed.opens_on
        reason = shared("{what} opens on {day} and is due on {due}.", what=what, day=opens, due=owed.due)
        return ObligationStatus.SCHEDULED, reason
    paused_until = getattr(duties.plan.items[owed.item], "paused_until", None)
    if paused_until and as_of < paused_until:
        return ObligationStatus.PAUSED, phrase("{item} is paused by the plan until {day}.", item=owed.item, day=paused_until)
    for promise in facts.promises(owed.item, owed.period)[:PROMISES]:
        # On a free day the count starts from the working day before it, so that as many working days follow.
        counted_from = duties.days.last_before(promise.known_on + timedelta(days=1))
        until = min(promise.promised_on, duties.days.offset(counted_from, PROMISE_DAYS))
        if as_of <= until:
            return ObligationStatus.PAUSED, _promised(owed, promise, until)
    return None


def _promised(owed: Obligation, promise: Acknowledgement, until: date) -> Phrase:
    what, day, by = the_named(owed.kind, str(owed.period)), promise.known_on, promise.by
    if until == promise.promised_on:
        return phrase("On {day} {by} promised {what} by {promised}.", day=day, by=by, what=what, promised=until)
    return phrase(
        "On {day} {by} promised {what} by {promised}; that counts until {until}, for {count} working days.",
        day=day,
        by=by,
        what=what,
        promised=promise.promised_on,
        until=until,
        count=PROMISE_DAYS,
    )


def _running(owed: Obligation, duties: Duties, told: Told, as_of: date) -> _Verdict:
    what, due = _first(owed.kind, str(owed.period)), owed.due
    late = duties.days.between(due, as_of)
    if as_of < due:
        return ObligationStatus.OPEN, shared(
            "{what} is open since {day} and due on {due}.", what=what, day=owed.opens_on, due=due
        )
    if as_of == due:
        return ObligationStatus.DUE, shared("{what} is due today, {due}.", what=what, due=due)
    since = _since(what, due, late)
    if late <= GRACE_DAYS:
        reason = shared("{since}; the grace of {count} working days is not over.", since=since, count=GRACE_DAYS)
        return ObligationStatus.IN_GRACE, reason
    ladder = duties.plan.settings.ladder_on(owed.opens_on)
    taken = {
        telling.step for telling in told.of(owed.kind, owed.item, str(owed.period), owed.due).values() if not telling.skipped
    }
    if ladder.rungs[-1].step in taken:
        return ObligationStatus.EXHAUSTED, shared("{since}; every step of the ladder has been taken.", since=since)
    above = [rung.step for rung in ladder.rungs if rung.climbs and rung.step in taken]
    if above:
        step = step_in_words(above[-1])
        return ObligationStatus.ESCALATED, shared('{since}; the step "{step}" has been taken.', since=since, step=step)
    return ObligationStatus.OVERDUE, shared("{since}, and has not come.", since=since)


def _since(what: str, due: date, late: int) -> Phrase:
    if not late:
        return shared("{what} was due on {due}", what=what, due=due)
    return shared("{what} was due on {due}, {late} ago", what=what, due=due, late=counted(late, "working day"))
