"""The plan as people write it."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from plan.periods import MonthDay, Quarter, SchoolYear
from plan.record import Code, Day, Label, Record, Wording
from plan.sources import FromSource, Source

Cadence = Literal["quarter", "half-year", "year"]
Step = Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[a-z][a-z-]*$")]
Role = Literal["owner", "delegate", "supervisor", "cabinet_lead", "plan_administrator"]

LONGEST_SPAN_DAYS = 200
"""How many days a break or an absence may have; more is a slip of the pen, and would leave a year without working days."""
LEVEL_WITH_THE_OWNER: frozenset[Role] = frozenset({"owner", "delegate"})
"""The roles that a rung may tell without climbing above the owner."""


class Span(Record):
    """Days from a first to a last one, both included."""

    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        days = (self.last_day - self.first_day).days + 1
        named = {"first": str(self.first_day), "last": str(self.last_day), "days": days, "longest": LONGEST_SPAN_DAYS}
        if days < 1:
            raise PydanticCustomError("span", "it ends on {last}, before it starts on {first}; correct one of the days", named)
        if days > LONGEST_SPAN_DAYS:
            sentence = "{first} to {last} are {days} days, and {longest} are allowed; correct one of the days, or divide them"
            raise PydanticCustomError("span", sentence, named)
        return self


# --- targets -----------------------------------------------------------------------------------------------------------


class Trajectory(Record):
    """A way from a baseline to a target, given by points; the first point is the baseline, the last the target.

    Source:    rules.md 4: points by school year, linear between them
    """

    kind: Literal["trajectory"]
    points: dict[SchoolYear, Decimal]
    line_between: bool = False
    """Whether years between three or more points may be left out, to be read off the line between their neighbours."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        years = list(self.points)
        if len(years) < 2:
            raise PydanticCustomError("points", "a trajectory needs a baseline and a target; give at least two school years")
        for earlier, later in pairwise(years):
            if later <= earlier:
                raise PydanticCustomError(
                    "points",
                    "the yearly points are not in order: {later} stands after {earlier}; list the years from first to last",
                    {"earlier": str(earlier), "later": str(later)},
                )
        missing = [str(SchoolYear(y)) for y in range(years[0].first, years[-1].first) if SchoolYear(y) not in self.points]
        if len(years) > 2 and missing and not self.line_between:
            raise PydanticCustomError(
                "points",
                "the yearly points leave out {missing}; add them, or write line_between: true to read them off the line",
                {"missing": ", ".join(missing)},
            )
        if self.baseline == self.target:
            raise PydanticCustomError(
                "target_is_baseline",
                "the target equals the baseline ({value}), so no progress can be measured; correct one of them",
                {"value": str(self.target)},
            )
        return self

    @property
    def baseline(self) -> Decimal:
        """Return the value that the way starts from."""
        return next(iter(self.points.values()))

    @property
    def target(self) -> Decimal:
        """Return the value to be reached in the last year."""
        return list(self.points.values())[-1]


