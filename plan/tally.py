"""The count of keys: what plan and calendar call for on a day, against what the outbox holds for that day.

Reminders that silently stay out look like a plan on which nothing is owed; this count is what tells the two apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from plan.digests import due_notices
from plan.ladder import Situation
from plan.slips import Slip
from plan.wording import counted, listed

MOST_NAMED = 5
"""How many keys a sentence names before it counts the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was expected, what was found, and every difference by its key."""

    day: date
    expected: int
    """The keys that the day calls for: those found rightly, held back or missing."""
    found: int
    """The keys that the outbox holds for the day."""
    held_back: int
    """The keys that wait for a later week, for a person has had enough in this one."""
    only_at_dawn: int
    """The keys found that nothing calls for any more: an answer came, or a mail server refused the address."""
    only_since: int
    """The keys not found that were not called for all day; they are expected from the next working day on."""
    missing: tuple[str, ...] = ()
    """Called for all day, and neither in the outbox nor held back."""
    unexpected: tuple[str, ...] = ()
    """In the outbox, though neither plan nor calendar calls for it."""

    @property
    def is_even(self) -> bool:
        """Return whether the difference is 0."""
        return not self.missing and not self.unexpected

    def __str__(self) -> str:
        """Return the count as a sentence."""
        said = f"{counted(self.expected, 'key')} expected on {self.day}, {self.found} in the outbox"
        said += f", {self.held_back} held back" if self.held_back else ""
        said += f", {self.only_at_dawn} over since the morning" if self.only_at_dawn else ""
        said += f", {self.only_since} more from the next working day on" if self.only_since else ""
        if self.is_even:
            return f"{said}; the difference is 0"
        differences = (("missing", self.missing), ("not called for", self.unexpected))
        return f"{said}; " + "; ".join(
            f"{len(keys)} {what}: {listed(list(keys), most=MOST_NAMED)}" for what, keys in differences if keys
        )


def tally(evening: Situation, dawn: Situation, *, undone: Situation | None = None, as_of: date) -> Tally:
    """Count the keys of a day, steps that were passed over left out.

    What came or went during the day may be told on the day and need not be: an answer, a refused address, a slip. Missing
    is therefore only what both ends of the day call for, and uncalled for only what neither does. An answer or a referral may
    even have come and been taken back; then neither end knows of it.

    Args:      evening: with all that was told, became known and was judged up to the day's end
               undone: the evening as it would be if nothing had been taken back during the day; None: nothing was
               dawn: with what was known, judged and refused before the day began; what it was told is not looked at
    Source:    docs/mail.md, "How is it known that nothing was left out?"
    """
    told = evening.told.before(as_of)
    found = {telling.key for telling in evening.told.on(as_of) if not telling.skipped}
    held_back, due = _keys(replace(evening, told=told), as_of)
    now = held_back | due
    at_dawn = set[str]().union(*_keys(replace(dawn, told=told), as_of))
    at_noon = now
    if undone is not None and undone.facts != evening.facts:
        at_noon = set[str]().union(*_keys(replace(undone, told=told), as_of))
    meanwhile = set[str]().union(*_keys(replace(evening, told=told, slips=_lasting(evening.slips, as_of)), as_of))
    unexpected = found - now - at_dawn - meanwhile - at_noon
    all_day = at_dawn & at_noon
    waiting, missing = (held_back & all_day) - found, (due & all_day) - found
    return Tally(
        day=as_of,
        expected=len(found) - len(unexpected) + len(waiting) + len(missing),
        found=len(found),
        held_back=len(waiting),
        only_at_dawn=len(found - now - unexpected),
        only_since=len(now - all_day - found),
        missing=tuple(sorted(missing)),
        unexpected=tuple(sorted(unexpected)),
    )


def _keys(situation: Situation, as_of: date) -> tuple[set[str], set[str]]:
    """Return the keys that are called for: those held back, and those due."""
    post = due_notices(situation, as_of=as_of)
    due = {notice.key for digest in post.digests for notice in digest.notices}
    return {one.notice.key for one in post.held_back}, due


def _lasting(slips: Mapping[str, Slip], day: date) -> dict[str, Slip]:
    """Return slips as they were before a day ended any: one may have begun, been told and ended on the same day."""
    return {item: replace(slip, over_on=None) if slip.over_on == day else slip for item, slip in slips.items()}
