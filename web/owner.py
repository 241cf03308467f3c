"""The owner's pages: all that is owed, and the check-in of one item, by a link from a mail.

Looking changes nothing. A bare press changes nothing either: nothing is chosen beforehand, and what was begun before has to be
ticked before it is recorded.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.ledger import AnsweredMeanwhile, Ledger, NotThere, open_ledger
from ledger.records import Draft, Letter, Withdrawal
from plan.duties import Obligation
from plan.facts import Answer, Facts, Referral
from plan.filed import name_of, period_named
from plan.periods import Period
from plan.phrase import phrase
from plan.record import UNPRINTABLE
from tasks.check_in import CHECK_IN, EVIDENCE, PLAN, READING, Asked, Filled, Incomplete, answers, would_give
from tasks.evidence_store import FileRefused, keep
from tasks.put_off import days_to_promise, offices_to_ask, promise, referral
from tasks.receipts import receipts, withdrawal_receipts
from web.answers import html, refusal
from web.asked import Asking, NotFromItsPage
from web.client import came_from
from web.desk import Desk
from web.form import Preview, asked_of, item_shown, preview
from web.opened import Opened, opened, scope_of
from web.owed import coming, looked_at, slips, waiting
from web.recorded import UNDO_HOURS, Submission, shown, submissions
from web.unsubscribe import PATH, masked, nowhere
from web.uploads import Sent, Upload, read_form
from web.wording import moment

RECORD, SEE, DRAFT, PROMISE, REFERRAL = "record", "see", "draft", "promise", "referral"
"""What the buttons of a check-in do."""
TEXTS = tuple(dict.fromkeys((*CHECK_IN, *READING, "links", "dated_on", *PLAN)))
"""The fields that hold a text; what else there is holds files and ticks."""
PUT_OFF = ("promised_on", "promise_note", "asked", "referral_note")
IN_ORDER = (*TEXTS, "file", "also", "sure", *PUT_OFF)
_Read = Callable[[Opened, Ledger, Request, Sent], Response]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a page shows of what was sent to it; of a page that is only looked at nothing was."""

    filled: Filled = field(default_factory=Filled)
    problems: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    preview: Preview | None = None
    lost_files: bool = False
    """Whether files were sent that a browser does not send again by itself."""


