"""A fault that the schema found, as a sentence with its remedy."""

from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

_A_DAY = "{given} is not a day of the calendar; write year-month-day, as in 2026-09-30"
_A_NUMBER = '{given} is not a number; write digits only, as in 91 or 8.8, and the unit under "unit"'
_A_WHOLE_NUMBER = "{given} is not a whole number; write digits only, as in 3 or -3"
_A_LIST = "{given} stands where a list belongs; write [a, b] or one line with a dash for each"
_A_MAPPING = "{given} stands where keys and values belong; write key: value"
_A_CHOICE = "{given} is not one of the choices; write {expected}"
_A_FLAG = "{given} is neither yes nor no; write true or false"

SENTENCES = {
    "missing": '"{key}" is missing; add it',
    "union_tag_not_found": '"kind" is missing; add it, as in kind: {a_kind}',
    "date_parsing": _A_DAY,
    "date_type": _A_DAY,
    "date_from_datetime_parsing": _A_DAY,
    "decimal_parsing": _A_NUMBER,
    "decimal_type": _A_NUMBER,
    "finite_number": _A_NUMBER,
    "int_parsing": _A_WHOLE_NUMBER,
    "int_type": _A_WHOLE_NUMBER,
    "int_parsing_size": _A_WHOLE_NUMBER,
    "limit": "{given} is not a limit; write a number, as in 3, or unlimited",
    "jump": "{given} is not a distance; write a number above 0 in the measure's unit, as in 5, or any",
    "tuple_type": _A_LIST,
    "dict_type": _A_MAPPING,
    "model_type": _A_MAPPING,
    "model_attributes_type": _A_MAPPING,
    "literal_error": _A_CHOICE,
    "union_tag_invalid": _A_CHOICE,
    "bool_parsing": _A_FLAG,
    "bool_type": _A_FLAG,
    "string_type": "{given} stands where a text belongs; write one line of text",
    "string_too_long": "the text has {length} characters, and {max_length} are allowed; shorten it",
    "string_too_short": "the text is empty; write something, or take the key out",
    "less_than_equal": "{given} is too large; write {le} or less",
    "string_pattern_mismatch": "{given} is not written as such a code is; use letters, digits, dots and hyphens",
    "too_short": "the list is empty; write at least one entry",
    "greater_than": "{given} is too small; write more than {gt}",
    "greater_than_equal": "{given} is too small; write {ge} or more",
    "zoneinfo_str": "{given} is not a time zone; write one as in America/Denver",
    "value_error": "{error}",
}
"""What each kind of fault is called by pydantic, and what we say of it."""


def sentence(fault: ErrorDetails, keys: list[str]) -> str:
    """Return what is wrong and what to do about it.

    Args:      keys: every key that the file may have, to guess what a misspelt one was meant to be
    """
    known = fault.get("ctx", {})
    given, key = known.get("tag", fault["input"]), next(reversed(fault["loc"]), "")  # a fault of the whole file has no key
    if fault["type"] == "extra_forbidden":
        guess = meant(key, keys)
        return f'unknown key "{key}"; ' + (f'did you mean "{guess}"?' if guess else "take it out")
    if fault["type"] not in SENTENCES:
        # The model's own sentences name the remedy after a semicolon; what else pydantic may find gets a frame.
        return fault["msg"] if ";" in fault["msg"] else f"{_shown(given)} cannot stand here: {fault['msg'].lower()}"
    a_kind = "csv" if "sources" in fault["loc"] else "trajectory"
    words = {"expected": known.get("expected_tags"), **known, "given": _shown(given), "key": key, "length": len(str(given))}
    return SENTENCES[fault["type"]].format_map({**words, "a_kind": a_kind})


def meant(key: str | int, keys: list[str]) -> str:
    """Return the key that an unknown one was probably meant to be, or an empty text; it may be known, and stand elsewhere."""
    return "" if key in keys else next(iter(get_close_matches(str(key), keys, n=1, cutoff=0.7)), "")


def stands_for(key: str | int, known: str) -> bool:
    """Return whether a key is a known one, or was probably meant to be."""
    return known in (key, meant(key, [known]))


def keys_of(kind: type[BaseModel]) -> list[str]:
    """Return every key that a record and the records in it may have."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [kind]
    while waiting:
        part = waiting.pop()
        if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
            seen.add(part)
            waiting += [field.annotation for field in part.model_fields.values()]
        waiting += get_args(part)
    return sorted({key for record in seen for key in record.model_fields})


def _shown(value: object) -> str:
    text = "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else f'"{value}"'
    return "nothing" if value is None else text if len(text) <= 60 else f'{text[:56]}..."'
