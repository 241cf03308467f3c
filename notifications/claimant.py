"""Who sends letters, with a sign of life that ends with the process: a lock that the kernel lets go of.

A lease only says that a deliverer was quiet for a while. A lock that can be taken says that its holder is dead, so the letters
of a deliverer that was killed are recovered by the next run at once.
"""

import fcntl
import os
import secrets
import socket
from pathlib import Path
from types import TracebackType
from typing import Self


class Claimant:
    """A deliverer's name, unique for its life, and the lock that shows that it lives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.name = f"{_place(folder)}-{os.getpid()}-{secrets.token_hex(4)}"
        self._path = _lock_of(folder, self.name)

    def __enter__(self) -> Self:
        for left in self._folder.glob("*.lock"):  # of claimants that were killed and that nobody asked about
            is_gone(self._folder, left.stem)
        # Locked before it gets its name: whoever finds the file of a living claimant finds it locked.
        unnamed = self._path.with_suffix(".new")
        self._file = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        unnamed.rename(self._path)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def is_gone(folder: Path, name: str) -> bool:
    """Return whether a claimant has surely ended, and clear its lock away; False for one with its lock in another place."""
    if not folder.is_dir() or name.rsplit("-", 2)[0] != _place(folder):
        return False
    path = _lock_of(folder, name)
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # it ended in good order, or was found to be gone before
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared, so that two who ask do not take each other for the holder
    except BlockingIOError:
        return False
    else:
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(file)


def _place(folder: Path) -> str:
    """Return what tells a folder of locks from every other one: the machine, and where on it the folder is."""
    found = folder.stat()
    return f"{socket.gethostname()}-{found.st_dev:x}-{found.st_ino:x}"


def _lock_of(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"
