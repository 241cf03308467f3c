"""What changed between two plans: every field that differs is told, with its figures, and the order alone is no change."""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import create_model

from plan.changes import PlanChange, changes, parts
from plan.model import (
    Action,
    Change,
    Deliverable,
    Ladder,
    LongTermMeasure,
    Narrative,
    Objective,
    Plan,
    Priority,
    ProgressMeasure,
    Rung,
    Settings,
    Strand,
    Threshold,
    Trajectory,
)
from plan.periods import MonthDay, SchoolYear
from plan.record import Record
from tests.plan_builders import tree

LAW = settings(deadline=None)
MEASURE: dict[str, Any] = {"id": "1.1-m", "title": "Rating", "unit": "percent", "target": {"kind": "narrative"}}
OWN = {"applies_from": "2027-07-01", "rungs": [{"step": "due", "day": 0, "to": ["owner"]}]}


def measured(**changed: Any) -> Plan:
    """Return a plan of one long-term measure."""
    return tree({"long_term_measures": [MEASURE | changed]})


def acting(*actions: dict[str, Any], **more: Any) -> Plan:
    """Return a plan of one objective with some actions, and what else it is to hold."""
    return tree({"actions": list(actions), **more})


def said(old: Plan, new: Plan) -> list[str]:
    return [one.sentence for one in changes(old, new)]


def way(line_between: bool = False, **points: Any) -> dict[str, Any]:
    """Return a path; a point y24 is that of 2024-25."""
    by_year = {str(SchoolYear(2000 + int(year[1:]))): value for year, value in points.items()}
    return {"kind": "trajectory", "points": by_year, "line_between": line_between}


# --- targets -----------------------------------------------------------------------------------------------------------

