"""What a source says of the measures that name it. A source is gone through once, however many measures there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeVar

from plan import cells
from plan.facts import Reading
from plan.model import LongTermMeasure, Plan
from plan.owners import Roster
from plan.periods import SchoolYear
from plan.sources import MeasureSource, Query, Source, Taking
from plan.table import Cell, Row, Table

Read = TypeVar("Read")
NAMED_AT_MOST = 12
"""How many of a file's columns a sentence names."""
OF_A_MEASURE_AT_MOST, FAULTS_AT_MOST = 5, 50
"""How many faults are named: of one measure, and in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a source said on a day. A measure with a fault has no readings in it, so that its old ones stand."""

    readings: tuple[Reading, ...]
    masked: tuple[str, ...]
    """The figures that are masked or missing, each as "1.1-meets 2024-25"."""
    silent: tuple[str, ...]
    """The codes of measures of which nothing is said."""
    later: tuple[str, ...]
    """What is not known yet on the day that is collected for, each as "1.1-meets 2024-25, 2026-12-01"."""
    faults: tuple[str, ...]
    """What is wrong with it, in sentences, each once; of very many the first, and how many there are besides."""


def collected(source: Source, table: Table, roster: Roster, *, as_of: date, asked_on: date) -> Collected:
    """Return what a table says of the measures that name its source.

    Args:      as_of: the day that is collected for; what became known later is passed over, so that past days stay as they were
               asked_on: the day on which the source was asked; what it does not date became known then
    """
    cases = _Search(source, table, roster, as_of, asked_on).cases()
    sound = [case for case in cases if not case.faults]
    return Collected(
        readings=tuple(reading for case in sound for reading in case.readings),
        masked=tuple(masked for case in sound for masked in case.masked),
        silent=tuple(case.measure.id for case in sound if not case.is_told),
        later=tuple(later for case in sound for later in case.later),
        faults=_first(list(dict.fromkeys(fault for case in cases for fault in case.faults))),
    )


def _first(faults: Sequence[str]) -> tuple[str, ...]:
    more = len(faults) - FAULTS_AT_MOST
    return (*faults[:FAULTS_AT_MOST], f"and {more:,} more faults; correct these first") if more > 0 else tuple(faults)


def measures_of(source: Source, plan: Plan) -> Iterator[tuple[LongTermMeasure, MeasureSource]]:
    """Yield each measure that names a source, with what is special to it there."""
    for measure in plan.long_term_measures:
        for one in measure.sources:
            if one.source == source.id:
                yield measure, one


class _Index:
    """A table's rows by what is asked of them, for each way of asking; they are gone through once for all ways."""

    def __init__(self, table: Table, takings: Iterable[Taking]) -> None:
        self.at = {name: at for at, name in enumerate(table.columns)}
        self._found: dict[_Way, dict[_Wanted, dict[str, list[Row]]]] = {}
        for taking in takings:
            if not self.missing(taking):
                self._found.setdefault(_way(taking), {})[_wanted(taking)] = {}
        self._go_through(table.rows)

    def missing(self, taking: Taking) -> list[str]:
        """Return the columns that are asked for and are not there."""
        named = [name for name in dict(taking.columns).values() if name is not None]
        return [name for name in (*taking.rows, *named) if name not in self.at]

    def rows(self, taking: Taking, called: str) -> Sequence[Row]:
        """Return the rows of a measure, in the table's order."""
        by_name = self._found[_way(taking)][_wanted(taking)]
        return by_name.get("" if taking.columns.measure is None else called, ())

    def has_rows(self, taking: Taking) -> bool:
        """Return whether any row has the texts that are asked for."""
        return bool(self._found[_way(taking)][_wanted(taking)])

    def _go_through(self, rows: Iterable[Row]) -> None:
        ways = [
            (None if column is None else self.at[column], [self.at[name] for name in names], found)
            for (column, names), found in self._found.items()
        ]
        for row in rows:
            for at, columns, found in ways:
                by_name = found.get(tuple(cells.alike(row.cells[column]) for column in columns))
                if by_name is not None:
                    by_name.setdefault("" if at is None else cells.text(row.cells[at]), []).append(row)


_Way = tuple[str | None, tuple[str, ...]]
"""The column that names a measure, and those that have to have certain texts."""
_Wanted = tuple[str | Decimal, ...]
"""These texts."""


def _way(taking: Taking) -> _Way:
    return taking.columns.measure, tuple(taking.rows)


