"""The weekly look at the addresses of evidence: what answers, what is told of what does not, and that nothing fails by it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State, StateType
from prefect.flow_engine import run_flow
from prefect.states import Scheduled

from flows.links import LookedAt, links
from flows.started import Flow
from ledger.ledger import open_ledger
from plan.facts import Evidence
from plan.filed import Link
from plan.owners import Roster
from plan.periods import Quarter
from tasks.links import SINGLY, link_rows, link_shares, look_at, named_links, reach_of
from tasks.pace import limit_of
from tasks.settings import Settings, read_settings
from tasks.workplace import open_workplace
from tests.commands import eventually
from tests.flow_builders import DAY, PLAN, at
from tests.plan_builders import Q1, shipped
from tests.source_servers import LOOPBACK, Answer, Answering, Asked, one_by_one, reaching, serving


def evidence(address: str, *, item: str = "1.1-pm1", period: Quarter = Q1, dated_on: date = DAY) -> Evidence:
    """Return evidence that is an address."""
    return Evidence(item=item, period=period, reference=address, dated_on=dated_on, note="", by="x", known_on=DAY)


def link(address: str) -> Link:
    """Return an address that one piece of evidence names."""
    return Link(address=address, given=(evidence(address),))


def run(*, dry_run: bool = False) -> State[Any]:
    """Run the flow for the day."""
    state: Any = links(DAY.isoformat(), dry_run, return_state=True)
    assert isinstance(state, State)
    return state


# --- on a real server --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("prefect")
def test_a_broken_link_is_told_with_its_office_and_the_run_completes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Answering] = {"/there": Answer(), "/starting": one_by_one(Answer(status=503), Answer())}
    monkeypatch.setattr("flows.links.look_at", look_at.with_options(retry_delay_seconds=0))
    asked: list[Asked] = []
    with serving(answers, asked=asked) as url, open_ledger(read_settings().database) as ledger:
        monkeypatch.setenv("PLANKEEPER_SOURCE_HOSTS", urlsplit(url).netloc)
        monkeypatch.setenv("PLANKEEPER_SOURCE_NETWORKS", str(LOOPBACK))
        given = [evidence(f"{url}/{name}") for name in ("there", "gone?key=s3cret", "starting")]
        expired = evidence(f"{url}/expired", dated_on=date(2025, 10, 22))
        ledger.add_facts(PLAN, [*given, replace(given[1], item="1.1A"), expired], recorded_at=at(DAY))
        counted = run(dry_run=True)
        assert (counted.message, asked) == ("3 addresses to look at; nothing was asked.", [])
        state = run()
    assert state.is_completed()
    assert state.message == f"3 addresses looked at, 1 does not answer: {url}/gone (1.1A, 1.1-pm1)."
    assert sorted(one.path for one in asked) == ["/gone?key=s3cret"] * 2 + ["/starting"] * 2 + ["/there"]
    with get_client(sync_client=True) as client:
        limit = client.read_global_concurrency_limit_by_name(limit_of(urlsplit(url).netloc))
    assert (limit.active, limit.limit, limit.slot_decay_per_second) == (True, 1, 1.0)
    runs, table = kept(state)
    assert runs == {
        f"{url}/there": (1, "It answers."),
        f"{url}/gone": (2, f"{url}/gone is not there (404); check the address"),
        f"{url}/starting": (2, "It answers."),
    }
    assert [(row["item"], row["address"], row["answers"]) for row in table] == [
        ("1.1A", f"{url}/gone", "no"),
        ("1.1-pm1", f"{url}/gone", "no"),
        ("1.1-pm1", f"{url}/there", "yes"),
        ("1.1-pm1", f"{url}/starting", "yes"),
    ]


def kept(state: State[Any]) -> tuple[dict[str, tuple[int, str]], list[dict[str, str]]]:
    """Return how often and to what end each task run looked, by its name, and the table that was published."""
    run_id = state.state_details.flow_run_id
    assert run_id
    with get_client(sync_client=True) as client:

        def looks_of_the_run() -> dict[str, tuple[int, str]] | None:  # the server hears of them a moment later
            runs = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])))
            ended = [one for one in runs if one.name.startswith("http") and one.state and one.state.is_completed()]
            return (
                {one.name: (one.run_count, str(one.state and one.state.message)) for one in ended} if len(ended) == 3 else None
            )

        looks: dict[str, tuple[int, str]] = eventually(looks_of_the_run)
        (artifact,) = client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id])))
    assert artifact.key == "links"
    assert artifact.description == "Addresses of evidence looked at on 2026-10-22: 3; without an answer: 1."
    return looks, json.loads(str(artifact.data))


@pytest.mark.usefixtures("prefect")
def test_a_scheduled_run_that_was_missed_is_made_up_for_and_looks_at_what_is_valid_today(home: Path) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - as a server does that comes back after three days
    settings = read_settings()
    today = open_workplace(settings).today(now)
    with open_ledger(settings.database) as ledger:
        given = replace(evidence("https://example.org/a", dated_on=today), known_on=today)
        ledger.add_facts(PLAN, [given], recorded_at=now)
    with get_client(sync_client=True) as client:
        scheduled = client.create_flow_run(links, state=Scheduled(scheduled_time=now - timedelta(days=3)))
    state: Any = run_flow(links, flow_run=scheduled, parameters={"as_of": "today", "dry_run": True}, return_type="state")
    assert (state.type, state.message) == (StateType.COMPLETED, "1 address to look at; nothing was asked.")


# --- what is said ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param(LookedAt(addresses=0), "no evidence that is still valid has an address", id="none"),
        pytest.param(LookedAt(addresses=1), "1 address looked at, it answers", id="one-that-answers"),
        pytest.param(LookedAt(addresses=12), "12 addresses looked at, all answer", id="all-answer"),
        pytest.param(LookedAt(addresses=1, broken=("a",)), "1 address looked at, 1 does not answer: a", id="one-that-does-not"),
        pytest.param(
            LookedAt(addresses=12, broken=("a", "b")), "12 addresses looked at, 2 do not answer: a, b", id="two-of-twelve"
        ),
        pytest.param(
            LookedAt(addresses=12, broken=tuple("abcdefg")),
            "12 addresses looked at, 7 do not answer: a, b, c, d, e and 2 more",
            id="more-than-are-named",
        ),
        pytest.param(LookedAt(addresses=1, is_done=False), "1 address to look at; nothing was asked", id="only-counted"),
    ],
)
def test_a_run_says_what_it_found(found: LookedAt, said: str) -> None:
    assert str(found) == said


def test_a_row_names_the_office_that_can_put_an_address_right() -> None:
    plan, owners, _ = shipped()
    twice = evidence("https://example.org/a")
    given = (twice, twice, replace(twice, item="3.1A", period=Q1.after))
    link = Link(address="https://example.org/a?key=s3cret", given=given)
    rows = list(link_rows(link, "Gone.", Roster(plan, owners), as_of=DAY))
    assert [(row["item"], row["period"], row["office"]) for row in rows] == [
        ("1.1-pm1", "2026-27 Q1", "Director of Assessment and Accountability"),
        ("3.1A", "2026-27 Q2", "Director of Community Engagement"),
    ]
    assert {(row["address"], row["answers"], row["why"]) for row in rows} == {("https://example.org/a", "no", "Gone.")}


# --- task runs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "sizes"),
    [
        pytest.param(0, set(), id="none"),
        pytest.param(1, {1}, id="one"),
        pytest.param(SINGLY, {1}, id="each-alone"),
        pytest.param(SINGLY + 1, {2, 1}, id="in-pairs"),
        pytest.param(1000, {20}, id="many"),
    ],
)
def test_each_address_has_a_task_run_of_its_own_up_to_fifty(number: int, sizes: set[int]) -> None:
    every = [link(f"https://example.org/{n}") for n in range(number)]
    taken = link_shares(every)
    assert [one for some in taken for one in some] == every
    assert {len(some) for some in taken} == sizes
    assert len(taken) <= SINGLY


def test_a_task_run_is_named_by_its_address_or_the_first_of_several() -> None:
    some = [link("https://example.org/a?key=s3cret"), link("https://example.org/b"), link("https://example.org/c")]
    assert named_links(some[:1]) == "https://example.org/a"
    assert named_links(some) == "https://example.org/a and 2 more"


@pytest.mark.usefixtures("prefect")
def test_of_several_addresses_each_has_its_own_answer() -> None:
    with serving({"/there": Answer()}) as url:
        given = [link(f"{url}/{name}") for name in ("there", "gone", "lost")]
        state = look_at.fn("three", given, reaching(url))
    gone, lost = (f"{url}/{name} is not there (404); check the address" for name in ("gone", "lost"))
    assert state.message == f"{gone}\n{lost}"
    assert state.data == {f"{url}/there": "", f"{url}/gone": gone, f"{url}/lost": lost}


@pytest.mark.usefixtures("prefect")
def test_an_address_takes_its_turn_among_all_that_its_server_is_asked_for() -> None:
    with serving({"/there": Answer()}) as url, get_client(sync_client=True) as client:
        name = limit_of(urlsplit(url).netloc)
        client.upsert_global_concurrency_limit_by_name(name, limit=1, slot_decay_per_second=0.001)  # so that it can be seen
        look_at.fn("one", [link(f"{url}/there")], reaching(url))
        assert client.read_global_concurrency_limit_by_name(name).active_slots == 1


def test_an_address_that_names_no_server_waits_for_nobody() -> None:
    state = look_at.fn("one", [link("https://[::1/")], reaching())
    assert "cannot be read" in str(state.message)


def test_only_what_the_settings_open_may_be_asked_beside_public_servers() -> None:
    reach = reach_of(Settings(source_hosts=("intranet.example.org",), source_networks=(LOOPBACK,)))
    assert (reach.hosts, reach.networks) == (frozenset({"intranet.example.org"}), (LOOPBACK,))
    assert (reach.any_public_host, reach.deadline_seconds) == (True, 20)


def test_the_look_at_links_can_be_run_by_hand() -> None:
    assert Flow("links") is Flow.LINKS
    assert links.name == Flow.LINKS