@dataclass(frozen=True)
class OwnersPages:
    """The pages under each such link."""

    desk: Desk
    now: Callable[[], datetime]

    def knows(self, token: str) -> bool:
        """Return whether a token is one for these pages, whether it holds or not."""
        return scope_of(token, self.desk) is not None

    # --- looking -------------------------------------------------------------------------------------------------------

    def all(self, token: str, request: Request) -> Response:
        """Show all that is owed, or how everything stands."""
        with self.desk.ledger() as ledger:
            link = opened(token, self.desk, ledger, at=self.now())
            return self._all(link, ledger, request, Given()) if link and ledger else nowhere()

    def one(self, token: str, code: str, request: Request, period: str = "") -> Response:
        """Show one item, with its check-in."""
        with self.desk.ledger() as ledger:
            link = self._opened_for(token, code, ledger)
            return self._one(link, code, ledger, request, _period(period), Given()) if link and ledger else nowhere()

    # --- answering -----------------------------------------------------------------------------------------------------

    async def answer_all(self, token: str, request: Request) -> Response:
        """Record every line of the form that was begun, all or none."""
        return await self._sent(token, "", request, self._answered_all)

    async def answer_one(self, token: str, code: str, request: Request) -> Response:
        """Do what a button of an item's check-in asks for."""
        return await self._sent(token, code, request, lambda *given: self._answered_one(code, *given))

    async def undo(self, token: str, code: str, request: Request) -> Response:
        """Take back what was recorded of an item at one time."""
        return await self._sent(token, code, request, lambda *given: self._undone(code, *given))

    async def _sent(self, token: str, code: str, request: Request, answer: _Read) -> Response:
        if scope_of(token, self.desk) != "update":
            return nowhere()
        sent = await read_form(request)
        return await run_in_threadpool(self._answered, token, code, request, sent, answer)

    def _answered(self, token: str, code: str, request: Request, sent: Sent, answer: _Read) -> Response:
        settings, at = self.desk.settings, self.now()
        with sent, self.desk.ledger() as reading:
            link = self._opened_for(token, code, reading) if code else opened(token, self.desk, reading, at=at)
            if link is None:
                return nowhere()
            way = came_from(request, settings, way=f"link of {masked(link.grant.address)}")
            if not self._asking(link).is_own(request, _subject(link, code), _last(sent, "token")):
                return _refused(NotFromItsPage("The form was not sent from its own page; open the page again."))
            with open_ledger(settings.database, came_from=way) as ledger:
                return answer(link, ledger, request, sent)

    def _answered_one(self, code: str, link: Opened, ledger: Ledger, request: Request, sent: Sent) -> Response:
        period, deed = _period(_last(sent, "period")), _last(sent, "deed") or RECORD
        asked, filled = asked_of(code, link, period) if code in link.codes else None, _filled(sent)
        if asked is None:
            return nowhere()
        deeds = {SEE: self._see, DRAFT: self._draft, PROMISE: self._put_off, REFERRAL: self._put_off}
        try:
            return deeds.get(deed, self._record)(asked, link, ledger, request, sent)
        except Incomplete as error:
            given = Given(filled=filled, problems=error.problems, status=422, lost_files=bool(sent.files))
        except AnsweredMeanwhile:
            given = Given(filled=filled, problems={"": _MEANWHILE}, status=409, lost_files=bool(sent.files))
        return self._one(link, code, ledger, request, period, given)

    def _record(self, asked: Asked, link: Opened, ledger: Ledger, request: Request, sent: Sent) -> Response:
        filled = _filled(sent)
        answers(filled, asked)  # what is missing is said before a file is kept
        if _draft(asked, link, ledger) and _last(sent, "sure") != "yes":
            said = phrase("You began this earlier. Read it once more, and tick that it is to be recorded.")
            raise Incomplete({"sure": said})
        files = tuple(self._kept(upload, ledger) for upload in sent.files)
        facts = answers(replace(filled, files=files), asked)
        self._keep([(fact, asked.owed) for fact in facts], link, ledger, seen=_seen(sent))
        return _see_other(link, asked.item.id)

    def _see(self, asked: Asked, link: Opened, ledger: Ledger, request: Request, sent: Sent) -> Response:
        filled, at = _filled(sent), link.situation
        reading, given = would_give(filled, asked, at.facts, at.duties)
        looked = Given(filled=filled, preview=preview(reading, given, link), lost_files=bool(sent.files))
        return self._one(link, asked.item.id, ledger, request, asked.owed.period, looked)

    def _draft(self, asked: Asked, link: Opened, ledger: Ledger, _request: Request, sent: Sent) -> Response:
        filled = _filled(sent)
        texts = {name: text for name, text in filled.texts.items() if name in TEXTS and text}
        if not texts and not filled.also:
            raise Incomplete({"": phrase("Nothing is filled in yet, so there is nothing to save.")})
        ledger.pages.save_draft(
            Draft(
                plan=link.files.plan.id,
                address=link.grant.address,
                item=asked.item.id,
                period=str(asked.owed.period),
                fields=texts | {"also": " ".join(filled.also)},
                saved_at=self.now(),
            )
        )
        return _see_other(link, asked.item.id, asked.owed.period)

    def _put_off(self, asked: Asked, link: Opened, ledger: Ledger, _request: Request, sent: Sent) -> Response:
        texts, at = _filled(sent).texts, link.situation
        said: Answer
        if _last(sent, "deed") == REFERRAL:
            office = at.roster.accountable(as_of=link.day).get(asked.item.id)
            said = referral(texts, asked, offices_to_ask(link.files.owners, office))
        else:
            said = promise(texts, asked, days_to_promise(asked, at.facts, at.duties))
        self._keep([(said, asked.owed)], link, ledger, seen=_seen(sent))
        return _see_other(link, asked.item.id)

    def _answered_all(self, link: Opened, ledger: Ledger, request: Request, sent: Sent) -> Response:
        problems: dict[str, str] = {}
        given: list[tuple[Answer, Obligation | None]] = []
        filled = _filled(sent)
        for line, asked in waiting(link):
            texts = {name: filled.texts.get(f"{line.name}/{name}", "") for name in (*CHECK_IN, *READING)}
            if any(texts.values()):
                try:
                    given += [(fact, asked.owed) for fact in answers(Filled(texts=texts), asked)]
                except Incomplete as error:
                    problems |= {f"{line.name}/{name}": said for name, said in error.problems.items()}
        if not given and not problems:
            problems[""] = phrase("Nothing was recorded, since no line is filled in. Choose a status and write a note on one.")
        if problems:
            return self._all(link, ledger, request, Given(filled=filled, problems=problems, status=422))
        try:
            self._keep(given, link, ledger, seen=_seen(sent))
        except AnsweredMeanwhile:
            return self._all(link, ledger, request, Given(filled=filled, problems={"": _MEANWHILE}, status=409))
        return _see_other(link)

    # --- keeping and taking back ---------------------------------------------------------------------------------------

    def _kept(self, upload: Upload, ledger: Ledger) -> tuple[str, str]:
        try:
            return upload.name, keep(upload.name, upload.content, self.desk.settings, ledger, at=self.now()).sha256
        except FileRefused as error:
            raise Incomplete({"file": str(error)}) from None

    def _keep(
        self, given: list[tuple[Answer, Obligation | None]], link: Opened, ledger: Ledger, *, seen: Mapping[str, int]
    ) -> None:
        """Record answers and queue their receipts.

        Raises:    AnsweredMeanwhile: something was recorded since for an item that the page was about
        """
        facts, plan, at = [fact for fact, _ in given], link.files.plan.id, self.now()
        situation = replace(link.situation, facts=Facts((*link.situation.facts.every, *facts)))
        # Of items that evidence shows besides, nothing was seen on the page, and nothing there can contradict it.
        others = {fact.item for fact in facts} - set(seen) if len({owed and owed.item for _, owed in given}) == 1 else set()
        ledger.pages.answer(
            plan,
            facts,
            seen={fact.item: seen.get(fact.item, -1) for fact in facts} | ledger.pages.last_numbers(plan, others),
            address=link.grant.address,
            recorded_at=at,
            letters=lambda number: receipts(
                number,
                answers=given,
                situation=situation,
                settings=self.desk.settings,
                recorded_on=link.day,
                made_at=at,
            ),
        )

    def _undone(self, code: str, link: Opened, ledger: Ledger, request: Request, sent: Sent) -> Response:
        number = _last(sent, "number")
        found = next((one for one in submissions(code, link, ledger) if str(one.numbers[0]) == number), None)
        if found is None or found.is_back:
            given = Given(problems={"": _TOO_LATE}, status=409)
            return self._one(link, code, ledger, request, None, given)
        if _last(sent, "sure") != "yes":
            problems = {f"undo-{number}": phrase("Tick that it is to be taken back, and then press the button.")}
            return self._one(link, code, ledger, request, None, Given(problems=problems, status=422))
        try:
            self._take_back(found, link, ledger)
        except NotThere:
            return self._one(link, code, ledger, request, None, Given(problems={"": _TOO_LATE}, status=409))
        return _see_other(link, code)

    def _take_back(self, found: Submission, link: Opened, ledger: Ledger) -> None:
        by, at, plan = link.by(found.code), self.now(), link.files.plan.id
        item = link.files.plan.items[found.code]
        owed = {one.period: one for one in link.situation.duties.of(item)}
        gone = set(map(id, found.facts))
        left = tuple(fact for fact in link.situation.facts.every if fact not in found.facts and id(fact) not in gone)
        letters = withdrawal_receipts(
            found.numbers[0],
            answers=[(fact, owed.get(fact.period)) for fact in found.facts],
            by=by,
            situation=replace(link.situation, facts=Facts(left)),
            settings=self.desk.settings,
            recorded_on=link.day,
            made_at=at,
        )
        subject = f"{found.code}, {', '.join(sorted({str(fact.period) for fact in found.facts}))}"
        withdrawal = Withdrawal(numbers=found.numbers, by=by, known_on=link.day)
        ledger.pages.withdraw(plan, withdrawal, subject=subject, recorded_at=at, letters=letters)

    # --- pages ---------------------------------------------------------------------------------------------------------

    def _all(self, link: Opened, ledger: Ledger, request: Request, given: Given) -> Response:
        if not link.may_change:
            return html("looked_at", self.desk.masthead(), link=link, items=list(looked_at(link)), day=link.day)
        lines = [line for line, _ in waiting(link)]
        numbers = ledger.pages.last_numbers(link.files.plan.id, {line.code for line in lines})
        told = {
            "lines": lines,
            "slips": slips(link),
            "coming": list(coming(link)),
            "recorded": [shown(one, link) for one in self._lately(link, ledger)],
            "seen": " ".join(f"{code}:{number}" for code, number in numbers.items()),
        }
        return self._page("owed", link, "", request, given, **told)

    def _one(self, link: Opened, code: str, ledger: Ledger, request: Request, period: Period | None, given: Given) -> Response:
        may_answer = link.may_change and code in link.codes
        asked = asked_of(code, link, period) if may_answer else None
        if period is not None and asked is None and may_answer:
            return nowhere()
        item = item_shown(code, link, asked)
        if not link.may_change:
            return html("looked_at_item", self.desk.masthead(), link=link, item=item)
        draft = _draft(asked, link, ledger) if asked else None
        begun = given if draft is None or given.status != 200 or given.preview else replace(given, filled=_from(draft))
        told = {
            "item": item,
            "form": item.form,
            "recorded": [shown(one, link) for one in submissions(code, link, ledger)],
            "draft": moment(draft.saved_at, link.files.plan.settings.time_zone) if draft else "",
            "seen": f"{code}:{ledger.pages.last_numbers(link.files.plan.id, [code])[code]}",
            "is_handed_on": code in link.handed_on,
        }
        return self._page("check_in", link, code, request, begun, **told)

    def _page(self, template: str, link: Opened, code: str, request: Request, given: Given, **told: object) -> Response:
        asking = self._asking(link)
        nonce = asking.nonce(request)
        shown = {"link": link, "given": given, "problems": _in_order(given.problems), "undo_hours": UNDO_HOURS, **told}
        proof = asking.token(_subject(link, code), nonce)
        return asking.remembered(html(template, self.desk.masthead(), status=given.status, proof=proof, **shown), nonce)

    def _lately(self, link: Opened, ledger: Ledger) -> Iterator[Submission]:
        """Yield what was recorded within the last day of all items of a link, the latest first of each."""
        since = link.day - timedelta(hours=UNDO_HOURS)
        recent = {fact.item for fact in link.situation.facts.every if fact.known_on >= since}
        for code in link.files.plan.items:
            if code in recent and (code in link.codes or code in link.handed_on):
                yield from (one for one in submissions(code, link, ledger) if not one.is_back)

    def _asking(self, link: Opened) -> Asking:
        return Asking(self.desk, PATH, link.grant.plan, same_site="lax")

    def _opened_for(self, token: str, code: str, ledger: Ledger | None) -> Opened | None:
        link = opened(token, self.desk, ledger, at=self.now())
        return link if link and (code in link.codes or code in link.handed_on) else None


