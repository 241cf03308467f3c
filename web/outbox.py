"""The outbox on the administrators' pages: what went to whom and why, what is to be decided, and the word that decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.ledger import Ledger
from ledger.records import ARRIVED, HOLD, RETRY, Attempt, LetterState, Posted, Word
from plan.digests import due_notices
from plan.phrase import phrase
from plan.record import UNPRINTABLE
from plan.wording import in_plain_words
from tasks.onward import onward
from tasks.said import lift, pause, pause_mail, refusals, resume_mail
from tasks.workplace import refused_addresses
from web.answers import html, locked_in
from web.asked import Asking
from web.client import came_from
from web.desk import Desk
from web.language import language_of
from web.letters import attempts_shown, letter_shown, state_counts, waiting, words_shown
from web.post import body, mail_shown, sheet
from web.wording import STATES, moment

PATH = "/outbox"
ABOUT_LETTERS = (RETRY, ARRIVED, HOLD)
LIFT, PAUSE, RESUME = "lift", "pause", "resume"
DEEDS = (*ABOUT_LETTERS, LIFT, PAUSE, RESUME)
"""What buttons do; each names what it is done to."""
OPEN = (LetterState.IN_DOUBT, LetterState.HELD)
"""The states in which a letter waits for somebody to decide."""
MOST_ASKED = 20
"""How many letters are put up for a decision at once; the others follow as these are decided."""


class NoSuchState(LookupError):
    """No letter is ever in that state; the outbox names those that letters are in."""


class NotInOutbox(LookupError):
    """The outbox of this plan has no such letter; it lists those that it has."""


@dataclass(frozen=True)
class Outbox:
    """The pages of the outbox."""

    desk: Desk
    now: Callable[[], datetime]

    @property
    def _asking(self) -> Asking:
        return Asking(self.desk, PATH, self.desk.workplace().plan.id)

    def all(self, request: Request, state: str = "", page: str = "1") -> Response:
        """Show what was sent, to whom and why, newest first, and above it what is to be decided."""
        return self._all(request, state=state, page=page)

    def one(self, key: str, request: Request) -> Response:
        """Show one letter whole."""
        return self._one(key, request)

    def looks(self, key: str) -> Response:
        """Show a letter's HTML as it is, locked in."""
        with self.desk.ledger() as ledger:
            return locked_in(body(self._found(key, ledger)[1], "html"))

    def held_back(self, request: Request) -> Response:
        """Show who is not told today what they would have been told, and which limit holds it back."""
        judged = self.desk.judged("")
        with self.desk.ledger() as ledger:
            situation = self.desk.workplace().situation(ledger, as_of=judged.day, judging=True)
        shown = waiting(due_notices(situation, as_of=judged.day).held_back)
        works = judged.day in situation.duties.days
        told: dict[str, Any] = {"judged": judged, "waiting": shown, "works": works}
        return html("held_back", self.desk.masthead(), language=language_of(request), here="held back", **told)

    async def say(self, request: Request, key: str = "") -> Response:
        """Do what the form of the outbox, or of one letter, asks for, if an office says so."""
        _check_key(key)
        form = await self._asking.sent(request, key)
        return await run_in_threadpool(self._said, key, form, request)

    def _said(self, key: str, form: dict[str, str], request: Request) -> Response:
        asked = [(deed, form[deed]) for deed in DEEDS if form.get(deed)]
        is_open = len(asked) == 1 and (not key or asked[0][0] in ABOUT_LETTERS)
        if form.get("by") not in self._asking.offices() or not is_open:
            problem = phrase("Nothing was changed. Choose the office that decides, then press one button.")
            if key:
                return self._one(key, request, status=422, problem=problem)
            return self._all(request, status=422, problem=problem)
        ((deed, subject),) = asked
        with self.desk.kept.writing(came_from=came_from(request, self.desk.settings)) as ledger:
            self._do(deed, key or subject, ledger, by=form["by"], note=form["note"])
        return RedirectResponse(f"{PATH}/letters/{quote(key)}" if key else PATH, status_code=303)

    def _do(self, deed: str, subject: str, ledger: Ledger, *, by: str, note: str) -> None:
        plan, at = self.desk.workplace().plan.id, self.now()
        if deed in ABOUT_LETTERS:
            said = Word(about="letter", subject=subject, word=deed, by=by, note=note, said_at=at)
            ledger.tell_letter(plan, said)
        elif deed == LIFT:
            lift(ledger, plan, subject, by=by, note=note, at=at)
        elif deed == PAUSE:
            pause_mail(ledger, plan, by=by, note=note, at=at)
        else:
            resume_mail(ledger, plan, by=by, note=note, at=at)

    def _all(self, request: Request, *, state: str = "", page: str = "1", status: int = 200, problem: str = "") -> Response:
        head, files, at, nonce = self.desk.masthead(), self.desk.workplace(), self.now(), self._asking.nonce(request)
        with self.desk.ledger() as ledger:
            every = ledger.outbox(files.plan.id) if ledger else ()
            counts = state_counts(ledger.counts(files.plan.id)) if ledger else ()
            paused = pause(ledger, files.plan.id) if ledger else None
            refused = refusals(ledger, files.plan.id, files.owners) if ledger else ()
        open_ = [one for one in every if one.state in OPEN]
        listed = sheet(_in_state(every, state), page)
        told = {
            "all": len(every),
            "sheet": listed,
            "letters": [letter_shown(letter, files.owners, zone=head.zone, at=at) for letter in listed.entries],
            "counts": counts,
            "state": state,
            "state_in_words": STATES[LetterState(state)][0] if state else "",
            "paused": paused and next(words_shown([paused], zone=head.zone)),
            "open": [letter_shown(letter, files.owners, zone=head.zone, at=at) for letter in open_[:MOST_ASKED]],
            "more": len(open_) - MOST_ASKED,
            "refused": [(one, moment(one.since, head.zone)) for one in refused],
            "offices": self._asking.offices(),
            "token": self._asking.token("", nonce) if every or paused or refused else "",
            "problem": problem,
        }
        answer = html("outbox", head, language=language_of(request), here="outbox", status=status, **told)
        return self._asking.remembered(answer, nonce) if told["token"] else answer

    def _one(self, key: str, request: Request, *, status: int = 200, problem: str = "") -> Response:
        head, files, at, nonce = self.desk.masthead(), self.desk.workplace(), self.now(), self._asking.nonce(request)
        with self.desk.ledger() as ledger:
            letter, content, attempts = self._found(key, ledger)
            assert ledger is not None  # it has the letter
            words = ledger.words(files.plan.id, about="letter", subject=key)
            stands = {
                "paused": pause(ledger, files.plan.id) is not None,
                "refused": letter.address in refused_addresses(ledger, files.plan.id),
            }
        told = {
            "letter": letter_shown(letter, files.owners, zone=head.zone, at=at),
            "kind": in_plain_words(letter.kind),
            "message_id": letter.message_id,
            "follows": onward(letter, moment=lambda instant: moment(instant, head.zone), **stands),
            "attempts": list(attempts_shown(attempts, zone=head.zone)),
            "words": list(words_shown(words, zone=head.zone)),
            "mail": mail_shown(content, zone=head.zone),
            "offices": self._asking.offices(),
            "token": self._asking.token(key, nonce),
            "problem": problem,
        }
        page = html("letter", head, language=language_of(request), here="letter", status=status, **told)
        return self._asking.remembered(page, nonce)

    def _found(self, key: str, ledger: Ledger | None) -> tuple[Posted, bytes, tuple[Attempt, ...]]:
        _check_key(key)
        found = ledger.letter(self.desk.workplace().plan.id, key) if ledger else None
        if found is None:
            raise NotInOutbox(phrase('The outbox has no letter "{key}".', key=key[:80]))
        return found


def _check_key(key: str) -> None:
    """Refuse what can be no letter's key; PostgreSQL cannot even be asked for some of it.

    Raises:    NotInOutbox: it holds what cannot be printed
    """
    if UNPRINTABLE.search(key):
        raise NotInOutbox(phrase('The outbox has no letter "{key}".', key=UNPRINTABLE.sub("?", key[:80])))


def _in_state(letters: tuple[Posted, ...], state: str) -> tuple[Posted, ...]:
    if state and state not in set(LetterState):
        raise NoSuchState(
            phrase('No letter is ever "{state}"; the outbox names the states that letters are in.', state=state[:40])
        )
    return tuple(one for one in letters if state in ("", one.state))
