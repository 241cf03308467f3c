"""The weekly overview: who gets one, who does not and why, and what it holds."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.digests import due_notices, tellings_of
from plan.facts import CORRECTIVE_PLAN, CheckIn, CorrectivePlan, Facts, Implementation, Reading
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Ladder, Rung
from plan.overview import AHEAD_DAYS, Overview, Overviews, WhyNot, monday_of, overviews, unanswered
from plan.owners import Absence
from plan.periods import Quarter, SchoolYear
from plan.slips import Slip
from plan.standing import CHASED
from plan.told import Told
from tests.builders import digest, notice, owners, plan, situation

Q1 = Quarter.parse("2026-27 Q1")
MONDAY, TUESDAY, SATURDAY = (date(2026, 10, day) for day in (5, 6, 10))
"""Check-ins of Q1 are open since 30 September and due on 14 October; the reading was due on 31 August."""
OWNER = "curriculum@example.org"
ANSWERED = CheckIn(item="1.1A", period=Q1, status=Implementation.ON_TRACK, note="", by="curriculum", known_on=date(2026, 10, 1))


def autumn(*, facts: Facts | None = None, told: Told | None = None, answered_by: Any = None, **changed: Any) -> Situation:
    """Return a situation in which the owner was told on Friday all that there is to tell."""
    at = situation(plan(**{"weekly_overview": True, **changed}), answered_by, facts=facts)
    told = told or Told()
    for one in due_notices(replace(at, told=Told()), as_of=date(2026, 10, 2)).digests:
        for telling in tellings_of(one, delivered_on=date(2026, 10, 2)):
            told.add(telling)
    return replace(at, told=told)


def chosen(at: Situation, *, off: Collection[str] = (), as_of: date = MONDAY) -> Overviews:
    return overviews(at, Judged(at.duties, at.facts, as_of), off=off, as_of=as_of)


def theirs(at: Situation, address: str = OWNER) -> Overview:
    """Return the overview of one person."""
    return next(one for one in chosen(at).written if one.to.address == address)


def coming(overview: Overview) -> list[tuple[date, str, str, str]]:
    return [(one.day, one.what, one.kind, one.item) for one in overview.coming]


def test_who_owns_something_open_gets_all_that_is_theirs_in_the_plans_order() -> None:
    found = chosen(autumn(facts=Facts((ANSWERED,))))
    assert [(one.key, one.to.address) for one in found.written] == [
        ("riverside-2023-2027/overview/2026-10-05/curriculum@example.org", OWNER)
    ]
    (overview,) = found.written
    assert [own.item for own in overview.own] == ["1.1", "1.1A", "1.1B", "1.1C", "1.1-pm1", "1.1-rating"]
    assert [(own.item, [one.status for one in own.asked]) for own in overview.own if own.asked] == [
        ("1.1", ["open"]),
        ("1.1B", ["open"]),
        ("1.1C", ["open"]),
        ("1.1-pm1", ["open"]),
        ("1.1-rating", ["overdue"]),
    ]
    assert found.left_out == ()


def test_each_item_says_how_it_stands() -> None:
    reading = Reading(
        item="1.1-rating",
        period=SchoolYear(2025),
        value=Decimal(93),
        source="state",
        note="",
        by="state",
        known_on=date(2026, 9, 1),
    )
    stands = {own.item: own for own in theirs(autumn(facts=Facts((ANSWERED, reading)))).own}
    assert stands["1.1A"].owes is not None
    assert [stands["1.1A"].owes.status, stands["1.1A"].implementation] == ["submitted", "on_track"]
    assert (stands["1.1A"].outcome, stands["1.1A"].outcome_of) == ("on_track", "1.1")
    assert (stands["1.1B"].implementation, stands["1.1"].outcome) == ("not_reported", "on_track")
    assert (stands["1.1-rating"].outcome, stands["1.1-rating"].implementation) == ("on_track", "")
    assert (stands["1.1-pm1"].outcome, stands["1.1-pm1"].implementation) == ("", "")


@pytest.mark.parametrize(
    ("at", "off", "why", "reason"),
    [
        pytest.param(
            autumn(), (OWNER,), WhyNot.TURNED_OFF, "Director of Curriculum has turned the weekly overview off.", id="off"
        ),
        pytest.param(
            autumn(begins_on=date(2026, 12, 1)),
            (),
            WhyNot.NOTHING_OPEN,
            "Nothing that is asked of Director of Curriculum is open and unanswered.",
            id="nothing-chased-yet",
        ),
        pytest.param(
            situation(plan(weekly_overview=True)),
            (),
            WhyNot.HAS_DIGEST,
            "Director of Curriculum has today's digest.",
            id="digest-still-to-be-written",
        ),
        pytest.param(
            autumn(told=Told(tellings_of(digest(notice(step="due"), day=MONDAY), delivered_on=None))),
            (),
            WhyNot.HAS_DIGEST,
            "Director of Curriculum has today's digest.",
            id="digest-on-its-way",
        ),
    ],
)
def test_who_gets_none_is_told_with_the_reason(at: Situation, off: tuple[str, ...], why: WhyNot, reason: str) -> None:
    found = chosen(at, off=off)
    assert found.written == ()
    assert [(one.why, one.reason) for one in found.left_out] == [(why, reason)]


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_a_week_is_named_by_its_monday(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday < timedelta(days=7)


def test_on_a_later_day_of_the_week_an_overview_has_the_same_name() -> None:
    keys = [[one.key for one in chosen(autumn(), as_of=day).written] for day in (MONDAY, TUESDAY)]
    assert keys[0]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("changed", "as_of"),
    [pytest.param({"weekly_overview": False}, MONDAY, id="not-wanted"), pytest.param({}, SATURDAY, id="no-working-day")],
)
def test_else_nobody_gets_one_and_nobody_is_left_out(changed: dict[str, Any], as_of: date) -> None:
    assert chosen(autumn(**changed), as_of=as_of) == Overviews()


def test_a_plan_wants_none_unless_it_says_so() -> None:
    assert plan().settings.weekly_overview is False


def test_what_is_coming_opens_or_is_due_within_10_working_days() -> None:
    assert coming(theirs(autumn(facts=Facts((ANSWERED,))))) == [
        (date(2026, 10, 14), "due", "check-in", "1.1B"),
        (date(2026, 10, 14), "due", "check-in", "1.1C"),
        (date(2026, 10, 14), "due", "evidence", "1.1-pm1"),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 12, 14), set(), id="closes-in-12-working-days"),
        pytest.param(date(2026, 12, 21), {(date(2026, 12, 31), "opens")}, id="closes-in-8-working-days"),
        pytest.param(date(2027, 1, 4), {(date(2027, 1, 14), "due")}, id="objective-not-yet"),
    ],
)
def test_the_tenth_working_day_is_the_last_that_counts(day: date, expected: set[tuple[date, str]]) -> None:
    overview = quietly(day)
    assert {(one.day, one.what) for one in overview.coming} == expected
    last = situation().duties.days.offset(day, AHEAD_DAYS)
    assert all(day < one.day <= last for one in overview.coming)


def quietly(day: date) -> Overview:
    """Return the owner's overview of a day, for a plan that asks once and then keeps quiet."""
    asked_once = Ladder(rungs=(Rung(step="request", day=-10, to=("owner",)),))
    at = situation(plan(weekly_overview=True, ladders=(asked_once,)))
    every = (one for digest in due_notices(at, as_of=day).digests for one in tellings_of(digest, delivered_on=None))
    told = Told(replace(one, told_on=day - timedelta(days=7)) for one in every)
    (overview,) = chosen(replace(at, told=told), as_of=day).written
    return overview


