"""`plankeeper diff`: what a board reads of two plan files, and what is said where one of them cannot be read."""

import json
from pathlib import Path

import pytest

from tests.commands import Plankeeper
from tests.plan_builders import GOOD, SHIPPED

EDITS = (
    ("2024-25: 77, 2025-26: 84, 2026-27: 91", "2024-25: 74, 2025-26: 80, 2026-27: 85"),
    (
        '{id: 1.1B, title: "Run campuswide tutoring, attendance makeup and acceleration"}',
        '{id: 1.1D, title: "Run tutoring over the summer"}',
    ),
    ("Keep up the partnership with the local base", "Keep the partnership with the local base"),
    ("# evidence_valid_months: 12 ", "evidence_valid_months: 18 "),
)
"""Made up, to have something to tell."""

TOLD = """\
What changed in Socorro ISD Strategic Plan 2023-2027
From old.yaml to new.yaml: 1 added, 1 removed, 1 target changed, 1 retitled, 1 setting changed.

The plan as a whole
- The number of months for which evidence is valid rises from 12 to 18.

P1  Students: growth, support and opportunities for each of them

1.1  Raise the academic achievement of every student
- Added: the action "Run tutoring over the summer" (1.1D).
- Removed: the action "Run campuswide tutoring, attendance makeup and acceleration" (1.1B).

1.2  Ready every student for college and/or career and/or the military
- Share of graduates who meet CCMR (1.2.1-ccmr): the target for 2026-27 falls from 91 to 85 percent, which asks for less; \
the points for 2024-25 and 2025-26 fall from 77 to 74 and from 84 to 80.
- The action 1.2.3C is retitled: "Keep up the partnership with the local base and military-connected families" became \
"Keep the partnership with the local base and military-connected families".
"""


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the shipped plan as old.yaml, and as new.yaml after some edits."""
    text = SHIPPED[0].read_text(encoding="utf-8")
    (tmp_path / "old.yaml").write_text(text, encoding="utf-8")
    for was, becomes in EDITS:
        assert text.count(was) == 1
        text = text.replace(was, becomes)
    (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rewritten(path: Path, was: str, becomes: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(was) == 1
    path.write_text(text.replace(was, becomes), encoding="utf-8")


@pytest.mark.usefixtures("two")
def test_changes_are_told_below_their_priority_and_objective(plankeeper: Plankeeper) -> None:
    said = plankeeper("diff", "old.yaml", "new.yaml")
    assert (said.code, said.err) == (0, "")
    assert said.out == TOLD


@pytest.mark.usefixtures("two")
def test_the_same_file_has_not_changed(plankeeper: Plankeeper) -> None:
    said = plankeeper("diff", "old.yaml", "old.yaml")
    assert (said.code, said.out, said.err) == (0, "Nothing changed.\n", "")


def test_another_order_is_told_as_nothing_more(two: Path, plankeeper: Plankeeper) -> None:
    first, second = '          - {id: 1.3A, title: "Train', '          - {id: 1.3B, title: "Set'
    lines = (two / "old.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if line.startswith(first))
    assert lines[at + 1].startswith(second)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    (two / "new.yaml").write_text("".join(lines), encoding="utf-8")
    said = plankeeper("diff", "old.yaml", "new.yaml")
    assert (said.code, said.out) == (0, "Nothing changed but the order in which things are listed.\n")
    form = json.loads(plankeeper("diff", "old.yaml", "new.yaml", "--format", "json").out)
    assert (form["only_order_changed"], form["changes"]) == (True, [])


@pytest.mark.usefixtures("two")
def test_programs_get_the_same_sentences_with_codes_and_counts(plankeeper: Plankeeper) -> None:
    said = plankeeper("diff", "old.yaml", "new.yaml", "--format", "json")
    form = json.loads(said.out)
    assert (said.code, form["plan"], form["only_order_changed"]) == (0, "socorro-isd-2023-2027", False)
    assert form["counts"] == {
        "added": 1,
        "removed": 1,
        "recoded": 0,
        "moved": 0,
        "target": 1,
        "retitled": 1,
        "setting": 1,
        "detail": 0,
    }
    assert [f"- {one['sentence']}" for one in form["changes"]] == [line for line in TOLD.splitlines() if line.startswith("- ")]
    assert form["changes"][2] == {
        "kind": "removed",
        "item": "1.1B",
        "title": "Run campuswide tutoring, attendance makeup and acceleration",
        "priority": "P1",
        "objective": "1.1",
        "key": "",
        "sentence": 'Removed: the action "Run campuswide tutoring, attendance makeup and acceleration" (1.1B).',
    }


@pytest.mark.parametrize(
    ("was", "becomes", "counts"),
    [
        pytest.param("{id: 1.3A,", "{id: 1.3D,", "1 given a new code", id="one-of-a-kind"),
        pytest.param("settings:\n", "settings:\n  digests_per_week: 5\n", "1 setting changed", id="a-setting"),
        pytest.param(
            "settings:\n", "settings:\n  digests_per_week: 5\n  cadence: year\n", "2 settings changed", id="more-of-a-kind"
        ),
        pytest.param("student_group: Special Education", "student_group: Dyslexia", "1 other detail changed", id="a-detail"),
    ],
)
def test_changes_are_counted_by_kind(was: str, becomes: str, counts: str, two: Path, plankeeper: Plankeeper) -> None:
    (two / "new.yaml").write_bytes(SHIPPED[0].read_bytes())
    rewritten(two / "new.yaml", was, becomes)
    assert plankeeper("diff", "old.yaml", "new.yaml").out.splitlines()[1] == f"From old.yaml to new.yaml: {counts}."


# --- files that cannot be compared -------------------------------------------------------------------------------------

COMPONENT = 'title: "Rating component: Approaches"\n            part_of: '


def test_problems_of_both_files_are_listed_with_their_places_and_nothing_is_told(two: Path, plankeeper: Plankeeper) -> None:
    rewritten(two / "old.yaml", "first_year: 2023-24", "first_year: 2028-29")
    rewritten(two / "new.yaml", f"{COMPONENT}1.1-rating", f"{COMPONENT}1.1-x")
    said = plankeeper("diff", "old.yaml", "new.yaml")
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines() == [
        "old.yaml:17:1: last_year (2026-27) lies before first_year (2028-29); correct one of them",
        'new.yaml:68:13: "1.1-x" is not another long-term measure of this plan; correct part_of',
    ]


def test_a_file_compared_with_itself_has_its_problems_once(two: Path, plankeeper: Plankeeper) -> None:
    rewritten(two / "old.yaml", "first_year: 2023-24", "first_year: soon")
    said = plankeeper("diff", "old.yaml", "old.yaml")
    assert (said.code, len(said.err.splitlines())) == (1, 1)


@pytest.mark.usefixtures("two")
def test_a_file_that_is_not_there_is_a_problem_beside_those_of_the_other(plankeeper: Plankeeper) -> None:
    said = plankeeper("diff", "none.yaml", str(GOOD[1]))
    missing = "the file cannot be read (no such file or directory); correct its path, or put the file there"
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[:2] == [f"none.yaml:1:1: {missing}", f'{GOOD[1]}:1:1: "id" is missing; add it']


def test_neither_owners_nor_calendar_nor_settings_are_needed(
    plankeeper: Plankeeper, home: Path, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PLAN", "OWNERS", "CALENDAR"):
        monkeypatch.setenv(f"PLANKEEPER_{name}", str(two / "none.yaml"))
    assert plankeeper("diff", "old.yaml", "new.yaml").out == TOLD
    assert not home.exists()
