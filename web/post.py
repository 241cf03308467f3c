"""What long lists show of themselves, and mails as they came. Mails are read so that no malformed header can fail a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email import message_from_bytes
from email.utils import getaddresses
from typing import Generic, TypeVar

from notifications.inbox import Caught, instant_in, words_in
from plan.phrase import phrase
from web.wording import moment

PER_SHEET = 100
"""How many letters or mails one page lists."""

NO_SUBJECT, NOBODY = phrase("(no subject)"), phrase("(nobody)")

Entry = TypeVar("Entry")


class NoSuchSheet(LookupError):
    """The list has no such page; begin with the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Generic[Entry]):
    """One page of a long list."""

    entries: tuple[Entry, ...]
    number: int
    of: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailListed:
    """A caught mail as the inbox lists it."""

    id: str
    to: str
    subject: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailShown:
    """A mail, whole."""

    subject: str
    to: str
    date: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    source: str


def sheet(entries: Sequence[Entry], number: str) -> Sheet[Entry]:
    """Return a page of a list, counted from 1; an empty list has one page.

    Raises:    NoSuchSheet: there is no page of that number
    """
    return sheet_of(len(entries), lambda start: entries[start : start + PER_SHEET], number)


def sheet_of(total: int, entries: Callable[[int], Sequence[Entry]], number: str) -> Sheet[Entry]:
    """Return a page of a list of which only that page is fetched.

    Args:      entries: returns those of the page, given how many come before them
    Raises:    NoSuchSheet: there is no page of that number
    """
    last = max(1, -(-total // PER_SHEET))
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    if not 1 <= asked <= last:
        raise NoSuchSheet(phrase('The list has no page "{page}"; its pages are 1 to {last}.', page=number[:40], last=last))
    return Sheet(entries=tuple(entries((asked - 1) * PER_SHEET)), number=asked, of=last, total=total)


def addressed_to(mails: Sequence[Caught], wanted: str) -> list[Caught]:
    """Return the mails to an address, or to whoever has the wanted words in name or address; all if nothing is wanted."""
    words = wanted.strip().casefold()
    return [mail for mail in mails if words in _addresses(mail) or ("@" not in words and words in mail.to.casefold())]


def recipients(mails: Sequence[Caught]) -> list[str]:
    """Return every address that a mail went to, sorted."""
    return sorted({address for mail in mails for address in _addresses(mail)})


def mail_listed(mail: Caught, *, zone: tzinfo) -> MailListed:
    """Return a caught mail as the inbox lists it."""
    return MailListed(id=mail.id, to=mail.to or NOBODY, subject=mail.subject or NO_SUBJECT, date=_sent(mail.date, zone))


def mail_shown(content: bytes, *, zone: tzinfo) -> MailShown:
    """Return a mail with everything that it holds; what cannot be decoded is replaced."""
    mail = message_from_bytes(content)
    return MailShown(
        subject=words_in(mail["subject"]) or NO_SUBJECT,
        to=words_in(mail["to"]) or NOBODY,
        date=_sent(instant_in(mail["date"]), zone),
        text=body(content, "plain"),
        html=body(content, "html"),
        headers=tuple((name, " ".join(str(value).split())) for name, value in mail.raw_items()),
        source=content.decode(errors="replace"),
    )


def body(content: bytes, kind: str) -> str:
    """Return what a mail says, as "plain" text or as "html"; empty if it does not."""
    parts = (part for part in message_from_bytes(content).walk() if part.get_content_type() == f"text/{kind}")
    part = next((one for one in parts if one.get_content_disposition() != "attachment"), None)
    said = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(said, bytes):
        return ""
    try:
        return said.decode(part.get_content_charset("utf-8"), errors="replace")
    except (LookupError, ValueError):  # a character set that nobody knows, or that is no name
        return said.decode(errors="replace")


def _addresses(mail: Caught) -> set[str]:
    return {address.casefold() for _, address in getaddresses([mail.to]) if address}


def _sent(at: datetime | None, zone: tzinfo) -> str:
    try:
        return moment(at, zone) if at else phrase("No date")
    except OverflowError:  # at the end of time, and past it in the zone
        return phrase("No date")
