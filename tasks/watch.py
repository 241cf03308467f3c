"""Reminders that stopped: seen by the ledger, told to who keeps the plan, and handed over at once. Loads Prefect only for that.

The pages do this when the Prefect server calls them, because the flows may be what has stopped.
"""

import hmac
import logging
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256

from ledger.ledger import Ledger, open_ledger
from ledger.records import Letter
from notifications.alert import Alert, compose_alert
from notifications.outbox import RecipientNotAllowed
from notifications.verdicts import MailError
from plan.watch import Watch, watch
from tasks.board import allowed
from tasks.letters import sender_for
from tasks.recipients import MailNotAllowed
from tasks.settings import Settings
from tasks.workplace import Workplace

REMIND = "remind"
"""The flow that is watched."""
ALARM = "/alarm"
"""Where the pages are called to tell that it was silent."""

_log = logging.getLogger(__name__)


def alarm_token(settings: Settings) -> str:
    """Return what proves that a call comes from the switch of this very installation."""
    return hmac.new(settings.key, b"alarm", sha256).hexdigest()


def watched(workplace: Workplace, ledger: Ledger | None, *, at: datetime) -> Watch:
    """Return whether reminders were chosen when they had to be.

    Args:      ledger: None where nothing has been recorded yet
    Raises:    OutsideCalendar: the instant lies too far from the plan's years
    """
    zone = workplace.plan.settings.time_zone
    beats = ledger.beats(workplace.plan.id, REMIND) if ledger else ()
    chosen = {beat.day: beat.ended_at.astimezone(zone) for beat in reversed(beats)}
    here = at.astimezone(zone)
    return watch(chosen, workplace.duties.days, as_of=here.date(), hour=here.time())


def silence_letters(
    seen: Watch, workplace: Workplace, ledger: Ledger, settings: Settings, *, made_at: datetime
) -> tuple[Letter, ...]:
    """Return the alert that reminders have stopped, to who keeps the plan, or to the cabinet lead where nobody does.

    Each working day that was missed is told once.

    Returns:   one letter; none if nobody may be written to
    """
    roster = workplace.reachable(ledger)
    offices = (roster.owners.plan_administrator, roster.owners.cabinet_lead)
    alert = Alert(
        about=REMIND,
        day=seen.due,
        headline="Reminders have stopped",
        sentences=(seen.sentence, _MEANING),
        remedies=_REMEDIES,
    )
    letters = (
        compose_alert(
            alert,
            to=person,
            roster=roster,
            base_url=settings.base_url,
            sender=sender_for(settings, roster),
            made_at=made_at,
        )
        for person in roster.readers(offices, as_of=workplace.today(made_at))[:1]
    )
    return allowed(letters, settings)


def hand_over(workplace: Workplace, settings: Settings, *, as_of: date, now: Callable[[], datetime]) -> None:
    """Send what waits in the outbox, each letter once, as the flow deliver does; what keeps mail back is told to the log."""
    from tasks.send import send_letters  # noqa: PLC0415 - it loads Prefect, which the pages do without until this is needed

    try:
        with open_ledger(settings.database) as ledger:
            send_letters.fn(ledger, workplace, settings, as_of=as_of, now=now)
    except (MailError, MailNotAllowed, RecipientNotAllowed) as error:
        _log.error("The alert waits in the outbox: %s", error, extra={"action": "alert_kept_back"})


_MEANING = "Until they run again nobody is asked, and nobody above hears of what is late."
_REMEDIES = (
    'Look at the runs of "remind" in the Prefect UI. Late: no worker takes them up. Failed: the log of the run says why.',
    "Run plankeeper check: with a fault in the plan, the owners or the calendar nothing can run.",
    "Start plankeeper up again. The first daily cycle makes up for what was missed; nobody is told anything twice.",
)
