"""A measure's chart: what was expected by school year against what was read, as places on a small sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import ceil, floor

from plan.assess import shown
from plan.expected import ByYear
from plan.periods import SchoolYear
from plan.phrase import phrase
from plan.wording import joined, listed

WIDTH, HEIGHT = 400, 216
_TOP, _BOTTOM = 24, 46
"""What is kept free above and below the scale."""
_MOST_YEARS = 6
"""For how many years there is room to write them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place on the sheet, and what is written there; empty where there is no room."""

    x: float
    y: float
    text: str = ""
    below: bool = False
    """Whether it is written below the place, away from the line of what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearShown:
    """What a school year has in the chart, in words."""

    name: str
    expected: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart, ready to be drawn, and the same as a table."""

    width: int
    height: int
    left: int
    levels: tuple[Mark, ...]
    """The lines of the scale, from low to high."""
    names: tuple[Mark, ...]
    """The school years below the scale."""
    expected: tuple[tuple[Mark, ...], ...]
    """One line for a way, two for a bound on each side."""
    readings: tuple[Mark, ...]
    description: str
    years: tuple[YearShown, ...]


def chart(expected: Sequence[ByYear], readings: ByYear) -> Chart:
    """Return the chart of at least one reading.

    Args:      expected: lines of values by school year, each in order
    """
    return _Sheet(expected, dict(sorted(readings.items()))).chart()


@dataclass(frozen=True)
class _Sheet:
    expected: Sequence[ByYear]
    readings: ByYear

    def chart(self) -> Chart:
        return Chart(
            width=WIDTH,
            height=HEIGHT,
            left=self._left,
            levels=tuple(Mark(x=WIDTH, y=self._y(value), text=shown(value)) for value in self._scale),
            names=tuple(Mark(x=self._x(year), y=HEIGHT, text=str(year)) for year in self._years if self._has_room(year)),
            expected=tuple(
                tuple(Mark(x=self._x(year), y=self._y(value)) for year, value in line.items()) for line in self.expected
            ),
            readings=tuple(self._reading(year, value) for year, value in self.readings.items()),
            description=joined(self._sentences()),
            years=tuple(self._year(year) for year in self._years),
        )

    @cached_property
    def _years(self) -> tuple[SchoolYear, ...]:
        found = [year for values in (*self.expected, self.readings) for year in values]
        return tuple(SchoolYear(first) for first in range(min(found).first, max(found).first + 1))

    @cached_property
    def _scale(self) -> list[Decimal]:
        """Round values, evenly spaced, from below the lowest to above the highest one."""
        values = [value for line in (*self.expected, self.readings) for value in line.values()]
        low, high = min(values), max(values)
        apart = (high - low) / 4 or Decimal(1)
        power = apart.adjusted()
        step = next(Decimal(many).scaleb(power) for many in (1, 2, 5, 10) if many >= apart.scaleb(-power))
        first = floor(low / step)
        return [step * at for at in range(first, max(ceil(high / step), first + 1) + 1)]

    @cached_property
    def _left(self) -> int:
        """Where the lines of the scale begin, beside the longest of its figures."""
        return 14 + 8 * max(len(shown(value)) for value in self._scale)

    @cached_property
    def _side(self) -> int:
        """What is kept free on both sides of the years, for half of the longest figure."""
        return max(28, 8 + 4 * max(len(shown(value)) for value in self.readings.values()))

    def _x(self, year: SchoolYear) -> float:
        first, last = self._years[0].first, self._years[-1].first
        share = (year.first - first) / (last - first) if last > first else 0.5
        start = self._left + self._side
        return round(start + share * (WIDTH - self._side - start), 1)

    def _y(self, value: Decimal) -> float:
        share = (value - self._scale[0]) / (self._scale[-1] - self._scale[0])
        return round(HEIGHT - _BOTTOM - float(share) * (HEIGHT - _TOP - _BOTTOM), 1)

    def _has_room(self, year: SchoolYear) -> bool:
        """Return whether a year is written out: of many only some, the last among them."""
        return (self._years[-1].first - year.first) % ceil(len(self._years) / _MOST_YEARS) == 0

    def _reading(self, year: SchoolYear, value: Decimal) -> Mark:
        lowest = min((line[year] for line in self.expected if year in line), default=value)
        text = shown(value) if self._has_room(year) else ""
        return Mark(x=self._x(year), y=self._y(value), text=text, below=value < lowest)

    def _sentences(self) -> Iterator[str]:
        for line in self.expected:
            yield phrase("Expected: {values}.", values=_in_words(line))
        yield phrase("Readings: {values}.", values=_in_words(self.readings))

    def _year(self, year: SchoolYear) -> YearShown:
        expected = " to ".join(shown(line[year]) for line in self.expected if year in line)
        reading = shown(self.readings[year]) if year in self.readings else ""
        return YearShown(name=str(year), expected=expected, reading=reading)


def _in_words(values: ByYear) -> str:
    return listed([phrase("{value} in {year}", value=shown(value), year=year) for year, value in values.items()])
