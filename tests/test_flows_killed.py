"""A run that is killed and started again: each letter is with the mail server once, or stands as in doubt; nothing is left behind."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from ledger.ledger import open_ledger, read_ledger
from ledger.records import LetterState, Posted
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import PLANKEEPER, Said, at_work_in, ended, eventually, start
from tests.flow_builders import DAY, PLAN, choose, inbox
from tests.mail_servers import Answers, answering

DAILY = (*PLANKEEPER, "run", "daily", "--as-of", str(DAY))
SENDING = ("-c", "from tests.flow_builders import send_the_day; send_the_day()")


@dataclass
class Pausing(Answers):
    """A mail server that falls silent once, at a command, when it has taken some mails."""

    at: str = "DATA"
    after: int = 4
    keeps: bool = False
    """Whether the mail at which it falls silent is taken nevertheless."""
    reached: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await self._pause("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.keeps and len(self.got) == self.after:
            self.got.append(envelope)
        await self._pause("DATA")
        return await super().handle_DATA(server, session, envelope)

    async def _pause(self, command: str) -> None:
        if command == self.at and len(self.got) >= self.after and not self.reached.is_set():
            self.reached.set()
            await asyncio.Event().wait()  # until the line breaks

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of the mails that were taken."""
        return [
            str(message_from_bytes(envelope.content)["Message-ID"])
            for envelope in self.got
            if isinstance(envelope.content, bytes)
        ]


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


def killed_when(reached: Callable[[], Any], home: Path, *command: str, **settings: str) -> None:
    """Start a command and kill it when something is reached."""
    started = start(home, *command, **settings)
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
    ("at", "keeps", "in_doubt"),
    [
        pytest.param("RCPT", False, 0, id="before-the-letter-was-handed-over"),
        pytest.param("DATA", False, 1, id="while-it-was-handed-over-and-lost"),
        pytest.param("DATA", True, 1, id="while-it-was-handed-over-and-kept"),
    ],
)
def test_a_delivery_that_is_killed_is_taken_up_where_it_was(
    at: str, keeps: bool, in_doubt: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Pausing(at=at, keeps=keeps)
    with answering(server) as address:
        there = {"smtp_url": f"smtp://{address}", "mail_allow": "example.org"}
        queue()
        killed_when(server.reached.is_set, home, *SENDING, **there)
        assert ended(start(home, *SENDING, **there)) == Said(code=0, out="", err="")
    states = nothing_twice_and_nothing_lost(server.message_ids())
    assert states == Counter({LetterState.SENT: 17 - in_doubt, LetterState.IN_DOUBT: in_doubt})


def test_a_delivery_into_the_catcher_that_is_killed_is_taken_up_where_it_was(home: Path) -> None:
    queue()
    killed_when(lambda: len(inbox(home)) >= 3, home, *SENDING)
    assert ended(start(home, *SENDING)).code == 0
    states = nothing_twice_and_nothing_lost(inbox(home))
    assert states.keys() <= {LetterState.SENT, LetterState.IN_DOUBT}
    assert states[LetterState.IN_DOUBT] <= 1
    assert states.total() == 17


def test_a_daily_run_that_is_killed_again_and_again_is_finished_by_the_next(home: Path) -> None:
    server = Pausing()
    with answering(server) as address:
        there = {"smtp_url": f"smtp://{address}", "mail_allow": "example.org"}
        for reached in (home.joinpath("ledger.sqlite").exists, judged, server.reached.is_set):
            killed_when(reached, home, *DAILY, **there)
            eventually(lambda: not at_work_in(home))
        said = ended(start(home, *DAILY, **there))
    assert said.code == 0, said
    assert said.out.splitlines()[-1].startswith("deliver: 12 mails sent, 0 wait for another attempt")
    assert nothing_twice_and_nothing_lost(server.message_ids()) == Counter({LetterState.SENT: 16, LetterState.IN_DOUBT: 1})
    assert at_work_in(home) == []
