"""Facts, added and read again. Nothing here changes or removes one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, union_all

from ledger.database import lock
from ledger.tables import (
    AcceptanceRow,
    AcknowledgementRow,
    CheckInRow,
    CorrectivePlanRow,
    EvidenceRow,
    FactRow,
    JudgementRow,
    OverrideRow,
    ReadingRow,
    ReferralRow,
    SentBackRow,
    WaiverRow,
    WithdrawalRow,
    WordRow,
)
from plan.facts import (
    Acceptance,
    Acknowledgement,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Fact,
    Facts,
    Override,
    Reading,
    Referral,
    SentBack,
    Waiver,
)

ROWS: dict[type[Fact], type[FactRow]] = {
    CheckIn: CheckInRow,
    Reading: ReadingRow,
    Evidence: EvidenceRow,
    Acknowledgement: AcknowledgementRow,
    Referral: ReferralRow,
    Waiver: WaiverRow,
    Acceptance: AcceptanceRow,
    SentBack: SentBackRow,
    CorrectivePlan: CorrectivePlanRow,
    Override: OverrideRow,
}
"""Where each kind of fact is kept; a row has a column for each field of the record, of the same name."""


def append_facts(connection: Connection, plan: str, facts: Sequence[Fact], *, recorded_at: datetime) -> int:
    """Append facts, numbered on from the plan's last one; return the number of the first."""
    lock(connection, plan)
    first = last_number(connection, plan) + 1
    for kind, row in ROWS.items():
        rows = [
            {"plan": plan, "number": number, "recorded_at": recorded_at, **_values(fact)}
            for number, fact in enumerate(facts, first)
            if isinstance(fact, kind)
        ]
        if rows:
            connection.execute(insert(row), rows)
    return first


def append_chosen(
    connection: Connection, plan: str, choose: Callable[[Facts], Sequence[Fact]], *, recorded_at: datetime
) -> tuple[int, tuple[Fact, ...]]:
    """Append the facts that are chosen beside all others, which are read under the same lock: none comes in twice.

    Returns:   the number of the first, and all that came in
    """
    lock(connection, plan)
    chosen = tuple(choose(select_facts(connection, plan, known_by=date.max)))
    return append_facts(connection, plan, chosen, recorded_at=recorded_at), chosen


def select_facts(
    connection: Connection,
    plan: str,
    *,
    known_by: date,
    recorded_before: datetime | None = None,
    taken_back_before: datetime | None = None,
) -> Facts:
    """Return the facts that were known on a day, that day included, in the order of adding; none that was taken back by it.

    Args:      recorded_before: leaves out what was recorded, or taken back, from that instant on; None: nothing
               taken_back_before: what was taken back from that instant on counts all the same; None: it does not
    """
    wanted = {kind: _recorded(kind, recorded_before) for kind in ROWS} if recorded_before else KNOWN
    known = {"plan": plan, "known_by": known_by}
    numbered = (pair for kind in ROWS for pair in _numbered(connection, kind, wanted[kind], known))
    back = _taken_back(connection, plan, known_by=known_by, before=recorded_before or taken_back_before)
    return Facts(tuple(fact for number, fact in sorted(numbered, key=lambda pair: pair[0]) if number not in back))


def _taken_back(connection: Connection, plan: str, *, known_by: date, before: datetime | None) -> frozenset[int]:
    wanted = select(WithdrawalRow.number).where(WithdrawalRow.plan == plan, WithdrawalRow.known_on <= known_by)
    if before:
        wanted = wanted.where(WithdrawalRow.recorded_at < before)
    return frozenset(connection.execute(wanted).scalars())


def _numbered(
    connection: Connection, kind: type[Fact], wanted: Select[Any], known: dict[str, Any]
) -> Iterator[tuple[int, Fact]]:
    names = [field.name for field in fields(kind)]
    for number, *values in connection.execute(wanted, known):
        yield number, kind(**dict(zip(names, values, strict=True)))


def _known(kind: type[Fact]) -> Select[Any]:
    """Return the statement that reads a kind of fact."""
    row = ROWS[kind]
    columns = (getattr(row, field.name) for field in fields(kind))
    return select(row.number, *columns).where(row.plan == bindparam("plan"), row.known_on <= bindparam("known_by"))


KNOWN = {kind: _known(kind) for kind in ROWS}
"""These statements, built once: to build one takes longer than to run it."""


def _recorded(kind: type[Fact], before: datetime) -> Select[Any]:
    return KNOWN[kind].where(ROWS[kind].recorded_at < before)


def select_mark(connection: Connection, plan: str) -> tuple[int | None, ...]:
    """Return what changes whenever a fact, a judgement or a word is added, or a fact is taken back."""
    judged = select(func.max(JudgementRow.id)).where(JudgementRow.plan == plan)
    said = select(func.max(WordRow.id)).where(WordRow.plan == plan)
    back = select(func.count()).select_from(WithdrawalRow).where(WithdrawalRow.plan == plan)
    return last_number(connection, plan), *(connection.execute(wanted).scalar() for wanted in (judged, said, back))


def last_number(connection: Connection, plan: str) -> int:
    """Return the number of a plan's last fact, also one that was taken back; 0 where there is none."""
    return connection.execute(_last(), {"plan": plan}).scalar() or 0


@cache
def _last() -> Select[Any]:
    """Return the statement that reads a plan's last number; it is built once, as above."""
    of_kinds = (select(func.max(row.number).label("number")).where(row.plan == bindparam("plan")) for row in ROWS.values())
    return select(func.max(union_all(*of_kinds).subquery().c.number))


def _values(fact: Fact) -> dict[str, Any]:
    return {field.name: getattr(fact, field.name) for field in fields(fact)}
