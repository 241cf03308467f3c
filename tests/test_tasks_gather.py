"""Sources of every kind with every fault that they can have: the figure comes in, or a sentence says why, and the old stands.

{folder} stands for the folder of the plan file, {server} for the address of a server, {row} and {there} for how a kind
calls its first row and itself.
"""

import gzip
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ledger.ledger import Ledger
from tasks.gather import SourceFaulty
from tasks.sources.failures import SourceDidNotAnswer, SourceFailed
from tasks.sources.given import host_of
from tests.gather_builders import Collecting, Rows, as_csv, as_json, as_workbook, collecting, into_postgres, into_sqlite
from tests.source_servers import Answer, Answering, Endless, cut_off, dripping, leading_to, one_by_one, serving

BEFORE = "1.1-meets 2023-24 81"
"""What is known before anything is collected."""
GAINED = [BEFORE, "1.1-meets 2024-25 86"]
HEAD = ("YEAR", "RATING")
GOOD = (HEAD, ("2024-25", 86))
NO_FIGURE = "correct it, or name it under masked if it stands for none"

Open = Callable[..., Collecting]
Asked = pytest.FixtureRequest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the plan file."""
    path = tmp_path / "plan"
    path.mkdir()
    return path


@pytest.fixture
def opened(home: Path, folder: Path, book: Ledger, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a plan with a source, after one figure became known."""

    def opened(source: dict[str, Any], **more: Any) -> Collecting:
        found = collecting(folder, book, monkeypatch, source, **more)
        if not found.known():
            found.know(81, "2023-24")
        return found

    return opened


def gives(what: Collecting, expected: list[str] | str, kind: type[Exception] = SourceFailed) -> None:
    """Collect, and look at what is known afterwards, or at the sentence and that what was known stands."""
    if isinstance(expected, str):
        assert what.refused(kind) == expected
        assert what.known() == [BEFORE]
    else:
        what.collect()
        assert what.known() == expected


# --- what stands in a table, in a source of each kind ------------------------------------------------------------------

Write = Callable[[Path, Rows, Asked], dict[str, Any]]


def _file(kind: str, ending: str, write: Callable[[Rows], bytes], folder: Path, rows: Rows, _: object) -> dict[str, Any]:
    (folder / f"scores.{ending}").write_bytes(write(rows))
    return {"kind": kind, "at": f"scores.{ending}"}


def _newest(ending: str, write: Callable[[Rows], bytes], folder: Path, rows: Rows, _: object) -> dict[str, Any]:
    (folder / "drop").mkdir()
    (folder / "drop" / f"scores-2026.{ending}").write_bytes(write(rows))
    return {"kind": "folder", "at": "drop", "matching": "scores-*"}


def _sqlite(folder: Path, rows: Rows, request: Asked) -> dict[str, Any]:
    request.getfixturevalue("monkeypatch").setenv("PLANKEEPER_SOURCE_SCORES", into_sqlite(folder / "scores.db", rows))
    return {"kind": "sql", "database": "SCORES", "select": "SELECT * FROM scores"}


def _postgres(folder: Path, rows: Rows, request: Asked) -> dict[str, Any]:
    url = into_postgres(request.getfixturevalue("postgres_url"), rows)
    request.getfixturevalue("monkeypatch").setenv("PLANKEEPER_SOURCE_SCORES", url)
    return {"kind": "sql", "database": "SCORES", "select": "SELECT * FROM scores"}


class Kind(NamedTuple):
    """How a table becomes a source, and how that calls its first row and itself."""

    write: Write
    row: str
    there: str


