"""How a notice concerns its reader: as the one who is asked, as a stand-in, or as one who is told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from notifications.wording import called, the
from plan.ladder import Notice, Situation
from plan.model import LEVEL_WITH_THE_OWNER, Role
from plan.owners import Person, Predecessor
from plan.phrase import phrase, template
from plan.slip_ladder import PLAN_MISSING, PLAN_WITHIN_DAYS, RECOVERED, STILL_OFF, TOLD
from plan.wording import in_words, joined, listed

_TOLD_AS: dict[Role, str] = {
    "supervisor": template("You are told as the supervisor, because {why}"),
    "cabinet_lead": template("You are told as the cabinet lead, because {why}"),
    "plan_administrator": template("You are told as the office that keeps the plan, because {why}"),
}
_TO_KNOW = frozenset({STILL_OFF, RECOVERED})
"""The steps of the slip ladder that ask nothing of anyone."""
_A_PLAN = phrase("the cause, a step against it, the day by which that is done, and the effect expected")
_TOLD_BECAUSE = {
    "": phrase("no answer has come. Please speak with the owner; the answer still comes from there."),
    PLAN_MISSING: phrase(
        "no corrective plan has come. Please speak with the owner, who is still asked for it: {plan}.", plan=_A_PLAN
    ),
    STILL_OFF: phrase("at the close of a quarter what follows is still off track. It is for you to know."),
}
"""Why somebody is told, and what is asked then, by the step of the slip ladder."""

BECAUSE = ("asked", "stand-in", "told", "asked meanwhile", "looks after", PLAN_MISSING, STILL_OFF, RECOVERED)
"""Why a mail came: by what concerns the reader, or by the step of the slip ladder that the reader is told."""

MOST_CODES = 6
"""How many codes a sentence names before it counts the others."""

Concern = Literal["asked", "stand-in", "told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What a reader's notices have in common, so that it is said once for all of them."""

    concern: Concern
    owner: Person
    others: tuple[Person, ...]
    """Who besides the reader and the owner is told the same step."""
    told_as: Role | None
    """In which role the reader is told; None for who may answer."""
    step: str
    """The step of the slip ladder; empty on the late one."""
    overdue: bool
    last: bool
    """Whether no step follows."""
    took_over_from: Predecessor | None = None
    """Whose the item was, where the reader has taken it over and hears of it for the first time."""

    @property
    def answers(self) -> bool:
        """Return whether the reader may give the answer."""
        return self.concern != "told"

    @property
    def because(self) -> str:
        """Return why the reader has a mail of it: the concern, or the step of the slip ladder that is told."""
        return self.step if self.step and self.concern == "told" else self.concern

    @property
    def asks(self) -> bool:
        """Return whether anything is asked of the reader: an answer, or a word with the owner."""
        return self.step not in _TO_KNOW


def footing(notice: Notice, situation: Situation, *, as_of: date) -> Footing:
    """Return how a notice concerns who gets it, from the step that it belongs to."""
    told, last = _step(notice, situation)
    step = notice.step if notice.ladder == "slip" else ""
    people = {role: situation.roster.people(role, notice.item, as_of=as_of) for role in told}
    level = (person for role in told if role in LEVEL_WITH_THE_OWNER for person in people[role])
    roles = (role for role in told if role not in LEVEL_WITH_THE_OWNER and _is_among(notice.to, people[role]))
    concern: Concern = "told"
    if step not in _TO_KNOW:
        concern = "asked" if _is_among(notice.to, [notice.owner]) else "stand-in" if _is_among(notice.to, level) else "told"
    return Footing(
        concern=concern,
        owner=notice.owner,
        others=_besides((notice.to, notice.owner), (person for role in told for person in people[role])),
        told_as=next((role for role in roles if role in _TOLD_AS), None) if concern == "told" else None,
        step=step,
        overdue=notice.urgency == "overdue" or step == PLAN_MISSING,
        last=last,
        took_over_from=_took_over_from(notice, situation, as_of) if concern == "asked" else None,
    )


def because_you(why: str, codes: Sequence[str]) -> str:
    """Return why a mail came, as it goes on after "because you".

    Args:      why: one of `BECAUSE`
    """
    what = listed(codes, most=MOST_CODES)
    return {
        "asked": phrase("answer for {what}", what=what),
        "stand-in": phrase("stand in for the owner of {what}", what=what),
        "told": phrase("are told when no answer comes for {what}", what=what),
        "asked meanwhile": phrase("were asked for {what} in between", what=what),
        "looks after": phrase("look at the evidence for {what}", what=what),
        PLAN_MISSING: phrase("are told when no corrective plan comes for {what}", what=what),
        STILL_OFF: phrase("are told when a quarter closes with {what} still off track", what=what),
        RECOVERED: phrase("were told that {what} had slipped", what=what),
    }[why]


def introduction(on: Footing) -> str:
    """Return what a footing means for its reader, said once for all its owners; empty for who answers for the item."""
    if on.concern != "told" or on.step == RECOVERED:
        return ""
    why = _TOLD_BECAUSE[on.step]
    told = phrase(_TOLD_AS[on.told_as], why=why) if on.told_as else phrase("You are told because {why}", why=why)
    return joined((told, phrase("This is the last step: no more reminders follow."))) if on.last else told


def note(notices: Sequence[Notice], on: Footing, situation: Situation, *, as_of: date) -> str:
    """Return what is to be said of notices with one footing; empty if they speak for themselves."""
    others = listed([called(person, situation.roster.owners) for person in on.others])
    if on.step == RECOVERED:
        return _good_word(notices, on)
    if on.concern == "told":
        written_to = "" if on.step == STILL_OFF else _written_to(notices, situation, as_of)
        return joined((written_to, others and phrase("Also told: {others}.", others=others)))
    one, goes_to = len(notices) == 1, others if on.overdue else ""
    if on.concern == "stand-in":
        return joined((_standing_in(on, situation), goes_to and _goes_to(goes_to, one=one), _asked_for(notices, on)))
    return joined((_handed_over(notices, on, situation), _so(goes_to, on, one=one), _asked_for(notices, on)))


