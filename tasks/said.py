"""What an administrator says about all mail, and about an address that was refused. Imports no Prefect.

A word that changes nothing is refused, so that each one that is kept tells when things turned.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.records import LIFTED, PAUSED, RESUMED, SUPPRESSED, Word
from plan.owners import Owners
from plan.phrase import phrase
from tasks.workplace import refused_addresses

if TYPE_CHECKING:  # what knows SQL takes long to load, and is loaded by who opens a ledger
    from ledger.ledger import Ledger


class MailStands(Exception):
    """It is so already, and nothing was changed; see `plankeeper outbox refused`, or whether mail is paused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An address that nothing is written to, since a mail server refused it."""

    address: str
    offices: tuple[str, ...]
    """The titles of the offices that have the address in owners.yaml; none if it was corrected there."""
    since: datetime
    said: str
    """The server's own words."""


def pause(ledger: "Ledger", plan: str) -> Word | None:
    """Return whose word keeps all mail of a plan back, or None while mail goes out."""
    last = ledger.holding(plan, "mail").get("")
    return last if last is not None and last.word == PAUSED else None


def pause_mail(ledger: "Ledger", plan: str, *, by: str, note: str, at: datetime) -> None:
    """Keep all mail of a plan back from now on; letters are still written, and wait.

    Raises:    MailStands: it is paused already
    """
    before = pause(ledger, plan)
    if before is not None:
        since = {"day": f"{before.said_at:%Y-%m-%d}", "time": f"{before.said_at:%H:%M}"}
        raise MailStands(phrase("Mail was paused before, by {by} on {day} at {time} UTC; that stands.", by=before.by, **since))
    ledger.say(plan, Word(about="mail", subject="", word=PAUSED, by=by, note=note, said_at=at))


def resume_mail(ledger: "Ledger", plan: str, *, by: str, note: str, at: datetime) -> None:
    """Let mail of a plan go out again.

    Raises:    MailStands: it is not paused
    """
    if pause(ledger, plan) is None:
        raise MailStands(phrase("Mail is not paused; nothing was changed."))
    ledger.say(plan, Word(about="mail", subject="", word=RESUMED, by=by, note=note, said_at=at))


def lift(ledger: "Ledger", plan: str, address: str, *, by: str, note: str, at: datetime) -> str:
    """Let an address be written to again, and return it as it was refused.

    Raises:    MailStands: no server has refused it
    """
    known = refused_addresses(ledger, plan)
    refused = next((one for one in known if one.casefold() == address.strip().casefold()), None)
    if refused is None:
        raise MailStands(phrase('No mail server has refused "{address}"; nothing was changed.', address=address))
    ledger.say(plan, Word(about="address", subject=refused, word=LIFTED, by=by, note=note, said_at=at))
    return refused


def refusals(ledger: "Ledger", plan: str, owners: Owners) -> tuple[Refused, ...]:
    """Return the addresses that nothing is written to, the latest refused first."""
    words = [word for word in ledger.holding(plan, "address").values() if word.word == SUPPRESSED]
    return tuple(
        Refused(address=one.subject, offices=_offices_at(one.subject, owners), since=one.said_at, said=one.note)
        for one in sorted(words, key=lambda word: word.said_at, reverse=True)
    )


def _offices_at(address: str, owners: Owners) -> tuple[str, ...]:
    return tuple(one.title for one in owners.offices.values() if one.email.casefold() == address.casefold())
