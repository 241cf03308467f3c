"""Collecting as Prefect records it: a task run for each source, asked again when it did not answer, failing alone."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State, TaskRun

from flows.collect import collect
from flows.daily import PartFailed, daily
from flows.days import now
from flows.exits import exit_code
from ledger.ledger import Ledger, open_ledger
from plan.facts import Evidence, Reading
from tasks.pace import limit_of
from tasks.settings import read_settings
from tasks.sources.failures import CollectingFailed, SourcesDidNotAnswer
from tests.commands import eventually, settle
from tests.flow_builders import at
from tests.source_servers import Answer, Answering, Asked, one_by_one, serving

pytestmark = pytest.mark.usefixtures("prefect")

PLAN = "riverside"
DAY = now().astimezone(ZoneInfo("America/Denver")).date()
"""Today: what a source does not date becomes known on the day on which it is asked."""
CSV = "YEAR,RATING\n2024-25,86\n"
HTML = Answer(content=b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "text/html"})


def plan_of(folder: Path, sources: dict[str, str]) -> Path:
    """Write a plan whose measures 1.1-<source> each have one source, in a folder of its own with its owners and calendar."""
    measures = "".join(
        f"          - {{id: 1.1-{name}, title: Measure, unit: percent, target: {{kind: threshold, at_least: 90}}, "
        f"plausible_jump: 5, sources: [{name}]}}\n"
        for name in sources
    )
    columns = "columns: {school_year: YEAR, value: RATING}"
    given = ", ".join(f"{{id: {name}, {said}, {columns}}}" for name, said in sources.items())
    good = Path(__file__).parent / "data" / "good"
    text = (good / "plan.yaml").read_text(encoding="utf-8")
    text = text.replace("priorities:\n", f"sources: [{given}]\npriorities:\n") + measures
    folder.mkdir()
    for name in ("owners", "calendar"):
        (folder / f"{name}.yaml").write_bytes((good / f"{name}.yaml").read_bytes())
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    return folder


def set_up(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """Have the settings name the files of a folder."""
    for name in ("plan", "owners", "calendar"):
        monkeypatch.setenv(f"PLANKEEPER_{name.upper()}", str(folder / f"{name}.yaml"))
    for name, value in more.items():
        monkeypatch.setenv(f"PLANKEEPER_{name.upper()}", value)


def known(ledger: Ledger) -> dict[str, Decimal]:
    """Return the last figure of each measure."""
    facts = ledger.facts(PLAN, known_by=DAY).every
    return {fact.item: fact.value for fact in facts if isinstance(fact, Reading)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A day on which four sources were asked."""

    state: State[Any]
    asked: list[Asked]
    known: dict[str, Decimal]
    held: int
    host: str


