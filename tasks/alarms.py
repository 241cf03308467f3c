"""Alarms about letters that reached nobody for good: told to who can mend it, in the same transaction as what became known."""

from collections.abc import Iterator
from datetime import date, datetime

from ledger.records import ALERT, CHANNEL, Claim, Letter, LetterState, Outcome
from notifications.alert import Alert, compose_alert
from plan.owners import Person, Roster
from tasks.letters import sender_for
from tasks.settings import Settings

_SILENT = frozenset({ALERT, CHANNEL})
"""Kinds of which no alarm tells: an alarm about an alarm would have no end, and a channel only repeats what mails say."""


def alarms(
    claim: Claim, outcome: Outcome, roster: Roster, settings: Settings, *, on: date, made_at: datetime
) -> tuple[Letter, ...]:
    """Return the letters that tell of how an attempt ended; none where the letter arrived or still may.

    A refused address is told to the supervisor of its office and to who keeps the plan; all else to the latter.

    Source:    docs/mail.md, "What happens to a letter?"
    """
    if claim.kind in _SILENT or outcome.state not in (LetterState.FAILED, LetterState.EXPIRED):
        return ()
    alert = _refused(claim, outcome, roster, on) if outcome.suppresses else _undelivered(claim, outcome, on)
    people = _who_can_mend(claim, roster, on) if outcome.suppresses else _keepers(roster, on)
    by = sender_for(settings, roster)
    told = {person.address: person for person in people if person.address != claim.address}
    return tuple(
        compose_alert(alert, to=person, roster=roster, base_url=settings.base_url, sender=by, made_at=made_at)
        for person in told.values()
    )


def _who_can_mend(claim: Claim, roster: Roster, on: date) -> Iterator[Person]:
    """Yield the nearest office above those whose address it is that somebody fills, then who keeps the plan."""
    for office in _offices(claim, roster):
        above = (roster.readers((one,), as_of=on) for one in roster.line_above(office))
        yield from next(filter(None, above), ())
    yield from _keepers(roster, on)


def _keepers(roster: Roster, on: date) -> tuple[Person, ...]:
    """Return who fills the office that keeps the plan, else the cabinet lead's."""
    owners = roster.owners
    return roster.readers((owners.plan_administrator,), as_of=on) or roster.readers((owners.cabinet_lead,), as_of=on)


def _offices(claim: Claim, roster: Roster) -> list[str]:
    return [code for code, office in roster.owners.offices.items() if office.email == claim.address]


def _refused(claim: Claim, outcome: Outcome, roster: Roster, on: date) -> Alert:
    titles = [roster.owners.offices[code].title for code in _offices(claim, roster)]
    return Alert(
        about=f"address/{claim.address}",
        day=on,
        headline=f"Mail to {titles[0] if titles else claim.address} is refused",
        sentences=(
            f"The mail server refused the address {claim.address}: {outcome.said}",
            "Nothing is written to it any more.",
            "What is asked there goes to the next in line: the delegate, the objective's lead, then who keeps the plan.",
        ),
        remedies=(
            "Put the right address into owners.yaml. What is open is asked for there from the next working day on.",
            f"If the address is right and was refused by mistake: plankeeper outbox lift {claim.address}",
        ),
    )


def _undelivered(claim: Claim, outcome: Outcome, on: date) -> Alert:
    is_over = outcome.state is LetterState.EXPIRED
    what = "was put off until it made no sense any more" if is_over else "was refused"
    return Alert(
        about=f"letter/{claim.key}",
        day=on,
        headline="A mail reached nobody",
        sentences=(f"A mail to {claim.address} ({claim.kind}) {what}: {outcome.said}",),
        remedies=(
            "Ask who runs the mail server what it has against the mail.",
            "What it told is chosen anew with the next run."
            if is_over
            else f"Once that is mended, send it again: plankeeper outbox retry {claim.key}",
        ),
    )
