"""`plankeeper import`: the plan file that it writes, what it reports, and what it refuses without writing anything."""

import json
from pathlib import Path

import pytest

from flows.imported import MAX_BYTES
from tests.commands import Plankeeper
from tests.plan_builders import SHIPPED, shipped
from tests.published_builders import PUBLISHED

TABBED = PUBLISHED / "riverbend-tabbed-table.md"
NUMBERED = PUBLISHED / "lakeview-numbered-goals.md"
BESIDE = "is no part of the plan's tree; it is kept as a comment"
ASKED = ("--organisation", "Lakeview", "--begins-on", "2025-07-01", "--time-zone", "America/Denver")


def test_a_published_plan_becomes_a_plan_file_and_what_is_not_sure_is_listed(plankeeper: Plankeeper, tmp_path: Path) -> None:
    output = tmp_path / "plan.yaml"
    said = plankeeper("import", str(NUMBERED), "-o", str(output), *ASKED)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "2 priorities, 3 objectives, 5 actions, 2 progress measures, 5 long-term measures",
        f"Written to {output}. 3 things to look at:",
        f'{NUMBERED}:3: "Made up for tests: there is no such district." {BESIDE}',
        f'{NUMBERED}:5: "Our promise: each school a place to grow." {BESIDE}',
        f"{NUMBERED}:30: 2.1-ltm2: taken as rated by its steward. It names neither a figure nor a day.",
    ]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["plan.yaml"]


