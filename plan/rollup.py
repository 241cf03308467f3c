"""The rollup: what the cabinet and the board are told of a quarter or a year, frozen as of one day.

Only records, and how they are written down. Everything that a page, a sheet or a letter shows is in here; nothing that is
shown is worked out later. Counts of students that are too small are left out before a rollup is made.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Literal

from pydantic import PlainSerializer, TypeAdapter


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Figure = Annotated[Decimal, PlainSerializer(_number, return_type=int | float, when_used="json")]
"""A figure, exact here and a number in JSON."""
Kind = Literal["priority", "objective", "measure", "action"]
Aspect = Literal["outcome", "implementation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """What many statuses come to."""

    status: str
    score: Figure | None
    """0 to 4, with two decimals; None where too little is known."""
    known: int
    """How many are rated, or reported."""
    due: int
    """How many should be."""
    capped_by: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityLine:
    """A priority."""

    id: str
    title: str
    outcome: Summed
    implementation: Summed


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveLine:
    """An objective."""

    id: str
    priority: str
    title: str
    lead: str
    outcome: Summed
    implementation: Summed
    reading: str | None
    """Outcome and implementation in two words, as in "doing, not moving"; None where one of them is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """One school year of a measure."""

    school_year: str
    expected: Figure | None
    reading: Figure | None
    known_on: date | None
    source: str
    is_masked: bool
    """Whether a reading is known and not shown."""
    is_projected: bool = False
    """Whether the year lies after the last reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastLine:
    """Where a measure's readings lead at their own pace."""

    at_target_year: Figure
    gain_needed_per_year: Figure | None
    reached_in: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """A long-term measure, with the figures that it was judged by; those that do not apply, or are masked, are None."""

    id: str
    objective: str
    title: str
    unit: str
    """Empty where there is no figure."""
    kind: Literal["trajectory", "threshold", "change", "deliverable", "narrative"]
    wanted: str
    """The target in words, as in "from 88 in 2021-22 to 94 in 2026-27"."""
    steward: str
    status: str
    """The status that counts."""
    judged: str
    """The judged status; another one only where somebody set one beside it."""
    reason: str
    school_year: str | None
    reading: Figure | None
    baseline: Figure | None
    expected: Figure | None
    target: Figure | None
    target_year: str | None
    share: Figure | None
    """Share of the way, with four decimals: 1 where it should be, negative if it moved away."""
    shortfall: Figure | None
    last_known: str | None
    """The last reading known and its year, as in "81 in 2022-23"."""
    years: tuple[YearLine, ...]
    """First to last; empty for measures without a figure."""
    forecast: ForecastLine | None
    is_masked: bool
    """Whether one of its readings is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """A strategic action with its four statuses, never merged."""

    id: str
    objective: str
    title: str
    owner: str
    obligation: str
    due: date | None
    obligation_reason: str
    implementation: str
    reported_on: date | None
    implementation_reason: str
    evidence: str
    evidence_reason: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A status that is another one than in the rollup before."""

    item: str
    title: str
    kind: Kind
    aspect: Aspect
    was: str
    now: str
    by: int | None
    """Points of the scale from 0 to 4 that it rose; negative if it fell, None where one of the two has no points."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A corrective plan."""

    known_on: date
    by: str
    cause: str
    step: str
    done_by: date
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """A measure that slipped, with its corrective plan if one has come."""

    measure: str
    title: str
    steward: str
    status: str
    since: date
    over_on: date | None
    """The day on which it was back; None while it lasts."""
    reason: str
    plan_due: date
    plan: PlanLine | None
    not_followed: str
    """Why nobody is told of it; empty where people are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something owed that has not come."""

    item: str
    title: str
    owes: str
    period: str
    due: date
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLine:
    """What an office was to answer since the rollup before: due since, or due earlier and not settled by then."""

    office: str
    asked: int
    """How many; all that follow come to it."""
    on_time: int
    late: int
    """How many came after their due date."""
    waived: int
    missing: tuple[Missing, ...]
    """What has not come, whenever it was due, in grace or not; oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattended:
    """A measure of which nothing has been heard for 90 calendar days or more."""

    measure: str
    title: str
    steward: str
    last_on: date | None
    """The day on which something was heard last; None: never."""
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """A figure that is another one than in the rollup before; None where it is masked."""

    measure: str
    title: str
    school_year: str
    was: Figure | None
    now: Figure | None
    known_on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingMilestone:
    """A milestone whose day comes before the next rollup."""

    measure: str
    title: str
    steward: str
    name: str
    due: date
    expected: Figure | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something that the board is asked to decide or to ask about."""

    sentence: str
    items: tuple[str, ...]
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """All that is told of a period, as of the day on which it was frozen."""

    format: Literal[1] = 1
    """The form of this record; a later form has another number, so that a kept rollup is never misread."""
    plan: str
    title: str
    organisation: str
    period: str
    """A quarter, as in "2025-26 Q1", or a school year, as in "2025-26"."""
    first_day: date
    last_day: date
    frozen_on: date
    """The day that everything is judged on."""
    is_draft: bool
    """Whether the period's day of freezing had not come."""
    before: str | None
    """The period of the rollup before, which movements and restatements compare with; None: there is none."""
    before_frozen_on: date | None
    next_on: date
    """The day on which the next rollup freezes."""
    inputs: str
    """SHA-256 of plan, owners, calendar, facts and slips that it was made from, in hexadecimal digits."""
    outcome: Summed
    implementation: Summed
    priorities: tuple[PriorityLine, ...]
    objectives: tuple[ObjectiveLine, ...]
    measures: tuple[MeasureLine, ...]
    actions: tuple[ActionLine, ...]
    movements: tuple[Movement, ...]
    """The greatest first; of equal ones the fall before the rise."""
    slips: tuple[SlipLine, ...]
    """The oldest first; those that are over came back since the rollup before."""
    offices: tuple[OfficeLine, ...]
    unattended: tuple[Unattended, ...]
    restatements: tuple[Restatement, ...]
    milestones: tuple[ComingMilestone, ...]
    asks: tuple[Ask, ...]

    @property
    def is_annual(self) -> bool:
        """Return whether it is of a whole school year."""
        return " " not in self.period


def written(rollup: Rollup) -> str:
    """Return a rollup as JSON; the same one always as the same text."""
    return json.dumps(_adapter().dump_python(rollup, mode="json"), indent=1, ensure_ascii=False) + "\n"


def read_rollup(text: str) -> Rollup:
    """Return the rollup that was written.

    Raises:    ValueError: the text is none
    """
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Rollup]:
    return TypeAdapter(Rollup)
