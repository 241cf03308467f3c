"""The receipt: what was written down of an answer, what that settles, and what is owed next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ledger.records import RECEIPT, Letter
from notifications.digest import thread_of
from notifications.footing import BECAUSE_YOU
from notifications.letters import letter_of
from notifications.message import Sender
from notifications.render import Rendered, one_line, render
from notifications.wording import the
from plan.facts import Acknowledgement, Answer, CheckIn, CorrectivePlan, Evidence, Reading, Referral
from plan.ladder import Situation
from plan.model import LongTermMeasure
from plan.owners import Person
from plan.standing import Standing, named
from plan.wording import capitalised, exactly, in_words, with_days_in_words

ANSWERS: dict[type[Answer], str] = {
    CheckIn: "check-in",
    Reading: "reading",
    Evidence: "evidence",
    Acknowledgement: "promise",
    Referral: "referral",
    CorrectivePlan: "corrective plan",
}
"""What each kind of answer is called."""

_LONGEST = 4_000
"""Characters of a text that somebody wrote; mail programs cut off letters that are too large."""
_CORRECTION = (
    "Reply to this mail, and write what is right. The office that keeps the plan records it as a correction; "
    "what stands here is kept beside it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An answer that was written down, as one person is told of it."""

    key: str
    """Unique for plan, item, period, answer and person."""
    to: Person
    answer: Answer
    is_readers_own: bool
    """Whether the answer came from the office of who is told."""
    recorded_on: date
    stands: Standing | None
    """How what was owed stands with it; None where nobody owed it, and of a corrective plan."""
    follows: Standing | None
    """How the item's first obligation stands that is not settled; None where nothing more is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of what was recorded."""

    name: str
    words: str


def compose(receipt: Receipt, *, situation: Situation, base_url: str, sender: Sender, made_at: datetime) -> Letter:
    """Return the letter that carries a receipt; the same receipt and instant make the same bytes."""
    to = receipt.to
    return letter_of(
        write(receipt, situation=situation, base_url=base_url),
        kind=RECEIPT,
        key=receipt.key,
        thread=thread_of(str(receipt.answer.period), to.address),
        to=to,
        day=receipt.recorded_on,
        roster=situation.roster,
        sender=sender,
        made_at=made_at,
    )


def write(receipt: Receipt, *, situation: Situation, base_url: str) -> Rendered:
    """Return what a receipt says.

    Args:      base_url: where the plan's pages are
    """
    return render("receipt", mail=_Mail(receipt=receipt, situation=situation, base_url=base_url))


@dataclass(frozen=True, kw_only=True)
class _Mail:
    """A receipt, put into words for its templates."""

    receipt: Receipt
    situation: Situation
    base_url: str

    @property
    def plan_title(self) -> str:
        return self.situation.plan.title

    @property
    def organisation(self) -> str:
        return self.situation.plan.organisation

    @property
    def period(self) -> str:
        return str(self.receipt.answer.period)

    @property
    def code(self) -> str:
        return self.receipt.answer.item

    @property
    def title(self) -> str:
        return self.situation.plan.items[self.code].title

    @property
    def what(self) -> str:
        return ANSWERS[type(self.receipt.answer)]

    @property
    def reader(self) -> str:
        to = self.receipt.to
        return self.situation.roster.owners.offices[to.office].person or to.title

    @property
    def headline(self) -> str:
        return "Your answer is recorded" if self.receipt.is_readers_own else "An answer is recorded"

    @property
    def lead(self) -> str:
        thanks = "Thank you. " if self.receipt.is_readers_own else ""
        about = "" if isinstance(self.receipt.answer, CorrectivePlan) else f" for {self.period}"
        return f"{thanks}The {self.what} of {self.code}{about} was recorded on {in_words(self.receipt.recorded_on)}."

    @property
    def lines(self) -> tuple[Line, ...]:
        answer = self.receipt.answer
        parts = (*self._said(answer), ("Given by", answer.by), ("Known on", in_words(answer.known_on)))
        return tuple(Line(name=name, words=_brief(words)) for name, words in parts if words)

    @property
    def settled(self) -> str:
        if isinstance(self.receipt.answer, CorrectivePlan):
            slip = self.situation.slips.get(self.code)
            if slip is None or slip.over_on is not None:
                return "The measure is in no slip now; the plan is kept all the same."
            return f"It answers the slip since {in_words(slip.since)}. Nobody is asked for a plan any more."
        stands = self.receipt.stands
        if stands is None:
            return "Nothing was owed for this period; it is kept all the same."
        return f"{capitalised(stands.status.replace('_', ' '))}. {with_days_in_words(stands.reason)}"

    @property
    def following(self) -> str:
        follows, stands = self.receipt.follows, self.receipt.stands
        if follows is None:
            return f"Nothing more is asked for {self.code}."
        if stands is not None and follows.obligation == stands.obligation:
            owed = follows.obligation
            return f"The {named(owed)} itself, due on {in_words(owed.due)}."
        return with_days_in_words(follows.reason)

    @property
    def correction(self) -> str:
        return _CORRECTION

    @property
    def answers_read_by(self) -> str:
        owners = self.situation.roster.owners
        return the(owners.offices[owners.plan_administrator].title)

    @property
    def why(self) -> str:
        owner = self.situation.roster.owner(self.code, as_of=self.receipt.answer.known_on)
        concern = "asked" if owner == self.receipt.to else "stand-in"
        return f"This mail came because you {BECAUSE_YOU[concern].format(self.code)}, and an answer for it was recorded."

    def _said(self, answer: Answer) -> Iterator[tuple[str, str]]:
        match answer:
            case CheckIn():
                yield from (("Status", answer.status.replace("_", " ")), ("Note", answer.note))
                yield ("In the way", answer.obstacles)
            case Reading():
                yield from (("Figure", self._figure(answer)), ("Source", answer.source), ("Note", answer.note))
            case Evidence():
                yield from (("Evidence", answer.reference), ("Dated", in_words(answer.dated_on)), ("Note", answer.note))
            case Acknowledgement():
                yield from (("Promised by", in_words(answer.promised_on)), ("Note", answer.note))
            case Referral():
                yield from (("To be asked", self._office(answer.asked)), ("Note", answer.note))
            case CorrectivePlan():
                yield from (("Cause", answer.cause), ("Step", answer.step))
                yield from (("Done by", in_words(answer.done_by)), ("Effect", answer.effect))

    def _office(self, code: str) -> str:
        offices = self.situation.roster.owners.offices
        return offices[code].title if code in offices else code

    def _figure(self, reading: Reading) -> str:
        item = self.situation.plan.items[reading.item]
        unit = item.unit if isinstance(item, LongTermMeasure) else None
        return f"{exactly(reading.value)} {unit or ''}".strip()


def _brief(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
