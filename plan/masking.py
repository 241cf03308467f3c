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
    smallest component goes with it. That may hide just one of another sum, so it is asked again until nothing follows. A
    component that is not known, as where a source withholds it, is hidden like the others if the rest would tell that it is
    too small.

    Args:      shown_before: what was told before already; hiding that would hide nothing, so something else is taken
               kept: what is hidden in any case
    Source:    rules.md 7
    """
    counting = [measure for measure in measures if counts_students(measure)]
    codes, worked_out = {measure.id for measure in counting}, _worked_out(counting, values)
    every = {**values, **worked_out}
    hidden = {*kept, *(of for of, value in every.items() if of[0] in codes and value < LEAST_SHOWN)}
    sums = list(_sums(counting, every))
    while more := next((of for one in sums if (of := _beside(one, every, hidden, shown_before))), None):
        hidden.add(more)
    return frozenset(hidden - worked_out.keys())


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
        sums = _sums(counting, {**values, **_worked_out(counting, values)})
        closed |= {of for one in sums if not hidden.isdisjoint(one) for of in one}
    return hidden & values.keys()


def _sums(measures: Iterable[LongTermMeasure], values: Mapping[Of, Decimal]) -> Iterator[list[Of]]:
    """Yield each measure of a year with all its components, itself last, where every one of them is known."""
    return (members for members in _possible(measures, values) if all(of in values for of in members))


def _worked_out(measures: Iterable[LongTermMeasure], values: Mapping[Of, Decimal]) -> dict[Of, Decimal]:
    """Return the components that are not known, and which the rest of their sum tells to be too small if all of it is shown."""
    found: dict[Of, Decimal] = {}
    for members in _possible(measures, values):
        unknown, known = [of for of in members if of not in values], [values[of] for of in members if of in values]
        if len(unknown) == 1 and min(known) >= LEAST_SHOWN:
            *components, whole = known
            rest = whole - sum(components)
            found |= {of: rest for of in unknown if 0 <= rest < LEAST_SHOWN}
    return found


def _possible(measures: Iterable[LongTermMeasure], values: Mapping[Of, Decimal]) -> Iterator[list[Of]]:
    """Yield each measure of a year in which it is known with all its components, itself last."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for measure in measures:
        if measure.part_of is not None:
            parts[measure.part_of].append(measure.id)
    for whole, components in parts.items():
        for year in sorted(year for code, year in values if code == whole):
            yield [(code, year) for code in (*components, whole)]


def _beside(members: list[Of], values: Mapping[Of, Decimal], hidden: set[Of], shown_before: frozenset[Of]) -> Of | None:
    """Return what has to be hidden beside the only hidden member of a sum; None if it has none, or several."""
    if sum(of in hidden for of in members) != 1:
        return None
    *components, whole = members
    left = sorted((of for of in components if of not in hidden), key=lambda of: (of in shown_before, values[of]))
    best = [*left[:1], *([whole] if whole not in hidden else [])]
    return next((of for of in best if of not in shown_before), best[0] if best else None)
