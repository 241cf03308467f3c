"""The rollups: which were frozen, their files, and the word that lets one go to the board."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.ledger import Ledger
from ledger.records import ROLLUP, Frozen, FrozenPeriod
from plan.phrase import phrase
from plan.wording import in_words
from tasks.board import MEDIA_TYPES, file_name, release
from tasks.frozen import checked, slug
from web.answers import html, refusal
from web.asked import Asking
from web.client import came_from
from web.desk import Desk
from web.language import language_of
from web.wording import STATES, moment

PAGE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'"
"""A rollup's page carries its own style and pictures, and runs nothing."""


class NoSuchRollup(LookupError):
    """No such rollup has been frozen; the page of all rollups lists those that have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A rollup as it is listed."""

    slug: str
    period: str
    stand: str
    seal: str
    files: tuple[tuple[str, str], ...]
    """Ending and name of each."""
    released: str
    """Who let it go to the board and when; empty: nobody has."""
    letters: tuple[tuple[str, str], ...]
    """The address and state of each letter that brings it to a reader."""


@dataclass(frozen=True)
class Rollups:
    """The pages of all rollups."""

    desk: Desk
    now: Callable[[], datetime]

    @property
    def _asking(self) -> Asking:
        return Asking(self.desk, "/rollups", self.desk.workplace().plan.id)

    def all(self, request: Request) -> Response:
        """Show which rollups have been frozen, the latest first."""
        plan = self.desk.workplace().plan
        with self.desk.ledger() as ledger:
            shown = [self._listed(one, ledger) for one in ledger.frozen_periods(plan.id)] if ledger else []
        return html("rollups", self.desk.masthead(), language=language_of(request), here="rollups", rollups=shown)

    def one(self, period: str, request: Request) -> Response:
        """Show one rollup with its files, and the form that lets it go to the board."""
        _, shown = self._found(period)
        return self._page(shown, request)

    def _page(self, shown: Listed, request: Request, *, status: int = 200, problem: str = "") -> Response:
        owners, nonce = self.desk.workplace().owners, self._asking.nonce(request)
        told = {
            "rollup": shown,
            "board": [owners.offices[office].title for office in owners.board],
            "offices": self._asking.offices(),
            "token": self._asking.token(shown.slug, nonce),
            "problem": problem,
        }
        page = html("rollup", self.desk.masthead(), language=language_of(request), here="rollups", status=status, **told)
        return self._asking.remembered(page, nonce)

    def file(self, period: str, name: str) -> Response:
        """Give a file of a rollup."""
        plan = self.desk.workplace().plan
        ending = name.rpartition(".")[2]
        with self.desk.ledger() as ledger:
            periods = ledger.frozen_periods(plan.id) if ledger else ()
            found = next((one for one in periods if slug(one.period) == period), None)
            is_named = found is not None and ending in MEDIA_TYPES and name == file_name(found.period, ending)
            content = ledger.frozen_file(plan.id, found.period, ending) if ledger and found and is_named else None
        if content is None:
            said = phrase('No rollup of "{period}" has a file "{name}".', period=period[:40], name=name[:60])
            raise NoSuchRollup(said)
        answer = Response(content, media_type=MEDIA_TYPES[ending])
        if ending == "html":
            answer.headers["Content-Security-Policy"] = PAGE_POLICY
        else:
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    async def let_go(self, period: str, request: Request) -> Response:
        """Let a rollup go to the board, if the form was sent from its own page and says which office does."""
        form = await self._asking.sent(request, period)
        return await run_in_threadpool(self._asked_to_let_go, period, form, request)

    def _asked_to_let_go(self, period: str, form: dict[str, str], request: Request) -> Response:
        kept, shown = self._found(period)
        if form.get("period") != kept.period or form.get("by") not in self._asking.offices():
            problem = phrase(
                "Nothing was sent. Choose the office that lets it go, and write {period} into the field below it.",
                period=kept.period,
            )
            return self._page(shown, request, status=422, problem=problem)
        return self._let_go(kept, form, request)

    def _let_go(self, kept: Frozen, form: dict[str, str], request: Request) -> Response:
        files, settings, at = self.desk.workplace(), self.desk.settings, self.now()
        with self.desk.kept.writing(came_from=came_from(request, settings)) as ledger:
            said = {"by": form["by"], "note": form["note"]}
            queued = release(kept, files, ledger, settings, on=files.today(at), at=at, **said)
        if queued is None:
            sentence = phrase("The rollup of {period} had been released before; nothing was sent again.", period=kept.period)
            head, language = self.desk.masthead(), language_of(request)
            return refusal(409, phrase("Released before"), sentence, head, language=language)
        return RedirectResponse(f"/rollups/{slug(kept.period)}", status_code=303)

    def _found(self, period: str) -> tuple[Frozen, Listed]:
        plan = self.desk.workplace().plan
        with self.desk.ledger() as ledger:
            periods = ledger.frozen_periods(plan.id) if ledger else ()
            meant = next((one.period for one in periods if slug(one.period) == period), "")
            kept = ledger.frozen(plan.id, meant) if ledger else None
            if kept is None or ledger is None:
                raise NoSuchRollup(phrase('No rollup of "{period}" has been frozen.', period=period[:40]))
            return checked(kept), self._listed(kept, ledger)

    def _listed(self, kept: FrozenPeriod, ledger: Ledger) -> Listed:
        word, zone = ledger.released(kept.plan, kept.period), self.desk.masthead().zone
        begins = f"{kept.plan}/{ROLLUP}/{kept.period}/"
        letters = [one for one in ledger.outbox(kept.plan) if one.key.startswith(begins)]
        return Listed(
            slug=slug(kept.period),
            period=kept.period,
            stand=phrase("As of {day}; frozen {at}", day=in_words(kept.frozen_on), at=moment(kept.frozen_at, zone)),
            seal=kept.seal,
            files=tuple((ending.upper(), file_name(kept.period, ending)) for ending in MEDIA_TYPES),
            released=phrase("{by}, {day}", by=word.by, day=moment(word.released_at, zone)) if word else "",
            letters=tuple((one.address, STATES[one.state][0]) for one in reversed(letters)),
        )
