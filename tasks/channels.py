"""Escalations on channels besides mail: one message a day for each channel, under the same outbox."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from ledger.records import Letter
from notifications.channel import Channel, escalations, message
from notifications.claimant import Claimant
from notifications.outbox import Delivery, Step, deliver
from notifications.verdicts import MailError, MailMisconfigured
from plan.digests import Post
from plan.ladder import Situation
from tasks.letters import sender_for
from tasks.settings import Settings, SettingsRefused, channel_address
from tasks.wanted import Wanted
from tasks.workplace import Workplace


class ChannelsFailed(MailError):
    """Channels did not take what was for them, and the mails went out all the same; each sentence names one."""


def messages_of(post: Post, situation: Situation, settings: Settings, *, on: date, made_at: datetime) -> Iterator[Letter]:
    """Yield the day's message to each channel; none where nothing was escalated."""
    climbed = escalations(post, situation, as_of=on)
    by = sender_for(settings, situation.roster)
    for name in settings.channels if climbed else ():
        yield message(climbed, channel=name, situation=situation, base_url=settings.base_url, sender=by, on=on, made_at=made_at)


@task(task_run_name="send to channels", cache_policy=NO_CACHE)
def send_to_channels(
    ledger: Ledger, workplace: Workplace, settings: Settings, *, as_of: date, now: Callable[[], datetime]
) -> Delivery:
    """Send what waits for each channel; one that fails does not keep the others back.

    Raises:    ChannelsFailed: some could not be reached, or refuse us; what is for them waits
    """
    letters, failed = list[Step](), list[str]()
    wanted = Wanted(ledger=ledger, workplace=workplace, settings=settings, as_of=as_of)
    with Claimant(settings.home / "deliverers") as claimant:
        for name in settings.channels:
            try:
                letters += deliver(
                    ledger,
                    Channel(name, _address(name)),
                    plan=workplace.plan.id,
                    claimant=claimant.name,
                    on=as_of,
                    now=now,
                    unwanted=wanted.reason_against,
                    may_write_to=lambda _name: True,
                    channel=name,
                ).letters
            except MailError as error:
                failed.append(str(error))
    if failed:
        raise ChannelsFailed(" ".join(failed))
    return Delivery(letters=tuple(letters))


def _address(name: str) -> str:
    try:
        return channel_address(name)
    except SettingsRefused as error:
        raise MailMisconfigured(str(error)) from error
