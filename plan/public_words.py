"""Why a part of the plan stands as it does, in sentences for everybody.

They are made of statuses, figures and days only, never of what somebody wrote. None may be asked for of figures that are not
shown; who asks sees to that.
"""

from collections.abc import Iterator
from decimal import Decimal

from plan.assess import Assessment, MeasureStatus, shown
from plan.facts import CheckIn, Facts, Progress
from plan.model import Change, Deliverable, LongTermMeasure, Narrative, Target, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.phrase import phrase
from plan.sums import IMPLEMENTATION, OUTCOME, POINTS, Scale, Sum
from plan.wording import in_words, joined, unit_in_words

PERCENT = "percent"

NOT_SHOWN = phrase("Its figures are not shown, because so few students are counted that they could be recognised.")

PROGRESS = {
    Progress.NO_PROGRESS: phrase("no progress"),
    Progress.SOME_PROGRESS: phrase("some progress"),
    Progress.CONSIDERABLE_PROGRESS: phrase("considerable progress"),
    Progress.SIGNIFICANT_PROGRESS: phrase("significant progress"),
    Progress.ACCOMPLISHED: phrase("accomplished"),
    Progress.DISCONTINUED: phrase("discontinued"),
}


def figure(value: Decimal, unit: str | None) -> str:
    """Return a figure with its unit, as in "86 points" or "52 %"."""
    if unit == PERCENT:
        return phrase("{value} %", value=shown(value))
    return phrase("{value} {unit}", value=shown(value), unit=unit_in_words(unit)) if unit else shown(value)


def wanted(target: Target, unit: str | None) -> str:
    """Return what a measure is to reach."""
    match target:
        case Trajectory(points=points):
            first, last = next(iter(points)), list(points)[-1]
            return phrase(
                "from {baseline} in {first} to {target} in {last}",
                baseline=shown(target.baseline),
                first=first,
                target=figure(target.target, unit),
                last=last,
            )
        case Threshold(by=SchoolYear() as year):
            return phrase("{bound} by {year}", bound=_bound(target, unit), year=year)
        case Threshold():
            return phrase("{bound} each year", bound=_bound(target, unit))
        case Change():
            return _change_wanted(target, unit)
        case Deliverable(by=day):
            return phrase("done by {day}", day=in_words(day))
    return phrase("rated each quarter")


def why_measure(found: Assessment, facts: Facts, *, last_known_is_shown: bool) -> str:
    """Return why a measure has the status that it is judged to have.

    Args:      last_known_is_shown: whether the last reading known may be named
    """
    if found.status is MeasureStatus.NO_DATA:
        return joined(_nothing_known(found, last_known_is_shown=last_known_is_shown))
    match found.measure.target:
        case Trajectory() as way:
            return joined(_on_the_way(found, way))
        case Threshold() as bound:
            return joined(_beside_a_bound(found, bound))
        case Change() as change:
            return joined(_changed(found, change))
        case Deliverable(by=day):
            return _delivered(found, facts, in_words(day))
        case Narrative():
            return _rated(facts.last_check_in(found.measure.id))


def why_outcome(found: Sum) -> str:
    """Return what the measures of a part of the plan come to, and why."""
    if not found.due:
        return phrase("No measure has results due yet.")
    if found.score is None:
        return phrase(
            "{known} of {due} measures could be rated, too few to say how it stands.", known=found.rated, due=found.due
        )
    known = phrase("{known} of {due} measures could be rated.", known=found.rated, due=found.due)
    capped = phrase("One of them is off track or worse, so it is no better than “watch”.") if _is_capped(found, OUTCOME) else ""
    return joined((known, capped))


def why_implementation(found: Sum) -> str:
    """Return what the reports on the actions of a part of the plan come to, and why."""
    if not found.due:
        return phrase("No report on an action is due yet.")
    if found.score is None:
        return phrase(
            "{known} of {due} actions were reported on, too few to say how it stands.", known=found.rated, due=found.due
        )
    known = phrase("{known} of {due} actions were reported on.", known=found.rated, due=found.due)
    capped = (
        phrase("One of them is off track or worse, so it is no better than “at risk”.")
        if _is_capped(found, IMPLEMENTATION)
        else ""
    )
    return joined((known, capped))


def _is_capped(found: Sum, scale: Scale) -> bool:
    """Return whether a child that failed is why the status is no better."""
    assert found.score is not None  # asked by the callers
    return found.capped_by is not None and POINTS[scale.word(found.score, all_best=False)] > POINTS[found.status]


def _nothing_known(found: Assessment, *, last_known_is_shown: bool) -> Iterator[str]:
    yield phrase("The results for {year} are due and not known yet.", year=found.school_year)
    last = found.last_known
    if last is not None and last_known_is_shown:
        yield phrase("The last figure known is {figure}, for {year}.", figure=_of(last.value, found.measure), year=last.period)


