"""A document's headings, lines and tables: nested and typed bullets, merged cells, line numbers, and what is refused."""

import pytest

from plan.published.document import MAX_CHARACTERS, DocumentRefused, Heading, Table, read_document
from plan.published.lines import Bullet


def shape(bullet: Bullet) -> object:
    """Return a bullet as its text, and what is nested in it as a list."""
    return [bullet.text, *map(shape, bullet.inside)] if bullet.inside else bullet.text


def lines(text: str, *, is_html: bool = False) -> list[object]:
    """Return what stands outside of tables."""
    return [shape(block) for block in read_document(text, is_html=is_html) if isinstance(block, Bullet)]


def rows(text: str, *, is_html: bool = False) -> list[list[str]]:
    """Return the texts of every row of every table."""
    tables = [block for block in read_document(text, is_html=is_html) if isinstance(block, Table)]
    return [[cell.text() for cell in row] for table in tables for row in table.rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("- a\n  - b\n    - c\n  - d\n- e", [["a", ["b", "c"], "d"], "e"], id="markdown"),
        pytest.param("1. a\n   - b\n2. c", [["a", "b"], "c"], id="numbered"),
        pytest.param("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", [["a", "b"], "c"], id="html"),
        pytest.param("<ul><li>• a<ul><li>○ b</li></ul></li></ul>", [["a", "b"]], id="html-with-typed-marks"),
        pytest.param("<ul><li>• a</li><li>○ b</li><li>○ c</li><li>• d</li></ul>", [["a", "b", "c"], "d"], id="flat-but-typed"),
        pytest.param("<p>• a<br>• b<br>○ c</p>", ["a", ["b", "c"]], id="typed-in-lines"),
        pytest.param("<p>• a ○ b • c</p>", [["a", "b"], "c"], id="typed-in-one-line"),
        pytest.param("<p>●\u00a0a</p><p>▪ b</p>", ["a", "b"], id="other-marks"),
        pytest.param("<ul><li><p>a</p><p>b</p></li></ul>", ["a b"], id="paragraphs-in-an-entry"),
        pytest.param("<ul><li>a<ul><li>b</li></ul>c</li></ul>", [["a c", "b"]], id="text-after-what-is-nested"),
        pytest.param("<p>• a<br>and on</p>", ["a and on"], id="a-line-that-goes-on"),
        pytest.param("<ul><li>a", ["a"], id="never-closed"),
        pytest.param("5 • 6", ["5 • 6"], id="a-mark-within-a-line"),
    ],
)
def test_bullets_are_nested_as_they_stand_or_as_they_were_typed(text: str, expected: list[object]) -> None:
    assert lines(text) == expected


def test_an_entry_that_is_only_heading_a_list_keeps_it_inside() -> None:
    assert lines("<ul><li><ul><li>a</li></ul></li><li>b</li></ul>") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("<p>all <b>students</b> learn</p>", ("all", "students", "learn"), id="look-within-a-sentence"),
        pytest.param("**Mission:** to teach", ("Mission:", "to teach"), id="markdown"),
        pytest.param("<li>a <i>b</i> <i>c</i></li>", ("a", "b", "c"), id="two-parts"),
    ],
)
def test_a_line_knows_its_parts_of_another_look(text: str, expected: tuple[str, ...]) -> None:
    (bullet,) = read_document(text, is_html=False)
    assert isinstance(bullet, Bullet)
    assert bullet.parts == expected


def test_a_change_of_look_adds_no_space() -> None:
    assert lines("the <b>1</b>st, **bold**: yes") == ["the 1st, bold: yes"]


@pytest.mark.parametrize("tag", ["details", "summary", "figure", "figcaption", "nav", "address", "option", "legend"])
def test_what_stands_in_blocks_of_its_own_is_not_glued_together(tag: str) -> None:
    assert lines(f"<{tag}>one</{tag}><{tag}>two</{tag}>", is_html=True) == ["one", "two"]


def test_links_are_their_words() -> None:
    assert lines("see [the report](https://example.org/a) and ![a chart](chart.png)") == ["see the report and a chart"]


def test_characters_that_print_nothing_are_left_out() -> None:
    assert lines("a\u200bb\u202e c\u00ad\ufeff\u2066d\x07\u0085e") == ["ab cd e"]


