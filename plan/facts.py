"""What people and sources have said. Facts are only ever added; each says what it is about, and when it became known."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeVar

from plan.model import Item, LongTermMeasure, Narrative
from plan.periods import Period, SchoolYear

DutyKind = Literal["check-in", "evidence", "reading", "corrective plan"]
CORRECTIVE_PLAN: DutyKind = "corrective plan"


class Implementation(StrEnum):
    """How an owner says that an action stands."""

    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    ACHIEVED = "achieved"
    NOT_ACHIEVED = "not_achieved"
    CANCELLED = "cancelled"

    @property
    def ends_the_work(self) -> bool:
        """Return whether nothing more is asked for afterwards."""
        return self in (Implementation.ACHIEVED, Implementation.NOT_ACHIEVED, Implementation.CANCELLED)


class Progress(StrEnum):
    """How a steward rates a measure that has no figure."""

    NO_PROGRESS = "no_progress"
    SOME_PROGRESS = "some_progress"
    CONSIDERABLE_PROGRESS = "considerable_progress"
    SIGNIFICANT_PROGRESS = "significant_progress"
    ACCOMPLISHED = "accomplished"
    DISCONTINUED = "discontinued"

    @property
    def ends_the_work(self) -> bool:
        """Return whether nothing more is asked for afterwards."""
        return self in (Progress.ACCOMPLISHED, Progress.DISCONTINUED)


Said = Implementation | Progress


def words_for(item: Item) -> type[Implementation] | type[Progress]:
    """Return the words in which an item is said to stand: a measure without a figure is rated, all else is reported."""
    return Progress if isinstance(item, LongTermMeasure) and isinstance(item.target, Narrative) else Implementation


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """What an owner said of an item for a quarter."""

    item: str
    period: Period
    status: Said
    """How an action or objective stands; of a narrative measure, how far it has come."""
    note: str
    by: str
    known_on: date
    obstacles: str = ""
    """What stands in the way; empty where nothing was named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A measure's value for a school year; a later one for the same year restates it."""

    item: str
    period: SchoolYear
    value: Decimal
    source: str
    note: str
    by: str
    known_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A document or an address that shows something done, with its own date."""

    item: str
    period: Period
    reference: str
    dated_on: date
    note: str
    by: str
    known_on: date
    sha256: str = ""
    """The hexadecimal digits of the file's SHA-256; empty for an address, and for what was only named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """An owner's promise to answer by a day; it pauses the ladder for a while."""

    item: str
    period: Period
    promised_on: date
    note: str
    by: str
    known_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """That another office is to be asked for an item; it is asked from that day on, until another referral."""

    item: str
    period: Period
    asked: str
    """The code of the office that is asked instead."""
    note: str
    by: str
    known_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A decision that an item owes nothing for a period, with its reason and who decided."""

    item: str
    period: Period
    note: str
    by: str
    known_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """That an item's evidence was looked at, by someone other than its owner, and shows what it has to show."""

    item: str
    period: Period
    note: str
    by: str
    known_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """That a piece of an item's evidence was looked at and does not show what it has to show; it counts no more."""

    item: str
    period: Period
    reference: str
    note: str
    """Why, in words for who gave it."""
    by: str
    known_on: date
    sha256: str = ""
    """The evidence's own."""

    def is_about(self, evidence: Evidence) -> bool:
        """Return whether it is that piece of evidence which was sent back."""
        return (self.item, self.reference, self.sha256) == (evidence.item, evidence.reference, evidence.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of evidence, with what was decided of it."""

    evidence: Evidence
    decision: Acceptance | SentBack | None = None
    """None while nobody has looked at it."""

    @property
    def counts(self) -> bool:
        """Return whether it was not sent back."""
        return not isinstance(self.decision, SentBack)

    def after(self, decision: Acceptance | SentBack) -> "Piece":
        """Return the piece once something was decided of its item's evidence: an acceptance is of all that waits."""
        is_named = isinstance(decision, SentBack) and self.counts and decision.is_about(self.evidence)
        is_taken = isinstance(decision, Acceptance) and self.decision is None
        return Piece(evidence=self.evidence, decision=decision) if is_named or is_taken else self


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectivePlan:
    """What is to be done about a measure that has slipped."""

    item: str
    period: Period
    cause: str
    step: str
    done_by: date
    effect: str
    by: str
    known_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A status that somebody sets beside the judged one, until a day, that day included."""

    item: str
    period: Period
    status: str
    until: date
    note: str
    by: str
    known_on: date


Fact = CheckIn | Reading | Evidence | Acknowledgement | Referral | Waiver | Acceptance | SentBack | CorrectivePlan | Override
Answer = CheckIn | Reading | Evidence | Acknowledgement | Referral | CorrectivePlan
"""What owners say when they are asked; the other facts are decisions."""
AnyFact = TypeVar(
    "AnyFact", CheckIn, Reading, Evidence, Acknowledgement, Referral, Waiver, Acceptance, SentBack, CorrectivePlan, Override
)


@dataclass(frozen=True)
class Facts:
    """Facts, found by what they are about. Where several were added on one day, the order of adding decides."""

    every: tuple[Fact, ...] = ()

    def known_by(self, as_of: date) -> "Facts":
        """Return the facts that were known on a day, that day included."""
        return Facts(tuple(fact for fact in self.every if fact.known_on <= as_of))

    def given(self, kind: DutyKind, item: str, period: Period) -> date | None:
        """Return the day on which something owed was first given, or None."""
        return self._given.get((kind, item, period))

    def promises(self, item: str, period: Period) -> tuple[Acknowledgement, ...]:
        """Return the acknowledgements for an item and period, first to last."""
        return self._promises.get((item, period), ())

    def waiver(self, item: str, period: Period) -> Waiver | None:
        """Return the decision that nothing is owed, or None."""
        return self._waivers.get((item, period))

    def readings(self, item: str) -> dict[SchoolYear, Reading]:
        """Return the readings of a measure by school year, each as it was restated last."""
        return self._readings.get(item, {})

    def accepted_on(self, item: str) -> date | None:
        """Return the day on which an item's evidence that counts was first accepted, or None."""
        found = (one.decision.known_on for one in self.pieces(item) if isinstance(one.decision, Acceptance))
        return min(found, default=None)

    def pieces(self, item: str) -> tuple[Piece, ...]:
        """Return every piece of evidence given for an item, also what was sent back, first to last."""
        return self._pieces.get(item, ())

    def evidence(self, item: str) -> tuple[Evidence, ...]:
        """Return the evidence given for an item that was not sent back, first to last."""
        return tuple(piece.evidence for piece in self.pieces(item) if piece.counts)

    def sent_back(self, item: str) -> tuple[SentBack, ...]:
        """Return what was sent back of an item's evidence, first to last."""
        return self._sent_back.get(item, ())

    @cached_property
    def referrals(self) -> tuple[Referral, ...]:
        """Which items another office is asked for, first to last."""
        return tuple(self._of(Referral))

    def corrective_plans(self, item: str) -> tuple[CorrectivePlan, ...]:
        """Return the corrective plans given for a measure, first to last."""
        return self._corrective_plans.get(item, ())

    def override(self, item: str, *, as_of: date) -> Override | None:
        """Return the override that holds on a day: the last one made, if its end has not passed; or None."""
        last = self._overrides.get(item)
        return last if last and as_of <= last.until else None

    def last_check_in(self, item: str) -> CheckIn | None:
        """Return the check-in for the latest period, as it was last known, or None; one that comes late changes nothing."""
        return self._last_check_ins.get(item)

    def _of(self, kind: type[AnyFact]) -> list[AnyFact]:
        return sorted((fact for fact in self.every if isinstance(fact, kind)), key=lambda fact: fact.known_on)

    @cached_property
    def _given(self) -> dict[tuple[DutyKind, str, Period], date]:
        given: dict[tuple[DutyKind, str, Period], date] = {}
        for check_in in self._of(CheckIn):
            given.setdefault(("check-in", check_in.item, check_in.period), check_in.known_on)
        for evidence in (piece.evidence for pieces in self._pieces.values() for piece in pieces if piece.counts):
            given.setdefault(("evidence", evidence.item, evidence.period), evidence.known_on)
        for reading in self._of(Reading):
            given.setdefault(("reading", reading.item, reading.period), reading.known_on)
        return given

    @cached_property
    def _promises(self) -> dict[tuple[str, Period], tuple[Acknowledgement, ...]]:
        promises: dict[tuple[str, Period], tuple[Acknowledgement, ...]] = {}
        for promise in self._of(Acknowledgement):
            promises[promise.item, promise.period] = (*promises.get((promise.item, promise.period), ()), promise)
        return promises

    @cached_property
    def _waivers(self) -> dict[tuple[str, Period], Waiver]:
        return {(waiver.item, waiver.period): waiver for waiver in reversed(self._of(Waiver))}

    @cached_property
    def _readings(self) -> dict[str, dict[SchoolYear, Reading]]:
        found: dict[str, dict[SchoolYear, Reading]] = {}
        for reading in self._of(Reading):
            found.setdefault(reading.item, {})[reading.period] = reading
        return found

    @cached_property
    def _pieces(self) -> dict[str, tuple[Piece, ...]]:
        """Evidence in the order of becoming known, each with what was decided since; given again, it is another piece."""
        found: dict[str, tuple[Piece, ...]] = {}
        said = (one for one in self.every if isinstance(one, Evidence | Acceptance | SentBack))
        for fact in sorted(said, key=lambda one: one.known_on):
            before = found.get(fact.item, ())
            if isinstance(fact, Evidence):
                found[fact.item] = (*before, Piece(evidence=fact))
            elif before:
                found[fact.item] = tuple(piece.after(fact) for piece in before)
        return found

    @cached_property
    def _sent_back(self) -> dict[str, tuple[SentBack, ...]]:
        found: dict[str, tuple[SentBack, ...]] = {}
        for sent_back in self._of(SentBack):
            found[sent_back.item] = (*found.get(sent_back.item, ()), sent_back)
        return found

    @cached_property
    def _corrective_plans(self) -> dict[str, tuple[CorrectivePlan, ...]]:
        found: dict[str, tuple[CorrectivePlan, ...]] = {}
        for plan in self._of(CorrectivePlan):
            found[plan.item] = (*found.get(plan.item, ()), plan)
        return found

    @cached_property
    def _overrides(self) -> dict[str, Override]:
        return {override.item: override for override in self._of(Override)}

    @cached_property
    def _last_check_ins(self) -> dict[str, CheckIn]:
        last: dict[str, CheckIn] = {}
        for check_in in self._of(CheckIn):
            if check_in.item not in last or str(last[check_in.item].period) <= str(check_in.period):
                last[check_in.item] = check_in
        return last
