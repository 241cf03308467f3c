"""How long the core takes, how long Prefect takes, and how many statements run: `make bench`. It prints and asserts nothing."""

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from ledger.ledger import open_ledger
from notifications.rollup.files import render
from plan.digests import gather, notices_about
from plan.facts import Facts
from plan.freeze import freeze
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Item
from plan.rehearsal import rehearse
from plan.rollup import written
from plan.standing import standing
from tasks.settings import CHECKOUT, PREFIX, Settings, read_settings
from tasks.workplace import open_workplace
from tests.bench_collected import collected_table
from tests.commands import PLANKEEPER, ended, start
from tests.flow_builders import DAY, QUARTER, ROLLED_UP, enlarged, inbox, send, work
from tests.judgement_builders import published
from tests.ledger_builders import statements

SIZES = (42, 420, 4_200, 42_000)
CORE_RUNS, DAILY_RUNS = 7, 3

Answer = TypeVar("Answer")


def best(work_once: Callable[[], object], *, runs: int) -> float:
    """Return the shortest time of several, in milliseconds; what else the machine does only ever adds to it."""
    return min(_timed(work_once)[0] for _ in range(runs)) * 1000


def _timed(work_once: Callable[[], Answer]) -> tuple[float, Answer]:
    gc.collect()
    began = perf_counter()
    answer = work_once()
    return perf_counter() - began, answer


def core(situation: Situation, items: Sequence[Item], *, runs: int = CORE_RUNS) -> tuple[float, float]:
    """Return how long it takes to assess what items owe, and to choose their mail of the day, in milliseconds."""
    duties, facts, told = situation.duties, situation.facts, situation.told

    def assess() -> None:
        for item in items:
            owed = duties.current(item, as_of=DAY)
            assert owed
            standing(owed, duties=duties, facts=facts, told=told, as_of=DAY)

    def choose() -> None:
        gather((notice for item in items for notice in notices_about(item, situation, as_of=DAY)), situation, as_of=DAY)

    assess()  # the terms of the plan are laid out once
    return best(assess, runs=runs), best(choose, runs=runs)


def core_table() -> Iterator[tuple[str, ...]]:
    """Yield rows for the actions of plans of several sizes, for all that the shipped plan owes, and for its measures."""
    first = 0.0
    for size in SIZES:
        situation = enlarged(size // 42).situation(None, as_of=DAY)
        assess, choose = core(situation, situation.plan.actions, runs=CORE_RUNS if size < SIZES[-1] else 2)
        first = first or (assess + choose) / size
        yield _row(f"{size:,} actions, nobody told yet", assess, choose, f"{(assess + choose) / size / first:.2f}")
    for name, last in (("the shipped plan, all 168 items", DAY - timedelta(days=1)), ("the same, all told", DAY)):
        situation = enlarged(1).situation(None, as_of=DAY)
        assert list(rehearse(situation, first=date(2026, 7, 1), last=last))  # it remembers what it tells
        yield _row(name, *core(situation, tuple(situation.plan.items.values())), "")
    judge = best(lambda: Judged(situation.duties, situation.facts, DAY).whole, runs=CORE_RUNS)
    yield "its 48 measures, summed up", f"{judge:.1f}", "", "", ""


def _row(name: str, assess: float, choose: float, ratio: str) -> tuple[str, ...]:
    return name, f"{assess:.1f}", f"{choose:.1f}", f"{assess + choose:.1f}", ratio


def rollup_table() -> Iterator[tuple[str, ...]]:
    """Yield rows for the rollup of plans of several sizes: freezing it, and making its four files."""
    for size in (42, 420, 4_200):
        situation = replace(enlarged(size // 42).situation(None, as_of=ROLLED_UP), facts=Facts(published()))
        freezing, frozen = _timed(partial(freeze, QUARTER, situation, before=None, as_of=ROLLED_UP))
        rendering, files = _timed(partial(render, written(frozen), seal="0" * 64))
        sizes = ", ".join(f"{ending} {len(content) / 1e6:.1f}" for ending, content in files.items())
        yield f"{size:,} actions", f"{freezing:.2f}", f"{rendering:.2f}", sizes


def cycle(home: Path) -> tuple[float, int, int]:
    """Do the real plan's busy day in this process; return seconds, SQL statements and mails."""
    settings: Settings = read_settings().model_copy(update={"home": home})
    with statements() as seen:
        seconds, _ = _timed(lambda: _worked(settings))
    return seconds, len(seen), len(inbox(home))


def _worked(settings: Settings) -> None:
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        work(settings, workplace, ledger, DAY)
        send(settings, workplace, ledger, DAY)


def daily(home: Path) -> float:
    """Return how many seconds `plankeeper run daily` takes on a day, start and end included."""
    seconds, said = _timed(lambda: ended(start(home, *PLANKEEPER, "run", "daily", "--as-of", str(DAY))))
    assert said.code == 0, said
    return seconds


def main() -> None:
    """Measure, and print."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    console = Console(width=100)
    table = Table(title=f"The core on {DAY}: ms, the best of {CORE_RUNS}", title_justify="left")
    for column in ("", "assess", "choose", "both", "per action, of the first"):
        table.add_column(column, justify="left" if not column else "right")
    for row in core_table():
        table.add_row(*row)
    console.print(table)

    rollups = Table(title="A rollup: s, and MB of its files", title_justify="left")
    for column in ("", "freeze", "render", "files"):
        rollups.add_column(column)
    for row in rollup_table():
        rollups.add_row(*row)
    console.print(rollups)
    console.print(collected_table())

    with tempfile.TemporaryDirectory(prefix="plankeeper-bench-") as folder:
        whole = Table(title=f"The daily cycle of the shipped plan on {DAY}, SQLite", title_justify="left")
        whole.add_column("")
        whole.add_column("s", justify="right")
        seconds, executed, mails = cycle(Path(folder) / "without")
        runs = list(_daily_runs(Path(folder)))
        median = statistics.median(runs)
        imports = _imports()
        whole.add_row(f"plankeeper run daily, whole, median of {DAILY_RUNS}: {mails} mails", f"{median:.2f}")
        whole.add_row("of it our own work, measured without Prefect", f"{seconds:.2f}")
        whole.add_row("of it starting Python and importing our modules", f"{imports:.2f}")
        whole.add_row("the rest: Prefect's server, engine and records", f"{median - seconds - imports:.2f}")
        console.print(whole)
        console.print(f"{executed} SQL statements in the cycle, a new database included; {mails} mails")


def _daily_runs(folder: Path) -> Iterator[float]:
    """Yield the seconds of a day's run in homes where Prefect has made its database but nothing was recorded or sent."""
    made = folder / "made"
    assert ended(start(made, *PLANKEEPER, "run", "assess", "--as-of", str(DAY), "--dry-run")).code == 0
    for number in range(DAILY_RUNS):
        shutil.copytree(made, folder / f"run{number}")
        yield daily(folder / f"run{number}")


def _imports() -> float:
    commands = [sys.executable, "-c", "import flows.command_line, flows.started"]
    return min(_timed(lambda: subprocess.run(commands, cwd=CHECKOUT, check=True))[0] for _ in range(3))


if __name__ == "__main__":
    main()
