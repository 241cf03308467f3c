"""How long the core takes, how long Prefect takes, and how many statements run: `make bench`. It prints and asserts nothing."""

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from ledger.ledger import open_ledger
from plan.digests import due_notices
from plan.ladder import Situation
from plan.rehearsal import rehearse
from tasks.judge import owed_now
from tasks.settings import CHECKOUT, PREFIX, Settings, read_settings
from tasks.workplace import open_workplace
from tests.commands import PLANKEEPER, ended, start
from tests.flow_builders import DAY, enlarged, inbox, send, work
from tests.ledger_builders import statements

SIZES = (42, 420, 4200)
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


def core(situation: Situation) -> tuple[float, float]:
    """Return how long it takes to assess every obligation, and to choose all mail of the day, in milliseconds."""
    owed_now(situation, as_of=DAY)  # the terms of the plan are laid out once
    assess = best(lambda: owed_now(situation, as_of=DAY), runs=CORE_RUNS)
    return assess, best(lambda: due_notices(situation, as_of=DAY), runs=CORE_RUNS)


def core_table() -> Iterator[tuple[str, ...]]:
    """Yield a row for each size of a plan of which nobody was told anything, and one for the shipped plan as it would stand."""
    first = 0.0
    for size in SIZES:
        situation = enlarged(size // 42).situation(None, as_of=DAY)
        assess, choose = core(situation)
        first = first or (assess + choose) / size
        ratio = f"{(assess + choose) / size / first:.2f}"
        items = f"{size} actions ({len(situation.plan.items)} items), nobody told yet"
        yield items, *(f"{ms:.1f}" for ms in (assess, choose, assess + choose)), ratio
    for name, last in (("the shipped plan, 17 mails due", DAY - timedelta(days=1)), ("the shipped plan, all told", DAY)):
        situation = enlarged(1).situation(None, as_of=DAY)
        assert list(rehearse(situation, first=date(2026, 7, 1), last=last))  # it remembers what it tells
        assess, choose = core(situation)
        yield name, *(f"{ms:.1f}" for ms in (assess, choose, assess + choose)), ""


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
    commands = [sys.executable, "-c", "import flows.command_line"]
    return min(_timed(lambda: subprocess.run(commands, cwd=CHECKOUT, check=True))[0] for _ in range(3))


if __name__ == "__main__":
    main()
