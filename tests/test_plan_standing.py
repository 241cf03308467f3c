"""How an obligation stands on a day, and the sentence that says why."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.facts import Fact, Facts, Implementation
from plan.model import Plan
from plan.periods import Quarter
from plan.standing import CHASED, ObligationStatus, Standing, named, standing
from plan.told import Telling, Told
from tests.plan_builders import Q1, check_in, duties_of, promise, tree, waiver, weekdays

OPENS, DUE = date(2026, 9, 30), date(2026, 10, 14)
PLAN = tree({"actions": [{"id": "1.1A", "title": "A"}]})
S = ObligationStatus


def telling(step: str, on: date, *, skipped: bool = False) -> Telling:
    return Telling(
        key=step,
        item="1.1A",
        kind="check-in",
        period=str(Q1),
        ladder="late",
        step=step,
        due=DUE,
        address="a@example.org",
        told_on=on,
        delivered_on=on,
        skipped=skipped,
    )


def judged(as_of: date, *facts: Fact, told: Iterable[Telling] = (), plan: Plan = PLAN) -> Standing:
    duties = duties_of(plan)
    owed = next(one for one in duties.of(plan.items["1.1A"]) if one.period == Q1)
    known = (one for one in told if one.told_on <= as_of)
    return standing(owed, duties=duties, facts=Facts(facts).known_by(as_of), told=Told(known), as_of=as_of)


CLIMBED = [
    telling("overdue", date(2026, 10, 22)),
    telling("supervisor", date(2026, 10, 27)),
    telling("cabinet", date(2026, 10, 30)),
]


@pytest.mark.parametrize(
    ("as_of", "status", "reason"),
    [
        pytest.param(
            date(2026, 9, 29),
            S.SCHEDULED,
            "The check-in for 2026-27 Q1 opens on 2026-09-30 and is due on 2026-10-14.",
            id="day-before",
        ),
        pytest.param(OPENS, S.OPEN, "The check-in for 2026-27 Q1 is open since 2026-09-30 and due on 2026-10-14.", id="opens"),
        pytest.param(
            date(2026, 10, 13), S.OPEN, "The check-in for 2026-27 Q1 is open since 2026-09-30 and due on 2026-10-14.", id="eve"
        ),
        pytest.param(DUE, S.DUE, "The check-in for 2026-27 Q1 is due today, 2026-10-14.", id="due"),
        pytest.param(
            date(2026, 10, 15),
            S.IN_GRACE,
            "The check-in for 2026-27 Q1 was due on 2026-10-14, 1 working day ago; the grace of 5 working days is not over.",
            id="first-day-of-grace",
        ),
        pytest.param(
            date(2026, 10, 21),
            S.IN_GRACE,
            "The check-in for 2026-27 Q1 was due on 2026-10-14, 5 working days ago; the grace of 5 working days is not over.",
            id="last-day-of-grace",
        ),
        pytest.param(
            date(2026, 10, 22),
            S.OVERDUE,
            "The check-in for 2026-27 Q1 was due on 2026-10-14, 6 working days ago, and has not come.",
            id="grace-over",
        ),
        pytest.param(
            date(2026, 10, 27),
            S.ESCALATED,
            'The check-in for 2026-27 Q1 was due on 2026-10-14, 9 working days ago; the step "supervisor" has been taken.',
            id="supervisor-told",
        ),
        pytest.param(
            date(2026, 10, 30),
            S.EXHAUSTED,
            "The check-in for 2026-27 Q1 was due on 2026-10-14, 12 working days ago; every step of the ladder has been taken.",
            id="cabinet-told",
        ),
    ],
)
def test_what_nobody_answers_moves_through_its_statuses(as_of: date, status: ObligationStatus, reason: str) -> None:
    found = judged(as_of, told=CLIMBED)
    assert (found.status, found.reason) == (status, reason)


def test_a_free_day_after_the_due_date_is_in_grace_without_a_day_of_it_gone() -> None:
    plan = tree({"actions": [{"id": "1.1A", "title": "A"}]}, fiscal_year_starts="07-03")  # closes 10-02, due Friday 10-16
    found = judged(date(2026, 10, 17), plan=plan)
    assert found.status is S.IN_GRACE
    assert found.reason == ("The check-in for 2026-27 Q1 was due on 2026-10-16; the grace of 5 working days is not over.")


@pytest.mark.parametrize(
    ("on", "status", "reason"),
    [
        pytest.param(
            date(2026, 9, 1),
            S.SUBMITTED,
            "The check-in for 2026-27 Q1 came on 2026-09-01; it was due on 2026-10-14.",
            id="early",
        ),
        pytest.param(
            DUE, S.SUBMITTED, "The check-in for 2026-27 Q1 came on 2026-10-14; it was due on 2026-10-14.", id="on-the-day"
        ),
        pytest.param(
            date(2026, 10, 15),
            S.SUBMITTED_LATE,
            "The check-in for 2026-27 Q1 came on 2026-10-15, after its due date 2026-10-14.",
            id="in-grace-is-late-too",
        ),
    ],
)
def test_what_came_is_submitted_on_time_or_late(on: date, status: ObligationStatus, reason: str) -> None:
    found = judged(date(2026, 11, 30), check_in(on=on), told=CLIMBED)
    assert (found.status, found.reason) == (status, reason)


def test_late_stays_late_whatever_comes_after() -> None:
    late = check_in(on=date(2026, 10, 20))
    assert (
        judged(date(2026, 12, 1), late, check_in(on=date(2026, 10, 28)), waiver(on=date(2026, 10, 29))).status
        is S.SUBMITTED_LATE
    )


def test_before_it_came_it_stands_as_it_stood_then() -> None:
    assert judged(date(2026, 10, 22), check_in(on=date(2026, 10, 23))).status is S.OVERDUE


def test_a_waiver_says_who_decided_and_why() -> None:
    found = judged(date(2026, 11, 30), waiver(on=date(2026, 10, 20), note="The campus closed."))
    assert found.status is S.WAIVED
    assert found.reason == "The check-in for 2026-27 Q1 was waived by Superintendent on 2026-10-20: The campus closed."


@pytest.mark.parametrize("said", [Implementation.ACHIEVED, Implementation.NOT_ACHIEVED, Implementation.CANCELLED])
def test_an_item_that_has_ended_owes_nothing_more(said: Implementation) -> None:
    ended = check_in(on=date(2026, 8, 3), period=Quarter.parse("2025-26 Q4"), said=said)
    found = judged(date(2026, 11, 30), ended)
    assert found.status is S.WAIVED
    assert found.reason == f"1.1A was reported {said.replace('_', ' ')} on 2026-08-03, so nothing more is asked for."


def test_an_item_that_was_taken_up_again_owes_again() -> None:
    ended = check_in(on=date(2026, 8, 3), period=Quarter.parse("2025-26 Q4"), said=Implementation.CANCELLED)
    again = check_in(on=date(2026, 8, 10), period=Quarter.parse("2025-26 Q4"), said=Implementation.ON_TRACK)
    assert judged(date(2026, 11, 30), ended, again).status is S.OVERDUE


def test_what_opened_before_reminders_began_is_not_chased() -> None:
    plan = tree({"actions": [{"id": "1.1A", "title": "A"}]}, begins_on="2026-10-01")
    found = judged(date(2026, 11, 30), plan=plan)
    assert found.status is S.NOT_CHASED
    assert found.reason == "The check-in for 2026-27 Q1 opened on 2026-09-30, before reminders begin on 2026-10-01."
    assert judged(date(2026, 11, 30), check_in(on=date(2026, 10, 1)), plan=plan).status is S.SUBMITTED


@pytest.mark.parametrize(("as_of", "status"), [(date(2026, 11, 29), S.PAUSED), (date(2026, 11, 30), S.OVERDUE)])
def test_what_the_plan_pauses_is_silent_until_the_day_itself(as_of: date, status: ObligationStatus) -> None:
    plan = tree({"actions": [{"id": "1.1A", "title": "A", "paused_until": "2026-11-30"}]})
    assert judged(as_of, plan=plan).status is status


def test_a_pause_says_until_when() -> None:
    plan = tree({"actions": [{"id": "1.1A", "title": "A", "paused_until": "2026-11-30"}]})
    assert judged(date(2026, 11, 2), plan=plan).reason == "1.1A is paused by the plan until 2026-11-30."


# --- promises ----------------------------------------------------------------------------------------------------------


def paused(*promises: Fact) -> list[str]:
    """Return the working days from the end of grace to the year's end on which it is paused."""
    span = (date(2026, 10, 15) + timedelta(days=n) for n in range(75))
    return [f"{day:%m-%d}" for day in span if day in weekdays() and judged(day, *promises).status is S.PAUSED]


