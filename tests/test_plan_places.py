"""YAML text as plain values with their places: what is doubtful in the text itself."""

from itertools import pairwise

import pytest

from plan.places import MAX_DEPTH, Document, Place, Problem, compose


def said(document: Document) -> list[str]:
    return [str(problem) for problem in document.problems]


def test_every_scalar_stays_the_text_that_the_editor_wrote() -> None:
    document = compose("f", b"a: 1.10\nb: no\nc: 010\nd: 2026-09-31\ne: '~'\nf: [x, 'y z']\n")
    assert document.value == {"a": "1.10", "b": "no", "c": "010", "d": "2026-09-31", "e": "~", "f": ["x", "y z"]}
    assert document.problems == []


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_nothing_unless_it_is_quoted(text: str) -> None:
    assert compose("f", f"a: {text}\nb: '{text}'\n".encode()).value == {"a": None, "b": text}


def test_keys_mappings_and_list_items_have_their_places() -> None:
    document = compose("f", b"# a comment\na:\n  - b: 1\n  - {c: 2, d: [3]}\n")
    assert {path: (place.line, place.column) for path, place in document.places.items()} == {
        (): (2, 1),
        ("a",): (2, 1),
        ("a", 0): (3, 5),
        ("a", 0, "b"): (3, 5),
        ("a", 1): (4, 5),
        ("a", 1, "c"): (4, 6),
        ("a", 1, "d"): (4, 12),
        ("a", 1, "d", 0): (4, 16),
    }


def test_what_is_not_in_the_file_stands_where_the_nearest_thing_around_it_does() -> None:
    document = compose("f", b"a:\n  b: 1\n")
    assert document.place(("a", "b", "c", 7)) == Place("f", 2, 3)
    assert document.place(("x",)) == Place("f", 1, 1)
    assert Document("f").place(("x",)) == Place("f", 1, 1)


def test_places_are_in_the_order_of_lines_and_columns_as_numbers() -> None:
    assert Place("f", 9, 12) < Place("f", 10, 2) < Place("f", 10, 11)
    assert str(Problem(Place("f.yaml", 9, 12), "say it")) == "f.yaml:9:12: say it"


def test_columns_count_characters_and_not_bytes() -> None:
    assert compose("f", "{é: 1, ñ: 2}".encode()).places["ñ",] == Place("f", 1, 8)


def test_a_byte_order_mark_is_read_past() -> None:
    document = compose("f", b"\xef\xbb\xbfa: 1\n")
    assert document.value == {"a": "1"}
    assert document.places["a",] == Place("f", 1, 1)


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        pytest.param(
            b"a: 1\nb: 2\na: 3\n", ['f:3:1: key "a" is given twice, first in line 1; delete one of them'], id="key-twice"
        ),
        pytest.param(
            b"a: 1\na: {b: [2]}\na: 4\n",
            [
                'f:2:1: key "a" is given twice, first in line 1; delete one of them',
                'f:3:1: key "a" is given twice, first in line 1; delete one of them',
            ],
            id="key-three-times",
        ),
        pytest.param(
            b"{~: 1, '': 2}\n", ['f:1:8: key "" is given twice, first in line 1; delete one of them'], id="empty-key-twice"
        ),
        pytest.param(
            b"a: &x 1\nb: *x\n",
            [
                'f:1:4: "&x" is an anchor; write each value out where it is needed',
                'f:2:4: "*x" is an alias; write the value out where it is needed',
            ],
            id="alias",
        ),
        pytest.param(b"- *x\n", ['f:1:3: "*x" is an alias; write the value out where it is needed'], id="alias-of-nothing"),
        pytest.param(b"*x\n", ['f:1:1: "*x" is an alias; write the value out where it is needed'], id="alias-for-all"),
        pytest.param(b"*x : 1\n", ['f:1:1: "*x" is an alias; write the value out where it is needed'], id="alias-as-a-key"),
        pytest.param(
            b"&x {a: 1}\n", ['f:1:1: "&x" is an anchor; write each value out where it is needed'], id="anchor-on-a-mapping"
        ),
        pytest.param(
            b"a: !!int 1\nb: !x [2]\n",
            [
                'f:1:4: "tag:yaml.org,2002:int" is a tag; leave it out, the key alone says what the value means',
                'f:2:4: "!x" is a tag; leave it out, the key alone says what the value means',
            ],
            id="tags",
        ),
        pytest.param(
            b"a: !x%0A%1B%5B1m 1\n",
            ['f:1:4: "!x  [1m" is a tag; leave it out, the key alone says what the value means'],
            id="tag-that-would-paint-the-screen",
        ),
        pytest.param(
            b"a: 1\n---\nb: 2\n",
            ['f:2:1: a second document starts here; keep one, and delete the line "---"'],
            id="two-documents",
        ),
        pytest.param(
            b"? {a: 1}\n: 2\n",
            ["f:1:3: a key has to be plain text; if this is a value, put its key and a colon before it"],
            id="mapping-as-a-key",
        ),
        pytest.param(
            b"[1]: 2\n",
            ["f:1:1: a key has to be plain text; if this is a value, put its key and a colon before it"],
            id="list-as-a-key",
        ),
        pytest.param(b"", ["f:1:1: the file is empty; see docs/administrators.md for what belongs in it"], id="empty"),
        pytest.param(
            b"# only this\n", ["f:1:1: the file is empty; see docs/administrators.md for what belongs in it"], id="comment"
        ),
        pytest.param(b"~\n", ["f:1:1: the file is empty; see docs/administrators.md for what belongs in it"], id="nothing"),
        pytest.param(
            b"a: 1\n b: 2\n",
            ["f:2:3: this is not YAML: mapping values are not allowed in this context; look at this line and the one above it"],
            id="indented-too-far",
        ),
        pytest.param(
            b"a: [1, 2\nb: 3\n",
            ["f:2:2: this is not YAML: did not find expected ',' or ']'; look at this line and the one above it"],
            id="bracket-left-open",
        ),
        pytest.param(
            b"a:\n\t- 1\n",
            ["f:2:1: this is not YAML: found character that cannot start any token; look at this line and the one above it"],
            id="tabulator",
        ),
        pytest.param(
            b"a: 1\nb: caf\xe9\n", ["f:2:7: this is not UTF-8 text; save the file in the encoding UTF-8"], id="latin-1"
        ),
        pytest.param(
            b"\xef\xbb\xbfa: 1\nb: \xff\n",
            ["f:2:4: this is not UTF-8 text; save the file in the encoding UTF-8"],
            id="not-utf-8-after-a-byte-order-mark",
        ),
        pytest.param(
            "é: é\xff".encode() + b"\xff",
            ["f:1:6: this is not UTF-8 text; save the file in the encoding UTF-8"],
            id="latin-1-end",
        ),
        pytest.param(b"\xff\xfea\x00", ["f:1:1: this is not UTF-8 text; save the file in the encoding UTF-8"], id="utf-16"),
        pytest.param(b"a: 1\nb: x\x07y\n", ["f:2:5: this character may not stand in YAML; delete it"], id="control-character"),
        pytest.param(
            "# éééééééé\na: ñ\x00\nb: 1\nc: 2\n".encode(),
            ["f:2:5: this character may not stand in YAML; delete it"],
            id="control-character-after-others-of-two-bytes",
        ),
    ],
)
def test_what_is_doubtful_in_the_text_is_a_problem_with_its_place(content: bytes, problems: list[str]) -> None:
    assert said(compose("f", content)) == problems


