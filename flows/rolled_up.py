"""The command `rollup`: the files of a quarter or a year, of many at once, their seal, and the board's copy."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track
from typer.core import TyperGroup

from flows.came_from import command_line
from flows.days import now
from flows.exits import FactRefused
from flows.looking import console
from flows.recording import office_named
from ledger.ledger import Ledger, open_ledger
from ledger.records import Frozen
from plan.periods import Period
from plan.rollup import written
from tasks.board import are_written, file_name, files_of, release, write_files
from tasks.frozen import (
    NotAPeriod,
    SealBroken,
    checked,
    draft,
    frozen,
    period_asked,
    rendered,
    rollup_for,
    seal_of,
    span,
)
from tasks.gather import gather_at_hand
from tasks.settings import read_settings
from tasks.workplace import Workplace, open_workplace


class OrPeriod(TyperGroup):
    """Takes what is no command of its own, such as a quarter, for what is to be written."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> object:  # type: ignore[override]
        """Return the command that the arguments name, or the one that writes."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["write", *args])


app = typer.Typer(
    cls=OrPeriod,
    no_args_is_help=True,
    context_settings={"ignore_unknown_options": True},
    help='Freeze and write a quarter or a year for the board: plankeeper rollup "2025-26 Q1" -o out/',
)

Asked = Annotated[str, typer.Argument(help='A quarter, as in "2025-26 Q1", or a school year, as in 2025-26.')]
Into = Annotated[Path, typer.Option("-o", "--output", help="The folder that the files go into; made if need be.")]


@app.command("write")
def write(
    output: Into,
    period: Annotated[
        str, typer.Argument(help='A quarter, as in "2025-26 Q1", or a school year; none: give --from and --to.')
    ] = "",
    first: Annotated[str, typer.Option("--from", help="The first of several quarters, or school years.")] = "",
    last: Annotated[str, typer.Option("--to", help="The last of them, included.")] = "",
    as_draft: Annotated[bool, typer.Option("--draft", help="As if it froze today; nothing is kept.")] = False,
) -> None:
    """Write a rollup as page, paper, workbook and JSON. The word `write` may be left out.

    A period is frozen when it is first asked for after its day; from then on its files are the same to the last byte.

    Example: plankeeper rollup "2025-26 Q1" -o out/
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    periods = _periods(period, first, last, workplace)
    with open_ledger(settings.database) as ledger:
        for failed in gather_at_hand(workplace, settings, ledger, as_of=workplace.today(now()), at=now()):
            typer.echo(failed, err=True)
        if as_draft:
            _write_drafts(periods, workplace, ledger, output)
        else:
            _write(periods, workplace, ledger, output)


@app.command("verify")
def verify(
    period: Asked,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A folder of its files, to be compared too.")] = None,
) -> None:
    """Check that a rollup is the one that was frozen, and say whether it would come out the same today.

    Example: plankeeper rollup verify "2025-26 Q1" -o out/
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    asked = period_asked(period, workplace)
    with open_ledger(settings.database) as ledger:
        kept = checked(_kept(asked, workplace, ledger))
        files = files_of(kept, ledger)
        again = written(rollup_for(asked, workplace, ledger, on=kept.frozen_on))
    typer.echo(f"{kept.period}, frozen as of {kept.frozen_on}: the seal {kept.seal} is that of its text.")
    if output is not None:
        typer.echo(_compared(kept, files, output))
    same = "Judged again from what is known now for that day, it comes out the same."
    other = "Judged again, it would differ: facts or files were added for that day since. What changed is told in the next one."
    typer.echo(same if seal_of(again) == kept.seal else other)


@app.command("release")
def release_to_board(
    period: Asked,
    by: Annotated[str, typer.Option(help="Which office lets it go.")],
    note: Annotated[str, typer.Option(help="What there is to say about it.")] = "",
) -> None:
    """Let a frozen rollup go to the board: its letters are queued, once.

    Example: plankeeper rollup release "2026-27 Q1" --by "Office of Strategic Planning"
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    office = office_named(by, workplace)
    with open_ledger(settings.database, came_from=command_line()) as ledger:
        kept = _kept(period_asked(period, workplace), workplace, ledger)
        at = now()
        day = workplace.today(at)
        addresses = release(kept, workplace, ledger, settings, by=office, note=note.strip(), on=day, at=at)
        before = ledger.released(kept.plan, kept.period)
    if addresses is None and before is not None:
        raise FactRefused(f"{kept.period} was released before, by {before.by}; nothing was sent again.")
    typer.echo(f"{kept.period} is released; queued for: {', '.join(addresses or ()) or _nobody(workplace)}.")


def _nobody(workplace: Workplace) -> str:
    """Return why nobody is written to."""
    why = "no address of it may be written to" if workplace.owners.board else "owners.yaml names no board"
    return f"nobody, since {why}"


def _periods(period: str, first: str, last: str, workplace: Workplace) -> Sequence[Period]:
    if bool(period) is bool(first or last) or bool(first) is not bool(last):
        raise NotAPeriod("Give one quarter or school year, or both --from and --to.")
    if period:
        return (period_asked(period, workplace),)
    found = tuple(span(period_asked(first, workplace), period_asked(last, workplace)))
    if not found:
        raise NotAPeriod(f"From {first} to {last} there is nothing; give two quarters or two school years, the earlier first.")
    return found


def _write(periods: Sequence[Period], workplace: Workplace, ledger: Ledger, output: Path) -> None:
    """Write each period's files, leaving out those that stand there already, so that an interrupted run goes on."""
    at = now()
    for period in _tracked(periods):
        kept = frozen(period, workplace, ledger, at=at)
        files = files_of(kept, ledger)
        if len(periods) > 1 and are_written(files, period=kept.period, folder=output):
            typer.echo(f"{kept.period} stands in {output} already.")
            continue
        names = ", ".join(path.name for path in write_files(files, period=kept.period, folder=output))
        typer.echo(f"{kept.period}, frozen as of {kept.frozen_on}, seal {kept.seal[:12]}: {names} in {output}.")


def _write_drafts(periods: Sequence[Period], workplace: Workplace, ledger: Ledger, output: Path) -> None:
    for period in _tracked(periods):
        text = draft(period, workplace, ledger, today=workplace.today(now()))
        write_files(rendered(text, seal=seal_of(text)), period=f"{period} draft", folder=output)
        typer.echo(f"{period}, a draft: its files are in {output}.")


def _tracked(periods: Sequence[Period]) -> Iterable[Period]:
    """Return the periods, with a bar on standard error while they are worked through if there are several."""
    if len(periods) == 1:
        return periods
    return track(periods, description="Rolling up", console=console(stderr=True), transient=True)


def _kept(period: Period, workplace: Workplace, ledger: Ledger) -> Frozen:
    kept = ledger.frozen(workplace.plan.id, str(period))
    if kept is None:
        raise FactRefused(
            f'{period} has not been frozen; plankeeper rollup "{period}" -o DIR freezes it once its day has come.'
        )
    return kept


def _compared(kept: Frozen, files: Mapping[str, bytes], folder: Path) -> str:
    """Return the sentence that a folder's files are those of a rollup.

    Raises:    SealBroken: they are not; the sentence names them
    """
    paths = {folder / file_name(kept.period, ending): content for ending, content in files.items()}
    others = [path.name for path, content in paths.items() if not path.is_file() or path.read_bytes() != content]
    if others:
        raise SealBroken(f"In {folder} these are not the files of {kept.period}: {', '.join(others)}; write them anew.")
    return f"All {len(paths)} files in {folder} are those of this rollup."
