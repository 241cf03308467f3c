"""The rollup as a workbook: read back by another library, opened by another program, and harmless whatever people wrote."""

import csv
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from notifications.rollup import wording
from notifications.rollup.workbook import workbook
from notifications.rollup.workbook_cells import LONGEST, harmless
from plan.rollup import Ask, Rollup
from tests.rollup_builders import (
    SEAL,
    action,
    bare_rollup,
    elsewhere,
    measure,
    rollup,
    saying,
    slip,
    unread,
    year,
)

QUARTER = [
    *("Answers", "Charts", "Priorities", "Objectives", "Actions", "Measures", "Readings", "Movements", "Slips"),
    *("Answers owed", "Unattended", "Restatements", "Milestones", "Method"),
]
HOSTILE = "=cmd|' /C calc'!A0 <script>&amp; {{ x }} {% raw %} #panic() *a* _b_\r\nBcc: x \u202egnp.exe\x00\x1b\ufffe\ud800\""


@cache
def written(one: Rollup) -> bytes:
    """Return a rollup's workbook; many tests look into the same one."""
    return workbook(one, seal=SEAL)


def made(one: Rollup) -> Any:
    """Return a rollup's workbook as openpyxl reads it."""
    return openpyxl.load_workbook(BytesIO(written(one)))