def _wanted(taking: Taking) -> _Wanted:
    return tuple(map(cells.alike, taking.rows.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a row says: of which year, known on which day; no value where the figure is masked."""

    row: Row
    year: SchoolYear
    known_on: date
    value: Decimal | None

    def __str__(self) -> str:
        return "no figure" if self.value is None else str(self.value)


@dataclass(slots=True)
class _Case:
    """A measure that is looked for, and what was found of it."""

    measure: LongTermMeasure
    taking: Taking
    is_told: bool = False
    """Whether the source has rows of it."""
    readings: list[Reading] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """The first ones; the others are only counted."""
    wrong: int = 0
    """How many rows have been found wrong, or wrong in how many ways."""

    def blame(self, row: Row, said: str) -> None:
        """Note what is wrong in a row."""
        self.wrong += 1
        if self.wrong <= OF_A_MEASURE_AT_MOST:
            self.faults.append(f"{row.place}: {self.measure.id}: {said}")

    def close(self) -> None:
        """Say how many faults were not named."""
        if self.wrong > OF_A_MEASURE_AT_MOST:
            self.faults.append(f"{self.measure.id}: {self.wrong - OF_A_MEASURE_AT_MOST:,} more of its rows are wrong")


class _Search:
    """A table that is gone through for one measure after another."""

    def __init__(self, source: Source, table: Table, roster: Roster, as_of: date, asked_on: date) -> None:
        self.source, self.roster, self.asked_on = source, roster, asked_on
        self.last_day = min(as_of, asked_on)
        self.asked = [(measure, one, source.under(one)) for measure, one in measures_of(source, roster.plan)]
        self.table, self.index = table, _Index(table, (taking for _, _, taking in self.asked))
        self.found_at = source.title or table.found_at
        self.starts = roster.plan.settings.fiscal_year_starts

    def cases(self) -> list[_Case]:
        """Return what is found of each measure."""
        return [self._case(measure, one, taking) for measure, one, taking in self.asked]

    def _case(self, measure: LongTermMeasure, one: MeasureSource, taking: Taking) -> _Case:
        case = _Case(measure, taking)
        if missing := self.index.missing(case.taking):
            case.faults += map(self._missing, missing)
            return case
        rows = self.index.rows(case.taking, one.called or measure.id)
        case.is_told = bool(rows)
        if not self.index.has_rows(case.taking):
            case.faults.append(self._nothing(case.taking))
        first: dict[tuple[SchoolYear, date], _Said] = {}
        for said in filter(None, (self._said(case, row) for row in rows)):
            above = first.setdefault((said.year, said.known_on), said)
            if above.value != said.value:
                both = f"{above.row.place} gives {above} for {said.year} and the same day, not {said}"
                case.blame(said.row, f"{both}; keep one of them, or say under rows which are meant")
        case.close()
        for said in first.values():
            self._take(case, said)
        return case

    def _take(self, case: _Case, said: _Said) -> None:
        """Put what is said where it belongs: not known yet, masked, or a reading."""
        if said.known_on > self.last_day:
            case.later.append(f"{case.measure.id} {said.year}, {said.known_on}")
        elif said.value is None:
            case.masked.append(f"{case.measure.id} {said.year}")
        else:
            case.readings.append(self._reading(case, said, said.value))

    def _missing(self, column: str) -> str:
        has = self.table.columns
        more = f" and {len(has) - NAMED_AT_MOST} more" if len(has) > NAMED_AT_MOST else ""
        there = "the result" if isinstance(self.source, Query) else "the file"
        return f"expected column {column}; {there} has {', '.join(has[:NAMED_AT_MOST]) or 'none'}{more}"

    def _nothing(self, taking: Taking) -> str:
        if not taking.rows:
            return "there is no row below the headings; look at the source"
        wanted = " and ".join(f"{name} {said}" for name, said in taking.rows.items())
        looked = "1 row was" if len(self.table.rows) == 1 else f"{len(self.table.rows)} rows were"
        return f"no row has {wanted}, and {looked} looked at; correct rows in the plan file, or look at the source"

    def _said(self, case: _Case, row: Row) -> _Said | None:
        """Return what a row says, or None if it is faulty."""
        columns, wrong = case.taking.columns, case.wrong
        year = case.taking.school_year or self._read(case, row, columns.school_year, partial(_year, case.taking))
        known_on = self._read(case, row, columns.known_on, cells.day) if columns.known_on else self.asked_on
        is_masked = cells.is_masked(self._cell(row, columns.value), case.taking.masked)
        value = None if is_masked else self._read(case, row, columns.value, partial(_figure, case.taking))
        if case.wrong > wrong or year is None or known_on is None:
            return None
        if value is not None and year.start(self.starts) > known_on:
            case.blame(row, f"{year} has not begun on {known_on}; correct one of them")
            return None
        return _Said(row=row, year=year, known_on=known_on, value=value)

    def _reading(self, case: _Case, said: _Said, value: Decimal) -> Reading:
        columns = case.taking.columns
        return Reading(
            item=case.measure.id,
            period=said.year,
            value=value,
            source=cells.text(self._cell(said.row, columns.source)) or self.found_at,
            note=cells.text(self._cell(said.row, columns.note)),
            by=self.roster.office_title(case.measure.id, as_of=said.known_on),
            known_on=said.known_on,
        )

    def _cell(self, row: Row, column: str | None) -> Cell:
        return None if column is None else row.cells[self.index.at[column]]

    def _read(self, case: _Case, row: Row, column: str | None, how: Callable[[Cell], Read]) -> Read | None:
        try:
            return how(self._cell(row, column))
        except ValueError as error:
            case.blame(row, f"{column}: {error}")
            return None


def _year(taking: Taking, cell: Cell) -> SchoolYear:
    return cells.school_year(cell, years_are=taking.years_are)


def _figure(taking: Taking, cell: Cell) -> Decimal:
    return cells.figure(cells.figure(cell, decimal=taking.decimal) * taking.times)
