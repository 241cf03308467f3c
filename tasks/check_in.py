"""What somebody filled in for an item becomes answers: all of it or nothing, with a sentence on each field that will not do.

A part of the form that was not begun is left alone; one that was begun has to be whole. Imports no Prefect.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar
from urllib.parse import urlsplit

from plan.assess import Assessment, assess_year
from plan.cells import figure
from plan.duties import Duties, Obligation
from plan.facts import Answer, CheckIn, CorrectivePlan, Evidence, Facts, Progress, Reading, Said, words_for
from plan.model import Item, LongTermMeasure
from plan.periods import Period, Quarter, SchoolYear
from plan.phrase import phrase
from tasks.rows import written_day

LEAST_LETTERS, MOST_LETTERS = 10, 4_000
"""How many characters a note has at least, so that no bare press is one, and a text at most."""
MOST_LINKS = 20
"""How many addresses one submission may give, each of them a piece of evidence for every item that it shows."""
CHECK_IN, READING, EVIDENCE, PLAN = (
    ("status", "note", "obstacles"),
    ("figure", "source", "note"),
    ("file", "links", "dated_on", "also"),
    ("cause", "step", "done_by", "effect"),
)
"""The fields of each part of the form, in the order of the page."""

_Read = TypeVar("_Read")


class Incomplete(ValueError):
    """Something is missing or cannot be used, so nothing was kept; `problems` says of each field what to do."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of whom, and on which day."""

    item: Item
    owed: Obligation
    by: str
    """Who answers, as it is kept."""
    day: date
    quarter: Quarter
    """The one that the day lies in."""
    is_settled: bool = False
    """Whether no answer is waited for, so that evidence may come alone."""
    plan_only: bool = False
    """Whether nothing but a corrective plan is asked for."""
    also: Mapping[str, Period] = field(default_factory=dict)
    """Other items that evidence may show too, each with the period that it would be for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was filled in: texts by field, the items ticked, and the files by name and SHA-256."""

    texts: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    def begins(self, fields: tuple[str, ...]) -> bool:
        """Return whether anything is filled in of some fields."""
        is_with = ("file" in fields and self.files) or ("also" in fields and self.also)
        return bool(is_with) or any(self.texts.get(name) for name in fields)


def answers(filled: Filled, asked: Asked) -> tuple[Answer, ...]:
    """Return the answers that a form holds; at least one.

    Raises:    Incomplete: nothing is filled in, or not all of what was begun
    """
    form = _Form(filled, asked)
    said = tuple(form.answers())
    if form.problems:
        raise Incomplete(form.problems)
    return said


def would_give(filled: Filled, asked: Asked, facts: Facts, duties: Duties) -> tuple[Reading, Assessment]:
    """Return the figure of a form as a reading, and the status that its measure would have by it.

    Raises:    Incomplete: there is no figure, or none is asked for
    """
    if asked.owed.kind != "reading":
        raise Incomplete({"": phrase("No figure is asked for here.")})
    form = _Form(filled, asked)
    value = form.read("figure", _figure)
    if value is None:
        raise Incomplete(form.problems)
    reading, measure = form.reading(value, ""), asked.item
    assert isinstance(measure, LongTermMeasure)  # what else there is owes no reading
    known = Facts((*facts.every, reading))
    return reading, assess_year(measure, known, duties, year=reading.period, as_of=asked.day)


