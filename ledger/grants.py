"""Grants: what the links in mails give leave to do. They are made with the letter that carries them."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from ledger.records import Grant
from ledger.tables import GrantRow


def append_grants(connection: Connection, grants: Iterable[Grant]) -> None:
    """Keep the grants that are not kept yet; who calls it holds the lock of their plan."""
    wanted = {grant.id: grant for grant in grants}
    known = set(connection.execute(select(GrantRow.id).where(GrantRow.id.in_(wanted))).scalars()) if wanted else set()
    new = [asdict(grant) for grant in wanted.values() if grant.id not in known]
    if new:
        connection.execute(insert(GrantRow), new)


def select_grant(connection: Connection, identity: str) -> Grant | None:
    """Return a grant, also one that is over; None if there is none of this id."""
    columns = (getattr(GrantRow, one.name) for one in fields(Grant))
    found = connection.execute(select(*columns).where(GrantRow.id == identity)).mappings().one_or_none()
    return Grant(**found) if found else None


def select_grants(connection: Connection, plan: str) -> tuple[Grant, ...]:
    """Return every grant of a plan, also those that are over, the latest first."""
    columns = (getattr(GrantRow, one.name) for one in fields(Grant))
    wanted = select(*columns).where(GrantRow.plan == plan).order_by(GrantRow.made_at.desc(), GrantRow.id)
    return tuple(Grant(**row) for row in connection.execute(wanted).mappings())


def select_revoked(connection: Connection, plan: str) -> frozenset[str]:
    """Return the ids of the grants of a plan that were taken back."""
    wanted = select(GrantRow.id).where(GrantRow.plan == plan, GrantRow.revoked_at.is_not(None))
    return frozenset(connection.execute(wanted).scalars())


def revoke(connection: Connection, identity: str, *, at: datetime) -> bool:
    """Take a grant back; False if there is none that holds. The pages refuse a link whose grant was taken back."""
    holds = (GrantRow.id == identity, GrantRow.revoked_at.is_(None))
    return connection.execute(update(GrantRow).where(*holds).values(revoked_at=at)).rowcount == 1
