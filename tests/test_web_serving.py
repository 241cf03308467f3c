"""The server of the pages, started for real."""

import threading
from datetime import date, datetime
from pathlib import Path
from runpy import run_path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.web_builders import settings
from web.__main__ import listen, main, server
from web.answers import FOLDER

DENVER = ZoneInfo("America/Denver")


def test_the_server_answers_with_todays_plan_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    serving = server(settings(tmp_path))
    with listen("127.0.0.1", 0) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            before = datetime.now(DENVER).date()  # noqa: TID251 - the pages read the real clock
            answer = httpx.get(address, trust_env=False, timeout=30)
            after = datetime.now(DENVER).date()  # noqa: TID251
            head = httpx.head(address, trust_env=False, timeout=30)
            forwarded = httpx.get(address, headers={"X-Forwarded-For": "127.0.0.1"}, trust_env=False, timeout=30)
        finally:
            serving.should_exit = True
            thread.join(30)
    assert answer.status_code == 200
    assert any(written(day) in answer.text for day in (before, after))
    assert (head.status_code, head.content) == (200, b"")
    assert forwarded.status_code == 403
    assert "server" not in answer.headers
    assert not thread.is_alive()


def written(day: date) -> str:
    return f'value="{day}"'


def test_a_port_that_is_taken_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 3
    assert f"127.0.0.1, port {port}, cannot be used (" in capsys.readouterr().err


def test_the_module_itself_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["web", "--help"])
    with pytest.raises(SystemExit, match="0"):
        run_path(str(FOLDER / "__main__.py"), run_name="__main__")


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_wrong_usage(port: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--port", port])


def test_a_host_that_is_unknown_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "192.0.2.1", "--port", "0"]) == 3
    assert "192.0.2.1, port 0, cannot be used (" in capsys.readouterr().err


def test_settings_that_cannot_be_used_are_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANKEEPER_BASE_URL", "plan.example.org")
    assert main([]) == 2
    assert "PLANKEEPER_BASE_URL cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "password", "says"),
    [
        ("127.0.0.1", "", "The pages: http://127.0.0.1:{port}\n"),
        ("::1", "", "The pages: http://[::1]:{port}\n"),
        ("localhost", "", "The pages: http://localhost:{port}\n"),
        ("0.0.0.0", "secret", "The pages: http://0.0.0.0:{port}\n"),
        (
            "0.0.0.0",
            "",
            "The pages: http://0.0.0.0:{port}\nThey are shown to this machine only, until PLANKEEPER_ADMIN_PASSWORD is set.\n",
        ),
    ],
)
def test_the_address_is_announced_and_who_may_look_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str, password: str, says: str
) -> None:
    monkeypatch.setenv("PLANKEEPER_ADMIN_PASSWORD", password)
    monkeypatch.setattr("uvicorn.Server.run", lambda _server, sockets: ports.append(sockets[0].getsockname()[1]))
    ports: list[int] = []
    assert main(["--host", host, "--port", "0"]) == 0
    assert capsys.readouterr().out == says.format(port=ports[0])
