"""The store of evidence: files by what is in them, whole or not there at all, and read by nobody else. Imports no Prefect."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from re import fullmatch
from typing import BinaryIO

from ledger.ledger import Ledger
from ledger.records import EvidenceFile
from plan.phrase import phrase
from plan.record import UNPRINTABLE
from tasks.evidence_kinds import FileRefused, kind_of
from tasks.settings import Settings
from tasks.sources.cells import quoted

__all__ = ["FileRefused", "file_name", "keep", "path_of"]

_log = logging.getLogger(__name__)

MOST_BYTES = 25_000_000
"""Of one file."""
MOST_IN_NAME = 120
"""How many characters the name of a file has at most."""
UNFINISHED = "unfinished"
"""What the file is called that is being written; a later one takes its place if it was left behind."""


def keep(upload_name: str, content: BinaryIO, settings: Settings, ledger: Ledger, *, at: datetime) -> EvidenceFile:
    """Keep a file, and return what is known of it; of a file that is there already nothing is changed.

    Args:      upload_name: what its sender calls it; any path before it is cut off
    Raises:    FileRefused: it is too large, not of a kind that is kept, or cannot be written now; nothing is kept then
    """
    name, held = file_name(upload_name), content.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:
        most, named = MOST_BYTES // 1_000_000, quoted(name)
        raise FileRefused(phrase("{file} has more than {most} MB; save a smaller one, or give a link.", file=named, most=most))
    file = EvidenceFile(sha256=sha256(held).hexdigest(), kind=kind_of(name, held), size=len(held), stored_at=at)
    try:
        _store(held, _place(file.sha256, settings), _folder(settings))
    except OSError as error:
        _log.warning("The store of evidence cannot be written to: %s", error.strerror, extra={"action": "evidence_not_kept"})
        said = phrase(
            "{file} cannot be kept now, as the store of evidence is full or closed; give a link to it.", file=quoted(name)
        )
        raise FileRefused(said) from error
    ledger.pages.note_file(file)
    return ledger.pages.file(file.sha256) or file


def path_of(sha256: str, settings: Settings) -> Path | None:
    """Return where a file of the store is, or None if it is not there.

    Args:      sha256: 64 hexadecimal digits; of anything else there is no file
    """
    path = _place(sha256, settings) if fullmatch("[0-9a-f]{64}", sha256) else None
    return path if path and path.is_file() else None


def file_name(reference: str) -> str:
    """Return what a file is called: the last part of a path, with nothing in it that cannot be shown, and not too long."""
    last = reference.replace("\\", "/").rpartition("/")[2].encode(errors="replace").decode()
    name = " ".join(UNPRINTABLE.sub("", last).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:MOST_IN_NAME].strip(". ") or "file"
    return f"{stem[: MOST_IN_NAME - len(ending) - 1]}.{ending}"


def _folder(settings: Settings) -> Path:
    return settings.home / "evidence-store"


def _place(digest: str, settings: Settings) -> Path:
    return _folder(settings) / digest[:2] / digest


def _store(held: bytes, place: Path, folder: Path) -> None:
    """Write a file so that its place never has a part of it, whenever the machine stops."""
    with _alone_in(folder):
        if place.exists():
            return
        place.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = folder / UNFINISHED
        unfinished.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(held)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(place)
        finally:
            unfinished.unlink(missing_ok=True)
        for entries in (place.parent, folder):
            _sync(entries)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let nobody else write into the store meanwhile; who dies lets go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
