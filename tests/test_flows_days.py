"""The day that a flow run acts for: the one asked for, else the date of its scheduled start where the plan is kept."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext

from flows.days import NotADay, day_asked, day_asked_now, read_day
from plan.periods import OutsideCalendar
from tasks.workplace import Workplace
from tests.flow_builders import DAY, at, enlarged


@pytest.fixture(scope="module")
def workplace() -> Workplace:
    """The shipped plan, kept in El Paso."""
    return enlarged(1)


def run_of(instant: datetime) -> FlowRunContext:
    """Return the context of a flow run that was scheduled for an instant."""
    return FlowRunContext.model_construct(flow_run=FlowRun(flow_id=uuid4(), expected_start_time=instant))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("scheduled", "day"),
    [
        pytest.param(datetime(2026, 10, 22, 11, 30, tzinfo=UTC), date(2026, 10, 22), id="half-past-five-in-the-morning"),
        pytest.param(datetime(2026, 10, 22, 6, 30, tzinfo=UTC), date(2026, 10, 22), id="half-past-midnight"),
        pytest.param(datetime(2026, 10, 23, 5, 30, tzinfo=UTC), date(2026, 10, 22), id="half-past-eleven-at-night"),
        pytest.param(datetime(2026, 3, 8, 7, 30, tzinfo=UTC), date(2026, 3, 8), id="forward-half-past-midnight"),
        pytest.param(datetime(2026, 3, 8, 11, 30, tzinfo=UTC), date(2026, 3, 8), id="forward-half-past-five"),
        pytest.param(datetime(2026, 3, 9, 5, 30, tzinfo=UTC), date(2026, 3, 8), id="forward-half-past-eleven-at-night"),
        pytest.param(datetime(2026, 11, 1, 6, 30, tzinfo=UTC), date(2026, 11, 1), id="back-half-past-midnight"),
        pytest.param(datetime(2026, 11, 1, 12, 30, tzinfo=UTC), date(2026, 11, 1), id="back-half-past-five"),
        pytest.param(datetime(2026, 11, 2, 6, 30, tzinfo=UTC), date(2026, 11, 1), id="back-half-past-eleven-at-night"),
    ],
)
def test_a_run_acts_for_the_date_of_its_scheduled_start_in_the_plans_zone(
    scheduled: datetime, day: date, workplace: Workplace
) -> None:
    with run_of(scheduled), time_machine.travel(at(date(2026, 12, 31)), tick=False):
        assert day_asked("today", workplace) == day
        assert day_asked("2026-10-22", workplace) == DAY


def test_without_a_schedule_today_is_today(workplace: Workplace) -> None:
    with time_machine.travel(datetime(2026, 10, 23, 5, 30, tzinfo=UTC), tick=False):
        assert day_asked_now("today", workplace) == day_asked("today", workplace) == DAY


@pytest.mark.parametrize("text", ["", "yesterday", "22.10.2026", "2026-02-30", "2026-13-01"])
def test_what_is_not_a_day_is_refused(text: str, workplace: Workplace) -> None:
    with pytest.raises(NotADay) as refused:
        read_day(text)
    assert str(refused.value) == f'"{text}" is not a day; write year-month-day, as in 2026-10-22, or "today".'
    with pytest.raises(NotADay):
        day_asked_now(text, workplace)


def test_a_day_that_the_calendar_does_not_know_is_refused(workplace: Workplace) -> None:
    with pytest.raises(OutsideCalendar):
        day_asked_now("1999-12-31", workplace)
