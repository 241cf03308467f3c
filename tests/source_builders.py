"""What the tests of all readers share: how to ask for whatever comes of reading."""

from collections.abc import Callable

from plan.record import UNPRINTABLE
from plan.table import Table
from tasks.sources.failures import SourceFailed


def is_table_or_sentence(read: Callable[[], Table]) -> bool:
    """Return whether reading gives a table as wide as its headings, each once, or fails with one line that can be shown."""
    try:
        table = read()
    except SourceFailed as failure:
        return bool(str(failure).encode()) and not UNPRINTABLE.search(str(failure))
    widths = {len(row.cells) for row in table.rows} | {len(set(table.columns))}
    return widths == {len(table.columns)}
