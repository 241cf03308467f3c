"""How a field that has another value is put into words; one that the tables here do not know has a plain sentence, too."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from plan.changed_targets import moves
from plan.model import Ladder, Rung
from plan.periods import MonthDay
from plan.record import Record
from plan.wording import counted, exactly, in_words, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the fields of a record are called."""

    whose: str
    """What stands before the name of a field that has no words of its own, as in "its sources"."""
    names: Mapping[str, str]
    unset: Mapping[str, str]
    """What holds where a field is left out, of those that something else stands in for."""


OF_AN_ITEM = Vocabulary(
    whose="its",
    names={
        "cadence": "how often it is asked for",
        "unit": "the unit",
        "part_of": "the measure that it is part of",
        "student_group": "the student group",
        "tolerance": "the tolerance",
        "weight": "its weight in the objective",
        "results_by": "the day by which its results are out",
    },
    unset={"cadence": "the plan's own rhythm", "tolerance": "what is usual for the unit", "results_by": "the plan's own day"},
)
OF_THE_PLAN = Vocabulary(
    whose="the plan's",
    names={
        "id": "the plan's code",
        "first_year": "the plan's first school year",
        "last_year": "the plan's last school year",
    },
    unset={},
)
OF_SETTINGS = Vocabulary(
    whose="the plan's",
    names={
        "begins_on": "the first day from which answers are asked for",
        "time_zone": "the time zone",
        "fiscal_year_starts": "the first day of the school year",
        "results_by": "the day by which a year's results are out",
        "cadence": "how often is asked",
        "digests_per_week": "the number of mails that one person gets in a week at most",
        "evidence_valid_months": "the number of months for which evidence is valid",
        "evidence_acceptance": "whether evidence counts only once it was accepted",
    },
    unset={},
)
_OF_ANYTHING = Vocabulary(whose="its", names={}, unset={})
_INSIDE = Vocabulary(whose="", names={}, unset={})
_CHOICES = {"quarter": "each quarter", "half-year": "each half-year", "year": "each year"}


def differing(was: Record, now: Record, *, besides: Collection[str] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Yield each field of two records that has another value, with both values.

    Args:      besides: fields that are told in another way
    """
    for name in dict.fromkeys((*type(now).model_fields, *type(was).model_fields)):
        before, after = getattr(was, name, None), getattr(now, name, None)
        if name not in besides and before != after:
            yield name, before, after


def clause(name: str, was: Any, now: Any, vocabulary: Vocabulary = _OF_ANYTHING) -> str:
    """Return how a field changed, as in "the unit changed from percent to points"."""
    if name == "paused_until":
        return _pause(was, now)
    called = _called(name, vocabulary)
    if _is_figure(was) and _is_figure(now):
        return f"{called} {moves(was, now)} from {_value(name, was, vocabulary)} to {_value(name, now, vocabulary)}"
    if name not in vocabulary.unset and _is_nothing(was):
        return f"{called}: none before, {_value(name, now, vocabulary)} now"
    if name not in vocabulary.unset and _is_nothing(now):
        return f"{called}: {_value(name, was, vocabulary)} before, none now"
    return f"{called} changed from {_value(name, was, vocabulary)} to {_value(name, now, vocabulary)}"


def given(record: Record, vocabulary: Vocabulary, *, besides: Collection[str]) -> Iterator[str]:
    """Yield every field of a record that somebody set to another value than its default, as in "the tolerance: 2"."""
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if name not in besides and value != field.get_default(call_default_factory=True):
            yield (
                f"not asked for before {in_words(value)}"
                if name == "paused_until"
                else f"{_called(name, vocabulary)}: {_value(name, value, vocabulary)}"
            )


def ladder_clauses(was: tuple[Ladder, ...], now: tuple[Ladder, ...]) -> Iterator[str]:
    """Yield what changed in a plan's own ladders; they are told apart by the day from which they apply."""
    before, after = ({ladder.applies_from: ladder for ladder in ladders} for ladders in (was, now))
    for day in sorted({*before, *after}):
        called = f"the ladder that applies {'from the beginning' if day == date.min else f'from {in_words(day)}'}"
        if day not in before:
            steps = "; ".join(_rung(rung) for rung in after[day].rungs)
            yield f"{called} is new, of {counted(len(after[day].rungs), 'step')}: {steps}"
        elif day not in after:
            yield f"{called} is taken out"
        else:
            yield from (f"in {called}, {found}" for found in _rungs(before[day], after[day]))


def _rungs(was: Ladder, now: Ladder) -> Iterator[str]:
    before, after = ({rung.step: rung for rung in ladder.rungs} for ladder in (was, now))
    for step in dict.fromkeys((*after, *before)):
        if step not in before:
            yield f"a step is added: {_rung(after[step])}"
        elif step not in after:
            yield f"a step is taken out: {_rung(before[step])}"
        elif before[step] != after[step]:
            yield f"a step changed from {_rung(before[step])} to {_rung(after[step])}"
    yield from (clause(*found) for found in differing(was, now, besides={"rungs"}))


def _rung(rung: Rung) -> str:
    days = counted(abs(rung.day), "working day")
    when = f"{days} {'before' if rung.day < 0 else 'after'} the due date" if rung.day else "on the due date"
    more = given(rung, _INSIDE, besides={"step", "day", "to"})
    to = listed([role.replace("_", " ") for role in rung.to])
    return ", ".join((f'"{rung.step}" {when} to {to}', *more))


def _pause(was: date | None, now: date | None) -> str:
    if now is None:
        return f"it is no longer paused until {_words(was)}"
    instead = f" instead of {in_words(was)}" if was else ""
    return f"it is paused, and asked for again from {in_words(now)} on{instead}"


def _called(name: str, vocabulary: Vocabulary) -> str:
    return vocabulary.names.get(name, f"{vocabulary.whose} {name.replace('_', ' ')}".strip())


def _is_figure(value: Any) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", (), [], {})


def _value(name: str, value: Any, vocabulary: Vocabulary) -> str:
    if value is None and name in vocabulary.unset:
        return vocabulary.unset[name]
    if name in vocabulary.names and isinstance(value, str):
        return _CHOICES.get(value, value)
    return _words(value)


def _words(value: Any) -> str:
    """Return any value that a plan may hold as people read it."""
    match value:
        case Record():
            return f"({', '.join(given(value, _INSIDE, besides=()))})"
        case dict():
            return listed([f"{one}: {_words(inner)}" for one, inner in value.items()]) or "none"
        case tuple() | list() | set() | frozenset():
            return listed([_words(one) for one in value]) or "none"
    return _word(value)


def _word(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            return f'"{value}"'
        case date() | MonthDay():
            return in_words(value)
        case int() | Decimal():
            return exactly(Decimal(value))
    return str(value)
