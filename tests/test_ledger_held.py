"""What sources give: new figures become facts once, those that jump are held, and a yes lets them in on its day."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.ledger import Ledger, open_ledger
from ledger.records import Decision, HeldReading, Withdrawal
from plan.facts import Facts, Reading
from plan.restated import Change, Held, Known, changes
from tests.ledger_builders import DAY, NOW, PLAN, READING, direct

YES = Decision(verdict="accepted", by="Office of Strategic Planning", note="The test changed.", decided_on=DAY)
NO = replace(YES, verdict="refused")
JUMP = replace(READING, value=Decimal(880))


def believed_below_100(reading: Reading, _known: Known) -> str:
    return "" if reading.value < 100 else "880 is more than is believed"


def sift(*readings: Reading) -> partial[tuple[Change, ...]]:
    def said(given: tuple[Reading, ...], facts: Facts, held: Held) -> tuple[Change, ...]:
        return changes(given, facts, doubt=believed_below_100, held=held)

    return partial(said, readings)


def collect(ledger: Ledger, *readings: Reading) -> list[str]:
    return [change.kind for change in ledger.collect(PLAN, "state", sift(*readings), recorded_at=NOW)]


def values(ledger: Ledger, *, known_by: date = DAY) -> list[tuple[Decimal, date]]:
    return [(one.value, one.known_on) for one in ledger.facts(PLAN, known_by=known_by).every if isinstance(one, Reading)]


def test_a_figure_comes_in_once_however_often_it_is_collected(ledger: Ledger) -> None:
    assert collect(ledger, READING) == ["new"]
    assert collect(ledger, READING, replace(READING, known_on=DAY)) == ["same", "same"]
    assert collect(ledger, replace(READING, value=Decimal(89), known_on=DAY)) == ["restated"]
    assert values(ledger) == [(Decimal("88.0"), READING.known_on), (Decimal(89), DAY)]


def test_of_several_that_collect_at_once_one_brings_it_in(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as pool:
        kinds = list(pool.map(lambda one: collect(ledger, one), [READING, READING, READING, READING]))
    assert sorted(kinds) == [["new"], ["same"], ["same"], ["same"]]
    assert values(ledger) == [(Decimal("88.0"), READING.known_on)]


def test_what_jumps_is_held_once_and_is_no_fact(ledger: Ledger) -> None:
    assert collect(ledger, JUMP) == ["held"]
    assert collect(ledger, JUMP, replace(JUMP, known_on=DAY)) == ["held before", "held before"]
    assert values(ledger) == []
    assert ledger.held(PLAN) == (
        HeldReading(number=1, reading=JUMP, collected_from="state", reason="880 is more than is believed"),
    )
    assert ledger.held("another") == ()


def test_a_jump_that_stands_in_two_rows_is_held_once(ledger: Ledger) -> None:
    assert collect(ledger, JUMP, replace(JUMP, known_on=DAY)) == ["held", "held"]
    assert [one.number for one in ledger.held(PLAN)] == [1]


def test_a_yes_makes_it_known_on_the_day_of_the_yes(ledger: Ledger) -> None:
    collect(ledger, JUMP)
    assert ledger.decide(PLAN, 1, YES, recorded_at=NOW) == replace(ledger.held(PLAN)[0], decision=YES)
    assert values(ledger) == [(Decimal(880), DAY)]
    assert values(ledger, known_by=JUMP.known_on) == []
    assert collect(ledger, JUMP, replace(JUMP, known_on=DAY)) == ["same", "same"]


def test_a_no_is_remembered(ledger: Ledger) -> None:
    collect(ledger, JUMP)
    ledger.decide(PLAN, 1, NO, recorded_at=NOW)
    assert collect(ledger, JUMP) == ["held before"]
    assert values(ledger) == []
    assert collect(ledger, replace(JUMP, value=Decimal(881))) == ["held"]
    assert [one.decision for one in ledger.held(PLAN)] == [NO, None]


@pytest.mark.parametrize("second", [YES, NO], ids=["yes", "no"])
def test_the_first_decision_holds(ledger: Ledger, second: Decision) -> None:
    collect(ledger, JUMP)
    ledger.decide(PLAN, 1, NO, recorded_at=NOW)
    found = ledger.decide(PLAN, 1, replace(second, note="again"), recorded_at=NOW)
    assert found is not None
    assert found.decision == NO
    assert values(ledger) == []


def test_of_several_that_decide_at_once_one_does(ledger: Ledger) -> None:
    collect(ledger, JUMP)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda note: ledger.decide(PLAN, 1, replace(YES, note=note), recorded_at=NOW), "abcd"))
    assert values(ledger) == [(Decimal(880), DAY)]


def test_what_was_let_in_may_come_back_after_another_figure(ledger: Ledger) -> None:
    later, latest = date(2026, 10, 23), date(2026, 10, 24)
    collect(ledger, JUMP)
    ledger.decide(PLAN, 1, YES, recorded_at=NOW)
    assert collect(ledger, replace(READING, value=Decimal(89), known_on=later)) == ["restated"]
    assert collect(ledger, replace(JUMP, known_on=latest)) == ["restated"]
    assert [value for value, _ in values(ledger, known_by=latest)] == [880, 89, 880]


def test_what_was_held_cannot_be_let_in_over_what_became_known_since(ledger: Ledger) -> None:
    collect(ledger, JUMP)
    since = replace(READING, value=Decimal(81), known_on=DAY)
    ledger.add_facts(PLAN, [since], recorded_at=NOW + timedelta(hours=1))
    found = ledger.decide(PLAN, 1, YES, recorded_at=NOW)
    assert found is not None
    assert found.known_since == Decimal(81)
    assert found.decision is None
    assert values(ledger) == [(Decimal(81), DAY)]
    refused = ledger.decide(PLAN, 1, NO, recorded_at=NOW)
    assert refused is not None
    assert refused.decision == NO


def test_what_was_held_can_be_let_in_once_what_became_known_since_was_taken_back(ledger: Ledger) -> None:
    collect(ledger, JUMP)
    since, later = replace(READING, value=Decimal(81), known_on=DAY), NOW + timedelta(hours=1)
    ledger.add_facts(PLAN, [since], recorded_at=later)
    taken_back = Withdrawal(numbers=(1,), by="chief", known_on=DAY)
    ledger.pages.withdraw(PLAN, taken_back, subject="1.1-rating, 2024-25", recorded_at=later, letters=[])
    found = ledger.decide(PLAN, 1, YES, recorded_at=later)
    assert found is not None
    assert (found.known_since, found.decision) == (None, YES)
    assert values(ledger) == [(JUMP.value, DAY)]


def test_what_a_source_says_again_does_not_undo_a_correction(ledger: Ledger) -> None:
    collect(ledger, READING)
    by_hand = replace(READING, value=Decimal(89), known_on=date(2026, 10, 3), source="a letter from the state")
    ledger.add_facts(PLAN, [by_hand], recorded_at=NOW)
    assert collect(ledger, replace(READING, known_on=DAY)) == ["same"]
    assert [value for value, _ in values(ledger)] == [88, 89]
    assert collect(ledger, replace(READING, value=Decimal(90), known_on=DAY)) == ["restated"]


def test_two_sources_that_differ_each_say_it_once(ledger: Ledger) -> None:
    other = replace(READING, value=Decimal(87), source="another report")
    assert [collect(ledger, READING), collect(ledger, other)] == [["new"], ["restated"]]
    for day in (date(2026, 10, 3), date(2026, 10, 4)):
        assert [collect(ledger, replace(one, known_on=day)) for one in (READING, other)] == [["same"], ["same"]]


def test_what_is_not_held_cannot_be_decided(ledger: Ledger) -> None:
    assert ledger.decide(PLAN, 1, YES, recorded_at=NOW) is None
    assert ledger.facts(PLAN, known_by=DAY) == Facts()


@pytest.mark.parametrize("table", ["held_reading", "held_decision"])
@pytest.mark.parametrize("change", ["UPDATE {} SET plan = 'x'", "DELETE FROM {}"], ids=["update", "delete"])
def test_the_database_refuses_every_change(database_url: str, table: str, change: str) -> None:
    with open_ledger(database_url) as ledger:
        collect(ledger, JUMP)
        ledger.decide(PLAN, 1, NO, recorded_at=NOW)
    with direct(database_url) as engine, engine.connect() as connection:
        with pytest.raises(DBAPIError, match=f"{table} is append-only"):
            connection.execute(text(change.format(table)))
        connection.rollback()
