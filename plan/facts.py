"""What people and sources have said. Facts are only ever added; each says what it is about, and when it became known."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeVar

from plan.periods import Period, SchoolYear

DutyKind = Literal["check-in", "evidence", "reading"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """What an owner said of an item for a quarter."""

    item: str
    period: Period
    implementation: Implementation
    note: str
    by: str
    known_on: date


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
class Waiver:
    """A decision that an item owes nothing for a period, with its reason and who decided."""

    item: str
    period: Period
    note: str
    by: str
    known_on: date


Fact = CheckIn | Reading | Evidence | Acknowledgement | Waiver
AnyFact = TypeVar("AnyFact", CheckIn, Reading, Evidence, Acknowledgement, Waiver)


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

    def last_reading(self, item: str) -> Reading | None:
        """Return the reading of the latest school year, as it was restated last, or None."""
        return self._last_readings.get(item)

    def last_check_in(self, item: str) -> CheckIn | None:
        """Return the check-in that became known last, or None."""
        return self._last_check_ins.get(item)

    def _of(self, kind: type[AnyFact]) -> list[AnyFact]:
        return sorted((fact for fact in self.every if isinstance(fact, kind)), key=lambda fact: fact.known_on)

    @cached_property
    def _given(self) -> dict[tuple[DutyKind, str, Period], date]:
        given: dict[tuple[DutyKind, str, Period], date] = {}
        for check_in in self._of(CheckIn):
            given.setdefault(("check-in", check_in.item, check_in.period), check_in.known_on)
        for evidence in self._of(Evidence):
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
    def _last_readings(self) -> dict[str, Reading]:
        last: dict[str, Reading] = {}
        for reading in self._of(Reading):
            if reading.item not in last or last[reading.item].period <= reading.period:
                last[reading.item] = reading
        return last

    @cached_property
    def _last_check_ins(self) -> dict[str, CheckIn]:
        return {check_in.item: check_in for check_in in self._of(CheckIn)}
