"""Files that people edit: every problem at once, each with its place and its remedy, and never a traceback.

A file in tests/data/bad is named after which of the three files it is and after its defect; the other two are those in
tests/data/good. Its last lines say exactly which problems are found ("..." stands for a list that may grow).
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plan.calendar import Calendar
from plan.duties import Duties
from plan.model import Plan
from plan.owners import Owners
from plan.read import FileAsFound, Files, read, read_plan
from plan.record import UNPRINTABLE
from tests.plan_builders import GOOD, SHIPPED, source, texts

BAD = Path(__file__).parent / "data" / "bad"
KINDS = ("plan", "owners", "calendar")
LINE_ENDS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
SHIPPED_BYTES = tuple(path.read_bytes() for path in SHIPPED)


def said(files: Files) -> list[str]:
    return [re.sub(r"choose from: .*", "choose from: ...", str(problem)) for problem in files.problems]


def expected(content: bytes) -> list[str]:
    lines = content.decode(errors="replace").splitlines()
    return [line.removeprefix("# problem: ") for line in lines if line.startswith("# problem: ")]


# --- one defect each ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_defect_is_reported_where_it_stands_with_its_remedy(path: Path) -> None:
    kind, content = path.stem.split("_")[0], path.read_bytes()
    assert said(texts(**{kind: content})) == expected(content) != []


def test_every_kind_of_file_has_its_defects() -> None:
    assert {path.stem.split("_")[0] for path in BAD.glob("*.yaml")} == set(KINDS)


def test_the_good_files_have_no_problem() -> None:
    files = texts()
    assert files.problems == ()
    assert files.plan
    assert [item.id for item in files.plan.long_term_measures] == ["1.1-rating"]
    assert files.owners
    assert files.owners.offices["academics"].owns == ("P1",)
    assert files.calendar
    assert files.calendar.breaks[0].last_day == date(2026, 10, 13)


def test_the_shipped_files_have_no_problem() -> None:
    assert read(*(source(path) for path in SHIPPED)).problems == ()


@pytest.mark.parametrize("path", sorted(BAD.glob("plan_*.yaml")), ids=lambda path: path.stem)
def test_a_plan_read_alone_has_the_problems_that_need_no_other_file(path: Path) -> None:
    content = path.read_bytes()
    plan, problems = read_plan(FileAsFound("plan.yaml", content))
    beside = texts(plan=content)
    assert plan == beside.plan
    blocking = tuple(one for one in problems if one.blocks)
    assert blocking == tuple(one for one in beside.problems if one.place.file == "plan.yaml" and one.blocks)


def test_a_good_plan_read_alone_has_no_problem() -> None:
    plan, problems = read_plan(source(SHIPPED[0]))
    assert plan == read(*(source(path) for path in SHIPPED)).plan
    assert problems == ()


# --- many at once ------------------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_in_three_files_is_said_in_one_go() -> None:
    files = read(*(source(BAD / "many" / f"{kind}.yaml") for kind in KINDS))
    assert said(files) == (BAD / "many" / "problems.txt").read_text(encoding="utf-8").splitlines()


def test_what_is_not_faulty_in_a_faulty_file_is_still_read() -> None:
    files = read(*(source(BAD / "many" / f"{kind}.yaml") for kind in KINDS))
    assert files.plan
    assert files.owners
    assert files.calendar
    assert {"1.1A", "1.1D", "1.1H", "1.1-m10"} <= set(files.plan.items)
    assert set(files.owners.offices) == {"superintendent", "planning", "academics", "curriculum", "assessment", "counseling"}
    assert files.calendar.breaks == ()


def test_problems_are_in_the_order_of_files_lines_and_columns() -> None:
    problems = read(*(source(BAD / "many" / f"{kind}.yaml") for kind in KINDS)).problems
    order = {f"{kind}.yaml": at for at, kind in enumerate(KINDS)}
    places = [(order[problem.place.file], problem.place.line, problem.place.column) for problem in problems]
    assert places == sorted(places)
    assert len(set(problems)) == len(problems)


def test_several_problems_at_one_place_are_several_keys_that_are_missing() -> None:
    problems = read(*(source(BAD / "many" / f"{kind}.yaml") for kind in KINDS)).problems
    at_each = Counter(problem.place for problem in problems)
    assert {problem.sentence for problem in problems if at_each[problem.place] > 1} == {
        '"first_day" is missing; add it',
        '"last_day" is missing; add it',
    }


def test_people_who_are_missing_do_not_block_the_work_but_everything_else_does() -> None:
    problems = read(*(source(BAD / "many" / f"{kind}.yaml") for kind in KINDS)).problems
    beginnings = ("nobody fills", "action 1.1", "objective 1.1", "long-term measure", '"counseling"')
    assert {problem.sentence.startswith(beginnings) for problem in problems if not problem.blocks} == {True}
    assert not [problem for problem in problems if problem.blocks and problem.sentence.startswith(beginnings)]


def test_a_place_in_a_list_counts_what_was_left_out_before_it() -> None:
    absences = b"absences:\n  - {office: planning}\n  - {office: principal, first_day: 2026-11-02, last_day: 2026-11-13}\n"
    problems = said(texts(owners=GOOD[1].read_bytes() + absences))
    assert problems == [
        'owners.yaml:8:5: "first_day" is missing; add it',
        'owners.yaml:8:5: "last_day" is missing; add it',
        'owners.yaml:9:6: "principal" is not an office of this file; add it under offices or correct it',
    ]


def test_a_component_of_a_measure_that_is_faulty_itself_is_not_a_second_fault() -> None:
    plan = GOOD[0].read_bytes().replace(b"at_least: 90", b"at_least: ninety")
    plan += b"          - {id: 1.1-meets, title: Meets, part_of: 1.1-rating, target: {kind: narrative}}\n"
    assert len(said(texts(plan=plan))) == 1


def test_what_stands_under_a_key_given_twice_is_not_unknown_elsewhere() -> None:
    plan = GOOD[0].read_bytes() + b"        actions:\n          - {id: 1.1B, id: 1.1C, title: Mentor}\n"
    measure = b"          - {id: 1.1-b, title: B, part_of: 1.1-c, target: {kind: narrative}}\n"
    measure += b"        long_term_measures:\n          - {id: 1.1-c, title: C, target: {kind: narrative}}\n"
    plan = plan.replace(b"        actions:\n          - {id: 1.1B", measure + b"        actions:\n          - {id: 1.1B")
    owners = GOOD[1].read_bytes().replace(b"[P1]", b"[P1, 1.1B, 1.1C, 1.1D]")
    assert said(texts(plan=plan, owners=owners)) == [
        'plan.yaml:18:9: key "long_term_measures" is given twice, first in line 15; delete one of them',
        'plan.yaml:20:9: key "actions" is given twice, first in line 13; delete one of them',
        'plan.yaml:21:24: key "id" is given twice, first in line 21; delete one of them',
        'owners.yaml:6:114: "1.1D" is not a code of the plan; correct it or take it out',
    ]


def test_the_second_of_two_lists_of_offices_is_not_unknown_elsewhere() -> None:
    owners = GOOD[1].read_bytes().replace(b"plan_administrator: planning", b"plan_administrator: board")
    assert said(texts(owners=owners + b"offices: {board: {title: Board}}\n")) == [
        'owners.yaml:7:1: key "offices" is given twice, first in line 3; delete one of them'
    ]


@pytest.mark.parametrize(
    "target", [b"kind: deliverable, by: 2021-01-01", b"kind: deliverable, by: 2034-12-31", b"kind: deliverable, by: 2026-12-31"]
)
def test_a_deliverable_may_lie_some_years_outside_the_plan(target: bytes) -> None:
    figures = b"unit: points, target: {kind: threshold, at_least: 90}"
    files = texts(plan=GOOD[0].read_bytes().replace(figures, b"target: {" + target + b"}"))
    assert said(files) == []
    assert files.plan
    assert files.calendar
    days = files.calendar.working_days(files.plan.first_year, files.plan.last_year)
    [owed] = Duties(files.plan, days).of(files.plan.long_term_measures[0])
    assert days.offset(owed.due, 60) > owed.due > days.offset(owed.due, -60)  # every rung has its day


def test_a_sentence_is_one_plain_line_whatever_it_quotes() -> None:
    plan = (
        GOOD[0]
        .read_bytes()
        .replace(b"{id: 1.1A, title: Tutor}", b'{id: 1.1A, title: Tutor, "a\\nb\\e": 1, cadence: "x\\ny\\u202e"}')
    )
    assert said(texts(plan=plan)) == [
        'plan.yaml:14:38: unknown key "a b "; take it out',
        "plan.yaml:14:51: \"x y \" is not one of the choices; write 'quarter', 'half-year' or 'year'",
    ]


@pytest.mark.parametrize("content", [b"", b"just text", b"[1, 2]", b"\xff"], ids=["empty", "text", "list", "not-utf-8"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_beyond_reading_is_one_problem_and_no_record(kind: str, content: bytes) -> None:
    files = texts(**{kind: content})
    assert getattr(files, kind) is None
    assert [problem.place.file for problem in files.problems] == [f"{kind}.yaml"]


def test_an_office_may_be_left_unfilled_by_writing_nothing() -> None:
    owners = GOOD[1].read_bytes().replace(b"email: planning@example.org", b"email: ")
    assert said(texts(owners=owners)) == ['owners.yaml:5:31: nobody fills the office "planning"; give it an email address']


@pytest.mark.parametrize(
    ("replaced", "by", "ask", "answer"),
    [
        pytest.param(
            b"at_least: 90", b"at_least: 8.80", lambda p: p.long_term_measures[0].target.at_least, Decimal("8.80"), id="exact"
        ),
        pytest.param(b"id: 1.1A", b"id: 1.10", lambda p: p.actions[0].id, "1.10", id="a-code-is-no-number"),
        pytest.param(b"title: Tutor", b"title: no", lambda p: p.actions[0].title, "no", id="no-is-a-word"),
        pytest.param(
            b"title: Tutor", b"title: 2026-09-31", lambda p: p.actions[0].title, "2026-09-31", id="a-title-is-no-date"
        ),
    ],
)
def test_a_value_is_what_the_editor_wrote(replaced: bytes, by: bytes, ask: Callable[[Plan], Any], answer: object) -> None:
    files = texts(plan=GOOD[0].read_bytes().replace(replaced, by))
    assert files.plan
    assert ask(files.plan) == answer


# --- whatever the bytes ------------------------------------------------------------------------------------------------


def check(files: Files, contents: tuple[bytes, ...]) -> None:
    """Each record is there or its file has a problem, and each problem names a place in its file and a remedy."""
    names = [f"{kind}.yaml" for kind in KINDS]
    for kind, record in zip(KINDS, (files.plan, files.owners, files.calendar), strict=True):
        assert isinstance(record, Plan | Owners | Calendar) or f"{kind}.yaml" in {
            problem.place.file for problem in files.problems
        }
    lines_of = {
        name: LINE_ENDS.split(text.decode("utf-8-sig", errors="replace")) for name, text in zip(names, contents, strict=True)
    }
    for problem in files.problems:
        lines = lines_of[problem.place.file]
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1
        assert re.search(r"; |\?$|^write ", problem.sentence), problem.sentence
        assert not UNPRINTABLE.search(problem.sentence)


def read_with(content: bytes, at: int, others: tuple[bytes, ...]) -> None:
    contents = (*others[:at], content, *others[at + 1 :])
    check(read(*(FileAsFound(f"{kind}.yaml", text) for kind, text in zip(KINDS, contents, strict=True))), contents)


GOOD_BYTES = tuple(path.read_bytes() for path in GOOD)
WHICH = st.integers(0, 2)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = (
    "id",
    "title",
    "target",
    "kind",
    "points",
    "offices",
    "breaks",
    "priorities",
    "settings",
    "ladders",
    "absences",
    "owns",
    "email",
)
SCALARS = st.one_of(
    st.sampled_from(
        [*WORDS, "2026-09-31", "2026-27", "1e999", "-0", ".inf", "~", "yes", "trajectory", "P1", "1.1A", "owner", "07-01"]
    ),
    st.text(max_size=8),
    st.integers(-(10**30), 10**30).map(str),
)
YAML_ISH = st.lists(
    st.sampled_from(
        [
            *WORDS,
            ": ",
            "- ",
            "\n",
            "\n  ",
            "\n    ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            "&a ",
            "*a",
            "!!x ",
            "? ",
            "| ",
            "> ",
            "# ",
            "'",
            '"',
            "---\n",
            "\t",
            "%",
            "é",
        ]
    ),
    max_size=40,
).map("".join)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3), max_leaves=8
)


@given(st.binary(max_size=200), WHICH)
@settings(deadline=None)
@example(b"\xef\xbb\xbf\xff", 0)
@example(b"a: \x85b: \xc2\x85: *", 1)
def test_no_bytes_make_reading_fail(content: bytes, at: int) -> None:
    read_with(content, at, GOOD_BYTES)


@given(st.text(max_size=200), WHICH)
@settings(deadline=None)
def test_no_text_makes_reading_fail(content: str, at: int) -> None:
    read_with(content.encode(), at, GOOD_BYTES)


@given(YAML_ISH, WHICH)
@settings(deadline=None, max_examples=200)
@example("? - &a\n: [*a, {", 0)
@example("offices: {a: {owns: [[", 1)
def test_nothing_that_looks_like_yaml_makes_reading_fail(content: str, at: int) -> None:
    read_with(content.encode(), at, GOOD_BYTES)


@st.composite
def swapped(draw: st.DrawFn) -> tuple[int, bytes]:
    """Return a good file in which some values or keys are something else."""
    at = draw(WHICH)
    text = GOOD_BYTES[at].decode()
    spans = [match.span() for match in re.finditer(r"[\w.@-]+|\{.*?\}|\[.*?\]", text)]
    for start, end in sorted(draw(st.lists(st.sampled_from(spans), min_size=1, max_size=3, unique=True)), reverse=True):
        text = text[:start] + str(draw(VALUES)) + text[end:]  # Python's repr of lists and dicts is YAML's flow style
    return at, text.encode(errors="replace")


@given(swapped())
@settings(deadline=None, max_examples=300)
def test_no_value_in_another_ones_place_makes_reading_fail(change: tuple[int, bytes]) -> None:
    read_with(change[1], change[0], GOOD_BYTES)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[int, bytes]:
    """Return which shipped file is changed, and how it reads after lines or bytes were lost, doubled or replaced."""
    at = draw(WHICH)
    by_lines = draw(st.booleans())
    parts: list[bytes] = SHIPPED_BYTES[at].splitlines(keepends=True) if by_lines else [bytes([b]) for b in SHIPPED_BYTES[at]]
    junk = st.binary(max_size=20).map(lambda line: line + b"\n") if by_lines else st.binary(min_size=1, max_size=1)
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.integers(0, len(parts) - 1))
        other = draw(st.integers(0, len(parts) - 1))
        parts[where : where + 1] = draw(
            st.sampled_from([[], [parts[where]] * 2, [parts[other]], [draw(junk)], [parts[other], parts[where]]])
        )
    return at, b"".join(parts)


@given(mutations())
@SLOW
def test_no_slip_in_the_shipped_files_makes_reading_fail(change: tuple[int, bytes]) -> None:
    read_with(change[1], change[0], SHIPPED_BYTES)


@given(st.integers(0, len(SHIPPED_BYTES[0]) - 1), WHICH)
@SLOW
def test_no_file_that_breaks_off_makes_reading_fail(length: int, at: int) -> None:
    read_with(SHIPPED_BYTES[at][:length], at, SHIPPED_BYTES)


@given(st.permutations(range(3)))
@settings(max_examples=6, deadline=None)
def test_no_exchange_of_the_three_files_makes_reading_fail(order: list[int]) -> None:
    contents = tuple(SHIPPED_BYTES[at] for at in order)
    check(read(*(FileAsFound(f"{kind}.yaml", text) for kind, text in zip(KINDS, contents, strict=True))), contents)


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("opener", [b"[", b"{a: ", b"- ", b"a:\n "], ids=["list", "mapping", "dash", "indent"])
def test_no_depth_makes_reading_fail(opener: bytes, at: int) -> None:
    read_with(opener * 5000, at, GOOD_BYTES)
    read_with(GOOD_BYTES[at] + b"\nx: " + opener * 50, at, GOOD_BYTES)
