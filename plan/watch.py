"""Whether reminders are still chosen, and mails still go out: by when that has to have been, and the sentence if it was not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from plan.periods import WorkingDays
from plan.phrase import phrase
from plan.wording import to_the_minute, with_weekday

REMIND_BY = time(9)
"""Until when the reminders of a working day have been chosen, in the plan's time zone.

Source:    docs/rules.md, "By when are reminders chosen?": `remind` runs at 07:30 and has 90 minutes
"""

MAIL_FROM, MAIL_UNTIL = REMIND_BY, time(18)
"""Between which times of a working day mails have to go out, both included, in the plan's time zone."""
MAIL_WITHIN = timedelta(hours=2)
"""How old the last delivery may be between these times, such that nothing is amiss.

Source:    docs/rules.md, "By when are reminders chosen?": `deliver` runs every 5 minutes from 06:00 to 17:55
"""


class Pulse(StrEnum):
    """Whether there are signs of life."""

    REGULAR = "regular"  # reminders were chosen for the last day that asked for them, or on a later one
    STOPPED = "stopped"  # they were not
    UNDELIVERED = "undelivered"  # they were, and yet no mail could be delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is seen at an instant."""

    pulse: Pulse
    due: date
    """The last working day whose reminders have to have been chosen by then."""
    sentence: str
    last: datetime | None
    """When reminders were last chosen, in the plan's time zone; None: never."""


def watch(chosen: Mapping[date, datetime], days: WorkingDays, *, as_of: date, hour: time) -> Watch:
    """Return whether reminders were chosen when they had to be.

    Args:      chosen: the days that `remind` completed for, working days or not, and when it did, in the plan's time zone
               as_of: the day on which that is asked; what was chosen for later days does not count
               hour: the time of day at which it is asked, in the plan's time zone; from 09:00 on the day's own have to be there
    Raises:    OutsideCalendar: the day lies too far from the plan's years
    """
    due = as_of if as_of in days and hour >= REMIND_BY else days.last_before(as_of)
    last = max((day for day in chosen if day <= as_of), default=None)
    ran = chosen[last] if last else None
    if last and ran and last >= due:
        return Watch(
            pulse=Pulse.REGULAR, due=due, sentence=phrase("Reminders last ran on {at}.", at=to_the_minute(ran)), last=ran
        )
    return Watch(pulse=Pulse.STOPPED, due=due, sentence=_missed(due, ran), last=ran)


def _missed(due: date, ran: datetime | None) -> str:
    on = {"day": with_weekday(due), "hour": f"{REMIND_BY:%H:%M}"}
    if ran is None:
        return phrase("No reminders were chosen on {day} by {hour}; none ever were.", **on)
    return phrase("No reminders were chosen on {day} by {hour}; the last time was {at}.", at=to_the_minute(ran), **on)


def watch_mail(seen: Watch, delivered: datetime | None, days: WorkingDays, *, as_of: date, hour: time) -> Watch:
    """Return what is seen of reminders, or, where these are regular and yet no mail goes out, that.

    Before the first delivery ever there is nothing amiss until reminders of the day itself were chosen in time.

    Args:      seen: what `watch` gave for the same instant
               delivered: when a delivery last came to its end, in the plan's time zone; None: never
               as_of, hour: the instant at which that is asked, in the plan's time zone
    """
    if seen.pulse is not Pulse.REGULAR or as_of not in days or not MAIL_FROM <= hour <= MAIL_UNTIL:
        return seen
    if delivered is None:
        if seen.last is None or seen.last.date() != as_of or seen.last.time() > REMIND_BY:
            return seen
        never = phrase("No mail could be delivered since reminders were chosen on {at}.", at=to_the_minute(seen.last))
        return replace(seen, pulse=Pulse.UNDELIVERED, sentence=never)
    if datetime.combine(as_of, hour, delivered.tzinfo) - delivered <= MAIL_WITHIN:
        return seen
    late = phrase("No mail could be delivered since {at}.", at=to_the_minute(delivered))
    return replace(seen, pulse=Pulse.UNDELIVERED, sentence=late)
