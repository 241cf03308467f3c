"""Choose who is told what today: one task run for each strategic action, named by its code."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from plan.digests import Post, gather, notices_about
from plan.ladder import Notice, Situation
from plan.standing import standing

SINGLY = 200
"""Up to how many actions each one has a task run of its own; beyond, a run takes several."""
MOST_RUNS = 50
"""How many task runs for actions a flow run has at most, where they are taken together."""


def shares(codes: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the codes as the task runs take them: one each, or so many together that the server keeps up."""
    size = 1 if len(codes) <= SINGLY else -(-len(codes) // MOST_RUNS)
    return [tuple(codes[start : start + size]) for start in range(0, len(codes), size)]


def named(codes: Sequence[str]) -> str:
    """Return the name of a task run: the action's code, or the first and last of several."""
    return codes[0] if len(codes) == 1 else f"{codes[0]} to {codes[-1]}"


@task(task_run_name="{name}", cache_policy=NO_CACHE)
def choose_for_actions(name: str, codes: tuple[str, ...], situation: Situation, *, as_of: date) -> Any:  # noqa: ARG001 - names the run
    """Resolve owner, due date and step of actions; the state's message says who is asked for what by when."""
    notices = _chosen(codes, situation, as_of)
    said = " ".join(_said(code, notices, situation, as_of) for code in codes) if len(codes) == 1 else f"{len(notices)} notices"
    return Completed(message=said, data=notices)


@task(task_run_name="measures and objectives", cache_policy=NO_CACHE)
def choose_for_measures_and_objectives(situation: Situation, *, as_of: date) -> tuple[Notice, ...]:
    """Resolve owner, due date and step of everything else that owes something, and who is told of measures that slipped."""
    actions = {action.id for action in situation.plan.actions}
    return _chosen([code for code in situation.plan.items if code not in actions], situation, as_of)


@task(task_run_name="gather digests", cache_policy=NO_CACHE)
def gather_digests(notices: Sequence[Notice], situation: Situation, *, as_of: date) -> Post:
    """Put the notices together, one digest for each person, and hold back what is over someone's limits."""
    order = {code: at for at, code in enumerate(situation.plan.items)}
    return gather(sorted(notices, key=lambda notice: order[notice.item]), situation, as_of=as_of)


def _chosen(codes: Sequence[str], situation: Situation, as_of: date) -> tuple[Notice, ...]:
    return tuple(notice for code in codes for notice in notices_about(situation.plan.items[code], situation, as_of=as_of))


def _said(code: str, notices: Sequence[Notice], situation: Situation, as_of: date) -> str:
    """Return who owes what for an action, and what goes out today, as the Prefect UI shows it."""
    owed = situation.duties.current(situation.plan.items[code], as_of=as_of)
    if owed is None:
        return f"{code} owes nothing."
    judged = standing(owed, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=as_of)
    office = situation.roster.office_title(code, as_of=as_of)
    told = "; ".join(_told(notices)) or "nothing goes out today"
    return f"{office}: {owed.kind} for {owed.period}, due {owed.due}, {judged.status.replace('_', ' ')}. Today: {told}."


def _told(notices: Sequence[Notice]) -> Iterator[str]:
    for step, period in dict.fromkeys((notice.step, notice.period) for notice in notices):
        people = [n.to.title for n in notices if (n.step, n.period) == (step, period)]
        yield f'step "{step}" for {period} to {", ".join(people)}'
