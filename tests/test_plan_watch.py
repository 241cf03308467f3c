"""Whether reminders are still chosen, and the sentence that says since when they are not."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.periods import OutsideCalendar, WorkingDays
from plan.watch import Pulse, Watch, watch

FRIDAY, SATURDAY, MONDAY, HOLIDAY = date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 2), date(2026, 11, 3)
DAYS = WorkingDays(start=date(2026, 9, 1), end=date(2027, 1, 1), closed=frozenset({HOLIDAY}))


def seen(*chosen: date, on: date, hour: time) -> Watch:
    """Return what is seen if reminders were chosen on some days at 07:30."""
    return watch({day: datetime.combine(day, time(7, 30)) for day in chosen}, DAYS, as_of=on, hour=hour)


@pytest.mark.parametrize(
    ("chosen", "on", "hour", "pulse", "due"),
    [
        pytest.param([FRIDAY], MONDAY, time(8, 59), Pulse.REGULAR, FRIDAY, id="monday-has-until-nine"),
        pytest.param([FRIDAY], MONDAY, time(9), Pulse.STOPPED, MONDAY, id="at-nine-it-is-missed"),
        pytest.param([FRIDAY, MONDAY], MONDAY, time(9), Pulse.REGULAR, MONDAY, id="chosen-in-time"),
        pytest.param([MONDAY], MONDAY, time(23, 59), Pulse.REGULAR, MONDAY, id="made-up-for-on-the-same-day"),
        pytest.param([], FRIDAY, time(12), Pulse.STOPPED, FRIDAY, id="never"),
        pytest.param([FRIDAY], SATURDAY, time(12), Pulse.REGULAR, FRIDAY, id="saturday-asks-for-nothing"),
        pytest.param([], SATURDAY, time(12), Pulse.STOPPED, FRIDAY, id="saturday-does-not-forget-friday"),
        pytest.param([SATURDAY], SATURDAY, time(12), Pulse.REGULAR, FRIDAY, id="alive-again-on-saturday"),
        pytest.param([MONDAY], HOLIDAY, time(12), Pulse.REGULAR, MONDAY, id="holiday-asks-for-nothing"),
        pytest.param([date(2026, 11, 9)], MONDAY, time(12), Pulse.STOPPED, MONDAY, id="tried-for-a-later-day"),
    ],
)
def test_reminders_are_missed_from_nine_on_a_working_day(
    chosen: list[date], on: date, hour: time, pulse: Pulse, due: date
) -> None:
    found = seen(*chosen, on=on, hour=hour)
    assert (found.pulse, found.due) == (pulse, due)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        pytest.param(
            [FRIDAY, date(2026, 10, 29)],
            "No reminders were chosen on Monday 2 November 2026 by 09:00; the last time was Friday 30 October 2026 at 07:30.",
            id="missed",
        ),
        pytest.param([], "No reminders were chosen on Monday 2 November 2026 by 09:00; none ever were.", id="never"),
        pytest.param([FRIDAY, MONDAY], "Reminders last ran on Monday 2 November 2026 at 07:30.", id="regular"),
    ],
)
def test_the_sentence_names_the_day_that_was_missed_and_the_last_that_was_not(chosen: list[date], sentence: str) -> None:
    assert seen(*chosen, on=MONDAY, hour=time(9)).sentence == sentence


def test_a_day_that_was_made_up_for_later_is_told_with_the_moment_of_that() -> None:
    found = watch({FRIDAY: datetime(2026, 11, 1, 18, 5)}, DAYS, as_of=MONDAY, hour=time(9))  # noqa: DTZ001 - the zone is the plan's
    assert found.sentence.endswith("; the last time was Sunday 1 November 2026 at 18:05.")


def test_outside_the_calendar_nothing_can_be_said() -> None:
    with pytest.raises(OutsideCalendar):
        seen(on=date(2030, 1, 1), hour=time(9))


INSTANTS = st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 20))  # noqa: DTZ001 - likewise


@given(st.sets(st.dates(date(2026, 9, 20), date(2026, 12, 20))), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_waiting_never_mends_what_has_stopped_and_a_run_of_the_day_always_does(
    chosen: set[date], at: datetime, waited: timedelta
) -> None:
    later = at + waited
    before = {day for day in chosen if day <= at.date()}
    first, then = (seen(*before, on=one.date(), hour=one.time()) for one in (at, later))
    assert first.due <= then.due <= later.date()
    assert (first.pulse, then.pulse) != (Pulse.STOPPED, Pulse.REGULAR)
    assert seen(*before, later.date(), on=later.date(), hour=later.time()).pulse is Pulse.REGULAR
