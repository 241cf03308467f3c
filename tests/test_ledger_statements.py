"""The number of SQL statements does not depend on how much there is."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Pool, event

from ledger.ledger import Ledger, open_ledger
from ledger.records import Judgement, Letter, LetterState, Outcome
from tests.ledger_builders import DAY, EVERY_KIND, NOW, letter, notice, statements, telling


def facts(ledger: Ledger, plan: str, size: int) -> None:
    """Add and read facts."""
    new = [replace(fact, item=str(number)) for number in range(size) for fact in EVERY_KIND]
    ledger.add_facts(plan, new, recorded_at=NOW)
    assert len(ledger.facts(plan, known_by=DAY).every) == len(new)


def judgements(ledger: Ledger, plan: str, size: int) -> None:
    """Record movements and read them."""
    judged = [Judgement(item=str(number), aspect="obligation", status="open", reason="It is.") for number in range(size)]
    assert len(ledger.record_judgements(plan, judged, on=DAY)) == len(ledger.movements(plan, on=DAY)) == size


def slips(ledger: Ledger, plan: str, size: int) -> None:
    """Let measures slip and come back, and read their slips."""
    for day, status in ((DAY, "off_track"), (DAY + timedelta(days=1), "on_track")):
        judged = [Judgement(item=str(number), aspect="outcome", status=status, reason="It is.") for number in range(size)]
        ledger.record_judgements(plan, judged, on=day)
    assert sum(slip.over_on is not None for slip in ledger.slips(plan, up_to=date.max).values()) == size


def letters(ledger: Ledger, plan: str, size: int) -> None:
    """Post letters, read what they tell, look at them, skip them."""
    new = [letter_of(plan, str(number), tellings=2) for number in range(size)]
    assert len(ledger.post(new)) == len(ledger.outbox(plan)) == ledger.counts(plan)[LetterState.QUEUED] == size
    assert ledger.told(plan, day=DAY, up_to=DAY).digest_days(new[0].address) == {DAY}
    assert ledger.supersede(plan, before=date.max) == size


def large_letters(ledger: Ledger, plan: str, size: int) -> None:
    """Send one letter of many notices and tellings, and cancel another."""
    ledger.post([letter_of(plan, name, tellings=size) for name in "ab"])
    sent = ledger.claim("w", plan=plan, at=NOW, on=DAY)
    assert sent is not None
    assert ledger.fence(sent, at=NOW)
    assert ledger.finish(sent, Outcome(state=LetterState.SENT, said="250 Ok"), at=NOW)
    cancelled = ledger.claim("w", plan=plan, at=NOW, on=DAY)
    assert cancelled is not None
    assert ledger.cancel(cancelled, reason="Not wanted.", at=NOW)


def letter_of(plan: str, name: str, *, tellings: int) -> Letter:
    """Return a letter of a plan that tells so many things."""
    told = tuple(telling(f"{plan}/{name}/{number}") for number in range(tellings))
    return letter(f"{plan}/{name}", plan=plan, notices=tuple(notice(item=one.key) for one in told), tellings=told)


@pytest.mark.parametrize("work", [facts, judgements, slips, letters, large_letters])
def test_more_of_everything_takes_no_more_statements(ledger: Ledger, work: Callable[[Ledger, str, int], None]) -> None:
    with statements() as few:
        work(ledger, "small", 42)
    with statements() as many:
        work(ledger, "large", 420)
    assert len(few) == len(many) > 0


def work_of_sqlite(does: Callable[[], object]) -> int:
    """Return how many instructions SQLite's machine carries out for something."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    def watch(connection: Any, *_rest: Any) -> None:
        connection.set_progress_handler(count, 1)

    event.listen(Pool, "checkout", watch)
    try:
        does()
    finally:
        event.remove(Pool, "checkout", watch)
    return counted


@pytest.mark.parametrize(
    "does",
    [
        pytest.param(lambda ledger: ledger.post([letter_of("grown", "new", tellings=2)]), id="post"),
        pytest.param(lambda ledger: ledger.supersede("grown", before=DAY), id="supersede"),
        pytest.param(lambda ledger: ledger.outbox_of("grown", date.min, since=NOW, before=NOW), id="what-went-out-on-a-day"),
    ],
)
def test_what_a_run_does_with_the_outbox_is_no_more_work_after_years(
    tmp_path: Path, migrated_file: Path, does: Callable[[Ledger], object]
) -> None:
    work = []
    for size in (20, 200):
        shutil.copyfile(migrated_file, tmp_path / f"{size}.db")
        with open_ledger(f"sqlite:///{tmp_path / f'{size}.db'}") as book:
            book.post([letter_of("grown", str(number), tellings=1) for number in range(size)])
            assert book.supersede("grown", before=date.max) == size
            work.append(work_of_sqlite(partial(does, book)))
    assert 0 < work[1] <= work[0]


def test_slips_are_read_by_one_statement(ledger: Ledger) -> None:
    slips(ledger, "small", 4)
    with statements() as seen:
        ledger.slips("small", up_to=date.max)
    assert [statement.partition(" ")[0] for statement in seen if not statement.startswith(("BEGIN", "SET"))] == ["SELECT"]


def test_more_letters_to_recover_take_no_more_statements(ledger: Ledger) -> None:
    numbers = []
    for plan, size in (("small", 4), ("large", 40)):
        ledger.post([letter_of(plan, str(number), tellings=1) for number in range(size)])
        claims = [claim for _ in range(size) if (claim := ledger.claim("w", plan=plan, at=NOW, on=DAY))]
        assert [ledger.fence(claim, at=NOW) for claim in claims[::2]] == [True] * (size // 2)
        with statements() as seen:
            assert ledger.recover(at=NOW, is_gone=lambda _claimant: True) == (size // 2, size // 2)
        numbers.append(len(seen))
        ledger.supersede(plan, before=date.max)
    assert numbers[0] == numbers[1] > 0
