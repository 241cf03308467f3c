"""Judgements, kept where they changed: one row is one movement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, Row, func, insert, select

from ledger.database import lock
from ledger.records import Judgement, Movement
from ledger.tables import JudgementRow
from plan.slips import Slip, slips_after

OUTCOME = "outcome"
"""The aspect whose movements begin and end slips."""

_Latest = Mapping[tuple[str, str], Row[tuple[str, str, date, str]]]


def append_movements(connection: Connection, plan: str, judgements: Sequence[Judgement], *, on: date) -> tuple[Movement, ...]:
    """Append what moved since each aspect's latest row, and return all that moved on the day."""
    lock(connection, plan)
    moved = list(_moved(judgements, _latest(connection, plan), on))
    if moved:
        rows = ({name: getattr(movement, name) for name in Movement.__slots__} for movement in moved)
        connection.execute(insert(JudgementRow), [{"plan": plan, **row} for row in rows])
    return select_movements(connection, plan, on=on)


def select_movements(connection: Connection, plan: str, *, on: date) -> tuple[Movement, ...]:
    """Return what moved on a day, in the order of judging."""
    columns = [getattr(JudgementRow, name) for name in Movement.__slots__]
    wanted = select(*columns).where(JudgementRow.plan == plan, JudgementRow.day == on).order_by(JudgementRow.id)
    return tuple(Movement(**row) for row in connection.execute(wanted).mappings())


def select_history(connection: Connection, plan: str, item: str, *, up_to: date) -> tuple[Movement, ...]:
    """Return what moved of one item by a day, that day included, first to last."""
    row = JudgementRow
    wanted = select(*(getattr(row, name) for name in Movement.__slots__)).where(
        row.plan == plan, row.item == item, row.day <= up_to
    )
    return tuple(Movement(**found) for found in connection.execute(wanted.order_by(row.day, row.id)).mappings())


def select_slips(connection: Connection, plan: str, *, up_to: date) -> dict[str, Slip]:
    """Return the last slip of each measure, as its movements up to a day tell it, that day included."""
    row = JudgementRow
    wanted = select(row.day, row.item, row.status, row.reason).where(row.plan == plan, row.aspect == OUTCOME, row.day <= up_to)
    slips: dict[str, Slip] = {}
    for day, moved in groupby(connection.execute(wanted.order_by(row.day, row.id)), key=lambda found: found.day):
        slips = slips_after(slips, ((one.item, one.status, one.reason) for one in moved), day=day)
    return slips


def _moved(judgements: Iterable[Judgement], latest: _Latest, on: date) -> Iterator[Movement]:
    for one in judgements:
        before = latest.get((one.item, one.aspect))
        if before is None or (before.day <= on and before.status != one.status):
            was = before.status if before else None
            yield Movement(item=one.item, aspect=one.aspect, was=was, status=one.status, reason=one.reason, day=on)


def _latest(connection: Connection, plan: str) -> _Latest:
    """Return the row that holds for each aspect, by (item, aspect)."""
    row = JudgementRow
    last = select(func.max(row.id).label("id")).where(row.plan == plan).group_by(row.item, row.aspect).subquery()
    # Rows are only ever added for the latest day or a later one, so the last one added is the one that holds.
    found = connection.execute(select(row.item, row.aspect, row.day, row.status).join(last, row.id == last.c.id))
    return {(one.item, one.aspect): one for one in found}
