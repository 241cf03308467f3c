"""How a notice concerns its reader: as the one who is asked, as a stand-in, or as one who is told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from notifications.wording import called, capitalised, in_words, listed
from plan.ladder import Notice, Situation
from plan.model import LEVEL_WITH_THE_OWNER, Ladder, Role
from plan.owners import Person

_TOLD_AS: dict[Role, str] = {
    "supervisor": "as the supervisor",
    "cabinet_lead": "as the cabinet lead",
    "plan_administrator": "as the office that keeps the plan",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What a reader's notices have in common, so that it is said once for all of them."""

    concern: Literal["asked", "stand-in", "told"]
    owner: Person
    others: tuple[Person, ...]
    """Who besides the reader and the owner is told the same step."""
    told_as: str
    """In which role the reader is told; empty for who may answer."""
    overdue: bool
    last: bool
    """Whether no step follows."""

    @property
    def answers(self) -> bool:
        """Return whether the reader may give the answer."""
        return self.concern != "told"


def footing(notice: Notice, situation: Situation, *, as_of: date) -> Footing:
    """Return how a notice concerns who gets it, from the rung that it belongs to."""
    rungs = _ladder(notice, situation).rungs
    rung = next(rung for rung in rungs if rung.step == notice.step)
    people = {role: situation.roster.people(role, notice.item, as_of=as_of) for role in rung.to}
    level = (person for role in rung.to if role in LEVEL_WITH_THE_OWNER for person in people[role])
    roles = (role for role in rung.to if role not in LEVEL_WITH_THE_OWNER and _is_among(notice.to, people[role]))
    asked, stands_in = _is_among(notice.to, [notice.owner]), _is_among(notice.to, level)
    return Footing(
        concern="asked" if asked else "stand-in" if stands_in else "told",
        owner=notice.owner,
        others=_besides((notice.to, notice.owner), (person for role in rung.to for person in people[role])),
        told_as="" if asked or stands_in else next((_TOLD_AS[role] for role in roles), ""),
        overdue=notice.urgency == "overdue",
        last=rung is rungs[-1],
    )


def introduction(on: Footing) -> str:
    """Return what a footing means for its reader, said once for all its owners; empty for who answers for the item."""
    if on.concern != "told":
        return ""
    told = f"You are told {on.told_as}, because" if on.told_as else "You are told because"
    last = " This is the last step: no more reminders follow." if on.last else ""
    return f"{told} no answer has come. Please speak with the owner; the answer still comes from there.{last}"


def note(notices: Sequence[Notice], on: Footing, situation: Situation, *, as_of: date) -> str:
    """Return what is to be said of notices with one footing; empty if they speak for themselves."""
    owners = situation.roster.owners
    others = listed([called(person, owners) for person in on.others])
    these_go = f"{'this goes' if len(notices) == 1 else 'these go'} to {others} too" if others and on.overdue else ""
    if on.concern == "told":
        also = f" Also told: {others}." if others else ""
        return f"{_written_to(notices, situation, as_of)}{also}"
    if on.concern == "stand-in":
        unanswered = ", who has not answered yet" if on.overdue else ""
        stand_in = f"You stand in for {called(on.owner, owners)}{unanswered}. Either of you can answer."
        return f"{stand_in} {capitalised(these_go)}." if these_go else stand_in
    return f"No answer has come yet, so {these_go}." if these_go else ""


def _ladder(notice: Notice, situation: Situation) -> Ladder:
    owed = situation.duties.of(situation.plan.items[notice.item])
    opens_on = next(one.opens_on for one in owed if (one.kind, str(one.period)) == (notice.kind, notice.period))
    return situation.plan.settings.ladder_on(opens_on)


def _written_to(notices: Sequence[Notice], situation: Situation, as_of: date) -> str:
    """Return when the owner was written to, first and last, as a sentence that says that no answer came."""
    days = sorted({day for notice in notices for day in _days_told(notice, situation) if day < as_of})
    if not days:
        return "Has not answered."
    if len(days) == 1:
        return f"Written to on {in_words(days[0])}, without an answer."
    return f"First written to on {in_words(days[0])} and last on {in_words(days[-1])}, without an answer."


def _days_told(notice: Notice, situation: Situation) -> Iterable[date]:
    told = situation.told.of(notice.kind, notice.item, notice.period, notice.due)
    owner = notice.owner.address.casefold()
    return (t.told_on for (_, address), t in told.items() if address == owner and not t.skipped and t.delivered_on)


def _is_among(person: Person, people: Iterable[Person]) -> bool:
    return person.address.casefold() in {one.address.casefold() for one in people}


def _besides(left_out: tuple[Person, ...], people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple({one.address.casefold(): one for one in people if not _is_among(one, left_out)}.values())
