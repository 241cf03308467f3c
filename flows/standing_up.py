"""Everything on this machine: Prefect server, deployments, worker and pages, started in order and ended together."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from flows.answered import judge_answers
from flows.days import now
from flows.engine import (
    LOOPBACK,
    NotStarted,
    announce,
    announced,
    answers,
    api_client,
    environment,
    forget,
    free_port,
    server,
    sole_holder,
    wait_until,
)
from flows.leash import Leashed
from flows.switch import set_switch
from tasks.settings import CHECKOUT, Settings
from tasks.workplace import open_workplace

UI_PORT, PAGES_PORT = 4200, 8765
POOL = "plankeeper"
FIRST_RUN_SECONDS = 600
"""How long the first daily cycle may take."""
TELL_EVERY_SECONDS, UNANSWERED = 3, 20
"""How often the server is asked what ran, and how often in a row it may fail to answer."""
ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})

Say = Callable[[str], None]


def stand_up(settings: Settings, *, say: Say) -> None:
    """Start everything, run the first daily cycle, and return when asked to stop, with nothing left running.

    Raises:    NotStarted: a part did not start, or everything runs already
               PlanHasProblems: the plan's files cannot be worked with
    """
    workplace = open_workplace(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    with _stopping_in_order(), ExitStack() as everything:
        if not everything.enter_context(sole_holder(settings.home / "up.lock")):
            where = announced(settings).get("ui", "it is just starting")
            raise NotStarted(f"plankeeper runs already: {where}. End it there with Ctrl-C, or set PLANKEEPER_HOME for another.")
        say(f"{workplace.plan.title}: {len(workplace.plan.actions)} actions. Its data are in {settings.home}.")
        ui_port = everything.enter_context(_port(UI_PORT, "Prefect UI", say))
        pages_port = everything.enter_context(_port(PAGES_PORT, "pages", say))
        say("Starting the Prefect server; the first time takes half a minute.")
        api_url = everything.enter_context(server(settings, ui_port, for_one_run=False))
        addresses = _addresses(api_url, ui_port, pages_port)
        env = environment(settings, api_url) | {"PLANKEEPER_BASE_URL": _base_url(settings, addresses)}
        pages = everything.enter_context(_pages(settings, pages_port, env))
        say("Deploying the flows with their schedules.")
        _deploy(settings, env)
        with api_client(api_url) as api:
            _end_what_was_left(api)
            set_switch(api, settings, pages=addresses["pages"])
            judge_answers(api, workplace.plan.id)
        worker = everything.enter_context(_worker(settings, env))
        announce(settings, addresses)
        everything.callback(forget, settings)
        say("Running the first daily cycle.")
        with api_client(api_url) as api:
            say(_first_run(api))
            shown = (("Prefect UI", "ui"), ("Pages", "pages"), *((("Inbox", "inbox"),) if settings.catches_mail else ()))
            for name, address in shown:
                say(f"{name + ':':<12}{addresses[address]}")
            say("Ctrl-C ends everything. Until then, what runs is told here.")
            _tell_what_runs(api, [worker, pages], settings, say)


class _Stop(BaseException):
    """Somebody asked plankeeper to stop."""


@contextmanager
def _stopping_in_order() -> Iterator[None]:
    """Turn Ctrl-C and a request to end into leaving the block, so that everything in it is let go in order."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not break off the ending
        raise _Stop

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except _Stop:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _port(wanted: int, name: str, say: Say) -> Iterator[int]:
    with free_port(wanted) as port:
        if port != wanted:
            say(f"Port {wanted} is taken, so {port} is for the {name}.")
        yield port


def _addresses(api_url: str, ui_port: int, pages_port: int) -> dict[str, str]:
    pages = f"http://{LOOPBACK}:{pages_port}"
    return {"api": api_url, "ui": f"http://{LOOPBACK}:{ui_port}", "pages": pages, "inbox": f"{pages}/inbox"}


def _base_url(settings: Settings, addresses: dict[str, str]) -> str:
    """Return the address that mails name: the one that was set, else where the pages are served now."""
    return settings.base_url if "base_url" in settings.model_fields_set else addresses["pages"]


