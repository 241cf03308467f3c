"""A measure's sentence becomes its target: each wording that is known, in made-up figures, and what stays a narrative."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.model import Trajectory
from plan.periods import SchoolYear
from plan.published.reading import Around, Known
from plan.published.sentences import LONGEST_SENTENCE, read_target
from plan.published.units import unit_of
from plan.published.written import target_text

AROUND = Around(first_year=SchoolYear(2024), last_year=SchoolYear(2028))
"""A plan of 2024-25 to 2028-29."""


def read(sentence: str, *years: str, around: Around = AROUND) -> str:
    """Return a sentence's target as a plan file has it, without braces, then what its figures count."""
    found = read_target(sentence, around, years)
    unit = found.unit or unit_of(sentence, found.target)[0]
    return f"{target_text(found.target)[7:-1]}; {unit}" if unit else target_text(found.target)[7:-1]


def note(sentence: str, *years: str) -> str:
    """Return what a sentence's target had to assume."""
    return "; ".join(read_target(sentence, AROUND, years).notes)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(
            "Annually increase the campus rating from a 71 in 2023-24 to an 83.5 in 2028-29.",
            "trajectory, points: {2023-24: 71, 2028-29: 83.5}; points",
            id="from-x-in-y-to-z-in-w",
        ),
        pytest.param(
            "Increase percentage of posts filled from 91% in 2023-2024 to 97% by 2028-2029.",
            "trajectory, points: {2023-24: 91, 2028-29: 97}; percent",
            id="by-w-in-long-years",
        ),
        pytest.param(
            "Graduation rate: from 81% (2023–24) to 90% (2028–29)",  # noqa: RUF001
            "trajectory, points: {2023-24: 81, 2028-29: 90}; percent",
            id="years-in-brackets-and-a-long-dash",
        ),
        pytest.param(
            "Raise enrollment from 1,250 students in SY 2023-24 to 1,400 students by the end of the 2028-29 school year",
            "trajectory, points: {2023-24: 1250, 2028-29: 1400}; students",
            id="thousands-with-a-comma",
        ),
        pytest.param(
            "Raise reserves from $1.5 million in 2023-24 to $2 million in 2028-29",
            "trajectory, points: {2023-24: 1500000, 2028-29: 2000000}; dollars",
            id="millions",
        ),
        pytest.param(
            "Reduce absence from 18% in 2023-24 to at most 9% by 2028-29",
            "trajectory, points: {2023-24: 18, 2028-29: 9}; percent",
            id="downwards",
        ),
        pytest.param(
            "Increase the number of partners from 4 prior to 2023-2024 to 9 by 2028-2029",
            "trajectory, points: {2022-23: 4, 2028-29: 9}; partners",
            id="prior-to-a-year",
        ),
        pytest.param(
            "Graduation rate 81% to 90% by June 2029",
            "trajectory, points: {2023-24: 81, 2028-29: 90}; percent",
            id="x-to-y-by-z",
        ),
        pytest.param(
            "Attendance from 92% to 95% by 2029",
            "trajectory, points: {2023-24: 92, 2028-29: 95}; percent",
            id="a-bare-year-and-no-beginning",
        ),
        pytest.param(
            "Certified teachers: 2024-25: 70%, 2025-26: 74%, 2026-27: 80%",
            "trajectory, points: {2024-25: 70, 2025-26: 74, 2026-27: 80}; percent",
            id="a-list-of-years-in-the-sentence",
        ),
        pytest.param(
            "Paths for aides; increase number of paths by two by 2028-2029",
            "trajectory, points: {2023-24: 0, 2028-29: 2}; paths more than in 2023-24",
            id="by-so-many-by-a-year",
        ),
        pytest.param(
            "Decrease referrals by 15% by 2028-29",
            "trajectory, points: {2023-24: 0, 2028-29: 15}; percent less than in 2023-24",
            id="by-a-percentage-by-a-year",
        ),
        pytest.param("Provide 85% or better of tickets", "threshold, at_least: 85; percent", id="or-better"),
        pytest.param("Ratings at Good or better for 87%", "threshold, at_least: 87; percent", id="or-better-for"),
        pytest.param("Turnover rate to be at 7.25% or less per year", "threshold, at_most: 7.25; percent", id="or-less"),
        pytest.param(
            "(85+) seniors will finish for the 2028-29 school year.",
            "threshold, at_least: 85, by: 2028-29; seniors",
            id="a-number-and-more-in-brackets",
        ),
        pytest.param(
            "Seniors earn a minimum of 6 credit hours (310) for the 2028-29 school year.",
            "threshold, at_least: 310, by: 2028-29; seniors",
            id="a-count-in-brackets-beside-a-bound",
        ),
        pytest.param("Survey ratings to be between 3-5 for all", "threshold, at_least: 3, at_most: 5; points", id="between"),
        pytest.param(
            "Keep it between 80% and 90% by 2028-29", "threshold, at_least: 80, at_most: 90, by: 2028-29; percent", id="band"
        ),
        pytest.param("Requests to meet or exceed 140 students per year", "threshold, at_least: 140; students", id="meet"),
        pytest.param("At least 12 meetings per year", "threshold, at_least: 12; meetings", id="at-least"),
        pytest.param("No fewer than 12 meetings a year", "threshold, at_least: 12; meetings", id="no-fewer-than"),
        pytest.param("No more than 3 incidents per year", "threshold, at_most: 3; incidents", id="no-more-than"),
        pytest.param("More than 90% of families answer", "threshold, at_least: 90; percent", id="more-than"),
        pytest.param("Turnover stays below 10%", "threshold, at_most: 10; percent", id="below"),
        pytest.param(
            "Completion rate for the 2028-29 school year will be at 64%.",
            "threshold, at_least: 64, by: 2028-29; percent",
            id="will-be-at",
        ),
        pytest.param(
            "Teacher turnover will be at 12% by 2028-29", "threshold, at_most: 12, by: 2028-29; percent", id="lower-is-better"
        ),
        pytest.param(
            "Increase number of visits to 6 with other schools by 2028-2029",
            "threshold, at_least: 6, by: 2028-29; visits",
            id="increase-to-without-a-beginning",
        ),
        pytest.param(
            "100% of aides will be certified by 2026-27", "threshold, at_least: 100, by: 2026-27; percent", id="all-of-them"
        ),
        pytest.param("Keep it between 0 and at least 0", "threshold, at_least: 0; count", id="nothing-at-all"),
        pytest.param("Increase the survey's return rate to 75%", "threshold, at_least: 75; percent", id="to-without-a-year"),
        pytest.param("Reduce referrals to 40 a year", "threshold, at_most: 40; count", id="down-to-each-year"),
        pytest.param("Narrow gaps annually", "change, direction: decrease; percentage points", id="annually-decrease"),
        pytest.param("Annually increase the percentage of readers:", "change, direction: increase; percent", id="annually"),
        pytest.param("Annual growth in donated dollars", "change, direction: increase; dollars", id="annual-growth"),
        pytest.param(
            "Study the lights and decrease energy spending by 2-4% each year.",
            "change, direction: decrease, measured_in: percent, at_least: 2, at_most: 4; dollars",
            id="by-a-band-each-year",
        ),
        pytest.param(
            "By the end of each fiscal year the fund balance will increase by 2.5%; thus, increasing what is at hand",
            "change, direction: increase, measured_in: percent, at_least: 2.5; dollars",
            id="each-fiscal-year",
        ),
        pytest.param(
            "Increase the attendance rate by 2% each year", "change, direction: increase, at_least: 2; percent", id="of-a-rate"
        ),
        pytest.param(
            "Raise scores by up to 3 points annually", "change, direction: increase, at_most: 3; points", id="up-to"
        ),
        *(
            pytest.param(
                f"At least 85% of families answer by {when}", f"threshold, at_least: 85, by: {year}; percent", id=f"by-{when}"
            )
            for when, year in (
                ("2027", "2026-27"),
                ("the end of 2027", "2027-28"),
                ("the end of calendar year 2027", "2027-28"),
                ("the close of 2027", "2027-28"),
                ("December 31, 2027", "2027-28"),
                ("the end of the 2026-27 school year", "2026-27"),
            )
        ),
        pytest.param(
            "Attendance from 92% in 2023-24 to 95% by the end of 2027",
            "trajectory, points: {2023-24: 92, 2027-28: 95}; percent",
            id="a-way-to-the-end-of-a-year",
        ),
        pytest.param("By 2027, there is a plan for roofs", "deliverable, by: 2027-12-31", id="by-a-bare-year"),
        pytest.param("By the end of 2027, roofs are new", "deliverable, by: 2027-12-31", id="by-the-end-of"),
        pytest.param("Roofs are new by August 15, 2027", "deliverable, by: 2027-08-15", id="by-a-day"),
        pytest.param("Roofs are new by 8/15/2027", "deliverable, by: 2027-08-15", id="by-a-day-in-figures"),
        pytest.param("Roofs are new by February 2028", "deliverable, by: 2028-02-29", id="by-a-month"),
        pytest.param("Roofs are new by the end of the 2026-27 school year", "deliverable, by: 2027-06-30", id="school-year"),
    ],
)  # fmt: skip
def test_a_sentence_becomes_its_target(sentence: str, expected: str) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        pytest.param("Welcome days moved to the first week", "it names neither a figure nor a day", id="nothing"),
        pytest.param(
            "A review of practices has been completed", "it names neither a figure nor a day", id="completed-without-a-day"
        ),
        pytest.param(
            "Increased presence on the radio",
            "it speaks of a change, and names no figure, beginning or day",
            id="a-change-without-figure",
        ),
        pytest.param(
            "Scores of 8th grade and HB3 boards improve",
            "it speaks of a change, and names no figure, beginning or day",
            id="digits-that-are-names",
        ),
        pytest.param(
            "By February 30, 2027 roofs are new", "it holds a figure, and no rule is sure what it means", id="no-such-day"
        ),
        pytest.param(
            "Increase readers by 3% and writers by 4% each year; decrease noise by 5 a year",
            "it names more than one change a year; make a measure of each",
            id="two-changes",
        ),
        pytest.param("Raise what we had in 2023-2027", "it names a time, and neither a figure nor a day by which it is done",
                     id="a-span"),
        pytest.param("Open 3 campuses by 2027", "it holds a figure, and no rule is sure what it means", id="three-of-what"),
        pytest.param(
            "By spring 2027 roofs are new",
            "it names a time, and neither a figure nor a day by which it is done",
            id="a-season",
        ),
        pytest.param(
            "Raise reading from 50% to 60% and counting from 40% to 55% by 2028-29",
            "the sentence goes from one figure to another more than once; make a measure of each",
            id="two-ways-in-one",
        ),
        pytest.param(
            "Rise from 60 to 70", "it goes from one figure to another, and names no years; add them", id="no-years"
        ),
        pytest.param(
            "From 60 in 2028-29 to 70 in 2024-25",
            "its years do not lead from an earlier to a later one: 2028-29 and 2024-25; correct them",
            id="years-run-backwards",
        ),
        pytest.param(
            "From 60 in 2024-25 to 60 in 2028-29",
            "its figures cannot be a target: the target equals the baseline (60), so no progress can be measured; correct one "
            "of them",
            id="nothing-to-gain",
        ),
        pytest.param("At least 4 talks and at least 9 letters a year", "it names more than one bound; make a measure of each",
                     id="two-bounds"),
        pytest.param(
            "By 2095 roofs are new", "its year, 2095, lies too far from the plan's years; correct it", id="too-far"
        ),
        *(
            pytest.param(said, "it speaks of a change by a time, and names no figure", id=f"a-change-by-a-time-{at}")
            for at, said in enumerate((
                "Increase parent engagement by 2027",
                "Double the number of clubs by 2027",
                "Raise rating from B to A by 2026-27",
                "By the end of 2027, strengthen ties with families",
            ))
        ),
        pytest.param(
            "Raise reading from 50% to 60% by June 2025 and to 70% by June 2027",
            "it says 70 beside a target, and 2026-27; make a measure of each",
            id="a-way-that-goes-on",
        ),
        pytest.param(
            "Raise reading from 45 (2022-23) to 48 (2023-24), 52 (2024-25), 60 (2026-27)",
            "it says 52, 60 beside a target, and 2024-25, 2026-27; make a measure of each",
            id="a-way-of-many-points",
        ),
        pytest.param(
            "Raise reading from 45 in 2023-24 to 60 in 2025-26, after 50 in 2024-25",
            "it says 50 beside a target, and 2024-25; make a measure of each",
            id="a-point-between",
        ),
        pytest.param(
            "At least 70% of seniors by 2025-26, and 80% by 2026-27",
            "it says 80 beside a target, and 2025-26, 2026-27; make a measure of each",
            id="a-bound-that-rises",
        ),
        pytest.param("word " * 500, "it is too long to be one sentence about one target", id="too-long"),
    ],
)  # fmt: skip
def test_what_no_rule_is_sure_of_is_a_narrative_with_the_reason(sentence: str, why: str) -> None:
    found = read_target(sentence, AROUND)
    assert (found.target.kind, found.notes) == ("narrative", (why,))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        pytest.param(
            "Attendance from 92% to 95% by 2029",
            "2029 is taken as the school year that ends in it, 2028-29; the year of its beginning is not named; 2023-24 was "
            "taken",
            id="years",
        ),
        pytest.param("More than 90% of families answer", '"more than" leaves 90 itself out, and a bound does not', id="strict"),
        pytest.param(
            "Increase the attendance rate by 2% each year",
            "the measure is a percentage itself, so the change is counted in percentage points",
            id="percent-of-percent",
        ),
        pytest.param(
            "Each of 14 campuses: 90% or better",
            "the sentence also says 14, which the target does not hold",
            id="a-figure-that-is-left",
        ),
        pytest.param(
            "Raise the number of partners of 12 schools from 4 prior to 2023-2024 to 9 by 2028-2029",
            "the beginning is before 2023-24, so it counts as that of 2022-23; the sentence also says 12, which the target "
            "does not hold",
            id="a-figure-of-no-year-that-is-left",
        ),
        pytest.param(
            "At least 85% of families answer by the end of 2027",
            "the end of 2027 lies in 2027-28, whose end is taken",
            id="the-end-of-a-year",
        ),
        pytest.param("By 2027, roofs are new", "only a year is named, so its last day is taken: 2027-12-31", id="last-day"),
        pytest.param(
            "Annually increase readers", "no amount is named: any increase against the year before counts", id="any-increase"
        ),
        pytest.param("Increase the return rate to 75%", "no year is named: it is to be kept each year", id="each-year"),
        pytest.param("Completion rate will be at 64%", "the figure is read as at least 64; no year is named: it is to be kept "
                     "each year", id="at-least"),
        pytest.param("From 12 in 2023-24 to 30", "the year of its end is not named; 2028-29 was taken", id="no-end"),
        pytest.param("From 12 in 2023-24 to 30 in 2028-29", "", id="nothing-to-assume"),
    ],
)  # fmt: skip
def test_what_had_to_be_assumed_is_noted(sentence: str, said: str) -> None:
    assert note(sentence) == said


