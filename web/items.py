"""An item's page for administrators: where it stands, its evidence, and the form that accepts evidence or sends it back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.ledger import AnsweredMeanwhile
from ledger.records import CHANNEL, Letter
from plan.facts import Facts
from plan.looking import NotDecided, decided, is_own_office, waiting
from plan.model import Item
from plan.owners import Roster
from plan.phrase import phrase
from tasks.looking import Looking
from web.answers import html, said_by
from web.asked import Asking, number_in
from web.client import came_from
from web.desk import Desk
from web.evidence import given_back, pieces_shown
from web.history import item_shown
from web.language import language_of
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
    answered: Callable[[str], object]
    """Is given the id of the plan after each decision that was kept."""

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
            raise NotHere(phrase("There is no such file in the store of evidence."))
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
            problem = phrase("Nothing was changed. {why}", why=said_by(error))
            return self._page(item, request, "", Sent(form=form, status=422, problem=problem))
        except AnsweredMeanwhile as error:
            return self._page(item, request, "", Sent(form=form, status=409, problem=said_by(error)))
        self.answered(self.desk.workplace().plan.id)
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
        language = language_of(request)
        answer = html("item", self.desk.masthead(), language=language, here="item", judged=judged, status=sent.status, **told)
        return self._asking.remembered(answer, nonce) if pieces else answer

    def _offices(self, item: Item, roster: Roster) -> list[str]:
        """Return the offices that may look at an item's evidence: not the board's own, and not the item's."""
        day = self.desk.judged("").day
        return [one for one in self._asking.offices() if not is_own_office(one, item.id, roster, as_of=day)]

    def _item(self, code: str) -> Item:
        item = self.desk.workplace().plan.items.get(code)
        if item is None:
            raise NotHere(
                phrase(
                    'The plan has no item with the code "{code}"; items are its objectives, actions and measures.',
                    code=code[:40],
                )
            )
        return item

    @property
    def _asking(self) -> Asking:
        return Asking(self.desk, PATH, self.desk.workplace().plan.id)


def keep_decision(code: str, form: Mapping[str, str], desk: Desk, *, by: str, way: str, at: datetime) -> None:
    """Keep what a form decides of an item's evidence, and queue the letters that tell of it.

    Raises:    NotDecided: something is missing in it; nothing is kept
               AnsweredMeanwhile: something was recorded for the item since the form was shown; nothing is kept
    """
    files = desk.workplace()
    day = files.today(at)
    with desk.kept.writing(came_from=way) as ledger:
        situation = files.situation(ledger, as_of=day)
        choice, note = form.get("choice", ""), form.get("note", "")
        fact = decided(choice, code, situation.facts, situation.roster, note=note, by=by, as_of=day)
        known = replace(situation, facts=Facts((*situation.facts.every, fact)))

        def letters(first: int) -> tuple[Letter, ...]:
            return Looking(number=first, situation=known, settings=desk.settings, on=day, at=at).decided(fact)

        seen = {code: number_in(form.get("seen", ""))}
        ledger.pages.answer(files.plan.id, [fact], seen=seen, recorded_at=at, letters=letters)
