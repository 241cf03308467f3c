"""Every command by which a person changes something leaves an entry in the audit log, with who ran it on which machine."""

import os
import pwd
import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine

from flows.came_from import command_line
from ledger.ledger import open_ledger
from plan.facts import Facts, Reading
from plan.periods import SchoolYear
from plan.restated import Change, Held
from tasks.settings import read_settings
from tests.commands import Plankeeper
from tests.flow_builders import DAY, PLAN, at
from tests.outbox_builders import OFFICE, fill, key

BY = ("--by", OFFICE)
JUMP = Reading(
    item="1.1-rating",
    period=SchoolYear(2025),
    value=Decimal(860),
    source="state",
    note="",
    by="state",
    known_on=DAY,
)


def jumps(_facts: Facts, _held: Held) -> tuple[Change, ...]:
    """Find that a reading jumps."""
    return (Change(reading=JUMP, kind="held", reason="It jumps"),)


@pytest.fixture(autouse=True)
def _on_the_day(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A letter in each state, a held figure and a file of readings, on 22 October 2026."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "readings.csv").write_text(
        "measure,school_year,value,known_on,source,note\n1.1-rating,2024-25,85,2025-08-15,TEA,\n"
    )
    with open_ledger(read_settings().database) as ledger:
        fill(ledger, at=at(DAY, 18))
        ledger.collect(PLAN, "state", jumps, recorded_at=at(DAY, 18))
    assert home.is_dir()
    with time_machine.travel(at(DAY, 18), tick=False):
        yield


def entries() -> list[tuple[str, str, str]]:
    """Return what was done to what, and the way by which it came, first to last."""
    with open_ledger(read_settings().database) as ledger:
        return [(one.did, one.subject, one.came_from) for one in reversed(ledger.pages.audit(PLAN, most=100))]


@pytest.mark.parametrize(
    ("arguments", "did", "subject"),
    [
        pytest.param(
            ("record", "check-in", "1.1A", "--status", "on_track", "--no-receipt"),
            *("check-in", "1.1A, 2026-27 Q1"),
            id="record",
        ),
        pytest.param(
            ("record", "waive", "1.1A", *BY, "--reason", "It has ended."), "waiver", "1.1A, 2026-27 Q1", id="decision"
        ),
        pytest.param(("load", "readings.csv"), "reading", "1.1-rating, 2024-25", id="load"),
        pytest.param(("held", "accept", "1", *BY), "accepted", "held reading 1 of 1.1-rating, 2025-26", id="held"),
        pytest.param(("outbox", "arrived", key("doubt"), *BY), "arrived", f"letter {key('doubt')}", id="letter"),
        pytest.param(("outbox", "pause", *BY), "paused", "mail", id="pause"),
        pytest.param(("outbox", "lift", "refused@example.org", *BY), "lifted", "address refused@example.org", id="address"),
    ],
)
def test_each_command_that_changes_something_stands_in_the_audit_log(
    arguments: tuple[str, ...], did: str, subject: str, plankeeper: Plankeeper
) -> None:
    before = entries()
    said = plankeeper(*arguments)
    assert said.code == 0, said.err
    assert entries() == [*before, (did, subject, command_line())]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("load", "readings.csv", "--dry-run"), id="only-tried"),
        pytest.param(("outbox", "list"), id="only-looked"),
        pytest.param(("outbox", "pause", "--by", "Nobody"), id="refused"),
    ],
)
def test_what_changes_nothing_does_not(arguments: tuple[str, ...], plankeeper: Plankeeper) -> None:
    plankeeper(*arguments)
    assert entries() == []


def test_the_way_is_the_systems_name_of_the_user_and_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert command_line() == f"command line of {pwd.getpwuid(os.getuid()).pw_name}@{socket.gethostname()}"


def test_a_user_without_a_name_is_known_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert command_line() == f"command line of 4000000000@{socket.gethostname()}"
