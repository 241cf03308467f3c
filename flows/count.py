"""Count in the evening what the day called for against what the outbox holds; the difference has to be 0."""

from datetime import timedelta
from typing import Any

from prefect import flow
from prefect.states import Completed

from flows.days import TODAY, day_asked, now
from ledger.ledger import open_ledger
from ledger.records import Beat
from plan.tally import tally
from tasks.as_is import as_is
from tasks.dawn import dawn, undone
from tasks.publish import publish_differences
from tasks.settings import read_settings
from tasks.week import EVEN, UNEVEN
from tasks.workplace import open_workplace

REMEDY = (
    "What is missing goes out with `plankeeper run daily` of the next working day; to whom no letter of the day was written,"
    " also with another run of the same day."
)


VISITS_KEPT = timedelta(days=1)
"""How long it stays known how often somebody came to the pages; no limit asks for longer than an hour."""


class KeysDiffer(Exception):
    """The outbox does not hold what the day called for; a later run of `plankeeper run daily` makes up for what is missing."""


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
    day = day_asked(as_of, workplace)  # also if the run comes late: no run of a later day counts this one
    with open_ledger(settings.database) as ledger:
        if not dry_run:
            ledger.pages.forget_visits(before=now() - VISITS_KEPT)
        evening = workplace.situation(ledger, as_of=day, told_since=False)
        at_dawn, at_noon = (of(workplace, ledger, evening, as_of=day) for of in (dawn, undone))
        found = tally(evening, at_dawn, undone=at_noon, as_of=day)
        if not dry_run:
            name = EVEN if found.is_even else UNEVEN
            ledger.beat(workplace.plan.id, Beat(flow=name, day=day, ended_at=now(), said=f"{found}."))
    if not found.is_even:
        publish_differences(as_is(found))
        raise KeysDiffer(f"{found}. {REMEDY}")
    return Completed(message=f"{found}.", data=found)
