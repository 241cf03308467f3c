"""What people and servers said about mail, and which runs came to an end. Nothing here changes or removes a row."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from ledger.database import lock
from ledger.records import PAUSED, About, Beat, Word
from ledger.tables import BeatRow, WordRow


def append_word(connection: Connection, plan: str, word: Word) -> None:
    """Append what was said; each word that can be seen comes after all that were seen before."""
    lock(connection, plan)
    connection.execute(insert(WordRow), {"plan": plan, **asdict(word)})


def select_words(
    connection: Connection, plan: str, *, about: About | None = None, subject: str | None = None
) -> tuple[Word, ...]:
    """Return all that was ever said, first to last; of one kind or one subject if asked for."""
    wanted = select(*(getattr(WordRow, one.name) for one in fields(Word))).where(WordRow.plan == plan).order_by(WordRow.id)
    if about is not None:
        wanted = wanted.where(WordRow.about == about)
    if subject is not None:
        wanted = wanted.where(WordRow.subject == subject)
    return tuple(Word(**row) for row in connection.execute(wanted).mappings())


def select_holding(connection: Connection, plan: str, about: About) -> dict[str, Word]:
    """Return the last word about each subject of a kind."""
    last = select(func.max(WordRow.id)).where(WordRow.plan == plan, WordRow.about == about).group_by(WordRow.subject)
    wanted = select(*(getattr(WordRow, one.name) for one in fields(Word))).where(WordRow.id.in_(last)).order_by(WordRow.id)
    return {row["subject"]: Word(**row) for row in connection.execute(wanted).mappings()}


def is_paused(connection: Connection, plan: str) -> bool:
    """Return whether the last word about all mail of a plan keeps it back."""
    last = select(WordRow.word).where(WordRow.plan == plan, WordRow.about == "mail").order_by(WordRow.id.desc()).limit(1)
    return connection.execute(last).scalar() == PAUSED


def append_beat(connection: Connection, plan: str, beat: Beat) -> None:
    """Append that a run came to its end."""
    connection.execute(insert(BeatRow), {"plan": plan, **asdict(beat)})


def select_beats(connection: Connection, plan: str, *, flows: Sequence[str], since: datetime | None) -> tuple[Beat, ...]:
    """Return which runs of some flows came to their end, from an instant on, the latest first."""
    columns = (getattr(BeatRow, one.name) for one in fields(Beat))
    wanted = select(*columns).where(BeatRow.plan == plan, BeatRow.flow.in_(flows))
    if since is not None:
        wanted = wanted.where(BeatRow.ended_at >= since)
    found = connection.execute(wanted.order_by(BeatRow.ended_at.desc(), BeatRow.id.desc()))
    return tuple(Beat(**row) for row in found.mappings())
