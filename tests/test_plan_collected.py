"""What a source says of the measures that name it: found in its rows once, dated, and never half of a measure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.collected import Collected, collected
from plan.facts import Reading
from plan.owners import Roster
from plan.table import Cell, Row, Table
from tests.plan_builders import shipped, tree

TODAY = date(2026, 11, 25)
LONG = ("MEASURE", "YEAR", "RATING")
RATED = {"columns": {"school_year": "YEAR", "value": "RATING"}}


def roster(source: dict[str, Any], *measures: dict[str, Any]) -> Roster:
    """Return who answers for a plan with one source and measures that name it."""
    held = [
        {"id": f"1.1-m{at}", "title": "Measure", "unit": "percent", "target": {"kind": "threshold", "at_least": 90}}
        | {"sources": ["s"]}
        | one
        for at, one in enumerate(measures or ({},), start=1)
    ]
    given_ = {"id": "s", "kind": "csv", "at": "s.csv"} | source
    return Roster(tree({"long_term_measures": held}, sources=[given_]), shipped()[1])


def table(*rows: tuple[Cell, ...], columns: tuple[str, ...] = ("YEAR", "RATING")) -> Table:
    """Return a table as a CSV file gives it."""
    return Table(found_at="s.csv", columns=columns, rows=tuple(Row(f"line {at}", row) for at, row in enumerate(rows, start=2)))


def found(
    source: dict[str, Any], rows: Table, *measures: dict[str, Any], as_of: date = TODAY, asked_on: date = TODAY
) -> Collected:
    """Return what a source says."""
    at = roster(source, *measures)
    return collected(at.plan.sources[0], rows, at, as_of=as_of, asked_on=TODAY)


def figures(what: Collected) -> list[tuple[str, str, str]]:
    """Return the readings in short."""
    return [(one.item, str(one.period), f"{one.value:g}") for one in what.readings]


def test_a_row_is_a_reading_known_on_the_day_of_collecting() -> None:
    (reading,) = found(RATED, table(("2024-25", "86 %"))).readings
    assert reading == Reading(
        item="1.1-m1", period=reading.period, value=Decimal(86), source="s.csv", note="", by=reading.by, known_on=TODAY
    )
    assert str(reading.period) == "2024-25"


def test_a_row_may_tell_its_day_its_source_and_a_note() -> None:
    columns = {"school_year": "YEAR", "value": "RATING", "known_on": "DAY", "source": "CITE", "note": "NOTE"}
    rows = table(
        ("2024-25", "85", "2025-08-15", "the first release", None),
        ("2024-25", "86", "2026-01-15", None, "restated"),
        ("2025-26", "90", "2026-12-01", None, None),
        columns=("YEAR", "RATING", "DAY", "CITE", "NOTE"),
    )
    what = found({"columns": columns, "title": "State report"}, rows)
    told = [(f"{one.value}", one.known_on, one.source, one.note) for one in what.readings]
    assert told == [
        ("85", date(2025, 8, 15), "the first release", ""),
        ("86", date(2026, 1, 15), "State report", "restated"),
    ]  # what is dated later than the day of collecting is not known yet


def test_a_long_table_tells_each_measure_by_its_code_or_its_own_name() -> None:
    source = {"columns": {"measure": "MEASURE", "school_year": "YEAR", "value": "RATING"}}
    rows = table(
        ("1.1-m1", "2024-25", "1"), ("M-2", "2024-25", "2"), ("other", "x", "y"), columns=("MEASURE", "YEAR", "RATING")
    )
    what = found(source, rows, {}, {"sources": [{"source": "s", "called": "M-2"}]}, {})
    assert figures(what) == [("1.1-m1", "2024-25", "1"), ("1.1-m2", "2024-25", "2")]
    assert what.silent == ("1.1-m3",)
    assert what.faults == ()


def test_a_wide_table_tells_each_measure_by_its_column_in_the_districts_row() -> None:
    source = {"rows": {"DISTRICT": "071909"}, "school_year": "2024-25", "masked": ["-1"]}
    rows = table(
        ("071908", "1", "2", "3", "4"), ("'071909", "86", "-1", "*", "?"), columns=("DISTRICT", "AAA1", "AAA2", "AAA3", "AAA4")
    )
    of_column = [{"sources": [{"source": "s", "columns": {"value": f"AAA{at}"}}]} for at in (1, 2, 3, 4)]
    what = found(source, rows, *of_column)
    assert figures(what) == [("1.1-m1", "2024-25", "86")]
    assert what.masked == ("1.1-m2 2024-25", "1.1-m3 2024-25", "1.1-m4 2024-25")


def test_what_a_measure_says_itself_goes_before_what_its_source_says() -> None:
    own = {"source": "s", "columns": {"value": "SHARE"}, "times": 100, "rows": {"GROUP": "all"}}
    rows = table(("2025", "1", "0.86", "all"), ("2025", "2", "0.5", "some"), columns=("YEAR", "RATING", "SHARE", "GROUP"))
    what = found(
        RATED | {"years_are": "last"}, rows, {"sources": [own]}, {"sources": [{"source": "s", "rows": {"GROUP": "some"}}]}
    )
    assert figures(what) == [("1.1-m1", "2024-25", "86.00"), ("1.1-m2", "2024-25", "2")]


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        pytest.param(
            table(columns=("YEAR", "SCORE")), {}, "expected column RATING; the file has YEAR, SCORE", id="wrong-column"
        ),
        pytest.param(
            table(columns=tuple(f"C{at}" for at in range(14))),
            {"columns": {"value": "RATING"}, "school_year": "2024-25"},
            "expected column RATING; the file has C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11 and 2 more",
            id="wrong-column-of-many",
        ),
        pytest.param(
            table((None, "86")),
            {},
            "line 2: 1.1-m1: YEAR: the school year is empty; write it, or leave the row out",
            id="missing-year",
        ),
        pytest.param(
            table(("2024-25", "good")),
            {},
            'line 2: 1.1-m1: RATING: "good" is not a figure; correct it, or name it under masked if it stands for none',
            id="no-figure",
        ),
        pytest.param(
            table(("2024-25", "86"), ("2024-25", "85")),
            {},
            "line 3: 1.1-m1: line 2 gives 86 for 2024-25 and the same day, not 85; keep one of them, or say under rows which"
            " are meant",
            id="two-figures-for-one-year",
        ),
        pytest.param(
            table(("2027-28", "86")),
            {},
            "line 2: 1.1-m1: 2027-28 has not begun on 2026-11-25; correct one of them",
            id="year-to-come",
        ),
        pytest.param(table(), {}, "there is no row below the headings; look at the source", id="no-rows"),
        pytest.param(
            table(("2024-25", "86")),
            {"rows": {"YEAR": "2023-24"}},
            "no row has YEAR 2023-24, and 1 row was looked at; correct rows in the plan file, or look at the source",
            id="no-row-of-ours",
        ),
    ],
)
def test_a_fault_is_told_with_what_was_seen_and_nothing_comes_in(rows: Table, more: dict[str, Any], said: str) -> None:
    what = found(RATED | more, rows)
    assert what.faults == (said,)
    assert (what.readings, what.masked, what.silent) == ((), (), ())


def test_a_fault_of_one_measure_leaves_the_others_theirs_and_is_told_once() -> None:
    source = {"columns": {"measure": "MEASURE", "school_year": "YEAR", "value": "RATING"}}
    rows = table(
        ("1.1-m1", "2024-25", "bad"),
        ("1.1-m1", "2023-24", "80"),
        ("1.1-m2", "2024-25", "2"),
        columns=("MEASURE", "YEAR", "RATING"),
    )
    of_wrong_column = {"sources": [{"source": "s", "columns": {"value": "SCORE"}}]}
    what = found(source, rows, {}, {}, of_wrong_column, of_wrong_column)
    assert figures(what) == [("1.1-m2", "2024-25", "2")]
    assert [fault.split(";")[0] for fault in what.faults] == [
        'line 2: 1.1-m1: RATING: "bad" is not a figure',
        "expected column SCORE",
    ]


def test_of_very_many_faults_the_first_are_told_and_the_others_counted() -> None:
    table_of_all = table(*(("2024-25", str(value)) for value in range(1200)))
    what = found(RATED, table_of_all)
    keep = "keep one of them, or say under rows which are meant"
    assert what.faults == (
        *(f"line {at}: 1.1-m1: line 2 gives 0 for 2024-25 and the same day, not {at - 2}; {keep}" for at in range(3, 8)),
        "1.1-m1: 1,194 more of its rows are wrong",
    )
    assert what.readings == ()
    of_many = found(RATED, table_of_all, *[{}] * 20)
    assert len(of_many.faults) == 51
    assert of_many.faults[-1] == "and 70 more faults; correct these first"


def test_rows_are_gone_through_once_however_many_measures_there_are_and_however_they_are_found() -> None:
    walks = []

    class Rows(tuple[Row, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[Row]:
            walks.append("from the first row on")
            return super().__iter__()

    columns = ("DISTRICT", "GROUP", "MEASURE", "YEAR", "RATING")
    rows = Rows(
        Row(f"line {at}", ("071909", group, f"1.1-m{at}", "2024-25", str(at)))
        for at in range(1, 301)
        for group in ("all", "few")
    )
    source = {"columns": {"measure": "MEASURE", "school_year": "YEAR", "value": "RATING"}, "rows": {"GROUP": "all"}}
    ways: list[dict[str, Any]] = [
        {},
        {"rows": {"GROUP": "few", "DISTRICT": "71909"}},
        {"rows": {"GROUP": "few", "MEASURE": "1.1-m{}"}, "columns": {"measure": None}},
    ]
    measures = [{"sources": [_of_way(ways[at % 3], at)]} for at in range(1, 301)]
    what = found(source, Table(found_at="s.csv", columns=columns, rows=rows), *measures)
    assert figures(what) == [(f"1.1-m{at}", "2024-25", f"{at}") for at in range(1, 301)]
    assert len(walks) == 1


def _of_way(way: dict[str, Any], at: int) -> dict[str, Any]:
    texts = {name: text.format(f"{at}") for name, text in way.get("rows", {}).items()}
    return {"source": "s"} | way | ({"rows": texts} if texts else {})


def test_the_same_row_twice_is_said_once() -> None:
    assert figures(found(RATED, table(("2024-25", "86"), ("2024-25", "86.0")))) == [("1.1-m1", "2024-25", "86")]


def test_what_is_not_known_yet_is_told_and_left_for_a_later_day() -> None:
    columns = {"school_year": "YEAR", "value": "RATING", "known_on": "DAY"}
    rows = table(("2024-25", "86", "2062-01-15"), columns=("YEAR", "RATING", "DAY"))
    what = found({"columns": columns}, rows)
    assert (what.readings, what.faults, what.later) == ((), (), ("1.1-m1 2024-25, 2062-01-15",))


def test_what_a_source_does_not_date_is_not_known_on_a_day_before_it_was_asked() -> None:
    what = found(RATED, table(("2024-25", "86")), as_of=date(2026, 11, 10))
    assert (what.readings, what.later) == ((), ("1.1-m1 2024-25, 2026-11-25",))


def test_nothing_becomes_known_on_a_day_to_come() -> None:
    (reading,) = found(RATED, table(("2024-25", "86")), as_of=date(2027, 6, 1)).readings
    assert reading.known_on == TODAY


def test_a_masked_row_beside_a_figure_for_the_same_year_is_a_fault_and_not_the_figure() -> None:
    what = found(RATED, table(("2024-25", "*"), ("2024-25", "85"), ("2023-24", "*"), ("2023-24", "?")))
    assert what.readings == ()
    (fault,) = what.faults
    assert fault == (
        "line 3: 1.1-m1: line 2 gives no figure for 2024-25 and the same day, not 85; "
        "keep one of them, or say under rows which are meant"
    )


@given(
    st.dictionaries(st.integers(2000, 2025), st.one_of(st.integers(0, 100), st.sampled_from(["*", "?", "", "-1"])), max_size=8),
    st.randoms(),
)
def test_each_row_is_a_reading_or_masked_in_whatever_order_they_stand(years: dict[int, Any], random: Any) -> None:
    rows = [(str(year + 1), str(value)) for year, value in years.items()]
    random.shuffle(rows)
    what = found(RATED | {"years_are": "last", "masked": ["-1"]}, table(*rows))
    told = {(year, value) for year, value in years.items() if isinstance(value, int)}
    assert {(one.period.first, int(one.value)) for one in what.readings} == told
    assert len(what.masked) == len(years) - len(told)
    assert bool(what.faults) == (not rows)
