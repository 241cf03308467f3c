"""The people on the administrators' pages: every office, who is asked in its place, and the links that hold for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from plan.arrears import arrears
from plan.facts import Referral
from plan.phrase import phrase
from web.answers import html
from web.asked import Asking, number_in
from web.client import came_from
from web.desk import Desk
from web.language import language_of
from web.offices import absences, handovers, links, offices, owner_by_file, referrals

PATH = "/people"


class NoSuchOffice(LookupError):
    """The owners file has no such office; the page of people lists those that it has."""


class NotReferred(LookupError):
    """The owner whom the owners file names is asked already, so nothing was changed; open the page again."""


class NoSuchLink(LookupError):
    """The link does not hold any more, so nothing was changed; open the page again."""


@dataclass(frozen=True)
class People:
    """The pages of all offices."""

    desk: Desk
    now: Callable[[], datetime]

    @property
    def _asking(self) -> Asking:
        return Asking(self.desk, PATH, self.desk.workplace().plan.id)

    def all(self, request: Request) -> Response:
        """Show every office, who is away, what is handed over, and for which items another office is asked."""
        return self._all(request)

    def one(self, office: str, request: Request) -> Response:
        """Show one office, what it owns, and the links that hold for it."""
        return self._one(office, request)

    async def ask_back(self, request: Request) -> Response:
        """Ask the owner of the owners file again for an item, if an office says so."""
        form = await self._asking.sent(request, "")
        return await run_in_threadpool(self._asked_back, form, request)

    async def take_back(self, office: str, request: Request) -> Response:
        """Take a link of an office back, if an office says so."""
        form = await self._asking.sent(request, office)
        return await run_in_threadpool(self._taken_back, office, form, request)

    def _asked_back(self, form: dict[str, str], request: Request) -> Response:
        code, _, number = form.get("back", "").partition(" ")
        if form.get("by") not in self._asking.offices() or number_in(number) < 0:
            problem = phrase("Nothing was changed. Choose the office that decides, then press the button of one item.")
            return self._all(request, status=422, problem=problem)
        files, at = self.desk.workplace(), self.now()
        today = files.today(at)
        with self.desk.kept.writing(came_from=came_from(request, self.desk.settings)) as ledger:
            situation = files.situation(ledger, as_of=today)
            if code not in {one.code for one in referrals(situation, as_of=today) if one.by_file}:
                raise NotReferred(
                    phrase("The owner of {item} whom owners.yaml names is asked already; nothing was changed.", item=code[:40])
                )
            back = Referral(
                item=code,
                period=files.plan.quarter_of(today),
                asked=owner_by_file(situation.roster, as_of=today)[code],
                note=form["note"],
                by=form["by"],
                known_on=today,
            )
            seen = {code: number_in(number)}
            ledger.pages.answer(files.plan.id, [back], seen=seen, recorded_at=at, letters=lambda _: ())
        return RedirectResponse(PATH, status_code=303)

    def _taken_back(self, office: str, form: dict[str, str], request: Request) -> Response:
        if form.get("by") not in self._asking.offices() or not form.get("link"):
            problem = phrase("Nothing was changed. Choose the office that decides, then press the button of one link.")
            return self._one(office, request, status=422, problem=problem)
        with self.desk.kept.writing(came_from=came_from(request, self.desk.settings)) as ledger:
            grant = ledger.grant(form["link"])
            is_ours = grant is not None and grant.plan == self.desk.workplace().plan.id
            if not is_ours or not ledger.revoke(form["link"], by=form["by"], at=self.now()):
                raise NoSuchLink(phrase("The link does not hold any more; nothing was changed. Open the page again."))
        return RedirectResponse(f"{PATH}/{quote(office)}", status_code=303)

    def _all(self, request: Request, *, status: int = 200, problem: str = "") -> Response:
        day, nonce = self.desk.judged("").day, self._asking.nonce(request)
        with self.desk.ledger() as ledger:
            situation = self.desk.situation(ledger, as_of=day)
            referred = referrals(situation, as_of=day)
            seen = ledger.pages.last_numbers(situation.plan.id, [one.code for one in referred]) if ledger and referred else {}
        told = {
            "offices": offices(situation, arrears(situation, as_of=day), as_of=day),
            "absences": absences(situation.roster.owners, as_of=day),
            "handovers": handovers(situation.roster, as_of=day),
            "referrals": referred,
            "seen": seen,
            "deciding": self._asking.offices(),
            "token": self._asking.token("", nonce),
            "problem": problem,
        }
        page = html("people", self.desk.masthead(), language=language_of(request), here="people", status=status, **told)
        return self._asking.remembered(page, nonce)

    def _one(self, code: str, request: Request, *, status: int = 200, problem: str = "") -> Response:
        head, day, nonce = self.desk.masthead(), self.desk.judged("").day, self._asking.nonce(request)
        with self.desk.ledger() as ledger:
            situation = self.desk.situation(ledger, as_of=day)
            grants = ledger.grants(situation.plan.id) if ledger else ()
        every = offices(situation, arrears(situation, as_of=day), as_of=day)
        office = next((one for one in every if one.code == code), None)
        if office is None:
            raise NoSuchOffice(phrase('The owners file has no office "{code}".', code=code[:40]))
        told = {
            "office": office,
            "absences": [one for one in absences(situation.roster.owners, as_of=day) if one.title == office.title],
            "handovers": [one for one in handovers(situation.roster, as_of=day) if office.title in (one.title, one.to)],
            "links": links(grants, code, office.address, on=day, zone=head.zone),
            "deciding": self._asking.offices(),
            "token": self._asking.token(code, nonce),
            "problem": problem,
        }
        page = html("office", head, language=language_of(request), here="people", status=status, **told)
        return self._asking.remembered(page, nonce)
