"""A table as text: read as a whole with its lines, or refused with a sentence that says what came instead."""

import codecs
import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from plan.sources import AsText
from plan.table import Row, Table
from tasks.sources import cells
from tasks.sources.delimited import read_delimited
from tasks.sources.failures import SourceFailed
from tests.source_builders import is_table_or_sentence

MADE_UP = Path(__file__).parent / "data" / "district-table-made-up.csv"
OTHERWISE = "save the table as CSV in UTF-8, or say encoding: windows-1252"
QUOTE = "put each text that holds the separator in quotation marks"


def read(content: str | bytes, **how: object) -> Table:
    """Read a table, by default as CSV in UTF-8."""
    as_bytes = content.encode() if isinstance(content, str) else content
    return read_delimited(as_bytes, AsText.model_validate(how), found_at="ratings.csv")


def refused(content: str | bytes, **how: object) -> str:
    """Return the sentence with which a table is refused."""
    with pytest.raises(SourceFailed) as said:
        read(content, **how)
    return str(said.value)


def workbook() -> bytes:
    """Return an empty workbook."""
    made = io.BytesIO()
    Workbook().save(made)
    return made.getvalue()


# --- what is read ------------------------------------------------------------------------------------------------------


def test_a_row_has_its_line_and_its_cells_without_spaces_around_them() -> None:
    assert read("year, Rating  of\tthe district ,note\n2024, 86 ,\n2025,,kept\n") == Table(
        found_at="ratings.csv",
        columns=("year", "Rating of the district", "note"),
        rows=(Row("line 2", ("2024", "86", None)), Row("line 3", ("2025", None, "kept"))),
    )


@pytest.mark.parametrize(
    ("content", "how"),
    [
        pytest.param("year,für\n2024,86\n".encode(), {}, id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + "year,für\r\n2024,86\r\n".encode(), {}, id="byte-order-mark-and-crlf"),
        pytest.param(codecs.BOM_UTF16_LE + "year,für\n2024,86".encode("utf-16-le"), {}, id="utf-16-little"),
        pytest.param(codecs.BOM_UTF16_BE + "year,für\n2024,86".encode("utf-16-be"), {}, id="utf-16-big"),
        pytest.param(
            codecs.BOM_UTF8 + "year,für\n2024,86".encode(), {"encoding": "latin-1"}, id="the-mark-outdoes-what-is-said"
        ),
        pytest.param("year,für\n2024,86".encode("cp1252"), {"encoding": "windows-1252"}, id="windows-1252"),
        pytest.param("year,für\n2024,86".encode("latin-1"), {"encoding": "latin-1"}, id="latin-1"),
        pytest.param("year;für\r2024;86\r".encode(), {"separator": ";"}, id="semicolon-and-old-line-ends"),
        pytest.param("year\tfür\n2024\t86\n".encode(), {"separator": "tab"}, id="tab"),
        pytest.param('"year","für"\n"2024","86"\n'.encode(), {}, id="all-quoted"),
        pytest.param("year,für,,\n2024,86,,\n".encode(), {}, id="empty-headings-at-the-end"),
        pytest.param("year,für,,\n2024,86,aside,\n".encode(), {}, id="a-cell-beside-the-headed-ones"),
        pytest.param("year,für\n2024,86,,,\n".encode(), {}, id="empty-cells-at-the-end"),
    ],
)
def test_tables_of_all_programs_read_alike(content: bytes, how: dict[str, object]) -> None:
    assert read(content, **how) == Table(found_at="ratings.csv", columns=("year", "für"), rows=(Row("line 2", ("2024", "86")),))


@pytest.mark.parametrize(
    ("content", "how", "places"),
    [
        pytest.param("a,b\n1,2\n\n,\n  ,  \n3,4\n", {}, ["line 2", "line 6"], id="empty-rows-are-passed-over"),
        pytest.param('a,b\n1,"two\nlines\nand one"\n3,4\n', {}, ["line 2", "line 5"], id="a-cell-of-three-lines"),
        pytest.param('"A title, with a "mark\n\na,b\n1,2\n', {"header_line": 3}, ["line 4"], id="prose-above"),
        pytest.param('a,"b\nb"\n1,2\n', {}, ["line 3"], id="a-heading-of-two-lines"),
        pytest.param("a,b\n", {}, [], id="headings-alone"),
    ],
)
def test_a_row_is_placed_by_the_line_on_which_it_begins(content: str, how: dict[str, object], places: list[str]) -> None:
    assert [row.place for row in read(content, **how).rows] == places


def test_a_column_without_a_heading_is_called_by_its_number() -> None:
    assert read(",a,,b,\n1,2,3,4,\n").columns == ("(column 1)", "a", "(column 3)", "b")


