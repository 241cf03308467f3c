"""The commands that start something: `run`, one flow here and now, and `up`, everything on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any

import typer

from flows.days import day_asked_now
from flows.engine import announced, any_port, environment, server
from flows.exits import NO_ANSWER, RunFailed, exit_code
from tasks.settings import Settings, read_settings
from tasks.workplace import open_workplace

HANDING_OVER_SECONDS = 10
"""How long the last logs and events may take to reach a server that is about to end."""


class Flow(StrEnum):
    """The flows that can be run."""

    DAILY = "daily"
    COLLECT = "collect"
    ASSESS = "assess"
    REMIND = "remind"
    DELIVER = "deliver"
    ROLLUP = "rollup"
    LINKS = "links"
    COUNT = "count"
    WEEKLY = "weekly"


def run(
    flow: Annotated[Flow, typer.Argument(help="Which flow; daily is collect, assess, remind and deliver in order.")],
    as_of: Annotated[str, typer.Option("--as-of", help='The day to act for, as in 2026-10-22, or "today".')] = "today",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide everything, but send and record nothing.")] = False,
) -> None:
    """Run one flow here and now, and say what it did.

    Example: plankeeper run daily --as-of 2026-10-22
    """
    settings = read_settings()
    day_asked_now(as_of, open_workplace(settings))  # what the plan's files or the day have wrong is said before all else
    with _prefect(settings):
        done = _run(flow, as_of, dry_run)
    for name, said in done.items() if isinstance(done, dict) else [(flow.value, done)]:
        typer.echo(f"{name}: {said}")


def up() -> None:
    """Start everything on this machine, run the first daily cycle, and keep running until Ctrl-C.

    Example: plankeeper up
    """
    from flows.standing_up import stand_up  # noqa: PLC0415 - the other commands do without it

    stand_up(read_settings(), say=typer.echo)


def _run(flow: Flow, as_of: str, dry_run: bool) -> Any:
    procedure = getattr(import_module(f"flows.{flow}"), flow)
    found = procedure(as_of, dry_run, return_state=True).result(raise_on_failure=False)
    if isinstance(found, Exception):
        code = exit_code(found)
        raise RunFailed(str(found), NO_ANSWER if code is None else code) from found
    return found


@contextmanager
def _prefect(settings: Settings) -> Iterator[None]:
    """Have Prefect speak to the server of `plankeeper up` if it runs, else to one that lasts as long as the block."""
    running = announced(settings)
    if running:
        os.environ.update(_quiet(settings, running["api"]))
        if "pages" in running:
            os.environ.setdefault("PLANKEEPER_BASE_URL", running["pages"])
        yield
    else:
        with server(settings, any_port(), for_one_run=True) as api_url:
            os.environ.update(_quiet(settings, api_url))
            try:
                yield
            finally:
                _say_the_rest()


def _say_the_rest() -> None:
    """Hand over the logs and events that still wait, while the server is there; at exit Prefect would seek it for a minute."""
    from prefect.events.worker import EventsWorker  # noqa: PLC0415 - Prefect reads its settings when it is imported
    from prefect.logging.handlers import APILogWorker  # noqa: PLC0415

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=HANDING_OVER_SECONDS)


def _quiet(settings: Settings, api_url: str) -> dict[str, str]:
    """Return Prefect's settings for a run at the terminal: its log goes to the server, not between our lines."""
    return environment(settings, api_url) | {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
