"""What many tests share: a real PostgreSQL and a Prefect server for the session, a fresh database and home for a test."""

import gc
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, Pool, create_engine, event, inspect

from ledger import revisions
from ledger.ledger import Ledger, open_ledger
from ledger.revisions import VERSION_TABLE
from tests.commands import Plankeeper, quiet_prefect, settle
from tests.databases import postgresql

_numbers = count(1)

# How long an example takes depends on what else the machine does. Each run tries other examples, and
# `pytest --hypothesis-profile=thorough` many of them.
hypothesis.settings.register_profile("plankeeper", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("plankeeper")

# Prefect reads its settings when it is imported; its files have no place in the home folder of whoever runs the tests.
_prefect_home = tempfile.TemporaryDirectory(prefix="plankeeper-prefect-", ignore_cleanup_errors=True)
os.environ.update(quiet_prefect(Path(_prefect_home.name)))


def _do_not_wait_for_the_disk(connection: Any, *_: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


# Nothing here is to survive a power cut; what a killed process has written is kept all the same.
event.listen(Pool, "checkout", _do_not_wait_for_the_disk)

_migrate_step_by_step = revisions._upgrade


@cache
def _statements_of_all_migrations() -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        with create_engine(f"sqlite:///{file}").begin() as connection:
            _migrate_step_by_step(connection)
        with closing(sqlite3.connect(file)) as migrated:
            return tuple(one for one in migrated.iterdump() if one not in ("BEGIN TRANSACTION;", "COMMIT;"))


def _migrate_at_once(connection: Connection) -> None:
    if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        _migrate_step_by_step(connection)
        return
    for statement in _statements_of_all_migrations():
        connection.exec_driver_sql(statement)


# Hundreds of tests begin with a SQLite file that is not there yet; `empty_database_url` is migrated step by step.
revisions._upgrade = _migrate_at_once


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end, and need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def waiting_for_the_disk() -> Iterator[None]:
    """SQLite waits until the disk has what was written, as it does outside tests."""
    event.remove(Pool, "checkout", _do_not_wait_for_the_disk)
    yield
    event.listen(Pool, "checkout", _do_not_wait_for_the_disk)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the session."""
    with postgresql() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here is to survive a power cut
            connection.execute("SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, to be copied: migrating anew for each test takes long."""
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    open_ledger(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_url: str) -> Iterator["psycopg.Connection[Any]"]:
    """A PostgreSQL database with all tables, to be emptied after each test: to make one anew for each takes long."""
    with _database(postgres_url) as url:
        open_ledger(url).close()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")  # the triggers that refuse every change rest
            yield connection


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with all tables and nothing in them; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "ledger.db")
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    database: psycopg.Connection[Any] = request.getfixturevalue("migrated_database")
    yield request.getfixturevalue("postgres_url").replace("/postgres?", f"/{database.info.dbname}?")
    database.execute(OTHERS_END)
    database.execute(EMPTIED)


OTHERS_END = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
"""Ends what a process that was killed has left open, and waits for its end."""
EMPTIED = f"""
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '{VERSION_TABLE}' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(name::regclass, 1, false);
    END LOOP;
END $$
"""
"""Deletes all rows and counts from one again, as in a database that was just made."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database without any table, of both kinds."""
    monkeypatch.setattr(revisions, "_upgrade", _migrate_step_by_step)
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    with _database(request.getfixturevalue("postgres_url")) as url:
        yield url


@contextmanager
def _database(server: str) -> Iterator[str]:
    """Make a PostgreSQL database, and yield its address."""
    name = f"ledger_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        # With a server that does not wait for the disk, files are copied sooner than their pages are logged.
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template1 STRATEGY file_copy").format(sql.Identifier(name)))
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    """A ledger with nothing in it, of both kinds."""
    with open_ledger(database_url) as opened:
        yield opened


@pytest.fixture
def book(tmp_path: Path, migrated_file: Path) -> Iterator[Ledger]:
    """A ledger with nothing in it, in SQLite alone: for tests that are about something else."""
    shutil.copyfile(migrated_file, tmp_path / "book.db")
    with open_ledger(f"sqlite:///{tmp_path / 'book.db'}") as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, not made yet, and no other setting from the environment."""
    return settle(tmp_path / "home", monkeypatch)


@pytest.fixture
def plankeeper(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Plankeeper:
    """The command line, run in this process in a home folder of its own."""
    return Plankeeper(monkeypatch, capfd)


@pytest.fixture(scope="session")
def prefect() -> Iterator[str]:
    """The address of a Prefect server that lives as long as the session; flows in this process run against it.

    Each worker has one of its own: one for all was now and then too busy to answer two.
    """
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415 (only where flows run)
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415 (only where flows run)

    with warnings.catch_warnings(action="ignore"), prefect_test_harness(server_startup_timeout=120):
        yield str(PREFECT_API_URL.value())
