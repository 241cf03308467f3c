"""The Prefect server that a command works with: its settings, its port, and where one is announced."""

import http.server
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import engine
from flows.engine import (
    NotStarted,
    announce,
    announced,
    answers,
    any_port,
    api_client,
    environment,
    forget,
    free_port,
    sole_holder,
    wait_until,
)
from flows.leash import Leashed
from tasks.settings import CHECKOUT, read_settings
from tests.source_servers import Answer, Asked, one_by_one, serving


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def healthy() -> Iterator[int]:
    """The port of something that answers as a Prefect server does when it is healthy."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Healthy) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1]
        server.shutdown()


def test_prefect_keeps_its_files_in_our_folder_and_is_silent_towards_the_world(home: Path) -> None:
    env = environment(read_settings(), "http://127.0.0.1:4200/api")
    assert env["PREFECT_HOME"] == str(home / "prefect")
    assert env["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
    assert env["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert env["DO_NOT_TRACK"] == "1"
    assert env["PLANKEEPER_CHECKOUT"] == str(CHECKOUT)
    assert env["PATH"] == os.environ["PATH"]


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, free_port(taken.getsockname()[1]) as found:
        assert found > taken.getsockname()[1]
    wanted = any_port()
    with free_port(wanted) as found:
        assert found == wanted


def test_a_port_that_is_kept_for_one_is_kept_from_another() -> None:
    with free_port(any_port()) as kept, free_port(kept) as other:
        assert other > kept


def test_a_lock_has_one_holder_at_a_time(tmp_path: Path) -> None:
    with sole_holder(tmp_path / "a.lock") as first, sole_holder(tmp_path / "a.lock") as second:
        assert (first, second) == (True, False)
    with sole_holder(tmp_path / "a.lock") as again:
        assert again


def test_what_answers_and_what_does_not(healthy: int) -> None:
    assert answers(f"http://127.0.0.1:{healthy}/api/health")
    assert not answers(f"http://127.0.0.1:{healthy}/elsewhere")
    assert not answers("http://127.0.0.1:1/api/health")


def test_a_server_that_is_too_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_PAUSE_SECONDS", 0)
    busy, asked = Answer(status=503), list[Asked]()
    with serving({"/runs": one_by_one(busy, busy, Answer(content=b"[]"))}, asked=asked) as url, api_client(url) as api:
        assert api.get("/runs").raise_for_status().json() == []
    assert len(asked) == 3


def test_a_server_that_stays_too_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", -1)
    with serving({"/runs": Answer(status=503)}) as url, api_client(url) as api:
        assert api.get("/runs").status_code == 503


def test_what_is_announced_is_found_until_it_is_forgotten(healthy: int, home: Path) -> None:
    home.mkdir()
    settings, addresses = read_settings(), {"api": f"http://127.0.0.1:{healthy}/api", "ui": f"http://127.0.0.1:{healthy}"}
    assert announced(settings) == {}
    announce(settings, addresses)
    assert announced(settings) == addresses
    forget(settings)
    assert announced(settings) == {}
    forget(settings)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "[]",
        "{}",
        '{"api": "http://127.0.0.1:1/api"}',  # it was killed, and nothing answers any more
        '{"api": "http://prefect.example/api"}',
        '{"api": 1}',
    ],
)
def test_a_note_that_is_broken_or_out_of_date_announces_nothing(note: str, home: Path) -> None:
    home.mkdir()
    (home / "up.json").write_text(note)
    assert announced(read_settings()) == {}


def test_a_part_that_ends_instead_of_answering_is_named_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    started = Leashed([sys.executable, "-c", "raise SystemExit(1)"], env=os.environ, log=log)
    with pytest.raises(NotStarted) as stopped:
        wait_until(lambda: False, started, "the part", log)
    started.let_go()
    assert str(stopped.value) == f"The part did not start; its log is {log}."


def test_a_part_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", 0)
    started = Leashed([sys.executable, "-c", "import signal; signal.pause()"], env=os.environ, log=tmp_path / "log")
    with pytest.raises(NotStarted):
        wait_until(lambda: False, started, "the part", tmp_path / "log")
    started.let_go()
