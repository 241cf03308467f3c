"""A sheet of a workbook in Excel's format. What a cell holds is taken, not how it is shown: 86 % is 0.86."""

import io
from collections.abc import Iterator
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from plan.sources import AsSheet
from plan.table import Cell, Row, Table
from plan.wording import listed
from tasks.sources.cells import from_float, from_text, headings, quoted, refuse_too_many
from tasks.sources.failures import SourceFailed
from tasks.sources.package import SAVE_ANEW, Extent, Package, Sheet, extent
from tasks.sources.recognised import Other, refuse_other

_OTHERS: dict[Other, str] = {
    "page": "give the address of the file itself and share it so that it can be read without signing in",
    "xml": "save it as .xlsx",
    "json": "say kind: json",
    "zip": "unpack it, and give the workbook that is in it",
    "old workbook": "save it as .xlsx",
    "locked workbook": "save it without the password",
    "pdf": "ask whoever publishes it for the table as a workbook",
    "gzip": "unpack it, and give the workbook that is in it",
}


def read_workbook(content: bytes, how: AsSheet, *, found_at: str) -> Table:
    """Read a sheet: the places of its rows are those of Excel, rows with nothing in them left out.

    Numbers are as Excel shows them in full, with 15 significant digits; a percentage is the number that is stored, 0.86
    for 86 %. A day with an hour is that day. True and false, the faults of formulas such as #N/A, hours and spans are texts.

    Raises:    SourceFailed: it is something else, damaged or too large, or has no such sheet
    """
    refuse_other(content, wanted="an .xlsx workbook", remedies=_OTHERS)
    if not content.startswith(b"PK"):
        raise SourceFailed("this is no workbook in Excel's format; save it as .xlsx, or say kind: csv if it is a table as text")
    with Package(content) as package:
        sheet = _chosen(package.sheets, how.sheet)
        cells = package.part(sheet.part)
        reach = extent(cells, part=sheet.part)
        refuse_too_many(reach.rows, reach.columns)
        rows = _read(package.alone(cells), sheet, reach)
    above = next((values for row, values in rows if row == how.header_line), [])
    columns = headings([_heading(value) for value in above], where=f"row {how.header_line} of the sheet {quoted(sheet.name)}")
    return Table(found_at=found_at, columns=columns, rows=tuple(_below(rows, how.header_line, len(columns))))


def _chosen(sheets: tuple[Sheet, ...], name: str | None) -> Sheet:
    """Return the sheet of a name, or the first one that is shown."""
    if not sheets:
        raise SourceFailed("the workbook has no sheet with cells; save the table in one")
    if name is None:
        return min(sheets, key=lambda sheet: sheet.is_hidden)
    for sheet in sheets:
        if sheet.name.strip().casefold() == name.casefold():  # as Excel compares them
            return sheet
    there = listed([quoted(sheet.name) + (" (hidden)" if sheet.is_hidden else "") for sheet in sheets], most=10)
    raise SourceFailed(f"the workbook has no sheet {quoted(name)}; it has {there}")


def _read(workbook: io.BytesIO, sheet: Sheet, reach: Extent) -> list[tuple[int, list[Cell]]]:
    """Return the rows with something in them, each with its number."""
    if not reach.rows or not reach.columns:
        return []
    try:
        with CalamineWorkbook.from_filelike(workbook) as opened:
            values = opened.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OverflowError) as error:
        said = f"the sheet {quoted(sheet.name)} cannot be read ({' '.join(str(error).split())[:100]})"
        raise SourceFailed(f"{said}; {SAVE_ANEW}") from None
    rows = [[_cell(value) for value in row] + [None] * (reach.columns - len(row)) for row in values]
    rows += [[None] * reach.columns for _ in range(reach.rows - len(rows))]
    for (row, column), fault in reach.faults.items():
        rows[row - 1][column - 1] = from_text(fault)
    return [(number, row) for number, row in enumerate(rows, 1) if any(cell is not None for cell in row)]


def _cell(value: object) -> Cell:
    match value:
        case str():
            return from_text(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return from_float(float(value))
        case datetime():
            return value.date()
        case date():
            return value
    return str(value)


def _heading(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _below(rows: list[tuple[int, list[Cell]]], header_line: int, width: int) -> Iterator[Row]:
    for number, cells in rows:
        if number > header_line and any(cell is not None for cell in cells[:width]):
            yield Row(f"row {number}", tuple(cells[:width]))