@contextmanager
def _pages(settings: Settings, port: int, env: dict[str, str]) -> Iterator[Leashed]:
    log = settings.home / "logs" / "pages.log"
    started = Leashed([sys.executable, "-m", "web", "--host", LOOPBACK, "--port", str(port)], env=env, log=log)
    try:
        wait_until(lambda: answers(f"http://{LOOPBACK}:{port}/static/plankeeper.css"), started, "the pages", log)
        yield started
    finally:
        started.let_go()


@contextmanager
def _worker(settings: Settings, env: dict[str, str]) -> Iterator[Leashed]:
    log = settings.home / "logs" / "worker.log"
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--limit", "4"]
    started = Leashed(command, env=env, log=log)
    try:
        yield started
    finally:
        started.let_go()


def _deploy(settings: Settings, env: dict[str, str]) -> None:
    log = settings.home / "logs" / "deploy.log"
    for arguments in (["work-pool", "create", POOL, "--type", "process", "--overwrite"], ["--no-prompt", "deploy", "--all"]):
        _prefect(arguments, env, log)


def _prefect(arguments: list[str], env: dict[str, str], log: Path) -> None:
    with log.open("ab") as output:
        command = [sys.executable, "-m", "prefect", *arguments]
        done = subprocess.run(
            command, env=env, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        )
    if done.returncode:
        raise NotStarted(f"prefect {' '.join(arguments)} failed; its log is {log}.")


def _end_what_was_left(api: httpx.Client) -> None:
    """End the runs that an earlier worker was killed in, and free their places: no worker runs yet, so nothing else holds one.

    Prefect keeps the lease of a place in memory only; after a restart of the server nothing else would free it.
    """
    left = {"flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}}
    crashed = {"type": "CRASHED", "name": "Crashed", "message": "Its worker was ended; the next run makes up for it."}
    for run in api.post("/flow_runs/filter", json=left).raise_for_status().json():
        api.post(f"/flow_runs/{run['id']}/set_state", json={"state": crashed, "force": True}).raise_for_status()
    for deployment in api.post("/deployments/filter", json={}).raise_for_status().json():
        limit = deployment.get("global_concurrency_limit")
        if limit:
            api.patch(f"/v2/concurrency_limits/{limit['id']}", json={"active_slots": 0}).raise_for_status()


def _first_run(api: httpx.Client) -> str:
    """Have the worker run the daily cycle now, and return how it went."""
    deployment = api.get("/deployments/name/daily/daily").raise_for_status().json()["id"]
    run = (
        api.post(f"/deployments/{deployment}/create_flow_run", json={"state": {"type": "SCHEDULED"}}).raise_for_status().json()
    )
    patience = time.monotonic() + FIRST_RUN_SECONDS
    while run["state_type"] not in ENDED and time.monotonic() < patience:
        time.sleep(0.5)
        run = api.get(f"/flow_runs/{run['id']}").raise_for_status().json()
    return _told(run)


def _tell_what_runs(api: httpx.Client, parts: list[Leashed], settings: Settings, say: Say) -> None:
    """Say how each run ended, until asked to stop.

    Raises:    NotStarted: a part ended by itself
    """
    since, told, failures = now(), set[str](), 0
    asked = {"end_time": {"after_": since.isoformat()}, "parent_task_run_id": {"is_null_": True}}
    while all(part.is_running for part in parts) and failures < UNANSWERED:
        time.sleep(TELL_EVERY_SECONDS)
        try:
            runs = api.post(
                "/flow_runs/filter", json={"flow_runs": asked, "sort": "END_TIME_DESC", "limit": 50}
            ).raise_for_status()
            failures = 0
        except httpx.HTTPError:
            failures += 1
            continue
        for run in reversed([run for run in runs.json() if run["id"] not in told]):
            told.add(run["id"])
            say(_told(run))
    raise NotStarted(
        f"The Prefect server, the worker or the pages ended by themselves; their logs are in {settings.home / 'logs'}."
    )


def _told(run: dict[str, Any]) -> str:
    message = (run.get("state") or {}).get("message") or ""
    return f"{run['name']} {run['state_name'].upper()}: {message}".rstrip(": ")