RISING, FALLING = way(y22=56, y26=91), way(y22=20, y26=10)
YEARLY = way(y22=63, y23=70, y24=77, y25=84, y26=91)
BOUND = {"kind": "threshold", "at_least": 75, "by": "2026-27"}
YEAR_TO_YEAR = {"kind": "change", "direction": "increase", "at_least": 2, "at_most": 5}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        pytest.param(
            YEARLY,
            way(y22=63, y23=70, y24=74, y25=80, y26=85),
            "the target for 2026-27 falls from 91 to 85 percent, which asks for less; "
            "the points for 2024-25 and 2025-26 fall from 77 to 74 and from 84 to 80.",
            id="target-and-points-lowered",
        ),
        pytest.param(
            RISING,
            way(y22=56, y26="91.5"),
            "the target for 2026-27 rises from 91 to 91.5 percent, which asks for more.",
            id="target-raised",
        ),
        pytest.param(
            RISING,
            way(y22=56, y26="91.001"),
            "the target for 2026-27 rises from 91 to 91.001 percent, which asks for more.",
            id="a-figure-is-never-rounded",
        ),
        pytest.param(
            FALLING,
            way(y22=20, y26=8),
            "the target for 2026-27 falls from 10 to 8 percent, which asks for more.",
            id="lower-asks-for-more-where-the-figure-is-to-fall",
        ),
        pytest.param(
            RISING,
            way(y22=56, y27=91),
            "the target of 91 percent is to be reached in 2027-28 instead of 2026-27, which gives more time.",
            id="target-later",
        ),
        pytest.param(
            RISING,
            way(y22=56, y25=91),
            "the target of 91 percent is to be reached in 2025-26 instead of 2026-27, which gives less time.",
            id="target-earlier",
        ),
        pytest.param(
            RISING,
            way(y22=56, y27=85),
            "the target is 85 percent in 2027-28 instead of 91 percent in 2026-27, which asks for less.",
            id="target-lower-and-later",
        ),
        pytest.param(
            RISING,
            way(y22=56, y27=95),
            "the target is 95 percent in 2027-28 instead of 91 percent in 2026-27.",
            id="higher-but-later-is-neither",
        ),
        pytest.param(
            RISING,
            way(y22=58, y26=91),
            "the baseline for 2022-23 rises from 56 to 58 percent.",
            id="baseline-raised",
        ),
        pytest.param(
            RISING,
            way(y21=50, y26=91),
            "the baseline is 50 percent in 2021-22 instead of 56 percent in 2022-23.",
            id="baseline-of-another-year",
        ),
        pytest.param(
            RISING,
            way(y22=56, y26=40),
            "the figure is to fall, and was to rise; the target for 2026-27 falls from 91 to 40 percent.",
            id="the-other-way",
        ),
        pytest.param(
            FALLING,
            way(y22=5, y26=10),
            "the figure is to rise, and was to fall; the baseline for 2022-23 falls from 20 to 5 percent.",
            id="the-other-way-by-its-baseline",
        ),
        pytest.param(
            YEARLY,
            way(y22=63, y23=72, y24=76, y25=84, y26=91),
            "the point for 2024-25 falls from 77 to 76; the point for 2023-24 rises from 70 to 72.",
            id="points-both-ways",
        ),
        pytest.param(
            RISING,
            YEARLY | {"points": YEARLY["points"] | {"2022-23": 56}},
            "points are added for 2023-24 (70), 2024-25 (77) and 2025-26 (84).",
            id="points-added",
        ),
        pytest.param(
            way(y24=70, y25=80, y26=90), way(y24=70, y26=90), "the point for 2025-26 (80) is taken out.", id="point-taken-out"
        ),
        pytest.param(way(y24=70, y26=90), way(y24=70, y25=80, y26=90), "a point is added for 2025-26 (80).", id="point-added"),
        pytest.param(
            way(y24=70, y26=90),
            way(y24=70, y25=80, y26=88, y27=90),
            "the target of 90 percent is to be reached in 2027-28 instead of 2026-27, which gives more time; "
            "the point for 2026-27 falls from 90 to 88; a point is added for 2025-26 (80).",
            id="the-old-targets-year-becomes-a-point",
        ),
        pytest.param(
            way(y24=70, y25=80, y26=90),
            way(line_between=True, y24=70, y25=80, y26=90),
            "years without a point may be read off the line between their neighbours.",
            id="line-between",
        ),
        pytest.param(
            way(line_between=True, y24=70, y25=80, y26=90),
            way(y24=70, y25=80, y26=90),
            "years without a point may no longer be read off the line between their neighbours.",
            id="no-line-between",
        ),
        pytest.param(
            BOUND,
            BOUND | {"at_least": 70},
            "the lower bound falls from 75 to 70 percent, which asks for less.",
            id="lower-bound-lowered",
        ),
        pytest.param(
            {"kind": "threshold", "at_most": 1000},
            {"kind": "threshold", "at_most": 1200},
            "the upper bound rises from 1,000 to 1,200 percent, which asks for less.",
            id="upper-bound-raised",
        ),
        pytest.param(
            BOUND,
            BOUND | {"at_most": 90},
            "the upper bound of 90 percent is new, which asks for more.",
            id="upper-bound-new",
        ),
        pytest.param(
            BOUND | {"at_most": 90},
            BOUND,
            "the upper bound of 90 percent is taken out, which asks for less.",
            id="upper-bound-gone",
        ),
        pytest.param(
            BOUND,
            BOUND | {"by": "2028-29"},
            "it is to be reached by 2028-29 instead of 2026-27, which gives more time.",
            id="bound-later",
        ),
        pytest.param(
            BOUND,
            {"kind": "threshold", "at_least": 75},
            "it is to be kept each year, and was to be reached by 2026-27.",
            id="bound-kept-each-year",
        ),
        pytest.param(
            {"kind": "threshold", "at_least": 75},
            BOUND,
            "it is to be reached by 2026-27, and was to be kept each year.",
            id="bound-reached-by-a-year",
        ),
        pytest.param(
            YEAR_TO_YEAR,
            YEAR_TO_YEAR | {"direction": "decrease", "at_least": 1},
            "the figure is to decrease each year, and was to increase; "
            "the smallest change wanted each year falls from 2 to 1 percent.",
            id="change-the-other-way",
        ),
        pytest.param(
            YEAR_TO_YEAR,
            YEAR_TO_YEAR | {"at_least": 3, "at_most": 6},
            "the smallest change wanted each year rises from 2 to 3 percent, which asks for more; "
            "the largest change wanted each year rises from 5 to 6 percent.",
            id="change-by-more",
        ),
        pytest.param(
            YEAR_TO_YEAR,
            YEAR_TO_YEAR | {"measured_in": "percent"},
            "the change is measured in percent of the year before, and was measured in the measure's own unit.",
            id="change-measured-otherwise",
        ),
        pytest.param(
            {"kind": "deliverable", "by": "2026-12-31"},
            {"kind": "deliverable", "by": "2026-11-30"},
            "it is to be done by 30 November 2026 instead of 31 December 2026, which gives less time.",
            id="deliverable-earlier",
        ),
        pytest.param(
            BOUND,
            RISING,
            "the kind of target changed: it was a bound, 75 or more by 2026-27, "
            "and is now a path from a baseline to a target, from 56 in 2022-23 to 91 in 2026-27.",
            id="bound-becomes-path",
        ),
        pytest.param(
            {"kind": "deliverable", "by": "2026-12-31"},
            {"kind": "narrative"},
            "the kind of target changed: it was something to be finished by a day, to be done by 31 December 2026, "
            "and is now a rating without a figure, rated each quarter.",
            id="deliverable-becomes-narrative",
        ),
        pytest.param(
            YEAR_TO_YEAR,
            {"kind": "narrative"},
            "the kind of target changed: it was a change from year to year, an increase of 2 to 5 each year, "
            "and is now a rating without a figure, rated each quarter.",
            id="change-becomes-narrative",
        ),
    ],
)
def test_a_target_is_told_with_its_figures_and_what_it_asks_for(was: Any, now: Any, told: str) -> None:
    (change,) = changes(measured(target=was), measured(target=now))
    assert (change.kind, change.key, change.sentence) == ("target", "target", f"Rating (1.1-m): {told}")


