"""The administrators' pages for a browser that asks for Spanish: nothing but names, codes and what was kept stays English."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from ledger.ledger import open_ledger
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.desk_builders import PLANNING, busy
from tests.outbox_builders import key
from tests.test_web_spanish import ENGLISH, SPANISH, without_names
from tests.web_builders import DAY, HERE, PLAN, TestClient, app, browser, settings

ALSO_ENGLISH = re.compile(
    r"\b(owes?|nobody|nothing|none|mails?|letters?|office|item|status|step|told|day|show)\b", re.IGNORECASE
)
"""Further words that no Spanish sentence has, and that names and addresses of the plan's files have not either."""
SHOWN = [
    *("/", "/?as_of=2026-09-01", "/?as_of=2027-03-01", "/?as_of=2026-10-24"),
    *("/owing", "/owing?state=paused", "/owing?state=open&office=budget"),
    *("/outbox", "/outbox?state=held", "/outbox?state=sending", "/held-back"),
    *(f"/outbox/letters/{quote(key(name))}" for name in ("held", "doubt", "sent", "failed", "refused", "waiting", "later")),
    *("/preview", "/preview?day=2026-10-05", "/preview?day=2026-10-24"),
    *("/rollups", "/rollups/2026-27-q1", "/people", "/people/budget", "/people/superintendent"),
    *("/audit", "/audit?who=zz", "/inbox", "/inbox?to=zz", "/inbox?to=owner"),
    *("/items/2.3A", "/items/1.1A", "/items/1.1C", "/items/1.1B", "/items/1.2", "/items/1.1-pm2", "/items/1.2.3A"),
    *("/items/2.3-turnover", "/items/1.2.1-ccmr", "/items/4.2-equity"),
]
REFUSED = [
    *("/nothing", "/items/zz", "/?as_of=x", "/?as_of=1990-01-01", "/outbox?page=99", "/outbox?state=x", "/owing?state=x"),
    *("/outbox/letters/zz", "/inbox/zz", "/rollups/zz", "/rollups/zz/zz", "/preview/2026-10-23/zz", "/static/zz"),
    *("/evidence/zz", "/people/zz"),
]
EMPTY = ["/owing", "/outbox", "/held-back", "/rollups", "/people", "/audit", "/inbox", "/items/1.1A"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home in which nearly everything has happened."""
    return busy(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def kept(home: Settings) -> list[str]:
    """What people wrote, and what the ledger keeps of letters as text: their subjects and reasons."""
    with open_ledger(home.database) as ledger:
        letters = ledger.outbox(PLAN)
        facts = ledger.facts(PLAN, known_by=DAY).every
    said = {getattr(one, name, "") for one in facts for name in ("note", "reference", "source")}
    texts = {text for one in letters for text in (one.subject, one.reason, *(told.reason for told in one.notices))}
    return sorted({*texts, *said} - {""}, key=len, reverse=True)


def left_over(page: str, of: Settings, kept: list[str]) -> list[str]:
    """Return the English words of a page, its titles and labels with them, that are neither a name nor something kept."""
    page = re.sub(r'<span class="whole">(.*?)</span>', r"\1", page)
    page = re.sub(r"<(style|pre|code|datalist|dd|svg)\b[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
    said = " ".join(re.findall(r'(?:title|aria-label|data-label)="([^"]*)"', page))
    text = " ".join(unescape(f"{re.sub('<[^>]+>', ' ', page)} {said}").split())
    for one in kept:
        text = text.replace(" ".join(one.split()), "")
    text = re.sub(r"\S+@\S+|\S*/\S+|\S+\.yaml", "", without_names(text, open_workplace(of)))
    return ENGLISH.findall(text) + ALSO_ENGLISH.findall(text)


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_says_nothing_but_names_in_english(path: str, home: Settings, kept: list[str]) -> None:
    answer = browser(home).get(path, headers=SPANISH)
    assert (answer.status_code, answer.headers["vary"]) == (200, "Accept-Language")
    assert '<html lang="es">' in answer.text
    assert left_over(answer.text, home, kept) == []


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_not_there_is_said_in_spanish(path: str, home: Settings) -> None:
    answer = browser(home).get(path, headers=SPANISH)
    assert answer.status_code in (400, 404)
    assert left_over(answer.text, home, []) == []


@pytest.mark.parametrize("path", EMPTY)
def test_a_page_with_nothing_on_it_is_in_spanish(path: str, tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    assert left_over(browser(of).get(path, headers=SPANISH).text, of, []) == []


@pytest.mark.parametrize(
    ("page", "path", "fields", "status"),
    [
        pytest.param("/outbox", "/outbox/word", {}, 422, id="no-office"),
        pytest.param("/outbox", "/outbox/word", {"pause": "mail"}, 409, id="paused-before"),
        pytest.param("/outbox", "/outbox/word", {"lift": "zz@zz"}, 409, id="never-refused"),
        pytest.param("/outbox", "/outbox/word", {"retry": key("sent")}, 409, id="sent"),
        pytest.param("/outbox", "/outbox/word", {"retry": key("failed")}, 409, id="chosen-anew"),
        pytest.param("later", "later", {"arrived": "it"}, 409, id="never-handed-over"),
        pytest.param("doubt", "doubt", {"hold": "it"}, 409, id="may-still-answer"),
        pytest.param("/people", "/people/referrals", {"back": "zz 1"}, 409, id="never-referred"),
        pytest.param("/people", "/people/referrals", {}, 422, id="no-item"),
        pytest.param("/people/budget", "/people/budget/links", {"link": "zz"}, 409, id="no-such-link"),
        pytest.param("/rollups/2026-27-q1", "/rollups/2026-27-q1/release", {}, 422, id="no-period"),
        pytest.param(
            "/items/1.1A",
            "/items/1.1A/evidence",
            {"by": "Superintendent", "choice": "accept", "seen": "0"},
            409,
            id="meanwhile",
        ),
        pytest.param("/items/1.1A", "/items/1.1A/evidence", {"choice": ""}, 422, id="nothing-chosen"),
        pytest.param("/audit", "/outbox/word", {}, 403, id="from-elsewhere"),
        pytest.param("/outbox", "/outbox/word", {"note": "x" * 20_000}, 413, id="too-long"),
    ],
)
def test_what_cannot_be_done_is_said_in_spanish(
    page: str, path: str, fields: dict[str, str], status: int, home: Settings, kept: list[str]
) -> None:
    looking = browser(home)
    at = page if page.startswith("/") else f"/outbox/letters/{quote(key(page))}"
    token = re.search(r'name="token" value="(\w+)"', looking.get(at).text)
    by = {} if fields == {} and status == 422 else {"by": PLANNING}
    to = path if path.startswith("/") else f"/outbox/word/{quote(key(path))}"
    answer = looking.post(to, data={"token": token[1] if token else "", **by, **fields}, headers=SPANISH)
    assert answer.status_code == status
    assert left_over(answer.text, home, kept) == []


def test_mails_to_come_are_in_spanish_but_for_what_the_office_will_read(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    page = browser(of).get("/preview", headers=SPANISH).text
    mails = re.findall(r'<a href="(/preview/[^"]*)">(.*?)</a>', page)
    subjects = [unescape(re.sub("<[^>]+>", "", subject)) for _, subject in mails]
    assert left_over(page, of, sorted(subjects, key=len, reverse=True)) == []
    one = browser(of).get(mails[0][0], headers=SPANISH).text
    assert left_over(one, of, subjects[:1]) == []


def test_who_is_not_let_in_reads_why_in_spanish(tmp_path: Path) -> None:
    of = settings(tmp_path / "home", admin_password="secret")
    answer = browser(of).get("/", headers=SPANISH)
    assert (answer.status_code, "Se necesita contraseña" in answer.text) == (401, True)
    elsewhere = TestClient(app(settings(tmp_path / "open")), base_url=HERE, client=("192.0.2.7", 50000))
    assert "Solo en este equipo" in elsewhere.get("/", headers=SPANISH).text


def test_an_address_chooses_and_no_browser_means_english(home: Settings) -> None:
    assert "Who owes what" in browser(home).get("/owing?lang=en", headers=SPANISH).text
    assert "Quién tiene qué pendiente" in browser(home).get("/owing?lang=es").text
    assert "Who owes what" in browser(home).get("/owing").text


def test_a_kept_reason_is_said_in_spanish_while_it_still_is_so(home: Settings) -> None:
    moved = browser(home).get("/items/2.3-turnover", headers=SPANISH).text.partition('id="moved"')[2]
    assert "Según los datos" in moved
