"""The evening's count: what plan and calendar call for on a day against what the outbox holds for it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.digests import due_notices
from plan.facts import Facts
from plan.ladder import Situation
from plan.slips import Slip
from plan.tally import Tally, tally
from plan.told import Telling, Told
from tests.builders import owners, situation
from tests.plan_builders import check_in, every_day, only, roster, run, tell

DAY = date(2026, 10, 22)
"""A Thursday on which five people-and-steps are due, if nobody ever answered: for each action the owner and the delegate, for
their objective the lead."""
BEFORE = DAY - timedelta(days=1)
SEASON = tuple(every_day(date(2026, 9, 14), date(2026, 12, 31)))


def autumn(*, told: Iterable[Telling] = (), facts: Facts | None = None) -> Situation:
    """Return the situation of two actions of one office."""
    return situation(only(["1.1A", "1.1B"]), told=Told(told), facts=facts)


def after_the_morning(of: Situation, day: date = DAY) -> Situation:
    """Return a situation after the day's digests went into the outbox."""
    tell(due_notices(of, as_of=day), of.told)
    return of


def counted(of: Situation, *, at_dawn: Situation | None = None, day: date = DAY) -> Tally:
    return tally(of, at_dawn or of, as_of=day)


def slipped(since: date, over_on: date | None = None) -> dict[str, Slip]:
    return {"1.1-rating": Slip(item="1.1-rating", since=since, over_on=over_on, reason="85 is 6.6 short of 91.6.")}


def answered() -> Situation:
    """Return a situation in which the actions have been answered."""
    return situation(facts=Facts(tuple(check_in(code, on=date(2026, 10, 1)) for code in ("1.1A", "1.1B", "1.1C"))))


def test_after_the_days_run_the_difference_is_0() -> None:
    found = counted(after_the_morning(autumn()))
    assert found.is_even
    assert str(found) == "5 keys expected on 2026-10-22, 5 in the outbox; the difference is 0"


def test_a_run_that_never_came_leaves_every_key_missing() -> None:
    found = counted(autumn())
    assert (found.expected, found.found, len(found.missing)) == (5, 0, 5)
    assert str(found).startswith("5 keys expected on 2026-10-22, 0 in the outbox; 5 missing: riverside/late/check-in/")


def test_what_is_held_back_is_no_difference() -> None:
    of = situation(only(["1.1A", "1.1B"], digests_per_week=1))
    monday, readers = DAY - timedelta(days=3), {digest.to.address for digest in due_notices(of, as_of=DAY).digests}
    one = after_the_morning(autumn()).told.on(DAY)[-1]
    had = [replace(one, key=reader, item="9.9Z", address=reader, told_on=monday, skipped=False) for reader in readers]
    found = counted(replace(of, told=Told(had)))
    assert found.is_even
    assert (found.expected, found.found, found.held_back) == (5, 0, 5)


def test_a_digest_that_lost_a_part_leaves_that_part_missing() -> None:
    of = autumn()
    whole = due_notices(of, as_of=DAY)
    tell(replace(whole, digests=tuple(replace(one, notices=one.notices[:1]) for one in whole.digests)), of.told)
    found = counted(of)
    left = {notice.key for digest in whole.digests for notice in digest.notices[1:]}
    assert left
    assert set(found.missing) == left
    assert (found.expected, found.found, found.held_back) == (5, 5 - len(left), 0)


@pytest.mark.parametrize("on", [pytest.param(DAY, id="of-the-day"), pytest.param(BEFORE, id="of-the-day-before")])
def test_an_answer_that_came_during_the_day_is_no_difference(on: date) -> None:
    morning = after_the_morning(autumn())
    found = counted(replace(morning, facts=Facts((check_in("1.1A", on=on),))), at_dawn=morning)
    assert found.is_even
    assert (found.found, found.only_at_dawn) == (5, 2)
    assert str(found).endswith("5 in the outbox, 2 over since the morning; the difference is 0")


