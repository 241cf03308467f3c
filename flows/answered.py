"""What judges answers as they come in: an automation that hears of them from the pages, and starts a run of `assess`."""

import httpx

from flows.automations import deployment, set_automation
from tasks.hints import CHECK_IN, resource

NAME = "answers-judged"
"""What the automation is called."""
DEPLOYMENT = "assess/assess-answers"
"""What it runs: a deployment of its own, since its runs wait for one another, and of two scheduled ones one is cancelled."""


def judge_answers(api: httpx.Client, plan: str) -> None:
    """Have the server judge a plan each time that answers came in; done twice, it is one automation."""
    wanted = {
        "name": NAME,
        "description": "Judges again when the pages tell that answers came in.",
        "trigger": {
            "type": "event",
            "posture": "Reactive",
            "match": {"prefect.resource.id": resource(plan)},
            "expect": [CHECK_IN],
            "threshold": 1,
            "within": 0,
        },
        "actions": [{"type": "run-deployment", "source": "selected", "deployment_id": deployment(api, DEPLOYMENT)}],
    }
    set_automation(api, wanted)
