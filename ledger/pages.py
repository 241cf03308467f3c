"""What only the pages ask of the ledger and keep in it. Each method is one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from ledger.answers import append_answer, append_withdrawal, last_numbers, select_recorded
from ledger.audit import Auditor, count_audit, select_audit
from ledger.database import Database
from ledger.letters import queue_letters
from ledger.records import AuditEntry, Draft, EvidenceFile, Letter, Recorded, Withdrawal
from ledger.visits import (
    append_file,
    count_visit,
    delete_visits,
    drop_draft,
    save_draft,
    select_drafts,
    select_file_of,
    select_visits,
)
from plan.facts import Fact


class PageSide:
    """The pages' side of the ledger: answers by link, drafts, visits, files, the audit log."""

    def __init__(self, database: Database, audit: Auditor) -> None:
        self._database = database
        self._audit = audit

    def last_numbers(self, plan: str, items: Iterable[str]) -> dict[str, int]:
        """Return the number of the last fact of each item, which a form carries as what was seen; 0 where there is none."""
        with self._database.reading() as connection:
            return last_numbers(connection, plan, items)

    def answer(
        self,
        plan: str,
        facts: Sequence[Fact],
        *,
        seen: Mapping[str, int],
        done: Iterable[tuple[str, str, str]] = (),
        recorded_at: datetime,
        letters: Callable[[int], Sequence[Letter]],
    ) -> tuple[str, ...]:
        """Append the facts of an answer, forget the drafts that it was made of and queue its letters; return the letters' keys.

        Args:      seen: the number of the last fact of each item that the page showed, for every item of the facts
                   done: the address, item and period of each draft that is done with; all others stay
                   letters: returns those to queue, given the number of the first fact
        Raises:    AnsweredMeanwhile: something was recorded since for one of the items; nothing is changed
        """
        with self._database.writing() as connection:
            first = append_answer(connection, plan, facts, seen=seen, recorded_at=recorded_at)
            self._audit.facts(connection, plan, facts, at=recorded_at)
            for address, item, period in done:
                drop_draft(connection, plan, address, item, period)
            return queue_letters(connection, letters(first))

    def recorded(self, plan: str, item: str) -> tuple[Recorded, ...]:
        """Return all that was recorded of an item, first to last, with what was taken back."""
        with self._database.reading() as connection:
            return select_recorded(connection, plan, item)

    def withdraw(
        self, plan: str, withdrawal: Withdrawal, *, subject: str, recorded_at: datetime, letters: Sequence[Letter]
    ) -> tuple[str, ...]:
        """Take facts back and queue the letters that tell of it; return the letters' keys.

        Args:      subject: what the facts are about, for the audit log
        Raises:    NotThere: one of them was taken back before, or never was; nothing is changed
        """
        with self._database.writing() as connection:
            append_withdrawal(connection, plan, withdrawal, recorded_at=recorded_at)
            self._audit.deed(connection, plan, withdrawal.by, "taken back", subject, at=recorded_at)
            return queue_letters(connection, letters)

    def save_draft(self, draft: Draft) -> None:
        """Keep what somebody began to answer, in place of what was kept before."""
        with self._database.writing() as connection:
            save_draft(connection, draft)

    def drafts(self, plan: str, address: str) -> tuple[Draft, ...]:
        """Return what somebody began and left, by item."""
        with self._database.reading() as connection:
            return select_drafts(connection, plan, address)

    def visit(self, visitor: str, *, since: datetime) -> int:
        """Count that somebody came within the span that began at an instant; return how often that was, this time included.

        Args:      visitor: who or what is counted, and for what; a name that no other counter has
        """
        with self._database.writing() as connection:
            return count_visit(connection, visitor, since=since)

    def visits(self, visitor: str, *, since: datetime) -> int:
        """Return how often somebody came within the span that began at an instant."""
        with self._database.reading() as connection:
            return select_visits(connection, visitor, since=since)

    def forget_visits(self, *, before: datetime) -> int:
        """Forget all spans that began before an instant; return how many."""
        with self._database.writing() as connection:
            return delete_visits(connection, before=before)

    def note_file(self, file: EvidenceFile) -> None:
        """Note that a file is in the store; noted once, however often it comes."""
        with self._database.writing() as connection:
            append_file(connection, file)

    def file(self, sha256: str) -> EvidenceFile | None:
        """Return what is known of a file in the store, or None if it is not there."""
        with self._database.reading() as connection:
            return select_file_of(connection, sha256)

    def audit(self, plan: str, *, most: int, skipping: int = 0, who: str = "", subject: str = "") -> tuple[AuditEntry, ...]:
        """Return who changed what, the latest first: so many entries after those that are skipped.

        Args:      who, subject: words that the author and the subject have to hold, in large or small letters; empty: any
        """
        with self._database.reading() as connection:
            return select_audit(connection, plan, most=most, skipping=skipping, who=who, subject=subject)

    def audited(self, plan: str, *, who: str = "", subject: str = "") -> int:
        """Return how many entries the audit log of a plan has, of those whose author and subject hold the words."""
        with self._database.reading() as connection:
            return count_audit(connection, plan, who=who, subject=subject)
