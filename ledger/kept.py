"""The ledger of a process that lives long and is asked often, as the pages are: its connections are kept between two questions.

Each question still looks at the database anew: whether it is there, in its newest form, and the same file as before.
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from ledger.database import Database
from ledger.ledger import Ledger
from ledger.revisions import has_tables, migrate


class KeptLedger:
    """A ledger that is kept open; it closes when nobody has it any more."""

    def __init__(self, url: str) -> None:
        self._reading, self._writing = _Kept(url, create=False), _Kept(url, create=True)

    @contextmanager
    def reading(self) -> Iterator[Ledger | None]:
        """Yield the ledger for reading, or None if there is none yet; create and change nothing.

        Raises:    as `read_ledger`
        """
        database = self._reading.database()
        yield Ledger(database) if database.exists and has_tables(database) else None

    @contextmanager
    def writing(self, *, came_from: str) -> Iterator[Ledger]:
        """Yield the ledger; make it, or bring it up to date, if need be.

        Args:      came_from: as of `open_ledger`
        Raises:    as `open_ledger`
        """
        database = self._writing.database()
        migrate(database)
        yield Ledger(database, came_from=came_from)


class _Kept:
    """A database with its connections; new ones once its file is another, as after a backup was put in its place."""

    def __init__(self, url: str, *, create: bool) -> None:
        self._url, self._create = url, create
        self._lock = Lock()
        self._database: Database | None = None
        self._file: tuple[int, int] | None = None

    def database(self) -> Database:
        """Return the database as it can be reached now."""
        with self._lock:
            if self._database is None:
                self._database = Database(self._url, create=self._create)
                weakref.finalize(self, self._database.close)
            if self._database.file != self._file:
                self._database.close()  # who works with a connection meanwhile ends with it
                self._file = self._database.file
            return self._database
