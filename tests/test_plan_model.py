"""The plan as people write it: what each record accepts, and how the tree is found by code."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from plan.model import (
    LATE_LADDER,
    Action,
    Change,
    Deliverable,
    Ladder,
    LongTermMeasure,
    Narrative,
    Plan,
    Rung,
    Settings,
    Target,
    Threshold,
    Trajectory,
)
from plan.periods import MonthDay, Quarter, SchoolYear
from tests.plan_builders import shipped, tree


def trajectory(points: dict[str, int], **more: Any) -> Trajectory:
    return Trajectory.model_validate({"kind": "trajectory", "points": points, **more})


def rungs(*days_and_roles: tuple[int, str]) -> list[dict[str, Any]]:
    names = "abcdefgh"
    return [{"step": names[at], "day": day, "to": [role]} for at, (day, role) in enumerate(days_and_roles)]


# --- targets -----------------------------------------------------------------------------------------------------------


def test_a_trajectory_leads_from_its_first_point_to_its_last() -> None:
    way = trajectory({"2021-22": 88, "2022-23": 90, "2023-24": 94})
    assert (way.baseline, way.target) == (Decimal(88), Decimal(94))
    assert list(way.points) == [SchoolYear(2021), SchoolYear(2022), SchoolYear(2023)]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        pytest.param({}, "needs a baseline and a target; give at least two school years", id="no-point"),
        pytest.param({"2021-22": 88}, "needs a baseline and a target; give at least two school years", id="one-point"),
        pytest.param(
            {"2022-23": 88, "2021-22": 94}, "not in order: 2021-22 stands after 2022-23; list the years", id="out-of-order"
        ),
        pytest.param({"2021-22": 1, "2024-25": 2, "2026-27": 3}, "leave out 2022-23, 2023-24, 2025-26; add them", id="gaps"),
        pytest.param(
            {"2021-22": 88, "2026-27": 88}, r"target equals the baseline \(88\), so no progress", id="nothing-to-gain"
        ),
        pytest.param({"2021-22": 1, "2022-23": 2, "2023-24": 1}, r"target equals the baseline \(1\)", id="there-and-back"),
    ],
)
def test_a_trajectory_that_measures_no_progress_is_refused(points: dict[str, int], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        trajectory(points)


def test_two_points_far_apart_are_a_straight_line() -> None:
    assert trajectory({"2021-22": 88, "2026-27": 94}).line_between is False


def test_years_may_be_left_out_when_the_line_between_is_wanted() -> None:
    assert len(trajectory({"2021-22": 1, "2024-25": 2, "2026-27": 3}, line_between=True).points) == 3


@pytest.mark.parametrize("bounds", [{"at_least": 90}, {"at_most": "8.8"}, {"at_least": 4, "at_most": 5}])
def test_a_threshold_has_one_bound_or_two(bounds: dict[str, Any]) -> None:
    assert Threshold.model_validate({"kind": "threshold", **bounds}).by is None


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({}, "needs a bound; give at_least, at_most or both"),
        ({"at_least": 5, "at_most": 5}, r"at_least \(5\) is not below at_most \(5\); correct one of them"),
        ({"at_least": 6, "at_most": 5}, r"at_least \(6\) is not below at_most \(5\); correct one of them"),
    ],
)
def test_a_threshold_that_nothing_can_keep_is_refused(bounds: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Threshold.model_validate({"kind": "threshold", **bounds})


def test_a_change_without_an_amount_wants_any_change() -> None:
    change = Change(kind="change", direction="decrease")
    assert (change.at_least, change.at_most, change.measured_in) == (Decimal(0), None, "absolute")


@pytest.mark.parametrize("band", [{"at_least": 10, "at_most": 5}, {"at_least": 5, "at_most": 5}])
def test_a_change_whose_band_is_upside_down_is_refused(band: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="is not below at_most"):
        Change.model_validate({"kind": "change", "direction": "increase", **band})


@pytest.mark.parametrize("band", [{"at_least": -1}, {"at_most": 0}])
def test_a_change_is_given_without_a_sign(band: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="greater than"):
        Change.model_validate({"kind": "change", "direction": "decrease", **band})


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"kind": "trajectory", "points": {"2021-22": "1", "2022-23": "2"}}, Trajectory),
        ({"kind": "threshold", "at_least": "1"}, Threshold),
        ({"kind": "change", "direction": "increase"}, Change),
        ({"kind": "deliverable", "by": "2026-12-31"}, Deliverable),
        ({"kind": "narrative"}, Narrative),
    ],
)
def test_the_kind_says_which_target_it_is(written: dict[str, Any], kind: type) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Target)
    assert isinstance(adapter.validate_python(written), kind)


@given(st.decimals(min_value=-1000, max_value=1000, places=2))
def test_figures_stay_exact(value: Decimal) -> None:
    assert Threshold.model_validate({"kind": "threshold", "at_least": str(value)}).at_least == value


# --- items -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", [Threshold(kind="threshold", at_least=Decimal(1)), Change(kind="change", direction="increase")]
)
def test_a_measure_with_figures_needs_a_unit(target: Threshold | Change) -> None:
    with pytest.raises(ValidationError, match="needs a unit; add it, as in unit: percent"):
        LongTermMeasure(id="m", title="M", target=target)
    assert LongTermMeasure(id="m", title="M", target=target, unit="percent").unit == "percent"


@pytest.mark.parametrize("target", [Narrative(kind="narrative"), Deliverable(kind="deliverable", by=date(2026, 12, 31))])
def test_a_measure_without_figures_needs_no_unit(target: Narrative | Deliverable) -> None:
    assert LongTermMeasure(id="m", title="M", target=target).unit is None


@pytest.mark.parametrize("code", ["1.1A", "1.2.1-pm10", "P1", "a", "0", "a" * 40])
def test_codes_are_letters_digits_dots_and_hyphens(code: str) -> None:
    assert Action(id=code, title="T").id == code


@pytest.mark.parametrize("code", ["", "-a", ".1", "a b", "a/b", "a" * 41, "é", "a\n1", "1.1A?"])
def test_what_could_not_stand_in_an_address_is_no_code(code: str) -> None:
    with pytest.raises(ValidationError):
        Action(id=code, title="T")


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\x00", "\x7f", "\u2028", "\u202e", "\u2066"])
def test_a_title_holds_no_line_break_and_no_turn_of_direction(character: str) -> None:
    with pytest.raises(ValidationError, match="holds a line break or a control character; write it as one plain line"):
        Action(id="1", title=f"a{character}b")


def test_a_title_is_trimmed_and_has_1_to_80_characters() -> None:
    assert Action(id="1", title="  Tutor  ").title == "Tutor"
    assert Action(id="1", title="x" * 80).title == "x" * 80
    for title in ("", "   ", "x" * 81):
        with pytest.raises(ValidationError):
            Action(id="1", title=title)


def test_a_record_cannot_be_changed_and_takes_no_unknown_key() -> None:
    action = Action(id="1", title="T")
    with pytest.raises(ValidationError, match="frozen"):
        action.title = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Action.model_validate({"id": "1", "title": "T", "owner": "tom"})


# --- ladders -----------------------------------------------------------------------------------------------------------


def test_the_late_ladder_is_that_of_the_rules() -> None:
    assert [(rung.step, rung.day, rung.to, rung.climbs) for rung in LATE_LADDER.rungs] == [
        ("request", -10, ("owner",), False),
        ("reminder", -3, ("owner",), False),
        ("due", 0, ("owner",), False),
        ("overdue", 6, ("owner", "delegate"), False),
        ("supervisor", 9, ("owner", "supervisor"), True),
        ("cabinet", 12, ("supervisor", "cabinet_lead", "plan_administrator"), True),
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(rungs((0, "owner"), (0, "owner")), 'rung "b" does not stand above "a"; order them by day', id="same-day"),
        pytest.param(rungs((5, "owner"), (3, "owner")), 'rung "b" does not stand above "a"', id="out-of-order"),
        pytest.param(
            rungs((0, "owner"), (3, "supervisor"), (6, "delegate")),
            'rung "c" does not stand above "b"',
            id="back-down-to-the-delegate",
        ),
        pytest.param(rungs((0, "supervisor")), "the owner is always told first", id="supervisor-first"),
        pytest.param([], "at least 1 item", id="empty"),
        pytest.param([{"step": "a", "day": 0, "to": []}], "at least 1 item", id="to-nobody"),
        pytest.param([*rungs((0, "owner"))[:1], {"step": "a", "day": 3, "to": ["owner"]}], "same step name", id="same-name"),
        pytest.param([{"step": "A b", "day": 0, "to": ["owner"]}], "match pattern", id="name-with-a-space"),
        pytest.param(rungs((0, "board")), "Input should be", id="unknown-role"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(written: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Ladder.model_validate({"rungs": written})


@pytest.mark.parametrize(
    ("opens_on", "first_day"),
    [
        pytest.param(date(2026, 9, 30), -10, id="none-applies-yet-so-the-rules-do"),
        pytest.param(date(2026, 10, 1), -5, id="the-day-from-which-it-applies"),
        pytest.param(date(2026, 12, 31), -5, id="still-the-first"),
        pytest.param(date(2027, 1, 1), -2, id="the-newest-that-applies"),
    ],
)
def test_an_obligation_follows_the_newest_ladder_that_applied_when_it_opened(opens_on: date, first_day: int) -> None:
    later = Ladder(applies_from=date(2027, 1, 1), rungs=(Rung(step="a", day=-2, to=("owner",)),))
    earlier = Ladder(applies_from=date(2026, 10, 1), rungs=(Rung(step="a", day=-5, to=("owner",)),))
    settings = tree(ladders=[later, earlier]).settings
    assert settings.ladder_on(opens_on).rungs[0].day == first_day


@pytest.mark.parametrize(("day", "message"), [(-61, "greater than or equal to -60"), (61, "less than or equal to 60")])
def test_a_rung_stands_at_most_60_working_days_from_the_due_date(day: int, message: str) -> None:
    assert [rung.day for rung in Ladder.model_validate({"rungs": rungs((-60, "owner"), (60, "owner"))}).rungs] == [-60, 60]
    with pytest.raises(ValidationError, match=message):
        Ladder.model_validate({"rungs": rungs((day, "owner"))})


@pytest.mark.parametrize("days", [[{}, {}], [{"applies_from": "2026-10-01"}, {}, {"applies_from": "2026-10-01"}]])
def test_two_ladders_do_not_apply_from_one_day(days: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError, match="two ladders apply from the same day; give each its own applies_from"):
        tree(ladders=[{**day, "rungs": rungs((0, "owner"))} for day in days])


# --- settings ----------------------------------------------------------------------------------------------------------


def test_what_the_settings_leave_out_is_the_rules_own_number() -> None:
    settings = Settings.model_validate({"begins_on": "2026-07-01", "time_zone": "America/Denver"})
    assert (settings.fiscal_year_starts, settings.results_by) == (MonthDay(7, 1), MonthDay(8, 31))
    assert (settings.cadence, settings.digests_per_week, settings.ladders) == ("quarter", 3, ())
    assert settings.ladder_on(date(2026, 9, 30)) == LATE_LADDER
    assert settings.time_zone.key == "America/Denver"


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (0, "greater than or equal to 1"),
        (-1, "greater than or equal to 1"),
        ("0", "greater than or equal to 1"),
        ("-1", "not a limit"),
        ("many", "not a limit"),
        (2.5, "not a limit"),
        (None, "not a limit"),
        (["3"], "not a limit"),
        ("\u0663", "not a limit"),
        ("9" * 10, "not a limit"),
    ],
)
def test_digests_per_week_is_a_whole_number_from_1_or_unlimited(limit: Any, message: str) -> None:
    assert tree(digests_per_week="unlimited").settings.digests_per_week == "unlimited"
    assert tree(digests_per_week="5").settings.digests_per_week == 5
    with pytest.raises(ValidationError, match=message):
        tree(digests_per_week=limit)


@pytest.mark.parametrize(
    "day",
    [
        "0",
        "2026",
        "20260701",
        "2026-7-1",
        "2026-07-01 08:00",
        "2026-07-01T00:00:00",
        "1/7/2026",
        "2026-07-01\n",
        "\u0662026-07-01",
    ],
)
def test_a_day_is_written_as_year_month_day_and_in_no_other_way(day: str) -> None:
    assert tree(begins_on=date(2026, 7, 1)).settings.begins_on == tree(begins_on="2026-07-01").settings.begins_on
    with pytest.raises(ValidationError, match="not a day"):
        tree(begins_on=day)


@given(st.dates())
def test_every_day_of_the_calendar_can_be_written(day: date) -> None:
    assert Deliverable.model_validate({"kind": "deliverable", "by": str(day)}).by == day


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_no_bare_number_is_a_day(number: Decimal | int) -> None:
    with pytest.raises(ValidationError, match="not a day"):
        Deliverable.model_validate({"kind": "deliverable", "by": str(number)})


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America", "../etc/passwd", ""])
def test_a_time_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="timezone"):
        tree(time_zone=zone)


# --- the tree ----------------------------------------------------------------------------------------------------------


def strands() -> Plan:
    return tree(
        {
            "actions": [{"id": "1.1A", "title": "A"}],
            "strands": [
                {
                    "id": "1.1.1",
                    "title": "College",
                    "actions": [{"id": "1.1.1A", "title": "B"}],
                    "progress_measures": [{"id": "1.1.1-pm1", "title": "C"}],
                    "long_term_measures": [{"id": "1.1.1-m", "title": "D", "target": {"kind": "narrative"}}],
                }
            ],
        }
    )


def test_every_code_knows_its_line_up_to_the_priority() -> None:
    assert strands().lines == {
        "P1": ("P1",),
        "1.1": ("1.1", "P1"),
        "1.1A": ("1.1A", "1.1", "P1"),
        "1.1.1": ("1.1.1", "1.1", "P1"),
        "1.1.1A": ("1.1.1A", "1.1.1", "1.1", "P1"),
        "1.1.1-pm1": ("1.1.1-pm1", "1.1.1", "1.1", "P1"),
        "1.1.1-m": ("1.1.1-m", "1.1.1", "1.1", "P1"),
    }


def test_what_a_strand_holds_counts_with_the_objective() -> None:
    plan = strands()
    assert [action.id for action in plan.actions] == ["1.1A", "1.1.1A"]
    assert list(plan.items) == ["1.1", "1.1A", "1.1.1A", "1.1.1-pm1", "1.1.1-m"]
    assert {code: plan.objective_of(code).id for code in plan.items} == dict.fromkeys(plan.items, "1.1")


def test_every_shipped_item_belongs_to_the_objective_that_holds_it() -> None:
    plan, _, _ = shipped()
    held: dict[str, str] = {}
    for objective in plan.objectives:
        for part in objective.parts():
            held |= {action.id: objective.id for action in part.actions}
            held |= {measure.id: objective.id for measure in part.progress_measures}
            held |= {measure.id: objective.id for measure in part.long_term_measures}
    assert {code: plan.objective_of(code).id for code in held} == held
    assert set(plan.items) == set(held) | {objective.id for objective in plan.objectives}


def test_the_plans_own_fiscal_year_says_which_year_and_quarter_a_day_lies_in() -> None:
    plan = tree(fiscal_year_starts="09-01")
    assert plan.school_year_of(date(2026, 8, 31)) == SchoolYear(2025)
    assert plan.quarter_of(date(2026, 8, 31)) == Quarter(SchoolYear(2025), 4)
    assert plan.quarter_of(date(2026, 9, 1)) == Quarter(SchoolYear(2026), 1)


def test_a_ladder_tells_the_owner_right_below_the_first_rung_that_climbs() -> None:
    with pytest.raises(ValidationError, match="does not tell the owner; add owner to it"):
        Ladder.model_validate({"rungs": rungs((0, "owner"), (3, "delegate"), (6, "supervisor"))})
