"""What stands in a cell, as a figure, a school year or a day. Masked is unknown, never zero."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from plan.periods import SchoolYear
from plan.record import UNPRINTABLE
from plan.table import Cell

MASKED = frozenset(
    {"", "*", "**", "***", "?", ".", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "n/a", "na", "n.a.", "null", "none"}
)
"""What stands for a masked or missing figure in any source, in small letters."""
_RANGE = re.compile(r"[<>\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}]=?\s*\d+(\.\d+)?\s*%?")
"""A figure that is only told to lie below or above another one, so that nobody can be picked out."""
_DASHES = str.maketrans(
    dict.fromkeys("\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{MINUS SIGN}/", "-")
)
_SPACES = re.compile(r"[\s\N{NARROW NO-BREAK SPACE}]+")
_YEARS = re.compile(r"(\d{4})-(?:\d\d)?(\d\d)", re.ASCII)
_FIGURES = {
    ".": re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII),
    ",": re.compile(r"[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?", re.ASCII),
}
"""How figures are written, by the sign before their decimal places."""
MOST_DIGITS, MOST_PLACES = 15, 10
"""How large a figure may be, and how many decimal places of it are kept."""


def text(cell: Cell) -> str:
    """Return a cell as one line of text; nothing is an empty one."""
    return "" if cell is None else " ".join(UNPRINTABLE.sub(" ", str(cell)).split())


def is_masked(cell: Cell, marks: Collection[str]) -> bool:
    """Return whether a cell holds no figure on purpose: nothing, a usual mark, one of the source's own, or a mere bound."""
    said = text(cell).casefold()
    return said in MASKED or _RANGE.fullmatch(said) is not None or any(is_same(cell, mark) for mark in marks)


def is_same(cell: Cell, other: str) -> bool:
    """Return whether a cell holds a text; of numbers, the value counts, and an apostrophe that kept zeros is passed over."""
    return alike(cell) == alike(other)


def alike(cell: Cell) -> str | Decimal:
    """Return what is the same of all cells that are the same, so that many can be found among many."""
    said = text(cell).removeprefix("'").casefold()
    return Decimal(said) if _NUMBER.fullmatch(said) else said


_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)


def figure(cell: Cell, *, decimal: Literal[".", ","] = ".") -> Decimal:
    """Read a figure, as in 86, "86 %" or "1,234.5".

    Args:      decimal: the sign before the decimal places; the other one divides thousands
    Returns:   the figure, of at most 10 decimal places
    Raises:    ValueError: it is no figure, or not one of a size that anything here is counted in
    """
    value = cell if isinstance(cell, Decimal) else _from_text(text(cell), decimal)
    if not value.is_finite() or abs(value) >= 10**MOST_DIGITS:
        raise ValueError(f'"{text(cell)}" is not a figure of a size that a measure has; correct it')
    return round(value, MOST_PLACES) if int(value.as_tuple().exponent) < -MOST_PLACES else value


def _from_text(said: str, decimal: Literal[".", ","]) -> Decimal:
    thousands = "," if decimal == "." else "."
    bare = _SPACES.sub("", said.removesuffix("%").translate(_DASHES).removeprefix("$"))
    if not _FIGURES[decimal].fullmatch(bare):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", said, re.ASCII):
            raise ValueError(f'"{said}" is a day, and a figure belongs here; correct the column, or its format in the workbook')
        other = f'; write decimal: "{thousands}" if that is the sign before its decimal places' if thousands in bare else ""
        raise ValueError(f'"{said}" is not a figure{other or "; correct it, or name it under masked if it stands for none"}')
    try:
        return Decimal(bare.replace(thousands, "").replace(decimal, "."))
    except InvalidOperation:
        raise ValueError(f'"{said}" is not a figure; correct it') from None


def school_year(cell: Cell, *, years_are: Literal["names", "first", "last"]) -> SchoolYear:
    """Read a school year, as in 2024-25, or from the calendar year in which it begins or ends.

    Raises:    ValueError: it is none
    """
    said = text(cell)
    if not said:
        raise ValueError("the school year is empty; write it, or leave the row out")
    if years_are != "names":
        if not re.fullmatch(r"(19|20|21)\d\d", said, re.ASCII):
            raise ValueError(f'"{said}" is not a calendar year, and years_are: {years_are} asks for one; correct either')
        return SchoolYear(int(said) if years_are == "first" else int(said) - 1)
    found = _YEARS.fullmatch(said.translate(_DASHES).replace(" ", ""))
    if found:
        return SchoolYear.parse(f"{found[1]}-{found[2]}")
    if re.fullmatch(r"\d{4}-\d\d-01", said, re.ASCII):
        made = f"as Excel makes one of {said[:7]}; write it as text in the workbook"
        raise ValueError(f'"{said}" is not a school year but a day, {made}')
    raise ValueError(f'"{said}" is not a school year; write 2024-25, or years_are: last if it names the year in which one ends')


def day(cell: Cell) -> date:
    """Read a day, as in 2026-01-15.

    Raises:    ValueError: it is none
    """
    if isinstance(cell, date):
        return cell
    said = text(cell)
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})([T ].*)?", said, re.ASCII)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise ValueError(f'"{said}" is not a day; write year-month-day, as in 2026-01-15') from None
