"""How text is made fit for paper: on one line, no longer than a cell holds, and only in characters that the typeface has."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from notifications.rollup.wording import FONTS, shortened

FAMILY = "Source Sans Pro"
LACKING = "\u25ca"
"""Stands for a character that the typeface lacks: a lozenge."""
LONGEST, LONGEST_NAME = 500, 120
"""How many characters of a text are printed, and of a name; so many fit on a page even in a narrow column."""

_FACES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Bold.ttf")
_NAMES = frozenset(("id", "title", "office", "steward", "lead", "owes", "unit", "wanted", "objective", "name", "source", "by"))
_MAY_BREAK, _NO_BREAK = "\u200b", "\u00a0"
# A word that no line could hold may break anywhere; so may a row of hyphens or slashes, which else hold together.
_TOO_LONG = re.compile(r"[^\s/\-]{31,}|\S{61,}")


def fit(told: Any, most: int = LONGEST) -> Any:
    """Return what is told with every text in it made printable, however deep it lies."""
    match told:
        case str():
            return breakable(shortened(printable(told), most)).replace(" %", f"{_NO_BREAK}%")
        case dict():
            return {part: fit(value, LONGEST_NAME if part in _NAMES else LONGEST) for part, value in told.items()}
        case list() | tuple():
            return [fit(part) for part in told]
        case _:
            return told


def printable(text: str) -> str:
    """Return a text on one line, with a lozenge for each character that the typeface cannot show."""
    return "".join(_shown(character) for character in unicodedata.normalize("NFC", " ".join(text.split())))


def breakable(text: str) -> str:
    """Return a text in which no word is too long for a line."""
    return _TOO_LONG.sub(lambda found: _MAY_BREAK.join(re.findall(".{1,12}", found.group())), text)


@cache
def _shown(character: str) -> str:
    """Return a character, the plain one that it is a variant of, or a lozenge; nothing for one that is never seen."""
    if ord(character) in _covered() and character.isprintable():
        return character
    if unicodedata.category(character) in ("Cc", "Cf") or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if all(ord(part) in _covered() for part in plain) else LACKING


@cache
def _covered() -> frozenset[int]:
    return frozenset.intersection(*(_characters(FONTS / face) for face in _FACES))


def _characters(face: Path) -> frozenset[int]:
    with TTFont(face, lazy=True) as font:
        return frozenset(font.getBestCmap())