def test_of_a_key_given_twice_the_first_value_and_its_places_stay() -> None:
    document = compose("f", b"a: {b: 1}\na: {b: 2, c: 3}\nd: 4\n")
    assert document.value == {"a": {"b": "1"}, "d": "4"}
    assert document.places["a", "b"] == Place("f", 1, 5)
    assert ("a", "c") not in document.places


def test_a_key_given_twice_is_read_past_but_kept_aside() -> None:
    document = compose("f", b"a: {b: 1}\na: {b: 2, b: 3, c: *x}\na: [4]\n")
    assert document.doubled == [(("a",), {"b": "2", "c": None}), (("given twice", "a", "b"), "3"), (("a",), ["4"])]


def test_what_the_text_does_not_really_give_is_spoiled() -> None:
    document = compose("f", b"a: *x\nb: [1, *x]\n*x : 2\nd: &x 1\n")
    assert document.spoiled == {("a",), ("b", 1)}
    assert document.value == {"a": None, "b": ["1", None], "": "2", "d": "1"}


def test_an_alias_under_a_key_given_twice_spoils_nothing_under_the_first() -> None:
    document = compose("f", b"a: {b: 1}\na: *x\na: {b: *x}\n")
    assert not [path for path in document.spoiled if path[:1] == ("a",)]


def test_a_faraway_control_character_is_found_where_it_stands() -> None:
    lines = [b"- caf\xc3\xa9"] * 5000
    lines[4321] = b"- \xc3\xb1\x01"
    assert said(compose("f", b"\n".join(lines))) == ["f:4322:4: this character may not stand in YAML; delete it"]


def test_what_is_nested_deeper_than_any_plan_is_refused() -> None:
    assert compose("f", b"[" * MAX_DEPTH + b"]" * MAX_DEPTH).problems == []
    problems = said(compose("f", b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)))
    assert problems == [f"f:1:{MAX_DEPTH + 1}: this is nested more than {MAX_DEPTH} deep; nothing in such a file needs that"]


@pytest.mark.parametrize("opener", [b"[", b"{a: ", b"- ", b"? "])
def test_no_nesting_exhausts_the_stack(opener: bytes) -> None:
    assert len(compose("f", opener * 20_000).problems) == 1


def test_aliases_that_would_explode_when_followed_do_not() -> None:
    names = "abcdefghij"
    lines = [f"{names[0]}: &{names[0]} [x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise(names)]
    document = compose("f", "\n".join(lines).encode())
    assert len(document.problems) == 10 + 9 * 9
    assert document.value["j"] == [None] * 9
