"""What readings change in what is known: which are new, which restate a figure, which say the same again."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from plan.facts import Facts, Reading
from plan.periods import SchoolYear

Figure = tuple[str, SchoolYear, Decimal]
"""A measure, a school year and a value."""
Known = Mapping[SchoolYear, Decimal]
"""The figures of a measure that are known on a day, by school year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a reading changes."""

    reading: Reading
    kind: Literal["new", "restated", "same", "held", "held before"]
    was: Decimal | None = None
    """The figure known until then."""
    reason: str = ""
    """Why it is held; of the others empty."""


def believed(_reading: Reading, _known: Known) -> str:
    """Return an empty text: the reading is not doubted."""
    return ""


def changes(
    readings: Iterable[Reading],
    facts: Facts,
    *,
    doubt: Callable[[Reading, Known], str] = believed,
    held: Collection[Figure] = (),
) -> tuple[Change, ...]:
    """Return what each reading changes, by the day on which it became known: the figure known then, if any, is compared.

    Args:      doubt: returns why a reading is not to be believed beside what was known, or an empty text
               held: figures that were held before; whatever was decided of them, they are not held again
    """
    told: defaultdict[str, list[Reading]] = defaultdict(list)
    for fact in facts.every:
        if isinstance(fact, Reading):
            told[fact.item].append(fact)
    found = []
    for reading in sorted(readings, key=lambda one: one.known_on):
        change = _change(reading, told[reading.item], doubt)
        if change.kind != "same" and (reading.item, reading.period, reading.value) in held:
            change = replace(change, kind="held before", reason="")
        if change.kind in ("new", "restated"):
            told[reading.item].append(reading)
        found.append(change)
    return tuple(found)


def _change(reading: Reading, told: Iterable[Reading], doubt: Callable[[Reading, Known], str]) -> Change:
    before = sorted((one for one in told if one.known_on <= reading.known_on), key=lambda one: one.known_on)
    known = {one.period: one.value for one in before}
    was = known.get(reading.period)
    if was == reading.value:
        return Change(reading=reading, kind="same", was=was)
    if reason := doubt(reading, known):
        return Change(reading=reading, kind="held", was=was, reason=reason)
    return Change(reading=reading, kind="new" if was is None else "restated", was=was)


def to_add(found: Iterable[Change]) -> tuple[Reading, ...]:
    """Return the readings that are facts of their own, in the order of becoming known."""
    return tuple(change.reading for change in found if change.kind in ("new", "restated"))