def test_check_finds_nothing_wrong_in_the_plan_file_itself(
    plankeeper: Plankeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "imported.yaml"
    assert plankeeper("import", str(TABBED), "-o", str(output)).code == 0
    monkeypatch.setenv("PLANKEEPER_PLAN", str(output))
    said = plankeeper("check")
    assert said.out.startswith("10 actions, 4 objectives, 2 priorities, 7 progress measures, 18 long-term measures")
    problems = [line for line in said.out.splitlines() if "imported.yaml:" in line]
    assert [line for line in problems if "owner" not in line] == []


def test_explain_shows_the_official_wording_and_what_was_not_sure(
    plankeeper: Plankeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "imported.yaml"
    plankeeper("import", str(TABBED), "-o", str(output), "--begins-on", "2024-07-01")
    owners = tmp_path / "owners.yaml"
    owners.write_text(
        "plan_administrator: planning\ncabinet_lead: planning\n"
        "offices:\n  planning: {title: Planning, email: planning@example.org, owns: [P1, P2]}\nabsences: []\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PLANKEEPER_PLAN", str(output))
    monkeypatch.setenv("PLANKEEPER_OWNERS", str(owners))
    said = plankeeper("explain", "2.2-ltm1", "--as-of", "2026-11-25")
    assert said.err == ""
    shown = " ".join(said.out.split())
    assert "As published: By the end of 2027, Riverbend will have a plan for its roofs. Not sure" in shown
    assert "Not sure when imported: Only a year is named, so its last day is taken: 2027-12-31. Judged" in shown
    assert "As published: Learners: Help every learner of Riverbend grow\n" in plankeeper("explain", "P1").out
    form = json.loads(plankeeper("explain", "2.2-ltm1", "--format", "json").out)
    assert form["wording"] == "By the end of 2027, Riverbend will have a plan for its roofs."
    assert form["note"] == "Only a year is named, so its last day is taken: 2027-12-31."


def test_explain_says_nothing_of_a_wording_that_the_plan_does_not_give(plankeeper: Plankeeper) -> None:
    assert all(item.wording is None for item in shipped()[0].items.values())
    assert "As published" not in plankeeper("explain", "1.1A", "--as-of", "2026-10-22").out


def test_a_byte_order_mark_is_no_part_of_the_document(plankeeper: Plankeeper, tmp_path: Path) -> None:
    marked = tmp_path / NUMBERED.name
    marked.write_bytes(b"\xef\xbb\xbf" + NUMBERED.read_bytes())
    plankeeper("import", str(NUMBERED), "-o", str(tmp_path / "plain.yaml"))
    plankeeper("import", str(marked), "-o", str(tmp_path / "marked.yaml"))
    assert (tmp_path / "plain.yaml").read_bytes() == (tmp_path / "marked.yaml").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param(
            "old.md", "Plan\nTom\xe1s".encode("latin-1"), "line 2 is not UTF-8 text; save the document as HTML or Markdown in "
            "UTF-8", id="another-encoding",
        ),
        pytest.param(
            "plan.docx", b"PK\x03\x04\0\0", "the file holds bytes that are no text; save the document as HTML or Markdown in "
            "UTF-8", id="binary",
        ),
        pytest.param(
            "huge.html", b"x" * (MAX_BYTES + 1), "the file has more than 8,000,000 bytes; take out what is not the plan, "
            "such as pictures", id="huge",
        ),
        pytest.param(
            "minutes.md", b"# Minutes\n\nNobody came.\n", "the document holds no plan that can be read; it takes a table whose "
            "columns are headed objectives, actions and measures, or goals, objectives and strategies that are numbered or "
            "called so", id="no-plan",
        ),
        pytest.param("absent.md", None, "the file cannot be read (no such file or directory)", id="missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_refused_and_nothing_is_written(
    plankeeper: Plankeeper, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    document, output = tmp_path / name, tmp_path / "plan.yaml"
    if content is not None:
        document.write_bytes(content)
    said = plankeeper("import", str(document), "-o", str(output))
    assert (said.code, said.out, said.err) == (1, "", f"{document}: {sentence}\n")
    assert not output.exists()


def test_a_file_that_is_there_is_only_overwritten_when_that_is_said(plankeeper: Plankeeper, tmp_path: Path) -> None:
    output = tmp_path / "plan.yaml"
    output.write_text("mine\n", encoding="utf-8")
    said = plankeeper("import", str(NUMBERED), "-o", str(output))
    assert said.code == 2
    assert "--force" in said.err
    assert output.read_text(encoding="utf-8") == "mine\n"
    assert plankeeper("import", str(NUMBERED), "-o", str(output), "--force").code == 0
    assert output.read_text(encoding="utf-8").startswith("# Imported from lakeview-numbered-goals.md by `plankeeper import`.")


def test_the_document_itself_is_never_overwritten(plankeeper: Plankeeper, tmp_path: Path) -> None:
    document = tmp_path / "plan.md"
    document.write_bytes(NUMBERED.read_bytes())
    assert plankeeper("import", str(document), "-o", str(document), "--force").code == 2
    assert document.read_bytes() == NUMBERED.read_bytes()


def test_a_document_that_is_refused_leaves_the_file_that_was_there(plankeeper: Plankeeper, tmp_path: Path) -> None:
    output = tmp_path / "plan.yaml"
    output.write_text("mine\n", encoding="utf-8")
    said = plankeeper("import", str(PUBLISHED / "minutes-without-a-plan.md"), "-o", str(output), "--force")
    assert said.code == 1
    assert output.read_text(encoding="utf-8") == "mine\n"


def test_a_folder_that_is_not_there_is_said(plankeeper: Plankeeper, tmp_path: Path) -> None:
    output = tmp_path / "nowhere" / "plan.yaml"
    said = plankeeper("import", str(NUMBERED), "-o", str(output))
    expected = f"{output} cannot be written (no such file or directory); name another file with -o.\n"
    assert (said.code, said.err) == (3, expected)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        pytest.param(("--time-zone", "El Paso"), 2, "El Paso", id="time-zone"),
        pytest.param(("--begins-on", "soon"), 2, "soon", id="begins-on"),
        pytest.param(("--years", "soon"), 1, "--years 2023-2027", id="years"),
        pytest.param(("--id", "my plan"), 2, "my plan", id="id"),
        pytest.param(("--title", "x" * 81), 2, "has 81 characters, and 80", id="title"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(
    plankeeper: Plankeeper, tmp_path: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    output = tmp_path / "plan.yaml"
    ended = plankeeper("import", str(NUMBERED), "-o", str(output), *options)
    assert ended.code == code
    assert said in " ".join(ended.err.split())
    assert not output.exists()


def test_the_shipped_plan_is_untouched_by_an_import(plankeeper: Plankeeper, tmp_path: Path) -> None:
    before = SHIPPED[0].read_bytes()
    plankeeper("import", str(TABBED), "-o", str(tmp_path / "plan.yaml"))
    assert SHIPPED[0].read_bytes() == before
