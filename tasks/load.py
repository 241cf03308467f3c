"""Readings in bulk, from a CSV file: all of it or nothing, and every bad row with its line. Imports no Prefect."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from plan.facts import Reading
from plan.owners import Roster
from plan.periods import SchoolYear
from tasks.answers import figure
from tasks.rows import Row, plain_line, read_rows, written_day

HEADER = ("measure", "school_year", "value", "known_on", "source", "note")
INSTEAD_OF_FIGURES = {"deliverable": "evidence", "narrative": "check-ins"}
"""What measures take that have no figures, by the kind of their target."""


class ReadingsRefused(ValueError):
    """The file of readings cannot be loaded, and nothing of it was; each line of the message names a row and its fault."""


def read_readings(path: Path, roster: Roster, *, today: date) -> tuple[Reading, ...]:
    """Read the readings of a file, in its order.

    Args:      today: the last day that a figure can have become known on
    Raises:    ReadingsRefused: every row that cannot be read, each with its line, column and reason
    """
    problems: list[str] = []
    found: list[tuple[int, Reading]] = []
    for row in read_rows(path, HEADER, problems):
        reading = _reading(row, roster, today)
        problems += (f"{path}:{row.line}: {fault}" for fault in row.faults)
        if reading is not None:
            found.append((row.line, reading))
    problems += _contradictions(path, found)
    if problems:
        raise ReadingsRefused("\n".join(problems))
    return tuple(reading for _, reading in found)


# --- one row -----------------------------------------------------------------------------------------------------------


def _reading(row: Row, roster: Roster, today: date) -> Reading | None:
    """Return what a row says, or None where a column cannot be used."""
    measure = row.read("measure", lambda code: _measure(code, roster))
    year, value = row.read("school_year", SchoolYear.parse), row.read("value", figure)
    known_on = row.read("known_on", lambda text: _day(text, today))
    source, note = row.read("source", _source), row.read("note", plain_line)
    if measure is None or year is None or value is None or known_on is None or source is None or note is None:
        return None
    by = roster.office_title(measure, as_of=known_on)
    return Reading(item=measure, period=year, value=value, source=source, note=note, by=by, known_on=known_on)


def _measure(code: str, roster: Roster) -> str:
    target = next((measure.target for measure in roster.plan.long_term_measures if measure.id == code), None)
    if target is None:
        raise ValueError(f'"{code}" is not a long-term measure of the plan; plankeeper status lists them')
    if target.kind in INSTEAD_OF_FIGURES:
        raise ValueError(f"{code} has no figures; it takes {INSTEAD_OF_FIGURES[target.kind]}")
    return code


def _day(text: str, today: date) -> date:
    day = written_day(text)
    if day > today:
        raise ValueError(f"{day} is not here yet; what becomes known later is loaded then")
    return day


def _source(text: str) -> str:
    if not text:
        raise ValueError("it is empty; say where the figure is written, by an address or the name of a document")
    return plain_line(text)


def _contradictions(path: Path, found: Iterable[tuple[int, Reading]]) -> Iterator[str]:
    """Yield each reading that says otherwise than one above it of the same measure, year and day."""
    first: dict[tuple[str, SchoolYear, date], tuple[int, Reading]] = {}
    for line, one in found:
        above, same = first.setdefault((one.item, one.period, one.known_on), (line, one))
        if same.value != one.value:
            said = f"line {above} gives {same.value} for the same measure, school year and day; keep one of them"
            yield f"{path}:{line}: value: {said}"
