"""What each kind of item owes, from when, and until when."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.calendar import Break, Calendar
from plan.duties import DUE_AFTER_DAYS, SUMMARY_AFTER_DAYS, Duties, Obligation
from plan.model import Plan
from plan.periods import Quarter, SchoolYear
from tests.plan_builders import duties_of, shipped, tree


def measure(target: dict[str, Any], **more: Any) -> Plan:
    return tree({"long_term_measures": [{"id": "m", "title": "M", "unit": "percent", "target": target, **more}]})


def owed(plan: Plan, code: str, period: str) -> Obligation:
    return next(one for one in duties_of(plan).of(plan.items[code]) if str(one.period) == period)


def periods(plan: Plan, code: str, year: str = "2026-27") -> list[str]:
    return [str(one.period) for one in duties_of(plan).of(plan.items[code]) if str(one.period).startswith(year)]


THRESHOLD = {"kind": "threshold", "at_least": 90}
ACTION = {"actions": [{"id": "1.1A", "title": "A"}]}


# --- check-ins and evidence, quarter by quarter ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quarter", "opens_on", "due", "summary_due"),
    [
        ("2026-27 Q1", date(2026, 9, 30), date(2026, 10, 14), date(2026, 10, 21)),
        ("2026-27 Q2", date(2026, 12, 31), date(2027, 1, 14), date(2027, 1, 21)),
        ("2026-27 Q3", date(2027, 3, 31), date(2027, 4, 14), date(2027, 4, 21)),
        ("2026-27 Q4", date(2027, 6, 30), date(2027, 7, 14), date(2027, 7, 21)),
    ],
)
def test_a_quarter_opens_on_its_last_working_day_and_is_due_10_days_later_its_summary_15(
    quarter: str, opens_on: date, due: date, summary_due: date
) -> None:
    plan = tree(ACTION)
    action, objective = owed(plan, "1.1A", quarter), owed(plan, "1.1", quarter)
    assert (action.kind, action.opens_on, action.due) == ("check-in", opens_on, due)
    assert (objective.kind, objective.opens_on, objective.due) == ("check-in", opens_on, summary_due)


def test_a_quarter_that_ends_in_a_break_opens_before_the_break() -> None:
    plan, _, calendar = shipped()
    duties = Duties(plan, calendar.working_days(plan.first_year, plan.last_year))
    one = next(one for one in duties.of(plan.items["1.1A"]) if str(one.period) == "2026-27 Q2")
    assert (one.opens_on, one.due) == (date(2026, 12, 18), date(2027, 1, 15))


def test_a_progress_measure_owes_evidence_each_quarter() -> None:
    plan = tree({"progress_measures": [{"id": "pm", "title": "PM"}]})
    assert {one.kind for one in duties_of(plan).of(plan.items["pm"])} == {"evidence"}
    assert periods(plan, "pm") == ["2026-27 Q1", "2026-27 Q2", "2026-27 Q3", "2026-27 Q4"]


def test_everything_is_owed_over_all_the_plans_years_first_to_last() -> None:
    plan = tree(ACTION)
    found = [one.period for one in duties_of(plan).of(plan.items["1.1A"])]
    assert found == [q for year in range(2023, 2027) for q in Quarter.all_of(SchoolYear(year))]


@pytest.mark.parametrize(
    ("settings", "objective", "action", "expected"),
    [
        pytest.param(None, None, None, [1, 2, 3, 4], id="quarter-by-default"),
        pytest.param("half-year", None, None, [2, 4], id="plan"),
        pytest.param("half-year", "year", None, [4], id="objective-before-plan"),
        pytest.param("half-year", "year", "quarter", [1, 2, 3, 4], id="action-before-objective"),
        pytest.param(None, "half-year", None, [2, 4], id="objective"),
    ],
)
def test_the_nearest_cadence_wins(settings: str | None, objective: str | None, action: str | None, expected: list[int]) -> None:
    item = {"title": "A"} | ({"cadence": action} if action else {})
    inside = {"actions": [{"id": "a", **item}], "progress_measures": [{"id": "pm", **item}]}
    strand = {"id": "1.1.1", "title": "S", "actions": [{"id": "b", **item}]}
    cadence: dict[str, Any] = {"cadence": settings} if settings else {}
    plan = tree(
        {**inside, "strands": [strand]} | ({"cadence": objective} if objective else {}),
        **cadence,
    )
    for code in ("a", "b", "pm"):
        assert periods(plan, code) == [f"2026-27 Q{number}" for number in expected]


def test_an_objectives_cadence_is_its_own_before_the_plans() -> None:
    assert periods(tree({"cadence": "half-year"}), "1.1") == ["2026-27 Q2", "2026-27 Q4"]
    assert periods(tree(cadence="year"), "1.1") == ["2026-27 Q4"]


def test_another_fiscal_year_has_other_quarters() -> None:
    one = owed(tree(ACTION, fiscal_year_starts="09-01"), "1.1A", "2026-27 Q1")
    assert (one.opens_on, one.due) == (date(2026, 11, 30), date(2026, 12, 14))


# --- long-term measures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "opens_on", "due"),
    [
        pytest.param("2025-26", date(2026, 8, 17), date(2026, 8, 31), id="a-monday"),
        pytest.param("2023-24", date(2024, 8, 19), date(2024, 9, 2), id="a-saturday-moves-to-monday"),
        pytest.param("2026-27", date(2027, 8, 17), date(2027, 8, 31), id="the-last-year"),
    ],
)
def test_a_reading_is_due_once_the_years_results_are_out(year: str, opens_on: date, due: date) -> None:
    one = owed(measure(THRESHOLD), "m", year)
    assert (one.kind, one.opens_on, one.due) == ("reading", opens_on, due)


def test_a_measure_may_have_a_day_of_its_own_for_its_results() -> None:
    assert owed(measure(THRESHOLD, results_by="01-15"), "m", "2025-26").due == date(2026, 1, 15)
    assert owed(
        tree({"long_term_measures": [{"id": "m", "title": "M", "unit": "u", "target": THRESHOLD}]}, results_by="10-01"),
        "m",
        "2025-26",
    ).due == date(2026, 10, 1)


def test_a_reading_is_owed_once_for_each_year() -> None:
    plan = measure({"kind": "change", "direction": "increase"})
    assert [str(one.period) for one in duties_of(plan).of(plan.items["m"])] == ["2023-24", "2024-25", "2025-26", "2026-27"]


def test_a_deliverable_owes_its_evidence_once_by_its_day() -> None:
    plan = measure({"kind": "deliverable", "by": "2026-12-31"})
    [one] = duties_of(plan).of(plan.items["m"])
    assert (one.kind, str(one.period)) == ("evidence", "2026-27")
    assert (one.opens_on, one.due) == (date(2026, 12, 17), date(2026, 12, 31))


def test_a_deliverable_by_a_free_day_is_due_on_the_next_working_day() -> None:
    plan = measure({"kind": "deliverable", "by": "2026-10-03"})
    assert duties_of(plan).of(plan.items["m"])[0].due == date(2026, 10, 5)


def test_a_deliverable_beyond_the_plans_last_year_is_still_owed() -> None:
    plan = measure({"kind": "deliverable", "by": "2028-12-31"})
    [one] = duties_of(plan).of(plan.items["m"])
    assert (str(one.period), one.due) == ("2028-29", date(2029, 1, 1))


def test_a_narrative_is_rated_each_quarter_when_the_actions_check_in() -> None:
    plan = measure({"kind": "narrative"})
    one = owed(plan, "m", "2026-27 Q1")
    assert (one.kind, one.opens_on, one.due) == ("check-in", date(2026, 9, 30), date(2026, 10, 14))


# --- what is chased, and what is current -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(date(2026, 9, 29), [], id="not-open-yet"),
        pytest.param(date(2026, 9, 30), ["2026-27 Q1"], id="the-day-it-opens"),
        pytest.param(date(2026, 12, 31), ["2026-27 Q1", "2026-27 Q2"], id="an-older-one-is-not-forgotten"),
    ],
)
def test_chased_is_what_is_open_and_opened_since_begins_on(as_of: date, expected: list[str]) -> None:
    plan = tree(ACTION)
    assert [str(one.period) for one in duties_of(plan).chased(plan.items["1.1A"], as_of=as_of)] == expected


@pytest.mark.parametrize(("begins_on", "count"), [("2026-09-30", 1), ("2026-10-01", 0)])
def test_what_opens_on_begins_on_is_chased_and_what_opened_before_is_not(begins_on: str, count: int) -> None:
    plan = tree(ACTION, begins_on=begins_on)
    assert len(duties_of(plan).chased(plan.items["1.1A"], as_of=date(2026, 11, 2))) == count


@pytest.mark.parametrize(
    ("as_of", "period"),
    [
        pytest.param(date(2020, 1, 1), "2023-24 Q1", id="before-the-plan-its-first"),
        pytest.param(date(2026, 9, 29), "2025-26 Q4", id="the-one-before"),
        pytest.param(date(2026, 9, 30), "2026-27 Q1", id="the-day-it-opens"),
        pytest.param(date(2030, 1, 1), "2026-27 Q4", id="after-the-plan-its-last"),
    ],
)
def test_current_is_what_opened_last(as_of: date, period: str) -> None:
    plan = tree(ACTION)
    one = duties_of(plan).current(plan.items["1.1A"], as_of=as_of)
    assert one is not None
    assert str(one.period) == period


def test_two_items_of_one_kind_owe_for_the_same_days() -> None:
    plan = tree({"actions": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]})
    one, other = (duties_of(plan).of(plan.items[code]) for code in "ab")
    assert [(o.period, o.opens_on, o.due) for o in one] == [(o.period, o.opens_on, o.due) for o in other]
    assert {o.item for o in one} == {"a"}


@given(
    st.dates(date(2026, 7, 1), date(2027, 6, 1)),
    st.integers(0, 30),
    st.sampled_from(["1.1A", "1.1", "1.2.1-ccmr", "4.1-facilities", "3.1-voice"]),
)
def test_every_obligation_opens_and_falls_due_on_a_working_day_a_fixed_count_apart(first: date, length: int, code: str) -> None:
    plan, _, _ = shipped()
    end = date.fromordinal(first.toordinal() + length)
    days = Calendar(breaks=(Break(name="Some break", first_day=first, last_day=end),)).working_days(
        plan.first_year, plan.last_year
    )
    expected = DUE_AFTER_DAYS + (SUMMARY_AFTER_DAYS if code == "1.1" else 0)
    for one in Duties(plan, days).of(plan.items[code]):
        assert one.opens_on in days
        assert one.due in days
        assert days.between(one.opens_on, one.due) == expected
