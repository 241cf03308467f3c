"""What the outbox and the inbox show: letters on their way, and mails as the catcher kept them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Generic, TypeVar

from ledger.records import LetterState, Posted
from notifications.inbox import Caught
from plan.wording import in_words
from web.wording import STATES, Tone, moment

PER_SHEET = 100
"""How many letters or mails one page lists."""

_AS_IT_CAME = default.clone(refold_source="none")
"""Headers as they came, not as the parser would write them."""

NO_SUBJECT, NOBODY = "(no subject)", "(nobody)"

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
class Told:
    """What a letter tells of one item."""

    code: str
    title: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterShown:
    """A letter of the outbox."""

    day: str
    title: str
    """The office that it goes to."""
    address: str
    subject: str
    state: str
    tone: Tone
    attempts: int
    reason: str
    made: str
    sent: str
    """When the server took it; empty until then."""
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailListed:
    """A caught mail as the inbox lists it."""

    id: str
    to: str
    subject: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailShown:
    """A caught mail, whole."""

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
    last = max(1, -(-len(entries) // PER_SHEET))
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    if not 1 <= asked <= last:
        raise NoSuchSheet(f'The list has no page "{number[:40]}"; its pages are 1 to {last}.')
    start = (asked - 1) * PER_SHEET
    return Sheet(entries=tuple(entries[start : start + PER_SHEET]), number=asked, of=last, total=len(entries))


def letter_shown(letter: Posted, *, zone: tzinfo) -> LetterShown:
    """Return a letter as the outbox shows it."""
    state, tone = STATES[letter.state]
    return LetterShown(
        day=in_words(letter.day),
        title=letter.notices[0].to.title if letter.notices else letter.office,
        address=letter.address,
        subject=letter.subject,
        state=state,
        tone=tone,
        attempts=letter.attempts,
        reason=letter.reason,
        made=moment(letter.made_at, zone),
        sent=moment(letter.sent_at, zone) if letter.sent_at else "",
        told=tuple(_told(letter)),
    )


def state_counts(counts: dict[LetterState, int]) -> tuple[tuple[str, Tone, int], ...]:
    """Return each state that a letter is in, with its tone and how many there are."""
    return tuple((*STATES[state], counts[state]) for state in STATES if counts[state])


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


def mail_shown(mail: EmailMessage, *, zone: tzinfo) -> MailShown:
    """Return a caught mail with everything that it holds; what cannot be decoded is replaced."""
    return MailShown(
        subject=str(mail["subject"] or NO_SUBJECT),
        to=str(mail["to"] or NOBODY),
        date=_sent(mail["date"].datetime if mail["date"] else None, zone),
        text=body(mail, "plain"),
        html=body(mail, "html"),
        # As they came: the parser's own reading of a strange header may fail.
        headers=tuple((name, " ".join(str(value).split())) for name, value in mail.raw_items()),
        source=mail.as_bytes(policy=_AS_IT_CAME).decode(errors="replace"),
    )


def body(mail: EmailMessage, kind: str) -> str:
    """Return what a mail says, as "plain" text or as "html"; empty if it does not."""
    part = mail.get_body((kind,))
    content = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:  # a character set that nobody knows
        return content.decode(errors="replace")


def _told(letter: Posted) -> Iterator[Told]:
    for notice in letter.notices:
        what = f"{notice.step}: {notice.kind} for {notice.period}"
        yield Told(code=notice.item, title=notice.title, what=what, reason=notice.reason)


def _addresses(mail: Caught) -> set[str]:
    return {address.casefold() for _, address in getaddresses([mail.to]) if address}


def _sent(at: datetime | None, zone: tzinfo) -> str:
    return moment(at, zone) if at else "No date"
