"""The steps of the flow that rolls a quarter up: freeze, post, publish."""

from datetime import date, datetime

from prefect import task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from ledger.records import Frozen
from notifications.rollup import wording
from plan.periods import Period
from plan.rollup import Rollup, read_rollup
from tasks.board import allowed, board_letters, cabinet_letters, edition, file_name
from tasks.frozen import frozen, slug
from tasks.publish import plain
from tasks.settings import Settings
from tasks.workplace import Workplace

NAMES = {"html": "page", "pdf": "paper", "xlsx": "workbook", "json": "json"}
"""What the artifacts of a rollup's files are called, by ending."""


@task(task_run_name="freeze {period}", cache_policy=NO_CACHE)
def freeze_period(period: Period, workplace: Workplace, ledger: Ledger, *, at: datetime) -> Frozen:
    """Freeze a period with its four files as of its own day, or return what was frozen before."""
    return frozen(period, workplace, ledger, at=at)


@task(task_run_name="post {kept.period}", cache_policy=NO_CACHE)
def post_rollup(
    kept: Frozen, workplace: Workplace, ledger: Ledger, settings: Settings, *, on: date, at: datetime
) -> tuple[str, ...]:
    """Queue the cabinet's letters, and the board's if it is released; return the keys of those not queued before."""
    of, roster = edition(kept, workplace, ledger), workplace.reachable(ledger)
    letters = cabinet_letters(of, roster, settings, on=on, made_at=at)
    if ledger.released(kept.plan, kept.period):
        letters = (*letters, *board_letters(of, roster, settings, on=on, made_at=at))
    return ledger.post(allowed(letters, settings))


@task(task_run_name="publish {kept.period}", cache_policy=NO_CACHE)
def publish_rollup(kept: Frozen, settings: Settings) -> None:
    """Publish the first page as an artifact, and a link to each file."""
    rollup, address = read_rollup(kept.text), f"{settings.base_url}/rollups/{slug(kept.period)}"
    said = f"{wording.title(rollup)}: {wording.stand(rollup)}"
    create_markdown_artifact(key="rollup", markdown=first_page(rollup, address), description=said)
    for ending, name in NAMES.items():
        link = f"{address}/{file_name(kept.period, ending)}"
        create_link_artifact(key=f"rollup-{name}", link=link, link_text=file_name(kept.period, ending), description=said)


def first_page(rollup: Rollup, address: str) -> str:
    """Return the first page of a rollup as markdown."""
    lines = [f"# {plain(wording.title(rollup))}", "", f"{plain(wording.stand(rollup))}. [All of it]({address}).", ""]
    lines += [f"- {plain(said)}" for said in wording.coverage(rollup)]
    lines += ["", "| priority | outcome | implementation |", "|---|---|---|"]
    for one in rollup.priorities:
        words = (wording.mark(summed.status).word for summed in (one.outcome, one.implementation))
        lines.append(f"| {plain(one.id)} {plain(one.title)} | {' | '.join(words)} |")
    biggest = wording.biggest(rollup)
    lines += ["", "## What moved", "", *(f"- {plain(wording.moved(one))}. {plain(one.reason)}" for one in biggest)]
    lines += [] if biggest else [plain(wording.no_movement(rollup))]
    lines += [
        "",
        "## What is asked",
        "",
        *(f"- {plain(one.sentence)} {plain(wording.named(one.items))}" for one in rollup.asks),
    ]
    return "\n".join(lines if rollup.asks else [*lines, wording.NOTHING_ASKED])
