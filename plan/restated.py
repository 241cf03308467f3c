"""What readings change in what is known: which are new, which restate a figure, which say the same again."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
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
    of_measure: defaultdict[str, list[Reading]] = defaultdict(list)
    for fact in facts.every:
        if isinstance(fact, Reading):
            of_measure[fact.item].append(fact)
    told = {item: _Told(readings) for item, readings in of_measure.items()}
    found = []
    for reading in sorted(readings, key=lambda one: one.known_on):
        known = told.setdefault(reading.item, _Told(())).known_by(reading.known_on)
        change = _change(reading, known, doubt)
        if change.kind != "same" and (reading.item, reading.period, reading.value) in held:
            change = replace(change, kind="held before", reason="")
        if change.kind in ("new", "restated"):
            known[reading.period] = reading.value
        found.append(change)
    return tuple(found)


class _Told:
    """What was told of a measure, looked at for one day after another, so that many are gone through once."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._to_come = deque(sorted(readings, key=lambda one: one.known_on))
        self._known: dict[SchoolYear, Decimal] = {}

    def known_by(self, day: date) -> dict[SchoolYear, Decimal]:
        """Return the figures known on a day, no earlier than the last that was asked for."""
        while self._to_come and self._to_come[0].known_on <= day:
            told = self._to_come.popleft()
            self._known[told.period] = told.value
        return self._known


def _change(reading: Reading, known: Known, doubt: Callable[[Reading, Known], str]) -> Change:
    was = known.get(reading.period)
    if was == reading.value:
        return Change(reading=reading, kind="same", was=was)
    if reason := doubt(reading, known):
        return Change(reading=reading, kind="held", was=was, reason=reason)
    return Change(reading=reading, kind="new" if was is None else "restated", was=was)


def to_add(found: Iterable[Change]) -> tuple[Reading, ...]:
    """Return the readings that are facts of their own, in the order of becoming known."""
    return tuple(change.reading for change in found if change.kind in ("new", "restated"))
