"""The command `rehearse`: the mails of a whole span of days, as if nobody answered, or with answers from a file."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from flows.days import NotADay, read_day
from flows.looking import As, Format, at_work, console, print_json, table
from plan.rehearsal import RehearsedDay
from plan.rehearsal import rehearse as rehearsed
from tasks.answers import read_answers


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
    days = [one for one in rehearsed(situation, first=start, last=end, answers=given) if one.post.digests]
    people = {digest.to.address for day in days for digest in day.post.digests}
    totals = {"mails": sum(len(day.post.digests) for day in days), "people": len(people)}
    if format is Format.JSON:
        from flows.rehearsed_forms import day_forms  # noqa: PLC0415 - what words mails takes long to load; a table needs none

        forms = list(day_forms(days, situation, settings))
        print_json({"from": start.isoformat(), "to": end.isoformat(), "days": forms, "totals": totals})
    else:
        _print(days, totals)


def _print(days: Sequence[RehearsedDay], totals: dict[str, int]) -> None:
    listed = table("Rehearsal", "day", "mails", "steps")
    for day in days:
        digests = day.post.digests
        steps = Counter(notice.step for digest in digests for notice in digest.notices)
        listed.add_row(str(day.day), str(len(digests)), ", ".join(f"{count} {step}" for step, count in steps.most_common()))
    out = console()
    out.print(listed)
    out.print(f"{totals['mails']} mails to {totals['people']} people")
