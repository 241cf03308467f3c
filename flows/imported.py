"""The command that makes a plan file of a published plan, and says all that it was not sure of."""

import os
from datetime import UTC, date
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from flows.days import now
from plan import faults
from plan.model import Plan
from plan.published.document import MAX_CHARACTERS, DocumentRefused
from plan.published.imported import Imported, import_plan
from plan.published.named import Asked
from tasks.board import NotWritten

MAX_BYTES = 4 * MAX_CHARACTERS
"""No text of the length that can be read has more bytes in UTF-8."""


def import_(  # noqa: PLR0913, PLR0917 - each option is an argument
    document: Annotated[Path, typer.Argument(help="The published plan: HTML, or Markdown, with its tables in either.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The plan file to write, as in plan.yaml.")],
    code: Annotated[str, typer.Option("--id", help="Code of the plan; left out: made from its title.")] = "",
    title: Annotated[str, typer.Option(help="Title of the plan; left out: the document's.")] = "",
    organisation: Annotated[str, typer.Option(help="Whose plan it is; left out: guessed from the title.")] = "",
    years: Annotated[str, typer.Option(help="Which years it covers, as in 2023-2027; left out: as the document says.")] = "",
    begins_on: Annotated[str, typer.Option(help="From which day to chase, as in 2026-07-01; left out: from today.")] = "",
    time_zone: Annotated[str, typer.Option(help="Whose date is today, as in America/Denver; left out: UTC.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the plan file if it is there already.")] = False,
) -> None:
    """Make a plan file of a published plan, and list all that could not be read for sure, with its line.

    Example: plankeeper import strategic-plan.md -o plan.yaml --time-zone America/Denver
    """
    given = {"id": code, "title": title, "organisation": organisation, "years": years}
    asked = _asked(given | {"begins_on": begins_on, "time_zone": time_zone})
    if output.exists() and (not force or (document.exists() and output.samefile(document))):
        raise typer.BadParameter(f"{output} is there already; {_instead(output, document)}", param_hint="--output")
    found = read_published(document, asked, as_of=now().astimezone(asked.time_zone or UTC).date())
    _write(output, found.text)
    for line in _report(found, document, output):
        typer.echo(line)


def read_published(document: Path, asked: Asked, *, as_of: date) -> Imported:
    """Return the plan file that a document on disk becomes.

    Raises:    DocumentRefused: it cannot be read, or holds no plan; the sentence names the file
    """
    try:
        return import_plan(_text(document), asked, file=document.name, as_of=as_of)
    except DocumentRefused as refused:
        raise DocumentRefused(f"{document}: {refused}") from None


def _instead(output: Path, document: Path) -> str:
    if document.exists() and output.samefile(document):
        return "it is the document itself, so name another file"
    return "name another file, or overwrite it with --force"


def _asked(given: dict[str, str]) -> Asked:
    """Return what the options say of the plan; an empty one says nothing."""
    try:
        return Asked.model_validate({key: text for key, text in given.items() if text})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        option = f"--{str(fault['loc'][0]).replace('_', '-')}"
        raise typer.BadParameter(faults.sentence(fault, []), param_hint=option) from None


def _text(document: Path) -> str:
    try:
        with document.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentRefused(f"the file cannot be read ({(error.strerror or str(error)).lower()})") from None
    if len(content) > MAX_BYTES:
        raise DocumentRefused(f"the file has more than {MAX_BYTES:,} bytes; take out what is not the plan, such as pictures")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentRefused(f"line {line} is not UTF-8 text; save the document as HTML or Markdown in UTF-8") from None
    if "\0" in text:
        raise DocumentRefused("the file holds bytes that are no text; save the document as HTML or Markdown in UTF-8")
    return text


def _write(output: Path, text: str) -> None:
    """Write the plan file whole or not at all."""
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(output)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise NotWritten(f"{output} cannot be written ({why}); name another file with -o.") from error


def _report(found: Imported, document: Path, output: Path) -> list[str]:
    lines = [f"{document}:{doubt.line}: {doubt.sentence}" for doubt in found.doubts]
    look = f"{len(lines)} things to look at:" if lines else "Nothing was unsure."
    return [counted(found.plan), f"Written to {output}. {look}", *lines]


def counted(plan: Plan) -> str:
    """Return how much a plan holds, as in "4 priorities, 12 objectives, 42 actions"."""
    kinds = (
        (len(plan.priorities), "priority", "priorities"),
        (len(plan.objectives), "objective", "objectives"),
        (len(plan.actions), "action", "actions"),
        (len(plan.progress_measures), "progress measure", "progress measures"),
        (len(plan.long_term_measures), "long-term measure", "long-term measures"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in kinds)
