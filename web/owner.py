"""The owner's pages: all that is owed, and the check-in of one item, by a link from a mail.

Looking changes nothing. A bare press changes nothing either: nothing is chosen beforehand, and what was begun earlier has to be
ticked before it is recorded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.ledger import AnsweredMeanwhile, Ledger, NotThere
from plan.filed import name_of, period_named
from plan.periods import Period
from plan.phrase import Language, phrase
from tasks.check_in import Asked, Filled, Incomplete, would_give
from web.answering import TEXTS, Answering, begun, draft_of
from web.answers import html, refusal
from web.asked import Asking
from web.client import came_from
from web.desk import Desk
from web.form import Preview, asked_of, item_shown, preview
from web.language import language_of
from web.look import waits_for
from web.opened import UNDO_HOURS, Opened, opened, scope_of
from web.owed import coming, looked_at, slips, waiting
from web.recorded import Submission, shown, submissions
from web.unsubscribe import PATH, masked, nowhere
from web.uploads import Sent, read_form
from web.wording import moment

SEE, SAVE, PROMISE, REFER = "see", "save", "promise", "refer"
"""What buttons of a check-in do; any other press is to record it."""
IN_ORDER = (*TEXTS, "file", "also", "believed", "sure", "asked", "referral_note", "promised_on", "promise_note")
"""The fields in the order in which their problems are told."""
_MEANWHILE = phrase(
    "Something was recorded since this page was opened, perhaps by this very form, so nothing was changed. "
    "Look at what is recorded before you record anything else."
)
_TOO_LATE = phrase("It was taken back before, or more than 24 hours have passed. Nothing was changed.")
_Do = Callable[[Answering, Request], Response]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was sent to a page, and what is wrong with it; to a page that is only looked at nothing was."""

    filled: Filled = field(default_factory=Filled)
    problems: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    preview: Preview | None = None

    @property
    def lost_files(self) -> bool:
        """Return whether files were sent, which a browser does not send again by itself."""
        return bool(self.filled.files)


