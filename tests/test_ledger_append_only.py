"""What the databases themselves refuse, whoever asks: facts and attempts are appended, and never changed or deleted."""

import pytest
from sqlalchemy import text

from ledger.columns import NaiveInstant
from ledger.ledger import Ledger, open_ledger
from tests.ledger_builders import DAY, EVERY_KIND, NOW, PLAN, direct, letter, refuse

FACTS = (
    "check_in",
    "reading",
    "evidence",
    "acknowledgement",
    "referral",
    "waiver",
    "acceptance",
    "sent_back",
    "corrective_plan",
    "override",
)
CHANGES = [*(f"{change} {table}" for table in FACTS for change in ("U", "D")), "D attempt"]


@pytest.mark.parametrize("change", CHANGES)
def test_facts_and_attempts_are_append_only(ledger: Ledger, database_url: str, change: str) -> None:
    ledger.add_facts(PLAN, EVERY_KIND, recorded_at=NOW)
    ledger.post([letter()])
    ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    kind, table = change.split()
    statement = f"DELETE FROM {table}" if kind == "D" else f"UPDATE {table} SET item = 'rewritten'"
    refuse(database_url, statement, f"{table} is append-only")


def test_an_attempt_ends_once(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter()])
    ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    refuse(database_url, "UPDATE attempt SET claimant = 'another'", "append-only")
    refuse(database_url, "UPDATE attempt SET number = 2, ended_at = began_at", "append-only")
    with direct(database_url) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE attempt SET ended_at = began_at"))
    refuse(database_url, "UPDATE attempt SET ended_at = NULL", "append-only")


@pytest.mark.parametrize("table", FACTS)
def test_a_table_of_facts_cannot_be_emptied_in_postgresql(postgres_url: str, table: str) -> None:
    open_ledger(postgres_url).close()
    refuse(postgres_url, f"TRUNCATE {table}", f"{table} is append-only")


def test_a_queued_letter_without_an_instant_is_refused(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter()])
    refuse(database_url, "UPDATE letter SET next_attempt_at = NULL", "letter_queued_is_due_ck")


def test_an_instant_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(NaiveInstant, match="has no time zone"):
        ledger.add_facts(PLAN, EVERY_KIND, recorded_at=NOW.replace(tzinfo=None))
    assert ledger.facts(PLAN, known_by=DAY).every == ()
