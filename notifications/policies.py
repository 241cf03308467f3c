"""What becomes of a doubt to which no answer can come any more, by the kind of the letter (docs/mail.md)."""

from ledger.records import (
    ALERT,
    CABINET,
    CHANNEL,
    DIGEST,
    ESCALATION,
    OVERVIEW,
    RECEIPT,
    RECOVERY,
    ROLLUP,
    WEEK,
    WELCOME,
    LetterState,
)

AFTER_A_DOUBT: dict[str, LetterState] = {
    DIGEST: LetterState.HELD,  # the next step covers what it tells
    WELCOME: LetterState.HELD,  # likewise
    ESCALATION: LetterState.HELD,  # likewise
    CABINET: LetterState.HELD,  # the rollup shows it as exhausted
    RECOVERY: LetterState.HELD,  # good news that may have arrived is not told twice
    ROLLUP: LetterState.QUEUED,  # nothing covers it: a board member may see it twice, but none goes without
    ALERT: LetterState.QUEUED,  # an alarm that nobody hears is none
    RECEIPT: LetterState.HELD,  # what it confirms stands on the pages
    OVERVIEW: LetterState.HELD,  # the next week's says it all
    WEEK: LetterState.HELD,  # likewise
    CHANNEL: LetterState.HELD,  # the mail to the same effect goes its own way
}
"""Queued: it is sent again, as the same mail with the same Message-ID. Held: an administrator says what is to become of it."""

AGAIN = frozenset(kind for kind, state in AFTER_A_DOUBT.items() if state is LetterState.QUEUED)
"""The kinds that are sent again."""
