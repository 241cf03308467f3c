"""A rollup on its way to its readers: files on disk, the cabinet's letters, and the board's once it is released.

Imports no Prefect.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ledger.ledger import Ledger
from ledger.records import ROLLUP, Frozen, FrozenPeriod, Letter, Release
from notifications.letters import language_for, letter_of
from notifications.message import Attachment
from notifications.rollup.letter import write
from plan.owners import Person, Roster
from plan.rollup import Rollup
from tasks.frozen import slug, with_phrases
from tasks.letters import CAUGHT, key_apart, sender_for
from tasks.recipients import may_write_to
from tasks.settings import Settings
from tasks.workplace import Workplace

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""What each file of a rollup is, by its ending."""


class NotWritten(OSError):
    """The files cannot be written there; name another folder, or one that may be written to."""


def write_files(files: Mapping[str, bytes], *, period: str, folder: Path) -> tuple[Path, ...]:
    """Write the files of a rollup into a folder, each whole or not at all; return their paths.

    Raises:    NotWritten: the folder cannot be made or written to
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_put(folder / file_name(period, ending), content) for ending, content in files.items())
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise NotWritten(f"The files cannot be written to {folder} ({why}); name another folder with -o.") from error


def files_of(frozen: FrozenPeriod, ledger: Ledger) -> dict[str, bytes]:
    """Return the files of a rollup as they were made when it was frozen."""
    found = {ending: ledger.frozen_file(frozen.plan, frozen.period, ending) for ending in MEDIA_TYPES}
    return {ending: content for ending, content in found.items() if content is not None}


def file_name(period: str, ending: str) -> str:
    """Return what a file of a rollup is called, as in "rollup-2026-27-q1.pdf"."""
    return f"rollup-{slug(period)}.{ending}"


def are_written(files: Mapping[str, bytes], *, period: str, folder: Path) -> bool:
    """Return whether all files of a rollup stand in a folder, byte for byte."""
    paths = {folder / file_name(period, ending): content for ending, content in files.items()}
    return all(path.is_file() and path.read_bytes() == content for path, content in paths.items())


def cabinet(roster: Roster, *, on: date) -> tuple[Person, ...]:
    """Return who gets a rollup when it is frozen: the plan administrator first, then cabinet lead and cabinet."""
    owners = roster.owners
    return roster.readers((owners.plan_administrator, owners.cabinet_lead, *owners.cabinet), as_of=on)


def board(roster: Roster, *, on: date) -> tuple[Person, ...]:
    """Return who gets a rollup once it is released."""
    return roster.readers(roster.owners.board, as_of=on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A rollup as its letters bring it."""

    frozen: Frozen
    rollup: Rollup
    """What was frozen, with sentences that can be said in the languages of its readers."""
    pdf: bytes


def edition(frozen: Frozen, workplace: Workplace, ledger: Ledger) -> Edition:
    """Return a frozen rollup as its letters bring it."""
    return Edition(frozen=frozen, rollup=with_phrases(frozen, workplace, ledger), pdf=files_of(frozen, ledger)["pdf"])


def cabinet_letters(of: Edition, roster: Roster, settings: Settings, *, on: date, made_at: datetime) -> tuple[Letter, ...]:
    """Return the cabinet's letters; the first, to the plan administrator, has the link that releases the board's copy.

    Where nobody can be reached there it is the cabinet lead's, and then that of the next of the cabinet.
    """
    people = cabinet(roster, on=on)
    link = f"{settings.base_url}/rollups/{slug(of.frozen.period)}" if roster.owners.board else ""
    first, rest = people[:1], people[1:]
    return (
        *(_letter(of, to, roster, settings, on=on, made_at=made_at, release_link=link) for to in first),
        *(_letter(of, to, roster, settings, on=on, made_at=made_at) for to in rest),
    )


def board_letters(of: Edition, roster: Roster, settings: Settings, *, on: date, made_at: datetime) -> tuple[Letter, ...]:
    """Return the board's letters."""
    return tuple(_letter(of, to, roster, settings, on=on, made_at=made_at) for to in board(roster, on=on))


def allowed(letters: Iterable[Letter], settings: Settings) -> tuple[Letter, ...]:
    """Return the letters to addresses that may be written to; others would wait in the outbox and fail every run."""
    return tuple(letter for letter in letters if may_write_to(letter.address, settings))


def release(
    frozen: Frozen, workplace: Workplace, ledger: Ledger, settings: Settings, *, by: str, note: str, on: date, at: datetime
) -> Sequence[str] | None:
    """Let a rollup go to the board: keep whose word it was, and queue the board's letters, both or neither.

    Returns:   the addresses that are written to; None if it had been released before
    """
    of, roster = edition(frozen, workplace, ledger), workplace.reachable(ledger)
    letters = allowed(board_letters(of, roster, settings, on=on, made_at=at), settings)
    word = Release(plan=frozen.plan, period=frozen.period, by=by, note=note, released_at=at)
    queued = ledger.release(word, letters)
    return None if queued is None else [letter.address for letter in letters if letter.key in queued]


def not_a_reader(address: str, roster: Roster, *, on: date) -> str | None:
    """Return why a rollup's letter should not go to an address any more, or None while somebody reads it there."""
    readers = {person.address for person in (*cabinet(roster, on=on), *board(roster, on=on))}
    return None if address in readers else f"{address} is not among the readers of rollups any more."


def key_of(frozen: Frozen, address: str, settings: Settings) -> str:
    """Return what makes a reader's letter unique, so that each gets a rollup once; what is only caught has a key of its own."""
    return key_apart(f"{frozen.plan}/{ROLLUP}/{frozen.period}/{address}", settings)


def is_only_to_be_caught(key: str) -> bool:
    """Return whether a letter was made for the mail catcher."""
    return key.endswith(CAUGHT)


def _letter(
    of: Edition, to: Person, roster: Roster, settings: Settings, *, on: date, made_at: datetime, release_link: str = ""
) -> Letter:
    language, period = language_for(to, roster), of.frozen.period
    return letter_of(
        write(of.rollup, base_url=settings.base_url, release_link=release_link, language=language),
        kind=ROLLUP,
        key=key_of(of.frozen, to.address, settings),
        thread=f"{ROLLUP}/{period}",
        to=to,
        day=on,
        roster=roster,
        sender=sender_for(settings, roster),
        made_at=made_at,
        attachment=Attachment(name=file_name(period, "pdf"), content=of.pdf),
    )


def _put(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
    return path
