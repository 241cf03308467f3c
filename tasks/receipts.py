"""Answers become receipts, for who gave them, who is asked and, of a referral, who keeps the plan. Imports no Prefect.

One submission may hold several answers; each person gets one receipt, of those that concern that person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from ledger.records import RECEIPT, Letter
from notifications.given import ANSWERS, Given
from notifications.receipt import Receipt, compose
from notifications.way_in import WayIn, way_in
from plan.answering import answered_by, looks_after, may_answer, told_of_answer
from plan.duties import Obligation
from plan.facts import Answer, Evidence, Referral
from plan.ladder import Situation
from plan.looking import needs_acceptance
from plan.owners import Person, Roster
from plan.standing import Standing, owed_next, standing
from tasks.board import allowed
from tasks.letters import key_apart, sender_for
from tasks.looking import Looking
from tasks.settings import Settings

Owed = Obligation | None
"""What an answer is about; None where nobody owed it."""


def receipts(
    number: int,
    *,
    answers: Sequence[tuple[Answer, Owed]],
    situation: Situation,
    settings: Settings,
    recorded_on: date,
    made_at: datetime,
) -> tuple[Letter, ...]:
    """Return the letters that tell of answers given at one time, and of evidence among them who is to look at it.

    There are none to addresses that may not be written to.

    Args:      number: that of the first answer among the facts of the plan
               answers: one or more, each with what it is about
               situation: that of the day of recording, with the answers
    """
    told = _Telling(number=number, answers=answers, situation=situation, settings=settings, on=recorded_on, at=made_at)
    looking = Looking(number=number, situation=situation, settings=settings, on=recorded_on, at=made_at)
    return (*told.letters(), *looking.waits([answer for answer, _ in answers]))


def withdrawal_receipts(
    number: int,
    *,
    answers: Sequence[tuple[Answer, Owed]],
    by: str,
    situation: Situation,
    settings: Settings,
    recorded_on: date,
    made_at: datetime,
) -> tuple[Letter, ...]:
    """Return the letters that tell of answers taken back at one time; none to addresses that may not be written to.

    Args:      number: that of the first answer among the facts of the plan
               by: who took them back, as `answered_by` gives it
               situation: that of the day of taking back, without the answers
    """
    told = _Telling(
        number=number,
        answers=answers,
        situation=situation,
        settings=settings,
        on=recorded_on,
        at=made_at,
        taken_back_by=by,
    )
    return told.letters()


@dataclass(frozen=True, kw_only=True)
class _Telling:
    """What is told of one submission, or of its taking back, and to whom."""

    number: int
    answers: Sequence[tuple[Answer, Owed]]
    situation: Situation
    settings: Settings
    on: date
    at: datetime
    taken_back_by: str = ""

    def letters(self) -> tuple[Letter, ...]:
        at, by = self.situation, sender_for(self.settings, self.situation.roster)
        made = (self._receipt(person, theirs) for person, theirs in self._told.values())
        base_url, made_at = self.settings.base_url, self.at
        composed = (compose(one, situation=at, base_url=base_url, sender=by, made_at=made_at) for one in made)
        return allowed(composed, self.settings)

    @cached_property
    def _told(self) -> dict[str, tuple[Person, list[tuple[Answer, Owed]]]]:
        """Whom it concerns, each with the answers that do."""
        told: dict[str, tuple[Person, list[tuple[Answer, Owed]]]] = {}
        for answer, owed in self.answers:
            for address, person in self._told_of(answer).items():
                told.setdefault(address, (person, []))[1].append((answer, owed))
        return told

    def _told_of(self, answer: Answer) -> dict[str, Person]:
        roster, day = self._before, answer.known_on
        authors = filter(None, (answer.by, self.taken_back_by))
        people = [person for author in authors for person in told_of_answer(author, answer.item, roster, as_of=day)]
        if isinstance(answer, Referral):
            people += roster.readers((roster.owners.plan_administrator,), as_of=day)
        if self.taken_back_by:
            people += self._expecting(answer)
        first = {person.address: person for person in reversed(people)}
        return {person.address: first[person.address] for person in people}

    def _expecting(self, answer: Answer) -> Sequence[Person]:
        """Return who reckons with an answer that is taken back: who was asked by it and had a mail, or who looks it through."""
        if isinstance(answer, Referral):
            asked = self._before.readers((answer.asked,), as_of=self.on)
            return [one for one in asked if self._was_told_since(one, answer)]
        plan = self.situation.plan
        if isinstance(answer, Evidence) and needs_acceptance(plan.items[answer.item], plan):
            return [one for one in (looks_after(answer.item, self._before, as_of=self.on),) if one]
        return []

    def _was_told_since(self, person: Person, referral: Referral) -> bool:
        last = self.situation.told.last_told(person.address).get(referral.item)
        return last is not None and last >= referral.known_on

    def _receipt(self, to: Person, theirs: Sequence[tuple[Answer, Owed]]) -> Receipt:
        items = dict.fromkeys(answer.item for answer, _ in theirs)
        may = may_answer(to.address, self._before, as_of=self.on)  # who passed an item on may still take that back
        answerable = tuple(code for code in items if code in may)
        return Receipt(
            key=self._key(to),
            to=to,
            given=tuple(Given(answer=answer, stands=self._stands(owed)) for answer, owed in theirs),
            concerns={answer.item: concern for answer, _ in theirs if (concern := self._concern(to, answer))},
            is_readers_own=all(self._is_of(to, answer) for answer, _ in theirs),
            recorded_on=self.on,
            follows={code: self._follows(code) for code in items},
            taken_back_by=self.taken_back_by,
            way_in=self._way_in(to) if answerable else None,
            answerable=answerable,
        )

    def _key(self, to: Person) -> str:
        first, _ = self.answers[0]
        what = "taken back" if self.taken_back_by else ANSWERS[type(first)]
        plan = self.situation.plan.id
        return key_apart(f"{plan}/{RECEIPT}/{first.item}/{what}/{first.period}/{self.number}/{to.address}", self.settings)

    def _stands(self, owed: Owed) -> Standing | None:
        at = self.situation
        return standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=self.on) if owed else None

    def _follows(self, code: str) -> Standing | None:
        at = self.situation
        return owed_next(at.plan.items[code], duties=at.duties, facts=at.facts, told=at.told, as_of=self.on)

    def _concern(self, to: Person, answer: Answer) -> str:
        """Return how an item concerns a person, as `BECAUSE` knows it; empty where the plan is kept, and nothing else."""
        owner = self._before.owner(answer.item, as_of=answer.known_on)
        if owner is not None and owner.address == to.address:
            return "asked"
        if self._is_of(to, answer):
            return "stand-in"
        if isinstance(answer, Referral):
            return "asked meanwhile" if to.office == answer.asked and self.taken_back_by else ""
        return "looks after" if self.taken_back_by else ""

    def _is_of(self, to: Person, answer: Answer) -> bool:
        """Return whether the answer, or its taking back, came from a person's office."""
        author = self.taken_back_by or answer.by
        return answered_by(to.office, answer.item, self._before, as_of=answer.known_on) == author

    def _way_in(self, to: Person) -> WayIn:
        at, base_url, by = self.situation, self.settings.base_url, sender_for(self.settings, self.situation.roster)
        return way_in("update", to, at.plan, day=self.on, base_url=base_url, sender=by, made_at=self.at)

    @cached_property
    def _before(self) -> Roster:
        """Who was asked before the referrals among the answers."""
        given = {answer for answer, _ in self.answers}
        referrals = (one for one in self.situation.facts.referrals if one not in given)
        return replace(self.situation.roster, referrals=tuple(referrals))
