"""The digest: everything that one person is asked or told on a day, as one mail."""

from dataclasses import replace
from datetime import datetime

from ledger.records import Letter
from notifications.calendar import calendar_file
from notifications.grants import granted, link, one_click
from notifications.kinds import is_asked, kind_of
from notifications.layout import Layout, period_of
from notifications.letters import language_for, letter_of
from notifications.message import Attachment, Sender
from notifications.render import Rendered, render, render_subject
from plan.digests import Digest, tellings_of
from plan.ladder import Situation

MOST_BYTES = 100_000
"""How large the HTML may be; Gmail cuts a mail off at 102 KB."""
IN_FULL = (240, 120, 60, 40, 20, 10)
"""How many notices are told in full, tried in this order until the HTML is small enough; at last none is."""


def compose(digest: Digest, *, situation: Situation, base_url: str, sender: Sender, made_at: datetime) -> Letter:
    """Return the letter that carries a digest; the same digest and instant make the same bytes."""
    layout = Layout(digest=digest, situation=situation, base_url=base_url, sender=sender, made_at=made_at)
    grant = granted("unsubscribe", situation.plan.id, digest.to, key=sender.key, made_at=made_at)
    letter = letter_of(
        _written(layout),
        kind=kind_of(digest, situation),
        key=digest.key,
        thread=thread_of(period_of(digest), digest.to.address),
        to=digest.to,
        day=digest.day,
        roster=situation.roster,
        sender=sender,
        made_at=made_at,
        attachment=_due_days(digest, situation, base_url=base_url, sender=sender, made_at=made_at),
        unsubscribe=one_click(link(grant, base_url=base_url, key=sender.key)),
        grants=(grant, *layout.grants),
    )
    return replace(letter, notices=digest.notices, tellings=tuple(tellings_of(digest, delivered_on=None)))


def thread_of(period: str, address: str) -> str:
    """Return what all mails about a period to one person share, within the plan."""
    return f"thread/{period}/{address.casefold()}"


def write(digest: Digest, *, situation: Situation, base_url: str, sender: Sender, made_at: datetime) -> Rendered:
    """Return what a digest says; of very many notices, the last ones only by code and due date.

    Args:      base_url: where the plan's pages are; sender: in whose name it is written, with the key of its links
    """
    return _written(Layout(digest=digest, situation=situation, base_url=base_url, sender=sender, made_at=made_at))


def subject(digest: Digest, *, kind: str, situation: Situation) -> str:
    """Return the subject of a digest that becomes a kind of mail, the one of its letter, without writing the rest."""
    mail = {"plan_title": situation.plan.title, "period": period_of(digest)}
    return render_subject(kind, language=language_for(digest.to, situation.roster), mail=mail)


def _written(layout: Layout) -> Rendered:
    tried = (_rendered(layout, in_full=count) for count in IN_FULL)
    fitting = (written for written in tried if len(written.html.encode()) <= MOST_BYTES)
    return next(fitting, None) or _rendered(layout, in_full=0)


def _rendered(layout: Layout, *, in_full: int) -> Rendered:
    kind = kind_of(layout.digest, layout.situation)
    sections, rest = layout.sections(in_full), layout.rest(in_full)
    return render(kind, language=layout.language, mail=layout, sections=sections, rest=rest)


def _due_days(digest: Digest, situation: Situation, *, base_url: str, sender: Sender, made_at: datetime) -> Attachment | None:
    """Return the calendar file of who is asked for something; None for who is only told."""
    if not is_asked(digest, situation):
        return None
    return calendar_file(digest.to, situation, day=digest.day, base_url=base_url, sender=sender, made_at=made_at)