def test_figures_of_two_units_stand_without_a_unit() -> None:
    was, now = measured(target=BOUND), measured(target=BOUND | {"at_least": 300}, unit="students")
    assert said(was, now) == [
        "Rating (1.1-m): the unit changed from percent to students.",
        "Rating (1.1-m): the lower bound rises from 75 to 300, which asks for more.",
    ]


# --- what else an item has ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        pytest.param({}, {"unit": "points"}, "the unit changed from percent to points.", id="unit"),
        pytest.param({}, {"weight": 2}, "its weight in the objective rises from 1 to 2.", id="weight"),
        pytest.param({"tolerance": 2}, {"tolerance": 1}, "the tolerance falls from 2 to 1.", id="tolerance"),
        pytest.param(
            {}, {"tolerance": "0.5"}, "the tolerance changed from what is usual for the unit to 0.5.", id="tolerance-of-its-own"
        ),
        pytest.param(
            {"results_by": "09-30"},
            {},
            "the day by which its results are out changed from 30 September to the plan's own day.",
            id="results-by",
        ),
        pytest.param({}, {"part_of": "x"}, "the measure that it is part of: none before, x now.", id="part-of"),
        pytest.param(
            {"student_group": "Emergent Bilingual"},
            {},
            "the student group: Emergent Bilingual before, none now.",
            id="student-group",
        ),
        pytest.param(
            {}, {"paused_until": "2027-01-04"}, "it is paused, and asked for again from 4 January 2027 on.", id="paused"
        ),
        pytest.param(
            {"paused_until": "2027-01-04"},
            {"paused_until": "2027-02-01"},
            "it is paused, and asked for again from 1 February 2027 on instead of 4 January 2027.",
            id="paused-for-longer",
        ),
        pytest.param({"paused_until": "2027-01-04"}, {}, "it is no longer paused until 4 January 2027.", id="no-longer-paused"),
    ],
)
def test_a_detail_of_a_measure_is_told(was: dict[str, Any], now: dict[str, Any], told: str) -> None:
    (change,) = changes(measured(**was), measured(**now))
    assert (change.kind, change.key, change.sentence) == ("detail", next(iter(now | was)), f"Rating (1.1-m): {told}")


def test_how_often_an_item_is_asked_for_is_told() -> None:
    was, now = acting({"id": "1.1A", "title": "Tutor"}), acting({"id": "1.1A", "title": "Tutor", "cadence": "half-year"})
    assert said(was, now) == ["Tutor (1.1A): how often it is asked for changed from the plan's own rhythm to each half-year."]


def test_a_default_that_is_written_out_is_no_change() -> None:
    assert changes(measured(), measured(weight="1.0")) == ()


# --- the plan as a whole -----------------------------------------------------------------------------------------------


def whole(**changed: Any) -> Plan:
    """Return a plan of which some keys are others."""
    plan = tree()
    return Plan.model_validate({name: getattr(plan, name) for name in Plan.model_fields} | changed)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"title": "Uphill"}, 'The plan is retitled: "Riverside" became "Uphill".', id="title"),
        pytest.param({"id": "uphill"}, "The plan's code changed from riverside to uphill.", id="code"),
        pytest.param(
            {"organisation": "Uphill ISD"},
            'The plan\'s organisation changed from "Riverside ISD" to "Uphill ISD".',
            id="organisation",
        ),
        pytest.param({"last_year": "2027-28"}, "The plan's last school year changed from 2026-27 to 2027-28.", id="last-year"),
    ],
)
def test_what_changed_in_the_plan_as_a_whole_is_told(changed: dict[str, Any], told: str) -> None:
    (change,) = changes(whole(), whole(**changed))
    assert (change.priority, change.objective, change.sentence) == ("", "", told)


