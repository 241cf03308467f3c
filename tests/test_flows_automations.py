"""The automations on a real Prefect server without a worker: when the dead man's switch rings, and what answers start."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import yaml
from prefect.settings import get_current_settings

from flows import answered
from flows.answered import judge_answers
from flows.engine import any_port, api_client, server
from flows.switch import NAME, WITHIN, set_switch
from ledger.ledger import open_ledger
from notifications.inbox import inbox
from plan.watch import REMIND_BY
from tasks.hints import Events, Hints
from tasks.settings import CHECKOUT, Settings
from tasks.watch import alarm_token
from tests.commands import eventually, settle
from tests.web_builders import PLAN
from web.__main__ import listen
from web.__main__ import server as pages_server

MONDAY = datetime(2026, 11, 2, 17, tzinfo=UTC)
"""Ten in the morning where the plan is kept."""
SOON = timedelta(seconds=10)
"""The shortest time that a switch may wait."""
BRISK = {
    "SERVICES_TRIGGERS_ENABLED": "true",
    "SERVICES_EVENT_PERSISTER_ENABLED": "true",
    "SERVICES_LATE_RUNS_ENABLED": "true",
    "SERVICES_LATE_RUNS_AFTER_SECONDS": "1",
    "SERVICES_LATE_RUNS_LOOP_SECONDS": "1",
    "EVENTS_PROACTIVE_GRANULARITY": "PT1S",
}
"""A server that looks for late runs and silence each second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A server on which everything went wrong that can, and what came of it."""

    settings: Settings
    api: httpx.Client
    bells: tuple[str, ...]
    """At which deployments' switches it rang, besides that of `remind`."""


@contextmanager
def pages(settings: Settings) -> Iterator[str]:
    """Serve the real pages, on a working day."""
    serving = pages_server(settings, now=lambda: MONDAY)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            serving.should_exit = True
            thread.join(30)


@contextmanager
def bells() -> Iterator[tuple[str, list[str]]]:
    """Listen on this machine, and note under which path it rings."""
    heard: list[str] = []

    class Bell(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path.removeprefix("/"))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Bell) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}", heard
        finally:
            listening.shutdown()
            thread.join(30)


def asked(api: httpx.Client, path: str, **body: Any) -> Any:
    return api.post(path, json=body).raise_for_status().json()


def deploy(api: httpx.Client, name: str) -> str:
    """Deploy a flow as prefect.yaml does: one run at a time, and a second one is cancelled."""
    one = {"concurrency_limit": 1, "concurrency_options": {"collision_strategy": "CANCEL_NEW"}}
    return deploy_so(api, name, flow=name, **one)


def deploy_so(api: httpx.Client, name: str, *, flow: str, **more: Any) -> str:
    flow_id = asked(api, "/flows/", name=flow)["id"]
    return str(asked(api, "/deployments/", name=name, flow_id=flow_id, **more)["id"])


def run(api: httpx.Client, deployment: str, *states: str) -> None:
    """Have a run of a deployment go through states, as a worker would tell of them."""
    made = asked(api, f"/deployments/{deployment}/create_flow_run", state={"type": "SCHEDULED"})["id"]
    for state in states:
        asked(api, f"/flow_runs/{made}/set_state", state={"type": state, "name": state.capitalize()})


def automations(api: httpx.Client, name: str = NAME) -> list[Any]:
    return list(asked(api, "/automations/filter", automations={"name": {"any_": [name]}}))


def copy_switch(api: httpx.Client, deployment: str, bell: str) -> None:
    """Have the same switch wait for another deployment, and ring at a bell."""
    (switch,) = automations(api)
    block = api.get(f"/block_documents/{switch['actions'][0]['block_document_id']}").raise_for_status().json()
    shared = {key: block[key] for key in ("block_type_id", "block_schema_id")}
    name = bell.rpartition("/")[2]
    other = asked(api, "/block_documents/", name=name, data={"url": bell}, **shared)["id"]
    trigger = switch["trigger"] | {"id": None}
    trigger["match_related"] |= {"prefect.resource.id": f"prefect.deployment.{deployment}"}
    actions = [{"type": "call-webhook", "block_document_id": other}]
    asked(api, "/automations/", name=name, trigger={k: v for k, v in trigger.items() if v is not None}, actions=actions)


