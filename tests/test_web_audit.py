"""The audit log: the latest first, a sheet at a time, found by who and what."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import PAUSED, Word
from tasks.settings import Settings
from tests.ledger_builders import statements
from tests.web_builders import AT, PLAN, browser, seen, settings


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an audit log with 205 entries, one of another plan besides."""
    found = settings(tmp_path_factory.mktemp("audit"))
    with open_ledger(found.database, came_from="pages, from <192.0.2.7>") as ledger:
        for number in range(205):
            by = "Office <b>A</b>" if number % 2 else "Budget_Director"
            said_at = AT + timedelta(minutes=number)
            word = Word(about="address", subject=f"n{number}@example.org", word=PAUSED, by=by, note="", said_at=said_at)
            ledger.say(PLAN, word)
        ledger.say("another", word)
    return found


def subjects(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"address n(\d+)@example\.org", page)]


def test_the_latest_stands_first_a_hundred_on_a_sheet(of: Settings) -> None:
    first = browser(of).get("/audit").text
    assert subjects(first) == list(range(204, 104, -1))
    assert "205 entries, the latest first." in first
    assert "22 October 2026, 10:54" in first
    assert "pages, from &lt;192.0.2.7&gt;" in first
    assert 'href="/audit?page=2" rel="next"' in first
    assert subjects(browser(of).get("/audit?page=3").text) == [4, 3, 2, 1, 0]


def test_only_the_entries_of_the_sheet_are_fetched(of: Settings) -> None:
    with statements() as asked:
        browser(of).get("/audit?page=2")
    fetched = [one for one in asked if "audit" in one and "count(" not in one]
    assert len(fetched) == 1
    assert "LIMIT" in fetched[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("who=budget_d", 103, id="who-in-any-case"),
        pytest.param("who=%3Cb%3E", 102, id="who-with-markup"),
        pytest.param("subject=N20", 6, id="subject"),
        pytest.param("who=Budget&subject=n20", 4, id="both"),
        pytest.param("who=__", 0, id="underscores-are-themselves"),
        pytest.param("who=%25", 0, id="percent-too"),
        pytest.param("who=%00", 205, id="what-cannot-be-printed-is-nothing"),
    ],
)
def test_entries_are_found_by_who_and_what(query: str, found: int, of: Settings) -> None:
    page = browser(of).get(f"/audit?{query}").text
    assert len(subjects(page)) == min(found, 100)
    assert (f"{found} entries" in page) is (found > 0)
    assert ("No entry holds these words." in page) is (found == 0)


def test_the_next_sheet_keeps_what_was_asked_for(of: Settings) -> None:
    page = browser(of).get("/audit?who=Office+%3Cb").text
    assert 'href="/audit?who=Office+%3Cb&amp;page=2" rel="next"' in page
    assert subjects(browser(of).get("/audit?who=Office+%3Cb&page=2").text) == [3, 1]


@pytest.mark.parametrize("page", ["0", "4", "-1", "x", "1e1"])
def test_a_sheet_that_is_none_is_not_found(page: str, of: Settings) -> None:
    assert browser(of).get(f"/audit?page={page}").status_code == 404


def test_where_nothing_was_changed_the_log_says_so_and_makes_nothing(tmp_path: Path) -> None:
    assert "Nobody has changed anything yet." in seen(settings(tmp_path / "home"), "/audit")
    assert not (tmp_path / "home").exists()


def test_entries_are_found_on_both_databases(ledger: Ledger, database_url: str) -> None:
    with open_ledger(database_url, came_from="command line") as door:
        for by in ("Ñandú 100%", "Budget Director"):
            door.say(PLAN, Word(about="mail", subject="", word=PAUSED, by=by, note="", said_at=AT))
    assert [one.who for one in ledger.pages.audit(PLAN, most=9, who="0%")] == ["Ñandú 100%"]
    assert [one.who for one in ledger.pages.audit(PLAN, most=9, who="DIRECTOR", subject="mail")] == ["Budget Director"]
    assert ledger.pages.audited(PLAN) == 2
    assert ledger.pages.audited(PLAN, subject="letter") == 0
