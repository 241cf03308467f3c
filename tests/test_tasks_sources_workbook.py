"""A sheet of a workbook: cells as Excel shows them, the right sheet, and no file that fills the memory or ends the process."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from plan.sources import AsSheet
from plan.table import Cell, Row, Table
from tasks.sources.failures import SourceFailed
from tasks.sources.workbook import read_workbook
from tests.source_builders import is_table_or_sentence

SAVE_ANEW = "save the sheet with the figures alone as a new workbook"
CELLS = "xl/worksheets/sheet1.xml"


def read(content: bytes, **how: object) -> Table:
    """Read a workbook."""
    return read_workbook(content, AsSheet.model_validate(how), found_at="scores.xlsx")


def refused(content: bytes, **how: object) -> str:
    """Return the sentence with which a workbook is refused."""
    with pytest.raises(SourceFailed) as said:
        read(content, **how)
    return str(said.value)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return a workbook as a file."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def written(*rows: tuple[object, ...], formats: str = "") -> bytes:
    """Return a workbook of one sheet, called Scores; a format is of the cells in column B."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Scores"
    for row in rows:
        sheet.append(row)
    for cell in sheet["B"][1:] if formats else ():
        cell.number_format = formats
    return saved(book)


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a workbook with parts changed, or left out where the change gives none."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", compression) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    return made.getvalue()


def with_cells(cells: str, before: str = "") -> bytes:
    """Return a workbook with these cells, written as in its file."""
    sheet = f'{before}<worksheet xmlns="urn:x"><sheetData>{cells}</sheetData></worksheet>'.encode()
    return repacked(written(("a",)), lambda name, part: sheet if name == CELLS else part)


def with_more(content: bytes, **parts: bytes) -> bytes:
    """Return a workbook with more parts in it."""
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


# --- cells -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "formats", "cell"),
    [
        pytest.param("  A text ", "", "A text", id="text"),
        pytest.param("071909", "", "071909", id="number-written-as-text"),
        pytest.param("'071909", "", "'071909", id="apostrophe"),
        pytest.param(" ", "", None, id="spaces"),
        pytest.param(86, "", Decimal(86), id="whole"),
        pytest.param(71909, "000000", Decimal(71909), id="zeros-are-only-shown"),
        pytest.param(8.8, "", Decimal("8.8"), id="fraction"),
        pytest.param(0.1 + 0.2, "", Decimal("0.3"), id="binary-fraction"),
        pytest.param(0.86, "0%", Decimal("0.86"), id="percentage-as-it-is-stored"),
        pytest.param(-0.5, "#,##0.00", Decimal("-0.5"), id="below-zero"),
        pytest.param(1e20, "", Decimal("1e20"), id="large"),
        pytest.param(1e300, "", "1e+300", id="so-large-that-it-is-no-figure"),
        pytest.param(True, "", "true", id="true"),
        pytest.param(False, "", "false", id="false"),
        pytest.param(date(2026, 1, 15), "", date(2026, 1, 15), id="day"),
        pytest.param(date(2026, 1, 15), "DD.MM.YY", date(2026, 1, 15), id="day-in-another-form"),
        pytest.param(46037, "yyyy-mm-dd", date(2026, 1, 15), id="number-shown-as-a-day"),
        pytest.param(datetime(2026, 1, 15, 13, 30), "", date(2026, 1, 15), id="day-and-hour"),  # noqa: DTZ001 (Excel has no zone)
        pytest.param("2026-01-15", "", "2026-01-15", id="day-written-as-text"),
        pytest.param(time(13, 30), "", "13:30:00", id="hour"),
        pytest.param(timedelta(hours=30), "", "1 day, 6:00:00", id="span"),
        pytest.param("#N/A", "", "#N/A", id="fault-of-a-formula"),
        pytest.param("=1+1", "", None, id="formula-that-nobody-worked-out"),
    ],
)
def test_a_cell_is_what_excel_shows_of_it(value: object, formats: str, cell: Cell) -> None:
    (row,) = read(written(("year", "score"), ("2024", value), formats=formats)).rows
    assert row == Row("row 2", ("2024", cell))
    assert type(row.cells[1]) is type(cell)