@pytest.fixture(scope="module")
def ran(prefect: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Of four sources, one is well, one comes to itself, one gives a page instead of a table, and one jumps in a file."""
    asked: list[Asked] = []
    answers: dict[str, Answering] = {
        "/well.csv": Answer(content=CSV.encode()),
        "/late.csv": one_by_one(Answer(status=500), Answer(status=503), Answer(content=CSV.encode())),
        "/page.csv": HTML,
    }
    with pytest.MonkeyPatch.context() as monkeypatch, serving(answers, asked=asked) as url:
        settle(tmp_path_factory.mktemp("collect"), monkeypatch)
        sources = {name: f"kind: csv, at: '{url}/{name}.csv'" for name in ("well", "late", "page")}
        folder = plan_of(tmp_path_factory.mktemp("plan") / "plan", sources | {"jump": "kind: csv, at: jump.csv"})
        (folder / "jump.csv").write_text("YEAR,RATING\n2023-24,80\n2024-25,86\n")
        host = url.removeprefix("http://")
        set_up(folder, monkeypatch, source_hosts=host, source_networks="127.0.0.1/32", source_retry_seconds="0")
        state: Any = collect(DAY.isoformat(), return_state=True)
        with open_ledger(read_settings().database) as ledger:
            yield Ran(state=state, asked=asked, known=known(ledger), held=len(ledger.held(PLAN)), host=host)


@pytest.fixture
def client() -> Iterator[SyncPrefectClient]:
    """Who asks the Prefect server what it recorded."""
    with get_client(sync_client=True) as asking:
        yield asking


def test_one_source_fails_alone_and_the_others_come_in(ran: Ran) -> None:
    assert ran.state.is_failed()
    failure = ran.state.result(raise_on_failure=False)
    assert isinstance(failure, CollectingFailed)
    assert str(failure).startswith(
        "3 readings of 4 sources: 3 new, 0 restated, 0 known already, 1 held for a yes. 1 of 4 sources failed.\n"
        'page: an HTML page came instead of a table ("Sign in")'
    )
    assert exit_code(failure) == 1
    assert ran.known == {"1.1-well": 86, "1.1-late": 86, "1.1-jump": 80}
    assert ran.held == 1


def test_a_source_that_did_not_answer_is_asked_again_and_one_that_answers_wrongly_is_not(ran: Ran) -> None:
    paths = [one.path for one in ran.asked]
    assert (paths.count("/well.csv"), paths.count("/late.csv"), paths.count("/page.csv")) == (1, 3, 1)


def test_every_source_has_a_task_run_named_by_its_code(ran: Ran, client: SyncPrefectClient) -> None:
    of = ran.state.state_details.flow_run_id
    assert of
    names = {f"collect {name}" for name in ("well", "late", "page", "jump")}

    def runs() -> dict[str, TaskRun] | None:
        found = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[of])))
        ended = {one.name: one for one in found if one.name in names and one.state and one.state.is_final()}
        return ended if len(ended) == len(names) else None

    states = {name: one.state_type.value for name, one in eventually(runs).items() if one.state_type}
    assert states == {name: "FAILED" if name == "collect page" else "COMPLETED" for name in names}


def test_the_artifact_says_of_each_source_what_came_and_what_is_wrong(ran: Ran, client: SyncPrefectClient) -> None:
    of = ran.state.state_details.flow_run_id
    assert of
    found = client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[of])))
    one = next(artifact for artifact in found if artifact.key == "collected")  # a busy server may be told twice
    assert one.description == f"What the sources said on {DAY}: 4 asked, 1 with something wrong."
    rows = {row["source"]: row for row in json.loads(str(one.data))}
    assert (rows["late"]["new"], rows["late"]["what is wrong"]) == ("1", "")
    assert (rows["jump"]["new"], rows["jump"]["held"], rows["jump"]["found at"]) == ("1", "1", "jump.csv")
    assert (rows["page"]["new"], rows["page"]["what is wrong"].split(";")[0]) == (
        "",
        'an HTML page came instead of a table ("Sign in")',
    )


def test_prefect_limits_how_often_a_server_is_asked(ran: Ran, client: SyncPrefectClient) -> None:
    limit = client.read_global_concurrency_limit_by_name(limit_of(ran.host))
    assert (limit.active, limit.limit, limit.slot_decay_per_second) == (True, 1, 1.0)


def test_where_all_that_failed_did_not_answer_the_exit_code_says_so(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving({"/busy.csv": Answer(status=503)}) as url:
        folder = plan_of(tmp_path / "plan", {"busy": f"kind: csv, at: '{url}/busy.csv'"})
        host = url.removeprefix("http://")
        set_up(folder, monkeypatch, source_hosts=host, source_networks="127.0.0.1/32", source_retry_seconds="0")
        state: Any = daily(DAY.isoformat(), return_state=True)
    failure = state.result(raise_on_failure=False)
    assert isinstance(failure, PartFailed)
    assert isinstance(failure.__cause__, SourcesDidNotAnswer)
    assert exit_code(failure) == 3


def test_a_day_whose_source_fails_is_done_to_its_end_and_then_fails(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(plan_of(tmp_path / "plan", {"gone": "kind: csv, at: gone.csv"}), monkeypatch)
    state: Any = daily(DAY.isoformat(), return_state=True)
    failure = state.result(raise_on_failure=False)
    assert isinstance(failure, PartFailed)
    assert str(failure).startswith(
        "collect failed: 0 readings of 1 source: 0 new, 0 restated, 0 known already. 1 of 1 sources failed."
    )
    with open_ledger(read_settings().database) as ledger:
        assert ledger.movements(PLAN, on=DAY)


def test_what_is_filed_comes_in_once_and_what_does_not_count_is_told(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = tmp_path / "evidence" / "1.1A" / "2026-27-Q1"
    filed.mkdir(parents=True)
    (filed / "minutes.txt").write_text("Made-up minutes.")
    os.utime(filed / "minutes.txt", (at(DAY).timestamp(), at(DAY).timestamp()))
    set_up(plan_of(tmp_path / "plan", {}), monkeypatch, evidence=str(tmp_path / "evidence"))
    first: Any = collect(DAY.isoformat(), return_state=True)
    assert first.message == "the plan names no source; 1 new as evidence."
    (tmp_path / "evidence" / "stray.txt").write_text("Filed nowhere.")
    before: Any = collect((DAY - timedelta(days=7)).isoformat(), return_state=True)
    assert before.message == "the plan names no source."  # nothing that is found today was known then
    second: Any = collect(DAY.isoformat(), return_state=True)
    assert second.message == "the plan names no source; 1 of what is filed does not count: see collected."
    with open_ledger(read_settings().database) as ledger:
        (evidence,) = ledger.facts(PLAN, known_by=DAY).every
    assert isinstance(evidence, Evidence)
    assert (evidence.item, str(evidence.period), evidence.reference) == ("1.1A", "2026-27 Q1", "1.1A/2026-27-Q1/minutes.txt")


def test_who_looks_filed_evidence_through_is_told_once_that_it_waits(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plan_of(tmp_path / "plan", {})
    text = (folder / "plan.yaml").read_text()
    (folder / "plan.yaml").write_text(text.replace("settings: {", "settings: {evidence_acceptance: true, "))
    filed = tmp_path / "evidence" / "1.1A" / "2026-27-Q1"
    filed.mkdir(parents=True)
    for name in ("minutes.txt", "agenda.txt"):
        (filed / name).write_text(f"Made-up {name}.")
        os.utime(filed / name, (at(DAY).timestamp(), at(DAY).timestamp()))
    set_up(folder, monkeypatch, evidence=str(tmp_path / "evidence"))
    for _ in range(2):
        collect(DAY.isoformat())
    with open_ledger(read_settings().database) as ledger:
        (letter,) = ledger.outbox(PLAN)
    assert (letter.address, letter.subject) == (
        "superintendent@example.org",
        "Riverside, 2026-27 Q1: evidence to look at for 1.1A",
    )


def test_an_address_that_is_none_fails_alone(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = plan_of(tmp_path / "plan", {"bad": "kind: csv, at: 'https://[bad'", "file": "kind: csv, at: file.csv"})
    (folder / "file.csv").write_text(CSV)
    set_up(folder, monkeypatch)
    state: Any = collect(DAY.isoformat(), return_state=True)
    said = str(state.result(raise_on_failure=False))
    assert said.startswith("1 reading of 2 sources: 1 new, 0 restated, 0 known already. 1 of 2 sources failed.")
    assert "bad: %5Bbad is not among the hosts that sources may ask; an administrator adds it to" in said


def test_a_dry_run_asks_and_records_nothing(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = plan_of(tmp_path / "plan", {"file": "kind: csv, at: file.csv"})
    (folder / "file.csv").write_text(CSV)
    set_up(folder, monkeypatch)
    state: Any = collect(DAY.isoformat(), True, return_state=True)
    assert state.message == "1 reading of 1 source: 1 new, 0 restated, 0 known already."
    with open_ledger(read_settings().database) as ledger:
        assert known(ledger) == {}
