"""The command line: every command, and what its exit code says (0 fine, 1 input has problems, 2 wrong usage, 3 no answer)."""

import sys
import traceback
from typing import Annotated

import typer

from flows import explained, imported, loaded, recorded, recorded_judgement, rehearsed, rolled_up, shown, shown_status, started
from flows.exits import KNOWN, exit_code

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keeps a strategic plan moving: who owes what, what was said, what slips.",
)
record = typer.Typer(no_args_is_help=True, help="Write down what people said: check-ins, readings, evidence, promises, plans.")
outbox = typer.Typer(no_args_is_help=True, help="See what was sent, to whom and why.")

app.command()(shown.check)
app.command()(started.up)
app.command()(started.run)
app.command()(shown_status.status)
app.command()(explained.explain)
app.command()(shown.preview)
app.command()(rehearsed.rehearse)
app.command()(loaded.load)
app.command("import")(imported.import_)
record.command("check-in")(recorded.check_in)
record.command("reading")(recorded.reading)
record.command("evidence")(recorded.evidence)
record.command("acknowledge")(recorded.acknowledge)
record.command("waive")(recorded.waive)
record.command("plan")(recorded_judgement.plan)
record.command("accept")(recorded_judgement.accept)
record.command("override")(recorded_judgement.override)
outbox.command("list")(shown.outbox_list)
app.add_typer(record, name="record")
app.add_typer(rolled_up.app, name="rollup")
app.add_typer(outbox, name="outbox")


@app.callback()
def options(
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the traceback of a failure, for a report of it.")] = False,
) -> None:
    """Keep a strategic plan moving."""
    _SHOWN["traceback"] = verbose


_SHOWN = {"traceback": False}


def main() -> None:
    """Run the command that the arguments name."""
    try:
        app()
    except KNOWN as error:
        if _SHOWN["traceback"]:
            traceback.print_exc()
        typer.echo(str(error), err=True)
        sys.exit(exit_code(error))
