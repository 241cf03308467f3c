"""A mail server that fails now and then, as a seed says, and remembers every mail that it accepted."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email import message_from_bytes
from random import Random
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mail_servers import FINE, Answers

BUSY, LATER_AT_RCPT, CUT_BEFORE_DATA = "421 in place of a greeting", "451 at RCPT", "cut before DATA"
LATER_AT_DATA, CUT_IN_DATA, REPLY_LOST, REPLY_LATE = "451 after DATA", "cut in DATA", "reply lost", "reply too late"
RATES = {
    BUSY: 0.03,
    LATER_AT_RCPT: 0.02,
    CUT_BEFORE_DATA: 0.02,
    LATER_AT_DATA: 0.02,
    CUT_IN_DATA: 0.015,
    REPLY_LOST: 0.015,
    REPLY_LATE: 0.005,
}
"""How often each fault is injected, as a share of the times at which it could be."""
LATE_SECONDS = 1.0
"""How long a late reply takes; longer than the deliverers wait for it."""


@dataclass
class Unreliable(Answers):
    """A mail server whose faults depend on the seed, on the letter and on how often it was tried, not on the time."""

    seed: int = 0
    rates: dict[str, float] = field(default_factory=lambda: dict(RATES))
    accepted: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """The bytes of each mail that was accepted, as often as that happened, by Message-ID."""
    injected: Counter[str] = field(default_factory=Counter)
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def fails(self, fault: str, letter: str = "") -> bool:
        """Return whether a fault is injected now."""
        self._asked[fault, letter] += 1
        chance = Random(f"{self.seed}/{fault}/{letter}/{self._asked[fault, letter]}").random()
        fails = chance < self.rates[fault]
        self.injected[fault] += fails
        return fails

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.fails(LATER_AT_RCPT, address):
            return "451 Later"
        if self.fails(CUT_BEFORE_DATA, address):
            _cut(server)
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        (to,) = envelope.rcpt_tos
        if self.fails(LATER_AT_DATA, to):
            return "451 Later"
        if self.fails(CUT_IN_DATA, to):
            _cut(server)
            return "451 Later"  # nobody hears it
        assert isinstance(envelope.content, bytes)
        self.accepted[str(message_from_bytes(envelope.content)["Message-ID"])].append(envelope.content)
        if self.fails(REPLY_LOST, to):
            _cut(server)
        elif self.fails(REPLY_LATE, to):
            await asyncio.sleep(LATE_SECONDS)
        return FINE


class Unfriendly(SMTP):
    """The conversation of a server that sometimes does not even greet."""

    async def push(self, status: Any) -> None:
        """Say something."""
        if isinstance(status, str) and status.startswith("220 ") and self.event_handler.fails(BUSY):
            await super().push("421 Busy")
            _cut(self, gently=True)
            return
        await super().push(status)


def _cut(server: SMTP, *, gently: bool = False) -> None:
    """Cut the line, or close it when all is said."""
    assert isinstance(server.transport, asyncio.Transport)
    if gently:
        server.transport.close()
    else:
        server.transport.abort()
