"""The Prefect server that a command works with: its settings, and whether one answers. Imports no Prefect."""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlsplit

import httpx

from flows.leash import Leashed
from tasks.settings import CHECKOUT, Settings

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 180
"""How long a server may take to answer for the first time: on a slow machine it first compiles and migrates."""

REMEMBERS = "P1D"
"""How long the server keeps a wait that is over, to see that nothing came though it was off then; left alone, a minute."""

BUSY_SECONDS, BUSY_PAUSE_SECONDS = 60, 0.5
"""How long a server may be too busy to answer, and how long it is left alone between two questions."""


class NotStarted(Exception):
    """A part that plankeeper needs did not start; the sentence names its log."""


def environment(settings: Settings, api_url: str) -> dict[str, str]:
    """Return the environment for everything that speaks to Prefect: its data in our own folder, silent towards the world."""
    return {
        **os.environ,
        "PREFECT_HOME": str(settings.home.resolve() / "prefect"),
        "PREFECT_API_URL": api_url,
        "PREFECT_UI_API_URL": "/api",  # else the UI asks port 4200, wherever it is served
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # the newer UI asks a host outside
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_COLORS": "false",
        "PLANKEEPER_CHECKOUT": str(CHECKOUT),
        "PLANKEEPER_HOME": str(settings.home.resolve()),
        "PLANKEEPER_PLAN": str(settings.plan),
        "PLANKEEPER_OWNERS": str(settings.owners),
        "PLANKEEPER_CALENDAR": str(settings.calendar),
        "PLANKEEPER_EVIDENCE": str(settings.evidence),
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def server(settings: Settings, port: int, *, for_one_run: bool) -> Iterator[str]:
    """Run a Prefect server as long as the block runs, and yield the address of its API.

    Raises:    NotStarted: it does not answer
    """
    api_url = f"http://{LOOPBACK}:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", LOOPBACK, "--port", str(port)]
    extra = {"PREFECT_LOGGING_TO_API_ENABLED": "false", "PREFECT_SERVER_EVENTS_EXPIRED_BUCKET_BUFFER": REMEMBERS} | (
        {"PREFECT_SERVER_UI_ENABLED": "false"} if for_one_run else {}
    )
    log = settings.home / "logs" / "prefect-server.log"
    started = Leashed(command, env=environment(settings, api_url) | extra, log=log)
    try:
        wait_until(lambda: answers(f"{api_url}/health"), started, "the Prefect server", log)
        yield api_url
    finally:
        started.let_go()


def wait_until(ready: Callable[[], bool], started: Leashed, name: str, log: Path) -> None:
    """Return when something that was started is ready.

    Raises:    NotStarted: it ended, or took too long
    """
    patience = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if not started.is_running or time.monotonic() > patience:
            raise NotStarted(f"{name.capitalize()} did not start; its log is {log}.")
        time.sleep(0.2)


def api_client(api_url: str) -> httpx.Client:
    """Return who asks a Prefect server; a server that is too busy to answer is asked again for a while."""
    return httpx.Client(base_url=api_url, timeout=30, trust_env=False, transport=_Patient())


class _Patient(httpx.HTTPTransport):
    """Asks again while the answer is 503, which Prefect gives as long as its database is locked by somebody else."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the first other answer, or 503 when patience is over."""
        patience = time.monotonic() + BUSY_SECONDS
        while (response := super().handle_request(request)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
            if time.monotonic() > patience:
                break
            response.close()
            time.sleep(BUSY_PAUSE_SECONDS)
        return response


def answers(url: str) -> bool:
    """Return whether an address of this machine answers."""
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@contextmanager
def free_port(wanted: int) -> Iterator[int]:
    """Keep a port that is free, the one wanted or the next one that is, from every other `plankeeper up` of this machine."""
    for port in range(wanted, wanted + 1000):
        with sole_holder(Path(gettempdir()) / f"plankeeper-{os.getuid()}-port-{port}.lock") as is_ours:
            if is_ours and _is_free(port):
                yield port
                return
    raise NotStarted(f"No port from {wanted} to {wanted + 999} is free.")


@contextmanager
def sole_holder(path: Path) -> Iterator[bool]:
    """Hold a lock that ends with the process, and yield whether nobody else holds it."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _is_free(port: int) -> bool:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def any_port() -> int:
    """Return some port that is free."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


# --- the server that `plankeeper up` keeps running ---------------------------------------------------------------------


def announce(settings: Settings, addresses: dict[str, str]) -> None:
    """Write down where `plankeeper up` serves, for the commands that run beside it."""
    _note(settings).write_text(json.dumps(addresses, indent=1) + "\n", encoding="utf-8")


def forget(settings: Settings) -> None:
    """Strike what was announced."""
    _note(settings).unlink(missing_ok=True)


def announced(settings: Settings) -> dict[str, str]:
    """Return where `plankeeper up` serves, or nothing if it does not run or does not answer."""
    with suppress(OSError, ValueError):
        addresses = dict(json.loads(_note(settings).read_text(encoding="utf-8")))
        api_url = str(addresses.get("api", ""))
        if urlsplit(api_url).hostname == LOOPBACK and answers(f"{api_url}/health"):
            return addresses
    return {}


def _note(settings: Settings) -> Path:
    return settings.home / "up.json"
