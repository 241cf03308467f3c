"""Milestones: what a measure is to reach by a year or a day, each judged on its own."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.facts import Facts
from plan.judgement import Judged
from plan.milestones import Milestone, milestones_of
from tests.judgement_builders import delivered, duties_of, line, of_measures, published, read, shipped_duties

FAR = date(2027, 12, 1)
"""A day on which the results of all years of the plan are due."""


def milestones(target: dict[str, Any], *facts: Any, as_of: date) -> list[Milestone]:
    """Return the milestones of measure m1, in percent, by what is known on the day."""
    duties = duties_of(of_measures({"target": target}))
    (measure,) = duties.plan.long_term_measures
    return list(milestones_of(measure, Facts(facts).known_by(as_of), duties, as_of=as_of))


def test_a_way_has_a_milestone_for_each_year_after_its_baseline() -> None:
    found = milestones(line(44, 60), as_of=date(2022, 12, 1))
    assert [(one.name, one.due, str(one.expected)) for one in found] == [
        ("2022-23", date(2023, 8, 31), "47.2"),
        ("2023-24", date(2024, 9, 2), "50.4"),  # 31 August 2024 is a Saturday
        ("2024-25", date(2025, 9, 1), "53.6"),  # 31 August 2025 is a Sunday
        ("2025-26", date(2026, 8, 31), "56.8"),
        ("2026-27", date(2027, 8, 31), "60"),
    ]
    assert {one.status for one in found} == {"not_rated"}
    assert found[0].reason == "47.2 is expected for 2022-23, whose results are due on 2023-08-31."
    assert found[0].aspect == "milestone 2022-23"


def test_each_year_keeps_what_became_of_it() -> None:
    readings = (read(48, "2022-23"), read(40, "2023-24"), read(54, "2024-25", on=date(2025, 8, 1)))
    found = milestones(line(44, 60), *readings, as_of=date(2026, 9, 1))
    assert [(one.name, str(one.status), one.reading) for one in found] == [
        ("2022-23", "on_track", 48),
        ("2023-24", "declined", 40),
        ("2024-25", "on_track", 54),
        ("2025-26", "no_data", None),
        ("2026-27", "not_rated", None),
    ]


def test_a_corrected_reading_turns_its_own_year_and_no_other() -> None:
    facts = (read(48, "2022-23"), read(40, "2023-24"), read(50.4, "2023-24", on=date(2025, 3, 1)))
    before, after = (milestones(line(44, 60), *facts, as_of=day) for day in (date(2025, 2, 28), date(2025, 3, 1)))
    assert [(one.name, two.status) for one, two in zip(before, after, strict=True) if one != two] == [("2023-24", "on_track")]


def test_a_reading_that_comes_early_is_judged_when_its_results_are_due() -> None:
    reading = read(48, "2022-23", on=date(2023, 7, 1))
    (early, *_), (due, *_) = (milestones(line(44, 60), reading, as_of=day) for day in (date(2023, 8, 30), date(2023, 8, 31)))
    assert (str(early.status), early.reading) == ("not_rated", None)
    assert (str(due.status), due.reading) == ("on_track", Decimal(48))


@pytest.mark.parametrize(
    ("facts", "as_of", "status"),
    [
        pytest.param((), date(2024, 10, 31), "not_rated", id="more-than-60-days-before"),
        pytest.param((), date(2024, 11, 1), "watch", id="60-days-before"),
        pytest.param((), date(2025, 1, 1), "off_track", id="the-day-after"),
        pytest.param(delivered(on=date(2025, 2, 3)), date(2025, 2, 3), "met", id="accepted-late"),
    ],
)
def test_a_deliverable_has_one_milestone_its_day(facts: tuple[Any, ...], as_of: date, status: str) -> None:
    (found,) = milestones({"kind": "deliverable", "by": "2024-12-31"}, *facts, as_of=as_of)
    assert (found.name, found.due, found.expected, found.status) == ("2024-12-31", date(2024, 12, 31), None, status)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param({"kind": "threshold", "at_least": 75, "by": "2026-27"}, 75, id="at-least"),
        pytest.param({"kind": "threshold", "at_most": 8, "by": "2026-27"}, 8, id="at-most"),
    ],
)
def test_a_bound_to_reach_by_a_year_has_one_milestone(target: dict[str, Any], expected: int) -> None:
    (found,) = milestones(target, read(expected, "2026-27", on=date(2027, 8, 1)), as_of=FAR)
    assert (found.name, found.expected, str(found.status)) == ("2026-27", Decimal(expected), "met")


@pytest.mark.parametrize(
    "target",
    [
        pytest.param({"kind": "threshold", "at_least": 75}, id="kept-each-year"),
        pytest.param({"kind": "change", "direction": "increase"}, id="change"),
        pytest.param({"kind": "narrative"}, id="narrative"),
    ],
)
def test_what_names_no_year_and_no_day_has_none(target: dict[str, Any]) -> None:
    assert milestones(target, as_of=FAR) == []


def test_the_latest_milestone_due_says_what_its_measure_says() -> None:
    judged = Judged(shipped_duties(), Facts(published()).known_by(date(2026, 2, 1)), date(2026, 2, 1))
    assert len(judged.milestones) == len({(one.measure, one.name) for one in judged.milestones})
    of_the_rating = {one.name: one for one in judged.milestones if one.measure == "1.1-rating"}
    assert of_the_rating["2024-25"].status == judged.measures["1.1-rating"].status == "declined"
    assert of_the_rating["2024-25"].reason == judged.measures["1.1-rating"].reason
    assert of_the_rating["2023-24"].reason.startswith("83 against 90.4 expected for 2023-24;")


@settings(deadline=None)
@given(st.dates(date(2022, 1, 1), date(2028, 1, 1)), st.integers(0, 400))
def test_waiting_never_improves_a_milestone_nor_takes_one_away(day: date, more: int) -> None:
    later = day + timedelta(days=more)
    readings = (read(48, "2022-23", on=date(2021, 1, 1)), read(40, "2023-24", on=date(2021, 1, 1)))
    before, after = (milestones(line(44, 60), *readings, as_of=one) for one in (day, later))
    assert [(one.name, one.due, one.expected) for one in before] == [(one.name, one.due, one.expected) for one in after]
    assert all(one == two or one.status == "not_rated" for one, two in zip(before, after, strict=True))