def test_an_older_answer_that_never_came_is_asked_beside_the_newer_one() -> None:
    asked = {own.item: [one.period for one in own.asked] for own in quietly(date(2027, 1, 4)).own}
    assert asked["1.1A"] == ["2026-27 Q1", "2026-27 Q2"]


def test_a_corrective_plan_that_has_not_come_is_asked_too() -> None:
    slips = {"1.1-rating": Slip(item="1.1-rating", since=date(2026, 9, 28), reason="86 against 90.")}
    given_on = date(2026, 10, 1)
    corrective = CorrectivePlan(
        item="1.1-rating", period=Q1, cause="x", step="y", done_by=given_on, effect="z", by="curriculum", known_on=given_on
    )
    told = Told(tellings_of(digest(slip_notice()), delivered_on=None))
    missing = replace(autumn(told=told), slips=slips)
    planned = replace(autumn(told=told, facts=Facts((corrective,))), slips=slips)
    asked, answered = ({own.item: own for own in theirs(at).own}["1.1-rating"].asked for at in (missing, planned))
    assert [(one.kind, one.due, one.status) for one in asked if one.kind == CORRECTIVE_PLAN] == [
        (CORRECTIVE_PLAN, date(2026, 10, 12), "open")
    ]
    assert not [one for one in answered if one.kind == CORRECTIVE_PLAN]
    assert (date(2026, 10, 12), "due", CORRECTIVE_PLAN, "1.1-rating") in coming(theirs(missing))


def slip_notice() -> Any:
    """Return the notice of a slip that began on 28 September."""
    return notice(
        "1.1-rating", kind=CORRECTIVE_PLAN, period="2026-27 Q1", step="slip", due=date(2026, 10, 12), ladder="slip", height=0
    )


def test_while_somebody_is_away_the_stand_in_gets_one_too() -> None:
    away = Absence(office="curriculum", first_day=MONDAY, last_day=MONDAY, delegate="assessment")
    found = chosen(autumn(answered_by=owners(absences=(away,))))
    assert [one.to.address for one in found.written] == [OWNER]
    assert [(one.to.address, one.why) for one in found.left_out] == [("assessment@example.org", WhyNot.HAS_DIGEST)]


def test_what_is_unanswered_is_what_the_ladder_chases() -> None:
    at = autumn(facts=Facts((ANSWERED,)))
    for item in at.plan.items.values():
        assert {one.status for one in unanswered(item, at, as_of=MONDAY)} <= CHASED
    assert not list(unanswered(at.plan.items["1.1A"], at, as_of=MONDAY))


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2026, 8, 1), date(2027, 6, 30)), st.booleans(), st.booleans())
def test_nobody_is_both_written_to_and_left_out_and_no_one_has_two_mails_a_day(day: date, is_off: bool, is_told: bool) -> None:
    at = autumn() if is_told else situation(plan(weekly_overview=True))
    found = chosen(at, off=(OWNER,) if is_off else (), as_of=day)
    written = [one.to.address for one in found.written]
    assert len(written) == len(set(written))
    assert not set(written) & {one.to.address for one in found.left_out}
    assert not set(written) & {one.to.address for one in due_notices(at, as_of=day).digests}
    assert not (is_off and OWNER in written)
    assert all(any(own.asked for own in one.own) for one in found.written)
