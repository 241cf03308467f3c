"""Reminders that stopped, and mails: seen by the ledger, told to who keeps the plan, and handed over at once.

Loads Prefect only for the last.

The pages do this when the Prefect server calls them, because the flows may be what has stopped.
"""

import hmac
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from ledger.ledger import Ledger, open_ledger
from ledger.records import ALERT, Letter, LetterState
from notifications.alert import Alert, Remedy
from notifications.outbox import RETRY_PLAN, RecipientNotAllowed
from notifications.verdicts import MailError
from plan.phrase import phrase
from plan.watch import Watch, watch, watch_mail
from tasks.alarms import alert_letters, keepers
from tasks.board import allowed
from tasks.recipients import MailNotAllowed
from tasks.said import pause
from tasks.settings import Settings
from tasks.workplace import Workplace

REMIND, DELIVER = "remind", "deliver"
"""The flows that are watched."""
ALARM = "/alarm"
"""Where the pages are called to tell that it was silent."""

AGAIN_AFTER = RETRY_PLAN[:3]
"""How long after each attempt an alert that nobody took is handed over again."""

LOOKS_BACK = timedelta(days=14)
"""How far back a delivery is looked for: there are more than a hundred a day. An older one counts as none."""

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


def mail_watched(workplace: Workplace, ledger: Ledger | None, *, at: datetime) -> Watch:
    """Return whether reminders were chosen when they had to be, and mails go out.

    Args:      ledger: None where nothing has been recorded yet
    Raises:    OutsideCalendar: the instant lies too far from the plan's years
    """
    here = at.astimezone(workplace.plan.settings.time_zone)
    beats = ledger.beats(workplace.plan.id, DELIVER, since=at - LOOKS_BACK) if ledger else ()
    delivered = max((beat.ended_at.astimezone(here.tzinfo) for beat in beats), default=None)
    seen = watched(workplace, ledger, at=at)
    return watch_mail(seen, delivered, workplace.duties.days, as_of=here.date(), hour=here.time())


def silence(seen: Watch) -> Alert:
    """Return the alert that reminders have stopped."""
    headline = phrase("Reminders have stopped")
    return Alert(about=REMIND, day=seen.due, headline=headline, sentences=(seen.sentence, _MEANING), remedies=_REMEDIES)


def silence_letters(
    seen: Watch, workplace: Workplace, ledger: Ledger, settings: Settings, *, made_at: datetime
) -> tuple[Letter, ...]:
    """Return the alerts that reminders have stopped, to who keeps the plan.

    Each working day that was missed is told once to each address.

    Returns:   one letter for each; none if nobody may be written to
    """
    roster = workplace.reachable(ledger)
    people = keepers(roster, on=workplace.today(made_at))
    return allowed(alert_letters(silence(seen), people, roster, settings, made_at=made_at), settings)


def hand_over(workplace: Workplace, settings: Settings, *, now: Callable[[], datetime]) -> bool:
    """Send what waits in the outbox, each letter once, as the flow deliver does; what keeps mail back is told to the log.

    On a day that is not a working day nothing is sent and nothing is skipped; the next delivery sends what waits.

    Returns:   whether there is nothing to hand over again today
    Source:    rules.md 3: mail goes out on working days only
    """
    today = workplace.today(now())
    if today not in workplace.duties.days:
        _log.warning("%s is not a working day; what waits goes out on the next.", today, extra={"action": "alert_kept_back"})
        return True
    from tasks.send import send_letters  # noqa: PLC0415 - it loads Prefect, which the pages do without until this is needed

    plan = workplace.plan.id
    with open_ledger(settings.database) as ledger:
        try:
            send_letters.fn(ledger, workplace, settings, as_of=today, now=now)
        except (MailError, MailNotAllowed, RecipientNotAllowed) as error:
            why = str(error)
        else:
            why = "Mail is paused." if pause(ledger, plan) else "The mail server put it off."
        waits = any(one.kind == ALERT and one.state is LetterState.QUEUED for one in ledger.outbox(plan))
    if waits:
        _log.error("The alert waits in the outbox: %s", why, extra={"action": "alert_kept_back"})
    return not waits


def hand_over_again(
    workplace: Workplace,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    wait: Callable[[float], object] = time.sleep,
) -> bool:
    """Hand an alert over again until it is taken or the working day is over; nothing else may live to do so.

    It follows the first steps of the plan of retries.

    Args:      wait: lets so many seconds pass
    Returns:   as `hand_over`
    """
    for after in AGAIN_AFTER:
        wait(after.total_seconds())
        if hand_over(workplace, settings, now=now):
            return True
    return False


_MEANING = phrase("Until they run again nobody is asked, and nobody above hears of what is late.")
_REMEDIES = (
    Remedy(
        phrase(
            'Look at the runs of "remind" in the Prefect UI. Late: no worker takes them up. '
            "Failed: the log of the run says why."
        )
    ),
    Remedy(phrase("With a fault in the plan, the owners or the calendar nothing can run. Look for one:"), "plankeeper check"),
    Remedy(
        phrase("Start plankeeper up again. The first daily cycle makes up for what was missed; nobody is told anything twice.")
    ),
)
