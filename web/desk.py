"""What every page works with: the settings, the files as they are now, the ledger, and the day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from re import ASCII, fullmatch
from typing import Literal

from ledger.kept import KeptLedger
from ledger.ledger import Ledger
from plan.ladder import Situation
from plan.phrase import phrase
from plan.wording import in_words
from tasks.settings import Settings
from tasks.workplace import PlanHasProblems, Workplace, open_workplace


class NotADay(ValueError):
    """It is not a day of the calendar; write year-month-day, as in 2026-10-22."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """What stands at the head of every page, and in which zone its times are."""

    title: str = "plankeeper"
    organisation: str = ""
    zone: tzinfo = UTC
    has_inbox: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The day that a page is judged for."""

    day: date
    words: str
    distance: Literal["past", "today", "to come"]
    query: str
    """What links carry, so that the next page is judged for the same day; empty for today."""


class KeptFiles:
    """Plan, owners and calendar, read again when one of the files has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: tuple[object, Workplace] | None = None

    def workplace(self) -> Workplace:
        """Return what the files say now.

        Raises:    PlanHasProblems: they cannot be worked with
        """
        kept = self._kept
        # Looked at before reading, so that an edit made meanwhile is noticed the next time.
        stamps = [_stamp(path) for path in (self._settings.plan, self._settings.owners, self._settings.calendar)]
        if kept is None or kept[0] != stamps:
            kept = self._kept = (stamps, open_workplace(self._settings))
        return kept[1]

    def today(self, now: datetime) -> date:
        """Return the date that an instant has where the plan is kept."""
        return self.workplace().today(now)


class Desk:
    """Everything that pages are made from. Reads and never writes."""

    def __init__(self, settings: Settings, *, today: Callable[[], date]) -> None:
        self.settings = settings
        self._today = today
        self._files = KeptFiles(settings)
        self.kept = KeptLedger(settings.database)

    def workplace(self) -> Workplace:
        """Return the plan and its owners as the files say now.

        Raises:    PlanHasProblems: they cannot be worked with
        """
        return self._files.workplace()

    def masthead(self) -> Masthead:
        """Return the head of a page; it does without the plan where its files cannot be worked with."""
        has_inbox = self.settings.catches_mail
        try:
            plan = self.workplace().plan
        except PlanHasProblems:
            return Masthead(has_inbox=has_inbox)
        return Masthead(title=plan.title, organisation=plan.organisation, zone=plan.settings.time_zone, has_inbox=has_inbox)

    def judged(self, asked: str) -> Judged:
        """Return the day that a page is judged for: the one asked for, else today.

        Raises:    NotADay: it is not written as a day
                   OutsideCalendar: it lies too far from the plan's years
        """
        files, today = self.workplace(), self._today()
        day = files.covers(_read_day(asked) if asked else today)
        distance: Literal["past", "today", "to come"] = "past" if day < today else "today" if day == today else "to come"
        return Judged(day=day, words=in_words(day), distance=distance, query="" if day == today else f"?as_of={day}")

    @contextmanager
    def ledger(self) -> Iterator[Ledger | None]:
        """Open the ledger for reading; None if nothing has been recorded yet."""
        with self.kept.reading() as ledger:
            yield ledger

    def situation(self, ledger: Ledger | None, *, as_of: date) -> Situation:
        """Return what decided, or decides, about a day: what was told later does not count."""
        return self.workplace().situation(ledger, as_of=as_of, told_since=False)


def _read_day(text: str) -> date:
    # date.fromisoformat alone would also take 20261022 and 2026-W43-4, which nobody means here.
    try:
        if fullmatch(r"\d{4}-\d{2}-\d{2}", text, ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise NotADay(phrase('"{text}" is not a day of the calendar; write year-month-day, as in 2026-10-22.', text=text[:40]))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size
