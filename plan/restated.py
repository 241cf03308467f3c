"""What readings change in what is known: which are new, which restate a figure, which say the same again."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from plan.facts import Facts, Reading
from plan.periods import SchoolYear

Figure = tuple[str, SchoolYear, Decimal]
"""A measure, a school year and a value."""
Held = Mapping[Figure, date | None]
"""Figures that were held, with the day of the yes; None where there was none, or a no."""
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
    held: Held = MappingProxyType({}),
) -> tuple[Change, ...]:
    """Return what each reading changes, by the day on which it became known: the figure known then, if any, is compared.

    What a source says again, it has said already: it does not undo what became known from elsewhere since.

    Args:      doubt: returns why a reading is not to be believed beside what was known, or an empty text
               held: the figures that were held before, with the day of the yes; None where there was none, or a no
    """
    of_measure: defaultdict[str, list[Reading]] = defaultdict(list)
    for fact in facts.every:
        if isinstance(fact, Reading):
            of_measure[fact.item].append(fact)
    told = {item: _Told(readings) for item, readings in of_measure.items()}
    found = []
    for reading in sorted(readings, key=lambda one: (one.known_on, one.period)):
        so_far = told.setdefault(reading.item, _Told(()))
        so_far.go_to(reading.known_on)
        change = _change(reading, so_far, doubt, held)
        if change.kind in ("new", "restated"):
            so_far.take(reading)
        found.append(change)
    return tuple(found)


class _Told:
    """What was told of a measure, looked at for one day after another, so that many are gone through once."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._to_come = deque(sorted(readings, key=lambda one: one.known_on))
        self.known: dict[SchoolYear, Decimal] = {}
        """The figures known on the day."""
        self.said: dict[tuple[SchoolYear, str], Decimal] = {}
        """The figure that each source gave last for each year."""

    def go_to(self, day: date) -> None:
        """Go on to a day, no earlier than the last one."""
        while self._to_come and self._to_come[0].known_on <= day:
            self.take(self._to_come.popleft())

    def take(self, reading: Reading) -> None:
        """Take a reading in."""
        self.known[reading.period] = self.said[reading.period, reading.source] = reading.value


def _change(reading: Reading, told: _Told, doubt: Callable[[Reading, Known], str], held: Held) -> Change:
    was = told.known.get(reading.period)
    figure = reading.item, reading.period, reading.value
    accepted_on = held.get(figure)
    is_let_in = accepted_on is not None and reading.known_on <= accepted_on
    if is_let_in or reading.value in (was, told.said.get((reading.period, reading.source))):
        return Change(reading=reading, kind="same", was=was)
    if figure in held and accepted_on is None:
        return Change(reading=reading, kind="held before", was=was)
    if accepted_on is None and (reason := doubt(reading, told.known)):
        return Change(reading=reading, kind="held", was=was, reason=reason)
    return Change(reading=reading, kind="new" if was is None else "restated", was=was)


def to_add(found: Iterable[Change]) -> tuple[Reading, ...]:
    """Return the readings that are facts of their own, in the order of becoming known."""
    return tuple(change.reading for change in found if change.kind in ("new", "restated"))
