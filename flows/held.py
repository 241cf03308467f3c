"""The commands for figures that were collected and held because they jump: list them, let them in, keep them out."""

from typing import Annotated, Any

import typer

from flows.came_from import command_line
from flows.days import now
from flows.exits import FactRefused
from flows.looking import As, Format, at_work, code, console, print_json, table
from flows.recorded import Note
from flows.recording import office_named
from flows.status_forms import number
from ledger.ledger import open_ledger
from ledger.records import Decision, HeldReading, Verdict
from tasks.settings import read_settings
from tasks.workplace import open_workplace

app = typer.Typer(no_args_is_help=True, help="Decide on collected figures that jump; until then they are held, and not judged.")

Number = Annotated[int, typer.Argument(help="The number that plankeeper held list shows.")]
Decider = Annotated[str, typer.Option(help="Which office decides.")]


@app.command("list")
def list_held(
    every: Annotated[bool, typer.Option("--all", help="Also those that were decided.")] = False,
    format: As = Format.TABLE,
) -> None:
    """List the figures that wait for a yes, each with why it is held.

    Example: plankeeper held list
    """
    with at_work() as (_, workplace, ledger):
        found = ledger.held(workplace.plan.id) if ledger else ()
    shown = [one for one in found if every or one.decision is None]
    if format == Format.JSON:
        print_json([_form(one) for one in shown])
        return
    listed = table("Held figures", "no.", "measure", "year", "figure", "why, and where it is from")
    for one in shown:
        why = f"{one.reason}.\n{one.collected_from}: {one.reading.source}{_since(one)}{_decided(one)}"
        listed.add_row(str(one.number), code(one.reading.item), str(one.reading.period), str(one.reading.value), why)
    out = console()
    out.print(listed)
    waiting = sum(1 for one in found if one.decision is None)
    out.print(f"{waiting} figure{'' if waiting == 1 else 's'} held; plankeeper held accept or refuse decides.")


@app.command("accept")
def accept(held: Number, by: Decider, note: Note = "") -> None:
    """Let a held figure in: it becomes known today, and is judged from today on.

    Example: plankeeper held accept 1 --by "Director of Assessment and Accountability" --note "The test changed."
    """
    _decide(held, "accepted", by, note)


@app.command("refuse")
def refuse(held: Number, by: Decider, note: Note = "") -> None:
    """Keep a held figure out. Should its source give it again, nobody is asked again.

    Example: plankeeper held refuse 1 --by "Director of Assessment and Accountability" --note "A slip in the state's table."
    """
    _decide(held, "refused", by, note)


def _decide(held: int, verdict: Verdict, by: str, note: str) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    at = now()
    said = Decision(verdict=verdict, by=office_named(by, workplace), note=note.strip(), decided_on=workplace.today(at))
    with open_ledger(settings.database, came_from=command_line()) as ledger:
        found = ledger.decide(workplace.plan.id, held, said, recorded_at=at)
    if found is None:
        raise FactRefused(f"No figure is held under {held}; plankeeper held list shows those that are.")
    if found.decision is None:
        since = f"{found.known_since} became known for {found.reading.item}, {found.reading.period}, since {held} was held"
        raise FactRefused(f"{since}; if {found.reading.value} is right after all, use plankeeper record reading.")
    if (before := found.decision) is not said:
        raise FactRefused(f"{held} was {before.verdict} on {before.decided_on} by {before.by}; that stands.")
    reading = found.reading
    what = f"known from {said.decided_on} on" if verdict == "accepted" else "no fact, and not asked about again"
    typer.echo(f"{verdict.capitalize()}: {reading.value} for {reading.item}, {reading.period}; {what}.")


def _since(one: HeldReading) -> str:
    return "" if one.known_since is None else f"\nsince then {one.known_since} became known"


def _decided(one: HeldReading) -> str:
    if one.decision is None:
        return ""
    note = f": {one.decision.note}" if one.decision.note else ""
    return f"\n{one.decision.verdict} on {one.decision.decided_on} by {one.decision.by}{note}"


def _form(one: HeldReading) -> dict[str, Any]:
    decided = one.decision
    return {
        "number": one.number,
        "measure": one.reading.item,
        "school_year": str(one.reading.period),
        "value": number(one.reading.value),
        "known_on": one.reading.known_on.isoformat(),
        "source": one.reading.source,
        "collected_from": one.collected_from,
        "reason": one.reason,
        "known_since": number(one.known_since),
        "decision": decided
        and {"verdict": decided.verdict, "by": decided.by, "note": decided.note, "decided_on": decided.decided_on.isoformat()},
    }
