"""One digest per person and day, in order, and held back where a person has had enough."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.digests import Post, due_notices, gather, tellings_of
from plan.ladder import Situation, Urgency, notices_for
from plan.told import Telling, Told
from tests.builders import digest, notice, owners, person, plan, situation
from tests.plan_builders import every_day, only, run, tell

OVERDUE_ON = date(2026, 10, 22)


def had(*days: date, office: str = "curriculum") -> Told:
    """Return a memory of digests about something else."""
    return Told(
        Telling(
            key=f"{day}",
            item="9.9Z",
            kind="check-in",
            period="2025-26 Q1",
            ladder="late",
            step="due",
            due=date(2026, 1, 5),
            address=f"{office}@example.org",
            told_on=day,
            delivered_on=day,
        )
        for day in days
    )


def autumn(told: Told | None = None, **of_the_plan: Any) -> Situation:
    return situation(only(["1.1A", "1.1B"], **of_the_plan), told=told)


def week(*days: int) -> list[date]:
    return [date(2026, 10, day) for day in days]


def reasons(post: Post, office: str = "curriculum") -> set[str]:
    return {held.reason for held in post.held_back if held.notice.to.office == office}


# --- one digest --------------------------------------------------------------------------------------------------------


def test_however_many_items_a_person_gets_one_digest_a_day() -> None:
    post = due_notices(situation(), as_of=OVERDUE_ON)
    assert sorted(one.to.office for one in post.digests) == ["assessment", "curriculum"]
    [mine] = [one for one in post.digests if one.to.office == "curriculum"]
    assert {one.item for one in mine.notices} == {"1.1", "1.1A", "1.1B", "1.1C", "1.1-pm1", "1.1-rating"}
    assert mine.key == "riverside-2023-2027/digest/2026-10-22/curriculum@example.org"
    assert mine.day == OVERDUE_ON


@pytest.mark.parametrize("day", [date(2026, 10, 24), date(2026, 10, 25)])
def test_nothing_is_written_on_a_free_day(day: date) -> None:
    assert due_notices(situation(), as_of=day) == Post()


def test_where_nothing_is_due_there_is_no_mail() -> None:
    assert due_notices(autumn(begins_on="2026-09-15"), as_of=date(2026, 9, 29)) == Post()


def test_two_offices_with_one_address_are_one_person() -> None:
    post = due_notices(situation(only(["1.1A"]), owners(assessment={"email": "curriculum@example.org"})), as_of=OVERDUE_ON)
    assert [one.to.address for one in post.digests] == ["curriculum@example.org"]
    assert Counter(one.item for one in post.digests[0].notices)["1.1A"] == 1


def test_overdue_comes_first_then_due_then_upcoming_the_gravest_and_oldest_leading() -> None:
    def one(item: str, urgency: Urgency, height: int, due: int) -> Any:
        return notice(item, urgency=urgency, height=height, due=date(2026, 10, due))

    in_order = [
        one("a", "overdue", 4, 9),
        one("b", "overdue", 3, 7),
        one("c", "overdue", 3, 8),
        one("d", "due", 2, 22),
        one("e", "upcoming", 1, 25),
        one("f", "upcoming", 0, 24),
    ]
    for shuffled in (in_order[::-1], in_order[3:] + in_order[:3]):
        [found] = gather(shuffled, situation(), as_of=OVERDUE_ON).digests
        assert [n.item for n in found.notices] == list("abcdef")


def test_at_one_height_what_is_ones_own_comes_before_what_is_anothers_however_old() -> None:
    def one(item: str, owner: str, *, height: int = 4, due: int = 9) -> Any:
        return notice(item, height=height, due=date(2026, 10, due), owner=person(owner), to=person("curriculum"))

    in_order = [
        one("a", "assessment", height=5),
        one("b", "curriculum", due=8),
        one("c", "curriculum", due=9),
        one("d", "assessment", due=2),
        one("e", "planning", due=3),
        one("f", "curriculum", height=3, due=1),
    ]
    for shuffled in (in_order[::-1], in_order[2:] + in_order[:2]):
        [found] = gather(shuffled, situation(), as_of=OVERDUE_ON).digests
        assert [n.item for n in found.notices] == list("abcdef")


def test_an_owner_under_another_office_with_the_same_address_is_oneself() -> None:
    mine = notice("b", owner=replace(person("assessment"), address=person().address), due=date(2026, 10, 9))
    theirs = notice("a", owner=person("assessment"), due=date(2026, 10, 2))
    [found] = gather([theirs, mine], situation(), as_of=OVERDUE_ON).digests
    assert [n.item for n in found.notices] == ["b", "a"]


# --- limits ------------------------------------------------------------------------------------------------------------


def test_who_has_had_three_digests_this_week_waits_for_the_next_and_an_administrator_sees_why() -> None:
    at = autumn(had(*week(19, 20, 21)))
    posts = run(at, every_day(OVERDUE_ON, date(2026, 10, 26)))
    assert reasons(posts[OVERDUE_ON]) == {
        "Director of Curriculum has had 3 digests this week, and the limit is 3; it goes next week."
    }
    assert "curriculum" not in {one.to.office for day in week(22, 23) for one in posts[day].digests}
    [mine] = [one for one in posts[date(2026, 10, 26)].digests if one.to.office == "curriculum"]
    assert {(one.item, one.step) for one in mine.notices} == {("1.1A", "overdue"), ("1.1B", "overdue"), ("1.1", "due")}
    assert posts[date(2026, 10, 26)].held_back == ()


def test_what_is_held_back_for_one_person_goes_to_the_others() -> None:
    post = due_notices(autumn(had(*week(19, 20, 21))), as_of=OVERDUE_ON)
    assert [one.to.office for one in post.digests] == ["assessment"]


def test_what_was_held_back_has_not_been_told_so_nobody_above_is_told_either() -> None:
    at = autumn(had(*week(19, 20, 21)))
    posts = run(at, every_day(OVERDUE_ON, date(2026, 10, 28)))
    told = {(one.to.office, n.step) for post in posts.values() for one in post.digests for n in one.notices}
    assert ("academics", "supervisor") not in told
    assert run(at, [date(2026, 10, 29)])[date(2026, 10, 29)].digests[0].notices[0].step == "supervisor"


@pytest.mark.parametrize(
    ("days", "limit", "goes"),
    [
        pytest.param(week(19, 20), 3, True, id="two-of-three"),
        pytest.param(week(19, 20, 21), 3, False, id="three-of-three"),
        pytest.param(week(16, 17, 18), 3, True, id="those-of-last-week-do-not-count"),
        pytest.param(week(19), 1, False, id="a-limit-of-one"),
        pytest.param(week(19, 20, 21), 4, True, id="a-limit-of-four"),
        pytest.param(week(19, 20, 21), "unlimited", True, id="unlimited"),
        pytest.param(week(22), "unlimited", False, id="unlimited-but-one-a-day"),
    ],
)
def test_the_limit_counts_the_days_from_monday(days: list[date], limit: int | str, goes: bool) -> None:
    post = due_notices(autumn(had(*days), digests_per_week=limit), as_of=OVERDUE_ON)
    assert ("curriculum" in {one.to.office for one in post.digests}) is goes
    assert bool(reasons(post)) is not goes


def test_a_second_digest_on_one_day_waits_for_the_next_working_day() -> None:
    post = due_notices(autumn(had(OVERDUE_ON)), as_of=OVERDUE_ON)
    assert reasons(post) == {"Director of Curriculum has had today's digest; it goes on the next working day."}


def test_what_was_only_skipped_does_not_count_against_the_limit() -> None:
    told = Told(
        replace(telling, skipped=True)
        for telling in had(*week(19, 20, 21)).of("check-in", "9.9Z", "2025-26 Q1", date(2026, 1, 5)).values()
    )
    assert not reasons(due_notices(autumn(told), as_of=OVERDUE_ON))


def test_one_full_week_does_not_hold_back_another_person() -> None:
    assert not reasons(due_notices(autumn(had(*week(19, 20, 21), office="academics")), as_of=OVERDUE_ON))


# --- what a digest tells -----------------------------------------------------------------------------------------------


def test_a_digest_tells_each_notices_step_and_each_lower_one_that_it_passes_over() -> None:
    one = digest(notice("1.1A", passed_over=("reminder", "due")), notice("1.1B"), day=date(2026, 10, 27))
    tellings = list(tellings_of(one, delivered_on=date(2026, 10, 28)))
    assert [(t.item, t.step, t.skipped) for t in tellings] == [
        ("1.1A", "reminder", True),
        ("1.1A", "due", True),
        ("1.1A", "overdue", False),
        ("1.1B", "overdue", False),
    ]
    assert tellings[2] == Telling(
        key=one.notices[0].key,
        item="1.1A",
        kind="check-in",
        period="2026-27 Q1",
        ladder="late",
        step="overdue",
        due=date(2026, 10, 14),
        address=person().address,
        told_on=date(2026, 10, 27),
        delivered_on=date(2026, 10, 28),
    )
    assert tellings[0].key == one.notices[0].key_for("reminder")


def test_a_digest_on_its_way_has_been_told_but_not_delivered() -> None:
    [telling] = tellings_of(digest(notice()), delivered_on=None)
    assert (telling.told_on, telling.delivered_on) == (date(2026, 10, 27), None)


# --- laws --------------------------------------------------------------------------------------------------------------


DAYS = st.dates(date(2026, 8, 3), date(2027, 2, 26))


def keys(of: Iterable[Any]) -> Counter[str]:
    return Counter(one.key for one in of)


@given(st.sets(DAYS, max_size=25).map(sorted), DAYS)
@settings(max_examples=60, deadline=None)
def test_every_notice_is_in_exactly_one_digest_or_held_back(days: list[date], as_of: date) -> None:
    at = situation(plan())
    run(at, days)
    chosen = [one for item in at.plan.items.values() for one in notices_for(item, at, as_of=as_of)]
    post = due_notices(at, as_of=as_of)
    placed = [n for one in post.digests for n in one.notices] + [held.notice for held in post.held_back]
    assert keys(placed) == keys(chosen)
    assert set(keys(chosen).values()) <= {1}
    assert all(n.to.address == one.to.address for one in post.digests for n in one.notices)
    assert len({one.to.address for one in post.digests}) == len(post.digests)


@given(st.sets(DAYS, max_size=40).map(sorted), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_nobody_gets_more_digests_a_week_than_the_limit(days: list[date], limit: int) -> None:
    posts = run(situation(plan(digests_per_week=limit)), days)
    weeks = Counter((one.to.address, day.isocalendar()[:2]) for day, post in posts.items() for one in post.digests)
    assert max(weeks.values(), default=0) <= limit


@given(DAYS)
@settings(max_examples=40, deadline=None)
def test_a_days_choice_told_leaves_nothing_to_choose(as_of: date) -> None:
    at = situation(plan(digests_per_week="unlimited"))
    tell(due_notices(at, as_of=as_of), at.told)
    assert due_notices(at, as_of=as_of) == Post()
