"""What the pages remember besides facts: how often somebody came, and which files are in the store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import EvidenceFile
from tests.ledger_builders import NOW, refuse

MINUTE = timedelta(minutes=1)
FILE = EvidenceFile(sha256="ab" * 32, kind="pdf", size=25 * 2**20, stored_at=NOW)


def came(ledger: Ledger, visitor: str = "a", *, since: datetime = NOW, times: int = 1) -> int:
    """Have somebody come so many times within a span; return how often that was in all."""
    return [ledger.pages.visit(visitor, since=since) for _ in range(times)][-1]


def test_each_visit_is_told_how_many_there_were_in_its_span(ledger: Ledger) -> None:
    assert ledger.pages.visits("a", since=NOW) == 0
    assert [came(ledger) for _ in range(3)] == [1, 2, 3]
    assert came(ledger, "b") == 1
    assert ledger.pages.visits("a", since=NOW) == 3  # asking does not count
    assert ledger.pages.visits("a", since=NOW) == 3


def test_in_the_next_span_it_begins_anew_and_the_one_before_is_forgotten(ledger: Ledger) -> None:
    came(ledger, times=3)
    came(ledger, "b")
    assert came(ledger, since=NOW + MINUTE) == 1
    assert ledger.pages.visits("a", since=NOW) == 0
    assert ledger.pages.visits("b", since=NOW) == 1


def test_old_spans_are_forgotten_and_the_others_are_not(ledger: Ledger) -> None:
    for number, visitor in enumerate("abcd"):
        came(ledger, visitor, since=NOW + number * MINUTE, times=2)
    assert ledger.pages.forget_visits(before=NOW + 2 * MINUTE) == 2
    assert [ledger.pages.visits(one, since=NOW + number * MINUTE) for number, one in enumerate("abcd")] == [0, 0, 2, 2]
    assert ledger.pages.forget_visits(before=NOW + 2 * MINUTE) == 0


def test_of_many_who_come_at_once_each_is_counted(database_url: str) -> None:
    workers, times = 4, 15
    together = Barrier(workers)

    def come(_worker: int) -> list[int]:
        with open_ledger(database_url) as own:
            together.wait(timeout=60)
            return [own.pages.visit("a", since=NOW) for _ in range(times)]

    with ThreadPoolExecutor(workers) as pool:
        counted = [number for numbers in pool.map(come, range(workers)) for number in numbers]
    assert sorted(counted) == list(range(1, workers * times + 1))


def test_a_file_is_noted_once_as_it_came_first(ledger: Ledger) -> None:
    assert ledger.pages.file(FILE.sha256) is None
    for one in (FILE, replace(FILE, kind="txt", stored_at=NOW + MINUTE)):
        ledger.pages.note_file(one)
    assert ledger.pages.file(FILE.sha256) == FILE
    assert ledger.pages.file("cd" * 32) is None


def test_of_two_who_note_a_file_at_once_both_are_content(database_url: str) -> None:
    together = Barrier(2)

    def note(kind: str) -> None:
        with open_ledger(database_url) as own:
            for number in range(10):
                together.wait(timeout=60)
                own.pages.note_file(replace(FILE, sha256=f"{number:064}", kind=kind))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(note, ["pdf", "pdf"]))
    with open_ledger(database_url) as ledger:
        assert all(ledger.pages.file(f"{number:064}") for number in range(10))


@pytest.mark.parametrize("change", ["UPDATE evidence_file SET kind = 'txt'", "DELETE FROM evidence_file"])
def test_what_is_known_of_a_file_stays(change: str, ledger: Ledger, database_url: str) -> None:
    ledger.pages.note_file(FILE)
    refuse(database_url, change, "evidence_file is append-only")
