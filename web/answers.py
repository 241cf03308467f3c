"""Templates and what they show, in; answers, out."""

from pathlib import Path

from starlette.responses import HTMLResponse, Response

from notifications.render import templates
from plan.phrase import Language, Phrase
from web.desk import Masthead

FOLDER = Path(__file__).parent
STATIC = {"plankeeper.css": "text/css", "plankeeper.svg": "image/svg+xml"}
"""The files that pages need; no others are served."""

MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A mail is somebody else's page: it runs nothing, loads nothing, and has no origin of its own."""


def html(template: str, head: Masthead | None, *, language: Language, status: int = 200, **shown: object) -> HTMLResponse:
    """Return a page.

    Args:      head: None where nothing of the plan may be shown
               language: the one that `language_of` chose
    """
    page = templates(FOLDER / "templates", language).get_template(f"{template}.html")
    text = page.render({"here": "", "head": head, **shown})
    answer = HTMLResponse(text.encode(errors="replace"), status_code=status)
    answer.headers["Vary"] = "Accept-Language"
    return answer


def locked_in(text: str) -> Response:
    """Return a mail's HTML as it is, for a frame of our own pages."""
    answer = Response(text.encode(errors="replace"), media_type="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def refusal(status: int, title: str, sentence: str, head: Masthead | None = None, *, language: Language) -> HTMLResponse:
    """Return a page that says in a sentence why something is not shown."""
    return html("refusal", head, status=status, language=language, title=title, sentence=sentence)


def said_by(error: Exception) -> str:
    """Return what an exception says; the phrase that it was made of, where it was made of one."""
    return next((said for said in error.args if isinstance(said, Phrase)), str(error))


def static(name: str) -> Response | None:
    """Return one of the files that pages need, or None if it is none of them."""
    if name not in STATIC:
        return None
    return Response((FOLDER / "static" / name).read_bytes(), media_type=STATIC[name])
