"""The command `rollup`: a quarter is frozen once, and its files are the same ever after."""

import json
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine

from flows.came_from import command_line
from flows.command_line import app
from ledger.ledger import open_ledger
from plan.facts import Reading
from plan.periods import SchoolYear
from tasks.settings import read_settings
from tests.commands import PLANKEEPER, Plankeeper, ended, settle, start
from tests.flow_builders import PLAN

QUARTER = "2025-26 Q1"
ENDINGS = ("html", "json", "pdf", "xlsx")


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def add_reading(value: int, *, item: str = "1.1-rating", of: int = 2024, known_on: date = date(2025, 9, 1)) -> None:
    """Have a figure become known, dated back."""
    fact = Reading(
        item=item,
        period=SchoolYear(of),
        value=Decimal(value),
        source="corrected",
        note="",
        by="assessment",
        known_on=known_on,
    )
    with open_ledger(read_settings().database) as ledger:
        ledger.add_facts(PLAN, [fact], recorded_at=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def frozen_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the first quarter of 2025-26 was frozen and written by the command, to be copied."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = settle(tmp_path_factory.mktemp("frozen") / "home", monkeypatch)
        app(["rollup", QUARTER, "-o", str(home / "out")], standalone_mode=False)
    return home


@pytest.fixture
def written(frozen_once: Path, home: Path, tmp_path: Path) -> Path:
    """The folder with the files of the first quarter of 2025-26, as the shipped facts tell it."""
    shutil.copytree(frozen_once, home)
    return (home / "out").rename(tmp_path / "out")


def test_a_quarter_is_four_files(written: Path) -> None:
    assert list(files(written)) == [f"rollup-2025-26-q1.{ending}" for ending in ENDINGS]
    rollup = json.loads((written / "rollup-2025-26-q1.json").read_text())
    assert (rollup["period"], rollup["frozen_on"], rollup["is_draft"]) == (QUARTER, "2025-10-17", False)
    rating = rollup["measures"][0]
    assert (rating["reading"], rating["expected"], rating["share"], rating["status"]) == (85, 91.6, -0.8333, "declined")


def test_written_again_on_another_day_and_with_facts_added_in_between_the_files_are_the_same(
    written: Path, plankeeper: Plankeeper, tmp_path: Path
) -> None:
    add_reading(90)
    with time_machine.travel(datetime(2027, 5, 5, 3, tzinfo=UTC)):
        assert plankeeper("rollup", QUARTER, "-o", str(tmp_path / "again")).code == 0
    assert files(tmp_path / "again") == files(written)


def test_written_again_elsewhere_the_files_are_the_same(
    written: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert ended(start(home, *PLANKEEPER, "rollup", QUARTER, "-o", str(tmp_path / "again"))).code == 0
    assert files(tmp_path / "again") == files(written)


def test_what_became_known_later_is_a_restatement_in_the_next_quarter(
    written: Path, plankeeper: Plankeeper, tmp_path: Path
) -> None:
    add_reading(69, item="1.2.1-ccmr", of=2022)
    assert plankeeper("rollup", "2025-26 Q2", "-o", str(tmp_path / "next")).code == 0
    following = json.loads((tmp_path / "next" / "rollup-2025-26-q2.json").read_text())
    restated = {(one["measure"], one["school_year"]): (one["was"], one["now"]) for one in following["restatements"]}
    assert restated["1.2.1-ccmr", "2022-23"] == (68, 69)
    assert following["before"] == QUARTER
    assert json.loads((written / "rollup-2025-26-q1.json").read_text())["measures"][0]["reading"] == 85


def test_a_quarter_whose_day_has_not_come_is_refused_and_may_be_drafted(plankeeper: Plankeeper, tmp_path: Path) -> None:
    said = plankeeper("rollup", "2026-27 Q4", "-o", str(tmp_path))
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        '2026-27 Q4 freezes on 2027-07-20; until then ask for a draft: plankeeper rollup "2026-27 Q4" --draft.\n'
    )
    assert plankeeper("rollup", "2026-27 Q4", "--draft", "-o", str(tmp_path)).code == 0
    assert json.loads((tmp_path / "rollup-2026-27-q4-draft.json").read_text())["is_draft"] is True
    with open_ledger(read_settings().database) as ledger:
        assert ledger.frozen_periods(PLAN) == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["2025 Q1"], '"2025 Q1" is not a quarter and not a school year', id="no-quarter"),
        pytest.param(["2019-20 Q1"], "2019-20 Q1 lies outside the plan's years, 2023-24 to 2026-27.", id="outside"),
        pytest.param(["--from", QUARTER], "Give one quarter or school year, or both --from and --to.", id="half-a-span"),
        pytest.param(["--from", QUARTER, "--to", "2025-26"], "give two quarters or two school years", id="of-two-kinds"),
        pytest.param(["--from", "2025-26 Q2", "--to", QUARTER], "the earlier first", id="backwards"),
    ],
)
def test_what_is_no_period_is_wrong_usage(arguments: list[str], sentence: str, plankeeper: Plankeeper, tmp_path: Path) -> None:
    said = plankeeper("rollup", *arguments, "-o", str(tmp_path))
    assert said.code == 2
    assert sentence in said.err
    assert list(tmp_path.glob("*.pdf")) == []


