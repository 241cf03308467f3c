"""The public page: open to all, without a cookie or a name, kept until something changes, and gone when it is switched off."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from re import findall

import pytest

from ledger.ledger import open_ledger
from ledger.records import Withdrawal
from plan.facts import CheckIn, Implementation
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.outbox_builders import fill
from tests.test_web_design import Outline
from tests.test_web_plan import words
from tests.web_builders import AT, DAY, HERE, PLAN, QUARTER, TestClient, browser, copied, record, settings
from web.app import create_app

STRANGER = "203.0.113.7"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a password, the shipped plan, facts and letters."""
    of = settings(tmp_path_factory.mktemp("home"), admin_password="secret")
    record(of)
    with open_ledger(of.database) as ledger:
        fill(ledger, at=AT)
    return of


def paths(of: Settings) -> Sequence[str]:
    """Return the addresses of all pages and files, as the pages name them."""
    page = browser(of, client=STRANGER).get("/plan").text
    return sorted({"/plan", *findall(r'href="(/plan[^"#]*)"', page)})


def test_everybody_sees_it_without_a_password(recorded: Settings) -> None:
    looking = browser(recorded, client=STRANGER)
    assert looking.get("/").status_code == 401
    found = paths(recorded)
    assert len(found) == 1 + 12 + 3
    for path in found:
        answer = looking.get(path)
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "form-action" in answer.headers["content-security-policy"]


def test_it_is_shown_where_the_address_is_a_shared_one_and_no_password_is_set(tmp_path: Path) -> None:
    of = settings(tmp_path, base_url="https://plan.example.org")
    looking = browser(of, client=STRANGER, at="https://plan.example.org")
    assert looking.get("/").status_code == 403
    assert looking.get("/plan").status_code == 200
    assert looking.get("/plan", headers={"host": "elsewhere.example.org"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/plan", "text/html; charset=utf-8"),
        ("/plan/1.2", "text/html; charset=utf-8"),
        ("/plan/plan.json", "application/json"),
        ("/plan/plankeeper.css", "text/css; charset=utf-8"),
        ("/plan/plankeeper.svg", "image/svg+xml"),
    ],
)
def test_each_answer_says_what_it_is_also_to_who_asks_for_its_head_only(path: str, media_type: str, recorded: Settings) -> None:
    looking = browser(recorded, client=STRANGER)
    whole, head = looking.get(path), looking.head(path)
    assert whole.headers["content-type"] == head.headers["content-type"] == media_type
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_can_only_be_looked_at(method: str, recorded: Settings) -> None:
    answer = browser(recorded, client=STRANGER).request(method, "/plan")
    assert answer.status_code == 405
    assert "Socorro" not in answer.text


def test_nothing_of_the_offices_and_of_what_people_wrote_is_in_it(recorded: Settings) -> None:
    looking = browser(recorded, client=STRANGER)
    everything = "".join(looking.get(path).text for path in paths(recorded))
    said = ["Runs on", "Minutes of September", "State report", "Preliminary", "The board paused it", "example.org"]
    offices = [one.title for one in open_workplace(recorded).owners.offices.values()]
    assert len(offices) > 15
    assert [text for text in (*said, *offices, "overdue", "escalated", "waived") if text in everything] == []


def test_it_has_neither_the_head_of_the_administrators_pages_nor_links_to_them(recorded: Settings) -> None:
    for path in ("/plan", "/plan/1.2"):
        page = Outline(browser(recorded, client=STRANGER).get(path).text)
        assert [link for link in page.values("href") if not link.startswith(("/plan", "#"))] == ["?lang=es"]


def test_a_language_is_chosen_by_a_link_and_goes_along_from_page_to_page(recorded: Settings) -> None:
    page = Outline(browser(recorded, client=STRANGER).get("/plan?lang=es", headers={"accept-language": "en"}).text)
    objectives = [
        link for link in page.values("href") if link.startswith("/plan/") and not link.endswith((".css", ".svg", ".json"))
    ]
    assert "/plan/1.2?lang=es" in objectives
    assert all(link.endswith("?lang=es") for link in objectives)
    assert "?lang=en" in page.values("href")
    assert "/plan?lang=es" in Outline(browser(recorded, client=STRANGER).get("/plan/1.2?lang=es").text).values("href")


