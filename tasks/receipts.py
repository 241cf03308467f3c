"""An answer becomes receipts, for who gave it and for who is asked. Imports no Prefect."""

from datetime import date, datetime

from ledger.records import RECEIPT, Letter
from notifications.receipt import ANSWERS, Receipt, compose
from plan.answering import answered_by, told_of_answer
from plan.duties import Obligation
from plan.facts import Answer
from plan.ladder import Situation
from plan.standing import owed_next, standing
from tasks.board import allowed
from tasks.letters import key_apart, sender_for
from tasks.settings import Settings


def receipts(
    number: int,
    *,
    answer: Answer,
    owed: Obligation | None,
    situation: Situation,
    settings: Settings,
    recorded_on: date,
    made_at: datetime,
) -> tuple[Letter, ...]:
    """Return the letters that tell of an answer; none to addresses that may not be written to.

    Args:      number: the answer's own among the facts of the plan
               owed: what the answer is about; None where nobody owed it
               situation: that of the day of recording, with the answer
    """
    at, roster = situation, situation.roster
    stands = standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=recorded_on) if owed else None
    item = at.plan.items[answer.item]
    follows = owed_next(item, duties=at.duties, facts=at.facts, told=at.told, as_of=recorded_on)
    kind, by = ANSWERS[type(answer)], sender_for(settings, roster)
    made = (
        Receipt(
            key=key_apart(f"{at.plan.id}/{RECEIPT}/{answer.item}/{kind}/{answer.period}/{number}/{person.address}", settings),
            to=person,
            answer=answer,
            is_readers_own=answered_by(person.office, answer.item, roster, as_of=answer.known_on) == answer.by,
            recorded_on=recorded_on,
            stands=stands,
            follows=follows,
        )
        for person in told_of_answer(answer.by, answer.item, roster, as_of=answer.known_on)
    )
    letters = (compose(one, situation=at, base_url=settings.base_url, sender=by, made_at=made_at) for one in made)
    return allowed(letters, settings)
