"""How an obligation stands on a day, with the sentence that says why."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plan.duties import Duties, Obligation
from plan.facts import Facts
from plan.looking import sent_back_because
from plan.model import Item
from plan.told import Told
from plan.wording import joined

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


def named(owed: Obligation) -> str:
    """Return what is owed in words, as in "check-in for 2026-27 Q1"."""
    return f"{owed.kind} for {owed.period}"


def _given(owed: Obligation, facts: Facts) -> _Verdict | None:
    given = facts.given(owed.kind, owed.item, owed.period)
    if given is None:
        return None
    if given <= owed.due:
        return ObligationStatus.SUBMITTED, f"The {named(owed)} came on {given}; it was due on {owed.due}."
    return ObligationStatus.SUBMITTED_LATE, f"The {named(owed)} came on {given}, after its due date {owed.due}."


def _owed_again(owed: Obligation, facts: Facts) -> str:
    """Return why evidence that was given is owed all the same; empty if none was sent back."""
    sent_back = [one for one in facts.sent_back(owed.item) if one.period == owed.period] if owed.kind == "evidence" else ()
    return sent_back_because(sent_back[-1]) if sent_back else ""


def _not_wanted(owed: Obligation, facts: Facts) -> _Verdict | None:
    waiver = facts.waiver(owed.item, owed.period)
    if waiver:
        return ObligationStatus.WAIVED, f"The {named(owed)} was waived by {waiver.by} on {waiver.known_on}: {waiver.note}"
    last = facts.last_check_in(owed.item)
    if last and last.status.ends_the_work:
        ended = last.status.replace("_", " ")
        return ObligationStatus.WAIVED, f"{owed.item} was reported {ended} on {last.known_on}, so nothing more is asked for."
    return None


def _not_running(owed: Obligation, duties: Duties, facts: Facts, as_of: date) -> _Verdict | None:
    begins_on = duties.plan.settings.begins_on
    if owed.opens_on < begins_on:
        return (
            ObligationStatus.NOT_CHASED,
            f"The {named(owed)} opened on {owed.opens_on}, before reminders begin on {begins_on}.",
        )
    if as_of < owed.opens_on:
        return ObligationStatus.SCHEDULED, f"The {named(owed)} opens on {owed.opens_on} and is due on {owed.due}."
    paused_until = getattr(duties.plan.items[owed.item], "paused_until", None)
    if paused_until and as_of < paused_until:
        return ObligationStatus.PAUSED, f"{owed.item} is paused by the plan until {paused_until}."
    for promise in facts.promises(owed.item, owed.period)[:PROMISES]:
        # On a free day the count starts from the working day before it, so that as many working days follow.
        counted_from = duties.days.last_before(promise.known_on + timedelta(days=1))
        until = min(promise.promised_on, duties.days.offset(counted_from, PROMISE_DAYS))
        if as_of <= until:
            said = f"On {promise.known_on} {promise.by} promised the {named(owed)} by {promise.promised_on}"
            counts = f"; that counts until {until}, for {PROMISE_DAYS} working days" if until < promise.promised_on else ""
            return ObligationStatus.PAUSED, f"{said}{counts}."
    return None


def _running(owed: Obligation, duties: Duties, told: Told, as_of: date) -> _Verdict:
    late = duties.days.between(owed.due, as_of)
    if as_of < owed.due:
        return ObligationStatus.OPEN, f"The {named(owed)} is open since {owed.opens_on} and due on {owed.due}."
    if as_of == owed.due:
        return ObligationStatus.DUE, f"The {named(owed)} is due today, {owed.due}."
    since = f"was due on {owed.due}" + (f", {_working_days(late)} ago" if late else "")
    if late <= GRACE_DAYS:
        return ObligationStatus.IN_GRACE, f"The {named(owed)} {since}; the grace of {GRACE_DAYS} working days is not over."
    ladder = duties.plan.settings.ladder_on(owed.opens_on)
    taken = {
        telling.step for telling in told.of(owed.kind, owed.item, str(owed.period), owed.due).values() if not telling.skipped
    }
    if ladder.rungs[-1].step in taken:
        return ObligationStatus.EXHAUSTED, f"The {named(owed)} {since}; every step of the ladder has been taken."
    above = [rung.step for rung in ladder.rungs if rung.climbs and rung.step in taken]
    if above:
        return ObligationStatus.ESCALATED, f'The {named(owed)} {since}; the step "{above[-1]}" has been taken.'
    return ObligationStatus.OVERDUE, f"The {named(owed)} {since}, and has not come."


def _working_days(count: int) -> str:
    return "1 working day" if count == 1 else f"{count} working days"
