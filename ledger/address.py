"""What a database's address says by itself. Knows no SQL, so that it is loaded at once."""

from pathlib import Path

_FILE = "sqlite:///"


def is_missing(url: str) -> bool:
    """Return whether an address names a file that is not there, so that there is no ledger to open.

    Of every other address, one that cannot be read among them, who opens it finds out.
    """
    path = url.removeprefix(_FILE)
    is_file = url.startswith(_FILE) and "?" not in path and path not in ("", ":memory:")
    return is_file and not Path(path).is_file()
