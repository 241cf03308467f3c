"""The words for how parts of a plan stand, which tone each has beside its colour, and what it means, for everybody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from plan.assess import MeasureStatus
from plan.facts import Implementation
from plan.implementation import NOT_REPORTED, EvidenceStatus
from plan.phrase import phrase
from plan.public import HIDDEN

Tone = Literal["done", "soon", "late", "quiet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """How a status is said."""

    said: str
    tone: Tone
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of several have one status; `before` is how many come before it in the bar."""

    count: int
    word: Word
    before: int


def _word(said: str, tone: Tone, means: str) -> Word:
    return Word(said=said, tone=tone, means=means)


# Best first: the order in which they are counted and explained.
MEASURES: dict[str, Word] = {
    MeasureStatus.MET: _word(phrase("met"), "done", phrase("The target has been reached.")),
    MeasureStatus.ON_TRACK: _word(
        phrase("on track"), "done", phrase("The latest figure is where it was expected to be by then, or better.")
    ),
    MeasureStatus.WATCH: _word(phrase("watch"), "soon", phrase("A little behind what was expected by then.")),
    MeasureStatus.OFF_TRACK: _word(phrase("off track"), "late", phrase("Well behind what was expected by then.")),
    MeasureStatus.DECLINED: _word(phrase("declined"), "late", phrase("Further from the target than where it started.")),
    MeasureStatus.MISSED: _word(phrase("missed"), "late", phrase("Its last year is over, and the target was not reached.")),
    MeasureStatus.NO_DATA: _word(
        phrase("no figure yet"), "quiet", phrase("The results for the year are due, and no figure is known.")
    ),
    MeasureStatus.NOT_RATED: _word(phrase("not rated yet"), "quiet", phrase("No results are due yet.")),
    HIDDEN: _word(
        phrase("not shown"), "quiet", phrase("So few students are counted that they could be recognised in the figures.")
    ),
}
ACTIONS: dict[str, Word] = {
    Implementation.ACHIEVED: _word(phrase("achieved"), "done", phrase("Done, and evidence shows it.")),
    Implementation.ON_TRACK: _word(phrase("on track"), "done", phrase("The work goes on as planned.")),
    Implementation.AT_RISK: _word(phrase("at risk"), "soon", phrase("Something stands in the way of the work.")),
    Implementation.OFF_TRACK: _word(phrase("off track"), "late", phrase("The work does not go on as planned.")),
    Implementation.NOT_ACHIEVED: _word(phrase("not achieved"), "late", phrase("It has ended without being achieved.")),
    Implementation.NOT_STARTED: _word(phrase("not started"), "quiet", phrase("The work has not begun.")),
    NOT_REPORTED: _word(phrase("no current report"), "quiet", phrase("Nothing has been reported for the latest quarter.")),
    Implementation.CANCELLED: _word(phrase("cancelled"), "quiet", phrase("It is not pursued any more.")),
}
SUMS: dict[str, Word] = {
    "insufficient_data": _word(
        phrase("too little known"), "quiet", phrase("Fewer than four in five of the parts that are due are known.")
    ),
}
EVIDENCE: dict[str, Word] = {
    EvidenceStatus.CURRENT: _word(phrase("shown by evidence"), "done", phrase("A document or the like shows it.")),
    EvidenceStatus.EXPIRING: _word(
        phrase("evidence to be renewed"), "soon", phrase("What shows it becomes too old within 60 days.")
    ),
    EvidenceStatus.EXPIRED: _word(phrase("evidence too old"), "late", phrase("What showed it has become too old.")),
    EvidenceStatus.NEEDED: _word(phrase("no evidence yet"), "quiet", phrase("Nothing that shows it has been given.")),
}
TWO_WORDS: dict[str, Word] = {
    "working": _word(phrase("working"), "done", phrase("The actions are carried out, and the measures move.")),
    "doing, not moving": _word(
        phrase("doing, not moving"), "soon", phrase("The actions are carried out, yet the measures do not move.")
    ),
    "moving without us": _word(
        phrase("moving without us"), "soon", phrase("The measures move, though the actions are not carried out.")
    ),
    "stalled": _word(phrase("stalled"), "late", phrase("The actions are not carried out, and the measures do not move.")),
}


def of_measure(status: str) -> Word:
    """Return the word for a measure, or for what many of them come to."""
    return SUMS.get(status) or MEASURES[status]


def of_action(status: str) -> Word:
    """Return the word for an action, or for what many of them come to; before anything is due that is not rated yet."""
    return SUMS.get(status) or ACTIONS.get(status) or MEASURES[status]


def shares(statuses: Iterable[str], words: dict[str, Word]) -> tuple[Share, ...]:
    """Return how many have each status, in the order of the words; a status that none has is left out."""
    counts, before, found = Counter(statuses), 0, list[Share]()
    for status, word in words.items():
        if counts[status]:
            found.append(Share(count=counts[status], word=word, before=before))
            before += counts[status]
    return tuple(found)
