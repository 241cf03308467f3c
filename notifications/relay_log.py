"""What Postfix wrote into its log about a mail: its Message-ID and its queue id active, which is to say that it took the mail.

Each line is read from its beginning, where only the system's logger writes; what a sender chose, such as a subject or a
Message-ID, stands further on and is never taken for a line of its own.
"""

import re
from collections.abc import Collection, Iterable

_LINE = re.compile(
    r"(?P<when>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) \S+ "
    r"postfix\S*/(?:cleanup|qmgr|smtpd|pickup|postsuper)\[\d+\]: "
    r"(?P<queue_id>[\dA-F]+|[\dB-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]+): "  # the short kind, and the long one, which has no vowels
    r"(?:(?P<active>from=<.*>, size=\d+, nrcpt=\d+ \(queue active\)$)"
    r"|message-id=(?P<message_id>.*)"
    r"|(?P<other>client=|uid=|removed$|(?:milter-)?(?:reject|discard): ))",
    re.ASCII,
)
"""A line that says what a queue id stands for from here on: a Message-ID, a mail that is taken, or another or no mail."""


def accepted(lines: Iterable[str], message_ids: Collection[str]) -> dict[str, str]:
    """Return those of some Message-IDs that Postfix took, each with the sentence that says so.

    A mail that a milter refused, or whose sender left before the dot that ends it, has a Message-ID in the log but was never
    active: that is no evidence. Whoever may write to the log is believed.

    Args:      lines: of one log or of several, the oldest first; read once
               message_ids: as they stand in the mails, in angle brackets
    """
    asked = frozenset(message_ids)
    named: dict[str, str] = {}  # by queue id, until it is active or stands for another mail
    taken: dict[str, str] = {}
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        queue_id, message_id = match["queue_id"], match["message_id"]
        if message_id in asked:
            named[queue_id] = message_id
        elif (known := named.pop(queue_id, None)) and match["active"]:
            taken.setdefault(known, _sentence(queue_id, match["when"]))
    return taken


def _sentence(queue_id: str, when: str) -> str:
    return f"Postfix took it as {queue_id} on {when} (message id and queue id active in its log)."
