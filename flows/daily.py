"""The day's work: collect, judge, choose, send. What can be done is done; then what failed fails the run, with a sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed

from flows.assess import assess
from flows.collect import collect
from flows.days import OVER, TODAY, day_asked, is_over
from flows.deliver import deliver
from flows.remind import remind
from tasks.settings import read_settings
from tasks.workplace import open_workplace

PARTS: tuple[tuple[str, Callable[..., State[Any]]], ...] = (
    ("collect", collect),
    ("assess", assess),
    ("remind", remind),
    ("deliver", deliver),
)


class PartFailed(Exception):
    """A part of the day's work failed, and the rest was done; the sentence says what failed and why, then what was done."""


@flow(
    flow_run_name="daily {as_of}",
    description="Collects what the sources say, judges where everything stands, chooses who is told what, and sends it.",
)
def daily(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Do the day's work.

    Args:
        as_of: the day to act for, as in 2026-10-22, or "today": the date of the scheduled start
        dry_run: decide everything, but send and record nothing
    """
    workplace = open_workplace(read_settings())
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    states = {name: part(day.isoformat(), dry_run, return_state=True) for name, part in PARTS}
    failed = {name: state for name, state in states.items() if not state.is_completed()}
    if failed:
        raise PartFailed(" ".join(_told(name, state) for name, state in (failed | states).items())) from _first_cause(failed)
    done = {name: state.result() for name, state in states.items()}
    return Completed(message=" ".join(f"{name}: {said}." for name, said in done.items()), data=done)


def _told(name: str, state: State[Any]) -> str:
    """Return how a part went, as a sentence."""
    return f"{name}: {state.result()}." if state.is_completed() else f"{name} failed: {_cause(state) or state.message}"


def _first_cause(failed: Mapping[str, State[Any]]) -> BaseException | None:
    return next((_cause(state) for state in failed.values()), None)


def _cause(state: State[Any]) -> BaseException | None:
    found = state.result(raise_on_failure=False)
    return found if isinstance(found, BaseException) else None
