"""What everybody may know of a plan on a day: where each part stands and why, in figures and plain words.

Nothing that a person wrote gets in here: no name, no note, no evidence by its name, no figure's source unless it is a public
site or what the plan itself calls it. Counts of students that are too small are left out, and so is whatever would tell them:
the status of a measure that is judged by one, and the part of it in what many measures come to.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from plan.assess import Assessment, MeasureStatus
from plan.expected import ByYear, expected_by_year
from plan.facts import Acceptance, CheckIn, Evidence, Facts, Override, Reading, SentBack
from plan.implementation import EvidenceStatus, ends_on, newest_that_counts
from plan.judgement import Judged
from plan.ladder import Situation
from plan.masking import masked_so_far
from plan.model import Action, Change, LongTermMeasure, Objective, Priority, ProgressMeasure, Strand, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.phrase import phrase
from plan.public_words import NOT_SHOWN, wanted, why_implementation, why_measure, why_outcome
from plan.rollup import Figure
from plan.sums import Sum

FORMAT: Literal["plankeeper-public-plan-1"] = "plankeeper-public-plan-1"
HIDDEN = "not_shown"
"""The status of a measure whose own would tell a count that is too small to be shown."""

_SITE = re.compile(r"https?://(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?::\d{1,5})?(?:[/?#]\S*)?", re.ASCII | re.IGNORECASE)
_ARE_SHOWN = CheckIn | Reading | Evidence | Acceptance | SentBack | Override
"""The facts by which something that is shown here may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSum:
    """What many statuses come to."""

    status: str
    known: int
    """How many could be rated, or were reported on."""
    due: int
    """How many should have been."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicYear:
    """One school year of a measure."""

    school_year: str
    expected: tuple[Figure, ...]
    """What is expected; of a band its lower and its upper side; empty where nothing is."""
    reading: Figure | None
    known_on: date | None
    """The day from which the reading was known."""
    source: str
    """Where the reading comes from; empty without one."""
    is_left_out: bool
    """Whether a reading is known and not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMeasure:
    """A long-term measure."""

    id: str
    title: str
    wording: str
    """The official wording; empty where the plan gives only a title."""
    student_group: str
    unit: str
    """Empty where there is no figure."""
    wanted: str
    """The target in words."""
    status: str
    """The status that counts."""
    judged: str
    """The status by the figures; another one only where the district set one beside it."""
    set_until: date | None
    """The last day of a status that was set; None where none is."""
    reason: str
    years: tuple[PublicYear, ...]
    """First to last; empty where nothing is known or expected by year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProgress:
    """A progress measure, and whether evidence shows it."""

    id: str
    title: str
    wording: str
    evidence: str
    dated_on: date | None
    """The day of the newest evidence that counts; None where there is none."""
    valid_until: date | None
    """The first day on which that evidence counts no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAction:
    """A strategic action: how it is said to stand, and whether evidence shows it."""

    id: str
    title: str
    wording: str
    status: str
    reported_on: date | None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPart:
    """An objective's own items, or those of one of its strands."""

    id: str
    """Empty for the objective's own."""
    title: str
    measures: tuple[PublicMeasure, ...]
    actions: tuple[PublicAction, ...]
    progress_measures: tuple[PublicProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicObjective:
    """An objective with all that is in it."""

    id: str
    title: str
    wording: str
    outcome: PublicSum
    implementation: PublicSum
    reading: str | None
    """Outcome and implementation in two words; None where one of them is not known."""
    parts: tuple[PublicPart, ...]

    @property
    def measures(self) -> tuple[PublicMeasure, ...]:
        """Return its measures, those of its strands among them."""
        return tuple(one for part in self.parts for one in part.measures)

    @property
    def actions(self) -> tuple[PublicAction, ...]:
        """Return its actions, those of its strands among them."""
        return tuple(one for part in self.parts for one in part.actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPriority:
    """A priority with its objectives."""

    id: str
    title: str
    wording: str
    outcome: PublicSum
    implementation: PublicSum
    objectives: tuple[PublicObjective, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPlan:
    """All that everybody may know of a plan on a day."""

    format: Literal["plankeeper-public-plan-1"] = FORMAT
    """The form of this record; a later form has another name."""
    id: str
    title: str
    organisation: str
    as_of: date
    """The day that everything is judged on."""
    updated_on: date | None
    """The last day on which something became known that is told here; None where nothing has."""
    outcome: PublicSum
    implementation: PublicSum
    priorities: tuple[PublicPriority, ...]

    @property
    def objectives(self) -> tuple[PublicObjective, ...]:
        """Return all objectives, in the plan's order."""
        return tuple(objective for priority in self.priorities for objective in priority.objectives)


def public(situation: Situation, *, as_of: date) -> PublicPlan:
    """Return what everybody may know of a plan on a day."""
    return _Public(situation, as_of).plan()


@dataclass(frozen=True)
class _Public:
    at: Situation
    as_of: date

    @cached_property
    def facts(self) -> Facts:
        return self.at.facts.known_by(self.as_of)

    @cached_property
    def left_out(self) -> frozenset[tuple[str, SchoolYear]]:
        return masked_so_far(self.at.plan.long_term_measures, self.facts)

    @cached_property
    def judged(self) -> Judged:
        """The plan judged without the measures whose status is not shown: a sum would tell it."""
        whole = Judged(self.at.duties, self.facts, self.as_of)
        unseen = frozenset(code for code, found in whole.measures.items() if not self.left_out.isdisjoint(_judged_by(found)))
        return Judged(self.at.duties, self.facts, self.as_of, whole.measures, unseen)

    def plan(self) -> PublicPlan:
        plan, (outcome, implementation) = self.at.plan, self.judged.whole
        return PublicPlan(
            id=plan.id,
            title=plan.title,
            organisation=plan.organisation,
            as_of=self.as_of,
            updated_on=max((fact.known_on for fact in self.facts.every if isinstance(fact, _ARE_SHOWN)), default=None),
            outcome=_outcome(outcome),
            implementation=_implementation(implementation),
            priorities=tuple(self._priority(priority) for priority in plan.priorities),
        )

    def _priority(self, priority: Priority) -> PublicPriority:
        return PublicPriority(
            id=priority.id,
            title=priority.title,
            wording=priority.wording or "",
            outcome=_outcome(self.judged.outcomes[priority.id]),
            implementation=_implementation(self.judged.implementations[priority.id]),
            objectives=tuple(self._objective(objective) for objective in priority.objectives),
        )

    def _objective(self, objective: Objective) -> PublicObjective:
        parts = (self._part(part) for part in objective.parts())
        return PublicObjective(
            id=objective.id,
            title=objective.title,
            wording=objective.wording or "",
            outcome=_outcome(self.judged.outcomes[objective.id]),
            implementation=_implementation(self.judged.implementations[objective.id]),
            reading=self.judged.reading(objective.id),
            parts=tuple(part for part in parts if part.measures or part.actions or part.progress_measures),
        )

    def _part(self, part: Objective | Strand) -> PublicPart:
        return PublicPart(
            id=part.id if isinstance(part, Strand) else "",
            title=part.title,
            measures=tuple(self._measure(one) for one in part.long_term_measures if not self.judged.has_left(one)),
            actions=tuple(self._action(action) for action in part.actions),
            progress_measures=tuple(self._progress(one) for one in part.progress_measures),
        )

    def _action(self, action: Action) -> PublicAction:
        reported = self.judged.reported[action.id]
        return PublicAction(
            id=action.id,
            title=action.title,
            wording=action.wording or "",
            status=reported.status,
            reported_on=reported.reported_on,
            evidence=self.judged.shown(action.id).status,
        )

    def _progress(self, measure: ProgressMeasure) -> PublicProgress:
        chosen, status = self.at.plan.settings, self.judged.shown(measure.id).status
        newest = newest_that_counts(measure.id, self.facts, needs_acceptance=chosen.evidence_acceptance)
        return PublicProgress(
            id=measure.id,
            title=measure.title,
            wording=measure.wording or "",
            evidence=status,
            dated_on=newest.dated_on if newest else None,
            valid_until=ends_on(newest, chosen.evidence_valid_months) if newest and status != EvidenceStatus.EXPIRED else None,
        )

    # --- measures ------------------------------------------------------------------------------------------------------

    def _measure(self, measure: LongTermMeasure) -> PublicMeasure:
        found, override = self.judged.measures[measure.id], self._override(measure)
        is_hidden = measure.id in self.judged.unseen
        judged = HIDDEN if is_hidden else found.status
        return PublicMeasure(
            id=measure.id,
            title=measure.title,
            wording=measure.wording or "",
            student_group=measure.student_group or "",
            unit=measure.unit or "",
            wanted=wanted(measure.target, measure.unit),
            status=override.status if override else judged,
            judged=judged,
            set_until=override.until if override else None,
            reason=NOT_SHOWN if is_hidden else self._why(found),
            years=tuple(self._years(measure)),
        )

    def _override(self, measure: LongTermMeasure) -> Override | None:
        """Return a status that somebody set, if it is one of the known words and may be shown."""
        found = self.judged.override(measure.id)
        is_shown = found is not None and found.status in set(MeasureStatus) and measure.id not in self.judged.unseen
        return found if is_shown else None

    def _why(self, found: Assessment) -> str:
        last = found.last_known
        is_shown = last is not None and (found.measure.id, last.period) not in self.left_out
        return why_measure(found, self.facts, last_known_is_shown=is_shown)

    def _years(self, measure: LongTermMeasure) -> Iterator[PublicYear]:
        readings = self.facts.readings(measure.id)
        if not measure.has_figures or not (readings or isinstance(measure.target, Trajectory)):
            return
        lines = self._expected(measure, sorted(readings))
        for year in sorted({*readings, *(year for line in lines for year in line)}):
            reading, is_left_out = readings.get(year), (measure.id, year) in self.left_out
            is_told = reading is not None and not is_left_out
            yield PublicYear(
                school_year=str(year),
                expected=tuple(line[year] for line in lines if year in line),
                reading=reading.value if reading and is_told else None,
                known_on=reading.known_on if reading and is_told else None,
                source=self._source(reading, measure) if reading and is_told else "",
                is_left_out=is_left_out,
            )

    def _expected(self, measure: LongTermMeasure, read: Sequence[SchoolYear]) -> tuple[ByYear, ...]:
        """Return what is expected by year; what a change asks for is reckoned from readings, and told only if all are."""
        tells = isinstance(measure.target, Change) and any(code == measure.id for code, _ in self.left_out)
        return () if tells else expected_by_year(measure, self.judged, read)

    def _source(self, reading: Reading, measure: LongTermMeasure) -> str:
        """Return where a reading comes from, in the plan's words, or as the public site that it names."""
        target = measure.target
        if isinstance(target, Trajectory) and (reading.period, reading.value) == next(iter(target.points.items())):
            return phrase("the plan, as its starting point")
        if reading.source in {source.title for source in self.at.plan.sources}:
            return reading.source
        found = _SITE.fullmatch(reading.source.strip())
        return found[1].lower() if found else phrase("reported by the district")


def _judged_by(found: Assessment) -> Iterator[tuple[str, SchoolYear]]:
    """Yield the years whose readings led to a status."""
    target, code = found.measure.target, found.measure.id
    if isinstance(target, Threshold) and target.by is not None and found.last_known is not None:
        yield code, found.last_known.period
    if found.school_year is not None:
        yield code, found.school_year
        if isinstance(target, Change):
            yield code, SchoolYear(found.school_year.first - 1)


def _outcome(found: Sum) -> PublicSum:
    return PublicSum(status=found.status, known=found.rated, due=found.due, reason=why_outcome(found))


def _implementation(found: Sum) -> PublicSum:
    return PublicSum(status=found.status, known=found.rated, due=found.due, reason=why_implementation(found))
