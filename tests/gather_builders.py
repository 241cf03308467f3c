"""A small plan in files whose measures name one source, and what comes of asking it; a test names only its case."""

import csv
import io
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
import yaml
from psycopg import sql

from ledger.ledger import Ledger
from plan.facts import Reading
from plan.periods import SchoolYear
from tasks.gather import Gathered, gather
from tasks.settings import Settings, read_settings
from tasks.sources.failures import SourceFailed
from tasks.workplace import Workplace, open_workplace
from tests.plan_builders import GOOD

PLAN = "riverside"
TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
MEASURE = {"id": "1.1-meets", "title": "Meets", "unit": "percent", "target": {"kind": "threshold", "at_least": 90}}
COLUMNS = {"school_year": "YEAR", "value": "RATING"}
"""Of all tables here, unless a test says otherwise."""

Rows = Sequence[Sequence[object]]
"""The headings, and what stands below them."""


@dataclass(frozen=True, kw_only=True)
class Collecting:
    """A plan with one source and measures that name it, ready to be asked."""

    folder: Path
    """Where the plan file stands, and files of sources are looked for."""
    settings: Settings
    workplace: Workplace
    ledger: Ledger

    def collect(self, *, as_of: date = TODAY, dry_run: bool = False) -> Gathered:
        """Ask the source and take in what it says."""
        (source,) = self.workplace.plan.sources
        return gather(
            source,
            self.workplace,
            self.settings,
            self.ledger,
            as_of=as_of,
            at=datetime.combine(as_of, AT.timetz()),
            dry_run=dry_run,
        )

    def refused(self, kind: type[Exception] = SourceFailed, **more: Any) -> str:
        """Return the sentence with which asking fails, by a failure of exactly this kind; {folder} stands for the folder."""
        with pytest.raises(Exception) as said:  # noqa: PT011 - the kind is looked at below
            self.collect(**more)
        assert type(said.value) is kind, said.value
        return str(said.value).replace(str(self.folder), "{folder}")

    def known(self, *, as_of: date = TODAY) -> list[str]:
        """Return every reading that is known on a day in the order of adding, as in "1.1-meets 2024-25 86"."""
        facts = self.ledger.facts(self.workplace.plan.id, known_by=as_of).every
        return [f"{one.item} {one.period} {one.value.normalize():f}" for one in facts if isinstance(one, Reading)]

    def know(self, value: int, of: str, *, item: str = "1.1-meets", on: date = date(2025, 8, 15)) -> None:
        """Record that a figure became known on a day, as somebody may have typed it."""
        figure = Reading(
            item=item,
            period=SchoolYear.parse(of),
            value=Decimal(value),
            source="state report",
            note="",
            by="Academics",
            known_on=on,
        )
        self.ledger.add_facts(self.workplace.plan.id, [figure], recorded_at=AT)


def collecting(
    folder: Path,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    source: dict[str, Any],
    *measures: dict[str, Any],
    **more: Any,
) -> Collecting:
    """Write a plan file with one source, called s, and open it as the settings of the environment name it.

    Args:      measures: what is special to each; of one that is not named 1.1-meets the id has to be said
               more: further settings, as in source_seconds="0.3"
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = [MEASURE | {"sources": ["s"]} | one for one in measures or ({},)]
    plan = yaml.safe_load(GOOD[0].read_text(encoding="utf-8"))
    plan["first_year"] = "2023-24"
    plan["sources"] = [{"id": "s", "columns": COLUMNS} | source]
    plan["priorities"][0]["objectives"][0]["long_term_measures"] = held
    (folder / "plan.yaml").write_text(json.dumps(plan, default=str), encoding="utf-8")  # which YAML is as well
    named = {"plan": folder / "plan.yaml", "owners": GOOD[1], "calendar": GOOD[2]} | more
    for name, value in named.items():
        monkeypatch.setenv(f"PLANKEEPER_{name.upper()}", str(value))
    settings = read_settings()
    return Collecting(folder=folder, settings=settings, workplace=open_workplace(settings), ledger=ledger)


# --- the same table in every kind --------------------------------------------------------------------------------------


def as_csv(rows: Rows, *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Return a table as text; nothing is an empty cell."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def as_workbook(rows: Rows) -> bytes:
    """Return a table as a workbook."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(made)
    return made.getvalue()


def as_json(rows: Rows) -> bytes:
    """Return a table as a list of objects; a day is a text."""
    head, *below = rows
    return json.dumps([dict(zip(head, row, strict=True)) for row in below], default=str).encode()


def into_sqlite(path: Path, rows: Rows) -> str:
    """Write a table called scores into a SQLite file, and return the address of the database."""
    head, *below = rows
    columns = ", ".join(f'"{name}"' for name in head)
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE scores ({columns})")
        marks = ", ".join("?" * len(head))
        texts = [[str(cell) if isinstance(cell, date) else cell for cell in row] for row in below]
        connection.executemany(f"INSERT INTO scores VALUES ({marks})", texts)
    connection.close()
    return f"sqlite:///{path}"


def into_postgres(url: str, rows: Rows) -> str:
    """Write a table called scores into a PostgreSQL database, in the place of an earlier one, and return the address."""
    head, *below = rows
    kinds = [_kind([row[at] for row in below]) for at in range(len(head))]
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(str(name)), sql.SQL(kind)) for name, kind in zip(head, kinds, strict=True)
    )
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS scores")
        cursor.execute(sql.SQL("CREATE TABLE scores ({})").format(columns))
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(head))
        cursor.executemany(sql.SQL("INSERT INTO scores VALUES ({})").format(marks), below)
    return url


def _kind(cells: Sequence[object]) -> Any:
    """Return of which type a column is in PostgreSQL."""
    kinds = {type(cell) for cell in cells if cell is not None}
    return {frozenset({int}): "integer", frozenset({float}): "numeric", frozenset({date}): "date"}.get(frozenset(kinds), "text")
