"""Templates in, texts out: subject, plain text and HTML of one kind of mail. The only module that knows jinja2.

Whatever is put into a template is text, never markup: HTML is escaped, and nothing can switch that off. Phrases are said in the
language of the page or mail, wherever a template prints them or does something with their text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial, wraps
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes, pass_context, select_autoescape
from jinja2.runtime import Context

from notifications.language import catalogue, said
from notifications.message import legible
from plan.phrase import Language, Phrase, finished
from plan.record import UNPRINTABLE

MAILS = Path(__file__).parent / "templates"
"""A folder per kind of mail, each with subject.txt, body.txt and body.html; `shared` holds what several use."""

_UNWANTED_FILTERS = ("random", "safe")  # the same mail twice is the same bytes; and text never becomes markup

_ON_TEXT = ("capitalize", "indent", "join", "length", "lower", "replace", "title", "trim", "truncate", "upper", "wordwrap")
"""The filters that work on a text; what they return no longer knows what it was made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail in words: its one line of subject, and what it says as plain text and as HTML."""

    subject: str
    text: str
    html: str


class _Speaking(Environment):
    """Templates in which `~` says phrases before it puts texts one after the other."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        for put_together in parsed.find_all(nodes.Concat):
            put_together.nodes = [self._said(part) for part in put_together.nodes]
        return parsed

    def _said(self, part: nodes.Expr) -> nodes.Expr:
        return nodes.Filter(part, "said", [], [], None, None, lineno=part.lineno, environment=self)


def environment(folder: Path, language: Language = "en") -> Environment:
    """Return the template environment for a folder: strict about names, escaping in HTML, no globals but the language."""
    say = partial(_say, language)
    made = _Speaking(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        finalize=say,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    for name in _UNWANTED_FILTERS:
        del made.filters[name]
    made.filters |= {name: _on_said(made.filters[name], say) for name in _ON_TEXT} | {"said": say}
    _translate(made, language)
    return made


@cache
def templates(folder: Path, language: Language) -> Environment:
    """Return the environment of a folder in a language, made once and not to be changed."""
    return environment(folder, language)


def _translate(made: Environment, language: Language) -> None:
    """Let an environment know what its catalogue knows, and nothing else."""
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    known, say = dict(made.globals), partial(_say, language)
    made.globals.clear()
    made.globals |= {name: _with_said_parts(known[name], say) for name in ("gettext", "ngettext")}
    made.globals |= {"_": known["_"], "language": language}


def _say(language: Language, text: Any) -> Any:
    return said(text, language) if isinstance(text, Phrase) else text


def _on_said(work: Callable[..., Any], say: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a filter that says the phrases that it is given, also those in a list, before it works on them."""

    def each(given: Any) -> Any:
        return [say(one) for one in given] if isinstance(given, list | tuple | Iterator) else say(given)

    @wraps(work)
    def on_said(*given: Any, **named: Any) -> Any:
        return work(*map(each, given), **named)

    return on_said


def _with_said_parts(gettext: Any, say: Callable[[Any], Any]) -> Callable[..., str]:
    """Return a function of the catalogue that says the phrases that stand in a sentence."""

    @pass_context
    def with_said_parts(context: Context, *sentence: Any, **parts: Any) -> str:
        made: str = gettext(context, *sentence, **{name: say(part) for name, part in parts.items()})
        return made

    return with_said_parts


def render(kind: str, *, language: Language = "en", **context: object) -> Rendered:
    """Return a kind of mail with its texts filled in, styles beside the elements that they are for.

    Args:      language: the one of the office that the mail goes to
    Raises:    jinja2.UndefinedError: the template names something that the context lacks
    """
    mails = _mails(language)
    subject, text, html = (
        legible(mails.get_template(f"{kind}/{part}").render(context)) for part in ("subject.txt", "body.txt", "body.html")
    )
    return Rendered(subject=one_line(subject), text=text, html=_inliner().inline(html))


def render_subject(kind: str, *, language: Language = "en", **context: object) -> str:
    """Return only the subject of a kind of mail, as `render` gives it.

    Raises:    jinja2.UndefinedError: the template names something that the context lacks
    """
    return one_line(_mails(language).get_template(f"{kind}/subject.txt").render(context))


def one_line(text: str) -> str:
    """Return a text on one line, without characters that end a line or turn the reading direction; a phrase stays one."""
    return finished(_one_line, "{text}", text=text) if isinstance(text, Phrase) else _one_line(text)


def _one_line(text: str) -> str:
    return " ".join(legible(UNPRINTABLE.sub(" ", text)).split())


def _mails(language: Language) -> Environment:
    return templates(MAILS, language)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
