"""Answers that are none yet: that another office is to be asked, and that the answer comes by a day. Imports no Prefect."""

from collections.abc import Mapping, Sequence
from datetime import date

from plan.duties import Duties
from plan.facts import Acknowledgement, Facts, Referral
from plan.owners import Owners
from plan.phrase import phrase
from plan.standing import PROMISE_DAYS, PROMISES
from tasks.check_in import MOST_LETTERS, Asked, Incomplete, too_long


def offices_to_ask(owners: Owners, office: str | None) -> dict[str, str]:
    """Return the offices that somebody reads mail for, by code, with their titles: those that may be asked instead.

    Args:      office: the one that is asked now, which is left out; the board is never asked
    """
    left_out = {office, *owners.board}
    return {code: one.title for code, one in owners.offices.items() if one.email and code not in left_out}


def days_to_promise(asked: Asked, facts: Facts, duties: Duties) -> tuple[date, ...]:
    """Return the days by which an answer may be promised; none where two promises were made.

    Source:    rules.md 3: at most 10 working days, at most twice
    """
    if len(facts.promises(asked.owed.item, asked.owed.period)) >= PROMISES:
        return ()
    first = duties.days.on_or_after(asked.day)
    days = (duties.days.offset(first, count) for count in range(PROMISE_DAYS + 1))
    return tuple(day for day in days if day > asked.day)[:PROMISE_DAYS]


def promise(texts: Mapping[str, str], asked: Asked, days: Sequence[date]) -> Acknowledgement:
    """Return the promise that a form holds.

    Args:      days: those by which an answer may be promised
    Raises:    Incomplete: no day is chosen, or none that may be; or no further promise counts
    """
    if not days:
        said = phrase("Two promises were made for it, and no third one counts. Please answer now, or ask for help.")
        raise Incomplete({"promised_on": said})
    found = next((day for day in days if day.isoformat() == texts.get("promised_on")), None)
    if found is None:
        said = phrase("Choose the day by which you answer, at most {most} working days ahead.", most=PROMISE_DAYS)
        raise Incomplete({"promised_on": said})
    return Acknowledgement(
        item=asked.item.id,
        period=asked.owed.period,
        promised_on=found,
        note=_note(texts, "promise_note"),
        by=asked.by,
        known_on=asked.day,
    )


def referral(texts: Mapping[str, str], asked: Asked, offices: Mapping[str, str]) -> Referral:
    """Return the referral that a form holds.

    Args:      offices: those that may be asked, by code
    Raises:    Incomplete: no office is chosen, or none that may be
    """
    if texts.get("asked") not in offices:
        raise Incomplete({"asked": phrase("Choose the office that is to be asked.")})
    return Referral(
        item=asked.item.id,
        period=asked.owed.period,
        asked=texts["asked"],
        note=_note(texts, "referral_note"),
        by=asked.by,
        known_on=asked.day,
    )


def _note(texts: Mapping[str, str], name: str) -> str:
    note = " ".join(texts.get(name, "").split())
    if len(note) > MOST_LETTERS:
        raise Incomplete({name: too_long(note)})
    return note