YEARS = ("2023-2024 – 12%", "2024-2025 - 15%", "2025-2026 — 18%")  # noqa: RUF001


def test_lines_with_a_figure_for_each_year_are_the_way() -> None:
    assert read("Annually increase the share of readers", *YEARS) == (
        "trajectory, points: {2023-24: 12, 2024-25: 15, 2025-26: 18}; percent"
    )


def test_years_left_out_of_a_list_are_read_off_the_line() -> None:
    assert read("Share of readers", *YEARS, "2028-2029 - 30%").endswith("2028-29: 30}, line_between: true; percent")


def test_a_list_that_says_otherwise_than_its_sentence_counts_and_is_noted() -> None:
    assert note("Increase readers from 11% in 2023-24 to 18% in 2025-26", *YEARS) == (
        "the sentence says from 11 to 18, and its list of years does not; the list was taken; "
        "the sentence also says 11, which the target does not hold"
    )


def test_a_list_with_two_figures_for_one_year_is_not_sure() -> None:
    assert note("Share of readers", *YEARS, "2024-2025 - 16%") == (
        "its list gives two figures for one year; correct one of them"
    )


def test_years_without_figures_leave_the_sentence_as_it_is() -> None:
    assert read("Annually increase the percentage of readers:", "2023-2024 - baseline", "2024-2025", "2025-2026") == (
        "change, direction: increase; percent"
    )


