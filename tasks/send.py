"""Send what is in the outbox, each letter once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from notifications.catcher import caught_mail
from notifications.claimant import Claimant, is_gone
from notifications.mailer import Mailer
from notifications.outbox import Delivery, deliver
from notifications.policies import AGAIN
from tasks.alarms import alarms
from tasks.recipients import check_mail_settings, may_write_to
from tasks.relay_log import delivered_according_to_log
from tasks.said import pause
from tasks.settings import Settings
from tasks.wanted import Wanted
from tasks.workplace import Workplace


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
    wanted = Wanted(ledger=ledger, workplace=workplace, settings=settings, as_of=as_of)
    with (
        Claimant(locks) as claimant,
        _mail_server(settings) as url,
        Mailer(url, settings.mail_from, oauth2=settings.oauth2) as mailer,
    ):
        recover(ledger, settings, at=now())
        ledger.supersede(workplace.plan.id, before=as_of)
        return deliver(
            ledger,
            mailer,
            plan=workplace.plan.id,
            claimant=claimant.name,
            on=as_of,
            now=now,
            unwanted=wanted.reason_against,
            alarms=lambda claim, ended: alarms(claim, ended, wanted.situation().roster, settings, on=as_of, made_at=now()),
            may_write_to=lambda address: may_write_to(address, settings),
            catches=settings.catches_mail,
            limit=settings.mail_ceiling,
        )


def recover(ledger: Ledger, settings: Settings, *, at: datetime) -> None:
    """Take back the letters that a killed run left behind, and end the doubts to which no answer can come any more."""
    locks = settings.home / "deliverers"
    ledger.recover(at=at, is_gone=lambda name: locks.is_dir() and is_gone(locks, name))
    _look_into_the_log(ledger, settings, at)
    ledger.resolve(at=at, again=AGAIN)


def _look_into_the_log(ledger: Ledger, settings: Settings, at: datetime) -> None:
    """Mark the letters in doubt as sent that the relay's log shows as taken."""
    doubts = {doubt.message_id: doubt.key for doubt in ledger.doubts()}
    for message_id, said in delivered_according_to_log(settings, doubts.keys()).items():
        ledger.confirm(doubts[message_id], said=said, at=at)


@contextmanager
def _mail_server(settings: Settings) -> Iterator[str]:
    """Yield the mail server's URL; without one in the settings a catcher runs as long as the letters are sent."""
    if settings.catches_mail:
        with caught_mail(settings.inbox) as url:
            yield url
    else:
        yield settings.smtp_url.get_secret_value()
