"""The flow that rolls a quarter up: frozen, rendered, published and mailed to the cabinet once, whatever breaks."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from functools import partial
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest
import time_machine
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State

from flows.rollup import rollup
from ledger.ledger import open_ledger
from ledger.records import SUPPRESSED, Letter, Word
from notifications.language import said as translation
from plan.owners import Roster
from plan.rollup import read_rollup
from tasks.board import cabinet_letters, edition, release
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import ended, settle, start
from tests.flow_builders import PLAN, QUARTER, ROLLED_UP, ROLLUP_POINTS, at, die_at_each_point, send

pytestmark = pytest.mark.usefixtures("prefect")

CABINET = {
    "strategic-planning@example.org",
    "superintendent@example.org",
    "chief-academic-officer@example.org",
    "chief-human-resources-officer@example.org",
    "chief-communications-officer@example.org",
    "chief-financial-officer@example.org",
    "chief-operations-officer@example.org",
}
BOARD = "board-of-trustees@example.org"


def run(day: date, *, dry_run: bool = False) -> State[Any]:
    """Run the flow for a day."""
    state: Any = rollup(day.isoformat(), dry_run, return_state=True)
    assert isinstance(state, State)
    return state


def mails(home: Path) -> list[Any]:
    """Return the mails in the inbox."""
    folder = home / "inbox"
    found = Maildir(folder, create=False) if folder.is_dir() else ()
    return [message_from_bytes(mail.as_bytes(), policy=default) for mail in found]


def kept_file(ending: str) -> bytes | None:
    """Return a file of the quarter's rollup as it was frozen."""
    with open_ledger(read_settings().database) as ledger:
        return ledger.frozen_file(PLAN, str(QUARTER), ending)


