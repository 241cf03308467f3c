"""Channels besides mail, such as a Teams or Slack room: another place that hears of escalations. Off unless one is set.

A message waits in the same outbox as the mails and is claimed, fenced and finished as they are.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from logging import DEBUG, WARNING, Handler, LogRecord, getLogger

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
    r"\(Caused by (NewConnectionError|ConnectTimeoutError|NameResolutionError|ProxyError|SSLError\(SSLCertVerificationError)"
    r"|^Socket Exception: \[Errno \d+\] Connection refused"
)
"""What the library says of a connection that was never made, so that nothing can have been accepted. An address in it is quoted
and holds no bracket."""
_BROKE_OFF = "Socket Exception:"
"""How the library begins the one line of its own in which it says why a connection ended."""


class Channel:
    """One channel, by the name that the settings give it and the library's address of it, which is a secret."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._rooms = apprise.Apprise()
        # The address may hold a secret, so no sentence repeats it.
        with _overheard():
            self._is_known = bool(url) and bool(self._rooms.add(url))

    def __repr__(self) -> str:
        return f"<Channel {self.name}>"

    def hand_over(self, _address: str, content: bytes, before_data: Callable[[], bool]) -> str:
        """Hand a message to the channel and return that it was taken.

        Args:      content: the title on a line of its own, then the text, in UTF-8
                   before_data: called when nothing but the message itself is left to send; False stops it there
        Raises:    MailMisconfigured, MailServerUnreachable, MailDeferred, MailInDoubt, ClaimLost
        """
        self._check()
        title, _, body = content.decode().partition("\n")
        if not before_data():
            raise ClaimLost("Another deliverer took the message over; nothing was sent.")
        with _overheard() as said:
            is_taken = self._rooms.notify(title=title, body=body.strip(), body_format=apprise.NotifyFormat.TEXT)
        if not is_taken:
            raise self._failure(said)
        return f"The channel {self.name} took it."

    def _check(self) -> None:
        """Refuse an address that a message could reach in part: tried again, it would come twice where it had arrived."""
        variable = f"PLANKEEPER_CHANNEL_{self.name.upper()}"
        if not self._is_known:
            raise MailMisconfigured(f"{variable} is not the address of a channel; write it as apprise does.")
        if len(self._rooms) != 1 or len(self._rooms[0]) > 1:
            remedy = "give each room a channel of its own, and no retries"
            raise MailMisconfigured(f"{variable} is the address of more than one room, or sends more than once; {remedy}.")

    def _failure(self, said: Sequence[LogRecord]) -> Exception:
        """Return what a failure means, from what the library said of it; none of that is repeated, it may hold secrets.

        The message itself stands among what it said, so only lines that the library words itself are judged by.
        """
        own = [record for record in said if record.name == _LIBRARY]
        warned = [record.getMessage() for record in own if record.levelno == WARNING]
        answered = next(filter(None, map(_ANSWERED.search, warned)), None)
        if answered and (answered[1] in _LATER or answered[1].startswith("5")):
            return MailDeferred(f"The channel {self.name} does not take messages now: it answered {answered[1]}.")
        if answered:
            remedy = f"correct PLANKEEPER_CHANNEL_{self.name.upper()}"
            return MailMisconfigured(f"The channel {self.name} refuses us: it answered {answered[1]}; {remedy}.")
        if any(words.startswith(_BROKE_OFF) and _NEVER_REACHED.search(words) for words in (one.getMessage() for one in own)):
            return MailServerUnreachable(f"The channel {self.name} cannot be reached.")
        return MailInDoubt(f"The channel {self.name} fell silent and may have taken the message.")


_LIBRARY = "apprise"
_TALKATIVE = (_LIBRARY, "urllib3", "requests")
"""The loggers that are told addresses and messages while one is handed over."""


class _Listener(Handler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[LogRecord] = []

    def emit(self, record: LogRecord) -> None:
        self.said.append(record)


@contextmanager
def _overheard() -> Iterator[list[LogRecord]]:
    """Collect all that is said of a channel, and let none of it reach a log: it holds secrets."""
    listener, loggers = _Listener(), [getLogger(name) for name in _TALKATIVE]
    before = [(one, one.handlers, one.propagate, one.level) for one in loggers]
    try:
        for one in loggers:
            one.handlers, one.propagate = [listener], False
        getLogger(_LIBRARY).setLevel(DEBUG)
        yield listener.said
    finally:
        for one, handlers, propagates, level in before:
            one.handlers, one.propagate = handlers, propagates
            one.setLevel(level)


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
