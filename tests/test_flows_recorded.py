"""Writing down what people said, on 22 October 2026; what cannot be is refused in a sentence."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine

from ledger.ledger import open_ledger
from ledger.records import Posted
from plan.facts import Acknowledgement, CheckIn, Evidence, Fact, Implementation, Reading, Waiver
from plan.periods import Quarter, SchoolYear
from tasks.settings import read_settings
from tests.commands import Plankeeper, Said
from tests.flow_builders import DAY, PLAN, at
from tests.revision_builders import make_as_of

Q1 = Quarter.parse("2026-27 Q1")


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(at(DAY, 18), tick=False):
        yield


def recorded() -> tuple[Fact, ...]:
    """Return what the ledger holds."""
    with open_ledger(read_settings().database) as ledger:
        return ledger.facts(PLAN, known_by=date.max).every


def refused(said: Said, home: Path) -> str:
    """Return the sentence with which something was refused, and which left nothing behind."""
    assert said.code == 1
    assert said.out == ""
    assert not (home / "ledger.sqlite").exists()
    return said.err.removesuffix("\n")


def test_recording_brings_an_older_ledger_up_to_date(
    plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_as_of("0006", f"sqlite:///{home / 'ledger.sqlite'}", monkeypatch)
    assert plankeeper("record", "check-in", "1.1A", "--status", "on_track").code == 0
    assert len(recorded()) == 1


def test_a_check_in_is_kept_for_what_is_owed_now(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "check-in", "1.1A", "--status", "on_track", "--note", "Runs.", "--known-on", "2026-10-12")
    assert said == Said(
        code=0,
        out="Recorded for 1.1A, 2026-27 Q1, known on 2026-10-12. A receipt waits in the outbox.\n"
        "The check-in for 2026-27 Q1 came on 2026-10-12; it was due on 2026-10-14.\n",
        err="",
    )
    assert recorded() == (
        CheckIn(
            item="1.1A",
            period=Q1,
            status=Implementation.ON_TRACK,
            note="Runs.",
            by="Director of Assessment and Accountability",
            known_on=date(2026, 10, 12),
        ),
    )


def test_a_check_in_may_be_for_an_earlier_quarter_and_by_someone_else(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "check-in", "1.1A", "--status", "at_risk", "--period", "2025-26 Q4", "--by", "The board")
    assert said.code == 0
    assert said.out.splitlines()[1].startswith("The check-in for 2025-26 Q4 came on 2026-10-22")
    (fact,) = recorded()
    assert (fact.period, fact.by) == (Quarter.parse("2025-26 Q4"), "The board")


def test_a_reading_is_kept_as_it_was_written(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "reading", "1.1-rating", "--year", "2025-26", "--value", "86.50", "--source", "TAPR")
    assert said.out == (
        "Recorded for 1.1-rating, 2025-26, known on 2026-10-22. A receipt waits in the outbox.\n"
        "The reading for 2025-26 came on 2026-10-22, after its due date 2026-08-31.\n"
    )
    (fact,) = recorded()
    assert fact == Reading(
        item="1.1-rating",
        period=SchoolYear(2025),
        value=Decimal("86.50"),
        source="TAPR",
        note="",
        by="Director of Assessment and Accountability",
        known_on=DAY,
    )


def test_a_reading_from_before_the_plan_is_kept_though_nobody_owes_it(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "reading", "1.1-rating", "--year", "2020-21", "--value", "86", "--source", "TAPR")
    out = "Recorded for 1.1-rating, 2020-21, known on 2026-10-22. A receipt waits in the outbox.\n"
    assert said == Said(code=0, out=out, err="")


def test_evidence_has_a_date_of_its_own(plankeeper: Plankeeper) -> None:
    assert plankeeper("record", "evidence", "1.1-pm1", "Common assessments", "--dated-on", "2026-10-09").code == 0
    assert plankeeper("record", "evidence", "1.1-pm2", "Walkthroughs").code == 0
    first, second = recorded()
    assert isinstance(first, Evidence)
    assert isinstance(second, Evidence)
    assert (first.reference, first.dated_on, first.known_on) == ("Common assessments", date(2026, 10, 9), DAY)
    assert second.dated_on == DAY


def test_a_promise_pauses_and_says_until_when(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "acknowledge", "1.1A", "--until", "2026-10-30", "--by", "Director of Assessment")
    assert said.out.splitlines()[1] == (
        "On 2026-10-22 Director of Assessment promised the check-in for 2026-27 Q1 by 2026-10-30."
    )
    (fact,) = recorded()
    assert isinstance(fact, Acknowledgement)
    assert fact.promised_on == date(2026, 10, 30)


def test_a_waiver_names_who_decided_and_why(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "waive", "4.2A", "--by", "Chief Financial Officer", "--reason", "Finished in spring.")
    assert said.out.splitlines()[1] == (
        "The check-in for 2026-27 Q1 was waived by Chief Financial Officer on 2026-10-22: Finished in spring."
    )
    (fact,) = recorded()
    assert isinstance(fact, Waiver)
    assert fact.note == "Finished in spring."


@pytest.mark.parametrize(
    ("by", "kept"),
    [
        ("professional-learning", "Director of Professional Learning (for Director of Recruitment)"),
        ("the Director of Professional Learning", "Director of Professional Learning (for Director of Recruitment)"),
        ("recruitment", "Director of Recruitment"),
        ("superintendent", "Superintendent"),
        ("A parent", "A parent"),
    ],
)
def test_who_answers_is_kept_by_title_and_a_delegate_with_both_names(by: str, kept: str, plankeeper: Plankeeper) -> None:
    assert plankeeper("record", "check-in", "2.1A", "--status", "on_track", "--by", by, "--no-receipt").code == 0
    assert [fact.by for fact in recorded()] == [kept]


# --- receipts ----------------------------------------------------------------------------------------------------------


ANSWERS = [
    ("check-in", "2.1A", "--status", "on_track"),
    ("reading", "1.1-rating", "--year", "2025-26", "--value", "86", "--source", "TAPR"),
    ("evidence", "1.1-pm1", "Common assessments"),
    ("acknowledge", "2.1A", "--until", "2026-10-30"),
    ("plan", "1.1-rating", "--cause", "c", "--step", "s", "--done-by", "2026-12-01", "--effect", "e"),
]


def queued() -> list[Posted]:
    """Return the letters in the outbox."""
    with open_ledger(read_settings().database) as ledger:
        return list(ledger.outbox(PLAN))


@pytest.mark.parametrize("arguments", ANSWERS, ids=lambda arguments: arguments[0])
def test_each_kind_of_answer_is_confirmed_to_the_owner_unless_that_is_not_wanted(
    arguments: tuple[str, ...], plankeeper: Plankeeper
) -> None:
    said = plankeeper("record", *arguments)
    assert said.out.splitlines()[0].endswith(" A receipt waits in the outbox.")
    assert [letter.kind for letter in queued()] == ["receipt"]
    assert "receipt" not in plankeeper("record", *arguments, "--no-receipt").out
    assert (len(recorded()), len(queued())) == (2, 1)


def test_an_answer_that_is_given_again_is_a_new_fact_with_a_receipt_of_its_own(plankeeper: Plankeeper) -> None:
    for _ in range(2):
        plankeeper("record", *ANSWERS[0])
    assert len(recorded()) == len({letter.key for letter in queued()}) == 2


def test_a_delegate_who_answers_gets_a_receipt_and_so_does_the_owner(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", *ANSWERS[0], "--by", "professional-learning")
    assert said.out.splitlines()[0].endswith(" 2 receipts wait in the outbox.")
    assert {letter.address for letter in queued()} == {"recruitment@example.org", "professional-learning@example.org"}


def test_a_decision_has_no_receipt(plankeeper: Plankeeper) -> None:
    assert plankeeper("record", "waive", "4.2A", "--by", "Superintendent", "--reason", "Finished.").code == 0
    assert len(recorded()) == 1
    assert queued() == []


def test_what_was_recorded_stands_in_the_status(plankeeper: Plankeeper) -> None:
    plankeeper("record", "check-in", "1.1A", "--status", "on_track")
    form = json.loads(plankeeper("status", "--format", "json").out)
    assert form["as_of"] == "2026-10-22"
    assert form["actions"][0]["obligation"]["status"] == "submitted_late"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("check-in", "9.9Z", "--status", "on_track"),
            '"9.9Z" is not an item of the plan; plankeeper status lists them.',
        ),
        (
            ("check-in", "1.1-pm1", "--status", "on_track"),
            "1.1-pm1 owes no check-in; use: plankeeper record evidence 1.1-pm1",
        ),
        (
            ("reading", "1.1A", "--year", "2025-26", "--value", "1", "--source", "x"),
            '"1.1A" is not a long-term measure of the plan; plankeeper status lists them.',
        ),
        (
            ("reading", "1.1-rating", "--year", "2025-26", "--value", "much", "--source", "x"),
            '"much" is not a number; write digits only, as in 86 or 8.8.',
        ),
        (
            ("check-in", "1.1A", "--status", "on_track", "--known-on", "2026-10-23"),
            "2026-10-23 is not here yet; what becomes known later is written down then.",
        ),
        (
            ("acknowledge", "1.1A", "--until", "2026-10-21"),
            "2026-10-21 lies before 2026-10-22, when the promise was made; give a later day.",
        ),
    ],
)
def test_what_cannot_be_written_down_is_refused_in_a_sentence(
    arguments: tuple[str, ...], sentence: str, plankeeper: Plankeeper, home: Path
) -> None:
    assert refused(plankeeper("record", *arguments), home) == sentence


def test_a_year_that_is_none_is_refused(plankeeper: Plankeeper, home: Path) -> None:
    said = plankeeper("record", "reading", "1.1-rating", "--year", "2025", "--value", "1", "--source", "x")
    assert "2025" in refused(said, home)


def test_a_period_for_which_nothing_is_owed_is_refused_with_those_for_which_something_is(
    plankeeper: Plankeeper, home: Path
) -> None:
    said = plankeeper("record", "check-in", "1.1A", "--status", "on_track", "--period", "2030-31 Q1")
    sentence = refused(said, home)
    assert sentence.startswith('1.1A owes nothing for "2030-31 Q1"; it owes: 2023-24 Q1, 2023-24 Q2, ')
    assert sentence.endswith(", 2026-27 Q4.")


@pytest.mark.parametrize(
    "arguments",
    [
        ("evidence", "1.1-pm1", "x", "--dated-on", "yesterday"),
        ("acknowledge", "1.1A", "--until", "soon"),
        ("waive", "1.1A", "--by", "x", "--reason", "x", "--known-on", "now"),
        ("acknowledge", "1.1A", "--until", "2099-01-01"),
        ("check-in", "1.1A", "--status", "fine"),
        ("check-in", "1.1A"),
    ],
)
def test_what_is_not_a_day_or_a_status_is_wrong_usage(arguments: tuple[str, ...], plankeeper: Plankeeper, home: Path) -> None:
    said = plankeeper("record", *arguments)
    assert said.code == 2
    assert said.err
    assert "Traceback" not in said.err
    assert not home.exists()
