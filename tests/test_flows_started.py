"""`plankeeper run` beside a server that runs: what it says, and what it exits with."""

from pathlib import Path

import pytest

from flows.engine import announce, environment
from ledger.ledger import open_ledger
from ledger.records import LetterState
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import Plankeeper
from tests.flow_builders import DAY, PLAN, choose, inbox


@pytest.fixture
def beside(prefect: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder in which `plankeeper up` runs, as far as the commands beside it can tell; letters wait in its outbox."""
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        choose(settings, open_workplace(settings), ledger, DAY)
    announce(settings, {"api": prefect})
    for name, value in environment(settings, prefect).items():  # what the command sets is to be undone afterwards
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


@pytest.mark.usefixtures("beside")
def test_a_flow_that_is_run_says_what_it_did(plankeeper: Plankeeper, home: Path) -> None:
    said = plankeeper("run", "deliver", "--as-of", "2026-10-22")
    assert (said.code, said.out) == (0, "deliver: 17 mails sent, 0 wait\n")
    assert len(inbox(home)) == 17


@pytest.mark.parametrize(
    ("allow", "code", "sentence"),
    [
        pytest.param("", 1, "PLANKEEPER_MAIL_ALLOW names no domain that may be written to", id="settings"),
        pytest.param("example.com", 1, "Mail may not go to example.org; add example.org to PLANKEEPER_MAIL_ALLOW", id="domain"),
        pytest.param("example.org", 3, "127.0.0.1:1", id="no-answer"),
    ],
)
@pytest.mark.usefixtures("beside")
def test_a_run_that_cannot_send_says_why_and_the_letters_wait(
    allow: str, code: int, sentence: str, plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", allow)
    said = plankeeper("run", "deliver", "--as-of", "2026-10-22")
    assert (said.code, said.out) == (code, "")
    assert sentence in said.err.splitlines()[-1]
    with open_ledger(read_settings().database) as ledger:
        assert ledger.counts(PLAN)[LetterState.QUEUED] == 17


@pytest.mark.parametrize("day", ["tomorrow", "1999-01-01"])
def test_a_day_that_is_none_is_said_before_anything_is_started(day: str, plankeeper: Plankeeper, home: Path) -> None:
    said = plankeeper("run", "daily", "--as-of", day)
    assert said.code == 2
    assert day in said.err
    assert not home.exists()
