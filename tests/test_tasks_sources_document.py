"""A JSON document: rows wherever the pointer leads, figures as they are written, and every fault a sentence."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.sources import AsJson
from plan.table import Row, Table
from tasks.sources.document import read_document
from tasks.sources.failures import SourceFailed
from tests.source_builders import is_table_or_sentence


def read(content: str | bytes, pointer: str = "") -> Table:
    """Read a document."""
    as_bytes = content.encode() if isinstance(content, str) else content
    return read_document(as_bytes, AsJson(pointer=pointer), found_at="scores.json")


def refused(content: str | bytes, pointer: str = "") -> str:
    """Return the sentence with which a document is refused."""
    with pytest.raises(SourceFailed) as said:
        read(content, pointer)
    return str(said.value)


# --- what is read ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "pointer", "columns", "rows"),
    [
        pytest.param(
            '[{"year": 2024, "score": 86.50}, {"score": null, "met": true}]',
            "",
            ("year", "score", "met"),
            [("/0", Decimal(2024), Decimal("86.50"), None), ("/1", None, None, "true")],
            id="objects-in-a-list",
        ),
        pytest.param(
            '{"data": [{"of": {"year": "2024", "score": {"value": 86}}, "all": [1, 2]}]}',
            "/data",
            ("of/year", "of/score/value"),
            [("/data/0", "2024", Decimal(86))],
            id="what-is-nested-is-headed-by-its-keys-and-a-list-is-no-cell",
        ),
        pytest.param(
            '{"a/b": [{"~": [{"x": " 1 "}]}]}', "/a~1b/0/~0", ("x",), [("/a~1b/0/~0/0", "1")], id="pointer-with-signs"
        ),
        pytest.param(
            '{"year": 2024, "met": false}', "", ("year", "met"), [("the document", Decimal(2024), "false")], id="object"
        ),
        pytest.param('{"rows": [[86], [8.8]]}', "/rows/1/0", ("value",), [("/rows/1/0", Decimal("8.8"))], id="number"),
        pytest.param(
            '[["year", "of  all", ""], ["2024", 86, 1], [null, {"a": 1}, 2]]',
            "",
            ("year", "of all"),
            [("/1", "2024", Decimal(86)), ("/2", None, None)],
            id="lists-below-their-headings",
        ),
        pytest.param("[]", "", (), [], id="no-rows"),
        pytest.param('[{"a": 1}, {"a": [1]}]', "", ("a",), [("/0", Decimal(1)), ("/1", None)], id="now-a-figure-now-a-list"),
        pytest.param('[{"a": "\\ud800 \\u0000"}]', "", ("a",), [("/0", "\ufffd \ufffd")], id="what-no-database-takes"),
        pytest.param(
            f'[{{"a": {"9" * 101}, "b": 1e101, "c": 1e99999999999999999999, "d": -1e-3}}]',
            "",
            ("a", "b", "c", "d"),
            [("/0", "9" * 101, "1e101", "1e99999999999999999999", Decimal("-0.001"))],
            id="what-is-no-figure-that-anybody-writes-stays-a-text",
        ),
    ],
)
def test_the_rows_stand_where_the_pointer_leads(
    content: str, pointer: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    expected = tuple(Row(place, tuple(cells)) for place, *cells in rows)
    assert read(content, pointer) == Table(found_at="scores.json", columns=columns, rows=expected)


def test_a_figure_is_what_is_written_and_no_binary_fraction() -> None:
    assert [str(row.cells[0]) for row in read('[{"a": 0.1}, {"a": 86.0}, {"a": 12345678901234567890}]').rows] == [
        "0.1",
        "86.0",
        "12345678901234567890",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le"])
def test_every_encoding_of_json_is_read(encoding: str) -> None:
    assert read('[{"für": 1}]'.encode(encoding)).columns == ("für",)


def test_a_key_too_long_to_be_named_is_no_column() -> None:
    longest = "k" * 200
    assert read(json.dumps([{longest: 1, f"{longest}k": 2, longest[:199]: {"x": 3}}])).columns == (longest,)


# --- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "pointer", "said"),
    [
        pytest.param(
            '{"data": {"rows": [], "count": 0}}',
            "/data/scores/0",
            'the pointer /data/scores/0 leads to nothing: /data has the keys "rows" and "count"; correct the pointer',
            id="wrong-key",
        ),
        pytest.param(
            "[1, 2]",
            "/2",
            "the pointer /2 leads to nothing: the document is a list, counted from 0 to 1; correct the pointer",
            id="beyond-the-list",
        ),
        pytest.param(
            "[1, 2]",
            "/01",
            "the pointer /01 leads to nothing: the document is a list, counted from 0 to 1; correct the pointer",
            id="an-index-with-a-zero-before-it",
        ),
        pytest.param(
            "[1, 2]",
            "/",
            "the pointer / leads to nothing: the document is a list, counted from 0 to 1; correct the pointer",
            id="no-index",
        ),
        pytest.param(
            '{"a": "text"}',
            "/a/b",
            'the pointer /a/b leads to nothing: /a is the text "text"; correct the pointer',
            id="further-than-a-text",
        ),
        pytest.param(
            json.dumps({f"k{n}": n for n in range(12)}),
            "/x",
            'the pointer /x leads to nothing: the document has the keys "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", '
            '"k9" and 2 more; correct the pointer',
            id="many-keys",
        ),
        pytest.param(
            "{}",
            "/x",
            "the pointer /x leads to nothing: the document is an empty object; correct the pointer",
            id="empty-object",
        ),
        pytest.param(
            "[]", "/0", "the pointer /0 leads to nothing: the document is an empty list; correct the pointer", id="empty-list"
        ),
        pytest.param(
            '{"a": "86"}',
            "/a",
            'a list of objects has to stand at /a, and there is the text "86"; set the pointer to where the list stands',
            id="text",
        ),
        pytest.param(
            "null",
            "",
            "a list of objects has to stand at the document, and there is null; set the pointer to where the list stands",
            id="null",
        ),
        pytest.param(
            "[1, 2]",
            "",
            "a list of objects has to stand at the document, and there is a list of other things; "
            "set the pointer to where the list stands",
            id="list-of-numbers",
        ),
        pytest.param(
            '[{"a": 1}, 2, [3], null, true, "x", {}, 4]',
            "",
            "all rows have to be objects as the first one is, but there is the number 2 at /1, a list at /2, null at /3, "
            'true at /4, the text "x" at /5 and 1 more; ask whoever publishes it for rows of one kind',
            id="rows-of-many-kinds",
        ),
        pytest.param(
            '[["a", "b"], {"a": 1}]',
            "",
            "all rows have to be lists as the first one is, but there is an object at /1; "
            "ask whoever publishes it for rows of one kind",
            id="an-object-among-lists",
        ),
        pytest.param(
            '[["a", "b"], [1], [1, 2, 3]]',
            "",
            "a row has to have 2 cells, as the headings have, but there are 1 in /1 and 3 in /2; "
            "ask whoever publishes it to keep as many in each list",
            id="lists-that-do-not-fit",
        ),
        pytest.param(
            "[[], [1]]",
            "",
            "no heading stands in /0; ask whoever publishes it for headings in the first list",
            id="no-headings",
        ),
        pytest.param(
            '[["a", "a"]]',
            "",
            'a heading stands more than once: "a" above columns 1 and 2; give each column one of its own',
            id="doubled-headings",
        ),
        pytest.param(
            '[{"a": 1, "b": 2, "a": 1}]',
            "",
            'the key "a" stands twice in one object; ask whoever publishes it to keep one of them',
            id="doubled-key",
        ),
        pytest.param(
            '{"rows": [{"a/b": 1, "a": {"b": 2}}]}',
            "/rows",
            'two keys of /rows/0 make the same heading, "a/b"; ask whoever publishes it to keep one of them',
            id="two-ways-to-one-heading",
        ),
        pytest.param(
            '[{"a": NaN}]',
            "",
            "NaN stands in the document, which is no JSON; ask whoever publishes it for null instead",
            id="nan",
        ),
        pytest.param(
            '[{"a": -Infinity}]',
            "",
            "-Infinity stands in the document, which is no JSON; ask whoever publishes it for null instead",
            id="infinity",
        ),
        pytest.param(
            '[{"a": 1},\n {"a"',
            "",
            "from line 2, character 6 on it cannot be read as JSON (expecting ':' delimiter); "
            "see that the whole document came, and that it is JSON",
            id="cut-off",
        ),
        pytest.param(
            "year,value\n2024,86\n",
            "",
            "from line 1, character 1 on it cannot be read as JSON (expecting value); "
            "see that the whole document came, and that it is JSON",
            id="csv",
        ),
        pytest.param(
            "",
            "",
            "it is empty, and JSON has to be in it; look at the source",
            id="empty",
        ),
        pytest.param(
            b'[{"a":\n"f\xfcr"}]', "", "line 2 is not text in utf-8; give the document as JSON in UTF-8", id="latin-1"
        ),
        pytest.param(
            "[" * 100_000,
            "",
            "the document is nested too deeply to be read; give one with a plain list of objects",
            id="nested-without-end",
        ),
        pytest.param(
            "<!doctype html><title>Sign in</title>",
            "",
            'an HTML page came instead of JSON ("Sign in"); '
            "give the address of the data itself, which has to be readable without signing in",
            id="page",
        ),
        pytest.param(
            b"PK\x03\x04", "", "a ZIP file came instead of JSON; unpack it, and give the JSON file that is in it", id="zip"
        ),
        pytest.param(
            json.dumps([{f"k{number}": 1} for number in range(4000)]),
            "",
            "4,000 rows of 4,000 columns are too many; give the columns that are needed alone",
            id="too-many-columns",
        ),
        pytest.param(
            f"[{'{},' * 1_000_000}{{}}]",
            "",
            "more than 1,000,000 rows came; give the rows that are needed alone",
            id="too-many-rows",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(content: str | bytes, pointer: str, said: str) -> None:
    assert refused(content, pointer) == said


# --- laws --------------------------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=3), inside, max_size=4),
)


@given(VALUES, st.sampled_from(["", "/0", "/a/0", "/", "/~"]))
def test_whatever_stands_in_a_document_is_a_table_or_a_sentence(value: object, pointer: str) -> None:
    assert is_table_or_sentence(lambda: read(json.dumps(value), pointer))


@given(st.binary(max_size=200) | st.text('[]{}",:0e-\\u ', max_size=40).map(str.encode))
def test_whatever_comes_is_a_table_or_a_sentence(content: bytes) -> None:
    assert is_table_or_sentence(lambda: read(content))


FIGURES = st.dictionaries(st.sampled_from("abc"), st.decimals(-(10**9), 10**9, places=3), min_size=1)


@settings(max_examples=50)
@given(st.lists(FIGURES, min_size=1, max_size=4))
def test_figures_come_back_as_they_were_written(rows: list[dict[str, Decimal]]) -> None:
    written = ",".join("{" + ",".join(f'"{key}":{value}' for key, value in row.items()) + "}" for row in rows)
    table = read(f"[{written}]")
    read_back = [
        {key: cell for key, cell in zip(table.columns, row.cells, strict=True) if cell is not None} for row in table.rows
    ]
    assert read_back == rows
