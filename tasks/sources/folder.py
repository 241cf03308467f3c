"""Files on a disk: the newest one of a folder, and what is in one."""

import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from plan.wording import listed
from tasks.sources.cells import NAMED, quoted
from tasks.sources.failures import SourceFailed


def newest_file(folder: Path, matching: str) -> Path:
    """Return the newest file of a folder by the time of its last change; of several, the last one by its name.

    What begins with a dot, what a program for spreadsheets keeps while somebody edits ("~$..."), and links that lead out
    of the folder are passed over. Small and large letters are alike.

    Args:      matching: what the name looks like, as in accountability-*.csv
    Raises:    SourceFailed: there is no such folder, or no such file in it
    """
    try:
        found = dict(_files(folder))
    except OSError as error:
        raise SourceFailed(_unreadable(folder, "folder", error)) from None
    fitting = [path for path in found if fnmatchcase(path.name.casefold(), matching.casefold())]
    if not fitting:
        names = [quoted(name) for name in sorted(path.name for path in found)]
        holds = f"it holds {listed(names, most=NAMED)}" if names else "it holds no file"
        raise SourceFailed(f"no file of the folder {folder} is named like {matching}; {holds}")
    return max(fitting, key=lambda path: (found[path], path.name))


def read_file(path: Path, *, most_bytes: int) -> bytes:
    """Return what is in a file.

    Raises:    SourceFailed: it is not there, cannot be read, is no file, or has more than `most_bytes`
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a device or a pipe might never end
            raise SourceFailed(f"{path} is no file; give the file with the table")
        with path.open("rb") as opened:
            content = opened.read(most_bytes + 1)
    except OSError as error:
        raise SourceFailed(_unreadable(path, "file", error)) from None
    if len(content) > most_bytes:
        said = f"the file {path} has more than {most_bytes / 1_000_000:,g} MB"
        raise SourceFailed(f"{said}; give one with the rows and columns that are needed alone")
    return content


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield the files of a folder with the time of their last change, in nanoseconds."""
    inside = folder.resolve()
    for path in folder.iterdir():
        if path.name.startswith((".", "~$")) or path.resolve().parent != inside:
            continue
        try:
            status = path.stat()
        except FileNotFoundError:  # taken away meanwhile, or a link to nothing
            continue
        if stat.S_ISREG(status.st_mode):
            yield path, status.st_mtime_ns


def _unreadable(path: Path, kind: str, error: OSError) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return f"there is no {kind} {path}; put it there, or correct where the source is"
        case PermissionError():
            return f"the {kind} {path} may not be read; let the account read it that plankeeper runs under"
    return f"the {kind} {path} cannot be read ({(error.strerror or str(error)).lower()}); see that its disk is there"
