"""What an alert says to whom.

Alerts are compared with tests/snapshots, text and HTML, exactly. After an intended change look at them and renew them:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_alert.py
"""

import os
import re
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger
from ledger.records import ALERT, Letter
from notifications.alert import Alert, Remedy, compose_alert, key_of, write
from notifications.message import Sender
from notifications.render import Rendered
from plan.owners import Roster
from tests.builders import MADE_AT, owners, person, plan

SNAPSHOTS = Path(__file__).parent / "snapshots"
SENDER = Sender(address="plan@example.org", name="Riverside ISD", reply_to="planning@example.org", key=b"secret")
SILENT: dict[str, Any] = {
    "about": "remind",
    "day": date(2026, 11, 2),
    "headline": "Reminders have stopped",
    "sentences": (
        "No reminders were chosen for Monday 2 November 2026 by 09:00; the last time was Friday 30 October 2026 at 07:30.",
        "Until they are chosen again nobody is asked, and nobody above is told.",
    ),
    "remedies": (
        Remedy("Start it again on its machine:", "plankeeper up"),
        Remedy("Look into its logs: the folder is named when it starts."),
    ),
}


def alert(**changed: Any) -> Alert:
    return Alert(**(SILENT | changed))


def written(**changed: Any) -> Rendered:
    of = plan()
    return write(
        alert(**changed),
        reader="Ana Ruiz",
        plan_title=of.title,
        organisation=of.organisation,
        base_url="https://plan.example.org",
    )


def composed(office: str = "planning", **changed: Any) -> Letter:
    roster = Roster(plan(), owners(planning={"person": "Ana Ruiz"}))
    made, to = alert(**changed), person(office)
    return compose_alert(
        made,
        key=key_of(made, plan=roster.plan.id, address=to.address),
        to=to,
        roster=roster,
        base_url="https://plan.example.org",
        sender=SENDER,
        made_at=MADE_AT,
    )


@pytest.mark.parametrize("part", ["txt", "html"])
def test_an_alert_reads_as_its_snapshot(part: str) -> None:
    made = written()
    content = f"Subject: {made.subject}\n\n{made.text}" if part == "txt" else made.html
    file = SNAPSHOTS / f"alert.{part}"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        file.write_bytes(content.encode())
    assert content.encode() == file.read_bytes()


def test_an_alert_without_a_remedy_has_no_heading_for_any() -> None:
    made = written(remedies=())
    assert "WHAT TO DO" not in made.text
    assert "<h2" not in made.html


def test_what_another_machine_said_arrives_harmless_and_short() -> None:
    said = "550 <script>alert(1)</script>\r\nBcc: everyone \u202egnp.exe " + "x" * 5_000
    made = written(headline="Refused:\r\nBcc: all", sentences=(said,), remedies=(Remedy(said),))
    assert made.subject == f"{plan().title}, alert: Refused: Bcc: all"
    assert "<script" not in made.html
    assert "550 <script>alert(1)</script> Bcc: everyone gnp.exe" in " ".join(made.text.split())
    assert len(made.html) < len(written().html) + 2_000
    assert not re.search(r"[\u2028-\u202e]", made.text + made.html)


def test_a_command_stands_on_a_line_of_its_own_unbroken_however_long_it_is() -> None:
    command = "plankeeper outbox retry 'riverside/rollup/2026-27 Q1/board@example.org' --by 'Office of Strategic Planning'"
    made = written(remedies=(Remedy("Send it again:", command), Remedy("Look.")))
    assert f"1. Send it again:\n   {command}\n2. Look.\n" in made.text
    assert re.search(r"<code[^>]*>([^<]*)</code>", made.html)[1].replace("&#39;", "'") == command  # type: ignore[index]


def test_each_person_gets_one_a_day_about_the_same_thing(book: Ledger) -> None:
    assert composed().kind == ALERT
    assert len(book.post([composed()])) == 1
    assert book.post([composed(headline="Reminders have stopped again", sentences=())]) == ()
    others = [composed("academics"), composed(day=date(2026, 11, 3)), composed(about="an address")]
    assert len(book.post(others)) == 3


def test_it_goes_to_the_person_by_name_and_stands_in_the_thread_of_what_it_is_about() -> None:
    first, next_day, other = (
        message_from_bytes(one.content, policy=policy.default)
        for one in (composed(), composed(day=date(2026, 11, 3)), composed(about="an address"))
    )
    assert first["To"] == "Ana Ruiz <planning@example.org>"
    assert first["Reply-To"] == "planning@example.org"
    assert first["References"] == next_day["References"] != other["References"]
    assert first["Message-ID"] != next_day["Message-ID"]
