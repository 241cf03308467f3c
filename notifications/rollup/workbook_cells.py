"""How a table is written down in a workbook: real numbers, real days, and texts that compute nothing."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from math import ceil

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from notifications.render import one_line
from notifications.rollup.wording import COLOURS, INK, QUIET, RULE, TINTS, Mark, figure

Cell = str | int | Decimal | date | Mark | None
"""What a cell holds; None is a cell that is not there, which a chart shows as a gap."""
Looks = Mapping[str, Format]

LONGEST = 32_767
"""How many UTF-16 units a cell may hold; a file with more is one that Excel repairs."""
LINE = 15.0
"""The height of a line, in points."""
MOST_LINES = 16
"""How many lines a row may be high; what is longer can be read when the cell is opened."""

_FILTER = 2
"""How many characters of a header the button of its filter covers."""
_TRIGGERS = frozenset("=+-@|%\t")
_NOT_IN_XML = str.maketrans(dict.fromkeys("\ufffe\uffff", ""))
_HEADER = {"valign": "bottom", "text_wrap": True, "bold": True, "bg_color": "#dfe5ea", "bottom": 1, "bottom_color": INK}
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "text": {"text_wrap": True},
    "header": _HEADER,
    "number header": _HEADER | {"align": "right", "indent": 1},
    "note": {"italic": True, "font_color": QUIET},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "share": {"num_format": "0.0%_)"},
    "0": {"num_format": "#,##0_)"},
    "1": {"num_format": "#,##0.0_)"},
    "2": {"num_format": "#,##0.00_)"},
    "title": {"bold": True, "font_size": 20, "text_wrap": True},
    "draft": {"bold": True, "font_size": 20, "font_color": COLOURS["bad"], "bg_color": TINTS["bad"], "border": 2},
    "heading": {"bold": True, "font_size": 13, "bottom": 1, "bottom_color": INK, "valign": "bottom"},
    "strong": {"bold": True, "text_wrap": True},
    "quiet": {"font_color": QUIET, "text_wrap": True},
    **{
        tone: {"bold": True, "font_color": colour, "bg_color": TINTS[tone], "text_wrap": True}
        for tone, colour in COLOURS.items()
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: what stands in its header, and how wide it is, in characters."""

    header: str
    width: int
    is_share: bool = False
    """Whether its numbers are shares, 1 for the whole, and not figures in a unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet with one row of headers and a record in each row below."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    if_empty: str
    """What it says in place of rows."""


def looks(book: Workbook) -> Looks:
    """Return the formats of a workbook, each made once."""
    base = {"valign": "top", "font_color": INK}
    rule = book.add_format({"bottom": 1, "bottom_color": RULE})  # lies over others, so it is nothing but a line
    return {name: book.add_format(base | dict(own)) for name, own in _LOOKS.items()} | {"rule": rule}


@lru_cache(maxsize=10_000)  # titles, offices and reasons recur
def harmless(text: str) -> str:
    """Return a text as a cell may hold it: one line, not too long, and never a formula where it is pasted or exported.

    Source:    shared/design/web.md, "Exports"
    """
    line = one_line(text.encode(errors="replace").decode()).translate(_NOT_IN_XML)
    seen = next((letter for letter in line if unicodedata.category(letter) != "Cf"), "")  # not what no eye sees
    triggers = {unicodedata.normalize("NFKC", start) for start in (text[:1], seen)} & _TRIGGERS
    return _cut(f"'{line}" if triggers else line)


def write_table(book: Workbook, table: Table, shown_as: Looks) -> Worksheet:
    """Write a table as a sheet of its own, its header frozen and filtered; return the sheet."""
    sheet = book.add_worksheet(table.name)
    for place, column in enumerate(table.columns):
        _begin_column(sheet, place, column, [row[place] for row in table.rows], shown_as)
    sheet.set_row(0, LINE * max(lines(column.header, column.width - _FILTER) for column in table.columns))
    for number, row in enumerate(table.rows, start=1):
        _write_row(sheet, number, row, table.columns, shown_as)
    if not table.rows:
        sheet.write_string(1, 0, harmless(table.if_empty), shown_as["note"])
    last_row, last_place = max(1, len(table.rows)), len(table.columns) - 1
    # A rule for all cells at once reaches those that are not there, too.
    sheet.conditional_format(1, 0, last_row, last_place, {"type": "no_errors", "format": shown_as["rule"]})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last_row, last_place)
    return sheet


def write_cell(
    sheet: Worksheet, row: int, place: int, cell: Cell, shown_as: Looks, *, look: str = "text", is_share: bool = False
) -> None:
    """Write what a cell holds as what it is; `look` is how a text looks."""
    match cell:
        case str():
            sheet.write_string(row, place, harmless(cell), shown_as[look])
        case Mark():
            sheet.write_string(row, place, said(cell), shown_as[cell.tone])
        case date():
            sheet.write_datetime(row, place, datetime.combine(cell, time()), shown_as["date"])
        case Decimal() | int():
            sheet.write_number(row, place, float(cell), shown_as["share" if is_share else _places(cell)])


def said(cell: Cell) -> str:
    """Return a cell in words, as wide as it is shown."""
    match cell:
        case Mark():
            return harmless(f"{cell.sign} {cell.word}")
        case Decimal() | int():
            return figure(Decimal(cell))
        case _:
            return str(cell or "")


def lines(text: str, width: int) -> int:
    """Return how many lines a text needs in a column, rather one too many than one too few."""
    return 1 if len(text) <= width else ceil(len(text) / (0.9 * width))


def _begin_column(sheet: Worksheet, place: int, column: Column, cells: Sequence[Cell], shown_as: Looks) -> None:
    """Write the header of a column, and make the column wide enough for all of its numbers."""
    numbers = [len(said(cell)) + 3 for cell in cells if isinstance(cell, Decimal | int)]
    sheet.set_column(place, place, min(255, max(column.width, *numbers, 0)))
    sheet.write_string(0, place, column.header, shown_as["number header" if numbers else "header"])


def _write_row(sheet: Worksheet, number: int, row: Sequence[Cell], columns: Sequence[Column], shown_as: Looks) -> None:
    for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
        write_cell(sheet, number, place, cell, shown_as, is_share=column.is_share)
    texts = ((cell, column.width) for cell, column in zip(row, columns, strict=True) if isinstance(cell, str))
    needed = max((lines(text, width) for text, width in texts), default=1)
    sheet.set_row(number, LINE * min(needed, MOST_LINES))  # not every program works out the height of wrapped texts


def _places(value: Decimal | int) -> str:
    """Return how many decimals a number has, none to two, which is the name of its format."""
    exponent = round(Decimal(value), 2).normalize().as_tuple().exponent
    return str(max(0, -int(exponent)))


def _cut(text: str) -> str:
    if len(text) <= LONGEST // 2:
        return text
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST else units[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