def test_days_of_a_workbook_that_counts_from_1904_are_the_same() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(("day",))
    book.active.append((date(2026, 1, 15),))
    assert read(saved(book)).rows[0].cells == (date(2026, 1, 15),)


def test_a_fault_is_the_text_of_its_cell_and_not_its_formula() -> None:
    cells = '<row><c t="str"><v>a</v></c></row><row r="3"><c r="A3" t="e"><f>1/0</f><v>#DIV/0!</v></c>\n</row>'
    assert read(with_cells(cells)).rows == (Row("row 3", ("#DIV/0!",)),)


# --- the sheet and its rows --------------------------------------------------------------------------------------------


def test_rows_keep_the_numbers_that_excel_gives_them() -> None:
    content = written(
        (), ("Scores of the district",), ("year", None, "score", ""), (), ("2024", None, 86, None, "aside"), (2025,)
    )
    assert read(content, header_line=3) == Table(
        found_at="scores.xlsx",
        columns=("year", "(column 2)", "score"),
        rows=(Row("row 5", ("2024", None, Decimal(86))), Row("row 6", (Decimal(2025), None, None))),
    )


def test_headings_that_are_years_are_texts() -> None:
    assert read(written((2024, 2025.5, date(2026, 1, 15)))).columns == ("2024", "2025.5", "2026-01-15")


