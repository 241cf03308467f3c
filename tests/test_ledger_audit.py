"""The audit log: whoever changes something stands in it, with the way by which they came, and nobody can change that."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.ledger import AnsweredMeanwhile, DatabaseUnreachable, Ledger, LetterStands, NoSuchLetter, NotThere, open_ledger
from ledger.records import (
    HOLD,
    PAUSED,
    About,
    AuditEntry,
    Decision,
    Frozen,
    Grant,
    Letter,
    Release,
    Verdict,
    Withdrawal,
    Word,
)
from plan.facts import Facts
from plan.restated import Change, Held
from tests.ledger_builders import CHECK_IN, DAY, EVERY_KIND, NOW, PLAN, READING, direct, letter, refuse

WAY = "pages, from 203.0.113.9 as ana@example.org"
LATER = NOW + timedelta(minutes=5)
GRANT = Grant(id="g1", plan=PLAN, scope="update", item=None, office="chief", address="chief@example.org", made_at=NOW)
FROZEN = Frozen(plan=PLAN, period="2026-27 Q1", frozen_on=DAY, frozen_at=NOW, seal="5ea1", text="{}")


def answer(ledger: Ledger, letters: Callable[[int], Sequence[Letter]] = lambda _: ()) -> object:
    """Answer by a page on which nothing was recorded yet."""
    seen = {"1.1A": 0}
    return ledger.pages.answer(PLAN, [CHECK_IN], seen=seen, recorded_at=LATER, letters=letters)


def take_back(ledger: Ledger) -> object:
    """Take the first fact back."""
    taken = Withdrawal(numbers=(1,), by="chief", known_on=DAY)
    return ledger.pages.withdraw(PLAN, taken, subject="1.1A, 2026-27 Q1", recorded_at=LATER, letters=())


def say(ledger: Ledger, about: About, said: str, subject: str = "") -> None:
    """Say something about mail, as the office that keeps the plan."""
    word = Word(about=about, subject=subject, word=said, by="planning", note="", said_at=LATER)
    (ledger.tell_letter if about == "letter" else ledger.say)(PLAN, word)


def decide(ledger: Ledger, verdict: Verdict = "accepted", number: int = 1) -> object:
    """Decide on a held reading."""
    decision = Decision(verdict=verdict, by="assessment", note="", decided_on=DAY)
    return ledger.decide(PLAN, number, decision, recorded_at=LATER)


def release(ledger: Ledger) -> object:
    """Let the rollup go to the board."""
    return ledger.release(Release(plan=PLAN, period="2026-27 Q1", by="planning", note="", released_at=LATER), [])


def jumps(_facts: Facts, _held: Held) -> tuple[Change, ...]:
    """Find that a reading jumps."""
    return (Change(reading=READING, kind="held", reason="It jumps"),)


@pytest.fixture
def ways(ledger: Ledger, database_url: str) -> Ledger:
    """A ledger with something of all that can be decided on, entered by a way."""
    ledger.post([replace(letter("a"), grants=(GRANT,))])
    ledger.collect(PLAN, "state", jumps, recorded_at=NOW)
    ledger.freeze(FROZEN, {})
    return open_ledger(database_url, came_from=WAY)


CHANGES: dict[str, tuple[Callable[[Ledger], object], str, str, str]] = {
    "answer": (answer, "chief", "check-in", "1.1A, 2026-27 Q1"),
    "word-about-mail": (lambda ledger: say(ledger, "mail", PAUSED), "planning", "paused", "mail"),
    "word-about-a-letter": (
        lambda ledger: say(ledger, "letter", HOLD, letter("a").key),
        *("planning", "hold", f"letter {letter('a').key}"),
    ),
    "word-about-an-address": (
        lambda ledger: say(ledger, "address", "lifted", "a@example.org"),
        *("planning", "lifted", "address a@example.org"),
    ),
    "held-reading": (decide, "assessment", "accepted", "held reading 1 of 1.1-rating, 2026-27"),
    "release": (release, "planning", "released", "rollup of 2026-27 Q1"),
    "link": (
        lambda ledger: ledger.revoke("g1", by="planning", at=LATER),
        *("planning", "link taken back", "update chief@example.org"),
    ),
}


@pytest.mark.parametrize(("change", "who", "did", "subject"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_written_down_once(
    change: Callable[[Ledger], object], who: str, did: str, subject: str, ways: Ledger
) -> None:
    with ways:
        assert ways.pages.audited(PLAN) == 0
        change(ways)
        entry = AuditEntry(at=LATER, who=who, did=did, subject=subject, came_from=WAY)
        assert ways.pages.audit(PLAN, most=10) == (entry,)
        assert ways.pages.audited(PLAN) == 1
        assert ways.pages.audited("another") == 0


def test_each_fact_is_written_down_under_its_author(database_url: str) -> None:
    with open_ledger(database_url, came_from=WAY) as ledger:
        ledger.add_facts(PLAN, EVERY_KIND, recorded_at=NOW)
        entries = ledger.pages.audit(PLAN, most=20)
    assert [(one.who, one.subject) for one in reversed(entries)] == [
        (fact.by, f"{fact.item}, {fact.period}") for fact in EVERY_KIND
    ]
    assert {one.did for one in entries} == {
        *("check-in", "reading", "evidence", "acknowledgement", "referral", "waiver", "acceptance", "sent back"),
        *("corrective plan", "override"),
    }


def test_what_is_taken_back_is_written_down_beside_what_was_said(database_url: str) -> None:
    with open_ledger(database_url, came_from=WAY) as ledger:
        answer(ledger)
        take_back(ledger)
        assert [one.did for one in ledger.pages.audit(PLAN, most=10)] == ["taken back", "check-in"]


def test_what_a_flow_changes_is_no_persons_and_not_written_down(ledger: Ledger) -> None:
    ledger.post([replace(letter("a"), grants=(GRANT,))])
    ledger.collect(PLAN, "state", jumps, recorded_at=NOW)
    ledger.freeze(FROZEN, {})
    for change, *_ in CHANGES.values():
        change(ledger)
    take_back(ledger)
    assert ledger.pages.audited(PLAN) == 0


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        pytest.param(answer, AnsweredMeanwhile, id="answer"),
        pytest.param(take_back, NotThere, id="taken-back"),
        pytest.param(lambda ledger: say(ledger, "letter", HOLD, "none"), NoSuchLetter, id="no-such-letter"),
        pytest.param(lambda ledger: say(ledger, "letter", HOLD, letter("a").key), LetterStands, id="letter"),
        pytest.param(decide, None, id="held-reading-again"),
        pytest.param(lambda ledger: decide(ledger, "refused"), None, id="held-reading-otherwise"),
        pytest.param(lambda ledger: decide(ledger, number=2), None, id="no-such-reading"),
        pytest.param(release, None, id="release"),
        pytest.param(lambda ledger: ledger.revoke("g1", by="planning", at=LATER), None, id="link"),
        pytest.param(lambda ledger: ledger.revoke("none", by="planning", at=LATER), None, id="no-such-link"),
    ],
)
def test_what_changes_nothing_is_not_written_down(
    change: Callable[[Ledger], object], refused: type[Exception] | None, ways: Ledger
) -> None:
    with ways:
        for before, *_ in CHANGES.values():
            before(ways)
        take_back(ways)
        entries = ways.pages.audit(PLAN, most=100)
        if refused is None:
            change(ways)
        else:
            with pytest.raises(refused):
                change(ways)
        assert ways.pages.audit(PLAN, most=100) == entries


def test_a_change_that_fails_half_way_leaves_neither_itself_nor_an_entry(database_url: str) -> None:
    def fails(_number: int) -> Sequence[Letter]:
        raise RuntimeError("no receipt")

    with open_ledger(database_url, came_from=WAY) as ledger:
        with pytest.raises(RuntimeError, match="no receipt"):
            answer(ledger, fails)
        assert (ledger.pages.audited(PLAN), ledger.facts(PLAN, known_by=DAY).every) == (0, ())


def test_a_change_that_cannot_be_written_down_is_not_made(book: Ledger, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'book.db'}"
    with direct(url) as engine, engine.begin() as connection:
        connection.execute(text("DROP TABLE audit"))
    with open_ledger(url, came_from=WAY) as ledger, pytest.raises(DatabaseUnreachable, match="no such table: audit"):
        answer(ledger)
    assert book.facts(PLAN, known_by=DAY).every == ()


def test_the_log_is_read_in_parts_the_latest_first(database_url: str) -> None:
    with open_ledger(database_url, came_from=WAY) as ledger:
        ledger.add_facts(PLAN, [replace(CHECK_IN, item=f"1.1{letter}") for letter in "ABCDE"], recorded_at=NOW)
        ledger.add_facts("another", [CHECK_IN], recorded_at=NOW)
        parts = [ledger.pages.audit(PLAN, most=2, skipping=skipped) for skipped in (0, 2, 4, 6)]
        assert ledger.pages.audited(PLAN) == 5
    assert [[one.subject[3] for one in part] for part in parts] == [["E", "D"], ["C", "B"], ["A"], []]


@pytest.mark.parametrize("table", ["audit", "withdrawal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET plan = 'rewritten'", "DELETE FROM {}"], ids=["update", "delete"])
def test_nobody_changes_what_was_written_down(table: str, change: str, database_url: str) -> None:
    with open_ledger(database_url, came_from=WAY) as ledger:
        answer(ledger)
        take_back(ledger)
    refuse(database_url, change.format(table), f"{table} is append-only")


@pytest.mark.parametrize("table", ["audit", "withdrawal", "evidence_file"])
def test_what_was_written_down_cannot_be_emptied_in_postgresql(table: str, postgres_url: str) -> None:
    open_ledger(postgres_url).close()
    refuse(postgres_url, f"TRUNCATE {table}", f"{table} is append-only")
