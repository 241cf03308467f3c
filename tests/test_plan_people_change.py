"""What becomes of reminders while people change: away and back, replaced, given everything, paused, written to enough.

Each test lets an autumn go by, day by day, and delivers what each day brings. Only weekends are free unless it says so. The
check-in of 1.1A for 2026-27 Q1 opens on 30 September 2026 and is due on 14 October.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.calendar import Break, Calendar
from plan.digests import Post
from plan.duties import Duties
from plan.facts import Fact, Referral
from plan.ladder import Notice, Situation
from plan.owners import Absence, Handover, Owners, Roster
from plan.rehearsal import rehearse
from tests.builders import owners, plan, situation
from tests.judgement_builders import read
from tests.plan_builders import Q1, every_day, only, promise, run, story, told_about, weekdays

FIRST, LAST = date(2026, 9, 28), date(2026, 11, 20)
AUTUMN = tuple(every_day(FIRST, LAST))
OVERDUE_ON = date(2026, 10, 22)


def autumn(answered_by: Owners | None = None, codes: Iterable[str] = ("1.1A",), **of_the_plan: Any) -> Situation:
    return situation(only(codes, **{"digests_per_week": "unlimited", **of_the_plan}), answered_by)


def away(first: date, last: date, *, office: str = "curriculum", delegate: str = "planning") -> Absence:
    return Absence(office=office, first_day=first, last_day=last, delegate=delegate)


def given_over(first_day: date, to: str = "planning", *, office: str = "curriculum") -> Handover:
    return Handover(office=office, to=to, first_day=first_day)


def rehearsed(at: Situation, *answers: Fact, last: date = LAST) -> dict[date, Post]:
    """Return the mail of every day on which there was any, or some was held back."""
    days = rehearse(at, first=FIRST, last=last, answers=answers)
    return {one.day: one.post for one in days if one.post != Post()}


def about(posts: dict[date, Post], item: str = "1.1A") -> list[str]:
    """Return "month-day step office" of everything that is told about an item, in order."""
    return sorted(f"{day:%m-%d} {n.step} {n.to.office}" for day, n in told_about(item, posts))


def everything(posts: dict[date, Post]) -> Iterator[tuple[date, Notice]]:
    return ((day, notice) for day, post in posts.items() for digest in post.digests for notice in digest.notices)


# --- away --------------------------------------------------------------------------------------------------------------


def test_while_the_owner_is_away_both_are_told_and_back_again_nobody_hears_a_thing_twice() -> None:
    posts = rehearsed(autumn(owners(absences=(away(date(2026, 10, 9), date(2026, 10, 14)),))))
    assert about(posts)[:8] == [
        "09-30 request curriculum",
        "10-09 reminder curriculum",
        "10-09 reminder planning",
        "10-14 due curriculum",
        "10-14 due planning",
        "10-22 overdue assessment",
        "10-22 overdue curriculum",
        "10-27 supervisor academics",
    ]
    assert set(Counter(notice.key for _, notice in everything(posts)).values()) == {1}


@pytest.mark.parametrize(
    ("first", "last", "told_due"),
    [
        pytest.param(date(2026, 10, 14), date(2026, 10, 20), {"curriculum", "planning"}, id="its-first-day-counts"),
        pytest.param(date(2026, 10, 12), date(2026, 10, 14), {"curriculum", "planning"}, id="its-last-day-counts"),
        pytest.param(date(2026, 10, 12), date(2026, 10, 13), {"curriculum"}, id="the-day-after-does-not"),
    ],
)
def test_an_absence_counts_from_its_first_day_to_its_last(first: date, last: date, told_due: set[str]) -> None:
    posts = rehearsed(autumn(owners(absences=(away(first, last),))))
    assert {n.to.office for day, n in told_about("1.1A", posts) if (day, n.step) == (date(2026, 10, 14), "due")} == told_due


def test_the_delegate_is_told_besides_when_it_is_overdue_and_at_no_other_step() -> None:
    told = [line for line in about(rehearsed(autumn())) if line.endswith("assessment")]
    assert told == ["10-22 overdue assessment"]


# --- another owner -----------------------------------------------------------------------------------------------------


def test_a_new_owner_in_the_middle_starts_with_overdue_and_the_supervisor_hears_three_working_days_later() -> None:
    at = autumn()
    run(at, every_day(FIRST, date(2026, 10, 25)))
    edited = replace(at, roster=Roster(at.plan, owners(curriculum={"owns": ()}, planning={"owns": ("P1",)})))
    assert story(edited, every_day(date(2026, 10, 26), LAST)) == [
        "10-26 overdue planning",
        "10-29 supervisor planning",
        "10-29 supervisor superintendent",
        "11-03 cabinet planning",
        "11-03 cabinet superintendent",
    ]


@pytest.mark.parametrize(
    ("first_day", "told_before", "told_after"),
    [
        pytest.param(
            date(2026, 9, 28), [], ["09-30 request", "10-09 reminder", "10-14 due", "10-22 overdue"], id="before-it-opens"
        ),
        pytest.param(
            date(2026, 10, 12),
            ["09-30 request", "10-09 reminder"],
            ["10-12 reminder", "10-14 due", "10-22 overdue"],
            id="before-it-is-due",
        ),
        pytest.param(
            date(2026, 10, 23),
            ["09-30 request", "10-09 reminder", "10-14 due", "10-22 overdue"],
            ["10-23 overdue", "10-28 supervisor"],
            id="when-it-is-overdue",
        ),
        pytest.param(
            date(2026, 10, 31),
            ["09-30 request", "10-09 reminder", "10-14 due", "10-22 overdue", "10-27 supervisor"],
            ["11-02 overdue", "11-05 supervisor"],
            id="when-everybody-had-been-told",
        ),
    ],
)
def test_from_its_day_on_a_hand_over_asks_the_other_office_which_starts_anew(
    first_day: date, told_before: list[str], told_after: list[str]
) -> None:
    told = about(rehearsed(autumn(owners(handovers=(given_over(first_day),)))))
    to_the_old = [line.removesuffix(" curriculum") for line in told if line.endswith("curriculum")]
    to_the_new = [line.removesuffix(" planning") for line in told if line.endswith("planning") and "cabinet" not in line]
    assert to_the_old == told_before
    assert to_the_new[: len(told_after)] == told_after


def test_the_supervisor_of_the_new_office_is_the_one_who_is_told() -> None:
    told = about(rehearsed(autumn(owners(handovers=(given_over(date(2026, 10, 23)),)))))
    assert [line for line in told if " supervisor " in line] == [
        "10-28 supervisor planning",
        "10-28 supervisor superintendent",
    ]
    assert not [line for line in told if line.endswith("academics")]


def test_everything_that_an_office_owns_goes_over_in_one_edit_and_comes_in_one_mail() -> None:
    posts = rehearsed(autumn(owners(handovers=(given_over(date(2026, 10, 23)),)), codes=("1.1A", "1.1B", "1.1C")))
    [first] = [digest for digest in posts[date(2026, 10, 23)].digests if digest.to.office == "planning"]
    assert {(n.item, n.step) for n in first.notices} == {
        ("1.1", "due"),
        ("1.1A", "overdue"),
        ("1.1B", "overdue"),
        ("1.1C", "overdue"),
    }


def test_where_the_delegate_who_had_been_told_takes_over_the_steps_go_on() -> None:
    told = about(rehearsed(autumn(owners(handovers=(given_over(date(2026, 10, 23), "assessment"),)))))
    assert [line for line in told if line.endswith("assessment")] == ["10-22 overdue assessment", "10-27 supervisor assessment"]


def test_until_its_day_a_hand_over_changes_nothing() -> None:
    before = date(2026, 10, 26)
    to_come = rehearsed(autumn(owners(handovers=(given_over(date(2026, 10, 27)),))), last=before)
    assert to_come == rehearsed(autumn(), last=before)


def test_hand_overs_follow_each_other() -> None:
    chain = (given_over(date(2026, 10, 12)), given_over(date(2026, 10, 23), "assessment", office="planning"))
    told = about(rehearsed(autumn(owners(handovers=chain))))
    asked = [line for line in told if " cabinet " not in line and " supervisor " not in line]
    assert asked == [
        "09-30 request curriculum",
        "10-09 reminder curriculum",
        "10-12 reminder planning",
        "10-14 due planning",
        "10-22 overdue planning",
        "10-23 overdue assessment",
    ]


# --- not me, ask another -----------------------------------------------------------------------------------------------


def not_me(on: date, asked: str = "planning") -> Referral:
    return Referral(item="1.1A", period=Q1, asked=asked, note="It is theirs.", by="Director of Curriculum", known_on=on)


def autumn_of(*referrals: Referral) -> Situation:
    at = autumn(codes=("1.1A", "1.1B"))
    return replace(at, roster=Roster(at.plan, owners(), referrals=referrals))


@pytest.mark.parametrize(
    ("on", "told_before", "told_after"),
    [
        pytest.param(
            date(2026, 10, 12),
            ["09-30 request", "10-09 reminder"],
            ["10-12 reminder", "10-14 due", "10-22 overdue"],
            id="before-it-is-due",
        ),
        pytest.param(
            date(2026, 10, 31),
            ["09-30 request", "10-09 reminder", "10-14 due", "10-22 overdue", "10-27 supervisor"],
            ["11-02 overdue", "11-05 supervisor"],
            id="when-everybody-had-been-told",
        ),
    ],
)
def test_the_office_that_was_named_is_asked_first_and_escalation_begins_anew_with_it(
    on: date, told_before: list[str], told_after: list[str]
) -> None:
    told = about(rehearsed(autumn_of(not_me(on))))
    assert [line.removesuffix(" curriculum") for line in told if line.endswith("curriculum")] == told_before
    to_the_new = [line.removesuffix(" planning") for line in told if line.endswith("planning") and "cabinet" not in line]
    assert to_the_new[: len(told_after)] == told_after


def test_above_a_referred_item_the_new_offices_supervisor_is_told_and_not_before_it_was_told_itself() -> None:
    told = about(rehearsed(autumn_of(not_me(date(2026, 10, 26)))))
    assert [line for line in told if " supervisor " in line] == [
        "10-29 supervisor planning",
        "10-29 supervisor superintendent",
    ]


def test_what_was_not_referred_goes_on_as_ever() -> None:
    assert about(rehearsed(autumn_of(not_me(date(2026, 10, 12)))), "1.1B") == about(rehearsed(autumn_of()), "1.1B")


def test_who_is_asked_may_name_another_in_turn() -> None:
    told = about(rehearsed(autumn_of(not_me(date(2026, 10, 12)), not_me(date(2026, 10, 14), "assessment"))))
    assert [line for line in told if " due " in line or " reminder " in line] == [
        "10-09 reminder curriculum",
        "10-12 reminder planning",
        "10-14 due assessment",
    ]


# --- a promise ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promises", "overdue_on"),
    [
        pytest.param([(date(2026, 10, 20), date(2026, 10, 28))], date(2026, 10, 29), id="through-the-promised-day"),
        pytest.param([(date(2026, 10, 20), LAST)], date(2026, 11, 4), id="for-ten-working-days-at-most"),
        pytest.param(
            [(date(2026, 10, 20), LAST), (date(2026, 11, 3), date(2026, 11, 6))], date(2026, 11, 9), id="a-second-time"
        ),
        pytest.param(
            [(date(2026, 10, 20), date(2026, 10, 21)), (date(2026, 10, 21), date(2026, 10, 23)), (date(2026, 10, 23), LAST)],
            date(2026, 10, 26),
            id="not-a-third-time",
        ),
    ],
)
def test_a_promise_pauses_the_ladder_for_everybody(promises: list[tuple[date, date]], overdue_on: date) -> None:
    posts = rehearsed(autumn(), *(promise(on=on, until=until) for on, until in promises))
    told = {(day, n.step): n.to.office for day, n in told_about("1.1A", posts) if day > date(2026, 10, 14)}
    assert min(told) == (overdue_on, "overdue")
    assert min(day for day, step in told if step == "supervisor") == weekdays().offset(overdue_on, 3)


# --- enough for a week -------------------------------------------------------------------------------------------------


def for_the_owner(post: Post) -> list[tuple[str, str]]:
    """Return item and step of everything in the owner's digest, in its order."""
    digests = (digest for digest in post.digests if digest.to.office == "curriculum")
    return [(notice.item, notice.step) for digest in digests for notice in digest.notices]


