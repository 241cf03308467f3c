"""The automations of the Prefect server: each stands once however often it is set, and stays off where somebody has it off."""

from typing import Any

import httpx


def set_automation(api: httpx.Client, wanted: dict[str, Any]) -> None:
    """Have an automation stand under its name as it is wanted.

    One that stands so already is left alone, so that a wait which has begun goes on.

    Args:      wanted: its name, description, trigger and one action
    """
    named = {"automations": {"name": {"any_": [wanted["name"]]}}}
    found = api.post("/automations/filter", json=named).raise_for_status().json()
    if len(found) == 1 and _holds(found[0], wanted):
        return
    for one in found:
        api.delete(f"/automations/{one['id']}").raise_for_status()
    enabled = all(one["enabled"] for one in found)
    api.post("/automations/", json=wanted | {"enabled": enabled}).raise_for_status()


def deployment(api: httpx.Client, name: str) -> str:
    """Return the id of a deployment.

    Args:      name: of the flow and of the deployment, as in assess/assess-answers
    """
    found = api.get(f"/deployments/name/{name}").raise_for_status().json()
    return str(found["id"])


def _holds(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Return whether an automation is what it should be, whatever else the server notes of it."""
    trigger, action = found["trigger"], found["actions"][0]
    as_given = {key: sorted(value) if isinstance(value, list) else value for key, value in trigger.items()}
    return bool(as_given | wanted["trigger"] == as_given and action | wanted["actions"][0] == action)
