"""Evidence that somebody else looks at becomes letters: that it waits, to who looks; what was decided, to who gave it.

Imports no Prefect.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.records import RECEIPT, Letter
from notifications.evidence import EvidenceTold, compose
from notifications.way_in import way_in
from plan.answering import looks_after, told_of_answer
from plan.facts import Acceptance, Evidence, Fact, SentBack
from plan.ladder import Situation
from plan.looking import needs_acceptance
from plan.model import LongTermMeasure
from plan.owners import Person
from tasks.board import allowed
from tasks.letters import key_apart, sender_for
from tasks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Looking:
    """Letters on evidence, as of the day on which they are made."""

    number: int
    """That of the first fact that they tell of, among the facts of the plan."""
    situation: Situation
    """That of the day, with what is told of."""
    settings: Settings
    on: date
    at: datetime

    def waits(self, facts: Sequence[Fact]) -> tuple[Letter, ...]:
        """Return the letters that tell who looks evidence through that it waits, one to each person for all of it.

        Whoever gave it as a stand-in for its owner is not told of it again.
        """
        found: dict[str, tuple[Person, list[Evidence]]] = {}
        for piece in self._to_look_at(facts):
            person, roster = looks_after(piece.item, self.situation.roster, as_of=self.on), self.situation.roster
            givers = {one.address for one in told_of_answer(piece.by, piece.item, roster, as_of=self.on)}
            if person and person.address not in givers:
                found.setdefault(person.address, (person, []))[1].append(piece)
        told = (self._told(to, pieces, None, "looks after") for to, pieces in found.values())
        return self._letters(told)

    def decided(self, decision: Acceptance | SentBack) -> tuple[Letter, ...]:
        """Return the letters that tell who gave evidence what was decided of it; that it was accepted, only of deliverables."""
        item, roster = self.situation.plan.items[decision.item], self.situation.roster
        if isinstance(decision, Acceptance) and not isinstance(item, LongTermMeasure):
            return ()
        pieces = [one.evidence for one in self.situation.facts.pieces(item.id) if one.decision == decision]
        if not pieces:
            return ()
        owner = roster.owner(item.id, as_of=self.on)
        givers = {
            person.address: person for piece in pieces for person in told_of_answer(piece.by, item.id, roster, as_of=self.on)
        }
        told = (
            self._told(to, pieces, decision, "asked" if owner and to.address == owner.address else "stand-in")
            for to in givers.values()
        )
        return self._letters(told)

    def _to_look_at(self, facts: Sequence[Fact]) -> Iterator[Evidence]:
        plan = self.situation.plan
        return (one for one in facts if isinstance(one, Evidence) and needs_acceptance(plan.items[one.item], plan))

    def _told(
        self, to: Person, pieces: Sequence[Evidence], decision: Acceptance | SentBack | None, concern: str
    ) -> EvidenceTold:
        settings, plan, first = self.settings, self.situation.plan, pieces[0]
        by = sender_for(settings, self.situation.roster)
        what = {Acceptance: "accepted", SentBack: "sent back"}.get(type(decision), "to look at")
        key = f"{plan.id}/{RECEIPT}/{first.item}/{what}/{first.period}/{self.number}/{to.address}"
        return EvidenceTold(
            key=key_apart(key, settings),
            to=to,
            pieces=tuple(pieces),
            decision=decision,
            concern=concern,
            told_on=self.on,
            way_in=way_in("update", to, plan, day=self.on, base_url=settings.base_url, sender=by, made_at=self.at),
        )

    def _letters(self, told: Iterator[EvidenceTold]) -> tuple[Letter, ...]:
        at, by, base_url = self.situation, sender_for(self.settings, self.situation.roster), self.settings.base_url
        return allowed(
            (compose(one, situation=at, base_url=base_url, sender=by, made_at=self.at) for one in told), self.settings
        )
