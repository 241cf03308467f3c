"""The layouts that published plans have: what becomes a priority, an objective, an action, a measure, and what is not sure."""

from collections.abc import Callable

import pytest

from plan.model import Item, Plan
from plan.published.document import DocumentRefused
from plan.published.imported import NO_PLAN, Imported
from plan.published.named import Asked
from plan.published.roles import label_of
from plan.published.written import target_text
from tests.published_builders import PUBLISHED, bullets, made_up, of_text, problems_of, with_measures, with_rows

TABBED = "riverbend-tabbed-table.md"
NUMBERED = "lakeview-numbered-goals.md"
TABLES = "hillcrest-table-for-each-goal.html"
LABELLED = "cedar-labelled-headings.md"
BESIDE = "is no part of the plan's tree; it is kept as a comment"
ANY_INCREASE = "No amount is named: any increase against the year before counts."
EVERY = [pytest.param(name, id=name.partition(".")[0]) for name in (TABBED, NUMBERED, TABLES, LABELLED)]


def tree(plan: Plan) -> dict[str, list[str]]:
    """Return every priority, objective and strand with the codes of what it holds."""
    found = {}
    for priority in plan.priorities:
        found[f"{priority.id} {priority.title}"] = [objective.id for objective in priority.objectives]
        for objective in priority.objectives:
            for part in objective.parts():
                held: tuple[Item, ...] = (*part.actions, *part.progress_measures, *part.long_term_measures)
                found[f"{part.id} {part.title}"] = [item.id for item in held]
    return found


def targets(found: Imported) -> dict[str, str]:
    """Return every long-term measure's target as the plan file has it, without braces, and its unit."""
    return {
        one.id: f"{target_text(one.target)[7:-1]}{'; ' + one.unit if one.unit else ''}" for one in found.plan.long_term_measures
    }


def said(found: Imported) -> list[str]:
    """Return the report, with lines, but for what is said of every document."""
    usual = ("organisation:", "begins_on:", "time_zone:")
    return [f"{one.line}: {one.sentence}" for one in found.doubts if not one.sentence.startswith(usual)]


# --- made-up documents -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [path.name for path in PUBLISHED.iterdir()])
def test_every_made_up_document_says_so(name: str) -> None:
    assert "made up" in (PUBLISHED / name).read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("name", EVERY)
def test_what_is_imported_has_no_problem(name: str) -> None:
    assert problems_of(made_up(name)) == []


def test_a_tabbed_table_over_pages_is_one_tree() -> None:
    assert tree(made_up(TABBED).plan) == {
        "P1 Learners: Help every learner of Riverbend grow": ["1.1", "1.2"],
        "1.1 Lift reading and mathematics": [
            *("1.1A", "1.1B", "1.1C", "1.1-pm1", "1.1-pm2", "1.1-ltm1", "1.1-ltm1-reads-well", "1.1-ltm1-counts-well"),
            *("1.1-ltm2-special-education", "1.1-ltm2-foster-care"),
        ],
        "1.2 Ready for what follows school": [],
        "1.2.1 Trades": ["1.2.1A", "1.2.1B", "1.2.1-pm1", "1.2.1-ltm1", "1.2.1-ltm2", "1.2.1-ltm3"],
        "1.2.2 Music": ["1.2.2A", "1.2.2-pm1", "1.2.2-pm2", "1.2.2-ltm1", "1.2.2-ltm2"],
        "P2 People: Find good people and keep them": ["2.1", "2.2"],
        "2.1 A place where people stay": [
            *("2.1A", "2.1B", "2.1-pm1", "2.1-ltm1", "2.1-ltm2", "2.1-ltm3", "2.1-ltm4", "2.1-ltm5"),
        ],
        "2.2 Money that is looked after": ["2.2A", "2.2B", "2.2-pm1", "2.2-ltm1", "2.2-ltm2", "2.2-ltm3"],
    }


