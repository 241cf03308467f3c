"""What is started on a leash ends with whoever started it, however that one ended."""

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from flows import leash
from flows.leash import Leashed
from tests.commands import eventually, start

RUNNING = "import os, pathlib, signal, sys; {}; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); signal.pause()"
OBEDIENT = RUNNING.format("0")
STUBBORN = RUNNING.format("signal.signal(signal.SIGTERM, signal.SIG_IGN)")


def number_in(path: Path) -> int | None:
    """Return the number that a command has written into a file, or None as long as it has not."""
    return int(text) if path.is_file() and (text := path.read_text()) else None


def gone(pid: int) -> bool:
    """Return whether a process has ended; one that only waits to be forgotten has."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def leashed(tmp_path: Path) -> Iterator[Leashed]:
    """A command on a leash, which has written its number into a file."""
    started = Leashed([sys.executable, "-c", OBEDIENT, str(tmp_path / "pid")], env=os.environ, log=tmp_path / "logs" / "log")
    try:
        eventually(lambda: number_in(tmp_path / "pid"))
        yield started
    finally:
        started.let_go()


def test_a_command_ends_when_it_is_let_go(leashed: Leashed, tmp_path: Path) -> None:
    pid = number_in(tmp_path / "pid")
    assert pid
    assert leashed.is_running
    assert not gone(pid)
    leashed.let_go()
    assert not leashed.is_running
    assert gone(pid)


def test_letting_go_twice_does_no_harm(leashed: Leashed) -> None:
    leashed.let_go()
    leashed.let_go()
    assert not leashed.is_running


def test_a_command_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, signal, sys; from flows.leash import Leashed\n"
        f"Leashed([sys.executable, '-c', {OBEDIENT!r}, sys.argv[1]], env=os.environ, log=pathlib.Path(sys.argv[2]))\n"
        "signal.pause()"
    )
    starter = start(tmp_path, "-c", code, str(tmp_path / "pid"), str(tmp_path / "log"))
    pid = eventually(lambda: number_in(tmp_path / "pid"), while_running=starter)
    starter.kill()
    starter.communicate()
    eventually(lambda: gone(pid))


def test_what_a_command_says_stands_in_its_log(tmp_path: Path) -> None:
    said = [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"]
    started = Leashed(said, env=os.environ, log=tmp_path / "log")
    eventually(lambda: not started.is_running)
    started.let_go()
    assert sorted((tmp_path / "log").read_text().split()) == ["err", "out"]


class _Leash(io.StringIO):
    """A standard input that is a pipe, of which a test holds the other end."""

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.writing = os.pipe()

    def fileno(self) -> int:
        return self.reading


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Leash]:
    """The leash of this process, as the module finds it when it is run."""
    held = _Leash()
    monkeypatch.setattr(sys, "stdin", held)
    yield held
    os.close(held.reading)


def test_a_command_that_ends_by_itself_gives_its_exit_code(pipe: _Leash) -> None:
    assert leash.main([sys.executable, "-c", "import sys; sys.exit(7)"]) == 7
    os.close(pipe.writing)


def test_a_command_that_does_not_stop_is_stopped(pipe: _Leash, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leash, "PATIENCE_SECONDS", 0.2)
    codes: list[int] = []

    def run(*command: Any) -> None:
        codes.append(leash.main(command))

    running = threading.Thread(target=run, args=(sys.executable, "-c", STUBBORN, str(tmp_path / "pid")))
    running.start()
    eventually(lambda: number_in(tmp_path / "pid"))
    os.write(pipe.writing, b"still here")
    os.close(pipe.writing)
    running.join(60)
    assert codes == [-signal.SIGKILL]


def test_what_a_command_started_ends_with_it(tmp_path: Path) -> None:
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {OBEDIENT!r}, sys.argv[1]])"
    started = Leashed([sys.executable, "-c", child, str(tmp_path / "pid")], env=os.environ, log=tmp_path / "log")
    pid = eventually(lambda: number_in(tmp_path / "pid"))
    started.let_go()
    eventually(lambda: gone(pid))
