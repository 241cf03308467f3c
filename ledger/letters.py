"""The outbox seen from the writing side: letters queued with what they tell, taken back, and looked at.

A telling lives exactly as long as its letter may still reach somebody, or may have reached somebody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, not_, select, union_all, update

from ledger.database import lock
from ledger.grants import append_grants
from ledger.records import DAILY, Attempt, Letter, LetterState, Posted
from ledger.tables import AttemptRow, LetterRow, TellingRow
from plan.told import Telling, Told

LEFT = (
    *(LetterState.SENT, LetterState.IN_DOUBT, LetterState.HELD),
    *(LetterState.FAILED, LetterState.EXPIRED, LetterState.CANCELLED),
)
"""The states in which a letter is off its way for good; what it tells counts as delivered on the day of its last claim.

One that failed, expired or was cancelled still tells something only if an earlier copy of it may have arrived.

One that was held before anybody claimed it counts for its own day, or its steps would keep the ladder from climbing for ever.
"""

SUPERSEDED = "A later digest says it all."
ONLY_CAUGHT = "It was only caught on this machine; its reader is told anew."


_AT_A_TIME = 10_000
"""How many keys one statement names at most; SQLite takes 32,766 values and PostgreSQL 65,535."""


def queue_letters(connection: Connection, letters: Sequence[Letter]) -> tuple[str, ...]:
    """Queue each letter whose own key and tellings' keys are free, with its tellings; return the keys queued, in order."""
    lock(connection, *{letter.plan for letter in letters})
    queued = list(_free(letters, _taken(connection, letters)))
    if queued:
        connection.execute(insert(LetterRow), [_letter_row(letter) for letter in queued])
    tellings = [_telling_row(letter, telling) for letter in queued for telling in letter.tellings]
    if tellings:
        connection.execute(insert(TellingRow), tellings)
    append_grants(connection, (grant for letter in queued for grant in letter.grants))
    return tuple(letter.key for letter in queued)


def skip_letters(connection: Connection, plan: str, *, before: date) -> int:
    """Skip the daily mails of earlier days that are still queued and release their tellings; return how many."""
    return _skip(connection, plan, _is_superseded(before), reason=SUPERSEDED)


def skip_caught(connection: Connection, plan: str) -> int:
    """Skip the daily mails that were only caught and release their tellings; return how many."""
    return _skip(
        connection,
        plan,
        LetterRow.kind.in_(DAILY),
        LetterRow.state == LetterState.SENT,
        LetterRow.caught.is_(True),
        reason=ONLY_CAUGHT,
    )


def select_told(connection: Connection, plan: str, *, day: date, up_to: date | None, count_caught: bool) -> Told:
    """Return what was told for days up to a day, that day included; deliveries after it had not happened yet.

    What waits in a letter that a run for `day` supersedes is left out.
    """
    last = up_to or date.max
    left_on = func.coalesce(LetterRow.claimed_on, LetterRow.day)
    left = and_(LetterRow.state.in_(LEFT), left_on <= last)
    names = [field.name for field in fields(Telling) if field.name != "delivered_on"]
    wanted = (
        select(*(getattr(TellingRow, name) for name in names), case((left, left_on)).label("delivered_on"))
        .join(LetterRow, LetterRow.key == TellingRow.letter)
        .where(TellingRow.plan == plan, TellingRow.told_on <= last)
        .where(not_(_is_superseded(day)))
        .order_by(TellingRow.told_on, TellingRow.key)
    )
    if not count_caught:
        wanted = wanted.where(not_(and_(LetterRow.state == LetterState.SENT, LetterRow.caught)))
    names.append("delivered_on")
    return Told(Telling(**dict(zip(names, row, strict=True))) for row in connection.execute(wanted))


def select_letters(connection: Connection, plan: str | None) -> tuple[Posted, ...]:
    """Return the letters of a plan, or of all plans, newest first."""
    return _select_posted(connection, *(() if plan is None else (LetterRow.plan == plan,)))


def select_day(connection: Connection, plan: str, day: date, *, since: datetime, before: datetime) -> tuple[Posted, ...]:
    """Return the letters of a day, and those sent from an instant on and before another, newest first."""
    keys = select(LetterRow.key).where(LetterRow.plan == plan)
    # Two questions, each with an index of its own: asked as one, SQLite reads all letters of the plan.
    found = union_all(keys.where(LetterRow.day == day), keys.where(LetterRow.sent_at >= since, LetterRow.sent_at < before))
    return _select_posted(connection, LetterRow.key.in_(found))


