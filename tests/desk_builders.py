"""A home in which nearly everything has happened that the administrators' pages can show."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledger.ledger import Ledger, open_ledger
from plan.facts import (
    Acceptance,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Fact,
    Implementation,
    Override,
    Progress,
    Reading,
    Referral,
    SentBack,
)
from plan.periods import SchoolYear, read_period
from tasks.frozen import frozen
from tasks.judge import assessed
from tasks.said import pause_mail
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.flow_builders import choose, mark_sent
from tests.outbox_builders import fill
from tests.owner_builders import link_of
from tests.web_builders import AT, DAY, PLAN, QUARTER, catch, copied, mail, record

PLANNING = "Office of Strategic Planning"
_CHANGES = """
absences:
  - {office: budget, first_day: 2026-10-20, last_day: 2026-10-30}
handovers:
  - {office: budget, to: recruitment, first_day: 2026-12-01}
"""
_EARLY, _LATE = date(2026, 10, 6), date(2026, 10, 20)


def _facts() -> list[Fact]:
    """Return facts of each kind that is missing in `record`; what they say is in no language."""
    about: dict[str, Any] = {"period": QUARTER, "by": PLANNING}
    minutes: dict[str, Any] = {"reference": "ABC-1", "dated_on": date(2026, 9, 28), "note": "", "known_on": _EARLY}
    return [
        CheckIn(item="2.3A", status=Implementation.OFF_TRACK, note="XXX", obstacles="YYY", known_on=_EARLY, **about),
        CheckIn(item="1.1-pm2", status=Progress.SOME_PROGRESS, note="XXX", known_on=_EARLY, **about),
        *(Evidence(item=item, **minutes, **about) for item in ("2.3A", "1.1B", "1.1A")),
        SentBack(item="2.3A", reference="ABC-1", note="ZZZ", known_on=_LATE, **about),
        Acceptance(item="1.1B", note="", known_on=_LATE, **about),
        Referral(item="1.1B", asked="budget", note="XXX", known_on=_LATE, **about),
        CorrectivePlan(
            item="2.3-turnover", cause="AAA.", step="BBB.", done_by=date(2026, 12, 1), effect="CCC.", known_on=_LATE, **about
        ),
        Override(item="2.3-turnover", status="watch", until=date(2026, 12, 31), note="XXX.", known_on=_LATE, **about),
        Reading(
            item="2.3-turnover", period=SchoolYear(2024), value=Decimal(19), source="XXX", note="", by=PLANNING, known_on=_EARLY
        ),
    ]


def busy(home: Path) -> Settings:
    """Return settings of a home with absences, referrals, decisions, letters in every state, a rollup and caught mail."""
    of = copied(home)
    kept = re.sub(r"(?m)^(absences|handovers):.*\n(  .*\n)*", "", of.owners.read_text())
    of.owners.write_text(kept + _CHANGES)
    of.plan.write_text(of.plan.read_text().replace("# digests_per_week: 3", "digests_per_week: 1"))
    record(of)
    with open_ledger(of.database, came_from="127.0.0.1") as ledger:
        ledger.add_facts(PLAN, _facts(), recorded_at=AT)
        _write(of, ledger)
    for office in ("budget", "chief-human-resources-officer"):
        for scope in ("update", "view", "unsubscribe"):
            link_of(of, office, scope)
    catch(of, mail("XXX"), b"X-Empty: 1\r\n\r\n")
    return of


def _write(of: Settings, ledger: Ledger) -> None:
    files = open_workplace(of)
    choose(of, files, ledger, DAY - timedelta(days=2))
    mark_sent(files, ledger, DAY - timedelta(days=2))
    fill(ledger, at=AT)
    judgements = assessed(files.situation(ledger, as_of=DAY), as_of=DAY).judgements
    ledger.record_judgements(PLAN, judgements, on=DAY)
    frozen(read_period("2026-27 Q1"), files, ledger, at=AT)
    pause_mail(ledger, PLAN, by=PLANNING, note="XXX", at=AT)
