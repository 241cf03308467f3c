"""A small plan in files, and a ledger with something for every page and form: asked, answered, begun, referred, frozen."""

import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledger.ledger import Ledger, open_ledger
from ledger.records import Draft, Grant, Judgement, Letter, Scope
from notifications.grants import link
from plan.facts import CheckIn, Evidence, Fact, Implementation, Reading, Referral
from plan.periods import Quarter, SchoolYear
from tasks.evidence_store import keep
from tasks.frozen import frozen
from tasks.settings import Settings
from tasks.weekly import choose_overviews, compose_overviews
from tasks.workplace import Workplace, open_workplace
from tests import flow_builders
from tests.owner_builders import press
from tests.web_builders import AT, DAY, TestClient, browser, settings

PLAN = """
id: {plan}
title: Riverside
organisation: Riverside ISD
first_year: 2023-24
last_year: 2026-27
settings: {{begins_on: 2026-07-01, time_zone: America/Denver, evidence_acceptance: true, weekly_overview: true}}
priorities:
  - id: P1
    title: Students
    objectives:
      - id: "1.1"
        title: Growth
        actions:
          - {{id: 1.1A, title: Tutor}}
          - {{id: 1.1B, title: Meet}}
          - {{id: 1.1C, title: Read}}
          - {{id: 1.1D, title: Write}}
        progress_measures:
          - {{id: 1.1-pm1, title: Minutes kept}}
        long_term_measures:
          - {{id: 1.1-rating, title: Rating, unit: points, target: {{kind: threshold, at_least: 90}}}}
          - {{id: 1.1-growth, title: Growth, unit: points, target: {{kind: threshold, at_least: 50}}}}
"""
OWNERS = """
plan_administrator: planning
cabinet_lead: superintendent
board: [trustees]
offices:
  trustees: {title: Board, email: trustees@example.org}
  superintendent: {title: Superintendent, email: superintendent@example.org}
  planning: {title: Office of Planning, email: planning@example.org, reports_to: superintendent}
  academics: {title: Academics, email: academics@example.org, reports_to: superintendent, owns: ["1.1"]}
  tutors: {title: Tutors, email: tutors@example.org, reports_to: academics,
    owns: [1.1A, 1.1B, 1.1C, 1.1D, 1.1-pm1, 1.1-rating, 1.1-growth]}
"""
CALENDAR = "country: US\nsubdivision: TX\n"
OWNER, LEAD = "tutors@example.org", "academics@example.org"
ANSWERED, BEGUN, WAITING, REFERRED = "1.1A", "1.1B", "1.1C", "1.1D"
"""Which actions are recorded today, kept for later, not answered at all, and passed on."""
SLIPPED, UNREAD, SHOWN = "1.1-rating", "1.1-growth", "1.1-pm1"
"""Which measures are off track, want a figure, and want evidence."""
NOTE = "Talks began on all campuses."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ESCALATED_ON, OVERVIEW_ON = date(2026, 10, 15), date(2026, 10, 16)
Q1 = Quarter.parse("2026-27 Q1")


def small(home: Path, **changed: Any) -> Settings:
    """Return settings of a small plan, with files of its own."""
    home.mkdir(parents=True, exist_ok=True)
    texts = {"plan": PLAN.format(plan=flow_builders.PLAN), "owners": OWNERS, "calendar": CALENDAR}
    files = {name: home / f"{name}.yaml" for name in texts}
    for name, path in files.items():
        path.write_text(texts[name], encoding="utf-8")
    return settings(home, **files, **changed)


def answered(of: Settings) -> None:
    """Have weeks of mails go out, something recorded, begun, passed on and frozen, and the letters of the day queued."""
    files = open_workplace(of)
    with open_ledger(of.database) as ledger:
        kept = keep("minutes.pdf", io.BytesIO(PDF), of, ledger, at=AT)
        ledger.add_facts(files.plan.id, facts(kept.sha256), recorded_at=AT)
        slipped = Judgement(item=SLIPPED, aspect="outcome", status="off_track", reason="It is off track.")
        ledger.record_judgements(files.plan.id, [slipped], on=date(2026, 10, 5))
        flow_builders.past(of, files, ledger, [date(2026, 9, 24), date(2026, 10, 8)])
        flow_builders.choose(of, files, ledger, ESCALATED_ON)
        flow_builders.send(of, files, ledger, ESCALATED_ON)
        ledger.post(list(_overviews(of, files, ledger)))
        flow_builders.send(of, files, ledger, OVERVIEW_ON)
        flow_builders.choose(of, files, ledger, DAY)
        fields = {"status": "at_risk", "note": "Talks\nbegan", "also": ANSWERED}
        begun_at = AT - timedelta(hours=1)
        ledger.pages.save_draft(
            Draft(plan=files.plan.id, address=OWNER, item=BEGUN, period=str(Q1), fields=fields, saved_at=begun_at)
        )
        frozen(Q1, files, ledger, at=AT)
    checked = {"status": "at_risk", "note": NOTE, "dated_on": "2026-10-01", "links": "https://example.org/minutes"}
    assert press(asker(of), f"{way_in(of, OWNER)}/{ANSWERED}", checked).status_code == 303


def facts(sha256: str) -> tuple[Fact, ...]:
    """Return what was recorded before the day."""
    about: dict[str, Any] = {"period": Q1, "by": "Tutors", "known_on": date(2026, 10, 5), "note": NOTE}
    year = about | {"period": SchoolYear(2025)}
    return (
        Evidence(**about, item=ANSWERED, reference="minutes.pdf", dated_on=date(2026, 10, 1), sha256=sha256),
        CheckIn(**about, item=REFERRED, status=Implementation.ON_TRACK),
        Referral(**about, item=REFERRED, asked="planning"),
        Reading(**year, item=SLIPPED, value=Decimal(80), source="State report"),
    )


def _overviews(of: Settings, files: Workplace, ledger: Ledger) -> tuple[Letter, ...]:
    at = files.situation(ledger, as_of=OVERVIEW_ON, told_since=False)
    return compose_overviews.fn(
        choose_overviews.fn(at, ledger, as_of=OVERVIEW_ON), at, of, made_at=flow_builders.at(OVERVIEW_ON)
    )


def asker(of: Settings, *, client: str = "127.0.0.1") -> TestClient:
    """Return a browser that meets the pages under the address that their mails name."""
    return browser(of, client=client, at=of.base_url)


def way_in(of: Settings, address: str, scope: Scope = "update") -> str:
    """Return the path of the link that an address was sent last."""
    with open_ledger(of.database) as ledger:
        grants: list[Grant] = [one for one in ledger.grants(flow_builders.PLAN) if (one.address, one.scope) == (address, scope)]
    return link(max(grants, key=lambda one: one.made_at), base_url="", key=of.key)


def forget_visits(of: Settings) -> None:
    """Have nobody counted yet, where a limit is not what is tested."""
    with open_ledger(of.database) as ledger:
        ledger.pages.forget_visits(before=AT + timedelta(days=1))
