"""An item's page for administrators: where it stands, its evidence, and the form that accepts evidence or sends it back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.ledger import AnsweredMeanwhile, open_ledger
from ledger.records import CHANNEL
from plan.facts import Facts
from plan.looking import NotDecided, decided, is_own_office, waiting
from plan.model import Item
from plan.owners import Roster
from web.answers import html
from web.asked import Asking, number_sent
from web.client import came_from
from web.desk import Desk
from web.evidence import given_back, pieces_shown
from web.history import item_shown
from web.pages import NotHere

PATH = "/items"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent to the page, and what is wrong with it; of a page that is only looked at nothing was."""

    form: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    problem: str = ""


@dataclass(frozen=True)
class Items:
    """The pages of items, and the files of their evidence."""

    desk: Desk
    now: Callable[[], datetime]

    def item(self, code: str, request: Request, as_of: str = "") -> Response:
        """Show one item with its history up to a day."""
        return self._page(self._item(code), request, as_of, Sent())

    def file(self, sha256: str) -> Response:
        """Give a file of evidence, to be saved."""
        plan, day = self.desk.workplace().plan, self.desk.judged("").day
        with self.desk.ledger() as ledger:
            facts = ledger.facts(plan.id, known_by=day) if ledger else Facts()
            answer = given_back(sha256, facts, self.desk.settings, ledger)
        if answer is None:
            raise NotHere("There is no such file in the store of evidence.")
        return answer

    async def look(self, code: str, request: Request) -> Response:
        """Accept evidence, or send a piece of it back, if another office than the item's own says so."""
        form = await self._asking.sent(request, code)
        return await run_in_threadpool(self._looked, code, request, form)

    def _looked(self, code: str, request: Request, form: dict[str, str]) -> Response:
        item, settings = self._item(code), self.desk.settings
        by = next((one for one in self._asking.offices() if one == form.get("by")), "")
        try:
            keep_decision(item.id, form, self.desk, by=by, way=came_from(request, settings), at=self.now())
        except NotDecided as error:
            return self._page(item, request, "", Sent(form=form, status=422, problem=f"Nothing was changed. {error}"))
        except AnsweredMeanwhile as error:
            return self._page(item, request, "", Sent(form=form, status=409, problem=str(error)))
        return RedirectResponse(f"{PATH}/{code}#evidence", status_code=303)

    def _page(self, item: Item, request: Request, as_of: str, sent: Sent) -> Response:
        judged, plan, nonce = self.desk.judged(as_of), self.desk.workplace().plan, self._asking.nonce(request)
        with self.desk.ledger() as ledger:
            # The number first: what comes in between is then shown, yet has to be looked at again.
            seen = ledger.pages.last_numbers(plan.id, [item.id])[item.id] if ledger else 0
            situation = self.desk.situation(ledger, as_of=judged.day)
            letters = [one for one in ledger.outbox(plan.id) if one.kind != CHANNEL] if ledger else []
            recorded = ledger.pages.recorded(plan.id, item.id) if ledger else ()
            history = ledger.history(plan.id, item.id, up_to=judged.day) if ledger else ()
            pieces = pieces_shown(item.id, situation, ledger.pages.file) if ledger else ()
        told = {
            "item": item_shown(item, situation, letters, recorded=recorded, history=history, as_of=judged.day),
            "pieces": pieces,
            "has_waiting": bool(waiting(item.id, situation.facts)),
            "offices": self._offices(item, situation.roster) if judged.distance == "today" else [],
            "token": self._asking.token(item.id, nonce) if pieces else "",
            "seen": seen,
            "sent": sent,
        }
        answer = html("item", self.desk.masthead(), here="item", judged=judged, status=sent.status, language=None, **told)
        return self._asking.remembered(answer, nonce) if pieces else answer

    def _offices(self, item: Item, roster: Roster) -> list[str]:
        """Return the offices that may look at an item's evidence: not the board's own, and not the item's."""
        day = self.desk.judged("").day
        return [one for one in self._asking.offices() if not is_own_office(one, item.id, roster, as_of=day)]

    def _item(self, code: str) -> Item:
        item = self.desk.workplace().plan.items.get(code)
        if item is None:
            raise NotHere(f'The plan has no item with the code "{code[:40]}"; items are its objectives, actions and measures.')
        return item

    @property
    def _asking(self) -> Asking:
        return Asking(self.desk, PATH, self.desk.workplace().plan.id)


def keep_decision(code: str, form: Mapping[str, str], desk: Desk, *, by: str, way: str, at: datetime) -> None:
    """Keep what a form decides of an item's evidence.

    Raises:    NotDecided: something is missing in it; nothing is kept
               AnsweredMeanwhile: something was recorded for the item since the form was shown; nothing is kept
    """
    files = desk.workplace()
    day, settings = files.today(at), desk.settings
    with open_ledger(settings.database, came_from=way) as ledger:
        situation = files.situation(ledger, as_of=day)
        choice, note = form.get("choice", ""), form.get("note", "")
        fact = decided(choice, code, situation.facts, situation.roster, note=note, by=by, as_of=day)
        seen = number_sent(form.get("seen", ""))
        number = -1 if seen is None else seen
        ledger.pages.answer(files.plan.id, [fact], seen={code: number}, address="", recorded_at=at, letters=lambda _number: ())
