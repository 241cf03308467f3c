"""School years, quarters and working days. Every span is half open: `start` is in it, `end` is not."""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from plan.phrase import phrase

YEAR_PATTERN = r"^\d{4}-\d{2}$"


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of every year, written "07-01"; 02-29 is refused because most years lack it."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "07-01".

        Raises:    ValueError: it is not a month and a day that every year has
        """
        found = re.fullmatch(r"(\d{2})-(\d{2})", text, re.ASCII)
        if not found:
            raise ValueError(f'"{text}" is not a month and a day; write it as in "07-01"')
        month, day = int(found[1]), int(found[2])
        try:
            date(2001, month, day)  # a year without 29 February
        except ValueError:
            raise ValueError(f'"{text}" is not a day of every year; write month-day as in "07-01"') from None
        return cls(month, day)

    def in_year(self, year: int) -> date:
        """Return this day in a calendar year."""
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return _read_from_text(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^\d{2}-\d{2}$", "examples": ["07-01"]}


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """A school year, written "2026-27". When it starts is the plan's setting, so spans ask for it."""

    first: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2026-27".

        Raises:    ValueError: it is not two consecutive years
        """
        found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
        if not found or not 1900 <= int(found[1]) < 2200 or (int(found[1]) + 1) % 100 != int(found[2]):
            raise ValueError(f'"{text}" is not a school year; write two consecutive years as in "2026-27"')
        return cls(int(found[1]))

    @classmethod
    def containing(cls, day: date, *, starts: MonthDay) -> Self:
        """Return the school year that a day lies in."""
        return cls(day.year if day >= starts.in_year(day.year) else day.year - 1)

    @property
    def before(self) -> Self:
        """Return the school year before."""
        return type(self)(self.first - 1)

    @property
    def after(self) -> Self:
        """Return the school year after."""
        return type(self)(self.first + 1)

    def start(self, starts: MonthDay) -> date:
        """Return the first day in it."""
        return starts.in_year(self.first)

    def end(self, starts: MonthDay) -> date:
        """Return the first day after it."""
        return starts.in_year(self.first + 1)

    def __str__(self) -> str:
        return f"{self.first}-{(self.first + 1) % 100:02d}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return _read_from_text(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": YEAR_PATTERN, "examples": ["2026-27"]}


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a school year, written "2026-27 Q2"; three months counted from the year's first day."""

    year: SchoolYear
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2026-27 Q2".

        Raises:    ValueError: it is not a school year and a quarter of it
        """
        year, _, number = text.partition(" ")
        if number not in ("Q1", "Q2", "Q3", "Q4"):
            raise ValueError(f'"{text}" is not a quarter; write it as in "2026-27 Q2"')
        return cls(SchoolYear.parse(year), int(number[1]))

    @classmethod
    def containing(cls, day: date, *, starts: MonthDay) -> Self:
        """Return the quarter that a day lies in."""
        year = SchoolYear.containing(day, starts=starts)
        return next(q for q in cls.all_of(year) if day < q.end(starts))

    @classmethod
    def all_of(cls, year: SchoolYear) -> tuple[Self, ...]:
        """Return the four quarters of a school year, first to last."""
        return tuple(cls(year, number) for number in (1, 2, 3, 4))

    @property
    def before(self) -> Self:
        """Return the quarter before."""
        return type(self)(self.year.before, 4) if self.number == 1 else type(self)(self.year, self.number - 1)

    @property
    def after(self) -> Self:
        """Return the quarter after."""
        return type(self)(self.year.after, 1) if self.number == 4 else type(self)(self.year, self.number + 1)

    def start(self, starts: MonthDay) -> date:
        """Return the first day in it."""
        return months_after(self.year.start(starts), 3 * (self.number - 1))

    def end(self, starts: MonthDay) -> date:
        """Return the first day after it."""
        return months_after(self.year.start(starts), 3 * self.number)

    def __str__(self) -> str:
        return f"{self.year} Q{self.number}"


Period = SchoolYear | Quarter


def read_period(text: str) -> Period:
    """Read "2026-27 Q2" or "2026-27".

    Raises:    ValueError: it is neither a quarter nor a school year
    """
    return Quarter.parse(text) if " " in text else SchoolYear.parse(text)


class OutsideCalendar(ValueError):
    """The day lies outside the years that the calendar covers; choose a day near the plan's own years."""


@dataclass(frozen=True)
class WorkingDays:
    """The working days of a span of years; all offsets, graces and ladder steps are counted on it.

    Source:    rules.md 1: Monday to Friday, no named public holiday, not in a break
    """

    start: date
    end: date
    closed: frozenset[date]

    @cached_property
    def _days(self) -> tuple[date, ...]:
        span = (self.start + timedelta(days=n) for n in range((self.end - self.start).days))
        return tuple(day for day in span if day.weekday() < 5 and day not in self.closed)

    def __contains__(self, day: date) -> bool:
        self._covers(day)
        return day.weekday() < 5 and day not in self.closed

    def on_or_after(self, day: date) -> date:
        """Return the day itself if it is a working day, else the next one."""
        return self._at(bisect_left(self._days, self._covers(day)), day)

    def last_before(self, day: date) -> date:
        """Return the last working day before a day."""
        return self._at(bisect_left(self._days, self._covers(day)) - 1, day)

    def offset(self, day: date, count: int) -> date:
        """Return the working day that lies `count` working days after a day (before it, when negative).

        Counting starts at the day itself if it is a working day, else at the next one.
        """
        return self._at(bisect_left(self._days, self._covers(day)) + count, day)

    def between(self, earlier: date, later: date) -> int:
        """Return how many working days lie after `earlier`, up to and including `later`; negative the other way round."""
        return bisect_right(self._days, self._covers(later)) - bisect_right(self._days, self._covers(earlier))

    def _at(self, index: int, asked: date) -> date:
        if not 0 <= index < len(self._days):
            raise _outside(asked, self.start, self.end)
        return self._days[index]

    def _covers(self, day: date) -> date:
        if not self.start <= day < self.end:
            raise _outside(day, self.start, self.end)
        return day


def _outside(day: date, start: date, end: date) -> OutsideCalendar:
    said = phrase("{day} lies outside the calendar, which runs from {start} to {end}", day=day, start=start, end=end)
    return OutsideCalendar(said)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month; a day that the month lacks (31) becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _read_from_text(cls: type[MonthDay] | type[SchoolYear]) -> CoreSchema:
    def read(value: object) -> object:
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        raise ValueError(f'write it as text, as in "{"07-01" if cls is MonthDay else "2026-27"}"')

    return core_schema.no_info_plain_validator_function(read, serialization=core_schema.to_string_ser_schema())
