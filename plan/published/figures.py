"""A sentence in which years, days and figures are told apart, so that a rule sees "from 88 in {y2021} to 94 in {y2026}"."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from plan.periods import MonthDay, SchoolYear

_MONTH = (
    r"jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?|"
    r"oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?"
)
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_LIKE_ASCII = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2018": "'", "\u2019": "'"}
)

_SCHOOL_YEAR = re.compile(r"(?<![\w.-])(?:sy ?|fy ?)?(20\d\d) ?[-/] ?((?:20)?\d\d)(?![\w%-]|\.\d)")
_FISCAL_YEAR = re.compile(r"\b(?:fy|fiscal year) ?'?((?:20)?\d\d)(?![\w%-])")
_DAY_IN_WORDS = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (20\d\d)\b")
_DAY_IN_FIGURES = re.compile(r"(?<![\w/.-])(\d{1,2})/(\d{1,2})/(20\d\d)(?![\w/])")
_ISO_DAY = re.compile(r"(?<![\w/.-])(20\d\d)-(\d\d)-(\d\d)(?![\w-])")
_MONTH_OF_YEAR = re.compile(rf"\b(?:the end of )?({_MONTH}),? (?:of )?(20\d\d)\b")
_SEASON = re.compile(r"\b(?:spring|summer|fall|autumn|winter|mid-?year)(?: of)? (20\d\d)\b")
_YEAR_AFTER = r"by|in|since|until|through|before|after|prior to|class of|year|during|for|beginning|starting"
_YEAR = re.compile(rf"\b({_YEAR_AFTER})( the)? (20[0-9]{{2}})(?![\w%{{+]|[.,-]\d| (?:[a-z]+ ){{0,2}}[a-z]+s\b)")
_END_OF_YEAR = re.compile(r"(\b(?:end|close) of(?: the)?(?: calendar)?(?: year)?) (20[0-9]{2})(?![\w%{+]|[.,-]\d)")
_OPENING_YEAR = re.compile(r"^(by|in) (20[0-9]{2})\b(?![%-])")
_IN_BRACKETS = re.compile(r"\((20[0-9]{2})\)")
_NAMES_A_THING = re.compile(
    r"\b(?:grades?|phase|level|tier|title|goal|objective|chapter|section|domain|step|stage|algebra|room)"
    r"( \d+(?: ?(?:-|and|to|through|,) ?\d+)*)"
)
_CAL, _DAY, _END = "c", "d", "e"

WHEN = r"\{[ycde][\d-]+\}"
"""What stands for a school year, a calendar year, a day or the end of a calendar year."""
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,6})?"
AMOUNT = rf"\$?(?<![\w.]){NUMBER}(?![\w{{]|\.\d|,\d{{3}})(?: (?:million|billion|thousand)\b)?"
"""A figure without its unit, as in 88, 1,250.5 or $1.5 million."""
UNIT = r"(?: ?%| percent(?:age)?(?: points?)?| points?| pts?)"
_TIMES = {"million": 1_000_000, "billion": 1_000_000_000, "thousand": 1000}
_ANY_AMOUNT = re.compile(AMOUNT)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence as rules read it: in small letters, with one kind of dash, years and days in braces."""

    text: str
    as_published: str


def told(sentence: str) -> Told:
    """Return a sentence with its years, days and figures told apart."""
    text = " ".join(sentence.translate(_LIKE_ASCII).lower().split()).replace("{", "(").replace("}", ")")
    text = _ISO_DAY.sub(lambda found: _day(found[0], found[1], found[2], found[3]), text)
    text = _SCHOOL_YEAR.sub(_school_year, text)
    text = _FISCAL_YEAR.sub(lambda found: f"{{y{2000 + int(found[1][-2:]) - 1}}}", text)
    text = _DAY_IN_WORDS.sub(lambda found: _day(found[0], found[3], _month(found[1]), found[2]), text)
    text = _DAY_IN_FIGURES.sub(lambda found: _day(found[0], found[3], found[1], found[2]), text)
    text = _MONTH_OF_YEAR.sub(lambda found: _day(found[0], found[2], _month(found[1]), 0), text)
    text = _SEASON.sub(lambda found: f"{{s{found[1]}}}", text)
    text = _END_OF_YEAR.sub(r"\1 {e\2}", text)
    text = _OPENING_YEAR.sub(r"\1 {c\2}", text)
    text = _IN_BRACKETS.sub(r"({c\1})", text)
    text = _YEAR.sub(_year, text)
    text = _NAMES_A_THING.sub(lambda found: found[0].replace(found[1], " " + re.sub(r"\d", "#", found[1].strip())), text)
    for value, word in enumerate(_WORDS, start=1):
        text = re.sub(rf"\b(by|to|least|than|of|from) {word}\b(?!-)", rf"\1 {value}", text)
    return Told(text, sentence)


def _school_year(found: re.Match[str]) -> str:
    first, second = int(found[1]), int(found[2])
    if second % 100 == (first + 1) % 100 and (second < 100 or second == first + 1):
        return f"{{y{first}}}"
    return f"{{p{found[1]}-{found[2]}}}" if len(found[2]) == 4 else found[0]


def _year(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2] or ''} {{c{found[3]}}}"


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) // 3 + 1


def _day(written: str, year: str, month: str | int, day: str | int) -> str:
    """Return a day in braces, the month's last one where it is 0; as it was written where the calendar has no such day."""
    try:
        last = monthrange(int(year), int(month))[1]
        return f"{{d{date(int(year), int(month), int(day) or last).isoformat()}}}"
    except ValueError:  # IllegalMonthError is one
        return written


def amount(written: str) -> Decimal:
    """Return a figure as a number."""
    digits, _, times = written.strip().removeprefix("$").replace(",", "").partition(" ")
    value = Decimal(digits) * _TIMES.get(times, 1)
    return Decimal(int(value)) if times and value == int(value) else value


def amounts(text: str) -> Iterator[Decimal]:
    """Yield every figure of a sentence that was told apart, no years and no days."""
    yield from (amount(found[0]) for found in _ANY_AMOUNT.finditer(re.sub(r"\{[^}]*\}", " ", text)))


def school_year(when: str) -> SchoolYear:
    """Return the school year that a year or a day in braces means; of a calendar year, the one that ends in it.

    The end of a calendar year lies in the school year that begins in it.
    """
    kind, rest = when[1], when[2:-1]
    if kind == _DAY:
        return SchoolYear.containing(date.fromisoformat(rest), starts=MonthDay(7, 1))
    return SchoolYear(int(rest) - (kind == _CAL))


def last_day(when: str) -> date:
    """Return the last day of what a year or a day in braces means."""
    kind, rest = when[1], when[2:-1]
    if kind == _DAY:
        return date.fromisoformat(rest)
    return date(int(rest), 12, 31) if kind in (_CAL, _END) else date(int(rest) + 1, 6, 30)


def is_calendar_year(when: str) -> bool:
    """Return whether only a bare year was named."""
    return when[1] == _CAL


def is_end_of_year(when: str) -> bool:
    """Return whether the end of a calendar year was named."""
    return when[1] == _END
