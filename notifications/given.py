"""An answer in words: what was written down of it, and what it settles, or leaves open where it was taken back."""

from collections.abc import Iterator
from dataclasses import dataclass

from notifications.render import one_line
from plan.facts import Acknowledgement, Answer, CheckIn, CorrectivePlan, Evidence, Reading, Referral
from plan.ladder import Situation
from plan.model import LongTermMeasure
from plan.phrase import Phrase, phrase
from plan.standing import Standing
from plan.wording import capitalised, exactly, in_plain_words, in_words, joined, unit_in_words, with_days_in_words

ANSWERS: dict[type[Answer], str] = {
    CheckIn: phrase("check-in"),
    Reading: phrase("reading"),
    Evidence: phrase("evidence"),
    Acknowledgement: phrase("promise"),
    Referral: phrase("referral"),
    CorrectivePlan: phrase("corrective plan"),
}
"""What each kind of answer is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer, with how what it is about stands."""

    answer: Answer
    stands: Standing | None
    """None where nobody owed it, and of a corrective plan."""

    @property
    def kind(self) -> str:
        """Return what the answer is called."""
        return ANSWERS[type(self.answer)]

    @property
    def what(self) -> str:
        """Return what the answer is and for when; a corrective plan is for no period."""
        if isinstance(self.answer, CorrectivePlan):
            return self.kind
        return phrase("{kind} for {period}", kind=self.kind, period=self.answer.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of what was recorded."""

    name: str
    words: str


def lines(answer: Answer, situation: Situation, *, longest: int = 4_000) -> tuple[Line, ...]:
    """Return what was recorded, part by part; what nobody filled in is left out.

    Args:      longest: how many characters are shown of a text that somebody wrote
    """
    parts = (
        *_said(answer, situation),
        (phrase("Given by"), answer.by),
        (phrase("Known on"), in_words(answer.known_on)),
    )
    return tuple(Line(name=name, words=brief(words, longest)) for name, words in parts if words)


def settled(given: Given, situation: Situation) -> str:
    """Return the sentences that say what an answer settles."""
    answer = given.answer
    if isinstance(answer, CorrectivePlan):
        slip = situation.slips.get(answer.item)
        if slip is None or slip.over_on is not None:
            return phrase("The measure is in no slip now; the plan is kept all the same.")
        return phrase("It answers the slip since {day}. Nobody is asked for a plan any more.", day=in_words(slip.since))
    if isinstance(answer, Referral):
        return phrase(
            "To be asked for {item} from {day} on: {office}; the next mail that goes there says so. The office that keeps "
            "the plan hears of it too.",
            item=answer.item,
            day=in_words(answer.known_on),
            office=_office(answer.asked, situation),
        )
    if given.stands is None:
        return phrase("Nothing was owed for this period; it is kept all the same.")
    return _standing(given.stands)


def open_again(given: Given, situation: Situation) -> str:
    """Return the sentences that say how things stand without an answer that was taken back."""
    answer = given.answer
    if isinstance(answer, CorrectivePlan):
        slip = situation.slips.get(answer.item)
        if slip is None or slip.over_on is not None:
            return phrase("The measure is in no slip now, so no plan is asked for.")
        return phrase("A plan is asked for again, for the slip since {day}.", day=in_words(slip.since))
    if isinstance(answer, Referral):
        office = situation.roster.office_title(answer.item, as_of=answer.known_on)
        return phrase("To be asked for {item}, as before: {office}.", item=answer.item, office=office)
    if given.stands is None:
        return phrase("Nothing was owed for this period.")
    return _standing(given.stands)


def _standing(stands: Standing) -> str:
    status, reason = in_plain_words(stands.status), with_days_in_words(stands.reason)
    return phrase("{status}. {reason}", status=capitalised(status), reason=reason)


def _said(answer: Answer, situation: Situation) -> Iterator[tuple[str, str]]:
    note = (phrase("Note"), getattr(answer, "note", ""))
    match answer:
        case CheckIn():
            yield from ((phrase("Status"), in_plain_words(answer.status)), note)
            yield (phrase("In the way"), answer.obstacles)
        case Reading():
            yield from ((phrase("Figure"), _figure(answer, situation)), (phrase("Source"), answer.source), note)
        case Evidence():
            yield from ((phrase("Evidence"), answer.reference), (phrase("Kind"), _kind(answer)))
            yield from ((phrase("Dated"), in_words(answer.dated_on)), note)
        case Acknowledgement():
            yield from ((phrase("Promised by"), in_words(answer.promised_on)), note)
        case Referral():
            yield from ((phrase("To be asked"), _office(answer.asked, situation)), note)
        case CorrectivePlan():
            yield from ((phrase("Cause"), answer.cause), (phrase("Step"), answer.step))
            yield from ((phrase("Done by"), in_words(answer.done_by)), (phrase("Effect"), answer.effect))


def _office(code: str, situation: Situation) -> str:
    offices = situation.roster.owners.offices
    return offices[code].title if code in offices else code


def _figure(reading: Reading, situation: Situation) -> str:
    item = situation.plan.items[reading.item]
    unit = item.unit if isinstance(item, LongTermMeasure) else None
    return joined((exactly(reading.value), unit_in_words(unit or "")))


def _kind(evidence: Evidence) -> str:
    """Return what a piece of evidence is: a file that is kept, with its ending, an address, or something only named."""
    name, dot, ending = evidence.reference.rpartition(".")
    if evidence.sha256:
        return phrase("file, {ending}", ending=ending.upper()) if name and dot else phrase("file")
    is_address = evidence.reference.startswith(("https://", "http://"))
    return phrase("address") if is_address else phrase("named, not attached")


def brief(text: str, longest: int) -> str:
    """Return a text on one line, cut where it is endless; a phrase is neither."""
    if isinstance(text, Phrase):
        return text
    line = one_line(text)
    return line if len(line) <= longest else f"{line[:longest]}…"