IN_OWN, LATER = (
    "In the ladder that applies from 1 July 2027",
    'to "due" 1 working day after the due date to owner and plan administrator',
)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        pytest.param(
            {},
            {"begins_on": "2026-08-01"},
            ["The first day from which answers are asked for changed from 1 July 2026 to 1 August 2026."],
            id="begins-on",
        ),
        pytest.param(
            {},
            {"time_zone": "America/Chicago"},
            ["The time zone changed from America/Denver to America/Chicago."],
            id="time-zone",
        ),
        pytest.param(
            {},
            {"fiscal_year_starts": "09-01"},
            ["The first day of the school year changed from 1 July to 1 September."],
            id="school-year",
        ),
        pytest.param({}, {"cadence": "year"}, ["How often is asked changed from each quarter to each year."], id="cadence"),
        pytest.param(
            {},
            {"digests_per_week": "unlimited"},
            ["The number of mails that one person gets in a week at most changed from 3 to unlimited."],
            id="digests",
        ),
        pytest.param(
            {"evidence_valid_months": 18},
            {},
            ["The number of months for which evidence is valid falls from 18 to 12."],
            id="evidence",
        ),
        pytest.param(
            {},
            {"ladders": [OWN]},
            ['The ladder that applies from 1 July 2027 is new, of 1 step: "due" on the due date to owner.'],
            id="ladder-new",
        ),
        pytest.param(
            {"ladders": [OWN | {"applies_from": "0001-01-01"}]},
            {},
            ["The ladder that applies from the beginning is taken out."],
            id="ladder-gone",
        ),
        pytest.param(
            {"ladders": [OWN | {"rungs": [*OWN["rungs"], {"step": "late", "day": 3, "to": ["owner"]}]}]},
            {
                "ladders": [
                    OWN
                    | {
                        "rungs": [
                            {"step": "soon", "day": -1, "to": ["owner"]},
                            {"step": "due", "day": 1, "to": ["owner", "plan_administrator"]},
                        ]
                    }
                ]
            },
            [
                f'{IN_OWN}, a step is added: "soon" 1 working day before the due date to owner.',
                f'{IN_OWN}, a step changed from "due" on the due date to owner {LATER}.',
                f'{IN_OWN}, a step is taken out: "late" 3 working days after the due date to owner.',
            ],
            id="rungs",
        ),
        pytest.param(
            {"ladders": [OWN, OWN | {"applies_from": "2028-07-01"}]},
            {"ladders": [OWN | {"applies_from": "2028-07-01"}, OWN]},
            [],
            id="ladders-in-another-order",
        ),
    ],
)
def test_a_setting_is_told_in_words(was: dict[str, Any], now: dict[str, Any], told: list[str]) -> None:
    found = changes(tree(**was), tree(**now))
    assert [one.sentence for one in found] == told
    assert {(one.kind, one.key) for one in found} <= {("setting", f"settings.{next(iter(was | now))}")}


# --- what came, went and moved -----------------------------------------------------------------------------------------

TUTOR, MENTOR = {"id": "1.1A", "title": "Tutor"}, {"id": "1.1B", "title": "Mentor"}
COLLEGE, CAREER = {"id": "1.1.1", "title": "College"}, {"id": "1.1.2", "title": "Career"}


def test_an_item_that_came_is_told_with_its_title_its_target_and_all_that_was_given() -> None:
    measure = MEASURE | {"target": BOUND, "weight": 2, "paused_until": "2027-01-04", "student_group": "Emergent Bilingual"}
    more = "the student group: Emergent Bilingual; its weight in the objective: 2; not asked for before 4 January 2027"
    assert said(tree(), tree({"long_term_measures": [measure]})) == [
        f'Added: the long-term measure "Rating" (1.1-m), 75 or more by 2026-27 (percent); {more}.'
    ]


def test_an_item_that_went_is_told_with_its_title_and_its_target() -> None:
    measure = MEASURE | {"target": {"kind": "deliverable", "by": "2026-12-31"}, "unit": None}
    assert said(tree({"long_term_measures": [measure]}), tree()) == [
        'Removed: the long-term measure "Rating" (1.1-m), to be done by 31 December 2026.'
    ]


def test_an_item_of_a_strand_is_told_with_its_strand() -> None:
    was, now = acting(strands=[COLLEGE]), acting(strands=[COLLEGE | {"actions": [TUTOR]}])
    assert said(was, now) == ['Added: the action "Tutor" (1.1A), in the strand "College" (1.1.1).']
    assert said(now, was) == ['Removed: the action "Tutor" (1.1A), in the strand "College" (1.1.1).']


