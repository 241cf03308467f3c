"""The sheet of charts: each measure's readings against what was expected, drawn by the reader's own program and editable."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from notifications.rollup import wording
from notifications.rollup.gravest import MOST_CHARTS, to_draw
from notifications.rollup.wording import INK, QUIET, RULE, mark, shortened
from notifications.rollup.workbook_cells import Looks, harmless, write_cell
from notifications.rollup.workbook_sheets import EXPECTED, READING, READINGS, SCHOOL_YEAR
from plan.rollup import MeasureLine, Rollup

_ACROSS, _DOWN = 3, 3
"""How many charts stand on a printed page."""
_ROWS = 15
"""Rows of the sheet for one chart: its status, thirteen under the chart, and a gap."""
_SIZE = {"width": 330, "height": 258}
_BEFORE_A_CELL = re.compile(r"!(?=\$?[A-Z])")
_SMALL = {"size": 8, "color": QUIET}
_EXPECTED_LINE = {"line": {"color": QUIET, "width": 1.5, "dash_type": "dash"}}
_READING_LINE = {
    "line": {"color": INK, "width": 2.25},
    "marker": {"type": "circle", "size": 6, "fill": {"color": INK}, "border": {"color": INK}},
}
_LONGEST_TITLE, _LONGEST_UNIT, _LONGEST_TEXT = 90, 30, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A measure and the rows of the sheet of readings in which its years are, first and last."""

    measure: MeasureLine
    first: int
    last: int


def charted(rollup: Rollup) -> list[Placed]:
    """Return the measures that have readings, the gravest first."""
    placed = {one.measure.id: one for one in _placed(rollup.measures)}
    return [placed[one.id] for one in to_draw(rollup.measures)]


def write_charts(book: Workbook, rollup: Rollup, shown_as: Looks) -> Worksheet:
    """Write the sheet of charts, and return it."""
    sheet, read = book.add_worksheet("Charts"), charted(rollup)
    sheet.hide_gridlines(2)
    for column in range(_ACROSS):
        sheet.set_column(2 * column, 2 * column, 46)
        sheet.set_column(2 * column + 1, 2 * column + 1, 2)
    sheet.write_string(0, 0, _introduction(len(read)), shown_as["note"])
    for number, one in enumerate(read[:MOST_CHARTS]):
        row, column = 1 + number // _ACROSS * _ROWS, 2 * (number % _ACROSS)
        write_cell(sheet, row, column, mark(one.measure.status), shown_as)
        options = {"description": _described(one.measure), "object_position": 1}
        sheet.insert_chart(row + 1, column, _chart(book, one), options)
    sheet.set_h_pagebreaks(range(1 + _DOWN * _ROWS, 1 + MOST_CHARTS // _ACROSS * _ROWS, _DOWN * _ROWS))
    return sheet


def _introduction(count: int) -> str:
    if not count:
        return "No measure has a reading yet, so there is nothing to draw."
    said = "Readings against what was expected, the gravest first."
    if count <= MOST_CHARTS:
        return said
    return f"{said} {MOST_CHARTS} of {count} measures with readings are drawn; the others are in the sheet Readings."


def _placed(measures: Sequence[MeasureLine]) -> Iterator[Placed]:
    first = 1
    for one in measures:
        yield Placed(measure=one, first=first, last=first + len(one.years) - 1)
        first += len(one.years)


def _described(measure: MeasureLine) -> str:
    return _in_chart(wording.chart_text(measure), _LONGEST_TEXT)


def _chart(book: Workbook, one: Placed) -> Chart:
    chart = book.add_chart({"type": "line"})
    if any(year.expected is not None for year in one.measure.years):
        chart.add_series(_series(one, EXPECTED) | _EXPECTED_LINE)
    chart.add_series(_series(one, READING) | _READING_LINE)
    chart.show_blanks_as("gap")
    title = _in_chart(f"{one.measure.id}: {one.measure.title}", _LONGEST_TITLE)
    chart.set_title({"name": title, "name_font": {"size": 9, "bold": True, "color": INK}})
    chart.set_x_axis({"num_font": _SMALL, "line": {"color": RULE}, "label_position": "low"})
    chart.set_y_axis(_y_axis(one.measure))
    chart.set_legend({"position": "bottom", "font": _SMALL})
    chart.set_chartarea({"border": {"color": RULE}})
    chart.set_size(_SIZE)
    return chart


def _y_axis(measure: MeasureLine) -> dict[str, object]:
    return {
        "name": _in_chart(measure.unit, _LONGEST_UNIT),
        "name_font": _SMALL | {"bold": False},
        "num_font": _SMALL,
        "num_format": _axis_format(measure),
        "major_gridlines": {"visible": True, "line": {"color": RULE, "width": 0.5}},
        "line": {"none": True},
    }


def _axis_format(measure: MeasureLine) -> str:
    largest = max((abs(year.reading) for year in measure.years if year.reading is not None), default=0)
    return "#,##0" if largest >= 1_000 else "General"


def _series(one: Placed, column: int) -> dict[str, object]:
    return {
        "name": [READINGS, 0, column],
        "categories": [READINGS, one.first, SCHOOL_YEAR, one.last, SCHOOL_YEAR],
        "values": [READINGS, one.first, column, one.last, column],
    }


def _in_chart(text: str, most: int) -> str:
    """Return a text as a chart may hold it; what looks like a reference to a cell would be taken for one."""
    return shortened(_BEFORE_A_CELL.sub("! ", harmless(text)), most)
