"""The outbox on the administrators' pages: what is shown, what a word from there does, and that looking changes nothing."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, Route, sync_playwright
from sqlalchemy import MetaData, select

from ledger.ledger import open_ledger
from ledger.records import LetterState, Word
from tasks.said import pause_mail
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.flow_builders import choose, mark_sent
from tests.ledger_builders import direct
from tests.outbox_builders import DAY, OFFICE, PLAN, fill, key, letter, states
from tests.web_builders import AT, HERE, TestClient, browser, copied, settings

NOTE = "She <b>read</b> it."


@pytest.fixture(scope="module")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a letter in each state that somebody can decide on, to be copied."""
    of = settings(tmp_path_factory.mktemp("filled") / "home")
    with open_ledger(of.database) as ledger:
        fill(ledger, at=AT)
        ledger.post([letter("foreign", at=AT, plan="another", key="another/digest/2026-10-22/foreign")])
    return of.home


@pytest.fixture
def filled(filled_once: Path, tmp_path: Path) -> Settings:
    """Settings of a home with a letter in each state that somebody can decide on."""
    return settings(shutil.copytree(filled_once, tmp_path / "home"))


@pytest.fixture(scope="module")
def untouched(filled_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of one such home for all who change nothing."""
    return settings(shutil.copytree(filled_once, tmp_path_factory.mktemp("untouched") / "home"))


def page_of(name: str) -> str:
    """Return the address of a letter's page."""
    return f"/outbox/letters/{quote(key(name))}"


def token(looking: TestClient, path: str) -> str:
    """Open a page and return what its form carries."""
    found = re.search(r'name="token" value="([0-9a-f]{32})"', looking.get(path).text)
    assert found is not None
    return found[1]


def sent(looking: TestClient, fields: dict[str, str], *, name: str = "", **headers: str) -> Any:
    """Send the form of the outbox, or of a letter's page."""
    return looking.post(f"/outbox/word{'/' + quote(key(name)) if name else ''}", data=fields, headers=headers)


def said_so(of: Settings, **deed: str) -> Any:
    """Open the outbox, and press a button of it as an office."""
    looking = browser(of)
    return sent(looking, {"token": token(looking, "/outbox"), "by": OFFICE, "note": NOTE, **deed})


def rows(of: Settings) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with direct(of.database) as engine, engine.connect() as connection:
        known = MetaData()
        known.reflect(connection)
        return {name: [tuple(row) for row in connection.execute(select(table))] for name, table in known.tables.items()}


def words(of: Settings) -> list[Word]:
    """Return what was said about mail, first to last, without what the mail server said."""
    with open_ledger(of.database) as ledger:
        return [one for one in ledger.words(PLAN) if one.by == OFFICE]


def state(of: Settings, name: str) -> LetterState:
    """Return the state of a letter."""
    with open_ledger(of.database) as ledger:
        return states(ledger)[name]


def seen(page: str) -> str:
    """Return the text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# --- what is shown -----------------------------------------------------------------------------------------------------


def test_only_the_plans_letters_are_listed_and_counted(untouched: Settings) -> None:
    page = browser(untouched).get("/outbox").text
    assert "7 letters: 2 queued , 1 sent , 1 in doubt , 1 held , 2 failed ." in seen(page)
    assert "foreign" not in page
    assert browser(untouched).get("/outbox/letters/another/digest/2026-10-22/foreign").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        pytest.param("failed", ["refused", "failed"], id="failed"),
        pytest.param("in_doubt", ["doubt"], id="in-doubt"),
        pytest.param("expired", [], id="none"),
    ],
)
def test_the_outbox_can_be_asked_for_one_state(wanted: str, names: list[str], untouched: Settings) -> None:
    page = browser(untouched).get(f"/outbox?state={wanted}").text
    assert re.findall(r"<td[^>]*><a href=\"/outbox/letters/[^\"]+\">What is asked of (\w+)", page) == names
    assert 'href="/outbox">Show all 7</a>' in page
    assert ("No letter is in that state now." in page) is (names == [])


def test_each_count_leads_to_its_letters(filled: Settings) -> None:
    page = browser(filled).get("/outbox").text
    assert re.findall(r'href="/outbox\?state=(\w+)">(\d)', page) == [
        *(("queued", "2"), ("sent", "1"), ("in_doubt", "1"), ("held", "1"), ("failed", "2")),
    ]


def test_the_pages_of_a_filtered_list_keep_the_state(tmp_path: Path) -> None:
    of = settings(tmp_path)
    with open_ledger(of.database) as ledger:
        ledger.post([letter(f"n{number}", at=AT) for number in range(101)])
    assert 'href="/outbox?state=queued&amp;page=2" rel="next"' in browser(of).get("/outbox?state=queued").text.replace(
        "queued&page", "queued&amp;page"
    )


@pytest.mark.parametrize("path", ["/outbox?state=lost", "/outbox/letters/none", "/outbox/looks/none", "/outbox/letters/"])
def test_what_is_not_there_is_not_found(path: str, filled: Settings) -> None:
    answer = browser(filled).get(path)
    assert (answer.status_code, "<h1>Not found</h1>" in answer.text) == (404, True)


def test_what_is_to_be_decided_stands_first_with_the_buttons_that_can_be_pressed(filled: Settings) -> None:
    page = browser(filled).get("/outbox").text
    assert re.findall(r'<button form="decide" name="(\w+)" value="([^"]+)">', page) == [
        ("arrived", key("doubt")),
        ("retry", key("held")),
        ("arrived", key("held")),
        ("lift", "refused@example.org"),
    ]
    assert page.index('id="asked"') < page.index('id="letters"')
    assert "The mail server said on 22 October 2026, 07:29: “550 No such mailbox”." in seen(page)


def test_of_very_many_letters_some_are_put_up_for_a_decision(tmp_path: Path) -> None:
    of = settings(tmp_path)
    with open_ledger(of.database) as ledger:
        ledger.post([letter(f"n{number:02}", at=AT) for number in range(23)])
        for number in range(23):
            held = Word(about="letter", subject=key(f"n{number:02}"), word="hold", by=OFFICE, note="", said_at=AT)
            ledger.tell_letter(PLAN, held)
    page = browser(of).get("/outbox").text
    assert page.count('<button form="decide" name="retry"') == 20
    assert "And 3 more, which follow as these are decided." in page


def test_a_letters_page_says_all_that_is_known_of_it(filled: Settings) -> None:
    said_so(filled, arrived=key("held"))
    text = seen(browser(filled).get(page_of("held")).text)
    for part in (
        "What is asked of held",
        'To Chief "Academic" Officer, Ñ, held@example.org',
        f"sent {OFFICE}: {NOTE} Nothing more is to be done.",
        "1 22 October 2026, 07:00 22 October 2026, 07:25 held Whether the server accepted it never became known",
        f"22 October 2026, 07:30 It has arrived {OFFICE} {NOTE}",
        '1.1A Teach reading Chief "Academic" Officer, Ñ. overdue: check-in for 2026-27 Q1. Was due 2026-10-14',
        f"Key {key('held')} Kind digest Message-ID <held@mail.example.org>",
        "Sent 22 October 2026, 07:00",
        "Content-Type text/html",
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
    ):
        assert part in text


def test_the_id_under_which_the_server_queued_a_letter_is_named(filled: Settings) -> None:
    assert "sent 250 2.0.0 Ok: queued as 4F1C2 Queue id 4F1C2" in seen(browser(filled).get(page_of("sent")).text)


@pytest.mark.parametrize(
    ("office", "title"),
    [
        pytest.param("strategic-planning", OFFICE, id="its-title"),
        pytest.param("of-old", "of-old", id="gone-since"),
    ],
)
def test_a_letter_that_tells_no_step_names_its_office_too(office: str, title: str, tmp_path: Path) -> None:
    of = settings(tmp_path)
    with open_ledger(of.database) as ledger:
        ledger.post([letter("weekly", at=AT, kind="week", office=office, notices=(), tellings=())])
    assert f"To {title}, weekly@example.org" in seen(browser(of).get(page_of("weekly")).text)
    assert f"{title} weekly@example.org" in seen(browser(of).get("/outbox").text)


def test_an_attempt_that_has_not_ended_says_so(filled: Settings) -> None:
    text = seen(browser(filled).get(page_of("doubt")).text)
    assert "1 22 October 2026, 07:25 Nothing was heard yet open" in text
    assert "In doubt since 22 October 2026, 07:25. Unless it is found that the server took it, it is held after" in text


def test_how_a_letter_looks_is_locked_in(filled: Settings) -> None:
    assert f'src="/outbox/looks/{quote(key("held"))}" sandbox' in browser(filled).get(page_of("held")).text
    answer = browser(filled).get(f"/outbox/looks/{quote(key('held'))}")
    assert answer.text.strip() == "<p>Hello <b>you</b>"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")


def test_who_is_held_back_by_the_weekly_limit_is_named_with_what_waits(tmp_path: Path) -> None:
    of = copied(tmp_path)
    of.plan.write_text(of.plan.read_text().replace("# digests_per_week: 3", "digests_per_week: 1"))
    with open_ledger(of.database) as ledger:
        choose(of, open_workplace(of), ledger, DAY - timedelta(days=3))
        mark_sent(open_workplace(of), ledger, DAY - timedelta(days=3))
    text = seen(browser(of).get("/held-back").text)
    assert "Budget Director budget@example.org Budget Director has had 1 digest this week, and the limit is 1" in text
    assert "11 items" in text


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        pytest.param(DAY, "Nobody: whoever is to be told something today gets it.", id="working-day"),
        pytest.param(date(2026, 10, 24), "Nobody: today is not a working day, so nothing is chosen.", id="saturday"),
    ],
)
def test_where_nobody_is_held_back_the_page_says_why(day: date, sentence: str, tmp_path: Path) -> None:
    from web.app import create_app  # noqa: PLC0415 - on another day than all other pages

    app = create_app(settings(tmp_path / "home"), today=lambda: day, now=lambda: AT)
    assert sentence in TestClient(app, base_url=HERE, client=("127.0.0.1", 50000)).get("/held-back").text
    assert not (tmp_path / "home").exists()


# --- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deed", "name", "becomes"),
    [
        pytest.param("retry", "held", LetterState.QUEUED, id="again"),
        pytest.param("arrived", "held", LetterState.SENT, id="arrived"),
        pytest.param("arrived", "doubt", LetterState.SENT, id="arrived-in-doubt"),
    ],
)
def test_a_button_of_the_outbox_decides_on_a_letter(deed: str, name: str, becomes: LetterState, filled: Settings) -> None:
    answer = said_so(filled, **{deed: key(name)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/outbox")
    assert state(filled, name) is becomes
    assert words(filled) == [Word(about="letter", subject=key(name), word=deed, by=OFFICE, note=NOTE, said_at=AT)]
    assert "<b>read" not in browser(filled).get("/outbox").text


@pytest.mark.parametrize(
    ("deed", "name", "becomes"),
    [
        pytest.param("retry", "later", LetterState.QUEUED, id="again"),
        pytest.param("hold", "later", LetterState.HELD, id="hold"),
    ],
)
def test_a_button_of_a_letters_page_decides_on_it(deed: str, name: str, becomes: LetterState, filled: Settings) -> None:
    looking = browser(filled)
    answer = sent(looking, {"token": token(looking, page_of(name)), "by": OFFICE, deed: "it"}, name=name)
    assert (answer.status_code, answer.headers["location"]) == (303, page_of(name))
    assert state(filled, name) is becomes


def test_mail_is_paused_and_let_go_on(filled: Settings) -> None:
    assert "Mail is paused" not in browser(filled).get("/outbox").text
    assert said_so(filled, pause="mail").status_code == 303
    page = browser(filled).get("/outbox").text
    assert f"Mail is paused By {OFFICE}, 22 October 2026, 07:30: {NOTE}" in seen(page)
    assert 'name="pause"' not in page
    assert "All mail is paused; it goes out once somebody lets mail go on." in browser(filled).get(page_of("later")).text
    assert said_so(filled, resume="mail").status_code == 303
    assert "Mail is paused" not in browser(filled).get("/outbox").text
    assert [one.word for one in words(filled)] == ["paused", "resumed"]


@pytest.mark.parametrize(
    ("deed", "subject"),
    [
        pytest.param({"hold": key("waiting")}, f"letter {key('waiting')}", id="hold"),
        pytest.param({"pause": "mail"}, "mail", id="pause"),
        pytest.param({"lift": "refused@example.org"}, "address refused@example.org", id="lift"),
    ],
)
def test_each_word_stands_in_the_audit_log_once(deed: dict[str, str], subject: str, filled: Settings) -> None:
    for status in (303, 409):  # the second time nothing is changed
        assert said_so(filled, **deed).status_code == status
    with open_ledger(filled.database) as ledger:
        (entry,) = ledger.pages.audit(PLAN, most=10)
    assert (entry.at, entry.who, entry.subject, entry.came_from) == (AT, OFFICE, subject, "pages, from 127.0.0.1")


def test_a_refused_address_is_lifted(filled: Settings) -> None:
    assert said_so(filled, lift="refused@example.org").status_code == 303
    assert 'name="lift"' not in browser(filled).get("/outbox").text
    assert words(filled)[-1].word == "lifted"


@pytest.mark.parametrize(
    ("deed", "status", "sentence"),
    [
        pytest.param({"retry": key("sent")}, 409, "The letter is sent, so it cannot be sent again", id="sent-already"),
        pytest.param({"retry": key("doubt")}, 409, "The mail server may still answer, until", id="still-in-doubt"),
        pytest.param({"resume": "mail"}, 409, "Mail is not paused; nothing was changed.", id="not-paused"),
        pytest.param({"lift": "nobody@example.org"}, 409, "No mail server has refused", id="not-refused"),
        pytest.param({"retry": "another/digest/2026-10-22/foreign"}, 404, "There is no letter", id="another-plans"),
    ],
)
def test_what_cannot_be_decided_changes_nothing(deed: dict[str, str], status: int, sentence: str, untouched: Settings) -> None:
    before = rows(untouched)
    answer = said_so(untouched, **deed)
    assert (answer.status_code, sentence in seen(answer.text)) == (status, True)
    assert rows(untouched) == before


@pytest.mark.parametrize("path", [pytest.param("/outbox", id="outbox"), pytest.param(page_of("held"), id="letter")])
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"retry": key("held")}, id="no-office"),
        pytest.param({"retry": key("held"), "by": "Nobody's Office"}, id="unknown-office"),
        pytest.param({"retry": key("held"), "by": "Board of Trustees"}, id="the-board"),
        pytest.param({"by": OFFICE}, id="no-button"),
        pytest.param({"by": OFFICE, "retry": key("held"), "arrived": key("held")}, id="two-buttons"),
    ],
)
def test_a_bare_press_leads_back_to_the_form(path: str, fields: dict[str, str], untouched: Settings) -> None:
    before, looking = rows(untouched), browser(untouched)
    answer = sent(looking, {"token": token(looking, path), **fields}, name="" if path == "/outbox" else "held")
    assert answer.status_code == 422
    assert "Nothing was changed. Choose the office that decides, then press one button." in answer.text
    assert 'name="retry"' in answer.text
    assert rows(untouched) == before


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param({"pause": "mail"}, id="pause"),
        pytest.param({"resume": "mail"}, id="resume"),
        pytest.param({"lift": "refused@example.org"}, id="lift"),
    ],
)
def test_a_letters_page_decides_on_nothing_but_the_letter(deed: dict[str, str], filled: Settings) -> None:
    if "resume" in deed:
        with open_ledger(filled.database) as ledger:
            pause_mail(ledger, PLAN, by=OFFICE, note="", at=AT)
    before, looking = rows(filled), browser(filled)
    answer = sent(looking, {"token": token(looking, page_of("held")), "by": OFFICE, **deed}, name="held")
    assert (answer.status_code, "Nothing was changed." in answer.text) == (422, True)
    assert rows(filled) == before


def test_what_cannot_be_printed_is_in_no_key_and_in_no_note(tmp_path: Path, database_url: str) -> None:
    of = settings(tmp_path, database_url=database_url)
    with open_ledger(of.database) as ledger:
        ledger.post([letter("held", at=AT)])
    looking = browser(of)
    for path in ("/outbox/letters/%00", "/outbox/looks/x%00", "/outbox/letters/%E2%80%AE"):
        assert looking.get(path).status_code == 404
    own = {"token": token(looking, "/outbox"), "by": OFFICE, "note": "Read\0 it\u202e."}
    assert looking.post("/outbox/word/%00", data=own | {"hold": "it"}).status_code == 404
    assert sent(looking, own | {"hold": "\0"}).status_code == 422
    assert sent(looking, own | {"lift": "a\0@example.org"}).status_code == 409
    assert sent(looking, own | {"hold": f"{key('held')}\0"}).status_code == 303
    assert [one.note for one in words(of)] == ["Read  it ."]


def test_no_office_is_chosen_beforehand(untouched: Settings) -> None:
    for path in ("/outbox", page_of("held")):
        page = browser(untouched).get(path).text
        assert '<option value="">Choose</option>' in page
        assert "selected" not in page


def test_looking_and_forms_from_elsewhere_change_nothing(filled: Settings) -> None:
    with open_ledger(filled.database) as ledger:
        pause_mail(ledger, PLAN, by=OFFICE, note="", at=AT)
    before, looking, other = rows(filled), browser(filled), browser(filled)
    pages = ["/outbox", "/held-back", "/outbox?state=held", page_of("held"), page_of("sent")]
    for path in (*pages, "/outbox/word", f"/outbox/word/{quote(key('held'))}", page_of("held").replace("letters", "looks")):
        looking.get(path)
        looking.head(path)
    own = {"token": token(looking, "/outbox"), "by": OFFICE, "retry": key("held")}
    of_a_letter = own | {"token": token(looking, page_of("held"))}
    assert sent(other, own).status_code == 403  # without the page's cookie
    assert sent(looking, own | {"token": "0" * 32}).status_code == 403
    assert sent(looking, own | {"token": "ü"}).status_code == 403
    assert sent(looking, {"by": OFFICE, "retry": key("held")}).status_code == 403
    assert sent(looking, own, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert sent(looking, of_a_letter).status_code == 403  # the form of another page
    assert sent(looking, own, name="held").status_code == 403
    assert sent(looking, own | {"note": "x" * 20_000}).status_code == 413
    assert browser(filled, client="192.0.2.7").post("/outbox/word", data=own).status_code == 403
    assert rows(filled) == before


# --- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; where there is none the test is skipped, except where all tests have to run."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must not skip what needs it", pytrace=False)
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def looking_in(chromium: Browser, of: Settings, **how: Any) -> Page:
    """Return a page of the browser that is answered by the application, without a network between them."""
    app, page = browser(of), chromium.new_context(**how).new_page()

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        sent: dict[str, Any] = {"content": route.request.post_data_buffer, "headers": route.request.all_headers()}
        got = app.request(route.request.method, f"{asked.path}?{asked.query}".rstrip("?"), **sent)
        headers = {name: value for name, value in got.headers.items() if name != "content-length"}
        route.fulfill(status=got.status_code, body=got.content, headers=headers)

    page.route("**/*", answer)
    return page


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1200, "dark")])
def test_the_pages_fit_their_window_and_keep_nobody_out(width: int, scheme: Any, chromium: Browser, filled: Settings) -> None:
    with open_ledger(filled.database) as ledger:
        pause_mail(ledger, PLAN, by=OFFICE, note="Wrong dates.", at=AT)
    how: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
    page = looking_in(chromium, filled, **how)
    for path in ("/outbox", page_of("held"), "/held-back"):
        page.goto(f"{HERE}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_who_chooses_an_office_and_presses_a_button_has_decided(chromium: Browser, filled: Settings) -> None:
    page = looking_in(chromium, filled)
    page.goto(f"{HERE}/outbox")
    button = page.get_by_role("button", name=re.compile("Send it again.*held@example.org, 22 October 2026"))
    button.click()  # the browser asks for the office first
    assert words(filled) == []
    page.get_by_label("Which office decides?").first.select_option(OFFICE)
    button.click()
    page.wait_for_url(f"{HERE}/outbox")
    assert [(one.word, one.subject) for one in words(filled)] == [("retry", key("held"))]
    assert page.get_by_role("button", name="Send it again").count() == 0