def test_another_title_is_told_beside_the_one_before() -> None:
    (change,) = changes(acting(TUTOR), acting(TUTOR | {"title": "Tutor daily"}))
    assert (change.kind, change.title) == ("retitled", "Tutor daily")
    assert change.sentence == 'The action 1.1A is retitled: "Tutor" became "Tutor daily".'


def test_an_item_gone_and_one_come_with_the_same_title_are_one_with_a_new_code() -> None:
    (change,) = changes(acting(TUTOR), acting(TUTOR | {"id": "1.1T"}))
    assert (change.kind, change.item) == ("recoded", "1.1T")
    assert change.sentence == "Tutor: the action now has the code 1.1T; it was 1.1A."


def test_what_else_changed_in_an_item_with_a_new_code_is_told_too() -> None:
    was, now = measured(target=BOUND), measured(id="1.1-n", target=BOUND | {"at_least": 80})
    assert [(one.kind, one.item) for one in changes(was, now)] == [("recoded", "1.1-n"), ("target", "1.1-n")]


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(
            {"actions": [{"id": "1.1X", "title": "Tutor"}, {"id": "1.1Y", "title": "Tutor"}]}, id="two-with-the-title"
        ),
        pytest.param({"progress_measures": [{"id": "1.1X", "title": "Tutor"}]}, id="another-kind-of-item"),
    ],
)
def test_a_title_that_does_not_tell_which_is_which_gives_no_new_code(now: dict[str, Any]) -> None:
    assert {one.kind for one in changes(acting(TUTOR), tree(now))} == {"added", "removed"}


def test_an_objective_with_a_new_code_takes_what_it_holds_along() -> None:
    strand = COLLEGE | {"actions": [TUTOR]}
    (change,) = changes(acting(strands=[strand]), acting(id="1.7", strands=[strand]))
    assert change.sentence == "Growth: the objective now has the code 1.7; it was 1.1."
    assert (change.priority, change.objective) == ("P1", "1.7")


def test_a_component_of_a_measure_with_a_new_code_is_no_change_of_its_own() -> None:
    part, kept = MEASURE | {"id": "p", "title": "Part"}, MEASURE | {"id": "q", "title": "Kept", "part_of": None}

    def holding(code: str) -> Plan:
        return tree({"long_term_measures": [MEASURE | {"id": code}, part | {"part_of": code}, kept]})

    assert [one.kind for one in changes(holding("old"), holding("new"))] == ["recoded"]


def test_a_move_is_told_with_both_places() -> None:
    was = acting(strands=[COLLEGE | {"actions": [TUTOR]}, CAREER])
    now = acting(strands=[COLLEGE, CAREER | {"actions": [TUTOR]}])
    assert said(was, now) == [
        'Tutor (1.1A): the action moves from the strand "College" (1.1.1) to the strand "Career" (1.1.2).'
    ]
    assert said(was, acting(TUTOR, strands=[COLLEGE, CAREER])) == [
        'Tutor (1.1A): the action moves from the strand "College" (1.1.1) to the objective "Growth" (1.1).'
    ]


def several(*priorities: tuple[str, list[dict[str, Any]]]) -> Plan:
    """Return a plan of some priorities with their objectives."""
    return whole(priorities=[{"id": code, "title": f"Priority {code}", "objectives": held} for code, held in priorities])


def objective(code: str, *actions: dict[str, Any]) -> dict[str, Any]:
    return {"id": code, "title": f"Objective {code}", "actions": list(actions)}


def test_a_moved_objective_does_not_move_what_it_holds() -> None:
    was = several(("P1", [objective("1.1", TUTOR)]), ("P2", []))
    now = several(("P1", []), ("P2", [objective("1.1", TUTOR)]))
    (change,) = changes(was, now)
    assert (change.kind, change.item, change.priority) == ("moved", "1.1", "P2")


