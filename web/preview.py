"""The mails of the next working day, or of another one, as they would go out, and why. Nothing is sent or kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from notifications.digest import subject, write
from notifications.kinds import kind_of
from notifications.message import Sender
from notifications.render import Rendered
from plan.digests import Digest, Post, due_notices
from plan.ladder import Situation
from plan.phrase import phrase
from plan.wording import in_plain_words
from web.answers import html, locked_in
from web.desk import Desk, Judged
from web.language import language_of
from web.letters import Told, told, waiting

OPENS_NOTHING = b"looked at only"
"""The key of links in mails that are looked at here: who sees somebody's mail cannot answer in their name by it."""


class NoSuchMail(LookupError):
    """Nobody at that address would get a mail on that day; the page of the day lists who would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailToCome:
    """A mail that would go out."""

    ref: str
    """Day and address as they stand in addresses of pages."""
    title: str
    """The office that it goes to."""
    address: str
    kind: str
    subject: str
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Preview:
    """The pages of mails to come."""

    desk: Desk
    now: Callable[[], datetime]

    def all(self, request: Request, day: str = "") -> Response:
        """Show the mails of a day, and who is held back by which limit."""
        judged = self._judged(day)
        situation, post = self._post(judged)
        return html(
            "preview",
            self.desk.masthead(),
            language=language_of(request),
            here="preview",
            judged=judged,
            mails=[_to_come(one, situation) for one in post.digests],
            waiting=waiting(post.held_back),
            works=judged.day in situation.duties.days,
            is_next=judged.day == self._next(),
        )

    def one(self, day: str, address: str, request: Request) -> Response:
        """Show one mail of a day: how it looks, its plain text, why it would go out."""
        judged = self._judged(day)
        situation, digest = self._found(judged, address)
        about, mail = _to_come(digest, situation), self._written(digest, situation)
        told: dict[str, Any] = {"judged": judged, "about": about, "mail": mail}
        return html("mail_to_come", self.desk.masthead(), language=language_of(request), here="mail to come", **told)

    def looks(self, day: str, address: str) -> Response:
        """Show the HTML of one mail of a day as it is, locked in."""
        situation, digest = self._found(self._judged(day), address)
        return locked_in(self._written(digest, situation).html)

    def _written(self, digest: Digest, situation: Situation) -> Rendered:
        settings = self.desk.settings
        by = Sender(address=settings.mail_from, name="", reply_to=settings.mail_from, key=OPENS_NOTHING)
        return write(digest, situation=situation, base_url=settings.base_url, sender=by, made_at=self.now())

    def _judged(self, day: str) -> Judged:
        return self.desk.judged(day or self._next().isoformat())

    def _next(self) -> date:
        """Return the next working day."""
        today = self.desk.judged("").day
        return self.desk.workplace().duties.days.on_or_after(today + timedelta(days=1))

    def _post(self, judged: Judged) -> tuple[Situation, Post]:
        with self.desk.ledger() as ledger:
            situation = self.desk.workplace().situation(ledger, as_of=judged.day, judging=True)
        return situation, due_notices(situation, as_of=judged.day)

    def _found(self, judged: Judged, address: str) -> tuple[Situation, Digest]:
        situation, post = self._post(judged)
        found = next((one for one in post.digests if one.to.address == address), None)
        if found is None:
            raise NoSuchMail(phrase('On {day} no mail would go to "{address}".', day=judged.words, address=address[:80]))
        return situation, found


def _to_come(digest: Digest, situation: Situation) -> MailToCome:
    kind = kind_of(digest, situation)
    return MailToCome(
        ref=quote(f"{digest.day}/{digest.to.address}"),
        title=digest.to.title,
        address=digest.to.address,
        kind=in_plain_words(kind),
        subject=subject(digest, kind=kind, situation=situation),
        told=tuple(told(notice) for notice in digest.notices),
    )
