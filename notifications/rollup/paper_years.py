"""What the paper of a school year says in addition: a scorecard of every measure, and all its years side by side."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from notifications.rollup import wording
from notifications.rollup.gravest import keep_gravest
from notifications.rollup.paper_plan import aligned, expectations, marked, readings
from notifications.rollup.parts import school_years
from plan.rollup import MeasureLine, Rollup

MOST_SCORED = 120
"""How many measures the scorecard and the table of years print."""
MOST_YEARS = 10
"""How many school years stand side by side."""


def all_years(rollup: Rollup) -> dict[str, Any]:
    """Return the scorecard by objective, and the school years of every measure that has figures."""
    scored = keep_gravest(rollup.measures, MOST_SCORED)
    yearly = keep_gravest([one for one in rollup.measures if one.years], MOST_SCORED)
    years = school_years(yearly.lines)
    titles = {one.id: f"{one.id} {one.title}" for one in rollup.objectives}
    return {
        "scored": [
            {"objective": titles[objective], "lines": [_score(one) for one in theirs]}
            for objective, theirs in groupby(scored.lines, key=lambda one: one.objective)
        ],
        "no_measure": "" if scored.lines else wording.NO_MEASURE,
        "more_scored": wording.more(scored.more, "measure"),
        "years": years[-MOST_YEARS:],
        "yearly": [_year_by_year(one, years[-MOST_YEARS:]) for one in yearly.lines],
        "no_figures": "" if yearly.lines else wording.NO_FIGURES,
        "more_years": "Earlier years are in the workbook." if len(years) > MOST_YEARS else "",
        "more_yearly": wording.more(yearly.more, "measure"),
    }


def _score(one: MeasureLine) -> dict[str, Any]:
    values = (one.baseline, one.reading, one.target)
    baseline, reading, target = aligned(values, like=[value for value in values if value is not None])
    return {
        "id": one.id,
        "title": one.title,
        "unit": one.unit,
        "wanted": one.wanted,
        "baseline": baseline,
        "reading": wording.NOT_SHOWN if one.is_masked and one.reading is None else reading,
        "target": target,
        "mark": marked(one.status),
    }


def _year_by_year(one: MeasureLine, years: Sequence[str]) -> dict[str, Any]:
    known = {year.school_year: year for year in one.years}
    shown = [known.get(name) for name in years]
    return {"id": one.id, "title": one.title, "unit": one.unit, "expected": expectations(shown), "readings": readings(shown)}
