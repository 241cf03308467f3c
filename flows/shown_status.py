"""The command `status`: how everything stands on a day, measures and actions first, then all that is owed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.table import Table
from rich.text import Text

from flows.days import day_asked_now
from flows.looking import As, AsOf, Format, at_work, code, coloured, console, counted, print_json, table, told_and_why, words
from flows.status_forms import status_form
from plan.ladder import Situation


def status(as_of: AsOf = "today", format: As = Format.TABLE) -> None:
    """Show how everything stands on a day, with the reason.

    Example: plankeeper status --as-of 2026-10-22
    """
    with at_work() as (_, workplace, ledger):
        day = day_asked_now(as_of, workplace)
        situation = workplace.situation(ledger, as_of=day, told_since=False)
    form = status_form(situation, as_of=day)
    if format is Format.JSON:
        print_json(form)
    else:
        _print(form, situation, day)


def _print(form: dict[str, Any], situation: Situation, day: date) -> None:
    out = console()
    out.print(Text(f"{situation.plan.title} on {day}", style="bold"))
    out.print(_sums(form), "")
    for one in (_outcomes(form), _actions(form), _others(form, situation, day)):
        out.print(one, "")
    owing = [*form["objectives"], *form["actions"], *form["progress_measures"], *form["measures"]]
    for name, statuses in (
        ("Measures", [_counting(measure) for measure in form["measures"]]),
        ("Milestones", [milestone["status"] for milestone in form["milestones"]]),
        ("Actions", [action["implementation"]["status"] for action in form["actions"]]),
        ("Owed", [item["obligation"]["status"] for item in owing if item["obligation"]]),
    ):
        out.print(f"{name}: {counted(statuses)}")


def _sums(form: dict[str, Any]) -> Text:
    outcome, implementation = form["outcome"], form["implementation"]
    return Text("\n").join(
        [
            Text.assemble("Outcome: ", coloured(outcome["status"]), f" ({outcome['reason']})"),
            Text.assemble("Implementation: ", coloured(implementation["status"]), f" ({implementation['reason']})"),
        ]
    )


def _outcomes(form: dict[str, Any]) -> Table:
    """Return every priority, objective and measure with what has come of it."""
    made = table("What has come of it", "item", "outcome", "what it is, and why", widths=(20, 17))
    for priority in form["priorities"]:
        made.add_row(Text(priority["id"], style="bold"), coloured(priority["outcome"]["status"]), _summed(priority))
        made.add_section()
        for objective in (one for one in form["objectives"] if one["priority"] == priority["id"]):
            made.add_row(Text(objective["id"], style="bold"), coloured(objective["outcome"]["status"]), _summed(objective))
            for measure in (one for one in form["measures"] if one["objective"] == objective["id"]):
                made.add_row(code(measure["id"]), coloured(_counting(measure)), told_and_why(measure["title"], *_why(measure)))
            made.add_section()
    return made


def _summed(part: dict[str, Any]) -> Text:
    reading = part.get("reading")
    title = Text.assemble((part["title"], "bold"), f": {reading}" if reading else "")
    implementation = f"Implementation {words(part['implementation']['status'])}: {part['implementation']['reason']}"
    return Text("\n").join([title, *(Text(said, style="dim") for said in (part["outcome"]["reason"], implementation))])


def _why(measure: dict[str, Any]) -> Iterator[str]:
    override = measure.get("override")
    if override:
        yield f"Set by {override['by']} until {override['until']}: {override['reason']} Judged {words(measure['status'])}:"
    yield measure["reason"]


def _counting(measure: dict[str, Any]) -> str:
    """Return the status that counts: the one that was set, else the judged one."""
    return str(measure["override"]["status"] if "override" in measure else measure["status"])


def _actions(form: dict[str, Any]) -> Table:
    """Return every action with its four statuses, one below the other, so that 80 columns are enough."""
    title = "What is done: four statuses of each action, never merged"
    made = table(title, "action", "statuses", "what it is, and who owes what", widths=(7, 33))
    for action in form["actions"]:
        owed = action["obligation"]
        said = f"{action['owner']}. {owed['reason'] if owed else ''}".strip()
        made.add_row(Text(action["id"]), _four(action), told_and_why(action["title"], said))
    return made


def _four(action: dict[str, Any]) -> Text:
    owed = action["obligation"]
    statuses = {
        "obligation": owed["status"] if owed else "owes nothing",
        "implementation": action["implementation"]["status"],
        "evidence": action["evidence"]["status"],
        "outcome": action["outcome"],
    }
    return Text("\n").join(Text.assemble((f"{name + ':':<16}", "dim"), coloured(stands)) for name, stands in statuses.items())


def _others(form: dict[str, Any], situation: Situation, day: date) -> Table:
    """Return what objectives and measures owe."""
    made = table("What else is owed", "item", "owes", "status", "by whom, and why", widths=(20, 15, 14))
    for item in (*form["objectives"], *form["progress_measures"], *form["measures"]):
        owed = item["obligation"]
        if owed:
            office = situation.roster.office_title(item["id"], as_of=day)
            what, why = Text(f"{owed['owes']}\n{owed['period']}"), told_and_why(item["title"], f"{office}. {owed['reason']}")
            made.add_row(code(item["id"]), what, coloured(owed["status"]), why)
    return made
