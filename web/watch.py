"""Signs of life: a page for monitors, and the call by which the Prefect server has silence told."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response

from ledger.ledger import DatabaseBehind, DatabaseTooNew, DatabaseUnreachable, open_ledger
from plan.periods import OutsideCalendar
from plan.watch import Pulse
from tasks.watch import hand_over, silence_letters, watched
from tasks.workplace import PlanHasProblems, Workplace
from web.desk import Desk

HEALTH = "/health"

_UNREADABLE = (DatabaseBehind, DatabaseTooNew, DatabaseUnreachable)


class Watchman:
    """Says whether reminders still run, and has it told when they do not."""

    def __init__(self, desk: Desk, now: Callable[[], datetime]) -> None:
        self._desk, self._now = desk, now
        self._last: Workplace | None = None
        with suppress(PlanHasProblems):
            self._workplace()  # read at the start, so that there is an address also when somebody breaks the files later

    def health(self) -> Response:
        """Answer 200 with a sentence while reminders run, else 503 with the reason; names nobody."""
        try:
            with self._desk.ledger() as ledger:
                seen = watched(self._desk.workplace(), ledger, at=self._now())
        except PlanHasProblems:
            return _line("The plan's files have problems; plankeeper check lists them.", 503)
        except OutsideCalendar:
            return _line("Today lies too far from the plan's years.", 503)
        except _UNREADABLE:
            return _line("The database cannot be read.", 503)
        return _line(seen.sentence, 200 if seen.pulse is Pulse.REGULAR else 503)

    def alarm(self) -> Response:
        """Queue the alert and send it after this answer, if reminders have stopped; whoever called has shown the token."""
        at, files, settings = self._now(), self._workplace(), self._desk.settings
        with open_ledger(settings.database) as ledger:
            seen = watched(files, ledger, at=at)
            if seen.pulse is Pulse.REGULAR:
                return _line(f"{seen.sentence} Nobody is told.", 202)
            letters = silence_letters(seen, files, ledger, settings, made_at=at)
            queued = ledger.post(letters)
        told = "An alert is written." if queued else "Its alert was written before." if letters else "Nobody may be written to."
        sending = BackgroundTask(hand_over, files, settings, as_of=files.today(at), now=self._now)
        return _line(f"{seen.sentence} {told}", 202, sending)

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


def _line(sentence: str, status: int, background: BackgroundTask | None = None) -> Response:
    return PlainTextResponse(f"{sentence}\n", status_code=status, background=background)
