"""The command that tells what changed between two plan files, in words that a board can read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from flows.looking import print_json
from plan.changes import Kind, PlanChange, changes, parts
from plan.model import Plan
from tasks.workplace import read_plans

_COUNTED: dict[Kind, tuple[str, str]] = {
    "added": ("added", "added"),
    "removed": ("removed", "removed"),
    "recoded": ("given a new code", "given new codes"),
    "moved": ("moved", "moved"),
    "target": ("target changed", "targets changed"),
    "retitled": ("retitled", "retitled"),
    "setting": ("setting changed", "settings changed"),
    "detail": ("other detail changed", "other details changed"),
}


class Wording(StrEnum):
    """How changes are printed."""

    TEXT = "text"
    JSON = "json"


def diff(
    old: Annotated[Path, typer.Argument(help="The plan file as it was.")],
    new: Annotated[Path, typer.Argument(help="The plan file as it is to be.")],
    format: Annotated[Wording, typer.Option("--format", help="Words for people, or JSON for programs.")] = Wording.TEXT,
) -> None:
    """Tell in words what changed between two plan files; exits with 0 whether or not anything did.

    Example: plankeeper diff plan-as-adopted.yaml plan/socorro-isd-2023-2027.yaml
    """
    before, after = read_plans(old, new)
    found = changes(before, after)
    if format is Wording.JSON:
        print_json(_form(found, before, after))
        return
    if not found:
        typer.echo("Nothing changed." if before == after else "Nothing changed but the order in which things are listed.")
        return
    typer.echo(f"What changed in {after.title}\nFrom {old} to {new}: {_counts(found)}.")
    for line in _told(found, before, after):
        typer.echo(line)


def _counts(found: Sequence[PlanChange]) -> str:
    """Return how many changes there are of each kind, as in "2 added, 1 target changed"."""
    counts = Counter(one.kind for one in found)
    return ", ".join(f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _COUNTED.items() if counts[kind])


def _told(found: Sequence[PlanChange], old: Plan, new: Plan) -> Iterator[str]:
    """Yield all changes below the titles of their priorities and objectives; each is one line, however long."""
    titles = {part.id: part.title for plan in (old, new) for part in parts(plan)}
    for priority, under in groupby(found, key=lambda one: one.priority):
        yield from ("", f"{priority}  {titles[priority]}" if priority else "The plan as a whole")
        for objective, those in groupby(under, key=lambda one: one.objective):
            if objective:
                yield from ("", f"{objective}  {titles[objective]}")
            yield from (f"- {one.sentence}" for one in those)


def _form(found: Sequence[PlanChange], old: Plan, new: Plan) -> dict[str, Any]:
    counts = Counter(one.kind for one in found)
    return {
        "plan": new.id,
        "title": new.title,
        "counts": {kind: counts[kind] for kind in get_args(Kind)},
        "only_order_changed": not found and old != new,
        "changes": [asdict(one) for one in found],
    }
