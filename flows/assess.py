"""Judge where everything stands, and keep what moved."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prefect import flow
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over
from ledger.ledger import open_ledger
from tasks import judge
from tasks.as_is import as_is
from tasks.publish import publish_check_ins, publish_movements, publish_obligations, publish_plan
from tasks.settings import read_settings
from tasks.workplace import open_workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What an assessment found."""

    obligations: tuple[str, ...]
    """The status of each."""
    measures: tuple[str, ...]
    actions: tuple[str, ...]
    """What is reported of each action."""
    moved: int

    def __str__(self) -> str:
        kinds = (("obligations", self.obligations), ("measures", self.measures), ("actions", self.actions))
        judged = "; ".join(f"{len(statuses)} {name}: {_counted(statuses)}" for name, statuses in kinds)
        return f"{judged}; {self.moved} statuses moved today"


@flow(
    flow_run_name="assess {as_of}",
    description="Judges what is owed, every measure and action, and what they come to, and keeps each change of status.",
)
def assess(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Judge everything of the plan.

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
        assessed = judge.judge_plan(as_is(situation), as_of=day)
        judgements = as_is(assessed.judgements)
        moved = () if dry_run else judge.save_judgements(as_is(ledger), workplace.plan.id, judgements, as_of=day)
    publish_plan(as_is(assessed), as_of=day)
    publish_obligations(as_is(assessed.owed), as_of=day)
    publish_check_ins(as_is(assessed.owed), as_of=day)
    publish_movements(as_is(moved), as_is(workplace.plan), as_of=day)
    found = _found(assessed, moved=len(moved))
    return Completed(message=f"{found}.", data=found)


def _found(assessed: judge.Assessed, *, moved: int) -> Assessed:
    judged = assessed.judged
    return Assessed(
        obligations=tuple(one.standing.status for one in assessed.owed),
        measures=tuple(status for _, status, _ in judged.statuses()),
        actions=tuple(reported.status for reported in judged.reported.values()),
        moved=moved,
    )


def _counted(statuses: Iterable[str]) -> str:
    """Return how many there are of each status, the most frequent first."""
    return ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in Counter(statuses).most_common())
