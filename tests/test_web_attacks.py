"""Attacks on the pages, none of which may get anywhere: forged links, hosts, addresses and forms, guesses, SQL, scripts."""

import socket
import unicodedata
from base64 import b64encode
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from lxml import html
from starlette.requests import Request

from ledger.ledger import open_ledger
from ledger.records import PAUSED, Grant, Word
from notifications.grants import granted, link
from notifications.rollup.workbook import workbook
from plan.facts import CheckIn, CorrectivePlan, Evidence, Fact, Referral, SentBack, Waiver
from plan.owners import Person
from plan.periods import SchoolYear
from tasks.settings import Settings
from tests.outbox_builders import key as letter_key
from tests.outbox_builders import letter as waiting_letter
from tests.rollup_builders import SEAL, action, rollup, saying
from tests.web_builders import AT, DAY, FACTS, PLAN, QUARTER, TestClient, browser, letter, rows, served, settings
from web.asked import NONCE, Asking
from web.desk import Desk
from web.guard import Guard
from web.limits import REQUESTS, Limits

HERE, EVIL = "127.0.0.1:8765", "evil.example.org"
READER = Person(office="budget", title="Budget Director", address="budget@example.org")
ANOTHER = replace(READER, address="another@example.org")
ONE_CLICK = b"List-Unsubscribe=One-Click"
OFFICE = "Office of Strategic Planning"
SOMEBODY, PROXY = "192.0.2.7", "10.20.0.5"

_clients = (f"2001:db8:{high:x}:{low:x}::1" for high in range(1, 0xFFFF) for low in range(0xFFFF))
"""Somebody else each time, where a limit is not what is attacked."""


def grant(of: Settings, to: Person = READER, **changed: Any) -> Grant:
    """Return the grant of a reader, as a letter brings it."""
    return replace(granted("unsubscribe", PLAN, to, key=of.key, made_at=AT), **changed)


def path(of: Settings, to: Person = READER, **changed: Any) -> str:
    """Return the path of a reader's link."""
    return link(grant(of, to, **changed), base_url="", key=of.key)


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home with links, facts and letters, which no attack here may change."""
    of = settings(tmp_path_factory.mktemp("attacked") / "home")
    begin(of)
    return of


def begin(of: Settings) -> None:
    """Put links, facts and letters into a ledger."""
    with open_ledger(of.database) as ledger:
        ledger.add_facts(PLAN, FACTS, recorded_at=AT)
        ledger.post([replace(letter(1), grants=(grant(of), grant(of, ANOTHER))), waiting_letter("waiting", at=AT)])


# --- links ---------------------------------------------------------------------------------------------------------------


@trying(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.data())
def test_no_link_that_differs_in_a_single_letter_leads_anywhere(chance: st.DataObject, of: Settings) -> None:
    good = path(of).removeprefix("/u/")
    place = chance.draw(st.integers(0, len(good) - 1))
    other = chance.draw(st.sampled_from("ABCwxyz0189-_.~ é%/").filter(lambda one: one != good[place]))
    cut = chance.draw(st.booleans())
    wrong = good[:place] if cut else good[:place] + other + good[place + 1 :]
    asking = browser(of, client=next(_clients))
    for answer in (asking.get(f"/u/{quote(wrong)}"), asking.post(f"/u/{quote(wrong)}", content=ONE_CLICK)):
        assert answer.status_code == 404
        assert "This link does not lead anywhere" in answer.text


def test_whatever_is_wrong_with_a_link_all_answers_are_the_same(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    people = {name: replace(READER, address=f"{name}@example.org") for name in ("right", "over", "back", "view", "update")}
    right, over, back, view, update = (grant(of, to) for to in people.values())
    kept = (
        right,
        replace(over, expires_on=date(2026, 10, 21)),
        back,
        replace(view, scope="view"),
        replace(update, scope="update"),
    )
    with open_ledger(of.database) as ledger:
        ledger.post([replace(letter(1), grants=kept)])
        assert ledger.revoke(back.id, by="planning", at=AT)
    elsewhere = settings(tmp_path / "elsewhere")  # with another key
    wrong = [
        *(path(of, people[name]) for name in ("over", "back", "view", "update")),
        *(path(of, people[name], scope=name) for name in ("view", "update")),  # by a proof of their own scope
        path(of, people["right"], scope="update"),  # the right grant, by the proof of another scope
        path(elsewhere, people["right"]),
        path(of, replace(READER, address="never@example.org")),
        *(f"{path(of, people['right'])}{more}" for more in ("/", "/1.1A", ".", "=", "%00", "%2e%2e")),
        f"/u/{path(of, people['right']).removeprefix('/u/').swapcase()}",
    ]
    asking = browser(of)
    assert asking.get(path(of, people["right"])).status_code == 200
    asked = [
        ask(at) for at in wrong for ask in (asking.get, lambda at: browser(of, client=SOMEBODY).post(at, content=ONE_CLICK))
    ]
    assert {answer.status_code for answer in asked} == {404}
    assert len({(answer.text, *answer.headers.items()) for answer in asked}) == 1


# --- guesses -------------------------------------------------------------------------------------------------------------

GUESSES = 10_000


def test_of_ten_thousand_guesses_at_a_link_sixty_a_minute_are_looked_at(of: Settings) -> None:
    guard = Guard(of, Limits(of, lambda: AT))
    proofs = (f"{number:022}" for number in range(GUESSES))
    statuses = [refused.status if refused else 0 for proof in proofs for refused in [guard.refuses(guess(of, proof))]]
    assert statuses == [0] * REQUESTS.most + [429] * (GUESSES - REQUESTS.most)


def guess(of: Settings, proof: str, client: str = "198.51.100.1") -> Request:
    """Return a request that guesses at the proof of a reader's link."""
    headers = [(b"host", HERE.encode()), (b"x-forwarded-for", proof[-3:].encode())]
    scope = {"type": "http", "method": "POST", "path": f"/u/{grant(of).id}.{proof}", "headers": headers, "query_string": b""}
    return Request(scope | {"client": (client, 1)})


