"""How often somebody may come: by links, with forms, and with passwords that are refused."""

import sqlite3
from base64 import b64encode
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import httpx
import pytest
from httpx import Response
from sqlalchemy import text

from ledger.ledger import open_ledger
from ledger.records import OFF, Scope
from notifications.grants import granted, link
from plan.owners import Person
from plan.phrase import Phrase
from tasks.settings import Settings
from tests.ledger_builders import direct
from tests.web_builders import DAY, PLAN, TestClient, letter, served, settings
from web.app import create_app
from web.limits import HOUR, MINUTE, PASSWORDS, POSTS, REQUESTS, Limit, Limits

AT = datetime(2026, 10, 22, 13, 30, 15, tzinfo=UTC)
NEXT = {MINUTE: AT.replace(minute=31, second=0), HOUR: AT.replace(hour=14, minute=0, second=0)}
"""When the next minute and the next hour begin."""
READER = Person(office="budget", title="Budget Director", address="budget@example.org")
ONE_CLICK = b"List-Unsubscribe=One-Click"
SOMEBODY, ANOTHER, PROXY = "192.0.2.7", "192.0.2.8", "10.20.0.5"


class Clock:
    """Says what time it is; a test sets it."""

    at = AT

    def __call__(self) -> datetime:
        """Return the instant."""
        return self.at


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is set."""
    return Clock()


@pytest.fixture
def of(tmp_path: Path) -> Settings:
    """Settings of pages with a password behind a proxy, whose ledger has grants for all that a link can do."""
    of = settings(tmp_path / "home", admin_password="right", proxies=PROXY)
    scopes: tuple[Scope, ...] = ("update", "view", "unsubscribe")
    grants = tuple(granted(scope, PLAN, READER, key=of.key, made_at=AT) for scope in scopes)
    with open_ledger(of.database) as ledger:
        ledger.post([replace(letter(1), grants=grants)])
    return of


def path(of: Settings, scope: Scope = "unsubscribe") -> str:
    """Return the path of the reader's link."""
    return link(granted(scope, PLAN, READER, key=of.key, made_at=AT), base_url="", key=of.key)


def browser(of: Settings, clock: Clock, *, client: str = SOMEBODY) -> TestClient:
    """Return a browser somewhere, at the time of a clock, on pages that were just started."""
    app = create_app(of, today=lambda: DAY, now=clock)
    return TestClient(app, base_url="http://127.0.0.1:8765", client=(client, 50000), follow_redirects=False)


def signed(password: str) -> dict[str, str]:
    """Return the headers by which an administrator signs in."""
    return {"authorization": f"Basic {b64encode(f'admin:{password}'.encode()).decode()}"}


def runs(answers: Iterable[Response]) -> list[tuple[int, int]]:
    """Return which statuses came one after the other, and how often each."""
    return [(status, len(list(some))) for status, some in groupby(answer.status_code for answer in answers)]


# --- counting ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [REQUESTS, POSTS, PASSWORDS], ids=lambda limit: limit.name)
def test_as_many_are_let_in_as_the_limit_says_and_no_more_until_the_next_span(
    limit: Limit, clock: Clock, database_url: str, tmp_path: Path
) -> None:
    limits = Limits(settings(tmp_path, database_url=database_url), clock)
    assert [limits.count(limit, "a") for _ in range(limit.most)] == [None] * limit.most
    for at, seconds in ((AT, (NEXT[limit.span] - AT).seconds), (NEXT[limit.span] - timedelta(milliseconds=1), 1)):
        clock.at = at
        wait = limits.count(limit, "a")
        assert wait is not None
        assert wait.seconds == seconds
    assert limits.count(limit, "b") is None
    clock.at = NEXT[limit.span]
    assert limits.count(limit, "a") is None


def test_what_was_counted_outlives_the_pages(clock: Clock, of: Settings) -> None:
    for _ in range(PASSWORDS.most):
        Limits(of, clock).count(PASSWORDS, "a")
    assert Limits(of, clock).count(PASSWORDS, "a") is not None


def test_a_limit_is_reached_when_nothing_more_is_let_in_and_asking_does_not_count(clock: Clock, of: Settings) -> None:
    limits = Limits(of, clock)
    for _ in range(PASSWORDS.most):
        assert limits.reached(PASSWORDS, "a") is None
        limits.count(PASSWORDS, "a")
    assert limits.reached(PASSWORDS, "a") is not None
    clock.at = NEXT[MINUTE]
    assert limits.reached(PASSWORDS, "a") is None


def test_one_limit_is_not_another(clock: Clock, of: Settings) -> None:
    limits = Limits(of, clock)
    for _ in range(PASSWORDS.most + 1):
        limits.count(PASSWORDS, "a")
    assert limits.count(POSTS, "a") is None


