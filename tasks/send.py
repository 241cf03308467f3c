"""Send what is in the outbox, each letter once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from ledger.records import DAILY, ROLLUP, Claim
from notifications.catcher import caught_mail
from notifications.claimant import Claimant, is_gone
from notifications.mailer import Mailer
from notifications.outbox import Delivery, deliver
from notifications.policies import AGAIN
from plan.digests import not_wanted
from tasks.board import is_only_to_be_caught, not_a_reader
from tasks.recipients import check_mail_settings, may_write_to
from tasks.said import pause
from tasks.settings import Settings
from tasks.workplace import Workplace, refused_addresses


@task(task_run_name="send letters", cache_policy=NO_CACHE)
def send_letters(
    ledger: Ledger, workplace: Workplace, settings: Settings, *, as_of: date, now: Callable[[], datetime]
) -> Delivery:
    """Recover what a killed run left behind, then send every letter that is due; return what became of each.

    Raises:    MailNotAllowed: the settings let no mail out, or not to where a letter goes
               MailMisconfigured: the mail server cannot be used as it is set up
    """
    check_mail_settings(settings)
    if pause(ledger, workplace.plan.id):
        return Delivery()
    locks = settings.home / "deliverers"
    with Claimant(locks) as claimant, _mail_server(settings) as url, Mailer(url, settings.mail_from) as mailer:
        recover(ledger, settings, at=now())
        ledger.supersede(workplace.plan.id, before=as_of)
        return deliver(
            ledger,
            mailer,
            plan=workplace.plan.id,
            claimant=claimant.name,
            on=as_of,
            now=now,
            unwanted=lambda claim: _unwanted(claim, ledger, workplace, settings, as_of),
            may_write_to=lambda address: may_write_to(address, settings),
            catches=settings.catches_mail,
            limit=settings.mail_ceiling,
        )


def recover(ledger: Ledger, settings: Settings, *, at: datetime) -> None:
    """Take back the letters that a killed run left behind, and end the doubts to which no answer can come any more."""
    locks = settings.home / "deliverers"
    ledger.recover(at=at, is_gone=lambda name: locks.is_dir() and is_gone(locks, name))
    ledger.resolve(at=at, again=AGAIN)


@contextmanager
def _mail_server(settings: Settings) -> Iterator[str]:
    """Yield the mail server's URL; without one in the settings a catcher runs as long as the letters are sent."""
    if settings.catches_mail:
        with caught_mail(settings.inbox) as url:
            yield url
    else:
        yield settings.smtp_url.get_secret_value()


def _unwanted(claim: Claim, ledger: Ledger, workplace: Workplace, settings: Settings, as_of: date) -> str | None:
    """Return why nothing in a letter is wanted any more, asked of the facts as they are now; None if something is."""
    refused = refused_addresses(ledger, workplace.plan.id).get(claim.address)
    if refused is not None:
        return f"Nothing is written to {claim.address} any more, since it was refused: {refused}"
    if claim.kind == ROLLUP:
        if is_only_to_be_caught(claim.key) and not settings.catches_mail:
            return "It was for the mail catcher, and mail goes to a real server now."
        return not_a_reader(claim.address, workplace.roster, on=as_of)
    if claim.kind not in DAILY:
        return None
    situation = workplace.situation(ledger, as_of=as_of)
    reasons = [not_wanted(notice, situation, as_of=as_of) for notice in claim.notices]
    return None if None in reasons or not reasons else " ".join(dict.fromkeys(filter(None, reasons)))