def test_guesses_from_everywhere_do_not_keep_the_reader_out(of: Settings) -> None:
    guard = Guard(of, Limits(of, lambda: AT))
    for number in range(30):
        assert guard.refuses(guess(of, f"{number:022}", client=f"198.51.100.{number + 100}")) is None
    assert browser(of, client="198.51.100.99").get(path(of)).status_code == 200


def test_of_ten_thousand_guesses_at_the_password_ten_a_minute_are_looked_at(tmp_path: Path) -> None:
    locked = settings(tmp_path / "home", admin_password="9999")
    guard = Guard(locked, Limits(locked, lambda: AT))
    statuses = []
    for number in range(GUESSES):  # the last one is right
        shown = b"Basic " + b64encode(f"admin:{number}".encode())
        headers = [(b"host", HERE.encode()), (b"authorization", shown)]
        scope = {"type": "http", "method": "GET", "path": "/outbox", "headers": headers, "query_string": b""}
        refused = guard.refuses(Request(scope | {"client": (SOMEBODY, 1)}))
        statuses.append(refused.status if refused else 200)
    assert statuses == [401] * 10 + [429] * (GUESSES - 10)


# --- hosts and addresses that lead elsewhere -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        *(
            "//evil.example.org",
            "//evil.example.org/%2e%2e",
            "/u/..//evil.example.org",
            "/u//evil.example.org",
            "/%5Cevil.example.org",
        ),
        *("/u/%2e%2e%2f%2fevil.example.org", "/@evil.example.org", "/u/https://evil.example.org", "/items//evil.example.org"),
        *(
            "/?next=//evil.example.org",
            "/outbox/letters//evil.example.org",
            "/rollups//evil.example.org",
            "/static/..//evil.example.org",
        ),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_leads_to_another_host(method: str, target: str, of: Settings) -> None:
    answer = browser(of).request(method, f"http://{HERE}{target}")
    assert "location" not in answer.headers
    assert answer.status_code in (200, 404, 405)


FORWARDED = {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "Forwarded": f"host={EVIL}", "X-Original-URL": "/outbox"}


def test_what_a_header_calls_the_host_stands_in_no_answer(of: Settings) -> None:
    asking = browser(of, client=next(_clients))
    pressed = asking.post(path(of, ANOTHER), content=ONE_CLICK, headers=FORWARDED)
    for answer in (asking.get(path(of), headers=FORWARDED), asking.get("/outbox", headers=FORWARDED), pressed):
        assert EVIL not in f"{answer.headers} {answer.text}"


