"""What an item's page shows: where it stands, who answers, what was owed so far, who was told, what was said. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from ledger.records import Movement, Posted, Recorded
from plan.facts import (
    Acceptance,
    Acknowledgement,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Fact,
    Override,
    Reading,
    Referral,
    SentBack,
    Waiver,
)
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Item, LongTermMeasure, Plan, Role
from plan.owners import Owners
from plan.phrase import phrase
from plan.standing import ObligationStatus, Standing
from plan.wording import capitalised, in_plain_words, in_words, joined, step_in_words
from web.judgement import Verdict, verdicts
from web.measure import MeasureShown, measure_shown
from web.views import Owed, owed, stands
from web.wording import KINDS, STATES, Tone, tone_of, word

SHOWN_DIGITS = 12
"""How many digits of a file's SHA-256 are shown: enough to tell files apart; the ledger has all 64."""

_ROLES: dict[Role, tuple[str, str]] = {
    "owner": (phrase("Owner"), phrase("owner")),
    "delegate": (phrase("Delegate"), phrase("delegate")),
    "supervisor": (phrase("Supervisor"), phrase("supervisor")),
}
"""What each role is called by itself, and within a sentence."""
_ASPECTS = {
    "obligation": phrase("Obligation"),
    "outcome": phrase("Outcome"),
    "implementation": phrase("Implementation"),
    "evidence": phrase("Evidence"),
}
"""What is judged of an item, as the ledger calls it, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """A step on the line from an item up to its priority."""

    code: str
    title: str
    is_item: bool
    """Whether it has a page of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """Who answers in a role."""

    role: str
    title: str
    person: str
    """The name of who fills the office; empty where none is known."""
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One step told to one person, and how its letter fared."""

    day: str
    step: str
    period: str
    title: str
    address: str
    state: str
    tone: Tone
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that somebody reported of an item."""

    known_on: str
    kind: str
    """What it is, and for which period."""
    what: str
    note: str
    obstacles: str
    """What stands in the way; empty where nothing was named."""
    by: str
    taken_back: str
    """When it was taken back and by whom; empty while it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A change of one of an item's statuses."""

    day: str
    aspect: str
    was: str
    """Empty the first time."""
    status: str
    tone: Tone
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """One item, whole."""

    code: str
    title: str
    kind: str
    above: tuple[Above, ...]
    """From its priority down to what it lies in."""
    answers: tuple[Answerer, ...]
    unanswered: str
    """The roles in which there is nobody, in words; empty if there is somebody in each."""
    now: Owed | None
    verdicts: tuple[Verdict, ...]
    measure: MeasureShown | None
    """None for what is not a long-term measure."""
    obligations: tuple[Owed, ...]
    """What was owed since reminders began and what comes next, the latest first."""
    before: tuple[Owed, ...]
    """What was owed before reminders began, the latest first."""
    told: tuple[Word, ...]
    said: tuple[Said, ...]
    moved: tuple[Moved, ...]


def item_shown(
    item: Item,
    situation: Situation,
    letters: Sequence[Posted],
    *,
    recorded: Sequence[Recorded] = (),
    history: Sequence[Movement] = (),
    as_of: date,
) -> ItemShown:
    """Return an item with all that was owed, told and said of it by a day, the latest first.

    Args:      recorded: what was said of it, also what was taken back since; history: what moved of it by the day
    """
    now = situation.duties.current(item, as_of=as_of)
    judged = Judged(situation.duties, situation.facts, as_of)
    owing = _owing(item, situation, as_of)
    found = {role: tuple(_people(role, item, situation, as_of)) for role in _ROLES}
    shown = ItemShown(
        code=item.id,
        title=item.title,
        kind=KINDS[type(item)],
        above=tuple(_above(item, situation.plan)),
        answers=tuple(person for people in found.values() for person in people),
        unanswered=_either(*(_ROLES[role][1] for role, people in found.items() if not people)),
        now=owed(stands(now, situation, as_of=as_of)) if now else None,
        verdicts=verdicts(item, judged),
        measure=measure_shown(item, judged) if isinstance(item, LongTermMeasure) else None,
        obligations=tuple(owed(one) for one in owing if one.status is not ObligationStatus.NOT_CHASED),
        before=tuple(owed(one) for one in owing if one.status is ObligationStatus.NOT_CHASED),
        told=tuple(_told(item, (letter for letter in letters if letter.day <= as_of))),
        said=tuple(_said(one, situation.roster.owners, as_of) for one in reversed(_in_order(recorded, as_of))),
        moved=(),
    )
    own = judged.reason(item.id) if shown.measure else ""
    reasons = {str(one): one for one in (own, *_reasons(shown))}
    return replace(shown, moved=tuple(_moved(one, reasons) for one in reversed(history)))


def _reasons(shown: ItemShown) -> Iterator[str]:
    """Yield why everything stands as it does; by them a reason that the ledger kept as a text can be said in a language."""
    yield from (one.reason for one in shown.verdicts)
    yield from (one.reason for one in shown.obligations)
    yield from (one.reason for one in (shown.measure.milestones if shown.measure else ()))


