"""A worked source: one wide table with a row for each district of Texas and a column for each figure, as the state gives them.

The table in tests/data is made up, its names, headings and figures alike. Only its shape and the number of the district,
071909, are the state's.
"""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger
from plan.facts import Reading
from plan.judgement import Judged
from tasks.gather import SourceFaulty
from tests.gather_builders import AT, PLAN, Collecting, as_workbook, collecting

MADE_UP = Path(__file__).parent / "data" / "district-table-made-up.csv"
AS_OF = date(2026, 1, 15)
"""The results for 2024-25 are due, and those for 2025-26 are not."""


def measure(code: str, column: str, at_least: int, unit: str = "percent", **special: Any) -> dict[str, Any]:
    """Return a measure with its column in the table."""
    target = {"kind": "threshold", "at_least": at_least}
    return {
        "id": code,
        "title": code,
        "unit": unit,
        "target": target,
        "sources": [{"source": "s", "columns": {"value": column}} | special],
    }


MEASURES = (
    measure("1.1-approaches", "XM000A001S25R", 80),
    measure("1.1-meets", "XM000B001S25R", 40),
    measure("1.1-disadvantaged", "XM0ECO001S25R", 80),
    measure("1.2-attendance", "XT00ATTR24R", 95, school_year="2023-24"),
    measure("1.3-spending", "XF0OPEXP24N", 9000, "dollars per student", school_year="2023-24"),
)


def text_of(folder: Path) -> dict[str, Any]:
    """Put the table beside the plan as the state gives it: an apostrophe keeps the zeros of a district's number."""
    (folder / "districts.csv").write_bytes(MADE_UP.read_bytes())
    return {"kind": "csv", "at": "districts.csv"}


def workbook_of(folder: Path) -> dict[str, Any]:
    """Put the table beside the plan as a workbook in which whatever looks like a number became one, zeros in front lost."""
    head, *rows = csv.reader(MADE_UP.read_text(encoding="utf-8").splitlines())
    (folder / "districts.xlsx").write_bytes(as_workbook([head, *([_number(cell) for cell in row] for row in rows)]))
    return {"kind": "xlsx", "at": "districts.xlsx"}


def _number(cell: str) -> object:
    bare = cell.removeprefix("'")
    return float(bare) if bare.removeprefix("-").replace(".", "", 1).isdecimal() else bare


@pytest.fixture(params=[text_of, workbook_of], ids=["csv", "xlsx"])
def district(
    request: pytest.FixtureRequest, home: Path, tmp_path: Path, book: Ledger, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Collecting]:
    """Opens the plan of the district that has a number."""
    folder = tmp_path / "plan"
    folder.mkdir()

    def district(number: str) -> Collecting:
        taking = {"columns": {}, "rows": {"DISTRICT": number}, "school_year": "2024-25", "masked": ["-1", "."]}
        return collecting(folder, book, monkeypatch, request.param(folder) | taking, *MEASURES)

    return district


@pytest.mark.parametrize(
    ("number", "known", "masked"),
    [
        pytest.param(
            "071909",
            [
                "1.1-approaches 2024-25 86",
                "1.1-meets 2024-25 41.2",
                "1.1-disadvantaged 2024-25 83",
                "1.2-attendance 2023-24 94.8",
                "1.3-spending 2023-24 10842",
            ],
            (),
            id="all-figures",
        ),
        pytest.param(
            "001903",
            ["1.2-attendance 2023-24 95.6", "1.3-spending 2023-24 16020"],
            ("1.1-approaches 2024-25", "1.1-meets 2024-25", "1.1-disadvantaged 2024-25"),
            id="few-students-so-that-most-is-masked",
        ),
        pytest.param(
            "227905",
            [],
            (
                "1.1-approaches 2024-25",
                "1.1-meets 2024-25",
                "1.1-disadvantaged 2024-25",
                "1.2-attendance 2023-24",
                "1.3-spending 2023-24",
            ),
            id="all-masked",
        ),
        pytest.param(
            "254906",
            [
                "1.1-approaches 2024-25 100",
                "1.1-meets 2024-25 0",
                "1.2-attendance 2023-24 97.2",
                "1.3-spending 2023-24 12905",
            ],
            ("1.1-disadvantaged 2024-25",),
            id="a-zero-that-is-a-figure",
        ),
    ],
)
def test_a_district_finds_its_figures_in_its_row_and_what_is_masked_is_unknown(
    number: str, known: list[str], masked: tuple[str, ...], district: Callable[[str], Collecting]
) -> None:
    what = district(number)
    said = what.collect(as_of=AS_OF).said
    assert sorted(what.known()) == sorted(known)
    assert (said.masked, said.silent, said.faults) == (masked, (), ())
    readings = [one for one in what.ledger.facts(PLAN, known_by=AS_OF).every if isinstance(one, Reading)]
    assert {(one.known_on, one.source.partition(".")[0], one.by) for one in readings} <= {(AS_OF, "districts", "Academics")}


def test_what_is_masked_is_judged_as_not_known_and_a_zero_as_a_figure(district: Callable[[str], Collecting]) -> None:
    statuses = {}
    for number in ("001903", "254906"):
        what = district(number)
        readings = what.collect(as_of=AS_OF, dry_run=True).said.readings
        what.ledger.add_facts(number, readings, recorded_at=AT)
        judged = Judged(what.workplace.duties, what.ledger.facts(number, known_by=AS_OF), AS_OF)
        statuses[number] = {measure["id"]: judged.status(measure["id"]) for measure in MEASURES[:3]}
    assert statuses == {
        "001903": {"1.1-approaches": "no_data", "1.1-meets": "no_data", "1.1-disadvantaged": "no_data"},
        "254906": {"1.1-approaches": "on_track", "1.1-meets": "off_track", "1.1-disadvantaged": "no_data"},
    }


def test_a_figure_that_is_masked_later_stands(district: Callable[[str], Collecting]) -> None:
    what = district("001903")
    what.know(70, "2024-25", item="1.1-meets", on=date(2025, 8, 15))
    what.collect(as_of=AS_OF)
    assert "1.1-meets 2024-25 70" in what.known()


def test_a_district_that_has_no_row_is_told_how_many_were_looked_at(district: Callable[[str], Collecting]) -> None:
    remedy = "correct rows in the plan file, or look at the source"
    assert district("071908").refused(SourceFaulty) == f"no row has DISTRICT 071908, and 6 rows were looked at; {remedy}"
