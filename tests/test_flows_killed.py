"""A run that is killed and started again: each letter is taken once, or stands as in doubt; nothing is left running."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from flows.engine import announce
from ledger.ledger import open_ledger, read_ledger
from ledger.records import LetterState, Posted
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import PLANKEEPER, at_work_in, ended, eventually, start
from tests.flow_builders import DAY, PLAN, choose, inbox, send_the_day
from tests.mail_servers import Answers, answering

DAILY = (*PLANKEEPER, "run", "daily", "--as-of", str(DAY))
SENDING = ("-c", "from tests.flow_builders import send_the_day; send_the_day()")


@dataclass
class Pausing(Answers):
    """A mail server that falls silent once, at a command, when it has taken some mails."""

    at: str = "DATA"
    after: int = 4
    reached: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self._falls_silent("RCPT"):
            await _until_the_line_breaks()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self._falls_silent("DATA"):
            self.got.append(envelope)  # taken, but the sender never hears of it
            await _until_the_line_breaks()
        return await super().handle_DATA(server, session, envelope)

    def _falls_silent(self, command: str) -> bool:
        falls = command == self.at and len(self.got) >= self.after and not self.reached.is_set()
        if falls:
            self.reached.set()
        return falls

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of the mails that were taken."""
        return [
            str(message_from_bytes(envelope.content)["Message-ID"])
            for envelope in self.got
            if isinstance(envelope.content, bytes)
        ]


async def _until_the_line_breaks() -> None:
    await asyncio.Event().wait()


def letters() -> tuple[Posted, ...]:
    """Return the outbox as it is now."""
    found = read_ledger(read_settings().database)
    if found is None:
        return ()
    with found:
        return found.outbox(PLAN)


def judged() -> bool:
    """Return whether judgements of the day are recorded."""
    found = read_ledger(read_settings().database)
    if found is None:
        return False
    with found:
        return bool(found.movements(PLAN, on=DAY))


def queue() -> None:
    """Choose and queue the letters of the day."""
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        choose(settings, open_workplace(settings), ledger, DAY)


def killed_when(reached: Callable[[], Any], home: Path, *command: str, given: Mapping[str, str] | None = None) -> None:
    """Start a command and kill it when something is reached."""
    started = start(home, *command, given=given)
    eventually(reached, while_running=started)
    started.kill()
    started.communicate()


def nothing_twice_and_nothing_lost(taken: list[str]) -> Counter[LetterState]:
    """Check that each letter was taken once or is in doubt, and return how many are in each state."""
    assert len(taken) == len(set(taken))
    states = {letter.message_id: letter.state for letter in letters()}
    assert set(taken) <= set(states)
    assert {state for of, state in states.items() if of not in taken} <= {LetterState.IN_DOUBT}
    return Counter(states.values())


@pytest.mark.parametrize(
    ("at", "in_doubt"),
    [
        pytest.param("RCPT", 0, id="before-the-letter-was-handed-over"),
        pytest.param("DATA", 1, id="while-it-was-handed-over"),
    ],
)
def test_a_delivery_that_is_killed_is_taken_up_where_it_was(
    at: str, in_doubt: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Pausing(at=at)
    with answering(server) as address:
        there = {"SMTP_URL": f"smtp://{address}", "MAIL_ALLOW": "example.org"}
        for name, value in there.items():
            monkeypatch.setenv(f"PLANKEEPER_{name}", value)
        queue()
        killed_when(server.reached.is_set, home, *SENDING, given=there)
        send_the_day()
    states = nothing_twice_and_nothing_lost(server.message_ids())
    assert states == Counter({LetterState.SENT: 17 - in_doubt, LetterState.IN_DOUBT: in_doubt})


def test_a_delivery_into_the_catcher_that_is_killed_is_taken_up_where_it_was(home: Path) -> None:
    queue()
    killed_when(lambda: len(inbox(home)) >= 3, home, *SENDING)
    send_the_day()
    states = nothing_twice_and_nothing_lost(inbox(home))
    assert states.keys() <= {LetterState.SENT, LetterState.IN_DOUBT}
    assert states[LetterState.IN_DOUBT] <= 1
    assert states.total() == 17


def test_a_daily_run_that_is_killed_again_and_again_is_finished_by_the_next(prefect: str, home: Path) -> None:
    server = Pausing()
    with answering(server) as address:
        there = {"SMTP_URL": f"smtp://{address}", "MAIL_ALLOW": "example.org"}
        killed_when(home.joinpath("ledger.sqlite").exists, home, *DAILY, given=there)
        eventually(lambda: not at_work_in(home))  # the Prefect server that it had started has ended too
        announce(read_settings(), {"api": prefect})  # from here on with a server that runs, which is quicker
        killed_when(judged, home, *DAILY, given=there)
        killed_when(server.reached.is_set, home, *DAILY, given=there)
        said = ended(start(home, *DAILY, given=there))
    assert said.code == 0, said
    assert said.out.splitlines()[-1].startswith("deliver: 12 mails sent, 0 wait")
    assert nothing_twice_and_nothing_lost(server.message_ids()) == Counter({LetterState.SENT: 16, LetterState.IN_DOUBT: 1})
    assert at_work_in(home) == []
