"""Charts of measures: what was expected against what was read, year by year, small enough to stand in rows.

The same measure is always the same bytes: own settings and font files only, no clock, no state that is kept.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import takewhile
from math import ceil
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

from notifications.rollup.gravest import MOST_CHARTS, to_draw
from notifications.rollup.wording import FONTS, INK, QUIET, RULE, figure, shown
from plan.rollup import MeasureLine, Rollup, YearLine

APOSTROPHE = "\u2019"

_WIDE, _HIGH = 2.4, 1.3  # inches
_TOP, _BOTTOM, _RIGHT = 0.16, 0.2, 0.34
_LEFT, _LETTER = 0.1, 0.052  # beside the axis: a gap, and so much for each letter of its longest label
_MOST_YEARS = 7  # labels beneath the axis that do not crowd
_SMALL, _LARGE = 6.5, 8.0
_PLAIN = FontProperties(fname=FONTS / "SourceSansPro-Regular.ttf", size=_SMALL)
_BOLD = FontProperties(fname=FONTS / "SourceSansPro-Bold.ttf", size=_LARGE)
_STYLE: dict[Any, Any] = {"svg.fonttype": "path", "svg.hashsalt": "plankeeper", "text.parse_math": False, "axes.linewidth": 0.6}
_NAN = float("nan")


def draw(rollup: Rollup) -> dict[str, bytes]:
    """Return an SVG by measure for the gravest measures that have a reading to show, at most `MOST_CHARTS`."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        return {measure.id: _drawn(measure) for measure in to_draw(rollup.measures)[:MOST_CHARTS]}


def _drawn(measure: MeasureLine) -> bytes:
    # Without pyplot nothing else holds a figure, so it goes with this call.
    picture, written = Figure(figsize=(_WIDE, _HIGH), facecolor="none"), BytesIO()
    ticks = _ticks(measure)
    left = _LEFT + _LETTER * max(len(_short(tick, measure)) for tick in ticks)
    width, height = _WIDE - left - _RIGHT, _HIGH - _TOP - _BOTTOM
    axes = picture.add_axes((left / _WIDE, _BOTTOM / _HIGH, width / _WIDE, height / _HIGH), facecolor="none")
    _scale(axes, measure, ticks)
    _plot_expected(axes, measure)
    _plot_forecast(axes, measure)
    _plot_readings(axes, measure)
    _plot_target(axes, measure)
    picture.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()


def _plot_expected(axes: Axes, measure: MeasureLine) -> None:
    line = [_NAN if year.expected is None else float(year.expected) for year in measure.years]
    style: dict[str, Any] = {"marker": "o", "markersize": 2.6, "markerfacecolor": "white", "markeredgewidth": 0.7, "zorder": 2}
    axes.plot(line, color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)), **style)


def _plot_readings(axes: Axes, measure: MeasureLine) -> None:
    read = dict(_read(measure))
    line = [float(read.get(place, _NAN)) for place in range(len(measure.years))]
    axes.plot(line, color=INK, linewidth=1.5, marker="o", markersize=3.2, zorder=4, solid_joinstyle="round")
    last, value = _read(measure)[-1]
    axes.plot([last], [line[last]], color=INK, marker="o", markersize=4.6, zorder=5)
    is_above = _is_above(measure)
    axes.annotate(
        _long(value, measure),
        (last, line[last]),
        xytext=(0, 4 if is_above else -4),
        textcoords="offset points",
        horizontalalignment="center",
        verticalalignment="bottom" if is_above else "top",
        color=INK,
        fontproperties=_BOLD,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.4},
        zorder=6,
    )


def _plot_forecast(axes: Axes, measure: MeasureLine) -> None:
    """Continue the readings to where they lead in the target's year, if that is still to come."""
    last, value = _read(measure)[-1]
    year = _target_place(measure)
    if measure.forecast is not None and year is not None and year > last:
        end = float(measure.forecast.at_target_year)
        axes.plot([last, year], [float(value), end], color=INK, linewidth=0.9, linestyle=(0, (1, 1.8)), zorder=3)


