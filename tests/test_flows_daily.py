"""The daily run as Prefect records it, on a real server: what it did, what it shows, and what it says when a part fails."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.flow_engine import run_flow
from prefect.states import Scheduled

from flows.assess import assess
from flows.daily import PartFailed, daily
from flows.days import OVER
from flows.deliver import deliver
from flows.exits import exit_code
from flows.remind import remind
from ledger.ledger import open_ledger, read_ledger
from ledger.records import CHANNEL, LetterState
from tasks.channels import ChannelsFailed
from tasks.judge import OBLIGATION
from tasks.recipients import MailNotAllowed
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import eventually, settle
from tests.flow_builders import DAY, PLAN, SATURDAY, at, inbox, past
from tests.ledger_builders import letter
from tests.plan_builders import every_day

pytestmark = pytest.mark.usefixtures("prefect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A day's work that was done twice, then tried on a Saturday, in one home folder."""

    home: Path
    states: tuple[State[Any], ...]
    mails: tuple[int, ...]
    """How many mails were in the inbox after each."""


def run(flow: Flow[Any, Any], *arguments: Any) -> State[Any]:
    """Run a flow to its end."""
    state: Any = flow(*arguments, return_state=True)
    assert isinstance(state, State)
    return state


@pytest.fixture(scope="module")
def ran(prefect: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The day's work, after all earlier steps were delivered."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = settle(tmp_path_factory.mktemp("daily"), monkeypatch)
        settings = read_settings()
        workplace = open_workplace(settings)
        with open_ledger(settings.database) as ledger:
            past(settings, workplace, ledger, every_day(date(2026, 9, 28), date(2026, 10, 21)))
        states: list[State[Any]] = []
        mails: list[int] = []
        for day in (DAY, DAY, SATURDAY):
            states.append(run(daily, day.isoformat()))
            mails.append(len(inbox(home)))
        yield Ran(home=home, states=tuple(states), mails=tuple(mails))


@pytest.fixture
def client() -> Iterator[SyncPrefectClient]:
    """Who asks the Prefect server what it recorded."""
    with get_client(sync_client=True) as asking:
        yield asking


def parts(client: SyncPrefectClient, state: State[Any]) -> dict[str, FlowRun]:
    """Return the runs of the parts of a daily run, by the part's name."""
    whole = state.state_details.flow_run_id
    assert whole
    tasks = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[whole])))
    children = [task.state.state_details.child_flow_run_id for task in tasks if task.state]
    found = client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[one for one in children if one])))
    return {one.name.split()[0]: one for one in found}


def task_runs(client: SyncPrefectClient, of: FlowRun) -> list[TaskRun]:
    """Return the task runs of a flow run; the server hears of them a moment later."""
    return client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[of.id])))


def artifact(client: SyncPrefectClient, of: FlowRun, key: str) -> Any:
    """Return what a flow run published under a key."""
    found = client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[of.id])))
    (one,) = [artifact for artifact in found if artifact.key == key]
    return one


def test_the_day_is_done_and_says_what_was_done(ran: Ran) -> None:
    state = ran.states[0]
    assert state.is_completed()
    assert str(state.message).startswith(
        "collect: 16 readings of 1 source: 15 new, 1 restated, 0 known already. assess: 168 obligations: "
    )
    assert str(state.message).endswith(
        " statuses moved today. remind: 17 digests chosen, 17 queued, 0 notices held back. deliver: 17 mails sent, 0 wait."
    )


def test_each_digest_is_in_the_inbox_once(ran: Ran) -> None:
    assert ran.mails[0] == 17
    assert len(set(inbox(ran.home))) == len(inbox(ran.home))


def test_a_second_run_of_the_day_sends_nothing(ran: Ran) -> None:
    assert ran.states[1].is_completed()
    assert ran.mails[1] == ran.mails[0]
    assert "remind: 0 digests chosen, 0 queued" in str(ran.states[1].message)


def test_every_run_that_completes_leaves_a_sign_of_life_also_on_a_saturday(ran: Ran) -> None:
    with open_ledger(f"sqlite:///{ran.home / 'ledger.sqlite'}") as ledger:
        beats = {flow: ledger.beats(PLAN, flow) for flow in ("remind", "deliver")}
    assert [[beat.day for beat in found] for found in beats.values()] == 2 * [[SATURDAY, DAY, DAY]]
    assert beats["remind"][-1].said == "17 digests chosen, 17 queued, 0 notices held back."
    assert beats["deliver"][-1].said == "17 mails sent, 0 wait."


def test_on_a_saturday_nothing_is_sent(ran: Ran) -> None:
    assert ran.states[2].is_completed()
    assert ran.mails[2] == ran.mails[0]
    assert "deliver: 0 mails sent, 0 wait" in str(ran.states[2].message)


def test_every_action_has_a_task_run_named_by_its_code(ran: Ran, client: SyncPrefectClient) -> None:
    remind = parts(client, ran.states[0])["remind"]
    codes = {action.id for action in open_workplace(read_settings()).plan.actions}
    assert len(codes) == 42

    def of_actions() -> dict[str, TaskRun] | None:
        named = {one.name: one for one in task_runs(client, remind) if one.name in codes}
        return named if len(named) == 42 and all(one.state and one.state.is_final() for one in named.values()) else None

    runs = eventually(of_actions)
    state = runs["1.1B"].state
    assert state
    assert state.is_completed()
    assert 'due 2026-10-14, overdue. Today: step "overdue" for 2026-27 Q1 to ' in str(state.message)


