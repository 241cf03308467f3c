"""Whether a collected figure can be believed: a jump that nobody would expect waits for an administrator's yes."""

from decimal import Decimal

from plan.assess import shown
from plan.facts import Reading
from plan.model import LongTermMeasure, Trajectory
from plan.periods import SchoolYear
from plan.phrase import phrase, template
from plan.restated import Known
from plan.wording import unit_in_words


def largest_jump(measure: LongTermMeasure) -> Decimal | None:
    """Return how far a figure may lie from the year before's, in the measure's unit, or None for however far.

    Source:    docs/rules.md, "Which collected figures count?"
    """
    if measure.plausible_jump is not None:
        return None if measure.plausible_jump == "any" else measure.plausible_jump
    if isinstance(measure.target, Trajectory):
        return abs(measure.target.target - measure.target.baseline) / 2
    return None


def doubt(measure: LongTermMeasure, reading: Reading, known: Known) -> str:
    """Return why a figure is not to be believed beside those known, or an empty text.

    It is compared with the same year's, else with that of the nearest year before (a trajectory's baseline among them),
    else with that of the nearest year after; over several years a jump may be as many times as far.
    """
    most, beside = largest_jump(measure), _beside(measure, reading.period, known)
    if most is None or beside is None:
        return ""
    year, value = beside
    years = max(1, abs(reading.period.first - year.first))
    jump = abs(reading.value - value)
    if jump <= most * years:
        return ""
    believed = _IN_A_YEAR if years == 1 else _IN_YEARS
    return phrase(
        believed,
        figure=shown(reading.value),
        period=str(reading.period),
        jump=shown(jump),
        unit=unit_in_words("percentage points" if measure.unit == "percent" else measure.unit or ""),
        value=shown(value),
        year=str(year),
        most=shown(most * years),
        years=years,
    )


_IN_A_YEAR = template("{figure} for {period} lies {jump} {unit} from the {value} of {year}; at most {most} {unit} are believed")
_IN_YEARS = template(
    "{figure} for {period} lies {jump} {unit} from the {value} of {year}; at most {most} {unit} in {years} years are believed"
)


def _beside(measure: LongTermMeasure, period: SchoolYear, known: Known) -> tuple[SchoolYear, Decimal] | None:
    """Return the year and figure that a figure is compared with, or None if there is none."""
    figures = dict(known)
    if isinstance(measure.target, Trajectory):
        figures.setdefault(next(iter(measure.target.points)), measure.target.baseline)
    earlier = [year for year in figures if year <= period]
    year = max(earlier) if earlier else min(figures, default=None)
    return None if year is None else (year, figures[year])
