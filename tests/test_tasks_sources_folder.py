"""The newest file of a folder, and what is in a file: found by name and time, or refused with what is there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.sources.failures import SourceFailed
from tasks.sources.folder import newest_file, read_file


def filled(folder: Path, **times: int) -> Path:
    """Put files into a folder that were changed at these times, and return it."""
    for name, at in times.items():
        (folder / name).write_text(name)
        os.utime(folder / name, ns=(at, at))
    return folder


def refused(folder: Path, matching: str) -> str:
    """Return the sentence with which a folder is refused, without its place."""
    with pytest.raises(SourceFailed) as said:
        newest_file(folder, matching)
    return str(said.value).replace(str(folder), "FOLDER")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up the rights of root, who may read everything, for a while."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.mark.parametrize(
    ("times", "matching", "newest"),
    [
        pytest.param({"a.csv": 3, "b.csv": 1, "c.csv": 2}, "*", "a.csv", id="the-newest"),
        pytest.param({"a.csv": 1, "c.csv": 1, "b.csv": 1}, "*", "c.csv", id="the-last-by-name-of-one-time"),
        pytest.param({"a-1.csv": 1, "a-2.csv": 2, "b-1.csv": 3}, "a-*.csv", "a-2.csv", id="that-matches"),
        pytest.param({"SCORES.CSV": 1}, "scores*.csv", "SCORES.CSV", id="large-letters"),
        pytest.param({"a.csv": 1, ".b.csv": 2, "~$c.csv": 3}, "*", "a.csv", id="not-what-is-hidden-or-a-lock"),
        pytest.param({"a[1].csv": 1, "a1.csv": 2}, "a[[]*", "a[1].csv", id="brackets"),
    ],
)
def test_the_newest_file_that_matches_is_taken(times: dict[str, int], matching: str, newest: str, tmp_path: Path) -> None:
    assert newest_file(filled(tmp_path, **times), matching) == tmp_path / newest


def test_links_that_lead_out_folders_and_pipes_are_passed_over(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "secret.csv"
    inside.mkdir()
    outside.write_text("secret")
    (inside / "link.csv").symlink_to(outside)
    (inside / "lost.csv").symlink_to(tmp_path / "nowhere")
    (inside / "broken.csv").symlink_to("none.csv")
    (inside / "folder.csv").mkdir()
    os.mkfifo(inside / "pipe.csv")
    assert refused(inside, "*") == "no file of the folder FOLDER is named like *; it holds no file"
    filled(inside, **{"a.csv": 1})
    (inside / "newest.csv").symlink_to("a.csv")
    assert newest_file(inside, "*") == inside / "newest.csv"


@pytest.mark.parametrize(
    ("times", "holds"),
    [
        pytest.param({}, "it holds no file", id="empty"),
        pytest.param({"b.txt": 1, "a.txt": 2}, 'it holds "a.txt" and "b.txt"', id="others"),
        pytest.param(
            {f"{n}.txt": n for n in range(8)},
            'it holds "0.txt", "1.txt", "2.txt", "3.txt", "4.txt" and 3 more',
            id="many-others",
        ),
    ],
)
def test_where_nothing_matches_what_is_there_is_named(times: dict[str, int], holds: str, tmp_path: Path) -> None:
    assert refused(filled(tmp_path, **times), "*.csv") == f"no file of the folder FOLDER is named like *.csv; {holds}"


@pytest.mark.parametrize("name", ["none", "a.csv"], ids=["not-there", "a-file"])
def test_a_folder_that_is_not_there_is_a_sentence(name: str, tmp_path: Path) -> None:
    folder = filled(tmp_path, **{"a.csv": 1}) / name
    assert refused(folder, "*") == "there is no folder FOLDER; put it there, or correct where the source is"


def test_a_file_is_read_up_to_the_most_that_it_may_have(tmp_path: Path) -> None:
    path = filled(tmp_path, **{"a.csv": 1}) / "a.csv"
    assert read_file(path, most_bytes=5) == b"a.csv"
    with pytest.raises(SourceFailed) as said:
        read_file(path, most_bytes=4)
    large = f"the file {path} has more than 4e-06 MB; give one with the rows and columns that are needed alone"
    assert str(said.value) == large


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "none.csv", "there is no file FOLDER/none.csv; put it there, or correct where the source is", id="not-there"
        ),
        pytest.param(
            "a.csv/b", "there is no file FOLDER/a.csv/b; put it there, or correct where the source is", id="in-a-file"
        ),
        pytest.param("folder", "FOLDER/folder is no file; give the file with the table", id="folder"),
        pytest.param("pipe", "FOLDER/pipe is no file; give the file with the table", id="pipe"),
        pytest.param(
            "x" * 300,
            f"the file FOLDER/{'x' * 300} cannot be read (file name too long); see that its disk is there",
            id="name-too-long",
        ),
    ],
)
def test_what_cannot_be_read_is_a_sentence(name: str, said: str, tmp_path: Path) -> None:
    filled(tmp_path, **{"a.csv": 1})
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceFailed) as failure:
        read_file(tmp_path / name, most_bytes=100)
    assert str(failure.value).replace(str(tmp_path), "FOLDER") == said


def test_what_may_not_be_read_is_a_sentence(tmp_path: Path) -> None:
    path = filled(tmp_path, **{"a.csv": 1}) / "a.csv"
    path.chmod(0)
    with as_nobody(), pytest.raises(SourceFailed) as file:
        read_file(path, most_bytes=100)
    tmp_path.chmod(0)
    with as_nobody(), pytest.raises(SourceFailed) as folder:
        newest_file(tmp_path, "*")
    tmp_path.chmod(0o700)
    rights = "may not be read; let the account read it that plankeeper runs under"
    assert [str(file.value), str(folder.value)] == [f"the file {path} {rights}", f"the folder {tmp_path} {rights}"]
