"""The commands that only read: what they print, what they exit with, and that they change nothing."""

import hashlib
import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from ledger.ledger import open_ledger
from ledger.records import LetterState, Outcome
from plan.facts import Reading
from plan.periods import SchoolYear
from tasks.settings import CHECKOUT, Settings, read_settings
from tasks.workplace import open_workplace
from tests.commands import Plankeeper, ended, settle, start
from tests.flow_builders import DAY, PLAN, at, choose, edited, mark_sent
from tests.ledger_builders import CHECK_IN
from tests.plan_builders import GOOD, SHIPPED

NOBODY_THERE = "postgresql://keeper:hush-hush@127.0.0.1:1/plan"
"""A closed port of this machine."""

READING = (
    ("check",),
    ("status",),
    ("preview", "--as-of", "2026-10-22", "--format", "json"),
    ("rehearse", "--from", "2026-10-22", "--to", "2026-10-23"),
    ("outbox", "list"),
    ("diff", str(SHIPPED[0]), str(GOOD[0])),
)

REASONED = {"status": "", "reason": ""}
PRIORITY = {
    "id": "",
    "title": "",
    "outcome": {"status": "", "score": "", "rated": "", "due": "", "capped_by": "", "reason": ""},
    "implementation": {"status": "", "score": "", "reported": "", "due": "", "reason": ""},
}
OBJECTIVE = {"id": "", "priority": "", "title": "", "outcome": {}, "implementation": {}, "reading": ""}
ACTION = {
    "id": "",
    "objective": "",
    "title": "",
    "owner": "",
    "obligation": {"status": "", "period": "", "due": "", "reason": ""},
    "implementation": {"status": "", "reported_on": "", "reason": ""},
    "evidence": REASONED,
    "outcome": "",
}
MEASURE = {
    "id": "",
    "objective": "",
    "title": "",
    "unit": "",
    "kind": "",
    "steward": "",
    "school_year": "",
    "reading": "",
    "baseline": "",
    "expected": "",
    "target": "",
    "target_year": "",
    "share": "",
    "shortfall": "",
    "status": "",
    "reason": "",
    "last_known": "",
    "forecast": "",
}
MILESTONE = {"measure": "", "milestone": "", "due": "", "expected": "", "reading": "", "status": "", "reason": ""}
LISTS = {
    "priorities": [PRIORITY],
    "objectives": [OBJECTIVE],
    "actions": [ACTION],
    "measures": [MEASURE],
    "milestones": [MILESTONE],
}
STATUS = {"plan": "", "as_of": "", "school_year": "", "quarter": "", **LISTS}
NOTICE = {"item": "", "period": "", "ladder": "", "step": "", "key": "", "reason": ""}
MAIL = {"to": "", "office": "", "kind": "", "subject": "", "message_id": "", "text": "", "html": "", "notices": [NOTICE]}
PREVIEW = {"as_of": "", "working_day": "", "mails": [MAIL], "held_back": [{"to": "", "item": "", "reason": ""}]}
REHEARSED = {name: kind for name, kind in MAIL.items() if name not in ("text", "html")}
REHEARSAL = {"from": "", "to": "", "days": [{"day": "", "mails": [REHEARSED]}], "totals": {"mails": "", "people": ""}}
OUTBOX = [{"key": "", "to": "", "state": "", "attempts": "", "sent_at": "", "message_id": "", "reason": ""}]
"""Forms of the contract: the keys, in this order; others may stand between them."""


def fits(found: Any, form: Any) -> bool:
    """Return whether something has all keys of a form in their order, however deep; every element of a list counts."""
    if isinstance(form, list):
        return isinstance(found, list) and all(fits(one, form[0]) for one in found)
    if not isinstance(form, dict):
        return not isinstance(found, list)
    return (
        isinstance(found, dict)
        and [key for key in found if key in form] == list(form)
        and all(fits(found[key], inside) for key, inside in form.items())
    )


