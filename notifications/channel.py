"""Channels besides mail, such as a Teams or Slack room: another place that hears of escalations. Off unless one is set.

A message waits in the same outbox as the mails and is claimed, fenced and finished as they are.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from logging import DEBUG

import apprise

from ledger.records import CHANNEL, Letter
from notifications.footing import footing
from notifications.message import Sender, message_id
from notifications.verdicts import ClaimLost, MailDeferred, MailInDoubt, MailMisconfigured, MailServerUnreachable
from notifications.wording import the
from plan.digests import Post
from plan.ladder import Notice, Situation
from plan.slip_ladder import RECOVERED
from plan.wording import counted, in_words, listed

MOST_SHOWN = 20
"""How many escalations a message names before it counts the others."""

_ANSWERED = re.compile(r"error=(\d{3})")
_LATER = ("408", "425", "429")
"""HTTP answers that ask for patience, besides all from 500 on."""
_NEVER_REACHED = re.compile(
    r"NewConnectionError|ConnectTimeout|NameResolutionError|SSLCertVerificationError|SSLError|ProxyError|Connection refused"
)
"""What the library says of a connection that was never made, so that nothing can have been accepted."""


class Channel:
    """One channel, by the name that the settings give it and the library's address of it, which is a secret."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._rooms = apprise.Apprise()
        # The library says nothing of what it cannot read; its address may hold a secret, so no sentence repeats it.
        self._is_known = bool(url) and bool(self._rooms.add(url))

    def __repr__(self) -> str:
        return f"<Channel {self.name}>"

    def hand_over(self, _address: str, content: bytes, before_data: Callable[[], bool]) -> str:
        """Hand a message to the channel and return that it was taken.

        Args:      content: the title on a line of its own, then the text, in UTF-8
                   before_data: called when nothing but the message itself is left to send; False stops it there
        Raises:    MailMisconfigured, MailServerUnreachable, MailDeferred, MailInDoubt, ClaimLost
        """
        if not self._is_known:
            raise MailMisconfigured(
                f"PLANKEEPER_CHANNEL_{self.name.upper()} is not the address of a channel; write it as apprise does."
            )
        title, _, body = content.decode().partition("\n")
        if not before_data():
            raise ClaimLost("Another deliverer took the message over; nothing was sent.")
        with apprise.LogCapture(level=DEBUG) as said:  # type: ignore[no-untyped-call]
            is_taken = self._rooms.notify(title=title, body=body.strip(), body_format=apprise.NotifyFormat.TEXT)
            words = said.getvalue()
        if not is_taken:
            raise self._failure(words)
        return f"The channel {self.name} took it."

    def _failure(self, words: str) -> Exception:
        """Return what a failure means, from what the library said of it; none of that is repeated, it may hold secrets."""
        answered = _ANSWERED.search(words)
        if answered and (answered[1] in _LATER or answered[1].startswith("5")):
            return MailDeferred(f"The channel {self.name} does not take messages now: it answered {answered[1]}.")
        if answered:
            remedy = f"correct PLANKEEPER_CHANNEL_{self.name.upper()}"
            return MailMisconfigured(f"The channel {self.name} refuses us: it answered {answered[1]}; {remedy}.")
        if _NEVER_REACHED.search(words):
            return MailServerUnreachable(f"The channel {self.name} cannot be reached.")
        return MailInDoubt(f"The channel {self.name} fell silent and may have taken the message.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One step that climbed above the owner of an item, and all whom it is told."""

    notice: Notice
    told: tuple[str, ...]
    """The offices that are told, in order."""


def escalations(post: Post, situation: Situation, *, as_of: date) -> tuple[Escalation, ...]:
    """Return the steps of a day that are told to somebody above the owner, each once, as the digests have them."""
    found: dict[tuple[str, str, str, str], list[Notice]] = {}
    for notice in (notice for digest in post.digests for notice in digest.notices):
        on = footing(notice, situation, as_of=as_of)
        if on.concern == "told" and on.step != RECOVERED:
            found.setdefault((notice.item, notice.kind, notice.period, notice.step), []).append(notice)
    return tuple(
        Escalation(notice=notices[0], told=tuple(dict.fromkeys(one.to.title for one in notices))) for notices in found.values()
    )


def message(
    climbed: Sequence[Escalation],
    *,
    channel: str,
    situation: Situation,
    base_url: str,
    sender: Sender,
    on: date,
    made_at: datetime,
) -> Letter:
    """Return the one message of a day to a channel: every escalation with its office, never with a person's name."""
    plan = situation.plan
    key = f"{plan.id}/{CHANNEL}/{on}/{channel}"
    title = f"{plan.title}: {counted(len(climbed), 'escalation')} on {in_words(on)}"
    lines = [_line(one) for one in climbed[:MOST_SHOWN]]
    if len(climbed) > MOST_SHOWN:
        lines.append(f"And {len(climbed) - MOST_SHOWN} more.")
    return Letter(
        key=key,
        plan=plan.id,
        kind=CHANNEL,
        address=channel,
        office=situation.roster.owners.plan_administrator,
        day=on,
        subject=title,
        message_id=message_id(sender.key, key, sender.domain),
        content="\n\n".join((title, *lines, f"The plan: {base_url}")).encode(),
        made_at=made_at,
        notices=tuple(one.notice for one in climbed),
        tellings=(),
    )


def _line(one: Escalation) -> str:
    notice, told = one.notice, listed([the(title) for title in one.told])
    return f"{notice.item} {notice.title} ({notice.owner.title}): {notice.reason} Told: {told}."
