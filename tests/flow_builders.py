"""Days of work through a real ledger and outbox, without Prefect; and plans shaped like the shipped one, but larger."""

import os
import shutil
import signal
from collections.abc import Iterable
from datetime import UTC, date, datetime
from mailbox import Maildir
from pathlib import Path
from typing import Any

from ledger.ledger import Ledger, open_ledger
from ledger.records import Letter, LetterState, Outcome
from notifications.claimant import Claimant
from notifications.outbox import Delivery
from plan.calendar import Calendar
from plan.digests import Digest, Post, due_notices, tellings_of
from plan.duties import Duties
from plan.model import Plan
from plan.owners import Roster
from plan.periods import Quarter, SchoolYear
from tasks.frozen import due
from tasks.judge import assessed
from tasks.letters import letters_of
from tasks.rollup import freeze_period, post_rollup
from tasks.send import send_letters
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace
from tests.plan_builders import shipped

PLAN = "socorro-isd-2023-2027"
DAY = date(2026, 10, 22)
"""A Thursday on which 17 people are told the step "overdue", if nobody ever answered."""
SATURDAY = date(2026, 10, 24)
QUARTER, ROLLED_UP = Quarter(SchoolYear(2026), 1), date(2026, 10, 19)
"""A quarter, and the day on which its rollup freezes."""
ROLLUP_POINTS = ("nothing", "freeze", "post", "claim", "fence")
"""After what a rollup may be broken off, first to last."""


def at(day: date, hour: int = 12) -> datetime:
    """Return an instant of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def work(settings: Settings, workplace: Workplace, ledger: Ledger, day: date) -> Post:
    """Judge a day, choose and queue its letters, as the flows assess and remind do."""
    found = assessed(workplace.situation(ledger, as_of=day, told_since=False), as_of=day)
    ledger.record_judgements(workplace.plan.id, found.judgements, on=day)
    return choose(settings, workplace, ledger, day)


def choose(settings: Settings, workplace: Workplace, ledger: Ledger, day: date) -> Post:
    """Choose and queue the letters of a day, as the flow remind does."""
    if day in workplace.duties.days:
        ledger.supersede(workplace.plan.id, before=day)
    situation = workplace.situation(ledger, as_of=day)
    post = due_notices(situation, as_of=day)
    ledger.post(list(letters_of(post, situation, settings, made_at=at(day))))
    return post


def past(settings: Settings, workplace: Workplace, ledger: Ledger, days: Iterable[date]) -> None:
    """Have every letter of some days chosen and delivered on its day; what they say is left out, since to write it is slow."""
    for day in days:
        ledger.supersede(workplace.plan.id, before=day)
        post = due_notices(workplace.situation(ledger, as_of=day), as_of=day)
        ledger.post([blank(digest) for digest in post.digests])
        mark_sent(workplace, ledger, day)


def blank(digest: Digest) -> Letter:
    """Return a letter that carries a digest and says nothing."""
    return Letter(
        key=digest.key,
        plan=PLAN,
        kind="digest",
        address=digest.to.address,
        office=digest.to.office,
        day=digest.day,
        subject="",
        message_id=f"<{digest.key}>",
        content=b"",
        made_at=at(digest.day),
        notices=digest.notices,
        tellings=tuple(tellings_of(digest, delivered_on=None)),
    )


def mark_sent(workplace: Workplace, ledger: Ledger, day: date) -> None:
    """Have everything that is queued accepted, without a mail server."""
    while claim := ledger.claim("deliverer", plan=workplace.plan.id, at=at(day), on=day):
        assert ledger.fence(claim, at=at(day))
        assert ledger.finish(claim, Outcome(state=LetterState.SENT, said="250 OK"), at=at(day))


def send(settings: Settings, workplace: Workplace, ledger: Ledger, day: date) -> Delivery:
    """Send what is queued to the mail server of the settings, as the flow deliver does."""
    return send_letters.fn(ledger, workplace, settings, as_of=day, now=lambda: at(day))


def send_the_day() -> None:
    """Send what is queued, in a process of its own that finds its settings in the environment."""
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        send(settings, open_workplace(settings), ledger, DAY)


def die_at_each_point(folder: Path) -> None:
    """Leave, for each point of the flow rollup, the home folder of a process that was killed there; named after the point.

    Before the last points, what was frozen at the first is taken from there, since rendering it takes long. Each process is
    a fork of this one, which loads everything once.
    """
    for after in ROLLUP_POINTS:
        home = folder / after
        if ROLLUP_POINTS.index(after) > ROLLUP_POINTS.index("freeze"):
            shutil.copytree(folder / "freeze", home)
        os.environ["PLANKEEPER_HOME"] = str(home)
        child = os.fork()
        if child == 0:
            try:
                _roll_up_and_die(after)
            finally:
                os._exit(1)  # it was not killed
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL, after


def _roll_up_and_die(after: str) -> None:
    """Do the steps of the flow rollup for its day up to one of them, then end like a process that is killed."""
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        _die_if(after == "nothing")
        kept = [freeze_period.fn(period, workplace, ledger, at=at(ROLLED_UP, 20)) for period in due(workplace, today=ROLLED_UP)]
        _die_if(after == "freeze")
        post_rollup.fn(kept[-1], workplace, ledger, settings, on=ROLLED_UP, at=at(ROLLED_UP))
        _die_if(after == "post")
        with Claimant(settings.home / "deliverers") as claimant:
            claim = ledger.claim(claimant.name, plan=PLAN, at=at(ROLLED_UP), on=ROLLED_UP)
            assert claim
            _die_if(after == "claim")
            assert ledger.fence(claim, at=at(ROLLED_UP))
            _die_if(after == "fence")


def _die_if(now: bool) -> None:
    if now:
        os.kill(os.getpid(), signal.SIGKILL)


def inbox(home: Path) -> list[str]:
    """Return the Message-IDs of the mails in the catcher's inbox."""
    folder = home / "inbox"
    return [str(mail["Message-ID"]) for mail in Maildir(folder, create=False)] if folder.is_dir() else []


