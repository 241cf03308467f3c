"""Facts, letters and what belongs to them, for the tests of the ledger; a test names only what it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ledger.records import Letter
from plan.facts import (
    Acceptance,
    Acknowledgement,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Implementation,
    Override,
    Reading,
    Referral,
    SentBack,
    Waiver,
)
from plan.ladder import Notice
from plan.owners import Person
from plan.periods import Quarter, SchoolYear
from plan.told import Telling

PLAN = "socorro"
YEAR = SchoolYear.parse("2026-27")
QUARTER = Quarter.parse("2026-27 Q1")
DAY = date(2026, 10, 22)
NOW = datetime(2026, 10, 22, 13, 30, tzinfo=UTC)

CHECK_IN = CheckIn(
    item="1.1A",
    period=QUARTER,
    status=Implementation.ON_TRACK,
    note="Going well.",
    by="chief",
    known_on=date(2026, 10, 1),
)
READING = Reading(
    item="1.1-rating",
    period=YEAR,
    value=Decimal("88.0"),
    source="state report",
    note="",
    by="chief",
    known_on=date(2026, 10, 2),
)
EVIDENCE = Evidence(
    item="1.1.1",
    period=QUARTER,
    reference="https://example.org/minutes",
    dated_on=date(2026, 9, 30),
    note="",
    by="chief",
    known_on=date(2026, 10, 3),
)
FILED = replace(EVIDENCE, reference="1.1.1/2026-27-Q1/minutes.pdf", sha256="9f86d081" * 8)
ACKNOWLEDGEMENT = Acknowledgement(
    item="1.1B", period=QUARTER, promised_on=date(2026, 10, 30), note="", by="chief", known_on=date(2026, 10, 4)
)
WAIVER = Waiver(item="1.1C", period=QUARTER, note="The programme has ended.", by="superintendent", known_on=date(2026, 10, 5))
ACCEPTANCE = Acceptance(item="1.2-capacity", period=YEAR, note="", by="superintendent", known_on=date(2026, 10, 6))
CORRECTIVE_PLAN = CorrectivePlan(
    item="1.1-rating",
    period=YEAR,
    cause="New staff.",
    step="Coach them.",
    done_by=date(2026, 12, 1),
    effect="Two points.",
    by="chief",
    known_on=date(2026, 10, 7),
)
OVERRIDE = Override(
    item="1.1-rating",
    period=YEAR,
    status="watch",
    until=date(2026, 12, 31),
    note="The test changed.",
    by="superintendent",
    known_on=date(2026, 10, 8),
)
REFERRAL = Referral(item="1.1A", period=QUARTER, asked="chief", note="It is theirs", by="academics", known_on=DAY)
SENT_BACK = SentBack(
    item="1.1A", period=QUARTER, reference="Minutes", note="Unsigned", by="chief", known_on=DAY, sha256="ab" * 32
)
EVERY_KIND = (
    CHECK_IN,
    READING,
    EVIDENCE,
    ACKNOWLEDGEMENT,
    REFERRAL,
    WAIVER,
    ACCEPTANCE,
    SENT_BACK,
    CORRECTIVE_PLAN,
    OVERRIDE,
)

CHIEF = Person(office="chief", title='Chief "Academic" Officer, Ñ', address="Chief@example.org")


def notice(**changes: Any) -> Notice:
    """Return a notice to the owner of an action."""
    plain = Notice(
        plan=PLAN,
        item="1.1A",
        title="Teach reading",
        kind="check-in",
        period=str(QUARTER),
        step="overdue",
        height=3,
        due=date(2026, 10, 14),
        urgency="overdue",
        to=CHIEF,
        owner=CHIEF,
        reason="Was due 2026-10-14, 6 working days ago.",
        passed_over=("request", "reminder"),
    )
    return replace(plain, **changes)


def telling(key: str, **changes: Any) -> Telling:
    """Return a telling of a step to the chief, on its way."""
    plain = Telling(
        key=key,
        item="1.1A",
        kind="check-in",
        period=str(QUARTER),
        ladder="late",
        step="overdue",
        due=date(2026, 10, 14),
        address=CHIEF.address,
        told_on=DAY,
        delivered_on=None,
    )
    return replace(plain, **changes)


def letter(name: str = "a", **changes: Any) -> Letter:
    """Return a letter that tells one thing, which has the letter's name."""
    plain = Letter(
        key=f"{PLAN}/digest/{DAY}/{name}",
        plan=PLAN,
        kind="digest",
        address=CHIEF.address,
        office=CHIEF.office,
        day=DAY,
        subject="What is asked of you",
        message_id=f"<{name}@example.org>",
        content=b"Subject: x\r\n\r\n\xc3\x91\x00",
        made_at=NOW,
        notices=(notice(), notice(item="1.1B", passed_over=())),
        tellings=(telling(f"tell-{name}", item=name),),
    )
    return replace(plain, **changes)


@contextmanager
def direct(url: str) -> Iterator[Engine]:
    """Open a database past the ledger, to look at its tables."""
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


def refuse(url: str, statement: str, words: str) -> None:
    """Expect that the database itself refuses a statement."""
    with direct(url) as engine, engine.connect() as connection, pytest.raises(DBAPIError, match=words):
        connection.execute(text(statement))


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements that are executed meanwhile."""
    seen: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", see)
