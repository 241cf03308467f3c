"""What pages say of judgement: every status by itself, in words, with its reason. The rules that lead to it live in `plan`."""

from collections.abc import Iterator
from dataclasses import dataclass

from plan.judgement import Judged
from plan.model import Action, Item, LongTermMeasure, Priority, ProgressMeasure
from plan.phrase import phrase
from plan.sums import Sum
from web.wording import Tone, tone_of, word

READINGS = {
    "working": phrase("The actions are carried out, and the measures move."),
    "doing, not moving": phrase("The actions are carried out, yet the measures do not move."),
    "moving without us": phrase("The measures move, though the actions are not carried out."),
    "stalled": phrase("The actions are not carried out, and the measures do not move."),
}
"""What an objective's two words mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One status of a part of the plan, and why it has it."""

    name: str
    """What is judged, as in "Outcome"."""
    status: str
    tone: Tone
    reason: str


def verdicts(part: Item | Priority, judged: Judged) -> tuple[Verdict, ...]:
    """Return every status of a part of the plan besides what it owes; of an action also what came of its objective."""
    match part:
        case Action(id=code):
            return _of_action(code, judged)
        case ProgressMeasure(id=code):
            return (_evidence(code, judged),)
        case LongTermMeasure(id=code):
            return tuple(_of_measure(code, judged))
    return (*_sums(judged.outcomes[part.id], judged.implementations[part.id]), *_in_two_words(part, judged))


def verdicts_of_all(judged: Judged) -> tuple[Verdict, ...]:
    """Return the statuses of the whole plan."""
    return _sums(*judged.whole)


def _verdict(name: str, status: str, reason: str) -> Verdict:
    return Verdict(name=name, status=word(status), tone=tone_of(status), reason=reason)


def _of_action(code: str, judged: Judged) -> tuple[Verdict, ...]:
    reported, objective = judged.reported[code], judged.duties.plan.objective_of(code).id
    outcome = judged.outcomes[objective]
    return (
        _verdict(phrase("Implementation"), reported.status, reported.reason),
        _evidence(code, judged),
        _verdict(phrase("Outcome of {item}", item=objective), outcome.status, outcome.reason),
    )


def _evidence(code: str, judged: Judged) -> Verdict:
    shown = judged.shown(code)
    return _verdict(phrase("Evidence"), shown.status, shown.reason)


def _of_measure(code: str, judged: Judged) -> Iterator[Verdict]:
    """Yield a measure's status; where somebody set another one, that one first and the judged one beside it."""
    found, override = judged.measures[code], judged.override(code)
    if override is None:
        yield _verdict(phrase("Outcome"), found.status, found.reason)
        return
    said = phrase("{by} set it, until {until}: {note}", by=override.by, until=override.until, note=override.note)
    yield _verdict(phrase("Outcome, as set"), override.status, said)
    yield _verdict(phrase("Outcome, as judged"), found.status, found.reason)


def _sums(outcome: Sum, implementation: Sum) -> tuple[Verdict, Verdict]:
    return (
        _verdict(phrase("Outcome"), outcome.status, outcome.reason),
        _verdict(phrase("Implementation"), implementation.status, implementation.reason),
    )


def _in_two_words(part: Item | Priority, judged: Judged) -> Iterator[Verdict]:
    reading = None if isinstance(part, Priority) else judged.reading(part.id)
    if reading:
        yield _verdict(phrase("In two words"), reading, READINGS[reading])
