"""What there is to be said in other languages, found in the sources, and the catalogues that say it: `make catalogue`."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from ledger.records import ALERT, CHANNEL, DAILY, OVERVIEW, RECEIPT, ROLLUP, WEEK, LetterState
from notifications.language import CATALOGUES
from plan.assess import MeasureStatus
from plan.facts import Implementation, Progress
from plan.freeze import NOT_SHOWN
from plan.implementation import NOT_REPORTED, EvidenceStatus
from plan.phrase import Language
from plan.standing import ObligationStatus
from plan.sums import NO_STATUS
from plan.wording import in_plain_words
from tasks.settings import CHECKOUT

ROOMS = ("plan", "ledger", "notifications", "tasks", "web")
_FOLDERS = ("notifications/publication/templates", "notifications/templates", "web/templates")
_STATUSES = (
    *MeasureStatus,
    *Implementation,
    *Progress,
    *ObligationStatus,
    *EvidenceStatus,
    NOT_REPORTED,
    *NO_STATUS,
    NOT_SHOWN,
)
_LETTERS = (*LetterState, *DAILY, ROLLUP, RECEIPT, OVERVIEW, WEEK, ALERT, CHANNEL)
_JINJA = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}

Message = str | tuple[str, str]
"""A template, or one for a single thing and one for several."""


def wanted() -> dict[Message, set[str]]:
    """Return everything that can be said in another language, with the files in which it stands."""
    found: dict[Message, set[str]] = {}
    for message, file in _every():
        found.setdefault(message, set()).add(file)
    return found


def _every() -> Iterator[tuple[Message, str]]:
    for path in (path for room in ROOMS for path in sorted((CHECKOUT / room).rglob("*.py"))):
        yield from ((message, _name(path)) for message in _in_code(path))
    for path in (path for folder in _FOLDERS for path in sorted((CHECKOUT / folder).rglob("*.*"))):
        yield from ((message, _name(path)) for message in _in_template(path))
    yield from ((in_plain_words(status).template, "plan/wording.py") for status in (*_STATUSES, *_LETTERS))


def _in_code(path: Path) -> Iterator[Message]:
    """Yield the templates that a module makes phrases of, and what it counts, one and several."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match call:
            case ast.Call(func=ast.Name(id="phrase" | "shared" | "template"), args=[ast.Constant(value=str(text)), *_]):
                yield text
            case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(value=str(noun))]):
                yield from (f"{{count}} {noun}", f"{{count}} {noun}s")


def _in_template(path: Path) -> Iterator[Message]:
    words = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for _, found, *_ in extract_from_file("jinja2.ext:babel_extract", path, words, options=_JINJA):
        yield found if isinstance(found, str) else (found[0], found[1])


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def path_of(language: Language) -> Path:
    """Return where a language's catalogue lies."""
    return CATALOGUES / f"{language}.po"


def catalogue(language: Language) -> Catalog:
    """Return a language's catalogue as it is written."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def renew(language: Language) -> tuple[int, int]:
    """Write a language's catalogue anew: what is missing comes in without a text, what nothing says any more goes.

    Returns:   how many texts are missing, and how many went
    """
    kept, asked = catalogue(language), wanted()
    before, renewed = {message.id for message in kept if message.id}, Catalog(locale=language)
    renewed.mime_headers = kept.mime_headers  # how many forms a plural has
    head = path_of(language).read_bytes().partition(b"\n\n")[0]  # as people wrote it; babel would put the hour into it
    for message in sorted(asked, key=lambda one: (min(asked[one]), one if isinstance(one, str) else one[0])):
        known = kept.get(message if isinstance(message, str) else message[0])
        renewed.add(message, known.string if known else None, locations=[(file, 0) for file in sorted(asked[message])])
    with path_of(language).open("wb") as file:
        file.write(head + b"\n\n")
        write_po(file, renewed, width=0, include_lineno=False, omit_header=True)
    return sum(1 for message in renewed if message.id and not message.string), len(before - set(asked))


if __name__ == "__main__":
    for code in get_args(Language):
        if code != "en":
            print("{}: {} texts are missing, {} went.".format(code, *renew(code)))  # noqa: T201 - the command says it
