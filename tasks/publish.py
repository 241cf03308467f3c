"""Publish what was decided, where administrators look: as artifacts of the run in the Prefect UI."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from ledger.records import Movement, Posted
from plan.digests import HeldBack
from plan.model import Plan
from plan.standing import CHASED, ObligationStatus
from plan.tally import Tally
from tasks.judge import Assessed, Owed
from tasks.standings import standings

OBLIGATIONS, WENT_OUT, PLAN, MOVEMENTS, CHECK_INS = "obligations", "what-went-out", "plan", "movements", "check-ins"
DIFFERENCES = "differences"
"""Keys of the artifacts; each run adds a version."""
MOST_LINES = 500
"""How many mails or movements the markdown lists in full; the ledger has them all."""
GIVEN = frozenset({ObligationStatus.SUBMITTED, ObligationStatus.SUBMITTED_LATE})


@task(task_run_name="publish the plan", cache_policy=NO_CACHE)
def publish_plan(assessed: Assessed, *, as_of: date) -> None:
    """Publish the table of the whole plan: each item with its four statuses and why."""
    whole, _ = assessed.judged.whole
    create_table_artifact(
        key=PLAN,
        table=[one.row() for one in standings(assessed)],
        description=f"Where the plan stands on {as_of}: outcome {_words(whole.status)}. {whole.reason}",
    )


@task(task_run_name="publish check-ins", cache_policy=NO_CACHE)
def publish_check_ins(owed: Sequence[Owed], *, as_of: date) -> None:
    """Publish which share of the quarter's check-ins has been given, as a bar."""
    given, wanted, periods = check_ins(owed)
    said = f"{given} of {wanted} check-ins for {periods} given by {as_of}" if wanted else f"No check-in is asked for on {as_of}"
    create_progress_artifact(progress=100 * given / wanted if wanted else 0, key=CHECK_INS, description=f"{said}.")


@task(task_run_name="publish movements", cache_policy=NO_CACHE)
def publish_movements(moved: Sequence[Movement], plan: Plan, *, as_of: date) -> None:
    """Publish every change of status of a day."""
    create_markdown_artifact(
        key=MOVEMENTS, markdown=movements(moved, plan, as_of=as_of), description=f"What moved on {as_of}: {len(moved)} statuses"
    )


def check_ins(owed: Sequence[Owed]) -> tuple[int, int, str]:
    """Return how many check-ins are given, how many are asked for, given ones among them, and for which periods."""
    check_ins = (one.standing for one in owed if one.standing.obligation.kind == "check-in")
    asked = [judged for judged in check_ins if judged.status in CHASED | GIVEN]
    periods = sorted({str(judged.obligation.period) for judged in asked})
    return sum(1 for judged in asked if judged.status in GIVEN), len(asked), ", ".join(periods)


def movements(moved: Sequence[Movement], plan: Plan, *, as_of: date) -> str:
    """Return what moved on a day, as markdown; what was judged for the first time comes from nothing."""
    lines = [f"# What moved on {as_of}", "", f"{len(moved)} statuses changed."]
    if moved:
        lines += ["", "| item | title | what | from | to | why |", "|---|---|---|---|---|---|"]
    for one in moved[:MOST_LINES]:
        title = plan.items[one.item].title if one.item in plan.items else ""
        words = (one.item, title, one.aspect, _words(one.was or "not judged before"), _words(one.status), one.reason)
        lines.append(f"| {' | '.join(plain(word) for word in words)} |")
    if len(moved) > MOST_LINES:
        lines += ["", f"And {len(moved) - MOST_LINES} more; `plankeeper explain` shows those of an item."]
    return "\n".join(lines)


@task(task_run_name="publish obligations", cache_policy=NO_CACHE)
def publish_obligations(owed: Sequence[Owed], *, as_of: date) -> None:
    """Publish the table of all that the plan owes on a day."""
    counts = Counter(_words(one.standing.status) for one in owed)
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
        lines += [f"## {plain(letter.address)}: {letter.state.replace('_', ' ')}", "", plain(letter.reason), ""]
        lines += ["| item | step | due | why |", "|---|---|---|---|"]
        lines += (f"| {plain(n.item)} | {n.step} | {n.due} | {plain(n.reason)} |" for n in letter.notices)
        lines += [""]
    if len(letters) > MOST_LINES:
        lines += [f"And {len(letters) - MOST_LINES} mails more; `plankeeper outbox list` shows them all.", ""]
    if held_back:
        lines += ["## Held back", "", "| to | item | why |", "|---|---|---|"]
        lines += (
            f"| {plain(h.notice.to.address)} | {plain(h.notice.item)} | {plain(h.reason)} |" for h in held_back[:MOST_LINES]
        )
    return "\n".join(lines)


@task(task_run_name="publish differences", cache_policy=NO_CACHE)
def publish_differences(found: Tally) -> None:
    """Publish the keys that are missing in the outbox, and those that nothing calls for."""
    rows = (("missing", found.missing), ("not called for", found.unexpected))
    create_table_artifact(
        key=DIFFERENCES,
        table=[{"what": what, "key": key} for what, keys in rows for key in keys],
        description=f"{found}.",
    )


def _row(one: Owed) -> dict[str, str]:
    judged = one.standing
    return {
        "item": one.item.id,
        "title": one.item.title,
        "office": one.office,
        "owes": judged.obligation.kind,
        "period": str(judged.obligation.period),
        "due": judged.obligation.due.isoformat(),
        "status": _words(judged.status),
        "why": judged.reason,
    }


def _words(status: str) -> str:
    return status.replace("_", " ")


def plain(text: str) -> str:
    """Return text that markdown shows as it is: what people wrote makes no link, no markup and no column."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", " ".join(text.split()))
