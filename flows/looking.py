"""What the commands that only read share: the way to what is known, and how a result is printed."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger.address import is_missing
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace

if TYPE_CHECKING:
    from ledger.ledger import Ledger


class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"


AsOf = Annotated[str, typer.Option("--as-of", help='The day to look at, as in 2026-10-22, or "today".')]
As = Annotated[Format, typer.Option("--format", help="A table for people, or JSON for programs.")]

COLOURS = {
    **dict.fromkeys(("met", "on_track", "achieved", "submitted", "submitted_late", "current"), "green"),
    **dict.fromkeys(("watch", "at_risk", "due", "overdue", "in_grace", "expiring"), "yellow"),
    **dict.fromkeys(("off_track", "declined", "missed", "not_achieved", "escalated", "exhausted", "expired"), "red"),
}
"""Colours beside the words, never instead of them."""


@contextmanager
def at_work() -> Iterator[tuple[Settings, Workplace, "Ledger | None"]]:
    """Yield what a command looks at; the ledger is None where nothing has been recorded yet, and none is made."""
    settings = read_settings()
    workplace = open_workplace(settings)
    ledger = _ledger(settings.database)
    try:
        yield settings, workplace, ledger
    finally:
        if ledger:
            ledger.close()


def _ledger(url: str) -> "Ledger | None":
    if is_missing(url):
        return None
    from ledger.ledger import read_ledger  # noqa: PLC0415 - what knows SQL takes longer to load than most commands to answer

    return read_ledger(url)


def print_json(form: object) -> None:
    """Print a form for programs."""
    typer.echo(json.dumps(form, indent=1, ensure_ascii=False))


def console(*, stderr: bool = False) -> Console:
    """Return where tables go; what people wrote is printed as it is, never taken for markup."""
    return Console(markup=False, emoji=False, highlight=False, stderr=stderr)


def table(title: str, *columns: str, widths: tuple[int | None, ...] = ()) -> Table:
    """Return an empty table without lines between its columns.

    Args:      widths: of the columns, where they are not to follow from what stands in them
    """
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column, width in zip(columns, (*widths, *[None] * (len(columns) - len(widths))), strict=True):
        made.add_column(column, overflow="fold", width=width)
    return made


def code(text: str) -> Text:
    """Return an item's code for a narrow column; a long one goes on after a hyphen."""
    return Text("\n".join(wrap(text, 20)))


def words(status: str) -> str:
    """Return a status as people say it."""
    return status.replace("_", " ")


def coloured(status: str) -> Text:
    """Return a status in words, with its colour beside them."""
    return Text(words(status), style=COLOURS.get(status, ""))


def told_and_why(title: str, *reasons: str) -> Text:
    """Return a title with the reasons below it."""
    return Text("\n").join([Text(title), *(Text(reason, style="dim") for reason in reasons if reason)])


def counted(statuses: Iterable[str]) -> str:
    """Return how many have each status, the most frequent first."""
    return ", ".join(f"{count} {words(status)}" for status, count in Counter(statuses).most_common())
