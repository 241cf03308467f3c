"""Read what the mail catcher kept. Nothing is changed or made."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from pathlib import Path

# The policy that reads headers as they are: the newer one raises errors of its own on some malformed ones, and one such mail
# must not hide all others.
_HEADERS = BytesHeaderParser(policy=compat32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """A caught mail as a list shows it."""

    id: str
    date: datetime | None
    """The mail's own date, when it was made; None if it has none that can be read."""
    sender: str
    to: str
    subject: str


def inbox(folder: Path) -> list[Caught]:
    """Return what was caught, the latest arrival first; nothing if no mail was ever caught here."""
    files = _files(folder)
    return [_caught(mail_id, files[mail_id]) for mail_id in sorted(files, key=_arrival, reverse=True)]


def caught(folder: Path, mail_id: str) -> bytes | None:
    """Return a caught mail as it came, or None if there is none with that id; an id is looked up, never taken for a path."""
    path = _files(folder).get(mail_id)
    return None if path is None else path.read_bytes()


def _files(folder: Path) -> dict[str, Path]:
    """Return the Maildir's files by id; a mail program that looks in moves what it has shown, and marks it after a colon."""
    found = (path for part in ("new", "cur") for path in (folder / part).glob("[!.]*"))
    return {path.name.partition(":")[0]: path for path in found}


def _arrival(mail_id: str) -> list[int]:
    """Return the numbers of a Maildir name, which begins with the second, the microsecond and a count."""
    return [int(number) for number in re.findall(r"\d+", mail_id)]


def _caught(mail_id: str, path: Path) -> Caught:
    with path.open("rb") as file:
        headers = _HEADERS.parse(file)
    return Caught(
        id=mail_id,
        date=instant_in(headers["date"]),
        sender=words_in(headers["from"]),
        to=words_in(headers["to"]),
        subject=words_in(headers["subject"]),
    )


def words_in(header: object) -> str:
    """Return a header's text, empty if it is not there; what cannot be decoded stays as it is written."""
    written = " ".join(str(header or "").split())
    try:
        return str(make_header(decode_header(written)))
    except (HeaderParseError, LookupError, ValueError):
        return written


def instant_in(header: object) -> datetime | None:
    """Return the instant that a header names, or None if it names none that can be read."""
    try:
        return parsedate_to_datetime(str(header or ""))
    except (ValueError, OverflowError):
        return None
