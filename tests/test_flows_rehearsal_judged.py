"""A rehearsal of many months brings the mails that their days bring, each judged and sent through the real ledger."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger, open_ledger
from plan.digests import Digest, due_notices
from plan.facts import Fact
from plan.ladder import Situation
from plan.told import Told
from tasks.answers import read_answers
from tasks.gather import gather_at_hand
from tasks.judge import assessed
from tasks.settings import read_settings
from tasks.workplace import Workplace, open_workplace
from tests.commands import Plankeeper
from tests.flow_builders import PLAN, at, blank, mark_sent
from tests.plan_builders import every_day

FIRST, LAST = date(2026, 7, 1), date(2027, 2, 19)
"""The first day of the plan's year, and three days after the last answer, which ends a slip."""
CHRISTMAS = date(2026, 12, 18)
"""The last day before the holidays; until then each ladder of a plan that nobody answers is climbed to its end."""

ANSWERS = """day,item,done
2026-08-20,1.1-rating,94
2026-08-31,1.1-meets,40
2026-09-10,1.1-meets,plan
2026-09-28,1.1-masters,18
2026-10-06,1.1A,on_track
2026-10-12,1.1B,until 2026-10-20
2026-10-22,3.1-voice,no_progress
2027-01-05,3.1-voice,some_progress
2027-01-12,1.1A,achieved
2027-01-13,4.1-facilities,plan
2027-02-10,4.1-facilities,evidence
2027-02-16,4.1-facilities,accepted
"""

Mails = dict[str, dict[str, list[tuple[str, str]]]]
"""Key and reason of each notice, by day and person."""


@pytest.fixture
def workplace(home: Path) -> Workplace:
    """The shipped plan, with the published readings in the ledger."""
    settings = read_settings()
    found = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        gather_at_hand(found, settings, ledger, as_of=FIRST, at=at(FIRST))
    return found


def work(workplace: Workplace, ledger: Ledger, day: date) -> Sequence[Digest]:
    """Judge a day, then choose and queue its letters, as the flows assess and remind do."""
    facts = ledger.facts(PLAN, known_by=day)
    # Slips come of facts alone; what was told decides about obligations, and takes long to read every day of a year.
    untold = Situation(duties=workplace.duties, roster=workplace.roster, facts=facts, told=Told())
    judgements = assessed(untold, as_of=day).judgements
    ledger.record_judgements(workplace.plan.id, judgements, on=day)
    if day not in workplace.duties.days:
        return ()
    ledger.supersede(workplace.plan.id, before=day)
    situation = workplace.situation(ledger, as_of=day)
    post = due_notices(situation, as_of=day)
    ledger.post([blank(digest) for digest in post.digests])
    return post.digests


def worked(workplace: Workplace, answers: Sequence[Fact], *, last: date) -> Iterator[tuple[date, Sequence[Digest]]]:
    """Yield the digests of each day, sent before the next one, the day's answers known first."""
    with open_ledger(read_settings().database) as ledger:
        for day in every_day(FIRST, last):
            if known := [one for one in answers if one.known_on == day]:
                ledger.add_facts(workplace.plan.id, known, recorded_at=at(day))
            yield day, work(workplace, ledger, day)
            mark_sent(workplace, ledger, day)


def said(form: Any) -> Mails:
    """Return what a rehearsal shows."""
    return {
        day["day"]: {mail["to"]: [(one["key"], one["reason"]) for one in mail["notices"]] for mail in day["mails"]}
        for day in form["days"]
    }


@pytest.mark.parametrize(
    ("answered", "last"), [pytest.param(False, CHRISTMAS, id="half-silent"), pytest.param(True, LAST, id="whole-answered")]
)
def test_a_rehearsal_of_many_months_is_the_mail_of_its_days(
    answered: bool, last: date, workplace: Workplace, plankeeper: Plankeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS)
    answers = read_answers(path, workplace.duties) if answered else ()
    span = ("--from", str(FIRST), "--to", str(last), "--format", "json")
    form = json.loads(plankeeper("rehearse", *span, *(("--answers", str(path)) if answered else ())).out)
    days: Mails = {}
    for day, digests in worked(workplace, answers, last=last):
        if digests:
            days[str(day)] = {one.to.address: [(n.key, n.reason) for n in one.notices] for one in digests}
    assert said(form) == days
    assert form["totals"]["mails"] == sum(len(mails) for mails in days.values()) > 200
    steps = Counter(one["step"] for day in form["days"] for mail in day["mails"] for one in mail["notices"])
    assert steps["slip"]
    assert steps["plan-missing"]
    assert steps["still-off"]
    assert bool(steps["recovered"]) is answered


def test_a_preview_counts_what_the_day_itself_brings(workplace: Workplace, plankeeper: Plankeeper) -> None:
    day = date(2027, 1, 11)
    form = json.loads(plankeeper("preview", "--as-of", str(day), "--format", "json").out)
    previewed = {mail["to"]: [one["key"] for one in mail["notices"]] for mail in form["mails"]}
    assert any("/slip/" in key for keys in previewed.values() for key in keys)
    with open_ledger(read_settings().database) as ledger:
        digests = work(workplace, ledger, day)
    assert previewed == {one.to.address: [notice.key for notice in one.notices] for one in digests}


def test_a_slip_that_assess_has_not_kept_is_not_told(workplace: Workplace) -> None:
    with open_ledger(read_settings().database) as ledger:
        assert workplace.situation(ledger, as_of=date(2026, 10, 5)).slips == {}
        assert workplace.situation(ledger, as_of=date(2026, 10, 5), judging=True).slips