def test_changes_come_by_priority_and_objective_and_what_was_removed_comes_last() -> None:
    was = several(
        ("P9", [objective("9.1", {"id": "9.1A", "title": "Nine"})]),
        ("P1", [objective("1.1", TUTOR, MENTOR)]),
        ("P2", [objective("2.1"), objective("2.9")]),
    )
    now = several(
        ("P2", [objective("2.1", {"id": "2.1A", "title": "Two"}), objective("2.2")]),
        ("P1", [objective("1.1", MENTOR | {"title": "Coach"})]),
    )
    found = [(one.priority, one.objective, one.kind, one.item) for one in changes(was, now)]
    assert found == [
        ("P2", "2.1", "added", "2.1A"),
        ("P2", "2.2", "added", "2.2"),
        ("P2", "2.9", "removed", "2.9"),
        ("P1", "1.1", "retitled", "1.1B"),
        ("P1", "1.1", "removed", "1.1A"),
        ("P9", "", "removed", "P9"),
        ("P9", "9.1", "removed", "9.1"),
        ("P9", "9.1", "removed", "9.1A"),
    ]


def test_what_was_removed_is_told_where_its_objective_stands_now() -> None:
    was = several(("P1", [objective("1.1", TUTOR)]), ("P2", []))
    now = several(("P1", []), ("P2", [objective("1.1")]))
    assert [(one.kind, one.priority, one.objective) for one in changes(was, now)] == [
        ("moved", "P2", "1.1"),
        ("removed", "P2", "1.1"),
    ]


# --- fields that the words here do not know ----------------------------------------------------------------------------


class Source(Record):
    """Where something was published: made up, to stand for what a later model may hold."""

    page: int
    heading: str = ""


class Sourced(Action):
    """An action with fields that no table of words knows."""

    note: str | None = None
    sources: tuple[Source, ...] = ()
    plausible_jump: Decimal | None = None
    is_public: bool = False
    seen_on: date | None = None
    figures: dict[str, Any] | None = None


def sourced(**more: Any) -> Plan:
    """Return a plan of one action with such fields."""
    action = Sourced(id="1.1A", title="Tutor", **more)
    return whole(priorities=(Priority(id="P1", title="S", objectives=(Objective(id="1.1", title="G", actions=(action,)),)),))


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        pytest.param({}, {"note": "New."}, 'its note: none before, "New." now.', id="text-came"),
        pytest.param({"note": "Old."}, {"note": "New."}, 'its note changed from "Old." to "New.".', id="text-changed"),
        pytest.param({"note": "Old."}, {}, 'its note: "Old." before, none now.', id="text-went"),
        pytest.param(
            {"sources": (Source(page=3),)},
            {"sources": (Source(page=3), Source(page=12, heading="Goals"))},
            'its sources changed from (page: 3) to (page: 3) and (page: 12, heading: "Goals").',
            id="records",
        ),
        pytest.param(
            {"plausible_jump": "5"}, {"plausible_jump": "7.5"}, "its plausible jump rises from 5 to 7.5.", id="figure"
        ),
        pytest.param({}, {"is_public": True}, "its is public changed from no to yes.", id="flag"),
        pytest.param(
            {"seen_on": "2026-07-01"},
            {"seen_on": "2026-08-01"},
            "its seen on changed from 1 July 2026 to 1 August 2026.",
            id="day",
        ),
        pytest.param(
            {"figures": {"a": 1, "b": None}},
            {"figures": {"a": ["x", SchoolYear(2026)]}},
            'its figures changed from a: 1 and b: none to a: "x" and 2026-27.',
            id="mapping",
        ),
        pytest.param(
            {"figures": {"a": ()}}, {"figures": {"a": {}}}, "its figures changed from a: none to a: none.", id="empty"
        ),
    ],
)
def test_a_field_without_words_of_its_own_is_told_all_the_same(was: Any, now: Any, told: str) -> None:
    assert said(sourced(**was), sourced(**now)) == [f"Tutor (1.1A): {told}"]


def test_an_item_that_came_is_told_with_fields_without_words_of_their_own() -> None:
    action = sourced(note="New.", is_public=True)
    assert said(whole(priorities=[]), action)[-1] == 'Added: the action "Tutor" (1.1A); its note: "New."; its is public: yes.'


# --- no field is passed over -------------------------------------------------------------------------------------------

EVERYTHING = whole(
    settings={
        "begins_on": "2026-07-01",
        "time_zone": "America/Denver",
        "ladders": [OWN, {"rungs": [{"step": "soon", "day": -1, "to": ["owner"]}]}],
    },
    priorities=[
        {
            "id": "P1",
            "title": "Students",
            "objectives": [
                {
                    "id": "1.1",
                    "title": "Growth",
                    "actions": [TUTOR],
                    "progress_measures": [{"id": "1.1-pm1", "title": "Hours"}],
                    "strands": [
                        COLLEGE
                        | {
                            "actions": [MENTOR],
                            "progress_measures": [{"id": "1.1-pm2", "title": "Days"}],
                            "long_term_measures": [
                                MEASURE | {"id": "m1", "title": "One", "target": way(y24=1, y25=2, y26=3)},
                                MEASURE | {"id": "m2", "title": "Two", "target": BOUND | {"at_most": 90}},
                                MEASURE | {"id": "m3", "title": "Three", "target": YEAR_TO_YEAR},
                            ],
                        }
                    ],
                    "long_term_measures": [
                        MEASURE | {"id": "m4", "title": "Four", "target": {"kind": "deliverable", "by": "2026-12-31"}},
                        MEASURE | {"id": "m5", "title": "Five"},
                    ],
                }
            ],
        }
    ],
)
"""Of each record that a plan may hold, one at least."""

