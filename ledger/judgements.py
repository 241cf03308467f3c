"""Judgements, kept where they changed: one row is one movement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, Row, and_, func, insert, select

from ledger.database import lock
from ledger.records import Judgement, Movement
from ledger.tables import JudgementRow

_Latest = Mapping[tuple[str, str], Row[tuple[str, str, date, str]]]


def append_movements(connection: Connection, plan: str, judgements: Sequence[Judgement], *, on: date) -> tuple[Movement, ...]:
    """Append what moved since each aspect's latest row, and return all that moved on the day.

    The first run of a day is the day's: what changes later on it is seen by the next day's run.
    """
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


def _moved(judgements: Iterable[Judgement], latest: _Latest, on: date) -> Iterator[Movement]:
    for one in judgements:
        before = latest.get((one.item, one.aspect))
        if before is None or (before.day < on and before.status != one.status):
            was = before.status if before else None
            yield Movement(item=one.item, aspect=one.aspect, was=was, status=one.status, reason=one.reason, day=on)


def _latest(connection: Connection, plan: str) -> _Latest:
    """Return the row that holds for each aspect, by (item, aspect)."""
    row = JudgementRow
    last = (
        select(row.item, row.aspect, func.max(row.day).label("day"))
        .where(row.plan == plan)
        .group_by(row.item, row.aspect)
        .subquery()
    )
    same = and_(row.item == last.c.item, row.aspect == last.c.aspect, row.day == last.c.day)
    found = connection.execute(select(row.item, row.aspect, row.day, row.status).join(last, same).where(row.plan == plan))
    return {(one.item, one.aspect): one for one in found}
