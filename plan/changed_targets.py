"""What is another in the target of a measure, in words: figures, years, and whether it asks for less or for more."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from plan.assess import wanted
from plan.model import Change, Deliverable, LongTermMeasure, Target, Threshold, Trajectory
from plan.periods import SchoolYear
from plan.wording import exactly, in_words, listed

TOLD: dict[str, frozenset[str]] = {
    "trajectory": frozenset({"kind", "points", "line_between"}),
    "threshold": frozenset({"kind", "at_least", "at_most", "by"}),
    "change": frozenset({"kind", "direction", "measured_in", "at_least", "at_most"}),
    "deliverable": frozenset({"kind", "by"}),
    "narrative": frozenset({"kind"}),
}
"""The fields of each kind of target that have words of their own here."""

_KINDS = {
    "trajectory": "a path from a baseline to a target",
    "threshold": "a bound",
    "change": "a change from year to year",
    "deliverable": "something to be finished by a day",
    "narrative": "a rating without a figure",
}
_MEASURED = {"absolute": "in the measure's own unit", "percent": "in percent of the year before"}

_Point = tuple[SchoolYear, Decimal]


def target_in_words(target: Target) -> str:
    """Return a target as a list of items names it, as in "from 88 in 2021-22 to 94 in 2026-27"."""
    return f"to be done by {in_words(target.by)}" if isinstance(target, Deliverable) else wanted(target)


def target_clauses(was: LongTermMeasure, now: LongTermMeasure) -> Iterator[str]:
    """Yield what changed in a measure's target, each as a clause; the unit is named where both have the same."""
    unit = f" {now.unit}" if now.unit and now.unit == was.unit else ""
    match was.target, now.target:
        case Trajectory() as before, Trajectory() as after:
            yield from _path(before, after, unit)
        case Threshold() as before, Threshold() as after:
            yield from _bounds(before, after, unit)
        case Change() as before, Change() as after:
            yield from _yearly(before, after, unit)
        case Deliverable() as before, Deliverable() as after:
            if before.by != after.by:
                time = _gives((after.by - before.by).days)
                yield f"it is to be done by {in_words(after.by)} instead of {in_words(before.by)}{time}"
        case before, after if before.kind != after.kind:
            yield f"the kind of target changed: it was {_kind(before)}, and is now {_kind(after)}"


def moves(was: Decimal | int, now: Decimal | int, *, many: bool = False) -> str:
    """Return whether a figure rises or falls."""
    return f"{'rise' if now > was else 'fall'}{'' if many else 's'}"


def _kind(target: Target) -> str:
    return f"{_KINDS[target.kind]}, {target_in_words(target)}"


def _asks(*signs: int) -> str:
    """Return whether all that changed asks for more (positive) or for less; nothing where that is not clear."""
    found = {sign > 0 for sign in signs if sign}
    return f", which asks for {'more' if found.pop() else 'less'}" if len(found) == 1 else ""


def _gives(later: int) -> str:
    return f", which gives {'more' if later > 0 else 'less'} time"


# --- a path ------------------------------------------------------------------------------------------------------------


def _path(was: Trajectory, now: Trajectory, unit: str) -> Iterator[str]:
    before, after = list(was.points.items()), list(now.points.items())
    rose, rises = was.target > was.baseline, now.target > now.baseline
    if rose != rises:
        yield f"the figure is to {'rise' if rises else 'fall'}, and was to {'rise' if rose else 'fall'}"
    if before[-1] != after[-1]:
        upwards = (1 if rises else -1) if rose == rises else 0
        yield _goal(before[-1], after[-1], unit, upwards)
    if before[0] != after[0]:
        yield _end("baseline", before[0], after[0], unit)
    yield from _points(was, now, set(_same_ends(before, after)))
    if was.line_between != now.line_between:
        between = "may be" if now.line_between else "may no longer be"
        yield f"years without a point {between} read off the line between their neighbours"


def _goal(was: _Point, now: _Point, unit: str, upwards: int) -> str:
    """Return how the target of a path changed.

    Args:      upwards: 1 if both paths rise, -1 if both fall, 0 if they differ, so that none asks for more
    """
    later, higher = now[0].first - was[0].first, 1 if now[1] > was[1] else -1 if now[1] < was[1] else 0
    if not higher:
        return f"the target of {exactly(now[1])}{unit} is to be reached in {now[0]} instead of {was[0]}{_gives(later)}"
    asks = _asks(higher * upwards, -later) if upwards else ""
    return f"{_end('target', was, now, unit)}{asks}"


