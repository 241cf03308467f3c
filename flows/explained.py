"""The command `explain`: one part of the plan, with the rule that decided, the arithmetic, and its history."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.days import day_asked_now
from flows.exits import NotInPlan
from flows.explain_forms import explain_form
from flows.looking import As, AsOf, Format, at_work, coloured, console, print_json, table, words
from ledger.records import CHANNEL
from plan.model import Plan

Part = Annotated[str, typer.Argument(help="The code of an item, a priority or the plan, as in 1.1-rating, 1.1A, 1.1 or P1.")]


def explain(item: Part, as_of: AsOf = "today", format: As = Format.TABLE) -> None:
    """Explain one part of the plan: the rule that decided, the figures, the arithmetic, and its history.

    Example: plankeeper explain 1.1-rating --as-of 2025-09-30
    """
    with at_work() as (_, workplace, ledger):
        day, plan = day_asked_now(as_of, workplace), workplace.plan
        situation = workplace.situation(ledger, as_of=day, told_since=False)
        letters = [one for one in ledger.outbox(plan.id) if one.kind != CHANNEL] if ledger else []
        history = ledger.history(plan.id, item, up_to=day) if ledger else ()
    form = explain_form(item, situation, letters=letters, history=history, as_of=day)
    if form is None:
        raise NotInPlan(_unknown(item, plan))
    if format is Format.JSON:
        print_json(form)
    else:
        _print(form, console())


def _unknown(code: str, plan: Plan) -> str:
    if code in plan.lines:  # a strand, which only groups what it holds
        return f"{code} only groups actions and measures; ask for one of them, or for {plan.lines[code][-2]}."
    near = get_close_matches(code, [*plan.lines, plan.id], n=1)
    return f'"{code}" is not in the plan; ' + (f'did you mean "{near[0]}"?' if near else "plankeeper status lists what is.")


def _print(form: dict[str, Any], out: Console) -> None:
    office = f", {form['office']}" if form["office"] != "nobody" else ""
    out.print(Text(f"{form['item']}  {form['title']}", style="bold"))
    out.print(f"{form['kind'].capitalize()}{office}, as of {form['as_of']}")
    for name, key in (("As published", "wording"), ("Not sure when imported", "note")):
        if form.get(key):
            out.print(Text(f"{name}: {form[key]}"))
    for line in _statuses(form):
        out.print(line)
    for part in (*_measure(form), *_sums(form), *_history(form)):
        out.print()
        out.print(part)


def _statuses(form: dict[str, Any]) -> Iterator[Text]:
    """Yield every status with its reason, the judged one and what was set beside it first."""
    if "rule" in form:
        yield _status("Judged", form)
        yield Text(f"Rule: {form['rule']}")
        if form["override"]:
            set_by = form["override"]
            yield _status(f"Set by {set_by['by']} until {set_by['until']}, and counts", set_by)
    for name in ("obligation", "implementation", "evidence", "outcome"):
        if form.get(name):
            yield _status(name.capitalize(), form[name])
    if form.get("reading"):
        yield Text(f"In two words: {form['reading']}")


def _status(name: str, form: dict[str, Any]) -> Text:
    return Text.assemble(f"{name}: ", coloured(form["status"]), f". {form['reason']}")


def _measure(form: dict[str, Any]) -> Iterator[Table | Text]:
    """Yield what only a long-term measure has: steps, years, forecast, overrides and slip."""
    if form.get("arithmetic"):
        yield _lines("Step by step", form["arithmetic"])
    if form.get("years"):
        years = [year | {"before": _before(year["before"])} for year in form["years"]]
        columns = ("school_year", "expected", "reading", "known_on", "before", "source")
        yield _rows(f"By school year, in {form['unit']}", years, *columns)
    if form.get("milestones"):
        yield _rows("Milestones", form["milestones"], "milestone", "due", "status", "reason")
    if form.get("forecast"):
        yield _lines("Forecast", [_forecast(form)])
    if form.get("overrides"):
        yield _rows("Set by somebody", form["overrides"], "known_on", "status", "until", "by", "reason")
    if form.get("slip"):
        yield _lines("Slip", list(_slip(form["slip"])))


def _before(readings: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{one['value']} on {one['known_on']}" for one in readings)


def _forecast(form: dict[str, Any]) -> str:
    found, target = form["forecast"], form["figures"]
    value, needed = found["at_target_year"], found["gain_needed_per_year"]
    reached = f"reaches the target in {found['reached_in']}" if found["reached_in"] else "never reaches the target"
    rest = "" if needed is None else f" Needed from here: {needed:+g} a year."
    return f"At this pace {value:.4g} in {target['target_year']}, against {target['target']:g}; it {reached}.{rest}"


def _slip(slip: dict[str, Any]) -> Iterator[str]:
    over = f", over on {slip['over_on']}" if slip["over_on"] else ""
    asked = f"; a corrective plan is asked for by {slip['corrective_plan_due']}"
    yield f"Since {slip['since']}{over}{'' if slip['not_followed'] else asked}."
    if slip["not_followed"]:
        yield f"Nobody is told of it now. {slip['not_followed']}"
    for one in slip["corrective_plans"]:
        yield f"Corrective plan of {one['known_on']} by {one['by']}: {one['step']} Done by {one['done_by']}."
        yield f"  Its cause: {one['cause']} Its effect: {one['effect']}"
    if not slip["corrective_plans"]:
        yield "No corrective plan has come."
    for one in slip["told"]:
        yield f'{one["day"]}: "{one["step"]}" to {one["to"]}, {words(one["state"])}.'
    if not slip["told"]:
        yield "Nobody has been told."


def _sums(form: dict[str, Any]) -> Iterator[Table]:
    for name in ("outcome", "implementation"):
        if "children" in form.get(name, ()):
            yield _children(name, form[name])


def _children(name: str, found: dict[str, Any]) -> Table:
    coverage = found["coverage"]
    share = (
        "nothing is due" if coverage["share"] is None else f"{coverage['share']:.0%}, and {coverage['needed']:.0%} is needed"
    )
    cap = f"; held down by {found['capped_by']}" if found["capped_by"] else ""
    title = f"{name.capitalize()}: {coverage['weight_rated']} of {coverage['weight_due']} by weight are known, {share}{cap}"
    made = table(title, "item", "status", "points", "weight", "counts", "title", widths=(20, 17))
    for child in found["children"]:
        points = "" if child["points"] is None else str(child["points"])
        made.add_row(child["id"], coloured(child["status"]), points, str(child["weight"]), child["counts"], child["title"])
    return made


def _history(form: dict[str, Any]) -> Iterator[Table | Text]:
    chased = [owed for owed in form.get("obligations", ()) if owed["status"] != "not_chased"]
    if chased:
        yield _rows("Owed so far", chased, "period", "owes", "due", "status", "reason")
    before = len(form.get("obligations", ())) - len(chased)
    if before:
        yield Text(f"Before reminders began: {before} more.")
    if form.get("told"):
        yield _rows("Who was told", form["told"], "day", "step", "period", "to", "state")
    if form["movements"]:
        yield _rows("What moved", form["movements"], "day", "aspect", "from", "to", "reason")
    else:
        yield Text("What moved: nothing has been judged and kept by then.")


def _lines(title: str, lines: Sequence[str]) -> Text:
    return Text("\n").join([Text(title, style="bold"), *(Text(f"  {line}") for line in lines)])


def _rows(title: str, rows: Sequence[dict[str, Any]], *columns: str) -> Table:
    made = table(title, *(words(column) for column in columns))
    for row in rows:
        made.add_row(*(_cell(column, row[column]) for column in columns))
    return made


def _cell(column: str, value: object) -> Text:
    text = "" if value is None else str(value)
    return coloured(text) if column in ("status", "from", "to", "state") else Text(text)
