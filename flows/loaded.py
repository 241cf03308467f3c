"""The command that loads readings in bulk."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.came_from import command_line
from flows.days import now
from flows.recording import facts_known
from ledger.ledger import open_ledger, read_ledger
from plan.facts import Facts
from plan.restated import Change, changes, to_add
from tasks.load import read_readings
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace


def load(
    file: Annotated[Path, typer.Argument(help="CSV of measure,school_year,value,known_on,source,note.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and load nothing.")] = False,
) -> None:
    """Load readings from a file: all of them, or none if a row cannot be read. What is known already is no new fact.

    Example: plankeeper load readings.csv --dry-run
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    known = _known(settings, workplace) if dry_run else facts_known(workplace, date.max)
    roster = workplace.asked(known)
    readings = read_readings(file, roster, today=workplace.today(now()))
    if dry_run:
        found = changes(readings, known)
    else:
        with open_ledger(settings.database, came_from=command_line()) as ledger:
            found = changes(readings, ledger.facts(workplace.plan.id, known_by=date.max))
            ledger.add_facts(workplace.plan.id, to_add(found), recorded_at=now())
    for change in found:
        if change.kind == "restated" or (change.kind == "new" and dry_run):
            typer.echo(_line(change))
    typer.echo(f"{counted(found)}. {'Nothing was loaded.' if dry_run else ''}".rstrip())


def counted(found: Sequence[Change]) -> str:
    """Return how many readings are new, restated and known already."""
    counts = Counter(change.kind for change in found)
    kinds = f"{counts['new']} new, {counts['restated']} restated, {counts['same']} known already"
    return f"{len(found)} reading{'' if len(found) == 1 else 's'}: {kinds}"


def _known(settings: Settings, workplace: Workplace) -> Facts:
    """Return the facts known so far, without making a ledger where there is none."""
    ledger = read_ledger(settings.database)
    if ledger is None:
        return Facts()
    with ledger:
        return ledger.facts(workplace.plan.id, known_by=date.max)


def _line(change: Change) -> str:
    said = change.reading
    figures = str(said.value) if change.was is None else f"{change.was} -> {said.value}"
    return f"{change.kind:<9}{said.item} {said.period}: {figures}, known on {said.known_on}"
