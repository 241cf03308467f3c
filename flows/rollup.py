"""Freeze the quarters and years whose day has come, and bring the new ones to the cabinet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect import flow
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over, now
from flows.deliver import deliver
from ledger.ledger import open_ledger
from ledger.records import Frozen
from plan.freeze import FRESH_DAYS
from tasks.as_is import as_is
from tasks.frozen import due
from tasks.rollup import freeze_period, post_rollup, publish_rollup
from tasks.settings import read_settings
from tasks.workplace import open_workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledUp:
    """What became of the rollups that were due."""

    frozen: tuple[str, ...]
    """The periods whose day of freezing has come, the latest last."""
    fresh: tuple[str, ...]
    """Those of them that are new enough to be mailed."""
    queued: int = 0
    delivered: str = ""
    is_done: bool = True
    """Whether it was done, and not only looked at."""

    def __str__(self) -> str:
        if not self.frozen:
            return "no period's day of freezing has come yet"
        if not self.is_done:
            return f"due: {', '.join(self.frozen)}; nothing was written or sent"
        mailed = f"{', '.join(self.fresh)} mailed, {self.queued} letters new" if self.fresh else "too long ago to be mailed"
        return f"frozen up to {self.frozen[-1]}; {mailed}; {self.delivered}"


@flow(
    flow_run_name="rollup {as_of}",
    description="Freezes each quarter 13 working days after it closes, renders it, and sends it to the cabinet.",
)
def rollup(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Roll up what is due.

    Args:
        as_of: the day to act for, as in 2026-10-22, or "today": the date of the scheduled start
        dry_run: say what is due, but freeze and send nothing
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    at, days = now(), workplace.duties.days
    periods = tuple(due(workplace, today=min(day, workplace.today(at))))  # what is frozen stays so: never before its day
    if dry_run or not periods or day not in days:
        found = RolledUp(frozen=tuple(map(str, periods)), fresh=(), is_done=False)
        return Completed(message=f"{found}.", data=found)
    queued = 0
    with open_ledger(settings.database) as ledger:
        kept = [freeze_period(one, as_is(workplace), as_is(ledger), at=at) for one in periods]
        fresh = [one for one in kept if days.between(one.frozen_on, day) <= FRESH_DAYS]
        for one in fresh:
            queued += len(post_rollup(one, as_is(workplace), as_is(ledger), as_is(settings), on=day, at=at))
    publish_rollup(kept[-1], as_is(settings))
    sent = str(deliver(day.isoformat()))
    found = RolledUp(frozen=_names(kept), fresh=_names(fresh), queued=queued, delivered=sent)
    return Completed(message=f"{found}.", data=found)


def _names(kept: Sequence[Frozen]) -> tuple[str, ...]:
    return tuple(one.period for one in kept)