def _end(name: str, was: _Point, now: _Point, unit: str) -> str:
    if was[0] == now[0]:
        return f"the {name} for {now[0]} {moves(was[1], now[1])} from {exactly(was[1])} to {exactly(now[1])}{unit}"
    return f"the {name} is {exactly(now[1])}{unit} in {now[0]} instead of {exactly(was[1])}{unit} in {was[0]}"


def _same_ends(before: Sequence[_Point], after: Sequence[_Point]) -> Iterator[SchoolYear]:
    """Yield the years that are first, or last, in both."""
    yield from (one[0] for one, other in ((before[0], after[0]), (before[-1], after[-1])) if one[0] == other[0])


def _points(was: Trajectory, now: Trajectory, told: set[SchoolYear]) -> Iterator[str]:
    """Yield what changed between baseline and target.

    Args:      told: years whose figures were told already
    """
    both = [(year, was.points[year], now.points[year]) for year in now.points if year in was.points and year not in told]
    for moved in ([one for one in both if one[2] < one[1]], [one for one in both if one[2] > one[1]]):
        if moved:
            many, steps = len(moved) > 1, [f"from {exactly(old)} to {exactly(new)}" for _, old, new in moved]
            points = f"the point{'s' if many else ''} for {listed([str(year) for year, _, _ in moved])}"
            yield f"{points} {moves(moved[0][1], moved[0][2], many=many)} {listed(steps)}"
    if more := _only_in(now, was):
        yield f"{'points are' if len(more) > 1 else 'a point is'} added for {listed(more)}"
    if gone := _only_in(was, now):
        yield f"the point{'s' if len(gone) > 1 else ''} for {listed(gone)} {'are' if len(gone) > 1 else 'is'} taken out"


def _only_in(one: Trajectory, other: Trajectory) -> list[str]:
    """Return the points between baseline and target whose year the other path does not have."""
    inside = list(one.points.items())[1:-1]
    return [f"{year} ({exactly(value)})" for year, value in inside if year not in other.points]


# --- bounds and yearly changes -----------------------------------------------------------------------------------------


def _bounds(was: Threshold, now: Threshold, unit: str) -> Iterator[str]:
    yield from _edge("lower bound", was.at_least, now.at_least, unit, more=1)
    yield from _edge("upper bound", was.at_most, now.at_most, unit, more=-1)
    if was.by == now.by:
        return
    if was.by and now.by:
        yield f"it is to be reached by {now.by} instead of {was.by}{_gives(now.by.first - was.by.first)}"
    else:
        yield f"it is to be {_until(now.by)}, and was to be {_until(was.by)}"


def _until(by: SchoolYear | None) -> str:
    return f"reached by {by}" if by else "kept each year"


def _edge(name: str, was: Decimal | None, now: Decimal | None, unit: str, *, more: int) -> Iterator[str]:
    """Yield how one side of a band changed.

    Args:      more: 1 if a higher figure asks for more, -1 if it asks for less, 0 if neither can be said
    """
    if was == now:
        return
    if was is None or now is None:
        figure, added = was if now is None else now, was is None
        assert figure is not None  # the two differ
        asks = _asks(1 if added else -1) if more else ""
        yield f"the {name} of {exactly(figure)}{unit} is {'new' if added else 'taken out'}{asks}"
    else:
        asks = _asks(more if now > was else -more)
        yield f"the {name} {moves(was, now)} from {exactly(was)} to {exactly(now)}{unit}{asks}"


def _yearly(was: Change, now: Change, unit: str) -> Iterator[str]:
    if was.direction != now.direction:
        yield f"the figure is to {now.direction} each year, and was to {was.direction}"
    if was.measured_in != now.measured_in:
        yield f"the change is measured {_MEASURED[now.measured_in]}, and was measured {_MEASURED[was.measured_in]}"
    counted_in = {"percent": " percent", "absolute": unit}[now.measured_in] if was.measured_in == now.measured_in else ""
    same = was.direction == now.direction and was.measured_in == now.measured_in
    yield from _edge("smallest change wanted each year", was.at_least, now.at_least, counted_in, more=1 if same else 0)
    yield from _edge("largest change wanted each year", was.at_most, now.at_most, counted_in, more=0)
