"""Everything on this machine, from one command to Ctrl-C, twice in the same home folder."""

import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from tests.commands import PLANKEEPER, Plankeeper, at_work_in, ended, eventually, start
from tests.flow_builders import inbox

SCHEDULES = {
    "daily": ["30 5 * * *"],
    "collect": ["30 11 * * *"],
    "assess": ["0 12,18 * * *"],
    "assess-answers": [],
    "remind": ["30 7 * * 1-5"],
    "deliver": ["*/5 6-17 * * 1-5"],
    "rollup": ["30 7 * * 1-5"],
    "links": ["15 6 * * 1"],
    "weekly": ["45 7 * * 1-5"],
    "count": ["0 21 * * 1-5"],
}


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Hold a port, unless somebody else does."""
    with socket.socket() as holding:
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holding.bind(("127.0.0.1", port))
            holding.listen()
        except OSError:
            pass
        yield


class Up:
    """A running `plankeeper up`, which is read line by line."""

    def __init__(self, home: Path) -> None:
        self.started = start(home, *PLANKEEPER, "up")
        self.said: list[str] = []

    def until(self, beginning: str) -> str:
        """Read until a line begins so, and return the rest of it."""
        assert self.started.stdout
        for line in self.started.stdout:
            self.said.append(line.rstrip())
            if line.startswith(beginning):
                return line.removeprefix(beginning).strip()
        raise AssertionError(self.said, ended(self.started).err)

    def end(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self.started.send_signal(signal.SIGINT)
        return ended(self.started).code


@contextmanager
def up(home: Path) -> Iterator[Up]:
    """Run everything; whatever a test finds, nothing is left running."""
    one = Up(home)
    try:
        yield one
    finally:
        one.started.kill()
        eventually(lambda: not at_work_in(home))


def asked(api: str, path: str, **body: Any) -> Any:
    """Ask the Prefect server."""
    return httpx.post(f"{api}/{path}", json=body, timeout=30, trust_env=False).raise_for_status().json()


def test_one_command_starts_everything_and_ctrl_c_ends_it(plankeeper: Plankeeper, home: Path) -> None:
    today = json.loads(plankeeper("preview", "--format", "json").out)
    with taken(4200), taken(8765), up(home) as first:
        prefect_ui, pages, inbox_page = (first.until(f"{name}:") for name in ("Prefect UI", "Pages", "Inbox"))
        assert any(re.fullmatch(r"Port 4200 is taken, so \d+ is for the Prefect UI\.", line) for line in first.said)
        assert any(re.fullmatch(r"Port 8765 is taken, so \d+ is for the pages\.", line) for line in first.said)
        for address in (prefect_ui, pages, inbox_page):
            assert httpx.get(address, timeout=30, trust_env=False, follow_redirects=True).is_success
        deployments = asked(f"{prefect_ui}/api", "deployments/filter")
        assert {one["name"]: [s["schedule"]["cron"] for s in one["schedules"]] for one in deployments} == SCHEDULES
        (waits,) = [one for one in deployments if one["name"] == "assess-answers"]
        assert waits["concurrency_options"]["collision_strategy"] == "ENQUEUE"
        zones = {s["schedule"]["timezone"] for one in deployments for s in one["schedules"]}
        assert zones == {"America/Denver"}
        # The services of the server run: it makes the runs of the schedules by itself. Nothing else would notice if not.
        scheduled = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
        names = eventually(
            lambda: {run["deployment_id"] for run in asked(f"{prefect_ui}/api", "flow_runs/filter", **scheduled)},
            while_running=first.started,
        )
        assert names <= {one["id"] for one in deployments}
        mails = inbox(home)
        assert len(mails) == len(set(mails)) == len(today["mails"])
        done = "daily today COMPLETED: collect: 16 readings of 1 source: 15 new, 1 restated, "
        assert [line for line in first.said if line.startswith(done)]
        automations = asked(f"{prefect_ui}/api", "automations/filter")
        assert {one["name"] for one in automations} == {"reminders-stopped", "answers-judged"}
        assert httpx.get(f"{pages}/health", timeout=30, trust_env=False).text.startswith("Reminders last ran on ")
        another = ended(start(home, *PLANKEEPER, "up"))
        assert another.code == 3
        assert another.err == (
            f"plankeeper runs already: {prefect_ui}. End it there with Ctrl-C, or set PLANKEEPER_HOME for another.\n"
        )
        family = psutil.Process(first.started.pid).children(recursive=True)
        assert len(family) >= 3
        assert first.end() == 0
        assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        assert at_work_in(home) == []
        assert not (home / "up.json").exists()
    with up(home) as second:
        api = f"{second.until('Prefect UI:')}/api"
        second.until("Inbox:")
        assert inbox(home) == mails
        assert [one["id"] for one in asked(api, "automations/filter")] == [one["id"] for one in automations]
        assert second.end() == 0


def test_up_with_a_plan_that_cannot_be_worked_with_starts_nothing(
    plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANKEEPER_PLAN", str(home / "none.yaml"))
    said = plankeeper("up")
    assert said.code == 1
    assert said.err.startswith(f"{home / 'none.yaml'}:1:1: the file cannot be read")
    assert not home.exists()
