"""The late ladder: which step is taken on a day, and who is told; stories of an autumn in which only weekends are free."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.digests import Post, due_notices, tellings_of
from plan.facts import Fact, Facts, Implementation
from plan.ladder import SPACING_DAYS, Notice, Situation, no_longer_wanted, notices_for
from plan.model import Plan
from plan.owners import Absence, Owners
from plan.periods import Quarter
from plan.told import Told
from tests.builders import owners, situation
from tests.plan_builders import (
    check_in,
    duties_of,
    every_day,
    only,
    promise,
    roster,
    run,
    story,
    tell,
    told_about,
    tree,
    waiver,
    weekdays,
)

FIRST, LAST = date(2026, 8, 3), date(2026, 12, 18)
AUTUMN = tuple(every_day(FIRST, LAST))

OWNERS_STEPS = ["09-30 request curriculum", "10-09 reminder curriculum", "10-14 due curriculum"]
UNANSWERED = [
    *OWNERS_STEPS,
    "10-22 overdue assessment",
    "10-22 overdue curriculum",
    "10-27 supervisor academics",
    "10-27 supervisor curriculum",
    "10-30 cabinet academics",
    "10-30 cabinet planning",
    "10-30 cabinet superintendent",
]


def autumn(
    answered_by: Owners | None = None, *, of: Plan | None = None, told: Told | None = None, **of_the_plan: Any
) -> Situation:
    return situation(of or only(["1.1A"], **{"digests_per_week": "unlimited", **of_the_plan}), answered_by, told=told)


def without(first: date, last: date) -> list[date]:
    return [day for day in AUTUMN if not first <= day <= last]


def measure(results_by: str) -> Plan:
    rating = {
        "id": "m",
        "title": "M",
        "unit": "points",
        "target": {"kind": "threshold", "at_least": 90},
        "results_by": results_by,
    }
    return tree({"long_term_measures": [rating]}, digests_per_week="unlimited")


# --- the six steps -----------------------------------------------------------------------------------------------------


def test_what_nobody_answers_climbs_the_six_steps_on_their_days() -> None:
    assert story(autumn(), AUTUMN) == UNANSWERED


def test_a_check_in_ends_the_ladder() -> None:
    said = Facts((check_in(on=date(2026, 10, 23)),))
    assert story(autumn(), AUTUMN, said=said) == UNANSWERED[:5]


def test_a_check_in_in_time_leaves_only_the_steps_before_it() -> None:
    assert story(autumn(), AUTUMN, said=Facts((check_in(on=date(2026, 10, 9)),))) == UNANSWERED[:1]


def test_a_waiver_ends_the_ladder() -> None:
    assert story(autumn(), AUTUMN, said=Facts((waiver(on=date(2026, 10, 15)),))) == OWNERS_STEPS


@pytest.mark.parametrize("said", [Implementation.ACHIEVED, Implementation.NOT_ACHIEVED, Implementation.CANCELLED])
def test_an_item_that_has_ended_is_silent(said: Implementation) -> None:
    ended = check_in(on=date(2026, 9, 1), period=Quarter.parse("2025-26 Q4"), said=said)
    assert story(autumn(), AUTUMN, said=Facts((ended,))) == []


def test_an_item_that_the_plan_pauses_is_silent_and_then_takes_the_highest_step_that_may_be_taken() -> None:
    of = tree({"actions": [{"id": "1.1A", "title": "A", "paused_until": "2026-11-09"}]}, digests_per_week="unlimited")
    told = story(autumn(of=of), AUTUMN)
    assert told[:2] == ["11-09 overdue assessment", "11-09 overdue curriculum"]
    assert told[2:4] == ["11-12 supervisor academics", "11-12 supervisor curriculum"]


def test_what_opened_before_begins_on_is_never_chased() -> None:
    assert story(autumn(begins_on="2026-10-01"), AUTUMN) == []
    assert story(autumn(begins_on="2026-09-30"), AUTUMN) == UNANSWERED


def test_what_the_plan_chases_half_yearly_is_not_asked_for_in_the_first_quarter() -> None:
    assert story(autumn(cadence="half-year"), AUTUMN) == []


def test_no_notice_is_chosen_on_a_free_day() -> None:
    at = autumn()
    assert notices_for(at.plan.items["1.1A"], at, as_of=date(2026, 10, 24)) == ()


def test_every_duty_of_an_item_climbs_a_ladder_of_its_own() -> None:
    assert story(autumn(), every_day(date(2026, 12, 28), date(2027, 1, 14))) == [
        "01-05 cabinet academics",
        "01-05 cabinet planning",
        "01-05 cabinet superintendent",
        "01-11 reminder curriculum",
        "01-14 due curriculum",
        "12-28 overdue assessment",
        "12-28 overdue curriculum",
        "12-31 request curriculum",
        "12-31 supervisor academics",
        "12-31 supervisor curriculum",
    ]


# --- reached, not hit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(
            date(2026, 10, 9),
            date(2026, 10, 11),
            [OWNERS_STEPS[0], "10-12 reminder curriculum", *UNANSWERED[2:]],
            id="a-day-late",
        ),
        pytest.param(date(2026, 10, 9), date(2026, 10, 13), [OWNERS_STEPS[0], *UNANSWERED[2:]], id="passed-over"),
        pytest.param(
            date(2026, 10, 15),
            date(2026, 11, 1),
            [
                *OWNERS_STEPS,
                "11-02 overdue assessment",
                "11-02 overdue curriculum",
                "11-05 supervisor academics",
                "11-05 supervisor curriculum",
                "11-10 cabinet academics",
                "11-10 cabinet planning",
                "11-10 cabinet superintendent",
            ],
            id="an-outage-of-two-weeks",
        ),
        pytest.param(
            FIRST,
            date(2026, 11, 22),
            [
                "11-23 overdue assessment",
                "11-23 overdue curriculum",
                "11-26 supervisor academics",
                "11-26 supervisor curriculum",
                "12-01 cabinet academics",
                "12-01 cabinet planning",
                "12-01 cabinet superintendent",
            ],
            id="a-first-run-in-november",
        ),
        pytest.param(
            date(2026, 10, 27),
            date(2026, 11, 1),
            [
                *UNANSWERED[:5],
                "11-02 supervisor academics",
                "11-02 supervisor curriculum",
                "11-05 cabinet academics",
                "11-05 cabinet planning",
                "11-05 cabinet superintendent",
            ],
            id="the-supervisor-step-a-week-late",
        ),
    ],
)
def test_after_an_outage_the_highest_step_that_may_be_taken_goes_out_once(first: date, last: date, expected: list[str]) -> None:
    assert story(autumn(), without(first, last)) == expected


def test_lower_steps_that_were_never_told_are_recorded_as_skipped() -> None:
    at = autumn()
    post = due_notices(at, as_of=date(2026, 11, 2))
    tell(post, at.told)
    owed = at.told.of("check-in", "1.1A", "2026-27 Q1", date(2026, 10, 14))
    assert {key: telling.skipped for key, telling in owed.items()} == {
        ("request", "curriculum@example.org"): True,
        ("reminder", "curriculum@example.org"): True,
        ("due", "curriculum@example.org"): True,
        ("overdue", "curriculum@example.org"): False,
        ("overdue", "assessment@example.org"): False,
    }


def test_a_step_that_was_told_is_not_recorded_as_skipped_by_a_higher_one() -> None:
    posts = run(autumn(), AUTUMN)
    assert {notice.passed_over for _, notice in told_about("1.1A", posts)} == {()}


def test_once_a_higher_step_has_been_told_the_lower_ones_are_silent() -> None:
    at = autumn()
    run(at, every_day(FIRST, date(2026, 10, 27)))
    for day in every_day(date(2026, 10, 28), date(2026, 10, 29)):
        assert notices_for(at.plan.items["1.1A"], at, as_of=day) == ()


# --- the owner first, and no jumps -------------------------------------------------------------------------------------


def test_nobody_above_is_told_while_the_owners_step_is_still_on_its_way() -> None:
    at = autumn()
    for day in every_day(FIRST, date(2026, 11, 20)):
        tell(due_notices(at, as_of=day), at.told, delivered=False)
    steps = {step for step, _ in at.told.of("check-in", "1.1A", "2026-27 Q1", date(2026, 10, 14))}
    assert steps == {"request", "reminder", "due", "overdue"}


def test_the_supervisor_is_told_three_working_days_after_the_owners_step_was_delivered() -> None:
    at = autumn()
    run(at, every_day(FIRST, date(2026, 10, 21)))
    for digest in due_notices(at, as_of=date(2026, 10, 22)).digests:
        for telling in tellings_of(digest, delivered_on=date(2026, 10, 29)):
            at.told.add(telling)
    assert story(at, every_day(date(2026, 10, 23), date(2026, 11, 5))) == [
        "11-03 supervisor academics",
        "11-03 supervisor curriculum",
    ]


def test_a_delegate_whose_mail_never_leaves_does_not_hold_up_the_ladder() -> None:
    at = autumn()
    run(at, every_day(FIRST, date(2026, 10, 21)))
    for digest in due_notices(at, as_of=date(2026, 10, 22)).digests:
        on = date(2026, 10, 22) if digest.to.office == "curriculum" else None
        for telling in tellings_of(digest, delivered_on=on):
            at.told.add(telling)
    assert "10-27 supervisor academics" in story(at, every_day(date(2026, 10, 23), date(2026, 10, 30)))


NEW_HEAD: dict[str, Any] = {"curriculum": {"email": "new@example.org"}}


@pytest.mark.parametrize(
    ("changes_on", "afterwards"),
    [
        pytest.param(date(2026, 10, 1), ["10-01 request curriculum", *UNANSWERED[1:]], id="after-the-request"),
        pytest.param(date(2026, 10, 15), ["10-15 due curriculum", *UNANSWERED[3:]], id="after-the-due-date"),
        pytest.param(
            date(2026, 10, 23),
            [
                "10-23 overdue curriculum",
                "10-28 supervisor academics",
                "10-28 supervisor curriculum",
                "11-02 cabinet academics",
                "11-02 cabinet planning",
                "11-02 cabinet superintendent",
            ],
            id="after-overdue",
        ),
        pytest.param(
            date(2026, 10, 28),
            [
                "10-28 overdue curriculum",
                "11-02 supervisor curriculum",
                "11-05 cabinet academics",
                "11-05 cabinet planning",
                "11-05 cabinet superintendent",
            ],
            id="after-the-supervisor-who-is-not-told-again",
        ),
        pytest.param(date(2026, 11, 2), ["11-02 overdue curriculum", "11-05 supervisor curriculum"], id="after-the-cabinet"),
    ],
)
def test_a_new_owner_is_told_first_and_then_the_ladder_climbs_at_its_own_spacing(
    changes_on: date, afterwards: list[str]
) -> None:
    at = autumn()
    run(at, every_day(FIRST, date.fromordinal(changes_on.toordinal() - 1)))
    assert story(roster(at, owners(**NEW_HEAD)), every_day(changes_on, LAST)) == afterwards


def test_a_new_supervisor_is_told_before_the_cabinet_is() -> None:
    at = autumn()
    run(at, every_day(FIRST, date(2026, 10, 29)))
    changed = roster(at, owners(academics={"email": "new@example.org"}))
    assert story(changed, every_day(date(2026, 10, 30), LAST)) == [
        "10-30 supervisor academics",
        "11-04 cabinet academics",
        "11-04 cabinet planning",
        "11-04 cabinet superintendent",
    ]


def test_where_nobody_stands_above_the_cabinet_is_told_three_days_after_the_owner() -> None:
    told = story(autumn(owners(curriculum={"reports_to": None})), AUTUMN)
    assert told[5:] == ["10-27 supervisor curriculum", "10-30 cabinet planning", "10-30 cabinet superintendent"]


# --- who is written to -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        pytest.param({"curriculum": {"email": ""}}, "assessment", id="delegate"),
        pytest.param({"curriculum": {"email": "", "delegate": None}}, "planning", id="plan-administrator"),
        pytest.param(
            {"curriculum": {"owns": ("1.1A",), "email": "", "delegate": None}, "academics": {"owns": ("1.1",)}},
            "academics",
            id="lead",
        ),
    ],
)
def test_where_the_owner_has_no_address_the_next_in_turn_is_asked(changed: dict[str, Any], asked: str) -> None:
    assert story(autumn(owners(**changed)), every_day(FIRST, date(2026, 10, 14))) == [
        f"09-30 request {asked}",
        f"10-09 reminder {asked}",
        f"10-14 due {asked}",
    ]


def test_where_nobody_can_be_asked_nobody_is_told_anything() -> None:
    nobody = owners(curriculum={"email": "", "delegate": None}, planning={"email": ""})
    at = autumn(nobody)
    assert run(at, AUTUMN) == {}


def test_a_notice_names_the_owner_besides_whom_it_goes_to() -> None:
    notices = [notice for _, notice in told_about("1.1A", run(autumn(), AUTUMN))]
    assert {notice.owner.office for notice in notices} == {"curriculum"}
    assert {notice.to.office for notice in notices if notice.step == "supervisor"} == {"curriculum", "academics"}


def test_while_the_owner_is_away_the_stand_in_is_written_to_besides() -> None:
    away = Absence(office="curriculum", first_day=date(2026, 10, 12), last_day=date(2026, 10, 16), delegate="planning")
    assert story(autumn(owners(absences=(away,))), every_day(FIRST, date(2026, 10, 21))) == [
        "09-30 request curriculum",
        "10-09 reminder curriculum",
        "10-12 reminder planning",
        "10-14 due curriculum",
        "10-14 due planning",
    ]


def test_a_stand_in_who_comes_and_goes_does_not_hold_up_the_ladder() -> None:
    away = Absence(office="curriculum", first_day=date(2026, 10, 26), last_day=date(2026, 10, 26), delegate="planning")
    told = story(autumn(owners(absences=(away,))), AUTUMN)
    assert told == sorted([*UNANSWERED, "10-26 overdue planning"])


def test_a_stand_in_who_comes_just_before_a_step_is_told_it_with_the_others_and_holds_nobody_up() -> None:
    away = Absence(office="curriculum", first_day=date(2026, 10, 26), last_day=date(2026, 10, 30), delegate="planning")
    told = story(autumn(owners(absences=(away,))), AUTUMN)
    assert told == sorted([*UNANSWERED, "10-26 overdue planning", "10-27 supervisor planning"])


# --- promises ----------------------------------------------------------------------------------------------------------


def late_from(day: str, supervisor: str, cabinet: str) -> list[str]:
    return [
        *OWNERS_STEPS,
        f"{day} overdue assessment",
        f"{day} overdue curriculum",
        f"{supervisor} supervisor academics",
        f"{supervisor} supervisor curriculum",
        f"{cabinet} cabinet academics",
        f"{cabinet} cabinet planning",
        f"{cabinet} cabinet superintendent",
    ]


@pytest.mark.parametrize(
    ("promises", "expected"),
    [
        pytest.param(
            [promise(on=date(2026, 10, 20), until=date(2026, 10, 29))],
            late_from("10-30", "11-04", "11-09"),
            id="until-the-promised-day",
        ),
        pytest.param(
            [promise(on=date(2026, 10, 20), until=date(2026, 12, 18))],
            late_from("11-04", "11-09", "11-12"),
            id="ten-working-days-at-most",
        ),
        pytest.param(
            [promise(on=date(2026, 10, 20), until=date(2026, 12, 18)), promise(on=date(2026, 11, 4), until=date(2026, 11, 6))],
            late_from("11-09", "11-12", "11-17"),
            id="a-second-time",
        ),
        pytest.param(
            [promise(on=date(2026, 10, day), until=date(2026, 10, day)) for day in (20, 21)]
            + [promise(on=date(2026, 10, 22), until=date(2026, 11, 4))],
            UNANSWERED,
            id="a-third-does-not-count",
        ),
    ],
)
def test_a_promise_pauses_the_ladder(promises: list[Fact], expected: list[str]) -> None:
    assert story(autumn(), AUTUMN, said=Facts(tuple(promises))) == expected


# --- edits of the plan -------------------------------------------------------------------------------------------------


def test_a_moved_due_date_starts_a_new_ladder() -> None:
    at = autumn(of=measure("08-31"))
    before = story(at, every_day(FIRST, date(2026, 9, 11)), item="m")
    assert before[:3] == ["08-17 request curriculum", "08-26 reminder curriculum", "08-31 due curriculum"]
    assert before[3:] == [
        "09-08 overdue assessment",
        "09-08 overdue curriculum",
        "09-11 supervisor academics",
        "09-11 supervisor curriculum",
    ]
    moved = replace(at, duties=duties_of(measure("09-30")))
    after = story(moved, every_day(date(2026, 9, 12), date(2026, 10, 8)), item="m")
    assert after[:3] == ["09-16 request curriculum", "09-25 reminder curriculum", "09-30 due curriculum"]
    assert after[3:] == ["10-08 overdue assessment", "10-08 overdue curriculum"]


def rungs(*steps: tuple[str, int, str], applies_from: str) -> dict[str, Any]:
    return {"applies_from": applies_from, "rungs": [{"step": step, "day": day, "to": [role]} for step, day, role in steps]}


def test_an_edited_ladder_holds_for_what_opens_after_it() -> None:
    ladder = rungs(("ask", -2, "owner"), ("tell", 4, "supervisor"), applies_from="2026-10-01")
    at = autumn(ladders=[ladder])
    assert story(at, AUTUMN) == UNANSWERED
    winter = run(at, every_day(date(2026, 12, 19), date(2027, 2, 26)))
    second = [f"{day:%m-%d} {n.step} {n.to.office}" for day, n in told_about("1.1A", winter) if n.period == "2026-27 Q2"]
    assert second == ["01-12 ask curriculum", "01-20 tell academics"]


def test_the_plans_own_ladder_needs_its_owners_rung_delivered_too() -> None:
    ladder = rungs(("ask", 0, "owner"), ("tell", 1, "supervisor"), applies_from="2026-01-01")
    assert story(autumn(ladders=[ladder]), AUTUMN) == ["10-14 ask curriculum", "10-19 tell academics"]


# --- asked again before the mail goes ----------------------------------------------------------------------------------


def overdue(at: Situation) -> Notice:
    run(at, every_day(FIRST, date(2026, 10, 21)))
    [notice] = [n for n in notices_for(at.plan.items["1.1A"], at, as_of=date(2026, 10, 22)) if n.to.office == "curriculum"]
    return notice


LATER = date(2026, 10, 23)


def test_a_notice_is_wanted_while_nothing_has_changed() -> None:
    at = autumn()
    notice = overdue(at)
    assert no_longer_wanted(notice, at, as_of=LATER) is None
    tell(due_notices(at, as_of=date(2026, 10, 22)), at.told, delivered=False)
    assert no_longer_wanted(notice, at, as_of=LATER) is None


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        pytest.param(
            check_in(on=LATER),
            "The check-in for 2026-27 Q1 came on 2026-10-23, after its due date 2026-10-14.",
            id="check-in-arrived",
        ),
        pytest.param(
            promise(on=LATER, until=date(2026, 10, 26)),
            "On 2026-10-23 Director of Curriculum promised the check-in for 2026-27 Q1 by 2026-10-26.",
            id="promised",
        ),
        pytest.param(
            waiver(on=LATER, note="The campus closed."),
            "The check-in for 2026-27 Q1 was waived by Superintendent on 2026-10-23: The campus closed.",
            id="waived",
        ),
    ],
)
def test_a_notice_is_not_wanted_any_more_once_it_is_answered(fact: Fact, reason: str) -> None:
    at = autumn()
    notice = overdue(at)
    assert no_longer_wanted(notice, replace(at, facts=Facts((fact,))), as_of=LATER) == reason


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        pytest.param(only(["1.1B"]), "1.1A owes nothing for 2026-27 Q1 any more.", id="taken-out-of-the-plan"),
        pytest.param(only(["1.1A"], cadence="year"), "1.1A owes nothing for 2026-27 Q1 any more.", id="asked-less-often"),
        pytest.param(
            only(["1.1A"], fiscal_year_starts="07-02"),
            "The due date of 1.1A for 2026-27 Q1 moved from 2026-10-14 to 2026-10-15.",
            id="due-date-moved",
        ),
        pytest.param(
            only(["1.1A"], ladders=[rungs(("ask", 0, "owner"), applies_from="2026-01-01")]),
            'Director of Curriculum is not told the step "overdue" of 1.1A any more.',
            id="step-taken-off-the-ladder",
        ),
    ],
)
def test_a_notice_is_not_wanted_any_more_once_the_plan_says_otherwise(plan: Plan, reason: str) -> None:
    at = autumn()
    notice = overdue(at)
    assert no_longer_wanted(notice, replace(at, duties=duties_of(plan), roster=situation(plan).roster), as_of=LATER) == reason


def test_a_notice_is_not_wanted_any_more_once_someone_else_is_asked() -> None:
    at = autumn()
    notice = overdue(at)
    reason = 'Director of Curriculum is not told the step "overdue" of 1.1A any more.'
    assert no_longer_wanted(notice, roster(at, owners(**NEW_HEAD)), as_of=LATER) == reason


# --- keys --------------------------------------------------------------------------------------------------------------


def test_a_notices_key_says_plan_ladder_duty_due_date_step_and_person() -> None:
    notice = overdue(autumn())
    assert notice.key == "riverside/late/check-in/1.1A/2026-27 Q1/2026-10-14/overdue/curriculum@example.org"
    assert notice.key_for("due") == "riverside/late/check-in/1.1A/2026-27 Q1/2026-10-14/due/curriculum@example.org"


# --- laws --------------------------------------------------------------------------------------------------------------


RUNS = st.sets(st.sampled_from([day for day in AUTUMN if day >= date(2026, 9, 28)]), max_size=40).map(sorted)
ABSENCES = st.lists(
    st.builds(
        lambda office, first, length, delegate: Absence(
            office=office, first_day=first, last_day=date.fromordinal(first.toordinal() + length), delegate=delegate
        ),
        st.sampled_from(["curriculum", "academics", "planning"]),
        st.dates(date(2026, 9, 28), LAST),
        st.integers(0, 20),
        st.sampled_from([None, "planning", "assessment", "academics"]),
    ),
    max_size=2,
).map(tuple)
SAID = st.lists(
    st.one_of(
        st.builds(
            lambda on, length: promise(on=on, until=date.fromordinal(on.toordinal() + length)),
            st.dates(date(2026, 9, 28), LAST),
            st.integers(0, 30),
        ),
        st.builds(lambda on: check_in(on=on), st.dates(date(2026, 10, 15), LAST)),
    ),
    max_size=2,
).map(lambda facts: Facts(tuple(facts)))
LAW = settings(max_examples=50, deadline=None)


def everything(posts: dict[date, Post]) -> Iterable[tuple[date, Notice]]:
    return ((day, notice) for day, post in posts.items() for digest in post.digests for notice in digest.notices)


@given(RUNS, ABSENCES, SAID)
@LAW
def test_no_step_is_told_twice_to_anyone_on_whatever_days_it_runs(
    days: list[date], absences: tuple[Absence, ...], said: Facts
) -> None:
    posts = run(autumn(owners(absences=absences)), days, said=said)
    counts = Counter(notice.key for _, notice in everything(posts))
    assert set(counts.values()) <= {1}


@given(RUNS, ABSENCES, SAID)
@LAW
def test_nobody_above_is_told_before_the_owner_was_three_working_days_earlier(
    days: list[date], absences: tuple[Absence, ...], said: Facts
) -> None:
    first: dict[tuple[str, str, str], date] = {}
    for day, notice in everything(run(autumn(owners(absences=absences)), days, said=said)):
        first.setdefault((notice.item, notice.period, notice.step), day)
        for step, below in (("supervisor", "overdue"), ("cabinet", "supervisor")):
            if notice.step == step:
                assert weekdays().between(first[notice.item, notice.period, below], day) >= SPACING_DAYS


@given(RUNS, ABSENCES, SAID)
@LAW
def test_choosing_again_after_telling_chooses_nothing(days: list[date], absences: tuple[Absence, ...], said: Facts) -> None:
    at = autumn(owners(absences=absences))
    run(at, days, said=said)
    for day in days[-1:]:
        assert due_notices(replace(at, facts=said.known_by(day)), as_of=day) == Post()


@given(RUNS, st.sampled_from(AUTUMN), st.randoms(use_true_random=False))
@LAW
def test_the_order_in_which_things_were_told_does_not_matter(days: list[date], day: date, chance: Any) -> None:
    at = autumn()
    tellings = [
        t for post in run(at, days).values() for digest in post.digests for t in tellings_of(digest, delivered_on=digest.day)
    ]
    chance.shuffle(tellings)
    assert due_notices(replace(at, told=Told(tellings)), as_of=day) == due_notices(at, as_of=day)


@given(RUNS, ABSENCES)
@LAW
def test_what_was_chosen_is_still_wanted_on_the_same_day(days: list[date], absences: tuple[Absence, ...]) -> None:
    at = autumn(owners(absences=absences))
    for day, notice in everything(run(at, days)):
        if day == days[-1]:
            assert no_longer_wanted(notice, at, as_of=day) is None
