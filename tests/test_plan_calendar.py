"""Which days count as working days, from the calendar as people write it."""

from datetime import date

import pytest
from pydantic import ValidationError

from plan.calendar import Break, Calendar
from plan.checks import check_calendar
from plan.periods import SchoolYear, WorkingDays
from tests.plan_builders import shipped, tree

FIRST, LAST = SchoolYear(2023), SchoolYear(2026)


def texas(*named: str, breaks: tuple[Break, ...] = ()) -> WorkingDays:
    return Calendar(subdivision="TX", holidays=named, breaks=breaks).working_days(FIRST, LAST)


def unknown(calendar: Calendar) -> list[tuple[object, str]]:
    """Return position and name of the holidays that the check finds wrong."""
    return [(found.path[-1], found.sentence.split('"')[1]) for found in check_calendar(calendar, tree())]


def test_only_weekends_are_free_where_no_holiday_is_named() -> None:
    days = Calendar().working_days(FIRST, LAST)
    assert date(2026, 12, 25) in days
    assert date(2026, 12, 26) not in days


def test_a_public_holiday_that_is_not_named_is_a_working_day() -> None:
    days = texas("Labor Day")
    assert date(2026, 9, 7) not in days
    assert date(2026, 10, 12) in days  # Columbus Day
    assert date(2026, 8, 27) in days  # Lyndon Baines Johnson Day


def test_the_day_on_which_a_holiday_is_observed_counts_with_it() -> None:
    days = texas("Independence Day", "Juneteenth National Independence Day")
    assert date(2026, 7, 3) not in days  # 4 July 2026 is a Saturday
    assert date(2027, 7, 5) not in days  # 4 July 2027 is a Sunday
    assert date(2027, 6, 18) not in days  # 19 June 2027 is a Saturday


def test_a_day_with_two_names_is_free_when_either_is_named() -> None:
    assert date(2026, 6, 19) not in texas("Juneteenth National Independence Day")
    assert date(2026, 6, 19) not in texas("Emancipation Day In Texas")
    assert date(2026, 6, 19) in texas("Labor Day")


def test_both_days_of_a_break_belong_to_it() -> None:
    days = texas(breaks=(Break(name="Fall break", first_day=date(2026, 10, 12), last_day=date(2026, 10, 14)),))
    assert [day for day in range(8, 17) if date(2026, 10, day) in days] == [8, 9, 15, 16]


def test_a_break_may_be_one_day_long() -> None:
    days = texas(breaks=(Break(name="Election", first_day=date(2026, 11, 3), last_day=date(2026, 11, 3)),))
    assert date(2026, 11, 3) not in days
    assert date(2026, 11, 4) in days


def test_a_break_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValidationError, match="it ends on 2026-10-11, before it starts on 2026-10-12; correct one of the days"):
        Break(name="Fall", first_day=date(2026, 10, 12), last_day=date(2026, 10, 11))


def test_a_break_has_at_most_200_days() -> None:
    assert Break(name="Closure", first_day=date(2026, 1, 1), last_day=date(2026, 7, 19)).last_day == date(2026, 7, 19)
    with pytest.raises(
        ValidationError,
        match="2026-01-01 to 2026-07-20 are 201 days, and 200 are allowed; correct one of the days, or divide them",
    ):
        Break(name="Closure", first_day=date(2026, 1, 1), last_day=date(2026, 7, 20))


def test_the_days_are_known_from_five_years_before_the_plan_to_ten_years_after() -> None:
    days = Calendar().working_days(FIRST, LAST)
    assert (days.start, days.end) == (date(2018, 1, 1), date(2036, 1, 1))


def test_unknown_holidays_come_with_their_position() -> None:
    calendar = Calendar(subdivision="TX", holidays=("Labor Day", "Labour Day", "Veterans Day", "Diwali"))
    assert unknown(calendar) == [(1, "Labour Day"), (3, "Diwali")]


def test_an_unknown_holiday_comes_with_the_names_to_choose_from() -> None:
    calendar = Calendar(subdivision="TX", holidays=("Labour Day",))
    [found] = check_calendar(calendar, tree())
    choice = ", ".join(calendar.library_names(FIRST, LAST))
    assert "Labor Day, Lyndon Baines Johnson Day, " in choice
    assert found.sentence == f'"Labour Day" is not a public holiday here; choose from: {choice}'


def test_holidays_are_known_even_where_the_plans_years_stand_the_wrong_way_round() -> None:
    plan = tree()
    upside_down = plan.model_copy(update={"first_year": plan.last_year, "last_year": plan.first_year})
    calendar = Calendar(subdivision="TX", holidays=("Labor Day", "Labour Day"))
    assert [found.path for found in check_calendar(calendar, upside_down)] == [("holidays", 1)]


def test_the_names_to_choose_from_are_sorted_and_free_of_observed_marks() -> None:
    names = Calendar(subdivision="TX").library_names(FIRST, LAST)
    assert names == sorted(set(names))
    assert {"Labor Day", "Independence Day", "Lyndon Baines Johnson Day"} <= set(names)
    assert not [name for name in names if "observed" in name]


@pytest.mark.parametrize("where", [{"country": "XX"}, {"country": "US", "subdivision": "ZZ"}])
def test_a_country_or_subdivision_that_the_library_lacks_has_no_holidays(where: dict[str, str]) -> None:
    calendar = Calendar.model_validate({**where, "holidays": ("Labor Day",)})
    assert calendar.library_names(FIRST, LAST) == []
    assert unknown(calendar) == [(0, "Labor Day")]
    assert date(2026, 9, 7) in calendar.working_days(FIRST, LAST)


@pytest.mark.parametrize("country", ["us", "USA", "U", "", "ÜS", "U\u0661"])
def test_a_country_is_two_capital_letters(country: str) -> None:
    with pytest.raises(ValidationError, match=f'"{country}" is not a country code; write two capital letters, as in US'):
        Calendar(country=country)


@pytest.mark.parametrize("subdivision", ["Texas", "tx", "TEXA", "", "T-X"])
def test_a_subdivision_is_one_to_three_capital_letters_or_digits(subdivision: str) -> None:
    assert Calendar(country="FR", subdivision="57").subdivision == "57"
    with pytest.raises(ValidationError, match=f'"{subdivision}" is not a code of a state or region; write it as in TX'):
        Calendar(subdivision=subdivision)


def test_the_shipped_calendar_names_ten_holidays_that_the_library_knows() -> None:
    plan, _, calendar = shipped()
    assert len(calendar.holidays) == 10
    assert list(check_calendar(calendar, plan)) == []
    assert all(one.placeholder for one in calendar.breaks)


def test_the_shipped_calendar_closes_these_days_of_the_school_year() -> None:
    plan, _, calendar = shipped()
    days = calendar.working_days(plan.first_year, plan.last_year)
    span = (date.fromordinal(n) for n in range(date(2026, 7, 1).toordinal(), date(2027, 7, 1).toordinal()))
    closed = [f"{day:%m-%d}" for day in span if day.weekday() < 5 and day not in days]
    thanksgiving = ["11-25", "11-26", "11-27"]
    winter = ["12-21", "12-22", "12-23", "12-24", "12-25", "12-28", "12-29", "12-30", "12-31", "01-01"]
    spring = ["03-15", "03-16", "03-17", "03-18", "03-19"]
    assert closed == ["07-03", "09-07", "11-11", *thanksgiving, *winter, "01-18", *spring, "05-31", "06-18"]
