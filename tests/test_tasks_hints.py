"""Hints that answers came in: gathered, told once, and never in the way of an answer."""

import base64
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger
from plan.facts import CheckIn, Implementation
from tasks import hints as hints_module
from tasks.hints import Events, Hints, hinting, in_a_while
from tasks.workplace import open_workplace
from tests.commands import eventually
from tests.flow_builders import work
from tests.web_builders import PLAN, QUARTER, settings

AT = datetime(2026, 10, 22, 13, 30, tzinfo=UTC)
NOBODY = "http://127.0.0.1:1/api"


class Told:
    """Who is told, whenever the test lets the while be over."""

    def __init__(self) -> None:
        self.answers: list[dict[str, int]] = []
        self.waiting: list[Callable[[], object]] = []
        self.hints = Hints(self.hear, self.waiting.append)

    def hear(self, answers: Mapping[str, int]) -> None:
        self.answers.append(dict(answers))

    def the_while_is_over(self) -> None:
        self.waiting.pop()()


@contextmanager
def prefect_server(status: int = 204) -> Iterator[tuple[str, list[tuple[Any, Any, Any]]]]:
    """Listen like the API of a Prefect server, and note path, login and body of what comes."""
    heard: list[tuple[Any, Any, Any]] = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append((self.path, self.headers.get("Authorization"), body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/api", heard
        finally:
            listening.shutdown()
            thread.join(30)


def test_the_answers_of_a_while_are_told_at_once_by_plan() -> None:
    told = Told()
    for plan in ("riverside", "socorro", "riverside"):
        told.hints.answered(plan)
    assert (len(told.waiting), told.answers) == (1, [])
    told.the_while_is_over()
    assert told.answers == [{"riverside": 2, "socorro": 1}]


def test_an_answer_that_comes_while_others_are_told_is_told_after_them() -> None:
    told = Told()

    def hear(answers: Mapping[str, int]) -> None:
        told.hear(answers)
        if "early" in answers:
            hints.answered("late")

    hints = Hints(hear, told.waiting.append)
    hints.answered("early")
    told.the_while_is_over()
    assert (len(told.waiting), told.answers) == (1, [{"early": 1}])
    told.the_while_is_over()
    assert (len(told.waiting), told.answers) == (0, [{"early": 1}, {"late": 1}])


def test_answers_from_many_threads_are_all_counted() -> None:
    told = Told()

    def answer() -> None:
        for _ in range(100):
            told.hints.answered("riverside")

    threads = [threading.Thread(target=answer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.the_while_is_over()
    assert (len(told.waiting), told.answers) == (0, [{"riverside": 800}])


def test_the_server_hears_an_event_for_each_plan_and_who_tells_it() -> None:
    with prefect_server() as (api_url, heard):
        Events(api_url, "keeper:of:plans", lambda: AT).tell({"riverside": 2, "socorro": 1})
    ((path, login, events),) = heard
    assert path == "/api/events"
    assert base64.b64decode(login.removeprefix("Basic ")) == b"keeper:of:plans"
    ids = [event.pop("id") for event in events]
    assert len(set(ids)) == 2
    assert events == [
        {
            "event": "plankeeper.check-in",
            "occurred": "2026-10-22T13:30:00+00:00",
            "resource": {"prefect.resource.id": f"plankeeper.plan.{plan}"},
            "payload": {"submissions": number},
        }
        for plan, number in (("riverside", 2), ("socorro", 1))
    ]


def test_that_the_server_does_not_hear_is_said_once_until_it_hears_again(caplog: pytest.LogCaptureFixture) -> None:
    with prefect_server() as (good, heard):
        events = Events(good, "", lambda: AT)
        for url in (NOBODY, NOBODY, good, NOBODY):
            events._url = f"{url}/events"
            events.tell({"riverside": 1})
    assert [login for _, login, _ in heard] == [None]
    assert [record.action for record in caplog.records if hasattr(record, "action")] == ["answers_not_told"] * 2
    assert caplog.records[0].levelno == logging.WARNING
    said = "Prefect was not told that answers came in; its next run judges them: [Errno 111] Connection refused"
    assert caplog.records[0].getMessage() == said


@pytest.mark.parametrize("address", ["not an address", "http://127.0.0.1:port", "ftp://127.0.0.1/api"])
def test_an_address_that_is_none_is_said_and_nothing_more(address: str, caplog: pytest.LogCaptureFixture) -> None:
    Events(address, "", lambda: AT).tell({"riverside": 1})
    assert len(caplog.records) == 1


def test_a_server_that_refuses_is_one_that_does_not_hear(caplog: pytest.LogCaptureFixture) -> None:
    with prefect_server(status=401) as (api_url, heard):
        Events(api_url, "", lambda: AT).tell({"riverside": 1})
    assert len(heard) == 1
    (said,) = (record.getMessage() for record in caplog.records)
    assert said.endswith(f"'401 Unauthorized' for url '{api_url}/events'")


def test_the_pages_tell_the_server_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints_module, "GATHERED_SECONDS", 0)
    with prefect_server() as (api_url, heard):
        monkeypatch.setenv("PREFECT_API_URL", f"{api_url}/")
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", "keeper:secret")
        hinting(lambda: AT)("riverside")
        ((path, login, _),) = eventually(lambda: heard)
    assert path == "/api/events"
    assert login


def test_where_no_server_is_named_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    before = set(threading.enumerate())
    hinting(lambda: AT)("riverside")
    assert set(threading.enumerate()) <= before


def test_what_is_done_in_a_while_keeps_the_pages_from_ending_not_a_moment() -> None:
    before = set(threading.enumerate())
    in_a_while(lambda: None)
    (timer,) = set(threading.enumerate()) - before
    assert isinstance(timer, threading.Timer)
    timer.cancel()
    assert timer.daemon
    assert timer.interval == 10


def test_an_answer_that_prefect_never_heard_of_is_judged_by_the_next_run(book: Ledger, tmp_path: Path) -> None:
    of, day = settings(tmp_path), date(2026, 10, 22)
    workplace = open_workplace(of)
    told = Told()
    hints = Hints(Events(NOBODY, "", lambda: AT).tell, told.waiting.append)
    work(of, workplace, book, day)
    answer = CheckIn(
        item="1.1A", period=QUARTER, status=Implementation.ON_TRACK, note="Runs everywhere.", by="assessment", known_on=day
    )
    book.add_facts(PLAN, [answer], recorded_at=AT)
    hints.answered(PLAN)
    told.the_while_is_over()
    work(of, workplace, book, day)
    moved = book.history(PLAN, "1.1A", up_to=day)
    statuses = [(one.was, one.status) for one in moved if one.aspect == "obligation"]
    assert statuses == [(None, "overdue"), ("overdue", "submitted_late")]
