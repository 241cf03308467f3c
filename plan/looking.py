"""Looking evidence through: what waits for it, who does it, and what it comes to. The owner never accepts what is theirs."""

from collections.abc import Iterator
from datetime import date

from plan.answering import looks_after, offices_meant
from plan.facts import Acceptance, Facts, Piece, SentBack
from plan.model import Action, Deliverable, Item, LongTermMeasure, Plan, ProgressMeasure
from plan.owners import Roster
from plan.phrase import phrase

ACCEPT, BACK = "accept", "back-"
"""What can be chosen: to accept all that waits, or to send back the piece of a number, counted from 1, as in "back-2"."""
LEAST_WHY = 10
"""How many characters the note has at least that says why something is sent back."""


class NotDecided(ValueError):
    """Nothing was decided; the sentence says what is missing."""


def needs_acceptance(item: Item, plan: Plan) -> bool:
    """Return whether an item's evidence counts only once it was accepted.

    Source:    rules.md 4, deliverables; for actions and progress measures the plan's setting
    """
    if isinstance(item, LongTermMeasure):
        return isinstance(item.target, Deliverable)
    return isinstance(item, Action | ProgressMeasure) and plan.settings.evidence_acceptance


def waiting(code: str, facts: Facts) -> tuple[Piece, ...]:
    """Return the pieces of an item's evidence that nobody has looked at, first to last."""
    return tuple(piece for piece in facts.pieces(code) if piece.decision is None)


def to_look_at(address: str, facts: Facts, roster: Roster, *, as_of: date) -> tuple[str, ...]:
    """Return the items whose evidence waits for whoever reads mail at an address to accept it, in the plan's order."""
    plan = roster.plan
    waits = (code for code, item in plan.items.items() if needs_acceptance(item, plan) and waiting(code, facts))
    return tuple(code for code in waits if is_looked_after(code, address, roster, as_of=as_of))


def is_looked_after(code: str, address: str, roster: Roster, *, as_of: date) -> bool:
    """Return whether an item's evidence is looked at by whoever reads mail at an address."""
    looking = looks_after(code, roster, as_of=as_of)
    return looking is not None and looking.address == address


def is_own_office(by: str, code: str, roster: Roster, *, as_of: date) -> bool:
    """Return whether somebody is the office that answers for an item, or fills it: by its code, title, person or address.

    Args:      by: as `offices_meant` knows it
    """
    offices, owner = roster.owners.offices, roster.accountable(as_of=as_of).get(code)
    if owner is None:
        return False
    return any(office == owner or offices[office].email == offices[owner].email for office in offices_meant(by, roster.owners))


def decided(choice: str, code: str, facts: Facts, roster: Roster, *, note: str, by: str, as_of: date) -> Acceptance | SentBack:
    """Return what somebody decides of an item's evidence.

    Args:      choice: `ACCEPT`, or `BACK` with the number of a piece among all that were given
               by: empty: nobody said who decides
    Raises:    NotDecided: nothing is chosen, it is the item's own office or gave the evidence, or the note is missing
    """
    if not by:
        raise NotDecided(phrase("Choose the office that looked at it."))
    if is_own_office(by, code, roster, as_of=as_of):
        raise NotDecided(phrase("{by} answers for {item}; its evidence is looked at by another office.", by=by, item=code))
    if choice == ACCEPT:
        return _accepted(code, facts, roster, note=note, by=by, as_of=as_of)
    piece = dict(_sendable(facts.pieces(code))).get(choice)
    if piece is None:
        raise NotDecided(
            phrase("Choose whether to accept the evidence or to send a piece of it back, and press the button then.")
        )
    if len(note) < LEAST_WHY:
        raise NotDecided(phrase("Say in a note of {least} characters or more why it is sent back.", least=LEAST_WHY))
    evidence = piece.evidence
    return SentBack(
        item=code,
        period=evidence.period,
        reference=evidence.reference,
        sha256=evidence.sha256,
        note=note,
        by=by,
        known_on=as_of,
    )


def _accepted(code: str, facts: Facts, roster: Roster, *, note: str, by: str, as_of: date) -> Acceptance:
    pieces = waiting(code, facts)
    if not pieces:
        raise NotDecided(phrase("No evidence for {item} waits to be looked at.", item=code))
    if any(_is_same(piece.evidence.by, by, roster) for piece in pieces):  # also after the item was passed on to another office
        raise NotDecided(phrase("{by} gave evidence for {item}; it is looked at by another office.", by=by, item=code))
    return Acceptance(item=code, period=pieces[-1].evidence.period, note=note, by=by, known_on=as_of)


def _is_same(giver: str, by: str, roster: Roster) -> bool:
    """Return whether who gave evidence is who looks at it: in the same words, as one office, or by one address."""
    name = giver.partition(" (for ")[0]  # a stand-in's own, as `answered_by` keeps it
    offices = roster.owners.offices
    gave, looks = (
        {words.casefold(), *(offices[office].email or office for office in offices_meant(words, roster.owners))}
        for words in (name, by)
    )
    return not gave.isdisjoint(looks)


def _sendable(pieces: tuple[Piece, ...]) -> Iterator[tuple[str, Piece]]:
    return ((f"{BACK}{number}", piece) for number, piece in enumerate(pieces, 1) if piece.counts)


def sent_back_because(decision: SentBack) -> str:
    """Return the sentence on evidence that was sent back, with why."""
    return phrase(
        '"{reference}" was sent back on {day} by {by}: {note}',
        reference=decision.reference,
        day=decision.known_on,
        by=decision.by,
        note=decision.note,
    )
