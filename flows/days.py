"""The clock: the only place, with the command line, where the day and the instant are read."""

from datetime import UTC, date, datetime

from tasks.workplace import Workplace

TODAY = "today"


class NotADay(ValueError):
    """It is neither "today" nor a day; write year-month-day, as in 2026-10-22."""


def now() -> datetime:
    """Return the instant, in UTC."""
    return datetime.now(UTC)


def day_asked_now(as_of: str, workplace: Workplace) -> date:
    """Return the day that a command, or a run made up for, looks at: the one asked for, or the date where the plan is kept.

    Raises:    NotADay: it is neither "today" nor a day
               OutsideCalendar: it lies too far from the plan's years
    """
    return _day(as_of, workplace, at=now())


def day_asked(as_of: str, workplace: Workplace) -> date:
    """Return the day that a flow run acts for: the one asked for, or the date of its scheduled start where the plan is kept.

    A worker that comes late therefore still acts for the day of its schedule.

    Raises:    NotADay: it is neither "today" nor a day
               OutsideCalendar: it lies too far from the plan's years
    """
    from prefect.runtime import flow_run  # noqa: PLC0415 - the commands that only read do without Prefect

    return _day(as_of, workplace, at=flow_run.get_scheduled_start_time() or now())


def _day(as_of: str, workplace: Workplace, *, at: datetime) -> date:
    return workplace.covers(workplace.today(at) if as_of == TODAY else read_day(as_of))


OVER = "The day that this run was scheduled for is over; the run of a later day makes up for it."


def is_over(as_of: str, day: date, workplace: Workplace) -> bool:
    """Return whether a scheduled run comes only after its day, so that it should do nothing."""
    return as_of == TODAY and day < workplace.today(now())


def read_day(text: str) -> date:
    """Read a day as in 2026-10-22.

    Raises:    NotADay: it is not a day
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(f'"{text}" is not a day; write year-month-day, as in 2026-10-22, or "today".') from None
