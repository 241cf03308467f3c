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
from plan.phrase import Phrase, phrase, template
from plan.targets import TOLERANCES, Forecast, expected_value, forecast, share_of_way, shortfall
from plan.wording import in_plain_words, sentence

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
        last, year = self.last_known, str(self.year)
        if last is None:
            said = phrase("The results for {year} are due and not known; no reading is known at all.", year=year)
            return self.judged(MeasureStatus.NO_DATA, said, **figures)
        said = phrase(
            "The results for {year} are due and not known; the last reading known is {reading}, for {of}.",
            year=year,
            reading=shown(last.value),
            of=str(last.period),
        )
        return self.judged(MeasureStatus.NO_DATA, said, **figures)


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


def wanted(target: Target) -> Phrase:
    """Return a target in words, as in "from 88 in 2021-22 to 94 in 2026-27"."""
    match target:
        case Trajectory(points=points):
            (first, low), (last, high) = next(iter(points.items())), list(points.items())[-1]
            named = {"baseline": shown(low), "first": str(first), "target": shown(high), "last": str(last)}
            return phrase("from {baseline} in {first} to {target} in {last}", **named)
        case Threshold(by=None):
            return phrase("{wanted} each year", wanted=_wanted(target))
        case Threshold(by=by):
            return phrase("{wanted} by {year}", wanted=_wanted(target), year=str(by))
        case Change():
            return phrase("{wanted} each year", wanted=_wanted_change(target))
        case Deliverable(by=day):
            return phrase("done by {day}", day=day)
        case Narrative():
            return phrase("rated each quarter")


def _trajectory(case: _Case, way: Trajectory) -> Assessment:
    baseline_year, target_year = next(iter(way.points)), list(way.points)[-1]
    values = {year: reading.value for year, reading in case.readings.items()}
    figures: dict[str, Any] = {"baseline": way.baseline, "target": way.target, "target_year": target_year}
    figures["forecast"] = forecast(values, way)
    if case.year is None or case.year <= baseline_year:
        said = phrase("Nothing after the baseline year {year} is due yet.", year=str(baseline_year))
        return case.judged(MeasureStatus.NOT_RATED, said, **figures)
    figures["expected"] = expected = expected_value(way, case.year)
    reading = case.value(case.year)
    if reading is None:
        return case.no_data(**figures)
    upwards = way.target > way.baseline
    short = shortfall(reading, expected=expected, upwards=upwards)
    share = share_of_way(reading, baseline=way.baseline, expected=expected)
    figures |= {"share": share, "shortfall": short}
    below = shortfall(reading, expected=way.baseline, upwards=upwards) > case.tolerance
    named = {"reading": shown(reading), "year": str(case.year)}
    if shortfall(reading, expected=way.target, upwards=upwards) == 0:
        said = phrase("{reading} for {year} reaches the target of {target}.", target=shown(way.target), **named)
        return case.judged(MeasureStatus.MET, said, **figures)
    if case.year >= target_year:
        target = shown(way.target)
        said = phrase("{reading} for {year}, the target's year, and the target is {target}.", target=target, **named)
        return case.judged(MeasureStatus.MISSED, said, **figures)
    named["expected"] = shown(expected)
    if short <= case.tolerance:
        return case.judged(MeasureStatus.ON_TRACK, _there(short, case, named), **figures)
    named["baseline"] = shown(way.baseline)
    if below:  # asked before the share, which grows with every loss where a way dips first
        return case.judged(MeasureStatus.DECLINED, phrase(_DECLINED[upwards], **named), **figures)
    assert share is not None  # without a way to go, a reading is inside the tolerance or worse than the baseline
    said = phrase(
        "{reading} against {expected} expected for {year}; {share} of the way from {baseline} that was due by then.",
        share=_percent(share),
        **named,
    )
    return case.judged(_by_share(share), said, **figures)


_DECLINED = {
    True: template(
        "{reading} against {expected} expected for {year}; the plan started at {baseline}, so this is below where it began."
    ),
    False: template(
        "{reading} against {expected} expected for {year}; the plan started at {baseline}, so this is above where it began."
    ),
}
"""What is said of a measure that declined, by whether it is to rise."""


def _there(short: Decimal, case: _Case, named: Mapping[str, str]) -> Phrase:
    """Return what is said of a reading that is where it should be, or short of it inside the tolerance."""
    if not short:
        return phrase("{reading} against {expected} expected for {year}.", **named)
    return phrase(
        "{reading} against {expected} expected for {year}, {short} short of it and inside the tolerance of {tolerance}.",
        short=shown(short),
        tolerance=shown(case.tolerance),
        **named,
    )


def _by_share(share: Decimal) -> MeasureStatus:
    if share >= ON_TRACK_FROM:
        return MeasureStatus.ON_TRACK
    return MeasureStatus.WATCH if share >= WATCH_FROM else MeasureStatus.OFF_TRACK


def _kept_each_year(case: _Case, bound: Threshold) -> Assessment:
    wanted = _wanted(bound)
    if case.year is None:
        return case.judged(MeasureStatus.NOT_RATED, phrase(_NO_YEAR, wanted=wanted))
    reading = case.value(case.year)
    if reading is None:
        return case.no_data(**_edge(bound, Decimal(0)))
    short = _outside(reading, bound)
    figures = _edge(bound, reading) | {"shortfall": short}
    said = phrase(
        "{reading} for {year}; wanted each year: {wanted}", reading=shown(reading), year=str(case.year), wanted=wanted
    )
    if short == 0:
        return case.judged(MeasureStatus.ON_TRACK, sentence(said), **figures)
    if short <= case.tolerance:
        near = phrase("{said}; {short} short of it, inside the tolerance.", said=said, short=shown(short))
        return case.judged(MeasureStatus.WATCH, near, **figures)
    off = phrase("{said}; {short} short of it.", said=said, short=shown(short))
    return case.judged(MeasureStatus.OFF_TRACK, off, **figures)


