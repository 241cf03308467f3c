"""Rollups in the ledger: frozen once, never changed, and released to the board once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.ledger import Ledger, open_ledger
from ledger.records import Frozen, LetterState, Release
from tests.ledger_builders import DAY, NOW, PLAN, direct, letter

FROZEN = Frozen(plan=PLAN, period="2026-27 Q1", frozen_on=date(2026, 10, 19), frozen_at=NOW, seal="5ea1", text='{"é": 1}\n')
FILES = {"pdf": b"%PDF", "json": FROZEN.text.encode()}
WORD = Release(plan=PLAN, period="2026-27 Q1", by="Office of Strategic Planning", note="", released_at=NOW)


def test_a_rollup_is_kept_as_it_was_frozen(ledger: Ledger) -> None:
    assert ledger.frozen(PLAN, FROZEN.period) is None
    assert ledger.freeze(FROZEN, FILES) == FROZEN
    assert ledger.frozen(PLAN, FROZEN.period) == FROZEN
    assert ledger.frozen("another", FROZEN.period) is None
    assert ledger.frozen_file(PLAN, FROZEN.period, "pdf") == b"%PDF"
    assert ledger.frozen_file(PLAN, FROZEN.period, "xlsx") is None


def test_who_freezes_second_gets_what_was_frozen_first(ledger: Ledger) -> None:
    ledger.freeze(FROZEN, FILES)
    assert ledger.freeze(replace(FROZEN, text="other", seal="0"), {"pdf": b"other"}) == FROZEN
    assert ledger.frozen(PLAN, FROZEN.period) == FROZEN
    assert ledger.frozen_file(PLAN, FROZEN.period, "pdf") == b"%PDF"


def test_of_two_who_freeze_at_once_both_get_the_same(ledger: Ledger) -> None:
    several = [replace(FROZEN, seal=str(number)) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        kept = set(pool.map(lambda one: ledger.freeze(one, FILES), several))
    assert len(kept) == 1


def test_of_two_who_release_at_once_one_word_holds(ledger: Ledger) -> None:
    ledger.freeze(FROZEN, FILES)
    words = [replace(WORD, by=str(number)) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        queued = list(pool.map(lambda one: ledger.release(one, [letter("board", tellings=(), notices=())]), words))
    assert sorted(len(keys) for keys in queued if keys is not None) == [1]
    assert len(ledger.outbox(PLAN)) == 1


def test_periods_are_listed_the_latest_frozen_first(ledger: Ledger) -> None:
    for period, day in (("2025-26 Q4", 1), ("2025-26", 2), ("2026-27 Q1", 3)):
        ledger.freeze(replace(FROZEN, period=period, frozen_on=date(2026, 10, day)), {})
    assert [one.period for one in ledger.frozen_periods(PLAN)] == ["2026-27 Q1", "2025-26", "2025-26 Q4"]
    assert ledger.frozen_periods("another") == ()


@pytest.mark.parametrize("table", ["rollup", "rollup_file", "release"])
@pytest.mark.parametrize("change", ["UPDATE {} SET plan = 'x'", "DELETE FROM {}"], ids=["update", "delete"])
def test_the_database_refuses_every_change(database_url: str, table: str, change: str) -> None:
    with open_ledger(database_url) as ledger:
        ledger.freeze(FROZEN, FILES)
        ledger.release(WORD, [])
    with direct(database_url) as engine, engine.connect() as connection:
        with pytest.raises(DBAPIError, match=f"{table} is append-only"):
            connection.execute(text(change.format(table)))
        connection.rollback()


def test_the_word_and_the_boards_letters_are_kept_together(ledger: Ledger) -> None:
    ledger.freeze(FROZEN, FILES)
    assert ledger.released(PLAN, FROZEN.period) is None
    assert ledger.release(WORD, [letter("board", tellings=(), notices=())]) == (letter("board").key,)
    assert ledger.released(PLAN, FROZEN.period) == WORD


def test_a_second_word_changes_and_queues_nothing(ledger: Ledger) -> None:
    ledger.freeze(FROZEN, FILES)
    ledger.release(WORD, [])
    assert ledger.release(replace(WORD, by="Another"), [letter("board", tellings=(), notices=())]) is None
    assert ledger.released(PLAN, FROZEN.period) == WORD
    assert ledger.outbox(PLAN) == ()


def test_what_was_not_frozen_is_not_released(ledger: Ledger) -> None:
    with pytest.raises(DBAPIError):
        ledger.release(WORD, [letter("board", tellings=(), notices=())])
    assert ledger.outbox(PLAN) == ()


def test_the_next_days_digests_leave_a_rollup_on_its_way(ledger: Ledger) -> None:
    ledger.post([letter("a", tellings=()), letter("b", kind="rollup", tellings=())])
    assert ledger.supersede(PLAN, before=DAY + timedelta(days=1)) == 1
    assert {one.kind: one.state for one in ledger.outbox(PLAN)} == {"digest": LetterState.SKIPPED, "rollup": LetterState.QUEUED}


def test_a_rollup_in_doubt_for_so_long_that_no_answer_can_come_is_sent_again(ledger: Ledger) -> None:
    ledger.post([letter("a", kind="rollup", tellings=(), notices=()), letter("b", tellings=(), notices=())])
    for _ in range(2):
        claim = ledger.claim("gone", plan=PLAN, at=NOW, on=DAY)
        assert claim is not None
        ledger.fence(claim, at=NOW)
    states: list[dict[str, str]] = []
    for seconds in (1, 1319, 1320):
        ledger.recover(at=NOW + timedelta(seconds=seconds), is_gone=lambda _: True)
        ledger.resolve(at=NOW + timedelta(seconds=seconds), again={"rollup"})
        states.append({one.kind: one.state.value for one in ledger.outbox(PLAN)})
    doubt = {"rollup": "in_doubt", "digest": "in_doubt"}
    assert states == [doubt, doubt, {"rollup": "queued", "digest": "held"}]
    again = ledger.claim("deliverer", plan=PLAN, at=NOW + timedelta(seconds=1321), on=DAY)
    assert again is not None
    assert (again.kind, again.attempt) == ("rollup", 2)