@dataclass
class _Form:
    filled: Filled
    asked: Asked
    problems: dict[str, str] = field(default_factory=dict)

    def answers(self) -> Iterator[Answer]:
        """Yield an answer for each part that is whole; the problems of the others are kept."""
        is_of_measure = isinstance(self.asked.item, LongTermMeasure)
        has_plan = is_of_measure and (self.asked.plan_only or self.filled.begins(PLAN))
        kind, has_evidence = self.asked.owed.kind, self.filled.begins(EVIDENCE)
        main = {"check-in": CHECK_IN, "reading": READING}.get(kind, (*EVIDENCE, "note"))
        if self.filled.begins(main) or not (has_plan or (self.asked.is_settled and has_evidence)):
            yield from self._main()
        if kind != "evidence" and has_evidence:
            yield from self._evidence()
        if has_plan:
            yield from self._plan()

    def _main(self) -> Iterator[Answer]:
        match self.asked.owed.kind:
            case "check-in":
                yield from self._check_in()
            case "reading":
                yield from self._reading()
            case _:
                yield from self._evidence()

    def read(self, name: str, how: Callable[[str], _Read]) -> _Read | None:
        """Return what a field says, or None where it cannot be used: then the problem is kept."""
        text = self.filled.texts.get(name, "").strip()
        if len(text) > MOST_LETTERS:
            self.problems[name] = too_long(text)
            return None
        try:
            return how(text)
        except ValueError as error:
            self.problems[name] = error.args[0]
            return None

    def reading(self, value: Decimal, source: str) -> Reading:
        period = self.asked.owed.period
        assert isinstance(period, SchoolYear)  # readings are owed by the year
        note = _on_one_line(self.filled.texts.get("note", ""))
        return Reading(
            item=self.asked.item.id,
            period=period,
            value=value,
            source=source,
            note=note,
            by=self.asked.by,
            known_on=self.asked.day,
        )

    def _check_in(self) -> Iterator[CheckIn]:
        status, note = self.read("status", self._status), self.read("note", _note)
        obstacles = self.read("obstacles", _on_one_line)
        if status is not None and note is not None and obstacles is not None:
            yield CheckIn(
                item=self.asked.item.id,
                period=self.asked.owed.period,
                status=status,
                note=note,
                obstacles=obstacles,
                by=self.asked.by,
                known_on=self.asked.day,
            )

    def _reading(self) -> Iterator[Reading]:
        value = self.read("figure", _figure)
        source = self.read("source", _needed(phrase("Say where the figure is written: which report, of which day.")))
        if value is not None and source is not None and self.read("note", _on_one_line) is not None:
            yield self.reading(value, source)

    def _evidence(self) -> Iterator[Evidence]:
        links, dated_on = self.read("links", _links), self.read("dated_on", self._dated)
        if links is not None and not links and not self.filled.files:
            self.problems["file"] = phrase("Choose a file, or give the address of what shows it.")
        note = self.read("note", _on_one_line) if self.asked.owed.kind == "evidence" else ""
        strange = [code for code in self.filled.also if code not in self.asked.also]
        if strange:
            self.problems["also"] = phrase("{code} is none of your items; open the page again.", code=strange[0][:40])
        if links is None or dated_on is None or note is None or strange:
            return
        shows = {self.asked.item.id: self.asked.owed.period} | {code: self.asked.also[code] for code in self.filled.also}
        for item, period in shows.items():
            for reference, digest in (*self.filled.files, *((link, "") for link in links)):
                yield Evidence(
                    item=item,
                    period=period,
                    reference=reference,
                    dated_on=dated_on,
                    note=note,
                    by=self.asked.by,
                    known_on=self.asked.day,
                    sha256=digest,
                )

    def _plan(self) -> Iterator[CorrectivePlan]:
        cause = self.read("cause", _needed(phrase("Say what pushed it off track.")))
        step = self.read("step", _needed(phrase("Say what is to be done about it, and by whom.")))
        done_by = self.read("done_by", self._done_by)
        effect = self.read("effect", _needed(phrase("Say which figure is to change by it, and by when.")))
        if cause is not None and step is not None and done_by is not None and effect is not None:
            yield CorrectivePlan(
                item=self.asked.item.id,
                period=self.asked.quarter,
                cause=cause,
                step=step,
                done_by=done_by,
                effect=effect,
                by=self.asked.by,
                known_on=self.asked.day,
            )

    def _status(self, text: str) -> Said:
        words = words_for(self.asked.item)
        if text not in set(words):
            raise ValueError(phrase("Choose how far it has come.") if words is Progress else phrase("Choose where it stands."))
        return words(text)

    def _dated(self, text: str) -> date:
        if not text:
            raise ValueError(phrase("Give the evidence's own date: the day that stands on it."))
        day = _day(text)
        if day > self.asked.day:
            raise ValueError(phrase("Evidence cannot be of a day that has not come; give its own date."))
        return day

    def _done_by(self, text: str) -> date:
        if not text:
            raise ValueError(phrase("Give the day by which the step is done."))
        day = _day(text)
        if day < self.asked.day:
            raise ValueError(phrase("That day is over; give the day by which the step will be done."))
        return day


def too_long(text: str) -> str:
    """Return what is said of a text that nobody would read to its end."""
    return phrase("Say it in {most} characters at most; it has {count}.", most=MOST_LETTERS, count=len(text))


def _figure(text: str) -> Decimal:
    try:
        return figure(text)
    except ValueError:
        said = phrase("Give the figure.") if not text else phrase("Write the figure in digits, as in 86 or 8.8.")
        raise ValueError(said) from None


def _day(text: str) -> date:
    try:
        return written_day(text)
    except ValueError:
        raise ValueError(phrase("Write the day as year-month-day, as in 2026-10-22.")) from None


def _note(text: str) -> str:
    note = _on_one_line(text)
    if not note:
        raise ValueError(phrase("Say what happened, in a sentence or two."))
    if len(note) < LEAST_LETTERS:
        raise ValueError(phrase("Say a little more: {least} characters at least.", least=LEAST_LETTERS))
    return note


def _needed(otherwise: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            raise ValueError(otherwise)
        return _on_one_line(text)

    return read


def _links(text: str) -> tuple[str, ...]:
    """Return the addresses that stand in a text, one on each line."""
    links = tuple(dict.fromkeys(text.split()))
    if len(links) > MOST_LINKS:
        raise ValueError(phrase("Give {most} addresses at most; put the others into a file.", most=MOST_LINKS))
    for link in links:
        if not _is_address(link):
            raise ValueError(
                phrase('"{link}" is not an address; it begins with https:// or http://, one on each line.', link=link[:80])
            )
    return links


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