def contents(folder: Path) -> dict[str, str]:
    """Return every file below a folder with a digest of its bytes; the secret key, which is made when first needed, aside."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "secret_key")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def shown(said: Any) -> Any:
    """Return the JSON that a command printed."""
    assert said.code == 0, said
    assert said.err == ""
    return json.loads(said.out)


@pytest.fixture(scope="module")
def worked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose ledger has facts, and the letters of the day: one failed, the others sent; to be copied."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = settle(tmp_path_factory.mktemp("worked") / "home", monkeypatch)
        work_a_day(read_settings())
    return home


@pytest.fixture
def a_day_was_worked(worked_once: Path, home: Path) -> None:
    """A ledger with facts, and the letters of the day: one failed, the others sent."""
    shutil.copytree(worked_once, home)


def work_a_day(settings: Settings) -> None:
    """Record facts, and choose the letters of the day; the first one fails, the others are sent."""
    workplace = open_workplace(settings)
    reading = Reading(
        item="1.1-rating",
        period=SchoolYear(2024),
        value=Decimal(85),
        source="TAPR",
        note="",
        by="chief",
        known_on=date(2026, 8, 15),
    )
    with open_ledger(settings.database) as ledger:
        ledger.add_facts(PLAN, [CHECK_IN, reading], recorded_at=at(DAY))
        choose(settings, workplace, ledger, DAY)
        claim = ledger.claim("deliverer", plan=PLAN, at=at(DAY), on=DAY)
        assert claim
        ledger.fence(claim, at=at(DAY))
        ledger.finish(claim, Outcome(state=LetterState.FAILED, said="550 No such mailbox"), at=at(DAY))
        mark_sent(workplace, ledger, DAY)


# --- check -------------------------------------------------------------------------------------------------------------


def test_check_says_what_the_shipped_files_hold(plankeeper: Plankeeper) -> None:
    said = plankeeper("check")
    lines = said.out.splitlines()
    assert said.code == 0
    assert lines[0].startswith(
        "42 actions, 12 objectives, 4 priorities, 66 progress measures, 48 long-term measures, 16 owners"
    )
    assert lines[1].startswith("19 offices have placeholder addresses, which no mail server is ever given: superintendent, ")
    assert lines[2] == "3 breaks of the calendar are placeholders: Thanksgiving break, Winter break, Spring break"
    assert lines[3:] == ["0 problems"]


def test_check_tells_of_hand_overs_to_come(plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to_come = "{office: recruitment, to: chief-human-resources-officer, first_day: 2026-10-23}"
    in_force = "{office: budget, to: chief-financial-officer, first_day: 2026-10-22}"
    home.mkdir(exist_ok=True)
    (home / "owners.yaml").write_bytes(
        SHIPPED[1].read_bytes().replace(b"handovers: []", f"handovers: [{to_come}, {in_force}]".encode())
    )
    monkeypatch.setenv("PLANKEEPER_OWNERS", str(home / "owners.yaml"))
    with time_machine.travel(at(DAY, 18), tick=False):
        said = plankeeper("check")
    assert said.code == 0, said
    assert [line for line in said.out.splitlines() if "hand-over" in line] == [
        "A hand-over is to come: from 2026-10-23 on chief-human-resources-officer answers for the 15 items of recruitment"
    ]


def test_check_lists_every_problem_with_its_place(plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = CHECKOUT / "tests" / "data" / "bad"
    monkeypatch.chdir(CHECKOUT)
    monkeypatch.setenv("PLANKEEPER_PLAN", str(bad / "plan_unknown-key.yaml"))
    monkeypatch.setenv("PLANKEEPER_OWNERS", str(bad / "owners_unknown-code.yaml"))
    said = plankeeper("check")
    *problems, count = [line for line in said.out.splitlines() if "placeholder" not in line and " actions, " not in line]
    assert said.code == 1
    assert count == (f"{len(problems)} problems" if len(problems) != 1 else "1 problem")
    assert any(problem.startswith("tests/data/bad/plan_unknown-key.yaml:") for problem in problems)
    for problem in problems:
        place, _, sentence = problem.partition(": ")
        path, line, column = place.rsplit(":", 2)
        assert (CHECKOUT / path).is_file()
        assert int(line) >= 1
        assert int(column) >= 1
        assert sentence


def test_one_problem_is_not_many(plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(home, monkeypatch, plan=("cadence: quarter", "cadence: quarter\n  colour: blue"))
    said = plankeeper("check")
    assert said.code == 1
    assert said.out.endswith("\n1 problem\n")


def test_check_does_with_a_file_missing(plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_CALENDAR", str(home / "none.yaml"))
    said = plankeeper("check")
    assert said.code == 1
    assert said.out.startswith(f"{home / 'none.yaml'}:1:1: the file cannot be read (no such file or directory); ")


# --- forms -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("a_day_was_worked")
def test_status_has_the_form_of_the_contract(plankeeper: Plankeeper) -> None:
    form = shown(plankeeper("status", "--as-of", "2026-10-22", "--format", "json"))
    assert fits(form, STATUS)
    assert (form["plan"], form["as_of"], form["school_year"], form["quarter"]) == (PLAN, "2026-10-22", "2026-27", "2026-27 Q2")
    assert {name: len(form[name]) for name in ("priorities", "objectives", "actions", "progress_measures", "measures")} == {
        "priorities": 4,
        "objectives": 12,
        "actions": 42,
        "progress_measures": 66,
        "measures": 48,
    }
    action, rating = form["actions"][0], form["measures"][0]
    assert action["id"] == "1.1A"
    assert action["objective"] == "1.1"
    assert action["obligation"]["status"] == "submitted"
    assert action["implementation"] == {
        "status": "on_track",
        "reported_on": "2026-10-01",
        "reason": "chief reported on track on 2026-10-01, for 2026-27 Q1. Going well.",
    }
    assert (rating["baseline"], rating["target"], rating["target_year"]) == (88, 94, "2026-27")
    assert rating["last_known"] == {"school_year": "2024-25", "value": 85, "known_on": "2026-08-15"}
    assert form["objectives"][0]["implementation"]["reported"] == 1
    assert form["measures"][7]["last_known"] is None


@pytest.mark.usefixtures("a_day_was_worked")
def test_preview_of_another_day_has_the_form_of_the_contract(plankeeper: Plankeeper) -> None:
    form = shown(plankeeper("preview", "--as-of", "2026-10-29", "--format", "json"))
    assert fits(form, PREVIEW)
    assert form["working_day"] is True
    assert form["mails"]
    assert form["mails"][0]["html"].startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("a_day_was_worked")
def test_preview_says_what_is_held_back_and_why(plankeeper: Plankeeper) -> None:
    form = shown(plankeeper("preview", "--as-of", "2026-10-21", "--format", "json"))
    assert fits(form, PREVIEW)
    assert shown(plankeeper("preview", "--as-of", "2026-10-24", "--format", "json")) == {
        "as_of": "2026-10-24",
        "working_day": False,
        "mails": [],
        "held_back": [],
    }


def test_rehearse_has_the_form_of_the_contract(plankeeper: Plankeeper) -> None:
    form = shown(plankeeper("rehearse", "--from", "2026-09-29", "--to", "2026-10-23", "--format", "json"))
    assert fits(form, REHEARSAL)
    mails = [mail for day in form["days"] for mail in day["mails"]]
    assert mails
    assert form["totals"] == {"mails": len(mails), "people": len({mail["to"] for mail in mails})}
    assert all(day["mails"] for day in form["days"])


@pytest.mark.usefixtures("a_day_was_worked")
def test_the_outbox_has_the_form_of_the_contract(plankeeper: Plankeeper) -> None:
    form = shown(plankeeper("outbox", "list", "--format", "json"))
    assert fits(form, OUTBOX)
    assert sorted(letter["state"] for letter in form) == ["failed", *["sent"] * (len(form) - 1)]
    sent = next(letter for letter in form if letter["state"] == "sent")
    assert (sent["attempts"], sent["sent_at"], sent["reason"]) == (1, "2026-10-22T12:00:00+00:00", "250 OK")


def test_an_outbox_that_is_not_there_is_empty(plankeeper: Plankeeper, home: Path) -> None:
    assert shown(plankeeper("outbox", "list", "--format", "json")) == []
    assert not home.exists()


# --- tables ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("a_day_was_worked")
def test_tables_say_the_same_in_words(plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    status = plankeeper("status", "--as-of", "2026-10-22").out
    assert "The check-in for 2026-27 Q1 came on 2026-10-01; it was due on 2026-10-14." in status
    assert ", 1 submitted" in status
    assert "Run campuswide tutoring" in status
    preview = plankeeper("preview", "--as-of", "2026-10-27").out
    assert "mails, 0 notices held back" in preview
    outbox = plankeeper("outbox", "list").out
    assert "550 No such mailbox" in outbox
    assert "2026-10-22 12:00 UTC" in outbox


def test_a_rehearsal_as_a_table_counts_steps(plankeeper: Plankeeper) -> None:
    said = plankeeper("rehearse", "--from", "2026-10-19", "--to", "2026-10-22").out
    assert "2026-10-22" in said
    assert " overdue" in said
    assert "45 mails to 18 people" in said


def test_what_is_held_back_stands_below_the_table(plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(home, monkeypatch, plan=("# digests_per_week: 3", "digests_per_week: 1"))
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        choose(settings, workplace, ledger, date(2026, 10, 19))
        mark_sent(workplace, ledger, date(2026, 10, 19))
    monkeypatch.setenv("COLUMNS", "300")
    said = plankeeper("preview", "--as-of", "2026-10-22").out
    assert "held back: 1.1A to assessment-accountability@example.org: " in said
    assert "has had 1 digest this week, and the limit is 1; it goes next week." in said


def test_preview_writes_the_mails_as_they_look(plankeeper: Plankeeper, tmp_path: Path) -> None:
    said = plankeeper("preview", "--as-of", "2026-10-22", "--html", str(tmp_path / "preview.html"))
    page = (tmp_path / "preview.html").read_text(encoding="utf-8")
    assert said.err == f"17 mails written to {tmp_path / 'preview.html'}\n"
    assert page.count("<iframe sandbox srcdoc=") == 17
    assert "<h1>17 mails would go out on 2026-10-22</h1>" in page


# --- they only read ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("a_day_was_worked")
def test_commands_that_read_change_no_byte(plankeeper: Plankeeper, home: Path) -> None:
    before = contents(home)
    assert "ledger.sqlite" in before
    for command in READING:
        assert plankeeper(*command).code == 0
    assert plankeeper("preview", "--as-of", "2026-10-29", "--format", "json").code == 0
    assert contents(home) == before


def test_commands_that_read_make_nothing_but_the_secret_key(plankeeper: Plankeeper, home: Path) -> None:
    for command in READING:
        assert plankeeper(*command).code == 0
    assert [path.name for path in home.iterdir()] == ["secret_key"]


def test_commands_that_read_import_no_prefect(home: Path) -> None:
    code = (
        "import sys; from flows.command_line import app\n"
        f"for command in {READING}:\n"
        "    app(command, standalone_mode=False)\n"
        "print('imported', sorted(m for m in sys.modules if m.partition('.')[0] in ('prefect', 'alembic', 'fastapi')))\n"
    )
    said = ended(start(home, "-c", code))
    assert said.out.splitlines()[-1:] == ["imported []"], said.err


# --- exit codes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("status",), ("preview",), ("outbox", "list")])
def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(
    command: tuple[str, ...], plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANKEEPER_DATABASE_URL", NOBODY_THERE)
    said = plankeeper(*command)
    assert said.code == 3
    assert said.out == ""
    assert said.err.startswith("The database postgresql+psycopg://keeper")
    assert len(said.err.splitlines()) == 1
    assert "hush-hush" not in said.err


def test_verbose_shows_the_traceback(plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_DATABASE_URL", NOBODY_THERE)
    said = plankeeper("--verbose", "status")
    assert said.code == 3
    assert "Traceback (most recent call last):" in said.err
    assert "DatabaseUnreachable" in said.err
    assert "hush-hush" not in said.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("status", "--as-of", "tomorrow"), '"tomorrow" is not a day; write year-month-day, as in 2026-10-22, or "today".\n'),
        (("preview", "--as-of", "1999-01-01"), "1999-01-01 lies too far from the plan's years, 2023-24 to 2026-27\n"),
        (
            ("rehearse", "--from", "2026-10-01", "--to", "2099-01-01"),
            "2099-01-01 lies too far from the plan's years, 2023-24 to 2026-27\n",
        ),
    ],
)
def test_wrong_usage_is_a_sentence(arguments: tuple[str, ...], sentence: str, plankeeper: Plankeeper) -> None:
    said = plankeeper(*arguments)
    assert (said.code, said.out, said.err) == (2, "", sentence)


@pytest.mark.parametrize("arguments", [("status", "--format", "xml"), ("nothing",), ("rehearse",), ("run", "everything")])
def test_what_the_command_line_does_not_know_is_wrong_usage(arguments: tuple[str, ...], plankeeper: Plankeeper) -> None:
    said = plankeeper(*arguments)
    assert said.code == 2
    assert "Usage: " in said.err
    assert "Traceback" not in said.err


def test_a_setting_that_cannot_be_used_is_wrong_usage(plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_BASE_URL", "plan.example")
    said = plankeeper("preview")
    assert (said.code, said.err) == (
        2,
        "PLANKEEPER_BASE_URL cannot be used: it has to start with http:// or https://.\n",
    )


def test_a_plan_that_cannot_be_worked_with_stops_every_command(
    plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(home, monkeypatch, plan=("cadence: quarter", "cadence: quarter\n  colour: blue"))
    for command in ("status", "preview"):
        said = plankeeper(command)
        assert said.code == 1
        assert said.out == ""
        assert said.err.startswith(f"{home / 'plan.yaml'}:")


def test_answers_that_cannot_be_used_are_listed(plankeeper: Plankeeper, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("day,item,done\n2026-10-22,9.9Z,on_track\n2026-10-22,1.1A,fine\n")
    said = plankeeper("rehearse", "--from", "2026-10-01", "--to", "2026-10-30", "--answers", str(answers))
    assert said.code == 1
    assert [line.split(": ")[0] for line in said.err.splitlines()] == [f"{answers}:2", f"{answers}:3"]
