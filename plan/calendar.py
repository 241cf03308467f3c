"""The school calendar as people write it, and the working days that follow from it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Annotated

import holidays
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plan.model import Span
from plan.periods import SchoolYear, WorkingDays
from plan.record import Label, Record

YEARS_BEFORE, YEARS_AFTER = 5, 10
"""How far beyond the plan's own years the working days are known, in calendar years."""


class Break(Span):
    """Days on which the district's offices are closed."""

    name: Label
    placeholder: bool = False
    """Whether the days stand in for the district's own, which are not known yet."""


_COUNTRY, _SUBDIVISION = r"^[A-Z]{2}$", r"^[A-Z0-9]{1,3}$"


def _country(text: str) -> str:
    if not re.fullmatch(_COUNTRY, text):
        raise PydanticCustomError(
            "country", '"{text}" is not a country code; write two capital letters, as in US', {"text": text}
        )
    return text


def _subdivision(text: str) -> str:
    if not re.fullmatch(_SUBDIVISION, text):
        raise PydanticCustomError(
            "subdivision", '"{text}" is not a code of a state or region; write it as in TX', {"text": text}
        )
    return text


class Calendar(Record):
    """Which public holidays count, and the district's breaks."""

    country: Annotated[str, AfterValidator(_country), Field(json_schema_extra={"pattern": _COUNTRY})] = "US"
    subdivision: Annotated[str, AfterValidator(_subdivision), Field(json_schema_extra={"pattern": _SUBDIVISION})] | None = None
    holidays: tuple[Label, ...] = ()
    """Names as the `holidays` library gives them; a day that it marks "(observed)" counts with its holiday."""
    breaks: tuple[Break, ...] = ()

    def working_days(self, first: SchoolYear, last: SchoolYear) -> WorkingDays:
        """Return the working days around a plan's years, from 5 calendar years before to 10 after."""
        start, end = date(first.first - YEARS_BEFORE, 1, 1), date(last.first + YEARS_AFTER, 1, 1)
        public = _public_holidays(self.country, self.subdivision, range(start.year, end.year))
        closed = {day for day, name in public if name in self.holidays}
        closed.update(day for one in self.breaks for day in _days(one.first_day, one.last_day))
        return WorkingDays(start=start, end=end, closed=frozenset(closed))

    def library_names(self, first: SchoolYear, last: SchoolYear) -> list[str]:
        """Return every name that may be listed for the plan's years, sorted."""
        return sorted(
            {name for _, name in _public_holidays(self.country, self.subdivision, range(first.first, last.first + 2))}
        )


def lies_near(day: date, first: SchoolYear, last: SchoolYear) -> bool:
    """Return whether a day lies inside what the calendar of a plan's years covers, with a year to spare on both sides."""
    return first.first - YEARS_BEFORE < day.year < last.first + YEARS_AFTER - 1


@cache
def _public_holidays(country: str, subdivision: str | None, years: range) -> tuple[tuple[date, str], ...]:
    """Return (day, name) of the public holidays; none for a country or subdivision that the library does not know."""
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=years)
    except NotImplementedError:
        return ()
    return tuple((day, name.removesuffix(" (observed)")) for day, names in sorted(found.items()) for name in names.split("; "))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
