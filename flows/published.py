"""The command `publish`: the public pages of the plan as files, for any web server or folder."""

from pathlib import Path
from typing import Annotated

import typer

from flows.days import day_asked_now
from flows.looking import AsOf, at_work
from notifications.publication.pages import IN_A_FOLDER, publication
from plan.phrase import Language
from plan.public import public
from tasks.publication import files_of, publish_files


def publish(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that the pages go into; made if need be.")],
    as_of: AsOf = "today",
    language: Annotated[Language, typer.Option("--language", help="The language of all but the plan's own words.")] = "en",
) -> None:
    """Write the public pages of the plan into a folder, whole or not at all; no name and no note is in them.

    They find each other wherever the folder is, so any web server can show them, or none. A folder that holds anything else
    than what was published before is left alone. The same day and facts give the same files to the last byte.

    Example: plankeeper publish site/
    """
    with at_work() as (_, workplace, ledger):
        day = day_asked_now(as_of, workplace)
        shown = public(workplace.situation(ledger, as_of=day, told_since=False), as_of=day)
    files = files_of(publication(shown, IN_A_FOLDER, language=language))
    publish_files(files, directory)
    typer.echo(f"{len(files)} files in {directory}, as of {day}; begin at {directory / IN_A_FOLDER.overview}.")
