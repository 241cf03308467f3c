"""The pages as a browser on this machine meets them, a ledger with something in it, and an inbox with mail."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from html import unescape
from pathlib import Path
from re import DOTALL, sub
from typing import Any

from fastapi import FastAPI
from sqlalchemy import inspect, text

from ledger.ledger import open_ledger
from ledger.records import Letter, LetterState, Outcome
from notifications.digest import compose
from notifications.message import Sender, build
from plan.digests import due_notices
from plan.facts import Acknowledgement, CheckIn, Evidence, Implementation, Reading, Waiver
from plan.periods import Quarter, SchoolYear
from tasks.settings import CHECKOUT, Settings
from tasks.workplace import open_workplace
from tests.ledger_builders import direct
from web.__main__ import listen, server
from web.app import create_app

with warnings.catch_warnings(action="ignore"):  # it would rather have a successor of httpx
    from starlette.testclient import TestClient as TestClient  # noqa: PLC0414 - for the tests to import

DAY = date(2026, 10, 22)
AT = datetime(2026, 10, 22, 13, 30, tzinfo=UTC)
QUARTER = Quarter.parse("2026-27 Q1")
PLAN = "socorro-isd-2023-2027"
SENDER = Sender(address="plan@example.org", name="Plan", reply_to="office@example.org", key=b"secret")
HERE = "http://127.0.0.1:8765"


def settings(home: Path, **changed: Any) -> Settings:
    """Return settings of which the environment decides nothing."""
    own = {
        "home": home,
        "plan": CHECKOUT / "plan" / "socorro-isd-2023-2027.yaml",
        "owners": CHECKOUT / "owners.yaml",
        "calendar": CHECKOUT / "plan" / "calendar.yaml",
        "database_url": "",
        "smtp_url": "",
        "base_url": HERE,
        "admin_password": "",
        "proxies": "",
        "admin_header": "",
    }
    return Settings(**{**own, **changed})


def copied(home: Path, **changed: Any) -> Settings:
    """Return settings whose plan, owners and calendar are copies that a test may edit."""
    shipped = settings(home)
    files = {name: home / f"{name}.yaml" for name in ("plan", "owners", "calendar")}
    home.mkdir(parents=True, exist_ok=True)
    for name, path in files.items():
        path.write_bytes(getattr(shipped, name).read_bytes())
    return settings(home, **{**files, **changed})


@lru_cache(maxsize=4)
def app(of: Settings) -> FastAPI:
    """Return the application on 22 October 2026; browsers with the same settings share it."""
    return create_app(of, today=lambda: DAY, now=lambda: AT)


def browser(of: Settings, *, client: str = "127.0.0.1", at: str = HERE, **more: Any) -> TestClient:
    """Return a browser on this machine, which follows no redirect."""
    return TestClient(app(of), base_url=at, client=(client, 50000), follow_redirects=False, **more)


def words(page: str) -> str:
    """Return what a reader of a page sees, on one line."""
    visible = sub(r"<(head|svg).*?</\1>", "", page, flags=DOTALL)
    return " ".join(unescape(sub(r"<[^>]+>", "", sub(r"</td>|</li>|</option>|<br>", " ", visible))).split())


def seen(of: Settings, path: str) -> str:
    """Open a page, and return what a reader sees of it."""
    answer = browser(of).get(path)
    assert answer.status_code == 200, answer.text
    return words(answer.text)


@contextmanager
def served(of: Settings) -> Iterator[int]:
    """Serve the pages for real, and yield their port."""
    serving = server(of, now=lambda: AT)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            serving.should_exit = True
            thread.join(30)


def rows(of: Settings) -> dict[str, list[str]]:
    """Return every row of every table but the counted visits."""
    with direct(of.database) as engine, engine.connect() as connection:
        tables = [name for name in inspect(connection).get_table_names() if name != "visit"]
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in tables}


def record(of: Settings) -> None:
    """Record facts of every kind, and write the letters of 22 October; one is sent, one failed, the others wait."""
    files = open_workplace(of)
    with open_ledger(of.database) as ledger:
        ledger.add_facts(PLAN, FACTS, recorded_at=AT)
        situation = files.situation(ledger, as_of=DAY)
        digests = due_notices(situation, as_of=DAY).digests
        letters = [compose(one, situation=situation, base_url=of.base_url, sender=SENDER, made_at=AT) for one in digests]
        ledger.post(letters)
        for outcome in (
            Outcome(state=LetterState.SENT, said="250 Taken"),
            Outcome(state=LetterState.FAILED, said="550 <b>No</b> such mailbox"),
        ):
            claim = ledger.claim("deliverer", plan=PLAN, at=AT, on=DAY)
            assert claim is not None
            ledger.fence(claim, at=AT)
            ledger.finish(claim, outcome, at=AT)


def letter(number: int, day: date = DAY) -> Letter:
    """Return a letter that tells nothing."""
    return Letter(
        key=f"letter {number:03}",
        plan=PLAN,
        kind="digest",
        address="owner@example.org",
        office="owner",
        day=day,
        subject=f"Letter {number}",
        message_id=f"<{number}@example.org>",
        content=b"",
        made_at=AT,
        notices=(),
        tellings=(),
    )


def catch(of: Settings, *mails: bytes) -> list[str]:
    """Put mails into the inbox, as the catcher would, and return their ids in the order of arrival."""
    new = of.inbox / "new"
    new.mkdir(parents=True, exist_ok=True)
    first = len(list(new.iterdir()))
    ids = [f"1792675800.M{number}P1Q{number}.here" for number in range(first, first + len(mails))]
    for id, content in zip(ids, mails, strict=True):
        (new / id).write_bytes(content)
    return ids


def mail(
    subject: str = "What is asked of you", to: str = "owner@example.org", *, html: str = "<p>Hello", name: str = "Owner"
) -> bytes:
    """Return a mail as it goes out."""
    return build(
        sender=SENDER,
        to_address=to,
        to_name=name,
        letter_key=f"{subject}/{to}",
        thread="thread",
        subject=subject,
        text="Grüße an <alle>\n",
        html=html,
        made_at=AT,
    )


FACTS = (
    CheckIn(
        item="1.1A",
        period=QUARTER,
        status=Implementation.ON_TRACK,
        note="Runs on <script>all</script> campuses.",
        by="assessment",
        known_on=date(2026, 10, 6),
    ),
    Evidence(
        item="1.1-pm1",
        period=QUARTER,
        reference="Minutes of September",
        dated_on=date(2026, 9, 28),
        note="",
        by="assessment",
        known_on=date(2026, 10, 7),
    ),
    Reading(
        item="1.2.1-ccmr",
        period=SchoolYear(2025),
        value=Decimal("81.50"),
        source="State report",
        note="Preliminary",
        by="college",
        known_on=date(2026, 8, 29),
    ),
    Acknowledgement(
        item="1.1C", period=QUARTER, promised_on=date(2026, 10, 26), note="", by="curriculum", known_on=date(2026, 10, 16)
    ),
    Waiver(item="1.2.3A", period=QUARTER, note="The board paused it.", by="superintendent", known_on=date(2026, 10, 2)),
)
