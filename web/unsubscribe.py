"""The link that turns the weekly overview off: a page with a choice, and the button that mail programs press (RFC 8058).

Looking changes nothing: scanners of mail open every link, and some press what they find. Whoever has the link needs no
password, and is shown of addresses only the beginning of that one. It works also while the plan's files have problems.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from ledger.records import OFF, ON, Grant, Word
from notifications.grants import holds, named_in
from plan.owners import Office
from plan.phrase import Language, phrase
from tasks.workplace import PlanHasProblems
from web.answers import html, refusal
from web.asked import NOT_FROM_ITS_PAGE, Asking, FormTooLong, NotFromItsPage, read_body
from web.client import came_from
from web.desk import Desk
from web.language import language_of

PATH = "/u"
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What the button of a mail program says, and all that it says."""


@dataclass(frozen=True)
class Unsubscribing:
    """The page under each such link."""

    desk: Desk
    now: Callable[[], datetime]

    def one(self, token: str, request: Request) -> Response:
        """Show whom the overview goes to, whether it does, and the choice."""
        grant = self._granted(token)
        return self._page(grant, token, request) if grant else nowhere(request)

    async def turn(self, token: str, request: Request) -> Response:
        """Turn the overview off or on: by a mail program's button, or by the form of the page."""
        try:
            body = await read_body(request)
        except FormTooLong as error:
            # Here, since every answer of this page does without the plan's name.
            return refusal(413, phrase("Too long"), error.args[0], language=language_of(request))
        return await run_in_threadpool(self._asked, token, request, body)

    def _asked(self, token: str, request: Request, body: bytes) -> Response:
        grant = self._granted(token)
        if grant is None:
            return nowhere(request)
        if is_one_click(request.headers.get("content-type", ""), body):
            self._say(grant, OFF, request, note="By the button of a mail program.")
            return PlainTextResponse("The weekly overview is turned off.\n")
        try:
            choice = self._asking(grant).fields(request, grant.id, body).get("choice", "")
        except NotFromItsPage:
            language = self._language(grant, request)
            return refusal(403, phrase("Not from this page"), NOT_FROM_ITS_PAGE, language=language)
        if choice not in (OFF, ON):
            problem = phrase("Nothing was changed. Choose one of the two, and then press the button.")
            return self._page(grant, token, request, status=422, problem=problem)
        self._say(grant, choice, request, note="On the page of the link.")
        return RedirectResponse(f"{PATH}/{token}", status_code=303)

    def _page(self, grant: Grant, token: str, request: Request, *, status: int = 200, problem: str = "") -> Response:
        asking = self._asking(grant)
        nonce = asking.nonce(request)
        page = html(
            "unsubscribe",
            None,
            status=status,
            language=self._language(grant, request),
            token=token,
            proof=asking.token(grant.id, nonce),
            to=self._title(grant),
            address=masked(grant.address),
            is_off=self._last_word(grant) == OFF,
            problem=problem,
        )
        return asking.remembered(page, nonce)

    def _asking(self, grant: Grant) -> Asking:
        # As on the owners' pages under the same path: one cookie ties the forms of both to the browser.
        return Asking(self.desk, PATH, grant.plan, same_site="lax")

    def _granted(self, token: str) -> Grant | None:
        """Return the grant of a link; None for whatever reason there is none that holds, so that all look the same."""
        identity = named_in(token, "unsubscribe", key=self.desk.settings.key)
        if identity is None:
            return None
        with self.desk.ledger() as ledger:
            grant = ledger.grant(identity) if ledger else None
        today = self.now().astimezone(self.desk.masthead().zone).date()
        return grant if grant and holds(grant, "unsubscribe", on=today) else None

    def _last_word(self, grant: Grant) -> str:
        with self.desk.ledger() as ledger:
            word = ledger.holding(grant.plan, "overview").get(grant.address) if ledger else None
        return word.word if word else ON

    def _say(self, grant: Grant, word: str, request: Request, *, note: str) -> None:
        """Keep what was said, unless it holds already."""
        if self._last_word(grant) == word:
            return
        said = Word(about="overview", subject=grant.address, word=word, by=grant.address, note=note, said_at=self.now())
        came = came_from(request, self.desk.settings, way=f"link of {masked(grant.address)}")
        with self.desk.kept.writing(came_from=came) as ledger:
            ledger.say(grant.plan, said)

    def _title(self, grant: Grant) -> str:
        """Return the title of the office that the link was sent to; its code where the files do not tell."""
        office = self._office(grant)
        return office.title if office else grant.office

    def _language(self, grant: Grant, request: Request) -> Language:
        office = self._office(grant)
        return language_of(request, office.language if office else None)

    def _office(self, grant: Grant) -> Office | None:
        try:
            return self.desk.workplace().owners.offices.get(grant.office)
        except PlanHasProblems:
            return None


def is_one_click(content_type: str, body: bytes) -> bool:
    """Return whether a body says what the button of a mail program says, and nothing else.

    Source:    RFC 8058, 3.2: as multipart/form-data, or as a form of one line
    """
    if not content_type.casefold().startswith("multipart/form-data"):
        return body == "=".join(ONE_CLICK).encode()
    form = message_from_bytes(b"Content-Type: %b\r\n\r\n%b" % (content_type.encode("latin-1"), body))
    parts = [part for part in form.walk() if not part.is_multipart()]
    return [(_name(part), part.get_payload(decode=True)) for part in parts] == [(ONE_CLICK[0], ONE_CLICK[1].encode())]


def _name(part: Message) -> object:
    return part.get_param("name", header="content-disposition")


def masked(address: str) -> str:
    """Return an address of which only the beginning can be read, as in "b•••@example.org"."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def nowhere(request: Request) -> Response:
    """Return what is said of every link that does not hold, whyever, so that all look the same."""
    sentence = phrase("This link does not lead anywhere, or not any more. Take the one in the newest mail.")
    return refusal(404, phrase("Not found"), sentence, language=language_of(request))
