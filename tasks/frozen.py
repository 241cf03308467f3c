"""Rollups of periods: frozen once and kept, drafted before their day, and which of them are due. Imports no Prefect."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from ledger.ledger import Ledger
from ledger.records import Frozen
from plan.freeze import freeze, freezes_on
from plan.periods import Period, Quarter, SchoolYear, read_period
from plan.phrase import phrase
from plan.rollup import Rollup, read_rollup, written
from tasks.workplace import Workplace


class NotAPeriod(ValueError):
    """It is neither a quarter nor a school year of the plan; write it as in "2026-27 Q1" or "2026-27"."""


class SealBroken(Exception):
    """The kept rollup is not the one that was frozen; restore the database from a copy made before it was changed."""


class NotFrozenYet(ValueError):
    """The day on which the period freezes has not come; ask for a draft, or wait for the day."""


def period_asked(text: str, workplace: Workplace) -> Period:
    """Return the period that somebody asks for.

    Raises:    NotAPeriod: it is no quarter and no school year, or lies outside the plan's years
    """
    plan = workplace.plan
    try:
        period = read_period(" ".join(text.split()).upper())
    except ValueError:
        raise NotAPeriod(f'"{text}" is not a quarter and not a school year; write it as in "2026-27 Q1" or 2026-27.') from None
    if not plan.first_year <= year_of(period) <= plan.last_year:
        raise NotAPeriod(f"{period} lies outside the plan's years, {plan.first_year} to {plan.last_year}.")
    return period


def year_of(period: Period) -> SchoolYear:
    """Return the school year of a period."""
    return period.year if isinstance(period, Quarter) else period


def frozen(period: Period, workplace: Workplace, ledger: Ledger, *, at: datetime) -> Frozen:
    """Return the rollup of a period as it was frozen; freeze it now with its files if nobody has, as of its own day.

    Raises:    NotFrozenYet: its day has not come, whatever day is acted for
               SealBroken: it was changed since it was frozen
    """
    kept = ledger.frozen(workplace.plan.id, str(period))
    if kept is not None:
        return checked(kept)
    on = freezes_on(period, workplace.duties)
    if workplace.today(at) < on:
        raise NotFrozenYet(f'{period} freezes on {on}; until then ask for a draft: plankeeper rollup "{period}" --draft.')
    text = written(rollup_for(period, workplace, ledger, on=on))
    seal = seal_of(text)
    now = Frozen(plan=workplace.plan.id, period=str(period), frozen_on=on, frozen_at=at, seal=seal, text=text)
    return ledger.freeze(now, rendered(text, seal=seal))


def checked(frozen: Frozen) -> Frozen:
    """Return a frozen rollup whose text is the one that was sealed.

    Raises:    SealBroken: it is another one
    """
    if seal_of(frozen.text) != frozen.seal:
        raise SealBroken(
            phrase(
                "The rollup of {period} was changed since it was frozen: its seal is {seal}, and its text has {other}; "
                "restore the database from a copy made before.",
                period=frozen.period,
                seal=frozen.seal[:12],
                other=seal_of(frozen.text)[:12],
            )
        )
    return frozen


def rendered(text: str, *, seal: str) -> dict[str, bytes]:
    """Return the files of a rollup by their ending."""
    from notifications.rollup.files import render  # noqa: PLC0415 - drawing takes a second to load, and few commands draw

    return render(text, seal=seal)


def draft(period: Period, workplace: Workplace, ledger: Ledger, *, today: date) -> str:
    """Return the rollup of a period as it would be if it froze today, or on its day if that is over, as JSON; none is kept."""
    on = min(today, freezes_on(period, workplace.duties))
    return written(rollup_for(period, workplace, ledger, on=on, is_draft=True))


def seal_of(text: str) -> str:
    """Return the seal of a rollup's text: SHA-256, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def due(workplace: Workplace, *, today: date) -> Iterator[Period]:
    """Yield the quarters and school years whose day of freezing has come since reminders began, the earliest day first."""
    plan = workplace.plan
    quarters = (quarter for year in _years(plan.first_year, plan.last_year) for quarter in Quarter.all_of(year))
    periods: list[Period] = [*quarters, *_years(plan.first_year, plan.last_year)]
    dated = sorted(((freezes_on(one, workplace.duties), str(one), one) for one in periods), key=lambda found: found[:2])
    return (one for on, _, one in dated if plan.settings.begins_on <= on <= today)


def span(first: Period, last: Period) -> Iterator[Period]:
    """Yield the quarters, or the school years, from one to another, both included; none where they are not of one kind."""
    while type(first) is type(last) and str(first) <= str(last):
        yield first
        first = first.after


def slug(period: str) -> str:
    """Return a period as addresses and file names have it, as in "2026-27-q1"."""
    return period.lower().replace(" ", "-")


def _years(first: SchoolYear, last: SchoolYear) -> Iterator[SchoolYear]:
    return (SchoolYear(year) for year in range(first.first, last.first + 1))


def rollup_for(period: Period, workplace: Workplace, ledger: Ledger, *, on: date, is_draft: bool = False) -> Rollup:
    """Return the rollup of a period as of a day, by what is known of that day now; nothing is kept."""
    situation = workplace.situation(ledger, as_of=on, told_since=False, judging=True)
    return freeze(period, situation, before=_before(period, workplace, ledger), as_of=on, is_draft=is_draft)


def with_phrases(kept: Frozen, workplace: Workplace, ledger: Ledger) -> Rollup:
    """Return a frozen rollup with its reasons and asks as phrases, where offices read another language than English.

    What was sealed is plain text. So the rollup is made once more, and lends its sentences where they still come out the same.
    """
    rollup = read_rollup(kept.text)
    if all(office.language == "en" for office in workplace.owners.offices.values()):
        return rollup
    anew = rollup_for(read_period(kept.period), workplace, ledger, on=kept.frozen_on)
    said = {text: text for text in (*(one.reason for one in anew.movements), *(one.sentence for one in anew.asks))}
    return replace(
        rollup,
        movements=tuple(replace(one, reason=said.get(one.reason, one.reason)) for one in rollup.movements),
        asks=tuple(replace(one, sentence=said.get(one.sentence, one.sentence)) for one in rollup.asks),
    )


def _before(period: Period, workplace: Workplace, ledger: Ledger) -> Rollup | None:
    """Return the rollup of the period before, as it was frozen or as it would have been; None before the plan's first year."""
    before = period.before
    if year_of(before) < workplace.plan.first_year:
        return None
    kept = ledger.frozen(workplace.plan.id, str(before))
    if kept is not None:
        return read_rollup(kept.text)
    on = freezes_on(before, workplace.duties)
    return freeze(before, workplace.situation(ledger, as_of=on, told_since=False, judging=True), before=None, as_of=on)
