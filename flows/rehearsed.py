"""The command `rehearse`: the mails of a whole span of days, as if nobody answered, or with answers from a file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.days import NotADay, read_day
from flows.forms import rehearsed_form
from flows.looking import As, Format, at_work, console, print_json, table
from notifications.digest import subject
from notifications.message import message_id
from plan.facts import Fact
from plan.ladder import Situation
from plan.rehearsal import rehearse as rehearsed
from tasks.answers import read_answers
from tasks.letters import sender_for
from tasks.settings import Settings


def rehearse(
    first: Annotated[str, typer.Option("--from", help="The first day.")],
    last: Annotated[str, typer.Option("--to", help="The last day, included.")],
    format: As = Format.TABLE,
    answers: Annotated[Path | None, typer.Option(help="CSV of day,item,done: what people answer. None: nobody does.")] = None,
) -> None:
    """Show the mails of a whole span of days, as if nobody answered, or with answers from a file.

    Example: plankeeper rehearse --from 2026-07-01 --to 2026-12-31
    """
    with at_work() as (settings, workplace, ledger):
        start, end = workplace.covers(read_day(first)), workplace.covers(read_day(last))
        if end < start:
            raise NotADay(f"{end} lies before {start}; give the first day with --from and the last with --to.")
        situation = workplace.situation(ledger, as_of=start)
    given = read_answers(answers, workplace.duties) if answers else ()
    days = list(_days(situation, settings, start, end, given))
    people = {mail["to"] for day in days for mail in day["mails"]}
    totals = {"mails": sum(len(day["mails"]) for day in days), "people": len(people)}
    if format is Format.JSON:
        print_json({"from": start.isoformat(), "to": end.isoformat(), "days": days, "totals": totals})
    else:
        _print(days, totals)


def _days(
    situation: Situation, settings: Settings, first: date, last: date, answers: Sequence[Fact]
) -> Iterator[dict[str, Any]]:
    """Yield the days on which mail goes out; of a mail only what identifies it is written."""
    sender = sender_for(settings, situation.roster)
    for one in rehearsed(situation, first=first, last=last, answers=answers):
        mails = [
            rehearsed_form(
                digest,
                subject=subject(digest, situation=situation),
                message_id=message_id(sender.key, digest.key, sender.domain),
            )
            for digest in one.post.digests
        ]
        if mails:
            yield {"day": one.day.isoformat(), "mails": mails}


def _print(days: Sequence[dict[str, Any]], totals: dict[str, int]) -> None:
    listed = table("Rehearsal", "day", "mails", "steps")
    for day in days:
        steps = Counter(notice["step"] for mail in day["mails"] for notice in mail["notices"])
        listed.add_row(day["day"], str(len(day["mails"])), ", ".join(f"{count} {step}" for step, count in steps.most_common()))
    out = console()
    out.print(listed)
    out.print(f"{totals['mails']} mails to {totals['people']} people")
