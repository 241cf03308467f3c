"""The rows of a CSV file that people wrote, each with its line; what cannot be read becomes a problem. Imports no Prefect."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from plan.record import UNPRINTABLE

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with something in it."""

    line: int
    """Where it begins, counted from 1."""
    cells: dict[str, str]
    """By the column's name, each on one line and without space around it."""
    faults: list[str] = field(default_factory=list)
    """A sentence on each column that could not be used so far."""

    def read(self, column: str, how: Callable[[str], Read]) -> Read | None:
        """Return what a column says, or None where it cannot be used: then the fault is kept."""
        try:
            return how(self.cells[column])
        except ValueError as error:
            self.faults.append(f"{column}: {error}")
            return None


def read_rows(path: Path, header: Sequence[str], problems: list[str], *, shown: str = "") -> Iterator[Row]:
    """Yield the rows of a file, in its order.

    Args:      header: the columns that the first line has to name, in their order
               problems: takes up what is no row, with its line; it may be that nothing is yielded
               shown: how problems name the file; left out, by its path
    """
    where = shown or str(path)
    text = _text(path, where, problems)
    if text is None:
        return
    rows = _numbered(text, where, problems)
    _, first = next(rows, (1, []))
    if [cell.strip() for cell in first] != list(header):
        problems.append(f'{where}:1: the first line has to be "{",".join(header)}", with commas')
        return
    for line, cells in rows:
        if len(cells) != len(header) and any(cells):
            columns = f"{len(cells)} columns stand here, and {len(header)} are needed: {', '.join(header)}"
            problems.append(f"{where}:{line}: {columns}")
        elif any(cell.strip() for cell in cells):
            yield Row(line, dict(zip(header, (" ".join(cell.split()) for cell in cells), strict=True)))


def written_day(text: str) -> date:
    """Read a day as in 2026-01-15.

    Raises:    ValueError: it is none
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f'"{text}" is not a day; write year-month-day, as in 2026-01-15')
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a day of the calendar; correct it') from None


def plain_line(text: str) -> str:
    """Read a text that is to be shown on one line.

    Raises:    ValueError: it holds what cannot be printed
    """
    if UNPRINTABLE.search(text):
        raise ValueError("it holds a control character; write it as plain text")
    return text


def _numbered(text: str, where: str, problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it begins, up to where the text is no CSV any more."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in rows:
            yield line, cells
            line = rows.line_num + 1  # a quoted cell may run over several lines
    except csv.Error as error:
        problems.append(f"{where}:{line}: from here on it cannot be read as CSV ({error}); check its quotation marks")


def _text(path: Path, where: str, problems: list[str]) -> str | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.append(f"{where}: the file cannot be read ({(error.strerror or str(error)).lower()})")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.append(f"{where}:{line}: the file is not UTF-8 text; save it as CSV in UTF-8")
        return None