@pytest.mark.parametrize("ran", [pytest.param(True, id="after-the-run"), pytest.param(False, id="without-a-run")])
def test_an_address_that_was_refused_during_the_day_is_no_difference_and_whoever_stands_in_is_due_later(ran: bool) -> None:
    dawn = after_the_morning(autumn()) if ran else autumn()
    refused = dawn.roster.owners.offices["curriculum"].email
    evening = replace(dawn, roster=replace(dawn.roster, unreachable=frozenset({refused})))
    found = counted(evening, at_dawn=dawn)
    assert found.unexpected == ()
    assert refused not in {key.rpartition("/")[2] for key in found.missing}
    assert bool(found.missing) is not ran
    assert bool(found.only_at_dawn) is ran
    assert found.only_since == len([key for key in counted(evening).missing if key not in counted(dawn).missing]) > 0
    assert "more from the next working day on" in str(found)


def test_a_key_that_nothing_calls_for_is_told() -> None:
    morning = after_the_morning(autumn())
    stray = replace(morning.told.on(DAY)[0], key="stray", step="cabinet", skipped=False)
    morning.told.add(stray)
    found = counted(morning)
    assert not found.is_even
    assert found.unexpected == ("stray",)
    assert str(found).endswith("1 not called for: stray")


def test_an_owner_who_came_during_the_day_is_missing_until_the_next_run() -> None:
    evening = roster(after_the_morning(autumn()), owners(curriculum={"email": "another@example.org"}))
    found = counted(evening)
    assert {key.rpartition("/")[2] for key in found.missing} == {"another@example.org"}
    assert counted(after_the_morning(evening)).missing == ()


@pytest.mark.parametrize(
    ("since", "missing"),
    [pytest.param(DAY, 0, id="the-day-itself"), pytest.param(BEFORE, 1, id="the-day-before")],
)
def test_a_slip_has_to_be_told_from_the_day_after_it_was_judged(since: date, missing: int) -> None:
    of = after_the_morning(answered())
    evening = replace(of, slips=slipped(since))
    found = counted(evening, at_dawn=of if since == DAY else evening)
    assert len([key for key in found.missing if "/slip/" in key]) == missing
    assert found.only_since == 1 - missing


@pytest.mark.parametrize(
    ("at_dawn", "morning", "evening"),
    [
        pytest.param(slipped(BEFORE), slipped(BEFORE), slipped(BEFORE, DAY), id="over-by-evening"),
        pytest.param({}, slipped(DAY), slipped(DAY), id="begun-in-the-morning"),
        pytest.param({}, slipped(DAY), slipped(DAY, DAY), id="begun-and-over"),
        pytest.param(slipped(BEFORE), slipped(BEFORE), slipped(BEFORE), id="lasting"),
    ],
)
def test_a_slip_that_was_told_in_the_morning_is_no_difference(
    at_dawn: dict[str, Slip], morning: dict[str, Slip], evening: dict[str, Slip]
) -> None:
    of = after_the_morning(replace(answered(), slips=morning))
    assert len([telling for telling in of.told.on(DAY) if telling.ladder == "slip"]) == 1
    found = counted(replace(of, slips=evening), at_dawn=replace(of, slips=at_dawn))
    assert (found.missing, found.unexpected) == ((), ())


def test_nothing_is_expected_on_a_day_without_work() -> None:
    assert (
        str(counted(autumn(), day=date(2026, 10, 24))) == "0 keys expected on 2026-10-24, 0 in the outbox; the difference is 0"
    )


@given(missed=st.sets(st.sampled_from(SEASON)), lost=st.sampled_from(SEASON))
@settings(max_examples=15, deadline=None)
def test_the_count_is_even_exactly_on_days_that_ran_whole(missed: set[date], lost: date) -> None:
    """Whatever days were missed before: each day that ran is even, and a lost key of it is missing."""
    of = autumn()
    run(of, [day for day in SEASON if day < lost and day not in missed])
    before = Told(of.told)
    run(of, [lost])
    assert counted(of, day=lost).is_even
    called_for = due_notices(replace(of, told=before), as_of=lost).digests
    assert len(counted(replace(of, told=before), day=lost).missing) == sum(len(digest.notices) for digest in called_for)
