"""A deliverer for the crash test: it sends what is queued until all is off its way, and may kill itself at a step.

The steps are what it works with, wrapped; nothing in the program itself knows of them.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import ledger.delivery
import notifications.mailer
import notifications.outbox
from flows.days import now
from ledger.ledger import Ledger, open_ledger
from ledger.records import Claim, Letter, LetterState, Outcome
from notifications.claimant import Claimant, is_gone
from notifications.mailer import Mailer, MailServerUnreachable
from notifications.outbox import deliver
from notifications.policies import AGAIN
from tests.ledger_builders import DAY, PLAN

STEPS = (
    "before the claim",
    "after the claim",
    "at the question",
    "before connecting",
    "before the fence",
    "after the fence",
    "during DATA",
    "before the finish",
    "after the finish",
)
"""Where a deliverer can be told to die. Before the finish the server has answered, and nobody has noted it."""
ON_THE_WAY = (LetterState.QUEUED, LetterState.SENDING, LetterState.IN_DOUBT)
NO_ANSWER_AFTER = timedelta(seconds=1)


@dataclass
class Doom:
    """The step at which a deliverer kills itself, and how often it passes there before; no step: it lives."""

    step: str
    passes: int

    def at(self, step: str) -> None:
        """Die if it is time."""
        if self.comes(step):
            die()

    def comes(self, step: str) -> bool:
        """Return whether it is time, and count the pass."""
        if step != self.step:
            return False
        self.passes -= 1
        return self.passes < 0


def die() -> None:
    """End as if by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


class DoomedLedger(Ledger):
    """A ledger whose user may die around each step."""

    def __init__(self, opened: Ledger, doom: Doom) -> None:
        super().__init__(opened._database)
        self._doom = doom

    def claim(self, claimant: str, *, plan: str, at: datetime, on: date, channel: str | None = None) -> Claim | None:
        """Claim, and perhaps die around it."""
        self._doom.at("before the claim")
        claim = super().claim(claimant, plan=plan, at=at, on=on, channel=channel)
        if claim:
            self._doom.at("after the claim")
        return claim

    def fence(self, claim: Claim, *, at: datetime) -> bool:
        """Begin DATA, and perhaps die around it."""
        self._doom.at("before the fence")
        held = super().fence(claim, at=at)
        self._doom.at("after the fence")
        return held

    def finish(self, claim: Claim, outcome: Outcome, *, at: datetime, letters: Sequence[Letter] = ()) -> bool:
        """Note an end, and perhaps die around it."""
        self._doom.at("before the finish")
        held = super().finish(claim, outcome, at=at, letters=letters)
        self._doom.at("after the finish")
        return held


class DoomedMailer(Mailer):
    """A mailer whose user may die before it connects, or with half a mail on the wire."""

    def __init__(self, url: str, doom: Doom) -> None:
        super().__init__(url, "plan@example.org")
        self._doom = doom

    def hand_over(self, address: str, content: bytes, before_data: Callable[[], bool]) -> str:
        """Hand a mail over, or die first."""
        self._doom.at("before connecting")
        return super().hand_over(address, content, before_data)

    def _transmit(self, content: bytes) -> str:
        if self._doom.comes("during DATA"):
            self.smtp.docmd("DATA")
            self.smtp.sock.sendall(content[: len(content) // 2])
            die()
        said: str = super()._transmit(content)
        return said


def hurry() -> None:
    """Wait seconds where a deliverer waits minutes, so that doubts end while the test runs."""
    notifications.mailer.TIMEOUT_SECONDS = 5
    notifications.mailer.ANSWER_TIMEOUT_SECONDS = 0.5  # type: ignore[assignment]
    ledger.delivery.NO_ANSWER_AFTER = NO_ANSWER_AFTER
    notifications.outbox.RETRY_PLAN = tuple(timedelta(seconds=0.1 * 2**n) for n in range(5))  # type: ignore[assignment]


def work(url: str, server: str, folder: Path, log: Path, step: str, passes: int) -> None:
    """Do a deliverer's work, in a process of its own that writes down what it breaks off with."""
    with log.open("a") as errors:
        os.dup2(errors.fileno(), sys.stderr.fileno())
    hurry()
    deliver_all(url, server, folder, Doom(step, passes))


def deliver_all(url: str, server: str, folder: Path, doom: Doom) -> None:
    """Send until nothing is on its way any more, or whoever started it is gone."""
    parent = os.getppid()
    with open_ledger(url) as opened:
        book = DoomedLedger(opened, doom)
        while os.getppid() == parent and any(book.counts(PLAN)[state] for state in ON_THE_WAY):
            with suppress(MailServerUnreachable):  # the run ends, and the next one tries again
                deliver_once(book, server, folder, doom)
            sleep(0.05)


def deliver_once(book: Ledger, server: str, folder: Path, doom: Doom) -> None:
    """Do one run, as tasks.send does it."""

    def unwanted(_claim: Claim) -> None:
        doom.at("at the question")

    with Claimant(folder) as claimant, DoomedMailer(f"smtp://{server}", doom) as mailer:
        book.recover(at=now(), is_gone=partial(is_gone, folder))
        book.resolve(at=now(), again=AGAIN)
        run: dict[str, Any] = {"plan": PLAN, "claimant": claimant.name, "on": DAY, "now": now, "limit": 50}
        deliver(book, mailer, **run, unwanted=unwanted, may_write_to=lambda _address: True)
