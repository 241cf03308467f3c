"""The tasks that collect: one run for each source, so that one that fails, fails alone; and the table of what came of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from ledger.ledger import Ledger
from plan.sources import Source
from tasks.gather import Filed, Gathered, gather, gather_filed
from tasks.pace import keep_pace
from tasks.settings import Settings
from tasks.sources.failures import SourceDidNotAnswer
from tasks.sources.given import host_of
from tasks.workplace import Workplace

COLLECTED = "collected"
"""Key of the artifact; each run adds a version."""
COLUMNS = (
    *("source", "what is wrong", "new", "restated", "known already", "held"),
    *("masked", "nothing of", "later", "kind", "found at"),
)
RETRIES = 3
"""How often a source that did not answer is asked again in one run."""


def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return whether asking again is worth it: the source did not answer, in a manner that may pass."""
    return isinstance(state.result(raise_on_failure=False), SourceDidNotAnswer)


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
    keep_pace(host_of(source))
    return gather(source, workplace, settings, ledger, as_of=as_of, at=at, dry_run=dry_run)


@task(task_run_name="collect what is filed", cache_policy=NO_CACHE)
def collect_filed(
    workplace: Workplace, settings: Settings, ledger: Ledger, *, as_of: date, at: datetime, dry_run: bool
) -> Filed:
    """Take in what is filed as evidence."""
    return gather_filed(workplace, settings, ledger, as_of=as_of, at=at, dry_run=dry_run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What came of one source, for the table."""

    source: Source
    gathered: Gathered | None = None
    """None where nothing came in."""
    wrong: str = ""
    """What is wrong, in sentences; empty if nothing is."""
    may_pass: bool = False
    """Whether all that is wrong is that it did not answer."""
    fault: Exception | None = None
    """What plankeeper itself, and not the source, has wrong."""

    def counts(self) -> Counter[str]:
        """Return how many readings are new, restated, the same, held now and held before."""
        return Counter(change.kind for change in self.gathered.changes) if self.gathered else Counter()


@task(task_run_name="publish what was collected", cache_policy=NO_CACHE)
def publish_collected(lines: Sequence[Line], filed: Filed, *, as_of: date) -> None:
    """Publish the table of all sources and of what is filed: what came, what was held, and what is wrong."""
    failed = sum(1 for line in lines if line.wrong)
    create_table_artifact(
        key=COLLECTED,
        table=[*map(_row, lines), _row_of_filed(filed)],
        description=f"What the sources said on {as_of}: {len(lines)} asked, {failed} with something wrong.",
    )


def _row(line: Line) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "") | {"source": line.source.id, "kind": line.source.kind, "what is wrong": line.wrong}
    if line.gathered is None:
        return row
    counts = line.counts()
    return row | {
        "found at": line.gathered.found_at,
        "new": str(counts["new"]),
        "restated": str(counts["restated"]),
        "known already": str(counts["same"]),
        "held": str(counts["held"] + counts["held before"]),
        "masked": ", ".join(line.gathered.said.masked),
        "nothing of": ", ".join(line.gathered.said.silent),
        "later": "; ".join(line.gathered.said.later),
    }


def _row_of_filed(filed: Filed) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {
        "source": "what is filed",
        "kind": "evidence",
        "new": str(filed.new),
        "known already": str(filed.same),
        "what is wrong": "\n".join(filed.wrong),
    }