class Threshold(Record):
    """A bound to be kept each year, or reached by a year; bounds are inclusive."""

    kind: Literal["threshold"]
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    by: SchoolYear | None = None
    """The school year by which it is to be reached; none: it is to be kept each year."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("bounds", "a threshold needs a bound; give at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None and self.at_least >= self.at_most:
            raise PydanticCustomError(
                "bounds",
                "at_least ({low}) is not below at_most ({high}); correct one of them",
                {"low": str(self.at_least), "high": str(self.at_most)},
            )
        return self


class Change(Record):
    """A change wanted each year against the year before; the band is given as amounts without sign."""

    kind: Literal["change"]
    direction: Literal["increase", "decrease"]
    measured_in: Literal["percent", "absolute"] = "absolute"
    at_least: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    """The smallest change wanted; 0 means that any change in the wanted direction is enough."""
    at_most: Annotated[Decimal, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.at_most is not None and self.at_least >= self.at_most:
            raise PydanticCustomError(
                "bounds",
                "at_least ({low}) is not below at_most ({high}); correct one of them",
                {"low": str(self.at_least), "high": str(self.at_most)},
            )
        return self


class Deliverable(Record):
    """Something to be done by a day (that day included), shown by evidence that was accepted."""

    kind: Literal["deliverable"]
    by: Day


class Narrative(Record):
    """No figure: the steward rates it each quarter, with evidence."""

    kind: Literal["narrative"]


Target = Annotated[Trajectory | Threshold | Change | Deliverable | Narrative, Field(discriminator="kind")]


def _written_jump(value: object) -> object:
    if value == "any" or (
        isinstance(value, int | float | str) and re.fullmatch(r"\d{1,15}(\.\d{1,10})?", str(value), re.ASCII)
    ):
        return value
    raise PydanticCustomError("jump", "not a jump")  # of a union, pydantic would name each choice by itself


PlausibleJump = Annotated[Annotated[Decimal, Field(gt=0)] | Literal["any"], BeforeValidator(_written_jump)]


# --- the tree of the plan ----------------------------------------------------------------------------------------------


class Action(Record):
    """A strategic action: what an office does. Owes a check-in each quarter."""

    id: Code
    title: Label
    wording: Wording | None = None
    """The official wording, as published, on one line; the title is its short label."""
    cadence: Cadence | None = None
    paused_until: Day | None = None
    """The first day on which it is asked for again; until then it is silent."""


class ProgressMeasure(Record):
    """What is watched while the work goes on. Owes evidence each quarter."""

    id: Code
    title: Label
    wording: Wording | None = None
    """The official wording, as published, on one line; the title is its short label."""
    cadence: Cadence | None = None
    paused_until: Day | None = None


class LongTermMeasure(Record):
    """What the plan is to achieve, with its target. Owes a reading each school year."""

    id: Code
    title: Label
    wording: Wording | None = None
    """The official wording, as published, on one line; the title is its short label."""
    unit: Label | None = None
    """What the figures count ("percent", "points", "students"); none where there is no figure."""
    target: Target
    part_of: Code | None = None
    """The measure whose component this is."""
    student_group: Label | None = None
    tolerance: Annotated[Decimal, Field(ge=0)] | None = None
    """How far on the wrong side of expected still counts as there; none: 0.5 for percents and points, 0 for counts."""
    weight: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    """How much it counts in its objective's outcome."""
    note: Wording | None = None
    """What the import of the published plan was not sure of, for whoever looks it over."""
    results_by: MonthDay | None = None
    """The day, in the calendar year in which the school year ends, by which a year's results are out."""
    paused_until: Day | None = None
    sources: tuple[FromSource, ...] = ()
    """Where its figures come in from by themselves; each names a source of the plan."""
    plausible_jump: PlausibleJump | None = None
    """How far a collected figure may lie from the one of the year before and still be believed; any: however far.

    None: half of the way from baseline to target of a trajectory, and however far of another target.
    """

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.has_figures and self.unit is None:
            raise PydanticCustomError("unit", "a measure with figures needs a unit; add it, as in unit: percent")
        if self.sources and not self.has_figures:
            raise PydanticCustomError("sources", "a measure without figures takes none from a source; take the sources out")
        return self

    @property
    def has_figures(self) -> bool:
        """Return whether it is told by figures; else by evidence, or by a rating."""
        return not isinstance(self.target, Deliverable | Narrative)


class Strand(Record):
    """A part of an objective that has actions and measures of its own, such as College within 1.2."""

    id: Code
    title: Label
    actions: tuple[Action, ...] = ()
    progress_measures: tuple[ProgressMeasure, ...] = ()
    long_term_measures: tuple[LongTermMeasure, ...] = ()


