"""Answers written down beforehand, for a rehearsal: a CSV of day, item and what was done."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from plan.duties import Duties, Obligation
from plan.facts import (
    Acceptance,
    Acknowledgement,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Fact,
    Implementation,
    Progress,
    Reading,
    Said,
    words_for,
)
from plan.model import Item, LongTermMeasure, Plan
from plan.periods import SchoolYear

HEADER = ["day", "item", "done"]
BY = "rehearsal"


class AnswersRefused(ValueError):
    """The file of answers cannot be used; each line of the message names a row and what to correct."""


def read_answers(path: Path, duties: Duties) -> tuple[Fact, ...]:
    """Read answers; each settles what its item owes on its day.

    The third column holds a status (`on_track`; of a measure without figures, `some_progress`), `evidence`, a figure,
    `accepted` for evidence that was looked at, `plan` for a corrective plan, or `until 2026-10-30` for a promise.

    Raises:    AnswersRefused: all rows that cannot be read, each with its line
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise AnswersRefused(f"{path}: cannot be read as UTF-8 text: {error}") from None
    if not rows or [cell.strip() for cell in rows[0]] != HEADER:
        raise AnswersRefused(f'{path}:1: the first line has to be "{",".join(HEADER)}"')
    facts: list[Fact] = []
    problems: list[str] = []
    for line, row in enumerate(rows[1:], start=2):
        try:
            facts += _facts(row, duties)
        except ValueError as error:
            problems.append(f"{path}:{line}: {error}")
    if problems:
        raise AnswersRefused("\n".join(problems))
    return tuple(facts)


def _facts(row: list[str], duties: Duties) -> Iterator[Fact]:
    if not row:
        return
    if len(row) != len(HEADER):
        raise ValueError(f"{len(row)} columns stand here, and {len(HEADER)} are needed: {', '.join(HEADER)}")
    day_text, code, done = (cell.strip() for cell in row)
    day = _day(day_text)
    item = duties.plan.items.get(code)
    if item is None:
        raise ValueError(f'"{code}" is not an item of the plan')
    owed = duties.current(item, as_of=day)
    if owed is None:
        raise ValueError(f"{code} owes nothing")
    yield _beside(item, owed, done, day, duties.plan) or _fact(item, owed, done, day)


def _beside(item: Item, owed: Obligation, done: str, day: date, plan: Plan) -> Fact | None:
    """Return what may be said whatever is owed: a promise, that evidence was accepted, a corrective plan; else None."""
    if done.startswith("until "):
        promised = _day(done.removeprefix("until "))
        return Acknowledgement(item=owed.item, period=owed.period, promised_on=promised, note="", by=BY, known_on=day)
    if done == "accepted":
        return Acceptance(item=owed.item, period=owed.period, note="", by=BY, known_on=day)
    if done == "plan" and isinstance(item, LongTermMeasure):
        said = {"cause": BY, "step": BY, "effect": BY, "by": BY}
        return CorrectivePlan(item=item.id, period=plan.quarter_of(day), done_by=day, known_on=day, **said)
    return None


def _fact(item: Item, owed: Obligation, done: str, day: date) -> Fact:
    if owed.kind == "check-in":
        return CheckIn(item=owed.item, period=owed.period, status=status_said(item, done), note="", by=BY, known_on=day)
    if owed.kind == "reading" and isinstance(owed.period, SchoolYear):
        return Reading(item=owed.item, period=owed.period, value=figure(done), source=BY, note="", by=BY, known_on=day)
    if done != "evidence":
        raise ValueError(f'{owed.item} owes evidence; write "evidence" instead of "{done}"')
    return Evidence(item=owed.item, period=owed.period, reference=BY, dated_on=day, note="", by=BY, known_on=day)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a day; write year-month-day, as in 2026-10-22') from None


def status_said(item: Item, text: str) -> Said:
    """Read how an item is said to stand, in the words for its kind: a narrative measure is rated, all else is reported.

    Raises:    ValueError: it is not one of these words
    """
    words = words_for(item)
    try:
        return words(text)
    except ValueError:
        is_rated = words is Progress
        others: type[StrEnum] = Implementation if is_rated else Progress
        why = "is not a status"
        if text in set(others):
            why = "says how work goes, and this measure is rated" if is_rated else f"rates a measure, and {item.id} is none"
        raise ValueError(f'"{text}" {why}; write one of: {", ".join(words)}') from None


def figure(text: str) -> Decimal:
    """Read a figure as in 86 or 8.8.

    Raises:    ValueError: it is not a plain number of a size that anything here is counted in
    """
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", text.strip(), re.ASCII):
        raise ValueError(f'"{text}" is not a number; write digits only, as in 86 or 8.8')
    return Decimal(text.strip())
