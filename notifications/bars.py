"""How far measures have come, as bars: the last figure against the one expected, always with the numbers beside it.

Nothing is judged here: shares, statuses and reasons are those of `plan.judgement`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from plan.assess import Assessment, MeasureStatus, assess_year, shown
from plan.judgement import Judged
from plan.ladder import Notice
from plan.masking import masked
from plan.model import Action, LongTermMeasure, Objective, Threshold
from plan.phrase import phrase
from plan.sums import POINTS
from plan.wording import capitalised, in_plain_words, joined, unit_in_words

MOST_OF_AN_OBJECTIVE = 2
"""How many of an objective's measures stand beside its actions: the gravest."""
NOT_SHOWN = phrase("Its figures are not shown, because people could be recognised in them.")
_LONG = 10
"""Characters between the brackets of a bar in plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How far one measure has come."""

    measure: str
    """Code and title; empty beside the measure itself."""
    status: str
    words: str
    percent: int | None
    """The share of the way that was due by then, 0 to 100; None where there is none to show."""

    @property
    def drawn(self) -> str:
        """Return the bar in plain text, as in "[######----]"; empty without a share."""
        if self.percent is None:
            return ""
        filled = self.percent * _LONG // 100
        return f"[{'#' * filled}{'-' * (_LONG - filled)}]"


def bars_for(notices: Iterable[Notice], judged: Judged) -> dict[Notice, tuple[Bar, ...]]:
    """Return the bars beside each notice: a measure's own, beside an action the gravest of its objective.

    Each measure and each objective is shown once, beside the first notice that is about it. Measures that have a notice of
    their own are left out beside the actions.
    """
    notices = tuple(notices)
    items, hidden = judged.duties.plan.items, hidden_in(judged)
    own, seen = {notice.item for notice in notices}, set[str]()
    found: dict[Notice, tuple[Bar, ...]] = {}
    for notice in notices:
        item = items[notice.item]
        if isinstance(item, LongTermMeasure) and item.has_figures and item.id not in seen:
            seen.add(item.id)
            found[notice] = (_of_itself(notice, item, judged, hidden),)
        elif isinstance(item, Action | Objective) and (objective := judged.duties.plan.objective_of(item.id)).id not in seen:
            seen.add(objective.id)
            beside = [measure for measure in _gravest(objective, judged) if measure.id not in own]
            found[notice] = tuple(_of_the_objective(one, judged, hidden) for one in beside[:MOST_OF_AN_OBJECTIVE])
    return found


def hidden_in(judged: Judged) -> frozenset[str]:
    """Return the measures with a reading that is masked: a figure of another year may tell it too."""
    measures = judged.duties.plan.long_term_measures
    values = {(one.id, year): reading.value for one in measures for year, reading in judged.facts.readings(one.id).items()}
    return frozenset(code for code, _ in masked(measures, values))


def _gravest(objective: Objective, judged: Judged) -> Sequence[LongTermMeasure]:
    """Return an objective's measures of which a figure is known, the gravest first."""
    every = (measure for part in objective.parts() for measure in part.long_term_measures)
    known = [one for one in every if judged.facts.readings(one.id) and one.has_figures and not judged.has_left(one)]
    return sorted(known, key=lambda one: POINTS.get(_last(one, judged).status, len(POINTS)))


def _last(measure: LongTermMeasure, judged: Judged) -> Assessment:
    """Return a measure judged by its last figure: where the latest results are missing, by those of the year before."""
    found = judged.measures[measure.id]
    if found.status is not MeasureStatus.NO_DATA or found.last_known is None:
        return found
    year = found.last_known.period
    return assess_year(measure, judged.facts, judged.duties, year=year, as_of=judged.as_of)


def _of_itself(notice: Notice, measure: LongTermMeasure, judged: Judged, hidden: frozenset[str]) -> Bar:
    """Return a measure's bar in its own notice, and that later figures are missing; what the notice says is not said twice."""
    of, latest = _last(measure, judged), judged.measures[measure.id]
    words = "" if notice.ladder == "slip" and notice.reason == judged.reason(measure.id) else _numbers(of)
    if words and latest is not of:
        words = joined((words, phrase("No figure for {year} is known yet.", year=str(latest.school_year))))
    return _bar(of, judged, hidden, name="", words=words)


def _of_the_objective(measure: LongTermMeasure, judged: Judged, hidden: frozenset[str]) -> Bar:
    of = _last(measure, judged)
    return _bar(of, judged, hidden, name=f"{measure.id} {measure.title}", words=_numbers(of))


def _bar(of: Assessment, judged: Judged, hidden: frozenset[str], *, name: str, words: str) -> Bar:
    is_hidden = of.measure.id in hidden
    return Bar(
        measure=name,
        status=_status(of, judged),
        words=NOT_SHOWN if is_hidden else words,
        percent=None if is_hidden else _percent(of),
    )


def _status(of: Assessment, judged: Judged) -> str:
    """Return how the figure is judged, and what somebody set beside that."""
    override, word = judged.override(of.measure.id), in_plain_words(of.status)
    if override is None:
        return capitalised(word)
    said = capitalised(in_plain_words(override.status))
    return phrase("{status}, set by {by}; judged: {judged}", status=said, by=override.by, judged=word)


def _numbers(of: Assessment) -> str:
    """Return a figure beside what was expected, and for which year; the reason of the judgement where one is not known.

    Before a bound's year is over the figure is of another.
    """
    if of.reading is None or of.expected is None:
        return of.reason
    unit, target = of.measure.unit or "", of.measure.target
    reading = phrase("{value} %", value=shown(of.reading)) if unit == "percent" else _with_unit(shown(of.reading), unit)
    figures = {"reading": reading, "expected": _expected(of)}
    if isinstance(target, Threshold) and target.by is not None and of.last_known:
        years = {"read": str(of.last_known.period), "year": str(target.by)}
        return phrase("{reading} in {read} against {expected} expected by {year}.", **figures, **years)
    figures["year"] = str(of.school_year)
    if of.baseline is None:
        return phrase("{reading} against {expected} expected in {year}.", **figures)
    figures["baseline"] = shown(of.baseline)
    return phrase("{reading} against {expected} expected in {year}; baseline {baseline}.", **figures)


def _with_unit(figure: str, unit: str) -> str:
    return phrase("{value} {unit}", value=figure, unit=unit_in_words(unit))


def _expected(of: Assessment) -> str:
    """Return the figure expected, of a bound with the word that tells its side."""
    assert of.expected is not None  # asked by the caller
    target = of.measure.target
    if not isinstance(target, Threshold):
        return shown(of.expected)
    if of.expected == target.at_least:
        return phrase("{least} or more", least=shown(of.expected))
    return phrase("{most} at most", most=shown(of.expected))


def _percent(of: Assessment) -> int | None:
    """Return the share in whole percents, never full before it is reached; None where there is no way to have gone."""
    return None if of.share is None else int(max(Decimal(0), min(Decimal(1), of.share)) * 100)
