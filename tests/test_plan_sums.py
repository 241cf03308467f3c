"""Many statuses become one: points, the cap, coverage, and the laws that keep unknown from counting as zero or green."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.sums import IMPLEMENTATION, OUTCOME, POINTS, Child, Scale, Sum, sum_up

RATED = ("met", "on_track", "watch", "off_track", "declined", "missed")
REPORTED = ("achieved", "on_track", "at_risk", "off_track", "not_achieved")
UNKNOWN = ("no_data", "not_reported", "not_started", "insufficient_data")
LAW = settings(deadline=None)


def child(status: str, code: str = "m", **changed: Any) -> Child:
    rated = 0 if status in UNKNOWN else 1
    return Child(**{"code": code, "status": status, "rated": rated, "due": 0 if status == "not_rated" else 1, **changed})


def outcome(*statuses: str) -> Sum:
    return sum_up([child(status, f"m{at}") for at, status in enumerate(statuses, 1)], OUTCOME, noun="measures")


def actions(*statuses: str) -> Sum:
    return sum_up([child(status, f"1.1{at}") for at, status in enumerate(statuses, 1)], IMPLEMENTATION, noun="actions")


@pytest.mark.parametrize(
    ("statuses", "status", "score"),
    [
        pytest.param("met met", "met", "4", id="every-child-met"),
        pytest.param("met met met on_track", "on_track", "3.75", id="not-every-child-met"),
        pytest.param("met met met met no_data", "on_track", "4", id="one-unknown-is-not-met"),
        pytest.param("on_track watch", "on_track", "2.5", id="2.5-is-on-track"),
        pytest.param("on_track watch watch", "watch", "2.33", id="below-2.5-is-watch"),
        pytest.param("watch off_track", "watch", "1.5", id="1.5-is-watch"),
        pytest.param("watch off_track off_track", "off_track", "1.33", id="below-1.5-is-off-track"),
        pytest.param("off_track declined", "off_track", "0.5", id="0.5-is-off-track"),
        pytest.param("off_track declined missed", "declined", "0.33", id="below-0.5-is-declined"),
        pytest.param("met met met off_track", "watch", "3.25", id="capped-by-off-track"),
        pytest.param("met met met declined", "watch", "3", id="capped-by-declined"),
        pytest.param("on_track met met missed", "watch", "2.75", id="capped-by-missed"),
        pytest.param("met met on_track not_rated", "on_track", "3.67", id="not-rated-counts-for-nothing"),
        pytest.param("met met not_rated", "met", "4", id="not-rated-does-not-keep-from-met"),
    ],
)
def test_an_outcome_is_the_mean_of_points_with_a_cap(statuses: str, status: str, score: str) -> None:
    found = outcome(*statuses.split())
    assert found.score is not None
    assert (found.status, round(found.score, 2)) == (status, Decimal(score))


@pytest.mark.parametrize(
    ("statuses", "status", "score"),
    [
        pytest.param("achieved achieved", "achieved", "4", id="every-action-achieved"),
        pytest.param("achieved on_track", "on_track", "3.5", id="on-track"),
        pytest.param("at_risk at_risk", "at_risk", "2", id="at-risk"),
        pytest.param("off_track off_track", "off_track", "1", id="off-track"),
        pytest.param("not_achieved off_track not_achieved", "not_achieved", "0.33", id="not-achieved"),
        pytest.param("achieved on_track on_track off_track", "at_risk", "2.75", id="capped-by-off-track"),
        pytest.param("achieved achieved achieved not_achieved", "at_risk", "3", id="capped-by-not-achieved"),
        pytest.param("on_track on_track on_track on_track not_started", "on_track", "3", id="not-started-is-not-zero"),
    ],
)
def test_an_implementation_rolls_up_the_same_way(statuses: str, status: str, score: str) -> None:
    found = actions(*statuses.split())
    assert found.score is not None
    assert (found.status, round(found.score, 2)) == (status, Decimal(score))


# --- coverage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        pytest.param("on_track on_track on_track on_track no_data", "on_track", id="exactly-80-percent"),
        pytest.param("on_track on_track on_track no_data", "insufficient_data", id="75-percent"),
        pytest.param("no_data no_data", "insufficient_data", id="nothing-known"),
        pytest.param("on_track not_rated not_rated not_rated", "on_track", id="what-is-not-due-does-not-count"),
        pytest.param("not_rated not_rated", "not_rated", id="nothing-due"),
        pytest.param("", "not_rated", id="nothing-at-all"),
        pytest.param("declined no_data", "insufficient_data", id="too-little-even-for-bad-news"),
    ],
)
def test_too_little_coverage_gives_no_status(statuses: str, status: str) -> None:
    found = outcome(*statuses.split())
    assert (found.status, found.score is None) == (status, status in ("insufficient_data", "not_rated"))


@pytest.mark.parametrize(
    ("weight", "status"), [pytest.param("1", "on_track", id="80-percent"), pytest.param("1.01", "insufficient_data", id="less")]
)
def test_coverage_is_counted_in_weight(weight: str, status: str) -> None:
    known, unknown = child("on_track", weight=Decimal(4)), child("no_data", weight=Decimal(weight))
    assert sum_up([known, unknown], OUTCOME, noun="measures").status == status


def test_a_weight_moves_the_score() -> None:
    light, heavy = child("watch"), child("met", weight=Decimal(3))
    found = sum_up([light, heavy], OUTCOME, noun="measures")
    assert (found.status, found.score) == ("on_track", Decimal("3.5"))


# --- what it says ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "counts", "reason"),
    [
        pytest.param(outcome(), (0, 0), "No measures are due yet.", id="nothing-due"),
        pytest.param(
            outcome("met", "no_data"),
            (1, 2),
            "1 of 2 measures rated, fewer than 80% of their weight, so no status is given.",
            id="too-little-coverage",
        ),
        pytest.param(outcome("met", "watch"), (2, 2), "2 of 2 measures rated, score 3.00.", id="rated"),
        pytest.param(
            outcome("met", "met", "declined"),
            (3, 3),
            "3 of 3 measures rated, score 2.67; m3 is declined, so it is watch at best.",
            id="capped",
        ),
        pytest.param(
            actions("achieved", "achieved", "off_track"),
            (3, 3),
            "3 of 3 actions reported, score 3.00; 1.13 is off track, so it is at risk at best.",
            id="capped-action",
        ),
    ],
)
def test_a_sum_says_its_counts_and_what_capped_it(found: Sum, counts: tuple[int, int], reason: str) -> None:
    assert ((found.rated, found.due), found.reason) == (counts, reason)


def test_a_cap_names_the_leaf_even_through_several_sums() -> None:
    low = outcome("declined", "off_track", "off_track")
    other = outcome("met", "met")
    children = [
        Child(code=code, status=one.status, rated=one.rated, due=one.due, capped_by=one.capped_by)
        for code, one in (("1.1", low), ("1.2", other), ("1.3", other))
    ]
    found = sum_up(children, OUTCOME, noun="measures")
    assert (found.status, found.capped_by, found.rated, found.due) == ("watch", "m1", 7, 7)
    assert found.reason.endswith("m1 is off track, so it is watch at best.")


def test_the_worst_child_caps_and_of_equals_the_first() -> None:
    assert outcome("off_track", "declined", "missed", "met", "met", "met").capped_by == "m2"
    assert outcome("met", "on_track").capped_by is None


# --- laws --------------------------------------------------------------------------------------------------------------

WEIGHTS = st.integers(1, 50).map(lambda tenths: Decimal(tenths) / 10)


@st.composite
def families(draw: st.DrawFn) -> tuple[Scale, list[Child]]:
    scale = draw(st.sampled_from((OUTCOME, IMPLEMENTATION)))
    words = (RATED if scale is OUTCOME else REPORTED) + UNKNOWN + ("not_rated",)
    statuses = draw(st.lists(st.sampled_from(words), max_size=8))
    return scale, [child(status, f"m{at}", weight=draw(WEIGHTS)) for at, status in enumerate(statuses)]


def summed(family: tuple[Scale, list[Child]], *more: Child) -> Sum:
    scale, children = family
    return sum_up([*children, *more], scale, noun="measures")


def points(found: Sum) -> int:
    """Return what a status is worth; less than anything where none is given."""
    return POINTS.get(found.status, -1)


@LAW
@given(families())
def test_a_parent_is_never_better_than_its_cap_allows(family: tuple[Scale, list[Child]]) -> None:
    found = summed(family)
    if any(POINTS.get(one.status, 4) <= 1 for one in family[1]):
        assert points(found) <= POINTS[family[0].capped]
        assert found.status == "insufficient_data" or found.capped_by in {one.code for one in family[1]}


@LAW
@given(families(), st.sampled_from(UNKNOWN), WEIGHTS)
def test_an_unknown_child_never_raises_a_status(family: tuple[Scale, list[Child]], status: str, weight: Decimal) -> None:
    before, after = summed(family), summed(family, child(status, "unknown", weight=weight))
    assert points(after) <= points(before)
    assert after.due == before.due + 1


@LAW
@given(families(), st.sampled_from(UNKNOWN), WEIGHTS)
def test_an_unknown_child_never_counts_as_zero(family: tuple[Scale, list[Child]], status: str, weight: Decimal) -> None:
    before, after = summed(family), summed(family, child(status, "unknown", weight=weight))
    assert after.score in (None, before.score)


@LAW
@given(families())
def test_met_means_that_every_child_that_is_due_is_met(family: tuple[Scale, list[Child]]) -> None:
    found, due = summed(family), [one.status for one in family[1] if one.due]
    assert (found.status == family[0].best) == (bool(due) and set(due) == {family[0].best})


@LAW
@given(families())
def test_a_sum_lies_between_its_worst_and_its_best_child(family: tuple[Scale, list[Child]]) -> None:
    found, rated = summed(family), [POINTS[one.status] for one in family[1] if one.status in POINTS]
    if found.score is not None:
        assert min(rated) <= found.score <= max(rated)
        assert POINTS[found.status] <= max(rated)


@LAW
@given(families(), st.randoms())
def test_the_order_of_children_changes_no_status(family: tuple[Scale, list[Child]], shuffled: Any) -> None:
    others = (family[0], shuffled.sample(family[1], len(family[1])))
    assert (summed(others).status, summed(others).rated, summed(others).due) == (
        summed(family).status,
        summed(family).rated,
        summed(family).due,
    )


@LAW
@given(families(), st.sampled_from(("0.5", "2", "7")))
def test_all_weights_times_the_same_change_nothing(family: tuple[Scale, list[Child]], factor: str) -> None:
    scale, children = family
    heavier = [
        Child(code=c.code, status=c.status, weight=c.weight * Decimal(factor), rated=c.rated, due=c.due) for c in children
    ]
    assert summed((scale, heavier)).status == summed(family).status
