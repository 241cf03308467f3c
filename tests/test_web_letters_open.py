"""Every link in every mail opens for its reader on its day: through an autumn in which people are away, replaced, and told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import Letter, Posted
from plan.facts import Answer, Evidence, Facts, Reading, Referral, SentBack
from plan.periods import Quarter, SchoolYear
from tasks.looking import Looking
from tasks.receipts import receipts
from tasks.settings import Settings
from tasks.workplace import Workplace, open_workplace
from tests.flow_builders import at, mark_sent, work
from tests.plan_builders import every_day
from tests.web_builders import HERE, TestClient, settings
from web.app import create_app

Q1 = Quarter.parse("2026-27 Q1")
FIRST, LAST = date(2026, 9, 28), date(2026, 11, 25)

PLAN = """\
id: riverside
title: Riverside
organisation: Riverside ISD
first_year: 2025-26
last_year: 2026-27
settings: {begins_on: 2026-07-01, time_zone: America/Denver, digests_per_week: unlimited, evidence_acceptance: true}
priorities:
  - id: P1
    title: Students
    objectives:
      - id: "1.1"
        title: Growth
        actions:
          - {id: 1.1A, title: Tutor}
          - {id: 1.1B, title: Coach}
        progress_measures:
          - {id: 1.1-pm1, title: Common assessments}
        long_term_measures:
          - {id: 1.1-rating, title: Rating, unit: points, target: {kind: threshold, at_least: 90}}
          - {id: 1.1-report, title: Report, target: {kind: deliverable, by: 2026-10-30}}
"""
OWNERS = """\
plan_administrator: planning
cabinet_lead: superintendent
offices:
  superintendent: {title: Superintendent, email: superintendent@example.org}
  planning: {title: Planning, email: planning@example.org, reports_to: superintendent}
  academics: {title: Academics, email: academics@example.org, reports_to: superintendent, owns: ["1.1"]}
  curriculum: {title: Curriculum, email: curriculum@example.org, reports_to: academics, delegate: assessment, owns: OWNED}
  assessment: {title: Assessment, email: assessment@example.org, reports_to: academics}
  budget: {title: Budget, email: budget@example.org, reports_to: superintendent}
absences:
  - {office: academics, first_day: 2026-10-19, last_day: 2026-10-30, delegate: budget}
  - {office: curriculum, first_day: 2026-10-12, last_day: 2026-10-16, delegate: budget}
handovers:
  - {office: curriculum, to: assessment, first_day: 2026-11-16}
""".replace("OWNED", "[1.1A, 1.1B, 1.1-pm1, 1.1-rating, 1.1-report]")


def figure(value: int, *, on: date) -> Reading:
    return Reading(
        item="1.1-rating",
        period=SchoolYear(2025),
        value=Decimal(value),
        source="State",
        note="",
        by="Curriculum",
        known_on=on,
    )


def proof(item: str, *, on: date, by: str = "Curriculum") -> Evidence:
    return Evidence(item=item, period=Q1, reference="Minutes", dated_on=on, note="", by=by, known_on=on)


ANSWERS: tuple[Answer, ...] = (
    figure(86, on=date(2026, 9, 29)),  # a slip
    proof("1.1B", on=date(2026, 10, 13), by="Assessment (for Curriculum)"),
    proof("1.1-pm1", on=date(2026, 10, 20)),
    Referral(item="1.1A", period=Q1, asked="budget", note="", by="Curriculum", known_on=date(2026, 11, 3)),
    figure(93, on=date(2026, 11, 24)),  # and its recovery, told to who answered for it then
)
BACK = SentBack(item="1.1-pm1", period=Q1, reference="Minutes", note="Of March.", by="Academics", known_on=date(2026, 10, 22))


@dataclass
class Autumn:
    """The home of a plan, whose letters are made and sent day by day."""

    settings: Settings
    files: Workplace
    ledger: Ledger
    day: date = FIRST
    clients: Iterator[int] = field(default_factory=count)

    def pass_day(self) -> tuple[Posted, ...]:
        """Let a day go by, and return the letters that were sent on it."""
        before = {letter.key for letter in self.ledger.outbox(self.files.plan.id)}
        for fact in (*ANSWERS, BACK):
            if fact.known_on == self.day:
                self._record(fact)
        if self.day in self.files.duties.days:
            work(self.settings, self.files, self.ledger, self.day)
        mark_sent(self.files, self.ledger, self.day)
        return tuple(letter for letter in self.ledger.outbox(self.files.plan.id) if letter.key not in before)

    def _record(self, fact: Answer | SentBack) -> None:
        found = self.files.situation(self.ledger, as_of=self.day)
        known = replace(found, facts=Facts((*found.facts.every, fact)))
        by, made_at = self.settings, at(self.day)

        def letters(number: int) -> tuple[Letter, ...]:
            if isinstance(fact, SentBack):
                return Looking(number=number, situation=known, settings=by, on=self.day, at=made_at).decided(fact)
            told = [(fact, None)]
            return receipts(number, answers=told, situation=known, settings=by, recorded_on=self.day, made_at=made_at)

        self.ledger.add_facts(self.files.plan.id, [fact], recorded_at=made_at, letters=letters)

    def links_of(self, letter: Posted) -> set[str]:
        """Return the paths of all links in a letter: in its text, its HTML, its calendar file and its header."""
        found = self.ledger.letter(self.files.plan.id, letter.key)
        assert found is not None
        mail = message_from_bytes(found[1], policy=policy.default)
        parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        texts = [part if isinstance(part, str) else part.decode() for part in parts]
        unfolded = "\n".join(texts).replace("\r\n ", "").replace("\n ", "")
        return set(re.findall(rf"{re.escape(HERE)}(/u/[A-Za-z0-9._/%-]+)", unfolded))


@pytest.fixture
def autumn(tmp_path: Path) -> Iterator[Autumn]:
    """The autumn, on its first day."""
    for name, text in (("plan", PLAN), ("owners", OWNERS), ("calendar", "{}\n")):
        (tmp_path / f"{name}.yaml").write_text(text)
    paths = {name: tmp_path / f"{name}.yaml" for name in ("plan", "owners", "calendar")}
    of = settings(tmp_path, base_url=HERE, **paths)
    with open_ledger(of.database) as ledger:
        yield Autumn(of, open_workplace(of), ledger)


def test_every_link_in_every_mail_opens_for_its_reader_on_its_day(autumn: Autumn) -> None:
    def now() -> datetime:
        return at(autumn.day, 20)

    app = create_app(autumn.settings, today=lambda: autumn.day, now=now)
    kinds, readers, opened = set[str](), set[str](), list[str]()
    for autumn.day in every_day(FIRST, LAST):
        for letter in autumn.pass_day():
            looking = TestClient(app, base_url=HERE, client=(f"127.0.0.{next(autumn.clients) % 250 + 1}", 50000))
            for path in autumn.links_of(letter):
                answer = looking.get(path)
                assert answer.status_code == 200, (autumn.day, letter.kind, letter.address, letter.subject, path)
                opened.append(path)
            kinds.add(letter.kind)
            readers.add(letter.address)
    assert kinds == {"welcome", "digest", "escalation", "cabinet", "recovery", "receipt"}
    assert readers == {f"{office}@example.org" for office in autumn.files.owners.offices}
    assert len(opened) > 100
    assert any("/look/" in path for path in opened)
