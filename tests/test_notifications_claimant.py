"""A claimant shows that it lives; when it is killed, that shows too."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from notifications.claimant import Claimant, is_gone

HOLD_UNTIL_KILLED = """
import sys, signal
from pathlib import Path
from notifications.claimant import Claimant
with Claimant(Path(sys.argv[1])) as claimant:
    print(claimant.name, flush=True)
    signal.pause()
"""


def test_a_living_claimant_is_not_gone(tmp_path: Path) -> None:
    with Claimant(tmp_path / "locks") as claimant:
        assert not is_gone(tmp_path / "locks", claimant.name)
        assert not is_gone(tmp_path / "locks", claimant.name)


def test_a_killed_claimant_is_gone_and_its_lock_is_cleared_away(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD_UNTIL_KILLED, tmp_path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert not is_gone(tmp_path, name)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert is_gone(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_nothing_is_known_of_a_claimant_elsewhere(tmp_path: Path) -> None:
    assert not is_gone(tmp_path, "another-machine-1-0123abcd")
    assert not is_gone(tmp_path / "none", "another-machine-1-0123abcd")
    assert not is_gone(tmp_path, "worker")


@pytest.mark.parametrize("ended", [False, True], ids=["alive", "ended"])
def test_nothing_is_known_of_a_claimant_whose_lock_is_in_another_folder(tmp_path: Path, ended: bool) -> None:
    (tmp_path / "here").mkdir()
    with Claimant(tmp_path / "there") as elsewhere:
        assert not is_gone(tmp_path / "here", elsewhere.name)
    if ended:
        assert not is_gone(tmp_path / "here", elsewhere.name)
        assert is_gone(tmp_path / "there", elsewhere.name)


def test_nothing_is_known_of_a_claimant_whose_place_only_begins_like_this_one(tmp_path: Path) -> None:
    place = Claimant(tmp_path).name.rsplit("-", 2)[0]
    assert is_gone(tmp_path, f"{place}-1-0123abcd")
    assert not is_gone(tmp_path, f"{place}-77-1-0123abcd")


def test_a_name_says_on_which_machine_and_in_which_folder_its_lock_is(tmp_path: Path) -> None:
    found = tmp_path.stat()
    with Claimant(tmp_path) as claimant:
        assert claimant.name.startswith(f"{socket.gethostname()}-{found.st_dev:x}-{found.st_ino:x}-{os.getpid()}-")


def test_the_same_folder_by_another_path_is_the_same_place(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "locks")
    with Claimant(tmp_path / "link") as claimant:
        assert not is_gone(tmp_path / "locks", claimant.name)
    assert is_gone(tmp_path / "locks", claimant.name)


def test_a_claimant_that_ended_in_good_order_is_gone(tmp_path: Path) -> None:
    with Claimant(tmp_path) as claimant:
        pass
    assert is_gone(tmp_path, claimant.name)
    assert is_gone(tmp_path, claimant.name)


def test_a_new_claimant_clears_away_the_locks_of_those_that_were_killed(tmp_path: Path) -> None:
    dead = killed_claimants(tmp_path, 2)
    assert {path.stem for path in tmp_path.iterdir()} == set(dead)
    with Claimant(tmp_path) as alive, Claimant(tmp_path) as newer:
        assert {path.stem for path in tmp_path.iterdir()} == {alive.name, newer.name}
        assert [is_gone(tmp_path, name) for name in (*dead, alive.name, newer.name)] == [True, True, False, False]


def test_a_new_claimant_leaves_what_is_not_a_lock_of_its_folder(tmp_path: Path) -> None:
    foreign = {"another-machine-801-1f-1-0123abcd.lock", "package.lock", "notes.txt"}
    for name in foreign:
        (tmp_path / name).touch()
    with Claimant(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == foreign


def killed_claimants(folder: Path, count: int) -> list[str]:
    """Return the names of claimants that lived at one time and were killed."""
    if not count:
        return []
    with subprocess.Popen([sys.executable, "-c", HOLD_UNTIL_KILLED, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        others = killed_claimants(folder, count - 1)
        process.kill()
    return [name, *others]


def test_a_claimant_that_ends_in_good_order_leaves_nothing(tmp_path: Path) -> None:
    with Claimant(tmp_path) as claimant:
        assert [path.name for path in tmp_path.iterdir()] == [f"{claimant.name}.lock"]
    assert not list(tmp_path.iterdir())


def test_two_claimants_of_one_process_have_names_of_their_own(tmp_path: Path) -> None:
    with Claimant(tmp_path) as one, Claimant(tmp_path) as other:
        assert one.name != other.name
        assert not is_gone(tmp_path, one.name)
