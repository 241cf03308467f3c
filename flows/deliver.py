"""Send what is in the outbox, each letter once, and show what went out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from prefect import flow
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over, now
from ledger.ledger import Ledger, open_ledger
from ledger.records import CHANNEL, Beat, LetterState
from notifications.outbox import Delivery
from notifications.verdicts import MailNotDelivered
from plan.digests import due_notices
from tasks.as_is import as_is
from tasks.channels import send_to_channels
from tasks.publish import publish_what_went_out
from tasks.said import pause
from tasks.send import send_letters
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of the letters that were due."""

    sent: int
    waiting: int
    other: int
    paused: str = ""
    """Whose word keeps all mail back, and why; empty while mail goes out."""
    ceiling: str = ""
    """That no more was tried in this run, and how many wait; empty if all were tried."""

    def __str__(self) -> str:
        others = f", {self.other} ended otherwise" if self.other else ""
        kept = "".join(f"; {why}" for why in (self.paused, self.ceiling) if why)
        return f"{self.sent} mails sent, {self.waiting} wait for another attempt{others}{kept}"


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
        finally:
            _publish(ledger, workplace, day)
        _insist(delivery)
        found = _found(delivery, ledger, workplace, settings)
        if not dry_run:
            ledger.beat(workplace.plan.id, Beat(flow="deliver", day=day, ended_at=now(), said=f"{found}."))
    return Completed(message=f"{found}.", data=found)


def _sent(ledger: Ledger, workplace: Workplace, settings: Settings, day: date) -> Delivery:
    """Send the mails, then what is for channels besides mail; neither keeps the other back."""
    collaborators = (as_is(ledger), as_is(workplace), as_is(settings))
    mails = others = Delivery()
    try:
        mails = send_letters(*collaborators, as_of=day, now=as_is(now))
    finally:
        if settings.channels and not pause(ledger, workplace.plan.id):
            others = send_to_channels(*collaborators, as_of=day, now=as_is(now))
    return Delivery(letters=mails.letters + others.letters)


def _publish(ledger: Ledger, workplace: Workplace, day: date) -> None:
    """Show every letter of a day, or sent on it, and what is held back."""
    every = ledger.outbox(workplace.plan.id)
    letters = [one for one in every if day == one.day or (one.sent_at and day == workplace.today(one.sent_at))]
    held_back = due_notices(workplace.situation(ledger, as_of=day), as_of=day).held_back
    publish_what_went_out(as_is(letters), as_is(held_back), as_of=day)


def _insist(delivery: Delivery) -> None:
    """Raise MailNotDelivered if letters reached nobody for good."""
    lost = [step for step in delivery.letters if step.state in (LetterState.FAILED, LetterState.EXPIRED)]
    if lost:
        raise MailNotDelivered(f"{len(lost)} of {len(delivery.letters)} mails reached nobody: {lost[0].said}")


def _found(delivery: Delivery, ledger: Ledger, workplace: Workplace, settings: Settings) -> Delivered:
    """Return what became of the letters, with whatever keeps others back."""
    plan, reached = workplace.plan.id, len(delivery.letters) >= settings.mail_ceiling
    word = pause(ledger, plan)
    return Delivered(
        sent=delivery.sent,
        waiting=delivery.deferred,
        other=len(delivery.letters) - delivery.sent - delivery.deferred,
        paused=f"mail is paused by {word.by}: {word.note}" if word else "",
        ceiling=_ceiling(ledger, plan, settings.mail_ceiling) if reached else "",
    )


def _ceiling(ledger: Ledger, plan: str, ceiling: int) -> str:
    """Return that a run tried as many letters as one run may, and how many wait; empty if none does."""
    at = now()
    left = sum(1 for one in ledger.outbox(plan) if one.kind != CHANNEL and one.next_attempt_at and one.next_attempt_at <= at)
    wait = "1 waits" if left == 1 else f"{left:,} wait"
    return f"the ceiling of {ceiling:,} mails a run was reached; {wait} for the next run" if left else ""
