"""Answers that come in by a page: kept only if nothing else came in meanwhile, and taken back within a day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, union_all

from ledger.database import lock
from ledger.facts import ROWS, append_facts, last_number
from ledger.records import Recorded, Withdrawal
from ledger.tables import WithdrawalRow
from plan.facts import Fact
from plan.phrase import phrase


class AnsweredMeanwhile(Exception):
    """Something was recorded for the item since the page was opened, so nothing was changed; open it again and look."""


class NotThere(LookupError):
    """There is no such answer that could be taken back; open the page again."""


def append_answer(
    connection: Connection, plan: str, facts: Sequence[Fact], *, seen: Mapping[str, int], recorded_at: datetime
) -> int:
    """Append the facts of an answer, and return the number of the first.

    Args:      seen: the number of the last fact that was known of each item when the page was made; 0: none was
    Raises:    AnsweredMeanwhile: an item has a later one, such as this very answer, sent before; nothing is appended
    """
    lock(connection, plan)
    now = last_numbers(connection, plan, seen)
    later = sorted(item for item, number in now.items() if number != seen[item])
    if later:
        raise AnsweredMeanwhile(
            phrase(
                "Something was recorded for {items} since this page was opened, perhaps by this very form; "
                "nothing was changed. Open the page again and look.",
                items=", ".join(later),
            )
        )
    return append_facts(connection, plan, facts, recorded_at=recorded_at)


def last_numbers(connection: Connection, plan: str, items: Iterable[str]) -> dict[str, int]:
    """Return the number of the last fact of each item, also one that was taken back; 0 where there is none."""
    wanted = sorted(set(items))
    of_kinds = (
        select(row.item, func.max(row.number).label("number")).where(row.plan == plan, row.item.in_(wanted)).group_by(row.item)
        for row in ROWS.values()
    )
    every = union_all(*of_kinds).subquery()
    last = select(every.c.item, func.max(every.c.number).label("number")).group_by(every.c.item)
    found: dict[str, int] = {row.item: row.number for row in connection.execute(last)}
    return {item: found.get(item, 0) for item in wanted}


def select_recorded(connection: Connection, plan: str, item: str) -> tuple[Recorded, ...]:
    """Return all that was recorded of an item, first to last, with what was taken back."""
    back = {
        row.number: Withdrawal(numbers=(row.number,), by=row.by, known_on=row.known_on)
        for row in connection.execute(select(WithdrawalRow.__table__).where(WithdrawalRow.plan == plan))
    }
    return tuple(sorted(_recorded(connection, plan, item, back), key=lambda one: one.number))


def _recorded(connection: Connection, plan: str, item: str, back: Mapping[int, Withdrawal]) -> Iterator[Recorded]:
    for kind, row in ROWS.items():
        names = [field.name for field in fields(kind)]
        columns = (getattr(row, name) for name in names)
        wanted = select(row.number, row.recorded_at, *columns).where(row.plan == plan, row.item == item)
        for number, recorded_at, *values in connection.execute(wanted):
            fact = kind(**dict(zip(names, values, strict=True)))
            yield Recorded(number=number, fact=fact, recorded_at=recorded_at, withdrawn=back.get(number))


def append_withdrawal(connection: Connection, plan: str, withdrawal: Withdrawal, *, recorded_at: datetime) -> None:
    """Note that facts were taken back; of several all or none.

    Raises:    NotThere: one of them was taken back before, or never was
    """
    lock(connection, plan)
    before = select(WithdrawalRow.number).where(WithdrawalRow.plan == plan, WithdrawalRow.number.in_(withdrawal.numbers))
    were = range(1, last_number(connection, plan) + 1)
    if not withdrawal.numbers or not all(number in were for number in withdrawal.numbers) or connection.execute(before).first():
        raise NotThere("This answer was taken back before, or never was, so nothing was changed; open the page again.")
    rest = {"plan": plan, "by": withdrawal.by, "known_on": withdrawal.known_on, "recorded_at": recorded_at}
    connection.execute(insert(WithdrawalRow), [{"number": number, **rest} for number in withdrawal.numbers])