def _above(item: Item, plan: Plan) -> Iterator[Above]:
    titles = {part.id: part.title for objective in plan.objectives for part in objective.parts()}
    titles |= {priority.id: priority.title for priority in plan.priorities}
    for code in reversed(plan.lines[item.id][1:]):
        yield Above(code=code, title=titles[code], is_item=code in plan.items)


def _people(role: Role, item: Item, situation: Situation, as_of: date) -> Iterator[Answerer]:
    offices = situation.roster.owners.offices
    for person in situation.roster.people(role, item.id, as_of=as_of):
        name = offices[person.office].person or ""
        yield Answerer(role=_ROLES[role][0], title=person.title, person=name, address=person.address)


def _either(first: str = "", *others: str) -> str:
    """Return some words of which any may be, as in "delegate or supervisor"."""
    return reduce(lambda before, one: phrase("{first} or {second}", first=before, second=one), others, first)


def _owing(item: Item, situation: Situation, as_of: date) -> list[Standing]:
    """Return how everything that opened stands, and what opens next, the latest first."""
    every = situation.duties.of(item)
    opened = sum(1 for one in every if one.opens_on <= as_of)
    return [stands(one, situation, as_of=as_of) for one in reversed(every[: opened + 1])]


def _told(item: Item, letters: Iterable[Posted]) -> Iterator[Word]:
    for letter in letters:
        state, tone = STATES[letter.state]
        for notice in letter.notices:
            if notice.item == item.id:
                yield Word(
                    day=in_words(letter.day),
                    step=step_in_words(notice.step),
                    period=phrase("{kind} for {period}", kind=in_plain_words(notice.kind), period=notice.period),
                    title=notice.to.title,
                    address=letter.address,
                    state=state,
                    tone=tone,
                    reason=letter.reason,
                )


def _in_order(recorded: Sequence[Recorded], as_of: date) -> list[Recorded]:
    known = (one for one in recorded if one.fact.known_on <= as_of)
    return sorted(known, key=lambda one: (one.fact.known_on, one.number))


def _said(one: Recorded, owners: Owners, as_of: date) -> Said:
    fact, back = one.fact, one.withdrawn if one.withdrawn and one.withdrawn.known_on <= as_of else None
    kind, what = _put(fact, owners)
    return Said(
        known_on=in_words(fact.known_on),
        kind=phrase("{kind} for {period}", kind=kind, period=str(fact.period)),
        what=what,
        note=_note(fact),
        obstacles=fact.obstacles if isinstance(fact, CheckIn) else "",
        by=fact.by,
        taken_back=phrase("Taken back on {day} by {by}", day=in_words(back.known_on), by=back.by) if back else "",
    )


def _note(fact: Fact) -> str:
    if isinstance(fact, CorrectivePlan):
        return phrase("Cause: {cause} Expected: {effect}", cause=fact.cause, effect=fact.effect)
    return fact.note


def _moved(one: Movement, reasons: Mapping[str, str]) -> Moved:
    return Moved(
        day=in_words(one.day),
        aspect=_aspect(one.aspect),
        was=word(one.was or ""),
        status=word(one.status),
        tone=tone_of(one.status),
        reason=reasons.get(one.reason, one.reason),
    )


def _aspect(name: str) -> str:
    milestone = name.removeprefix("milestone ")
    if milestone != name:
        return phrase("Milestone {name}", name=milestone)
    return _ASPECTS.get(name) or capitalised(name)


def _put(fact: Fact, owners: Owners) -> tuple[str, str]:
    """Return a fact's kind and what it says."""
    match fact:
        case CheckIn(status=state):
            return phrase("check-in"), word(state)
        case Reading(value=value, source=source):
            return phrase("reading"), f"{value} ({source})"
        case Evidence(reference=reference, dated_on=day, sha256=digest):
            dated = phrase("{name}, dated {day}", name=reference, day=in_words(day))
            return phrase("evidence"), joined((dated, f"SHA-256 {digest[:SHOWN_DIGITS]}" if digest else ""), ", ")
        case Acknowledgement(promised_on=day):
            return phrase("promise"), phrase("promised by {day}", day=in_words(day))
        case Referral(asked=asked):
            office = owners.offices[asked].title if asked in owners.offices else asked
            return phrase("referral"), phrase("to be asked: {office}", office=office)
        case CorrectivePlan(step=step, done_by=day):
            return phrase("corrective plan"), phrase("{step} To be done by {day}", step=step, day=in_words(day))
        case _:
            return _decided(fact)


def _decided(decision: Waiver | Acceptance | SentBack | Override) -> tuple[str, str]:
    """Return a decision's kind and what it says; of a waiver all else is in its note."""
    match decision:
        case Acceptance():
            return phrase("acceptance"), phrase("its evidence was accepted")
        case SentBack(reference=reference):
            return phrase("sent back"), reference
        case Override(status=state, until=day):
            return phrase("override"), phrase("counts as {status} until {day}", status=word(state), day=in_words(day))
        case Waiver():
            return phrase("waiver"), phrase("nothing is owed")