@dataclass(frozen=True)
class OwnersPages:
    """The pages under each such link."""

    desk: Desk
    now: Callable[[], datetime]
    answered: Callable[[str], object]
    """Is given the id of the plan after each submission that was recorded."""

    def knows(self, token: str) -> bool:
        """Return whether a link is one to these pages, whether it holds or not."""
        return scope_of(token, self.desk) is not None

    def all(self, token: str, request: Request) -> Response:
        """Show all that is owed, or to who may only look how everything stands."""
        with self.desk.ledger() as ledger:
            link = opened(token, self.desk, ledger, at=self.now())
            return self._all(link, ledger, request, Given()) if link and ledger else nowhere(request)

    def one(self, token: str, code: str, request: Request, period: str = "") -> Response:
        """Show one item, with its check-in."""
        with self.desk.ledger() as ledger:
            link = self._opened(token, code, ledger)
            return self._one(link, code, ledger, request, _period(period), Given()) if link and ledger else nowhere(request)

    async def answer_all(self, token: str, request: Request) -> Response:
        """Record every line of the form that was begun, all or none."""
        return await self._sent(token, "", request, self._answer_all)

    async def answer_one(self, token: str, code: str, request: Request) -> Response:
        """Do what a button of an item's check-in asks for."""
        return await self._sent(token, code, request, lambda answering, by: self._answer_one(code, answering, by))

    async def undo(self, token: str, code: str, request: Request) -> Response:
        """Take back what was recorded of an item at one time."""
        return await self._sent(token, code, request, lambda answering, by: self._undo(code, answering, by))

    # --- what was sent -------------------------------------------------------------------------------------------------

    async def _sent(self, token: str, code: str, request: Request, do: _Do) -> Response:
        link = await run_in_threadpool(self._answered_by, token, code)  # known before anything that a stranger sends is read
        if link is None:
            return nowhere(request)
        with await read_form(request) as sent:
            return await run_in_threadpool(self._answered, link, code, request, sent, do)

    def _answered_by(self, token: str, code: str) -> Opened | None:
        """Return a link by which an item may be answered, or without a code anything; None if there is none that holds."""
        with self.desk.ledger() as ledger:
            link = self._opened(token, code, ledger)
        return link if link and link.may_change else None

    def _answered(self, link: Opened, code: str, request: Request, sent: Sent, do: _Do) -> Response:
        if not self._asking(link).is_own(request, _subject(link, code), sent.fields.get("token", [""])[-1]):
            return self._refused(link, request)
        settings, at = self.desk.settings, self.now()
        way = came_from(request, settings, way=f"link of {masked(link.grant.address)}")
        with self.desk.kept.writing(came_from=way) as ledger:
            return do(Answering(link=link, ledger=ledger, settings=settings, at=at, sent=sent), request)

    def _answer_all(self, answering: Answering, request: Request) -> Response:
        link = answering.link
        try:
            answering.record_lines()
        except Incomplete as error:
            given = Given(filled=answering.filled, problems=error.problems, status=422)
            return self._all(link, answering.ledger, request, given)
        except AnsweredMeanwhile:
            return self._all(link, answering.ledger, request, _meanwhile(answering))
        self.answered(link.grant.plan)
        return _see_other(link)

    def _answer_one(self, code: str, answering: Answering, request: Request) -> Response:
        link, period = answering.link, _period(answering.said("period"))
        if code not in link.codes or (period is None and answering.said("period")):
            return nowhere(request)
        asked = asked_of(code, link, period)
        if asked is None:
            # Without a period a corrective plan was asked for, and has come meanwhile.
            return nowhere(request) if period else self._one(link, code, answering.ledger, request, None, _meanwhile(answering))
        try:
            looked = self._do(answering.said("deed"), asked, answering)
        except Incomplete as error:
            looked = Given(filled=answering.filled, problems=error.problems, status=422)
        except AnsweredMeanwhile:
            looked = _meanwhile(answering)
        if looked is not None:
            return self._one(link, code, answering.ledger, request, asked.owed.period, looked)
        return _see_other(link, code, asked.owed.period if answering.said("deed") == SAVE else None)

    def _do(self, deed: str, asked: Asked, answering: Answering) -> Given | None:
        """Do what a button asks for; return what the same page then shows, or None if it is done."""
        if deed == SEE:
            at, link = answering.link.situation, answering.link
            reading, given = would_give(answering.filled, asked, at.facts, at.duties)
            return Given(filled=answering.filled, preview=preview(reading, given, link))
        if deed == SAVE:
            answering.save(asked)
            return None
        if deed in (PROMISE, REFER):
            answering.put_off(asked, to_office=deed == REFER)
        else:
            answering.record(asked)
        self.answered(answering.link.grant.plan)
        return None

    def _undo(self, code: str, answering: Answering, request: Request) -> Response:
        link, ledger = answering.link, answering.ledger
        every = {str(one.numbers[0]): one for one in submissions(code, link, ledger) if not one.is_back}
        found = every.get(answering.said("number"))
        try:
            if found is None:
                raise NotThere(_TOO_LATE)  # noqa: TRY301 - said as if the ledger did
            answering.take_back(found)
        except Incomplete as error:
            return self._one(link, code, ledger, request, None, Given(problems=error.problems, status=422))
        except NotThere:
            return self._one(link, code, ledger, request, None, Given(problems={"": _TOO_LATE}, status=409))
        self.answered(link.grant.plan)
        return _see_other(link, code)

    # --- what is shown -------------------------------------------------------------------------------------------------

    def _all(self, link: Opened, ledger: Ledger, request: Request, given: Given) -> Response:
        if not link.may_change:
            return self._page("looked_at", link, "", request, given, items=list(looked_at(link)))
        lines = [line for line, _ in waiting(link)]
        return self._page(
            "owed",
            link,
            "",
            request,
            given,
            lines=lines,
            slips=slips(link),
            coming=list(coming(link)),
            recorded=[shown(one, link) for one in _lately(link, ledger)],
            to_look_at=waits_for(link),
            seen=_seen(link, {line.code for line in lines}),
        )

    def _one(self, link: Opened, code: str, ledger: Ledger, request: Request, period: Period | None, given: Given) -> Response:
        may_answer = link.may_change and code in link.codes
        asked = (asked_of(code, link, period) or asked_of(code, link)) if may_answer else None
        item = item_shown(code, link, asked)
        if not link.may_change:
            return self._page("looked_at_item", link, code, request, given, item=item)
        draft = draft_of(asked, link, ledger) if asked else None
        if draft and given.filled == Filled():
            given = replace(given, filled=begun(draft))
        kept = [shown(one, link) for one in submissions(code, link, ledger)]
        return self._page(
            "check_in",
            link,
            code,
            request,
            given,
            item=item,
            recorded=kept,
            others=[line for line, _ in waiting(link) if line.code != code] if kept else [],
            draft=moment(draft.saved_at, link.files.plan.settings.time_zone) if draft else "",
            seen=_seen(link, [code]),
        )

    def _page(self, template: str, link: Opened, code: str, request: Request, given: Given, **told: object) -> Response:
        asking = self._asking(link)
        nonce = asking.nonce(request)
        page = html(
            template,
            self.desk.masthead(),
            status=given.status,
            language=_language(link, request),
            link=link,
            given=given,
            said=given.filled.texts,
            problems=_in_order(given.problems),
            proof=asking.token(_subject(link, code), nonce),
            undo_hours=UNDO_HOURS,
            **told,
        )
        return asking.remembered(page, nonce)

    def _refused(self, link: Opened, request: Request) -> Response:
        sentence = phrase("The form was not sent from its own page, or that page is too old. Open the link in the mail again.")
        return refusal(403, phrase("Not from this page"), sentence, language=_language(link, request))

    def _asking(self, link: Opened) -> Asking:
        return Asking(self.desk, PATH, link.grant.plan, same_site="lax")

    def _opened(self, token: str, code: str, ledger: Ledger | None) -> Opened | None:
        """Return a link, if it opens an item; without a code, if it holds."""
        link = opened(token, self.desk, ledger, at=self.now())
        return link if link and (not code or code in link.codes or code in link.handed_on) else None


