"""The tasks that collect: one run for each source, so that one that fails, fails alone, and one for what is filed."""

from datetime import date, datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.concurrency.sync import rate_limit
from prefect.tasks import Task

from ledger.ledger import Ledger
from plan.sources import Source
from tasks.gather import Gathered, gather
from tasks.settings import Settings
from tasks.sources.failures import SourceDidNotAnswer
from tasks.sources.given import host_of
from tasks.workplace import Workplace

RETRIES = 3
"""How often a source that did not answer is asked again in one run."""


def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return whether asking again is worth it: the source did not answer, in a manner that may pass."""
    return isinstance(state.result(raise_on_failure=False), SourceDidNotAnswer)


def limit_of(host: str) -> str:
    """Return the name of the limit on how often a server is asked."""
    return f"source-{host}"


@task(task_run_name="collect {code}", retries=RETRIES, retry_condition_fn=may_pass, cache_policy=NO_CACHE)
def collect_source(
    code: str,  # noqa: ARG001 - names the run
    source: Source,
    workplace: Workplace,
    settings: Settings,
    ledger: Ledger,
    *,
    as_of: date,
    at: datetime,
    dry_run: bool,
) -> Gathered:
    """Ask a source and take in what it says; Prefect's own limit sees to it that no server is asked too often."""
    if host := host_of(source):
        rate_limit(limit_of(host))
    return gather(source, workplace, settings, ledger, as_of=as_of, at=at, dry_run=dry_run)
