"""Measures that slip and come back, day by day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.assess import SLIPPED, MeasureStatus
from plan.slips import BACK, Slip, slips_after

FIRST = date(2026, 8, 31)


def after(*statuses: str) -> Slip | None:
    """Return the last slip after a status a day."""
    slips: dict[str, Slip] = {}
    for at, status in enumerate(statuses):
        slips = slips_after(slips, [("m1", status, f"{status} on day {at}")], day=FIRST + timedelta(days=at))
    return slips.get("m1")


def slip(since: int, reason: str, over: int | None = None) -> Slip:
    return Slip(
        item="m1",
        since=FIRST + timedelta(days=since),
        reason=reason,
        over_on=None if over is None else FIRST + timedelta(days=over),
    )


@pytest.mark.parametrize(
    ("statuses", "last"),
    [
        pytest.param("on_track watch no_data not_rated met", None, id="never"),
        pytest.param("watch off_track", slip(1, "off_track on day 1"), id="off-track"),
        pytest.param("declined", slip(0, "declined on day 0"), id="declined"),
        pytest.param("on_track missed", slip(1, "missed on day 1"), id="missed"),
        pytest.param(
            "off_track declined off_track", slip(0, "off_track on day 2"), id="one-slip-however-bad-with-the-last-reason"
        ),
        pytest.param("off_track watch", slip(0, "watch on day 1", 1), id="back-to-watch"),
        pytest.param("off_track met on_track", slip(0, "met on day 1", 1), id="over-once"),
        pytest.param("off_track no_data", slip(0, "off_track on day 0"), id="no-data-ends-no-slip"),
        pytest.param("off_track not_rated", slip(0, "off_track on day 0"), id="not-rated-ends-no-slip"),
        pytest.param("off_track no_data off_track", slip(0, "off_track on day 2"), id="one-slip-around-no-data"),
        pytest.param("off_track no_data on_track", slip(0, "on_track on day 2", 2), id="back-after-no-data"),
        pytest.param("off_track on_track missed", slip(2, "missed on day 2"), id="a-second-slip"),
        pytest.param("off_track on_track no_data", slip(0, "on_track on day 1", 1), id="over-stays-over"),
    ],
)
def test_a_slip_lasts_until_the_measure_is_judged_to_be_back(statuses: str, last: Slip | None) -> None:
    assert after(*statuses.split()) == last


def test_slips_of_other_measures_stay_as_they_were() -> None:
    before = {"m2": slip(0, "Off track.")}
    assert slips_after(before, [("m1", "on_track", "Fine.")], day=FIRST) == before


def test_what_was_given_is_not_changed() -> None:
    before: dict[str, Slip] = {}
    slips_after(before, [("m1", "off_track", "Off track.")], day=FIRST)
    assert before == {}


@settings(deadline=None)
@given(st.lists(st.sampled_from([str(status) for status in MeasureStatus]), max_size=20))
def test_a_slip_goes_on_exactly_while_the_last_thing_known_is_bad(statuses: list[str]) -> None:
    last, known = after(*statuses), [status for status in statuses if status in SLIPPED | BACK]
    assert (last is not None and last.over_on is None) == bool(known and known[-1] in SLIPPED)
    falls = [one for one in pairwise(["on_track", *known]) if one[0] not in SLIPPED and one[1] in SLIPPED]
    assert (last is None) == (not falls)
