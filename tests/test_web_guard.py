"""Who may look in, and what every answer carries."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tasks.settings import Settings
from tests.web_builders import AT, TestClient, browser, catch, mail, settings
from web.app import create_app
from web.guard import HEADERS, Guard
from web.limits import Limits

PATHS = [
    *("/", "/?as_of=x", "/items/1.1A", "/items/none", "/rollups", "/rollups/2025-26-q1", "/outbox", "/outbox/", "/inbox"),
    *("/static/plankeeper.css", "/nothing"),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings without a password."""
    return settings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a password."""
    return settings(
        tmp_path_factory.mktemp("home"), admin_password="pässword: with colon", base_url="https://plan.example.org/"
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_every_answer_has_every_header(here: Settings, method: str, path: str) -> None:
    answer = browser(here).request(method, path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_refusals_have_every_header_too(here: Settings, locked: Settings) -> None:
    for answer in (
        browser(here, client="192.0.2.7").get("/"),
        browser(here, at="http://elsewhere.example.org").get("/"),
        browser(locked).get("/"),
    ):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "Socorro" not in answer.text
        assert "<nav" not in answer.text


def test_no_page_may_run_or_load_anything_of_others() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert HEADERS["Cache-Control"] == "no-store"
    assert HEADERS["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_as_get_without_what_is_in_it(here: Settings, path: str) -> None:
    got, head = browser(here).get(path), browser(here).head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers == got.headers


@pytest.mark.parametrize("path", ["/", "/items/1.1A", "/outbox", "/inbox", "/static/plankeeper.css"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_whatever_would_change_something_is_not_possible(here: Settings, method: str, path: str) -> None:
    answer = browser(here).request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "This page can be looked at, and nothing else." in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/outbox/",
        "/static/",
        "/static/app.py",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/docs",
        "/openapi.json",
    ],
)
def test_what_is_not_there_is_answered_with_a_page(here: Settings, path: str) -> None:
    answer = browser(here).get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Not found" in answer.text


@pytest.mark.parametrize(("name", "kind"), [("plankeeper.css", "text/css; charset=utf-8"), ("plankeeper.svg", "image/svg+xml")])
def test_style_and_icon_are_given_to_everyone(locked: Settings, name: str, kind: str) -> None:
    answer = browser(locked, client="192.0.2.7").get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind


# --- hosts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8765",
        "localhost",
        "LOCALHOST:80",
        "[::1]",
        "[::1]:8765",
        "plan.example.org",
        "Plan.Example.org:443",
    ],
)
def test_the_pages_are_known_under_their_own_names(tmp_path: Path, host: str) -> None:
    of = settings(tmp_path, base_url="https://user@plan.example.org:8443/pages", admin_password="secret")
    answer = browser(of).get("/outbox", headers={"host": host, "authorization": basic("admin:secret")})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.org",
        "127.0.0.1.evil.example.org",
        "localhost.evil.example.org:8765",
        "localhost.",
        "evil@localhost",
        "localhost:8765@evil",
        "localhost:",
        "localhost:x",
        "[::1",
        "[::1].evil",
        "::1",
        "",
        " ",
        "0.0.0.0",
        "localhost/",
        "localhost,evil",
    ],
)
def test_under_any_other_name_nothing_is_shown(here: Settings, host: str) -> None:
    for path in ("/", "/inbox", "/static/plankeeper.css"):
        answer = browser(here).get(path, headers={"host": host})
        assert answer.status_code == 400
        assert "The pages are not known under this address" in answer.text


@given(st.text(max_size=30))
def test_no_strange_name_is_taken_for_a_known_one(host: str) -> None:
    refused = guard(Settings(base_url="http://")).refuses(request(host.encode(errors="ignore")))
    assert refused is None if host.casefold() in ("localhost", "127.0.0.1", "[::1]") else refused is not None or ":" in host


@pytest.mark.parametrize("hosts", [(), (b"localhost", b"evil.example.org"), (b"evil.example.org", b"localhost")])
def test_a_name_has_to_be_given_and_all_that_are_given_have_to_be_known(here: Settings, hosts: tuple[bytes, ...]) -> None:
    refused = guard(here).refuses(request(*hosts))
    assert refused is not None
    assert refused.status == 400


# --- this machine, or a password -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_without_a_password_this_machine_may_look_in(here: Settings, client: str) -> None:
    assert browser(here, client=client).get("/outbox").status_code == 200


@pytest.mark.parametrize("client", ["192.0.2.7", "10.0.0.1", "0.0.0.0", "::ffff:192.0.2.7", "2001:db8::1", "testclient", ""])
@pytest.mark.parametrize("path", ["/", "/items/1.1A", "/outbox", "/inbox", "/inbox/1", "/inbox/1/html", "/nothing"])
def test_without_a_password_nobody_else_may(here: Settings, client: str, path: str) -> None:
    catch(here, mail())
    answer = browser(here, client=client).get(path)
    assert answer.status_code == 403
    assert "set PLANKEEPER_ADMIN_PASSWORD to open them to others" in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_without_a_password_nobody_may_through_a_proxy_on_this_machine(here: Settings, header: str) -> None:
    assert browser(here).get("/", headers={header: "127.0.0.1"}).status_code == 403


def test_where_others_are_led_to_the_pages_nobody_may_without_a_password_whatever_a_proxy_says(tmp_path: Path) -> None:
    looking = browser(settings(tmp_path, base_url="https://plan.example.org"))
    for at in ("http://127.0.0.1", "http://localhost", "https://plan.example.org"):
        answer = looking.get(f"{at}/outbox")
        assert answer.status_code == 403
        assert "no password is set; set PLANKEEPER_ADMIN_PASSWORD" in answer.text
        assert looking.get(f"{at}/static/plankeeper.css").status_code == 200


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000", "http://127.8.8.8"])
def test_an_address_of_this_machine_leads_nobody_else_to_the_pages(url: str, tmp_path: Path) -> None:
    assert browser(settings(tmp_path, base_url=url)).get("/outbox").status_code == 200


def test_a_request_from_nowhere_is_not_from_this_machine(here: Settings) -> None:
    refused = guard(here).refuses(request(b"localhost", client=None))
    assert refused is not None
    assert refused.status == 403


# --- behind a proxy ------------------------------------------------------------------------------------------------------

PROXY = "10.20.0.5"
SIGNED_IN = {"X-Remote-User": "ana@example.org"}


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        pytest.param("127.0.0.1", 200, id="this-machine"),
        pytest.param("::1", 200, id="this-machine-over-ipv6"),
        pytest.param("203.0.113.9", 403, id="somebody"),
        pytest.param("127.0.0.1, 203.0.113.9", 403, id="somebody-as-this-machine"),
        pytest.param("127.0.0.1, unknown", 403, id="nobody-knows-who"),
        pytest.param("", 403, id="nobody-says-who"),
    ],
)
def test_without_a_password_our_proxy_says_who_is_on_this_machine(forwarded: str, status: int, tmp_path: Path) -> None:
    looking = browser(settings(tmp_path, proxies=PROXY), client=PROXY)
    assert looking.get("/outbox", headers={"X-Forwarded-For": forwarded}).status_code == status


def test_a_proxy_of_this_machine_that_does_not_say_who_asks_lets_nobody_in(tmp_path: Path) -> None:
    looking = browser(settings(tmp_path, proxies="127.0.0.1"))
    assert looking.get("/outbox", headers={"Via": "1.1 proxy"}).status_code == 403
    assert looking.get("/outbox").status_code == 200  # that is somebody on this machine


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8765", "https://plan.example.org"])
def test_who_signed_in_at_our_proxy_is_let_in(base_url: str, tmp_path: Path) -> None:
    of = settings(tmp_path, proxies=PROXY, admin_header="X-Remote-User", base_url=base_url)
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    looking = browser(of, client=PROXY, at=base_url)
    assert looking.get("/outbox", headers=forwarded | SIGNED_IN).status_code == 200
    for refused in (
        looking.get("/outbox", headers=forwarded),
        looking.get("/outbox", headers=forwarded | {"X-Remote-User": ""}),
        browser(of, at=base_url).get("/outbox"),
        browser(of, client="192.0.2.7", at=base_url).get("/outbox", headers=SIGNED_IN | {"X-Forwarded-For": PROXY}),
    ):
        assert refused.status_code == 403
        assert "These pages open to who has signed in at the proxy before them" in refused.text


def test_beside_the_proxy_that_signs_people_in_the_password_holds(tmp_path: Path) -> None:
    looking = browser(settings(tmp_path, proxies=PROXY, admin_header="X-Remote-User", admin_password="right"), client=PROXY)
    assert looking.get("/outbox", headers=SIGNED_IN).status_code == 200
    assert looking.get("/outbox").status_code == 401
    assert looking.get("/outbox", headers={"authorization": basic("admin:right")}).status_code == 200


# --- the password --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", ["127.0.0.1", "192.0.2.7"])
def test_with_a_password_it_is_asked_for_everywhere(locked: Settings, client: str) -> None:
    looking = browser(locked, client=client)
    refused = looking.get("/outbox")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Basic realm="plankeeper", charset="UTF-8"'
    assert "PLANKEEPER_ADMIN_PASSWORD" in refused.text
    let_in = looking.get("/outbox", headers={"authorization": basic("admin:pässword: with colon")})
    assert let_in.status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("", id="nothing"),
        pytest.param("Basic", id="no-credentials"),
        pytest.param("Basic ", id="empty"),
        pytest.param("Basic !!!", id="not-base64"),
        pytest.param("Basic ä", id="not-ascii"),
        pytest.param("Bearer YWRtaW4=", id="another-scheme"),
        pytest.param(f"Basic {b64encode(b'admin').decode()}", id="no-colon"),
        pytest.param(f"Basic {b64encode(b'admin:').decode()}", id="no-password"),
        pytest.param(f"Basic {b64encode(b'admin:wrong').decode()}", id="wrong-password"),
        pytest.param(f"Basic {b64encode('root:pässword: with colon'.encode()).decode()}", id="wrong-user"),
        pytest.param(f"Basic {b64encode('Admin:pässword: with colon'.encode()).decode()}", id="user-in-another-case"),
        pytest.param(f"Basic {b64encode('admin:pässword: with colo'.encode()).decode()}", id="a-part-of-it"),
    ],
)
def test_whatever_is_not_the_password_is_refused(locked: Settings, authorization: str) -> None:
    somebody = f"192.0.2.{len(authorization)}"  # each is somebody else, since of one client so many are not looked at
    answer = browser(locked, client=somebody).get("/", headers={"authorization": authorization.encode("latin-1")})
    assert answer.status_code == 401


def test_a_fault_is_answered_with_a_page_that_tells_nothing_of_it(here: Settings) -> None:
    def broken() -> Any:
        raise RuntimeError("secret detail")

    app = create_app(here, today=broken, now=broken)
    looking = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1), raise_server_exceptions=False)
    answer = looking.get("/")
    assert answer.status_code == 500
    assert "This page could not be made because of a fault in plankeeper" in answer.text
    assert "secret" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def guard(of: Settings) -> Guard:
    """Return the guard of pages on 22 October 2026."""
    return Guard(of, Limits(of, lambda: AT))


def request(*hosts: bytes, client: tuple[str, int] | None = ("127.0.0.1", 50000)) -> Request:
    """Return a request for the plan as a server passes it on."""
    headers = [(b"host", host) for host in hosts]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "client": client, "query_string": b""})


def basic(credentials: str) -> str:
    return f"Basic {b64encode(credentials.encode()).decode()}"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/static/none", 404, id="no-such-file"),
        pytest.param("GET", "/static/a/b", 404, id="no-such-address"),
        pytest.param("POST", "/static/plankeeper.css", 405, id="not-possible"),
        pytest.param("GET", "/u/none", 404, id="no-such-link"),
        pytest.param("DELETE", "/u/none", 405, id="link-not-possible"),
        pytest.param("POST", "/alarm", 404, id="alarm-without-token"),
    ],
)
def test_where_strangers_are_answered_nothing_names_the_plan(locked: Settings, method: str, path: str, status: int) -> None:
    answer = browser(locked, client="192.0.2.7", at="https://plan.example.org").request(method, path)
    assert answer.status_code == status
    assert "Socorro" not in answer.text
    assert "<nav" not in answer.text


def test_who_may_look_in_is_told_the_plan_with_what_is_not_there(here: Settings) -> None:
    assert "Socorro" in browser(here).get("/nothing").text
    assert "Socorro" in browser(here).get("/items/none").text
