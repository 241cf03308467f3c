"""Forms by which something is changed: sent from their own page only, by a person who says which office decides.

Whatever opens links and presses buttons by itself, such as a scanner of mails, changes nothing: a form has nothing chosen
beforehand, and a bare press leads back to it.
"""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from plan.phrase import phrase
from plan.record import UNPRINTABLE
from web.desk import Desk

NONCE = "form-nonce"
MOST_BYTES = 10_000
"""How long a form may be."""
MOST_LETTERS = 500
"""How long a note may be; the rest is cut off."""
MOST_DIGITS = 15
"""How many digits the number of a fact has at most."""


class FormTooLong(ValueError):
    """The form is too long; say it in fewer words."""


NOT_FROM_ITS_PAGE = phrase("The form was not sent from its own page; open the page again.")


class NotFromItsPage(ValueError):
    """The form was not sent from its own page; open the page again."""


@dataclass(frozen=True)
class Asking:
    """The forms of a plan's pages below a path, each about a subject, such as a rollup."""

    desk: Desk
    path: str
    plan: str
    same_site: Literal["strict", "lax"] = "strict"
    """Whether the browser still is the same one when it comes by a link from a mail; then "lax"."""

    def nonce(self, request: Request) -> str:
        """Return what ties forms to the browser that asks: what it was given before, or something new."""
        return request.cookies.get(NONCE) or secrets.token_urlsafe(16)

    def token(self, subject: str, nonce: str) -> str:
        """Return what a form about a subject carries, so that nobody else can send it in a browser's name."""
        said = f"{self.path}\n{self.plan}\n{subject}\n{nonce}"
        return hmac.new(self.desk.settings.key, said.encode(), sha256).hexdigest()[:32]

    def remembered(self, answer: Response, nonce: str) -> Response:
        """Return a page with what ties its forms to the browser that it goes to."""
        secure = urlsplit(self.desk.settings.base_url).scheme == "https"
        answer.set_cookie(NONCE, nonce, httponly=True, samesite=self.same_site, secure=secure, path=self.path)
        return answer

    async def sent(self, request: Request, subject: str) -> dict[str, str]:
        """Return the fields of a form about a subject, without space around them.

        Raises:    FormTooLong: it is longer than any form of ours
                   NotFromItsPage: it was not sent from its own page in the same browser
        """
        return self.fields(request, subject, await read_body(request))

    def fields(self, request: Request, subject: str, body: bytes) -> dict[str, str]:
        """Return the fields of a form whose body has been read; what cannot be printed becomes a space.

        Raises:    NotFromItsPage: as above
        """
        form = {
            name: UNPRINTABLE.sub(" ", values[-1]).strip() for name, values in parse_qs(body.decode(errors="replace")).items()
        }
        if not self.is_own(request, subject, form.get("token", "")):
            raise NotFromItsPage(NOT_FROM_ITS_PAGE)
        return form | {"note": form.get("note", "")[:MOST_LETTERS]}

    def offices(self) -> list[str]:
        """Return the offices that may decide: all but the board's own."""
        owners = self.desk.workplace().owners
        return [record.title for code, record in owners.offices.items() if code not in owners.board]

    def is_own(self, request: Request, subject: str, token: str) -> bool:
        """Return whether a form about a subject was sent from its own page, in the browser that the page went to."""
        nonce = request.cookies.get(NONCE, "")
        is_near = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        return bool(nonce) and is_near and hmac.compare_digest(token.encode(), self.token(subject, nonce).encode())


def number_in(text: str) -> int:
    """Return the number of a fact that a form carries; -1, which no fact has, where it carries none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


async def read_body(request: Request) -> bytes:
    """Return what was sent.

    Raises:    FormTooLong: it is longer than any form of ours
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise FormTooLong(phrase("The form is too long; say it in fewer words."))
    return body