KINDS = [
    pytest.param(Kind(partial(_file, "csv", "csv", as_csv), "line 2", "the file"), id="csv"),
    pytest.param(Kind(partial(_file, "xlsx", "xlsx", as_workbook), "row 2", "the file"), id="xlsx"),
    pytest.param(Kind(partial(_file, "json", "json", as_json), "/0", "the file"), id="json"),
    pytest.param(Kind(_sqlite, "row 1", "the result"), id="sql-sqlite"),
    pytest.param(Kind(_postgres, "row 1", "the result"), id="sql-postgresql"),
    pytest.param(Kind(partial(_newest, "csv", as_csv), "line 2", "the file"), id="folder-of-csv"),
    pytest.param(Kind(partial(_newest, "xlsx", as_workbook), "row 2", "the file"), id="folder-of-xlsx"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("rows", "taking", "expected"),
    [
        pytest.param(GOOD, {}, GAINED, id="good"),
        pytest.param(
            (("YEAR", "SCORE"), ("2024-25", 86)),
            {},
            "expected column RATING; {there} has YEAR, SCORE",
            id="wrong-column",
        ),
        pytest.param(
            (HEAD, (None, 86)),
            {},
            "{row}: 1.1-meets: YEAR: the school year is empty; write it, or leave the row out",
            id="missing-year",
        ),
        pytest.param(
            (HEAD, ("2025", 86)),
            {},
            '{row}: 1.1-meets: YEAR: "2025" is not a school year; write 2024-25, or years_are: last if it names the year in'
            " which one ends",
            id="calendar-year",
        ),
        pytest.param((HEAD, ("2025", 86)), {"years_are": "last"}, GAINED, id="calendar-year-that-is-declared"),
        pytest.param((HEAD, ("2024-25", "*")), {}, [BEFORE], id="masked"),
        pytest.param((HEAD, ("2024-25", None), ("2022-23", 70)), {}, [BEFORE, "1.1-meets 2022-23 70"], id="nothing-there"),
        pytest.param((HEAD, ("2024-25", "<5")), {}, [BEFORE], id="masked-by-a-bound"),
        pytest.param((HEAD, ("2024-25", -1)), {"masked": ["-1"]}, [BEFORE], id="masked-by-a-mark-of-its-own"),
        pytest.param(
            (HEAD, ("2024-25", "good")), {}, f'{{row}}: 1.1-meets: RATING: "good" is not a figure; {NO_FIGURE}', id="no-figure"
        ),
        pytest.param(
            (HEAD, ("2024-25", "85,5")),
            {},
            '{row}: 1.1-meets: RATING: "85,5" is not a figure; write decimal: "," if that is the sign before its decimal'
            " places",
            id="decimal-comma",
        ),
        pytest.param(
            (HEAD, ("2024-25", "1.085,5")), {"decimal": ","}, [BEFORE, "1.1-meets 2024-25 1085.5"], id="comma-that-is-declared"
        ),
        pytest.param(
            (HEAD, ("2024-25", date(2026, 3, 8))),
            {},
            '{row}: 1.1-meets: RATING: "2026-03-08" is a day, and a figure belongs here; correct the column, or its format in'
            " the workbook",
            id="figure-that-excel-made-a-day",
        ),
        pytest.param(
            (HEAD, (date(2011, 12, 1), 86)),
            {},
            '{row}: 1.1-meets: YEAR: "2011-12-01" is not a school year but a day, as Excel makes one of 2011-12; write it'
            " as text in the workbook",
            id="year-that-excel-made-a-day",
        ),
        pytest.param(
            ((*HEAD, "DAY"), ("2024-25", 86, date(2026, 1, 15))),
            {"columns": {"school_year": "YEAR", "value": "RATING", "known_on": "DAY"}},
            GAINED,
            id="day-as-excel-has-it",
        ),
        pytest.param(
            ((*HEAD, "DAY"), ("2024-25", 86, "15.1.2026")),
            {"columns": {"school_year": "YEAR", "value": "RATING", "known_on": "DAY"}},
            '{row}: 1.1-meets: DAY: "15.1.2026" is not a day; write year-month-day, as in 2026-01-15',
            id="day-in-another-order",
        ),
        pytest.param((HEAD, ("2024-25", 0.86)), {"times": 100}, GAINED, id="share-that-is-a-percentage"),
    ],
)
def test_what_a_table_says_comes_in_or_is_told_with_its_place(
    kind: Kind, rows: Rows, taking: dict[str, Any], expected: list[str] | str, opened: Open, folder: Path, request: Asked
) -> None:
    what = opened(kind.write(folder, rows, request) | taking)
    gives(what, expected.format(row=kind.row, there=kind.there) if isinstance(expected, str) else expected, SourceFaulty)


# --- what stands in a file ---------------------------------------------------------------------------------------------

PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
FOR_TEXT = "save the table as CSV in UTF-8, or say encoding: windows-1252"
SAVE_ANEW = "save the sheet with the figures alone as a new workbook"
NO_WORKBOOK = "this is no workbook in Excel's format; save it as .xlsx, or say kind: csv if it is a table as text"
ACCENTED = ((*HEAD, "NOTE"), ("2024-25", 86, "Peña"))


def zipped(content: bytes) -> bytes:
    """Return a ZIP file with one file in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scores.csv", content)
    return made.getvalue()


@cache
def zip_bomb() -> bytes:
    """Return a workbook of some 60 kB with a sheet of 50 MB in it."""
    made = io.BytesIO(as_workbook(GOOD))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", bytes(50_000_000))
    return made.getvalue()


@cache
def gzip_bomb() -> bytes:
    """Return some 60 kB that unpacked are more than is taken."""
    return gzip.compress(bytes(60_000_000))


def large(path: Path) -> None:
    """Write a file of 1 GB, which takes no room on the disk."""
    with path.open("wb") as made:
        made.truncate(1_000_000_000)


@pytest.mark.parametrize("is_of_folder", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        pytest.param(
            "csv",
            PAGE,
            'an HTML page came instead of a table ("Sign in"); give the address of the CSV export and share it so that it can'
            " be read without signing in",
            id="csv-html",
        ),
        pytest.param("csv", b"", "it is empty, and a table has to be in it; look at the source", id="csv-empty"),
        pytest.param(
            "csv",
            as_json(GOOD),
            "a JSON document came instead of a table; say kind: json, or give the address of the CSV export",
            id="csv-json",
        ),
        pytest.param(
            "csv",
            zipped(as_csv(GOOD)),
            "a ZIP file came instead of a table; unpack it, and give the CSV file that is in it",
            id="csv-zip",
        ),
        pytest.param(
            "csv", zip_bomb, "a workbook came instead of a table; say kind: xlsx, or save it as CSV", id="csv-zip-bomb"
        ),
        pytest.param(
            "csv",
            gzip_bomb,
            "a gzip file came instead of a table; unpack it, and give the CSV file that is in it",
            id="csv-gzip-bomb",
        ),
        pytest.param(
            "csv",
            as_csv(ACCENTED, encoding="utf-16-le"),
            "line 1 holds NUL, as text in UTF-16 does; save the table as CSV in UTF-8",
            id="csv-utf-16-without-a-mark",
        ),
        pytest.param("csv", as_csv(ACCENTED, encoding="latin-1"), f"line 2 is not text in utf-8; {FOR_TEXT}", id="csv-latin-1"),
        pytest.param(
            "csv",
            as_csv(GOOD, separator=";"),
            'line 1 is one heading, "YEAR;RATING", with separator: ","; write separator: ";"',
            id="csv-of-semicolons",
        ),
        pytest.param(
            "xlsx",
            PAGE,
            'an HTML page came instead of an .xlsx workbook ("Sign in"); give the address of the file itself and share it so'
            " that it can be read without signing in",
            id="xlsx-html",
        ),
        pytest.param("xlsx", as_csv(GOOD), NO_WORKBOOK, id="xlsx-csv"),
        pytest.param("xlsx", as_csv(GOOD, encoding="utf-16"), NO_WORKBOOK, id="xlsx-utf-16"),
        pytest.param(
            "xlsx",
            zip_bomb,
            f'the workbook\'s part "xl/worksheets/sheet2.xml" has more than 20 MB unpacked; {SAVE_ANEW}',
            id="xlsx-zip-bomb",
        ),
        pytest.param(
            "xlsx",
            gzip_bomb,
            "a gzip file came instead of an .xlsx workbook; unpack it, and give the workbook that is in it",
            id="xlsx-gzip-bomb",
        ),
        pytest.param(
            "json",
            PAGE,
            'an HTML page came instead of JSON ("Sign in"); give the address of the data itself, which has to be readable'
            " without signing in",
            id="json-html",
        ),
        pytest.param(
            "json",
            as_csv(GOOD),
            "from line 1, character 1 on it cannot be read as JSON (expecting value); see that the whole document came, and"
            " that it is JSON",
            id="json-csv",
        ),
        pytest.param("json", zip_bomb, "a workbook came instead of JSON; say kind: xlsx", id="json-zip-bomb"),
        pytest.param(
            "json",
            gzip_bomb,
            "a gzip file came instead of JSON; unpack it, and give the JSON file that is in it",
            id="json-gzip-bomb",
        ),
        pytest.param(
            "json",
            '[{"YEAR": "2024-25", "RATING": 86, "NOTE": "Peña"}]'.encode("latin-1"),
            "line 1 is not text in utf-8; give the document as JSON in UTF-8",
            id="json-latin-1",
        ),
        pytest.param(
            "json",
            b'[{"YEAR": "2024-25", "RATING": 85,5}]',
            "from line 1, character 35 on it cannot be read as JSON (expecting property name enclosed in double quotes); see"
            " that the whole document came, and that it is JSON",
            id="json-decimal-comma",
        ),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name_and_what_was_known_stands(
    kind: str, content: bytes | Callable[[], bytes], said: str, is_of_folder: bool, opened: Open, folder: Path
) -> None:
    at = {"kind": "folder", "at": ".", "matching": "scores.*"} if is_of_folder else {"kind": kind, "at": f"scores.{kind}"}
    what = opened(at)
    (folder / f"scores.{kind}").write_bytes(content if isinstance(content, bytes) else content())
    gives(what, said)


@pytest.mark.parametrize("is_of_folder", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize(
    ("kind", "content", "how"),
    [
        pytest.param("csv", as_csv(ACCENTED, encoding="utf-16"), {}, id="csv-utf-16"),
        pytest.param("csv", as_csv(ACCENTED, encoding="utf-8-sig"), {}, id="csv-byte-order-mark"),
        pytest.param("csv", as_csv(ACCENTED, encoding="latin-1"), {"encoding": "latin-1"}, id="csv-latin-1"),
        pytest.param("csv", as_csv(ACCENTED, separator=";"), {"separator": ";", "decimal": ","}, id="csv-as-in-europe"),
        pytest.param("json", as_json(ACCENTED).decode().encode("utf-16"), {}, id="json-utf-16"),
        pytest.param("json", as_json(ACCENTED).decode().encode("utf-8-sig"), {}, id="json-byte-order-mark"),
        pytest.param("xlsx", as_workbook(ACCENTED), {}, id="xlsx"),
    ],
)
def test_a_file_is_read_in_whatever_it_is_encoded(
    kind: str, content: bytes, how: dict[str, Any], is_of_folder: bool, opened: Open, folder: Path
) -> None:
    at = {"kind": "folder", "at": ".", "matching": "scores.*"} if is_of_folder else {"kind": kind, "at": f"scores.{kind}"}
    what = opened(at | how | {"columns": {"school_year": "YEAR", "value": "RATING", "note": "NOTE"}})
    (folder / f"scores.{kind}").write_bytes(content)
    (reading,) = what.collect().said.readings
    assert (str(reading.value), reading.note) == ("86", "Peña")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_file_that_is_not_there_or_too_large_is_not_read(kind: str, opened: Open, folder: Path) -> None:
    what = opened({"kind": kind, "at": "scores"})
    gives(what, "there is no file {folder}/scores; put it there, or correct where the source is")
    large(folder / "scores")
    remedy = "give one with the rows and columns that are needed alone"
    gives(what, f"the file {{folder}}/scores has more than 50 MB; {remedy}")


def test_a_folder_without_a_file_of_ours_says_what_it_holds(opened: Open, folder: Path) -> None:
    what = opened({"kind": "folder", "at": "drop", "matching": "scores-*"})
    gives(what, "there is no folder {folder}/drop; put it there, or correct where the source is")
    drop = folder / "drop"
    drop.mkdir()
    gives(what, "no file of the folder {folder}/drop is named like scores-*; it holds no file")
    (drop / "other.csv").write_bytes(as_csv(GOOD))
    gives(what, 'no file of the folder {folder}/drop is named like scores-*; it holds "other.csv"')
    (drop / "scores-2026.csv.gz").write_bytes(gzip_bomb())
    gives(what, "scores-2026.csv.gz is of no kind that is read (.csv, .tsv, .txt, .xlsx, .json); say more in matching")
    large(drop / "scores-2027.csv")
    os.utime(drop / "scores-2027.csv", (1, 1))  # the newest one is another
    (drop / "scores-2028.csv").write_bytes(as_csv(GOOD))
    gives(what, GAINED)


# --- what a server answers ---------------------------------------------------------------------------------------------

OF_EACH = [
    pytest.param("csv", as_csv(GOOD), id="csv"),
    pytest.param("xlsx", as_workbook(GOOD), id="xlsx"),
    pytest.param("json", as_json(GOOD), id="json"),
]
IF_MEANT = (
    "if it is meant, an administrator names its server in PLANKEEPER_SOURCE_HOSTS and its network in PLANKEEPER_SOURCE_NETWORKS"
)
TOO_MUCH = "{server}/scores holds more than 50,000,000 bytes, the most that is taken; name an address that gives less"
LED_ON = "{server}/scores leads on to another address:"


@pytest.fixture
def asked_at(opened: Open) -> Iterator[Callable[..., Collecting]]:
    """Opens a plan whose source of a kind stands on a server of its own, which answers for /scores."""
    with ExitStack() as servers:

        def asked_at(kind: str, answer: Answering, **more: Any) -> Collecting:
            url = servers.enter_context(serving({"/scores": answer}))
            allowed = f"{url.removeprefix('http://')}, 10.0.0.1"
            source = {"kind": kind, "at": f"{url}/scores?key=made-up"}
            given = {"source_hosts": allowed, "source_networks": "127.0.0.1/32"} | more
            return opened(source, **given)

        yield asked_at


def server_of(what: Collecting) -> str:
    """Return the address of the server that is asked."""
    (source,) = what.workplace.plan.sources
    return host_of(source)


@pytest.mark.parametrize(("kind", "content"), OF_EACH)
@pytest.mark.parametrize(
    ("answer", "failure", "said"),
    [
        pytest.param(Answer(status=404), SourceFailed, "{server}/scores is not there (404); check the address", id="404"),
        pytest.param(
            Answer(status=403),
            SourceFailed,
            "{server}/scores does not let us in (403); check the secret that the source names",
            id="403",
        ),
        pytest.param(
            dripping,
            SourceDidNotAnswer,
            "{server}/scores did not answer in full within 0.3 seconds; ask again later",
            id="slow-drip",
        ),
        pytest.param(
            cut_off, SourceDidNotAnswer, "{server}/scores broke off before its answer was complete; ask again later", id="cut"
        ),
        pytest.param(
            leading_to("http://10.0.0.1/scores"),
            SourceFailed,
            f"{LED_ON} 10.0.0.1 is not a public address; {IF_MEANT}",
            id="redirect-to-a-private-address",
        ),
        pytest.param(
            leading_to("http://169.254.169.254/latest/meta-data"),
            SourceFailed,
            f"{LED_ON} 169.254.169.254 is not among the hosts that sources may ask; an administrator adds it to"
            " PLANKEEPER_SOURCE_HOSTS",
            id="redirect-to-where-clouds-keep-keys",
        ),
        pytest.param(Answer(headers={"Content-Length": "1000000000"}), SourceFailed, TOO_MUCH, id="1-gb-announced"),
        pytest.param(
            Answer(content=gzip_bomb(), headers={"Content-Encoding": "gzip"}),
            SourceFailed,
            TOO_MUCH,
            id="gzip-bomb",
        ),
    ],
)
def test_a_server_that_answers_badly_is_told_and_what_was_known_stands(
    kind: str, content: bytes, answer: Answering, failure: type[Exception], said: str, asked_at: Callable[..., Collecting]
) -> None:
    patience = {"source_seconds": "0.3"} if answer is dripping else {}
    what = asked_at(kind, one_by_one(answer, Answer(content=content)), **patience)
    gives(what, said.format(server=f"http://{server_of(what)}"), failure)
    gives(what, GAINED)  # once it answers as it should


@pytest.mark.parametrize(("kind", "content"), OF_EACH)
def test_a_body_of_1_gb_is_taken_up_to_the_most(kind: str, content: bytes, asked_at: Callable[..., Collecting]) -> None:
    endless = Endless()
    what = asked_at(kind, one_by_one(endless, Answer(content=content)))
    gives(what, TOO_MUCH.format(server=f"http://{server_of(what)}"))
    assert endless.sent < 100_000_000  # what is on the way in buffers comes on top
    gives(what, GAINED)


@pytest.mark.parametrize(("kind", "content"), OF_EACH)
def test_a_server_that_failed_with_500_may_be_asked_again(
    kind: str, content: bytes, asked_at: Callable[..., Collecting]
) -> None:
    what = asked_at(kind, one_by_one(Answer(status=500), Answer(content=content)))
    said = f"http://{server_of(what)}/scores cannot answer at present (500); ask again later"
    gives(what, said, SourceDidNotAnswer)
    gives(what, GAINED)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_page_instead_of_figures_is_told_by_its_title(kind: str, asked_at: Callable[..., Collecting]) -> None:
    said = asked_at(kind, Answer(content=PAGE, headers={"Content-Type": "text/csv"})).refused()
    assert said.startswith("an HTML page came instead of ")
    assert '("Sign in")' in said


# --- what a database answers -------------------------------------------------------------------------------------------

COUNTED_TO = "WITH RECURSIVE n(one) AS (SELECT 1 UNION ALL SELECT one + 1 FROM n WHERE one < {})"
COUNTING = f"{COUNTED_TO.format(10**12)} SELECT max(one) AS one FROM n"
LONG: dict[Write, str] = {_sqlite: "hex(zeroblob(5000))", _postgres: "repeat('0', 10000)"}
"""A text of 10,000 characters, so that 100,000 rows are 1 GB."""


@pytest.mark.parametrize(
    ("select", "failure", "of_sqlite", "of_postgres"),
    [
        pytest.param(
            "SELECT * FROM nowhere",
            SourceFailed,
            "the database refused the statement (no such table: nowhere); correct it",
            'the database refused the statement (relation "nowhere" does not exist); correct it',
            id="no-such-table",
        ),
        pytest.param(
            "DELETE FROM scores",
            SourceFailed,
            *['the statement begins with "DELETE", and only a SELECT is run; write one SELECT'] * 2,
            id="statement-that-deletes",
        ),
        pytest.param(
            COUNTING,
            SourceDidNotAnswer,
            *["the database took longer than 0.3 seconds; let the statement ask for less, or try again later"] * 2,
            id="slow",
        ),
        pytest.param(
            f'{COUNTED_TO.format(100_000)} SELECT one AS "YEAR", {{long}} AS "RATING" FROM n',
            SourceFailed,
            *["more than 50 MB came; let the statement ask for the rows and columns that are needed alone"] * 2,
            id="1-gb",
        ),
    ],
)
@pytest.mark.parametrize("write", [_sqlite, _postgres], ids=["sqlite", "postgresql"])
def test_a_database_that_answers_badly_is_told_and_what_was_known_stands(
    write: Write,
    select: str,
    failure: type[Exception],
    of_sqlite: str,
    of_postgres: str,
    opened: Open,
    folder: Path,
    request: Asked,
) -> None:
    source = write(folder, GOOD, request)
    patience = {"source_seconds": "0.3"} if select == COUNTING else {}
    what = opened(source | {"select": select.format(long=LONG[write])}, **patience)
    gives(what, of_sqlite if write is _sqlite else of_postgres, failure)
    gives(opened(source), GAINED)


@pytest.mark.parametrize(
    ("write", "nowhere", "said"),
    [
        pytest.param(_sqlite, "sqlite:///{folder}/nowhere.db", "unable to open database file", id="sqlite"),
        pytest.param(
            _postgres,
            "postgresql://reader:made-up@127.0.0.1:1/scores",
            'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused',
            id="postgresql",
        ),
    ],
)
def test_a_database_that_was_away_may_be_asked_again(
    write: Write,
    nowhere: str,
    said: str,
    opened: Open,
    folder: Path,
    request: Asked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = write(folder, GOOD, request)
    there = os.environ["PLANKEEPER_SOURCE_SCORES"]
    what = opened(source)
    monkeypatch.setenv("PLANKEEPER_SOURCE_SCORES", nowhere.format(folder=folder))
    gives(what, f"the database did not answer ({said}); see that it runs and can be reached", SourceDidNotAnswer)
    monkeypatch.setenv("PLANKEEPER_SOURCE_SCORES", there)
    gives(what, GAINED)
