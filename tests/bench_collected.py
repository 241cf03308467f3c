"""How long one table takes that gives all measures of a large plan their figures: a part of `make bench`, or by itself.

The figures are made up. The table stands on a server on loopback, so that it is counted how often anybody asks for it.
"""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from ledger.ledger import open_ledger
from plan.collected import collected
from plan.model import LongTermMeasure, Plan, Trajectory
from plan.sources import Delimited
from tasks.gather import gather, sift
from tasks.settings import PREFIX, Settings
from tasks.sources.given import table_of
from tasks.workplace import Workplace
from tests.flow_builders import DAY, enlarged
from tests.plan_builders import shipped
from tests.source_servers import LOOPBACK, Answer, Asked, serving

SIZES = ((4_200, 15_000), (42_000, 15_000), (42_000, 150_000))
"""Actions, and rows."""
YEARS = ("2021-22", "2022-23", "2023-24", "2024-25", "2025-26")
AT = datetime(2026, 10, 22, 13, 30, tzinfo=UTC)

Found = TypeVar("Found")


def timed(work: Callable[[], Found]) -> tuple[float, Found]:
    """Return how many seconds something takes, and what it gives."""
    gc.collect()
    began = perf_counter()
    found = work()
    return perf_counter() - began, found


def collected_table() -> Table:
    """Measure, and return the table."""
    title = f"One CSV for all measures with figures, on {DAY}, SQLite: s"
    table = Table(title=title, title_justify="left")
    for column in (
        "actions",
        "measures",
        "rows",
        "asked",
        "read",
        "find",
        "take in",
        "in all",
        "again",
        "per row, of the first",
    ):
        table.add_column(column, justify="right")
    first = 0.0
    for actions, rows in SIZES:
        asked, *seconds = _measured(naming_one_source(actions), rows)
        first = first or sum(seconds[:3]) / rows
        figures = [f"{one:.2f}" for one in (*seconds[:3], sum(seconds[:3]), seconds[3], sum(seconds[:3]) / rows / first)]
        table.add_row(f"{actions:,}", f"{actions // 42 * 30:,}", f"{rows:,}", str(asked), *figures)
    return table


def naming_one_source(actions: int) -> Workplace:
    """Return a workplace with a plan of so many actions, whose measures with figures all name one source, called all."""

    def naming(part: Any) -> Any:
        measures = tuple(_naming(measure) for measure in part.long_term_measures)
        strands = tuple(naming(strand) for strand in getattr(part, "strands", ()))
        return part.model_copy(update={"long_term_measures": measures} | ({"strands": strands} if strands else {}))

    plan = shipped()[0]
    priorities = tuple(
        priority.model_copy(update={"objectives": tuple(map(naming, priority.objectives))}) for priority in plan.priorities
    )
    columns = {name: name for name in ("measure", "school_year", "value")}
    source = {"id": "all", "kind": "csv", "at": "https://made-up.example.org/", "columns": columns}
    kept = {name: getattr(plan, name) for name in Plan.model_fields}
    named = Plan.model_validate(kept | {"sources": [source], "priorities": priorities})
    return enlarged(actions // 42, named)


def _naming(measure: LongTermMeasure) -> LongTermMeasure:
    if not measure.has_figures:
        return measure
    kept = {name: getattr(measure, name) for name in LongTermMeasure.model_fields}
    return LongTermMeasure.model_validate(kept | {"sources": ["all"]})


def _lines(plan: Plan, rows: int) -> Iterator[str]:
    """Yield a table: of each measure one year after another, with the same figure in all, so that none jumps."""
    yield "measure,school_year,value\r\n"
    measures = [measure for measure in plan.long_term_measures if measure.has_figures]
    for number in range(rows):
        measure = measures[number // len(YEARS) % len(measures)]
        value = measure.target.baseline if isinstance(measure.target, Trajectory) else 50
        yield f"{measure.id},{YEARS[number % len(YEARS)]},{value}\r\n"


def _measured(workplace: Workplace, rows: int) -> tuple[int, float, float, float, float]:
    """Return how often the table is asked for, and the seconds to read, find and take in, and for the whole once more."""
    asked: list[Asked] = []
    plan = workplace.plan
    content = "".join(_lines(plan, rows)).encode()
    with (
        tempfile.TemporaryDirectory(prefix="plankeeper-bench-") as folder,
        serving({"/": Answer(content=content)}, asked=asked) as url,
        open_ledger(f"sqlite:///{Path(folder) / 'ledger.db'}") as ledger,
    ):
        settings = Settings(source_hosts=(url.removeprefix("http://"),), source_networks=(LOOPBACK,))
        (declared,) = plan.sources
        assert isinstance(declared, Delimited)
        source = declared.model_copy(update={"at": f"{url}/"})
        reading, table = timed(partial(table_of, source, settings))
        finding, said = timed(partial(collected, source, table, workplace.roster, as_of=DAY, asked_on=DAY))
        assert (len(said.readings), said.faults) == (rows, ())
        choose = partial(sift, said.readings, workplace)
        taking, new = timed(partial(ledger.collect, plan.id, source.id, choose, recorded_at=AT))
        assert {change.kind for change in new} == {"new"}
        asked.clear()
        again, known = timed(partial(gather, source, workplace, settings, ledger, as_of=DAY, at=AT))
        assert {change.kind for change in known.changes} == {"same"}
    return len(asked), reading, finding, taking, again


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    Console(width=120).print(collected_table())
