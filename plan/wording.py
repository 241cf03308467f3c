"""How days, figures, counts and lists are put into words."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from plan.periods import MonthDay
from plan.phrase import Phrase, finished, phrase, template, with_parts

_MONTHS = (
    *(template("January"), template("February"), template("March"), template("April"), template("May"), template("June")),
    *(template("July"), template("August"), template("September"), template("October"), template("November")),
    template("December"),
)
_WRITTEN_DAY = re.compile(r"(?<![\w-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w-])", re.ASCII)
"""A day by itself; not one that is a part of a name, as in minutes-2026-10-14."""

_WEEKDAYS = (
    *(template("Monday"), template("Tuesday"), template("Wednesday"), template("Thursday"), template("Friday")),
    *(template("Saturday"), template("Sunday")),
)


def weekday(day: date) -> str:
    """Return the name of a day of the week, the same on every machine."""
    return phrase(_WEEKDAYS[day.weekday()])


def with_weekday(day: date) -> str:
    """Return a day with its day of the week, as in "Wednesday 14 October 2026"."""
    return phrase("{weekday} {day}", weekday=weekday(day), day=in_words(day))


def to_the_minute(at: datetime) -> str:
    """Return a time as people write it, as in "Wednesday 14 October 2026 at 07:30", in the zone that it has."""
    return phrase("{day} at {time}", day=with_weekday(at), time=f"{at:%H:%M}")


def in_words(day: date | MonthDay) -> str:
    """Return a day as people write it, as in "14 October 2026", of every year "14 October"; the same on every machine."""
    month = phrase(_MONTHS[day.month - 1])
    if isinstance(day, MonthDay):
        return phrase("{day} {month}", day=day.day, month=month)
    return phrase("{day} {month} {year}", day=day.day, month=month, year=day.year)


def with_days_in_words(sentence: str) -> str:
    """Return a sentence with its days as people write them; one that holds "2026-10-14" then holds "14 October 2026"."""
    if isinstance(sentence, Phrase):
        return with_parts(sentence, _with_days)
    return _WRITTEN_DAY.sub(lambda day: f"{int(day[3])} {_MONTHS[int(day[2]) - 1]} {day[1]}", sentence)


def _with_days(part: object) -> object:
    """Return a part of a phrase with its days in words: a day itself, or those that somebody wrote into a text."""
    if isinstance(part, date):
        return in_words(part)
    return with_days_in_words(part) if isinstance(part, str) else part


def exactly(figure: Decimal) -> str:
    """Return a figure with all its decimals, thousands apart, without zeros at the end."""
    text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def listed(parts: Sequence[str], *, most: int | None = None) -> str:
    """Return a list in words, as in "a, b and c"; of more than `most`, the last ones are counted."""
    if most is not None and len(parts) > most:
        parts = (*parts[:most], phrase("{count} more", count=len(parts) - most))
    if len(parts) < 2:
        return parts[0] if parts else ""
    *first, last = parts
    return phrase("{first} and {last}", first=joined(first, ", "), last=last)


def in_plain_words(status: str) -> Phrase:
    """Return a status as people write it, as in "on track"."""
    words = status.replace("_", " ")
    return phrase(words)


_UNITS = {
    "percent": template("percent"),
    "percentage points": template("percentage points"),
    "points": template("points"),
    "rating points": template("rating points"),
    "students": template("students"),
    "meetings": template("meetings"),
    "dollars": template("dollars"),
}
"""The units that are known in other languages; a plan may have any."""


def unit_in_words(unit: str) -> str:
    """Return a measure's unit, a phrase if it is a common one; any other is the plan's own word."""
    return phrase(_UNITS[unit]) if unit in _UNITS else unit


_STEPS = (
    *(template("request"), template("reminder"), template("due"), template("overdue"), template("supervisor")),
    *(template("cabinet"), template("slip"), template("plan-missing"), template("still-off"), template("recovered")),
)
"""The steps of the ladders that are known in other languages; a plan may give its own names to those of the late one."""


def step_in_words(step: str) -> str:
    """Return a step of a ladder, a phrase if it is a common one; any other is the plan's own word."""
    return phrase(step) if step in _STEPS else step


def counted(count: int, one: str) -> str:
    """Return a number of things, as in "1 reading" or "3 check-ins"."""
    things = f"{{count}} {one}" if count == 1 else f"{{count}} {one}s"
    return phrase(things, count=count)


def capitalised(text: str) -> str:
    """Return a text with its first letter large and the others as they are."""
    return finished(_capital, "{text}", text=text) if isinstance(text, Phrase) else _capital(text)


def sentence(text: str) -> str:
    """Return a text with the full stop that ends it."""
    return joined((text, "."), "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(parts: Iterable[str], between: str = " ") -> str:
    """Return texts one after the other, those that are empty left out; a phrase where one of them is."""
    kept = [part for part in parts if part]
    if len(kept) == 1:
        return kept[0]
    if not any(isinstance(part, Phrase) for part in kept):
        return between.join(kept)
    named = {f"part{at}": part for at, part in enumerate(kept)}
    side_by_side = between.replace("{", "{{").replace("}", "}}").join(f"{{{name}}}" for name in named)
    return phrase(side_by_side, **named)