class Objective(Record):
    """A strategic objective. Its lead owes a summary each quarter, after its actions."""

    id: Code
    title: Label
    wording: Wording | None = None
    """The official wording, as published, on one line; the title is its short label."""
    cadence: Cadence | None = None
    strands: tuple[Strand, ...] = ()
    actions: tuple[Action, ...] = ()
    progress_measures: tuple[ProgressMeasure, ...] = ()
    long_term_measures: tuple[LongTermMeasure, ...] = ()

    def parts(self) -> Iterator["Objective | Strand"]:
        """Yield the objective itself and then its strands: everything that holds actions and measures."""
        yield self
        yield from self.strands


class Priority(Record):
    """One of the plan's few priorities."""

    id: Code
    title: Label
    wording: Wording | None = None
    """The official wording, as published, on one line; the title is its short label."""
    objectives: tuple[Objective, ...]


# --- settings ----------------------------------------------------------------------------------------------------------


class Rung(Record):
    """A step of the late ladder: when it is taken and who is told."""

    step: Step
    day: Annotated[int, Field(ge=-60, le=60)]
    """Working days after the due date; negative before it."""
    to: Annotated[tuple[Role, ...], Field(min_length=1)]

    @property
    def climbs(self) -> bool:
        """Return whether anyone above the owner is told."""
        return not LEVEL_WITH_THE_OWNER.issuperset(self.to)


class Ladder(Record):
    """The rungs that hold for obligations that open on `applies_from` or later, lowest first."""

    applies_from: Day = date.min
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for below, above in pairwise(self.rungs):
            if above.day <= below.day or (below.climbs and not above.climbs):
                raise PydanticCustomError(
                    "ladder",
                    'rung "{above}" does not stand above "{below}"; order them by day, the owner\'s before those above',
                    {"above": above.step, "below": below.step},
                )
        if self.rungs[0].climbs:
            raise PydanticCustomError("ladder", "the first rung tells someone above the owner; the owner is always told first")
        if any(above.climbs and not below.climbs and "owner" not in below.to for below, above in pairwise(self.rungs)):
            raise PydanticCustomError("ladder", "the rung below the first that climbs does not tell the owner; add owner to it")
        if len({rung.step for rung in self.rungs}) < len(self.rungs):
            raise PydanticCustomError("ladder", "two rungs have the same step name; each needs its own")
        return self

    @cached_property
    def days(self) -> tuple[int, ...]:
        """Return the days of the rungs, lowest first."""
        return tuple(rung.day for rung in self.rungs)


LATE_LADDER = Ladder(
    rungs=(
        Rung(step="request", day=-10, to=("owner",)),
        Rung(step="reminder", day=-3, to=("owner",)),
        Rung(step="due", day=0, to=("owner",)),
        Rung(step="overdue", day=6, to=("owner", "delegate")),
        Rung(step="supervisor", day=9, to=("owner", "supervisor")),
        Rung(step="cabinet", day=12, to=("supervisor", "cabinet_lead", "plan_administrator")),
    )
)
"""The late ladder of rules.md 3; it holds where the plan's settings give none."""


def _written_limit(value: object) -> object:
    if isinstance(value, int) or value == "unlimited" or (isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value)):
        return value
    raise PydanticCustomError("limit", "not a limit")  # of a union, pydantic would name each choice by itself


def _of_different_days(ladders: tuple[Ladder, ...]) -> tuple[Ladder, ...]:
    if len({ladder.applies_from for ladder in ladders}) < len(ladders):
        raise PydanticCustomError("ladders", "two ladders apply from the same day; give each its own applies_from")
    return ladders


