"""What the pages remember besides facts: drafts, how often somebody came, which files are stored."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from ledger.database import lock
from ledger.records import Draft, EvidenceFile
from ledger.tables import DraftRow, EvidenceFileRow, VisitRow


def count_visit(connection: Connection, visitor: str, *, since: datetime) -> int:
    """Count that somebody came within the span that began at an instant; return how often that was, this time included.

    Spans of the same visitor that began earlier are forgotten.
    """
    lock(connection, visitor)
    this = (VisitRow.visitor == visitor, VisitRow.since == since)
    counted = connection.execute(update(VisitRow).where(*this).values(count=VisitRow.count + 1).returning(VisitRow.count))
    count = counted.scalar()
    if count is not None:
        return count
    connection.execute(delete(VisitRow).where(VisitRow.visitor == visitor))
    connection.execute(insert(VisitRow), {"visitor": visitor, "since": since, "count": 1})
    return 1


def select_visits(connection: Connection, visitor: str, *, since: datetime) -> int:
    """Return how often somebody came within the span that began at an instant."""
    wanted = select(VisitRow.count).where(VisitRow.visitor == visitor, VisitRow.since == since)
    return connection.execute(wanted).scalar() or 0


def delete_visits(connection: Connection, *, before: datetime) -> int:
    """Forget all spans that began before an instant; return how many."""
    return connection.execute(delete(VisitRow).where(VisitRow.since < before)).rowcount


def save_draft(connection: Connection, draft: Draft) -> None:
    """Keep a draft in place of the one before it."""
    lock(connection, draft.plan)
    drop_draft(connection, draft.plan, draft.address, draft.item, draft.period)
    connection.execute(insert(DraftRow), asdict(draft))


def drop_draft(connection: Connection, plan: str, address: str, item: str, period: str) -> None:
    """Forget a draft, if there is one."""
    this = (DraftRow.plan == plan, DraftRow.address == address, DraftRow.item == item, DraftRow.period == period)
    connection.execute(delete(DraftRow).where(*this))


def select_drafts(connection: Connection, plan: str, address: str) -> tuple[Draft, ...]:
    """Return what somebody began and left, by item."""
    columns = (getattr(DraftRow, one.name) for one in fields(Draft))
    wanted = select(*columns).where(DraftRow.plan == plan, DraftRow.address == address).order_by(DraftRow.item)
    return tuple(Draft(**row) for row in connection.execute(wanted).mappings())


def append_file(connection: Connection, file: EvidenceFile) -> None:
    """Note that a file is in the store; noted once, however often it comes."""
    lock(connection, file.sha256)
    if select_file_of(connection, file.sha256) is None:
        connection.execute(insert(EvidenceFileRow), asdict(file))


def select_file_of(connection: Connection, sha256: str) -> EvidenceFile | None:
    """Return what is known of a file in the store, or None if it is not there."""
    columns = (getattr(EvidenceFileRow, one.name) for one in fields(EvidenceFile))
    found = connection.execute(select(*columns).where(EvidenceFileRow.sha256 == sha256)).mappings().one_or_none()
    return EvidenceFile(**found) if found else None
