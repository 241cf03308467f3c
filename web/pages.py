"""The pages, one method each. Every one only looks: none changes anything."""

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from notifications.inbox import caught, inbox
from plan.phrase import phrase
from web.answers import html, locked_in, static
from web.desk import Desk
from web.language import language_of
from web.post import addressed_to, body, mail_listed, mail_shown, recipients, sheet
from web.views import plan_shown

MAIL_LEAVES = phrase(
    "Mail goes to a real server (PLANKEEPER_SMTP_URL is set), so no inbox is kept; the outbox says what was sent."
)


class NotHere(LookupError):
    """There is nothing under this address; begin at the plan's page."""


class NoInbox(LookupError):
    """Mail goes to a real server, so no inbox is kept here; look at the outbox."""


class Pages:
    """All pages of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def plan(self, request: Request, as_of: str = "") -> Response:
        """Show the plan as it stands on a day."""
        files, judged = self._desk.workplace(), self._desk.judged(as_of)
        with self._desk.ledger() as ledger:
            situation = self._desk.situation(ledger, as_of=judged.day)
        shown = plan_shown(situation, as_of=judged.day)
        return html(
            "plan",
            self._desk.masthead(),
            language=language_of(request),
            here="plan",
            plan=shown,
            problems=files.problems,
            judged=judged,
        )

    def inbox(self, request: Request, to: str = "", page: str = "1") -> Response:
        """Show what the mail catcher kept, newest first."""
        head = self._desk.masthead()
        every = inbox(self._inbox_folder())
        listed = sheet(addressed_to(every, to), page)
        shown = [mail_listed(mail, zone=head.zone) for mail in listed.entries]
        told: dict[str, Any] = {"sheet": listed, "mails": shown, "to": to, "known": recipients(every), "caught": len(every)}
        return html("inbox", head, language=language_of(request), here="inbox", **told)

    def mail(self, id: str, request: Request) -> Response:
        """Show one caught mail: how it looks, its plain text, its headers, its source."""
        head = self._desk.masthead()
        shown = mail_shown(self._mail(id), zone=head.zone)
        return html("mail", head, language=language_of(request), here="mail", id=id, mail=shown)

    def mail_html(self, id: str) -> Response:
        """Show a caught mail's HTML as it is, locked in."""
        return locked_in(body(self._mail(id), "html"))

    def static(self, name: str) -> Response:
        """Give one of the files that pages need."""
        found = static(name)
        if found is None:
            raise NotHere(phrase('There is no file "{name}".', name=name[:40]))
        return found

    def _mail(self, id: str) -> bytes:
        mail = caught(self._inbox_folder(), id)
        if mail is None:
            raise NotHere(phrase('The inbox has no mail "{id}".', id=id[:80]))
        return mail

    def _inbox_folder(self) -> Path:
        """Return where the mail catcher keeps mail.

        Raises:    NoInbox: mail goes to a real server
        """
        if not self._desk.settings.catches_mail:
            raise NoInbox(MAIL_LEAVES)
        return self._desk.settings.inbox
