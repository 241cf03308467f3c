"""The commands that only read: check, status, preview, rehearse, outbox. They import no Prefect and change nothing."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from flows.days import day_asked_now, now, read_day
from flows.forms import held_back_form, mail_form, posted_form, status_form
from ledger.ledger import Ledger, read_ledger
from notifications.digest import write
from plan.digests import Post, due_notices
from plan.ladder import Situation
from plan.read import Files
from plan.rehearsal import rehearse as rehearsed
from plan.standing import ObligationStatus, standing
from tasks.answers import read_answers
from tasks.letters import letters_of, sender_for
from tasks.recipients import is_placeholder
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace, read_files


class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"


AsOf = Annotated[str, typer.Option("--as-of", help='The day to look at, as in 2026-10-22, or "today".')]
As = Annotated[Format, typer.Option("--format", help="A table for people, or JSON for programs.")]

COLOURS = {
    ObligationStatus.OVERDUE: "yellow",
    ObligationStatus.ESCALATED: "red",
    ObligationStatus.EXHAUSTED: "red",
    ObligationStatus.DUE: "yellow",
    ObligationStatus.SUBMITTED: "green",
    ObligationStatus.SUBMITTED_LATE: "green",
}
"""Colours beside the words, never instead of them."""


def check() -> None:
    """Read plan, owners and calendar, and list every problem with its place.

    Example: plankeeper check
    """
    files = read_files(read_settings())
    if files.plan:
        typer.echo(_counts(files))
    for line in _placeholders(files):
        typer.echo(line)
    for problem in files.problems:
        typer.echo(str(problem))
    typer.echo(f"{len(files.problems)} problems" if len(files.problems) != 1 else "1 problem")
    if files.problems:
        raise typer.Exit(1)


def status(as_of: AsOf = "today", format: As = Format.TABLE) -> None:
    """Show how everything stands on a day, with the reason.

    Example: plankeeper status --as-of 2026-10-22
    """
    with _at_work() as (_, workplace, ledger):
        day = day_asked_now(as_of, workplace)
        situation = workplace.situation(ledger, as_of=day, told_since=False)
        if format is Format.JSON:
            _print_json(status_form(situation, as_of=day))
        else:
            _print_standings(situation, day)


def preview(
    as_of: AsOf = "today",
    format: As = Format.TABLE,
    html: Annotated[Path | None, typer.Option(help="Write the mails as they look to this file.")] = None,
) -> None:
    """Show exactly the mails that would go out on a day, and why; send and record nothing.

    Example: plankeeper preview --as-of 2026-10-22 --html preview.html
    """
    with _at_work() as (settings, workplace, ledger):
        day = day_asked_now(as_of, workplace)
        situation = workplace.situation(ledger, as_of=day)
        post = due_notices(situation, as_of=day)
        if format is Format.JSON:
            mails = _mails(post, situation, settings)
            form = {"as_of": day.isoformat(), "working_day": day in workplace.duties.days, "mails": mails}
            _print_json(form | {"held_back": held_back_form(post.held_back)})
        else:
            _print_post(post, day)
        if html:
            html.write_text(_page(post, situation, settings, day), encoding="utf-8")
            typer.echo(f"{len(post.digests)} mails written to {html}", err=True)


def rehearse(
    first: Annotated[str, typer.Option("--from", help="The first day.")],
    last: Annotated[str, typer.Option("--to", help="The last day, included.")],
    format: As = Format.TABLE,
    answers: Annotated[Path | None, typer.Option(help="CSV of day,item,done: what people answer. None: nobody does.")] = None,
) -> None:
    """Show the mails of a whole span of days, as if nobody answered, or with answers from a file.

    Example: plankeeper rehearse --from 2026-07-01 --to 2026-12-31
    """
    with _at_work() as (settings, workplace, ledger):
        start, end = workplace.covers(read_day(first)), workplace.covers(read_day(last))
        situation = workplace.situation(ledger, as_of=start)
        given = read_answers(answers, workplace.duties) if answers else ()
        days: list[dict[str, Any]] = []
        people: set[str] = set()
        for one in rehearsed(situation, first=start, last=end, answers=given):
            letters = list(letters_of(one.post, situation, settings, made_at=now()))
            people.update(letter.address for letter in letters)
            if letters:
                days.append({"day": one.day.isoformat(), "mails": [mail_form(letter) for letter in letters]})
        totals = {"mails": sum(len(day["mails"]) for day in days), "people": len(people)}
    if format is Format.JSON:
        _print_json({"from": start.isoformat(), "to": end.isoformat(), "days": days, "totals": totals})
    else:
        _print_rehearsal(days, totals)


def outbox_list(format: As = Format.TABLE) -> None:
    """List what was sent, to whom and in which state it is, newest first.

    Example: plankeeper outbox list --format json
    """
    with _at_work() as (_, workplace, ledger):
        letters = ledger.outbox(workplace.plan.id) if ledger else ()
    if format is Format.JSON:
        _print_json([posted_form(letter) for letter in letters])
        return
    table = _table("The outbox", "day", "to", "state", "attempts", "sent at", "why")
    for letter in letters:
        sent_at = f"{letter.sent_at:%Y-%m-%d %H:%M} UTC" if letter.sent_at else ""
        table.add_row(str(letter.day), letter.address, letter.state.value, str(letter.attempts), sent_at, letter.reason)
    Console().print(table)


@contextmanager
def _at_work() -> Iterator[tuple[Settings, Workplace, Ledger | None]]:
    settings = read_settings()
    workplace = open_workplace(settings)
    ledger = read_ledger(settings.database)
    try:
        yield settings, workplace, ledger
    finally:
        if ledger:
            ledger.close()


def _counts(files: Files) -> str:
    plan, owners = files.plan, files.owners
    assert plan is not None  # asked by the caller
    owning = [office for office in owners.offices.values() if office.owns] if owners else []
    rungs = len(plan.settings.ladder_on(date.max).rungs)
    return (
        f"{len(plan.actions)} actions, {len(plan.objectives)} objectives, {len(plan.priorities)} priorities, "
        f"{len(plan.progress_measures)} progress measures, {len(plan.long_term_measures)} long-term measures, "
        f"{len(owning)} owners; a ladder of {rungs} rungs"
    )


def _placeholders(files: Files) -> Iterator[str]:
    offices = (
        [office for office, record in files.owners.offices.items() if is_placeholder(record.email)] if files.owners else []
    )
    breaks = [one.name for one in files.calendar.breaks if one.placeholder] if files.calendar else []
    if offices:
        yield f"{len(offices)} offices have placeholder addresses, which no mail server is ever given: {', '.join(offices)}"
    if breaks:
        yield f"{len(breaks)} breaks of the calendar are placeholders: {', '.join(breaks)}"


def _mails(post: Post, situation: Situation, settings: Settings) -> list[dict[str, Any]]:
    letters = letters_of(post, situation, settings, made_at=now())
    written = (
        write(digest, situation=situation, base_url=settings.base_url, reply_to=sender_for(settings, situation).reply_to)
        for digest in post.digests
    )
    return [mail_form(letter, text=said.text, html=said.html) for letter, said in zip(letters, written, strict=True)]


def _page(post: Post, situation: Situation, settings: Settings, day: date) -> str:
    """Return all mails of a day below each other, each in a frame of its own that runs nothing."""
    reply_to = sender_for(settings, situation).reply_to
    frames = []
    for digest in post.digests:
        html = write(digest, situation=situation, base_url=settings.base_url, reply_to=reply_to).html
        inside = html.replace("&", "&amp;").replace('"', "&quot;")
        frames.append(f'<h2>{digest.to.address}</h2>\n<iframe sandbox srcdoc="{inside}" title="{digest.to.address}"></iframe>')
    style = "body{font:16px system-ui;max-width:760px;margin:2rem auto}iframe{width:100%;height:80vh;border:1px solid #999}"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail of {day}</title><style>{style}</style>'
    return f"{head}<h1>{len(frames)} mails would go out on {day}</h1>\n" + "\n".join(frames)


def _print_standings(situation: Situation, day: date) -> None:
    table = _table(f"{situation.plan.title} on {day}", "item", "title", "office", "owes", "due", "status", "why")
    counts: Counter[str] = Counter()
    for item in situation.plan.items.values():
        owed = situation.duties.current(item, as_of=day)
        if owed is None:
            continue
        judged = standing(owed, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=day)
        word = judged.status.replace("_", " ")
        counts[word] += 1
        colour = COLOURS.get(judged.status)
        office = situation.roster.office_title(item.id)
        shown = f"[{colour}]{word}[/{colour}]" if colour else word
        table.add_row(item.id, item.title, office, f"{owed.kind}\n{owed.period}", str(owed.due), shown, judged.reason)
    console = Console()
    console.print(table)
    console.print(", ".join(f"{number} {word}" for word, number in counts.most_common()))


def _print_post(post: Post, day: date) -> None:
    table = _table(f"Mails of {day}", "to", "item", "step", "why")
    for digest in post.digests:
        for at, notice in enumerate(digest.notices):
            table.add_row(digest.to.address if at == 0 else "", notice.item, notice.step, notice.reason)
        table.add_section()
    console = Console()
    console.print(table)
    console.print(f"{len(post.digests)} mails, {len(post.held_back)} notices held back")
    for held in post.held_back:
        console.print(f"held back: {held.notice.item} to {held.notice.to.address}: {held.reason}")


def _print_rehearsal(days: Sequence[dict[str, Any]], totals: dict[str, int]) -> None:
    table = _table("Rehearsal", "day", "mails", "steps")
    for day in days:
        steps = Counter(notice["step"] for mail in day["mails"] for notice in mail["notices"])
        table.add_row(day["day"], str(len(day["mails"])), ", ".join(f"{number} {step}" for step, number in steps.most_common()))
    console = Console()
    console.print(table)
    console.print(f"{totals['mails']} mails to {totals['people']} people")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", show_lines=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _print_json(form: object) -> None:
    typer.echo(json.dumps(form, indent=1, ensure_ascii=False))