HAPPENED: dict[str, list[tuple[str, ...]]] = {
    "well": [("PENDING", "RUNNING", "COMPLETED")],
    "failed": [("PENDING", "RUNNING", "FAILED")],
    "crashed": [("PENDING", "CRASHED")],
    "hung": [("PENDING", "RUNNING")],
    "cancelled": [("CANCELLED",)],
    "late-made-up-for": [(), ("PENDING", "RUNNING", "COMPLETED")],
    "idle": [],
}
"""What happened to the runs of each deployment, besides `remind`, whose run nobody took up."""


@pytest.fixture(scope="module")
def rung(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rung]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings = Settings(home=settle(tmp_path_factory.mktemp("switch"), monkeypatch))
        for name, value in BRISK.items():
            monkeypatch.setenv(f"PREFECT_SERVER_{name}", value)
        with (
            server(settings, any_port(), for_one_run=True) as api_url,
            api_client(api_url) as api,
            pages(settings) as address,
            bells() as (bell, heard),
        ):
            remind = deploy(api, "remind")
            for _ in range(2):
                set_switch(api, settings, pages=address, within=SOON)
            others = {name: deploy(api, name) for name in HAPPENED}
            for name, deployment in others.items():
                copy_switch(api, deployment, f"{bell}/{name}")
            for name, deployment in others.items():
                for states in HAPPENED[name]:
                    run(api, deployment, *states)
            run(api, remind)
            # It is the last to be silent: whatever rings besides has rung before.
            eventually(lambda: settings.inbox.exists() and inbox(settings.inbox))
            eventually(lambda: executed(api))
            yield Rung(settings=settings, api=api, bells=tuple(sorted(heard)))


def executed(api: httpx.Client) -> list[Any]:
    """Return what the server noted of the calls of the switch."""
    since = {"since": "2026-01-01T00:00:00Z"}
    wanted = {"occurred": since, "event": {"name": ["prefect.automation.action.executed"]}}
    found = asked(api, "/events/filter", filter=wanted, limit=50)["events"]
    return [event for event in found if event["resource"]["prefect.resource.name"] == NAME]


def test_a_run_that_nobody_takes_up_has_the_office_that_keeps_the_plan_told(rung: Rung) -> None:
    (mail,) = inbox(rung.settings.inbox)
    assert mail.subject.endswith(", alert: Reminders have stopped")
    assert mail.to.endswith("<strategic-planning@example.org>")
    with open_ledger(rung.settings.database) as ledger:
        assert len(ledger.outbox(PLAN)) == 1


def test_it_rings_where_no_run_completes_and_not_where_one_does_or_none_was_to_begin(rung: Rung) -> None:
    assert rung.bells == ("cancelled", "crashed", "failed", "hung")


def test_what_it_did_is_seen_among_the_servers_events(rung: Rung) -> None:
    (event,) = executed(rung.api)
    assert event["payload"]["status_code"] == 202
    assert event["payload"]["response_body"].endswith(" An alert is written.\n")


def test_set_twice_it_is_one_switch_and_one_block_and_waits_on(rung: Rung) -> None:
    (before,) = automations(rung.api)
    blocks = asked(rung.api, "/block_documents/filter", block_documents={"name": {"any_": [NAME]}})
    set_switch(rung.api, rung.settings, pages="http://127.0.0.1:1", within=SOON)
    assert automations(rung.api) == [before]
    after = asked(rung.api, "/block_documents/filter", block_documents={"name": {"any_": [NAME]}}, include_secrets=True)
    assert [one["id"] for one in after] == [one["id"] for one in blocks]
    assert after[0]["data"]["url"] == "http://127.0.0.1:1/alarm"


def test_a_switch_that_is_not_what_it_should_be_is_made_anew(rung: Rung) -> None:
    (before,) = automations(rung.api)
    set_switch(rung.api, rung.settings, pages="http://127.0.0.1:1", within=2 * SOON)
    (after,) = automations(rung.api)
    assert after["id"] != before["id"]
    assert after["trigger"]["within"] == 20
    set_switch(rung.api, rung.settings, pages="http://127.0.0.1:1", within=SOON)


