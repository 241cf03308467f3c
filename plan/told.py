"""What has been told to whom: the memory that keeps a step from being taken twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from plan.facts import DutyKind
from plan.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One step of a ladder, told to one person, or skipped because a higher one went out instead."""

    key: str
    item: str
    kind: DutyKind
    period: str
    ladder: str
    step: str
    due: date
    address: str
    told_on: date
    """The day that the telling was for."""
    delivered_on: date | None
    """The day on which its mail left for good (accepted, in doubt, or refused for ever); None while it is on its way."""
    skipped: bool = False


class Told:
    """All tellings, found by obligation and by person."""

    def __init__(self, tellings: Iterable[Telling] = ()) -> None:
        self._by_duty: defaultdict[tuple[DutyKind, str, str, date], dict[tuple[str, str], Telling]] = defaultdict(dict)
        self._covered: dict[tuple[DutyKind, str, date], frozenset[tuple[str, str]]] = {}
        self._digest_days: defaultdict[str, set[date]] = defaultdict(set)
        self._last_told: defaultdict[str, dict[str, date]] = defaultdict(dict)
        for telling in tellings:
            self.add(telling)

    def add(self, telling: Telling) -> None:
        """Remember a telling."""
        self._by_duty[telling.kind, telling.item, telling.period, telling.due][telling.step, telling.address] = telling
        if not telling.skipped:
            self._digest_days[telling.address].add(telling.told_on)
            last = self._last_told[telling.address]
            last[telling.item] = max(telling.told_on, last.get(telling.item, telling.told_on))

    def __iter__(self) -> Iterator[Telling]:
        """Yield all tellings."""
        return (telling for about in self._by_duty.values() for telling in about.values())

    def before(self, day: date) -> "Told":
        """Return what was told for earlier days."""
        return Told(telling for telling in self if telling.told_on < day)

    def on(self, day: date) -> tuple[Telling, ...]:
        """Return what was told for a day."""
        return tuple(telling for telling in self if telling.told_on == day)

    def of(self, kind: DutyKind, item: str, period: str, due: date) -> dict[tuple[str, str], Telling]:
        """Return the tellings of one obligation by (step, address)."""
        return self._by_duty.get((kind, item, period, due), {})

    def covers(self, kind: DutyKind, item: str, period: Period, due: date, needed: frozenset[tuple[str, str]]) -> bool:
        """Return whether everyone in a set of (step, address) has been told of an obligation.

        What was covered once stays so, since tellings are only added: the same set need not be compared again.
        """
        if self._covered.get((kind, item, due)) is needed:
            return True
        if not self.of(kind, item, str(period), due).keys() >= needed:
            return False
        self._covered[kind, item, due] = needed
        return True

    def digest_days(self, address: str) -> set[date]:
        """Return the days on which a person was sent a digest."""
        return self._digest_days.get(address, set())

    def last_told(self, address: str) -> Mapping[str, date]:
        """Return the items of which a person was told something, each with the last day for which that was."""
        return self._last_told.get(address, {})
