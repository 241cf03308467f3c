"""Readings that sources gave: what is new becomes a fact, what jumps is held until somebody decides."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, ScalarSelect, exists, func, insert, select

from ledger.database import lock
from ledger.facts import append_facts, select_facts
from ledger.records import Decision, HeldReading
from ledger.tables import HeldDecisionRow, HeldReadingRow, ReadingRow, WithdrawalRow
from plan.facts import Facts, Reading
from plan.restated import Change, Figure, Held, to_add

Sift = Callable[[Facts, Held], tuple[Change, ...]]
"""Says what readings change, given all facts and the figures that were held before."""


def append_collected(
    connection: Connection, plan: str, collected_from: str, sift: Sift, *, recorded_at: datetime
) -> tuple[Change, ...]:
    """Append what readings change; what they are compared with is read under the same lock, so that none comes in twice."""
    lock(connection, plan)
    found = sift(select_facts(connection, plan, known_by=date.max), figures_held(select_held(connection, plan)))
    append_facts(connection, plan, to_add(found), recorded_at=recorded_at)
    doubted = list({_figure(change.reading): change for change in found if change.kind == "held"}.values())
    _append_held(connection, plan, collected_from, doubted, recorded_at=recorded_at)
    return found


def figures_held(held: Iterable[HeldReading]) -> Held:
    """Return the figures that were held, each with the day on which it was let in, or None."""
    return {
        _figure(one.reading): one.decision.decided_on if one.decision and one.decision.verdict == "accepted" else None
        for one in held
    }


def select_held(connection: Connection, plan: str) -> tuple[HeldReading, ...]:
    """Return every reading that was ever held, first to last, with what was decided of it."""
    row, decided = HeldReadingRow, HeldDecisionRow
    names = [field.name for field in fields(Reading)]
    verdicts = [getattr(decided, field.name) for field in fields(Decision)]
    wanted = (
        select(row.number, row.collected_from, row.reason, _known_since(), *(getattr(row, name) for name in names), *verdicts)
        .outerjoin(decided, (decided.plan == row.plan) & (decided.number == row.number))
        .where(row.plan == plan)
        .order_by(row.number)
    )
    return tuple(_held(found) for found in connection.execute(wanted).tuples())


def _known_since() -> ScalarSelect[Decimal]:
    """Return the figure that became known last for the same measure and year since a reading was held, and counts."""
    row, since = HeldReadingRow, ReadingRow
    of_the_same = (since.plan == row.plan, since.item == row.item, since.period == row.period)
    is_back = exists().where(WithdrawalRow.plan == since.plan, WithdrawalRow.number == since.number)
    wanted = select(since.value).where(*of_the_same, since.recorded_at > row.recorded_at, ~is_back)
    return wanted.order_by(since.number.desc()).limit(1).scalar_subquery()


def append_decision(
    connection: Connection, plan: str, number: int, decision: Decision, *, recorded_at: datetime
) -> HeldReading | None:
    """Keep what was decided of a held reading; of a yes, the reading becomes a fact in the same transaction.

    Returns:   the reading with the decision that holds, an earlier one if there was one, and none if it cannot be let in
               because another figure became known since; None if none has this number
    """
    lock(connection, plan)
    one = next((held for held in select_held(connection, plan) if held.number == number), None)
    if one is None or one.decision is not None or (one.known_since is not None and decision.verdict == "accepted"):
        return one
    values = {field.name: getattr(decision, field.name) for field in fields(Decision)}
    connection.execute(insert(HeldDecisionRow), {"plan": plan, "number": number, "recorded_at": recorded_at, **values})
    if decision.verdict == "accepted":
        accepted = replace(one.reading, known_on=decision.decided_on)
        append_facts(connection, plan, [accepted], recorded_at=recorded_at)
    return replace(one, decision=decision)


def _append_held(
    connection: Connection, plan: str, collected_from: str, doubted: Sequence[Change], *, recorded_at: datetime
) -> None:
    last = connection.execute(select(func.max(HeldReadingRow.number)).where(HeldReadingRow.plan == plan)).scalar() or 0
    rows = [
        {"plan": plan, "number": number, "collected_from": collected_from, "reason": change.reason, "recorded_at": recorded_at}
        | {field.name: getattr(change.reading, field.name) for field in fields(Reading)}
        for number, change in enumerate(doubted, last + 1)
    ]
    if rows:
        connection.execute(insert(HeldReadingRow), rows)


def _held(found: Sequence[Any]) -> HeldReading:
    number, collected_from, reason, known_since, *values = found
    names, verdicts = [field.name for field in fields(Reading)], [field.name for field in fields(Decision)]
    decided = dict(zip(verdicts, values[len(names) :], strict=True))
    return HeldReading(
        number=number,
        reading=Reading(**dict(zip(names, values[: len(names)], strict=True))),
        collected_from=collected_from,
        reason=reason,
        known_since=known_since,
        decision=None if decided["verdict"] is None else Decision(**decided),
    )


def _figure(reading: Reading) -> Figure:
    return reading.item, reading.period, reading.value