_MEANWHILE = phrase(
    "Something was recorded for it since this page was opened, perhaps by this very form, so nothing was changed. "
    "Look at what is recorded before you record anything else."
)
_TOO_LATE = phrase("This cannot be taken back any more, or was before. Nothing was changed.")


def _subject(link: Opened, code: str) -> str:
    return f"{link.grant.id}\n{link.grant.version}\n{code}"


def _last(sent: Sent, name: str) -> str:
    return sent.fields.get(name, [""])[-1].strip()


def _filled(sent: Sent) -> Filled:
    """Return what was filled in, each line without what cannot be printed."""
    texts = {name: _clean(values[-1]) for name, values in sent.fields.items() if name not in ("token", "also", "seen")}
    also = tuple(dict.fromkeys(_clean(code) for code in sent.fields.get("also", ())))
    return Filled(texts=texts, also=also, files=tuple((upload.name, "") for upload in sent.files))


def _clean(text: str) -> str:
    lines = (UNPRINTABLE.sub(" ", line).strip() for line in text.encode(errors="replace").decode().splitlines())
    return "\n".join(lines).strip()


def _seen(sent: Sent) -> dict[str, int]:
    """Return the number of the last fact of each item that the page showed; what cannot be read was not seen."""
    pairs = (one.rpartition(":") for one in _last(sent, "seen").split())
    return {code: int(number) for code, _, number in pairs if number.isascii() and number.isdigit() and len(number) < 16}


def _period(text: str) -> Period | None:
    try:
        return period_named(text) if text else None
    except ValueError:
        return None


def _draft(asked: Asked, link: Opened, ledger: Ledger) -> Draft | None:
    wanted = asked.item.id, str(asked.owed.period)
    drafts = ledger.pages.drafts(link.files.plan.id, link.grant.address)
    return next((one for one in drafts if (one.item, one.period) == wanted), None)


def _from(draft: Draft) -> Filled:
    return Filled(texts=draft.fields, also=tuple(draft.fields.get("also", "").split()))


def _in_order(problems: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return problems in the order in which the page has their fields."""
    return sorted(problems.items(), key=lambda one: IN_ORDER.index(one[0]) if one[0] in IN_ORDER else -1)


def _see_other(link: Opened, code: str = "", period: Period | None = None) -> Response:
    query = f"?period={name_of(period)}" if period else ""
    return RedirectResponse(f"{link.path}/{code}{query}" if code else link.path, status_code=303)


def _refused(error: NotFromItsPage) -> Response:
    return refusal(403, "Not from this page", str(error))
