"""What a source gives, whatever its kind: a table with headings, each row with its place."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | Decimal | date | None
"""What stands in a cell: a text, a number or a day as the source has it; None where nothing stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row and where it stands, as in "line 3"."""

    place: str
    cells: tuple[Cell, ...]
    """As many as the table has columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows below headings."""

    found_at: str
    """Where it was read, for whoever looks for it: a file's name, an address without its query, a setting's name."""
    columns: tuple[str, ...]
    """The headings, each once."""
    rows: tuple[Row, ...]