def steps(post: Post) -> dict[str, set[str]]:
    """Return the steps that each person is told."""
    return {digest.to.address: {notice.step for notice in digest.notices} for digest in post.digests}


def edited(home: Path, monkeypatch: Any, *, plan: tuple[str, str]) -> None:
    """Have the settings name a copy of the shipped plan in which one text is replaced by another."""
    home.mkdir(parents=True, exist_ok=True)
    was, becomes = plan
    text = Settings().plan.read_text(encoding="utf-8")
    assert text.count(was) == 1
    (home / "plan.yaml").write_text(text.replace(was, becomes), encoding="utf-8")
    monkeypatch.setenv("PLANKEEPER_PLAN", str(home / "plan.yaml"))


# --- larger plans ------------------------------------------------------------------------------------------------------


def enlarged(times: int, plan: Plan | None = None) -> Workplace:
    """Return a workplace whose plan has everything in each objective of another one so many times over; same owners.

    Args:      plan: the other one; none: the one that is shipped
    """
    of_shipped, owners, calendar = shipped()
    plan = plan or of_shipped
    return workplace_of(plan if times == 1 else _enlarged(plan, times), owners, calendar)


def workplace_of(plan: Plan, owners: Any, calendar: Calendar) -> Workplace:
    """Return a workplace without files."""
    return Workplace(
        plan=plan,
        owners=owners,
        calendar=calendar,
        duties=Duties(plan, calendar.working_days(plan.first_year, plan.last_year)),
        roster=Roster(plan, owners),
        problems=(),
        catches_mail=True,
    )


def _enlarged(plan: Plan, times: int) -> Plan:
    def more(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            item if n == 0 else item.model_copy(update={"id": f"{item.id}-x{n}"}) for item in items for n in range(times)
        )

    def more_in(part: Any) -> Any:
        held = {name: more(getattr(part, name)) for name in ("actions", "progress_measures", "long_term_measures")}
        strands = tuple(more_in(strand) for strand in getattr(part, "strands", ()))
        return part.model_copy(update=held | ({"strands": strands} if strands else {}))

    priorities = tuple(
        priority.model_copy(update={"objectives": tuple(more_in(objective) for objective in priority.objectives)})
        for priority in plan.priorities
    )
    # Made anew and not copied: a copy would keep the lists that the plan has made of its items.
    kept = {name: getattr(plan, name) for name in Plan.model_fields}
    return Plan.model_validate(kept | {"id": f"{plan.id}-x{times}", "priorities": priorities})
