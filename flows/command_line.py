"""The command line: every command, and what its exit code says (0 fine, 1 input has problems, 2 wrong usage, 3 no answer).

Only what the command that is asked for needs is loaded: all of it takes longer to load than most commands take to answer.
"""

import sys
import traceback
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

COMMANDS = {
    "check": "shown.check",
    "up": "started.up",
    "run": "started.run",
    "status": "shown_status.status",
    "explain": "explained.explain",
    "preview": "shown.preview",
    "rehearse": "rehearsed.rehearse",
    "load": "loaded.load",
    "import": "imported.import_",
    "diff": "compared_plans.diff",
    "record": "record.app",
    "held": "held.app",
    "rollup": "rolled_up.app",
    "publish": "published.publish",
    "outbox": "outbox.app",
}
"""Where each command is, in the order of the help: its module in this room, and there its function or its own commands."""


class _Commands(TyperGroup):
    """Knows the names of all commands, and loads the one that is asked for."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": dict.fromkeys(COMMANDS)})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the base's signature
        """Return a command, or None if there is none of this name."""
        return _loaded(cmd_name) if cmd_name in COMMANDS else None


def _loaded(name: str) -> Any:
    module, place = COMMANDS[name].split(".")
    found, around = getattr(import_module(f"flows.{module}"), place), typer.Typer()
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return get_group(around).commands[name]


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keeps a strategic plan moving: who owes what, what was said, what slips.",
)


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
    except Exception as error:
        from flows.exits import KNOWN, exit_code  # noqa: PLC0415 - it knows every room, and most commands come to a good end

        if not isinstance(error, KNOWN):
            raise
        if _SHOWN["traceback"]:
            traceback.print_exc()
        typer.echo(str(error), err=True)
        sys.exit(exit_code(error))
