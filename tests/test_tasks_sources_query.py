"""The rows of one SELECT: from SQLite and PostgreSQL alike, and nothing but reading."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from plan.table import Row, Table
from tasks.sources.failures import SourceDidNotAnswer, SourceFailed
from tasks.sources.query import run_query
from tasks.sources.statement import refuse_other_statements
from tests.source_builders import is_table_or_sentence

TABLE = """
CREATE TABLE scores (year TEXT, score NUMERIC(6, 2), share DOUBLE PRECISION, tested INTEGER, known_on DATE);
INSERT INTO scores VALUES ('2024', 86.5, 0.1, 46210, '2026-01-15'), (' ', NULL, 0.25, 12, NULL);
"""


def read(address: str, select: str, parameters: dict[str, object] | None = None, **how: int) -> Table:
    """Ask a database."""
    return run_query(address, select, parameters or {}, found_at="SCORES", **how)


def let_through(statement: str) -> Table:
    """Return an empty table if a statement may be run."""
    refuse_other_statements(statement)
    return Table(found_at="SCORES", columns=(), rows=())


def refused(address: str, select: str, parameters: dict[str, object] | None = None, **how: int) -> str:
    """Return the sentence with which a question is refused for good."""
    with pytest.raises(SourceFailed) as said:
        read(address, select, parameters, **how)
    assert not isinstance(said.value, SourceDidNotAnswer)
    return str(said.value)


def unanswered(address: str, select: str = "SELECT 1", **how: int) -> str:
    """Return the sentence with which a question is left for later."""
    with pytest.raises(SourceDidNotAnswer) as said:
        read(address, select, None, **how)
    return str(said.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite file with scores in it."""
    path = tmp_path / "made up #1.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(TABLE)
    connection.close()
    return path


@pytest.fixture
def sqlite(file: Path) -> str:
    """The address of a SQLite file with scores in it."""
    return f"sqlite:///{file}"


@pytest.fixture(scope="module")
def postgres(postgres_url: str) -> Iterator[str]:
    """The address of a PostgreSQL database with scores in it."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE scores")
        address = postgres_url.replace("/postgres?", "/scores?")
        with psycopg.connect(address) as inside:
            inside.execute(TABLE + "CREATE SEQUENCE counter;")
        yield address
        connection.execute("DROP DATABASE scores WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a database with scores in it, of both kinds."""
    address: str = request.getfixturevalue(request.param)
    return address


# --- what is read ------------------------------------------------------------------------------------------------------


def test_figures_texts_and_nothing_come_as_they_are(database: str) -> None:
    select = 'SELECT year, score, share, tested AS "Students  tested" FROM scores ORDER BY tested DESC'
    assert read(database, select) == Table(
        found_at="SCORES",
        columns=("year", "score", "share", "Students tested"),
        rows=(
            Row("row 1", ("2024", Decimal("86.5"), Decimal("0.1"), Decimal(46210))),
            Row("row 2", (None, None, Decimal("0.25"), Decimal(12))),
        ),
    )


def test_no_rows_are_a_table_as_well(database: str) -> None:
    assert read(database, "SELECT year, score FROM scores WHERE tested < 0").columns == ("year", "score")


@pytest.mark.parametrize(
    ("condition", "parameters"),
    [
        pytest.param("year = :year", {"year": "2024"}, id="text"),
        pytest.param("tested = :tested", {"tested": 46210}, id="whole"),
        pytest.param("score = :score", {"score": Decimal("86.50")}, id="decimal"),
        pytest.param("score > :score", {"score": Decimal(86)}, id="whole-decimal"),
        pytest.param("known_on = :day", {"day": date(2026, 1, 15)}, id="day"),
        pytest.param(
            "year LIKE '20%' AND tested > :few AND tested <> :few", {"few": 12}, id="a-percent-sign-and-one-name-twice"
        ),
    ],
)
def test_parameters_stand_for_their_names(condition: str, parameters: dict[str, object], database: str) -> None:
    assert [row.cells for row in read(database, f"SELECT tested FROM scores WHERE {condition}", parameters).rows] == [
        (Decimal(46210),)
    ]