def book_of_sheets() -> bytes:
    """Return a workbook whose first sheet is hidden; the second one is a chart."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.sheet_state = "hidden"
    book.create_chartsheet("Chart")
    for name in ("2024 & before", "Scores"):
        book.create_sheet(name).append((name,))
    book["Notes"].append(("from Notes",))
    return saved(book)


@pytest.mark.parametrize(
    ("sheet", "columns"),
    [
        pytest.param(None, ("2024 & before",), id="the-first-that-is-shown"),
        pytest.param("Scores", ("Scores",), id="by-name"),
        pytest.param("scores", ("Scores",), id="small-and-large-letters-are-alike"),
        pytest.param("Notes", ("from Notes",), id="a-hidden-one-by-name"),
    ],
)
def test_a_sheet_is_found_by_its_name(sheet: str | None, columns: tuple[str, ...]) -> None:
    assert read(book_of_sheets(), sheet=sheet).columns == columns


def test_the_sheets_are_listed_where_one_is_not_there() -> None:
    there = 'it has "Notes" (hidden), "2024 & before" and "Scores"'
    assert refused(book_of_sheets(), sheet="Chart") == f'the workbook has no sheet "Chart"; {there}'


def test_cells_that_are_only_formatted_reach_nowhere() -> None:
    cells = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="XFD1048576"/></row>'
    assert read(with_cells(cells)).columns == ("a",)


# --- what is refused ---------------------------------------------------------------------------------------------------

EMPTY = written(())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            b"<html><title>Sign in</title>",
            'an HTML page came instead of an .xlsx workbook ("Sign in"); '
            "give the address of the file itself and share it so that it can be read without signing in",
            id="page",
        ),
        pytest.param(
            b"year,score\n2024,86\n",
            "this is no workbook in Excel's format; save it as .xlsx, or say kind: csv if it is a table as text",
            id="csv",
        ),
        pytest.param(
            b"",
            "it is empty, and an .xlsx workbook has to be in it; look at the source",
            id="empty",
        ),
        pytest.param(b"{}", "a JSON document came instead of an .xlsx workbook; say kind: json", id="json"),
        pytest.param(
            bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512),
            "a workbook in Excel's old format (.xls) came instead of an .xlsx workbook; save it as .xlsx",
            id="old-workbook",
        ),
        pytest.param(
            bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
            "a workbook with a password came instead of an .xlsx workbook; save it without the password",
            id="locked-workbook",
        ),
        pytest.param(
            with_more(b"", **{"readings.csv": b"a"}),
            "a ZIP file came instead of an .xlsx workbook; unpack it, and give the workbook that is in it",
            id="zip",
        ),
        pytest.param(
            with_more(b"", **{"xl/workbook.bin": b"a"}),
            "the workbook has no xl/workbook.xml, as one in Excel's format has; save it as .xlsx",
            id="binary-workbook",
        ),
        pytest.param(
            EMPTY,
            'no heading stands in row 1 of the sheet "Scores"; say in header_line where the headings stand',
            id="no-cells",
        ),
        pytest.param(
            written(("a", "b", "a")),
            'a heading stands more than once: "a" above columns 1 and 3; give each column one of its own',
            id="doubled-headings",
        ),
    ],
)
def test_something_else_than_a_table_is_called_by_its_name(content: bytes, said: str) -> None:
    assert refused(content) == said


def lying(content: bytes) -> bytes:
    """Return a file whose last part says of itself that it is smaller than it is."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + (1000).to_bytes(4, "little") + content[at + 28 :]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            with_more(EMPTY, **{"xl/media/large.bin": bytes(20_000_001)}),
            'the workbook\'s part "xl/media/large.bin" has more than 20 MB unpacked; ' + SAVE_ANEW,
            id="large-part",
        ),
        pytest.param(
            with_more(EMPTY, **{"xl/media/zeros.bin": bytes(1_000_000)}),
            'the workbook\'s part "xl/media/zeros.bin" is more than 100 times as large unpacked, as in a file that is made to '
            f"fill memory; {SAVE_ANEW}",
            id="zip-bomb",
        ),
        pytest.param(
            with_more(EMPTY, **{f"part{number}": b"" for number in range(200)}),
            f"the workbook has 209 parts, and 200 are the most; {SAVE_ANEW}",
            id="many-parts",
        ),
        pytest.param(
            repacked(EMPTY, lambda name, part: part if name != CELLS else None),
            'the workbook lacks its part "xl/worksheets/sheet1.xml"; save it again',
            id="sheet-left-out",
        ),
        pytest.param(
            with_cells(
                '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>'
            ),
            "more than 1,000,000 rows came; give the rows that are needed alone",
            id="far-apart-cells",
        ),
        pytest.param(
            with_cells(
                '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="XFD1"><v>1</v></c></row><row r="900000"><c><v>1</v></c></row>'
            ),
            "900,000 rows of 16,384 columns are too many; give the columns that are needed alone",
            id="far-apart-cells-within-the-rows",
        ),
        pytest.param(
            with_cells('<row r="1"><c r="AAAA1"><v>1</v></c></row>'),
            'the workbook is damaged: there is no cell "AAAA1"; open it and save it again',
            id="no-such-cell",
        ),
        pytest.param(
            with_cells('<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'),
            "the workbook is damaged: the cells of the sheet do not stand in their order; open it and save it again",
            id="rows-out-of-order",
        ),
        pytest.param(
            with_cells('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
            "the workbook is damaged: the cells of the sheet do not stand in their order; open it and save it again",
            id="cells-out-of-order",
        ),
        pytest.param(
            with_cells("", before='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'),
            f"the workbook declares a document type, which Excel never does; {SAVE_ANEW}",
            id="entities",
        ),
        pytest.param(
            with_cells("<row>"),
            'the workbook is damaged in "xl/worksheets/sheet1.xml" (mismatched tag: line 1, column 43); save it again',
            id="no-xml",
        ),
        pytest.param(
            with_cells('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'),
            'the sheet "Scores" cannot be read (Cell string index not found in shared strings table); ' + SAVE_ANEW,
            id="text-that-is-not-there",
        ),
        pytest.param(
            repacked(EMPTY, lambda name, part: part, zipfile.ZIP_LZMA),
            "the workbook is packed in a way that Excel does not know; save it again with Excel",
            id="packed-otherwise",
        ),
        pytest.param(
            repacked(EMPTY, lambda name, part: part if name != "xl/_rels/workbook.xml.rels" else None),
            'the workbook lacks its part "xl/_rels/workbook.xml.rels"; save it again',
            id="no-links",
        ),
        pytest.param(
            repacked(EMPTY, lambda name, part: part.replace(b"/worksheet", b"/other") if name.endswith("rels") else part),
            "the workbook has no sheet with cells; save the table in one",
            id="no-sheets",
        ),
        pytest.param(
            EMPTY[:-30],
            "the workbook is damaged (file is not a zip file); fetch or save it again",
            id="cut-off",
        ),
    ],
)
def test_a_workbook_that_is_damaged_or_made_to_harm_is_refused(content: bytes, said: str) -> None:
    assert refused(content) == said


