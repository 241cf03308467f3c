"""How a measure stands on a day: published figures, every kind of target by hand, and the laws that hold for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.assess import MeasureStatus, assess, shown
from plan.calendar import Break, Calendar
from plan.duties import Duties
from plan.facts import Facts, Implementation, Progress
from tests.judgement_builders import (
    KNOWN,
    assessed,
    delivered,
    line,
    of_measures,
    published,
    published_as_of,
    rated,
    read,
    said,
    shipped_duties,
    year,
)

WORST_TO_BEST = ("off_track", "watch", "on_track", "met")
RANK = {"missed": 0, "declined": 0, **{status: at for at, status in enumerate(WORST_TO_BEST, 1)}}
"""How good a status is; what was not rated, or is not known, has no rank."""


# --- published figures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "as_of", "figures", "share", "status"),
    [
        pytest.param("1.1-rating", date(2025, 9, 30), ("2024-25", "85", "88", "91.6"), "-0.833", "declined", id="rating-2025"),
        pytest.param(
            "1.1-rating", date(2026, 2, 1), ("2024-25", "86", "88", "91.6"), "-0.556", "declined", id="rating-restated"
        ),
        pytest.param("1.1-approaches", date(2024, 8, 1), ("2022-23", "81", "77", "79.6"), "1.538", "on_track", id="approaches"),
        pytest.param("1.1-masters", date(2024, 8, 1), ("2022-23", "18", "20", "22"), "-1.000", "declined", id="masters"),
        pytest.param("1.2.1-ccmr", date(2024, 8, 1), ("2022-23", "68", "56", "63"), "1.714", "on_track", id="ccmr"),
        pytest.param(
            "1.2.1-certification", date(2024, 8, 1), ("2022-23", "32.4", "32", "39"), "0.057", "off_track", id="certification"
        ),
    ],
)
def test_the_districts_published_figures_are_judged_as_the_rules_say(
    code: str, as_of: date, figures: tuple[str, str, str, str], share: str, status: str
) -> None:
    # The readings for 2022-23 came out only in 2025, when later years were due: here they are judged as if known in time.
    known = published_as_of(as_of).facts if code == "1.1-rating" else Facts(published())
    measure = shipped_duties().plan.items[code]
    found = assess(measure, known, shipped_duties(), as_of=as_of)  # type: ignore[arg-type]
    assert (str(found.school_year), found.reading, found.baseline, found.expected) == (figures[0], *map(Decimal, figures[1:]))
    assert found.share is not None
    assert (round(found.share, 3), found.status) == (Decimal(share), status)


@pytest.mark.parametrize("day", [date(2025, 9, 30), date(2026, 2, 1)])
@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("1.1-approaches", "81"),
        ("1.1-meets", "52"),
        ("1.1-masters", "18"),
        ("1.2.1-ccmr", "68"),
        ("1.2.1-certification", "32.4"),
    ],
)
def test_what_was_not_published_for_2024_25_is_no_data_with_the_last_reading_beside_it(
    code: str, value: str, day: date
) -> None:
    found = published_as_of(day).measures[code]
    assert (found.status, str(found.school_year), found.reading, found.share) == ("no_data", "2024-25", None, None)
    assert found.last_known is not None
    assert (str(found.last_known.period), found.last_known.value) == ("2022-23", Decimal(value))
    assert found.reason == f"The results for 2024-25 are due and not known; the last reading known is {value}, for 2022-23."


def test_in_september_2023_nothing_published_later_is_known() -> None:
    day = date(2023, 9, 15)
    lasts = {code: one.last_known for code, one in published_as_of(day).measures.items() if one.last_known}
    assert {(code, str(last.period), int(last.value)) for code, last in lasts.items()} == {
        ("1.1-rating", "2021-22", 88),
        ("1.1-approaches", "2021-22", 77),
        ("1.1-meets", "2021-22", 46),
        ("1.1-masters", "2021-22", 20),
        ("1.2.1-ccmr", "2021-22", 56),
        ("1.2.1-certification", "2021-22", 32),
        ("2.1-positions-filled", "2022-23", 96),
        ("2.1-mous", "2022-23", 3),
    }
    rating = published_as_of(day).measures["1.1-rating"]
    assert (rating.status, str(rating.school_year)) == ("no_data", "2022-23")


def test_the_rating_says_its_arithmetic() -> None:
    assert published_as_of(date(2026, 2, 1)).measures["1.1-rating"].reason == (
        "86 against 91.6 expected for 2024-25; the plan started at 88, so this is below where it began."
    )


def test_the_rating_is_forecast_from_all_years_known() -> None:
    ahead = published_as_of(date(2025, 9, 30)).measures["1.1-rating"].forecast
    assert ahead is not None
    assert (ahead.at_target_year, ahead.gain_needed_per_year, ahead.reached_in) == (Decimal(83), Decimal("4.5"), None)


# --- trajectories by hand ----------------------------------------------------------------------------------------------

UP, DOWN, HELD = line(44, 60), line(12, 4), {"kind": "trajectory", "points": {"2021-22": 50, "2023-24": 50, "2026-27": 60}}
HELD_WAY = {**HELD, "line_between": True}
FINAL = date(2027, 10, 1)
"""The results for 2026-27, the last year, are due."""


@dataclass(frozen=True)
class Row:
    """A target, a reading for a year, and the status that it comes to."""

    target: dict[str, Any]
    value: str | None
    status: str
    of: str = "2023-24"
    as_of: date = KNOWN
    unit: str = "percent"


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(Row(UP, "48", "off_track"), id="44-to-60-at-48"),
        pytest.param(Row(line(90, 95), "90", "off_track"), id="90-to-95-flat"),
        pytest.param(
            Row(
                {"kind": "trajectory", "points": {"2021-22": 12, "2023-24": "8.8", "2026-27": 4}, "line_between": True},
                "9",
                "on_track",
            ),
            id="12-to-4-a-little-short",
        ),
        pytest.param(Row(UP, "40", "declined"), id="regression-below-the-baseline"),
        pytest.param(Row(UP, "43.5", "off_track"), id="below-the-baseline-inside-the-tolerance"),
        pytest.param(Row(UP, "43.4", "declined"), id="below-the-baseline-beyond-the-tolerance"),
        pytest.param(Row(DOWN, "12.5", "off_track"), id="lower-is-better-back-inside-the-tolerance"),
        pytest.param(Row(DOWN, "12.6", "declined"), id="lower-is-better-and-risen"),
        pytest.param(Row(UP, "44", "off_track"), id="flat"),
        pytest.param(Row(UP, "56.8", "on_track"), id="overshoot-200-percent"),
        pytest.param(Row(UP, "49.9", "on_track"), id="short-by-the-tolerance"),
        pytest.param(Row(UP, "49.8", "watch"), id="share-above-85-percent"),
        pytest.param(Row(line(0, 100), "38", "on_track"), id="share-exactly-95-percent"),
        pytest.param(Row(line(0, 100), "37.9", "watch"), id="share-just-below-95-percent"),
        pytest.param(Row(line(0, 100), "34", "watch"), id="share-exactly-85-percent"),
        pytest.param(Row(line(0, 100), "33.9", "off_track"), id="share-just-below-85-percent"),
        pytest.param(Row(line(0, 10), "3", "off_track", unit="meetings"), id="counts-have-no-tolerance"),
        pytest.param(Row(line(10, 0), "6.5", "on_track", unit="percentage points"), id="percentage-points-have-one"),
        pytest.param(Row(HELD_WAY, "50", "on_track"), id="held-at-the-baseline"),
        pytest.param(Row(HELD_WAY, "49.5", "on_track"), id="held-inside-the-tolerance"),
        pytest.param(Row(HELD_WAY, "49.4", "declined"), id="held-and-lost"),
        pytest.param(Row(UP, "60", "met"), id="target-reached-early"),
        pytest.param(Row(UP, "60", "met", of="2026-27", as_of=FINAL), id="target-reached-in-its-year"),
        pytest.param(Row(UP, "59.9", "missed", of="2026-27", as_of=FINAL), id="target-missed-by-less-than-the-tolerance"),
        pytest.param(Row(UP, "40", "missed", of="2026-27", as_of=FINAL), id="missed-comes-before-declined"),
        pytest.param(Row(UP, None, "no_data", as_of=FINAL), id="last-year-not-known"),
        pytest.param(Row(UP, "44", "not_rated", of="2021-22", as_of=date(2023, 8, 30)), id="baseline-year-itself"),
        pytest.param(Row(UP, "44", "no_data", of="2021-22", as_of=date(2023, 8, 31)), id="first-year-after-the-baseline"),
        pytest.param(Row(UP, "52", "no_data", of="2025-26"), id="reading-for-a-year-nobody-asked-for"),
        pytest.param(
            Row(line(44, 60) | {"points": {"2023-24": 44, "2027-28": 60}}, "44", "not_rated"), id="begins-with-the-plan"
        ),
        pytest.param(
            Row({"kind": "trajectory", "points": {"2021-22": 44, "2028-29": 58}}, "54", "on_track", "2026-27", FINAL),
            id="target-beyond-the-plans-end",
        ),
        pytest.param(
            Row({"kind": "trajectory", "points": {"2021-22": 44, "2028-29": 58}}, "57", "missed", "2028-29", date(2031, 1, 1)),
            id="target-beyond-the-plans-end-missed",
        ),
    ],
)
def test_a_trajectory_is_judged_by_the_first_rule_that_fits(row: Row) -> None:
    readings = [] if row.value is None else [read(row.value, row.of, on=min(row.as_of, date(2024, 8, 1)))]
    assert assessed(row.target, *readings, as_of=row.as_of, unit=row.unit).status == row.status


@pytest.mark.parametrize(
    ("target", "value", "reason"),
    [
        pytest.param(UP, "60", "60 for 2023-24 reaches the target of 60.", id="met"),
        pytest.param(UP, "56.8", "56.8 against 50.4 expected for 2023-24.", id="on-track"),
        pytest.param(
            UP,
            "50",
            "50 against 50.4 expected for 2023-24, 0.4 short of it and inside the tolerance of 0.5.",
            id="inside-the-tolerance",
        ),
        pytest.param(
            line(0, 100),
            "38.5",
            "38.5 against 40 expected for 2023-24; 96.25 % of the way from 0 that was due by then.",
            id="on-track-by-its-share",
        ),
        pytest.param(
            UP, "49.8", "49.8 against 50.4 expected for 2023-24; 90.62 % of the way from 44 that was due by then.", id="watch"
        ),
        pytest.param(
            UP,
            "40",
            "40 against 50.4 expected for 2023-24; the plan started at 44, so this is below where it began.",
            id="declined",
        ),
        pytest.param(
            DOWN,
            "14",
            "14 against 8.8 expected for 2023-24; the plan started at 12, so this is above where it began.",
            id="declined-upwards",
        ),
    ],
)
def test_the_reason_says_the_arithmetic(target: dict[str, Any], value: str, reason: str) -> None:
    assert assessed(target, read(value)).reason == reason


def test_a_missed_target_says_what_was_reached_instead() -> None:
    found = assessed(UP, read(58, "2026-27", on=date(2027, 8, 1)), as_of=FINAL)
    assert found.reason == "58 for 2026-27, the target's year, and the target is 60."


def test_what_was_never_read_is_no_data_and_says_so() -> None:
    found = assessed(UP)
    assert (found.status, found.expected) == ("no_data", Decimal("50.4"))
    assert found.reason == "The results for 2023-24 are due and not known; no reading is known at all."


def test_overshooting_is_not_clamped() -> None:
    assert assessed(UP, read("56.8")).share == 2


def test_a_target_that_is_lost_again_is_judged_by_its_new_year() -> None:
    early, later = read(60, on=date(2024, 8, 1)), read(50, "2024-25", on=date(2025, 8, 1))
    found = [assessed(UP, early, later, as_of=day).status for day in (KNOWN, date(2025, 8, 28), date(2025, 9, 1))]
    assert found == ["met", "met", "off_track"]


def test_a_reading_is_judged_from_the_day_on_which_its_results_are_due() -> None:
    early = read(45, on=date(2024, 7, 1))
    assert [assessed(UP, early, as_of=date(2024, 8, day)).status for day in (29, 30, 31)] == ["no_data"] * 3
    assert assessed(UP, early, as_of=date(2024, 9, 2)).status == "off_track"  # 31 August is a Saturday


def test_of_two_readings_on_one_day_the_later_one_counts() -> None:
    first, second = read(48), read(51)
    assert assessed(UP, first, second).reading == 51
    assert assessed(UP, second, first).reading == 48


def test_a_corrected_reading_counts_from_its_own_day() -> None:
    wrong, right = read(40, on=date(2024, 8, 1)), read(51, on=date(2024, 11, 5))
    found = [assessed(UP, wrong, right, as_of=day) for day in (date(2024, 11, 4), date(2024, 11, 5))]
    assert [(str(one.status), one.reading) for one in found] == [("declined", Decimal(40)), ("on_track", Decimal(51))]


def test_a_measure_may_have_a_tolerance_of_its_own() -> None:
    assert assessed(UP, read("48.4"), tolerance=2).status == "on_track"
    assert assessed(UP, read("50.3"), tolerance=0).status == "on_track"
    assert assessed(line(0, 10), read("3.9"), tolerance=0).status == "on_track"
    assert assessed(line(0, 10), read("3.7"), tolerance=0).status == "watch"


def test_a_reading_far_below_a_way_that_dips_is_not_on_track() -> None:
    dips = {"kind": "trajectory", "points": {"2022-23": 50, "2023-24": 45, "2024-25": 60}}
    assert assessed(dips, read(20)).status == "declined"


# --- thresholds --------------------------------------------------------------------------------------------------------

LEAST, MOST = {"kind": "threshold", "at_least": 90}, {"kind": "threshold", "at_most": "8.8"}
BAND = {"kind": "threshold", "at_least": 4, "at_most": 5}


@pytest.mark.parametrize(
    ("target", "value", "status"),
    [
        pytest.param(LEAST, "90", "on_track", id="at-least-just-kept"),
        pytest.param(LEAST, "89.5", "watch", id="at-least-inside-the-tolerance"),
        pytest.param(LEAST, "89.4", "off_track", id="at-least-broken"),
        pytest.param(MOST, "8.8", "on_track", id="at-most-just-kept"),
        pytest.param(MOST, "9.3", "watch", id="at-most-inside-the-tolerance"),
        pytest.param(MOST, "9.4", "off_track", id="at-most-broken"),
        pytest.param(BAND, "4", "on_track", id="band-lower-edge"),
        pytest.param(BAND, "5", "on_track", id="band-upper-edge"),
        pytest.param(BAND, "4.4", "on_track", id="held-within-a-range"),
        pytest.param(BAND, "3.6", "watch", id="below-the-band-inside-the-tolerance"),
        pytest.param(BAND, "5.6", "off_track", id="above-the-band"),
        pytest.param(LEAST, None, "no_data", id="not-known"),
    ],
)
def test_a_threshold_of_each_year_is_kept_or_not(target: dict[str, Any], value: str | None, status: str) -> None:
    readings = () if value is None else (read(value),)
    assert assessed(target, *readings).status == status


def test_a_threshold_of_each_year_waits_for_the_plans_first_year() -> None:
    found = assessed(LEAST, as_of=date(2024, 8, 1))
    assert (found.status, found.school_year) == ("not_rated", None)
    assert found.reason == "No year of the plan has results due yet; wanted each year: 90 or more."


@pytest.mark.parametrize(
    ("target", "value", "edge"),
    [
        pytest.param(LEAST, "95", "90", id="at-least"),
        pytest.param(MOST, "4", "8.8", id="at-most"),
        pytest.param(BAND, "3", "4", id="below-the-band"),
        pytest.param(BAND, "6", "5", id="above-the-band"),
    ],
)
def test_a_threshold_shows_the_edge_that_a_reading_is_measured_by(target: dict[str, Any], value: str, edge: str) -> None:
    assert assessed(target, read(value)).expected == Decimal(edge)


def test_a_threshold_says_how_far_a_reading_is_from_it() -> None:
    said_of = {value: assessed(BAND, read(value)).reason for value in ("4.4", "3.8", "3")}
    assert said_of == {
        "4.4": "4.4 for 2023-24; wanted each year: 4 to 5.",
        "3.8": "3.8 for 2023-24; wanted each year: 4 to 5; 0.2 short of it, inside the tolerance.",
        "3": "3 for 2023-24; wanted each year: 4 to 5; 1 short of it.",
    }


BY = {"kind": "threshold", "at_least": 75, "by": "2025-26"}
LATER = date(2026, 10, 1)
"""The results for 2025-26 are due."""


@pytest.mark.parametrize(
    ("readings", "as_of", "status", "reason"),
    [
        pytest.param({}, KNOWN, "not_rated", "Its year is not over; wanted: 75 or more by 2025-26.", id="nothing-known"),
        pytest.param(
            {"2023-24": 70},
            KNOWN,
            "not_rated",
            "70; wanted: 75 or more by 2025-26, whose results are not due yet.",
            id="not-there-yet",
        ),
        pytest.param(
            {"2023-24": 75}, KNOWN, "on_track", "75; wanted: 75 or more by 2025-26; reached already.", id="reached-early"
        ),
        pytest.param(
            {"2023-24": 80, "2024-25": 74},
            date(2025, 10, 1),
            "not_rated",
            "74; wanted: 75 or more by 2025-26, whose results are not due yet.",
            id="reached-early-and-lost-again",
        ),
        pytest.param({"2025-26": 75}, LATER, "met", "75; wanted: 75 or more by 2025-26.", id="met"),
        pytest.param({"2025-26": "74.9"}, LATER, "missed", "74.9; wanted: 75 or more by 2025-26.", id="missed"),
        pytest.param(
            {"2024-25": 80},
            LATER,
            "no_data",
            "The results for 2025-26 are due and not known; the last reading known is 80, for 2024-25.",
            id="its-year-not-known",
        ),
        pytest.param({"2025-26": 75}, date(2027, 10, 1), "met", "75; wanted: 75 or more by 2025-26.", id="long-over"),
    ],
)
def test_a_threshold_of_a_year_waits_for_it(readings: dict[str, Any], as_of: date, status: str, reason: str) -> None:
    found = assessed(BY, *(read(value, of) for of, value in readings.items()), as_of=as_of)
    assert (found.status, found.reason) == (status, reason)


def test_a_bound_from_above_is_named_in_words() -> None:
    assert assessed({**MOST, "by": "2025-26"}).reason == "Its year is not over; wanted: 8.8 at most by 2025-26."


# --- changes -----------------------------------------------------------------------------------------------------------

LESS_SPENT = {"kind": "change", "direction": "decrease", "measured_in": "percent", "at_least": 5, "at_most": 10}
MORE_KEPT = {"kind": "change", "direction": "increase", "measured_in": "percent", "at_least": 3}
BY_FOUR = {"kind": "change", "direction": "increase", "at_least": 4}
ANY = {"kind": "change", "direction": "increase"}
ANY_LESS = {"kind": "change", "direction": "decrease"}


@pytest.mark.parametrize(
    ("target", "before", "value", "status", "end_of_reason"),
    [
        pytest.param(LESS_SPENT, 200, 190, "on_track", "wanted each year: a decrease of 5 to 10 %.", id="percent-just-enough"),
        pytest.param(LESS_SPENT, 200, 150, "on_track", "wanted each year: a decrease of 5 to 10 %.", id="beyond-the-band"),
        pytest.param(LESS_SPENT, 200, "191.5", "watch", "a decrease of 5 to 10 %; 85 % of it.", id="percent-85"),
        pytest.param(LESS_SPENT, 200, "191.6", "off_track", "a decrease of 5 to 10 %; 84 % of it.", id="percent-84"),
        pytest.param(
            LESS_SPENT, 200, 201, "declined", "a decrease of 5 to 10 %; it went the other way.", id="percent-wrong-way"
        ),
        pytest.param(LESS_SPENT, 200, 200, "off_track", "a decrease of 5 to 10 %; none of it.", id="percent-flat"),
        pytest.param(MORE_KEPT, 100, 103, "on_track", "an increase of 3 % or more.", id="percent-open-band"),
        pytest.param(MORE_KEPT, -100, -97, "on_track", "an increase of 3 % or more.", id="percent-of-a-debt"),
        pytest.param(MORE_KEPT, -100, -98, "off_track", "3 % or more; 66.67 % of it.", id="percent-of-a-debt-too-little"),
        pytest.param(
            BY_FOUR, 10, 14, "on_track", "10 became 14 in 2023-24; wanted each year: an increase of 4 or more.", id="absolute"
        ),
        pytest.param(BY_FOUR, 10, "13.4", "watch", "an increase of 4 or more; 85 % of it.", id="absolute-85"),
        pytest.param(BY_FOUR, 10, 13, "off_track", "an increase of 4 or more; 75 % of it.", id="absolute-75"),
        pytest.param(ANY, 10, "10.1", "on_track", "wanted each year: an increase of any size.", id="any-size"),
        pytest.param(ANY, 10, 10, "off_track", "an increase of any size; none of it.", id="any-size-flat"),
        pytest.param(ANY, 10, "9.9", "declined", "an increase of any size; it went the other way.", id="any-size-wrong-way"),
        pytest.param(ANY, 0, 1, "on_track", "wanted each year: an increase of any size.", id="any-size-from-zero"),
        pytest.param(ANY_LESS, 10, 9, "on_track", "wanted each year: a decrease of any size.", id="gap-narrower"),
        pytest.param(ANY_LESS, 10, 11, "declined", "a decrease of any size; it went the other way.", id="gap-wider"),
    ],
)
def test_a_change_is_judged_against_the_year_before(
    target: dict[str, Any], before: Any, value: Any, status: str, end_of_reason: str
) -> None:
    found = assessed(target, read(before, "2022-23"), read(value))
    assert found.status == status
    assert found.reason.endswith(end_of_reason)


def test_a_change_shows_what_it_was_compared_with() -> None:
    found = assessed(LESS_SPENT, read(200, "2022-23"), read(195))
    figures = (found.baseline, found.expected, found.share, found.shortfall)
    assert figures == tuple(map(Decimal, ("200", "190", "0.5", "5")))


@pytest.mark.parametrize(
    ("readings", "status"),
    [
        pytest.param({"2023-24": 10}, "not_rated", id="baseline-not-yet-collected"),
        pytest.param({"2021-22": 8, "2023-24": 10}, "not_rated", id="a-year-left-out"),
        pytest.param({"2022-23": 10}, "no_data", id="baseline-alone"),
        pytest.param({}, "no_data", id="nothing"),
    ],
)
def test_a_change_needs_the_year_and_the_one_before(readings: dict[str, Any], status: str) -> None:
    assert assessed(ANY, *(read(value, of) for of, value in readings.items())).status == status


def test_a_percent_of_zero_is_not_judged() -> None:
    assert assessed(MORE_KEPT, read(0, "2022-23"), read(10)).status == "not_rated"


def test_a_change_waits_for_the_plans_first_year() -> None:
    found = assessed(ANY, as_of=date(2024, 8, 1))
    assert found.reason == "No year of the plan has results due yet; wanted each year: an increase of any size."


# --- deliverables ------------------------------------------------------------------------------------------------------

DONE_BY = {"kind": "deliverable", "by": "2024-12-31"}


@pytest.mark.parametrize(
    ("by", "as_of", "status"),
    [
        pytest.param("2024-12-31", date(2024, 10, 31), "not_rated", id="61-days-before"),
        pytest.param("2024-12-31", date(2024, 11, 1), "watch", id="60-days-before"),
        pytest.param("2024-12-31", date(2024, 12, 31), "watch", id="its-day"),
        pytest.param("2024-12-31", date(2025, 1, 1), "off_track", id="the-day-after"),
        pytest.param("2024-12-31", date(2027, 6, 30), "off_track", id="the-plans-last-day"),
        pytest.param("2024-12-31", date(2027, 7, 1), "missed", id="the-plans-end"),
        pytest.param("2028-12-31", date(2027, 7, 1), "not_rated", id="2028-at-the-plans-end"),
        pytest.param("2028-12-31", date(2028, 12, 31), "watch", id="2028-its-day"),
        pytest.param("2028-12-31", date(2029, 1, 1), "missed", id="2028-the-day-after"),
    ],
)
def test_a_deliverable_comes_nearer_and_then_is_late(by: str, as_of: date, status: str) -> None:
    assert assessed({"kind": "deliverable", "by": by}, as_of=as_of).status == status


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        pytest.param(date(2024, 3, 1), "Evidence was accepted on 2024-03-01; its day was 2024-12-31.", id="long-before"),
        pytest.param(date(2024, 12, 31), "Evidence was accepted on 2024-12-31; its day was 2024-12-31.", id="its-day"),
        pytest.param(date(2025, 1, 2), "Evidence was accepted on 2025-01-02, after its day 2024-12-31.", id="late"),
    ],
)
def test_a_deliverable_is_met_on_the_day_its_evidence_is_accepted(day: date, reason: str) -> None:
    facts = delivered(on=day)
    assert assessed(DONE_BY, *facts, as_of=day - timedelta(days=1)).status != "met"
    found = assessed(DONE_BY, *facts, as_of=day)
    assert (found.status, found.reason) == ("met", reason)


def test_a_deliverable_counts_the_days() -> None:
    before, after = (assessed(DONE_BY, as_of=day).reason for day in (date(2024, 12, 1), date(2025, 1, 10)))
    assert before == "To be done by 2024-12-31, in 30 days; no evidence has been accepted."
    assert after == "It was to be done by 2024-12-31, 10 days ago, and no evidence has been accepted."


# --- narrative ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("progress", "status"),
    [
        (Progress.NO_PROGRESS, "off_track"),
        (Progress.SOME_PROGRESS, "watch"),
        (Progress.CONSIDERABLE_PROGRESS, "on_track"),
        (Progress.SIGNIFICANT_PROGRESS, "on_track"),
        (Progress.ACCOMPLISHED, "met"),
        (Progress.DISCONTINUED, "not_rated"),
    ],
)
def test_a_narrative_measure_stands_as_its_steward_rated_it(progress: Progress, status: str) -> None:
    found = assessed({"kind": "narrative"}, rated(progress), unit=None)
    words = progress.replace("_", " ")
    assert (found.status, found.reason) == (status, f"curriculum rated it for 2024-25 Q1, on 2024-10-01: {words}.")


@pytest.mark.parametrize("facts", [(), (said(Implementation.ON_TRACK, on=KNOWN),)], ids=["nothing", "a-word-for-actions"])
def test_a_narrative_measure_that_nobody_rated_is_not_rated(facts: tuple[Any, ...]) -> None:
    assert assessed({"kind": "narrative"}, *facts, unit=None).reason == "Its steward has not rated it yet."


def test_the_last_rating_counts() -> None:
    first, second = rated(Progress.NO_PROGRESS), rated(Progress.SOME_PROGRESS, on=date(2025, 1, 5), of="2024-25 Q2")
    assert assessed({"kind": "narrative"}, first, second, unit=None, as_of=date(2025, 1, 4)).status == "off_track"
    assert assessed({"kind": "narrative"}, first, second, unit=None, as_of=date(2025, 1, 5)).status == "watch"


# --- when results are due ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("results_by", "as_of", "of"),
    [
        pytest.param("08-31", date(2026, 8, 30), "2024-25", id="the-day-before"),
        pytest.param("08-31", date(2026, 8, 31), "2025-26", id="the-day"),
        pytest.param("08-31", date(2025, 8, 31), "2023-24", id="a-sunday"),
        pytest.param("08-31", date(2025, 9, 2), "2024-25", id="the-working-day-after"),
        pytest.param("11-30", date(2026, 11, 29), "2024-25", id="late-results"),
        pytest.param("07-01", date(2026, 7, 1), "2025-26", id="early-results"),
        pytest.param("08-31", date(2030, 1, 1), "2026-27", id="after-the-plans-end"),
    ],
)
def test_the_year_that_is_judged_is_the_latest_whose_results_are_due(results_by: str, as_of: date, of: str) -> None:
    assert assessed(LEAST, as_of=as_of, results_by=results_by).school_year == year(of)


def test_results_that_move_over_new_year_are_not_due_before() -> None:
    plan = of_measures({"target": LEAST, "results_by": "12-31"})
    winter = Break(name="Winter break", first_day=date(2026, 12, 21), last_day=date(2027, 1, 1))
    duties = Duties(plan, Calendar(breaks=(winter,)).working_days(plan.first_year, plan.last_year))
    measure = plan.long_term_measures[0]
    assert {str(one.period): one.due for one in duties.of(measure)}["2025-26"] == date(2027, 1, 4)
    assert duties.results_due(measure, as_of=date(2027, 1, 2)) == year("2024-25")


# --- figures in sentences ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("85", "85"),
        ("91.60", "91.6"),
        ("0.0571", "0.06"),
        ("100", "100"),
        ("1E+3", "1,000"),
        ("-0.001", "0"),
        ("-2.5", "-2.5"),
        ("1234567", "1,234,567"),
    ],
)
def test_figures_are_shown_with_two_decimals_at_most(value: str, text: str) -> None:
    assert shown(Decimal(value)) == text


def test_what_is_compared_is_not_rounded() -> None:
    found = assessed(LEAST, read("89.999"), tolerance=0)
    assert (found.status, found.reason) == ("off_track", "90 for 2023-24; wanted each year: 90 or more; 0 short of it.")


# --- laws --------------------------------------------------------------------------------------------------------------

LAW = settings(deadline=None)
TENTHS = st.integers(-1500, 1500).map(lambda tenths: Decimal(tenths) / 10)
POSITIVE = st.integers(1, 600).map(lambda tenths: Decimal(tenths) / 10)
DAYS = st.dates(date(2023, 7, 1), date(2028, 6, 30))
YEARS = ("2022-23", "2023-24", "2024-25", "2025-26", "2026-27")


@dataclass(frozen=True)
class Figures:
    """A target with figures and a tolerance, of a kind; made anew with every figure changed."""

    kind: str
    numbers: tuple[Decimal, ...]
    tolerance: Decimal
    rising: bool
    percent: bool = False

    def changed(self, by: Callable[[Decimal], Decimal], *, turned: bool = False) -> "Figures":
        """Return it in another unit; turned: what was higher is lower."""
        changes = self.kind == "change"
        numbers = self.numbers if changes and self.percent else tuple(abs(by(n)) if changes else by(n) for n in self.numbers)
        return Figures(self.kind, numbers, abs(by(self.tolerance)), self.rising is not turned, self.percent)

    @property
    def target(self) -> dict[str, Any]:
        """Return what people write."""
        first, second = self.numbers
        if self.kind == "trajectory":
            return line(first, second)
        if self.kind == "change":
            said_in = {"measured_in": "percent" if self.percent else "absolute", "at_least": first}
            return {"kind": "change", "direction": "increase" if self.rising else "decrease", **said_in}
        bounds = {"between": dict(zip(("at_least", "at_most"), sorted(self.numbers), strict=True))}
        one_sided = {"at_least": first} if self.rising else {"at_most": first}
        return {"kind": "threshold", **bounds.get(self.kind, one_sided), **({"by": "2025-26"} if self.kind == "by" else {})}

    def judged(self, readings: dict[str, Decimal], as_of: date) -> str:
        """Return the status that readings by school year come to, all of them known."""
        facts = (read(value, of, on=date(2023, 7, 1)) for of, value in readings.items())
        return assessed(self.target, *facts, as_of=as_of, tolerance=self.tolerance).status

    def distance(self, reading: Decimal) -> Decimal:
        """Return how far a reading is from where it is wanted, or, one-sided, how far from best."""
        if self.kind == "between":
            low, high = sorted(self.numbers)
            return max(low - reading, reading - high, Decimal(0))
        rising = self.numbers[1] > self.numbers[0] if self.kind == "trajectory" else self.rising
        return -reading if rising else reading


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    kind = draw(st.sampled_from(("trajectory", "each", "between", "by", "change")))
    number = POSITIVE if kind == "change" else TENTHS
    numbers = draw(st.lists(number, min_size=2, max_size=2, unique=True))
    return Figures(kind, tuple(numbers), draw(POSITIVE | st.just(Decimal(0))), draw(st.booleans()), draw(st.booleans()))


@st.composite
def known(draw: st.DrawFn) -> dict[str, Decimal]:
    years = draw(st.lists(st.sampled_from(YEARS), unique=True, min_size=1))
    return {of: draw(TENTHS) for of in years}


def rank(status: str) -> int | None:
    return RANK.get(status)


@LAW
@given(figures(), known(), DAYS, st.data())
def test_improving_a_reading_never_worsens_the_status(
    wanted: Figures, readings: dict[str, Decimal], day: date, data: Any
) -> None:
    of = data.draw(st.sampled_from(sorted(readings)), label="school year")
    if wanted.kind == "change":  # a better year makes the next one's gain smaller, which is no loss of this year's
        readings = {one: value for one, value in readings.items() if one <= of}
    better = min(readings[of], data.draw(TENTHS, label="other"), key=wanted.distance)
    before = wanted.judged(readings, day)
    if wanted.kind == "change" and assessed(wanted.target, as_of=day).school_year != year(of):
        return
    after = wanted.judged(readings | {of: better}, day)
    if rank(before) is None:
        assert after in (before, "on_track")  # a threshold of a later year that is reached already
    else:
        assert rank(after) is not None
        assert RANK[after] >= RANK[before]


@LAW
@given(figures(), known(), DAYS, st.integers(1, 900))
def test_waiting_never_improves_the_status(wanted: Figures, readings: dict[str, Decimal], day: date, more: int) -> None:
    of = assessed(wanted.target, as_of=day).school_year
    # A figure that came before its results were due counts from the day they are: that is not waiting, but news.
    readings = {one: value for one, value in readings.items() if of and one <= str(of)}
    before, after = wanted.judged(readings, day), wanted.judged(readings, day + timedelta(days=more))
    if rank(after) is not None:
        assert rank(before) is not None
        assert RANK[after] <= RANK[before]


@LAW
@given(st.dates(date(2024, 1, 1), date(2029, 1, 1)), DAYS, st.integers(1, 900), st.none() | DAYS)
def test_waiting_never_improves_a_deliverable(by: date, day: date, more: int, on: date | None) -> None:
    facts = delivered(on=on) if on and on <= day else ()
    order = ("missed", "off_track", "watch", "not_rated", "met")
    target = {"kind": "deliverable", "by": str(by)}
    before, after = (assessed(target, *facts, as_of=one).status for one in (day, day + timedelta(days=more)))
    assert order.index(after) <= order.index(before)


@LAW
@given(st.sampled_from(list(Progress)), DAYS, st.integers(0, 900))
def test_waiting_changes_nothing_in_what_a_steward_rated(progress: Progress, day: date, more: int) -> None:
    fact = rated(progress, on=day)
    before, after = (
        assessed({"kind": "narrative"}, fact, unit=None, as_of=d).status for d in (day, day + timedelta(days=more))
    )
    assert after == before


@LAW
@given(st.permutations(list(Progress)[:5]), DAYS)
def test_a_better_rating_never_worsens_the_status(words: list[Progress], day: date) -> None:
    worse, better = sorted(words[:2], key=list(Progress).index)
    low, high = (assessed({"kind": "narrative"}, rated(one, on=day), unit=None, as_of=day).status for one in (worse, better))
    assert RANK[low] <= RANK[high]


@LAW
@given(figures(), known(), DAYS, st.sampled_from(("0.001", "0.5", "3", "12", "1000")))
def test_another_unit_changes_nothing(wanted: Figures, readings: dict[str, Decimal], day: date, factor: str) -> None:
    def scaled(value: Decimal) -> Decimal:
        return value * Decimal(factor)

    other = wanted.changed(scaled).judged({of: scaled(value) for of, value in readings.items()}, day)
    assert other == wanted.judged(readings, day)


@LAW
@given(figures(), known(), DAYS)
def test_a_measure_of_which_less_is_better_is_judged_like_its_mirror(
    wanted: Figures, readings: dict[str, Decimal], day: date
) -> None:
    mirrored = wanted.changed(lambda value: -value, turned=True).judged({of: -value for of, value in readings.items()}, day)
    assert mirrored == wanted.judged(readings, day)


@LAW
@given(figures(), st.lists(st.tuples(st.sampled_from(YEARS), TENTHS), min_size=1, max_size=8), DAYS, st.randoms())
def test_the_order_in_which_facts_are_added_does_not_matter(
    wanted: Figures, said_of: list[tuple[str, Decimal]], day: date, shuffled: Any
) -> None:
    facts = [read(value, of, on=date(2023, 7, 1) + timedelta(days=150 * at)) for at, (of, value) in enumerate(said_of)]
    others = shuffled.sample(facts, len(facts))
    assert assessed(wanted.target, *others, as_of=day) == assessed(wanted.target, *facts, as_of=day)


@LAW
@given(figures(), DAYS)
def test_what_is_unknown_is_neither_zero_nor_green(wanted: Figures, day: date) -> None:
    assert wanted.judged({}, day) in (MeasureStatus.NOT_RATED, MeasureStatus.NO_DATA)
