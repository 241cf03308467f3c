"""Read what the mail catcher kept. Nothing is changed or made."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_binary_file
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32, default
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


def caught(folder: Path, mail_id: str) -> EmailMessage | None:
    """Return a caught mail, or None if there is none with that id; an id is looked up, never taken for a path."""
    path = _files(folder).get(mail_id)
    if path is None:
        return None
    with path.open("rb") as file:
        return message_from_binary_file(file, policy=default)


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
        date=_date(str(headers["date"] or "")),
        sender=_words(headers["from"]),
        to=_words(headers["to"]),
        subject=_words(headers["subject"]),
    )


def _words(header: object) -> str:
    """Return a header's text; what cannot be decoded stays as it is written."""
    written = " ".join(str(header or "").split())
    try:
        return str(make_header(decode_header(written)))
    except (HeaderParseError, LookupError, ValueError):
        return written


def _date(written: str) -> datetime | None:
    try:
        return parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
