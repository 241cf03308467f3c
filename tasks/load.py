"""Readings in bulk, from a CSV file: all of it or nothing, and every bad row with its line. Imports no Prefect."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from plan.facts import Reading
from plan.owners import Roster
from plan.periods import SchoolYear
from plan.record import UNPRINTABLE
from tasks.answers import figure

HEADER = ("measure", "school_year", "value", "known_on", "source", "note")
INSTEAD_OF_FIGURES = {"deliverable": "evidence", "narrative": "check-ins"}
"""What measures take that have no figures, by the kind of their target."""

Read = TypeVar("Read")


class ReadingsRefused(ValueError):
    """The file of readings cannot be loaded, and nothing of it was; each line of the message names a row and its fault."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]


def read_readings(path: Path, roster: Roster, *, today: date) -> tuple[Reading, ...]:
    """Read the readings of a file, in its order.

    Args:      today: the last day that a figure can have become known on
    Raises:    ReadingsRefused: every row that cannot be read, each with its line, column and reason
    """
    problems: list[str] = []
    found: list[tuple[int, Reading]] = []
    for row in _rows(path, problems):
        reading, faults = _reading(row, roster, today)
        problems += (f"{path}:{row.line}: {fault}" for fault in faults)
        if reading is not None:
            found.append((row.line, reading))
    problems += _contradictions(path, found)
    if problems:
        raise ReadingsRefused("\n".join(problems))
    return tuple(reading for _, reading in found)


# --- rows --------------------------------------------------------------------------------------------------------------


def _rows(path: Path, problems: list[str]) -> Iterator[_Row]:
    """Yield the rows with something in them; what is no row becomes a problem."""
    rows = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    line = 1
    try:
        for cells in rows:
            start, line = line, rows.line_num + 1  # a quoted cell may run over several lines
            if start == 1:
                _check_header(path, cells)
            elif len(cells) != len(HEADER) and any(cells):
                columns = f"{len(cells)} columns stand here, and {len(HEADER)} are needed: {', '.join(HEADER)}"
                problems.append(f"{path}:{start}: {columns}")
            elif any(cell.strip() for cell in cells):
                yield _Row(start, dict(zip(HEADER, (" ".join(cell.split()) for cell in cells), strict=True)))
    except csv.Error as error:
        problems.append(f"{path}:{line}: from here on it cannot be read as CSV ({error}); check its quotation marks")
    if line == 1:
        _check_header(path, [])


def _check_header(path: Path, cells: Sequence[str]) -> None:
    if [cell.strip() for cell in cells] != list(HEADER):
        raise ReadingsRefused(f'{path}:1: the first line has to be "{",".join(HEADER)}", with commas')


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReadingsRefused(f"{path}: the file cannot be read ({(error.strerror or str(error)).lower()})") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ReadingsRefused(f"{path}:{line}: the file is not UTF-8 text; save it as CSV in UTF-8") from None


# --- one row -----------------------------------------------------------------------------------------------------------


def _reading(row: _Row, roster: Roster, today: date) -> tuple[Reading | None, list[str]]:
    """Return what a row says, or None and a sentence on each column that cannot be used."""
    faults: list[str] = []

    def read(column: str, how: Callable[[str], Read]) -> Read | None:
        try:
            return how(row.cells[column])
        except ValueError as error:
            faults.append(f"{column}: {error}")
            return None

    measure = read("measure", lambda code: _measure(code, roster))
    year, value = read("school_year", SchoolYear.parse), read("value", figure)
    known_on = read("known_on", lambda text: _day(text, today))
    source, note = read("source", _source), read("note", _line)
    if measure is None or year is None or value is None or known_on is None or source is None or note is None:
        return None, faults
    by = roster.office_title(measure)
    return Reading(item=measure, period=year, value=value, source=source, note=note, by=by, known_on=known_on), faults


def _measure(code: str, roster: Roster) -> str:
    target = next((measure.target for measure in roster.plan.long_term_measures if measure.id == code), None)
    if target is None:
        raise ValueError(f'"{code}" is not a long-term measure of the plan; plankeeper status lists them')
    if target.kind in INSTEAD_OF_FIGURES:
        raise ValueError(f"{code} has no figures; it takes {INSTEAD_OF_FIGURES[target.kind]}")
    return code


def _day(text: str, today: date) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f'"{text}" is not a day; write year-month-day, as in 2026-01-15')
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a day of the calendar; correct it') from None
    if day > today:
        raise ValueError(f"{day} is not here yet; what becomes known later is loaded then")
    return day


def _source(text: str) -> str:
    if not text:
        raise ValueError("it is empty; say where the figure is written, by an address or the name of a document")
    return _line(text)


def _line(text: str) -> str:
    if UNPRINTABLE.search(text):
        raise ValueError("it holds a control character; write it as plain text")
    return text


def _contradictions(path: Path, found: Iterable[tuple[int, Reading]]) -> Iterator[str]:
    """Yield each reading that says otherwise than one above it of the same measure, year and day."""
    first: dict[tuple[str, SchoolYear, date], tuple[int, Reading]] = {}
    for line, one in found:
        above, same = first.setdefault((one.item, one.period, one.known_on), (line, one))
        if same.value != one.value:
            said = f"line {above} gives {same.value} for the same measure, school year and day; keep one of them"
            yield f"{path}:{line}: value: {said}"
