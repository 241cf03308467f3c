"""The commands check and preview. They import no Prefect and change nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.days import day_asked_now, now
from flows.forms import held_back_form, mail_form
from flows.looking import As, AsOf, Format, at_work, console, print_json, table
from notifications.digest import write
from notifications.render import Rendered
from plan.digests import Post, due_notices
from plan.ladder import Situation
from plan.owners import Roster
from plan.read import Files
from plan.wording import counted
from tasks.letters import letters_of, sender_for
from tasks.recipients import is_placeholder
from tasks.settings import Settings, read_settings
from tasks.workplace import read_files


def check() -> None:
    """Read plan, owners and calendar, and list every problem with its place.

    Example: plankeeper check
    """
    files = read_files(read_settings())
    if files.plan:
        typer.echo(_counts(files))
    for line in (*_placeholders(files), *_handovers_to_come(files)):
        typer.echo(line)
    for problem in files.problems:
        typer.echo(str(problem))
    typer.echo(f"{len(files.problems)} problems" if len(files.problems) != 1 else "1 problem")
    if files.problems:
        raise typer.Exit(1)


def preview(
    as_of: AsOf = "today",
    format: As = Format.TABLE,
    html: Annotated[Path | None, typer.Option(help="Write the mails as they look to this file.")] = None,
) -> None:
    """Show exactly the mails that would go out on a day, and why; send and record nothing.

    Example: plankeeper preview --as-of 2026-10-22 --html preview.html
    """
    with at_work() as (settings, workplace, ledger):
        day = day_asked_now(as_of, workplace)
        situation = workplace.situation(ledger, as_of=day, judging=True)
        post = due_notices(situation, as_of=day)
        if format is Format.JSON:
            mails = _mails(post, situation, settings)
            form = {"as_of": day.isoformat(), "working_day": day in workplace.duties.days, "mails": mails}
            print_json(form | {"held_back": held_back_form(post.held_back)})
        else:
            _print_post(post, day)
        if html:
            try:
                html.write_text(_page(post, situation, settings, day), encoding="utf-8")
            except OSError as error:
                raise typer.BadParameter(f"{html} cannot be written: {error.strerror}.", param_hint="--html") from None
            typer.echo(f"{len(post.digests)} mails written to {html}", err=True)


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


def _handovers_to_come(files: Files) -> Iterator[str]:
    if files.plan is None or files.owners is None:
        return
    today, roster = now().astimezone(files.plan.settings.time_zone).date(), Roster(files.plan, files.owners)
    for one in sorted(files.owners.handovers, key=lambda one: one.first_day):
        if one.first_day > today:
            before = roster.accountable(as_of=one.first_day - timedelta(days=1))
            items = counted(sum(before.get(code) == one.office for code in files.plan.items), "item")
            yield f"A hand-over is to come: from {one.first_day} on {one.to} answers for the {items} of {one.office}"


def _mails(post: Post, situation: Situation, settings: Settings) -> list[dict[str, Any]]:
    letters, said = letters_of(post, situation, settings, made_at=now()), _written(post, situation, settings)
    return [mail_form(letter, text=mail.text, html=mail.html) for letter, mail in zip(letters, said, strict=True)]


def _written(post: Post, situation: Situation, settings: Settings) -> Iterator[Rendered]:
    base_url, by, made_at = settings.base_url, sender_for(settings, situation.roster), now()
    return (write(one, situation=situation, base_url=base_url, sender=by, made_at=made_at) for one in post.digests)


def _page(post: Post, situation: Situation, settings: Settings, day: date) -> str:
    """Return all mails of a day below each other, each in a frame of its own that runs nothing."""
    frames = []
    for digest, said in zip(post.digests, _written(post, situation, settings), strict=True):
        inside = said.html.replace("&", "&amp;").replace('"', "&quot;")
        frames.append(f'<h2>{digest.to.address}</h2>\n<iframe sandbox srcdoc="{inside}" title="{digest.to.address}"></iframe>')
    style = "body{font:16px system-ui;max-width:760px;margin:2rem auto}iframe{width:100%;height:80vh;border:1px solid #999}"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail of {day}</title><style>{style}</style>'
    return f"{head}<h1>{len(frames)} mails would go out on {day}</h1>\n" + "\n".join(frames)


def _print_post(post: Post, day: date) -> None:
    listed = table(f"Mails of {day}", "to", "item", "step", "why")
    for digest in post.digests:
        for at, notice in enumerate(digest.notices):
            listed.add_row(digest.to.address if at == 0 else "", notice.item, notice.step, notice.reason)
        listed.add_section()
    out = console()
    out.print(listed)
    out.print(f"{len(post.digests)} mails, {len(post.held_back)} notices held back")
    for held in post.held_back:
        out.print(f"held back: {held.notice.item} to {held.notice.to.address}: {held.reason}")
