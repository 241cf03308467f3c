"""A jump that nobody would expect is held; what is believed depends on the measure, and grows with the years between."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.facts import Facts, Reading
from plan.model import LongTermMeasure
from plan.periods import SchoolYear
from plan.plausible import doubt, largest_jump
from plan.restated import changes, to_add
from tests.judgement_builders import line, published, read
from tests.plan_builders import shipped


def measure(target: dict[str, Any], **more: Any) -> LongTermMeasure:
    """Return a measure in percent."""
    return LongTermMeasure.model_validate({"id": "m1", "title": "Measure", "unit": "percent", "target": target, **more})


RATING = measure(line(88, 94))
"""From 88 in 2021-22 to 94 in 2026-27, so that a jump of 3 in a year is believed."""


def known(**figures: int) -> dict[SchoolYear, Decimal]:
    """Return figures by the first calendar year of their school years, as in y2023=86."""
    return {SchoolYear(int(name[1:])): Decimal(value) for name, value in figures.items()}


@pytest.mark.parametrize(
    ("value", "of", "beside", "said"),
    [
        pytest.param(89, "2024-25", known(y2023=86), "", id="as-far-as-is-believed"),
        pytest.param(
            "89.1",
            "2024-25",
            known(y2023=86),
            "89.1 for 2024-25 lies 3.1 percentage points from the 86 of 2023-24; at most 3 percentage points are believed",
            id="a-little-further",
        ),
        pytest.param(80, "2024-25", {}, "", id="against-the-baseline-three-years-before"),
        pytest.param(
            "0.86",
            "2024-25",
            {},
            "0.86 for 2024-25 lies 87.14 percentage points from the 88 of 2021-22; "
            "at most 9 percentage points in 3 years are believed",
            id="a-share-where-percents-belong",
        ),
        pytest.param(
            850,
            "2024-25",
            known(y2023=86, y2024=85),
            "850 for 2024-25 lies 765 percentage points from the 85 of 2024-25; at most 3 percentage points are believed",
            id="a-restatement-beside-what-it-restates",
        ),
        pytest.param(88, "2020-21", {}, "", id="against-the-nearest-year-after"),
        pytest.param(
            70,
            "2020-21",
            {},
            "70 for 2020-21 lies 18 percentage points from the 88 of 2021-22; at most 3 percentage points are believed",
            id="too-far-from-the-nearest-year-after",
        ),
    ],
)
def test_a_figure_is_believed_beside_its_nearest_neighbour(
    value: Any, of: str, beside: dict[SchoolYear, Decimal], said: str
) -> None:
    assert doubt(RATING, read(value, of), beside) == said


@pytest.mark.parametrize(
    ("target", "setting", "most"),
    [
        pytest.param(line(88, 94), None, Decimal(3), id="half-of-the-way"),
        pytest.param(line(94, 88), None, Decimal(3), id="half-of-the-way-down"),
        pytest.param(line(88, 94), "1.5", Decimal("1.5"), id="its-own-setting"),
        pytest.param(line(88, 94), "any", None, id="however-far"),
        pytest.param({"kind": "threshold", "at_least": 90}, None, None, id="no-way-to-measure-by"),
        pytest.param({"kind": "threshold", "at_least": 90}, "5", Decimal(5), id="a-threshold-with-a-setting"),
    ],
)
def test_how_far_is_believed_is_the_measures_setting(target: dict[str, Any], setting: str | None, most: Decimal | None) -> None:
    assert largest_jump(measure(target, plausible_jump=setting)) == most


@given(st.integers(0, 100), st.integers(-40, 40), st.integers(-40, 40))
def test_what_is_held_stays_held_further_away(at: int, jump: int, further: int) -> None:
    held = doubt(RATING, read(at + jump), known(y2022=at))
    if held and jump * further > 0:
        assert doubt(RATING, read(at + jump + further), known(y2022=at))


def test_a_held_figure_is_no_fact_and_nothing_is_compared_with_it() -> None:
    plan = {"m1": RATING}
    given_ = [read(86, "2023-24"), read(860, "2024-25"), read(87, "2025-26")]
    found = changes(given_, Facts(), doubt=lambda reading, figures: doubt(plan[reading.item], reading, figures))
    assert [change.kind for change in found] == ["new", "held", "new"]
    assert [reading.value for reading in to_add(found)] == [86, 87]


def test_every_published_figure_of_the_district_is_believed() -> None:
    measures = {one.id: one for one in shipped()[0].long_term_measures}

    def doubted(reading: Reading, figures: Any) -> str:
        return doubt(measures[reading.item], reading, figures)

    assert {change.kind for change in changes(published(), Facts(), doubt=doubted)} == {"new", "restated"}
