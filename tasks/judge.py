"""Judge everything that a plan says and owes on a day, and keep what moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from ledger.records import Judgement, Movement
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Item
from plan.standing import Standing, standing

OBLIGATION, OUTCOME, IMPLEMENTATION, EVIDENCE = "obligation", "outcome", "implementation", "evidence"
"""The aspects that judgements are kept under: of all items; of measures and what sums them up; of actions; of actions.

Each milestone of a measure is an aspect of its own besides.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An item with what it owes now, and the office that answers for it."""

    item: Item
    office: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """A plan judged on a day: what it owes, and where it stands."""

    situation: Situation
    owed: tuple[Owed, ...]
    judged: Judged
    judgements: tuple[Judgement, ...]
    """Every status of every aspect, in the order in which they are kept."""


def owed_now(situation: Situation, *, as_of: date) -> tuple[Owed, ...]:
    """Return, for each item in the plan's order, what it owes now: what was opened last, else what opens first."""
    found = ((item, situation.duties.current(item, as_of=as_of)) for item in situation.plan.items.values())
    return tuple(
        Owed(
            item=item,
            office=situation.roster.office_title(item.id, as_of=as_of),
            standing=standing(one, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=as_of),
        )
        for item, one in found
        if one is not None
    )


def assessed(situation: Situation, *, as_of: date) -> Assessed:
    """Judge everything once: what is owed, every measure and action, and what they come to."""
    owed, judged = owed_now(situation, as_of=as_of), Judged(situation.duties, situation.facts, as_of)
    judgements = (*_obligations(owed), *_outcomes(judged), *_milestones(judged), *_of_actions(judged))
    return Assessed(situation=situation, owed=owed, judged=judged, judgements=judgements)


@task(task_run_name="judge the plan", cache_policy=NO_CACHE)
def judge_plan(situation: Situation, *, as_of: date) -> Assessed:
    """Judge everything of the plan on a day."""
    return assessed(situation, as_of=as_of)


@task(task_run_name="save judgements", cache_policy=NO_CACHE)
def save_judgements(ledger: Ledger, plan: str, judgements: tuple[Judgement, ...], *, as_of: date) -> tuple[Movement, ...]:
    """Keep every change of status, and return those of the day."""
    return ledger.record_judgements(plan, judgements, on=as_of)


def _obligations(owed: tuple[Owed, ...]) -> Iterator[Judgement]:
    for one in owed:
        stands = one.standing
        yield Judgement(item=one.item.id, aspect=OBLIGATION, status=stands.status, reason=stands.reason)


def _outcomes(judged: Judged) -> Iterator[Judgement]:
    """Yield the outcome of measures, objectives, priorities and the plan."""
    for code, status, reason in judged.statuses():
        yield Judgement(item=code, aspect=OUTCOME, status=status, reason=reason)
    whole, _ = judged.whole
    for code, found in {**judged.outcomes, judged.duties.plan.id: whole}.items():
        yield Judgement(item=code, aspect=OUTCOME, status=found.status, reason=found.reason)


def _milestones(judged: Judged) -> Iterator[Judgement]:
    for one in judged.milestones:
        yield Judgement(item=one.measure, aspect=one.aspect, status=one.status, reason=one.reason)


def _of_actions(judged: Judged) -> Iterator[Judgement]:
    for code, reported in judged.reported.items():
        shown = judged.shown(code)
        yield Judgement(item=code, aspect=IMPLEMENTATION, status=reported.status, reason=reported.reason)
        yield Judgement(item=code, aspect=EVIDENCE, status=shown.status, reason=shown.reason)
