"""Charts: which measures have one, what stands in it, and that it is the same everywhere."""

from decimal import Decimal
from hashlib import sha256
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rollup import charts
from notifications.rollup.charts import APOSTROPHE, draw
from notifications.rollup.gravest import MOST_CHARTS
from notifications.rollup.wording import chart_text
from plan.rollup import ForecastLine
from tests.rollup_builders import EXPECTED, READINGS, elsewhere, measure, rollup, unread, years

_HASHES = """
from hashlib import sha256
from notifications.rollup.charts import draw
for name, svg in draw(of).items():
    print(name, sha256(svg).hexdigest())
assert "matplotlib.pyplot" not in sys.modules
"""


def drawn(**changed: object) -> str:
    """Return the chart of a measure; what it says stands in its comments."""
    return draw(rollup(measures=(measure("1.1-rating", **changed),)))["1.1-rating"].decode()


def said(svg: str) -> list[str]:
    """Return the texts of a chart in their order."""
    return [line.strip().removeprefix("<!-- ").removesuffix(" -->") for line in svg.splitlines() if "<!-- " in line]


def _short(*years: str) -> list[str]:
    return [APOSTROPHE + year for year in years]


def test_a_chart_is_an_svg_that_names_its_years_its_last_reading_and_its_target() -> None:
    svg = drawn()
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert {*_short("23-24", "24-25", "25-26", "26-27"), "90.5 %", "94"} <= set(said(svg))
    assert "<text" not in svg


def test_a_measure_whose_readings_are_masked_or_missing_or_that_has_no_figure_has_no_chart() -> None:
    missing = measure("1.1-missing", years=years({}, EXPECTED))
    masked = measure("1.1-masked", years=years(READINGS, EXPECTED, masked=READINGS), is_masked=True)
    assert draw(rollup(measures=(missing, masked, unread()))) == {}


def test_a_masked_year_leaves_a_gap_in_the_chart() -> None:
    whole = READINGS | {"2024-25": "89"}
    svg = drawn(years=years(whole, EXPECTED, masked={"2024-25"}))
    assert "90.5 %" in said(svg)
    assert svg == drawn(years=years(READINGS, EXPECTED))
    assert svg != drawn(years=years(whole, EXPECTED))


def test_the_gravest_measures_are_drawn_first(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = ("on_track", "watch", "off_track", "declined", "met", "missed", "watch")
    measures = tuple(measure(f"m{place}", status=status) for place, status in enumerate(statuses))
    assert list(draw(rollup(measures=measures))) == ["m5", "m3", "m2", "m1", "m6", "m0", "m4"]
    monkeypatch.setattr(charts, "MOST_CHARTS", 2)
    assert list(draw(rollup(measures=measures))) == ["m5", "m3"]


def test_there_are_never_more_charts_than_a_page_can_carry() -> None:
    few = years({"2025-26": "1"}, {})
    assert len(draw(rollup(measures=tuple(measure(f"m{n}", years=few) for n in range(MOST_CHARTS + 1))))) == MOST_CHARTS


def test_a_change_without_a_target_shows_its_readings_only() -> None:
    svg = drawn(unit="points", kind="change", years=years(READINGS, {}), target=None, target_year=None)
    assert said(svg)[-1] == "90.5"


def test_a_target_of_every_year_is_marked_at_the_last_one() -> None:
    assert "93.3" in said(drawn(target_year=None, target=Decimal("93.3")))


def test_a_target_beyond_the_years_of_a_measure_is_not_marked() -> None:
    assert "97.3" not in said(drawn(target_year="2030-31", target=Decimal("97.3")))


def test_a_forecast_is_drawn_only_towards_a_year_to_come() -> None:
    forecast = ForecastLine(at_target_year=Decimal(87), gain_needed_per_year=Decimal("7.6"), reached_in=None)
    assert drawn(forecast=forecast).count("stroke-dasharray") == drawn().count("stroke-dasharray") + 1
    over = drawn(forecast=forecast, target_year="2025-26")
    assert over.count("stroke-dasharray") == drawn(target_year="2025-26").count("stroke-dasharray")


def test_millions_are_short_on_the_axis_and_all_labels_of_a_chart_have_one_size() -> None:
    svg = drawn(unit="dollars", years=years({"2024-25": "900000", "2025-26": "1600000"}, {}), target=None)
    assert "$1.6M" in said(svg)
    assert all(text.endswith("M") for text in said(svg) if text.startswith("$"))
    assert "$900,000" in said(drawn(unit="dollars", years=years({"2025-26": "900000"}, {}), target=None))


def test_many_years_are_labelled_at_equal_distances_with_the_last_one() -> None:
    svg = drawn(years=years({f"20{n}-{n + 1}": str(n) for n in range(11, 27)}, {}), target=None, target_year=None)
    labels = [text for text in said(svg) if text.startswith(APOSTROPHE)]
    assert labels == _short("11-12", "14-15", "17-18", "20-21", "23-24", "26-27")


def test_readings_that_never_change_are_drawn_too() -> None:
    flat = {"2024-25": "0", "2025-26": "0"}
    assert "0 %" in said(drawn(years=years(flat, {}), target=None, target_year=None))


@given(st.lists(st.decimals(-(10**10), 10**10, places=2), min_size=1, max_size=5))
def test_an_axis_has_two_or_three_labels_each_another_one(values: list[Decimal]) -> None:
    readings = {f"202{place}-2{place + 1}": str(value) for place, value in enumerate(values)}
    of = measure(years=years(readings, {}), unit="dollars", target=None, target_year=None)
    labels = [charts._short(tick, of) for tick in charts._ticks(of)]
    assert len(set(labels)) == len(labels)
    assert len(labels) in (2, 3)


def test_a_rollup_is_drawn_alike_in_another_process_zone_and_language() -> None:
    here = rollup(measures=(measure("a"), measure("b", years=years({"2025-26": "3"}, {}))))
    there = dict(line.split() for line in elsewhere(_HASHES, here).splitlines())
    assert there == {name: sha256(svg).hexdigest() for name, svg in draw(here).items()}


def test_settings_of_the_process_neither_change_a_chart_nor_are_changed() -> None:
    plain = drawn()
    with mpl.rc_context({"lines.linewidth": 9, "svg.fonttype": "none", "axes.grid": True}):
        assert drawn() == plain
        assert mpl.rcParams["lines.linewidth"] == 9


def test_the_text_of_a_chart_says_its_figures() -> None:
    text = chart_text(measure())
    assert "2023-24 88 % and 2025-26 90.5 %" in text
    assert "2026-27 94 %" in text
