"""Templates in, texts out: subject, plain text and HTML of one kind of mail. The only module that knows jinja2.

Whatever is put into a template is text, never markup: HTML is escaped, and nothing can switch that off.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.message import legible
from plan.record import UNPRINTABLE

MAILS = Path(__file__).parent / "templates"
"""A folder per kind of mail, each with subject.txt, body.txt and body.html; `shared` holds what several use."""

_UNWANTED_FILTERS = ("random", "safe")  # the same mail twice is the same bytes; and text never becomes markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail in words: its one line of subject, and what it says as plain text and as HTML."""

    subject: str
    text: str
    html: str


def environment(folder: Path) -> Environment:
    """Return the template environment for a folder: strict about names, escaping in HTML, no globals."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.globals.clear()
    made.policies["ext.i18n.trimmed"] = True
    # The extension adds this to what it knows itself; a language's own catalogue takes its place.
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    for name in _UNWANTED_FILTERS:
        del made.filters[name]
    return made


def render(kind: str, **context: object) -> Rendered:
    """Return a kind of mail with its texts filled in, styles beside the elements that they are for.

    Raises:    jinja2.UndefinedError: the template names something that the context lacks
    """
    mails = _mails()
    subject, text, html = (
        legible(mails.get_template(f"{kind}/{part}").render(context)) for part in ("subject.txt", "body.txt", "body.html")
    )
    return Rendered(subject=one_line(subject), text=text, html=_inliner().inline(html))


def render_subject(kind: str, **context: object) -> str:
    """Return only the subject of a kind of mail, as `render` gives it.

    Raises:    jinja2.UndefinedError: the template names something that the context lacks
    """
    return one_line(_mails().get_template(f"{kind}/subject.txt").render(context))


def one_line(text: str) -> str:
    """Return a text on one line, without characters that end a line or turn the reading direction."""
    return " ".join(legible(UNPRINTABLE.sub(" ", text)).split())


@cache
def _mails() -> Environment:
    return environment(MAILS)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