def test_a_part_that_is_larger_than_it_says_is_never_given_on() -> None:
    honest = with_cells(f'<row r="1"><c r="A1" t="str"><v>{"a" * 2000}</v></c></row>')
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if name != CELLS}
        sheet = archive.read(CELLS)
    lies = lying(with_more(b"", **kept, **{CELLS: sheet}))
    assert refused(lies) == f"the workbook is damaged in \"{CELLS}\" (bad CRC-32 for file '{CELLS}'); save it again"


def test_a_locked_part_is_refused() -> None:
    at = EMPTY.rindex(b"PK\x01\x02")
    locked = EMPTY[: at + 8] + b"\x01" + EMPTY[at + 9 :]
    assert refused(locked) == "the workbook is locked with a password; save it without one"


# --- laws --------------------------------------------------------------------------------------------------------------

VALUES = (
    st.none()
    | st.integers(-(10**12), 10**12)
    | st.text("abc é&<1.", min_size=1, max_size=5)
    | st.booleans()
    | st.dates(date(1900, 3, 1))
)


@settings(max_examples=40)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=4))
def test_what_is_written_is_read_back(rows: list[tuple[Any, ...]]) -> None:
    table = read(written(("a", "b", "c"), *rows))
    expected = [tuple(_expected(value) for value in row) for row in rows]
    assert [row.cells for row in table.rows] == [row for row in expected if any(cell is not None for cell in row)]


def _expected(value: object) -> object:
    if isinstance(value, str):
        return value.strip() or None
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


@given(st.binary(max_size=100) | st.binary(max_size=100).map(b"PK\x03\x04".__add__))
def test_whatever_comes_is_a_table_or_a_sentence(content: bytes) -> None:
    assert is_table_or_sentence(lambda: read(content))


BOOK = written(("year", "score", "day"), ("2024", 86, date(2026, 1, 15)), ("2025", "#N/A", True))


@given(st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_a_workbook_with_bytes_changed_is_a_table_or_a_sentence(changes: list[tuple[int, int]]) -> None:
    changed = bytearray(BOOK)
    for at, byte in changes:
        changed[at] = byte
    assert is_table_or_sentence(lambda: read(bytes(changed)))


@given(
    st.sampled_from([CELLS, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]),
    st.integers(0),
    st.sampled_from([b"", b"9", b"-1", b"A", b"<v>", b"/>", b'"', b" ", b"1e999", b"NaN", b"&#65;", b"s", b"\xff"]),
    st.integers(0, 3),
)
def test_a_workbook_with_other_words_in_it_is_a_table_or_a_sentence(name: str, at: int, word: bytes, instead_of: int) -> None:
    def change(part_name: str, part: bytes) -> bytes:
        words = list(re.finditer(rb"[^<>\"= ]+", part))
        if part_name != name or not words:
            return part
        start = words[at % len(words)].start()
        return part[:start] + word + part[start + instead_of :]

    assert is_table_or_sentence(lambda: read(repacked(BOOK, change)))
