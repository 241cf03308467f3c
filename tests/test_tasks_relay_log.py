"""Asking the relay's log on this machine: which files are read, and what happens if they cannot be."""

import logging
from pathlib import Path

import pytest

from tasks.relay_log import delivered_according_to_log
from tasks.settings import Settings

REAL = (Path(__file__).parent / "data" / "relay" / "short_ids.log").read_text().splitlines(keepends=True)
TAKEN = "<taken-in-doubt@example.org>"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "mail.log"


def known(log: Path | None) -> set[str]:
    return set(delivered_according_to_log(Settings(relay_log=log), [TAKEN, "<cut-off@example.org>"]))


def test_a_letter_that_the_log_shows_as_taken_is_named(log: Path) -> None:
    log.write_text("".join(REAL))
    assert known(log) == {TAKEN}


@pytest.mark.parametrize("lines", range(0, 10, 3))
def test_a_log_that_was_rotated_meanwhile_is_read_as_one(lines: int, log: Path) -> None:
    log.with_name("mail.log.1").write_text("".join(REAL[:lines]))
    log.write_text("".join(REAL[lines:]))
    assert known(log) == {TAKEN}


def test_a_packed_log_is_left_alone(log: Path) -> None:
    log.write_text("")
    log.with_name("mail.log.2.gz").write_text("".join(REAL))
    assert known(log) == set()


def test_a_carriage_return_begins_no_line_and_what_is_no_text_does_no_harm(log: Path) -> None:
    forged = "".join(REAL).replace("\n", "\r").encode()
    log.write_bytes(b"\xff\xfe\x00" + forged + b"\n")
    assert known(log) == set()
    log.write_bytes(b"\xff\xfe\x00\n" + "".join(REAL).encode())
    assert known(log) == {TAKEN}


def test_without_the_setting_nothing_is_known(caplog: pytest.LogCaptureFixture) -> None:
    assert known(None) == set()
    assert not caplog.records


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        pytest.param([], "[Errno 2] No such file or directory: '{}'", id="missing"),
        pytest.param(["mail.log"], "[Errno 21] Is a directory: '{}'", id="folder"),
        pytest.param(["mail.log.1"], "[Errno 21] Is a directory: '{}.1'", id="predecessor-a-folder"),
    ],
)
def test_a_log_that_cannot_be_read_is_told_and_nothing_is_known(
    made: list[str], reason: str, log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in made:
        log.with_name(name).mkdir()
    assert known(log) == set()
    (told,) = caplog.records
    assert (told.levelno, vars(told)["action"]) == (logging.WARNING, "relay_log_unreadable")
    assert told.getMessage() == (
        f"The log that PLANKEEPER_RELAY_LOG names cannot be read: {reason.format(log)}. It resolves no doubt; let plankeeper's "
        "user read it, on Debian as a member of the group adm."
    )


def test_where_no_letter_is_in_doubt_the_log_is_not_opened(log: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert delivered_according_to_log(Settings(relay_log=log), []) == {}
    assert not caplog.records
