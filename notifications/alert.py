"""The alert: one mail to somebody who can mend what plankeeper cannot, such as reminders that stopped."""

from dataclasses import dataclass
from datetime import date, datetime

from ledger.records import ALERT, Letter
from notifications.letters import language_for, letter_of, reader
from notifications.message import Sender
from notifications.render import Rendered, one_line, render
from notifications.rollup.wording import shortened
from plan.owners import Person, Roster
from plan.phrase import Language

_LONGEST = 400
"""Characters of a sentence that may hold another machine's words, such as what a mail server answered."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that the reader of an alert can do."""

    words: str
    command: str = ""
    """What is typed for that, as a shell takes it; it stands on a line of its own, unbroken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that went wrong and that a person has to look after."""

    about: str
    """What it is about, as in "remind", unique within its plan; alerts about the same form a thread."""
    day: date
    """The day on which it is told."""
    headline: str
    """What is wrong, in a few words without a full stop; also the subject."""
    sentences: tuple[str, ...]
    """What is known of it, with the figures."""
    remedies: tuple[Remedy, ...]
    """What its reader can do about it, in the order in which it is tried."""


def key_of(alert: Alert, *, plan: str, address: str) -> str:
    """Return the key of an alert's letter: each person gets one a day about the same thing."""
    return f"{plan}/{ALERT}/{alert.about}/{alert.day}/{address.casefold()}"


def compose_alert(
    alert: Alert, *, key: str, to: Person, roster: Roster, base_url: str, sender: Sender, made_at: datetime
) -> Letter:
    """Return the letter that carries an alert.

    Args:      key: what key_of gives, or one apart from it
    """
    plan = roster.plan
    written = write(
        alert,
        reader=reader(to, roster),
        plan_title=plan.title,
        organisation=plan.organisation,
        base_url=base_url,
        language=language_for(to, roster),
    )
    return letter_of(
        written,
        kind=ALERT,
        key=key,
        thread=f"{ALERT}/{alert.about}",
        to=to,
        day=alert.day,
        roster=roster,
        sender=sender,
        made_at=made_at,
    )


def write(
    alert: Alert, *, reader: str, plan_title: str, organisation: str, base_url: str, language: Language = "en"
) -> Rendered:
    """Return what an alert says.

    Args:      base_url: where the plan's pages are
               language: the one of the reader's office
    """
    return render(
        "alert",
        language=language,
        plan_title=plan_title,
        organisation=organisation,
        reader=reader,
        headline=_brief(alert.headline),
        sentences=[_brief(sentence) for sentence in alert.sentences],
        remedies=[Remedy(_brief(remedy.words), one_line(remedy.command)) for remedy in alert.remedies],
        base_url=base_url,
    )


def _brief(text: str) -> str:
    return shortened(one_line(text), _LONGEST)