Path = tuple[str | int, ...]

OTHERS: dict[tuple[type[Record], str], Any] = {
    (Plan, "first_year"): SchoolYear(2022),
    (Plan, "settings"): Settings.model_validate({"begins_on": "2026-09-01", "time_zone": "UTC"}),
    (Settings, "fiscal_year_starts"): MonthDay(9, 1),
    (Settings, "ladders"): (),
    (Ladder, "applies_from"): date(2029, 7, 1),
    (Ladder, "rungs"): (Rung(step="other", day=1, to=("owner",)),),
    (Rung, "day"): 9,
    (Rung, "to"): ("delegate",),
    (LongTermMeasure, "target"): Deliverable(kind="deliverable", by=date(2031, 1, 1)),
    (Trajectory, "points"): {SchoolYear(2024): Decimal(1), SchoolYear(2026): Decimal(9)},
    (Trajectory, "line_between"): True,
    (Threshold, "at_least"): Decimal(11),
    (Threshold, "at_most"): None,
    (Threshold, "by"): None,
    (Change, "direction"): "decrease",
    (Change, "measured_in"): "percent",
    (Change, "at_least"): Decimal(1),
    (Change, "at_most"): None,
    (Deliverable, "by"): date(2031, 1, 1),
    **{(kind, "paused_until"): date(2031, 1, 1) for kind in (Action, ProgressMeasure, LongTermMeasure)},
    **{(kind, "actions"): () for kind in (Objective, Strand)},
    **{(kind, "progress_measures"): () for kind in (Objective, Strand)},
    **{(kind, "long_term_measures"): () for kind in (Objective, Strand)},
    (Objective, "strands"): (),
    (Priority, "objectives"): (),
    (Plan, "priorities"): (),
}
"""Another value for each field whose words need one of its own type; of all others a text will do."""


def records(inside: Any, path: Path = ()) -> Iterator[tuple[Path, Record]]:
    """Yield every record inside a value, with its path."""
    if isinstance(inside, Record):
        yield path, inside
        for name in type(inside).model_fields:
            yield from records(getattr(inside, name), (*path, name))
    elif isinstance(inside, tuple):
        for at, one in enumerate(inside):
            yield from records(one, (*path, at))


