"""How far measures have come, as bars beside what a mail asks."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.bars import NOT_SHOWN, Bar, bars_for
from notifications.digest import write
from plan.facts import Facts
from plan.ladder import Notice
from tests.builders import MADE_AT, SENDER, digest, notice, person, situation, slip
from tests.judgement_builders import judged, line, of_measures, override, read

DAY = date(2025, 10, 1)
"""The results for 2024-25 are due."""
WAY = {"id": "m1", "title": "Rating", "unit": "points", "target": line(88, 94)}


def asked(code: str) -> Notice:
    return notice(code, kind="reading", period="2024-25") if code.startswith("m") else notice(code)


def bars(measure: dict[str, Any], *facts: Any, of: str = "m1", day: date = DAY) -> tuple[Bar, ...]:
    plan = of_measures(measure, actions=["1.1A"])
    return bars_for([asked(of)], judged(plan, *facts, as_of=day)).get(asked(of), ())


@pytest.mark.parametrize(
    ("measure", "facts", "status", "words", "drawn"),
    [
        pytest.param(
            WAY,
            [read(85, "2024-25")],
            "Declined",
            "85 points against 91.6 expected in 2024-25; baseline 88.",
            "[----------]",
            id="below-the-baseline",
        ),
        pytest.param(
            WAY,
            [read(90, "2024-25")],
            "Off track",
            "90 points against 91.6 expected in 2024-25; baseline 88.",
            "[#####-----]",
            id="half-of-the-way",
        ),
        pytest.param(
            WAY,
            [read(93, "2024-25")],
            "On track",
            "93 points against 91.6 expected in 2024-25; baseline 88.",
            "[##########]",
            id="beyond-what-was-expected",
        ),
        pytest.param(
            WAY | {"unit": "percent", "target": line(12, 4)},
            [read(9, "2023-24")],
            "On track",
            "9 % against 8.8 expected in 2023-24; baseline 12. No figure for 2024-25 is known yet.",
            "[#########-]",
            id="last-year-s-figure-of-a-measure-that-is-to-fall",
        ),
        pytest.param(
            WAY,
            [],
            "No data",
            "The results for 2024-25 are due and not known; no reading is known at all.",
            "",
            id="no-figure",
        ),
        pytest.param(
            WAY | {"target": {"kind": "threshold", "at_least": 125}},
            [read(118, "2024-25")],
            "Off track",
            "118 points against 125 or more expected in 2024-25.",
            "",
            id="a-bound-has-no-way",
        ),
        pytest.param(
            WAY | {"target": {"kind": "threshold", "at_most": 8, "by": "2026-27"}},
            [read(9, "2024-25")],
            "Not rated",
            "9 points in 2024-25 against 8 at most expected by 2026-27.",
            "",
            id="a-bound-for-later",
        ),
        pytest.param(
            WAY | {"target": {"kind": "change", "direction": "decrease", "measured_in": "percent", "at_least": 5}},
            [read(100, "2023-24"), read(97, "2024-25")],
            "Off track",
            "97 points against 95 expected in 2024-25; baseline 100.",
            "[######----]",
            id="a-change",
        ),
    ],
)
def test_the_last_figure_stands_against_the_expected_one(
    measure: dict[str, Any], facts: list[Any], status: str, words: str, drawn: str
) -> None:
    (bar,) = bars(measure, *facts)
    assert (bar.status, bar.words, bar.drawn, bar.measure) == (status, words, drawn, "")


def test_a_status_that_somebody_set_stands_beside_the_judged_one() -> None:
    (bar,) = bars(WAY, read(85, "2024-25"), override("watch", on=date(2025, 9, 1), until=date(2026, 1, 1)))
    assert bar.status == "Watch, set by Superintendent; judged: declined"


def test_a_masked_figure_says_so_and_is_nowhere_to_be_found() -> None:
    plan = of_measures(WAY | {"unit": "students", "target": line(0, 40)}, actions=["1.1A"])
    facts = Facts((read(3, "2024-25"), read(30, "2023-24")))
    for one in (asked("m1"), asked("1.1A"), slip(item="m1", reason="3 against 24 expected for 2024-25.")):
        made = write(digest(one, day=DAY), situation=situation(plan, facts=facts), base_url="", sender=SENDER, made_at=MADE_AT)
        assert NOT_SHOWN in " ".join(made.text.split())
        assert not re.search(r"\b(3|30) (students|against)", made.text + made.html)
        assert 'class="way"' not in made.html


@pytest.mark.parametrize("target", [{"kind": "narrative"}, {"kind": "deliverable", "by": "2026-01-31"}])
def test_a_measure_without_figures_has_no_bar(target: dict[str, Any]) -> None:
    measure = {"id": "m1", "title": "Voice", "target": target, "unit": None}
    assert bars(measure) == bars(measure, of="1.1A") == ()


def test_beside_an_action_stand_the_gravest_two_of_its_objective_and_once() -> None:
    ways = [WAY | {"id": f"m{n}", "title": f"M{n}"} for n in range(1, 5)]
    plan = of_measures(*ways, actions=["1.1A", "1.1B"])
    facts = [read(value, "2024-25", item=f"m{n}") for n, value in enumerate((93, 90, 85), 1)]
    found = bars_for([asked("1.1A"), asked("1.1B")], judged(plan, *facts, as_of=DAY))
    assert {one.item: [bar.measure for bar in beside] for one, beside in found.items()} == {"1.1A": ["m3 M3", "m2 M2"]}


def test_a_measure_that_is_asked_for_itself_is_not_shown_beside_an_action_too() -> None:
    plan = of_measures(WAY, actions=["1.1A"])
    found = bars_for([asked("1.1A"), asked("m1"), slip(item="m1")], judged(plan, read(85, "2024-25"), as_of=DAY))
    assert [(one.item, len(beside)) for one, beside in found.items()] == [("1.1A", 0), ("m1", 1)]


def test_arithmetic_that_a_slip_tells_is_not_told_twice() -> None:
    of = judged(of_measures(WAY), read(85, "2024-25"), as_of=DAY)
    own, later = slip(item="m1", reason=of.reason("m1")), slip(item="m1", reason="As it was before.", to=person("academics"))
    assert bars_for([own], of)[own][0].words == ""
    assert bars_for([later], of)[later][0].words == "85 points against 91.6 expected in 2024-25; baseline 88."


@settings(max_examples=60)
@given(value=st.decimals(-1000, 1000, places=2))
def test_a_bar_is_never_longer_than_its_way_and_full_only_where_all_is_reached(value: Decimal) -> None:
    (bar,) = bars(WAY, read(value, "2024-25"))
    assert bar.percent is not None
    assert 0 <= bar.percent <= 100
    assert len(bar.drawn) == 12
    assert (bar.drawn == "[##########]") is (value >= Decimal("91.6"))