def test_the_targets_of_a_tabbed_table_are_its_sentences() -> None:
    assert targets(made_up(TABBED)) == {
        "1.1-ltm1": "trajectory, points: {2023-24: 71, 2028-29: 83.5}; points",
        "1.1-ltm1-reads-well": "trajectory, points: {2023-24: 41, 2028-29: 58}; points",
        "1.1-ltm1-counts-well": "trajectory, points: {2023-24: 36, 2028-29: 52}; points",
        "1.1-ltm2-special-education": "change, direction: decrease; percentage points",
        "1.1-ltm2-foster-care": "change, direction: decrease; percentage points",
        "1.2.1-ltm1": "trajectory, points: {2023-24: 12, 2024-25: 15, 2025-26: 18, 2026-27: 22, 2027-28: 26, 2028-29: 30}; "
        "percent",
        "1.2.1-ltm2": "threshold, at_least: 85, by: 2028-29; seniors",
        "1.2.1-ltm3": "threshold, at_least: 64, by: 2028-29; percent",
        "1.2.2-ltm1": "threshold, at_least: 85; percent",
        "1.2.2-ltm2": "threshold, at_least: 6, at_most: 9; count",
        "2.1-ltm1": "threshold, at_most: 7.25; percent",
        "2.1-ltm2": "trajectory, points: {2022-23: 3, 2028-29: 7}; talks",
        "2.1-ltm3": "trajectory, points: {2023-24: 0, 2028-29: 2}; paths more than in 2023-24",
        "2.1-ltm4": "trajectory, points: {2022-23: 4, 2028-29: 9}; schools",
        "2.1-ltm5": "narrative",
        "2.2-ltm1": "deliverable, by: 2027-12-31",
        "2.2-ltm2": "change, direction: decrease, measured_in: percent, at_least: 2, at_most: 4; dollars",
        "2.2-ltm3": "narrative",
    }


