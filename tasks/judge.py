"""Judge how every obligation stands, and keep what moved."""

from dataclasses import dataclass
from datetime import date

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from ledger.records import Judgement, Movement
from plan.ladder import Situation
from plan.model import Item
from plan.standing import Standing, standing

OBLIGATION = "obligation"
"""The aspect of an item that a judgement of its obligation is kept under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An item with what it owes now, and the office that answers for it."""

    item: Item
    office: str
    standing: Standing


def owed_now(situation: Situation, *, as_of: date) -> tuple[Owed, ...]:
    """Return, for each item in the plan's order, what it owes now: what was opened last, else what opens first."""
    found = ((item, situation.duties.current(item, as_of=as_of)) for item in situation.plan.items.values())
    return tuple(
        Owed(
            item=item,
            office=situation.roster.office_title(item.id),
            standing=standing(one, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=as_of),
        )
        for item, one in found
        if one is not None
    )


@task(task_run_name="judge obligations", cache_policy=NO_CACHE)
def judge_obligations(situation: Situation, *, as_of: date) -> tuple[Owed, ...]:
    """Judge what every item of the plan owes on a day."""
    return owed_now(situation, as_of=as_of)


@task(task_run_name="save judgements", cache_policy=NO_CACHE)
def save_judgements(ledger: Ledger, plan: str, owed: tuple[Owed, ...], *, as_of: date) -> tuple[Movement, ...]:
    """Keep every change of status, and return those of the day."""
    judgements = [
        Judgement(item=one.item.id, aspect=OBLIGATION, status=one.standing.status, reason=one.standing.reason) for one in owed
    ]
    return ledger.record_judgements(plan, judgements, on=as_of)
