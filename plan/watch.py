"""Whether reminders are still chosen: by when `remind` has to have run, and how it is said that it has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from plan.periods import WorkingDays
from plan.wording import in_words, weekday

REMIND_BY = time(9)
"""Until when the reminders of a working day have been chosen, in the plan's time zone.

Source:    docs/rules.md, "By when are reminders chosen?": `remind` runs at 07:30 and has 90 minutes
"""


class Pulse(StrEnum):
    """Whether there are signs of life."""

    REGULAR = "regular"  # reminders were chosen for the last day that asked for them, or on a later one
    STOPPED = "stopped"  # they were not


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is seen at an instant."""

    pulse: Pulse
    due: date
    """The last working day whose reminders have to have been chosen by then."""
    sentence: str


def watch(chosen: Mapping[date, datetime], days: WorkingDays, *, as_of: date, hour: time) -> Watch:
    """Return whether reminders were chosen when they had to be.

    Args:      chosen: the days that `remind` completed for, working days or not, and when it did, in the plan's time zone
               as_of: the day on which that is asked; what was chosen for later days does not count
               hour: the time of day at which it is asked, in the plan's time zone; from 09:00 on the day's own have to be there
    Raises:    OutsideCalendar: the day lies too far from the plan's years
    """
    due = as_of if as_of in days and hour >= REMIND_BY else days.last_before(as_of)
    last = max((day for day in chosen if day <= as_of), default=None)
    when = _moment(chosen[last]) if last else ""
    if last and last >= due:
        return Watch(pulse=Pulse.REGULAR, due=due, sentence=f"Reminders last ran on {when}.")
    before = f"the last time was {when}" if last else "none ever were"
    sentence = f"No reminders were chosen on {weekday(due)} {in_words(due)} by {REMIND_BY:%H:%M}; {before}."
    return Watch(pulse=Pulse.STOPPED, due=due, sentence=sentence)


def _moment(at: datetime) -> str:
    return f"{weekday(at)} {in_words(at)} at {at:%H:%M}"