def test_the_token_is_in_no_log_and_shown_to_nobody(rung: Rung) -> None:
    token = alarm_token(rung.settings)
    logs = [path.read_text(encoding="utf-8") for path in (rung.settings.home / "logs").iterdir()]
    assert logs
    assert not [log for log in logs if token in log]
    blocks = asked(rung.api, "/block_documents/filter", block_documents={"name": {"any_": [NAME]}})
    assert token not in json.dumps([blocks, automations(rung.api), executed(rung.api)])


def test_the_switch_of_the_morning_run_rings_when_the_day_counts_as_missed_however_early_a_worker_takes_it() -> None:
    deployments = (CHECKOUT / "prefect.yaml").read_text(encoding="utf-8").split("- name: ")
    remind = next(one for one in deployments if one.startswith("remind\n"))
    assert '{cron: "30 7 * * 1-5", timezone: America/Denver}' in remind
    begins = timedelta(hours=7, minutes=30)
    missed = timedelta(hours=REMIND_BY.hour, minutes=REMIND_BY.minute)
    earliest = begins - timedelta(seconds=get_current_settings().worker.prefetch_seconds) + WITHIN
    assert missed + timedelta(minutes=1) < earliest < begins + WITHIN <= missed + timedelta(minutes=5)


# --- answers ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judging(rung: Rung) -> Rung:
    """The server, with the deployment that judges answers as prefect.yaml has it, and its automation set twice."""
    deployments = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    found = next(one for one in deployments if one["name"] == "assess-answers")
    limit = found["concurrency_limit"]
    queued = {"concurrency_limit": limit["limit"], "concurrency_options": {"collision_strategy": limit["collision_strategy"]}}
    deploy_so(rung.api, "assess-answers", flow="assess", tags=found["tags"], **queued)
    for _ in range(2):
        judge_answers(rung.api, PLAN)
    return rung


def events(api: httpx.Client) -> Events:
    return Events(str(api.base_url).rstrip("/"), "", lambda: datetime.now(UTC))  # noqa: TID251 - the server has a clock, too


def runs(api: httpx.Client, *, at_least: int) -> list[Any]:
    """Return the runs that judge answers, as soon as there are so many."""

    def found() -> list[Any]:
        every = asked(api, "/flow_runs/filter", deployments={"name": {"any_": ["assess-answers"]}})
        return list(every) if len(every) >= at_least else []

    return list(eventually(found))


def test_a_burst_of_answers_starts_one_run_and_an_answer_after_it_another(judging: Rung) -> None:
    waiting: list[Any] = []
    hints = Hints(events(judging.api).tell, waiting.append)
    for _ in range(50):
        hints.answered(PLAN)
    waiting.pop()()
    (first,) = runs(judging.api, at_least=1)
    assert first["tags"] == ["answers-came-in"]
    assert first["created_by"]["display_value"] == "answers-judged"
    assert first["parameters"] == {}
    hints.answered("another-plan")
    waiting.pop()()
    hints.answered(PLAN)
    waiting.pop()()
    assert len(runs(judging.api, at_least=2)) == 2
    assert not waiting


def test_set_twice_it_is_one_automation(judging: Rung) -> None:
    (before,) = automations(judging.api, answered.NAME)
    judge_answers(judging.api, PLAN)
    assert automations(judging.api, answered.NAME) == [before]


def test_one_that_somebody_switched_off_stays_off_also_when_it_is_made_anew(judging: Rung) -> None:
    (before,) = automations(judging.api, answered.NAME)
    judging.api.patch(f"/automations/{before['id']}", json={"enabled": False}).raise_for_status()
    judge_answers(judging.api, PLAN)
    assert [one["enabled"] for one in automations(judging.api, answered.NAME)] == [False]
    judge_answers(judging.api, "another-plan")
    (anew,) = automations(judging.api, answered.NAME)
    assert anew["trigger"]["match"] == {"prefect.resource.id": "plankeeper.plan.another-plan"}
    assert not anew["enabled"]
