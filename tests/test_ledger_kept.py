"""A ledger that is kept open: it sees what others do to the database meanwhile, and writes in turn."""

import gc
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.kept import KeptLedger
from ledger.ledger import DatabaseBehind, DatabaseTooNew, Ledger, open_ledger
from ledger.revisions import VERSION_TABLE
from tests.ledger_builders import CHECK_IN, DAY, NOW, PLAN, direct


def kept_facts(kept: KeptLedger) -> int | None:
    """Return how many facts there are; None where there is no ledger."""
    with kept.reading() as ledger:
        return len(ledger.facts(PLAN, known_by=DAY).every) if ledger else None


def add(ledger: Ledger) -> None:
    ledger.add_facts(PLAN, [CHECK_IN], recorded_at=NOW)


def test_where_there_is_none_looking_makes_none(tmp_path: Path) -> None:
    kept = KeptLedger(f"sqlite:///{tmp_path}/folder/ledger.db")
    assert kept_facts(kept) is None
    assert list(tmp_path.iterdir()) == []


def test_writing_makes_it_and_who_looked_before_sees_it(empty_database_url: str) -> None:
    kept = KeptLedger(empty_database_url)
    assert kept_facts(kept) is None
    with kept.writing(came_from="") as ledger:
        add(ledger)
    assert kept_facts(kept) == 1


def test_what_others_write_is_seen(database_url: str) -> None:
    kept = KeptLedger(database_url)
    assert kept_facts(kept) == 0
    with open_ledger(database_url) as other:
        add(other)
    assert kept_facts(kept) == 1


def test_the_way_of_a_change_is_kept(database_url: str) -> None:
    kept = KeptLedger(database_url)
    for way in ("link of a•••@example.org", ""):
        with kept.writing(came_from=way) as ledger:
            add(ledger)
            entries = ledger.pages.audit(PLAN, most=10)
    assert [one.came_from for one in entries] == ["link of a•••@example.org"]


@pytest.mark.parametrize(("revision", "refused"), [("0001", DatabaseBehind), ("9999", DatabaseTooNew)])
def test_a_database_that_gets_another_form_meanwhile_is_refused(
    database_url: str, revision: str, refused: type[Exception]
) -> None:
    kept = KeptLedger(database_url)
    assert kept_facts(kept) == 0
    with direct(database_url) as engine, engine.begin() as connection:
        newest = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'"))
    with pytest.raises(refused):
        kept_facts(kept)
    with direct(database_url) as engine, engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{newest}'"))
    assert kept_facts(kept) == 0


def test_a_backup_that_is_put_in_its_place_is_read_and_written_from_then_on(tmp_path: Path, migrated_file: Path) -> None:
    here, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    for path in (here, backup):
        shutil.copyfile(migrated_file, path)
    kept = KeptLedger(f"sqlite:///{here}")
    with kept.writing(came_from="") as ledger:
        add(ledger)
    assert kept_facts(kept) == 1
    for journal in tmp_path.glob("ledger.db-*"):
        journal.unlink()
    backup.rename(here)
    assert kept_facts(kept) == 0
    with kept.writing(came_from="") as ledger:
        add(ledger)
    with open_ledger(f"sqlite:///{here}") as other:
        assert len(other.facts(PLAN, known_by=DAY).every) == 1


def test_many_write_at_once_and_nobody_gives_up(database_url: str) -> None:
    kept, together = KeptLedger(database_url), threading.Barrier(40)

    def write(_number: int) -> None:
        together.wait()
        with kept.writing(came_from="") as ledger:
            add(ledger)

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(write, range(40))) == [None] * 40
    assert kept_facts(kept) == 40


def test_it_closes_when_nobody_has_it_any_more(database_url: str) -> None:
    kept = KeptLedger(database_url)
    assert kept_facts(kept) == 0
    pool = kept._reading.database()._writing.pool
    assert pool.checkedin() == 1  # type: ignore[attr-defined]
    del kept
    gc.collect()
    assert pool.checkedin() == 0  # type: ignore[attr-defined]
