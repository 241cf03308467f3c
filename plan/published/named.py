"""What a plan is called, whose it is and which years it covers: as asked for, else as the document tells, else as guessed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from plan.periods import MonthDay, SchoolYear
from plan.published.document import Block, DocumentRefused, Heading, Table
from plan.published.figures import told
from plan.published.lines import DASHES, Bullet
from plan.published.outline import Doubt
from plan.published.roles import label_of
from plan.record import Code, Day, Label, Record

_YEARS = rf"(?<![\d-])(20\d\d) ?[/{DASHES}] ?((?:20)?\d\d)(?!\d)(?! ?%)"
_SPAN = re.compile(rf"{_YEARS}(?: (?:to|through|until|[{DASHES}]) (?:20\d\d ?[/{DASHES}] ?)?((?:20)?\d\d)(?!\d))?")
_KIND_OF_PLAN = re.compile(
    r"(?:\b(?:draft|the|(?:five|three|four)-year|strategic|district|campus|school|improvement|annual)\s+)*\bplan\b",
    re.IGNORECASE,
)

LONGEST_PLAN_YEARS = 20


class Asked(Record):
    """What whoever imports a plan says of it; what is None the document has to tell, or it is guessed."""

    id: Code | None = None
    title: Label | None = None
    organisation: Label | None = None
    years: str | None = None
    """As in "2023-2027": the plan begins in the first and ends in the last."""
    begins_on: Day | None = None
    time_zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A plan's head."""

    id: str
    title: str
    organisation: str
    first_year: SchoolYear
    last_year: SchoolYear
    begins_on: date
    time_zone: str
    line: int
    """Where the title stands."""
    doubts: tuple[Doubt, ...] = ()


def name_plan(blocks: Sequence[Block], asked: Asked, *, name: str, as_of: date) -> Named:
    """Return what a plan is called and when it runs.

    Args:      name: the document's file name without its ending, for a title where it has none
               as_of: the day of the import, for the day from which to chase
    Raises:    DocumentRefused: neither the document nor what was asked names the plan's years
    """
    line, found = _title(blocks)
    title = asked.title or found or name or "Strategic plan"
    doubts = (
        [] if asked.title or found else [Doubt(1, f'the document has no title; "{title}" is taken from the name of the file')]
    )
    first, last, doubt = _years(blocks, title, asked)
    own = asked.organisation or _organisation(title)
    starts = MonthDay(7, 1)
    begins = asked.begins_on or min(max(as_of, first.start(starts)), last.end(starts))
    guesses = (
        (asked.organisation, f'organisation: "{own}" is taken from the title; --organisation sets it'),
        (asked.begins_on, f"begins_on: from which day to chase is not said; {begins} was taken, and --begins-on sets it"),
        (asked.time_zone, "time_zone: the document does not tell; UTC was taken, and --time-zone sets it"),
    )
    doubts += [Doubt(line, sentence) for given, sentence in guesses if not given]
    return Named(
        id=asked.id or _slug(title),
        title=title,
        organisation=own,
        first_year=first,
        last_year=last,
        begins_on=begins,
        time_zone=asked.time_zone.key if asked.time_zone else "UTC",
        line=line,
        doubts=(*doubts, *([doubt] if doubt else [])),
    )


def years_of(written: str) -> tuple[SchoolYear, SchoolYear] | None:
    """Return the first and the last school year of "2023-2027" or "2023-24 to 2026-27"; None if it is no span of years."""
    found = _SPAN.search(written)
    if not found:
        return None
    first, end = int(found[1]), found[3] or found[2]
    last = int(end) if len(end) == 4 else first // 100 * 100 + int(end)
    return (SchoolYear(first), SchoolYear(last - 1)) if 1 <= last - first <= LONGEST_PLAN_YEARS else None


def _title(blocks: Sequence[Block]) -> tuple[int, str]:
    """Return line and text of the title: the first heading that speaks of a plan, else the first that names no part of one."""
    headings = [block for block in blocks if isinstance(block, Heading) and not label_of(block.text)]
    of_plan = [block for block in headings if re.search(r"\bplan\b", block.text, re.IGNORECASE)]
    first = next(iter([*of_plan, *headings]), None)
    if first is None:
        lines = (block for block in blocks[:10] if isinstance(block, Bullet) and not block.listed)
        plain = next((one for one in lines if re.search(r"\bplan\b", one.text, re.IGNORECASE) and len(one.text) <= 120), None)
        return (plain.line, plain.text) if plain else (1, "")
    return first.line, first.text


def _years(blocks: Sequence[Block], title: str, asked: Asked) -> tuple[SchoolYear, SchoolYear, Doubt | None]:
    if asked.years:
        span = years_of(asked.years)
        if span is None:
            raise DocumentRefused(f'"{asked.years}" is not a span of years; write it as in --years 2023-2027')
        return *span, None
    for text in (title, *(block.text for block in blocks if isinstance(block, Heading))):
        if span := years_of(text):
            return *span, None
    named = sorted({int(year) for text in _texts(blocks) for year in re.findall(r"\{y(\d{4})\}", told(text).text)})
    if not named:
        raise DocumentRefused("the document does not say which years the plan covers; say it, as in --years 2023-2027")
    first, last = SchoolYear(named[0]), SchoolYear(named[-1])
    sentence = f"the plan's years are not said; {first} to {last}, the earliest and latest named, were taken; --years sets them"
    return first, last, Doubt(1, sentence)


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            yield from (cell.text() for row in block.rows for cell in row)
        else:
            yield block.text if isinstance(block, Heading) else block.whole()


def _organisation(title: str) -> str:
    without = _KIND_OF_PLAN.sub(" ", _SPAN.sub(" ", title))
    return " ".join(without.split()).strip(" :,()" + DASHES) or title


def _slug(title: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    slug = ""
    for word in words:
        if len(slug) + len(word) + 1 > 40:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "plan"