def test_an_objectives_page_tells_measures_actions_and_what_is_looked_at_on_the_way(recorded: Settings) -> None:
    text = words(browser(recorded, client=STRANGER).get("/plan/1.2").text)
    assert "How this objective stands on 22 October 2026." in text
    assert "Wanted: from 56 in 2021-22 to 91 % in 2026-27. 81.5 % in 2025-26; 84 expected for that year." in text
    assert "2025-26 84 81.5 reported by the district, 29 August 2026" in text
    first = words(browser(recorded, client=STRANGER).get("/plan/1.1").text)
    assert "1.1A Run the formative assessment plan that gauges instruction, HB3 included on track no evidence yet" in first
    assert "last reported on 6 October 2026" in first
    assert "shown by evidence of 28 September 2026" in first


@pytest.mark.parametrize("below", ["9.9", "1.2.1", "P1", "index.html", "..%2Fsecret_key", "a/b"])
def test_an_unknown_address_below_it_tells_nothing(below: str, recorded: Settings) -> None:
    answer = browser(recorded, client=STRANGER).get(f"/plan/{below}")
    assert answer.status_code == 404
    assert "There is nothing under this address." in answer.text
    assert "Socorro" not in answer.text


@pytest.mark.parametrize("path", ["/plan", "/plan/1.2", "/plan/plan.json"])
def test_switched_off_it_is_answered_like_an_unknown_address(path: str, tmp_path: Path) -> None:
    looking = browser(settings(tmp_path, public_plan=False, admin_password="secret"), client=STRANGER)
    unknown = looking.get("/plan/a/b")
    answer = looking.get(path)
    assert (answer.status_code, answer.content, answer.headers) == (404, unknown.content, unknown.headers)


def test_the_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert settings(tmp_path).public_plan
    monkeypatch.setenv("PLANKEEPER_PUBLIC_PLAN", "false")
    assert not settings(tmp_path).public_plan


# --- kept until something changes ---------------------------------------------------------------------------------------


def said(status: Implementation) -> CheckIn:
    return CheckIn(item="1.1A", period=QUARTER, status=status, note="A note", by="somebody", known_on=DAY)


def stands(looking: TestClient) -> str:
    """Return how the first action stands on its objective's page."""
    text = words(looking.get("/plan/1.1").text)
    return text.partition("HB3 included ")[2].partition(" no evidence")[0]


def test_it_follows_what_is_reported_and_what_is_taken_back(tmp_path: Path) -> None:
    of = settings(tmp_path)
    looking = browser(of)
    assert stands(looking) == "no current report"
    with open_ledger(of.database) as ledger:
        ledger.add_facts(PLAN, [said(Implementation.AT_RISK)], recorded_at=AT)
        assert stands(looking) == "at risk"
        (number,) = ledger.pages.last_numbers(PLAN, ["1.1A"]).values()
        taken_back = Withdrawal(numbers=(number,), by="somebody", known_on=DAY)
        ledger.pages.withdraw(PLAN, taken_back, subject="1.1A", recorded_at=AT, letters=())
    assert stands(looking) == "no current report"


def test_it_follows_an_edit_of_the_plan_file(tmp_path: Path) -> None:
    of = copied(tmp_path / "own")
    looking = browser(of)
    assert "Raise the academic achievement" in looking.get("/plan").text
    of.plan.write_text(of.plan.read_text().replace("Raise the academic achievement", "Lift <b>the</b> achievement"))
    page = looking.get("/plan").text
    assert "Lift &lt;b&gt;the&lt;/b&gt; achievement" in page
    assert "Raise the academic achievement" not in page


def test_it_follows_the_day(tmp_path: Path) -> None:
    days = iter([date(2026, 10, 22), date(2026, 10, 22), date(2026, 10, 23)])
    app = create_app(settings(tmp_path), today=lambda: next(days), now=lambda: AT)
    looking = TestClient(app, base_url=HERE, client=("127.0.0.1", 50000))
    first, second, third = (looking.get("/plan").text for _ in range(3))
    assert "stands on 22 October 2026" in first
    assert first == second
    assert "stands on 23 October 2026" in third


# --- when it cannot be shown --------------------------------------------------------------------------------------------


def test_files_with_problems_are_not_described_to_everybody(tmp_path: Path) -> None:
    of = copied(tmp_path / "own")
    of.plan.write_text("nothing: true")
    answer = browser(of).get("/plan")
    assert answer.status_code == 503
    assert "The plan cannot be shown at the moment. Please come back later." in words(answer.text)
    assert "nothing" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_database_that_does_not_answer_is_not_named_to_everybody(tmp_path: Path) -> None:
    of = settings(tmp_path, database_url="postgresql://jane:secret@127.0.0.1:1/plan")
    answer = browser(of).get("/plan/1.1")
    assert answer.status_code == 503
    assert "127.0.0.1" not in answer.text
    assert "Please come back later." in answer.text
