"""Signs of life: a page for monitors, and the call by which the Prefect server has silence told."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from threading import Thread

from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response

from ledger.ledger import DatabaseBehind, DatabaseTooNew, DatabaseUnreachable, Ledger
from ledger.records import Letter
from plan.periods import OutsideCalendar
from plan.watch import Pulse
from tasks.said import pause
from tasks.watch import hand_over, hand_over_again, mail_watched, silence_letters, watched
from tasks.workplace import PlanHasProblems, Workplace
from web.desk import Desk

HEALTH = "/health"

_UNREADABLE = (DatabaseBehind, DatabaseTooNew, DatabaseUnreachable)


Later = Callable[[Callable[[], object]], None]
"""Has something done besides, while the pages live."""


def besides(work: Callable[[], object]) -> None:
    """Have something done besides; the end of the pages does not wait for it."""
    Thread(target=work, name="besides", daemon=True).start()


class Watchman:
    """Says whether reminders still run and mails go out, and has it told when reminders do not."""

    def __init__(self, desk: Desk, now: Callable[[], datetime], later: Later = besides) -> None:
        self._desk, self._now, self._later = desk, now, later
        self._last: Workplace | None = None
        with suppress(PlanHasProblems):
            self._workplace()  # read at the start, so that there is an address also when somebody breaks the files later

    def health(self) -> Response:
        """Answer 200 with a sentence while reminders run and mails go out, else 503 with the reason; names nobody."""
        try:
            with self._desk.ledger() as ledger:
                seen = mail_watched(self._desk.workplace(), ledger, at=self._now())
        except PlanHasProblems:
            return _line("The plan's files have problems; plankeeper check lists them.", 503)
        except OutsideCalendar:
            return _line("Today lies too far from the plan's years.", 503)
        except _UNREADABLE:
            return _line("The database cannot be read.", 503)
        return _line(seen.sentence, 200 if seen.pulse is Pulse.REGULAR else 503)

    def alarm(self) -> Response:
        """Queue the alert, if reminders have stopped, and send it after this answer; whoever called has shown the token.

        On a day that is not a working day it waits for the next.
        """
        at, files, settings = self._now(), self._workplace(), self._desk.settings
        with self._desk.kept.writing(came_from="") as ledger:
            seen = watched(files, ledger, at=at)
            if seen.pulse is Pulse.REGULAR:
                return _line(f"{seen.sentence} Nobody is told.", 202)
            letters = silence_letters(seen, files, ledger, settings, made_at=at)
            told = _told(letters, ledger, files, on=files.today(at))
        return _line(f"{seen.sentence} {told}", 202, BackgroundTask(self._send, files))

    def _send(self, files: Workplace) -> None:
        """Hand the alert over, and again later if it is not taken."""
        if not hand_over(files, self._desk.settings, now=self._now):
            self._later(partial(hand_over_again, files, self._desk.settings, now=self._now))

    def _workplace(self) -> Workplace:
        """Return what the files say now, or said when they could last be worked with.

        Raises:    PlanHasProblems: they never could
        """
        try:
            self._last = self._desk.workplace()
        except PlanHasProblems:
            if self._last is None:
                raise
        return self._last


def _told(letters: tuple[Letter, ...], ledger: Ledger, files: Workplace, *, on: date) -> str:
    """Queue the alert, and return what became of that."""
    if not letters:
        return "Nobody may be written to."
    if not ledger.post(letters):
        return "Its alert was written before."
    word = pause(ledger, files.plan.id)
    if word:
        return f"Its alert waits, since mail is paused by {word.by}."
    return "An alert is written." if on in files.duties.days else "Its alert waits for the next working day."


def _line(sentence: str, status: int, background: BackgroundTask | None = None) -> Response:
    return PlainTextResponse(f"{sentence}\n", status_code=status, background=background)
