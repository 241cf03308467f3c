"""Whether reminders are still chosen, and the sentence that says since when they are not."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.periods import OutsideCalendar, WorkingDays
from plan.watch import MAIL_WITHIN, Pulse, Watch, watch, watch_mail

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


def mail_seen(
    delivered: datetime | None, *, on: date, hour: time, chosen: date = MONDAY, chosen_at: time = time(7, 30)
) -> Watch:
    """Return what is seen if reminders were last chosen on a day, and a delivery last ended at an instant."""
    reminders = watch({chosen: datetime.combine(chosen, chosen_at)}, DAYS, as_of=on, hour=hour)
    return watch_mail(reminders, delivered, DAYS, as_of=on, hour=hour)


def monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 2, hour, minute)  # noqa: DTZ001 - the zone is the plan's


EVENING_BEFORE = datetime(2026, 10, 30, 17, 55)  # noqa: DTZ001 - likewise
SINCE = "No mail could be delivered since Monday 2 November 2026 at 07:35."


@pytest.mark.parametrize(
    ("delivered", "on", "hour", "sentence"),
    [
        pytest.param(monday(7, 35), MONDAY, time(9, 35), None, id="two-hours-are-not-too-long"),
        pytest.param(monday(7, 35), MONDAY, time(9, 36), SINCE, id="longer-is"),
        pytest.param(monday(7, 35), MONDAY, time(18), SINCE, id="until-six"),
        pytest.param(monday(7, 35), MONDAY, time(18, 1), None, id="not-in-the-evening"),
        pytest.param(monday(17, 55), MONDAY, time(18), None, id="the-last-of-the-day"),
        pytest.param(EVENING_BEFORE, MONDAY, time(8, 59), None, id="not-before-nine"),
        pytest.param(
            EVENING_BEFORE, MONDAY, time(9), "No mail could be delivered since Friday 30 October 2026 at 17:55.", id="from-nine"
        ),
        pytest.param(monday(7, 35), HOLIDAY, time(12), None, id="not-on-a-holiday"),
        pytest.param(
            None,
            MONDAY,
            time(9),
            "No mail could be delivered since reminders were chosen on Monday 2 November 2026 at 07:30.",
            id="never",
        ),
    ],
)
def test_on_a_working_day_mails_go_out_every_two_hours(
    delivered: datetime | None, on: date, hour: time, sentence: str | None
) -> None:
    found = mail_seen(delivered, on=on, hour=hour)
    assert (found.pulse, found.sentence) == (
        (Pulse.UNDELIVERED, sentence) if sentence else (Pulse.REGULAR, "Reminders last ran on Monday 2 November 2026 at 07:30.")
    )


def test_what_was_set_up_during_the_day_need_not_have_delivered_yet() -> None:
    assert mail_seen(None, on=MONDAY, hour=time(12), chosen_at=time(11, 40)).pulse is Pulse.REGULAR


def test_that_reminders_stopped_is_said_before_all_else() -> None:
    found = mail_seen(EVENING_BEFORE, on=MONDAY, hour=time(12), chosen=FRIDAY)
    assert (found.pulse, found.sentence[:25]) == (Pulse.STOPPED, "No reminders were chosen ")


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


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=4)))
def test_a_delivery_mends_at_once_and_its_lack_only_grows(delivered: datetime, waited: timedelta) -> None:
    at = delivered + waited
    found = mail_seen(delivered, on=at.date(), hour=at.time(), chosen=at.date())
    assert found.pulse is Pulse.REGULAR or waited > MAIL_WITHIN
    assert mail_seen(at, on=at.date(), hour=at.time(), chosen=at.date()).pulse is Pulse.REGULAR