def edited(inside: Any, path: Path, value: Any) -> Any:
    """Return a value in which what stands at a path is another, unchecked."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return (*inside[:first], edited(inside[first], rest, value), *inside[first + 1 :])
    kept = {name: getattr(inside, name) for name in type(inside).model_fields}
    return type(inside).model_construct(**kept | {first: edited(kept[first], rest, value)})


EVERY_FIELD = [
    pytest.param((*path, name), OTHERS.get((type(record), name), "another"), id=".".join(map(str, (*path, name))))
    for path, record in records(EVERYTHING)
    for name in type(record).model_fields
    if name != "kind"  # of a target: it changes with the whole target only
]


@pytest.mark.parametrize(("path", "other"), EVERY_FIELD)
def test_no_field_of_any_record_changes_without_being_told(path: Path, other: Any) -> None:
    after = edited(EVERYTHING, path, other)
    told, back = changes(EVERYTHING, after), changes(after, EVERYTHING)
    assert told
    assert back
    assert all(one.sentence.endswith(".") and "\n" not in one.sentence for one in (*told, *back))


def test_the_fields_are_those_of_every_record_that_has_words_of_its_own() -> None:
    assert {type(record) for _, record in records(EVERYTHING)} >= {
        *(Plan, Settings, Ladder, Rung, Priority, Objective, Strand, Action, ProgressMeasure, LongTermMeasure),
        *(Trajectory, Threshold, Change, Deliverable, Narrative),
    }


@pytest.mark.parametrize("kind", [Trajectory, Threshold, Change, Deliverable, Narrative, Ladder, Rung])
def test_a_field_that_a_target_or_a_ladder_is_given_later_is_told_too(kind: type[Record]) -> None:
    path, record = next((path, one) for path, one in records(EVERYTHING) if type(one) is kind)

    later = create_model("Later", __base__=kind, note=(str, ...))
    kept = {name: getattr(record, name) for name in kind.model_fields}
    old, new = (edited(EVERYTHING, path, later.model_construct(**kept | {"note": note})) for note in ("old", "new"))
    (change,) = changes(old, new)
    assert "note" in change.sentence
    assert '"old"' in change.sentence
    assert '"new"' in change.sentence


# --- laws --------------------------------------------------------------------------------------------------------------

TARGETS = (RISING, YEARLY, BOUND, YEAR_TO_YEAR, {"kind": "deliverable", "by": "2026-12-31"}, {"kind": "narrative"})
TITLES = st.sampled_from(("Tutor", "Mentor", "Coach"))
PLACES = ("1.1", "1.1.1", "1.2", "2.1")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a small plan; any two have many codes and titles in common."""
    held: dict[str, dict[str, list[dict[str, Any]]]] = {
        place: {"actions": [], "progress_measures": [], "long_term_measures": []} for place in PLACES
    }
    for code in draw(st.lists(st.sampled_from("abcdef"), unique=True)):
        kind = draw(st.sampled_from(("actions", "actions", "progress_measures", "long_term_measures")))
        item: dict[str, Any] = {"id": code, "title": draw(TITLES)}
        if kind == "long_term_measures":
            item |= {"unit": "percent", "target": draw(st.sampled_from(TARGETS)), "weight": draw(st.integers(1, 2))}
        else:
            item |= {"cadence": draw(st.sampled_from((None, "year")))}
        held[draw(st.sampled_from(PLACES))][kind].append(item)
    strand = {"id": "1.1.1", "title": "College", **held["1.1.1"]}
    first = {"id": "1.1", "title": draw(TITLES), "strands": [strand], **held["1.1"]}
    others = [{"id": code, "title": "Others", **held[code]} for code in ("1.2", "2.1")]
    return several(("P1", [first, others[0]]), ("P2", [others[1]]))


def shuffled(plan: Plan, chance: random.Random) -> Plan:
    """Return a plan that lists the same things in another order."""

    def mix(value: Any) -> Any:
        if isinstance(value, tuple) and any(hasattr(one, "id") for one in value):
            return tuple(chance.sample([mix(one) for one in value], len(value)))
        if isinstance(value, Priority | Objective | Strand):
            return value.model_copy(update={name: mix(getattr(value, name)) for name in type(value).model_fields})
        return value

    return whole(priorities=mix(plan.priorities))


def content(plan: Plan) -> set[tuple[Any, ...]]:
    """Return all that a plan says, whatever its order."""
    lists = {"priorities", "objectives", "strands", "actions", "progress_measures", "long_term_measures"}
    return {(type(part), plan.lines[part.id][1:2], str(part.model_dump(exclude=lists))) for part in parts(plan)}


def of_kind(found: tuple[PlanChange, ...], *kinds: str) -> list[str]:
    return sorted(one.item for one in found if one.kind in kinds)


@LAW
@given(plans())
def test_nothing_changes_from_a_plan_to_itself(plan: Plan) -> None:
    assert changes(plan, plan) == ()


@LAW
@given(plans(), st.integers())
def test_the_order_of_things_alone_is_no_change(plan: Plan, seed: int) -> None:
    assert changes(plan, shuffled(plan, random.Random(seed))) == ()


@LAW
@given(plans(), plans())
def test_something_is_told_just_where_two_plans_do_not_say_the_same(old: Plan, new: Plan) -> None:
    assert (changes(old, new) == ()) == (content(old) == content(new))


@LAW
@given(plans(), plans())
def test_the_other_way_round_what_was_added_is_removed(old: Plan, new: Plan) -> None:
    there, back = changes(old, new), changes(new, old)
    assert of_kind(there, "added") == of_kind(back, "removed")
    assert of_kind(there, "removed") == of_kind(back, "added")
    assert len(of_kind(there, "recoded")) == len(of_kind(back, "recoded"))
    assert len(there) == len(back)


@LAW
@given(plans(), plans())
def test_every_code_that_came_or_went_is_told_once(old: Plan, new: Plan) -> None:
    there, back = changes(old, new), changes(new, old)
    before, after = ({(type(part), part.id) for part in parts(plan)} for plan in (old, new))
    assert of_kind(there, "added", "recoded") == sorted(code for _, code in after - before)
    assert of_kind(back, "added", "recoded") == sorted(code for _, code in before - after)
