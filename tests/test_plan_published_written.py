"""The plan file that an import writes: whatever the document says, the file is a plan, and nothing is dropped."""

import re
from html import escape
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.places import compose
from plan.published.document import DocumentRefused
from plan.published.imported import Imported
from plan.published.lines import plain
from plan.published.named import Asked
from plan.published.written import LONGEST_TITLE, LONGEST_WORDING, shortened
from tests.published_builders import bullets, made_up, of_text, problems_of, with_measures, with_rows


def words(found: Imported) -> str:
    """Return all that a plan says: its titles and wordings."""
    plan = found.plan
    every = (*plan.priorities, *plan.items.values())
    strands = (strand.title for objective in plan.objectives for strand in objective.strands)
    return "\n".join((*(f"{one.title}\n{one.wording}" for one in every), *strands))


def comments(found: Imported) -> str:
    """Return the comments of a plan file as one line."""
    lines = re.findall(r"^ *# ?(.*)$", found.text, re.MULTILINE)
    return " ".join(lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("short", "short", id="short"),
        pytest.param("a" * 80, "a" * 80, id="just-fits"),
        pytest.param("a" * 81, "a" * 79 + "…", id="one-long-word"),
        pytest.param("word " * 16 + "end", "word " * 15 + "word…", id="at-a-word"),
        pytest.param("x" * 70 + ", and yet more words", "x" * 70 + ", and yet…", id="not-within-a-word"),
        pytest.param("x" * 76 + " - and more of it", "x" * 76 + "…", id="without-a-dash-at-its-end"),
    ],
)
def test_a_title_is_cut_at_a_word(text: str, expected: str) -> None:
    assert shortened(text) == expected


@given(st.text(max_size=300).map(plain))
def test_a_title_is_never_too_long_and_starts_as_its_text(text: str) -> None:
    title = shortened(text)
    assert len(title) <= LONGEST_TITLE
    assert text.startswith(title.removesuffix("…")) or text == title


def test_texts_of_every_kind_come_back_as_they_were() -> None:
    odd = ('say "yes": no', "# not a comment", "- a dash", "null", "a\\b {c: d} [e]", "*star &anchor !tag %", "émigré 学校 😀")
    found = with_measures(bullets(escape(text) for text in odd))
    assert [one.wording for one in found.plan.long_term_measures] == [*odd[:2], "a dash", *odd[3:]]
    assert problems_of(found) == []


def test_a_wording_longer_than_any_may_be_is_cut_and_kept_whole_in_a_comment() -> None:
    text = " ".join(f"word{number}" for number in range(500))
    found = with_measures(bullets((text,)))
    (measure,) = found.plan.long_term_measures
    assert measure.wording
    assert len(measure.wording) <= LONGEST_WORDING
    assert text in comments(found)


def test_every_line_of_the_file_is_short_but_for_long_words_and_lists_of_years() -> None:
    lines = made_up("riverbend-tabbed-table.md").text.splitlines()
    assert max(len(line) for line in lines) <= 128


def test_the_file_of_a_plan_reads_as_people_write_one() -> None:
    assert (
        made_up("cedar-labelled-headings.md")
        .text.split("priorities:\n")[1]
        .startswith(
            """
  # --- G1 -------------------------------------------------------------------------------------------------------------
  - id: "G1"
    title: "Students at Cedar Creek will succeed in mathematics."
    wording: "Students at Cedar Creek will succeed in mathematics."
    objectives:

      - id: "1.1"
        title: "By June 2027, students who meet the standard in Algebra I will rise from 48% in…"
        wording: >-
          By June 2027, students who meet the standard in Algebra I will rise from 48% in 2025-26 to 55% in 2026-27.
        actions:
          - id: "1.1-s1"
            title: "Teach in small groups twice a week. (Staff Responsible for Monitoring: Office…"
"""
        )
    )


def test_a_measure_with_a_note_says_its_line_and_the_note() -> None:
    found = with_measures("Roofs are new by 2026")
    assert (
        """
          # Line 4 of the document: see the note.
          - id: "1.1-ltm1"
            title: "Roofs are new by 2026"
            wording: "Roofs are new by 2026"
            target: {kind: deliverable, by: 2026-12-31}
            note: "Only a year is named, so its last day is taken: 2026-12-31."
"""
        in found.text
    )


