"""What a target expects in a school year, how far a reading has come, and where readings lead."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plan.model import Trajectory
from plan.periods import SchoolYear
from plan.targets import Forecast, expected_value, forecast, share_of_way, shortfall
from tests.judgement_builders import way, year

LAW = settings(deadline=None)
TENTHS = st.integers(-2000, 2000).map(lambda tenths: Decimal(tenths) / 10)
CCMR = way(y2021=56, y2022=63, y2023=70, y2024=77, y2025=84, y2026=91)


@st.composite
def ways(draw: st.DrawFn) -> Trajectory:
    start, end = draw(TENTHS), draw(TENTHS)
    assume(start != end)
    return way(**{"y2021": start, f"y{2021 + draw(st.integers(1, 7))}": end})


def values(**found: Any) -> dict[SchoolYear, Decimal]:
    return {SchoolYear(int(name[1:])): Decimal(str(value)) for name, value in found.items()}


def looking_ahead(along: Trajectory, **found: Any) -> Forecast:
    ahead = forecast(values(**found), along)
    assert ahead is not None
    return ahead


# --- what is expected --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("along", "of", "expected"),
    [
        pytest.param(CCMR, "2023-24", "70", id="listed"),
        pytest.param(way(y2021=88, y2026=94), "2024-25", "91.6", id="on-the-line"),
        pytest.param(way(y2021=77, y2026=90), "2022-23", "79.6", id="first-year-on-the-line"),
        pytest.param(way(y2021=44, y2026=60), "2023-24", "50.4", id="second-year-on-the-line"),
        pytest.param(way(y2021=12, y2023=10, y2026=4), "2025-26", "6", id="downwards-between-later-neighbours"),
        pytest.param(way(y2021=88, y2026=94), "2021-22", "88", id="baseline-year"),
        pytest.param(way(y2021=88, y2026=94), "2019-20", "88", id="before-the-baseline"),
        pytest.param(way(y2021=88, y2026=94), "2026-27", "94", id="target-year"),
        pytest.param(way(y2021=88, y2026=94), "2027-28", "94", id="after-the-target"),
        pytest.param(way(y2021=88, y2028=95), "2027-28", "94", id="target-beyond-the-plan"),
    ],
)
def test_a_year_is_expected_to_be_at_its_listed_value_or_on_the_line(along: Trajectory, of: str, expected: str) -> None:
    assert expected_value(along, year(of)) == Decimal(expected)


@LAW
@given(ways(), st.integers(2015, 2035))
def test_what_is_expected_never_leaves_the_span_from_baseline_to_target(along: Trajectory, first: int) -> None:
    low, high = sorted((along.baseline, along.target))
    assert low <= expected_value(along, SchoolYear(first)) <= high


@LAW
@given(ways(), st.integers(2015, 2035))
def test_what_is_expected_moves_only_towards_the_target(along: Trajectory, first: int) -> None:
    now, then = expected_value(along, SchoolYear(first)), expected_value(along, SchoolYear(first + 1))
    assert abs(along.target - then) <= abs(along.target - now)


# --- how far a reading has come ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "baseline", "expected", "share"),
    [
        pytest.param("85", "88", "91.6", "-0.833", id="rating-first-release"),
        pytest.param("86", "88", "91.6", "-0.556", id="rating-restated"),
        pytest.param("81", "77", "79.6", "1.538", id="approaches"),
        pytest.param("18", "20", "22", "-1", id="masters"),
        pytest.param("68", "56", "63", "1.714", id="ccmr"),
        pytest.param("32.4", "32", "39", "0.057", id="certification"),
        pytest.param("48", "44", "50.4", "0.625", id="short-of-the-line"),
        pytest.param("90", "90", "92", "0", id="no-gain"),
        pytest.param("9", "12", "8.8", "0.9375", id="lower-is-better"),
        pytest.param("64", "44", "54", "2", id="overshoot"),
    ],
)
def test_the_share_of_the_way_starts_at_the_baseline(reading: str, baseline: str, expected: str, share: str) -> None:
    found = share_of_way(Decimal(reading), baseline=Decimal(baseline), expected=Decimal(expected))
    assert found is not None
    digits = -int(Decimal(share).as_tuple().exponent)
    assert round(found, digits) == Decimal(share)


def test_where_nothing_was_to_change_yet_there_is_no_share() -> None:
    assert share_of_way(Decimal(90), baseline=Decimal(88), expected=Decimal(88)) is None


@LAW
@given(TENTHS, TENTHS, TENTHS)
def test_the_share_is_the_same_for_a_mirrored_measure(reading: Decimal, baseline: Decimal, expected: Decimal) -> None:
    mirrored = share_of_way(-reading, baseline=-baseline, expected=-expected)
    assert mirrored == share_of_way(reading, baseline=baseline, expected=expected)


@pytest.mark.parametrize(
    ("reading", "upwards", "short"),
    [
        pytest.param("85", True, "6.6", id="below"),
        pytest.param("93", True, "0", id="beyond"),
        pytest.param("91.6", True, "0", id="just-there"),
        pytest.param("93", False, "1.4", id="above-what-should-fall"),
        pytest.param("85", False, "0", id="below-what-should-fall"),
    ],
)
def test_the_shortfall_is_what_lies_on_the_wrong_side(reading: str, upwards: bool, short: str) -> None:
    assert shortfall(Decimal(reading), expected=Decimal("91.6"), upwards=upwards) == Decimal(short)


# --- where readings lead -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [pytest.param({}, id="none"), pytest.param({"y2022": 50}, id="one")])
def test_fewer_than_two_readings_lead_nowhere(found: dict[str, Any]) -> None:
    assert forecast(values(**found), way(y2021=44, y2026=60)) is None


@pytest.mark.parametrize(
    ("along", "found", "ahead"),
    [
        pytest.param(
            way(y2021=44, y2026=60),
            {"y2021": 44, "y2023": 48},
            ("54", "4", "2029-30"),
            id="two-readings-too-slow-for-the-target",
        ),
        pytest.param(
            way(y2021=44, y2026=60), {"y2021": 44, "y2022": 48}, ("64", "3", "2025-26"), id="two-readings-fast-enough"
        ),
        pytest.param(way(y2021=88, y2026=94), {"y2021": 88, "y2023": 83}, ("75.5", "3.666667", None), id="never-away-from-it"),
        pytest.param(way(y2021=88, y2026=94), {"y2021": 88, "y2023": 88}, ("88", "2", None), id="never-flat"),
        pytest.param(way(y2021=44, y2026=60), {"y2021": 44, "y2023": 62}, ("89", "-0.666667", "2023-24"), id="reached-already"),
        pytest.param(way(y2021=44, y2026=60), {"y2021": 44, "y2023": 60}, ("84", "0", "2023-24"), id="just-reached"),
        pytest.param(
            way(y2021=44, y2026=60),
            {"y2021": 44, "y2022": 46, "y2023": 80, "y2024": 50, "y2025": 52},
            ("54", "8", "2029-30"),
            id="one-odd-year-does-not-turn-the-line",
        ),
        pytest.param(way(y2021=12, y2026=4), {"y2021": 12, "y2023": 10}, ("7", "-2", "2029-30"), id="downwards"),
        pytest.param(way(y2021=12, y2026=4), {"y2021": 12, "y2023": 14}, ("17", "-3.333333", None), id="downwards-but-rising"),
        pytest.param(way(y2021=44, y2026=60), {"y2022": 44, "y2026": 56}, ("56", None, "2028-29"), id="no-year-left"),
        pytest.param(way(y2021=44, y2026=60), {"y2022": 44, "y2028": 56}, ("52", None, "2030-31"), id="beyond-the-target-year"),
    ],
)
def test_readings_lead_on_at_their_own_pace(
    along: Trajectory, found: dict[str, Any], ahead: tuple[str, str | None, str | None]
) -> None:
    seen = looking_ahead(along, **found)
    gain = None if seen.gain_needed_per_year is None else round(seen.gain_needed_per_year, 6)
    at_target_year, needed, reached_in = ahead
    assert seen.at_target_year == Decimal(at_target_year)
    assert gain == (None if needed is None else Decimal(needed))
    assert seen.reached_in == (None if reached_in is None else year(reached_in))


@LAW
@given(ways(), st.integers(2, 6))
def test_readings_on_the_way_lead_to_the_target_in_its_year(along: Trajectory, known: int) -> None:
    assume(list(along.points)[-1].first >= 2021 + known)
    found = {SchoolYear(2021 + n): expected_value(along, SchoolYear(2021 + n)) for n in range(known)}
    ahead = forecast(found, along)
    assert ahead is not None
    assert round(ahead.at_target_year, 9) == along.target


@LAW
@given(ways(), st.dictionaries(st.integers(2018, 2028), TENTHS, min_size=2, max_size=7))
def test_a_mirrored_measure_has_a_mirrored_forecast(along: Trajectory, found: dict[int, Decimal]) -> None:
    mirrored = Trajectory(kind="trajectory", points={one: -value for one, value in along.points.items()})
    ahead = forecast({SchoolYear(n): value for n, value in found.items()}, along)
    other = forecast({SchoolYear(n): -value for n, value in found.items()}, mirrored)
    assert ahead is not None
    assert other is not None
    assert (ahead.at_target_year, ahead.reached_in) == (-other.at_target_year, other.reached_in)


@pytest.mark.parametrize(
    ("low", "high", "years", "target"),
    [pytest.param(9, 20, 3, 97, id="9-to-20-to-97"), pytest.param(22, 24, 7, 68, id="22-to-24-to-68")],
)
def test_the_year_of_reaching_is_exact_however_the_slope_divides(low: int, high: int, years: int, target: int) -> None:
    ahead = forecast({SchoolYear(2021): Decimal(low), SchoolYear(2021 + years): Decimal(high)}, way(y2021=low, y2030=target))
    wait = math.ceil(Fraction(target - high) / Fraction(high - low) * years)
    assert ahead is not None
    assert ahead.reached_in == SchoolYear(2021 + years + wait)
