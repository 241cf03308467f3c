"""The command line as tests use it: in this process where it is quick, as a process of its own where it can be killed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from flows.command_line import main
from tasks.settings import CHECKOUT, PREFIX

PATIENCE_SECONDS = 120
"""How long a test waits for something that comes in a moment on a quiet machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class Plankeeper:
    """The command line in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def __call__(self, *arguments: str) -> Said:
        """Run a command to its end."""
        self._capfd.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["plankeeper", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capfd.readouterr()
        return Said(code=int(ended.value.code or 0), out=out, err=err)


def settle(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the settings name a home folder, and nothing else come from the environment."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}HOME", str(home))
    return home


IDLE_SERVICES = (
    *("SCHEDULER", "LATE_RUNS", "TRIGGERS", "FOREMAN", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP"),
    *("REPOSSESSOR", "CLEANUP_RECONCILER", "EVENT_PERSISTER"),
)
"""Services of a Prefect server that have nothing to do where nothing is deployed, scheduled or automated, nor events read."""


def quiet_prefect(home: Path) -> dict[str, str]:
    """Return Prefect's settings for a server that keeps its files in a folder, says nothing to the world and rests."""
    idle = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in IDLE_SERVICES}
    quiet = {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
    }
    return {"PREFECT_HOME": str(home), **quiet, **idle}


def start(
    home: Path, *arguments: str, stdin: int = subprocess.DEVNULL, given: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start a command as a process of its own, which finds nothing of ours in its environment but what is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PREFECT_"))}
    settings = {f"{PREFIX}{name.upper()}": value for name, value in (given or {}).items()}
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={**own, **settings, f"{PREFIX}HOME": str(home), "PYTHONUNBUFFERED": "1"},
        cwd=CHECKOUT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(started: "subprocess.Popen[str]") -> Said:
    """Wait until a command has ended, and return what it said."""
    try:
        out, err = started.communicate(timeout=PATIENCE_SECONDS)
    finally:
        started.kill()  # nothing is left running by a test that waits in vain
    return Said(code=started.returncode, out=out, err=err)


PLANKEEPER = ("-c", "from flows.command_line import main; main()")


def eventually(found: Callable[[], Any], *, while_running: "subprocess.Popen[str] | None" = None) -> Any:
    """Return what is found as soon as it is something; give up when it does not come, or a command ended without it."""
    patience = monotonic() + PATIENCE_SECONDS
    while not (result := found()):
        assert monotonic() < patience, "It did not come."
        assert while_running is None or while_running.poll() is None, "The command ended before it came."
        sleep(0.02)
    return result


def at_work_in(home: Path) -> list[psutil.Process]:
    """Return the processes that work with a home folder."""
    return list(_at_work_in(home))


def _at_work_in(home: Path) -> Iterator[psutil.Process]:
    for running in psutil.process_iter():
        try:
            given = running.environ()
        except psutil.Error:
            continue
        if given.get(f"{PREFIX}HOME") == str(home) and running.pid != os.getpid():
            yield running
