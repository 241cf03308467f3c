"""Evidence that is listed: addresses in a CSV file, all of them or none, and every bad row with its line. No Prefect."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from plan.facts import Evidence
from plan.filed import item_named, owed_period, period_named
from tasks.rows import Row, plain_line, read_rows, written_day
from tasks.workplace import Workplace

HEADER = ("item", "period", "address", "dated_on", "by", "note")


class AddressesRefused(ValueError):
    """No address of the list counts until it is mended; each line of the message names a row and its fault."""


def listed_evidence(path: Path, workplace: Workplace, *, as_of: date, shown: str) -> tuple[Evidence, ...]:
    """Read the addresses of a list, in its order.

    Args:      as_of: the day on which they become known, and the last that they can be dated on
               shown: how sentences name the list
    Raises:    AddressesRefused: every row that cannot be used, each with its line, column and reason
    """
    problems: list[str] = []
    found = []
    for row in read_rows(path, HEADER, problems, shown=shown):
        evidence = _evidence(row, workplace, as_of)
        problems += (f"{shown}:{row.line}: {fault}" for fault in row.faults)
        if evidence is not None:
            found.append(evidence)
    if problems:
        raise AddressesRefused("\n".join(problems))
    return tuple(found)


def _evidence(row: Row, workplace: Workplace, as_of: date) -> Evidence | None:
    """Return what a row says, or None where a column cannot be used."""
    item = row.read("item", lambda code: item_named(code, workplace.plan))
    period = row.read("period", lambda text: owed_period(text, item, workplace.duties) if item else period_named(text))
    address, dated_on = row.read("address", _address), row.read("dated_on", lambda text: _day(text, as_of))
    by, note = row.read("by", plain_line), row.read("note", plain_line)
    if item is None or period is None or address is None or dated_on is None or by is None or note is None:
        return None
    by = by or workplace.roster.office_title(item, as_of=as_of)
    return Evidence(item=item, period=period, reference=address, dated_on=dated_on, note=note, by=by, known_on=as_of)


def _address(text: str) -> str:
    """Read an address. What is refused is not repeated: it may hold a password.

    Raises:    ValueError: it is none that can be asked
    """
    try:
        parts = urlsplit(plain_line(text))
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError("it is not an address; write it in full, as in https://example.org/minutes.pdf")
    if "@" in parts.netloc:
        raise ValueError("it holds a user or a password; write the address without them")
    return text


def _day(text: str, as_of: date) -> date:
    day = written_day(text)
    if day > as_of:
        raise ValueError(f"{day} is not here yet; what is dated later is listed then")
    return day
