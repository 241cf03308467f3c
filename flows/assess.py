"""Judge where everything stands, and keep what moved."""

from dataclasses import dataclass
from typing import Any

from prefect import flow
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over
from ledger.ledger import open_ledger
from tasks.as_is import as_is
from tasks.judge import judge_obligations, save_judgements
from tasks.publish import publish_obligations
from tasks.settings import read_settings
from tasks.workplace import open_workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What an assessment found."""

    judged: int
    moved: int

    def __str__(self) -> str:
        return f"{self.judged} obligations judged, {self.moved} moved today"


@flow(
    flow_run_name="assess {as_of}",
    description="Judges every obligation of the plan and keeps each change of status with its reason.",
)
def assess(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Judge every obligation of the plan.

    Args:
        as_of: the day to judge, as in 2026-10-22, or "today": the date of the scheduled start
        dry_run: judge and show, but record nothing
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    with open_ledger(settings.database) as ledger:
        situation = workplace.situation(ledger, as_of=day, told_since=False)
        owed = judge_obligations(as_is(situation), as_of=day)
        moved = () if dry_run else save_judgements(as_is(ledger), workplace.plan.id, as_is(owed), as_of=day)
    publish_obligations(as_is(owed), as_of=day)
    found = Assessed(judged=len(owed), moved=len(moved))
    return Completed(message=f"{found}.", data=found)
