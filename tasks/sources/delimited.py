"""A table as text, such as CSV: read as a whole, or refused with its lines."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from plan.sources import AsText
from plan.table import Row, Table
from tasks.sources.cells import headings, quoted, refuse_misfits, refuse_too_many
from tasks.sources.failures import SourceFailed
from tasks.sources.recognised import BYTE_ORDER_MARKS, Other, refuse_other

MOST_CHARACTERS = 10_000
"""In a cell; more is a quotation mark that nobody closed."""

_SEPARATORS = {",": ",", ";": ";", "tab": "\t"}
_OTHERS: dict[Other, str] = {
    "page": "give the address of the CSV export and share it so that it can be read without signing in",
    "xml": "give the address of the CSV export",
    "json": "say kind: json, or give the address of the CSV export",
    "workbook": "say kind: xlsx, or save it as CSV",
    "zip": "unpack it, and give the CSV file that is in it",
    "old workbook": "save it as CSV",
    "locked workbook": "save it as CSV",
    "pdf": "ask whoever publishes it for the table as CSV",
    "gzip": "unpack it, and give the CSV file that is in it",
}


def read_delimited(content: bytes, how: AsText, *, found_at: str) -> Table:
    """Read a table as text: the places of its rows are the lines on which they begin, rows with nothing in them left out.

    Raises:    SourceFailed: it is something else, not in its encoding, or its rows do not fit its headings
    """
    refuse_other(content, wanted="a table", remedies=_OTHERS)
    lines = io.StringIO(_text(content, how.encoding), newline="")
    for _ in range(how.header_line - 1):  # what stands above may be prose, with any quotation marks
        lines.readline()
    reader = csv.reader(lines, delimiter=_SEPARATORS[how.separator], strict=True)
    placed = _placed(reader, how.header_line)
    _, above = next(placed, (0, []))
    columns = headings(above, where=f"line {how.header_line}")
    _refuse_other_separator(above, how)
    return Table(found_at=found_at, columns=columns, rows=tuple(_rows(placed, len(columns), len(above))))


def _refuse_other_separator(above: Sequence[str], how: AsText) -> None:
    """Check that what seems to be the only heading is not all of them, apart by another sign."""
    others = [name for name, sign in _SEPARATORS.items() if sign in above[0]]
    if len(above) == 1 and others:
        said = f"line {how.header_line} is one heading, {quoted(above[0])}, with separator: {quoted(how.separator)}"
        raise SourceFailed(f"{said}; write separator: {quoted(others[0])}")


# --- text --------------------------------------------------------------------------------------------------------------


def _text(content: bytes, encoding: str) -> str:
    """Return the text, by its byte order mark if it has one.

    Raises:    SourceFailed: with the first line that is not in the encoding
    """
    mark = next((mark for mark in BYTE_ORDER_MARKS if content.startswith(mark)), b"")
    encoding, content = BYTE_ORDER_MARKS.get(mark, encoding), content.removeprefix(mark)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in content and not mark:
            raise SourceFailed(_holds_nul(content[: content.index(b"\0")].decode(encoding, "ignore"))) from None
        line = _line(content[: error.start].decode(encoding, "ignore"))
        raise SourceFailed(f"line {line} is not text in {encoding}; {_other(encoding)}") from None
    if "\0" in text:
        raise SourceFailed(_holds_nul(text[: text.index("\0")]))
    return text


def _holds_nul(before: str) -> str:
    return f"line {_line(before)} holds NUL, as text in UTF-16 does; save the table as CSV in UTF-8"


def _line(before: str) -> int:
    return sum(1 for _ in io.StringIO(f"{before}.", newline=""))


def _other(encoding: str) -> str:
    if encoding == "utf-8":
        return "save the table as CSV in UTF-8, or say encoding: windows-1252"
    return "save the table as CSV in UTF-8" + (", and say encoding: utf-8" if encoding == "windows-1252" else "")


# --- rows --------------------------------------------------------------------------------------------------------------


def _placed(reader: Any, first: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, and the line on which it begins: a cell may run over several lines.

    Args:      first: the line with which the reader begins
    """
    line = first
    try:
        for cells in reader:
            yield line, cells
            line = first + reader.line_num
    except csv.Error as error:
        said = f"from line {line} on it cannot be read as CSV ({error})"
        raise SourceFailed(f"{said}; check the quotation marks there") from None


def _rows(placed: Iterator[tuple[int, list[str]]], width: int, headed: int) -> Iterator[Row]:
    """Yield the rows with something in them, as wide as the columns.

    Args:      headed: how many cells the line of the headings has, with the empty ones at its end
    Raises:    SourceFailed: all rows that do not fit the headings, or a cell that is too long
    """
    misfits: list[tuple[str, int]] = []
    count = 0
    for line, raw in placed:
        cells = [cell.strip() or None for cell in raw]
        if len(cells) != width:
            if any(cells) and (len(cells) < width or any(cells[headed:])):
                misfits.append((f"line {line}", len(cells)))
            cells = cells[:width]
        if any(cells) and not misfits:
            if len("".join(raw)) > MOST_CHARACTERS and max(map(len, raw)) > MOST_CHARACTERS:
                raise SourceFailed(_too_long(line))
            count += 1
            if count % 10_000 == 0:
                refuse_too_many(count, width)
            yield Row(f"line {line}", tuple(cells))
    refuse_too_many(count, width)
    refuse_misfits(misfits, headed=width, remedy="put each text that holds the separator in quotation marks")


def _too_long(line: int) -> str:
    said = f"a cell of the row in line {line} has more than {MOST_CHARACTERS:,} characters"
    return f"{said}; check the quotation marks there"