def count_letters(connection: Connection, plan: str) -> dict[LetterState, int]:
    """Return how many letters of a plan are in each state; every state is there."""
    wanted = select(LetterRow.state, func.count()).where(LetterRow.plan == plan).group_by(LetterRow.state)
    found = connection.execute(wanted)
    numbers = dict(found.tuples().all())
    return {state: numbers.get(state, 0) for state in LetterState}


def select_letter(connection: Connection, plan: str, key: str) -> tuple[Posted, bytes, tuple[Attempt, ...]] | None:
    """Return a letter with its bytes and its attempts, first to last; None if the plan has none of this key."""
    columns = [getattr(LetterRow, field.name) for field in fields(Posted) if field.name != "attempts"]
    wanted = select(*columns, LetterRow.attempt.label("attempts"), LetterRow.content)
    found = connection.execute(wanted.where(LetterRow.plan == plan, LetterRow.key == key)).mappings().one_or_none()
    if found is None:
        return None
    tried = select(*(getattr(AttemptRow, field.name) for field in fields(Attempt))).where(AttemptRow.letter == key)
    attempts = tuple(Attempt(**row) for row in connection.execute(tried.order_by(AttemptRow.number)).mappings())
    return Posted(**{name: value for name, value in found.items() if name != "content"}), found["content"], attempts


def _select_posted(connection: Connection, *which: ColumnElement[bool]) -> tuple[Posted, ...]:
    columns = [getattr(LetterRow, field.name) for field in fields(Posted) if field.name != "attempts"]
    wanted = select(*columns, LetterRow.attempt.label("attempts")).where(*which)
    found = connection.execute(wanted.order_by(LetterRow.made_at.desc(), LetterRow.key))
    return tuple(Posted(**row) for row in found.mappings())


def _is_superseded(day: date) -> ColumnElement[bool]:
    """Return whether a run for a day takes a letter's place; not that of a letter that somebody asked for."""
    waits = (LetterRow.state == LetterState.QUEUED, LetterRow.day < day, not_(LetterRow.asked_for))
    return and_(LetterRow.kind.in_(DAILY), *waits)


def _skip(connection: Connection, plan: str, *which: ColumnElement[bool], reason: str) -> int:
    lock(connection, plan)
    gone = {"state": LetterState.SKIPPED, "reason": reason, "next_attempt_at": None}
    skipping = update(LetterRow).where(LetterRow.plan == plan, *which).values(**gone).returning(LetterRow.key)
    skipped = connection.execute(skipping).scalars().all()
    for keys in _in_parts(skipped):
        connection.execute(delete(TellingRow).where(TellingRow.letter.in_(keys)))
    return len(skipped)


def _taken(connection: Connection, letters: Sequence[Letter]) -> set[str]:
    """Return which keys of letters, and of what they tell, are taken."""
    taken = set[str]()
    for keys in _in_parts({key for letter in letters for key in _keys(letter)}):
        of_letters, of_tellings = (select(row.key).where(row.key.in_(keys)) for row in (LetterRow, TellingRow))
        taken |= set(connection.execute(union_all(of_letters, of_tellings)).scalars())
    return taken


def _in_parts(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield keys in as many parts as statements are needed to name them."""
    left = iter(keys)
    while part := tuple(islice(left, _AT_A_TIME)):
        yield part


def _keys(letter: Letter) -> set[str]:
    return {letter.key, *(telling.key for telling in letter.tellings)}


def _free(letters: Sequence[Letter], taken: set[str]) -> Iterator[Letter]:
    for letter in letters:
        keys = _keys(letter)
        if taken.isdisjoint(keys):
            taken |= keys  # a second letter of the same batch finds them taken
            yield letter


def _letter_row(letter: Letter) -> dict[str, Any]:
    written = {field.name: getattr(letter, field.name) for field in fields(Letter) if field.name not in ("tellings", "grants")}
    way = {
        "state": LetterState.QUEUED,
        "reason": "Waits to be sent.",
        "attempt": 0,
        "put_off": 0,
        "caught": False,
        "asked_for": False,
        "next_attempt_at": letter.made_at,
    }
    return {**written, **way}


def _telling_row(letter: Letter, telling: Telling) -> dict[str, Any]:
    written = {field.name: getattr(telling, field.name) for field in fields(Telling) if field.name != "delivered_on"}
    return {"plan": letter.plan, "letter": letter.key, **written}