def test_a_promise_pauses_from_the_day_it_is_given_to_the_promised_day() -> None:
    assert paused(promise(on=date(2026, 10, 22), until=date(2026, 10, 26))) == ["10-22", "10-23", "10-26"]


def test_a_promise_says_who_gave_it_and_until_when_it_counts() -> None:
    found = judged(date(2026, 10, 23), promise(on=date(2026, 10, 22), until=date(2026, 10, 26)))
    assert found.reason == "On 2026-10-22 Director of Curriculum promised the check-in for 2026-27 Q1 by 2026-10-26."


def test_a_promise_counts_for_at_most_ten_working_days() -> None:
    days = paused(promise(on=date(2026, 10, 22), until=date(2026, 12, 31)))
    assert (days[0], days[-1], len(days)) == ("10-22", "11-05", 1 + 10)
    assert judged(date(2026, 10, 23), promise(on=date(2026, 10, 22), until=date(2026, 12, 31))).reason == (
        "On 2026-10-22 Director of Curriculum promised the check-in for 2026-27 Q1 by 2026-12-31; "
        "that counts until 2026-11-05, for 10 working days."
    )


@pytest.mark.parametrize(
    "given_on", [pytest.param(date(2026, 10, 24), id="saturday"), pytest.param(date(2026, 10, 25), id="sunday")]
)
def test_a_promise_given_on_a_free_day_counts_for_ten_working_days_too(given_on: date) -> None:
    days = paused(promise(on=given_on, until=date(2026, 12, 1)))
    assert (days[0], days[-1], len(days)) == ("10-26", "11-06", 10)