def test_the_artifact_of_obligations_lists_all_that_is_owed(ran: Ran, client: SyncPrefectClient) -> None:
    published = artifact(client, parts(client, ran.states[0])["assess"], "obligations")
    table = json.loads(published.data)
    assert len(table) == 168
    assert list(table[0]) == ["item", "title", "office", "owes", "period", "due", "status", "why"]
    assert {row["status"] for row in table if row["item"] == "1.1A"} == {"overdue"}
    assert published.description.startswith("What the plan owes on 2026-10-22: ")


def test_the_artifact_of_mails_lists_each_with_its_reasons(ran: Ran, client: SyncPrefectClient) -> None:
    published = artifact(client, parts(client, ran.states[0])["deliver"], "what-went-out")
    assert published.data.startswith("# What went out today, 2026-10-22\n\n17 sent; 0 notices held back.\n")
    assert published.data.count("@example.org: sent") == 17
    assert (
        "| 1.1B | overdue | 2026-10-14 | The check-in for 2026-27 Q1 was due on 2026-10-14, 6 working days ago"
        in published.data
    )


def test_a_part_that_fails_fails_the_run_at_its_end_and_the_rest_is_done(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://127.0.0.1:1")
    state = run(daily, DAY.isoformat())
    assert state.is_failed()
    failure = state.result(raise_on_failure=False)
    assert isinstance(failure, PartFailed)
    assert str(failure).startswith(
        "deliver failed: PLANKEEPER_SMTP_URL names a mail server, but PLANKEEPER_MAIL_ALLOW names no "
    )
    done = r"nothing was sent; .*\. collect: .*\. assess: .*\. remind: 17 digests chosen, "
    assert re.search(done, str(failure))
    assert isinstance(failure.__cause__, MailNotAllowed)
    assert exit_code(failure) == 1
    with open_ledger(read_settings().database) as ledger:
        assert len([moved for moved in ledger.movements(PLAN, on=DAY) if moved.aspect == OBLIGATION]) == 168
        assert ledger.counts(PLAN)[LetterState.QUEUED] == 17
        assert [beat.flow for beat in ledger.beats(PLAN, "remind", "deliver")] == ["remind"]


def test_a_dry_run_decides_everything_and_records_nothing(home: Path) -> None:
    state = run(daily, DAY.isoformat(), True)
    assert state.is_completed()
    assert str(state.message).endswith(
        " 0 statuses moved today. remind: 17 digests chosen, 0 queued, 0 notices held back. deliver: 0 mails sent, 0 wait."
    )
    ledger = read_ledger(read_settings().database)
    assert ledger
    with ledger:
        assert ledger.movements(PLAN, on=DAY) == ()
        assert ledger.outbox() == ()
        assert ledger.beats(PLAN, "remind", "deliver") == ()
    assert inbox(home) == []


@pytest.mark.parametrize("flow", [daily, assess, remind, deliver], ids=lambda flow: str(flow.name))
def test_a_scheduled_run_of_a_day_that_is_over_is_cancelled(
    flow: Flow[Any, Any], home: Path, client: SyncPrefectClient
) -> None:
    missed = datetime.now(UTC) - timedelta(days=3)  # noqa: TID251 - as a server does that comes back after three days
    scheduled = client.create_flow_run(flow, state=Scheduled(scheduled_time=missed))
    state: Any = run_flow(flow, flow_run=scheduled, parameters={"as_of": "today", "dry_run": False}, return_type="state")
    assert state.is_cancelled()
    assert state.message == OVER
    assert not (home / "ledger.sqlite").exists()


def test_a_run_that_reaches_the_ceiling_says_how_many_letters_wait(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_MAIL_CEILING", "10")
    run(remind, DAY.isoformat())
    said = [str(run(deliver, DAY.isoformat()).message) for _ in range(2)]
    assert said == [
        "10 mails sent, 7 wait; the ceiling of 10 mails a run was reached.",
        "7 mails sent, 0 wait.",
    ]
    assert len(inbox(home)) == 17


def test_a_channel_that_fails_fails_the_run_and_leaves_the_sign_that_mail_goes_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANKEEPER_CHANNELS", "gone")
    monkeypatch.setenv("PLANKEEPER_CHANNEL_GONE", "json://127.0.0.1:1/room")
    run(remind, DAY.isoformat())
    with open_ledger(read_settings().database) as ledger:
        to_room = {"kind": CHANNEL, "address": "gone", "content": b"1 escalation\n\n1.1A", "notices": (), "tellings": ()}
        ledger.post([letter("room", plan=PLAN, made_at=at(DAY), **to_room)])
        failure = run(deliver, DAY.isoformat()).result(raise_on_failure=False)
        said = "The channel gone cannot be reached."
        assert isinstance(failure, ChannelsFailed)
        assert str(failure) == said
        assert [beat.said for beat in ledger.beats(PLAN, "deliver")] == [said]
        assert ledger.counts(PLAN)[LetterState.SENT] == 17


def test_a_channel_that_fails_beside_the_mails_is_told_with_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_CHANNELS", "gone")
    monkeypatch.setenv("PLANKEEPER_CHANNEL_GONE", "json://127.0.0.1:1/room")
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://127.0.0.1:1")
    with open_ledger(read_settings().database) as ledger:
        to_room = {"kind": CHANNEL, "address": "gone", "content": b"1 escalation\n\n1.1A", "notices": (), "tellings": ()}
        ledger.post([letter("room", plan=PLAN, made_at=at(DAY), **to_room)])
    failure = run(deliver, DAY.isoformat()).result(raise_on_failure=False)
    assert isinstance(failure, MailNotAllowed)
    assert failure.__notes__ == ["The channel gone cannot be reached."]


def test_a_part_may_run_alone(home: Path) -> None:
    state = run(assess, DAY.isoformat())
    assert state.is_completed()
    assert str(state.message).startswith("168 obligations: ")
    assert str(state.message).endswith(" statuses moved today.")
