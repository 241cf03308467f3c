"""What becomes of a source's figures: new, restated or held, each once; and that no secret is ever told."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger
from ledger.records import Decision
from plan.facts import Reading
from tasks.gather import Gathered
from tests.gather_builders import (
    AT,
    PLAN,
    TODAY,
    Collecting,
    as_csv,
    collecting,
)

HEAD = ("YEAR", "RATING")
WAY = {"target": {"kind": "trajectory", "points": {"2023-24": 80, "2026-27": 90}}}
"""So that more than 5 in a year is not believed."""
SECRET = "made-up-secret"

Open = Callable[..., Collecting]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the plan file."""
    path = tmp_path / "plan"
    path.mkdir()
    return path


@pytest.fixture
def opened(home: Path, folder: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a plan with a source; its ledger is of both kinds."""

    def opened(source: dict[str, Any], *measures: dict[str, Any], **more: Any) -> Collecting:
        return collecting(folder, ledger, monkeypatch, source, *measures, **more)

    return opened


def kinds(gathered: Gathered) -> list[str]:
    """Return what each reading changed."""
    return [change.kind for change in gathered.changes]


def say(folder: Path, *rows: tuple[object, ...]) -> None:
    """Write what the source says from now on."""
    (folder / "scores.csv").write_bytes(as_csv((HEAD, *rows)))


FILE = {"kind": "csv", "at": "scores.csv", "title": "State report"}


# --- new, restated, held -----------------------------------------------------------------------------------------------


def test_a_figure_comes_in_once_and_a_changed_one_restates_it_with_its_day_and_source(opened: Open, folder: Path) -> None:
    what = opened(FILE)
    say(folder, ("2024-25", 85))
    assert kinds(what.collect(as_of=date(2026, 1, 15))) == ["new"]
    assert kinds(what.collect(as_of=date(2026, 2, 1))) == ["same"]
    say(folder, ("2024-25", 86))
    assert kinds(what.collect()) == ["restated"]
    assert kinds(what.collect()) == ["same"]
    told = [one for one in what.ledger.facts(PLAN, known_by=TODAY).every if isinstance(one, Reading)]
    assert [(one.value, one.known_on, one.source, one.by) for one in told] == [
        (Decimal(85), date(2026, 1, 15), "State report", "Academics"),
        (Decimal(86), TODAY, "State report", "Academics"),
    ]


def test_what_was_typed_before_is_no_new_figure(opened: Open, folder: Path) -> None:
    what = opened(FILE)
    what.know(86, "2024-25")
    say(folder, ("2024-25", "86.0"))
    assert kinds(what.collect()) == ["same"]
    assert what.known() == ["1.1-meets 2024-25 86"]


def test_a_figure_that_jumps_is_held_once_and_is_no_fact_until_somebody_says_yes(opened: Open, folder: Path) -> None:
    what = opened(FILE, WAY)
    say(folder, ("2023-24", 81), ("2024-25", 860))
    assert kinds(what.collect()) == ["new", "held"]
    assert kinds(what.collect()) == ["same", "held before"]
    (held,) = what.ledger.held(PLAN)
    assert (held.reading.value, held.collected_from, held.decision) == (Decimal(860), "s", None)
    assert held.reason == "860 for 2024-25 lies 779 percent from the 81 of 2023-24; at most 5 percent are believed"
    assert what.known() == ["1.1-meets 2023-24 81"]
    yes = Decision(verdict="accepted", by="Planning", note="It is so.", decided_on=TODAY)
    what.ledger.decide(PLAN, held.number, yes, recorded_at=AT)
    assert what.known() == ["1.1-meets 2023-24 81", "1.1-meets 2024-25 860"]
    assert kinds(what.collect()) == ["same", "same"]


def test_a_jump_is_believed_where_the_plan_says_so(opened: Open, folder: Path) -> None:
    what = opened(FILE, WAY | {"plausible_jump": "any"})
    say(folder, ("2024-25", 860))
    assert kinds(what.collect()) == ["new"]


def test_a_dry_run_says_what_would_change_and_records_nothing(opened: Open, folder: Path) -> None:
    what = opened(FILE, WAY)
    what.know(81, "2023-24")
    say(folder, ("2023-24", 82), ("2024-25", 83), ("2025-26", 860))
    assert kinds(what.collect(dry_run=True)) == ["restated", "new", "held"]
    assert what.known() == ["1.1-meets 2023-24 81"]
    assert what.ledger.held(PLAN) == ()
    assert kinds(what.collect()) == ["restated", "new", "held"]
    assert kinds(what.collect(dry_run=True)) == ["same", "same", "held before"]


def test_a_fault_of_one_measure_lets_the_others_in_and_is_told_after_it(opened: Open, folder: Path) -> None:
    table = (("YEAR", "MEETS", "MASTERS"), ("2024-25", 86, "good"))
    (folder / "scores.csv").write_bytes(as_csv(table))
    of = [
        {"id": f"1.1-{name}", "sources": [{"source": "s", "columns": {"value": name.upper()}}]} for name in ("meets", "masters")
    ]
    what = opened(FILE | {"columns": {"school_year": "YEAR"}}, *of)
    from tasks.gather import SourceFaulty

    with pytest.raises(SourceFaulty) as said:
        what.collect()
    remedy = "correct it, or name it under masked if it stands for none"
    assert str(said.value) == f'line 2: 1.1-masters: MASTERS: "good" is not a figure; {remedy}'
    assert kinds(said.value.gathered) == ["new"]
    assert what.known() == ["1.1-meets 2024-25 86"]
