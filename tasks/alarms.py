"""Alarms about letters that reached nobody for good: told to who can mend it, in the same transaction as what became known."""

import shlex
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from ledger.records import ALERT, CHANNEL, DAILY, Claim, Letter, LetterState, Outcome
from notifications.alert import Alert, Remedy, compose_alert, key_of
from plan.owners import Person, Roster
from plan.phrase import phrase
from plan.wording import in_plain_words
from tasks.letters import key_apart, sender_for
from tasks.settings import Settings

_LOST = (LetterState.FAILED, LetterState.EXPIRED)


def alarms(
    claim: Claim, outcome: Outcome, roster: Roster, settings: Settings, *, on: date, made_at: datetime
) -> tuple[Letter, ...]:
    """Return the letters that tell of how an attempt ended; none where the letter arrived or still may.

    A refused address is told to the supervisor of its office and to who keeps the plan; all else to the latter, once a day.
    Whoever could not be reached is passed over, and the next above is told.

    Source:    docs/mail.md, "What happens to a letter?"
    """
    if outcome.state not in _LOST or _stays_silent(claim, outcome):
        return ()
    others = keepers(roster, on=on, besides=claim.address)
    if not outcome.suppresses:
        return alert_letters(_undelivered(claim, outcome, roster, on), others, roster, settings, made_at=made_at)
    people = (*_supervisors(claim, roster, on), *others)
    return alert_letters(_refused(claim, outcome, roster, on), people, roster, settings, made_at=made_at)


def alert_letters(
    alert: Alert, people: Iterable[Person], roster: Roster, settings: Settings, *, made_at: datetime
) -> tuple[Letter, ...]:
    """Return the letters that carry an alert, one for each address."""
    told = {person.address: person for person in people}
    return tuple(
        compose_alert(
            alert,
            key=key_apart(key_of(alert, plan=roster.plan.id, address=address), settings),
            to=person,
            roster=roster,
            base_url=settings.base_url,
            sender=sender_for(settings, roster),
            made_at=made_at,
        )
        for address, person in told.items()
    )


def keepers(roster: Roster, *, on: date, besides: str = "") -> tuple[Person, ...]:
    """Return who keeps the plan: who fills that office, else the cabinet lead's, else the nearest office above these.

    Args:      besides: an address that cannot be written to now
    """
    first = (roster.owners.plan_administrator, roster.owners.cabinet_lead)
    return _nearest((*first, *(above for office in first for above in roster.line_above(office))), roster, on, besides)


def _nearest(offices: Iterable[str], roster: Roster, on: date, besides: str) -> tuple[Person, ...]:
    """Return who fills the first of some offices that can be reached."""
    found = (tuple(one for one in roster.readers((office,), as_of=on) if one.address != besides) for office in offices)
    return next(filter(None, found), ())


def _stays_silent(claim: Claim, outcome: Outcome) -> bool:
    """Return whether no alarm tells of a letter: a channel only repeats what mails say, and alarms about alarms have to end.

    An alarm whose address is refused is told all the same: that ends, since an address is refused once.
    """
    return claim.kind == CHANNEL or (claim.kind == ALERT and not outcome.suppresses)


def _supervisors(claim: Claim, roster: Roster, on: date) -> Iterator[Person]:
    """Yield who fills the nearest office above each whose address it is."""
    for office in _offices(claim, roster):
        yield from _nearest(roster.line_above(office), roster, on, claim.address)


def _offices(claim: Claim, roster: Roster) -> list[str]:
    return [code for code, office in roster.owners.offices.items() if office.email == claim.address]


def _refused(claim: Claim, outcome: Outcome, roster: Roster, on: date) -> Alert:
    titles = [roster.owners.offices[code].title for code in _offices(claim, roster)]
    return Alert(
        about=f"address/{claim.address}",
        day=on,
        headline=phrase("Mail to {whom} is refused", whom=titles[0] if titles else claim.address),
        sentences=(
            phrase("The mail server refused the address {address}: {said}", address=claim.address, said=outcome.said),
            phrase("Nothing is written to it any more."),
            phrase(
                "What is asked there goes to the next in line: the delegate, the objective's lead, then who keeps the plan."
            ),
        ),
        remedies=(
            Remedy(
                phrase("Put the right address into owners.yaml. What is open is asked for there from the next working day on.")
            ),
            Remedy(phrase("If the address is right and was refused by mistake:"), _command("lift", claim.address, roster)),
        ),
    )


def _undelivered(claim: Claim, outcome: Outcome, roster: Roster, on: date) -> Alert:
    of = {"address": claim.address, "kind": in_plain_words(claim.kind), "said": outcome.said}
    put_off = phrase("A mail to {address} ({kind}) was put off until it made no sense any more: {said}", **of)
    refused = phrase("A mail to {address} ({kind}) was refused: {said}", **of)
    return Alert(
        about="letters",
        day=on,
        headline=phrase("A mail reached nobody"),
        sentences=(
            put_off if outcome.state is LetterState.EXPIRED else refused,
            phrase("It is the first of the day; of others on the same day no further alert tells."),
        ),
        remedies=(
            Remedy(phrase("Ask who runs the mail server what it has against the mail.")),
            _makes_up_for(claim, roster),
            Remedy(phrase("See all that were refused:"), "plankeeper outbox list --state failed"),
            Remedy(phrase("See all that were put off too often:"), "plankeeper outbox list --state expired"),
        ),
    )


def _makes_up_for(claim: Claim, roster: Roster) -> Remedy:
    if claim.kind in DAILY:
        return Remedy(phrase("Nothing need be sent again. What it told is chosen anew with the next day's run."))
    return Remedy(phrase("Once that is mended, send it again:"), _command("retry", claim.key, roster))


def _command(word: str, about: str, roster: Roster) -> str:
    """Return what who keeps the plan types, as a shell takes it."""
    title = roster.owners.offices[roster.owners.plan_administrator].title
    return shlex.join(("plankeeper", "outbox", word, about, "--by", title))