def as_page(rows: list[list[str]]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<html><body><h1>Riverbend Plan 2024-2029</h1><table><tr>{'</tr><tr>'.join(cells)}</tr></table></body></html>"


def as_markdown(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(("# Riverbend Plan 2024-2029", "", lines[0], "|---" * len(rows[0]) + "|", *lines[1:]))


@pytest.mark.parametrize("written", [as_page, as_markdown])
def test_the_same_table_gives_the_same_plan_however_it_is_written(written: Callable[[list[list[str]]], str]) -> None:
    lines = (PUBLISHED / TABBED).read_text(encoding="utf-8").splitlines()
    tabbed, other = made_up(TABBED), of_text(written([line.split("\t") for line in lines if "\t" in line]))
    assert other.plan.priorities == tabbed.plan.priorities


def test_numbered_goals_with_nested_lists_are_a_tree() -> None:
    found = made_up(NUMBERED)
    assert tree(found.plan) == {
        "P1 Every student reads": ["1.1", "1.2"],
        "1.1 Start early": ["1.1A", "1.1B", "1.1-pm1", "1.1-ltm1", "1.1-ltm2"],
        "1.2 Keep reading alive": ["1.2A", "1.2B", "1.2-ltm1"],
        "P2 Every school is safe and well kept": ["2.1"],
        "2.1 Repair before it breaks": ["2.1A", "2.1-pm1", "2.1-ltm1", "2.1-ltm2"],
    }
    assert found.plan.items["1.1B"].wording == "Lend books to families in two languages"
    assert targets(found) == {
        "1.1-ltm1": "trajectory, points: {2024-25: 44, 2029-30: 66}; percent",
        "1.1-ltm2": "threshold, at_least: 92; percent",
        "1.2-ltm1": "deliverable, by: 2027-06-30",
        "2.1-ltm1": "trajectory, points: {2024-25: 120, 2029-30: 40}; orders",
        "2.1-ltm2": "narrative",
    }
    assert said(found) == [
        '3: "Made up for tests: there is no such district." is no part of the plan\'s tree; it is kept as a comment',
        '5: "Our promise: each school a place to grow." is no part of the plan\'s tree; it is kept as a comment',
        "30: 2.1-ltm2: taken as rated by its steward. It names neither a figure nor a day.",
    ]


def test_a_table_under_the_heading_of_each_goal_is_a_tree() -> None:
    found = made_up(TABLES)
    assert tree(found.plan) == {
        "G1 Graduates who are ready": ["1.1"],
        "1.1 More students finish": ["1.1A", "1.1B", "1.1-pm1", "1.1-pm2", "1.1-ltm1", "1.1-ltm2"],
        "G2 Families who take part": ["2.1"],
        "2.1 Doors that are open": ["2.1A", "2.1B", "2.1C", "2.1-pm1", "2.1-pm2", "2.1-ltm1", "2.1-ltm2"],
    }
    assert targets(found) == {
        "1.1-ltm1": "threshold, at_most: 6; percent",
        "1.1-ltm2": "trajectory, points: {2023-24: 81.5, 2027-28: 90}; percent",
        "2.1-ltm1": "change, direction: increase; families",
        "2.1-ltm2": "threshold, at_least: 85; percent",
    }
    responsible = "Call home after two days of absence (Person responsible: Office of Attendance)"
    assert found.plan.items["1.1A"].wording == responsible
    assert (str(found.plan.first_year), str(found.plan.last_year)) == ("2024-25", "2027-28")
    assert said(found) == [
        '7: "Years: 2024-2028. Our district serves a made-up valley." is no part of the plan\'s tree; it is kept as a comment',
        '27: "Hillcrest calls this its heart." is no part of the plan\'s tree; it is kept as a comment',
        f"33: 2.1-ltm1: taken as {{kind: change, direction: increase}}. {ANY_INCREASE}",
    ]


def test_labelled_headings_are_a_tree() -> None:
    found = made_up(LABELLED)
    sentence = "By June 2027, students who meet the standard in Algebra I will rise from 48% in…"
    assert tree(found.plan) == {
        "G1 Students at Cedar Creek will succeed in mathematics.": ["1.1", "1.2"],
        f"1.1 {sentence}": ["1.1-s1", "1.1-s2", "1.1-pm1", "1.1-pm2", "1.1-ltm1"],
        "1.2 Every campus offers a club for mathematics.": ["1.2-s1"],
        "G2 Cedar Creek will keep its teachers.": ["2.1"],
        "2.1 Turnover is low.": ["2.1-s1", "2.1-ltm1"],
    }
    assert found.plan.items["1.1-s1"].wording == (
        "Teach in small groups twice a week. (Staff Responsible for Monitoring: Office of Mathematics) "
        "(Timeline: August 2026 to May 2027)"
    )
    assert found.plan.items["1.2-s1"].wording == "Find a sponsor on each campus. (Timeline: October 2026)"
    assert targets(found) == {
        "1.1-ltm1": "trajectory, points: {2025-26: 48, 2026-27: 55}; percent",
        "2.1-ltm1": "threshold, at_most: 12; percent",
    }
    assert "7: 1.1: its own sentence holds a target; it is taken as its long-term measure" in said(found)
    assert "23: 1.2: no long-term measures were found" in said(found)


# --- what tables do ----------------------------------------------------------------------------------------------------

FIRST = "P1: Students\t1.1 Growth\t1.1A - Teach\tNotes\tAt least 9% of students by 2026-27"


def test_a_row_that_goes_on_after_a_page_belongs_to_what_is_above_it() -> None:
    found = with_rows(FIRST, "", "\t\t1.1B - Learn\tMore notes\t")
    assert tree(found.plan)["1.1 Growth"] == ["1.1A", "1.1B", "1.1-pm1", "1.1-pm2", "1.1-ltm1"]


def test_a_heading_that_stands_again_on_each_page_is_no_row() -> None:
    again = "PRIORITIES:\tSTRATEGIC OBJECTIVES:\tSTRATEGIC ACTIONS:\tPROGRESS MEASURES:\tLONG TERM MEASURES:"
    found = with_rows(FIRST, "", again, "P1: Students (continued)\t1.1 Growth (continued)\t1.1B - Learn\t\t")
    assert list(tree(found.plan)) == ["P1 Students", "1.1 Growth"]
    assert [action.id for action in found.plan.actions] == ["1.1A", "1.1B"]


def test_a_sentence_that_a_page_broke_is_put_together() -> None:
    found = with_rows(FIRST, "", "\t\tand learn\tof visits\tand families")
    assert found.plan.items["1.1A"].wording == "Teach and learn"
    assert found.plan.items["1.1-pm1"].wording == "Notes of visits"
    assert found.plan.items["1.1-ltm1"].wording == "At least 9% of students by 2026-27 and families"
    assert said(found) == [
        '6: "and learn" is taken to go on with the action above it',
        '6: "of visits" is taken to go on with the measure above it',
        '6: "and families" is taken to go on with the measure above it',
    ]


def on_two_tables(between: str, second: str) -> Imported:
    """Import a document with a table of the plan, something after it, and the rows of another table of the same width."""
    cells = ("Objective", "Action", "Measure"), ("1.1 Growth", "1.1A - Teach", "At least 9%")
    first = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    return of_text(f"# Plan 2023-2027\n\n<table>{first}</table>\n\n{between}\n\n<table>{second}</table>")


GOES_ON = "<tr><td></td><td>1.1B - Learn</td><td></td></tr>"


@pytest.mark.parametrize(
    ("between", "second"),
    [
        pytest.param("", GOES_ON, id="at-once"),
        pytest.param("<hr>", GOES_ON, id="after-a-rule"),
        pytest.param("Page 3 of 12", GOES_ON, id="after-the-number-of-a-page"),
        pytest.param("17", GOES_ON, id="after-a-bare-number"),
        pytest.param("", "<tr><th></th><td>1.1B - Learn</td><td></td></tr>", id="with-the-heading-of-a-row"),
        pytest.param("", f"<tr><th></th><th></th><th></th></tr>{GOES_ON}", id="with-an-empty-heading"),
    ],
)
def test_a_table_that_goes_on_without_a_heading_is_the_same_one_and_said(between: str, second: str) -> None:
    found = on_two_tables(between, second)
    assert [action.id for action in found.plan.actions] == ["1.1A", "1.1B"]
    assert [one.partition(": ")[2] for one in said(found) if "table" in one] == [
        'the table of "1.1B - Learn" is taken to go on with the table above'
    ]


OTHER = "<tr><td>2024</td><td>500</td><td>12</td></tr>"


@pytest.mark.parametrize(
    ("between", "second"),
    [
        pytest.param("What it costs", OTHER, id="after-a-line"),
        pytest.param("## What it costs", OTHER, id="after-a-heading"),
        pytest.param("", f"<tr><th>Year</th><th>Dollars</th><th>Schools</th></tr>{OTHER}", id="under-its-own-heading"),
        pytest.param("<table><tr><td>See also</td></tr></table>", OTHER, id="after-another-table"),
    ],
)
def test_a_table_of_the_same_width_is_not_of_the_plan_for_that(between: str, second: str) -> None:
    found = on_two_tables(between, second)
    assert tree(found.plan)["1.1 Growth"] == ["1.1A", "1.1-ltm1"]
    kept = [one.partition(": ")[2] for one in said(found) if one.endswith(BESIDE)]
    assert {f'"{cell}" {BESIDE}' for cell in ("2024", "500", "12")} <= set(kept)


def test_a_markdown_table_of_the_same_width_is_not_of_the_plan_for_that() -> None:
    rows = "| Year | Budget | Staff | Campuses | Notes |", "|---|---|---|---|---|", "| 2024 | 500 | 12 | 3 | none |"
    found = with_rows(FIRST, "What it costs", "", *rows)
    assert list(tree(found.plan)) == ["P1 Students", "1.1 Growth"]
    assert f'9: "500" {BESIDE}' in said(found)


def test_another_table_is_kept_beside_the_plan() -> None:
    found = with_rows(FIRST, "end", "", "| Vote | For |", "|---|---|", "| Lamps | 5 |")
    assert [sentence for sentence in said(found) if "Lamps" in sentence] == [
        '9: "Lamps" is no part of the plan\'s tree; it is kept as a comment'
    ]


def test_a_cell_of_measures_beside_several_strands_belongs_to_their_objective() -> None:
    head = "".join(f"<th>{one}</th>" for one in ("Objective", "Action", "Long-term measure"))
    text = f"""# Plan 2023-2027

<table><tr>{head}</tr>
<tr><td rowspan="2">1.1 Growth</td><td>Art 1.1.1A - Paint</td><td rowspan="2">At least 9% of students paint or sing</td></tr>
<tr><td>Music 1.1.2A - Sing</td></tr></table>"""
    found = of_text(text)
    assert tree(found.plan)["1.1 Growth"] == ["1.1-ltm1"]
    assert tree(found.plan)["1.1.1 Art"] == ["1.1.1A"]
    assert '4: one cell of measures lies beside several strands; they stand under "1.1"' in said(found)


def test_a_code_that_is_given_twice_becomes_another_and_is_said() -> None:
    found = with_rows(FIRST, "\t1.2 Depth\t1.1A - Dig\t\t")
    assert [action.id for action in found.plan.actions] == ["1.1A", "1.1A-2"]
    assert '5: the code "1.1A" is given twice; "1.1A-2" was taken' in said(found)
    assert '5: the action\'s code begins with "1.1", and the objective is "1.2"' in said(found)
    assert problems_of(found) == []


def test_an_action_without_a_code_among_others_is_one_of_its_own() -> None:
    found = with_rows(FIRST, "\t\tBuild a second workshop for every campus.\t\t")
    assert found.plan.actions[1].id == "1.1B"
    assert '5: "Build a second workshop for every campus." has no code; it is taken as an action of its own' in said(found)


def test_a_plan_without_objectives_gets_one_for_each_goal_and_says_so() -> None:
    found = of_text("# Plan 2023-2027\n\n| Goal | Strategy |\n|---|---|\n| Goal 1: Growth | Teach |\n| Goal 2: Care | Listen |")
    assert tree(found.plan) == {"G1 Growth": ["1.1"], "1.1 Growth": ["1.1A"], "G2 Care": ["2.1"], "2.1 Care": ["2.1A"]}
    assert "5: no objective stands above it; one was made, with the words of its priority" in said(found)


def test_a_strand_without_a_name_is_called_by_its_code() -> None:
    found = with_rows(FIRST, "\t1.2 Depth\t1.2.1A - Dig\t\t")
    assert tree(found.plan)["1.2.1 1.2.1"] == ["1.2.1A"]
    assert '5: the strand "1.2.1" has no name; its code is its title' in said(found)


def test_another_name_of_a_strand_is_kept_beside_the_plan() -> None:
    found = with_rows(FIRST, "\t1.2 Depth\tMines 1.2.1A - Dig\t\t", "\t\tMines 1.2.1B - Lift\t\t", "\t\tPits 1.2.1C - Rest\t\t")
    assert tree(found.plan)["1.2.1 Mines"] == ["1.2.1A", "1.2.1B", "1.2.1C"]
    assert [line for line in said(found) if "is kept" in line] == [f'7: "Pits" {BESIDE}']


def test_short_lines_before_an_action_without_a_code_are_actions_too() -> None:
    found = with_rows(
        FIRST, "\t\t<p>Art</p><p>Paint walls of every campus in the district.</p><ul><li>Sing</li></ul><p>Dance</p>\t\t"
    )
    assert [action.title for action in found.plan.actions] == [
        "Teach", "Art", "Paint walls of every campus in the district.", "Sing", "Dance"
    ]  # fmt: skip


def test_words_before_the_first_action_that_name_no_strand_are_kept_beside_the_plan() -> None:
    found = with_rows("P1: Students\t1.1 Growth\tWhat we will do 1.1A - Teach and more 1.1B - Learn\t\t")
    assert [action.wording for action in found.plan.actions] == ["Teach and more", "Learn"]
    assert '4: "What we will do" stands before the first action; it is kept beside the plan' in said(found)


def test_words_between_two_codes_of_one_cell_go_on_with_the_action_before_them() -> None:
    found = with_rows("P1: Students\t1.1 Growth\t<p>1.1A - Teach</p><p>Learn. And 1.1B - Rest</p>\t\t")
    assert [action.wording for action in found.plan.actions] == ["Teach Learn. And", "Rest"]
    assert '4: "Learn. And" is taken to go on with the action above it' in said(found)


def test_a_goal_may_stand_in_a_row_of_its_own() -> None:
    head = "<tr><th>Objective</th><th>Action</th></tr>"
    rows = '<tr><td colspan="2">Goal 1: Growth</td></tr><tr><td>1.1 Reading</td><td>Teach</td></tr>'
    note = '<tr><td colspan="2">See the appendix.</td></tr>'
    found = of_text(f"# Plan 2023-2027\n\n<table>{head}{rows}{note}</table>")
    assert tree(found.plan) == {"G1 Growth": ["1.1"], "1.1 Reading": ["1.1A"]}
    assert f'3: "See the appendix." {BESIDE}' in said(found)


def test_actions_may_be_called_strategies_with_numbers() -> None:
    found = with_rows("P1: Students\t1.1 Growth\t<p>Strategy 1: Teach</p><p>Strategy 1.1.2: Learn</p>\t\t")
    assert {action.id: action.title for action in found.plan.actions} == {"1.1-1": "Teach", "1.1.2": "Learn"}


def test_what_stands_beside_no_action_is_kept_beside_the_plan() -> None:
    found = of_text("# Plan 2023-2027\n\n| Objective | Action | Lead staff |\n|---|---|---|\n| 1.1 Growth | | Office A |\n"
                    "| | Teach | |")  # fmt: skip
    assert f'5: "Lead staff: Office A" {BESIDE}' in said(found)


def test_a_goal_that_is_only_numbered_above_its_table_is_a_priority() -> None:
    found = of_text("# Plan 2023-2027\n\n## Goal 2\n\n| Objective | Action |\n|---|---|\n| 2.1 Growth | Teach |")
    assert list(tree(found.plan)) == ["G2 Goal 2", "2.1 Growth"]


def test_a_nested_measure_that_a_page_broke_is_put_together() -> None:
    found = with_rows(FIRST.replace("Notes", bullets((f"Talks that include {bullets(('Pay', 'Work'))}",))), "\t\t\tat night\t")
    assert found.plan.items["1.1-pm1"].wording == "Talks that include Pay; Work at night"


def test_a_row_of_long_sentences_is_no_heading() -> None:
    row = "\t".join((f"Our goals and objectives are {'many and ' * 15} great", "Actions", "Measures"))
    with pytest.raises(DocumentRefused):
        of_text(f"# Plan 2023-2027\n\n{row}\nP1: a\t1.1A - b\tc")


def test_a_plan_in_a_table_of_one_column_is_read_line_by_line() -> None:
    cells = ("Goal 1: Growth", "Objective 1: Reading", "Strategy 1: Teach", "Target: at least 9% of students")
    rows = "".join(f"<tr><td>{cell}</td></tr>" for cell in cells)
    found = of_text(f"# Plan 2023-2027\n\n<table>{rows}</table>")
    assert tree(found.plan) == {"G1 Growth": ["1.1"], "1.1 Reading": ["1.1-s1", "1.1-ltm1"]}


def test_lists_keep_what_is_no_part_of_the_tree_and_what_belongs_to_it() -> None:
    text = """# Plan 2023-2027

Resources: grants
## Goal 1: Growth
Words on growth.
### Objective 1.1: Reading
Strategy 1.1.1: Teach
- every day
Measures:
- Talks
  - with families
  - with staff
Timeline:
- in May
## Goal 2: Care
- Listening well
  - Ask each month
"""
    found = of_text(text.replace("\n", "\n\n").replace("\n\n- ", "\n- ").replace("\n\n  - ", "\n  - "))
    assert tree(found.plan) == {
        "G1 Growth": ["1.1"],
        "1.1 Reading": ["1.1.1", "1.1-ltm1"],
        "G2 Care": ["2.1"],
        "2.1 Listening well": ["2.1A"],
    }
    assert found.plan.items["1.1.1"].wording == "Teach every day Timeline: in May"
    assert found.plan.items["1.1-ltm1"].wording == "Talks with families; with staff"
    kept = [line.partition(": ")[2] for line in said(found) if line.endswith(BESIDE)]
    assert kept == [f'"Resources: grants" {BESIDE}', f'"Words on growth." {BESIDE}']


@pytest.mark.parametrize("mark", ["", ":", ".", " -", ")"])
def test_a_number_with_dots_needs_no_mark_after_it(mark: str) -> None:
    text = f"""# Plan 2023-2027

## Goal 1: Growth
### Objective 1.1{mark} Read by grade 3
- Strategy 1.1.1{mark} Coach
### Objective 1.2{mark} Write
- Action 1.2A{mark} Practise
## Goal 2: Care
### Objective 2.1{mark} Manage
- Strategy 2.1.1{mark} Listen"""
    found = of_text(text)
    assert tree(found.plan) == {
        "G1 Growth": ["1.1", "1.2"],
        "1.1 Read by grade 3": ["1.1.1"],
        "1.2 Write": ["1.2A"],
        "G2 Care": ["2.1"],
        "2.1 Manage": ["2.1.1"],
    }
    assert [action.title for action in found.plan.actions] == ["Coach", "Practise", "Listen"]


def test_actions_in_a_cell_need_no_mark_after_a_number_with_dots() -> None:
    found = with_rows("P1: Students\tObjective 1.1 Growth\t<p>Strategy 1.1.1 Teach</p><p>Action 1.1A Learn</p>\t\t")
    assert tree(found.plan)["1.1 Growth"] == ["1.1.1", "1.1A"]
    assert [action.title for action in found.plan.actions] == ["Teach", "Learn"]


@pytest.mark.parametrize(
    "sentence",
    ["Objective 1.1 was met early", "Target 3.5 points or better", "Target 92.5% of students", "Objective 1-2 Reading"],
)
def test_a_sentence_is_never_cut_within_its_number(sentence: str) -> None:
    assert label_of(sentence) is None


@pytest.mark.parametrize("line", ["KPI: 85% of students read", "KPIs: 85% of students read", "KPI 1: 85% of students read"])
def test_a_key_performance_indicator_may_go_by_its_initials(line: str) -> None:
    found = of_text(f"# Plan 2023-2027\n\n- Goal 1: Growth\n  - Objective 1: Reading\n    - Strategy 1: Teach\n    - {line}")
    assert tree(found.plan)["1.1 Reading"] == ["1.1-s1", "1.1-ltm1"]
    assert targets(found) == {"1.1-ltm1": "threshold, at_least: 85; percent"}


def test_a_column_of_key_performance_indicators_may_go_by_their_initials() -> None:
    found = of_text("# Plan 2023-2027\n\n| Objective | Action | KPI |\n|---|---|---|\n| 1.1 Growth | Teach | At least 9% |")
    assert targets(found) == {"1.1-ltm1": "threshold, at_least: 9; percent"}


def test_a_measure_with_an_objective_inside_it_loses_nothing() -> None:
    text = "# Plan 2023-2027\n\n- Goal 1: Growth\n  - Objective 1: Reading\n"
    text += "  - Measure: Talks\n    - Objective 2: Counting\n    - Walks"
    assert "Walks" in [one.title for one in of_text(text).plan.long_term_measures]


# --- components and student groups -------------------------------------------------------------------------------------


def test_nested_lines_with_figures_are_components_of_the_measure_above_them() -> None:
    nested = bullets(("Reading: from 41 to 58", "Counting: from 36 to 52"))
    found = with_measures(bullets((f"Increase the rating from 71 in 2022-23 to 83 in 2026-27 {nested}",)))
    parts = {one.id: (one.part_of, target_text(one.target)) for one in found.plan.long_term_measures}
    assert parts == {
        "1.1-ltm1": (None, "{kind: trajectory, points: {2022-23: 71, 2026-27: 83}}"),
        "1.1-ltm1-reading": ("1.1-ltm1", "{kind: trajectory, points: {2022-23: 41, 2026-27: 58}}"),
        "1.1-ltm1-counting": ("1.1-ltm1", "{kind: trajectory, points: {2022-23: 36, 2026-27: 52}}"),
    }


def test_a_component_keeps_a_unit_of_its_own() -> None:
    nested = bullets(("Readers: from 41% to 58%",))
    found = with_measures(bullets((f"Increase the rating from 71 in 2022-23 to 83 in 2026-27 {nested}",)))
    assert [one.unit for one in found.plan.long_term_measures] == ["points", "percent"]


def test_nested_lines_with_figures_under_a_bare_heading_are_measures_of_their_own() -> None:
    nested = bullets(("Reading from 41% to 58% by 2026-27", "Joy"))
    found = with_measures(bullets((f"Results: {nested}",)))
    assert [(one.part_of, one.target.kind, one.wording) for one in found.plan.long_term_measures] == [
        (None, "trajectory", "Results: Reading from 41% to 58% by 2026-27"),
        (None, "narrative", "Results: Joy"),
    ]


@pytest.mark.parametrize(
    ("sentence", "groups", "expected"),
    [
        pytest.param("Narrow gaps annually", ("Oaks", "Elms"), ["Oaks", "Elms"], id="gaps"),
        pytest.param(
            "Annually increase readers", ("Emergent Bilingual", "Others"), ["Emergent Bilingual", "Others"], id="known-groups"
        ),
        pytest.param("Annually increase visits", ("Museums", "Farms"), [None], id="things-that-are-no-groups"),
        pytest.param("Shift training online", ("Special Education", "Safety"), [None], id="no-change"),
    ],
)
def test_a_change_wanted_of_student_groups_is_counted_once_for_each(
    sentence: str, groups: tuple[str, ...], expected: list[str | None]
) -> None:
    found = with_measures(bullets((f"{sentence} {bullets(groups)}",)))
    assert [one.student_group for one in found.plan.long_term_measures] == expected


# --- the head ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Strategic Plan 2023-2027", ("2023-24", "2026-27"), id="calendar-years"),
        pytest.param("Strategic Plan 2023–27", ("2023-24", "2026-27"), id="short"),  # noqa: RUF001
        pytest.param("Improvement Plan 2026-27", ("2026-27", "2026-27"), id="one-year"),
        pytest.param("Plan for 2024-25 to 2027-28", ("2024-25", "2027-28"), id="from-one-to-another"),
        pytest.param("Plan for 2024-2025 through 2027-2028", ("2024-25", "2027-28"), id="long"),
    ],
)
def test_the_years_are_those_of_the_title(title: str, expected: tuple[str, str]) -> None:
    plan = with_rows(FIRST, title=f"# {title}").plan
    assert (str(plan.first_year), str(plan.last_year)) == expected


