"""The count of keys: what plan and calendar call for on a day, against what the outbox holds for that day.

Reminders that silently stay out look like a plan on which nothing is owed; this count is what tells the two apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from plan.digests import due_notices
from plan.facts import Facts
from plan.ladder import Situation
from plan.slips import Slip
from plan.wording import counted, listed

MOST_NAMED = 5
"""How many keys a sentence names before it counts the others."""


NO_DIFFERENCE = "the difference is 0"
"""What a count says when it came out even; who reads later what was said looks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was expected, what was found, and every difference by its key."""

    day: date
    expected: int
    """The keys that the day calls for: those found rightly, held back or missing."""
    found: int
    """The keys that the outbox holds for the day."""
    held_back: int
    """The keys that wait for a later day, for a person has had enough."""
    answered: int
    """The keys found that nothing calls for any more, since an answer came during the day."""
    missing: tuple[str, ...] = ()
    """Called for, and neither in the outbox nor held back."""
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
        said += f", {self.answered} answered since" if self.answered else ""
        if self.is_even:
            return f"{said}; {NO_DIFFERENCE}"
        differences = (("missing", self.missing), ("not called for", self.unexpected))
        return f"{said}; " + "; ".join(
            f"{len(keys)} {what}: {listed(list(keys), most=MOST_NAMED)}" for what, keys in differences if keys
        )


def tally(situation: Situation, at_dawn: Facts, *, as_of: date) -> Tally:
    """Count the keys of a day, steps that were passed over left out.

    What the day's own judgement began or ended may be told on the day, and has to be told from the next one on.

    Args:      situation: the day's, with all that was told up to its end
               at_dawn: the facts that were known before the day
    Source:    docs/mail.md, "How is it known that nothing was left out?"
    """
    held_back, missing = _left(replace(situation, slips=_before(situation.slips, as_of)), as_of)
    morning = replace(situation, told=situation.told.before(as_of))
    now, before = _called_for(morning, as_of), _called_for(replace(morning, facts=at_dawn), as_of)
    found = {telling.key for telling in situation.told.on(as_of) if not telling.skipped}
    answered, unexpected = (found & before) - now, found - before - now
    return Tally(
        day=as_of,
        expected=len(found) - len(unexpected) + len(held_back) + len(missing),
        found=len(found),
        held_back=len(held_back),
        answered=len(answered),
        missing=tuple(sorted(missing)),
        unexpected=tuple(sorted(unexpected)),
    )


def _left(situation: Situation, as_of: date) -> tuple[set[str], set[str]]:
    """Return the keys that are held back, and those that would go out now."""
    left = due_notices(situation, as_of=as_of)
    due = {notice.key for digest in left.digests for notice in digest.notices}
    return {one.notice.key for one in left.held_back}, due


def _called_for(situation: Situation, as_of: date) -> set[str]:
    return set().union(*_left(situation, as_of))


def _before(slips: Mapping[str, Slip], day: date) -> dict[str, Slip]:
    """Return the slips that neither began nor ended on a day."""
    return {item: slip for item, slip in slips.items() if day not in (slip.since, slip.over_on)}
