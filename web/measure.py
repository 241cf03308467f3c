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
from plan.phrase import phrase
from plan.targets import Forecast
from plan.wording import in_words, joined, unit_in_words
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
        unit=unit_in_words(measure.unit) if measure.unit else "",
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
        yield _figure(phrase("Expected"), found.expected, by or found.school_year)
    if found.baseline is not None:
        yield _figure(phrase("Baseline"), found.baseline, _baseline_year(found))
    if found.target is not None:
        bounds = sides(target) if isinstance(target, Threshold) else [found.target]
        period = _named(found.target_year) or phrase("each year")
        yield Figure(name=phrase("Target"), value=_reach(*map(shown, bounds)), period=period)


def _read(found: Assessment, by: SchoolYear | None) -> Iterator[Figure]:
    """Yield the reading that was judged; where it is not known that, and the last one that is.

    Args:      by: the year of a bound; before it is over the last reading known is judged, whichever year that is for
    """
    year, last = found.school_year, found.last_known
    if found.reading is not None:
        is_early = by is not None and (year is None or year < by)
        yield _figure(phrase("Reading"), found.reading, last.period if is_early and last else year)
        return
    if found.status is MeasureStatus.NO_DATA:
        yield Figure(name=phrase("Reading"), value=phrase("not known"), period=_named(year))
    if last:
        yield _figure(phrase("Last reading"), last.value, last.period)


def _figure(name: str, value: Decimal, year: SchoolYear | None) -> Figure:
    return Figure(name=name, value=shown(value), period=_named(year))


def _reach(low: str, high: str = "") -> str:
    return phrase("{low} to {high}", low=low, high=high) if high else low


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
    nothing = phrase("not accepted") if is_day else ""
    reading = phrase("accepted") if is_day and one.status is MeasureStatus.MET else nothing
    return MilestoneShown(
        name=in_words(one.due) if is_day else one.name,
        due=in_words(one.due),
        expected=phrase("evidence") if one.expected is None else shown(one.expected),
        reading=reading if one.reading is None else shown(one.reading),
        status=word(one.status),
        tone=tone_of(one.status),
        reason=one.reason,
    )


def _forecast(found: Assessment) -> str:
    lead, target, last = found.forecast, found.target, found.last_known
    if lead is None or target is None or found.target_year is None or last is None:
        return ""
    pace, needed = _pace(lead, target, found.target_year), lead.gain_needed_per_year
    if needed is None or (lead.reached_in and lead.reached_in <= found.target_year):
        return pace
    gain = f"{'+' if needed > 0 else ''}{shown(needed)}"
    return joined((pace, phrase("From {year} on, {gain} a year would be needed.", year=str(last.period), gain=gain)))


def _pace(lead: Forecast, target: Decimal, by: SchoolYear) -> str:
    figures = {"figure": shown(lead.at_target_year), "year": str(by), "target": shown(target)}
    if not lead.reached_in:
        return phrase(
            "Forecast: at the pace of its readings it comes to {figure} in {year}, against {target}; it never reaches the "
            "target.",
            **figures,
        )
    return phrase(
        "Forecast: at the pace of its readings it comes to {figure} in {year}, against {target}; it reaches the target in "
        "{reached}.",
        reached=str(lead.reached_in),
        **figures,
    )


def _chart(measure: LongTermMeasure, judged: Judged) -> Chart | None:
    readings = {year: one.value for year, one in judged.facts.readings(measure.id).items()}
    return chart(expected_by_year(measure, judged, sorted(readings)), readings) if readings else None