def _lately(link: Opened, ledger: Ledger) -> Iterator[Submission]:
    """Yield what was recorded within the last day of all items of a link, the latest first of each."""
    since = link.day - timedelta(hours=UNDO_HOURS)
    recent = {fact.item for fact in link.situation.facts.every if fact.known_on >= since}
    for code in link.files.plan.items:
        if code in recent and (code in link.codes or code in link.handed_on):
            yield from (one for one in submissions(code, link, ledger) if not one.is_back)


def _meanwhile(answering: Answering) -> Given:
    return Given(filled=answering.filled, problems={"": _MEANWHILE}, status=409)


def _subject(link: Opened, code: str) -> str:
    return f"{link.grant.id}\n{link.grant.version}\n{code}"


def _seen(link: Opened, codes: Iterable[str]) -> str:
    return " ".join(f"{code}:{link.numbers[code]}" for code in codes)


def _period(text: str) -> Period | None:
    try:
        return period_named(text) if text else None
    except ValueError:
        return None


def _in_order(problems: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return problems in the order in which the page has their fields."""
    return sorted(problems.items(), key=lambda one: IN_ORDER.index(one[0]) if one[0] in IN_ORDER else -1)


def _see_other(link: Opened, code: str = "", period: Period | None = None) -> Response:
    query = f"?period={name_of(period)}" if period else ""
    return RedirectResponse(f"{link.path}/{code}{query}" if code else link.path, status_code=303)


def _language(link: Opened, request: Request) -> Language:
    office = link.files.owners.offices.get(link.grant.office)
    return language_of(request, office.language if office else None)