def _standing_in(on: Footing, situation: Situation) -> str:
    owner = called(on.owner, situation.roster.owners)
    if on.overdue:
        return phrase("You stand in for {owner}, who has not answered yet. Either of you can answer.", owner=owner)
    return phrase("You stand in for {owner}. Either of you can answer.", owner=owner)


def _goes_to(others: str, *, one: bool) -> str:
    return phrase("This goes to {others} too.", others=others) if one else phrase("These go to {others} too.", others=others)


def _took_over_from(notice: Notice, situation: Situation, as_of: date) -> Predecessor | None:
    """Return whose an item was when what is asked of its owner opened, unless the owner has had a mail of it; or None."""
    before = situation.roster.predecessor(notice.item, as_of=as_of)
    if before is None or situation.roster.accountable(as_of=as_of).get(notice.item) != notice.owner.office:
        return None
    was_theirs = _opened_on(notice, situation) <= before.last_day
    return before if was_theirs and not any(day < as_of for day in _days_told(notice, situation)) else None


def _handed_over(notices: Sequence[Notice], on: Footing, situation: Situation) -> str:
    if on.took_over_from is None:
        return ""
    until, title = in_words(on.took_over_from.last_day), situation.roster.owners.offices[on.took_over_from.office].title
    if len(notices) == 1:
        return phrase("Until {until} this was asked of {office}.", until=until, office=the(title))
    return phrase("Until {until} these were asked of {office}.", until=until, office=the(title))


def _step(notice: Notice, situation: Situation) -> tuple[tuple[Role, ...], bool]:
    """Return who is told a notice's step, and whether no step follows."""
    if notice.ladder == "slip":
        return TOLD.get(notice.step, ()), notice.step == STILL_OFF
    rungs = situation.plan.settings.ladder_on(_opened_on(notice, situation)).rungs
    rung = next(rung for rung in rungs if rung.step == notice.step)
    return rung.to, rung is rungs[-1]


def _opened_on(notice: Notice, situation: Situation) -> date:
    """Return the day from which what a notice is about is asked for."""
    if notice.ladder == "slip":
        return situation.duties.days.offset(notice.due, -PLAN_WITHIN_DAYS)
    owed = situation.duties.of(situation.plan.items[notice.item])
    return next(one.opens_on for one in owed if (one.kind, str(one.period)) == (notice.kind, notice.period))


def _so(others: str, on: Footing, *, one: bool) -> str:
    """Return what an owner reads of what is late: that it is, if that needs saying, and who is told of it."""
    if on.step != PLAN_MISSING:
        return phrase(_NO_ANSWER[one], others=others) if others else ""
    return phrase(_NO_PLAN[one], others=others) if others else phrase("No corrective plan has come yet.")


_NO_ANSWER = {
    True: template("No answer has come yet, so this goes to {others} too."),
    False: template("No answer has come yet, so these go to {others} too."),
}
_NO_PLAN = {
    True: template("No corrective plan has come yet, so this goes to {others} too."),
    False: template("No corrective plan has come yet, so these go to {others} too."),
}
"""What is said of what is late, by whether it is one."""


def _asked_for(notices: Sequence[Notice], on: Footing) -> str:
    """Return what is asked for a measure that slipped; empty on the late ladder, where each item says it."""
    if not on.step:
        return ""
    one = len(notices) == 1
    if on.step == PLAN_MISSING and one:
        return phrase("Please still give the plan: {plan}.", plan=_A_PLAN)
    if on.step == PLAN_MISSING:
        return phrase("Please still give a plan for each: {plan}.", plan=_A_PLAN)
    if one:
        return phrase("A corrective plan is asked for: {plan}.", plan=_A_PLAN)
    return phrase("Corrective plans are asked for, each with {plan}.", plan=_A_PLAN)


def _good_word(notices: Sequence[Notice], on: Footing) -> str:
    one = len(notices) == 1
    if _is_among(notices[0].to, [on.owner]) and one:
        return phrase("This is back, and what was asked about the slip is settled. Thank you.")
    if _is_among(notices[0].to, [on.owner]):
        return phrase("These are back, and what was asked about the slips is settled. Thank you.")
    if one:
        return phrase("This is back. You were told of the slip, so you are told of this too.")
    return phrase("These are back. You were told of the slips, so you are told of this too.")


def _written_to(notices: Sequence[Notice], situation: Situation, as_of: date) -> str:
    """Return when the owner was written to, first and last, as a sentence that says that no answer came."""
    days = sorted({day for notice in notices for day in _days_told(notice, situation) if day < as_of})
    if not days:
        return phrase("Has not answered.")
    first, last = in_words(days[0]), in_words(days[-1])
    if len(days) == 1:
        return phrase("Written to on {day}, without an answer.", day=first)
    return phrase("First written to on {first} and last on {last}, without an answer.", first=first, last=last)


def _days_told(notice: Notice, situation: Situation) -> Iterable[date]:
    told = situation.told.of(notice.kind, notice.item, notice.period, notice.due)
    owner = notice.owner.address.casefold()
    return (t.told_on for (_, address), t in told.items() if address == owner and not t.skipped and t.delivered_on)


def _is_among(person: Person, people: Iterable[Person]) -> bool:
    return person.address.casefold() in {one.address.casefold() for one in people}


def _besides(left_out: tuple[Person, ...], people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple({one.address.casefold(): one for one in people if not _is_among(one, left_out)}.values())
