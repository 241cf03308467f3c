"""Collect what sources say and what is filed as evidence. A source fails alone: what was known of its measures stands."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from prefect import flow, unmapped
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed
from prefect.tasks import exponential_backoff

from flows.days import OVER, TODAY, day_asked, is_over, now
from ledger.ledger import open_ledger
from plan.sources import Source
from tasks.as_is import as_is
from tasks.collect import COLLECTED, Line, collect_filed, collect_source, publish_collected
from tasks.gather import Filed, Gathered, SourceFaulty
from tasks.pace import limit_pace
from tasks.settings import SettingsRefused, read_settings
from tasks.sources.failures import CollectingFailed, SourceDidNotAnswer, SourceFailed, SourcesDidNotAnswer
from tasks.sources.given import host_of
from tasks.workplace import open_workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What came in."""

    sources: int
    new: int
    restated: int
    same: int
    held: int
    """How many figures wait for a yes, from this run and from earlier ones."""
    silent: int
    """Of how many measures their sources say nothing."""
    evidence: int
    """How much of what is filed is new."""
    unfiled: int
    """How much of what is filed does not count."""

    def __str__(self) -> str:
        if not self.sources:
            return f"the plan names no source{self._filed()}"
        readings = self.new + self.restated + self.same
        of = f"{readings} reading{'' if readings == 1 else 's'} of {self.sources} source{'' if self.sources == 1 else 's'}"
        held = f", {self.held} held for a yes" if self.held else ""
        silent = f"; nothing of {self.silent} measure{'' if self.silent == 1 else 's'}" if self.silent else ""
        return f"{of}: {self.new} new, {self.restated} restated, {self.same} known already{held}{silent}{self._filed()}"

    def _filed(self) -> str:
        new = f"; {self.evidence} new as evidence" if self.evidence else ""
        counts = "does" if self.unfiled == 1 else "do"
        return new + (f"; {self.unfiled} of what is filed {counts} not count: see {COLLECTED}" if self.unfiled else "")


@flow(
    flow_run_name="collect {as_of}",
    description="Asks each source for its figures, one task run for each, and looks through what is filed as evidence."
    " What is new comes in, and what jumps is held.",
)
def collect(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Collect what the sources say.

    Args:
        as_of: the day to collect for, as in 2026-10-22, or "today": the date of the scheduled start
        dry_run: ask and show, but record nothing
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    sources = workplace.plan.sources
    limit_pace(_hosts(sources))
    with open_ledger(settings.database) as ledger:
        asked = collect_source.with_options(retry_delay_seconds=exponential_backoff(settings.source_retry_seconds))
        runs = asked.map(
            [source.id for source in sources],
            list(sources),
            workplace=unmapped(as_is(workplace)),
            settings=unmapped(as_is(settings)),
            ledger=unmapped(as_is(ledger)),
            as_of=unmapped(day),
            at=unmapped(now()),
            dry_run=unmapped(dry_run),
        )
        filed = collect_filed(as_is(workplace), as_is(settings), as_is(ledger), as_of=day, at=now(), dry_run=dry_run)
        runs.wait()
        waiting = sum(1 for one in ledger.held(workplace.plan.id) if one.decision is None)
    lines = [_line(source, run.state) for source, run in zip(sources, runs, strict=True)]
    publish_collected(as_is(lines), as_is(filed), as_of=day)
    found = _gain(lines, filed, held=waiting)
    if fault := next((line.fault for line in lines if line.fault), None):
        raise fault
    if failed := [line for line in lines if line.wrong]:
        said = [f"{found}. {len(failed)} of {len(lines)} sources failed."]
        said += (f"{line.source.id}: {one}" for line in failed for one in line.wrong.splitlines())
        may_pass = all(line.may_pass for line in failed)
        raise (SourcesDidNotAnswer if may_pass else CollectingFailed)("\n".join(said))
    return Completed(message=f"{found}.", data=found)


def _hosts(sources: Iterable[Source]) -> Iterator[str]:
    """Yield the servers that are asked."""
    for source in sources:
        with suppress(SourceFailed):  # an address that cannot be read is told by its own task run
            yield host_of(source)


def _line(source: Source, state: State[Any]) -> Line:
    """Return what came of a source."""
    found = state.result(raise_on_failure=False)
    if isinstance(found, Gathered):
        return Line(source=source, gathered=found)
    if isinstance(found, SourceFaulty):
        return Line(source=source, gathered=found.gathered, wrong=str(found))
    if isinstance(found, SourceFailed | SettingsRefused):
        return Line(source=source, wrong=str(found), may_pass=isinstance(found, SourceDidNotAnswer))
    return Line(source=source, wrong=f"{type(found).__name__}: {found}", fault=found)


def _gain(lines: Sequence[Line], filed: Filed, *, held: int) -> Gain:
    counts = sum((line.counts() for line in lines), Counter[str]())
    return Gain(
        sources=len(lines),
        new=counts["new"],
        restated=counts["restated"],
        same=counts["same"],
        held=held,
        silent=sum(len(line.gathered.said.silent) for line in lines if line.gathered),
        evidence=filed.new,
        unfiled=len(filed.wrong),
    )
