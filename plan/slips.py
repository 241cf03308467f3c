"""Measures that slipped and came back.

A slip lasts from the day on which a measure was first judged off track, declined or missed to the day on which it was judged
otherwise. That nothing is known any more ends no slip.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from plan.assess import SLIPPED, MeasureStatus

BACK = frozenset({MeasureStatus.WATCH, MeasureStatus.ON_TRACK, MeasureStatus.MET})
"""The statuses that end a slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One slip of a measure."""

    item: str
    since: date
    """The day on which it was judged so first."""
    reason: str
    """The arithmetic of the day; once it is over, that of the recovery."""
    over_on: date | None = None
    """The day on which it was judged to be back; None while it lasts."""


def slips_after(slips: Mapping[str, Slip], judged: Iterable[tuple[str, str, str]], *, day: date) -> dict[str, Slip]:
    """Return the last slip of each measure after a day's judgement.

    Args:      slips: the last slip of each measure before the day; judged: (measure, status, reason)
    """
    after = dict(slips)
    for item, status, reason in judged:
        last = after.get(item)
        lasts = last is not None and last.over_on is None
        if status in SLIPPED and not lasts:
            after[item] = Slip(item=item, since=day, reason=reason)
        elif status in SLIPPED and last is not None:
            after[item] = replace(last, reason=reason)
        elif status in BACK and last is not None and lasts:
            after[item] = replace(last, reason=reason, over_on=day)
    return after
