"""The shipped files, small plans written as people write them, and days that go by; a test names only what it is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from plan.calendar import Calendar
from plan.digests import Post, due_notices, tellings_of
from plan.duties import Duties
from plan.facts import Acknowledgement, CheckIn, Facts, Implementation, Waiver
from plan.ladder import Notice, Situation
from plan.model import Plan
from plan.owners import Owners, Roster
from plan.periods import Period, Quarter, WorkingDays
from plan.read import FileAsFound, Files, read
from plan.told import Told

ROOT = Path(__file__).parent.parent
SHIPPED = (ROOT / "plan" / "socorro-isd-2023-2027.yaml", ROOT / "owners.yaml", ROOT / "plan" / "calendar.yaml")
GOOD = tuple(Path(__file__).parent / "data" / "good" / name for name in ("plan.yaml", "owners.yaml", "calendar.yaml"))

Q1 = Quarter.parse("2026-27 Q1")
"""Its check-ins of actions open on 2026-09-30 and are due on 2026-10-14."""


def source(path: Path) -> FileAsFound:
    """Return a file by its bare name and its bytes."""
    return FileAsFound(path.name, path.read_bytes())


@cache
def shipped() -> tuple[Plan, Owners, Calendar]:
    """Return what the shipped files hold."""
    files = read(*(source(path) for path in SHIPPED))
    assert files.plan
    assert files.owners
    assert files.calendar
    return files.plan, files.owners, files.calendar


def texts(*, plan: bytes | None = None, owners: bytes | None = None, calendar: bytes | None = None) -> Files:
    """Read three small good files, of which some are replaced."""
    given = (plan, owners, calendar)
    return read(*(FileAsFound(p.name, p.read_bytes() if text is None else text) for p, text in zip(GOOD, given, strict=True)))


def tree(objective: dict[str, Any] | None = None, *, sources: Sequence[dict[str, Any]] = (), **settings: Any) -> Plan:
    """Return a plan of one priority P1 with one objective 1.1, made of what people may write."""
    return Plan.model_validate(
        {
            "id": "riverside",
            "title": "Riverside",
            "organisation": "Riverside ISD",
            "first_year": "2023-24",
            "last_year": "2026-27",
            "settings": {"begins_on": "2026-07-01", "time_zone": "America/Denver", **settings},
            "sources": list(sources),
            "priorities": [
                {"id": "P1", "title": "Students", "objectives": [{"id": "1.1", "title": "Growth", **(objective or {})}]}
            ],
        }
    )


@cache
def weekdays() -> WorkingDays:
    """Return working days that only weekends interrupt."""
    return WorkingDays(start=date(2018, 1, 1), end=date(2037, 1, 1), closed=frozenset())


def duties_of(plan: Plan) -> Duties:
    """Return what a plan owes where only weekends are free."""
    return Duties(plan, weekdays())


def check_in(item: str = "1.1A", *, on: date, period: Period = Q1, said: Implementation = Implementation.ON_TRACK) -> CheckIn:
    """Return a check-in that came on a day."""
    return CheckIn(item=item, period=period, status=said, note="", by="curriculum", known_on=on)


def promise(item: str = "1.1A", *, on: date, until: date, period: Period = Q1) -> Acknowledgement:
    """Return a promise, made on a day, to answer by another."""
    return Acknowledgement(item=item, period=period, promised_on=until, note="", by="Director of Curriculum", known_on=on)


def waiver(item: str = "1.1A", *, on: date, period: Period = Q1, note: str = "The school is closed.") -> Waiver:
    """Return a decision that nothing is owed."""
    return Waiver(item=item, period=period, note=note, by="Superintendent", known_on=on)


def roster(situation: Situation, owners: Owners) -> Situation:
    """Return the situation after the owners file was edited."""
    return replace(situation, roster=Roster(situation.plan, owners))


def every_day(first: date, last: date) -> Iterator[date]:
    """Yield all days from the first to the last, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def tell(post: Post, told: Told, *, delivered: bool = True) -> None:
    """Remember what the digests of a day tell, delivered the same day or still on their way."""
    for digest in post.digests:
        for telling in tellings_of(digest, delivered_on=digest.day if delivered else None):
            told.add(telling)


def run(situation: Situation, days: Iterable[date], *, said: Facts | None = None) -> dict[date, Post]:
    """Run each of the days and deliver at once; return the days on which mail went out or was held back."""
    posts: dict[date, Post] = {}
    for day in days:
        known = situation if said is None else replace(situation, facts=said.known_by(day))
        post = due_notices(known, as_of=day)
        tell(post, situation.told)
        if post != Post():
            posts[day] = post
    return posts


def told_about(item: str, posts: dict[date, Post]) -> Iterator[tuple[date, Notice]]:
    """Yield every notice about an item that went out, with its day."""
    for day, post in posts.items():
        yield from ((day, notice) for digest in post.digests for notice in digest.notices if notice.item == item)


def story(situation: Situation, days: Iterable[date], *, item: str = "1.1A", said: Facts | None = None) -> list[str]:
    """Return "month-day step office" of everything that is told about an item, in order."""
    return sorted(f"{day:%m-%d} {n.step} {n.to.office}" for day, n in told_about(item, run(situation, days, said=said)))


def only(codes: Iterable[str], **settings: Any) -> Plan:
    """Return a plan whose actions have the given codes, and which owes nothing else but its objective's summary."""
    return tree({"actions": [{"id": code, "title": code} for code in codes]}, **settings)
