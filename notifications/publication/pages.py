"""The public pages of a plan: an overview, a page for each objective, and the same as JSON. Only a public plan goes in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from notifications.chart import Chart, chart
from notifications.publication import words
from notifications.render import templates
from plan.assess import shown
from plan.periods import SchoolYear
from plan.phrase import Language
from plan.public import FORMAT, PublicMeasure, PublicObjective, PublicPlan, PublicYear
from plan.wording import in_words, unit_in_words

_FOLDER = Path(__file__).parent
JSON, STYLE, ICON = "plan.json", "plankeeper.css", "plankeeper.svg"
MEDIA_TYPES = {JSON: "application/json", STYLE: "text/css", ICON: "image/svg+xml"}
"""The files beside the pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """How pages name each other."""

    overview: str
    objectives: str
    """With {} for an objective's code."""
    files: str
    """What stands before the name of a file."""
    languages: tuple[tuple[str, Language, str], ...] = ()
    """For each other language the address of the same page, as seen from it, the language, and what it calls itself."""

    def objective(self, code: str) -> str:
        """Return the address of an objective's page."""
        return self.objectives.format(code)


IN_A_FOLDER = Addresses(overview="index.html", objectives="objective-{}.html", files="")
"""Names by which files beside each other find each other, wherever the folder is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Everything that is published of a plan."""

    overview: bytes
    objectives: Mapping[str, bytes]
    """The page of each objective, by code."""
    files: Mapping[str, bytes]
    """The style, the icon and the JSON, by name."""


def publication(plan: PublicPlan, addresses: Addresses, *, language: Language = "en") -> Publication:
    """Return the pages and files of a plan; the same plan always gives the same bytes.

    Args:      addresses: how the pages link to each other
               language: of all texts that are not the plan's own
    """
    shared, objectives = _shared(plan, addresses), plan.objectives
    folder = templates(_FOLDER / "templates", language)
    overview, one = folder.get_template("overview.html"), folder.get_template("objective.html")
    return Publication(
        overview=overview.render(shared).encode(errors="replace"),
        objectives={
            objective.id: one.render(shared, **_beside(at, objectives)).encode(errors="replace")
            for at, objective in enumerate(objectives)
        },
        files={JSON: written(plan).encode(errors="replace")}
        | {name: (_FOLDER / "static" / name).read_bytes() for name in (STYLE, ICON)},
    )


def written(plan: PublicPlan) -> str:
    """Return a public plan as JSON; the same one always as the same text."""
    return json.dumps(_adapter().dump_python(plan, mode="json"), indent=1, ensure_ascii=False) + "\n"


def is_publication(content: bytes) -> bool:
    """Return whether the content of a JSON file is that of a public plan."""
    try:
        form = json.loads(content)
    except ValueError:
        return False
    return isinstance(form, dict) and form.get("format") == FORMAT


def chart_of(measure: PublicMeasure) -> Chart | None:
    """Return the chart of a measure by what is shown of it; None without a reading."""
    readings = {_year(one): one.reading for one in measure.years if one.reading is not None}
    sides = max((len(one.expected) for one in measure.years), default=0)
    expected = [{_year(one): one.expected[at] for one in measure.years if len(one.expected) > at} for at in range(sides)]
    return chart(expected, readings) if readings else None


def _shared(plan: PublicPlan, addresses: Addresses) -> dict[str, object]:
    """Return what templates of every page work with."""
    return {
        "plan": plan,
        "to": addresses,
        "words": words,
        "in_words": in_words,
        "unit_in_words": unit_in_words,
        "chart_of": chart_of,
        "figures": _figures,
        "measures": [measure for objective in plan.objectives for measure in objective.measures],
        "actions": [action for objective in plan.objectives for action in objective.actions],
        "style": STYLE,
        "icon": ICON,
        "json": JSON,
    }


def _beside(at: int, objectives: Sequence[PublicObjective]) -> dict[str, PublicObjective | None]:
    """Return an objective, and those before and after it."""
    before = objectives[at - 1] if at else None
    after = objectives[at + 1] if at + 1 < len(objectives) else None
    return {"objective": objectives[at], "before": before, "after": after}


def _year(one: PublicYear) -> SchoolYear:
    return SchoolYear.parse(one.school_year)


def _figures(values: Sequence[Decimal]) -> str:
    return "\N{EN DASH}".join(shown(value) for value in values)


@cache
def _adapter() -> TypeAdapter[PublicPlan]:
    return TypeAdapter(PublicPlan)
