"""How a mail in words becomes a letter."""

from datetime import date, datetime

from ledger.records import Grant, Letter
from notifications.message import Attachment, Sender, build, message_id
from notifications.render import Rendered
from plan.owners import Person, Roster
from plan.phrase import Language


def letter_of(  # noqa: PLR0913 - a letter has that many parts, and each is named where it is called
    said: Rendered,
    *,
    kind: str,
    key: str,
    thread: str,
    to: Person,
    day: date,
    roster: Roster,
    sender: Sender,
    made_at: datetime,
    attachment: Attachment | None = None,
    unsubscribe: str = "",
    grants: tuple[Grant, ...] = (),
) -> Letter:
    """Return the letter that carries a mail to one person and tells no step; the same words and instant make the same bytes.

    Args:      thread: what mails that belong together share, within the plan
               unsubscribe: the address that a mail program's own button presses; empty: it shows none
    """
    plan = roster.plan.id
    content = build(
        sender=sender,
        to_address=to.address,
        to_name=reader(to, roster),
        letter_key=key,
        thread=f"{plan}/{thread}",
        subject=said.subject,
        text=said.text,
        html=said.html,
        made_at=made_at,
        unsubscribe=unsubscribe,
        attachment=attachment,
    )
    return Letter(
        key=key,
        plan=plan,
        kind=kind,
        address=to.address,
        office=to.office,
        day=day,
        subject=said.subject,
        message_id=message_id(sender.key, key, sender.domain),
        content=content,
        made_at=made_at,
        notices=(),
        tellings=(),
        grants=grants,
    )


def language_for(to: Person, roster: Roster) -> Language:
    """Return the language in which a person is written to: that of the office."""
    return roster.owners.offices[to.office].language


def reader(to: Person, roster: Roster) -> str:
    """Return a person's name, or the title of the office where no name is known."""
    return roster.owners.offices[to.office].person or to.title
