"""Cells as sources have them: figures, years and days are read in every usual form; what is masked is unknown, never zero."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan import cells
from plan.periods import SchoolYear
from plan.table import Cell


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        pytest.param("86", ".", "86", id="whole"),
        pytest.param(" 86 % ", ".", "86", id="percent-sign"),
        pytest.param("1,234", ".", "1234", id="thousands"),
        pytest.param("1,234,567.80", ".", "1234567.80", id="thousands-and-places"),
        pytest.param("8,8", ",", "8.8", id="decimal-comma"),
        pytest.param("1.234,5", ",", "1234.5", id="thousands-by-points"),
        pytest.param("1\N{NARROW NO-BREAK SPACE}234", ".", "1234", id="thousands-by-spaces"),
        pytest.param("\N{MINUS SIGN}3.5", ".", "-3.5", id="minus-sign"),
        pytest.param("$1,000", ".", "1000", id="dollars"),
        pytest.param(Decimal("0.86"), ".", "0.86", id="number"),
        pytest.param(Decimal("0.33333333333333331"), ".", "0.3333333333", id="more-places-than-are-kept"),
    ],
)
def test_a_figure_is_read_however_it_is_written(cell: Cell, decimal: Literal[".", ","], value: str) -> None:
    assert cells.figure(cell, decimal=decimal) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "decimal", "said"),
    [
        pytest.param(
            "8,8", ".", '"8,8" is not a figure; write decimal: "," if that is the sign before its decimal places', id="comma"
        ),
        pytest.param(
            "1.5", ",", '"1.5" is not a figure; write decimal: "." if that is the sign before its decimal places', id="point"
        ),
        pytest.param(
            "see note", ".", '"see note" is not a figure; correct it, or name it under masked if it stands for none', id="words"
        ),
        pytest.param(
            date(2026, 1, 15),
            ".",
            '"2026-01-15" is a day, and a figure belongs here; correct the column, or its format in the workbook',
            id="day",
        ),
        pytest.param("9" * 16, ".", f'"{"9" * 16}" is not a figure of a size that a measure has; correct it', id="too-large"),
        pytest.param(Decimal("NaN"), ".", '"NaN" is not a figure of a size that a measure has; correct it', id="not-a-number"),
        pytest.param(
            "٣", ".", '"٣" is not a figure; correct it, or name it under masked if it stands for none', id="other-digits"
        ),
    ],
)
def test_what_is_no_figure_is_refused_with_a_remedy(cell: Cell, decimal: Literal[".", ","], said: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        cells.figure(cell, decimal=decimal)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    "mark", ["", None, "*", "?", "-", "N/A", " n/a ", "null", "\N{EM DASH}", "<10", ">= 95%", "\N{LESS-THAN OR EQUAL TO}5"]
)
def test_a_usual_mark_is_masked_in_every_source(mark: Cell) -> None:
    assert cells.is_masked(mark, ())


@pytest.mark.parametrize("cell", ["-1", Decimal(-1), "-1.0"])
def test_a_mark_of_the_sources_own_is_masked_as_text_and_as_number(cell: Cell) -> None:
    assert cells.is_masked(cell, ("-1",))
    assert not cells.is_masked(cell, ())


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2))
def test_no_figure_is_masked_unless_the_source_says_so(value: Decimal) -> None:
    assert not cells.is_masked(value, ())
    assert not cells.is_masked(str(value), ())


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3))
def test_a_figure_reads_back_in_both_ways_of_writing(value: Decimal) -> None:
    english = f"{value:,}"
    other = english.translate(str.maketrans(",.", ".,"))
    assert cells.figure(english) == cells.figure(f"{other} %", decimal=",") == value


@given(st.one_of(st.text(), st.decimals(), st.dates()), st.sampled_from([".", ","]))
def test_a_cell_is_a_figure_or_refused_whatever_it_holds(cell: Any, decimal: Literal[".", ","]) -> None:
    found: Decimal | None = None
    with suppress(ValueError):
        found = cells.figure(cell, decimal=decimal)
    assert found is None or (found.is_finite() and abs(found) < 10**15)


@pytest.mark.parametrize(
    ("cell", "years_are", "year"),
    [
        pytest.param("2024-25", "names", 2024, id="as-here"),
        pytest.param("2024-2025", "names", 2024, id="both-years-whole"),
        pytest.param("2024/25", "names", 2024, id="slash"),
        pytest.param("2024 \N{EN DASH} 2025", "names", 2024, id="dash"),
        pytest.param("2025", "last", 2024, id="ends"),
        pytest.param(Decimal(2024), "first", 2024, id="begins"),
    ],
)
def test_a_school_year_is_read_however_it_is_written(cell: Cell, years_are: Any, year: int) -> None:
    assert cells.school_year(cell, years_are=years_are) == SchoolYear(year)


@pytest.mark.parametrize(
    ("cell", "years_are", "said"),
    [
        pytest.param(None, "names", "the school year is empty; write it, or leave the row out", id="missing"),
        pytest.param("", "last", "the school year is empty; write it, or leave the row out", id="empty"),
        pytest.param(
            Decimal(2025),
            "names",
            '"2025" is not a school year; write 2024-25, or years_are: last if it names the year in which one ends',
            id="one-year",
        ),
        pytest.param(
            "2024-26",
            "names",
            '"2024-26" is not a school year; write two consecutive years as in "2026-27"',
            id="a-year-between",
        ),
        pytest.param(
            "2024-25",
            "last",
            '"2024-25" is not a calendar year, and years_are: last asks for one; correct either',
            id="two-years",
        ),
    ],
)
def test_what_is_no_school_year_is_refused_with_a_remedy(cell: Cell, years_are: Any, said: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        cells.school_year(cell, years_are=years_are)
    assert str(refused.value) == said


def test_a_day_is_read_from_a_cell_or_a_text() -> None:
    assert cells.day(date(2026, 1, 15)) == cells.day("2026-01-15") == cells.day("2026-01-15T00:00:00Z") == date(2026, 1, 15)


@pytest.mark.parametrize("cell", [None, "1/15/26", "2026-02-30", Decimal(46037)])
def test_what_is_no_day_is_refused(cell: Cell) -> None:
    with pytest.raises(ValueError, match="is not a day; write year-month-day, as in 2026-01-15"):
        cells.day(cell)


def test_a_number_is_the_same_with_and_without_its_leading_zeros() -> None:
    assert all(cells.is_same(cell, "071909") for cell in ("071909", "'071909", "71909", Decimal(71909)))
    assert not cells.is_same("71908", "071909")
    assert not cells.is_same(None, "071909")
