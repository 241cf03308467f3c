"""Judgements: a status is recorded where it moves, and slips are read from what moved."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.ledger import Ledger
from ledger.records import Judgement, Movement
from plan.assess import MeasureStatus
from plan.slips import Slip, slips_after
from tests.ledger_builders import PLAN

_plans = count()


def judgement(status: str, *, aspect: str = "obligation", item: str = "1.1A") -> Judgement:
    """Return a judgement whose reason says its status."""
    return Judgement(item=item, aspect=aspect, status=status, reason=f"It is {status}.")


def movement(was: str | None, status: str, *, day: date, item: str = "1.1A") -> Movement:
    """Return the movement to the judgement of this status."""
    return Movement(item=item, aspect="obligation", was=was, status=status, reason=f"It is {status}.", day=day)


MONDAY, TUESDAY, WEDNESDAY = date(2026, 10, 19), date(2026, 10, 20), date(2026, 10, 21)


def test_a_status_is_recorded_when_it_moves(ledger: Ledger) -> None:
    assert ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY) == (movement(None, "open", day=MONDAY),)
    assert ledger.record_judgements(PLAN, [judgement("open")], on=TUESDAY) == ()
    assert ledger.record_judgements(PLAN, [judgement("due")], on=WEDNESDAY) == (movement("open", "due", day=WEDNESDAY),)
    assert ledger.movements(PLAN, on=WEDNESDAY) == (movement("open", "due", day=WEDNESDAY),)
    assert ledger.movements(PLAN, on=TUESDAY) == ()


def test_a_second_run_of_the_day_finds_what_the_first_one_recorded(ledger: Ledger) -> None:
    first = ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY)
    assert ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY) == first


def test_what_moves_after_the_days_first_run_is_recorded_by_the_next(ledger: Ledger) -> None:
    first = ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY)
    both = (*first, movement("open", "submitted", day=MONDAY))
    assert ledger.record_judgements(PLAN, [judgement("submitted")], on=MONDAY) == both
    assert ledger.record_judgements(PLAN, [judgement("submitted")], on=MONDAY) == both
    assert ledger.record_judgements(PLAN, [judgement("submitted")], on=TUESDAY) == ()


def test_what_moves_there_and_back_within_a_day_are_two_movements(ledger: Ledger) -> None:
    for status in ("off_track", "on_track", "off_track"):
        ledger.record_judgements(PLAN, [judgement(status, aspect="outcome", item="m1")], on=MONDAY)
    assert [(one.was, one.status) for one in ledger.movements(PLAN, on=MONDAY)] == [
        (None, "off_track"),
        ("off_track", "on_track"),
        ("on_track", "off_track"),
    ]
    assert ledger.slips(PLAN, up_to=MONDAY)["m1"].over_on is None


def test_a_run_for_a_day_in_the_past_records_nothing(ledger: Ledger) -> None:
    ledger.record_judgements(PLAN, [judgement("due")], on=TUESDAY)
    assert ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY) == ()
    assert ledger.record_judgements(PLAN, [judgement("due")], on=WEDNESDAY) == ()


def test_movements_keep_the_order_of_judging_and_the_plans_apart(ledger: Ledger) -> None:
    both = [judgement("open", item="2.1"), judgement("open", item="1.1A")]
    expected = (movement(None, "open", day=MONDAY, item="2.1"), movement(None, "open", day=MONDAY))
    assert ledger.record_judgements(PLAN, both, on=MONDAY) == expected
    assert ledger.record_judgements("another", [], on=MONDAY) == ()


def test_each_aspect_moves_on_its_own(ledger: Ledger) -> None:
    ledger.record_judgements(PLAN, [judgement("open"), judgement("open", aspect="evidence")], on=MONDAY)
    moved = ledger.record_judgements(PLAN, [judgement("due"), judgement("open", aspect="evidence")], on=TUESDAY)
    assert [(one.aspect, one.status) for one in moved] == [("obligation", "due")]


def test_the_history_of_an_item_holds_every_aspect_up_to_a_day_first_to_last(ledger: Ledger) -> None:
    evidence = judgement("needed", aspect="evidence")
    ledger.record_judgements(PLAN, [judgement("open"), judgement("open", item="2.1"), evidence], on=MONDAY)
    ledger.record_judgements(PLAN, [judgement("due"), judgement("due", item="2.1"), evidence], on=TUESDAY)
    ledger.record_judgements(PLAN, [judgement("submitted")], on=WEDNESDAY)
    ledger.record_judgements("another", [judgement("waived")], on=MONDAY)
    found = ledger.history(PLAN, "1.1A", up_to=TUESDAY)
    assert [(one.day, one.aspect, one.was, one.status) for one in found] == [
        (MONDAY, "obligation", None, "open"),
        (MONDAY, "evidence", None, "needed"),
        (TUESDAY, "obligation", "open", "due"),
    ]


# --- slips -------------------------------------------------------------------------------------------------------------


def outcome(status: str, reason: str = "", *, item: str = "1.1-rating") -> Judgement:
    """Return a judgement of what a measure has come to."""
    return Judgement(item=item, aspect="outcome", status=status, reason=reason or f"It is {status}.")


def record(ledger: Ledger, story: Sequence[str], *, plan: str = PLAN) -> None:
    """Record one status of a measure for each day from Monday on."""
    for after, status in enumerate(story):
        ledger.record_judgements(plan, [outcome(status)], on=MONDAY + timedelta(days=after))


LATER = MONDAY + timedelta(days=30)


def test_a_slip_lasts_from_the_day_it_was_first_judged_so(ledger: Ledger) -> None:
    record(ledger, ["on_track", "off_track", "off_track"])
    slip = Slip(item="1.1-rating", since=TUESDAY, reason="It is off_track.")
    assert ledger.slips(PLAN, up_to=LATER) == {"1.1-rating": slip}


def test_a_slip_is_over_on_the_day_it_was_judged_to_be_back(ledger: Ledger) -> None:
    record(ledger, ["off_track", "watch", "met"])
    slip = Slip(item="1.1-rating", since=MONDAY, reason="It is watch.", over_on=TUESDAY)
    assert ledger.slips(PLAN, up_to=LATER) == {"1.1-rating": slip}


def test_of_two_slips_of_a_measure_the_last_one_is_told(ledger: Ledger) -> None:
    record(ledger, ["off_track", "on_track", "missed"])
    assert ledger.slips(PLAN, up_to=LATER) == {"1.1-rating": Slip(item="1.1-rating", since=WEDNESDAY, reason="It is missed.")}


def test_a_slip_that_gets_worse_stays_the_same_slip_with_the_arithmetic_of_its_last_change(ledger: Ledger) -> None:
    ledger.record_judgements(PLAN, [outcome("off_track", "48 against 50.")], on=MONDAY)
    ledger.record_judgements(PLAN, [outcome("declined", "43 against 50.")], on=TUESDAY)
    ledger.record_judgements(PLAN, [outcome("declined", "42 against 50.")], on=WEDNESDAY)
    assert ledger.slips(PLAN, up_to=LATER)["1.1-rating"] == Slip(item="1.1-rating", since=MONDAY, reason="43 against 50.")


def test_a_past_day_knows_no_slip_that_began_or_ended_later(ledger: Ledger) -> None:
    record(ledger, ["on_track", "off_track", "on_track"])
    assert ledger.slips(PLAN, up_to=MONDAY) == {}
    assert ledger.slips(PLAN, up_to=TUESDAY)["1.1-rating"].over_on is None
    assert ledger.slips(PLAN, up_to=WEDNESDAY)["1.1-rating"].over_on == WEDNESDAY


def test_each_plan_and_each_measure_slips_on_its_own(ledger: Ledger) -> None:
    ledger.record_judgements(PLAN, [outcome("off_track", item="b"), outcome("missed", item="a")], on=MONDAY)
    ledger.record_judgements(PLAN, [outcome("watch", item="b")], on=TUESDAY)
    ledger.record_judgements("another", [outcome("declined", item="c")], on=MONDAY)
    found = ledger.slips(PLAN, up_to=LATER)
    assert {item: (slip.since, slip.over_on) for item, slip in found.items()} == {"b": (MONDAY, TUESDAY), "a": (MONDAY, None)}


@pytest.mark.parametrize("aspect", ["obligation", "implementation", "evidence"])
def test_only_outcomes_slip(ledger: Ledger, aspect: str) -> None:
    ledger.record_judgements(PLAN, [judgement("off_track", aspect=aspect)], on=MONDAY)
    assert ledger.slips(PLAN, up_to=LATER) == {}


Statuses = Mapping[str, MeasureStatus]


@given(
    days=st.lists(st.fixed_dictionaries({code: st.sampled_from(MeasureStatus) for code in ("m1", "m2")}), max_size=12),
    until=st.integers(0, 11),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slips_read_from_changes_are_those_of_judging_every_day(ledger: Ledger, days: Sequence[Statuses], until: int) -> None:
    plan = f"plan-{next(_plans)}"
    slips: dict[str, Slip] = {}
    for after, statuses in enumerate(days):
        day = MONDAY + timedelta(days=after)
        ledger.record_judgements(plan, [outcome(status, item=item) for item, status in statuses.items()], on=day)
        if after <= until:
            slips = slips_after(slips, ((item, s, f"It is {s}.") for item, s in statuses.items()), day=day)
    assert ledger.slips(plan, up_to=MONDAY + timedelta(days=until)) == slips
