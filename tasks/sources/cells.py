"""What all readers share: how texts and figures become cells, what stands above columns, and how much is too much."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from plan.record import UNPRINTABLE
from plan.wording import listed
from tasks.sources.failures import SourceFailed

MOST_ROWS = 1_000_000
MOST_CELLS = 10_000_000
MOST_DIGITS = 100
"""What is longer, or as far from the decimal point, is no figure that anybody writes, and stays a text."""
SAY_WHERE = "say in header_line where the headings stand"
NAMED = 5
"""How many of many faults are named; the others are counted."""

# A database takes neither NUL nor half of a character.
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


# --- cells -------------------------------------------------------------------------------------------------------------


def from_text(text: str) -> str | None:
    """Return a text as it stands in a cell, without spaces around it; None if nothing is left."""
    return _UNKEPT.sub("\ufffd", text.strip()) or None


def from_number(written: str) -> Decimal | str:
    """Return a number, or its text where it is not finite or too long to be a figure."""
    try:
        number = Decimal(written) if len(written) <= MOST_DIGITS else Decimal("NaN")
    except InvalidOperation:
        return written
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else written


def from_float(number: float) -> Decimal | str:
    """Return a binary fraction as spreadsheets show it, by its 15 significant digits: 0.1 + 0.2 is 0.3, and 86.0 is 86."""
    if math.isfinite(number) and number.is_integer() and abs(number) < 1e15:
        return Decimal(int(number))
    return from_number(f"{number:.15g}")


# --- headings ----------------------------------------------------------------------------------------------------------


def headings(cells: Sequence[str], *, where: str, remedy: str = SAY_WHERE) -> tuple[str, ...]:
    """Return the headings of all columns up to the last headed one.

    A column without a heading before that one is called by its number, as in "(column 3)".

    Args:      where: the place of the headings, as in "line 1"
               remedy: what helps where none stands
    Raises:    SourceFailed: no heading stands there, or one stands twice
    """
    tidied = [" ".join(_UNKEPT.sub("\ufffd", cell).split()) for cell in cells]
    while tidied and not tidied[-1]:
        tidied.pop()
    if not tidied:
        raise SourceFailed(f"no heading stands in {where}; {remedy}")
    named = tuple(heading or f"(column {number})" for number, heading in enumerate(tidied, 1))
    _refuse_doubled(named)
    return named


def _refuse_doubled(columns: Sequence[str]) -> None:
    if len(set(columns)) == len(columns):
        return
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number, column in enumerate(columns, 1):
        found[column].append(str(number))
    doubled = [f"{quoted(name)} above columns {listed(at, most=NAMED)}" for name, at in found.items() if len(at) > 1]
    raise SourceFailed(f"a heading stands more than once: {listed(doubled, most=NAMED)}; give each column one of its own")


# --- faults ------------------------------------------------------------------------------------------------------------


def refuse_misfits(misfits: Sequence[tuple[str, int]], *, headed: int, remedy: str) -> None:
    """Check that no row has another number of cells than there are headings.

    Args:      misfits: the place of each row that has, and how many cells it has
    Raises:    SourceFailed: the first ones, and how many more there are
    """
    if not misfits:
        return
    places = [f"{count} in {place}" for place, count in misfits[:NAMED]]
    if len(misfits) > NAMED:
        places.append(f"another number in {len(misfits) - NAMED} more")
    raise SourceFailed(f"a row has to have {headed} cells, as the headings have, but there are {listed(places)}; {remedy}")


def refuse_too_many(rows: int, columns: int) -> None:
    """Check that a table stays within what is kept in memory.

    Raises:    SourceFailed: it has too many rows, or too many cells
    """
    if rows > MOST_ROWS:
        raise SourceFailed(f"more than {MOST_ROWS:,} rows came; give the rows that are needed alone")
    if rows * columns > MOST_CELLS:
        raise SourceFailed(f"{rows:,} rows of {columns:,} columns are too many; give the columns that are needed alone")


def quoted(text: str) -> str:
    """Return a text from a source in quotation marks: on one line, and cut after 60 characters."""
    line = " ".join(_UNKEPT.sub("\ufffd", UNPRINTABLE.sub(" ", text)).split())
    return f'"{line if len(line) <= 60 else line[:59] + "…"}"'
