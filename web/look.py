"""Evidence by a link from a mail: its files, and for who looks it through, the page that accepts it or sends it back.

Looking changes nothing, and a bare press changes nothing either: nothing is chosen beforehand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.ledger import AnsweredMeanwhile, Ledger
from plan.answering import looks_after
from plan.facts import Facts
from plan.looking import NotDecided, is_looked_after, to_look_at, waiting
from plan.model import Item
from plan.phrase import Language, phrase
from web.answers import html, refusal
from web.asked import NOT_FROM_ITS_PAGE, Asking, NotFromItsPage, read_body
from web.client import came_from
from web.desk import Desk
from web.evidence import given_back, is_named, pieces_shown
from web.items import Sent, keep_decision
from web.language import language_of
from web.opened import Opened, opened
from web.unsubscribe import PATH, masked, nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLookAt:
    """An item whose evidence waits to be looked at."""

    code: str
    title: str
    count: int
    """How many pieces wait."""


def waits_for(link: Opened) -> tuple[ToLookAt, ...]:
    """Return the items whose evidence waits for the holder of a link to accept it or to send it back."""
    if not link.may_change:
        return ()
    facts, items = link.situation.facts, link.files.plan.items
    codes = to_look_at(link.grant.address, facts, link.situation.roster, as_of=link.day)
    return tuple(
        ToLookAt(code=code, title=items[code].title, count=len(waiting(code, facts))) for code in codes if _is_of(link, code)
    )


@dataclass(frozen=True)
class Look:
    """The pages on evidence under each such link."""

    desk: Desk
    now: Callable[[], datetime]
    answered: Callable[[str], object]
    """Is given the id of the plan after each decision that was kept."""

    def one(self, token: str, code: str, request: Request) -> Response:
        """Show an item's evidence, with the form."""
        with self.desk.ledger() as ledger:
            link = self._opened_for(token, code, ledger)
            return self._page(link, code, ledger, request, Sent()) if link and ledger else nowhere(request)

    async def decide(self, token: str, code: str, request: Request) -> Response:
        """Accept an item's evidence, or send a piece of it back."""
        return await run_in_threadpool(self._decided, token, code, request, await read_body(request))

    def file(self, token: str, sha256: str, request: Request) -> Response:
        """Give a file of the evidence that a link lets its holder see, to be saved."""
        with self.desk.ledger() as ledger:
            link = opened(token, self.desk, ledger, at=self.now())
            facts = _facts_of(link) if link else Facts()
            found = given_back(sha256, facts, self.desk.settings, ledger) if is_named(sha256, facts) else None
        return found or nowhere(request)

    def _decided(self, token: str, code: str, request: Request, body: bytes) -> Response:
        with self.desk.ledger() as ledger:
            link = self._opened_for(token, code, ledger)
            if link is None or ledger is None:
                return nowhere(request)
            try:
                form = self._asking(link).fields(request, _subject(link, code), body)
                self._keep(link, code, form, request)
            except NotFromItsPage:
                return refusal(403, phrase("Not from this page"), NOT_FROM_ITS_PAGE, language=_language(link, request))
            except NotDecided as error:
                return self._page(link, code, ledger, request, Sent(form=form, status=422, problem=error.args[0]))
            except AnsweredMeanwhile:
                return self._page(link, code, ledger, request, Sent(form=form, status=409, problem=_MEANWHILE))
        self.answered(link.grant.plan)
        return RedirectResponse(f"{link.path}/look/{code}", status_code=303)

    def _keep(self, link: Opened, code: str, form: Mapping[str, str], request: Request) -> None:
        person = looks_after(code, link.situation.roster, as_of=link.day)
        assert person is not None  # the link was opened for them
        way = came_from(request, self.desk.settings, way=f"link of {masked(link.grant.address)}")
        keep_decision(code, form, self.desk, by=person.title, way=way, at=self.now())

    def _page(self, link: Opened, code: str, ledger: Ledger, request: Request, sent: Sent) -> Response:
        asking = self._asking(link)
        nonce = asking.nonce(request)
        seen = ledger.pages.last_numbers(link.files.plan.id, [code])[code]
        situation = self.desk.situation(ledger, as_of=link.day)
        told = {
            "link": link,
            "item": _item(link, code),
            "pieces": pieces_shown(code, situation, ledger.pages.file),
            "has_waiting": bool(waiting(code, situation.facts)),
            "owner": situation.roster.office_title(code, as_of=link.day),
            "proof": asking.token(_subject(link, code), nonce),
            "seen": seen,
            "sent": sent,
        }
        page = html("look", self.desk.masthead(), status=sent.status, language=_language(link, request), **told)
        return asking.remembered(page, nonce)

    def _opened_for(self, token: str, code: str, ledger: Ledger | None) -> Opened | None:
        link = opened(token, self.desk, ledger, at=self.now())
        if link is None or not link.may_change or code not in link.files.plan.items or not _is_of(link, code):
            return None
        is_theirs = is_looked_after(code, link.grant.address, link.situation.roster, as_of=link.day)
        return link if is_theirs and link.situation.facts.pieces(code) else None

    def _asking(self, link: Opened) -> Asking:
        return Asking(self.desk, PATH, link.grant.plan, same_site="lax")


def _language(link: Opened, request: Request) -> Language:
    office = link.files.owners.offices.get(link.grant.office)
    return language_of(request, office.language if office else None)


_MEANWHILE = phrase(
    "Something was recorded for it since this page was opened, perhaps by this very form, so nothing was changed. "
    "Look at it as it is now before you decide."
)


def _item(link: Opened, code: str) -> Item:
    return link.files.plan.items[code]


def _is_of(link: Opened, code: str) -> bool:
    return link.grant.item in (None, code)


def _subject(link: Opened, code: str) -> str:
    return f"{link.grant.id}\n{link.grant.version}\nlook {code}"


def _facts_of(link: Opened) -> Facts:
    """Return the facts of the items that the holder of a link may answer for, look at or look through."""
    address, roster = link.grant.address, link.situation.roster
    others = (code for code in link.files.plan.items if _is_of(link, code))
    looked_after = {code for code in others if is_looked_after(code, address, roster, as_of=link.day)}
    codes = {*link.codes, *link.handed_on, *looked_after}
    return Facts(tuple(fact for fact in link.situation.facts.every if fact.item in codes))