def _reached_by_a_year(case: _Case, bound: Threshold) -> Assessment:
    wanted = phrase("{wanted} by {year}", wanted=_wanted(bound), year=str(bound.by))
    figures = _edge(bound, Decimal(0)) | {"target_year": bound.by}
    is_over = case.year is not None and bound.by is not None and case.year >= bound.by
    last = case.last_known
    reading = case.value(case.year) if is_over else last.value if last else None
    if reading is None and is_over:
        return case.no_data(**figures)
    if reading is None:
        said = phrase("Its year is not over; wanted: {wanted}.", wanted=wanted)
        return case.judged(MeasureStatus.NOT_RATED, said, **figures)
    short = _outside(reading, bound)
    figures |= {"reading": reading, "shortfall": short}
    said = phrase("{reading}; wanted: {wanted}", reading=shown(reading), wanted=wanted)
    if is_over:
        return case.judged(MeasureStatus.MISSED if short else MeasureStatus.MET, sentence(said), **figures)
    if short:
        early = phrase("{said}, whose results are not due yet.", said=said)
        return case.judged(MeasureStatus.NOT_RATED, early, **figures)
    return case.judged(MeasureStatus.ON_TRACK, phrase("{said}; reached already.", said=said), **figures)


def _change(case: _Case, change: Change) -> Assessment:
    wanted = _wanted_change(change)
    if case.year is None:
        return case.judged(MeasureStatus.NOT_RATED, phrase(_NO_YEAR, wanted=wanted))
    reading, before = case.value(case.year), case.value(SchoolYear(case.year.first - 1))
    if reading is None:
        return case.no_data()
    if before is None or (change.measured_in == "percent" and before == 0):
        said = phrase("{year} is the baseline year: no figure of the year before to compare with.", year=str(case.year))
        return case.judged(MeasureStatus.NOT_RATED, said)
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
    said = phrase(
        "{before} became {reading} in {year}; wanted each year: {wanted}",
        before=shown(before),
        reading=shown(reading),
        year=str(case.year),
        wanted=wanted,
    )
    if gain >= least and gain > 0:
        return case.judged(MeasureStatus.ON_TRACK, sentence(said), **figures)
    if gain < 0:
        return case.judged(MeasureStatus.DECLINED, phrase("{said}; it went the other way.", said=said), **figures)
    if not share:
        return case.judged(MeasureStatus.OFF_TRACK, phrase("{said}; none of it.", said=said), **figures)
    status = MeasureStatus.WATCH if share >= WATCH_FROM else MeasureStatus.OFF_TRACK
    return case.judged(status, phrase("{said}; {share} of it.", said=said, share=_percent(share)), **figures)


def _deliverable(case: _Case, deliverable: Deliverable, facts: Facts, duties: Duties, as_of: date) -> Assessment:
    by, ends = deliverable.by, duties.plan.last_year.end(duties.plan.settings.fiscal_year_starts)
    accepted = facts.accepted_on(case.measure.id)
    if accepted is not None:
        return case.judged(MeasureStatus.MET, _accepted(accepted, by))
    left = (by - as_of).days
    if left >= 0:
        near = as_of >= by - timedelta(days=NEAR_DAYS)
        said = phrase("To be done by {by}, in {days} days; no evidence has been accepted.", by=by, days=left)
        return case.judged(MeasureStatus.WATCH if near else MeasureStatus.NOT_RATED, said)
    status = MeasureStatus.OFF_TRACK if as_of < ends else MeasureStatus.MISSED
    said = phrase("It was to be done by {by}, {days} days ago, and no evidence has been accepted.", by=by, days=-left)
    return case.judged(status, said)


def _accepted(day: date, by: date) -> Phrase:
    if day > by:
        return phrase("Evidence was accepted on {day}, after its day {by}.", day=day, by=by)
    return phrase("Evidence was accepted on {day}; its day was {by}.", day=day, by=by)


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
        return case.judged(MeasureStatus.NOT_RATED, phrase("Its steward has not rated it yet."))
    said = phrase(
        "{by} rated it for {period}, on {day}: {status}.",
        by=last.by,
        period=str(last.period),
        day=last.known_on,
        status=in_plain_words(last.status),
    )
    return case.judged(_RATED[last.status], said)


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


_NO_YEAR = template("No year of the plan has results due yet; wanted each year: {wanted}.")


def _wanted(bound: Threshold) -> Phrase:
    if bound.at_least is not None and bound.at_most is not None:
        return phrase("{least} to {most}", least=shown(bound.at_least), most=shown(bound.at_most))
    if bound.at_least is not None:
        return phrase("{least} or more", least=shown(bound.at_least))
    assert bound.at_most is not None  # a threshold has one bound or both
    return phrase("{most} at most", most=shown(bound.at_most))


def _wanted_change(change: Change) -> Phrase:
    if change.direction == "increase":
        return phrase("an increase {much}", much=_much(change))
    return phrase("a decrease {much}", much=_much(change))


def _much(change: Change) -> Phrase:
    unit = " %" if change.measured_in == "percent" else ""
    if change.at_most is not None:
        return phrase("of {least} to {most}", least=shown(change.at_least), most=f"{shown(change.at_most)}{unit}")
    return phrase("of {least} or more", least=f"{shown(change.at_least)}{unit}") if change.at_least else phrase("of any size")


def _percent(share: Decimal) -> str:
    return f"{shown(share * 100)} %"
