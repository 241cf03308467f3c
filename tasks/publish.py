"""Publish what was decided, where administrators look: as artifacts of the run in the Prefect UI."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from ledger.records import Posted
from plan.digests import HeldBack
from tasks.judge import Owed

OBLIGATIONS, WENT_OUT = "obligations", "what-went-out"
"""Keys of the artifacts; each run adds a version."""
MOST_LINES = 500
"""How many mails the markdown lists in full; the ledger has them all."""


@task(task_run_name="publish obligations", cache_policy=NO_CACHE)
def publish_obligations(owed: Sequence[Owed], *, as_of: date) -> None:
    """Publish the table of all that the plan owes on a day."""
    counts = Counter(one.standing.status.replace("_", " ") for one in owed)
    create_table_artifact(
        key=OBLIGATIONS,
        table=[_row(one) for one in owed],
        description=f"What the plan owes on {as_of}: "
        + ", ".join(f"{number} {status}" for status, number in counts.most_common()),
    )


@task(task_run_name="publish what went out", cache_policy=NO_CACHE)
def publish_what_went_out(letters: Sequence[Posted], held_back: Sequence[HeldBack], *, as_of: date) -> None:
    """Publish every mail of a day with its reasons, and what was held back."""
    create_markdown_artifact(
        key=WENT_OUT, markdown=what_went_out(letters, held_back, as_of=as_of), description=f"Mail of {as_of}"
    )


def what_went_out(letters: Sequence[Posted], held_back: Sequence[HeldBack], *, as_of: date) -> str:
    """Return the mails of a day and what was held back, as markdown."""
    states = Counter(letter.state.replace("_", " ") for letter in letters)
    said = ", ".join(f"{number} {state}" for state, number in states.most_common()) or "no mail"
    lines = [f"# What went out today, {as_of}", "", f"{said.capitalize()}; {len(held_back)} notices held back.", ""]
    for letter in letters[:MOST_LINES]:
        lines += [f"## {_plain(letter.address)}: {letter.state.replace('_', ' ')}", "", _plain(letter.reason), ""]
        lines += ["| item | step | due | why |", "|---|---|---|---|"]
        lines += (f"| {_plain(n.item)} | {n.step} | {n.due} | {_plain(n.reason)} |" for n in letter.notices)
        lines += [""]
    if len(letters) > MOST_LINES:
        lines += [f"And {len(letters) - MOST_LINES} mails more; `plankeeper outbox list` shows them all.", ""]
    if held_back:
        lines += ["## Held back", "", "| to | item | why |", "|---|---|---|"]
        lines += (
            f"| {_plain(h.notice.to.address)} | {_plain(h.notice.item)} | {_plain(h.reason)} |" for h in held_back[:MOST_LINES]
        )
    return "\n".join(lines)


def _row(one: Owed) -> dict[str, str]:
    judged = one.standing
    return {
        "item": one.item.id,
        "title": one.item.title,
        "office": one.office,
        "owes": judged.obligation.kind,
        "period": str(judged.obligation.period),
        "due": judged.obligation.due.isoformat(),
        "status": judged.status.replace("_", " "),
        "why": judged.reason,
    }


def _plain(text: str) -> str:
    """Return text that markdown shows as it is: what people wrote makes no link, no markup and no column."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", " ".join(text.split()))
