"""What goes into the ledger and comes out of it. Database rows never leave the room; these do."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from plan.facts import Fact, Reading
from plan.ladder import Notice
from plan.told import Telling

DIGEST, WELCOME, ESCALATION, CABINET, RECOVERY = "digest", "welcome", "escalation", "cabinet", "recovery"
DAILY = frozenset({DIGEST, WELCOME, ESCALATION, CABINET, RECOVERY})
"""The kinds of the one mail that a person gets on a day, by what it has to say; the next day's makes it needless."""
ROLLUP, RECEIPT, OVERVIEW, WEEK, ALERT = "rollup", "receipt", "overview", "week", "alert"
"""The kinds of all other mails; they stay wanted until they are sent."""
CHANNEL = "channel"
"""A message to a channel besides mail; its address is the channel's name."""


class LetterState(StrEnum):
    """Where a letter is on its way."""

    QUEUED = "queued"  # to be sent, not before `next_attempt_at`
    SENDING = "sending"  # claimed by a deliverer, whose lease runs
    SENT = "sent"  # the server accepted it
    IN_DOUBT = "in_doubt"  # DATA had begun and nothing was heard: it may have been accepted
    HELD = "held"  # in doubt, or kept back by an office; left to an administrator
    FAILED = "failed"  # refused for ever
    CANCELLED = "cancelled"  # not wanted any more when it was to be sent
    SKIPPED = "skipped"  # a newer letter to the same person says it all
    EXPIRED = "expired"  # could not be sent while it made sense


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one person, its bytes frozen when it was made.

    The key is unique; two letters can never have the same one.
    """

    key: str
    plan: str
    kind: str
    address: str
    office: str
    day: date
    """The day that the letter is for."""
    subject: str
    message_id: str
    content: bytes
    made_at: datetime
    notices: tuple[Notice, ...]
    tellings: tuple[Telling, ...]
    """What becomes told with this letter; written in the same transaction."""
    grants: tuple["Grant", ...] = ()
    """What the links in it give leave to do; written in the same transaction, unless it is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A letter taken for sending: nobody else sends it while the lease runs."""

    key: str
    plan: str
    kind: str
    address: str
    content: bytes
    notices: tuple[Notice, ...]
    claimant: str
    attempt: int
    """1 for the first."""
    put_off: int = 0
    """How often the server, or the way to it, put the letter off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended."""

    state: LetterState
    said: str
    """The server's own words, or a sentence that says what happened."""
    next_attempt_at: datetime | None = None
    """Set exactly when the letter is queued again."""
    caught: bool = False
    """Whether the mail catcher took it, so that nobody has read it."""
    puts_off: bool = False
    """Whether it counts against the plan of retries; what our own settings keep back does not."""
    suppresses: bool = False
    """Whether the server refused the address itself, so that nothing is written to it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter as the outbox shows it."""

    key: str
    kind: str
    address: str
    office: str
    day: date
    subject: str
    message_id: str
    state: LetterState
    attempts: int
    made_at: datetime
    sent_at: datetime | None
    reason: str
    """Why it is in this state, in a sentence."""
    notices: tuple[Notice, ...]
    next_attempt_at: datetime | None = None
    """Set exactly while it is queued: it is not sent before."""
    data_at: datetime | None = None
    """When its last hand-over began; None if that never came so far, or the letter is to be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to hand a letter over; without an end while it lasts, or while its end is in doubt."""

    number: int
    claimant: str
    began_at: datetime
    ended_at: datetime | None
    ended_as: LetterState | None
    said: str | None
    """The server's own words, or a sentence that says what happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A letter that may have been accepted: what to look for, and since when."""

    key: str
    message_id: str
    data_at: datetime


About = Literal["letter", "address", "mail", "overview"]
"""What a word can be about: a letter by its key, an address, all mail of a plan, or who gets the weekly overview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person, or a mail server, said about mail; of several about one subject the last one holds."""

    about: About
    subject: str
    """The letter's key, or the address; empty for all mail."""
    word: str
    """What was said, such as RETRY or SUPPRESSED."""
    by: str
    note: str
    said_at: datetime


RETRY, HOLD, ARRIVED = "retry", "hold", "arrived"
"""The words about a letter: send it now, leave it, it is known to have arrived."""
SUPPRESSED, LIFTED = "suppressed", "lifted"
"""The words about an address: a server refused it; it may be written to again."""
PAUSED, RESUMED = "paused", "resumed"
"""The words about all mail of a plan."""
OFF, ON = "off", "on"
"""The words about the weekly overview to an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """That a run of a flow came to its end: for which day, when, and what it said."""

    flow: str
    day: date
    ended_at: datetime
    said: str


Scope = Literal["update", "view", "unsubscribe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a link in a mail gives leave to do, and to whom it was sent. The link itself cannot be made from it alone."""

    id: str
    plan: str
    scope: Scope
    item: str | None
    """The item that it is for; None where it is for none, or for all that the office owes."""
    office: str
    address: str
    made_at: datetime
    version: int = 1
    expires_on: date | None = None
    """The last day on which it holds; None: it never ends by itself."""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact as it was written down: its number within the plan, when that was, and whether it was taken back."""

    number: int
    fact: Fact
    recorded_at: datetime
    withdrawn: "Withdrawal | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """That facts were taken back: from that day on they do not count, and days before are judged as they were."""

    numbers: tuple[int, ...]
    by: str
    known_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody began to answer and left; it is no fact, and nobody else sees it."""

    plan: str
    address: str
    item: str
    period: str
    fields: dict[str, str]
    """What was filled in, by the name of the field."""
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """That somebody changed something: who, what, about what, when and from where."""

    at: datetime
    who: str
    did: str
    """What was done, as in "check-in", "withdrawn" or "retry"."""
    subject: str
    """What it was done to: an item with its period, a letter's key, an address."""
    came_from: str
    """By which way it came in: a link and the address that it was opened from, a page, the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A file in the store of evidence: what is in it is known by its SHA-256, in hexadecimal digits."""

    sha256: str
    kind: str
    """What it holds, by its content, as the ending of a name: "pdf", "xlsx"."""
    size: int
    """In bytes."""
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The status of one aspect of an item on a day."""

    item: str
    aspect: str
    """What is judged: "obligation", "outcome", "implementation" or "evidence"."""
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A change of status: from what (None the first time), to what, why and on which day."""

    item: str
    aspect: str
    was: str | None
    status: str
    reason: str
    day: date


Verdict = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided of a held reading: a yes makes it a fact that became known on the day of the yes."""

    verdict: Verdict
    by: str
    note: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReading:
    """A reading that a source gave and that is held because it jumps; numbered within its plan from 1."""

    number: int
    reading: Reading
    collected_from: str
    """The code of the source."""
    reason: str
    """Why it is held, with the figures."""
    known_since: Decimal | None = None
    """The figure that became known for the same measure and year since it was held; then it cannot be let in any more."""
    decision: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPeriod:
    """That a period was frozen, and when."""

    plan: str
    period: str
    frozen_on: date
    """The day that its rollup holds for."""
    frozen_at: datetime
    """When that was done; later than the day if nobody asked before."""
    seal: str
    """SHA-256 of the rollup's text, in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(FrozenPeriod):
    """A rollup as it was frozen: its text never changes."""

    text: str
    """The rollup as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The word that let a rollup go to the board."""

    plan: str
    period: str
    by: str
    note: str
    released_at: datetime
