"""A plan's public pages as files in a folder: all of them or none, and never in place of anything else. Imports no Prefect."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from notifications.publication.pages import ICON, IN_A_FOLDER, JSON, STYLE, Publication, is_publication

_NAMES = re.compile("|".join(map(re.escape, (IN_A_FOLDER.overview, JSON, STYLE, ICON))) + r"|objective-[A-Za-z0-9.\-]+\.html")
"""What the files of any publication are called."""


class NotOurs(ValueError):
    """The folder holds something else than a publication; name an empty folder, or one that is not there yet."""


class NotPublished(OSError):
    """The pages cannot be written there; name another folder, or one that may be written to."""


def files_of(published: Publication) -> dict[str, bytes]:
    """Return a publication's files by name."""
    pages = {IN_A_FOLDER.objective(code): page for code, page in published.objectives.items()}
    return {IN_A_FOLDER.overview: published.overview, **pages, **published.files}


def publish_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Have a folder hold these files and nothing else; until all are written, it stays as it was.

    Raises:    NotOurs: something else stands there; it is left alone
               NotPublished: it cannot be written to
    """
    folder = folder.resolve()
    try:
        if folder.exists() and not _may_be_replaced(folder):
            raise NotOurs(f"{folder} holds something else than a publication; name an empty folder, or one not there yet.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        _put(files, folder)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise NotPublished(f"The pages cannot be written to {folder} ({why}); name another folder.") from error


def _may_be_replaced(folder: Path) -> bool:
    """Return whether a folder is empty, or holds what was published before and nothing else."""
    if not folder.is_dir():
        return False
    found = [path.name for path in folder.iterdir()]
    if not all(_NAMES.fullmatch(name) for name in found):
        return False
    return not found or (JSON in found and is_publication((folder / JSON).read_bytes()))


def _put(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a folder beside it, and then let the two change places."""
    draft, before = (folder.with_name(f".{folder.name}.{os.getpid()}.{what}") for what in ("draft", "before"))
    try:
        draft.mkdir()
        for name, content in files.items():
            (draft / name).write_bytes(content)
        if folder.exists():
            shutil.copymode(folder, draft)
            folder.rename(before)
        draft.rename(folder)
    finally:
        if before.exists() and not folder.exists():  # the second step failed, so the first one is undone
            before.rename(folder)
        for left in (draft, before):
            shutil.rmtree(left, ignore_errors=True)
