"""The district's published document, imported: all that it counts, and each target that the shipped plan file has."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plan.model import LongTermMeasure, Objective
from plan.published.imported import Imported
from plan.published.named import Asked
from tests.plan_builders import ROOT, shipped
from tests.published_builders import of_text, problems_of

DOCUMENT = Path("shared", "data", "socorro-isd-strategic-plan-2023-2027.md")
PUBLISHED = ROOT.parent / DOCUMENT

pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason=f"the district's document is not part of the checkout; it is looked for at ../{DOCUMENT}"
)


@cache
def imported() -> Imported:
    asked = Asked(time_zone=ZoneInfo("America/Denver"))
    return of_text(PUBLISHED.read_text(encoding="utf-8"), file=PUBLISHED.name, asked=asked)


def measures(objective: Objective) -> list[LongTermMeasure]:
    return [measure for part in objective.parts() for measure in part.long_term_measures]


def test_the_published_document_gives_all_that_it_counts() -> None:
    plan = imported().plan
    assert (len(plan.priorities), len(plan.objectives), len(plan.actions)) == (4, 12, 42)
    assert (len(plan.progress_measures), len(plan.long_term_measures)) == (66, 48)


def test_every_target_is_the_one_of_the_shipped_plan() -> None:
    pairs = list(zip(imported().plan.objectives, shipped()[0].objectives, strict=True))
    found = {ours.id: [measure.target for measure in measures(ours)] for ours, _ in pairs}
    assert found == {theirs.id: [measure.target for measure in measures(theirs)] for _, theirs in pairs}


def test_components_and_student_groups_are_those_of_the_shipped_plan() -> None:
    found, expected = (
        [(measure.student_group, measure.part_of is not None) for measure in plan.long_term_measures]
        for plan in (imported().plan, shipped()[0])
    )
    assert found == expected
    parts = [measure.part_of for measure in imported().plan.long_term_measures if measure.part_of]
    assert parts == ["1.1-ltm1"] * 3


def test_codes_are_the_published_ones() -> None:
    found, expected = imported().plan, shipped()[0]
    assert [priority.id for priority in found.priorities] == [priority.id for priority in expected.priorities]
    strands = [[part.id for objective in plan.objectives for part in objective.parts()] for plan in (found, expected)]
    assert strands[0] == strands[1]
    assert [action.id for action in found.actions] == [action.id for action in expected.actions]
    assert [measure.id for measure in found.progress_measures] == [measure.id for measure in expected.progress_measures]


def test_units_are_those_of_the_shipped_plan_where_the_document_tells_them() -> None:
    """The components are published without a unit, and the ratings of the survey are points of no other name."""
    both = zip(imported().plan.long_term_measures, shipped()[0].long_term_measures, strict=True)
    others = {theirs.id: (ours.unit, theirs.unit) for ours, theirs in both if ours.unit != theirs.unit}
    assert others == {
        "1.1-approaches": ("points", "percent"),
        "1.1-meets": ("points", "percent"),
        "1.1-masters": ("points", "percent"),
        "2.2-pathway-options": ("options more than in 2022-23", "options added"),
        "2.3-climate": ("points", "rating points"),
    }


def test_the_official_wording_comes_in_whole() -> None:
    items = imported().plan.items
    assert items["1.1A"].wording == (
        "Systematically implement formative assessment plan to measure campus and school instruction "
        "(including HB3 requirements)."
    )
    assert items["1.1A"].title == "Systematically implement formative assessment plan to measure campus and school…"
    assert items["2.2-pm3"].wording == (
        "Staffing meetings that include (2 total as of 2021-2022): Staffing needs (FTE); Stipends; Certification "
        "Compliance/Needs; Bilingual/ESL Programs; Special Education Programs; Fine Arts; Athletics; Other Special Programs"
    )


def test_the_plan_is_named_by_its_title_and_years() -> None:
    plan = imported().plan
    assert plan.title == "Socorro ISD Strategic Plan 2023-2027"
    assert plan.organisation == "Socorro ISD"
    assert (str(plan.first_year), str(plan.last_year)) == ("2023-24", "2026-27")
    assert plan.settings.time_zone == ZoneInfo("America/Denver")


def test_the_report_says_what_was_not_sure_and_where() -> None:
    said = {doubt.sentence: doubt.line for doubt in imported().doubts}
    assert said["1.2.3: no long-term measures were found; see whether some of those above are meant for it"] == 23
    assert said["3.1-ltm2: taken as rated by its steward. It names neither a figure nor a day."] == 29
    assert said["2.1-ltm3: taken as {kind: trajectory, points: {2021-22: 2, 2026-27: 6}}. The beginning is before 2022-23, so "
                "it counts as that of 2021-22."] == 26  # fmt: skip
    narratives = [measure for measure in imported().plan.long_term_measures if measure.target.kind == "narrative"]
    assert all(measure.note for measure in narratives)
    assert {sentence.partition(":")[0] for sentence in said} >= {measure.id for measure in narratives}


def test_the_plan_file_has_no_problem_of_its_own() -> None:
    assert problems_of(imported()) == []


def test_what_stands_beside_the_plan_is_kept_in_comments() -> None:
    comments = " ".join(line.removeprefix("#").strip() for line in imported().text.splitlines() if line.startswith("#"))
    assert "- 16: Vision: Tomorrow" in comments
    assert "Leaders Learning Today" in comments
    assert "two-way communication with the District, in the best interest of their children." in comments