def test_many_quarters_go_on_where_they_stopped(written: Path, plankeeper: Plankeeper) -> None:
    said = plankeeper("rollup", "--from", QUARTER, "--to", "2025-26 Q2", "-o", str(written))
    assert said.code == 0
    assert f"{QUARTER} stands in {written} already." in " ".join(said.out.split())
    assert len(files(written)) == 8


def test_a_rollup_is_verified_with_its_files(written: Path, plankeeper: Plankeeper) -> None:
    said = plankeeper("rollup", "verify", QUARTER, "-o", str(written))
    assert said.code == 0
    assert f"All 4 files in {written} are those of this rollup." in said.out
    assert "it comes out the same" in said.out
    add_reading(90)
    assert "it would differ" in plankeeper("rollup", "verify", QUARTER).out


def test_a_file_that_was_changed_is_named(written: Path, plankeeper: Plankeeper) -> None:
    with (written / "rollup-2025-26-q1.html").open("a") as page:
        page.write("!")
    said = plankeeper("rollup", "verify", QUARTER, "-o", str(written))
    assert said.code == 1
    assert "rollup-2025-26-q1.html" in said.err


def test_what_was_never_frozen_cannot_be_verified(plankeeper: Plankeeper) -> None:
    said = plankeeper("rollup", "verify", QUARTER)
    assert said.code == 1
    assert said.err.startswith("2025-26 Q1 has not been frozen;")


def test_the_boards_copy_is_released_once(written: Path, plankeeper: Plankeeper) -> None:
    by = ("--by", "Office of Strategic Planning")
    assert plankeeper("rollup", "release", QUARTER, *by).out == (
        "2025-26 Q1 is released; queued for: board-of-trustees@example.org.\n"
    )
    again = plankeeper("rollup", "release", QUARTER, *by)
    assert (again.code, again.err) == (
        1,
        "2025-26 Q1 was released before, by Office of Strategic Planning; nothing was sent again.\n",
    )
    with open_ledger(read_settings().database) as ledger:
        (posted,) = ledger.outbox(PLAN)
        (entry,) = ledger.pages.audit(PLAN, most=10)
    assert (posted.kind, posted.address) == ("rollup", "board-of-trustees@example.org")
    assert (entry.who, entry.did, entry.came_from) == ("Office of Strategic Planning", "released", command_line())


def test_a_year_is_told_once_its_results_are_out(plankeeper: Plankeeper, tmp_path: Path) -> None:
    assert plankeeper("rollup", "2024-25", "-o", str(tmp_path)).code == 0
    rollup = json.loads((tmp_path / "rollup-2024-25.json").read_text())
    assert (rollup["period"], rollup["first_day"], rollup["last_day"]) == ("2024-25", "2024-07-01", "2025-06-30")
    assert rollup["measures"][0]["school_year"] == "2024-25"
