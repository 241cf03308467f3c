"""Sentences that remember what they were made of, so that they can be said in another language too.

A phrase is the English text, and is used like any other; only who shows it to a person asks what it was made of.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

Language = Literal["en", "es"]
"""A language in which people are written to, by its code (ISO 639-1)."""


class Phrase(str):
    """A text with its template, as in "Was due {due}, {late} ago.", and the parts that stand in it."""

    __slots__ = ("finish", "parts", "template")

    template: str
    """What catalogues know it by."""
    parts: Mapping[str, object]
    """May be phrases themselves."""
    finish: Callable[[str], str] | None
    """What is done to the text when it is put together, such as giving it a large first letter."""


def phrase(template: str, /, **parts: object) -> Phrase:
    """Return the phrase that a template and its parts make; a brace of its own is written twice, as in `str.format`."""
    # Not by way of `finished`, since judging a plan makes very many.
    made = Phrase(template.format_map(parts))
    made.template, made.parts, made.finish = template, parts, None
    return made


shared = lru_cache(maxsize=4096)(phrase)
"""Return a phrase as `phrase` does, made once for many items. Its parts are days, whole numbers and phrases: equal parts make
the same phrase, so that a name must not stand where elsewhere a phrase does, nor 1.0 where elsewhere 1 does."""


def template(text: str) -> str:
    """Return a template that becomes a phrase elsewhere, as it is; by this word catalogues find those that stand in tables."""
    return text


def finished(finish: Callable[[str], str] | None, template: str, /, **parts: object) -> Phrase:
    """Return a phrase to which something is done when it is put together, in whatever language."""
    text = template.format_map(parts)
    made = Phrase(finish(text) if finish else text)
    made.template, made.parts, made.finish = template, parts, finish
    return made


def spoken(text: object, translate: Callable[[str], str]) -> str:
    """Return a text in another language; what is no phrase, such as a name or somebody's own words, stays as it is.

    Args:      translate: returns a template of that language for an English one, or the English one where it knows none
    """
    if not isinstance(text, Phrase):
        return str(text)
    said = translate(text.template).format(**{name: spoken(part, translate) for name, part in text.parts.items()})
    return text.finish(said) if text.finish else said


def with_parts(text: str, change: Callable[[object], object]) -> str:
    """Return a phrase of which every part that is no phrase was changed; what is no phrase stays as it is."""
    if not isinstance(text, Phrase):
        return text
    changed = {
        name: with_parts(part, change) if isinstance(part, Phrase) else change(part) for name, part in text.parts.items()
    }
    return finished(text.finish, text.template, **changed)
