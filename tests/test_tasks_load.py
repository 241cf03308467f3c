"""Readings in bulk: all or nothing, every bad row named, and what is known already no new fact."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.facts import Facts, Reading
from plan.owners import Roster
from plan.periods import SchoolYear
from plan.restated import changes, to_add
from tasks.load import HEADER, ReadingsRefused, read_readings
from tests.plan_builders import ROOT, shipped

TODAY = date(2026, 11, 23)
HEAD = ",".join(HEADER) + "\n"


@pytest.fixture(scope="module")
def roster() -> Roster:
    """Who answers for the shipped plan."""
    plan, owners, _ = shipped()
    return Roster(plan, owners)


def written(folder: Path, text: str | bytes) -> Path:
    """Write a file of readings."""
    path = folder / "readings.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(path: Path, roster: Roster) -> list[str]:
    """Return the lines with which a file is refused, without its name."""
    with pytest.raises(ReadingsRefused) as said:
        read_readings(path, roster, today=TODAY)
    return [line.removeprefix(f"{path}:") for line in str(said.value).splitlines()]


def reading(value: str, known_on: date, *, item: str = "1.1-rating", year: int = 2024) -> Reading:
    """Return a reading of the rating for 2024-25."""
    figure = Decimal(value)
    return Reading(item=item, period=SchoolYear(year), value=figure, source="TAPR", note="", by="x", known_on=known_on)


# --- reading a file ----------------------------------------------------------------------------------------------------


def test_a_row_is_a_reading_by_the_office_that_answers_for_the_measure(tmp_path: Path, roster: Roster) -> None:
    path = written(tmp_path, f"{HEAD}1.1-rating,2024-25,86.0,2026-01-15,TAPR,restated\n")
    (found,) = read_readings(path, roster, today=TODAY)
    assert found == Reading(
        item="1.1-rating",
        period=SchoolYear(2024),
        value=Decimal("86.0"),
        source="TAPR",
        note="restated",
        by="Director of Assessment and Accountability",
        known_on=date(2026, 1, 15),
    )
    assert str(found.value) == "86.0"


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEAD}1.1-rating,2024-25,86,2026-01-15,A report,\n",
        f"{HEAD}1.1-rating,2024-25,86,2026-01-15,A report,\n".replace("\n", "\r\n"),
        f"{HEAD}\n,,,,,\n1.1-rating , 2024-25,86 ,2026-01-15, A report ,",
        f'{HEAD}"1.1-rating","2024-25","86","2026-01-15","A\nreport",""\n',
    ],
    ids=["byte-order-mark", "crlf", "blank-rows-and-spaces", "quoted-over-two-lines"],
)
def test_files_of_all_programs_read_alike(text: str, tmp_path: Path, roster: Roster) -> None:
    (found,) = read_readings(written(tmp_path, text), roster, today=TODAY)
    assert (found.item, found.value, found.source, found.note) == ("1.1-rating", Decimal(86), "A report", "")


def test_of_a_thousand_rows_the_three_bad_ones_are_named_and_nothing_is_read(tmp_path: Path, roster: Roster) -> None:
    rows = [f"1.1-rating,{1950 + n // 28}-{(1951 + n // 28) % 100:02},{n},2026-01-{1 + n % 28:02},TAPR,\n" for n in range(1000)]
    rows[10], rows[500], rows[998] = (
        "9.9-none,2024-25,1,2026-01-01,TAPR,\n",
        "1.1-rating,2024-26,1,2026-01-01,TAPR,\n",
        "1.1-rating,2024-25,86 %,2026-01-01,TAPR,\n",
    )
    assert refused(written(tmp_path, HEAD + "".join(rows)), roster) == [
        '12: measure: "9.9-none" is not a long-term measure of the plan; plankeeper status lists them',
        '502: school_year: "2024-26" is not a school year; write two consecutive years as in "2026-27"',
        '1000: value: "86 %" is not a number; write digits only, as in 86 or 8.8',
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1.1A,2024-25,86,2026-01-15,TAPR,", 'measure: "1.1A" is not a long-term measure of the plan; plankeeper status lists'),
        ("4.3-capacity-plan,2024-25,86,2026-01-15,TAPR,", "measure: 4.3-capacity-plan has no figures; it takes evidence"),
        ("3.1-voice,2024-25,86,2026-01-15,TAPR,", "measure: 3.1-voice has no figures; it takes check-ins"),
        ('1.1-rating,2024-25,"1,234",2026-01-15,TAPR,', 'value: "1,234" is not a number; write digits only, as in 86 or 8.8'),
        ("1.1-rating,2024-25,1e5,2026-01-15,TAPR,", 'value: "1e5" is not a number'),
        (f"1.1-rating,2024-25,{'9' * 16},2026-01-15,TAPR,", 'value: "9999999999999999" is not a number'),
        ("1.1-rating,2024-25,86,15.1.2026,TAPR,", 'known_on: "15.1.2026" is not a day; write year-month-day, as in 2026-01-15'),
        ("1.1-rating,2024-25,86,2026-02-30,TAPR,", 'known_on: "2026-02-30" is not a day of the calendar; correct it'),
        ("1.1-rating,2024-25,86,2026-11-24,TAPR,", "known_on: 2026-11-24 is not here yet; what becomes known later is loaded"),
        ("1.1-rating,2024-25,86,2026-01-15,,", "source: it is empty; say where the figure is written"),
        ("1.1-rating,2024-25,86,2026-01-15,TAPR,a\x00b", "note: it holds a control character; write it as plain text"),
        (
            "1.1-rating,2024-25,86",
            "3 columns stand here, and 6 are needed: measure, school_year, value, known_on, source, note",
        ),
        ('1.1-rating,2024-25,86,2026-01-15,TAPR,"open', "from here on it cannot be read as CSV ("),
    ],
)
def test_what_cannot_be_used_is_named_with_line_and_column(row: str, said: str, tmp_path: Path, roster: Roster) -> None:
    (line,) = refused(written(tmp_path, f"{HEAD}1.1-rating,2023-24,83,2024-08-19,KVIA,\n{row}\n"), roster)
    assert line.startswith(f"3: {said}")


def test_each_column_of_a_row_is_named(tmp_path: Path, roster: Roster) -> None:
    lines = refused(written(tmp_path, f"{HEAD}none,2024,much,soon,,\n"), roster)
    assert [line.split(": ")[1] for line in lines] == ["measure", "school_year", "value", "known_on", "source"]


def test_a_line_after_a_quoted_one_of_several_lines_keeps_its_own_number(tmp_path: Path, roster: Roster) -> None:
    quoted = '1.1-rating,2024-25,86,2026-01-15,"A\nlong\nname",\n'
    assert refused(written(tmp_path, f"{HEAD}{quoted}1.1-rating,2024-25,x,2026-01-16,TAPR,\n"), roster)[0].startswith(
        "5: value: "
    )


def test_two_figures_for_one_day_are_refused_and_the_same_one_twice_is_not(tmp_path: Path, roster: Roster) -> None:
    same, other = "1.1-rating,2024-25,86,2026-01-15,TAPR,\n", "1.1-rating,2024-25,85,2026-01-15,TAPR,\n"
    assert refused(written(tmp_path, HEAD + same + other), roster) == [
        "3: value: line 2 gives 86 for the same measure, school year and day; keep one of them"
    ]
    assert len(read_readings(written(tmp_path, HEAD + same + same), roster, today=TODAY)) == 2


@pytest.mark.parametrize(
    "text", ["", "1.1-rating,2024-25,86,2026-01-15,TAPR,\n", HEAD.replace(",", ";")], ids=["empty", "no-header", "semicolons"]
)
def test_the_first_line_has_to_name_the_columns(text: str, tmp_path: Path, roster: Roster) -> None:
    said = '1: the first line has to be "measure,school_year,value,known_on,source,note", with commas'
    assert refused(written(tmp_path, text), roster) == [said]


def test_another_encoding_is_named_with_its_line(tmp_path: Path, roster: Roster) -> None:
    path = written(tmp_path, HEAD.encode() + "1.1-rating,2024-25,86,2026-01-15,Bericht für alle,\n".encode("latin-1"))
    assert refused(path, roster) == ["2: the file is not UTF-8 text; save it as CSV in UTF-8"]


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path, roster: Roster) -> None:
    path = tmp_path / "none.csv"
    assert refused(path, roster) == [" the file cannot be read (no such file or directory)"]


# --- what loading changes ----------------------------------------------------------------------------------------------


def test_another_figure_restates_the_one_known_then_and_the_same_is_no_new_fact() -> None:
    first, second = reading("85", date(2025, 8, 15)), reading("86", date(2026, 1, 15))
    found = changes([second, first], Facts())
    assert [(one.reading.value, one.kind, one.was) for one in found] == [
        (Decimal(85), "new", None),
        (Decimal(86), "restated", Decimal(85)),
    ]
    assert to_add(found) == (first, second)
    again = changes([first, second, reading("86.0", date(2026, 3, 1))], Facts(to_add(found)))
    assert [one.kind for one in again] == ["same", "same", "same"]
    assert to_add(again) == ()


def test_what_was_known_later_does_not_count_for_an_earlier_day() -> None:
    (found,) = changes([reading("86", date(2025, 8, 15))], Facts((reading("86", date(2026, 1, 15)),)))
    assert found.kind == "new"


def test_of_two_figures_of_one_day_the_last_one_is_compared() -> None:
    day = date(2026, 1, 15)
    (found,) = changes([reading("85", day)], Facts((reading("85", day), reading("86", day))))
    assert (found.kind, found.was) == ("restated", Decimal(86))


@given(
    st.lists(
        st.builds(
            reading,
            st.sampled_from(["85", "86", "87"]),
            st.dates(date(2025, 1, 1), date(2025, 1, 9)),
            item=st.sampled_from(["1.1-rating", "1.1-meets"]),
            year=st.integers(2022, 2024),
        ),
        unique_by=lambda one: (one.item, one.period, one.known_on),
    ),
    st.randoms(),
)
def test_loading_twice_adds_nothing_whatever_the_order(readings: list[Reading], chance: Random) -> None:
    known = Facts(to_add(changes(readings, Facts())))
    chance.shuffle(readings)
    assert to_add(changes(readings, known)) == ()


def test_the_published_readings_can_be_loaded(roster: Roster) -> None:
    found = changes(read_readings(ROOT / "plan" / "socorro-isd-readings.csv", roster, today=TODAY), Facts())
    assert [one.kind for one in found].count("restated") == 1
    assert len(found) == 16
