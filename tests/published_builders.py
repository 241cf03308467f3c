"""Published documents as tests use them: made-up ones that stand beside the tests, and the rows of a table made on the spot."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from plan.places import Problem
from plan.published.imported import Imported, import_plan
from plan.published.named import Asked
from plan.read import FileAsFound, read
from tests.plan_builders import GOOD

PUBLISHED = Path(__file__).parent / "data" / "published"
TODAY = date(2026, 11, 25)
HEADINGS = "PRIORITIES:\tSTRATEGIC OBJECTIVES:\tSTRATEGIC ACTIONS:\tPROGRESS MEASURES:\tLONG TERM MEASURES:"


def made_up(name: str) -> Imported:
    """Import one of the made-up documents."""
    return import_plan((PUBLISHED / name).read_text(encoding="utf-8"), Asked(), file=name, as_of=TODAY)


def of_text(text: str, *, file: str = "plan.md", asked: Asked | None = None) -> Imported:
    """Import a document that is made on the spot."""
    return import_plan(text, asked or Asked(), file=file, as_of=TODAY)


def with_rows(*rows: str, title: str = "# Riverside Plan 2023-2027") -> Imported:
    """Import a document whose table has tabbed rows under the usual headings."""
    return of_text("\n".join((title, "", HEADINGS, *rows)))


def with_measures(cell: str, *, progress: str = "Something") -> Imported:
    """Import a document with one objective, whose long-term measures stand in a cell."""
    return with_rows(f"P1: Students\t1.1 Growth\t1.1A - Teach\t{progress}\t{cell}")


def bullets(texts: Iterable[str]) -> str:
    """Return texts as a list of HTML."""
    return "<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>"


def problems_of(found: Imported) -> list[Problem]:
    """Return what `check` finds wrong in the plan file itself, beside small good files of owners and calendar."""
    owners, calendar = (FileAsFound(path.name, path.read_bytes()) for path in GOOD[1:])
    files = read(FileAsFound("imported.yaml", found.text.encode()), owners, calendar)
    return [problem for problem in files.problems if problem.place.file == "imported.yaml" and "owner" not in problem.sentence]
