"""A JSON document: the rows are objects in a list, and what is nested in them is headed by its keys, as in score/value."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from plan.sources import AsJson
from plan.table import Cell, Row, Table
from plan.wording import listed
from tasks.sources.cells import (
    NAMED,
    from_number,
    from_text,
    headings,
    quoted,
    refuse_misfits,
    refuse_too_many,
)
from tasks.sources.failures import SourceFailed
from tasks.sources.recognised import Other, refuse_other

MOST_IN_HEADING = 200
"""Characters; a plan file can name no longer heading."""

_ONE_KIND = "ask whoever publishes it for rows of one kind"
_KEEP_ONE = "ask whoever publishes it to keep one of them"
_LISTS = "ask whoever publishes it for headings in the first list"
_OTHERS: dict[Other, str] = {
    "page": "give the address of the data itself, which has to be readable without signing in",
    "xml": "give the address of the data as JSON",
    "workbook": "say kind: xlsx",
    "zip": "unpack it, and give the JSON file that is in it",
    "old workbook": "save it as .xlsx, and say kind: xlsx",
    "locked workbook": "save it as .xlsx without the password, and say kind: xlsx",
    "pdf": "ask whoever publishes it for the data as JSON",
    "gzip": "unpack it, and give the JSON file that is in it",
}


def read_document(content: bytes, how: AsJson, *, found_at: str) -> Table:
    """Read the rows at the pointer: objects in a list, lists below a list of headings, one object, or one number.

    Of objects, the columns are the keys of all rows in the order in which they first appear; a list in a row is no cell.
    The place of a row is its pointer, as in "/data/3", counted from 0. A lone number stands in the column "value".

    Raises:    SourceFailed: it is something else, no JSON, or nothing of that kind stands at the pointer
    """
    refuse_other(content, wanted="JSON", remedies=_OTHERS)
    try:
        return _table(_at(_parsed(content), how.pointer), how.pointer, found_at)
    except RecursionError:
        raise SourceFailed("the document is nested too deeply to be read; give one with a plain list of objects") from None


# --- the document ------------------------------------------------------------------------------------------------------


def _parsed(content: bytes) -> object:
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceFailed(f"line {line} is not text in {error.encoding}; give the document as JSON in UTF-8") from None
    try:
        return json.loads(
            text,
            parse_float=from_number,
            parse_int=from_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        said = f"from line {error.lineno}, character {error.colno} on it cannot be read as JSON"
        reason = error.msg[:1].lower() + error.msg[1:]
        raise SourceFailed(f"{said} ({reason}); see that the whole document came, and that it is JSON") from None


def _refuse_constant(name: str) -> NoReturn:
    raise SourceFailed(f"{name} stands in the document, which is no JSON; ask whoever publishes it for null instead")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise SourceFailed(f"the key {_doubled(pairs)} stands twice in one object; {_KEEP_ONE}")
    return found


def _doubled(pairs: list[tuple[str, Any]]) -> str:
    return quoted(Counter(key for key, _ in pairs).most_common(1)[0][0])


# --- the pointer -------------------------------------------------------------------------------------------------------


def _at(value: object, pointer: str) -> object:
    """Return what stands at a JSON Pointer.

    Raises:    SourceFailed: nothing does; says how far it leads and what stands there
    """
    reached = ""
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and _is_index(key, value):
            value = value[int(key)]
        else:
            raise SourceFailed(f"the pointer {pointer} leads to nothing: {_there(value, reached)}; correct the pointer")
        reached += f"/{token}"
    return value


def _is_index(key: str, values: list[Any]) -> bool:
    return key.isascii() and key.isdecimal() and key == key.lstrip("0").rjust(1, "0") and int(key) < len(values)


def _there(value: object, reached: str) -> str:
    place = reached or "the document"
    if isinstance(value, dict) and value:
        return f"{place} has the keys {listed([quoted(key) for key in value], most=10)}"
    if isinstance(value, list) and value:
        return f"{place} is a list, counted from 0 to {len(value) - 1}"
    return f"{place} is {_called(value)}"


def _called(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            return "an object" if value else "an empty object"
        case list():
            return "a list" if value else "an empty list"
        case Decimal():
            return f"the number {value}"
    return f"the text {quoted(str(value))}"


# --- rows --------------------------------------------------------------------------------------------------------------


def _table(value: Any, pointer: str, found_at: str) -> Table:
    place = pointer or "the document"
    match value:
        case Decimal():
            return Table(found_at=found_at, columns=("value",), rows=(Row(place, (value,)),))
        case dict():
            return _of_objects([(place, value)], found_at)
        case []:
            return Table(found_at=found_at, columns=(), rows=())
        case [list(), *_]:
            return _of_lists(_all(value, list, pointer), found_at)
        case [dict(), *_]:
            return _of_objects(_all(value, dict, pointer), found_at)
    found = "a list of other things" if isinstance(value, list) else _called(value)
    said = f"a list of objects has to stand at {place}, and there is {found}"
    raise SourceFailed(f"{said}; set the pointer to where the list stands")


def _all(values: list[Any], kind: type, pointer: str) -> list[tuple[str, Any]]:
    """Return the members of a list with their places.

    Raises:    SourceFailed: they are too many, or not all of one kind; names those that are not
    """
    refuse_too_many(len(values), 1)
    placed = [(f"{pointer}/{number}", value) for number, value in enumerate(values)]
    others = [f"{_called(value)} at {place}" for place, value in placed if not isinstance(value, kind)]
    if others:
        kinds = "objects" if kind is dict else "lists"
        raise SourceFailed(
            f"all rows have to be {kinds} as the first one is, but there is {listed(others, most=NAMED)}; {_ONE_KIND}"
        )
    return placed


def _of_objects(placed: list[tuple[str, dict[str, Any]]], found_at: str) -> Table:
    rows = [(place, _flat(value, place)) for place, value in placed]
    columns = tuple(dict.fromkeys(column for _, cells in rows for column in cells))
    refuse_too_many(len(rows), len(columns))
    return Table(
        found_at=found_at,
        columns=columns,
        rows=tuple(Row(place, tuple(map(cells.get, columns))) for place, cells in rows),
    )


def _flat(value: dict[str, Any], place: str) -> dict[str, Cell]:
    """Return the cells of an object by their headings."""
    pairs = list(_cells(value, ""))
    found = dict(pairs)
    if len(found) < len(pairs):
        raise SourceFailed(f"two keys of {place} make the same heading, {_doubled(pairs)}; {_KEEP_ONE}")
    return found


def _cells(value: dict[str, Any], above: str) -> Iterator[tuple[str, Cell]]:
    for key, inside in value.items():
        column = above + " ".join((from_text(key) or "").split())
        if len(column) > MOST_IN_HEADING or isinstance(inside, list):
            continue
        if isinstance(inside, dict):
            yield from _cells(inside, f"{column}/")
        else:
            yield column, _cell(inside)


def _cell(value: object) -> Cell:
    match value:
        case str():
            return from_text(value)
        case bool():
            return "true" if value else "false"
        case Decimal():
            return value
    return None


def _of_lists(placed: list[tuple[str, list[Any]]], found_at: str) -> Table:
    (place, above), *rows = placed
    columns = headings([str(_cell(value) or "") for value in above], where=place, remedy=_LISTS)
    refuse_too_many(len(rows), len(columns))
    misfits = [(at, len(cells)) for at, cells in rows if len(cells) != len(above)]
    refuse_misfits(misfits, headed=len(above), remedy="ask whoever publishes it to keep as many in each list")
    read = (Row(at, tuple(_cell(cell) for cell in cells[: len(columns)])) for at, cells in rows)
    return Table(found_at=found_at, columns=columns, rows=tuple(read))
