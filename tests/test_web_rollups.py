"""The pages of rollups: what was frozen, its files, and the word that lets one go to the board."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import open_ledger
from ledger.records import SUPPRESSED, LetterState, Word
from plan.periods import read_period
from tasks.frozen import frozen
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.web_builders import AT, PLAN, TestClient, browser, settings

PAGE = "/rollups/2026-27-q1"
FILES = [f"rollup-2026-27-q1.{ending}" for ending in ("html", "pdf", "xlsx", "json")]
WORD = {"by": "Office of Strategic Planning", "period": "2026-27 Q1", "note": "For the December meeting."}


@pytest.fixture(scope="module")
def frozen_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose first quarter is frozen, to be copied."""
    of = settings(tmp_path_factory.mktemp("frozen") / "home")
    with open_ledger(of.database) as ledger:
        frozen(read_period("2026-27 Q1"), open_workplace(of), ledger, at=AT)
    return of.home


@pytest.fixture
def rolled_up(frozen_once: Path, tmp_path: Path) -> Settings:
    """Settings of a home whose first quarter is frozen."""
    return settings(shutil.copytree(frozen_once, tmp_path / "home"))


def posted(of: Settings) -> list[tuple[str, LetterState]]:
    """Return the address and state of each letter."""
    with open_ledger(of.database) as ledger:
        return [(one.address, one.state) for one in ledger.outbox(PLAN)]


def form(looking: TestClient) -> dict[str, str]:
    """Open the page, and return the form as it would be sent, filled in."""
    found = re.search(r'name="token" value="([0-9a-f]{32})"', looking.get(PAGE).text)
    assert found is not None
    return {"token": found[1], **WORD}


def sent(looking: TestClient, fields: dict[str, str], **headers: str) -> Any:
    """Send the form."""
    return looking.post(f"{PAGE}/release", data=fields, headers=headers)


def test_nothing_frozen_yet_says_so(tmp_path: Path) -> None:
    assert "No quarter has been frozen yet." in browser(settings(tmp_path / "home")).get("/rollups").text


def test_frozen_rollups_are_listed_with_their_files(rolled_up: Settings) -> None:
    page = browser(rolled_up).get("/rollups").text
    assert f'href="{PAGE}"' in page
    assert all(f'href="{PAGE}/{name}"' in page for name in FILES)
    assert "Not released" in page


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_given_as_what_it_is(name: str, rolled_up: Settings) -> None:
    answer = browser(rolled_up).get(f"{PAGE}/{name}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    if name.endswith("html"):
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    else:
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    "path", [f"{PAGE}/none.pdf", f"{PAGE}/rollup-2026-27-q1.exe", "/rollups/2025-26-q1", f"{PAGE}/..%2Frollup-2026-27-q1.pdf"]
)
def test_what_is_not_there_is_not_found(path: str, rolled_up: Settings) -> None:
    assert browser(rolled_up).get(path).status_code == 404


def test_looking_changes_nothing(rolled_up: Settings) -> None:
    looking = browser(rolled_up)
    for path in ("/rollups", PAGE, f"{PAGE}/release", *(f"{PAGE}/{name}" for name in FILES)):
        looking.get(path)
        looking.head(path)
    assert posted(rolled_up) == []


def test_the_boards_copy_goes_out_by_a_word_of_an_office(rolled_up: Settings) -> None:
    looking = browser(rolled_up)
    assert "Board of Trustees" in looking.get(PAGE).text
    answer = sent(looking, form(looking))
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert posted(rolled_up) == [("board-of-trustees@example.org", LetterState.QUEUED)]
    page = looking.get(PAGE).text
    assert "Released by Office of Strategic Planning, 22 October 2026, 07:30" in page
    assert "board-of-trustees@example.org: queued" in page


def test_the_word_stands_in_the_audit_log_with_who_signed_in_and_from_where(rolled_up: Settings) -> None:
    of = settings(rolled_up.home, proxies="10.20.0.5", admin_header="X-Remote-User")
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Remote-User": "ana@example.org"}
    looking = browser(of, client="10.20.0.5", headers=headers)
    fields = form(looking)
    assert [sent(looking, fields).status_code for _ in range(2)] == [303, 409]
    with open_ledger(of.database) as ledger:
        (entry,) = ledger.pages.audit(PLAN, most=10)
    assert (entry.who, entry.did, entry.subject) == ("Office of Strategic Planning", "released", "rollup of 2026-27 Q1")
    assert entry.came_from == "pages, from 203.0.113.9 as ana@example.org"


def test_a_board_whose_address_was_refused_gets_no_letter_that_would_be_cancelled(rolled_up: Settings) -> None:
    board = "board-of-trustees@example.org"
    refused = Word(about="address", subject=board, word=SUPPRESSED, by="the mail server", note="550", said_at=AT)
    with open_ledger(rolled_up.database) as ledger:
        ledger.say(PLAN, refused)
    looking = browser(rolled_up)
    assert sent(looking, form(looking)).status_code == 303
    assert posted(rolled_up) == []


def test_a_second_press_changes_nothing(rolled_up: Settings) -> None:
    looking = browser(rolled_up)
    fields = form(looking)
    sent(looking, fields)
    assert sent(looking, fields).status_code == 409
    assert len(posted(rolled_up)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"by": ""}, id="no-office"),
        pytest.param({"by": "Nobody's Office"}, id="unknown-office"),
        pytest.param({"period": ""}, id="not-confirmed"),
        pytest.param({"period": "2025-26 Q1"}, id="another-quarter"),
    ],
)
def test_a_bare_press_is_refused(changed: dict[str, str], rolled_up: Settings) -> None:
    looking = browser(rolled_up)
    answer = sent(looking, form(looking) | changed)
    assert answer.status_code == 422
    assert posted(rolled_up) == []


def test_a_form_from_elsewhere_is_refused(rolled_up: Settings) -> None:
    looking, other = browser(rolled_up), browser(rolled_up)
    fields = form(looking)
    assert sent(other, fields).status_code == 403  # without the page's cookie
    assert sent(looking, fields | {"token": "0" * 32}).status_code == 403
    assert sent(looking, WORD).status_code == 403
    assert sent(looking, fields, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert posted(rolled_up) == []


def test_a_form_that_is_too_long_is_refused(rolled_up: Settings) -> None:
    looking = browser(rolled_up)
    assert sent(looking, form(looking) | {"note": "x" * 20_000}).status_code == 413


def test_without_the_password_nobody_from_elsewhere_sees_or_sends(rolled_up: Settings) -> None:
    elsewhere = browser(rolled_up, client="192.0.2.7")
    assert elsewhere.get("/rollups").status_code == 403
    assert elsewhere.post(f"{PAGE}/release", data=WORD).status_code == 403
