"""How lines of a rollup are put together under one heading; the same on page, on paper and in the workbook."""

from collections.abc import Iterable
from dataclasses import dataclass

from plan.rollup import MeasureLine, Missing, Rollup, SlipLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Slips:
    """The slips that last, with a corrective plan and without, and those that are over."""

    planned: tuple[SlipLine, ...]
    unplanned: tuple[SlipLine, ...]
    over: tuple[SlipLine, ...]


def slips(rollup: Rollup) -> Slips:
    """Return the slips, each part in the rollup's order."""
    lasting = [one for one in rollup.slips if one.over_on is None]
    return Slips(
        planned=tuple(one for one in lasting if one.plan),
        unplanned=tuple(one for one in lasting if not one.plan),
        over=tuple(one for one in rollup.slips if one.over_on is not None),
    )


def missing(rollup: Rollup) -> list[tuple[str, Missing]]:
    """Return what has not come with the office that owes it, the oldest first."""
    owed = [(line.office, one) for line in rollup.offices for one in line.missing]
    return sorted(owed, key=lambda pair: pair[1].due)


def school_years(measures: Iterable[MeasureLine]) -> list[str]:
    """Return the school years of which one of the measures has a line, first to last."""
    return sorted({year.school_year for one in measures for year in one.years})