def records(one: Rollup, sheet: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet, each by the headers."""
    header, *rows = made(one)[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def parts(one: Rollup) -> dict[str, str]:
    """Return the files inside a workbook."""
    with ZipFile(BytesIO(written(one))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def texts(book: Any) -> Iterator[str]:
    return (
        cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value and isinstance(cell.value, str)
    )


def test_a_quarter_has_a_sheet_for_everything_that_is_told() -> None:
    assert made(rollup()).sheetnames == QUARTER


def test_a_year_has_a_scorecard_and_all_years_side_by_side_as_well() -> None:
    book = made(rollup(period="2025-26"))
    assert set(book.sheetnames) == {*QUARTER, "Scorecard", "Years"}
    (scored, *_), (years, *_) = records(rollup(period="2025-26"), "Scorecard"), records(rollup(period="2025-26"), "Years")
    assert (scored["Wanted"], scored["Baseline"], scored["Latest reading"]) == ("from 88 in 2023-24 to 94 in 2026-27", 88, 90.5)
    assert (scored["Of"], scored["Target"], scored["Status"]) == ("2025-26", 94, "▼ off track")
    assert (years["2025-26 expected"], years["2025-26 reading"], years["2024-25 reading"]) == (92, 90.5, None)


@pytest.mark.parametrize("one", [bare_rollup(), bare_rollup(measures=(), period="2023-24"), rollup(measures=(measure(),))])
def test_every_sheet_begins_with_its_header_and_says_so_if_nothing_is_in_it(one: Rollup) -> None:
    book = made(one)
    for name in set(book.sheetnames) - {"Answers", "Charts"}:
        sheet = book[name]
        assert sheet.max_row >= 2
        assert isinstance(sheet["A2"].value, str | datetime)
        assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref[:3]) == ("B2", "$1:$1", "A1:")
        assert sheet["A1"].font.b
        assert sheet["A1"].fill.fgColor.rgb != "00000000"


def test_figures_are_numbers_in_the_unit_beside_them_and_only_shares_are_shares() -> None:
    sheet = made(rollup())["Measures"]
    named = {header.value: cell for header, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (named["Reading"].value, named["Reading"].data_type, named["Unit"].value) == (90.5, "n", "percent")
    assert named["Reading"].number_format == "#,##0.0_)"
    assert named["Target"].number_format == "#,##0_)"
    assert (named["Share of the way"].value, named["Share of the way"].number_format) == (0.625, "0.0%_)")


def test_days_are_days() -> None:
    for sheet, header, day in [
        ("Readings", "Known on", date(2024, 8, 15)),
        ("Actions", "Due", date(2026, 10, 14)),
        ("Slips", "Done by", date(2027, 2, 1)),
        ("Milestones", "Due", date(2026, 12, 31)),
    ]:
        assert records(rollup(), sheet)[0][header] == datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as read back


def test_no_number_is_wider_than_its_column() -> None:
    sheet = made(rollup(measures=(measure(unit="dollars", reading=Decimal("123456789012.34")),)))["Measures"]
    place = next(cell.column_letter for cell in sheet[1] if cell.value == "Reading")
    assert sheet.column_dimensions[place].width > len("123,456,789,012.34")


def test_a_status_is_a_sign_a_word_and_a_colour() -> None:
    cell = made(rollup())["Measures"]["D2"]
    assert cell.value == "▼ off track"
    assert cell.font.color.rgb == f"FF{wording.COLOURS['bad'][1:].upper()}"
    assert cell.fill.fgColor.rgb == f"FF{wording.TINTS['bad'][1:].upper()}"


def test_each_year_of_a_measure_is_a_row_that_says_where_its_reading_comes_from() -> None:
    first, second, *_ = records(rollup(), "Readings")
    assert (first["Measure"], first["School year"], first["Expected"], first["Reading"]) == ("1.1-rating", "2023-24", 88, 88)
    assert (first["Unit"], first["Source"], first["Masked"]) == ("percent", "the registrar", None)
    assert second["Reading"] is None


def test_a_masked_reading_is_said_to_be_masked_and_its_number_is_nowhere() -> None:
    years = (year("2024-25", 120), year("2025-26", 3.25, is_masked=True))
    told = measure(
        unit="students", years=years, is_masked=True, reading=None, share=None, shortfall=None, last_known=None, reason=""
    )
    one = rollup(measures=(told,), period="2025-26")
    assert [(row["Reading"], row["Masked"]) for row in records(one, "Readings")] == [(120, None), (None, "masked")]
    assert records(one, "Years")[0]["2025-26 reading"] == "masked"
    assert (records(one, "Scorecard")[0]["Latest reading"], records(one, "Scorecard")[0]["Masked"]) == (120, "masked")
    assert not [name for name, content in parts(one).items() if "3.25" in content]


def test_answers_owed_are_told_by_office_and_by_item_so_that_sums_stay_right() -> None:
    of_office, of_item = records(rollup(), "Answers owed")
    assert [of_office[name] for name in ("Office", "Asked", "On time", "Late", "Waived", "Not come", "Item")] == [
        *("Director of Curriculum", 3, 1, 1, 0, 1, None)
    ]
    assert [of_item[name] for name in ("Office", "Asked", "Item", "Owes", "Status")] == [
        *("Director of Curriculum", None, "1.1B", "check-in", "◆ overdue")
    ]


def test_a_slip_without_a_plan_has_empty_cells_where_the_plan_would_be() -> None:
    without, with_plan = records(rollup(slips=(slip(plan=None), slip())), "Slips")
    assert (without["Cause"], without["Done by"]) == (None, None)
    assert (with_plan["Cause"], with_plan["By"]) == ("Two campuses fell behind.", "Director of Assessment")


def test_the_first_sheet_gives_the_answers() -> None:
    said = "\n".join(texts([made(rollup())["Answers"]]))
    for sentence in (
        "Strategic plan rollup, 2026-27 Q1",
        "As of 19 October 2026",
        "2 of 3 measures rated whose results are due.",
        "◆ at risk",
        "District accountability rating: on track to off track",
        "▼ fell",
        "Ask for the missing plans.",
        f"Seal {SEAL[:12]}",
    ):
        assert sentence in said
    bare = "\n".join(texts([made(bare_rollup())["Answers"]]))
    assert "There is no earlier rollup to compare with." in bare
    assert "Nothing is asked of the board." in bare


def test_an_ask_that_names_no_office_has_no_line_for_offices() -> None:
    asked = rollup(asks=(Ask(sentence="Settle who owns the new actions.", items=("1.1A",), offices=()),))
    said = list(texts([made(asked)["Answers"]]))
    assert "Items" in said
    assert "Offices" not in said


def test_every_printed_page_carries_title_seal_and_number_on_letter() -> None:
    for sheet in made(rollup(title="R&D plan")):
        assert sheet.oddFooter.center.text == "Page &P of &N"
        assert sheet.oddFooter.right.text == f"Seal {SEAL[:12]}"
        assert "Strategic plan rollup, 2026-27 Q1" in sheet.oddFooter.left.text
        assert "&&D plan" in sheet.oddHeader.left.text
        assert sheet.page_setup.paperSize == 1


def test_a_draft_is_a_draft_on_every_page() -> None:
    draft, frozen = made(rollup(is_draft=True)), made(rollup())
    assert draft["Answers"]["A1"].value == "DRAFT"
    assert all("DRAFT" in sheet.oddHeader.center.text for sheet in draft)
    assert draft.properties.title == "Draft: Strategic plan rollup, 2026-27 Q1"
    assert not any(sheet.oddHeader.center.text for sheet in frozen)
    assert "DRAFT" not in list(texts(frozen))


def test_charts_draw_from_the_readings_the_gravest_first() -> None:
    fine = measure("1.1-fine", status="on_track", years=(year("2024-25", 1), year("2025-26", 2)))
    measures = (fine, unread(), measure("1.1-bad", status="declined"))
    sheet = made(rollup(measures=measures))["Charts"]
    first, second = sheet._charts
    assert [series.val.numRef.f for series in first.series] == ["Readings!$E$4:$E$7", "Readings!$F$4:$F$7"]
    assert [series.val.numRef.f for series in second.series] == ["Readings!$F$2:$F$3"]
    assert (sheet["A2"].value, sheet["C2"].value) == ("▼ declined", "▲ on track")


def test_a_year_without_a_reading_is_a_gap_and_not_a_zero() -> None:
    chart = next(content for name, content in parts(rollup()).items() if name.startswith("xl/charts/chart1"))
    assert "<c:v>0</c:v>" not in chart
    assert not re.search('dispBlanksAs val="(zero|span)"', chart)
    assert re.findall(r'idx="(\d)"><c:v>(?:88|90\.5)</c:v>', chart.rpartition("<c:val>")[2]) == ["0", "2"]


def test_a_chart_says_what_it_shows_to_those_who_do_not_see_it() -> None:
    assert f'descr="{wording.chart_text(measure())}"' in parts(rollup())["xl/drawings/drawing1.xml"]


def test_of_very_many_measures_the_gravest_sixty_are_drawn_and_the_rest_counted() -> None:
    sheet = made(rollup(measures=tuple(measure(f"1.1-{number}") for number in range(70))))["Charts"]
    assert len(sheet._charts) == 60
    assert "60 of 70 measures with readings are drawn" in sheet["A1"].value


def test_without_readings_no_chart_is_drawn() -> None:
    sheet = made(bare_rollup())["Charts"]
    assert not sheet._charts
    assert sheet["A1"].value == "No measure has a reading yet, so there is nothing to draw."


def test_a_large_figure_is_read_with_its_thousands_on_the_axis() -> None:
    content = parts(rollup(measures=(measure(years=(year("2025-26", 43_000_000),)),)))["xl/charts/chart1.xml"]
    assert 'formatCode="#,##0"' in content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("|calc", "'|calc", id="bar"),
        pytest.param("%cmd", "'%cmd", id="percent"),
        pytest.param("\tx", "'x", id="tab"),
        pytest.param("  \r\n=1", "'=1", id="blanks-before"),
        pytest.param("\x00=1", "'=1", id="control-before"),
        pytest.param("\u200b\ufeff=1", "'\u200b\ufeff=1", id="unseen-before"),
        pytest.param("\uff1d1", "'\uff1d1", id="full-width-equals"),
        pytest.param("\uff0b1", "'\uff0b1", id="full-width-plus"),
        pytest.param("\uff0d1", "'\uff0d1", id="full-width-minus"),
        pytest.param("\uff20x", "'\uff20x", id="full-width-at"),
        pytest.param("\uff5cx", "'\uff5cx", id="full-width-bar"),
        pytest.param("\uff05x", "'\uff05x", id="full-width-percent"),
        pytest.param("a=1", "a=1", id="in-the-middle"),
        pytest.param("\u2013 not rated", "\u2013 not rated", id="dash"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_text_never_begins_like_a_formula(text: str, expected: str) -> None:
    assert harmless(text) == expected
    assert records(rollup(actions=(action(title=text or "x"),)), "Actions")[0]["Title"] == (expected or "x")


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    one = saying(HOSTILE)
    book = made(one)
    assert not [text for text in texts(book) if text[0] in "=+-@|%" or re.search(r"[\x00-\x1f\u202e\ufffe]", text)]
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]
    assert all("<script" not in content for content in parts(one).values())
    formulas = {
        found for name, content in parts(one).items() if "charts/" in name for found in re.findall("<c:f>(.*?)</c:f>", content)
    }
    assert all(found.startswith("Readings!") for found in formulas)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("x" * LONGEST, LONGEST, id="just-fits"),
        pytest.param("x" * 40_000, LONGEST, id="too-long"),
        pytest.param("😀" * 20_000, LONGEST // 2 + 1, id="two-units-each"),
        pytest.param("😀" * 16_383, 16_383, id="two-units-each-and-fits"),
    ],
)
def test_a_text_is_as_long_as_a_cell_may_be(text: str, length: int) -> None:
    kept = harmless(text)
    assert len(kept.encode("utf-16-le")) // 2 <= LONGEST
    assert len(kept) == length
    assert kept.endswith("…") == (kept != text)


def test_very_long_words_make_no_row_or_header_too_large() -> None:
    book = made(saying("w" * 10_000))
    assert max(row.height or 15 for sheet in book for row in sheet.row_dimensions.values()) <= 240
    assert all(len(sheet.oddHeader.left.text) <= 60 for sheet in book)


def test_the_document_is_dated_by_the_day_of_freezing_and_carries_its_whole_seal() -> None:
    properties = made(rollup()).properties
    assert (properties.created, properties.modified) == (datetime(2026, 10, 19), datetime(2026, 10, 19))  # noqa: DTZ001
    assert properties.title == "Strategic plan rollup, 2026-27 Q1"
    assert SEAL in parts(rollup())["docProps/custom.xml"]


def test_the_same_rollup_is_the_same_bytes_in_another_process_and_time_zone() -> None:
    said = (
        "import hashlib; from notifications.rollup.workbook import workbook;"
        f'print(hashlib.sha256(workbook(of, seal="{SEAL}")).hexdigest())'
    )
    assert elsewhere(said, rollup()) == hashlib.sha256(workbook(rollup(), seal=SEAL)).hexdigest()


def test_a_plan_with_one_action_and_no_measure_makes_a_workbook() -> None:
    one = bare_rollup(measures=(), actions=(action(),))
    assert [row["Action"] for row in records(one, "Actions")] == ["1.1A"]
    assert records(one, "Measures")[0]["Measure"] == "The plan has no measure."


def test_another_program_opens_it_and_reads_the_same_figures(tmp_path: Path) -> None:
    office_suite = shutil.which("soffice")
    if office_suite is None and not os.environ.get("CI"):
        pytest.skip("LibreOffice (soffice) is not installed, so nothing but openpyxl has read the workbook")
    assert office_suite, "LibreOffice (soffice) has to be installed where CI is set"
    file = tmp_path / "rollup.xlsx"
    file.write_bytes(workbook(rollup(), seal=SEAL))
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [office_suite, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", every_sheet, "--outdir", str(tmp_path), str(file)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    with (tmp_path / "rollup-Measures.csv").open(encoding="utf-8", newline="") as sheet:
        row = next(csv.DictReader(sheet))
    assert (row["Measure"], row["Status"], row["Reading"].strip()) == ("1.1-rating", "▼ off track", "90.5")
    assert {found.stem.removeprefix("rollup-") for found in tmp_path.glob("*.csv")} == set(QUARTER)
