"""What is shown first where there is too much to show: the gravest, then the plan's order.

Nothing is dropped silently: what does not fit is counted, and stands in the workbook.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from notifications.rollup.wording import Tone, mark, shown
from plan.rollup import ActionLine, MeasureLine, OfficeLine

MOST_CHARTS = 60
"""How many measures have a chart; each takes about 40 ms to draw and weighs about 20 KB."""

T = TypeVar("T")

_TONES: tuple[Tone, ...] = ("bad", "near", "unknown", "good")
_WORST = ("missed", "declined")  # of what is bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Generic[T]):
    """The first lines of many, and how many more there are."""

    lines: tuple[T, ...]
    more: int


def cut(lines: Sequence[T], most: int) -> Cut[T]:
    """Return at most so many lines, in their order."""
    return Cut(lines=tuple(lines[:most]), more=max(0, len(lines) - most))


def cut_measures(measures: Sequence[MeasureLine], most: int) -> Cut[MeasureLine]:
    """Return at most so many measures: all in their order, or of too many the gravest first."""
    return _cut_gravest(measures, most, _of_measure)


def cut_actions(actions: Sequence[ActionLine], most: int) -> Cut[ActionLine]:
    """Return at most so many actions: all in their order, or of too many the gravest first."""
    return _cut_gravest(actions, most, _of_action)


def cut_offices(offices: Sequence[OfficeLine], most: int) -> Cut[OfficeLine]:
    """Return at most so many offices: all in their order, or of too many those first from which most has not come."""
    return _cut_gravest(offices, most, _of_office)


def keep_gravest(measures: Sequence[MeasureLine], most: int) -> Cut[MeasureLine]:
    """Return at most so many measures in their order: of too many, the gravest."""
    gravest = cut_measures(measures, most)
    kept = {one.id for one in gravest.lines}
    return Cut(lines=tuple(one for one in measures if one.id in kept), more=gravest.more)


def to_draw(measures: Sequence[MeasureLine]) -> list[MeasureLine]:
    """Return the measures that have a reading to show, the gravest first; the first `MOST_CHARTS` have a chart."""
    return sorted((one for one in measures if any(shown(year) is not None for year in one.years)), key=_of_measure)


def _cut_gravest(lines: Sequence[T], most: int, gravity: Callable[[T], Any]) -> Cut[T]:
    return cut(lines if len(lines) <= most else sorted(lines, key=gravity), most)


def _of_measure(measure: MeasureLine) -> tuple[int, int]:
    return _gravity(measure.status)


def _of_action(action: ActionLine) -> tuple[tuple[int, int], ...]:
    return _gravity(action.implementation), _gravity(action.obligation)


def _of_office(office: OfficeLine) -> tuple[int, int]:
    return -len(office.missing), -office.late


def _gravity(status: str) -> tuple[int, int]:
    return _TONES.index(mark(status).tone), _WORST.index(status) if status in _WORST else len(_WORST)
