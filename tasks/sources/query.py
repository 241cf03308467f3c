"""The rows of one SELECT, asked of a database that is let read only; what it is asked for stands in the plan file.

The database should know plankeeper by an account that may do nothing but read, since not every one can be held to that.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from plan.table import Cell, Row, Table
from tasks.sources.cells import MOST_ROWS, from_float, from_number, from_text, headings, quoted
from tasks.sources.failures import SourceDidNotAnswer, SourceFailed
from tasks.sources.statement import refuse_other_parameters, refuse_other_statements

CONNECT_SECONDS = 10
MOST_CHARACTERS = 10_000_000
"""In a text that SQLite makes, so that no function fills the memory."""

_STEP = 1_000
"""Rows that are taken at once."""
_ADDRESS = "write it as postgresql://user:password@host/database or sqlite:///folder/file.db"
_POSTGRES = ("postgres", "postgresql")
_LATER = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def run_query(
    address: str,
    select: str,
    parameters: Mapping[str, object],
    *,
    found_at: str,
    patience_seconds: float = 60,
    most_rows: int = MOST_ROWS,
    most_bytes: int = 50_000_000,
) -> Table:
    """Return the rows of one SELECT; their places are their numbers, as in "row 3".

    True and false become texts, a day with an hour that day, and all else that is neither figure nor day its text.

    Args:      address: as SQLAlchemy writes it; it may hold a password, and no failure repeats it
               parameters: what stands for each :name of the statement
               patience_seconds: after this long the database is asked no more
               most_bytes: of all that comes, a letter or digit counted as one
    Raises:    SourceFailed: the statement is another one than a SELECT, or the database refuses it
               SourceDidNotAnswer: the database cannot be reached, or takes too long
    """
    refuse_other_statements(select)
    statement = text(select)
    refuse_other_parameters(statement.compile().params, parameters)
    url = _url(address)
    with _connection(url, patience_seconds) as connection, _sentences(url, patience_seconds):
        _hold_to_reading(connection, patience_seconds)
        with connection.execute(statement, _bound(parameters, connection)) as result:
            return _table(result, found_at, most_rows=most_rows, most_bytes=most_bytes)


# --- the way to the database -------------------------------------------------------------------------------------------


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise SourceFailed(f"the database's address cannot be read; {_ADDRESS}") from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise SourceFailed("the database's address names no file; write it as sqlite:///folder/file.db")
    return url.set(drivername="postgresql+psycopg") if kind in _POSTGRES else url


@contextmanager
def _connection(url: URL, patience_seconds: float) -> Iterator[Connection]:
    """Open a way to the database, and close it in the end; nothing is ever committed."""
    engine = _engine(url, patience_seconds)
    try:
        with _sentences(url, patience_seconds, connecting=True):
            connection = engine.connect()
        with connection:
            yield connection
    finally:
        engine.dispose()


def _engine(url: URL, patience_seconds: float) -> Engine:
    kind = url.get_backend_name()
    try:
        if kind == "sqlite":
            file = f"{Path(url.database or '').absolute().as_uri()}?mode=ro"  # this way none is made where none is
            return create_engine(
                "sqlite://",
                creator=lambda: sqlite3.connect(file, uri=True, timeout=patience_seconds),
                poolclass=NullPool,
            )
        if kind == "postgresql":
            # What is prepared goes by a way that takes one statement only, whatever stands in its quotation marks.
            given = {"prepare_threshold": 0, "connect_timeout": CONNECT_SECONDS}
            return create_engine(url, connect_args=given, poolclass=NullPool)
        return create_engine(url, poolclass=NullPool)
    except NoSuchModuleError:
        raise SourceFailed(f"no kind of database is called {quoted(url.drivername)}; {_ADDRESS}") from None
    except ImportError as error:
        driver = quoted(error.name or url.drivername)
        raise SourceFailed(f"the driver {driver} is not installed; install it where plankeeper runs") from None
    except SQLAlchemyError:
        raise SourceFailed(f"the database's address cannot be used; {_ADDRESS}") from None


# --- asking ------------------------------------------------------------------------------------------------------------


def _hold_to_reading(connection: Connection, patience_seconds: float) -> None:
    """Let the database do nothing but read, and that not for longer than the patience."""
    if connection.dialect.name == "sqlite":
        _fence(connection.connection.driver_connection, patience_seconds)
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, round(patience_seconds * 1000))}")
        connection.execution_options(stream_results=True)


def _fence(connection: Any, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds

    def allow(action: int, _first: object, function: object, *_: object) -> int:
        loads = action == sqlite3.SQLITE_FUNCTION and function == "load_extension"
        return sqlite3.SQLITE_OK if action in _READING and not loads else sqlite3.SQLITE_DENY

    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_CHARACTERS)
    connection.set_authorizer(allow)
    connection.set_progress_handler(lambda: time.monotonic() >= deadline, 1000)


def _bound(parameters: Mapping[str, object], connection: Connection) -> dict[str, object]:
    """Return the parameters as the driver takes them: that of SQLite knows neither Decimal nor, before long, days."""
    if connection.dialect.name != "sqlite":
        return dict(parameters)
    return {name: _for_sqlite(value) for name, value in parameters.items()}


def _for_sqlite(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


# --- what came ---------------------------------------------------------------------------------------------------------


def _table(result: CursorResult[Any], found_at: str, *, most_rows: int, most_bytes: int) -> Table:
    columns = headings(list(result.keys()), where="the result", remedy="name its columns with AS")
    rows: list[Row] = []
    size = 0
    for found in result.partitions(_STEP):
        size += sum(len(str(value)) for values in found for value in values)
        rows += _rows(found, columns, first=len(rows) + 1)
        if len(rows) > most_rows:
            raise SourceFailed(f"more than {most_rows:,} rows came; let the statement ask for those that are needed alone")
        if size > most_bytes:
            much = f"more than {most_bytes / 1_000_000:,g} MB came"
            raise SourceFailed(f"{much}; let the statement ask for the rows and columns that are needed alone")
    return Table(found_at=found_at, columns=columns, rows=tuple(rows))


def _rows(found: Sequence[Sequence[Any]], columns: Sequence[str], *, first: int) -> Iterator[Row]:
    for number, values in enumerate(found, first):
        cells = tuple(map(_cell, values))
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, bytes | bytearray | memoryview):
                said = f"row {number} has bytes in {quoted(column)}, neither a text nor a figure"
                raise SourceFailed(f"{said}; leave that column out of the statement")
        yield Row(f"row {number}", cells)


def _cell(value: object) -> Cell:
    match value:
        case None:
            return None
        case str():
            return from_text(value)
        case bool():
            return "true" if value else "false"
        case float():
            return from_float(value)
        case int() | Decimal():
            return from_number(str(value))
        case datetime():
            return value.date()
        case date():
            return value
    return from_text(str(value))


# --- failures ----------------------------------------------------------------------------------------------------------


@contextmanager
def _sentences(url: URL, patience_seconds: float, *, connecting: bool = False) -> Iterator[None]:
    """Turn what the database says into a failure of the source, without its address and password."""
    try:
        yield
    except DBAPIError as error:
        said = _said(error, url)
        if _is_out_of_patience(error):
            late = f"the database took longer than {patience_seconds:g} seconds"
            raise SourceDidNotAnswer(f"{late}; let the statement ask for less, or try again later") from None
        if isinstance(error, OperationalError) if connecting else _may_pass(error):
            raise SourceDidNotAnswer(f"the database did not answer ({said}); see that it runs and can be reached") from None
        if connecting or _code(error) == sqlite3.SQLITE_NOTADB:
            raise SourceFailed(f"the database cannot be opened ({said}); correct its address") from None
        raise SourceFailed(f"the database refused the statement ({said}); correct it") from None
    except (SQLAlchemyError, ValueError, OverflowError) as error:
        raise SourceFailed(f"the statement cannot be run ({_first_line(str(error), url)}); correct it") from None


def _said(error: DBAPIError, url: URL) -> str:
    return _first_line(str(error.orig), url)


def _first_line(said: str, url: URL) -> str:
    """Return the first line of a message, without the password and the address should they stand in it."""
    for secret in (url.render_as_string(hide_password=False), url.password):
        said = said.replace(str(secret), "***") if secret else said
    return " ".join(said.strip().partition("\n")[0].split())[:200]


def _is_out_of_patience(error: DBAPIError) -> bool:
    return _code(error) == sqlite3.SQLITE_INTERRUPT or getattr(error.orig, "sqlstate", None) == "57014"


def _may_pass(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):  # to SQLite a table that is not there is an operational error, too
        return _code(error) in _LATER
    return error.connection_invalidated or isinstance(error, OperationalError)


def _code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF  # the low byte is the kind
