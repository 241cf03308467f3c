"""A rollup frozen as of its day: what it holds, what it compares with, and what it asks of the board."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.compared import movements
from plan.facts import Facts, Implementation, Progress
from plan.freeze import HIDDEN, freeze, freezes_on
from plan.ladder import Situation
from plan.owners import Roster
from plan.periods import Period, Quarter, SchoolYear, read_period
from plan.rollup import Rollup, read_rollup, written
from plan.slips import Slip
from plan.told import Told
from tests.builders import situation
from tests.judgement_builders import (
    corrective_plan,
    delivered,
    line,
    of_measures,
    override,
    published,
    rated,
    read,
    said,
    shipped_duties,
)
from tests.plan_builders import duties_of, shipped

Q1, Q2 = Quarter(SchoolYear(2026), 1), Quarter(SchoolYear(2026), 2)
FROZEN, EARLIER = date(2026, 10, 19), date(2026, 7, 17)
"""13 weekdays after 30 September, and after 30 June 2026."""


def frozen(at: Situation, *facts: Any, period: Period = Q1, before: Rollup | None = None, slips: Sequence[Slip] = ()) -> Rollup:
    """Return a rollup as of its day, by what is known then."""
    on = freezes_on(period, at.duties)
    known = replace(at, facts=Facts(facts).known_by(on), slips={one.item: one for one in slips})
    return freeze(period, known, before=before, as_of=on)


def following(at: Situation, *facts: Any) -> Rollup:
    """Return the rollup of the first quarter, compared with the one of the quarter before."""
    return frozen(at, *facts, before=frozen(at, *facts, period=Q1.before))


def way(*, actions: Sequence[str] = (), **changed: Any) -> Situation:
    """Return a situation with measure m1 on the way from 44 to 60."""
    return situation(of_measures({"target": line(44, 60), **changed}, actions=actions))


# --- when ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "day"),
    [
        pytest.param("2025-26 Q1", date(2025, 10, 17), id="first-quarter"),
        pytest.param("2026-27 Q2", date(2027, 1, 21), id="second-quarter-over-the-break"),
        pytest.param("2026-27 Q4", date(2027, 7, 20), id="last-quarter"),
        pytest.param("2025-26", date(2026, 9, 18), id="a-year-waits-for-its-results"),
    ],
)
def test_the_shipped_plan_freezes_on_working_days(period: str, day: date) -> None:
    assert freezes_on(read_period(period), shipped_duties()) == day


@given(st.integers(2023, 2026), st.integers(1, 4))
def test_a_quarter_freezes_13_working_days_after_it_closes(year: int, number: int) -> None:
    duties, quarter = shipped_duties(), Quarter(SchoolYear(year), number)
    day = freezes_on(quarter, duties)
    closes_on = duties.days.last_before(quarter.end(duties.plan.settings.fiscal_year_starts))
    assert day in duties.days
    assert duties.days.between(closes_on, day) == 13
    assert freezes_on(quarter.before, duties) < day < freezes_on(quarter.after, duties)


# --- what it holds ------------------------------------------------------------------------------------------------------


def test_the_districts_first_quarter_is_told_from_what_was_published() -> None:
    plan, owners, _ = shipped()
    duties = shipped_duties()
    at = Situation(duties=duties, roster=Roster(plan, owners), facts=Facts(), told=Told())
    found = frozen(at, *published(), period=read_period("2025-26 Q1"))
    assert (found.period, found.frozen_on, found.is_draft) == ("2025-26 Q1", date(2025, 10, 17), False)
    assert (len(found.priorities), len(found.objectives), len(found.actions), len(found.measures)) == (4, 12, 42, 48)
    rating = found.measures[0]
    assert (rating.reading, rating.expected, rating.share) == (Decimal(85), Decimal("91.6"), Decimal("-0.8333"))
    assert (rating.status, rating.wanted) == ("declined", "from 88 in 2021-22 to 94 in 2026-27")
    assert [(one.school_year, one.expected, one.reading) for one in rating.years] == [
        ("2021-22", 88, 88),
        ("2022-23", Decimal("89.2"), None),
        ("2023-24", Decimal("90.4"), 83),
        ("2024-25", Decimal("91.6"), 85),
        ("2025-26", Decimal("92.8"), None),
        ("2026-27", 94, None),
    ]
    assert found.outcome.status == "insufficient_data"


def test_what_became_known_after_the_day_is_not_in_it() -> None:
    early, late = read(56.8, "2025-26", on=FROZEN), read(50, "2025-26", on=FROZEN + timedelta(days=1))
    assert frozen(way(), early, late) == frozen(way(), early)
    assert frozen(way(), early).measures[0].reading == Decimal("56.8")


def test_a_day_before_its_own_makes_a_draft() -> None:
    assert freeze(Q1, way(), before=None, as_of=FROZEN - timedelta(days=1)).is_draft
    assert not freeze(Q1, way(), before=None, as_of=FROZEN).is_draft


def test_an_action_has_four_statuses_and_its_owner() -> None:
    at = way(actions=["1.1A"])
    found = frozen(at, said(Implementation.AT_RISK, item="1.1A", on=date(2026, 10, 1), note="Two campuses wait."))
    (action,) = found.actions
    assert (action.owner, action.obligation, action.implementation) == ("Director of Curriculum", "submitted", "at_risk")
    assert (action.evidence, action.outcome, action.reported_on) == ("needed", "insufficient_data", date(2026, 10, 1))
    assert action.implementation_reason.endswith("Two campuses wait.")


def test_a_status_that_somebody_set_stands_beside_the_judged_one() -> None:
    facts = (read(48, "2025-26", on=date(2026, 9, 1)), override("watch", on=date(2026, 9, 2), until=date(2026, 12, 31)))
    (measure,) = frozen(way(), *facts).measures
    assert (measure.status, measure.judged) == ("watch", "off_track")


def test_a_measure_that_left_the_plan_is_left_out() -> None:
    at = situation(of_measures({"target": {"kind": "narrative"}, "unit": None}))
    assert frozen(at, rated(Progress.DISCONTINUED, on=date(2026, 9, 1), of="2026-27 Q1")).measures == ()


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_a_rollup_that_is_written_and_read_is_the_same(data: st.DataObject) -> None:
    random = Random(data.draw(st.integers(0, 10_000)))
    facts = [
        read(random.randint(30, 70), f"20{y}-{y + 1}", on=date(2000 + y + 1, 8, random.randint(1, 28))) for y in (22, 24, 25)
    ]
    found = following(way(actions=["1.1A"]), *facts)
    assert read_rollup(written(found)) == found
    assert written(read_rollup(written(found))) == written(found)


# --- what moved, and what was restated ----------------------------------------------------------------------------------


def test_a_status_that_is_another_one_than_before_has_moved() -> None:
    at = way()
    facts = (read(53.6, "2024-25", on=date(2025, 8, 1)), read(40, "2025-26", on=date(2026, 8, 1)))
    moved = {(one.item, one.aspect): one for one in following(at, *facts).movements}
    assert (moved["m1", "outcome"].was, moved["m1", "outcome"].now, moved["m1", "outcome"].by) == ("on_track", "declined", -3)
    assert moved["1.1", "outcome"].now == "declined"


def test_the_greatest_movement_comes_first_and_the_fall_before_the_rise() -> None:
    plan = of_measures(*({"target": line(44, 60)} for _ in range(3)))
    before = {"m1": 53.6, "m2": 40, "m3": 53.6}
    after = {"m1": 50, "m2": 60, "m3": 40}
    facts = [read(value, "2024-25", on=date(2025, 8, 1), item=item) for item, value in before.items()]
    facts += [read(value, "2025-26", on=date(2026, 8, 1), item=item) for item, value in after.items()]
    moved = [(one.item, one.by) for one in following(situation(plan), *facts).movements if one.kind == "measure"]
    assert moved == [("m2", 4), ("m3", -3), ("m1", -2)]


def test_between_what_is_known_and_what_is_not_there_are_no_points() -> None:
    found = following(way(), read(53.6, "2024-25", on=date(2025, 8, 1)))
    assert [(one.was, one.now, one.by) for one in found.movements if one.kind == "measure"] == [("on_track", "no_data", None)]


def test_the_first_rollup_compares_with_nothing() -> None:
    found = frozen(way(), read(40, "2025-26", on=date(2026, 8, 1)))
    assert (found.before, found.movements, found.restatements) == (None, (), ())


def test_what_the_plan_did_not_have_before_has_not_moved() -> None:
    now = frozen(way(), read(40, "2025-26", on=date(2026, 8, 1)))
    assert [
        one for one in movements(replace(now, measures=(), objectives=(), priorities=()), now) if one.kind != "action"
    ] == []


def test_a_figure_that_was_corrected_is_told_with_its_old_and_new_value() -> None:
    facts = (read(50, "2024-25", on=date(2025, 8, 1)), read(51, "2024-25", on=date(2026, 9, 1)))
    (found,) = following(way(), *facts).restatements
    assert (found.measure, found.school_year, found.was, found.now, found.known_on) == (
        "m1",
        "2024-25",
        Decimal(50),
        Decimal(51),
        date(2026, 9, 1),
    )


def test_a_figure_that_was_dated_back_is_told_against_what_was_frozen() -> None:
    at, old = way(), read(50, "2024-25", on=date(2025, 8, 1))
    told_then = frozen(at, old, period=Q1.before)
    dated_back = read(51, "2024-25", on=date(2025, 8, 2))
    (found,) = frozen(at, old, dated_back, before=told_then).restatements
    assert (found.was, found.now) == (Decimal(50), Decimal(51))


def test_a_count_that_was_masked_and_may_be_shown_now_is_told_as_new() -> None:
    at = situation(of_measures({"unit": "students", "target": {"kind": "threshold", "at_least": 20}}))
    facts = (read(3, "2024-25", on=date(2025, 8, 1)), read(9, "2024-25", on=date(2026, 9, 1)))
    (found,) = following(at, *facts).restatements
    assert (found.was, found.now) == (None, Decimal(9))


def test_what_is_only_masked_now_is_no_restatement() -> None:
    whole = {"id": "all", "unit": "students", "target": {"kind": "threshold", "at_least": 20}}
    parts = [whole | {"id": code, "part_of": "all"} for code in ("a", "b", "c")]
    values = {"a": 3, "b": 6, "c": 10}
    facts = [read(value, "2024-25", on=date(2025, 8, 1), item=code) for code, value in values.items()]
    total = read(19, "2024-25", on=date(2026, 9, 1), item="all")
    assert following(situation(of_measures(whole, *parts)), *facts, total).restatements == ()


# --- masking ------------------------------------------------------------------------------------------------------------


def test_a_count_that_is_too_small_appears_nowhere() -> None:
    at = situation(of_measures({"unit": "students", "target": {"kind": "threshold", "at_least": 20}}))
    facts = (read(40, "2024-25", on=date(2025, 8, 1)), read(3.125, "2025-26", on=date(2026, 8, 1)))
    slip = Slip(item="m1", since=date(2026, 9, 1), reason="3.125 for 2025-26; wanted each year: 20 or more.")
    found = frozen(at, *facts, before=frozen(at, *facts, period=Q1.before), slips=[slip])
    (measure,) = found.measures
    assert (measure.reading, measure.shortfall, measure.last_known, measure.is_masked) == (None, None, None, True)
    assert measure.reason == HIDDEN
    assert found.slips[0].reason == HIDDEN
    assert [(one.reading, one.is_masked) for one in measure.years if one.known_on] == [(40, False), (None, True)]
    assert "3.125" not in written(found)
    assert "16.875" not in written(found)  # the shortfall would tell


def test_a_count_that_became_too_small_is_restated_without_either_value() -> None:
    at = situation(of_measures({"unit": "students", "target": {"kind": "threshold", "at_least": 20}}))
    facts = (read(40, "2024-25", on=date(2025, 8, 1)), read(4, "2024-25", on=date(2026, 9, 1)))
    (found,) = following(at, *facts).restatements
    assert (found.was, found.now) == (None, None)


@pytest.mark.parametrize(
    ("at_least", "status"), [pytest.param(4, "not_shown", id="would-tell"), pytest.param(20, "off_track", id="tells-nothing")]
)
def test_a_status_that_would_tell_a_small_count_is_not_shown(at_least: int, status: str) -> None:
    at = situation(of_measures({"unit": "students", "target": {"kind": "threshold", "at_least": at_least}}))
    (measure,) = frozen(at, read(4, "2025-26", on=date(2026, 8, 1))).measures
    assert measure.status == measure.judged == status


def test_a_count_that_was_too_small_before_it_was_corrected_is_in_no_sentence() -> None:
    at = situation(of_measures({"unit": "students", "target": {"kind": "threshold", "at_least": 20}}))
    facts = (read(4, "2025-26", on=date(2026, 8, 1)), read(21, "2025-26", on=date(2026, 9, 1)))
    slip = Slip(item="m1", since=date(2026, 8, 31), reason="4 for 2025-26; wanted: 20.", over_on=date(2026, 9, 1))
    assert frozen(at, *facts, slips=[slip]).slips[0].reason == HIDDEN


# --- who owes, and what is asked ----------------------------------------------------------------------------------------


def test_offices_are_told_with_what_came_and_what_did_not() -> None:
    at = situation(of_measures(actions=["1.1A", "1.1B", "1.1C", "1.1D"]))
    facts = [
        said(Implementation.ON_TRACK, item="1.1A", on=date(2026, 10, 1)),
        said(Implementation.ON_TRACK, item="1.1B", on=date(2026, 10, 16)),
    ]
    later = freeze(Q1, replace(at, facts=Facts(tuple(facts))), before=None, as_of=date(2026, 10, 30))
    (office,) = later.offices
    assert (office.office, office.asked, office.on_time, office.late) == ("Director of Curriculum", 5, 1, 1)
    assert office.asked == office.on_time + office.late + len(office.missing)
    assert [(one.item, one.status) for one in office.missing] == [
        ("1.1C", "overdue"),
        ("1.1D", "overdue"),
        ("1.1", "overdue"),  # the objective's summary, due five days later
    ]


@pytest.mark.parametrize(
    ("given_on", "told_in"),
    [
        pytest.param(date(2026, 10, 1), ("on_time", None), id="in-time"),
        pytest.param(date(2026, 10, 16), ("late", None), id="in-grace-before-it-froze"),
        pytest.param(FROZEN, ("late", None), id="on-the-day-it-froze"),
        pytest.param(FROZEN + timedelta(days=1), ("missing", "late"), id="the-day-after"),
        pytest.param(None, ("missing", "missing"), id="never"),
    ],
)
def test_an_answer_is_told_once_when_it_came_and_as_missing_until_then(
    given_on: date | None, told_in: tuple[str, str | None]
) -> None:
    at = situation(of_measures(actions=["1.1A"]))
    facts = [said(Implementation.ON_TRACK, item="1.1A", on=given_on)] if given_on else []
    now = frozen(at, *facts)
    for rollup, expected in ((now, told_in[0]), (frozen(at, *facts, period=Q2, before=now), told_in[1])):
        (office,) = rollup.offices or (None,)
        first = [one for one in office.missing if (one.item, one.period) == ("1.1A", "2026-27 Q1")] if office else []
        counted = {"on_time": office.on_time, "late": office.late, "missing": len(first)} if office else {}
        assert {name for name, count in counted.items() if count} == ({expected} if expected else set())


@given(st.lists(st.one_of(st.none(), st.dates(date(2026, 9, 25), date(2026, 12, 1))), min_size=3, max_size=3))
def test_what_an_office_was_to_answer_is_all_accounted_for(given_on: list[date | None]) -> None:
    codes = ["1.1A", "1.1B", "1.1C"]
    at = situation(of_measures(actions=codes))
    facts = [said(Implementation.ON_TRACK, item=code, on=day) for code, day in zip(codes, given_on, strict=True) if day]
    for period in (Q1, Q2):
        for office in frozen(at, *facts, period=period).offices:
            assert office.asked == office.on_time + office.late + office.waived + len(office.missing)


def test_a_slip_that_nobody_kept_began_when_the_rollup_before_told_it() -> None:
    at, low = way(), read(48, "2025-26", on=date(2026, 8, 1))
    first = frozen(at, low, slips=[Slip(item="m1", since=date(2026, 8, 20), reason="48.")])
    plan = corrective_plan(on=date(2026, 11, 10))
    (found,) = frozen(
        at, low, plan, period=Q2, before=first, slips=[Slip(item="m1", since=date(2027, 1, 4), reason="48.")]
    ).slips
    assert (found.since, found.plan is not None) == (date(2026, 8, 20), True)


def test_a_slip_that_nobody_kept_began_when_the_facts_tell_it() -> None:
    kept_late = Slip(item="m1", since=FROZEN, reason="48.")
    (found,) = frozen(way(), read(48, "2025-26", on=date(2026, 8, 1)), slips=[kept_late]).slips
    assert found.since == date(2026, 8, 31)  # when the results were due
    (found,) = frozen(way(), read(48, "2025-26", on=date(2026, 9, 15)), slips=[kept_late]).slips
    assert found.since == date(2026, 9, 15)  # when the figure became known
    done = situation(of_measures({"target": {"kind": "deliverable", "by": "2026-09-30"}}))
    assert frozen(done, slips=[kept_late]).slips[0].since == date(2026, 10, 1)


def test_a_slip_that_nothing_ended_is_told_on() -> None:
    at, low = way(), read(48, "2024-25", on=date(2025, 8, 1))
    first = frozen(at, low, period=Q1.before, slips=[Slip(item="m1", since=date(2026, 7, 2), reason="48.")])
    (found,) = frozen(at, low, before=first).slips  # no figure for 2025-26 is known, which ends no slip
    assert (found.status, found.since) == ("no_data", first.slips[0].since)
    back = read(60, "2025-26", on=date(2026, 9, 1))
    assert frozen(at, low, back, before=first).slips == ()


def test_a_slip_is_told_with_its_corrective_plan_or_without() -> None:
    at = situation(of_measures(*({"target": line(44, 60)} for _ in range(2))))
    facts = [read(48, "2025-26", on=date(2026, 8, 1), item=item) for item in ("m1", "m2")]
    since = [Slip(item=item, since=date(2026, 8, 31), reason="48 against 56.8.") for item in ("m1", "m2")]
    found = frozen(at, *facts, corrective_plan(on=date(2026, 9, 9), item="m2"), slips=since)
    assert [(one.measure, one.plan_due, one.plan is not None) for one in found.slips] == [
        ("m1", date(2026, 9, 14), False),
        ("m2", date(2026, 9, 14), True),
    ]
    (ask, *_) = found.asks
    assert (ask.items, ask.offices) == (("m1",), ("Director of Curriculum",))
    assert ask.sentence.startswith("One measure has slipped")


@pytest.mark.parametrize(
    ("over_on", "shown"),
    [
        pytest.param(EARLIER, False, id="told-before"),
        pytest.param(EARLIER + timedelta(days=1), True, id="since"),
        pytest.param(FROZEN, True, id="today"),
    ],
)
def test_a_slip_that_is_over_is_told_once(over_on: date, shown: bool) -> None:
    slip = Slip(item="m1", since=date(2026, 7, 1), reason="60 reaches the target.", over_on=over_on)
    found = frozen(way(), read(60, "2025-26", on=date(2026, 7, 1)), slips=[slip])
    assert [one.over_on for one in found.slips] == ([over_on] if shown else [])
    assert found.asks == ()


@pytest.mark.parametrize(
    ("heard_on", "days"),
    [
        pytest.param(FROZEN - timedelta(days=89), None, id="89-days"),
        pytest.param(FROZEN - timedelta(days=90), 90, id="90-days"),
    ],
)
def test_a_measure_is_unattended_after_90_days_of_silence(heard_on: date, days: int | None) -> None:
    found = frozen(way(), read(56.8, "2025-26", on=heard_on))
    assert [one.days for one in found.unattended] == ([] if days is None else [days])


def test_a_measure_that_nobody_ever_spoke_of_is_unattended_without_a_day() -> None:
    (found,) = frozen(way()).unattended
    assert (found.measure, found.last_on, found.days) == ("m1", None, None)


def test_the_board_is_asked_about_answers_only_when_few_came() -> None:
    codes = ["1.1A", "1.1B", "1.1C", "1.1D", "1.1E"]
    at = situation(of_measures(actions=codes))
    came = [said(Implementation.ON_TRACK, item=code, on=date(2026, 10, 1)) for code in codes]
    summary = said(Implementation.ON_TRACK, item="1.1", on=date(2026, 10, 1))
    assert frozen(at, *came[:-1], summary).asks == ()
    (ask,) = frozen(at, *came[:3], summary).asks
    assert (ask.sentence, ask.offices) == (
        "2 of the 5 answers that were due have not come. Ask the offices for them.",
        ("Director of Curriculum",),
    )


def test_the_board_is_not_asked_about_what_is_paused() -> None:
    assert [one for one in frozen(way(paused_until="2027-06-01")).asks if one.items] == []


def test_what_is_done_or_paused_is_not_unattended() -> None:
    done = {"target": {"kind": "deliverable", "by": "2026-12-31"}}
    at = situation(of_measures(done, {"target": line(44, 60), "paused_until": "2027-01-01"}))
    assert frozen(at, *delivered(on=date(2026, 1, 5))).unattended == ()


def test_milestones_until_the_next_rollup_are_named() -> None:
    at = situation(of_measures({"target": {"kind": "deliverable", "by": "2026-12-31"}}, {"target": line(44, 60)}))
    (coming,) = frozen(at).milestones
    assert (coming.measure, coming.name, coming.due) == ("m1", "2026-12-31", date(2026, 12, 31))


def test_measures_without_figures_are_asked_for() -> None:
    (ask,) = [one for one in frozen(way()).asks if "m1" in one.items]
    assert ask.sentence == "One measure has no figure though results are due. Settle who supplies them, and by when."


def test_the_inputs_name_what_it_was_made_from() -> None:
    at = way()
    assert frozen(at).inputs == frozen(at).inputs
    assert frozen(at).inputs != frozen(at, read(50, "2025-26", on=date(2026, 8, 1))).inputs
    assert len(frozen(at).inputs) == 64


def test_the_calendar_decides_the_day() -> None:
    assert freezes_on(Q2, duties_of(of_measures())) == date(2027, 1, 19)
