"""Count in the evening what the day called for against what the outbox holds; the difference has to be 0."""

from datetime import timedelta
from typing import Any

from prefect import flow
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over, now
from ledger.ledger import open_ledger
from ledger.records import Beat
from plan.tally import tally
from tasks.as_is import as_is
from tasks.publish import publish_differences
from tasks.settings import read_settings
from tasks.workplace import open_workplace

NAME = "count"
"""How the flow signs its beats."""


class KeysDiffer(Exception):
    """The outbox does not hold what the day called for; `plankeeper run daily` makes up for what is missing."""


@flow(
    flow_run_name="count {as_of}",
    description="Counts the steps that plan and calendar call for on a day against those in the outbox.",
)
def count(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Count a day's keys.

    Args:
        as_of: the day to count, as in 2026-10-22, or "today": the date of the scheduled start
        dry_run: count, but do not keep that it was counted
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    with open_ledger(settings.database) as ledger:
        situation = workplace.situation(ledger, as_of=day, told_since=False)
        at_dawn = ledger.facts(workplace.plan.id, known_by=day - timedelta(days=1))
        found = tally(situation, at_dawn, as_of=day)
        if not dry_run:
            ledger.beat(workplace.plan.id, Beat(flow=NAME, day=day, ended_at=now(), said=f"{found}."))
    if not found.is_even:
        publish_differences(as_is(found))
        raise KeysDiffer(f"{found}. What is missing goes out with the next run of `plankeeper run daily`.")
    return Completed(message=f"{found}.", data=found)
