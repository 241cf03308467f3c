"""Choose who is told what today, and put it into the outbox: one digest for each person."""

from dataclasses import dataclass
from typing import Any

from prefect import flow, unmapped
from prefect.states import Cancelled, Completed

from flows.days import OVER, TODAY, day_asked, is_over, now
from ledger.ledger import open_ledger
from ledger.records import CHANNEL, Beat
from tasks.as_is import as_is
from tasks.choose import choose_for_actions, choose_for_measures_and_objectives, gather_digests, named, shares
from tasks.post import compose_letters, post_letters
from tasks.send import recover
from tasks.settings import read_settings
from tasks.workplace import open_workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What was chosen for a day."""

    chosen: int
    queued: int
    held_back: int

    def __str__(self) -> str:
        return f"{self.chosen} digests chosen, {self.queued} queued, {self.held_back} notices held back"


@flow(
    flow_run_name="remind {as_of}",
    description="Chooses today's steps of the ladder, one task run for each action, and queues one digest for each person.",
)
def remind(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Choose who is told what on a day, and queue it.

    Args:
        as_of: the day to act for, as in 2026-10-22, or "today": the date of the scheduled start
        dry_run: choose and write the letters, but queue nothing
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked(as_of, workplace)
    if is_over(as_of, day, workplace):
        return Cancelled(message=OVER)
    with open_ledger(settings.database) as ledger:
        if day in workplace.duties.days and not dry_run:
            recover(ledger, settings, at=now())
            ledger.supersede(workplace.plan.id, before=day)
            if not settings.catches_mail:
                ledger.release_caught(workplace.plan.id)
        situation = workplace.situation(ledger, as_of=day)
        taken = shares([action.id for action in workplace.plan.actions])
        runs = choose_for_actions.map(
            [named(codes) for codes in taken], taken, situation=unmapped(as_is(situation)), as_of=unmapped(day)
        )
        others = choose_for_measures_and_objectives(as_is(situation), as_of=day)
        notices = [notice for run in runs for notice in run.result()] + list(others)
        post = gather_digests(as_is(notices), as_is(situation), as_of=day)
        letters = compose_letters(as_is(post), as_is(situation), as_is(settings), as_of=day, made_at=now())
        queued = () if dry_run else post_letters(as_is(ledger), as_is(letters))
        digests = [letter.key for letter in letters if letter.kind != CHANNEL]
        found = Reminded(chosen=len(digests), queued=len(set(queued) & set(digests)), held_back=len(post.held_back))
        if not dry_run:
            ledger.beat(workplace.plan.id, Beat(flow="remind", day=day, ended_at=now(), said=f"{found}."))
    return Completed(message=f"{found}.", data=found)
