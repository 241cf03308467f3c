"""How statuses, states and instants are put into words, and which tone each word has beside its colour."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal

from ledger.records import LetterState
from plan.assess import MeasureStatus
from plan.facts import Implementation
from plan.implementation import EvidenceStatus
from plan.model import Action, Item, LongTermMeasure, Objective, ProgressMeasure
from plan.phrase import phrase
from plan.standing import ObligationStatus
from plan.wording import in_plain_words, in_words

Tone = Literal["late", "soon", "open", "done", "quiet"]

# The gravest first: the order in which they are counted and shown.
TONES: dict[ObligationStatus, Tone] = {
    ObligationStatus.EXHAUSTED: "late",
    ObligationStatus.ESCALATED: "late",
    ObligationStatus.OVERDUE: "late",
    ObligationStatus.IN_GRACE: "soon",
    ObligationStatus.DUE: "soon",
    ObligationStatus.OPEN: "open",
    ObligationStatus.PAUSED: "quiet",
    ObligationStatus.SCHEDULED: "quiet",
    ObligationStatus.SUBMITTED: "done",
    ObligationStatus.SUBMITTED_LATE: "done",
    ObligationStatus.WAIVED: "quiet",
    ObligationStatus.NOT_CHASED: "quiet",
}

# How measures, actions and what they come to stand; what is unknown is neither good nor bad.
STANDS: dict[str, Tone] = {
    MeasureStatus.MET: "done",
    Implementation.ACHIEVED: "done",
    MeasureStatus.ON_TRACK: "done",
    "working": "done",
    EvidenceStatus.CURRENT: "done",
    EvidenceStatus.EXPIRING: "soon",
    MeasureStatus.WATCH: "soon",
    Implementation.AT_RISK: "soon",
    "doing, not moving": "soon",
    "moving without us": "soon",
    "stalled": "late",
    EvidenceStatus.EXPIRED: "late",
    MeasureStatus.OFF_TRACK: "late",
    MeasureStatus.DECLINED: "late",
    MeasureStatus.MISSED: "late",
    Implementation.NOT_ACHIEVED: "late",
}

_EVERY_TONE: dict[str, Tone] = {**{status.value: tone for status, tone in TONES.items()}, **STANDS}

STATES: dict[LetterState, tuple[str, Tone]] = {
    LetterState.QUEUED: (in_plain_words(LetterState.QUEUED), "open"),
    LetterState.SENDING: (in_plain_words(LetterState.SENDING), "open"),
    LetterState.SENT: (in_plain_words(LetterState.SENT), "done"),
    LetterState.IN_DOUBT: (in_plain_words(LetterState.IN_DOUBT), "soon"),
    LetterState.HELD: (in_plain_words(LetterState.HELD), "soon"),
    LetterState.FAILED: (in_plain_words(LetterState.FAILED), "late"),
    LetterState.CANCELLED: (in_plain_words(LetterState.CANCELLED), "quiet"),
    LetterState.SKIPPED: (in_plain_words(LetterState.SKIPPED), "quiet"),
    LetterState.EXPIRED: (in_plain_words(LetterState.EXPIRED), "late"),
}

KINDS: dict[type[Item], str] = {
    Objective: phrase("objective"),
    Action: phrase("action"),
    ProgressMeasure: phrase("progress measure"),
    LongTermMeasure: phrase("long-term measure"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of a kind have one status; `before` is how many come before it in the bar."""

    count: int
    word: str
    tone: Tone
    before: int


def shares(statuses: Iterable[ObligationStatus]) -> tuple[Share, ...]:
    """Return how many have each status, the gravest first; a status that none has is left out."""
    counts, before = Counter(statuses), 0
    found: list[Share] = []
    for status, tone in TONES.items():
        if counts[status]:
            found.append(Share(count=counts[status], word=word(status), tone=tone, before=before))
            before += counts[status]
    return tuple(found)


def word(status: str) -> str:
    """Return a status as people say it."""
    return in_plain_words(status)


def tone_of(status: str) -> Tone:
    """Return the tone of how something stands; quiet where nothing is known, or nothing more is to be done."""
    return _EVERY_TONE.get(status, "quiet")


def moment(at: datetime, zone: tzinfo) -> str:
    """Return an instant as a day and a time of a zone; one that does not know its own zone is taken for UTC."""
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)
    return phrase("{day}, {time}", day=in_words(local.date()), time=local.strftime("%H:%M"))
