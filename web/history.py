"""What an item's page shows: where it stands, who answers, what was owed so far, who was told, what was said. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

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
from plan.standing import ObligationStatus, Standing
from plan.wording import capitalised, in_words
from web.judgement import Verdict, verdicts
from web.measure import MeasureShown, measure_shown
from web.views import Owed, owed, stands
from web.wording import KINDS, STATES, Tone, tone_of, word

SHOWN_DIGITS = 12
"""How many digits of a file's SHA-256 are shown: enough to tell files apart; the ledger has all 64."""

_ROLES: tuple[tuple[Role, str], ...] = (("owner", "Owner"), ("delegate", "Delegate"), ("supervisor", "Supervisor"))


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
    period: str
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
    unanswered: tuple[str, ...]
    """The roles in which there is nobody."""
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
    return ItemShown(
        code=item.id,
        title=item.title,
        kind=KINDS[type(item)],
        above=tuple(_above(item, situation.plan)),
        answers=tuple(person for people in found.values() for person in people),
        unanswered=tuple(role[1].lower() for role, people in found.items() if not people),
        now=owed(stands(now, situation, as_of=as_of)) if now else None,
        verdicts=verdicts(item, judged),
        measure=measure_shown(item, judged) if isinstance(item, LongTermMeasure) else None,
        obligations=tuple(owed(one) for one in owing if one.status is not ObligationStatus.NOT_CHASED),
        before=tuple(owed(one) for one in owing if one.status is ObligationStatus.NOT_CHASED),
        told=tuple(_told(item, (letter for letter in letters if letter.day <= as_of))),
        said=tuple(_said(one, situation.roster.owners, as_of) for one in reversed(_in_order(recorded, as_of))),
        moved=tuple(_moved(one) for one in reversed(history)),
    )


def _above(item: Item, plan: Plan) -> Iterator[Above]:
    titles = {part.id: part.title for objective in plan.objectives for part in objective.parts()}
    titles |= {priority.id: priority.title for priority in plan.priorities}
    for code in reversed(plan.lines[item.id][1:]):
        yield Above(code=code, title=titles[code], is_item=code in plan.items)


def _people(role: tuple[Role, str], item: Item, situation: Situation, as_of: date) -> Iterator[Answerer]:
    offices = situation.roster.owners.offices
    for person in situation.roster.people(role[0], item.id, as_of=as_of):
        name = offices[person.office].person or ""
        yield Answerer(role=role[1], title=person.title, person=name, address=person.address)


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
                    step=notice.step,
                    period=f"{notice.kind} for {notice.period}",
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
        kind=kind,
        period=str(fact.period),
        what=what,
        note=f"Cause: {fact.cause} Expected: {fact.effect}" if isinstance(fact, CorrectivePlan) else fact.note,
        obstacles=fact.obstacles if isinstance(fact, CheckIn) else "",
        by=fact.by,
        taken_back=f"Taken back on {in_words(back.known_on)} by {back.by}" if back else "",
    )


def _moved(one: Movement) -> Moved:
    return Moved(
        day=in_words(one.day),
        aspect=capitalised(one.aspect),
        was=word(one.was or ""),
        status=word(one.status),
        tone=tone_of(one.status),
        reason=one.reason,
    )


def _put(fact: Fact, owners: Owners) -> tuple[str, str]:
    """Return a fact's kind and what it says."""
    match fact:
        case CheckIn(status=state):
            return "check-in", word(state)
        case Reading(value=value, source=source):
            return "reading", f"{value} ({source})"
        case Evidence(reference=reference, dated_on=day, sha256=digest):
            return "evidence", f"{reference}, dated {in_words(day)}{f', SHA-256 {digest[:SHOWN_DIGITS]}' if digest else ''}"
        case Acknowledgement(promised_on=day):
            return "promise", f"promised by {in_words(day)}"
        case Referral(asked=asked):
            return "referral", f"to be asked: {owners.offices[asked].title if asked in owners.offices else asked}"
        case CorrectivePlan(step=step, done_by=day):
            return "corrective plan", f"{step} To be done by {in_words(day)}"
        case _:
            return _decided(fact)


def _decided(decision: Waiver | Acceptance | SentBack | Override) -> tuple[str, str]:
    """Return a decision's kind and what it says; of a waiver all else is in its note."""
    match decision:
        case Acceptance():
            return "acceptance", "its evidence was accepted"
        case SentBack(reference=reference):
            return "sent back", reference
        case Override(status=state, until=day):
            return "override", f"counts as {word(state)} until {in_words(day)}"
        case Waiver():
            return "waiver", "nothing is owed"
