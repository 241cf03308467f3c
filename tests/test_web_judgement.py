"""What pages say of judgement: where each part stands, and why."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from re import DOTALL, findall
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.ledger import open_ledger
from notifications.chart import chart
from plan.facts import Implementation, Progress
from plan.implementation import NOT_REPORTED, EvidenceStatus
from plan.periods import SchoolYear
from plan.sums import POINTS
from tasks.settings import Settings
from tests.judgement_builders import (
    KNOWN,
    delivered,
    judged,
    line,
    of_measures,
    override,
    proof,
    published,
    rated,
    read,
    said,
)
from tests.web_builders import AT, PLAN, browser, settings
from web.judgement import READINGS, Verdict, verdicts, verdicts_of_all
from web.measure import MeasureShown, measure_shown
from web.wording import STANDS, tone_of

HOSTILE = "<script>alert(1)</script>\"'"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the shipped plan, the published readings, an override and what an owner said."""
    of = settings(tmp_path_factory.mktemp("home"))
    at_risk = said(Implementation.AT_RISK, on=date(2026, 10, 6), item="1.1A", note=HOSTILE)
    set_aside = override("watch", on=date(2026, 9, 1), until=date(2026, 12, 31), item="1.1-rating", note=HOSTILE)
    with open_ledger(of.database) as ledger:
        ledger.add_facts(PLAN, [*published(), at_risk, set_aside], recorded_at=AT)
    return of


def page(of: Settings, path: str) -> str:
    answer = browser(of).get(path)
    assert answer.status_code == 200, answer.text
    text: str = answer.text
    return text


def shortly(found: tuple[Verdict, ...]) -> list[tuple[str, str, str]]:
    return [(one.name, one.status, one.tone) for one in found]


def measure(target: dict[str, Any], *facts: Any, as_of: date = KNOWN, **changed: Any) -> MeasureShown:
    """Return what is shown of measure m1."""
    plan = of_measures({"target": target, **changed})
    return measure_shown(plan.long_term_measures[0], judged(plan, *facts, as_of=as_of))


def figures(shown: MeasureShown) -> list[tuple[str, str, str]]:
    return [(one.name, one.value, one.period) for one in shown.figures]


# --- statuses -----------------------------------------------------------------------------------------------------------


def test_an_action_keeps_its_statuses_apart_each_with_its_reason() -> None:
    plan, day = of_measures({"target": line(44, 60)}, actions=["1.1A"]), date(2026, 10, 22)
    known = said(Implementation.ACHIEVED, on=date(2026, 10, 6), item="1.1A")
    at = judged(plan, known, proof(date(2026, 9, 28)), read(44, "2025-26", on=date(2026, 8, 1)), as_of=day)
    found = verdicts(plan.items["1.1A"], at)
    assert shortly(found) == [
        ("Implementation", "achieved", "done"),
        ("Evidence", "current", "done"),
        ("Outcome of 1.1", "off track", "late"),
    ]
    assert found[0].reason.startswith("curriculum reported achieved on 2026-10-06")


def test_an_objective_is_said_in_two_words_where_both_of_its_sides_are_known() -> None:
    plan, day = of_measures({"target": line(44, 60)}, actions=["1.1A"]), date(2026, 10, 22)
    doing = said(Implementation.ON_TRACK, on=date(2026, 10, 6), item="1.1A")
    at = judged(plan, doing, read(44, "2025-26", on=date(2026, 8, 1)), as_of=day)
    sums = [("Outcome", "off track", "late"), ("Implementation", "on track", "done")]
    assert shortly(verdicts(plan.items["1.1"], at)) == [*sums, ("In two words", "doing, not moving", "soon")]
    assert shortly(verdicts(plan.priorities[0], at)) == shortly(verdicts_of_all(at)) == sums
    assert shortly(verdicts(plan.items["1.1"], judged(plan, doing, as_of=day)))[0] == ("Outcome", "insufficient data", "quiet")
    assert len(verdicts(plan.items["1.1"], judged(plan, doing, as_of=day))) == 2


def test_an_override_stands_before_the_judged_status_and_hides_nothing() -> None:
    plan = of_measures({"target": line(44, 60)})
    at = judged(plan, read(44), override("on_track", on=date(2024, 9, 1), until=date(2024, 12, 31)))
    as_set, as_judged = verdicts(plan.long_term_measures[0], at)
    assert shortly((as_set, as_judged)) == [
        ("Outcome, as set", "on track", "done"),
        ("Outcome, as judged", "off track", "late"),
    ]
    assert as_set.reason == "Superintendent set it, until 2024-12-31: The test changed."