def test_a_wide_table_of_districts_is_read_as_it_is() -> None:
    table = read_delimited(MADE_UP.read_bytes(), AsText(), found_at=MADE_UP.name)
    assert (len(table.columns), len(table.rows)) == (12, 6)
    assert [row.cells[0] for row in table.rows][:3] == ["'071909", "'071902", "'001903"]
    assert {cell for row in table.rows for cell in row.cells} >= {"*", "-1", "?", ".", "12,905"}
    assert table.rows[4].cells[-1] == "opened in August, no results yet"


# --- what came instead -------------------------------------------------------------------------------------------------

SIGN_IN = "give the address of the CSV export and share it so that it can be read without signing in"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            b"<!DOCTYPE html><html><head><title>Sign in -\n Example</title>",
            f'an HTML page came instead of a table ("Sign in - Example"); {SIGN_IN}',
            id="page",
        ),
        pytest.param(b"\xef\xbb\xbf \n<HTML>", f"an HTML page came instead of a table; {SIGN_IN}", id="page-without-title"),
        pytest.param(
            codecs.BOM_UTF16_LE + "<html><title>A &amp; B</title>".encode("utf-16-le"),
            f'an HTML page came instead of a table ("A & B"); {SIGN_IN}',
            id="page-in-utf-16",
        ),
        pytest.param(
            f"<html><title>{'long ' * 20}</title>".encode(),
            f'an HTML page came instead of a table ("{"long " * 11}long…"); {SIGN_IN}',
            id="page-with-a-long-title",
        ),
        pytest.param(
            b'<?xml version="1.0"?><Error/>',
            "an XML document came instead of a table; give the address of the CSV export",
            id="xml",
        ),
        pytest.param(
            b' [{"year": 2024}]',
            "a JSON document came instead of a table; say kind: json, or give the address of the CSV export",
            id="json",
        ),
        pytest.param(workbook(), "a workbook came instead of a table; say kind: xlsx, or save it as CSV", id="workbook"),
        pytest.param(
            b"PK\x03\x04 and more",
            "a ZIP file came instead of a table; unpack it, and give the CSV file that is in it",
            id="zip",
        ),
        pytest.param(
            bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512),
            "a workbook in Excel's old format (.xls) came instead of a table; save it as CSV",
            id="old-workbook",
        ),
        pytest.param(b"%PDF-1.7\n", "a PDF came instead of a table; ask whoever publishes it for the table as CSV", id="pdf"),
        pytest.param(
            gzip.compress(b"a,b"),
            "a gzip file came instead of a table; unpack it, and give the CSV file that is in it",
            id="gzip",
        ),
    ],
)
def test_something_else_than_a_table_is_called_by_its_name(content: bytes, said: str) -> None:
    assert refused(content) == said


