"""Counts of students that are too small to be shown, because people could be recognised in them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from plan.facts import Facts, Reading
from plan.model import LongTermMeasure
from plan.periods import SchoolYear

LEAST_SHOWN = 5
"""The smallest count of students that is shown (rules.md 7)."""
COUNTED = "students"
"""The unit of measures that count students."""

Of = tuple[str, SchoolYear]
"""A measure's code and a school year."""


def counts_students(measure: LongTermMeasure) -> bool:
    """Return whether a measure's figures are counts of students."""
    return (measure.unit or "").casefold() == COUNTED


def masked(
    measures: Sequence[LongTermMeasure],
    values: Mapping[Of, Decimal],
    *,
    shown_before: frozenset[Of] = frozenset(),
    kept: frozenset[Of] = frozenset(),
) -> frozenset[Of]:
    """Return which readings are not shown: counts below 5, and what would let one be worked out.

    Where a measure and all its components are known and just one of them is hidden, it could be worked out; then the next
    smallest component goes with it. That may hide just one of another sum, so it is asked again until nothing follows.

    Args:      shown_before: what was told before already; hiding that would hide nothing, so something else is taken
               kept: what is hidden in any case
    Source:    rules.md 7
    """
    codes = {measure.id for measure in measures if counts_students(measure)}
    hidden = {*kept, *(of for of, value in values.items() if of[0] in codes and value < LEAST_SHOWN)}
    sums = list(_sums([measure for measure in measures if measure.id in codes], values))
    while more := next((of for one in sums if (of := _beside(one, values, hidden, shown_before))), None):
        hidden.add(more)
    return frozenset(hidden)


def masked_so_far(measures: Sequence[LongTermMeasure], facts: Facts) -> frozenset[Of]:
    """Return which readings are not shown where anybody may have looked on every day before; `masked` says which for one day.

    What such a page tells on a day follows from what was known on it, so all its days are gone through. A figure that it told
    is not hidden in place of one that it did not, for whoever saw it still knows it. And once something is left out of a sum,
    what is restated in that sum is left out too: the new figures beside the old ones would tell it.

    Args:      facts: those known on the day that is shown
    Source:    rules.md 7
    """
    counting = [measure for measure in measures if counts_students(measure)]
    codes = {measure.id for measure in counting}
    readings = (fact for fact in facts.every if isinstance(fact, Reading) and fact.item in codes)
    values, told, hidden, closed = dict[Of, Decimal](), frozenset[Of](), frozenset[Of](), frozenset[Of]()
    for _, of_day in groupby(sorted(readings, key=lambda one: one.known_on), key=lambda one: one.known_on):
        news = {(one.item, one.period): one.value for one in of_day}
        told -= {of for of, value in news.items() if values.get(of) != value}
        values |= news
        hidden = masked(counting, values, shown_before=told, kept=closed - told)
        told |= values.keys() - hidden
        closed |= {of for one in _sums(counting, values) if not hidden.isdisjoint(one) for of in one}
    return hidden


def _sums(measures: Iterable[LongTermMeasure], values: Mapping[Of, Decimal]) -> Iterator[list[Of]]:
    """Yield each measure of a year with all its components, itself last, where every one of them is known."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for measure in measures:
        if measure.part_of is not None:
            parts[measure.part_of].append(measure.id)
    for whole, components in parts.items():
        for year in sorted(year for code, year in values if code == whole):
            members = [(code, year) for code in (*components, whole)]
            if all(of in values for of in members):
                yield members


def _beside(members: list[Of], values: Mapping[Of, Decimal], hidden: set[Of], shown_before: frozenset[Of]) -> Of | None:
    """Return what has to be hidden beside the only hidden member of a sum; None if it has none, or several."""
    if sum(of in hidden for of in members) != 1:
        return None
    *components, whole = members
    left = sorted((of for of in components if of not in hidden), key=lambda of: (of in shown_before, values[of]))
    best = [*left[:1], *([whole] if whole not in hidden else [])]
    return next((of for of in best if of not in shown_before), best[0] if best else None)