def test_every_status_that_counts_has_a_tone_and_an_unknown_one_is_quiet() -> None:
    assert {*POINTS, *READINGS, *EvidenceStatus} - {EvidenceStatus.NEEDED} == set(STANDS)
    assert {tone_of(status) for status in (NOT_REPORTED, "no_data", "not_rated", "insufficient_data", "cancelled")} == {"quiet"}


# --- a measure in figures -----------------------------------------------------------------------------------------------


def test_a_way_shows_figures_with_years_milestones_and_where_it_leads() -> None:
    shown = measure(line(44, 60), read(44, "2021-22"), read(48))
    assert figures(shown) == [
        ("Reading", "48", "2023-24"),
        ("Expected", "50.4", "2023-24"),
        ("Baseline", "44", "2021-22"),
        ("Target", "60", "2026-27"),
    ]
    assert [(one.name, one.due, one.expected, one.reading, one.status) for one in shown.milestones[:3]] == [
        ("2022-23", "31 August 2023", "47.2", "", "no data"),
        ("2023-24", "2 September 2024", "50.4", "48", "off track"),
        ("2024-25", "1 September 2025", "53.6", "", "not rated"),
    ]
    assert shown.forecast == (
        "Forecast: at the pace of its readings it comes to 54 in 2026-27, against 60; it reaches the target in 2029-30. "
        "From 2023-24 on, +4 a year would be needed."
    )


@pytest.mark.parametrize(
    ("target", "last", "says"),
    [
        (line(44, 60), 54, "it comes to 69 in 2026-27, against 60; it reaches the target in 2025-26."),
        (line(44, 60), 40, "it never reaches the target. From 2023-24 on, +6.67 a year would be needed."),
        (line(44, 12), 41, "it reaches the target in 2043-44. From 2023-24 on, -9.67 a year would be needed."),
    ],
    ids=["in-time", "never", "downwards"],
)
def test_what_would_be_needed_is_said_where_the_pace_is_too_slow(target: dict[str, Any], last: int, says: str) -> None:
    assert measure(target, read(44, "2021-22"), read(last)).forecast.endswith(says)


def test_a_measure_without_a_reading_says_so_and_has_no_chart() -> None:
    shown = measure(line(44, 60))
    assert figures(shown)[0] == ("Reading", "not known", "2023-24")
    assert (shown.chart, shown.forecast) == (None, "")


def test_a_reading_of_an_earlier_year_is_shown_as_the_last_one() -> None:
    found = figures(measure(line(44, 60), read(48, "2022-23")))
    assert found[:2] == [("Reading", "not known", "2023-24"), ("Last reading", "48", "2022-23")]


def test_a_bound_with_two_sides_is_shown_whole() -> None:
    shown = measure({"kind": "threshold", "at_least": 4, "at_most": 5}, read("3.9"))
    assert figures(shown) == [("Reading", "3.9", "2023-24"), ("Expected", "4", "2023-24"), ("Target", "4 to 5", "each year")]
    assert shown.chart is not None
    assert [one.expected for one in shown.chart.years] == ["4 to 5"] * len(shown.chart.years)
    assert shown.milestones == ()


def test_a_bound_to_be_reached_is_compared_with_the_last_reading_of_its_own_year() -> None:
    shown = measure({"kind": "threshold", "at_least": 75, "by": "2026-27"}, read(71, "2022-23"))
    assert figures(shown) == [("Reading", "71", "2022-23"), ("Expected", "75", "2026-27"), ("Target", "75", "2026-27")]
    assert shown.chart is not None
    assert [one.expected for one in shown.chart.years] == ["", "", "", "", "75"]


def test_a_change_is_compared_with_the_year_before() -> None:
    target = {"kind": "change", "direction": "decrease", "measured_in": "percent", "at_least": 5}
    shown = measure(target, read(200, "2022-23"), read(195))
    assert figures(shown) == [("Reading", "195", "2023-24"), ("Expected", "190", "2023-24"), ("Baseline", "200", "2022-23")]
    assert shown.chart is not None
    assert [(one.expected, one.reading) for one in shown.chart.years] == [("", "200"), ("190", "195")]
    alone = measure(target, read(200)).chart
    assert alone is not None
    assert alone.expected == ()