def test_a_form_leads_back_to_its_own_page_whatever_the_host_is_called(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    begin(of)
    asking = browser(of)
    answer = asking.post(path(of), data=own_form(of, asking, "/u", grant(of).id, choice="off"), headers=FORWARDED)
    assert (answer.status_code, answer.headers["location"]) == (303, path(of))


def said(port: int, request: str) -> str:
    """Send bytes as they are, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        parts = iter(lambda: line.recv(65536), b"")
        return b"".join(parts).decode(errors="replace")


RAW = {
    "another-host": f"GET /outbox HTTP/1.1\nHost: {EVIL}\nConnection: close\n\n",
    "two-hosts": f"GET /outbox HTTP/1.1\nHost: localhost\nHost: {EVIL}\nConnection: close\n\n",
    "no-host": "GET /outbox HTTP/1.0\n\n",
    "another-host-in-the-target": f"GET http://{EVIL}/outbox HTTP/1.1\nHost: {EVIL}\nConnection: close\n\n",
    "user-in-the-host": f"GET /outbox HTTP/1.1\nHost: localhost@{EVIL}\nConnection: close\n\n",
    "line-folded": f"GET /outbox HTTP/1.1\nHost: {EVIL}\n localhost\nConnection: close\n\n",
    "forwarded": "GET /outbox HTTP/1.1\nHost: localhost\nX-Forwarded-For: 127.0.0.1\nConnection: close\n\n",
    "path-up": "GET /u/../outbox HTTP/1.1\nHost: localhost\nX-Forwarded-For: 127.0.0.1\nConnection: close\n\n",
    "path-up-encoded": "GET /u/%2e%2e/outbox HTTP/1.1\nHost: localhost\nX-Forwarded-For: 127.0.0.1\nConnection: close\n\n",
    "path-cut": "GET /static/%3f/../../outbox HTTP/1.1\nHost: localhost\nX-Forwarded-For: 1\nConnection: close\n\n",
    "two-lengths": "POST /outbox/word HTTP/1.1\nHost: localhost\nContent-Length: 0\nContent-Length: 9\n\n",
}


def test_whatever_is_sent_to_the_server_itself_nobody_sees_the_outbox(of: Settings) -> None:
    with served(of) as port:
        assert "Outbox" in said(port, "GET /outbox HTTP/1.1\nHost: localhost\nConnection: close\n\n")
        answers = {name: said(port, request) for name, request in RAW.items()}
        absolute = said(port, f"GET http://{EVIL}/ HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    statuses = {name: answer.split(" ", 2)[1] for name, answer in answers.items()}
    assert set(statuses.values()) <= {"400", "403", "404"}, statuses
    assert not [name for name, answer in answers.items() if "What is asked of" in answer or " 200 " in answer.split("\n")[0]]
    assert EVIL not in absolute.replace(f"http://{EVIL}/", "")
    assert "ocation:" not in absolute


# --- administrators' pages -----------------------------------------------------------------------------------------------

FORGED: list[dict[str, str]] = [
    *(
        {name: address}
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP")
        for address in ("127.0.0.1", "::1")
    ),
    {"X-Forwarded-For": f"127.0.0.1, {PROXY}"},
    {"X-Forwarded-For": f"{PROXY}, 127.0.0.1", "Via": "1.1 proxy"},
    {"X-Remote-User": "admin"},
    {"X-Remote-User": "admin", "X-Forwarded-For": PROXY},
    {"Remote-User": "admin", "X-Forwarded-User": "admin", "X_Remote_User": "admin"},
    {"Authorization": "Basic YWRtaW46"},
    {"Authorization": "Bearer x"},
    {"X-Original-URL": "/static/plankeeper.css", "X-Rewrite-URL": "/u/x"},
]
ADMINISTRATORS = ("/", "/items/1.1A", "/outbox", "/held-back", "/rollups", "/inbox", "/u/../outbox", "/static/../outbox")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="plain"),
        pytest.param({"proxies": PROXY}, id="behind-a-proxy"),
        pytest.param({"proxies": PROXY, "admin_header": "X-Remote-User"}, id="that-signs-people-in"),
        pytest.param({"admin_password": "secret"}, id="with-a-password"),
    ],
)
def test_whatever_somebody_elsewhere_forges_no_administrators_page_opens(changed: dict[str, str], tmp_path: Path) -> None:
    of = settings(tmp_path / "home", **changed)
    for headers in FORGED:
        asking = browser(of, client=next(_clients))
        for at in ADMINISTRATORS:
            answer = asking.get(at, headers=headers)
            assert answer.status_code in (401, 403, 404), (at, headers)
            assert "Socorro" not in answer.text
    assert browser(of, client=SOMEBODY).post("/outbox/word", data={"pause": "mail", "by": OFFICE}).status_code in (401, 403)


# --- forms ---------------------------------------------------------------------------------------------------------------


def own_form(of: Settings, asking: TestClient, at: str, subject: str, **fields: str) -> dict[str, str]:
    """Return a form as its own page gives it to a browser, which keeps its cookie."""
    nonce = f"nonce-of-{at[1:]}"
    asking.cookies.set(NONCE, nonce, domain="127.0.0.1", path=at)
    return {"token": asking_at(of, at).token(subject, nonce), **fields}


def asking_at(of: Settings, at: str, plan: str = PLAN) -> Asking:
    """Return the forms below a path."""
    return Asking(Desk(of, today=lambda: DAY), at, plan)


@pytest.fixture
def forms(tmp_path: Path) -> tuple[Settings, list[tuple[str, str, str, dict[str, str]]]]:
    """Settings, and every form that changes something: where it is sent, where it stands, about what, and its fields."""
    of = settings(tmp_path / "home")
    begin(of)
    held = letter_key("waiting")
    return of, [
        ("/outbox/word", "/outbox", "", {"by": OFFICE, "pause": "mail"}),
        (f"/outbox/word/{quote(held)}", "/outbox", held, {"by": OFFICE, "hold": "it"}),
        ("/rollups/2025-26-q1/release", "/rollups", "2025-26-q1", {"by": OFFICE, "period": "2025-26 Q1"}),
        (path(of), "/u", grant(of).id, {"choice": "off"}),
    ]


Forms = tuple[Settings, list[tuple[str, str, str, dict[str, str]]]]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "CROSS-SITE", "", "nonsense"])
def test_a_form_of_another_site_changes_nothing_even_with_a_right_token(site: str, forms: Forms) -> None:
    of, every = forms
    before = rows(of)
    for at, page, subject, fields in every:
        asking = browser(of, client="127.0.0.1")
        form = own_form(of, asking, page, subject, **fields)
        assert asking.post(at, data=form, headers={"Sec-Fetch-Site": site, "Origin": f"https://{EVIL}"}).status_code == 403
    assert rows(of) == before


def test_a_form_with_a_token_that_is_missing_stale_or_for_something_else_changes_nothing(forms: Forms, tmp_path: Path) -> None:
    of, every = forms
    before = rows(of)
    for at, page, subject, fields in every:
        asking = browser(of)
        nonce = f"nonce-of-{page[1:]}"
        own_form(of, asking, page, subject)
        wrong = [
            "",
            "0" * 32,
            "é" * 32,
            asking_at(of, page).token(subject, "an-earlier-nonce"),
            asking_at(of, page).token(f"{subject}x", nonce),
            asking_at(of, f"{page}x").token(subject, nonce),
            asking_at(of, page, "another").token(subject, nonce),
            asking_at(settings(tmp_path / "elsewhere"), page).token(subject, nonce),  # with another key
        ]
        for token in wrong:
            assert asking.post(at, data={"token": token, **fields}).status_code == 403, (at, token)
        assert asking.post(at, data=fields).status_code == 403
    assert rows(of) == before


def test_the_same_forms_from_their_own_pages_are_taken(forms: Forms) -> None:
    of, every = forms
    statuses = []
    for at, page, subject, fields in every:
        asking = browser(of)
        statuses.append(asking.post(at, data=own_form(of, asking, page, subject, **fields)).status_code)
    assert statuses == [303, 303, 404, 303]  # nothing was frozen, so that rollup is not there


# --- SQL -----------------------------------------------------------------------------------------------------------------

SQL = (
    *(
        "'",
        "1; DROP TABLE word",
        "') UNION SELECT 1,2,3--",
        "%' OR 1=1--",
        "$$;SELECT pg_sleep(9)$$",
        "\u2019 OR \u20181\u2019=\u20181",
    ),
    *("%s:plan", "\x00"),
)


@pytest.fixture
def asked(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a database of both kinds with something in it."""
    of = settings(tmp_path / "home", database_url=database_url)
    begin(of)
    return of


def test_sql_in_paths_and_queries_is_a_strange_name_and_nothing_else(asked: Settings) -> None:
    before = rows(asked)
    for words in (quote(one, safe="") for one in SQL):
        asking = browser(asked, client=next(_clients))
        local = browser(asked)
        queries = (
            "/?as_of=",
            "/items/1.1A?as_of=",
            "/outbox?state=",
            "/outbox?page=",
            "/inbox?to=",
            "/inbox?page=",
            "/rollups?x=",
        )
        paths = ("/items/", "/outbox/letters/", "/outbox/looks/", "/inbox/", "/rollups/", "/rollups/2025-26-q1/", "/static/")
        answers = [local.get(f"{at}{words}") for at in (*queries, *paths)]
        answers += [asking.get(f"/u/{words}"), asking.post(f"/u/{words}.{words}", content=ONE_CLICK)]
        assert {answer.status_code for answer in answers} <= {200, 400, 404}, words
        assert not [answer for answer in answers if "sqlite" in answer.text.casefold() or "psycopg" in answer.text]
    assert rows(asked) == before


def test_sql_in_forms_is_kept_as_it_was_written_or_refused(asked: Settings) -> None:
    at = "/outbox/word"
    for number, words in enumerate(one for one in SQL if one.isprintable()):
        asking = browser(asked)
        deed = "pause" if number % 2 == 0 else "resume"
        for by, status in ((words, 422), (OFFICE, 303)):
            form = own_form(asked, asking, "/outbox", "", by=by, note=words, **{deed: words})
            assert asking.post(at, data=form).status_code == status
    with open_ledger(asked.database) as ledger:
        assert [word.note for word in ledger.words(PLAN, about="mail")] == [one for one in SQL if one.isprintable()]


# --- scripts and formulas ------------------------------------------------------------------------------------------------

SCRIPTS = (
    *("<script>alert(1)</script>", "</td></table><script src=//evil.example.org></script>", '"><img src=x onerror=alert(1)>'),
    *(
        "' onmouseover='alert(1)",
        "<svg/onload=alert(1)>",
        "<!--",
        "]]><script>",
        "javascript:alert(1)",
        "{{ 7 * 7 }}",
        "<a href=javascript:x>y",
    ),
    *(
        "<iframe srcdoc='<script>1</script>'>",
        "<style>*{display:none}</style>",
        "<base href=//evil.example.org>",
        "<form action=//evil>",
    ),
)


def facts(words: str) -> tuple[Fact, ...]:
    """Return facts in which all that people write says this."""
    about: dict[str, Any] = {"item": "1.1A", "period": QUARTER, "by": words, "known_on": DAY}
    note = about | {"note": words}
    measure = about | {"item": "1.1-rating"}
    return (
        CheckIn(**note, status=FACTS[0].status, obstacles=words),
        Evidence(**note, reference=words, dated_on=DAY),
        SentBack(**note, reference=words),
        Referral(**note, asked="academics"),
        Waiver(**note),
        CorrectivePlan(**measure | {"period": SchoolYear(2026)}, cause=words, step=words, done_by=DAY, effect=words),
    )


def test_scripts_in_what_people_wrote_are_text_on_every_page(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    begin(of)
    plain = browser(of)
    with open_ledger(of.database) as ledger:
        for words in SCRIPTS:
            ledger.add_facts(PLAN, facts(words), recorded_at=AT)
            ledger.say(PLAN, Word(about="mail", subject="", word=PAUSED, by=words, note=words, said_at=AT))
            ledger.post([waiting_letter(f"{quote(words, safe='')}", at=AT, subject=words, office=words)])
    for at in ("/", "/items/1.1A", "/items/1.1-rating", "/outbox", "/held-back", "/rollups", "/outbox?state=queued"):
        page = html.fromstring(plain.get(at).text)
        assert not page.xpath("//script | //iframe | //base | //style | //img[not(starts-with(@src, '/'))]"), at
        assert not page.xpath("//@*[starts-with(name(), 'on') or name() = 'srcdoc' or name() = 'style']"), at
        targets = page.xpath("//@href | //@src | //@action")
        assert [target for target in targets if not target.startswith(("/", "#", "?")) or target.startswith("//")] == [], at
    shown = plain.get("/items/1.1A").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{ 7 * 7 }}" in shown


TRIGGERS = "=+-@\t|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05"


BEFORE = ("", " ", "\r\n", "\u200b", "\ufeff", "\x00")


def test_no_cell_of_an_export_begins_like_a_formula() -> None:
    titles = [f"{before}{trigger}HYPERLINK(1)" for before in BEFORE for trigger in TRIGGERS]
    everywhere = saying("\u200b\uff1dHYPERLINK(1)")
    for one, least in ((rollup(actions=tuple(action(title=title) for title in titles)), len(titles)), (everywhere, 40)):
        book = openpyxl.load_workbook(BytesIO(workbook(one, seal=SEAL)))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        begins = [unicodedata.normalize("NFKC", cell.value.lstrip("\u200b\ufeff"))[:1] for cell in cells]
        assert sum("HYPERLINK" in cell.value for cell in cells) >= least
        assert not set(begins) & set("=+-@\t|%")
        assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
