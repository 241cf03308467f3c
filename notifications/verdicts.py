"""How handing a mail over can fail; each failure carries the sentence that says why."""

import re

_REASON = re.compile(rb"5\.\d{1,3}\.\d{1,3}\b")
_NO_SUCH_ADDRESS = re.compile(rb"5\.(1\.([0-6]|10)|2\.1|4\.1)\b")
"""Reasons that lie in the address (RFC 3463, 3.2 and 3.3; RFC 7505; 5.4.1 is Microsoft 365's). Another, such as 5.7.1 or 5.2.2,
lies in what the server lets us do, or passes; it says nothing against the address."""


class MailError(Exception):
    """A mail was not handed over; the sentence says why."""


class MailRefused(MailError):
    """The server refused the mail for ever; ask who runs it what it has against the mail."""


class AddressRefused(MailRefused):
    """The server takes mail for others and not for this address; correct it in owners.yaml."""


class MailDeferred(MailError):
    """The server did not take the mail now; it is tried again by the retry plan."""


class MailServerUnreachable(MailDeferred):
    """The mail server does not answer, so no mail is tried now; all wait for the next run."""


class MailNotDelivered(MailError):
    """Letters reached nobody for good; see `plankeeper outbox list`, and correct the addresses or the mail server."""


class MailMisconfigured(MailError):
    """No mail can go out as things are set up; correct PLANKEEPER_SMTP_URL, PLANKEEPER_MAIL_FROM or the server."""


class MailInDoubt(MailError):
    """The mail was on its way and nothing was heard: it may have been accepted, so it is not sent again blindly."""


class ClaimLost(MailError):
    """The claim was lost before the letter was handed over: its lease ran out, or somebody took it over; nothing was sent."""


def at_recipient(said: bytes, *, without_reason: type[MailError]) -> type[MailError]:
    """Return what it means that a server refuses one recipient for ever while it takes mail for others.

    Args:      said: its words after the code, which begin with a reason, such as 5.1.1, if it gives one
    Source:    RFC 3463; docs/mail.md, "When is it tried again?"
    """
    if _NO_SUCH_ADDRESS.match(said):
        return AddressRefused
    return MailRefused if _REASON.match(said) else without_reason


def refuses_us(said: bytes) -> bool:
    """Return whether a server that refuses a recipient gives a reason that is not the recipient, such as 5.7.1."""
    return bool(_REASON.match(said)) and not _NO_SUCH_ADDRESS.match(said)
