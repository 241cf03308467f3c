"""What becomes of a source's figures: new, restated or held, each once; and that no secret is ever told."""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger
from ledger.records import Decision
from plan.facts import Reading
from tasks.gather import Gathered, SourceFaulty, gather, gather_at_hand
from tasks.settings import Settings, SettingsRefused, read_settings
from tasks.sources.failures import SourceDidNotAnswer, SourceFailed
from tasks.workplace import open_workplace
from tests.gather_builders import (
    AT,
    PLAN,
    TODAY,
    Collecting,
    as_csv,
    as_workbook,
    collecting,
    into_postgres,
    into_sqlite,
)
from tests.source_servers import Answer, Asked, leading_to, serving

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
    far = "860 for 2024-25 lies 779 percentage points from the 81 of 2023-24"
    assert held.reason == f"{far}; at most 5 percentage points are believed"
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
    with pytest.raises(SourceFaulty) as said:
        what.collect()
    remedy = "correct it, or name it under masked if it stands for none"
    assert str(said.value) == f'line 2: 1.1-masters: MASTERS: "good" is not a figure; {remedy}'
    assert kinds(said.value.gathered) == ["new"]
    assert what.known() == ["1.1-meets 2024-25 86"]


@pytest.mark.parametrize("is_masked", [False, True], ids=["figures", "masked"])
def test_a_year_that_is_not_told_any_more_stands(opened: Open, folder: Path, is_masked: bool) -> None:
    what = opened(FILE)
    say(folder, ("2023-24", 81), ("2024-25", 86))
    what.collect()
    say(folder, ("2024-25", "*" if is_masked else 86))
    assert kinds(what.collect()) == ([] if is_masked else ["same"])
    assert what.known() == ["1.1-meets 2023-24 81", "1.1-meets 2024-25 86"]


# --- what is asked -----------------------------------------------------------------------------------------------------


def asking(url: str, **more: Any) -> dict[str, Any]:
    """Return the settings that let servers at these addresses be asked."""
    hosts = ",".join(one.removeprefix("http://") for one in url.split())
    return {"source_hosts": hosts, "source_networks": "127.0.0.1/32"} | more