# --- what cannot be read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "how", "said"),
    [
        pytest.param(b"a,b\n1,f\xfcr\n", {}, f"line 2 is not text in utf-8; {OTHERWISE}", id="latin-1-as-utf-8"),
        pytest.param(
            b"a,b\r1,\x81\r",
            {"encoding": "windows-1252"},
            "line 2 is not text in windows-1252; save the table as CSV in UTF-8, and say encoding: utf-8",
            id="no-sign-of-windows-1252",
        ),
        pytest.param(
            codecs.BOM_UTF16_LE + "a,b\n1".encode("utf-16-le") + b"2",
            {},
            "line 2 is not text in utf-16-le; save the table as CSV in UTF-8",
            id="utf-16-cut-off",
        ),
        pytest.param(
            "a,b\n1,2\n".encode("utf-16-le"),
            {},
            "line 1 holds NUL, as text in UTF-16 does; save the table as CSV in UTF-8",
            id="utf-16-without-a-mark",
        ),
        pytest.param("a,b\n1,\0\n", {}, "line 2 holds NUL, as text in UTF-16 does; save the table as CSV in UTF-8", id="nul"),
        pytest.param("", {}, "it is empty, and a table has to be in it; look at the source", id="empty"),
        pytest.param("\n", {}, "no heading stands in line 1; say in header_line where the headings stand", id="an-empty-line"),
        pytest.param(
            "a;b\n1;2\n",
            {},
            'line 1 is one heading, "a;b", with separator: ","; write separator: ";"',
            id="semicolons",
        ),
        pytest.param(
            "a\tb\n1\t2\n",
            {"separator": ";"},
            'line 1 is one heading, "a b", with separator: ";"; write separator: "tab"',
            id="tabs",
        ),
        pytest.param(
            "a,b\n1,für\n".encode("utf-16-le"),
            {},
            "line 1 holds NUL, as text in UTF-16 does; save the table as CSV in UTF-8",
            id="utf-16-without-a-mark-and-with-an-umlaut",
        ),
        pytest.param(
            "\n,,\na,b\n",
            {"header_line": 2},
            "no heading stands in line 2; say in header_line where the headings stand",
            id="no-headings",
        ),
        pytest.param(
            "a,b\n",
            {"header_line": 9},
            "no heading stands in line 9; say in header_line where the headings stand",
            id="too-short",
        ),
        pytest.param(
            "a,b,a , a,b\n",
            {},
            'a heading stands more than once: "a" above columns 1, 3 and 4 and "b" above columns 2 and 5; '
            "give each column one of its own",
            id="doubled-headings",
        ),
        pytest.param(
            'a,b\n1,2\n3,"4\n5,6\n',
            {},
            "from line 3 on it cannot be read as CSV (unexpected end of data); check the quotation marks there",
            id="a-quotation-mark-is-not-closed",
        ),
        pytest.param(
            'a,b\n1,"2" or more\n',
            {},
            "from line 2 on it cannot be read as CSV (',' expected after '\"'); check the quotation marks there",
            id="a-quotation-mark-is-closed-too-early",
        ),
        pytest.param(
            'a,b\n1,"' + "x\n" * 70_000,
            {},
            "from line 2 on it cannot be read as CSV (field larger than field limit (131072)); check the quotation marks there",
            id="a-cell-without-end",
        ),
        pytest.param(
            f"a,b\n1,{'x' * 10_001}\n",
            {},
            "a cell of the row in line 2 has more than 10,000 characters; check the quotation marks there",
            id="a-cell-too-long",
        ),
        pytest.param(
            "a,b,\n1,2,\n1\n1,2,3,4\n5,6,,7\n",
            {},
            f"a row has to have 2 cells, as the headings have, but there are 1 in line 3, 4 in line 4 and 4 in line 5; {QUOTE}",
            id="rows-that-do-not-fit",
        ),
        pytest.param(
            "a,b\n" + "1\n" * 8,
            {},
            "a row has to have 2 cells, as the headings have, but there are 1 in line 2, 1 in line 3, 1 in line 4, "
            f"1 in line 5, 1 in line 6 and another number in 3 more; {QUOTE}",
            id="many-rows-that-do-not-fit",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content: str | bytes, how: dict[str, object], said: str) -> None:
    assert refused(content, **how) == said


@pytest.mark.parametrize("most", [2, 12_000], ids=["few", "many"])
def test_no_more_rows_than_the_most_are_read(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_ROWS", most)
    assert len(read("a\n" + "1\n" * most).rows) == most
    for more in (1, 10_000):
        said = f"more than {most:,} rows came; give the rows that are needed alone"
        assert refused("a\n" + "1\n" * (most + more)) == said


def test_a_cell_of_the_longest_length_is_read() -> None:
    assert read(f"a,b\n1,{'x' * 10_000}\n").rows == (Row("line 2", ("1", "x" * 10_000)),)


# --- laws --------------------------------------------------------------------------------------------------------------

LETTERS = st.characters(codec="latin-1", exclude_categories=["Cc"], exclude_characters="<{[%\xa0\x81\x8d\x8f\x90\x9d")
TEXTS = st.text(LETTERS | st.sampled_from(",;\"'\t\n"), max_size=8)


@given(
    width=st.integers(1, 4),
    rows=st.lists(st.lists(TEXTS, min_size=4, max_size=4), max_size=6),
    separator=st.sampled_from([(",", ","), (";", ";"), ("tab", "\t")]),
    encoding=st.sampled_from(["utf-8", "latin-1", "windows-1252", "utf-8-sig", "utf-16"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_program_writes_is_read_back(
    width: int, rows: list[list[str]], separator: tuple[str, str], encoding: str, ending: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator[1], lineterminator=ending)
    writer.writerows([[f"C{number}" for number in range(width)], *(row[:width] for row in rows)])
    said = {"separator": separator[0], "encoding": "utf-8" if encoding.startswith("utf") else encoding}
    table = read(written.getvalue().encode(encoding), **said)
    expected = [tuple(cell.strip() or None for cell in row[:width]) for row in rows]
    assert [row.cells for row in table.rows] == [row for row in expected if any(row)]


@given(
    st.binary(max_size=200) | st.text(max_size=80).map(str.encode),
    st.sampled_from(["utf-8", "windows-1252", "latin-1"]),
    st.integers(1, 3),
)
def test_whatever_comes_is_a_table_or_a_sentence(content: bytes, encoding: str, header_line: int) -> None:
    assert is_table_or_sentence(lambda: read(content, encoding=encoding, header_line=header_line))
