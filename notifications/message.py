"""Write a mail down as the bytes that go out: the same letter always gives the same bytes.

No clock and no chance: the date, the Message-ID and even the boundary between the parts follow from the letter, so that an
attempt that is repeated can be recognised as the same mail by every server on the way.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.charset import SHORTEST, Charset
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from plan.record import UNPRINTABLE

_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""What has no place in a text: control characters but line ends and tabs, and what turns the reading direction."""

_PART = r"[!#-'*+\-./0-9=?A-Z^-~]+"
_ADDRESS = re.compile(f"{_PART}@{_PART}")
"""ASCII without what means something in a header: quotes, brackets, commas, colons, blanks."""

_LONGEST_PLAIN = 900
"""Characters of a header that may stand on one line; RFC 5322 allows 998 with its name."""

# Bodies in lines of 76, as RFC 2045 wants quoted-printable and base64. Headers on one line: the plain policy would break and
# encode what is longer than 77 characters and has no space, such as a Message-ID or a link.
_BODY = SMTP.clone(max_line_length=76, cte_type="7bit")
_WIRE = SMTP.clone(max_line_length=990, cte_type="7bit")


class NotAnAddress(ValueError):
    """It is not a mail address; correct it in owners.yaml, or in PLANKEEPER_MAIL_FROM if it is the sender's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """In whose name mail goes out, where answers go, and the secret from which Message-IDs are made."""

    address: str
    name: str
    reply_to: str
    key: bytes = field(repr=False)
    taken_back: frozenset[str] = frozenset()
    """The ids of links that were taken back: a mail brings another one in place of each."""

    @property
    def domain(self) -> str:
        """Return the domain that Message-IDs belong to."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    """What the file is called, where it is saved."""
    content: bytes
    maintype: str = "application"
    subtype: str = "pdf"
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What is said beside its type, such as its character set."""


def message_id(key: bytes, letter_key: str, domain: str) -> str:
    """Return the Message-ID of a letter, or of the root that a thread only pretends to have."""
    return f"<{_code(key, 'message', letter_key)}@{domain}>"


def build(  # noqa: PLR0913 - a mail has that many parts, and each is named where it is called
    *,
    sender: Sender,
    to_address: str,
    to_name: str,
    letter_key: str,
    thread: str,
    subject: str,
    text: str,
    html: str,
    made_at: datetime,
    unsubscribe: str = "",
    attachment: Attachment | None = None,
) -> bytes:
    """Return a mail to one person as the bytes to hand over, fit for a 7-bit server.

    Args:      letter_key: what makes the letter unique; its Message-ID follows from it
               thread: what mails that belong together share; their common root, a mail that never was, follows from it
               made_at: when the letter was made; stays its date, however late it is sent
               unsubscribe: the HTTPS address that a mail program's own button presses (RFC 8058); empty: it shows none
    Raises:    NotAnAddress: the sender's or the recipient's
    """
    mail = EmailMessage(policy=_BODY)
    root = message_id(sender.key, thread, sender.domain)
    mail.set_raw("From", _mailbox(sender.name, sender.address))
    mail.set_raw("To", _mailbox(to_name, to_address))
    mail.set_raw("Reply-To", _mailbox("", sender.reply_to))
    mail.set_raw("Subject", _words(subject))
    mail["Date"] = made_at.astimezone(UTC)
    mail["Message-ID"] = message_id(sender.key, letter_key, sender.domain)
    mail["In-Reply-To"] = root
    mail["References"] = root
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if unsubscribe:
        mail.set_raw("List-Unsubscribe", f"<{unsubscribe}>")
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(legible(text))
    mail.add_alternative(legible(html), subtype="html")
    if attachment:
        _attach(mail, attachment, boundary=f"={_code(sender.key, 'attachment', letter_key)}")
    words = next(mail.iter_parts()) if attachment else mail
    words.set_boundary(f"={_code(sender.key, 'boundary', letter_key)}")
    return mail.as_bytes(policy=_WIRE)


def _attach(mail: EmailMessage, attachment: Attachment, *, boundary: str) -> None:
    """Put a file beside what a mail says, both between a boundary of their own."""
    name = _one_line(attachment.name)
    mail.add_attachment(
        attachment.content,
        maintype=attachment.maintype,
        subtype=attachment.subtype,
        filename=name,
        params=dict(attachment.parameters),
    )
    mail.set_boundary(boundary)


def _code(key: bytes, purpose: str, text: str) -> str:
    """Return 32 characters that only the holder of the key can foretell; each purpose has its own."""
    return hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()[:32]


def _mailbox(name: str, address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise NotAnAddress(f'"{address}" is not a mail address; correct it in owners.yaml, or in PLANKEEPER_MAIL_FROM')
    line = _one_line(name)
    return f"{_words(line)} <{address}>" if _needs_encoding(line) else formataddr((line, address))


def _words(text: str) -> str:
    """Return a subject or a name as a header carries it.

    The policy's own encoding is passed by: it makes encoded words of any length (RFC 2047 allows 75 characters), and what
    looks like an encoded word it decodes and may let a line break out of it (CVE-2024-6923).
    """
    line = _one_line(text)
    return Header(line, _utf8(), maxlinelen=75).encode() if _needs_encoding(line) else line


def _utf8() -> Charset:
    """Return the character set of headers; what a library (apprise) sets for the whole process changes no bytes."""
    made = Charset("utf-8")
    made.header_encoding = SHORTEST
    return made


def _needs_encoding(line: str) -> bool:
    return not line.isascii() or "=?" in line or len(line) > _LONGEST_PLAIN


def _one_line(text: str) -> str:
    """Return a name or a subject without what would end the line or turn the reading direction."""
    return " ".join(_encodable(UNPRINTABLE.sub(" ", text)).split())


def legible(text: str) -> str:
    """Return a text without what cannot be shown, or would show something else than what is written."""
    return _encodable(_UNSPEAKABLE.sub("", text))


def _encodable(text: str) -> str:
    """Return text in which halves of characters, which no encoding has, are question marks."""
    return text.encode(errors="replace").decode()
