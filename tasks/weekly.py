"""The steps of the flow that sends the weekly mails: who gets an overview, and what each mail says."""

from dataclasses import replace
from datetime import date, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.ledger import Ledger
from ledger.records import OFF, OVERVIEW, WEEK, Claim, Letter
from notifications.overview import compose
from notifications.week import compose_week
from plan.judgement import Judged
from plan.ladder import Situation
from plan.overview import Overviews, monday_of, overviews
from tasks.board import allowed
from tasks.letters import key_apart, sender_for
from tasks.settings import Settings
from tasks.week import week_of
from tasks.workplace import Workplace

NAME = "weekly"
"""How the flow signs its beats: that the mails of a week were written."""


@task(task_run_name="choose overviews", cache_policy=NO_CACHE)
def choose_overviews(situation: Situation, ledger: Ledger, *, as_of: date) -> Overviews:
    """Decide who gets a weekly overview, and why the others get none."""
    judged = Judged(situation.duties, situation.facts, as_of)
    return overviews(situation, judged, off=turned_off(ledger, situation.plan.id), as_of=as_of)


@task(task_run_name="compose overviews", cache_policy=NO_CACHE)
def compose_overviews(chosen: Overviews, situation: Situation, settings: Settings, *, made_at: datetime) -> tuple[Letter, ...]:
    """Write one letter for each overview, to the addresses that may be written to."""
    by = sender_for(settings, situation.roster)
    apart = (replace(one, key=key_apart(one.key, settings)) for one in chosen.written)
    letters = (compose(one, situation=situation, base_url=settings.base_url, sender=by, made_at=made_at) for one in apart)
    return allowed(letters, settings)


@task(task_run_name="compose the week", cache_policy=NO_CACHE)
def compose_the_week(
    situation: Situation, workplace: Workplace, ledger: Ledger, settings: Settings, *, as_of: date, made_at: datetime
) -> tuple[Letter, ...]:
    """Write the mail to who keeps the plan, and to the stand-in while somebody is away; none where nobody can be written to."""
    week, by = week_of(workplace, ledger, situation, as_of=as_of), sender_for(settings, situation.roster)
    letters = (
        compose_week(
            week,
            key=key_apart(f"{situation.plan.id}/{WEEK}/{monday_of(as_of)}/{to.address}", settings),
            to=to,
            situation=situation,
            base_url=settings.base_url,
            sender=by,
            made_at=made_at,
        )
        for to in situation.roster.readers((situation.roster.owners.plan_administrator,), as_of=as_of)
    )
    return allowed(letters, settings)


def written_on(ledger: Ledger, plan: str, *, before: date) -> date | None:
    """Return the earlier day of a day's week on which its mails were written, or None: only then the day makes up for it.

    The keys alone would not do: whoever got none, for good reason, would be asked about anew on each later day.
    """
    days = (beat.day for beat in ledger.beats(plan, NAME))
    return next((day for day in days if monday_of(before) <= day < before), None)


def turned_off(ledger: Ledger, plan: str) -> frozenset[str]:
    """Return the addresses for which the weekly overview is turned off."""
    return frozenset(address for address, word in ledger.holding(plan, "overview").items() if word.word == OFF)


def weekly_not_wanted(claim: Claim, ledger: Ledger, *, as_of: date) -> str | None:
    """Return why a weekly mail that was written earlier should not go out any more, or None while it should."""
    if f"/{monday_of(as_of)}/" not in claim.key:
        return "Its week is over; the next one's mail says it all."
    if claim.kind == OVERVIEW and claim.address in turned_off(ledger, claim.plan):
        return f"The weekly overview was turned off for {claim.address}."
    return None
