"""A rehearsal shows the mails that the days then bring, each delivered on its day through the real ledger."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import open_ledger
from plan.digests import Post
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import Plankeeper, ended, start
from tests.flow_builders import edited, mark_sent, work
from tests.plan_builders import every_day

FIRST, LAST = date(2026, 9, 28), date(2026, 11, 13)

Mails = dict[str, dict[str, list[str]]]
"""The keys of the notices by day and person."""


def rehearsed(form: Any) -> Mails:
    """Return what a rehearsal shows."""
    return {
        day["day"]: {mail["to"]: [notice["key"] for notice in mail["notices"]] for mail in day["mails"]} for day in form["days"]
    }


def brought(post: Post) -> dict[str, list[str]]:
    """Return what a day brought."""
    return {digest.to.address: [notice.key for notice in digest.notices] for digest in post.digests}


def test_without_a_limit_the_mails_of_a_rehearsal_are_those_of_the_days(
    plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit that is shipped, many months are compared in test_flows_rehearsal_judged.py."""
    edited(home, monkeypatch, plan=("# digests_per_week: 3", "digests_per_week: unlimited"))
    form = json.loads(plankeeper("rehearse", "--from", str(FIRST), "--to", str(LAST), "--format", "json").out)
    settings = read_settings()
    workplace = open_workplace(settings)
    days: Mails = {}
    with open_ledger(settings.database) as ledger:
        for day in every_day(FIRST, LAST):
            mails = brought(work(settings, workplace, ledger, day))
            mark_sent(workplace, ledger, day)
            if mails:
                days[str(day)] = mails
    assert rehearsed(form) == days
    assert form["totals"]["mails"] == sum(len(mails) for mails in days.values()) > 150


def test_a_rehearsal_with_answers_is_silent_about_what_is_answered(plankeeper: Plankeeper, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("day,item,done\n2026-10-12,1.1A,on_track\n2026-10-20,1.1B,until 2026-10-26\n")
    span = ("--from", "2026-10-14", "--to", "2026-10-26", "--format", "json")
    silent = rehearsed(json.loads(plankeeper("rehearse", *span, "--answers", str(answers)).out))
    told = rehearsed(json.loads(plankeeper("rehearse", *span).out))

    def about(item: str, mails: Mails) -> set[str]:
        return {day for day, people in mails.items() for keys in people.values() for key in keys if f"/{item}/" in key}

    assert about("1.1A", told) >= {"2026-10-14", "2026-10-22"}
    assert about("1.1A", silent) == set()
    assert about("1.1B", silent) == {"2026-10-14"}
    assert about("1.1C", silent) == about("1.1C", told)


def test_a_rehearsal_begins_with_what_was_told_already(plankeeper: Plankeeper, home: Path) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        work(settings, workplace, ledger, date(2026, 10, 22))
        mark_sent(workplace, ledger, date(2026, 10, 22))
    form = json.loads(plankeeper("rehearse", "--from", "2026-10-23", "--to", "2026-10-27", "--format", "json").out)
    steps = {notice["step"] for day in form["days"] for mail in day["mails"] for notice in mail["notices"]}
    assert steps == {"supervisor"}


def test_a_rehearsal_loads_nothing_that_knows_sql_or_words_mails_where_neither_is_asked_for(home: Path) -> None:
    code = (
        "import sys; from flows.command_line import app\n"
        "app(['rehearse', '--from', '2026-10-22', '--to', '2026-10-23'], standalone_mode=False)\n"
        "print('imported', sorted({'sqlalchemy', 'jinja2', 'prefect', 'httpx', 'typst'} & set(sys.modules)))\n"
    )
    said = ended(start(home, "-c", code))
    assert said.out.splitlines()[-1:] == ["imported []"], said.err