def test_a_component_without_years_has_those_of_its_whole() -> None:
    whole = Trajectory.model_validate({"kind": "trajectory", "points": {"2022-23": 1, "2027-28": 2}})
    around = Around(first_year=AROUND.first_year, last_year=AROUND.last_year, whole=whole)
    assert read("increase from 41 to 58", around=around).startswith("trajectory, points: {2022-23: 41, 2027-28: 58}")


@pytest.mark.parametrize(
    ("known", "year"),
    [
        pytest.param("talks with those who leave", "2021-22", id="of-the-same-things"),
        pytest.param("concerts", "2023-24", id="of-other-things"),
    ],
)
def test_a_total_begins_in_the_year_that_another_sentence_gives_for_the_same_thing(known: str, year: str) -> None:
    around = Around(
        first_year=AROUND.first_year,
        last_year=AROUND.last_year,
        known=(Known(text=known, value=Decimal(3), year=SchoolYear(2021)),),
    )
    said = "Increase number of talks with those who leave by 4 by 2028-2029 for a total of 7 annually"
    assert read(said, around=around) == f"trajectory, points: {{{year}: 3, 2028-29: 7}}; talks"


# --- laws --------------------------------------------------------------------------------------------------------------

FIGURES = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False) | st.integers(0, 10**6).map(Decimal)
SCHOOL_YEARS = st.integers(2022, 2033).map(SchoolYear)