def test_without_years_in_a_title_those_of_the_measures_are_taken_and_said() -> None:
    found = with_rows(FIRST.replace("by 2026-27", "from 5% in 2021-22 to 9% in 2025-26"), title="# Our plan")
    assert (str(found.plan.first_year), str(found.plan.last_year)) == ("2021-22", "2025-26")
    assert (
        "1: the plan's years are not said; 2021-22 to 2025-26, the earliest and latest named, were taken; --years sets them"
    ) in said(found)


def test_a_plan_without_any_year_is_refused_until_they_are_given() -> None:
    text = "# Our plan\n\n| Objective | Action |\n|---|---|\n| 1.1 Growth | Teach |"
    with pytest.raises(DocumentRefused) as refused:
        of_text(text)
    assert str(refused.value) == ("the document does not say which years the plan covers; say it, as in --years 2023-2027")
    assert str(of_text(text, asked=Asked(years="2023-2027")).plan.last_year) == "2026-27"


def test_years_that_are_none_are_refused() -> None:
    with pytest.raises(DocumentRefused) as refused:
        of_text("# Our plan\n\n| Objective | Action |\n|---|---|\n| 1.1 Growth | Teach |", asked=Asked(years="soon"))
    assert str(refused.value) == '"soon" is not a span of years; write it as in --years 2023-2027'