def test_what_is_asked_counts_and_is_no_guess() -> None:
    asked = Asked(id="own", title="Own title", organisation="Own ISD", years="2025-27", time_zone=ZoneInfo("America/Denver"))
    found = of_text("# Plan\n\n| Objective | Action |\n|---|---|\n| 1.1 Growth | Teach |", asked=asked)
    assert (found.plan.id, found.plan.title, found.plan.organisation) == ("own", "Own title", "Own ISD")
    assert str(found.plan.settings.time_zone) == "America/Denver"
    guessed = [one.sentence for one in found.doubts if one.sentence.startswith(("organisation", "time_zone", "begins_on"))]
    assert guessed == ["begins_on: from which day to chase is not said; 2026-11-25 was taken, and --begins-on sets it"]


# --- laws --------------------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
FIGURES = ("increase", "from", "5%", "in", "2023-24", "to", "9", "by", "2026-27", "at", "least", "(12+)", "annually")
SIGNS = ("\u2013", ":", "1.1A", "-", "•", "○", "Goal", "1", "&", "<", "'")
SENTENCES = st.lists(st.sampled_from((*FIGURES, *SIGNS)), max_size=10).map(" ".join)
MARKED = re.compile(r"^([•●▪■◾‣➢➤✓·○◦▫□o*–—-]\s*)+")  # noqa: RUF001
TYPED = re.compile(r"[•●▪■◾‣➢➤✓·○◦▫□]")


def is_kept(text: str, found: Imported) -> bool:
    """Return whether every word of a text stands in a plan, in the text's order."""
    said = words(found)
    pieces = [plain(piece) for piece in TYPED.split(plain(text))]
    return all(MARKED.sub("", piece) in said for piece in pieces)


@settings(max_examples=60)
@given(st.lists(TEXTS | SENTENCES, min_size=1, max_size=4), st.lists(TEXTS | SENTENCES, min_size=1, max_size=4))
def test_nothing_that_a_bullet_says_is_dropped(progress: list[str], measures: list[str]) -> None:
    found = with_measures(
        bullets(escape(plain(one)) for one in measures), progress=bullets(escape(plain(one)) for one in progress)
    )
    assert [text for text in (*progress, *measures) if not is_kept(text, found)] == []
    assert problems_of(found) == []


@settings(max_examples=60)
@given(st.lists(TEXTS | SENTENCES, min_size=5, max_size=5))
def test_whatever_stands_in_a_row_it_is_kept_in_the_plan_or_beside_it(cells: list[str]) -> None:
    found = with_rows("P1: Students\t1.1 Growth\t1.1A - Teach\tx\ty", "\t".join(escape(plain(cell)) for cell in cells))
    kept = re.sub(r"\W+", "", words(found) + comments(found))
    for cell in cells:
        for word in re.findall(r"[^\W\d_]{4,}", plain(cell)):
            assert word in kept or word == "Goal"  # which its code says
    assert problems_of(found) == []


TAGS = ["<table>", "<tr>", "<td>", "<ul>", "<li>", "</li>", "</ul>", "</table>", "<b>", "</p>", "<br>", "<!--", "<![CDATA["]
LABELS = ("Goal 1: a", "Objective 1: b", "Strategy 1: c", "Measures:", "Target: 5% in 2023-24", "Timeline: May", "1.1A - e")
MARKUP = ("# ", "1. ", "- d", "\n", "\n\n", "  ", "\t", "| ", "PRIORITIES:\tSTRATEGIC OBJECTIVES:\tSTRATEGIC ACTIONS:\n")
DOCUMENTS = TEXTS | st.lists(st.sampled_from([*TAGS, *LABELS, *MARKUP]), max_size=25).map("".join)


@settings(max_examples=150)
@given(text=DOCUMENTS, page=st.booleans())
def test_any_text_is_a_plan_or_is_refused_with_a_sentence(text: str, *, page: bool) -> None:
    try:
        found = of_text(f"<html>{text}" if page else f"# Plan 2023-2027\n\n{text}")
    except DocumentRefused as error:
        refused = str(error)
    else:
        refused = "".join(map(str, problems_of(found)))
        assert refused == ""
        assert compose("plan.yaml", found.text.encode()).problems == []
        return
    assert refused.startswith("the document ")
