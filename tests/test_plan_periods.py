"""School years, quarters and working days: how they are written, that they tile time, and how days are counted."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from plan.periods import MonthDay, OutsideCalendar, Quarter, SchoolYear, WorkingDays

JULY = MonthDay(7, 1)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))
YEARS = st.builds(SchoolYear, st.integers(1900, 2199))
QUARTERS = st.builds(Quarter, YEARS, st.integers(1, 4))
STARTS = st.dates(date(2001, 1, 1), date(2001, 12, 31)).map(lambda day: MonthDay(day.month, day.day))

# Labor Day 2026-09-07 and a break from Wednesday to Friday, 2026-11-25 to 27.
AUTUMN = WorkingDays(
    start=date(2026, 8, 1),
    end=date(2027, 1, 1),
    closed=frozenset({date(2026, 9, 7), date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27)}),
)
INSIDE = st.dates(date(2026, 9, 1), date(2026, 11, 30))
WORKING = INSIDE.filter(lambda day: day in AUTUMN)


# --- how they are written ----------------------------------------------------------------------------------------------


@given(STARTS)
def test_a_day_of_every_year_is_read_as_it_is_written(day: MonthDay) -> None:
    assert MonthDay.parse(str(day)) == day


@given(YEARS)
def test_a_school_year_is_read_as_it_is_written(year: SchoolYear) -> None:
    assert SchoolYear.parse(str(year)) == year


@given(QUARTERS)
def test_a_quarter_is_read_as_it_is_written(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter


def test_the_turn_of_a_century_is_two_consecutive_years() -> None:
    assert SchoolYear.parse("1999-00") == SchoolYear(1999)
    assert str(SchoolYear(2099)) == "2099-00"


@pytest.mark.parametrize("text", ["7-1", "07/01", "", "2026-07-01", "07-01\n", "\u0660\u0667-01"])
def test_what_is_not_written_as_month_and_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month and a day; write it as in"):
        MonthDay.parse(text)


@pytest.mark.parametrize("text", ["02-29", "00-01", "13-01", "04-31", "01-00"])
def test_a_day_that_some_year_lacks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day of every year; write month-day"):
        MonthDay.parse(text)


@pytest.mark.parametrize("text", ["2026", "2026-2027", "2026-28", "2026-26", "1899-00", "2200-01", "26-27", "2026-27 ", ""])
def test_what_is_not_two_consecutive_years_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a school year; write two consecutive years"):
        SchoolYear.parse(text)


@pytest.mark.parametrize("text", ["2026-27 Q5", "2026-27 Q0", "2026-27Q1", "2026-27", "Q1", "2026-27 q1", "2026-27 Q1 "])
def test_what_is_not_a_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quarter; write it as in"):
        Quarter.parse(text)


def test_a_quarter_of_what_is_not_a_school_year_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a school year"):
        Quarter.parse("2026 Q1")


class _Written(BaseModel):
    year: SchoolYear
    starts: MonthDay


def test_records_take_school_years_and_days_as_text_and_give_them_back_as_text() -> None:
    written = _Written.model_validate({"year": "2026-27", "starts": "07-01"})
    assert (written.year, written.starts) == (SchoolYear(2026), JULY)
    assert written.model_dump(mode="json") == {"year": "2026-27", "starts": "07-01"}


def test_records_take_school_years_and_days_as_they_are() -> None:
    assert _Written(year=SchoolYear(2026), starts=JULY).year == SchoolYear(2026)


@pytest.mark.parametrize("field", ["year", "starts"])
def test_records_refuse_a_number_with_an_example_of_how_to_write_it(field: str) -> None:
    with pytest.raises(ValidationError, match='write it as text, as in "') as refused:
        _Written.model_validate({"year": "2026-27", "starts": "07-01", field: 2026})
    assert refused.value.errors()[0]["loc"] == (field,)


def test_the_schema_for_editors_shows_how_they_are_written() -> None:
    assert TypeAdapter(SchoolYear).json_schema() == {"type": "string", "pattern": r"^\d{4}-\d{2}$", "examples": ["2026-27"]}
    assert TypeAdapter(MonthDay).json_schema() == {"type": "string", "pattern": r"^\d{2}-\d{2}$", "examples": ["07-01"]}


# --- spans -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        pytest.param(date(2026, 7, 1), "2026-27 Q1", id="first-day-of-the-year"),
        pytest.param(date(2026, 9, 30), "2026-27 Q1", id="last-day-of-september"),
        pytest.param(date(2026, 10, 1), "2026-27 Q2", id="first-of-october"),
        pytest.param(date(2026, 12, 31), "2026-27 Q2", id="new-years-eve"),
        pytest.param(date(2027, 1, 1), "2026-27 Q3", id="new-year"),
        pytest.param(date(2027, 4, 1), "2026-27 Q4", id="first-of-april"),
        pytest.param(date(2027, 6, 30), "2026-27 Q4", id="last-day-of-the-year"),
        pytest.param(date(2024, 2, 29), "2023-24 Q3", id="leap-day"),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, quarter: str) -> None:
    assert str(Quarter.containing(day, starts=JULY)) == quarter


@pytest.mark.parametrize(
    ("quarter", "start", "end"),
    [
        ("2026-27 Q1", date(2026, 7, 1), date(2026, 10, 1)),
        ("2026-27 Q2", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-27 Q3", date(2027, 1, 1), date(2027, 4, 1)),
        ("2026-27 Q4", date(2027, 4, 1), date(2027, 7, 1)),
    ],
)
def test_a_quarter_starts_on_its_first_day_and_ends_on_the_first_day_after_it(quarter: str, start: date, end: date) -> None:
    assert (Quarter.parse(quarter).start(JULY), Quarter.parse(quarter).end(JULY)) == (start, end)


@given(DAYS, STARTS)
def test_every_day_lies_in_exactly_one_school_year(day: date, starts: MonthDay) -> None:
    year = SchoolYear.containing(day, starts=starts)
    around = (SchoolYear(year.first + n) for n in (-1, 0, 1))
    assert [one for one in around if one.start(starts) <= day < one.end(starts)] == [year]


@given(DAYS, STARTS)
def test_every_day_lies_in_exactly_one_quarter(day: date, starts: MonthDay) -> None:
    quarter = Quarter.containing(day, starts=starts)
    around = (q for n in (-1, 0, 1) for q in Quarter.all_of(SchoolYear(quarter.year.first + n)))
    assert [one for one in around if one.start(starts) <= day < one.end(starts)] == [quarter]


@given(YEARS, STARTS)
def test_the_quarters_tile_the_school_year(year: SchoolYear, starts: MonthDay) -> None:
    quarters = Quarter.all_of(year)
    assert quarters[0].start(starts) == year.start(starts)
    assert all(before.end(starts) == after.start(starts) for before, after in pairwise(quarters))
    assert quarters[-1].end(starts) == year.end(starts) == SchoolYear(year.first + 1).start(starts)


@given(QUARTERS, STARTS)
def test_a_quarter_is_about_three_months_long(quarter: Quarter, starts: MonthDay) -> None:
    assert 89 <= (quarter.end(starts) - quarter.start(starts)).days <= 93


@given(QUARTERS, QUARTERS)
def test_quarters_are_ordered_as_their_days_are(one: Quarter, other: Quarter) -> None:
    assert (one < other) == (one.start(JULY) < other.start(JULY))


def test_a_year_that_starts_on_a_31st_has_quarters_that_end_where_shorter_months_do() -> None:
    quarters = Quarter.all_of(SchoolYear(2026))
    starts = [quarter.start(MonthDay(8, 31)) for quarter in quarters]
    assert starts == [date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 31)]


# --- working days ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2026, 9, 4), True, id="friday"),
        pytest.param(date(2026, 9, 5), False, id="saturday"),
        pytest.param(date(2026, 9, 6), False, id="sunday"),
        pytest.param(date(2026, 9, 7), False, id="holiday"),
        pytest.param(date(2026, 11, 27), False, id="break"),
    ],
)
def test_weekends_holidays_and_breaks_are_not_working_days(day: date, works: bool) -> None:
    assert (day in AUTUMN) is works


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        pytest.param(date(2026, 9, 4), 0, date(2026, 9, 4), id="none-from-a-working-day-is-the-day"),
        pytest.param(date(2026, 9, 5), 0, date(2026, 9, 8), id="none-from-a-saturday-is-after-the-holiday"),
        pytest.param(date(2026, 9, 4), 1, date(2026, 9, 8), id="over-weekend-and-holiday"),
        pytest.param(date(2026, 9, 8), -1, date(2026, 9, 4), id="back-over-holiday-and-weekend"),
        pytest.param(date(2026, 9, 6), -1, date(2026, 9, 4), id="back-from-a-sunday"),
        pytest.param(date(2026, 11, 24), 1, date(2026, 11, 30), id="over-a-break"),
        pytest.param(date(2026, 11, 23), 9, date(2026, 12, 9), id="nine-over-a-break"),
    ],
)
def test_offsets_count_working_days(day: date, count: int, expected: date) -> None:
    assert AUTUMN.offset(day, count) == expected


@pytest.mark.parametrize(
    ("earlier", "later", "count"),
    [
        pytest.param(date(2026, 9, 4), date(2026, 9, 4), 0, id="same-day"),
        pytest.param(date(2026, 9, 4), date(2026, 9, 7), 0, id="only-free-days"),
        pytest.param(date(2026, 9, 4), date(2026, 9, 8), 1, id="next-working-day"),
        pytest.param(date(2026, 9, 5), date(2026, 9, 8), 1, id="from-a-saturday"),
        pytest.param(date(2026, 9, 8), date(2026, 9, 4), -1, id="backwards"),
        pytest.param(date(2026, 11, 23), date(2026, 12, 1), 3, id="over-a-break"),
    ],
)
def test_between_counts_the_working_days_after_one_day_up_to_another(earlier: date, later: date, count: int) -> None:
    assert AUTUMN.between(earlier, later) == count


def test_the_last_working_day_before_a_day_is_never_the_day_itself() -> None:
    assert AUTUMN.last_before(date(2026, 10, 1)) == date(2026, 9, 30)
    assert AUTUMN.last_before(date(2026, 9, 8)) == date(2026, 9, 4)


def test_a_day_that_is_not_a_working_day_moves_to_the_next() -> None:
    assert AUTUMN.on_or_after(date(2026, 11, 25)) == date(2026, 11, 30)
    assert AUTUMN.on_or_after(date(2026, 11, 24)) == date(2026, 11, 24)


@given(WORKING, st.integers(-20, 20))
def test_going_there_and_back_returns_to_the_same_working_day(day: date, count: int) -> None:
    assert AUTUMN.offset(AUTUMN.offset(day, count), -count) == day


@given(WORKING, st.integers(-20, 20))
def test_as_many_working_days_lie_between_as_were_counted(day: date, count: int) -> None:
    assert AUTUMN.between(day, AUTUMN.offset(day, count)) == count


@given(INSIDE, INSIDE, INSIDE)
def test_counting_can_be_done_in_parts_and_backwards(a: date, b: date, c: date) -> None:
    assert AUTUMN.between(a, b) + AUTUMN.between(b, c) == AUTUMN.between(a, c)
    assert AUTUMN.between(a, b) == -AUTUMN.between(b, a)


@given(INSIDE, st.integers(-15, 15))
def test_an_offset_always_ends_on_a_working_day(day: date, count: int) -> None:
    assert AUTUMN.offset(day, count) in AUTUMN


@given(INSIDE)
def test_between_agrees_with_counting_day_by_day(day: date) -> None:
    span = (day + timedelta(days=n) for n in range(1, 31))
    assert AUTUMN.between(day, day + timedelta(days=30)) == sum(1 for one in span if one in AUTUMN)


@pytest.mark.parametrize(
    "day", [pytest.param(date(2026, 7, 31), id="day-before-the-start"), pytest.param(date(2027, 1, 1), id="the-end-itself")]
)
def test_a_day_outside_the_calendar_is_refused_and_never_guessed(day: date) -> None:
    inside = date(2026, 10, 1)
    for ask in (
        lambda: day in AUTUMN,
        lambda: AUTUMN.on_or_after(day),
        lambda: AUTUMN.last_before(day),
        lambda: AUTUMN.offset(day, 0),
        lambda: AUTUMN.between(day, inside),
        lambda: AUTUMN.between(inside, day),
    ):
        with pytest.raises(OutsideCalendar, match="lies outside the calendar, which runs from 2026-08-01 to 2027-01-01"):
            ask()


def test_counting_out_of_the_calendar_is_refused() -> None:
    for count in (-30, 1):
        with pytest.raises(OutsideCalendar):
            AUTUMN.offset(date(2026, 12, 31) if count > 0 else date(2026, 8, 3), count)
    with pytest.raises(OutsideCalendar):
        AUTUMN.last_before(date(2026, 8, 3))