def test_what_is_over_the_weeks_limit_is_held_back_with_its_reason_and_comes_on_monday_the_gravest_and_oldest_first() -> None:
    posts = rehearsed(autumn(codes=("1.1A", "1.1B"), digests_per_week=1))
    over_the_limit = posts[OVERDUE_ON]
    assert for_the_owner(over_the_limit) == []
    assert {(held.notice.item, held.notice.step, held.reason) for held in over_the_limit.held_back} == {
        (item, step, "Director of Curriculum has had 1 digest this week, and the limit is 1; it goes next week.")
        for item, step in (("1.1A", "overdue"), ("1.1B", "overdue"), ("1.1", "due"))
    }
    assert for_the_owner(posts[date(2026, 10, 26)]) == [("1.1A", "overdue"), ("1.1B", "overdue"), ("1.1", "due")]
    assert "curriculum" not in {held.notice.to.office for held in posts[date(2026, 10, 26)].held_back}


def test_of_two_steps_that_were_held_back_only_the_newer_comes() -> None:
    posts = rehearsed(autumn(digests_per_week=1))
    assert {held.notice.step for held in posts[date(2026, 10, 14)].held_back} == {"due"}
    told = [line for line in about(posts) if line.endswith("curriculum")]
    assert told == [
        "09-30 request curriculum",
        "10-12 reminder curriculum",
        "10-19 due curriculum",
        "10-26 overdue curriculum",
        "11-02 supervisor curriculum",
    ]


