"""Digests become letters, in the name of the office that keeps the plan. Imports no Prefect."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ledger.records import Letter
from notifications.digest import compose
from notifications.message import Sender
from plan.digests import Post
from plan.ladder import Situation
from plan.owners import Roster
from tasks.settings import Settings

CAUGHT = "/caught"
"""How the key of a letter ends that was made for the mail catcher."""


def sender_for(settings: Settings, roster: Roster) -> Sender:
    """Return in whose name mail goes out; answers go to the office that keeps the plan."""
    office = roster.owners.offices[roster.owners.plan_administrator]
    return Sender(
        address=settings.mail_from,
        name=office.title,
        reply_to=office.email or settings.mail_from,
        key=settings.key,
        taken_back=roster.links_taken_back,
    )


def key_apart(key: str, settings: Settings) -> str:
    """Return a letter's key; of what is only caught one of its own, so that the same day's real mail is another letter."""
    return f"{key}{CAUGHT}" if settings.catches_mail else key


def letters_of(post: Post, situation: Situation, settings: Settings, *, made_at: datetime) -> Iterator[Letter]:
    """Yield one letter for each digest, its bytes final."""
    by = sender_for(settings, situation.roster)
    digests = (replace(one, key=key_apart(one.key, settings)) for one in post.digests)
    for digest in digests:
        yield compose(digest, situation=situation, base_url=settings.base_url, sender=by, made_at=made_at)