@pytest.fixture(params=["PLANKEEPER_SOURCE_STATE_KEY", "PLANKEEPER_SOURCE_STATE_KEY_FILE"])
def secret(request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A secret for sources, set in either way."""
    (tmp_path / "key").write_text(f"{SECRET}\n", encoding="utf-8")
    is_file = request.param.endswith("_FILE")
    monkeypatch.setenv(request.param, str(tmp_path / "key") if is_file else SECRET)
    return SECRET


def test_a_secret_reaches_its_server_and_is_never_told(opened: Open, secret: str) -> None:
    asked: list[Asked] = []
    with serving({"/scores": Answer(content=as_csv((HEAD, ("2024-25", 86))))}, asked=asked) as url:
        source = {"kind": "csv", "at": f"{url}/scores", "headers": {"X-Api-Key": "STATE_KEY"}}
        what = opened(source, **asking(url))
        assert kinds(what.collect()) == ["new"]
    assert asked[0].headers["x-api-key"] == secret
    (told,) = what.ledger.facts(PLAN, known_by=TODAY).every
    assert isinstance(told, Reading)
    assert told.source == f"{url}/scores"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        pytest.param(Answer(status=403, content=SECRET.encode()), SourceFailed, id="403"),
        pytest.param(Answer(status=500, headers={"Retry-After": SECRET}), SourceDidNotAnswer, id="500"),
        pytest.param(leading_to(f"http://127.0.0.1:1/?{SECRET}"), SourceFailed, id="redirect"),
        pytest.param(Answer(content=b"x", headers={"Content-Length": "5"}), SourceDidNotAnswer, id="cut"),
    ],
)
def test_no_failure_tells_a_secret(opened: Open, secret: str, answer: Answer, failure: type[Exception]) -> None:
    with serving({"/scores": answer}) as url:
        source = {"kind": "csv", "at": f"{url}/scores?key={SECRET}", "headers": {"X-Api-Key": "STATE_KEY"}}
        said = opened(source, **asking(url)).refused(failure)
    assert SECRET not in said
    assert said.startswith(f"{url}/scores ")


def test_no_failure_tells_the_password_of_a_database(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_SOURCE_SCORES", f"postgresql://reader:{SECRET}@127.0.0.1:1/scores")
    said = opened({"kind": "sql", "database": "SCORES", "select": "SELECT 1"}).refused(SourceDidNotAnswer)
    assert SECRET not in said


@pytest.mark.parametrize(
    "source",
    [
        pytest.param({"kind": "sql", "database": "STATE_KEY", "select": "SELECT 1"}, id="database"),
        pytest.param({"kind": "csv", "at": "http://127.0.0.1/s", "headers": {"X-Api-Key": "STATE_KEY"}}, id="header"),
    ],
)
def test_a_setting_that_is_not_there_is_named(opened: Open, source: dict[str, Any]) -> None:
    variable = "PLANKEEPER_SOURCE_STATE_KEY"
    assert opened(source).refused(SettingsRefused) == (
        f"{variable} is not set, and a source of the plan names it; set it, or {variable}_FILE."
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_statement_is_asked_with_its_parameters(
    opened: Open, folder: Path, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (
        ("DISTRICT", "YEAR", "RATING"),
        ("071909", "2024-25", 86),
        ("071908", "2024-25", 70),
        ("x' OR '1'='1", "2024-25", 1),
    )
    make = {"sqlite": lambda: into_sqlite(folder / "s.db", rows), "postgresql": lambda: into_postgres(server(request), rows)}
    monkeypatch.setenv("PLANKEEPER_SOURCE_SCORES", make[kind]())
    select = 'SELECT "YEAR", "RATING" FROM scores WHERE "DISTRICT" = :district'
    source = {"kind": "sql", "database": "SCORES", "select": select}
    assert kinds(opened(source | {"parameters": {"district": "071909"}}).collect()) == ["new"]
    assert kinds(opened(source | {"parameters": {"district": "x' OR '1'='1"}}).collect()) == ["restated"]
    what = opened(source)
    assert what.refused() == "the statement needs :district; give a value under parameters"
    assert what.known() == ["1.1-meets 2024-25 86", "1.1-meets 2024-25 1"]
    told = what.ledger.facts(PLAN, known_by=TODAY).every[0]
    assert isinstance(told, Reading)
    assert told.source == "the database SCORES"


def server(request: pytest.FixtureRequest) -> str:
    """Return the address of a PostgreSQL server."""
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_of_a_folder_the_newest_file_is_read(opened: Open, folder: Path) -> None:
    (folder / "drop").mkdir()
    for age, name, value in ((3, "scores-b.csv", 84), (1, "scores-a.csv", 86), (2, "scores-c.csv", 85), (0, "other.csv", 0)):
        (folder / "drop" / name).write_bytes(as_csv((HEAD, ("2024-25", value))))
        os.utime(folder / "drop" / name, (1_000_000_000 - age, 1_000_000_000 - age))
    what = opened({"kind": "folder", "at": "drop", "matching": "scores-*"})
    assert what.collect().found_at == "drop/scores-a.csv"
    (folder / "drop" / "SCORES-d.xlsx").write_bytes(as_workbook((HEAD, ("2024-25", 87))))
    assert what.collect().found_at == "drop/SCORES-d.xlsx"
    assert what.known() == ["1.1-meets 2024-25 86", "1.1-meets 2024-25 87"]


def test_a_shared_spreadsheet_is_read_by_the_address_of_its_export(opened: Open) -> None:
    asked: list[Asked] = []
    export = Answer(content=as_csv((HEAD, ("2024-25", 86))), headers={"Content-Type": "text/csv"})
    path = "/spreadsheets/d/made-up/export"
    with (
        serving({"/export/made-up": export}, asked=asked) as contents,
        serving({path: leading_to(f"{contents}/export/made-up?signed=made-up", status=307)}, asked=asked) as sheets,
    ):
        what = opened({"kind": "csv", "at": f"{sheets}{path}?format=csv&gid=0"}, **asking(f"{sheets} {contents}"))
        assert kinds(what.collect()) == ["new"]
        alone = opened({"kind": "csv", "at": f"{sheets}{path}?format=csv&gid=0"}, **asking(sheets))
        server = contents.removeprefix("http://")
        assert alone.refused() == (
            f"{sheets}{path} leads on to another address: {server} is not among the hosts that sources may ask; an"
            " administrator adds it to PLANKEEPER_SOURCE_HOSTS"
        )
    assert [one.path for one in asked] == [
        f"{path}?format=csv&gid=0",
        "/export/made-up?signed=made-up",
        f"{path}?format=csv&gid=0",
    ]


def test_a_source_that_many_measures_name_is_asked_once(opened: Open) -> None:
    asked: list[Asked] = []
    columns = tuple(f"C{at}" for at in range(40))
    table = as_csv((("YEAR", *columns), ("2024-25", *range(40))))
    of = [{"id": f"m{at}", "sources": [{"source": "s", "columns": {"value": f"C{at}"}}]} for at in range(40)]
    with serving({"/scores": Answer(content=table)}, asked=asked) as url:
        source = {"kind": "csv", "at": f"{url}/scores", "columns": {"school_year": "YEAR"}}
        what = opened(source, *of, **asking(url))
        assert kinds(what.collect()) == ["new"] * 40
    assert what.known() == [f"m{at} 2024-25 {at}" for at in range(40)]
    assert len(asked) == 1


# --- the shipped plan --------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(home: Path) -> Settings:
    """The settings as they are shipped."""
    return read_settings()


def test_the_published_figures_come_in_as_16_readings_and_only_once(settings: Settings, ledger: Ledger) -> None:
    workplace = open_workplace(settings)
    (source,) = workplace.plan.sources
    changed = kinds(gather(source, workplace, settings, ledger, as_of=TODAY, at=AT))
    assert (changed.count("new"), changed.count("restated"), len(changed)) == (15, 1, 16)
    gather_at_hand(workplace, settings, ledger, as_of=TODAY, at=AT)
    assert len(ledger.facts(workplace.plan.id, known_by=TODAY).every) == 16
    assert ledger.held(workplace.plan.id) == ()


def test_what_was_published_later_is_not_known_before(settings: Settings, ledger: Ledger) -> None:
    workplace = open_workplace(settings)
    (source,) = workplace.plan.sources
    changed = kinds(gather(source, workplace, settings, ledger, as_of=date(2025, 9, 30), at=AT))
    assert changed == ["new"] * 15
    assert kinds(gather(source, workplace, settings, ledger, as_of=TODAY, at=AT)) == ["same"] * 15 + ["restated"]