@pytest.mark.parametrize(
    ("limit", "at", "said"),
    [
        pytest.param(
            REQUESTS,
            AT,
            "more than 60 requests came within a minute. Nothing was changed; ask again in 45 seconds.",
            id="requests",
        ),
        pytest.param(REQUESTS, AT.replace(second=59), "ask again in 1 second.", id="a-second"),
        pytest.param(
            POSTS,
            AT,
            "more than 10 forms were sent by this link within an hour. Nothing was changed; go back in your browser, and send "
            "it again in 30 minutes.",
            id="posts",
        ),
        pytest.param(PASSWORDS, AT, "10 passwords were refused within a minute.", id="passwords"),
    ],
)
def test_who_has_to_wait_is_told_why_and_how_long(limit: Limit, at: datetime, said: str, clock: Clock, of: Settings) -> None:
    clock.at = at
    wait = [Limits(of, clock).count(limit, "a") for _ in range(limit.most + 1)][-1]
    assert wait is not None
    assert said in wait.sentence
    assert isinstance(wait.sentence, Phrase)


def test_the_ledger_keeps_no_address_and_no_link(clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    looking.post(path(of), content=ONE_CLICK)
    looking.get("/", headers=signed("wrong"))
    with direct(of.database) as engine, engine.connect() as connection:
        visitors = connection.execute(text("SELECT visitor FROM visit")).scalars().all()
    assert len(visitors) == 3
    assert all(len(visitor) == 32 and set(visitor) <= set("0123456789abcdef") for visitor in visitors)


# --- by links ------------------------------------------------------------------------------------------------------------


def test_every_request_by_links_counts_whatever_it_asks_and_wherever_it_leads(clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    tokens = [path(of), "/u/none", "/u/", "/u/a/b/c", f"{path(of)}x"]
    asked = [looking.request(method, at) for method in ("GET", "HEAD", "POST", "GET", "HEAD", "DELETE") for at in tokens * 2]
    assert 429 not in {answer.status_code for answer in asked}
    refused = looking.get(path(of))
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "45"
    assert "ask again in 45 seconds." in refused.text
    assert "Socorro" not in refused.text
    assert browser(of, clock, client=ANOTHER).get(path(of)).status_code == 200
    clock.at = NEXT[MINUTE]
    assert looking.get(path(of)).status_code == 200


def test_what_pages_look_like_and_signs_of_life_are_not_counted(clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    for _ in range(REQUESTS.most + 1):
        assert looking.get("/u/none").status_code in (404, 429)
    assert looking.get("/u/none").status_code == 429
    assert looking.get("/static/plankeeper.css").status_code == 200
    assert looking.get("/health").status_code == 503  # no run was recorded, but it is told
    assert looking.get("/", headers=signed("right")).status_code == 200


def test_a_flood_is_refused_without_the_ledger(clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    for _ in range(REQUESTS.most + 1):
        looking.get("/u/none")
    Path(of.database.removeprefix("sqlite:///")).unlink()
    assert looking.get("/u/none").status_code == 429


def test_a_page_takes_so_many_forms_an_hour_by_a_link_from_wherever_they_come(clock: Clock, of: Settings) -> None:
    askers = [browser(of, clock, client=f"192.0.2.{number}") for number in range(12)]
    assert runs(asking.post(path(of), content=ONE_CLICK) for asking in askers) == [(200, 10), (429, 2)]
    refused = askers[0].post(path(of), content=ONE_CLICK)
    assert refused.headers["retry-after"] == "1785"
    assert "send it again in 30 minutes." in refused.text
    assert askers[0].get(path(of)).status_code == 200  # looking is none
    assert askers[0].post(path(of, "view")).status_code != 429  # another grant
    clock.at = NEXT[HOUR]
    assert askers[0].post(path(of), content=ONE_CLICK).status_code == 200


def test_a_refused_form_changes_nothing(clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    for _ in range(POSTS.most):
        looking.post(path(of), data={"choice": OFF})
    assert looking.post(path(of), content=ONE_CLICK).status_code == 429
    with open_ledger(of.database) as ledger:
        assert ledger.words(PLAN) == ()


def test_a_link_with_a_wrong_proof_costs_its_grant_nothing(clock: Clock, of: Settings) -> None:
    wrong = path(of)[:-1] + ("A" if path(of)[-1] != "A" else "B")
    assert runs(browser(of, clock).post(wrong) for _ in range(POSTS.most + 1)) == [(404, POSTS.most + 1)]
    assert browser(of, clock).post(path(of), content=ONE_CLICK).status_code == 200


@pytest.mark.parametrize("scope", ["update", "view", "unsubscribe"])
def test_forms_are_counted_below_a_link_too_whatever_it_is_for(scope: Scope, clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    answers = [looking.post(f"{path(of, scope)}/1.1A") for _ in range(POSTS.most + 1)]
    assert [answer.status_code == 429 for answer in answers] == [False] * POSTS.most + [True]


def test_each_page_of_a_link_is_counted_for_itself_so_that_who_owes_much_answers_item_after_item(
    clock: Clock, of: Settings
) -> None:
    looking, every = browser(of, clock), range(POSTS.most + 1)
    for page in ("", "/1.1A", "/1.1B", "/look/1.1A", "/look/1.1B"):  # fewer than the requests of a minute
        answers = [looking.post(f"{path(of, 'update')}{page}") for _ in every]
        assert [answer.status_code == 429 for answer in answers] == [False] * POSTS.most + [True]


def test_answering_and_taking_back_are_counted_together(clock: Clock, of: Settings) -> None:
    looking, page = browser(of, clock), f"{path(of, 'update')}/1.1A"
    for _ in range(POSTS.most):
        assert looking.post(page).status_code != 429
    assert looking.post(f"{page}/undo").status_code == 429


def test_behind_our_proxy_each_client_is_counted_and_elsewhere_nobody_can_pass_for_another(clock: Clock, of: Settings) -> None:
    ours, somebody = browser(of, clock, client=PROXY), browser(of, clock)
    for number in range(REQUESTS.most + 1):
        ours.get("/u/none", headers={"X-Forwarded-For": f"203.0.113.{number}, {ANOTHER}"})
        somebody.get("/u/none", headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert ours.get("/u/none", headers={"X-Forwarded-For": ANOTHER}).status_code == 429
    assert ours.get("/u/none", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 404
    assert somebody.get("/u/none").status_code == 429


def test_before_there_is_a_ledger_who_comes_is_counted_too(clock: Clock, tmp_path: Path) -> None:
    looking = browser(settings(tmp_path / "home", admin_password="right"), clock)
    assert runs(looking.get("/u/none") for _ in range(62)) == [(404, 60), (429, 2)]
    assert runs(looking.get("/", headers=signed("wrong")) for _ in range(12)) == [(401, 10), (429, 2)]


def test_who_waits_to_be_counted_keeps_nobody_else_waiting(of: Settings) -> None:
    with served(of) as port, closing(sqlite3.connect(of.database.removeprefix("sqlite:///"))) as writing:
        writing.execute("BEGIN IMMEDIATE")  # as long as somebody writes, nobody can be counted
        with ThreadPoolExecutor(1) as pool:
            counted = pool.submit(httpx.get, f"http://127.0.0.1:{port}/u/none", trust_env=False, timeout=60)
            style = httpx.get(f"http://127.0.0.1:{port}/static/plankeeper.css", trust_env=False, timeout=20)
            assert not counted.done()
            writing.rollback()
            assert counted.result().status_code == 404
    assert style.status_code == 200


@pytest.mark.parametrize("headers", [signed("right"), signed("wrong")], ids=["right", "wrong"])
def test_while_the_ledger_cannot_be_asked_nobody_is_let_in_by_link_or_password(
    headers: dict[str, str], clock: Clock, tmp_path: Path
) -> None:
    of = settings(tmp_path / "home", admin_password="right", database_url=f"sqlite:///{tmp_path}")
    looking = browser(of, clock)
    answers = [looking.get("/outbox", headers=headers), looking.get(path(of)), looking.post(path(of), content=ONE_CLICK)]
    assert {answer.status_code for answer in answers} == {503}
    assert len({answer.text for answer in answers}) == 1
    assert "The database does not answer now." in answers[0].text
    assert str(tmp_path) not in answers[0].text
    assert looking.get("/outbox").status_code == 401  # who shows no password has guessed at none
    assert looking.get("/static/plankeeper.css").status_code == 200


# --- passwords -----------------------------------------------------------------------------------------------------------


def test_after_ten_refused_passwords_the_right_one_is_refused_too_until_the_minute_is_over(clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    assert runs(looking.get("/outbox", headers=signed(f"wrong {number}")) for number in range(10)) == [(401, 10)]
    for password in ("wrong", "right"):
        refused = looking.get("/outbox", headers=signed(password))
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "45"
        assert "10 passwords were refused within a minute" in refused.text
    assert browser(of, clock, client=ANOTHER).get("/outbox", headers=signed("right")).status_code == 200
    clock.at = NEXT[MINUTE]
    assert looking.get("/outbox", headers=signed("right")).status_code == 200


def test_the_right_password_and_none_at_all_are_not_counted(clock: Clock, of: Settings) -> None:
    looking = browser(of, clock)
    assert runs(looking.get("/held-back") for _ in range(12)) == [(401, 12)]
    assert runs(looking.get("/held-back", headers=signed("right")) for _ in range(12)) == [(200, 12)]


def test_a_line_of_ipv6_is_one_client(clock: Clock, of: Settings) -> None:
    askers = [browser(of, clock, client=f"2001:db8:1:1::{number}") for number in range(12)]
    assert runs(asking.get("/outbox", headers=signed("wrong")) for asking in askers) == [(401, 10), (429, 2)]
    assert browser(of, clock, client="2001:db8:1:2::1").get("/outbox", headers=signed("right")).status_code == 200
