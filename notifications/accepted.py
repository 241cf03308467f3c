"""What a server's words on accepting a mail tell: the number under which its log goes on about it."""

import re

_QUEUE_IDS = (
    re.compile(r"\bqueued as ([\w.-]+)"),  # Postfix, Amavis
    re.compile(r"\bOK id=([\w-]+)", re.IGNORECASE),  # Exim
    re.compile(r"\[InternalId=(\d+)"),  # Exchange, Microsoft 365
    re.compile(r"\bOK \d+ (\S+) - gsmtp$", re.IGNORECASE),  # Gmail, after the time in seconds
    re.compile(r"^250 2\.0\.0 (\w+) Message accepted for delivery"),  # Sendmail
    re.compile(r"^250 Ok ([0-9a-f]{16}-[0-9a-f-]+)$"),  # Amazon SES, where it is the Message-ID as well
)


def queue_id(said: str) -> str | None:
    """Return the queue id in the words with which a server accepted a mail, or None if they have none.

    Args:      said: the reply on one line, with its code, as the outbox keeps it
    """
    found = (pattern.search(said) for pattern in _QUEUE_IDS)
    return next((match[1] for match in found if match), None)
