"""Choosing: how actions are shared out among task runs, and what each of them says."""

from datetime import date

import pytest
from prefect.client.schemas.objects import State

from plan.ladder import Notice, Situation
from tasks.choose import choose_for_actions, choose_for_measures_and_objectives, gather_digests, named, shares
from tests.builders import situation as small
from tests.flow_builders import DAY, SATURDAY, enlarged


@pytest.fixture(scope="module")
def situation() -> Situation:
    """The shipped plan, of which nobody answered anything."""
    return enlarged(1).situation(None, as_of=DAY)


def chosen(*codes: str, of: Situation, on: date = DAY) -> State[tuple[Notice, ...]]:
    """Run the task for some actions."""
    state: State[tuple[Notice, ...]] = choose_for_actions.fn(named(codes), codes, of, as_of=on)
    return state


@pytest.mark.parametrize("number", [0, 1, 42, 200])
def test_each_action_of_one_district_has_a_run_of_its_own(number: int) -> None:
    codes = [f"A{n}" for n in range(number)]
    assert shares(codes) == [(code,) for code in codes]


@pytest.mark.parametrize("number", [201, 420, 4200, 42_001])
def test_many_actions_share_at_most_fifty_runs(number: int) -> None:
    codes = [f"A{n}" for n in range(number)]
    taken = shares(codes)
    assert len(taken) <= 50
    assert [code for share in taken for code in share] == codes


def test_a_run_is_named_by_its_action_or_by_the_first_and_the_last() -> None:
    assert named(["1.1A"]) == "1.1A"
    assert named(["1.1A", "1.1B", "1.1C"]) == "1.1A to 1.1C"


def test_the_run_of_an_action_says_who_is_asked_for_what_by_when(situation: Situation) -> None:
    state = chosen("1.1B", of=situation)
    assert state.is_completed()
    assert state.message == (
        "Director of Curriculum and Instruction: check-in for 2026-27 Q1, due 2026-10-14, overdue. "
        'Today: step "overdue" for 2026-27 Q1 to Director of Curriculum and Instruction, '
        "Director of Assessment and Accountability."
    )
    assert [notice.step for notice in state.result()] == ["overdue", "overdue"]


def test_the_run_of_an_action_that_nobody_is_told_of_says_so(situation: Situation) -> None:
    state = chosen("1.1B", of=situation, on=SATURDAY)
    assert state.message is not None
    assert state.message.endswith("overdue. Today: nothing goes out today.")
    assert state.result() == ()


def test_a_run_for_several_actions_counts_their_notices(situation: Situation) -> None:
    state = chosen("1.1A", "1.1B", of=situation)
    assert state.message == "4 notices"
    assert {notice.item for notice in state.result()} == {"1.1A", "1.1B"}


def test_measures_and_objectives_are_chosen_for_apart_from_actions(situation: Situation) -> None:
    items = {notice.item for notice in choose_for_measures_and_objectives.fn(situation, as_of=DAY)}
    assert items
    assert not items & {action.id for action in situation.plan.actions}


def test_digests_are_the_same_in_whatever_order_the_runs_end(situation: Situation) -> None:
    actions: tuple[Notice, ...] = chosen(*[action.id for action in situation.plan.actions], of=situation).result()
    others = choose_for_measures_and_objectives.fn(situation, as_of=DAY)
    in_order = gather_digests.fn([*actions, *others], situation, as_of=DAY)
    assert len(in_order.digests) == 17
    assert gather_digests.fn([*others, *actions], situation, as_of=DAY).digests == in_order.digests
    assert {notice.item for digest in in_order.digests for notice in digest.notices} == {n.item for n in (*actions, *others)}


def test_the_run_of_an_action_that_is_not_chased_yet_says_so() -> None:
    state = chosen("1.1A", of=small(), on=date(2026, 7, 1))
    assert state.message == (
        "Director of Curriculum: check-in for 2025-26 Q4, due 2026-07-14, not chased. Today: nothing goes out today."
    )
