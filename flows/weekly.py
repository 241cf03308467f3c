"""Write the week's mails: an overview to owners of whom something is open, and to who keeps the plan what needs somebody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prefect import flow
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over, now
from ledger.ledger import open_ledger
from ledger.records import Beat
from plan.overview import LeftOut, WhyNot
from plan.wording import counted, listed
from tasks.as_is import as_is
from tasks.post import post_letters
from tasks.settings import read_settings
from tasks.weekly import NAME, choose_overviews, compose_overviews, compose_the_week, written_on
from tasks.workplace import open_workplace

_LEFT_OUT = {
    WhyNot.TURNED_OFF: "turned off by {}",
    WhyNot.NOTHING_OPEN: "nothing open of {}",
    WhyNot.HAS_DIGEST: "today's digest instead for {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written for a week."""

    overviews: int = 0
    left_out: tuple[tuple[WhyNot, int], ...] = ()
    """How many get no overview, by why."""
    weeks: int = 0
    """To how many people the mail to who keeps the plan goes."""
    queued: int = 0
    why_not: str = ""
    """Why there was nothing to write on the day; empty: there was."""

    def __str__(self) -> str:
        if self.why_not:
            return f"{self.why_not}; nothing was written"
        without = listed([_LEFT_OUT[why].format(count) for why, count in self.left_out])
        return (
            f"{counted(self.overviews, 'overview')}{f' ({without})' if without else ''}, "
            f"{counted(self.weeks, 'mail')} to who keeps the plan; {self.queued} queued"
        )


@flow(
    flow_run_name="weekly {as_of}",
    description="Once a week writes owners an overview, and who keeps the plan what needs somebody.",
)
def weekly(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Write the week's mails; the next run of deliver sends them.

    Args:
        as_of: the day to act for, as in 2026-11-02, or "today": the date of the scheduled start
        dry_run: choose and write the mails, but queue nothing
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    if day not in workplace.duties.days:
        return _completed(Written(why_not="not a working day"))
    with open_ledger(settings.database) as ledger:
        before = written_on(ledger, workplace.plan.id, before=day)
        if before is not None:
            return _completed(Written(why_not=f"the mails of the week were written on {before}"))
        at, situation = now(), workplace.situation(ledger, as_of=day)
        chosen = choose_overviews(as_is(situation), as_is(ledger), as_of=day)
        overviews = compose_overviews(as_is(chosen), as_is(situation), as_is(settings), made_at=at)
        week = compose_the_week(as_is(situation), as_is(workplace), as_is(ledger), as_is(settings), as_of=day, made_at=at)
        queued = () if dry_run else post_letters(as_is(ledger), as_is((*overviews, *week)))
        left_out = tuple(_counts(chosen.left_out))
        found = Written(overviews=len(overviews), left_out=left_out, weeks=len(week), queued=len(queued))
        if not dry_run:
            ledger.beat(workplace.plan.id, Beat(flow=NAME, day=day, ended_at=now(), said=f"{found}."))
    return _completed(found)


def _counts(left_out: Iterable[LeftOut]) -> Iterable[tuple[WhyNot, int]]:
    counts = Counter(one.why for one in left_out)
    return ((why, counts[why]) for why in WhyNot if counts[why])


def _completed(found: Written) -> Any:
    return Completed(message=f"{found}.", data=found)