@pytest.mark.parametrize(
    "select",
    [
        pytest.param("  select 1 AS one ;\n", id="small-letters-and-a-semicolon-at-the-end"),
        pytest.param("WITH x AS (SELECT 1 AS one) SELECT one FROM x", id="with"),
        pytest.param("-- DELETE; all\nSELECT /* DROP; */ 1 AS one", id="comments"),
        pytest.param("""SELECT 1 AS one FROM scores WHERE year <> 'DELETE; it''s' AND year = '2024'""", id="in-a-text"),
        pytest.param('SELECT one AS one FROM (SELECT 1 AS one, 2 AS "update") AS x', id="in-a-name"),
        pytest.param(
            "WITH RECURSIVE n(one) AS (SELECT 1 UNION ALL SELECT one + 1 FROM n WHERE one < 1) SELECT one FROM n",
            id="recursive",
        ),
    ],
)
def test_every_way_to_write_one_select_is_run(select: str, database: str) -> None:
    assert read(database, select) == Table(found_at="SCORES", columns=("one",), rows=(Row("row 1", (Decimal(1),)),))


def test_what_only_postgresql_has_becomes_a_figure_a_day_or_a_text(postgres: str) -> None:
    select = """SELECT true AS a, known_on AS b, timestamp '2026-01-15 23:30' AS c, 'NaN'::numeric AS d, 'infinity'::float8
        AS e, '00000000-0000-0000-0000-000000000001'::uuid AS f, time '13:30' AS g FROM scores WHERE year = '2024'"""
    (row,) = read(postgres, select).rows
    day = date(2026, 1, 15)
    assert row.cells == ("true", day, day, "NaN", "inf", str(uuid.UUID(int=1)), "13:30:00")


class Other(SQLiteDialect_pysqlite):
    """A kind of database that nothing here knows."""

    name = "other"
    supports_statement_cache = True


def test_a_database_of_another_kind_is_asked_through_its_driver(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.impls, "other", lambda: Other)
    assert len(read(f"other:///{file}", "SELECT * FROM scores").rows) == 2


# --- what is refused before anything is asked --------------------------------------------------------------------------

QUOTE = "take it out, or put it in quotation marks if a column is called so"
NOWHERE = "postgresql://reader:secret@127.0.0.1:1/scores"


@pytest.mark.parametrize(
    ("select", "said"),
    [
        pytest.param(
            "DROP TABLE scores", 'the statement begins with "DROP", and only a SELECT is run; write one SELECT', id="drop"
        ),
        pytest.param(
            "-- SELECT\nPRAGMA x", 'the statement begins with "PRAGMA", and only a SELECT is run; write one SELECT', id="pragma"
        ),
        pytest.param(" /* only this */ ;", "the statement is empty, and only a SELECT is run; write one SELECT", id="empty"),
        pytest.param(
            "SELECT 1; DROP TABLE scores",
            "a second statement stands behind a semicolon, and only one is run; write one SELECT",
            id="two",
        ),
        pytest.param(
            "SELECT '' /* ' */; DROP TABLE scores --'",
            "a second statement stands behind a semicolon, and only one is run; write one SELECT",
            id="two-behind-a-comment",
        ),
        pytest.param(
            "WITH gone AS (DELETE FROM scores RETURNING *) SELECT * FROM gone",
            f"a statement that only reads has no use for DELETE; {QUOTE}",
            id="delete-within",
        ),
        pytest.param(
            "SELECT * INTO copy FROM scores FOR UPDATE",
            f"a statement that only reads has no use for UPDATE and INTO; {QUOTE}",
            id="into",
        ),
    ],
)
def test_another_statement_than_one_select_never_reaches_a_database(select: str, said: str) -> None:
    assert refused(NOWHERE, select) == said


@pytest.mark.parametrize(
    ("select", "parameters", "said"),
    [
        pytest.param(
            "SELECT :a, :b, :c", {"b": 1}, "the statement needs :a and :c; give a value under parameters", id="missing"
        ),
        pytest.param(
            "SELECT ':a' || x::text", {"x": 1}, "the statement needs :a; give a value under parameters", id="in-a-text"
        ),
        pytest.param("SELECT :a", {"a": 1, "b": 2}, "the statement does not name :b; take it out of parameters", id="spare"),
    ],
)
def test_parameters_are_those_of_the_statement(select: str, parameters: dict[str, object], said: str) -> None:
    assert refused(NOWHERE, select, parameters) == said


