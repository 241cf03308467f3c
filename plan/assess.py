"""How a long-term measure stands on a day: a named status, and a sentence with the arithmetic that led to it.

What is compared is exact; only what is shown is rounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from plan.duties import Duties
from plan.facts import Facts, Progress, Reading
from plan.model import Change, Deliverable, LongTermMeasure, Narrative, Target, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.targets import TOLERANCES, Forecast, expected_value, forecast, share_of_way, shortfall

ON_TRACK_FROM, WATCH_FROM = Decimal("0.95"), Decimal("0.85")
"""Shares of the way from which a measure is on track, or watched (rules.md 4)."""
NEAR_DAYS = 60
"""Calendar days before its day from which a deliverable is watched."""


class MeasureStatus(StrEnum):
    """How a measure stands."""

    NOT_RATED = "not_rated"  # nothing could be known yet
    NO_DATA = "no_data"  # something should be known, and is not
    MET = "met"
    ON_TRACK = "on_track"
    WATCH = "watch"
    OFF_TRACK = "off_track"
    DECLINED = "declined"  # worse than where it began
    MISSED = "missed"  # the last year is over, and the target was not reached


SLIPPED = frozenset({MeasureStatus.OFF_TRACK, MeasureStatus.DECLINED, MeasureStatus.MISSED})
"""The statuses that start the slip ladder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A measure judged on a day, with the figures that it was judged by; figures that do not apply are None."""

    measure: LongTermMeasure
    status: MeasureStatus
    reason: str
    school_year: SchoolYear | None = None
    """The year that was judged: the latest one whose results were due."""
    reading: Decimal | None = None
    baseline: Decimal | None = None
    expected: Decimal | None = None
    target: Decimal | None = None
    target_year: SchoolYear | None = None
    share: Decimal | None = None
    shortfall: Decimal | None = None
    last_known: Reading | None = None
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """One measure with what is known of it on a day."""

    measure: LongTermMeasure
    readings: Mapping[SchoolYear, Reading]
    year: SchoolYear | None
    """The latest school year whose results are due; None: none is, since the plan began."""
    tolerance: Decimal

    def value(self, year: SchoolYear | None) -> Decimal | None:
        found = self.readings.get(year) if year else None
        return found.value if found else None

    @property
    def last_known(self) -> Reading | None:
        return self.readings[max(self.readings)] if self.readings else None

    def judged(self, status: MeasureStatus, reason: str, **figures: Any) -> Assessment:
        known = {"school_year": self.year, "reading": self.value(self.year), "last_known": self.last_known}
        return Assessment(measure=self.measure, status=status, reason=reason, **(known | figures))

    def no_data(self, **figures: Any) -> Assessment:
        last = self.last_known
        known = f"the last reading known is {shown(last.value)}, for {last.period}" if last else "no reading is known at all"
        return self.judged(MeasureStatus.NO_DATA, f"The results for {self.year} are due and not known; {known}.", **figures)


def assess(measure: LongTermMeasure, facts: Facts, duties: Duties, *, as_of: date) -> Assessment:
    """Judge a measure by the latest school year whose results are due on a day.

    Args:      facts: those known by `as_of`
    Source:    rules.md 4
    """
    return assess_year(measure, facts, duties, year=duties.results_due(measure, as_of=as_of), as_of=as_of)


def assess_year(measure: LongTermMeasure, facts: Facts, duties: Duties, *, year: SchoolYear | None, as_of: date) -> Assessment:
    """Judge a measure by one school year, whose results are due on the day; None: no year's are.

    Args:      facts: those known by `as_of`
    """
    case = _Case(measure, facts.readings(measure.id), year, _tolerance(measure))
    match measure.target:
        case Trajectory() as way:
            return _trajectory(case, way)
        case Threshold(by=None) as bound:
            return _kept_each_year(case, bound)
        case Threshold() as bound:
            return _reached_by_a_year(case, bound)
        case Change() as change:
            return _change(case, change)
        case Deliverable() as deliverable:
            return _deliverable(case, deliverable, facts, duties, as_of)
        case Narrative():
            return _narrative(case, facts)


def first_day(judged: Assessment, duties: Duties) -> date | None:
    """Return the day from which a measure has been as it is judged, as far as its facts tell; None where they do not.

    For figures that is when the year's results were due, or its last reading became known; for a deliverable the day after.
    """
    match judged.measure.target:
        case Deliverable(by=by):
            return by + timedelta(days=1)
        case Narrative():
            return None
    if judged.school_year is None or judged.last_known is None:
        return None
    due = duties.results_on(judged.measure, judged.school_year)
    return max(due, judged.last_known.known_on)


def shown(value: Decimal) -> str:
    """Return a figure as sentences show it: thousands apart, two decimals at most, without zeros at the end."""
    text = f"{round(value, 2) + 0:,f}"  # a zero has no sign
    return text.rstrip("0").rstrip(".") if "." in text else text


def wanted(target: Target) -> str:
    """Return a target in words, as in "from 88 in 2021-22 to 94 in 2026-27"."""
    match target:
        case Trajectory(points=points):
            (first, baseline), (last, value) = next(iter(points.items())), list(points.items())[-1]
            return f"from {shown(baseline)} in {first} to {shown(value)} in {last}"
        case Threshold(by=by):
            return f"{_wanted(target)} {f'by {by}' if by else 'each year'}"
        case Change():
            return f"{_wanted_change(target)} each year"
        case Deliverable(by=day):
            return f"done by {day}"
        case Narrative():
            return "rated each quarter"


def _trajectory(case: _Case, way: Trajectory) -> Assessment:
    baseline_year, target_year = next(iter(way.points)), list(way.points)[-1]
    values = {year: reading.value for year, reading in case.readings.items()}
    figures: dict[str, Any] = {"baseline": way.baseline, "target": way.target, "target_year": target_year}
    figures["forecast"] = forecast(values, way)
    if case.year is None or case.year <= baseline_year:
        return case.judged(MeasureStatus.NOT_RATED, f"Nothing after the baseline year {baseline_year} is due yet.", **figures)
    figures["expected"] = expected = expected_value(way, case.year)
    reading = case.value(case.year)
    if reading is None:
        return case.no_data(**figures)
    upwards = way.target > way.baseline
    short = shortfall(reading, expected=expected, upwards=upwards)
    share = share_of_way(reading, baseline=way.baseline, expected=expected)
    figures |= {"share": share, "shortfall": short}
    below = shortfall(reading, expected=way.baseline, upwards=upwards) > case.tolerance
    arithmetic = f"{shown(reading)} against {shown(expected)} expected for {case.year}"
    if shortfall(reading, expected=way.target, upwards=upwards) == 0:
        return case.judged(
            MeasureStatus.MET, f"{shown(reading)} for {case.year} reaches the target of {shown(way.target)}.", **figures
        )
    if case.year >= target_year:
        said = f"{shown(reading)} for {case.year}, the target's year, and the target is {shown(way.target)}."
        return case.judged(MeasureStatus.MISSED, said, **figures)
    if short <= case.tolerance:
        return case.judged(MeasureStatus.ON_TRACK, f"{arithmetic}{_within(short, case)}.", **figures)
    if below:  # asked before the share, which grows with every loss where a way dips first
        said = f"{arithmetic}; the plan started at {shown(way.baseline)}, so this is {_worse(upwards)} where it began."
        return case.judged(MeasureStatus.DECLINED, said, **figures)
    assert share is not None  # without a way to go, a reading is inside the tolerance or worse than the baseline
    status = _by_share(share)
    said = f"{arithmetic}; {_percent(share)} of the way from {shown(way.baseline)} that was due by then."
    return case.judged(status, said, **figures)


def _by_share(share: Decimal) -> MeasureStatus:
    if share >= ON_TRACK_FROM:
        return MeasureStatus.ON_TRACK
    return MeasureStatus.WATCH if share >= WATCH_FROM else MeasureStatus.OFF_TRACK


def _kept_each_year(case: _Case, bound: Threshold) -> Assessment:
    wanted = _wanted(bound)
    if case.year is None:
        return case.judged(MeasureStatus.NOT_RATED, f"No year of the plan has results due yet; wanted each year: {wanted}.")
    reading = case.value(case.year)
    if reading is None:
        return case.no_data(**_edge(bound, Decimal(0)))
    short = _outside(reading, bound)
    figures = _edge(bound, reading) | {"shortfall": short}
    said = f"{shown(reading)} for {case.year}; wanted each year: {wanted}"
    if short == 0:
        return case.judged(MeasureStatus.ON_TRACK, f"{said}.", **figures)
    if short <= case.tolerance:
        return case.judged(MeasureStatus.WATCH, f"{said}; {shown(short)} short of it, inside the tolerance.", **figures)
    return case.judged(MeasureStatus.OFF_TRACK, f"{said}; {shown(short)} short of it.", **figures)


def _reached_by_a_year(case: _Case, bound: Threshold) -> Assessment:
    wanted, figures = f"{_wanted(bound)} by {bound.by}", _edge(bound, Decimal(0)) | {"target_year": bound.by}
    is_over = case.year is not None and bound.by is not None and case.year >= bound.by
    last = case.last_known
    reading = case.value(case.year) if is_over else last.value if last else None
    if reading is None and is_over:
        return case.no_data(**figures)
    if reading is None:
        return case.judged(MeasureStatus.NOT_RATED, f"Its year is not over; wanted: {wanted}.", **figures)
    short = _outside(reading, bound)
    figures |= {"reading": reading, "shortfall": short}
    said = f"{shown(reading)}; wanted: {wanted}"
    if is_over:
        return case.judged(MeasureStatus.MISSED if short else MeasureStatus.MET, f"{said}.", **figures)
    if short:
        return case.judged(MeasureStatus.NOT_RATED, f"{said}, whose results are not due yet.", **figures)
    return case.judged(MeasureStatus.ON_TRACK, f"{said}; reached already.", **figures)


def _change(case: _Case, change: Change) -> Assessment:
    wanted = _wanted_change(change)
    if case.year is None:
        return case.judged(MeasureStatus.NOT_RATED, f"No year of the plan has results due yet; wanted each year: {wanted}.")
    reading, before = case.value(case.year), case.value(SchoolYear(case.year.first - 1))
    if reading is None:
        return case.no_data()
    if before is None or (change.measured_in == "percent" and before == 0):
        return case.judged(
            MeasureStatus.NOT_RATED, f"{case.year} is the baseline year: no figure of the year before to compare with."
        )
    sign = 1 if change.direction == "increase" else -1
    gain = sign * (reading - before)
    least = change.at_least if change.measured_in == "absolute" else abs(before) * change.at_least / 100
    share = gain / least if least else None
    figures = {
        "baseline": before,
        "expected": before + sign * least,
        "share": share,
        "shortfall": max(Decimal(0), least - gain),
    }
    said = f"{shown(before)} became {shown(reading)} in {case.year}; wanted each year: {wanted}"
    if gain >= least and gain > 0:
        return case.judged(MeasureStatus.ON_TRACK, f"{said}.", **figures)
    if gain < 0:
        return case.judged(MeasureStatus.DECLINED, f"{said}; it went the other way.", **figures)
    if share is not None and share >= WATCH_FROM:
        return case.judged(MeasureStatus.WATCH, f"{said}; {_percent(share)} of it.", **figures)
    return case.judged(MeasureStatus.OFF_TRACK, f"{said}; {_percent(share) if share else 'none'} of it.", **figures)


def _deliverable(case: _Case, deliverable: Deliverable, facts: Facts, duties: Duties, as_of: date) -> Assessment:
    by, ends = deliverable.by, duties.plan.last_year.end(duties.plan.settings.fiscal_year_starts)
    accepted = facts.accepted_on(case.measure.id)
    if accepted is not None:
        late = f", after its day {by}" if accepted > by else f"; its day was {by}"
        return case.judged(MeasureStatus.MET, f"Evidence was accepted on {accepted}{late}.")
    if as_of <= by:
        near = as_of >= by - timedelta(days=NEAR_DAYS)
        said = f"To be done by {by}, in {(by - as_of).days} days; no evidence has been accepted."
        return case.judged(MeasureStatus.WATCH if near else MeasureStatus.NOT_RATED, said)
    status = MeasureStatus.OFF_TRACK if as_of < ends else MeasureStatus.MISSED
    return case.judged(status, f"It was to be done by {by}, {(as_of - by).days} days ago, and no evidence has been accepted.")


_RATED = {
    Progress.NO_PROGRESS: MeasureStatus.OFF_TRACK,
    Progress.SOME_PROGRESS: MeasureStatus.WATCH,
    Progress.CONSIDERABLE_PROGRESS: MeasureStatus.ON_TRACK,
    Progress.SIGNIFICANT_PROGRESS: MeasureStatus.ON_TRACK,
    Progress.ACCOMPLISHED: MeasureStatus.MET,
    Progress.DISCONTINUED: MeasureStatus.NOT_RATED,
}


def _narrative(case: _Case, facts: Facts) -> Assessment:
    last = facts.last_check_in(case.measure.id)
    if last is None or not isinstance(last.status, Progress):
        return case.judged(MeasureStatus.NOT_RATED, "Its steward has not rated it yet.")
    said = last.status.replace("_", " ")
    return case.judged(_RATED[last.status], f"{last.by} rated it for {last.period}, on {last.known_on}: {said}.")


def _tolerance(measure: LongTermMeasure) -> Decimal:
    if measure.tolerance is not None:
        return measure.tolerance
    return TOLERANCES.get(measure.unit or "", Decimal(0))


def _outside(reading: Decimal, bound: Threshold) -> Decimal:
    """Return how far a reading lies outside a bound; 0 inside it."""
    below = bound.at_least - reading if bound.at_least is not None else Decimal(0)
    above = reading - bound.at_most if bound.at_most is not None else Decimal(0)
    return max(below, above, Decimal(0))


def _edge(bound: Threshold, reading: Decimal) -> dict[str, Any]:
    """Return the side of a bound that a reading is measured by, as what is expected and as the target."""
    over = bound.at_most is not None and (bound.at_least is None or reading > bound.at_most)
    edge = bound.at_most if over else bound.at_least
    return {"expected": edge, "target": edge}


def _wanted(bound: Threshold) -> str:
    if bound.at_least is not None and bound.at_most is not None:
        return f"{shown(bound.at_least)} to {shown(bound.at_most)}"
    if bound.at_least is not None:
        return f"{shown(bound.at_least)} or more"
    assert bound.at_most is not None  # a threshold has one bound or both
    return f"{shown(bound.at_most)} at most"


def _wanted_change(change: Change) -> str:
    unit = " %" if change.measured_in == "percent" else ""
    least = f"of {shown(change.at_least)}{unit} or more" if change.at_least else "of any size"
    least = f"of {shown(change.at_least)} to {shown(change.at_most)}{unit}" if change.at_most is not None else least
    return f"{'an' if change.direction == 'increase' else 'a'} {change.direction} {least}"


def _within(short: Decimal, case: _Case) -> str:
    return f", {shown(short)} short of it and inside the tolerance of {shown(case.tolerance)}" if short else ""


def _worse(upwards: bool) -> str:
    return "below" if upwards else "above"


def _percent(share: Decimal) -> str:
    return f"{shown(share * 100)} %"