# --- silence below -----------------------------------------------------------------------------------------------------


ABSENCES = st.lists(
    st.builds(
        lambda office, first, length, delegate: away(
            first, date.fromordinal(first.toordinal() + length), office=office, delegate=delegate
        ),
        st.sampled_from(["curriculum", "academics", "planning"]),
        st.dates(FIRST, LAST),
        st.integers(0, 20),
        st.sampled_from(["planning", "assessment", "superintendent"]),
    ),
    max_size=2,
).map(tuple)


@given(st.sets(st.sampled_from(AUTUMN), max_size=30).map(sorted), ABSENCES, st.sampled_from([1, 3, "unlimited"]))
@settings(max_examples=60)
def test_once_someone_above_the_owner_is_told_nobody_gets_a_lower_step(
    days: list[date], absences: tuple[Absence, ...], limit: int | str
) -> None:
    height = 0
    for _, notice in told_about("1.1A", run(autumn(owners(absences=absences), digests_per_week=limit), days)):
        above = notice.step in ("supervisor", "cabinet")
        assert above or height == 0
        height = max(height, notice.height if above else 0)


# --- a break -----------------------------------------------------------------------------------------------------------


def test_after_two_weeks_without_a_run_one_digest_tells_the_newest_step_and_the_lower_ones_are_skipped() -> None:
    at = autumn(codes=("1.1A", "1.1B"))
    run(at, every_day(FIRST, date(2026, 10, 8)))
    back = run(at, every_day(OVERDUE_ON, OVERDUE_ON))[OVERDUE_ON]
    [mine] = [digest for digest in back.digests if digest.to.office == "curriculum"]
    assert [(n.item, n.step, n.passed_over) for n in mine.notices] == [
        ("1.1A", "overdue", ("reminder", "due")),
        ("1.1B", "overdue", ("reminder", "due")),
        ("1.1", "due", ("reminder",)),
    ]
    tellings = at.told.of("check-in", "1.1A", "2026-27 Q1", date(2026, 10, 14))
    skipped = {step for (step, address), one in tellings.items() if one.skipped}
    assert skipped == {"reminder", "due"}
    assert run(at, every_day(date(2026, 10, 23), date(2026, 10, 26))) == {}


def test_a_break_of_two_weeks_is_silent_and_the_first_day_after_it_brings_each_person_one_digest() -> None:
    first, last, back_on = date(2026, 10, 15), date(2026, 10, 28), date(2026, 10, 29)
    of = plan(titles={"1.1-gap": "Gap of special education"}, digests_per_week="unlimited")
    days = Calendar(breaks=(Break(name="Fall break", first_day=first, last_day=last),)).working_days(
        of.first_year, of.last_year
    )
    at = replace(situation(of), duties=Duties(of, days))
    known = (
        read(80, "2025-26", on=date(2026, 10, 19), item="1.1-rating"),
        read(80, "2025-26", on=date(2026, 10, 27), item="1.1-gap"),
    )
    posts = rehearsed(at, *known)
    assert not [day for day in posts if first <= day <= last]
    [mine] = [digest for digest in posts[back_on].digests if digest.to.office == "curriculum"]
    assert [(n.item, n.step) for n in mine.notices] == [("1.1-rating", "slip"), ("1.1-gap", "slip")]
    assert "11-05 overdue curriculum" in about(posts)  # the six working days go on where they stopped
