"""The dead man's switch: an automation of the Prefect server that calls the pages when no run of `remind` completes in time.

The server alone works it. Late is what it calls a run that nobody takes up, so it fires also where no worker lives; and the
pages write the alert, so no flow has to run. They look into the ledger first whether anybody is to be told.
"""

from datetime import timedelta
from typing import Any

import httpx

from flows.automations import deployment, set_automation
from tasks.settings import Settings
from tasks.watch import ALARM, REMIND, alarm_token

NAME = "reminders-stopped"
"""What the automation and the block with the pages' address are called; one of each at most."""
WITHIN = timedelta(minutes=95)
"""How long after a run begins, or should have begun, one has to have completed; the run of 07:30 has until 09:05.

That is later than the 09:00 from which the pages call a day missed: a worker takes a run some seconds before its time, and a
bell that rings before 09:00 would be told that nothing is missed yet, and ring no more that day.
"""
BEGUN = ("Cancelled", "Late", "Pending", "Running")
"""What is heard of a run first: its place was taken, nobody took it up, or somebody did."""


def set_switch(api: httpx.Client, settings: Settings, *, pages: str, within: timedelta = WITHIN) -> None:
    """Have the server ring at the pages when no run of the deployment `remind` completes in time; done twice, it is one.

    What stands already is left alone, also switched off, so that a wait which has begun goes on.

    Args:      pages: where the pages are, as this machine reaches them
               within: at least 10 seconds
    """
    wanted = {
        "name": NAME,
        "description": "Rings at the pages when no run of remind completed in time, so that an alert goes out.",
        "trigger": _trigger(deployment(api, f"{REMIND}/{REMIND}"), within),
        "actions": [{"type": "call-webhook", "block_document_id": _call(api, settings, pages), "payload": ""}],
    }
    set_automation(api, wanted)


def _trigger(remind: str, within: timedelta) -> dict[str, Any]:
    """Return when the switch fires: a run began, or should have, and in the time after that none completed.

    One wait for the deployment, not for each run: of the runs missed in an outage it fires once, and not if today's completes.
    """
    return {
        "type": "event",
        "posture": "Proactive",
        "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "match_related": {"prefect.resource.id": f"prefect.deployment.{remind}", "prefect.resource.role": "deployment"},
        "for_each": ["related:deployment:prefect.resource.id"],  # without it the server waits also where no run began
        "after": [f"prefect.flow-run.{state}" for state in BEGUN],
        "expect": ["prefect.flow-run.Completed"],
        "threshold": 1,
        "within": within.total_seconds(),
    }


def _call(api: httpx.Client, settings: Settings, pages: str) -> str:
    """Write the call into a block, whose secrets the server encrypts and shows nobody; return its id."""
    kind = api.get("/block_types/slug/webhook").raise_for_status().json()["id"]
    content = {
        "method": "POST",
        "url": f"{pages}{ALARM}",
        "headers": {"Authorization": f"Bearer {alarm_token(settings)}"},
        "allow_private_urls": True,  # the pages are on this machine
    }
    block = api.get(f"/block_types/slug/webhook/block_documents/name/{NAME}")
    if block.is_success:
        changed = {"data": content, "merge_existing_data": False}
        api.patch(f"/block_documents/{block.json()['id']}", json=changed).raise_for_status()
        return str(block.json()["id"])
    of_kind = {"block_schemas": {"block_type_id": {"any_": [kind]}}}
    schema = api.post("/block_schemas/filter", json=of_kind).raise_for_status().json()[0]["id"]
    new = {"name": NAME, "data": content, "block_type_id": kind, "block_schema_id": schema}
    made = api.post("/block_documents/", json=new).raise_for_status().json()
    return str(made["id"])
