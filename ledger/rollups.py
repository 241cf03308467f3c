"""Rollups with their files, frozen once and never changed, and the word that released a board's copy."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, insert, select

from ledger.database import lock
from ledger.letters import queue_letters
from ledger.records import Frozen, FrozenPeriod, Letter, Release
from ledger.tables import ReleaseRow, RollupFileRow, RollupRow


def append_rollup(connection: Connection, frozen: Frozen, files: Mapping[str, bytes]) -> Frozen:
    """Keep a frozen rollup and its files, unless its period was frozen before; return the one that holds."""
    lock(connection, frozen.plan)
    before = select_rollup(connection, frozen.plan, frozen.period)
    if before is None:
        connection.execute(insert(RollupRow), _values(frozen))
        of = {"plan": frozen.plan, "period": frozen.period}
        rows = [{**of, "ending": ending, "content": content} for ending, content in files.items()]
        if rows:
            connection.execute(insert(RollupFileRow), rows)
    return before or frozen


def select_rollup(connection: Connection, plan: str, period: str) -> Frozen | None:
    """Return the rollup of a period as it was frozen, or None."""
    row = RollupRow
    wanted = select(*(getattr(row, one.name) for one in fields(Frozen))).where(row.plan == plan, row.period == period)
    found = connection.execute(wanted).mappings().one_or_none()
    return Frozen(**found) if found else None


def select_periods(connection: Connection, plan: str) -> tuple[FrozenPeriod, ...]:
    """Return which periods have been frozen, the latest day of freezing first."""
    row = RollupRow
    columns = (getattr(row, one.name) for one in fields(FrozenPeriod))
    wanted = select(*columns).where(row.plan == plan).order_by(row.frozen_on.desc(), row.period.desc())
    return tuple(FrozenPeriod(**found) for found in connection.execute(wanted).mappings())


def select_file(connection: Connection, plan: str, period: str, ending: str) -> bytes | None:
    """Return a file of a rollup, or None."""
    row = RollupFileRow
    wanted = select(row.content).where(row.plan == plan, row.period == period, row.ending == ending)
    return connection.execute(wanted).scalar()


def append_release(connection: Connection, release: Release, letters: Sequence[Letter]) -> tuple[str, ...] | None:
    """Keep the word that releases a board's copy and queue its letters; None if another word came before."""
    lock(connection, release.plan)
    if select_release(connection, release.plan, release.period) is not None:
        return None
    connection.execute(insert(ReleaseRow), _values(release))
    return queue_letters(connection, letters)


def select_release(connection: Connection, plan: str, period: str) -> Release | None:
    """Return the word that released a board's copy, or None."""
    row = ReleaseRow
    wanted = select(*(getattr(row, one.name) for one in fields(Release))).where(row.plan == plan, row.period == period)
    found = connection.execute(wanted).mappings().one_or_none()
    return Release(**found) if found else None


def _values(record: Frozen | Release) -> dict[str, Any]:
    return {one.name: getattr(record, one.name) for one in fields(record)}