class Settings(Record):
    """What a plan may decide for itself; each default is the rule's own number."""

    begins_on: Day
    """The first day from which plankeeper chases; what closed before is shown as not chased."""
    time_zone: ZoneInfo
    """The zone whose date is "today"."""
    fiscal_year_starts: MonthDay = MonthDay(7, 1)
    results_by: MonthDay = MonthDay(8, 31)
    cadence: Cadence = "quarter"
    digests_per_week: Annotated[Annotated[int, Field(ge=1)] | Literal["unlimited"], BeforeValidator(_written_limit)] = 3
    """How many digests one person gets in a week (Monday to Sunday) at most."""
    weekly_overview: bool = False
    """Whether owners get an overview of what is theirs on the first working day of a week."""
    evidence_valid_months: Annotated[int, Field(ge=1, le=120)] = 12
    """How long evidence is valid, in months from its own date."""
    evidence_acceptance: bool = False
    """Whether evidence of actions and progress measures counts as current only once it was accepted, by another than its owner;
    that of a deliverable always does."""
    ladders: Annotated[tuple[Ladder, ...], AfterValidator(_of_different_days)] = ()

    def ladder_on(self, opens_on: date) -> Ladder:
        """Return the ladder for an obligation that opens on a day: the newest that applied by then."""
        if not self.ladders:
            return LATE_LADDER
        in_force = [ladder for ladder in self.ladders if ladder.applies_from <= opens_on]
        return max(in_force, key=lambda ladder: ladder.applies_from, default=LATE_LADDER)


Item = Action | ProgressMeasure | LongTermMeasure | Objective


class Plan(Record):
    """A strategic plan, whole."""

    id: Code
    title: Label
    organisation: Label
    first_year: SchoolYear
    last_year: SchoolYear
    settings: Settings
    sources: tuple[Source, ...] = ()
    """Where figures come in from by themselves."""
    priorities: tuple[Priority, ...]

    @cached_property
    def objectives(self) -> tuple[Objective, ...]:
        """All objectives in the plan's order."""
        return tuple(objective for priority in self.priorities for objective in priority.objectives)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """All strategic actions in the plan's order."""
        return tuple(action for o in self.objectives for part in o.parts() for action in part.actions)

    @cached_property
    def progress_measures(self) -> tuple[ProgressMeasure, ...]:
        """All progress measures in the plan's order."""
        return tuple(measure for o in self.objectives for part in o.parts() for measure in part.progress_measures)

    @cached_property
    def long_term_measures(self) -> tuple[LongTermMeasure, ...]:
        """All long-term measures in the plan's order, components among them."""
        return tuple(measure for o in self.objectives for part in o.parts() for measure in part.long_term_measures)

    @cached_property
    def lines(self) -> dict[str, tuple[str, ...]]:
        """For every code of the plan the line up to its priority: itself first, then strand, objective, priority."""
        lines: dict[str, tuple[str, ...]] = {}
        for priority in self.priorities:
            lines[priority.id] = (priority.id,)
            for objective in priority.objectives:
                for part in objective.parts():
                    line = (objective.id, priority.id) if part is objective else (part.id, objective.id, priority.id)
                    lines[part.id] = line
                    held: tuple[Item, ...] = (*part.actions, *part.progress_measures, *part.long_term_measures)
                    for item in held:
                        lines[item.id] = (item.id, *line)
        return lines

    @cached_property
    def items(self) -> dict[str, Item]:
        """Everything that owes something, by code: objectives, actions, progress measures, long-term measures."""
        every: tuple[Item, ...] = (*self.objectives, *self.actions, *self.progress_measures, *self.long_term_measures)
        return {item.id: item for item in every}

    def objective_of(self, code: str) -> Objective:
        """Return the objective that an item belongs to (an objective belongs to itself)."""
        objective = self.items[self.lines[code][-2]]
        assert isinstance(objective, Objective)  # the last but one of every line, by construction
        return objective

    def school_year_of(self, day: date) -> SchoolYear:
        """Return the school year that a day lies in."""
        return SchoolYear.containing(day, starts=self.settings.fiscal_year_starts)

    def quarter_of(self, day: date) -> Quarter:
        """Return the quarter that a day lies in."""
        return Quarter.containing(day, starts=self.settings.fiscal_year_starts)