def test_a_document_without_a_title_is_called_as_its_file() -> None:
    found = of_text("| Objective | Action |\n|---|---|\n| 1.1 Growth | Teach in 2023-24 |", file="oak-valley.md")
    assert (found.plan.title, found.plan.id) == ("oak-valley", "oak-valley")
    assert '1: the document has no title; "oak-valley" is taken from the name of the file' in said(found)


# --- no plan -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param((PUBLISHED / "minutes-without-a-plan.md").read_text(encoding="utf-8"), id="minutes"),
        pytest.param("# Plan 2023-2027\n\nWe plan to plan.\n\n- one\n- two", id="only-words"),
        pytest.param("# Plan 2023-2027\n\n| Action | Measure |\n|---|---|\n| Jump | 5 |", id="a-table-of-no-objective"),
        pytest.param("1. Open\n   - Chair\n     - Words\n2. Close\n   - Vote\n     - Yes", id="a-numbered-list"),
        pytest.param("PRIORITIES:\tSTRATEGIC OBJECTIVES:\tSTRATEGIC ACTIONS:\n\n", id="only-headings"),
        pytest.param("<html><body><p>Goals and objectives matter.</p></body></html>", id="a-page"),
    ],
)
def test_a_document_that_holds_no_plan_is_refused(text: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        of_text(text)
    assert str(refused.value) == NO_PLAN
