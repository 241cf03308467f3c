"""Which form the tables have, and how they get the newest one.

The migrations' file names say which revisions there are, so that a database that is up to date never loads Alembic.
"""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from ledger.database import Database, DatabaseBehind, DatabaseTooNew, lock
from plan.phrase import phrase

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "plankeeper_version"
"""Not Alembic's own default: Prefect uses that, and both may live in one PostgreSQL database."""


def revisions() -> list[str]:
    """Return the known revisions, first to last."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database, or None if it has no tables yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()


def has_tables(database: Database) -> bool:
    """Return whether a database has its tables, in their newest form; change nothing.

    Raises:    DatabaseBehind: they have an earlier form
               DatabaseTooNew: they have a form that is not known here
    """
    with database.reading() as connection:
        revision = revision_of(connection)
    if revision is not None and not _is_newest(database, revision):
        raise DatabaseBehind(
            phrase(
                "The database {name} was made by an earlier version of plankeeper; "
                'run "plankeeper up" or "plankeeper run", which brings it up to date.',
                name=database.name,
            )
        )
    return revision is not None


def migrate(database: Database) -> None:
    """Bring a database to the newest revision; two processes may do so at once.

    Raises:    DatabaseTooNew: it has a revision that is not known here
    """
    with database.reading() as connection:
        revision = revision_of(connection)
    if _is_newest(database, revision):
        return
    with database.writing() as connection:
        lock(connection, "migrate")
        if not _is_newest(database, revision_of(connection)):  # another process may have done it meanwhile
            _upgrade(connection)


def _is_newest(database: Database, revision: str | None) -> bool:
    known = revisions()
    if revision is not None and revision not in known:
        raise DatabaseTooNew(
            phrase(
                "The database {name} was made by a later version of plankeeper (revision {revision}), "
                "which this one could damage; install that version, or name another database in PLANKEEPER_DATABASE_URL.",
                name=database.name,
                revision=revision,
            )
        )
    return revision == known[-1]


def _upgrade(connection: Connection) -> None:
    from alembic.command import upgrade  # noqa: PLC0415 - most runs find the database up to date and need not wait for it
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    upgrade(config, "head")
