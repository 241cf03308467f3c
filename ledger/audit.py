"""The audit log: who changed what, when and from where. It is only ever added to, in the transaction of the change itself."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select

from ledger.records import AuditEntry, Word
from ledger.tables import AuditRow
from plan.facts import (
    Acceptance,
    Acknowledgement,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Fact,
    Override,
    Reading,
    Referral,
    SentBack,
    Waiver,
)

DEEDS: dict[type[Fact], str] = {
    CheckIn: "check-in",
    Reading: "reading",
    Evidence: "evidence",
    Acknowledgement: "acknowledgement",
    Referral: "referral",
    Waiver: "waiver",
    Acceptance: "acceptance",
    SentBack: "sent back",
    CorrectivePlan: "corrective plan",
    Override: "override",
}
"""What the log calls each kind of fact."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """Writes down what people change through one door, which says by which way they came."""

    came_from: str
    """Empty where a flow came, whose changes are no person's: then nothing is written down."""

    def deed(self, connection: Connection, plan: str, who: str, did: str, subject: str, *, at: datetime) -> None:
        """Write down that somebody did something to a subject."""
        if self.came_from:
            entry = AuditEntry(at=at, who=who, did=did, subject=subject, came_from=self.came_from)
            connection.execute(insert(AuditRow), {"plan": plan, **asdict(entry)})

    def facts(self, connection: Connection, plan: str, facts: Iterable[Fact], *, at: datetime) -> None:
        """Write down facts, each under its author."""
        for fact in facts:
            self.deed(connection, plan, fact.by, DEEDS[type(fact)], f"{fact.item}, {fact.period}", at=at)

    def word(self, connection: Connection, plan: str, word: Word) -> None:
        """Write down what was said about mail."""
        self.deed(connection, plan, word.by, word.word, f"{word.about} {word.subject}".strip(), at=word.said_at)


def select_audit(
    connection: Connection, plan: str, *, most: int, skipping: int, who: str, subject: str
) -> tuple[AuditEntry, ...]:
    """Return so many entries, the latest first, after those that are skipped."""
    columns = (getattr(AuditRow, one.name) for one in fields(AuditEntry))
    wanted = select(*columns).where(*_about(plan, who, subject)).order_by(AuditRow.id.desc()).limit(most).offset(skipping)
    return tuple(AuditEntry(**row) for row in connection.execute(wanted).mappings())


def count_audit(connection: Connection, plan: str, *, who: str, subject: str) -> int:
    """Return how many entries a plan has."""
    return connection.execute(select(func.count()).select_from(AuditRow).where(*_about(plan, who, subject))).scalar_one()


def _about(plan: str, who: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    """Return what entries are looked for: those whose author and subject hold the words, in large or small letters."""
    return (
        AuditRow.plan == plan,
        AuditRow.who.icontains(who, autoescape=True),
        AuditRow.subject.icontains(subject, autoescape=True),
    )
