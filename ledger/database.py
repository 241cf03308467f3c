"""The way to the database: what its address means, how a transaction begins, and what to do if it does not answer.

A writing transaction of SQLite locks at its beginning, so that nothing it has read is stale when it writes.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from plan.phrase import phrase, template

BUSY_SECONDS = 30
"""How long one process waits for another's writing before it gives up."""
UNLIMITED = -1
"""How many connections there may be besides the few that are kept: as many as work at once, since none waits for another."""

# SQLite lets one write at a time, and who waits asks again only now and then, and not in turn. Within a process it is told.
_ONE_WRITER = RLock()


_NO_FILE = template(
    "The database {name} does not answer ({words}); check PLANKEEPER_DATABASE_URL, and that its folder can be written to."
)
_NO_SERVER = template(
    "The database {name} does not answer ({words}); check PLANKEEPER_DATABASE_URL, and that the server runs and lets this user "
    "in."
)


class DatabaseUnreachable(Exception):
    """The database does not answer; check PLANKEEPER_DATABASE_URL, and that its server runs or its folder can be written to."""


class DatabaseBehind(Exception):
    """The database was made by an earlier version; run "plankeeper up" or "plankeeper run", which brings it up to date."""


class DatabaseTooNew(Exception):
    """The database was made by a later version, which this one could damage; install that version, or name another database."""


class Database:
    """A database that may be reached. Reading and writing share one pool of connections."""

    def __init__(self, url: str, *, create: bool) -> None:
        self.url = _read(url)
        self.name = self.url.database if self.is_sqlite else self.url.set(password=None, query={}).render_as_string()
        self._create = create
        self._in_turn: AbstractContextManager[Any] = _ONE_WRITER if self.is_sqlite else nullcontext()
        self._writing = self._engine()
        self._reading = self._writing.execution_options(**_READING[self.url.get_backend_name()])

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def exists(self) -> bool:
        """Return whether there is something to connect to; of a server it is assumed."""
        return not self.is_sqlite or Path(self.url.database or "").is_file()

    @property
    def file(self) -> tuple[int, int] | None:
        """Return which file of this machine the database is, whatever its name; None if it is none, or not there."""
        try:
            found = Path(self.url.database or "").stat() if self.is_sqlite else None
        except OSError:
            return None
        return found and (found.st_dev, found.st_ino)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and changes nothing.

        Raises:    DatabaseUnreachable: it does not answer
        """
        with self._answering(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes all or nothing.

        Raises:    DatabaseUnreachable: it does not answer
        """
        with self._in_turn, self._answering(), self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._writing.dispose()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            # SQLite has no class of its own for a file that is something else, such as a picture.
            if isinstance(error, OperationalError) or "not a database" in str(error.orig):
                raise self._unreachable(error.orig) from error
            raise

    def _unreachable(self, said: object) -> DatabaseUnreachable:
        words = " ".join(str(said).split())
        sentence = _NO_FILE if self.is_sqlite else _NO_SERVER
        return DatabaseUnreachable(phrase(sentence, name=self.name, words=words))

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_pre_ping=True, max_overflow=UNLIMITED)
        if self._create:
            self._make_folder()
        engine = create_engine(self.url, connect_args={"timeout": BUSY_SECONDS}, max_overflow=UNLIMITED)
        event.listen(engine, "connect", self._set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _make_folder(self) -> None:
        try:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unreachable(error.strerror) from error

    def _set_up_sqlite(self, connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver would begin transactions of its own, too late
        if self._create:
            _write_ahead(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")


def lock(connection: Connection, *names: str) -> None:
    """Wait until nobody else holds a lock of these names, and hold them until the transaction ends.

    SQLite needs none: there is one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        for name in sorted(set(names)):  # the same order everywhere, so that two cannot wait for each other
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"plankeeper/{name}", 0))))


# Each kind of fact is read by a statement of its own; all must belong to one state of the database.
_READING: dict[str, dict[str, Any]] = {
    "sqlite": {"plankeeper_begins": "BEGIN"},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("plankeeper_begins", "BEGIN IMMEDIATE"))


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let others read while one writes; of several who ask for that at once, each waits for the others."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # the low byte is the kind
                raise
            # Here SQLite itself gives up at once; where a transaction begins it waits.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        else:
            return


def _read(text: str) -> URL:
    """Read a database's address.

    Raises:    DatabaseUnreachable: it is not one of the two kinds; the address is not repeated, it may hold a password
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = URL.create("unknown")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg").update_query_dict({"connect_timeout": "10", **url.query})
    raise DatabaseUnreachable(
        phrase(
            "The database's address cannot be read; write PLANKEEPER_DATABASE_URL as sqlite:///folder/file.db "
            "or postgresql://user:password@host/database."
        )
    )
