"""Every catalogue says everything that there is to be said, with the same words left open."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message

from notifications.language import catalogue as spoken_catalogue
from tasks.catalogue import ROOMS, catalogue, path_of, renew, wanted
from tasks.settings import CHECKOUT

_OPEN = re.compile(r"%\((\w+)\)[sd]|%%")
_MARKUP = re.compile(r"<[^>]+>|&\w+;")
PUT_TOGETHER = ("plan/phrase.py", "plan/wording.py")
"""Where phrases are made of computed templates; the catalogue's words for them are collected in another way."""

_SPANISH = [message for message in catalogue("es") if message.id]


def texts(message: Message) -> list[tuple[str, str]]:
    """Return what a message says beside what it says in its language."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or (), strict=True))


def left_open(text: str) -> set[str]:
    if "%(" in text:
        return {found for found in _OPEN.findall(text) if found}
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_catalogue_has_everything_that_is_said_and_nothing_else() -> None:
    assert {message.id for message in _SPANISH} == set(wanted()), "run `make catalogue`, and fill in what is empty"


@pytest.mark.parametrize("message", _SPANISH, ids=lambda message: str(message.id)[:60])
def test_every_text_is_there_with_the_same_words_open_and_the_same_markup(message: Message) -> None:
    for english, spanish in texts(message):
        assert spanish.strip()
        assert not message.fuzzy
        assert left_open(spanish) == left_open(english)
        assert sorted(_MARKUP.findall(spanish)) == sorted(_MARKUP.findall(english))
        assert (spanish[0] == " ", spanish[-1] in ".:,?") == (english[0] == " ", english[-1] in ".:,?")


@pytest.mark.parametrize("path", [path for room in ROOMS for path in sorted((CHECKOUT / room).rglob("*.py"))], ids=str)
def test_a_phrase_is_made_of_a_template_that_can_be_found(path: Path) -> None:
    """Of one that stands there, or of a name for one that is marked where it stands; never of one put together."""
    if path.relative_to(CHECKOUT).as_posix() in PUT_TOGETHER:
        return
    for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id in ("phrase", "shared", "template"):
            first = call.args[0]
            assert isinstance(first, ast.Subscript | ast.Name) or (isinstance(first, ast.Constant) and first.value), call.lineno


def test_what_is_renewed_is_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = path_of("es").read_bytes()
    copy = tmp_path / "es.po"
    copy.write_bytes(kept.replace(b'msgid "January"\nmsgstr "enero"', b'msgid "Janvier"\nmsgstr "x"'))
    monkeypatch.setattr("tasks.catalogue.CATALOGUES", tmp_path)
    assert renew("es") == (1, 1)
    assert copy.read_bytes() == kept.replace(b'msgid "January"\nmsgstr "enero"', b'msgid "January"\nmsgstr ""')


def test_what_a_catalogue_lacks_is_said_in_english() -> None:
    assert spoken_catalogue("es").gettext("Nobody wrote this down.") == "Nobody wrote this down."