def test_headings_have_their_level_and_line() -> None:
    found = read_document("# One\n\ntext\n\n### Two **bold**\n\nThree\n=====\n\n# \n", is_html=False)
    assert [block for block in found if isinstance(block, Heading)] == [
        Heading(1, "One", 1),
        Heading(3, "Two bold", 5),
        Heading(1, "Three", 7),
    ]


def test_each_line_of_html_knows_where_it_stands() -> None:
    found = read_document("<html>\n<body>\n<p>a</p>\n\n<ul>\n<li>b\n<li>c</ul>", is_html=True)
    assert [block.line for block in found] == [3, 6, 7]


def test_lines_count_alike_whatever_ends_them() -> None:
    for end in ("\n", "\r\n", "\r"):
        found = read_document(end.join(("# a", "", "b", "", "<p>", "c</p>")), is_html=False)
        assert [block.line for block in found] == [1, 3, 5]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("| a | b |\n|---|---|\n| c | d<br>e |", [["a", "b"], ["c", "d e"]], id="markdown"),
        pytest.param("<table><tr><td>a<td>b<tr><td>c</table>", [["a", "b"], ["c"]], id="html"),
        pytest.param(
            "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            [["a", "b"], ["", "c"]],
            id="merged-over-rows",
        ),
        pytest.param(
            "<table><tr><td colspan=2>a</td><td>b</td></tr><tr><td>c</td><td>d</td><td>e</td></tr></table>",
            [["a", "", "b"], ["c", "d", "e"]],
            id="merged-over-columns",
        ),
        pytest.param(
            "<table><tr><td>a</td><td rowspan=2 colspan=2>b</td></tr><tr><td>c</td></tr></table>",
            [["a", "b", ""], ["c", "", ""]],
            id="merged-over-both",
        ),
        pytest.param(
            "<table><tr><td colspan=99999 rowspan=no>a</td></tr></table>", [["a", *[""] * 39]], id="merged-beyond-reason"
        ),
        pytest.param(
            "<table><tr><td>a<table><tr><td>b</td></tr></table>c</td></tr></table>", [["b"], ["a c"]], id="within-a-cell"
        ),
        pytest.param("<td>a</td><tr>b</tr>", [], id="cells-without-a-table"),
        pytest.param("Goals\tActions\tMeasures\na\tb\tc\n\n\td\te\n\nend", [["Goals", "Actions", "Measures"], ["a", "b", "c"],
                     ["", "d", "e"]], id="tabs"),
        pytest.param("Goals\tActions\tMeasures\na\tb\t<ul>\n<li>c</li>\n</ul>\nend", [["Goals", "Actions", "Measures"],
                     ["a", "b", "c"]], id="a-cell-over-lines"),
        pytest.param("Goals\tActions\tMeasures\na\tb\tc\td", [["Goals", "Actions", "Measures"], ["a", "b", "c d"]],
                     id="a-tab-too-many"),
        pytest.param("one\ttwo\tthree\na\tb\tc", [], id="tabs-under-other-headings"),
        pytest.param("- a\n\t- b\n\t\t- c", [], id="a-list-indented-by-tabs"),
    ],
)  # fmt: skip
def test_the_columns_of_a_table_stand_under_each_other(text: str, expected: list[list[str]]) -> None:
    assert rows(text) == expected


def test_scripts_styles_and_comments_are_not_read() -> None:
    text = "<html><head><title>t</title></head><style>s</style><script>x</script><!-- c --><p>a<script>y</script>b</p></html>"
    assert lines(text, is_html=True) == ["ab"]


def test_entities_of_a_document_are_not_resolved() -> None:
    text = '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<html><body><p>x &a; &amp; y</p></body></html>'
    assert lines(text, is_html=True) == ["]>", "x &a; & y"]


@pytest.mark.parametrize("text", ["", "  \n ", "<!-- nothing -->", "\x01"])
def test_a_document_of_nothing_holds_nothing(text: str) -> None:
    assert [block for block in read_document(text, is_html=True) if isinstance(block, Table | Heading)] == []


def test_a_document_nested_beyond_reason_is_refused() -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_document("<div>" * 300 + "deep", is_html=True)
    assert str(refused.value) == (
        "the document is nested more than 250 deep; save it anew from the program that it was written in"
    )


def test_a_document_longer_than_any_plan_is_refused() -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_document("a" * (MAX_CHARACTERS + 1), is_html=False)
    assert str(refused.value) == (
        "the document has 2,000,001 characters, and 2,000,000 can be read; take out what is not the plan, such as pictures "
        "written out as text"
    )