def long(year: SchoolYear) -> str:
    return f"{year.first}-{year.first + 1}"


@given(FIGURES, FIGURES, SCHOOL_YEARS, SCHOOL_YEARS, st.sampled_from([str, long]), st.sampled_from(["", "%", " percent"]))
def test_from_x_in_y_to_z_in_w_says_exactly_that(
    x: Decimal, z: Decimal, y: SchoolYear, w: SchoolYear, written: type[str], unit: str
) -> None:
    found = read_target(f"Increase it from {x}{unit} in {written(y)} to {z}{unit} in {written(w)}.", AROUND).target
    if x == z or w <= y:
        assert found.kind == "narrative"
    else:
        assert isinstance(found, Trajectory)
        assert found.points == {y: x, w: z}


@given(FIGURES, SCHOOL_YEARS)
def test_a_bound_is_exactly_its_figure(figure: Decimal, year: SchoolYear) -> None:
    target = read_target(f"At least {figure}% of families answer by {year}", AROUND).target
    assert (target.kind, getattr(target, "at_least", None), getattr(target, "by", None)) == ("threshold", figure, year)


@given(st.dates(date(2021, 1, 1), date(2036, 12, 31)))
def test_a_day_is_exactly_that_day(day: date) -> None:
    said = f"Roofs are new by {day:%B} {day.day}, {day.year}"
    assert getattr(read_target(said, AROUND).target, "by", None) == day


WORDS = (
    "increase",
    "decrease",
    "from",
    "to",
    "by",
    "between",
    "and",
    "at",
    "least",
    "each",
    "year",
    "annually",
    "or",
    "better",
)
FIGURED = ("5", "10%", "2023-24", "2026", "(12+)", "{y2026}", "-", "99999999999999", "1,000", "$3", "May", "31,", "2027", "0")


@given(st.lists(st.sampled_from((*WORDS, *FIGURED)), max_size=14).map(" ".join) | st.text(max_size=200))
def test_whatever_it_says_a_sentence_is_read(sentence: str) -> None:
    found = read_target(sentence, AROUND)
    assert found.notes if found.target.kind == "narrative" else len(sentence) <= LONGEST_SENTENCE