ADDRESS = "write it as postgresql://user:password@host/database or sqlite:///folder/file.db"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("", f"the database's address cannot be read; {ADDRESS}", id="empty"),
        pytest.param("secret", f"the database's address cannot be read; {ADDRESS}", id="no-address"),
        pytest.param("postgresql://u:secret@host:port/x", f"the database's address cannot be read; {ADDRESS}", id="no-port"),
        pytest.param("sqlite://", "the database's address names no file; write it as sqlite:///folder/file.db", id="no-file"),
        pytest.param("filing+cabinet://u:secret@x", f'no kind of database is called "filing+cabinet"; {ADDRESS}', id="unknown"),
        pytest.param(
            "postgresql://u:secret@/x?host=a:1&host=b&port=5",
            f"the database's address cannot be used; {ADDRESS}",
            id="two-forms-of-hosts",
        ),
        pytest.param(
            "mssql+pyodbc://u:secret@x/y",
            'the driver "pyodbc" is not installed; install it where plankeeper runs',
            id="driver-that-is-not-installed",
        ),
    ],
)
def test_an_address_that_cannot_be_used_is_not_repeated(address: str, said: str) -> None:
    assert refused(address, "SELECT 1") == said


# --- what a database refuses, or does not answer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "select", "said"),
    [
        pytest.param("sqlite", "SELECT x FROM nowhere", "no such table: nowhere", id="sqlite-table"),
        pytest.param("sqlite", "SELECT FROM", 'near "FROM": syntax error', id="sqlite-syntax"),
        pytest.param(
            "sqlite", "SELECT load_extension('x')", "not authorized to use function: load_extension", id="sqlite-load"
        ),
        pytest.param("sqlite", "SELECT * FROM pragma_table_info('scores')", "not authorized", id="sqlite-pragma"),
        pytest.param("sqlite", "SELECT hex(randomblob(100000000))", "string or blob too big", id="sqlite-memory"),
        pytest.param("postgres", "SELECT x FROM nowhere", 'relation "nowhere" does not exist', id="postgres-table"),
        pytest.param("postgres", "SELECT FROM FROM", 'syntax error at or near "FROM"', id="postgres-syntax"),
        pytest.param(
            "postgres",
            "SELECT nextval('counter')",
            "cannot execute nextval() in a read-only transaction",
            id="postgres-changes",
        ),
        pytest.param(
            "postgres",
            "SELECT set_config('transaction_read_only', 'off', true)",
            "transaction read-write mode must be set before any query",
            id="postgres-lets-itself-change",
        ),
        pytest.param("postgres", "SELECT 1 / 0 AS x", "division by zero", id="postgres-while-it-reads"),
    ],
)
def test_what_the_database_refuses_is_said_in_its_words(
    kind: str, select: str, said: str, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue(kind)
    assert refused(address, select) == f"the database refused the statement ({said}); correct it"


def test_two_statements_do_not_pass_even_where_quotation_marks_hide_one(postgres: str) -> None:
    hidden = r"SELECT E'\'' ; COMMIT; DROP TABLE scores; SELECT '"
    refuse_other_statements(hidden)
    assert refused(postgres, hidden).startswith("the database refused the statement (")
    assert len(read(postgres, "SELECT * FROM scores").rows) == 2


def test_sqlite_is_let_read_only_even_if_the_statement_were_another(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.sources.query.refuse_other_statements", lambda statement: None)
    for changing in ("DELETE FROM scores", "DROP TABLE scores", "ATTACH ':memory:' AS x", "PRAGMA query_only = 0"):
        assert refused(sqlite, changing) == "the database refused the statement (not authorized); correct it"
    assert len(read(sqlite, "SELECT * FROM scores").rows) == 2


@pytest.mark.parametrize(
    ("kind", "select", "said"),
    [
        pytest.param(
            "sqlite",
            "SELECT tested, x'00ff' AS raw FROM scores",
            'row 1 has bytes in "raw", neither a text nor a figure; leave that column out of the statement',
            id="sqlite-bytes",
        ),
        pytest.param(
            "postgres",
            r"SELECT tested, '\x00ff'::bytea AS raw FROM scores",
            'row 1 has bytes in "raw", neither a text nor a figure; leave that column out of the statement',
            id="postgres-bytes",
        ),
        pytest.param(
            "sqlite",
            "SELECT a.year, b.year, b.score FROM scores a, scores b",
            'a heading stands more than once: "year" above columns 1 and 2; give each column one of its own',
            id="sqlite-doubled-headings",
        ),
        pytest.param(
            "postgres",
            "SELECT a.year, b.year, b.score FROM scores a, scores b",
            'a heading stands more than once: "year" above columns 1 and 2; give each column one of its own',
            id="postgres-doubled-headings",
        ),
        pytest.param("sqlite", 'SELECT 1 AS ""', "no heading stands in the result; name its columns with AS", id="no-headings"),
    ],
)
def test_rows_that_make_no_table_are_refused(kind: str, select: str, said: str, request: pytest.FixtureRequest) -> None:
    assert refused(request.getfixturevalue(kind), select) == said


def test_no_more_rows_than_the_most_are_taken(database: str) -> None:
    assert len(read(database, "SELECT * FROM scores", most_rows=2).rows) == 2
    said = "more than 1 rows came; let the statement ask for those that are needed alone"
    assert refused(database, "SELECT * FROM scores", most_rows=1) == said


def test_a_figure_too_large_for_the_database_is_a_sentence(sqlite: str) -> None:
    said = "the statement cannot be run (Python int too large to convert to SQLite INTEGER); correct it"
    assert refused(sqlite, "SELECT :a AS a", {"a": 10**30}) == said


LATE = "let the statement ask for less, or try again later"


@pytest.mark.parametrize(
    ("kind", "select", "patience"),
    [
        pytest.param(
            "sqlite", "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n", 0, id="sqlite"
        ),
        pytest.param("postgres", "SELECT pg_sleep(60)", 1, id="postgres"),
    ],
)
def test_a_database_that_takes_too_long_is_asked_no_more(
    kind: str, select: str, patience: int, request: pytest.FixtureRequest
) -> None:
    said = f"the database took longer than {patience} seconds; {LATE}"
    assert unanswered(request.getfixturevalue(kind), select, patience_seconds=patience) == said


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    reachable = "see that it runs and can be reached"
    said = f"the database did not answer (unable to open database file); {reachable}"
    assert unanswered(f"sqlite:///{tmp_path / 'none.db'}") == said
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_somebody_writes_to_is_asked_later(file: Path) -> None:
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = unanswered(f"sqlite:///{file}", "SELECT * FROM scores", patience_seconds=0)
        other.execute("ROLLBACK")
    other.close()
    assert said == "the database did not answer (database is locked); see that it runs and can be reached"


def test_a_file_of_another_kind_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("year,score\n" * 100)
    said = "the database cannot be opened (file is not a database); correct its address"
    assert refused(f"sqlite:///{path}", "SELECT 1 FROM sqlite_master") == said


def test_an_address_with_an_unknown_option_is_a_sentence() -> None:
    said = refused(f"{NOWHERE}?nonsense=1", "SELECT 1")
    assert said == 'the database cannot be opened (invalid connection option "nonsense"); correct its address'


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    said = unanswered(NOWHERE)
    assert said.startswith("the database did not answer (")
    assert said.endswith("); see that it runs and can be reached")
    assert "refused" in said
    assert "secret" not in said


# --- laws --------------------------------------------------------------------------------------------------------------


@given(st.text("SELECT ;'\"-/*$[]\n", max_size=30))
def test_whatever_is_written_as_a_statement_is_let_through_or_a_sentence(statement: str) -> None:
    assert is_table_or_sentence(lambda: let_through(statement))


@given(st.sampled_from(["INSERT", "UPDATE", "DELETE", "MERGE"]), st.sampled_from([str.lower, str.upper, str.title]))
def test_no_word_that_changes_a_table_gets_through(word: str, spelt: Callable[[str], str]) -> None:
    with pytest.raises(SourceFailed):
        refuse_other_statements(f"SELECT ({spelt(word)} x)")
