"""What a long-term measure's page shows besides its status: figures, chart, milestones, forecast. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from notifications.chart import Chart, chart
from plan.assess import Assessment, MeasureStatus, shown
from plan.expected import expected_by_year, sides
from plan.judgement import Judged
from plan.milestones import Milestone, milestones_of
from plan.model import LongTermMeasure, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.wording import in_words
from web.wording import Tone, tone_of, word


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that a measure is judged by."""

    name: str
    value: str
    period: str
    """The school year that it is for, or "each year"; empty where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneShown:
    """What is to be reached by a year or a day, and what became of it."""

    name: str
    due: str
    expected: str
    reading: str
    status: str
    tone: Tone
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureShown:
    """How a long-term measure stands, in figures."""

    unit: str
    figures: tuple[Figure, ...]
    chart: Chart | None
    """None without a figure that was read."""
    milestones: tuple[MilestoneShown, ...]
    forecast: str
    """Where the readings lead; empty where that cannot be said."""


def measure_shown(measure: LongTermMeasure, judged: Judged) -> MeasureShown:
    """Return what a measure was judged by, year by year."""
    found = judged.measures[measure.id]
    milestones = milestones_of(measure, judged.facts, judged.duties, as_of=judged.as_of)
    return MeasureShown(
        unit=measure.unit or "",
        figures=tuple(_figures(found)),
        chart=_chart(measure, judged),
        milestones=tuple(_milestone(one) for one in milestones),
        forecast=_forecast(found),
    )


def _figures(found: Assessment) -> Iterator[Figure]:
    target = found.measure.target
    by = target.by if isinstance(target, Threshold) else None
    yield from _read(found, by)
    if found.expected is not None:
        yield _figure("Expected", found.expected, by or found.school_year)
    if found.baseline is not None:
        yield _figure("Baseline", found.baseline, _baseline_year(found))
    if found.target is not None:
        bounds = sides(target) if isinstance(target, Threshold) else [found.target]
        yield Figure(name="Target", value=" to ".join(map(shown, bounds)), period=_named(found.target_year) or "each year")


def _read(found: Assessment, by: SchoolYear | None) -> Iterator[Figure]:
    """Yield the reading that was judged; where it is not known that, and the last one that is.

    Args:      by: the year of a bound; before it is over the last reading known is judged, whichever year that is for
    """
    year, last = found.school_year, found.last_known
    if found.reading is not None:
        is_early = by is not None and (year is None or year < by)
        yield _figure("Reading", found.reading, last.period if is_early and last else year)
        return
    if found.status is MeasureStatus.NO_DATA:
        yield Figure(name="Reading", value="not known", period=_named(year))
    if last:
        yield _figure("Last reading", last.value, last.period)


def _figure(name: str, value: Decimal, year: SchoolYear | None) -> Figure:
    return Figure(name=name, value=shown(value), period=_named(year))


def _named(year: SchoolYear | None) -> str:
    return str(year) if year else ""


def _baseline_year(found: Assessment) -> SchoolYear | None:
    """Return the year that a measure starts from: its way's first; of a change, the year before the judged one."""
    if isinstance(found.measure.target, Trajectory):
        return next(iter(found.measure.target.points))
    return SchoolYear(found.school_year.first - 1) if found.school_year else None


def _milestone(one: Milestone) -> MilestoneShown:
    """Return a milestone in words; of a deliverable evidence is expected, and none counts before it is accepted."""
    is_day = one.expected is None
    nothing = "not accepted" if is_day else ""
    reading = "accepted" if is_day and one.status is MeasureStatus.MET else nothing
    return MilestoneShown(
        name=in_words(one.due) if is_day else one.name,
        due=in_words(one.due),
        expected="evidence" if one.expected is None else shown(one.expected),
        reading=reading if one.reading is None else shown(one.reading),
        status=word(one.status),
        tone=tone_of(one.status),
        reason=one.reason,
    )


def _forecast(found: Assessment) -> str:
    lead, target, last = found.forecast, found.target, found.last_known
    if lead is None or target is None or found.target_year is None or last is None:
        return ""
    at = f"it comes to {shown(lead.at_target_year)} in {found.target_year}, against {shown(target)}"
    reached = f"reaches the target in {lead.reached_in}" if lead.reached_in else "never reaches the target"
    pace, needed = f"Forecast: at the pace of its readings {at}; it {reached}.", lead.gain_needed_per_year
    if needed is None or (lead.reached_in and lead.reached_in <= found.target_year):
        return pace
    return f"{pace} From {last.period} on, {'+' if needed > 0 else ''}{shown(needed)} a year would be needed."


def _chart(measure: LongTermMeasure, judged: Judged) -> Chart | None:
    readings = {year: one.value for year, one in judged.facts.readings(measure.id).items()}
    return chart(expected_by_year(measure, judged, sorted(readings)), readings) if readings else None
