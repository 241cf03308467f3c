"""What the paper says of each priority: its objectives, and under each its measures and its actions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from notifications.rollup import wording
from notifications.rollup.gravest import cut, cut_actions, cut_measures
from plan.rollup import ActionLine, Aspect, MeasureLine, ObjectiveLine, PriorityLine, Rollup, Summed, YearLine

MOST_OBJECTIVES = 30
"""How many objectives of one priority are printed."""
MOST_LINES = 20
"""How many measures without a chart, and how many actions, are printed under one objective."""


def marked(status: str | None) -> dict[str, str]:
    """Return a status as the template shows it: word, sign, tone."""
    return asdict(wording.mark(status))


def summed(found: Summed) -> dict[str, Any]:
    """Return what many statuses come to, with its reason."""
    return {"mark": marked(found.status), "reason": found.reason}


def priorities(rollup: Rollup, pictures: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return every priority in words, with all that lies under it.

    Args:      pictures: the names of the files of charts, by measure
    """
    was = {(one.item, one.aspect): f"was {wording.mark(one.was).word}" for one in rollup.movements}
    telling = _Telling(rollup=rollup, pictures=pictures, was=was)
    return [telling.priority(one) for one in rollup.priorities]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """How priorities, objectives, measures and actions are told, given what their charts and earlier statuses are."""

    rollup: Rollup
    pictures: Mapping[str, str]
    was: Mapping[tuple[str, Aspect], str]

    def priority(self, one: PriorityLine) -> dict[str, Any]:
        theirs = cut([line for line in self.rollup.objectives if line.priority == one.id], MOST_OBJECTIVES)
        return self._head(one) | {
            "objectives": [self._objective(line) for line in theirs.lines],
            "rest": wording.more(theirs.more, "objective"),
        }

    def _objective(self, one: ObjectiveLine) -> dict[str, Any]:
        measures = [line for line in self.rollup.measures if line.objective == one.id]
        plain = cut_measures([line for line in measures if line.id not in self.pictures], MOST_LINES)
        actions = cut_actions([line for line in self.rollup.actions if line.objective == one.id], MOST_LINES)
        return self._head(one) | {
            "lead": one.lead,
            "two_words": marked(one.reading) if one.reading else None,
            "charted": [self._charted(line) for line in measures if line.id in self.pictures],
            "plain": [self._plain(line) for line in plain.lines],
            "more_measures": wording.more(plain.more, "measure"),
            "no_measures": "" if measures else wording.NO_MEASURE_OF_OBJECTIVE,
            "actions": [self._action(line) for line in actions.lines],
            "more_actions": wording.more(actions.more, "action"),
            "no_actions": "" if actions.lines else wording.NO_ACTION_OF_OBJECTIVE,
        }

    def _head(self, one: PriorityLine | ObjectiveLine) -> dict[str, Any]:
        return {
            "id": one.id,
            "title": one.title,
            "outcome": summed(one.outcome) | {"was": self.was.get((one.id, "outcome"), "")},
            "implementation": summed(one.implementation) | {"was": self.was.get((one.id, "implementation"), "")},
        }

    def _measure(self, one: MeasureLine) -> dict[str, Any]:
        return {
            "id": one.id,
            "title": one.title,
            "wanted": one.wanted,
            "steward": one.steward,
            "mark": marked(one.status),
            "was": self.was.get((one.id, "outcome"), ""),
            "reason": " ".join(filter(None, (one.reason, wording.overridden(one)))),
        }

    def _charted(self, one: MeasureLine) -> dict[str, Any]:
        return self._measure(one) | {
            "picture": self.pictures[one.id],
            "alt": wording.chart_text(one),
            "unit": one.unit,
            "forecast": wording.forecast(one),
            "years": [year.school_year for year in one.years],
            "expected": expectations(one.years),
            "readings": readings(one.years),
        }

    def _plain(self, one: MeasureLine) -> dict[str, Any]:
        is_read = any(wording.shown(year) is not None for year in one.years)
        return self._measure(one) | {"figures": wording.chart_text(one) if is_read else ""}

    def _action(self, one: ActionLine) -> dict[str, Any]:
        reason = one.implementation_reason
        return {
            "id": one.id,
            "title": one.title,
            # Most reasons begin with the office that reported; it is not named twice.
            "said": reason if reason.startswith(one.owner) else f"{one.owner}. {reason}",
            "was": self.was.get((one.id, "implementation"), ""),
            "marks": [marked(status) for status in (one.obligation, one.implementation, one.evidence, one.outcome)],
        }


def expectations(years: Sequence[YearLine | None]) -> list[str]:
    """Return what is expected of each year, a dash where that is not known; nothing where it is not known of any."""
    values = [year.expected if year else None for year in years]
    return aligned(values, like=_figures(years)) if any(value is not None for value in values) else []


def readings(years: Sequence[YearLine | None]) -> list[str]:
    """Return what was read in each year: a figure, a dash, or that it is masked."""
    figures = aligned([year.reading if year else None for year in years], like=_figures(years))
    return [wording.NOT_SHOWN if year and year.is_masked else figure for year, figure in zip(years, figures, strict=True)]


def aligned(values: Sequence[Decimal | None], *, like: Sequence[Decimal]) -> list[str]:
    """Return figures as they are read, with as many decimals as the one of `like` that has the most; two at most."""
    places = max((_places(value) for value in like), default=0)
    return [wording.DASH if value is None else _rounded(value, places) for value in values]


def _rounded(value: Decimal, places: int) -> str:
    return f"{round(value, places) + 0:,.{places}f}".replace("-", wording.MINUS)  # a zero has no sign


def _places(value: Decimal) -> int:
    return len(wording.figure(value).partition(".")[2])


def _figures(years: Sequence[YearLine | None]) -> list[Decimal]:
    return [value for year in years if year for value in (year.expected, year.reading) if value is not None]
