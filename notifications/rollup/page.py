"""The rollup as a page: one file that asks for nothing else, on a phone, a large screen or paper.

Whatever people wrote is text, on one line and without characters that turn the reading direction.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notifications.render import environment, one_line
from notifications.rollup import wording
from notifications.rollup.gravest import Cut, cut, cut_actions, cut_measures, cut_offices, keep_gravest
from notifications.rollup.parts import missing, school_years, slips
from plan.rollup import ActionLine, MeasureLine, ObjectiveLine, PriorityLine, Rollup
from plan.wording import counted, in_words

MOST_IN_OBJECTIVE = 12
"""How many measures and how many actions of an objective are shown; the district's largest has 9."""
MOST_ROWS = 60
"""How many rows any other table has."""

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectivePart:
    """What is shown of an objective: measures with a chart, those without, and actions."""

    line: ObjectiveLine
    charted: Sequence[MeasureLine]
    told: Sequence[MeasureLine]
    more_measures: int
    actions: Cut[ActionLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityPart:
    """A priority with its objectives."""

    line: PriorityLine
    objectives: Sequence[ObjectivePart]


def page(rollup: Rollup, charts: Mapping[str, bytes], *, seal: str) -> bytes:
    """Return a rollup as one HTML file.

    Args:      charts: an SVG by measure; a measure without one is told in a row
               seal: SHA-256 of the frozen JSON in hexadecimal digits
    """
    html = environment(_TEMPLATES).overlay(finalize=_plain).get_template("rollup.html")
    return html.render(
        rollup=rollup,
        seal=seal[: wording.SEAL_DIGITS],
        words=wording,
        counted=counted,
        in_words=in_words,
        cut=cut,
        most=MOST_ROWS,
        regular=_font("Regular"),
        bold=_font("Bold"),
        charts={measure: _base64(chart) for measure, chart in charts.items()},
        units={measure.id: measure.unit for measure in rollup.measures},
        years=school_years(rollup.measures),
        priorities=_priorities(rollup, charts),
        slips=slips(rollup),
        offices=cut_offices(rollup.offices, MOST_ROWS),
        missing=missing(rollup),
        scored=keep_gravest(rollup.measures, MOST_ROWS),
        yearly=keep_gravest([one for one in rollup.measures if one.years], MOST_ROWS),
    ).encode()


def _priorities(rollup: Rollup, charts: Mapping[str, bytes]) -> list[PriorityPart]:
    objectives = [_objective(rollup, line, charts) for line in rollup.objectives]
    return [
        PriorityPart(line=line, objectives=[one for one in objectives if one.line.priority == line.id])
        for line in rollup.priorities
    ]


def _objective(rollup: Rollup, line: ObjectiveLine, charts: Mapping[str, bytes]) -> ObjectivePart:
    measures = cut_measures([one for one in rollup.measures if one.objective == line.id], MOST_IN_OBJECTIVE)
    return ObjectivePart(
        line=line,
        charted=[one for one in measures.lines if one.id in charts],
        told=[one for one in measures.lines if one.id not in charts],
        more_measures=measures.more,
        actions=cut_actions([one for one in rollup.actions if one.objective == line.id], MOST_IN_OBJECTIVE),
    )


def _plain(value: object) -> object:
    """Return text on one line; what a template has already made into markup as it is."""
    return one_line(value) if type(value) is str else value


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")


@cache
def _font(weight: str) -> str:
    return _base64((wording.FONTS / f"SourceSansPro-{weight}.woff2").read_bytes())
