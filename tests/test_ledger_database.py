"""The way to the database: made when need be, refused with a sentence, opened by two at once."""

import sqlite3
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from ledger.database import Database, _write_ahead
from ledger.ledger import DatabaseBehind, DatabaseTooNew, DatabaseUnreachable, open_ledger, read_ledger
from ledger.records import Judgement
from ledger.revisions import MIGRATIONS, VERSION_TABLE, revisions
from ledger.tables import Base
from tests.ledger_builders import DAY, EVIDENCE, FILED, NOW, PLAN, direct, letter, refuse
from tests.revision_builders import make_as_of


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """The address of a database without any table: here it is made."""
    return empty_database_url


def test_the_migrated_tables_are_those_that_the_code_knows(database_url: str) -> None:
    open_ledger(database_url).close()
    with direct(database_url) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_names_say_which_revisions_there_are() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert revisions() == [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_many_may_open_a_new_ledger_at_once(database_url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        ledgers = list(pool.map(open_ledger, [database_url] * 8))
    assert [ledger.outbox() for ledger in ledgers] == [()] * 8
    for ledger in ledgers:
        ledger.close()


def test_who_opens_a_new_file_waits_for_another_who_does(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asked: list[str] = []

    class Waiting(sqlite3.Connection):
        """A connection during whose waiting the other one ends its transaction."""

        def execute(self, statement: str, *_parameters: Any) -> sqlite3.Cursor:
            asked.append(statement)
            if statement.startswith("BEGIN"):
                other.execute("ROLLBACK")
            return super().execute(statement)

    mine = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, factory=Waiting)
    _write_ahead(mine)
    assert asked == ["PRAGMA journal_mode=WAL", "BEGIN EXCLUSIVE", "COMMIT", "PRAGMA journal_mode=WAL"]
    assert mine.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    mine.close()
    other.close()


def test_a_file_that_somebody_holds_too_long_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.database.BUSY_SECONDS", 0)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnreachable, match="database is locked"):
        open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    other.close()


def test_a_file_that_cannot_be_written_to_is_not_tried_again_and_again(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ledger.db") as made:
        made.execute("CREATE TABLE something (id INTEGER)")
    made.close()
    read_only = sqlite3.connect(f"file:{tmp_path}/ledger.db?mode=ro", uri=True, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        _write_ahead(read_only)
    read_only.close()


def test_an_open_ledger_is_there_for_readers(database_url: str) -> None:
    with open_ledger(database_url) as ledger:
        ledger.post([letter()])
    reader = read_ledger(database_url)
    assert reader is not None
    with reader:
        assert [posted.key for posted in reader.outbox()] == [letter().key]


def test_a_database_that_is_up_to_date_is_opened_without_alembic(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger(database_url).close()
    for name in [name for name in sys.modules if name.partition(".")[0] == "alembic"]:
        monkeypatch.delitem(sys.modules, name)
    open_ledger(database_url).close()
    assert "alembic" not in sys.modules


def test_reading_makes_no_file_and_no_folder(tmp_path: Path) -> None:
    assert read_ledger(f"sqlite:///{tmp_path}/home/ledger.db") is None
    assert list(tmp_path.iterdir()) == []


def test_reading_makes_no_tables(database_url: str) -> None:
    with direct(database_url) as engine:
        engine.connect().close()  # makes the file of SQLite
        assert read_ledger(database_url) is None
        assert inspect(engine).get_table_names() == []


def test_a_database_of_a_later_version_is_left_alone(database_url: str) -> None:
    set_revision(database_url, "9999")
    with pytest.raises(DatabaseTooNew, match=r"later version of plankeeper \(revision 9999\).*install that version"):
        open_ledger(database_url)
    with pytest.raises(DatabaseTooNew):
        read_ledger(database_url)


def test_a_database_of_an_earlier_version_is_not_read(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger(database_url).close()
    monkeypatch.setattr("ledger.revisions.revisions", lambda: [*revisions(), "9998"])
    with pytest.raises(DatabaseBehind, match='run "plankeeper up"'):
        read_ledger(database_url)


def set_revision(url: str, revision: str) -> None:
    """Make the ledger, and let it say that it has another revision."""
    open_ledger(url).close()
    with direct(url) as engine, engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = :revision"), {"revision": revision})


def test_the_ledger_does_not_take_another_programs_revision_for_its_own(database_url: str) -> None:
    with direct(database_url) as engine, engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('of prefect')"))
    open_ledger(database_url).close()


def test_a_ledger_of_the_first_version_keeps_its_judgements(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_as_of("0001", database_url, monkeypatch)
    columns = "plan, item, aspect, day, was, status, reason"
    row = f"INSERT INTO judgement ({columns}) VALUES ('p', '1.1A', 'obligation', '2026-10-19', NULL, 'open', 'It is open.')"
    with direct(database_url) as engine, engine.begin() as connection:
        connection.execute(text(row))
    with open_ledger(database_url) as ledger:
        judged = Judgement(item="1.1A", aspect="obligation", status="submitted", reason="It came.")
        moved = ledger.record_judgements("p", [judged], on=date(2026, 10, 19))
    assert [(one.was, one.status) for one in moved] == [(None, "open"), ("open", "submitted")]


def test_evidence_recorded_before_files_were_filed_has_no_digest_and_stays_as_it_was(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_as_of("0003", database_url, monkeypatch)
    columns = 'plan, number, item, "by", known_on, recorded_at, period, note, reference, dated_on'
    values = "7, '1.1.1', 'chief', '2026-10-03', '2026-10-22 13:30:00', '2026-27 Q1', 'Signed.', 'Minutes', '2026-09-30'"
    with direct(database_url) as engine, engine.begin() as connection:
        connection.execute(text(f"INSERT INTO evidence ({columns}) VALUES ('{PLAN}', {values})"))
    with open_ledger(database_url) as ledger:
        ledger.add_facts(PLAN, [FILED], recorded_at=NOW)
        found = ledger.facts(PLAN, known_by=DAY).every
    assert found == (replace(EVIDENCE, reference="Minutes", note="Signed."), FILED)
    for change in ("UPDATE evidence SET sha256 = 'another'", "DELETE FROM evidence"):
        refuse(database_url, change, "evidence is append-only")


def test_a_migration_that_fails_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop_half_way(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half_way (number INTEGER)"))
        raise ValueError("half way")

    with monkeypatch.context() as broken:
        broken.setattr("ledger.revisions._upgrade", stop_half_way)
        with pytest.raises(ValueError, match="half way"):
            open_ledger(database_url)
    with direct(database_url) as engine:
        assert inspect(engine).get_table_names() == []
    open_ledger(database_url).close()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://chief:s3cret@127.0.0.1:1/plan", id="nobody-listens"),
        pytest.param("postgresql+psycopg://chief@127.0.0.1:1/plan?password=s3cret", id="password-in-the-query"),
        pytest.param("postgresql://chief:s3cret@127.0.0.1:port/plan", id="port-is-a-word"),
        pytest.param("mysql://chief:s3cret@127.0.0.1/plan", id="another-kind-of-database"),
        pytest.param("s3cret", id="no-address"),
        pytest.param("sqlite://", id="only-in-memory"),
    ],
)
def test_a_database_that_does_not_answer_is_named_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="PLANKEEPER_DATABASE_URL") as refusal:
        open_ledger(url)
    assert "s3cret" not in "".join(traceback.format_exception(refusal.value))


def test_a_folder_that_cannot_be_made_is_a_database_that_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(DatabaseUnreachable, match=r"home/ledger\.db does not answer .*folder can be written to"):
        open_ledger(f"sqlite:///{tmp_path}/home/ledger.db")


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    picture = tmp_path / "ledger.db"
    picture.write_bytes(b"\x89PNG" * 1000)
    for way_in in (open_ledger, read_ledger):
        with pytest.raises(DatabaseUnreachable, match="file is not a database"):
            way_in(f"sqlite:///{picture}")
    assert picture.read_bytes() == b"\x89PNG" * 1000


def test_a_database_that_goes_away_is_told_in_a_sentence(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        with sqlite3.connect(tmp_path / "ledger.db") as other:
            other.execute("DROP TABLE telling")
        other.close()
        with pytest.raises(DatabaseUnreachable, match="does not answer"):
            ledger.told(PLAN, day=DAY)


@pytest.mark.usefixtures("waiting_for_the_disk")
def test_sqlite_is_set_to_survive_a_power_cut(tmp_path: Path) -> None:
    open_ledger(f"sqlite:///{tmp_path}/ledger.db").close()
    database = Database(f"sqlite:///{tmp_path}/ledger.db", create=False)
    with database.reading() as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert values == ["wal", 2, 1, 30_000]
