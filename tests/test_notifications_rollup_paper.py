"""The paper: what a reader, a printer and a screen reader find in the PDF."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from notifications.rollup.paper import PaperNotMade, paper
from notifications.rollup.paper_text import printable
from notifications.rollup.wording import DASH, chart_text
from plan.rollup import Ask, PriorityLine, Summed
from tests.rollup_builders import (
    SEAL,
    action,
    bare_rollup,
    elsewhere,
    measure,
    movement,
    office,
    rollup,
    saying,
    slip,
    summed,
    year,
)

CHART = b'<svg xmlns="http://www.w3.org/2000/svg" width="173" height="94"><path d="M5 90 L168 5" stroke="#000"/></svg>'
CHARTS = {"1.1-rating": CHART}


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader(pdf).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def tagged(node: Any) -> Iterator[Any]:
    node = node.get_object()
    if isinstance(node, list):
        for kid in node:
            yield from tagged(kid)
    elif isinstance(node, dict):
        yield node
        if "/K" in node:
            yield from tagged(node["/K"])


def tags(pdf: bytes) -> list[Any]:
    return list(tagged(reader(pdf).trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]


def figures(pdf: bytes) -> list[str]:
    """Return what each chart is said to show, with plain spaces before signs of percent."""
    return [node["/Alt"].replace("\xa0", " ") for node in tags(pdf) if node.get("/S") == "/Figure"]


@pytest.fixture(scope="module")
def made() -> bytes:
    return paper(rollup(), CHARTS, seal=SEAL)


def test_the_paper_is_made_for_screen_readers(made: bytes) -> None:
    root: Any = reader(made).trailer["/Root"]
    assert root["/Lang"] == "en-US"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_the_paper_says_what_it_is_who_made_it_and_of_which_day(made: bytes) -> None:
    found: Any = reader(made).metadata
    assert found.title == "Strategic plan rollup, 2026-27 Q1"
    assert found.author == "Riverside Independent School District"
    assert found.creation_date.date() == date(2026, 10, 19)


def test_every_chart_is_told_in_words_and_in_a_table(made: bytes) -> None:
    assert figures(made) == [chart_text(measure())]
    assert f"2023-24 2024-25 2025-26 2026-27 Expected 88.0 90.0 92.0 94.0 Reading 88.0 {DASH} 90.5 {DASH}" in text(made)


def test_every_table_has_a_head(made: bytes) -> None:
    tables = [[kid.get("/S") for kid in tagged(node)] for node in tags(made) if node.get("/S") == "/Table"]
    assert tables
    assert all("/TH" in kinds for kinds in tables)


def test_bookmarks_lead_to_priorities_objectives_and_sections(made: bytes) -> None:
    outline = reader(made).outline
    top = [entry.title for entry in outline if not isinstance(entry, list)]
    assert top == [
        "Strategic plan rollup, 2026-27 Q1",
        "P1 Students",
        "Slips and corrective plans",
        "Late and missing answers",
        "Unattended measures",
        "Restated figures",
        "Milestones until the next rollup",
        "How this was judged",
    ]


def test_every_page_is_numbered_and_sealed(made: bytes) -> None:
    for number, page in enumerate(pages(made), start=1):
        assert f"Page {number} of {len(pages(made))}" in page
        assert "Seal 0123456789ab" in page


def test_a_draft_is_marked_on_every_page_and_a_frozen_one_on_none(made: bytes) -> None:
    draft = paper(rollup(is_draft=True), CHARTS, seal=SEAL)
    assert all("DRAFT" in page for page in pages(draft))
    assert reader(draft).metadata.title == "Strategic plan rollup, 2026-27 Q1 (draft)"  # type: ignore[union-attr]
    assert not any("draft" in page.casefold() for page in pages(made))


def test_the_same_rollup_is_the_same_paper_in_any_time_zone(made: bytes) -> None:
    again = (
        "import hashlib; from notifications.rollup.paper import paper;"
        f'print(hashlib.sha256(paper(of, {CHARTS}, seal="{SEAL}")).hexdigest())'
    )
    assert elsewhere(again, rollup()) == hashlib.sha256(made).hexdigest()


def test_a_measure_without_a_chart_is_told_in_words() -> None:
    found = paper(rollup(), {}, seal=SEAL)
    assert "Readings: 2023-24 88 % and 2025-26 90.5 %." in text(found)
    assert not figures(found)


def test_exactly_the_measures_that_have_a_chart_are_printed_with_one() -> None:
    measures = tuple(measure(id=f"m{number}", title=f"Number {number}") for number in range(70))
    drawn = {one.id: CHART for one in measures[5:]}
    assert figures(paper(rollup(measures=measures), drawn, seal=SEAL)) == [chart_text(one) for one in measures[5:]]


def test_a_first_quarter_without_readings_makes_a_paper() -> None:
    unknown = measure(status="no_data", reading=None, years=(year("2026-27"),), reason="No reading is known.")
    told = text(paper(bare_rollup(measures=(unknown,)), {}, seal=SEAL))
    assert "What moved most There is no earlier rollup to compare with." in told
    assert "Restated figures There is no earlier rollup to compare with." in told
    assert "Nothing is asked of the board." in told
    assert "No reading is known." in told


def test_a_plan_with_one_action_and_nothing_else_makes_a_paper() -> None:
    told = text(paper(bare_rollup(measures=()), {}, seal=SEAL))
    assert "1.1A Gauge instruction" in told
    assert "This objective has no measure." in told
    for sentence in (
        "No measure has slipped.",
        "No answer was due",
        "No measure is unattended.",
        "No milestone falls before it.",
    ):
        assert sentence in told


def test_an_annual_report_adds_a_scorecard_and_all_years() -> None:
    told = text(paper(rollup(period="2025-26"), CHARTS, seal=SEAL))
    assert "Annual report of the strategic plan, 2025-26" in told
    assert "from 88 in 2023-24 to 94 in 2026-27 88.0 90.5 94.0 ▼ off track" in told
    assert "All years side by side Measure Value 2023-24 2024-25 2025-26 2026-27" in told


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "{{ 7 * 7 }} {% raw %}",
        '#panic("no") #include "/etc/passwd"',
        "*bold* _it_ $x$ `raw` = Heading <label> @ref \\ // note",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_people_write_is_printed_as_it_is(hostile: str) -> None:
    assert text(paper(saying(hostile), CHARTS, seal=SEAL)).count(hostile) > 20


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("line\r\nline\ttab", "line line tab", id="line-ends"),
        pytest.param("\u202eevil\u2066\u200d\x00\ufeff", "evil", id="direction-and-controls"),
        pytest.param("⚠ \U0001f469\u200d\U0001f3eb مدرسة", "◊ ◊◊ ◊◊◊◊◊", id="no-glyph"),
        pytest.param("a\ufe0f e\u0301 \uff21 \xad", "a é A ", id="plain-variants"),
        pytest.param("Peña ≥ 3 ✓", "Peña ≥ 3 ✓", id="as-it-is"),
    ],
)
def test_only_characters_that_the_typeface_has_are_printed(written: str, shown: str) -> None:
    assert printable(written) == shown


def test_a_note_in_another_script_does_not_stop_the_paper() -> None:
    told = text(paper(rollup(actions=(action(title="Tutor ⚠ مدرسة \ud83d"),)), {}, seal=SEAL))
    assert "1.1A Tutor ◊ ◊◊◊◊◊ ◊" in told
    assert "◊ stands for a character that this typeface lacks" in told


def test_texts_without_end_are_cut_and_keep_the_first_page_one_page() -> None:
    endless, many = (
        "W" * 10_000,
        Summed(status="watch", score=None, known=10**6, due=10**6, capped_by=None, reason="long " * 999),
    )
    priority = PriorityLine(id="P1", title=endless, outcome=many, implementation=many)
    written = rollup(
        title=endless[:300],
        outcome=many,
        implementation=many,
        priorities=(priority, *(replace(priority, id=f"P{number}") for number in range(2, 11))),
        movements=(movement(title=endless, reason=endless),) * 9,
        asks=(Ask(sentence=endless, items=(endless,) * 40, offices=("Director of Long Titles",) * 40),) * 9,
        actions=(action(title=endless, implementation_reason=endless, owner=endless),),
    )
    first, second, *_ = pages(paper(written, {}, seal=SEAL))
    assert "2 more priorities follow on their own pages." in first
    assert "How this was judged" in first
    assert second.startswith("P1 WWW")


def test_long_lists_say_how_many_lines_are_only_in_the_workbook() -> None:
    told = text(paper(rollup(unattended=rollup().unattended * 100), {}, seal=SEAL))
    assert "60 more unattended measures are in the workbook." in told


def test_a_broken_chart_is_an_error_with_a_sentence() -> None:
    with pytest.raises(PaperNotMade, match=r"chart-0\.svg|parse"):
        paper(rollup(), {"1.1-rating": b"<svg"}, seal=SEAL)


def test_a_typeface_that_is_not_there_is_an_error_rather_than_another_typeface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.rollup.paper.FONTS", tmp_path)
    with pytest.raises(PaperNotMade, match=r"unknown font family|could not be displayed"):
        paper(rollup(), {}, seal=SEAL)


def test_slips_are_told_with_their_plans_without_and_when_they_are_over() -> None:
    told = text(paper(rollup(slips=(slip(), slip(plan=None), slip(over_on=date(2026, 10, 1)))), {}, seal=SEAL))
    assert "2 measures have slipped, 1 with a corrective plan; 1 measure came back since the rollup before." in told
    assert (
        "Cause Two campuses fell behind. Step Tutoring twice a week. Done by 1 February 2027 Effect 3 points by spring." in told
    )
    assert "Given by Director of Assessment, 5 October 2026 Was due 3 September 2026" in told
    assert "Back since the rollup before" in told


def test_what_offices_owe_is_told_by_office_and_by_answer() -> None:
    told = text(paper(rollup(offices=(office(asked=7, on_time=4, late=2),)), {}, seal=SEAL))
    assert "Director of Curriculum 7 4 2 0 1" in told
    assert "1 answer has not come." in told
    assert "check-in for 2026-27 Q1 ◆ overdue 14 October 2026" in told


def test_restated_figures_show_the_old_and_the_new_value_unless_masked() -> None:
    restated = replace(rollup().restatements[0], now=None)
    told = text(paper(rollup(restatements=(restated,)), {}, seal=SEAL))
    assert "2025-26 91 % not shown 1 September 2026 the state" in told


def test_milestones_until_the_next_rollup_are_told() -> None:
    told = text(paper(rollup(), {}, seal=SEAL))
    assert "The next rollup is frozen on 21 January 2027." in told
    assert "1.1-rating · 2026-27 Director of Assessment 94 % 31 December 2026" in told


def test_under_an_objective_with_too_many_measures_the_gravest_are_printed() -> None:
    good = [measure(id=f"m{number}", title=f"Good {number}", status="on_track") for number in range(20)]
    told = text(
        paper(rollup(measures=(*good, measure(title="The grave one", status="declined", judged="off_track"))), {}, seal=SEAL)
    )
    assert "The grave one" in told
    assert "1 more measure is in the workbook." in told
    assert "Judged off track; declined was set beside it and counts." in told


def test_the_sums_of_the_plan_stand_on_the_first_page() -> None:
    first = pages(paper(rollup(outcome=summed("watch"), implementation=summed("at_risk")), {}, seal=SEAL))[0]
    assert "◆ watch" in first
    assert "◆ at risk" in first