@pytest.mark.parametrize(("facts", "reading"), [((), "not accepted"), (delivered(on=date(2024, 9, 1)), "accepted")])
def test_a_deliverable_is_a_milestone_without_figures(facts: tuple[Any, ...], reading: str) -> None:
    shown = measure({"kind": "deliverable", "by": "2024-12-31"}, *facts, unit=None)
    (one,) = shown.milestones
    assert (one.name, one.due, one.expected, one.reading) == ("31 December 2024", "31 December 2024", "evidence", reading)
    assert (shown.figures, shown.chart) == ((), None)


def test_a_rating_has_neither_figures_nor_milestones() -> None:
    shown = measure({"kind": "narrative"}, rated(Progress.SOME_PROGRESS), unit=None)
    assert shown == replace(shown, figures=(), chart=None, milestones=(), forecast="")


def test_a_figure_read_for_a_rating_is_shown_against_nothing() -> None:
    shown = measure({"kind": "narrative"}, read(3), unit=None)
    assert figures(shown) == [("Reading", "3", "2023-24")]
    assert shown.chart is not None
    assert shown.chart.expected == ()


def test_a_chart_of_many_years_writes_out_only_some() -> None:
    shown = chart((), {SchoolYear(first): Decimal(5) for first in range(2010, 2027)})
    assert [one.text for one in shown.names] == ["2011-12", "2014-15", "2017-18", "2020-21", "2023-24", "2026-27"]
    assert [one.text for one in shown.readings[-4:]] == ["5", "", "", "5"]


@given(st.dictionaries(st.integers(2015, 2030), st.decimals(-(10**7), 10**7, places=2), min_size=1))
def test_everything_in_a_chart_lies_on_its_sheet(values: dict[int, Decimal]) -> None:
    shown = chart((), {SchoolYear(first): value for first, value in values.items()})
    for one in shown.readings:
        assert shown.left < one.x < shown.width
        assert min(level.y for level in shown.levels) <= one.y <= max(level.y for level in shown.levels)
    assert 2 <= len(shown.levels) <= 7


# --- pages --------------------------------------------------------------------------------------------------------------


def test_the_plan_shows_where_every_part_stands(known: Settings) -> None:
    html = page(known, "/")
    assert len(findall(r">Implementation <b", html)) == 1 + 4 + 12 + 42  # plan, priorities, objectives, actions
    assert len(findall(r">Evidence <b", html)) == 42 + 66
    assert len(findall(r">Outcome(?:, as set)? <b", html)) == 1 + 4 + 12 + 48
    assert 'Implementation <b class="soon">at risk</b>' in html
    assert 'Outcome, as set <b class="soon">watch</b>' in html
    assert 'Outcome, as judged <b class="quiet">no data</b>' in html


def test_a_measures_page_draws_what_was_read_against_what_was_expected(known: Settings) -> None:
    html = page(known, "/items/1.1-rating?as_of=2026-02-01")
    assert "86 against 91.6 expected for" in html
    assert "Forecast: at the pace of its readings it comes to 84.67 in" in html
    (description,) = findall(r"<desc[^>]*>(.*?)</desc>", html)
    assert description.endswith("Readings: 88 in 2021-22, 83 in 2023-24 and 86 in 2024-25.")
    (read_line,) = findall(r'<polyline class="read" points="(.*?)"', html)
    assert len(read_line.split()) == 3
    assert len(findall(r'<circle class="expected"', html)) == 6


def test_an_actions_page_shows_four_statuses_side_by_side(known: Settings) -> None:
    (cards,) = findall(r'<ul class="verdicts">(.*?)</ul>', page(known, "/items/1.1A"), flags=DOTALL)
    assert findall(r"<h3>(.*?)</h3>", cards) == ["Obligation", "Implementation", "Evidence", "Outcome of 1.1"]
    assert findall(r'<span class="badge (\w+)">(.*?)</span>', cards) == [
        ("done", "submitted"),
        ("soon", "at risk"),
        ("quiet", "needed"),
        ("quiet", "insufficient data"),
    ]


@pytest.mark.parametrize("path", ["/", "/items/1.1A", "/items/1.1-rating"])
def test_what_people_wrote_stays_text_in_reasons_too(known: Settings, path: str) -> None:
    html = page(known, path)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;" in html
