"""The slip ladder, day by day: who hears that a measure slipped, who hears that no plan came, and who hears that it is back.

The measure is off track from Monday 31 August 2026. Its corrective plan is asked for by 14 September; the quarter closes on
30 September. Only weekends are free.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.digests import due_notices, not_wanted, notices_about
from plan.facts import Facts, Progress
from plan.ladder import Notice, Situation
from plan.owners import Absence, Office, Owners
from plan.rehearsal import rehearse
from plan.slip_ladder import slip_not_wanted, slip_notices
from plan.slips import Slip
from tests.builders import owners, situation
from tests.judgement_builders import (
    corrective_plan,
    high,
    low,
    of_measures,
    on_day,
    override,
    rated,
    slip_days,
    slip_story,
    slipping,
)
from tests.plan_builders import every_day, roster, tell

SINCE, PLAN_DUE, CLOSE = date(2026, 8, 31), date(2026, 9, 14), date(2026, 9, 30)
FIRST, LAST = date(2026, 8, 24), date(2026, 12, 18)
AUTUMN = tuple(every_day(FIRST, LAST))

SLIP = ["26-08-31 slip curriculum"]
MISSING = ["26-09-15 plan-missing academics", "26-09-15 plan-missing curriculum"]
STILL = ["26-09-30 still-off planning", "26-09-30 still-off superintendent"]


def days(first: date, last: date) -> list[date]:
    return list(every_day(first, last))


def slipped(since: date = SINCE, *, over_on: date | None = None, at: Situation | None = None) -> Situation:
    """Return a situation in which a measure slipped on a day, whatever its readings say."""
    slip = Slip(item="m1", since=since, reason="48 against 56.8 expected.", over_on=over_on)
    return replace(at or slipping(), slips={"m1": slip})


def told_daily(at: Situation, span: list[date], *facts: Any) -> list[str]:
    """Return what is told of a slip that lasts, whatever its readings say."""
    told: list[str] = []
    for day in span:
        known = replace(at, facts=Facts(facts).known_by(day))
        post = due_notices(known, as_of=day)
        tell(post, at.told)
        found = (notice for digest in post.digests for notice in digest.notices if notice.ladder == "slip")
        told += sorted(f"{day:%y-%m-%d} {notice.step} {notice.to.office}" for notice in found)
    return told


# --- the steps ---------------------------------------------------------------------------------------------------------


def test_a_slip_that_nobody_answers_climbs_its_three_steps_on_their_days() -> None:
    assert slip_story(slipping(), AUTUMN, low()) == [*SLIP, *MISSING, *STILL]


def test_the_steward_is_told_the_arithmetic_and_by_when_a_plan_is_asked_for() -> None:
    (notice,) = slip_notices(slipping().plan.long_term_measures[0], on_day(slipping(), low(), day=SINCE), as_of=SINCE)
    assert (notice.kind, notice.ladder, notice.period, notice.due) == ("corrective plan", "slip", "2026-27 Q1", PLAN_DUE)
    assert (notice.urgency, notice.height, notice.to, notice.passed_over) == ("slipping", 0, notice.owner, ())
    assert notice.reason == "48 against 56.8 expected for 2025-26; 31.25 % of the way from 44 that was due by then."
    assert notice.key == "riverside/slip/corrective plan/m1/2026-27 Q1/2026-09-14/slip/curriculum@example.org"


def test_a_measure_that_does_not_slip_is_silent() -> None:
    assert slip_story(slipping(), AUTUMN, high(on=date(2026, 8, 20))) == []


def test_what_is_only_to_slip_later_is_silent() -> None:
    at = slipped(date(2026, 9, 10))
    assert slip_notices(at.plan.long_term_measures[0], at, as_of=SINCE) == ()


@pytest.mark.parametrize("day", [date(2026, 9, 5), date(2026, 9, 6)], ids=["saturday", "sunday"])
def test_a_slip_on_a_free_day_is_told_on_the_first_working_day(day: date) -> None:
    assert slip_story(slipping(), days(day, date(2026, 9, 12)), low(on=day)) == ["26-09-07 slip curriculum"]


def test_nothing_goes_out_on_a_day_that_is_not_a_working_day() -> None:
    told_on = slip_days(slipping(), AUTUMN, low(on=date(2026, 9, 5)), high(on=date(2026, 10, 31)))
    assert {day.weekday() for day in told_on} <= {0, 1, 2, 3, 4}


# --- a corrective plan -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("came_on", "told"),
    [
        pytest.param(date(2026, 8, 30), [*SLIP, *MISSING, *STILL], id="before-the-slip-is-for-another"),
        pytest.param(SINCE, [*STILL], id="on-the-day"),
        pytest.param(PLAN_DUE, [*SLIP, *STILL], id="on-its-last-day"),
        pytest.param(date(2026, 9, 15), [*SLIP, *STILL], id="the-day-after-before-the-run"),
        pytest.param(date(2026, 9, 21), [*SLIP, *MISSING, *STILL], id="late"),
    ],
)
def test_a_corrective_plan_keeps_its_absence_from_being_told(came_on: date, told: list[str]) -> None:
    assert slip_story(slipping(), AUTUMN, low(), corrective_plan(on=came_on)) == told


def test_a_plan_for_another_measure_changes_nothing() -> None:
    assert slip_story(slipping(("m1", "m2")), AUTUMN, low(), corrective_plan(on=SINCE, item="m2")) == [*SLIP, *MISSING, *STILL]


# --- the owner first ---------------------------------------------------------------------------------------------------


def test_after_a_long_outage_the_owner_is_told_first_and_the_ladder_climbs_at_its_own_spacing() -> None:
    assert told_daily(slipped(), days(date(2026, 10, 20), LAST)) == [
        "26-10-20 slip curriculum",
        "26-10-23 plan-missing academics",
        "26-10-23 plan-missing curriculum",
        "26-10-28 still-off planning",
        "26-10-28 still-off superintendent",
    ]


def test_an_owner_who_gave_a_plan_knows_of_the_slip_so_that_the_cabinet_may_follow() -> None:
    assert told_daily(slipped(), days(date(2026, 10, 20), LAST), corrective_plan(on=PLAN_DUE)) == [
        "26-10-20 still-off planning",
        "26-10-20 still-off superintendent",
    ]


def test_a_missed_day_is_made_up_for_by_the_next_run() -> None:
    without = [day for day in AUTUMN if not date(2026, 9, 15) <= day <= date(2026, 9, 17)]
    assert slip_story(slipping(), without, low())[1:3] == [
        "26-09-18 plan-missing academics",
        "26-09-18 plan-missing curriculum",
    ]


def test_whoever_was_not_reached_keeps_the_ladder_from_climbing() -> None:
    assert slip_story(slipping(), AUTUMN, low(), undelivered=[SINCE]) == SLIP
    assert slip_story(slipping(), AUTUMN, low(), undelivered=[date(2026, 9, 15)]) == [*SLIP, *MISSING]


def test_a_new_owner_is_told_first_and_nobody_above_hears_the_same_again() -> None:
    at = slipped()
    assert told_daily(at, days(SINCE, date(2026, 9, 16))) == [*SLIP, *MISSING]
    changed = roster(at, owners(curriculum={"email": "successor@example.org"}))
    assert told_daily(changed, days(date(2026, 9, 17), date(2026, 10, 16))) == [
        "26-09-17 slip curriculum",
        "26-09-22 plan-missing curriculum",
        *STILL,
    ]


def test_without_a_supervisor_the_cabinet_still_hears() -> None:
    top = owners(superintendent={"owns": ("P1",)}, curriculum={"owns": ()})
    assert slip_story(slipping(answered_by=top), AUTUMN, low()) == [
        "26-08-31 slip superintendent",
        "26-09-15 plan-missing superintendent",
        *STILL,
    ]


def test_whoever_is_both_cabinet_lead_and_plan_administrator_is_told_once() -> None:
    both = owners().model_copy(update={"plan_administrator": "superintendent"})
    assert slip_story(slipping(answered_by=both), AUTUMN, low())[3:] == ["26-09-30 still-off superintendent"]


def test_a_stand_in_is_told_besides() -> None:
    away = Absence(office="curriculum", first_day=SINCE, last_day=date(2026, 9, 4))
    assert slip_story(slipping(answered_by=owners(absences=(away,))), days(SINCE, date(2026, 9, 11)), low()) == [
        "26-08-31 slip assessment",
        *SLIP,
    ]


def test_where_nobody_answers_for_a_measure_nobody_is_told() -> None:
    nobody = Owners(plan_administrator="planning", cabinet_lead="head", offices={"planning": Office(title="Planning")})
    assert slip_story(slipping(answered_by=nobody), AUTUMN, low()) == []


def test_a_cabinet_lead_alone_is_not_written_to_about_an_owner_who_does_not_exist() -> None:
    alone = Owners(
        plan_administrator="planning",
        cabinet_lead="head",
        offices={"planning": Office(title="Planning"), "head": Office(title="Head", email="head@example.org")},
    )
    assert slip_story(slipping(answered_by=alone), AUTUMN, low()) == []


# --- the close of a quarter --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "closes"),
    [
        pytest.param(SINCE, "26-09-30", id="in-the-quarter-in-which-the-plan-was-due"),
        pytest.param(date(2026, 9, 15), "26-09-30", id="plan-due-the-day-before-the-close"),
        pytest.param(date(2026, 9, 16), "26-12-31", id="plan-due-on-the-close"),
        pytest.param(date(2026, 9, 25), "26-12-31", id="slipped-just-before-the-close"),
        pytest.param(date(2026, 6, 16), "26-09-30", id="plan-due-on-the-last-close-of-a-school-year"),
    ],
)
def test_the_cabinet_hears_at_the_first_close_after_the_plan_was_due(since: date, closes: str) -> None:
    told = told_daily(slipped(since), days(since, date(2027, 1, 8)), corrective_plan(on=since))
    assert [one for one in told if "still-off" in one] == [f"{closes} still-off planning", f"{closes} still-off superintendent"]


def test_the_supervisor_is_told_before_the_cabinet_even_at_the_close() -> None:
    told = told_daily(slipped(date(2026, 9, 15)), days(date(2026, 9, 15), date(2026, 10, 30)))
    assert told == [
        "26-09-15 slip curriculum",
        "26-09-30 plan-missing academics",
        "26-09-30 plan-missing curriculum",
        "26-10-05 still-off planning",
        "26-10-05 still-off superintendent",
    ]


# --- back on track -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("back_on", "told"),
    [
        pytest.param(date(2026, 9, 8), [*SLIP, "26-09-08 recovered curriculum"], id="early"),
        pytest.param(date(2026, 9, 12), [*SLIP, "26-09-14 recovered curriculum"], id="on-a-saturday"),
        pytest.param(
            date(2026, 9, 22),
            [*SLIP, *MISSING, "26-09-22 recovered academics", "26-09-22 recovered curriculum"],
            id="after-the-plan-was-missing",
        ),
        pytest.param(
            date(2026, 10, 12),
            [*SLIP, *MISSING, *STILL]
            + [f"26-10-12 recovered {office}" for office in ("academics", "curriculum", "planning", "superintendent")],
            id="after-the-cabinet-heard",
        ),
    ],
)
def test_recovery_is_told_once_to_those_who_were_told_of_the_slip(back_on: date, told: list[str]) -> None:
    assert slip_story(slipping(), AUTUMN, low(), high(on=back_on)) == told


def test_a_recovery_says_what_it_is_back_to() -> None:
    posts = slip_days(slipping(), days(FIRST, date(2026, 9, 8)), low(), high(on=date(2026, 9, 8)))
    (notice,) = [n for digest in posts[date(2026, 9, 8)].digests for n in digest.notices]
    assert (notice.step, notice.urgency, notice.reason) == (
        "recovered",
        "recovered",
        "60 for 2025-26 reaches the target of 60.",
    )


def test_a_slip_that_was_over_before_anyone_was_told_is_never_mentioned() -> None:
    saturday = date(2026, 9, 5)
    assert slip_story(slipping(), AUTUMN, low(on=saturday), high(on=date(2026, 9, 6))) == []


def test_a_telling_that_is_still_on_its_way_calls_for_no_recovery() -> None:
    assert slip_story(slipping(), AUTUMN, low(), high(on=date(2026, 9, 8)), undelivered=[SINCE]) == SLIP


def test_a_second_slip_is_a_new_ladder() -> None:
    again = low(on=date(2026, 10, 5))
    assert slip_story(slipping(), days(FIRST, date(2027, 1, 5)), low(), high(on=date(2026, 9, 8)), again) == [
        *SLIP,
        "26-09-08 recovered curriculum",
        "26-10-05 slip curriculum",
        "26-10-20 plan-missing academics",
        "26-10-20 plan-missing curriculum",
        "26-12-31 still-off planning",
        "26-12-31 still-off superintendent",
    ]


def test_a_plan_for_the_first_slip_does_not_count_for_the_second() -> None:
    facts = (low(), corrective_plan(on=date(2026, 9, 3)), high(on=date(2026, 9, 8)), low(on=date(2026, 10, 5)))
    assert "26-10-20 plan-missing academics" in slip_story(slipping(), AUTUMN, *facts)


def test_an_override_that_ends_lets_the_measure_slip_anew() -> None:
    set_aside = override("watch", on=date(2026, 9, 7), until=date(2026, 10, 2))
    assert slip_story(slipping(), days(FIRST, date(2026, 10, 9)), low(), set_aside) == [
        *SLIP,
        "26-09-07 recovered curriculum",
        "26-10-05 slip curriculum",
    ]


def test_no_data_for_the_next_year_ends_no_slip() -> None:
    at = slipping()
    assert slip_story(at, days(FIRST, date(2026, 9, 11)), low()) == SLIP
    carried = on_day(on_day(at, low(), day=SINCE), low(), day=date(2027, 9, 1))
    assert carried.slips["m1"].since == SINCE
    assert carried.slips["m1"].over_on is None
    assert told_daily(carried, days(date(2027, 9, 1), date(2027, 9, 10)), low()) == [
        "27-09-01 plan-missing academics",
        "27-09-01 plan-missing curriculum",
        "27-09-06 still-off planning",
        "27-09-06 still-off superintendent",
    ]


def test_a_measure_that_the_plan_paused_is_silent() -> None:
    paused = {"target": {"kind": "threshold", "at_least": 90}, "paused_until": "2027-01-01"}
    assert slip_story(situation(of_measures(paused, digests_per_week="unlimited")), AUTUMN, low()) == []


@pytest.mark.parametrize(
    ("by", "told"),
    [
        pytest.param("2026-06-30", [], id="over-before-reminders-began"),
        pytest.param("2026-07-01", ["26-08-31 slip curriculum"], id="over-since"),
    ],
)
def test_a_deliverable_whose_day_was_over_before_reminders_began_is_silent(by: str, told: list[str]) -> None:
    at = situation(of_measures({"target": {"kind": "deliverable", "by": by}}))
    assert told_daily(slipped(at=at), days(SINCE, SINCE)) == told


def test_a_notice_about_what_nobody_is_told_of_any_more_is_not_wanted() -> None:
    at = slipped()
    (notice,) = slip_notices(at.plan.long_term_measures[0], at, as_of=SINCE)
    left = replace(at, facts=Facts((rated(Progress.DISCONTINUED, on=SINCE),)))
    assert slip_not_wanted(notice, left, as_of=SINCE) == "m1 was discontinued on 2026-08-31."


def test_a_measure_that_left_the_plan_is_silent() -> None:
    told = slip_story(
        situation(of_measures({"target": {"kind": "narrative"}, "unit": None}, digests_per_week="unlimited")),
        AUTUMN,
        rated(Progress.NO_PROGRESS, on=SINCE, of="2026-27 Q1"),
        rated(Progress.DISCONTINUED, on=date(2026, 9, 7), of="2026-27 Q1"),
    )
    assert told == SLIP


# --- in the same digests, under the same limits ------------------------------------------------------------------------


def test_both_ladders_come_in_one_digest_overdue_first() -> None:
    at = slipping(actions=["1.1A"])
    overdue = date(2026, 10, 22)  # the check-in for 2026-27 Q1 was due on 14 October
    posts = slip_days(at, days(FIRST, overdue), low(on=overdue))
    (digest,) = [digest for digest in posts[overdue].digests if digest.to.office == "curriculum"]
    assert [(n.ladder, n.step, n.item) for n in digest.notices] == [("late", "overdue", "1.1A"), ("slip", "slip", "m1")]


def test_several_slips_of_a_day_are_one_digest() -> None:
    codes = ("m1", "m2", "m3")
    posts = slip_days(slipping(codes), [SINCE], *(low(item=code) for code in codes))
    (digest,) = posts[SINCE].digests
    assert [notice.item for notice in digest.notices] == list(codes)


def test_the_weekly_ceiling_holds_a_slip_back_until_the_next_week() -> None:
    at = slipping(("m1", "m2"), digests_per_week=1)
    later = (high(item="m2", on=date(2026, 8, 20)), low(item="m2", on=date(2026, 9, 2)))
    posts = slip_days(at, days(FIRST, date(2026, 9, 11)), low(), *later)
    told = {day: [n.item for digest in post.digests for n in digest.notices] for day, post in posts.items() if post.digests}
    assert told == {SINCE: ["m1"], date(2026, 9, 7): ["m2"]}
    (held,) = posts[date(2026, 9, 2)].held_back
    assert (held.notice.item, held.notice.ladder) == ("m2", "slip")
    assert held.reason == "Director of Curriculum has had 1 digest this week, and the limit is 1; it goes next week."


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 80), st.booleans()), max_size=6, unique_by=lambda one: one[0]))
def test_however_a_measure_turns_each_step_of_a_slip_is_told_once_to_a_person(turns: list[tuple[int, bool]]) -> None:
    span = days(SINCE, date(2026, 12, 18))
    facts = [high(on=span[at]) if is_back else low(on=span[at]) for at, is_back in turns]
    posts = slip_days(slipping(), span, *facts)
    notices = [n for post in posts.values() for digest in post.digests for n in digest.notices if n.ladder == "slip"]
    assert len({notice.key for notice in notices}) == len(notices)
    for post in posts.values():
        assert len({digest.to.address for digest in post.digests}) == len(post.digests)


def test_a_rehearsal_tells_slips_as_daily_runs_do() -> None:
    facts = (low(), high(on=date(2026, 10, 12)))
    daily = slip_days(slipping(), AUTUMN, *facts)
    rehearsed = rehearse(slipping(), first=FIRST, last=LAST, answers=facts)
    assert {one.day: one.post for one in rehearsed if one.post.digests or one.post.held_back} == daily


# --- what was chosen earlier -------------------------------------------------------------------------------------------


def chosen(at: Situation, day: date, step: str) -> Notice:
    """Return the first notice of a step that a day brings."""
    return next(n for n in notices_about(at.plan.items["m1"], at, as_of=day) if n.step == step)


def test_a_notice_of_a_slip_that_lasts_is_still_wanted() -> None:
    at = slipped()
    assert not_wanted(chosen(at, SINCE, "slip"), at, as_of=date(2026, 9, 3)) is None


def test_a_notice_of_the_late_ladder_is_asked_of_the_late_ladder() -> None:
    at = slipping(actions=["1.1A"])
    opened = date(2026, 9, 30)
    (notice,) = notices_about(at.plan.items["1.1A"], at, as_of=opened)
    assert (notice.ladder, not_wanted(notice, at, as_of=opened)) == ("late", None)


def test_a_slip_that_is_over_is_not_told_any_more() -> None:
    at, back = slipped(), date(2026, 9, 2)
    notice = chosen(at, SINCE, "slip")
    assert slip_not_wanted(notice, slipped(over_on=back, at=at), as_of=back) == "48 against 56.8 expected."


def test_a_recovery_is_wanted_while_it_lasts() -> None:
    at = slipped()
    told_daily(at, [SINCE])
    back = slipped(over_on=date(2026, 9, 2), at=at)
    notice = chosen(back, date(2026, 9, 2), "recovered")
    assert slip_not_wanted(notice, back, as_of=date(2026, 9, 3)) is None
    assert slip_not_wanted(notice, at, as_of=date(2026, 9, 3)) == "48 against 56.8 expected."


def test_a_notice_about_an_earlier_slip_is_not_wanted() -> None:
    at = slipped()
    notice = chosen(at, SINCE, "slip")
    over = "The slip of m1 that this was about is over."
    assert slip_not_wanted(notice, slipped(date(2026, 9, 7), at=at), as_of=date(2026, 9, 7)) == over
    assert slip_not_wanted(notice, slipped(date(2026, 10, 7), at=at), as_of=date(2026, 10, 7)) == over


def test_a_plan_that_came_meanwhile_makes_its_absence_needless() -> None:
    at = slipped()
    told_daily(at, [SINCE])
    day = date(2026, 9, 15)
    notice = chosen(at, day, "plan-missing")
    assert slip_not_wanted(notice, at, as_of=day) is None
    came = replace(at, facts=Facts((corrective_plan(on=day),)))
    assert slip_not_wanted(notice, came, as_of=day) == "A corrective plan for m1 has come."


@pytest.mark.parametrize("of", [of_measures(), of_measures(actions=["m1"])], ids=["gone", "an-action-now"])
def test_what_is_not_a_measure_any_more_is_not_followed(of: Any) -> None:
    at = slipped()
    notice = chosen(at, SINCE, "slip")
    assert slip_not_wanted(notice, slipped(at=situation(of)), as_of=SINCE) == "m1 is not followed any more."


def test_a_measure_without_any_slip_is_not_followed() -> None:
    notice = chosen(slipped(), SINCE, "slip")
    assert slip_not_wanted(notice, slipping(), as_of=SINCE) == "m1 is not followed any more."
