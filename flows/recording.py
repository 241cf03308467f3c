"""What the commands that record share: the day, the obligation that a fact is about, who said it, and the keeping."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import typer

from flows.came_from import command_line
from flows.days import day_asked_now, now
from flows.exits import FactRefused
from ledger.ledger import DatabaseBehind, open_ledger, read_ledger
from ledger.records import Letter
from plan.answering import answered_by
from plan.duties import Obligation
from plan.facts import Acceptance, Answer, Fact, Facts, SentBack
from plan.ladder import Situation
from plan.standing import standing
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace


def at_work_on(known_on: str) -> tuple[Workplace, date]:
    """Return the workplace, and the day on which what is recorded became known.

    Raises:    FactRefused: the day is not here yet
    """
    workplace = open_workplace(read_settings())
    day, today = day_asked_now(known_on, workplace), workplace.today(now())
    if day > today:
        raise FactRefused(f"{day} is not here yet; what becomes known later is written down then.")
    return workplace, day


def owed_for_fact(workplace: Workplace, code: str, period: str, day: date) -> Obligation:
    """Return the obligation that a fact is about: for the period asked for, else what is owed now.

    Raises:    FactRefused: there is no such item, or it owes nothing for that
    """
    item = workplace.plan.items.get(code)
    if item is None:
        raise FactRefused(f'"{code}" is not an item of the plan; plankeeper status lists them.')
    owed = owed_for_period(workplace, code, period) if period else workplace.duties.current(item, as_of=day)
    if owed is None:
        periods = ", ".join(str(one.period) for one in workplace.duties.of(item)) or "nothing"
        raise FactRefused(f'{code} owes nothing for "{period}"; it owes: {periods}.')
    return owed


def owed_for_period(workplace: Workplace, code: str, period: str) -> Obligation | None:
    """Return what an item owes for a period, or None."""
    return next((one for one in workplace.duties.of(workplace.plan.items[code]) if str(one.period) == period), None)


def in_words(text: str, option: str) -> str:
    """Return what somebody wrote, without space around it.

    Raises:    FactRefused: it says nothing
    """
    if not text.strip():
        raise FactRefused(f"{option} is empty; say it in a sentence.")
    return text.strip()


def said_by(by: str, code: str, workplace: Workplace, day: date) -> str:
    """Return who said so on a day: the one named, else the office that answers for the item; a stand-in with both names."""
    return answered_by(by, code, workplace.asked(facts_known(workplace, day)), as_of=day)


def facts_known(workplace: Workplace, day: date) -> Facts:
    """Return what was known on a day; no ledger is made for it, but an older one brought up to date, as recording does."""
    url = read_settings().database
    try:
        ledger = read_ledger(url)
    except DatabaseBehind:
        ledger = open_ledger(url)
    if ledger is None:
        return Facts()
    with ledger:
        return ledger.facts(workplace.plan.id, known_by=day)


def office_named(by: str, workplace: Workplace) -> str:
    """Return the title of an office as the owners file writes it.

    Raises:    FactRefused: there is no such office
    """
    offices = {record.title.casefold(): record.title for record in workplace.owners.offices.values()}
    office = offices.get(" ".join(by.split()).casefold())
    if office is None:
        raise FactRefused(
            f'"{by}" is no office of the owners file; write the title of one, as in "{next(iter(offices.values()))}".'
        )
    return office


def keep(workplace: Workplace, fact: Fact, owed: Obligation | None = None, *, receipt: bool = False) -> Situation:
    """Append a fact with its receipts, and return the situation of today with it.

    Args:      owed: what it is about; None where nobody owed it
               receipt: whether who gave an answer is told that it was kept, and who gave evidence what was decided of it; of
                 other decisions nobody is told
    """
    settings, at = read_settings(), now()
    today = workplace.today(at)
    with open_ledger(settings.database, came_from=command_line()) as ledger:
        before = workplace.situation(ledger, as_of=today)
        known = replace(before, facts=Facts((*before.facts.every, fact)))
        letters = _letters_of(fact, owed, known, settings, today, at) if receipt else _no_letters
        queued = ledger.add_facts(workplace.plan.id, [fact], recorded_at=at, letters=letters)
        situation = workplace.situation(ledger, as_of=today)
    waiting = {0: "", 1: " A receipt waits in the outbox."}.get(len(queued), f" {len(queued)} receipts wait in the outbox.")
    typer.echo(f"Recorded for {fact.item}, {fact.period}, known on {fact.known_on}.{waiting}")
    return situation


def _letters_of(
    fact: Fact, owed: Obligation | None, situation: Situation, settings: Settings, today: date, at: datetime
) -> Callable[[int], tuple[Letter, ...]]:
    # What words mails takes long to load, and is not always needed.
    from tasks.looking import Looking  # noqa: PLC0415
    from tasks.receipts import receipts  # noqa: PLC0415

    if isinstance(fact, Acceptance | SentBack):
        return lambda number: Looking(number=number, situation=situation, settings=settings, on=today, at=at).decided(fact)
    if not isinstance(fact, Answer):
        return _no_letters
    about = partial(receipts, answers=[(fact, owed)], situation=situation)
    return partial(about, settings=settings, recorded_on=today, made_at=at)


def _no_letters(_number: int) -> tuple[Letter, ...]:
    return ()


def keep_and_tell(workplace: Workplace, fact: Fact, owed: Obligation | None, *, receipt: bool = False) -> None:
    """Append a fact, an answer with its receipts, and say how what it is about stands now."""
    at = keep(workplace, fact, owed, receipt=receipt)
    if owed is not None:
        today = workplace.today(now())
        typer.echo(standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=today).reason)