def said_by(letter: Letter) -> str:
    """Return the plain text of a letter, on one line."""
    body = message_from_bytes(letter.content, policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.fixture(scope="module")
def mailed_once(prefect: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State[Any]]:
    """A home in which the flow ran on the day of a rollup, to be copied; and how it ran."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = settle(tmp_path_factory.mktemp("mailed") / "home", monkeypatch)
        return home, run(ROLLED_UP)


@pytest.fixture
def first(mailed_once: tuple[Path, State[Any]], home: Path) -> State[Any]:
    """How the flow ran in this home, on the day of a rollup."""
    shutil.copytree(mailed_once[0], home)
    return mailed_once[1]


def test_a_quarter_is_frozen_rendered_and_mailed_to_each_of_the_cabinet_once(first: State[Any], home: Path) -> None:
    second = run(ROLLED_UP)
    assert first.is_completed()
    assert second.is_completed()
    assert "2026-27 Q1 mailed, 7 letters new" in str(first.message)
    assert "2026-27 Q1 mailed, 0 letters new" in str(second.message)
    got = mails(home)
    assert Counter(mail["To"].addresses[0].addr_spec for mail in got) == dict.fromkeys(CABINET, 1)
    for mail in got:
        (attached,) = mail.iter_attachments()
        assert attached.get_filename() == "rollup-2026-27-q1.pdf"
        assert attached.get_content() == kept_file("pdf")
    asked = [mail for mail in got if "/rollups/2026-27-q1" in mail.get_body(("plain",)).get_content()]
    assert [mail["To"].addresses[0].addr_spec for mail in asked] == ["strategic-planning@example.org"]
    with get_client(sync_client=True) as client:
        keys = {one.key for one in client.read_artifacts()}
    assert {"rollup", "rollup-page", "rollup-paper", "rollup-workbook", "rollup-json"} <= keys


def test_who_was_refused_gets_no_letter_and_the_link_that_releases_goes_to_the_next(home: Path) -> None:
    keeper = "strategic-planning@example.org"
    refused = Word(about="address", subject=keeper, word=SUPPRESSED, by="the mail server", note="550", said_at=at(ROLLED_UP))
    with open_ledger(read_settings().database) as ledger:
        ledger.say(PLAN, refused)
    assert "2026-27 Q1 mailed, 6 letters new" in str(run(ROLLED_UP).message)
    got = mails(home)
    assert Counter(mail["To"].addresses[0].addr_spec for mail in got) == dict.fromkeys(CABINET - {keeper}, 1)
    asked = [mail for mail in got if "/rollups/2026-27-q1" in mail.get_body(("plain",)).get_content()]
    assert [mail["To"].addresses[0].addr_spec for mail in asked] == ["superintendent@example.org"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param(date(2026, 7, 16), "no period's day of freezing has come yet", id="the-day-before-the-first"),
        pytest.param(date(2026, 10, 24), "nothing was written or sent", id="saturday"),
    ],
)
def test_on_other_days_nothing_happens(day: date, said: str, home: Path) -> None:
    assert said in str(run(day).message)
    assert mails(home) == []
    assert kept_file("pdf") is None


def test_a_dry_run_says_what_is_due_and_keeps_nothing(home: Path) -> None:
    assert "2026-27 Q1" in str(run(ROLLED_UP, dry_run=True).message)
    assert not (home / "ledger.sqlite").exists()


def test_a_rollup_of_long_ago_is_kept_and_not_mailed(home: Path) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 18, tzinfo=UTC), tick=True):
        assert "too long ago to be mailed" in str(run(date(2026, 12, 1)).message)
    assert kept_file("pdf")
    assert mails(home) == []


def test_a_day_that_is_not_here_yet_freezes_nothing_before_its_day(home: Path) -> None:
    with time_machine.travel(datetime(2026, 10, 18, 18, tzinfo=UTC), tick=True):
        assert "2026-27 Q1" not in str(run(ROLLED_UP).message)
    assert kept_file("pdf") is None
    assert mails(home) == []


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home folders of processes that were killed at each point, by its name."""
    folder = tmp_path_factory.mktemp("killed")
    assert callable(die_at_each_point)
    code = "import sys; from pathlib import Path; from tests.flow_builders import die_at_each_point"
    said = ended(start(folder, "-c", f"{code}; die_at_each_point(Path(sys.argv[1]))", str(folder)))
    assert said.code == 0, said.err
    return folder


@pytest.mark.parametrize("after", ROLLUP_POINTS)
def test_killed_at_any_point_the_next_run_brings_it_to_each_once(after: str, killed: Path, home: Path) -> None:
    (killed / after).rename(home)
    assert mails(home) == []
    for _ in range(2):  # what was in doubt at the first is sent again at the second
        assert run(ROLLED_UP).is_completed()
    assert Counter(mail["To"].addresses[0].addr_spec for mail in mails(home)) == dict.fromkeys(CABINET, 1)


@pytest.mark.usefixtures("first")
def test_the_board_gets_its_copy_once_and_only_when_it_is_released(home: Path) -> None:
    assert BOARD not in {mail["To"].addresses[0].addr_spec for mail in mails(home)}
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        kept = ledger.frozen(PLAN, str(QUARTER))
        assert kept is not None
        letting_go = partial(
            release, kept, workplace, ledger, settings, by="The office", note="", on=ROLLED_UP, at=at(ROLLED_UP)
        )
        assert letting_go() == [BOARD]
        assert letting_go() is None
        send(settings, workplace, ledger, ROLLED_UP)
        send(settings, workplace, ledger, ROLLED_UP)
    (copy,) = [mail for mail in mails(home) if mail["To"].addresses[0].addr_spec == BOARD]
    (attached,) = copy.iter_attachments()
    assert attached.get_content().startswith(b"%PDF")
    assert "/rollups/" not in copy.get_body(("plain",)).get_content()


@pytest.mark.usefixtures("first")
def test_a_reader_whose_office_reads_spanish_gets_the_letter_in_spanish_with_all_its_sentences() -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    lead = workplace.owners.offices["superintendent"]
    offices = workplace.owners.offices | {"superintendent": lead.model_copy(update={"language": "es"})}
    owners = workplace.owners.model_copy(update={"offices": offices})
    mixed = replace(workplace, owners=owners, roster=Roster(workplace.plan, owners))
    with open_ledger(settings.database) as ledger:
        kept = ledger.frozen(PLAN, str(QUARTER))
        assert kept is not None
        of = edition(kept, mixed, ledger)
        in_english = edition(kept, workplace, ledger).rollup
        letters = cabinet_letters(of, mixed.reachable(ledger), settings, on=ROLLED_UP, made_at=at(ROLLED_UP))
    assert of.rollup == in_english == read_rollup(kept.text)
    said = {letter.office: said_by(letter) for letter in letters}
    assert of.rollup.asks
    for ask in of.rollup.asks:
        assert translation(ask.sentence, "es") in said["superintendent"]
        assert ask.sentence in said["strategic-planning"]
        assert ask.sentence not in said["superintendent"]
