"""The page of who owes what: what it lists, how it can be asked, and that more facts take no more statements."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.ledger import open_ledger
from plan.arrears import Arrears
from plan.facts import CheckIn, Implementation
from tasks.settings import Settings
from tests.ledger_builders import statements
from tests.web_builders import AT, DAY, PLAN, QUARTER, TestClient, browser, record, seen, settings
from web.owing import summary

ONE = Arrears(office="", title="", owes=(), heard_on=None, silent_days=None)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with facts, and the letters of the day."""
    of = settings(tmp_path_factory.mktemp("owing"))
    record(of)
    return of


def test_each_office_is_listed_with_what_it_owes_who_was_told_and_what_comes(recorded: Settings) -> None:
    text = seen(recorded, "/owing?office=recruitment")
    assert "What Director of Recruitment owes on 22 October 2026, the gravest first" in text
    assert "Nothing has been heard from it." in text
    assert "“overdue” to Director of Recruitment" in text
    assert "Comes next" in text
    assert "27 October 2026" in text  # 3 working days after the step that waits in today's letter
    assert "Budget Director owes" not in text


def test_who_answered_is_not_silent(recorded: Settings) -> None:
    page = browser(recorded).get("/owing?office=curriculum-instruction").text
    with open_ledger(recorded.database) as ledger:
        said = CheckIn(
            item="1.1B",
            period=QUARTER,
            status=Implementation.AT_RISK,
            note="",
            by="Director of Curriculum and Instruction",
            known_on=date(2026, 10, 20),
        )
        ledger.add_facts(PLAN, [said], recorded_at=AT)
    assert 'class="badge late">silent' in page
    page = browser(recorded).get("/owing?office=curriculum-instruction").text
    assert 'class="badge late">silent' not in page
    assert "Last heard from on 20 October 2026, 2 days ago." in page


@pytest.mark.parametrize(
    ("asked", "words", "others"),
    [
        pytest.param("overdue", {"overdue"}, {"in grace", "paused"}, id="overdue"),
        pytest.param("due", {"in grace"}, {"overdue", "paused"}, id="due"),
        pytest.param("paused", {"paused"}, {"overdue", "in grace"}, id="paused"),
    ],
)
def test_the_page_can_be_asked_for_one_state(asked: str, words: set[str], others: set[str], recorded: Settings) -> None:
    page = browser(recorded).get(f"/owing?state={asked}").text
    assert all(f">{word}</span>" in page for word in words)
    assert not any(f">{word}</span>" in page for word in others)
    assert f'<option value="{asked}" selected>' in page


def test_a_state_in_which_nothing_is_says_so(recorded: Settings) -> None:
    assert "Nothing of that kind is owed now." in seen(recorded, "/owing?state=open")


@pytest.mark.parametrize("query", ["state=late", "office=nobody-here", "state=<script>"])
def test_what_the_form_does_not_name_is_not_found(query: str, recorded: Settings) -> None:
    answer = browser(recorded).get(f"/owing?{query}")
    assert answer.status_code == 404
    assert "<script" not in answer.text


def test_without_a_ledger_all_that_is_open_is_owed_and_nothing_is_made(tmp_path: Path) -> None:
    text = seen(settings(tmp_path / "home"), "/owing")
    assert "16 offices owe" in text
    assert "have been silent for 90 days or more: " in text
    assert not (tmp_path / "home").exists()


def test_the_summary_says_it_where_nothing_is_owed() -> None:
    assert list(summary([ONE])) == ["Nothing is open: whatever was asked for has come."]


PATHS = ("/owing", "/people", "/people/budget", "/preview", "/", "/items/1.1A", "/audit")


def asked_by(looking: TestClient, path: str) -> list[str]:
    """Return the statements that a page executes."""
    with statements() as found:
        assert looking.get(path).status_code == 200
    return found


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int]]:
    """How many statements each page takes of an empty ledger, and of one with many facts and letters."""
    of = settings(tmp_path_factory.mktemp("grown"))
    with open_ledger(of.database):
        pass
    looking = browser(of)
    for path in PATHS:
        looking.get(path)
    few = {path: len(asked_by(looking, path)) for path in PATHS}
    record(of)
    with open_ledger(of.database) as ledger:
        said = CheckIn(item="", period=QUARTER, status=Implementation.ON_TRACK, note="", by="x", known_on=DAY)
        items = ("1.1B", "1.2.1A", "1.2.2A", "1.2.3A", "2.1A", "2.2A", "3.1A", "4.1A")
        facts = [replace(said, item=item, known_on=DAY - timedelta(days=n)) for n in range(3) for item in items]
        ledger.add_facts(PLAN, facts, recorded_at=AT)
    return {path: (few[path], len(asked_by(looking, path))) for path in PATHS}


@pytest.mark.parametrize("path", PATHS)
def test_more_facts_and_letters_take_no_more_statements(path: str, grown: dict[str, tuple[int, int]]) -> None:
    few, many = grown[path]
    assert many == few > 0
