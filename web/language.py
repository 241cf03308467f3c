"""In which language a page is shown: the one chosen on it, else the browser's, else the office's, else English."""

import re
from collections.abc import Iterator
from typing import get_args

from starlette.requests import Request

from plan.phrase import Language

CHOICE = "lang"
"""The part of an address that chooses a language whatever the browser asks for, as in ?lang=es."""

_LANGUAGES: dict[str, Language] = {code: code for code in get_args(Language)}
_ASKED = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII | re.IGNORECASE
)
_MOST = 1_000
"""Characters of what a browser asks for that are looked at."""


NAMES: dict[Language, str] = {"en": "English", "es": "Español"}
"""What each language calls itself."""


def chosen_in(request: Request) -> Language | None:
    """Return the language that an address chooses, or None where it leaves that to the browser."""
    return _LANGUAGES.get(request.query_params.get(CHOICE, "").casefold())


def language_of(request: Request, office_language: Language | None = None) -> Language:
    """Return the language for who asks; between languages that a browser wants alike, its first.

    Args:      office_language: that of the office whose link is followed; None where nobody is known
    Source:    RFC 9110, 12.5.4; a regional form, such as es-MX, is its language
    """
    asked = sorted(_asked(request.headers.get("accept-language", "")), key=lambda one: -one[0])
    return chosen_in(request) or (asked[0][1] if asked else office_language or "en")


def _asked(header: str) -> Iterator[tuple[float, Language]]:
    """Yield the languages that a browser takes and we know, each with how much it is wanted."""
    for part in header[:_MOST].split(","):
        found = _ASKED.fullmatch(part)
        language = _LANGUAGES.get(found[1].casefold()) if found else None
        wanted = float(found[2] or 1) if found else 0
        if language and wanted:
            yield wanted, language