@given(st.dates(date(2026, 10, 15), date(2026, 11, 30)), st.dates(date(2026, 10, 15), date(2027, 1, 31)))
@settings(max_examples=50, deadline=None)
def test_no_promise_pauses_more_than_ten_working_days_after_the_day_it_was_given(given_on: date, until: date) -> None:
    given_then = promise(on=given_on, until=until)
    span = (given_on + timedelta(days=n) for n in range(1, 40))
    days = [day for day in span if day in weekdays() and judged(day, given_then).status is S.PAUSED]
    promised = [given_on + timedelta(days=n) for n in range(1, max((until - given_on).days, 0) + 1)]
    assert days == [day for day in promised if day in weekdays()][:10]


def test_at_most_two_promises_count() -> None:
    one, two, three = (promise(on=date(2026, 10, day), until=date(2026, 10, day)) for day in (22, 26, 28))
    assert paused(one, two, three) == ["10-22", "10-26"]


def test_a_promise_of_a_day_that_is_over_pauses_nothing() -> None:
    assert paused(promise(on=date(2026, 10, 22), until=date(2026, 10, 21))) == []


def test_a_promise_for_another_quarter_pauses_nothing() -> None:
    assert paused(promise(on=date(2026, 10, 22), until=date(2026, 11, 2), period=Quarter.parse("2025-26 Q4"))) == []


# --- laws --------------------------------------------------------------------------------------------------------------


WORSE = [S.SCHEDULED, S.OPEN, S.DUE, S.IN_GRACE, S.OVERDUE, S.ESCALATED, S.EXHAUSTED]
DAYS = st.dates(date(2026, 9, 1), date(2027, 6, 1))


@given(DAYS, DAYS, st.sampled_from([[], CLIMBED[:1], CLIMBED[:2], CLIMBED]))
def test_waiting_never_makes_it_better(one: date, other: date, told: list[Telling]) -> None:
    earlier, later = (judged(day, told=told).status for day in sorted((one, other)))
    assert WORSE.index(earlier) <= WORSE.index(later)


def test_a_step_that_was_only_skipped_was_not_taken() -> None:
    assert judged(date(2026, 11, 2), told=[telling("supervisor", date(2026, 10, 27), skipped=True)]).status is S.OVERDUE


def test_the_ladder_runs_in_exactly_the_statuses_in_which_something_is_wanted() -> None:
    assert {S.OPEN, S.DUE, S.IN_GRACE, S.OVERDUE, S.ESCALATED, S.EXHAUSTED} == CHASED


def test_what_is_owed_is_named_in_words() -> None:
    assert named(judged(DUE).obligation) == "check-in for 2026-27 Q1"