def _on_the_way(found: Assessment, way: Trajectory) -> Iterator[str]:
    if found.reading is None or found.expected is None:
        first = next(iter(way.points))
        yield phrase("No results after {year}, from which it starts, are due yet.", year=first)
        return
    if found.status is MeasureStatus.MET:
        yield phrase(
            "{figure} in {year} reaches the target of {target}.", **_said(found), target=_of(way.target, found.measure)
        )
        return
    if found.status is MeasureStatus.MISSED:
        target = _of(way.target, found.measure)
        yield phrase("{figure} in {year}, the year in which {target} were to be reached.", **_said(found), target=target)
        return
    yield phrase("{figure} in {year}; {expected} expected for that year.", **_said(found), expected=shown(found.expected))
    if found.status is MeasureStatus.DECLINED:
        yield phrase("It started at {baseline}, so it has moved away from the target.", baseline=shown(way.baseline))
    elif found.status is MeasureStatus.ON_TRACK:
        yield _close(found)
    elif found.share is not None:
        yield phrase(
            "That is {share} of the way that should have been gone from {baseline} by then.",
            share=_percent(found.share),
            baseline=shown(way.baseline),
        )


def _close(found: Assessment) -> str:
    if not found.shortfall:
        return ""
    return phrase("That is {short} short of it, close enough to count as there.", short=shown(found.shortfall))


def _beside_a_bound(found: Assessment, bound: Threshold) -> Iterator[str]:
    if found.reading is None:
        is_yearly = bound.by is None
        yield (
            phrase("No year of the plan has results due yet.") if is_yearly else phrase("The year that it is for is not over.")
        )
        return
    year = found.last_known.period if bound.by and found.last_known else found.school_year
    said = {"figure": _of(found.reading, found.measure), "year": year, "wanted": wanted(bound, None)}
    yield phrase("{figure} in {year}; wanted: {wanted}.", **said)
    if bound.by is None and found.shortfall:
        yield phrase("That misses it by {short}.", short=shown(found.shortfall))
    elif found.status is MeasureStatus.ON_TRACK and bound.by is not None:
        yield phrase("It is reached already.")
    elif found.status is MeasureStatus.NOT_RATED:
        yield phrase("The results for {year} are not due yet.", year=bound.by)


def _changed(found: Assessment, change: Change) -> Iterator[str]:
    if found.school_year is None:
        yield phrase("No year of the plan has results due yet.")
    elif found.reading is None or found.baseline is None:
        yield phrase("There is no figure of the year before {year} to compare with.", year=found.school_year)
    else:
        yield phrase("{before} became {figure} in {year}.", before=shown(found.baseline), **_said(found))
        yield phrase("Wanted: {wanted}.", wanted=_change_wanted(change, None))
        if found.status is MeasureStatus.DECLINED:
            yield phrase("It went the other way.")
        elif found.status is not MeasureStatus.ON_TRACK and found.share is not None:
            yield phrase("That is {share} of the change wanted.", share=_percent(found.share))


def _delivered(found: Assessment, facts: Facts, by: str) -> str:
    accepted = facts.accepted_on(found.measure.id)
    if accepted is not None:
        return phrase("It was shown to be done on {day}; it was to be done by {by}.", day=in_words(accepted), by=by)
    if found.status in (MeasureStatus.OFF_TRACK, MeasureStatus.MISSED):
        return phrase("It was to be done by {by}, and has not been shown to be done.", by=by)
    return phrase("It is to be done by {by}.", by=by)


def _rated(last: CheckIn | None) -> str:
    if last is None or not isinstance(last.status, Progress):
        return phrase("It has not been rated yet.")
    said = {"day": in_words(last.known_on), "period": last.period, "progress": PROGRESS[last.status]}
    return phrase("Rated on {day}, for {period}: {progress}.", **said)


def _said(found: Assessment) -> dict[str, object]:
    """Return the figure that was judged, and its year."""
    assert found.reading is not None  # asked by the callers
    return {"figure": _of(found.reading, found.measure), "year": found.school_year}


def _of(value: Decimal, measure: LongTermMeasure) -> str:
    return figure(value, measure.unit)


def _percent(share: Decimal) -> str:
    return phrase("{value} %", value=shown(share * 100))


def _bound(bound: Threshold, unit: str | None) -> str:
    low, high = bound.at_least, bound.at_most
    if low is not None and high is not None:
        return phrase("{low} to {high}", low=shown(low), high=figure(high, unit))
    if low is not None:
        return phrase("{low} or more", low=figure(low, unit))
    assert high is not None  # a threshold has one bound or both
    return phrase("{high} at most", high=figure(high, unit))


def _change_wanted(change: Change, unit: str | None) -> str:
    unit = PERCENT if change.measured_in == "percent" else unit
    least = figure(change.at_least, unit)
    is_rise = change.direction == "increase"
    if change.at_most is not None:
        band = {"least": shown(change.at_least), "most": figure(change.at_most, unit)}
        if is_rise:
            return phrase("a rise of {least} to {most} each year", **band)
        return phrase("a fall of {least} to {most} each year", **band)
    if not change.at_least:
        return phrase("a rise each year") if is_rise else phrase("a fall each year")
    if is_rise:
        return phrase("a rise of {least} or more each year", least=least)
    return phrase("a fall of {least} or more each year", least=least)
