"""Send what is in the outbox, each letter once, and show what went out."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from prefect import flow
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over, now
from ledger.ledger import Ledger, open_ledger
from ledger.records import CHANNEL, Beat, LetterState
from notifications.outbox import Delivery, RecipientNotAllowed
from notifications.verdicts import MailNotDelivered
from plan.digests import due_notices
from tasks.as_is import as_is
from tasks.channels import ChannelsFailed, send_to_channels
from tasks.publish import publish_what_went_out
from tasks.said import pause
from tasks.send import send_letters
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace

MOST_NAMED = 3
"""How many lost mails the message names before it counts the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of the letters that were due."""

    sent: int
    """How many the server took in this run."""
    unwanted: int
    """How many nobody wanted any more."""
    waiting: int
    in_doubt: int
    held: int
    """How many of the whole outbox wait, may have been accepted, and are kept back."""
    paused: str = ""
    """Whose word keeps all mail back, and why; empty while mail goes out."""
    ceiling: str = ""
    """That no more was tried in this run; empty if all were tried."""

    def __str__(self) -> str:
        counts = ((self.in_doubt, "in doubt"), (self.held, "held"), (self.unwanted, "not wanted any more"))
        others = "".join(f", {count} {what}" for count, what in counts if count)
        kept = "".join(f"; {why}" for why in (self.paused, self.ceiling) if why)
        return f"{self.sent} mails sent, {self.waiting} wait{others}{kept}"


@flow(
    flow_run_name="deliver {as_of}",
    description="Sends every letter that is due, each exactly once, and publishes what went out and why.",
)
def deliver(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Send every letter that is due.

    Args:
        as_of: the day to act for, as in 2026-10-22, or "today": the date of the scheduled start
        dry_run: send nothing
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    delivery = Delivery()
    with open_ledger(settings.database) as ledger:
        try:
            if day in workplace.duties.days and not dry_run:
                delivery = _sent(ledger, workplace, settings, day)
        except (RecipientNotAllowed, ChannelsFailed) as error:  # all other mails went out
            _beat(ledger, workplace, day, str(error))
            raise
        finally:
            _publish(ledger, workplace, day)
        found = _found(delivery, ledger, workplace, settings)
        if not dry_run:
            _beat(ledger, workplace, day, f"{found}.")
        _insist(delivery)
    return Completed(message=f"{found}.", data=found)


def _sent(ledger: Ledger, workplace: Workplace, settings: Settings, day: date) -> Delivery:
    """Send the mails, then what is for channels besides mail; neither keeps the other back."""
    try:
        mails = send_letters(as_is(ledger), as_is(workplace), as_is(settings), as_of=day, now=as_is(now))
    except Exception as error:
        try:
            _told_to_channels(ledger, workplace, settings, day)
        except ChannelsFailed as too:  # what keeps the mails back is told first, and this beside it
            error.add_note(str(too))
        raise
    return Delivery(letters=mails.letters + _told_to_channels(ledger, workplace, settings, day).letters)


def _told_to_channels(ledger: Ledger, workplace: Workplace, settings: Settings, day: date) -> Delivery:
    if not settings.channels or pause(ledger, workplace.plan.id):
        return Delivery()
    return send_to_channels(as_is(ledger), as_is(workplace), as_is(settings), as_of=day, now=as_is(now))


def _beat(ledger: Ledger, workplace: Workplace, day: date, said: str) -> None:
    """Leave a sign that mails go out."""
    ledger.beat(workplace.plan.id, Beat(flow="deliver", day=day, ended_at=now(), said=said))


def _publish(ledger: Ledger, workplace: Workplace, day: date) -> None:
    """Show every letter of a day, or sent on it, and what is held back."""
    begins, ends = (workplace.midnight(one) for one in (day, day + timedelta(days=1)))
    letters = ledger.outbox_of(workplace.plan.id, day, since=begins, before=ends)
    held_back = due_notices(workplace.situation(ledger, as_of=day), as_of=day).held_back
    publish_what_went_out(as_is(letters), as_is(held_back), as_of=day)


def _insist(delivery: Delivery) -> None:
    """Raise MailNotDelivered if letters reached nobody for good."""
    lost = [step.said for step in delivery.letters if step.state in (LetterState.FAILED, LetterState.EXPIRED)]
    if lost:
        more = f" And {len(lost) - MOST_NAMED} more: plankeeper outbox list." if len(lost) > MOST_NAMED else ""
        raise MailNotDelivered(
            f"{len(lost)} of {len(delivery.letters)} mails reached nobody: {' '.join(lost[:MOST_NAMED])}{more}"
        )


def _found(delivery: Delivery, ledger: Ledger, workplace: Workplace, settings: Settings) -> Delivered:
    """Return what became of the letters, with whatever keeps others back."""
    counts, word = ledger.counts(workplace.plan.id), pause(ledger, workplace.plan.id)
    mails = [step for step in delivery.letters if CHANNEL not in step.key.split("/")]
    reached = len(mails) >= settings.mail_ceiling and counts[LetterState.QUEUED]
    return Delivered(
        sent=sum(1 for step in mails if step.state is LetterState.SENT),
        unwanted=sum(1 for step in delivery.letters if step.state is LetterState.CANCELLED),
        waiting=counts[LetterState.QUEUED],
        in_doubt=counts[LetterState.IN_DOUBT],
        held=counts[LetterState.HELD],
        paused=f"mail is paused by {word.by}: {word.note}" if word else "",
        ceiling=f"the ceiling of {settings.mail_ceiling:,} mails a run was reached" if reached else "",
    )