def _plot_target(axes: Axes, measure: MeasureLine) -> None:
    year = _target_place(measure)
    if measure.target is None or year is None:
        return
    value = float(measure.target)
    style: dict[str, Any] = {
        "markersize": 4.6,
        "markerfacecolor": "white",
        "markeredgewidth": 1.0,
        "clip_on": False,
        "zorder": 3,
    }
    axes.plot([year], [value], color=QUIET, marker="D", **style)
    axes.annotate(
        _short(value, measure),
        (year, value),
        xytext=(5.5, 0),
        textcoords="offset points",
        verticalalignment="center_baseline",
        color=QUIET,
        fontproperties=_PLAIN,
        annotation_clip=False,
    )


def _scale(axes: Axes, measure: MeasureLine, ticks: Sequence[float]) -> None:
    low, high = _span(measure)
    axes.set_ylim(low, high)
    axes.set_xlim(-0.25, len(measure.years) - 0.75)
    axes.set_yticks(ticks, [_short(tick, measure) for tick in ticks], fontproperties=_PLAIN, color=QUIET)
    places = _labelled(len(measure.years))
    years = [_year(measure.years[place]) for place in places]
    axes.set_xticks(places, years, fontproperties=_PLAIN, color=QUIET)
    axes.tick_params(length=0, pad=2.5)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)


def _ticks(measure: MeasureLine) -> list[float]:
    """Return two or three round values within what the chart spans."""
    low, high = _span(measure)
    choices = ([float(tick) for tick in MaxNLocator(most).tick_values(low, high) if low <= tick <= high] for most in (3, 4, 6))
    found = next(ticks for ticks in choices if len(ticks) > 1)
    return found[:: 2 if len(found) > 3 else 1]


def _span(measure: MeasureLine) -> tuple[float, float]:
    """Return the least and the greatest value that the chart has room for, the last reading's label included.

    A span is never so small that the labels of two ticks, which have two decimals, are the same.
    """
    values, last = list(_values(measure)), float(_read(measure)[-1][1])
    spread = max(max(values) - min(values) or abs(last) * 0.2 or 1, 0.1 * _size(measure)[0])
    low, high = min(values) - 0.14 * spread, max(values) + 0.14 * spread
    return (low, max(high, last + 0.3 * spread)) if _is_above(measure) else (min(low, last - 0.3 * spread), high)


def _values(measure: MeasureLine) -> Iterator[float]:
    for year in measure.years:
        yield from (float(value) for value in (year.expected, shown(year)) if value is not None)
    if measure.forecast is not None:
        yield float(measure.forecast.at_target_year)
    if _target_place(measure) is not None and measure.target is not None:
        yield float(measure.target)


def _read(measure: MeasureLine) -> list[tuple[int, Decimal]]:
    """Return the readings that may be shown, each with the place of its year."""
    return [(place, value) for place, year in enumerate(measure.years) if (value := shown(year)) is not None]


def _is_above(measure: MeasureLine) -> bool:
    """Return whether the last reading's figure stands above it: away from what was expected, or from the reading before."""
    *earlier, (last, value) = _read(measure)
    expected = measure.years[last].expected
    other = expected if expected is not None else earlier[-1][1] if earlier else value
    return value >= other


def _target_place(measure: MeasureLine) -> int | None:
    """Return the place of the target's year, or of the last one if the target is for each of them."""
    if measure.target_year is None:
        return len(measure.years) - 1
    before = list(takewhile(lambda year: year.school_year != measure.target_year, measure.years))
    return len(before) if len(before) < len(measure.years) else None


def _labelled(count: int) -> list[int]:
    """Return the places of the years that are labelled: the last one always, the others at equal distances."""
    return list(range(count - 1, -1, -ceil(count / _MOST_YEARS)))[::-1]


def _year(year: YearLine) -> str:
    """Return a school year as short as it can be read, as in "'21-22"."""
    return APOSTROPHE + year.school_year[2:]


def _long(value: Decimal, measure: MeasureLine) -> str:
    return figure(value, measure.unit) if abs(value) < 10**6 else _short(float(value), measure)


def _short(value: float, measure: MeasureLine) -> str:
    """Return a figure for an axis, as in "$1.5M" or "40"; all of a chart in the same size."""
    size, letter = _size(measure)
    return figure(Decimal(str(round(value / size, 4))), measure.unit if measure.unit == "dollars" else "") + letter


def _size(measure: MeasureLine) -> tuple[int, str]:
    greatest = max(abs(value) for value in _values(measure))
    return next(((size, letter) for size, letter in ((10**9, "B"), (10**6, "M")) if greatest >= size), (1, ""))
