"""Corrective plans, accepted evidence, overrides and ratings, on 22 October 2026; and readings in bulk."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine

from ledger.ledger import open_ledger
from plan.facts import Acceptance, CheckIn, CorrectivePlan, Evidence, Fact, Override, Progress, Reading, Referral, SentBack
from plan.periods import Quarter
from tasks.judge import assessed
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import Plankeeper, Said
from tests.flow_builders import DAY, PLAN, at

Q1, Q2 = Quarter.parse("2026-27 Q1"), Quarter.parse("2026-27 Q2")
HEAD = "measure,school_year,value,known_on,source,note\n"
A_PLAN = ("--cause", "Two campuses fell back.", "--step", "Tutoring.", "--effect", "A point.", "--done-by", "2026-12-01")


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(at(DAY, 18), tick=False):
        yield


def recorded() -> tuple[Fact, ...]:
    """Return what the ledger holds."""
    with open_ledger(read_settings().database) as ledger:
        return ledger.facts(PLAN, known_by=date.max).every


def refused(said: Said) -> str:
    """Return the sentence with which something was refused."""
    assert (said.code, said.out) == (1, "")
    return said.err.removesuffix("\n")


# --- check-ins ---------------------------------------------------------------------------------------------------------


def test_a_measure_without_figures_is_rated(plankeeper: Plankeeper) -> None:
    assert plankeeper("record", "check-in", "3.1-voice", "--status", "some_progress", "--by", "chief").code == 0
    (fact,) = recorded()
    assert fact == CheckIn(item="3.1-voice", period=Q1, status=Progress.SOME_PROGRESS, note="", by="chief", known_on=DAY)


@pytest.mark.parametrize(
    ("item", "status", "said"),
    [
        (
            "3.1-voice",
            "on_track",
            (
                '"on_track" says how work goes, and this measure is rated; write one of: no_progress, some_progress, '
                "considerable_progress, significant_progress, accomplished, discontinued."
            ),
        ),
        (
            "1.1A",
            "some_progress",
            (
                '"some_progress" rates a measure, and 1.1A is none; write one of: not_started, on_track, at_risk, off_track, '
                "achieved, not_achieved, cancelled."
            ),
        ),
    ],
)
def test_the_other_kinds_words_are_refused(item: str, status: str, said: str, plankeeper: Plankeeper, home: Path) -> None:
    assert refused(plankeeper("record", "check-in", item, "--status", status)) == said
    assert not home.exists()


def test_a_word_of_no_kind_is_wrong_usage(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "check-in", "1.1A", "--status", "fine")
    assert said.code == 2
    assert "--status" in said.err


# --- corrective plans --------------------------------------------------------------------------------------------------


def test_a_corrective_plan_is_kept_and_answers_the_slip(plankeeper: Plankeeper) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        judged = assessed(workplace.situation(ledger, as_of=date(2026, 10, 5)), as_of=date(2026, 10, 5))
        ledger.record_judgements(PLAN, judged.judgements, on=date(2026, 10, 5))
        code = next(iter(ledger.slips(PLAN, up_to=DAY)))
    said = plankeeper("record", "plan", code, *A_PLAN, "--known-on", "2026-10-20", "--by", "chief")
    assert said.out.splitlines() == [
        f"Recorded for {code}, 2026-27 Q2, known on 2026-10-20. A receipt waits in the outbox.",
        "It answers the slip since 2026-10-05.",
    ]
    assert recorded() == (
        CorrectivePlan(
            item=code,
            period=Q2,
            cause="Two campuses fell back.",
            step="Tutoring.",
            done_by=date(2026, 12, 1),
            effect="A point.",
            by="chief",
            known_on=date(2026, 10, 20),
        ),
    )


def test_a_corrective_plan_for_no_slip_is_kept_all_the_same(plankeeper: Plankeeper) -> None:
    said = plankeeper("record", "plan", "1.2.1-ccmr", *A_PLAN)
    assert said.out.endswith("1.2.1-ccmr is in no slip now; the plan is kept all the same.\n")
    (fact,) = recorded()
    assert isinstance(fact, CorrectivePlan)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1.1A", *A_PLAN), '"1.1A" is not a long-term measure of the plan; plankeeper status lists them.'),
        (("1.1-rating", *A_PLAN, "--step", " "), "--step is empty; say it in a sentence."),
        (
            ("1.1-rating", *A_PLAN, "--done-by", "2026-10-21"),
            "2026-10-21 lies before 2026-10-22, when the plan was made; give a later day.",
        ),
        (
            ("1.1-rating", *A_PLAN, "--known-on", "2026-10-23"),
            "2026-10-23 is not here yet; what becomes known later is written down then.",
        ),
    ],
)
def test_a_corrective_plan_that_cannot_be_kept_is_refused(
    arguments: tuple[str, ...], said: str, plankeeper: Plankeeper, home: Path
) -> None:
    assert refused(plankeeper("record", "plan", *arguments)) == said
    assert not home.exists()


# --- referrals ---------------------------------------------------------------------------------------------------------


def test_who_an_item_was_referred_to_is_its_author_and_never_accepts_its_evidence(plankeeper: Plankeeper) -> None:
    workplace, before = open_workplace(read_settings()), date(2026, 10, 1)
    owner = workplace.roster.accountable(as_of=DAY)["1.1A"]
    asked = next(code for code in workplace.owners.offices if code != owner)
    referral = Referral(item="1.1A", period=Q1, asked=asked, note="", by="x", known_on=before)
    with open_ledger(read_settings().database) as ledger:
        ledger.add_facts(PLAN, [referral], recorded_at=at(before, 9))
    assert plankeeper("record", "evidence", "1.1A", "Minutes").code == 0
    assert recorded()[-1].by == workplace.owners.offices[asked].title
    for command in (("accept", "1.1A"), ("send-back", "1.1A", "Minutes", "--note", "They end at item 3.")):
        assert f"{asked} answers for 1.1A" in refused(plankeeper("record", *command, "--by", asked))
    assert plankeeper("record", "accept", "1.1A", "--by", owner).code == 0


# --- accepted evidence -------------------------------------------------------------------------------------------------


def test_accepted_evidence_meets_a_deliverable(plankeeper: Plankeeper) -> None:
    plankeeper("record", "evidence", "4.3-capacity-plan", "The assessment", "--known-on", "2026-10-01")
    said = plankeeper("record", "accept", "4.3-capacity-plan", "--by", "Superintendent", "--note", "The board has it.")
    assert said.out.splitlines()[1].startswith("Judged met: Evidence was accepted on 2026-10-22")
    evidence, accepted = recorded()
    assert isinstance(evidence, Evidence)
    assert isinstance(accepted, Acceptance)
    assert (accepted.by, accepted.note, accepted.period) == ("Superintendent", "The board has it.", evidence.period)


def test_accepting_an_actions_evidence_says_what_it_shows(plankeeper: Plankeeper) -> None:
    plankeeper("record", "evidence", "1.1-pm1", "Minutes", "--known-on", "2026-10-01")
    said = plankeeper("record", "accept", "1.1-pm1", "--by", "Superintendent")
    assert said.out.splitlines()[1] == '"Minutes" of 2026-10-01 is valid until 2027-10-01.'


@pytest.mark.parametrize(
    "by",
    [
        "assessment-accountability",
        "Director of Assessment and Accountability",
        " the director of  ASSESSMENT and accountability",
        "assessment-accountability@example.org",
    ],
)
def test_nobody_accepts_evidence_of_an_own_item(by: str, plankeeper: Plankeeper) -> None:
    plankeeper("record", "evidence", "1.1A", "Minutes", "--known-on", "2026-10-01")
    said = refused(plankeeper("record", "accept", "1.1A", "--by", by))
    assert said.endswith("answers for 1.1A; its evidence is accepted by another office.")
    assert len(recorded()) == 1


@pytest.mark.parametrize("known_before", [False, True], ids=["nothing-known", "known-later"])
def test_there_has_to_be_evidence(known_before: bool, plankeeper: Plankeeper) -> None:
    if known_before:
        plankeeper("record", "evidence", "1.1A", "Minutes", "--known-on", "2026-10-21")
    said = refused(plankeeper("record", "accept", "1.1A", "--by", "Superintendent", "--known-on", "2026-10-20"))
    assert said == "No evidence for 1.1A was known on 2026-10-20; record it first: plankeeper record evidence 1.1A."


WHY = "They end at item 3."


def test_evidence_that_is_sent_back_is_needed_again_and_says_why(plankeeper: Plankeeper) -> None:
    plankeeper("record", "evidence", "1.1-pm1", "Minutes", "--known-on", "2026-10-01")
    said = plankeeper("record", "send-back", "1.1-pm1", "Minutes", "--by", "Superintendent", "--note", WHY)
    assert said.out.splitlines()[1] == f'"Minutes" was sent back on 2026-10-22 by Superintendent: {WHY}'
    evidence, sent_back = recorded()
    assert isinstance(sent_back, SentBack)
    assert (sent_back.period, sent_back.reference, sent_back.note) == (evidence.period, "Minutes", WHY)


@pytest.mark.parametrize("wanted", [True, False])
def test_who_gave_what_is_sent_back_is_told_unless_that_is_not_wanted(wanted: bool, plankeeper: Plankeeper) -> None:
    plankeeper("record", "evidence", "1.1-pm1", "Minutes", "--known-on", "2026-10-01", "--no-receipt")
    more = () if wanted else ("--no-receipt",)
    plankeeper("record", "send-back", "1.1-pm1", "Minutes", "--by", "Superintendent", "--note", WHY, *more)
    with open_ledger(read_settings().database) as ledger:
        subjects = [letter.subject.rpartition(": ")[2] for letter in ledger.outbox(PLAN)]
    assert subjects == ["evidence sent back for 1.1-pm1"] * wanted


def test_evidence_of_a_deliverable_is_told_to_its_lead_and_what_is_accepted_to_its_owner(plankeeper: Plankeeper) -> None:
    plankeeper("record", "evidence", "4.3-capacity-plan", "The assessment")
    plankeeper("record", "accept", "4.3-capacity-plan", "--by", "Superintendent")
    with open_ledger(read_settings().database) as ledger:
        about = [letter.subject.rpartition(": ")[2] for letter in ledger.outbox(PLAN)]
    assert sorted(about) == [f"evidence {what} for 4.3-capacity-plan" for what in ("accepted", "recorded", "to look at")]


@pytest.mark.parametrize(
    ("named", "by", "note", "says"),
    [
        pytest.param("Minuts", "Superintendent", WHY, 'is called "Minuts"; there is: "Minutes".', id="another-name"),
        pytest.param("Minutes", "Superintendent", "Thin", "in 10 characters or more why it is sent back.", id="no-reason"),
        pytest.param("Minutes", "assessment-accountability", WHY, "is sent back by another office.", id="by-its-owner"),
    ],
)
def test_what_cannot_be_sent_back_is_said_in_a_sentence(
    named: str, by: str, note: str, says: str, plankeeper: Plankeeper
) -> None:
    plankeeper("record", "evidence", "1.1A", "Minutes", "--known-on", "2026-10-01")
    assert refused(plankeeper("record", "send-back", "1.1A", named, "--by", by, "--note", note)).endswith(says)
    assert len(recorded()) == 1


# --- overrides ---------------------------------------------------------------------------------------------------------


def test_an_override_counts_until_its_day_beside_the_judged_status(plankeeper: Plankeeper) -> None:
    override = ("--status", "watch", "--until", "2026-12-31", "--by", "Superintendent", "--reason", "The report is late.")
    said = plankeeper("record", "override", "1.1-rating", *override)
    assert said.out.splitlines()[1].startswith("Judged no data: ")
    assert said.out.splitlines()[2] == "Until 2026-12-31 it counts as watch."
    until = date(2026, 12, 31)
    said_why = {"note": "The report is late.", "by": "Superintendent"}
    assert recorded() == (Override(item="1.1-rating", period=Q2, status="watch", until=until, known_on=DAY, **said_why),)
    form = json.loads(plankeeper("status", "--format", "json").out)["measures"][0]
    assert (form["status"], form["override"]["status"]) == ("no_data", "watch")


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        (("--reason", ""), 1, "--reason is empty; say it in a sentence."),
        (("--by", " "), 1, "--by is empty; say it in a sentence."),
        (("--until", "2026-10-21"), 1, "2026-10-21 lies before 2026-10-22, from which it would count; give a later day."),
        (("--until", "soon"), 2, '"soon" is not a day; write year-month-day, as in 2026-10-22, or "today".'),
        (("--status", "splendid"), 2, "splendid"),
    ],
)
def test_an_override_that_cannot_be_kept_is_refused(
    changed: tuple[str, ...], code: int, said: str, plankeeper: Plankeeper, home: Path
) -> None:
    good = ("--status", "watch", "--until", "2026-12-31", "--by", "Superintendent", "--reason", "The report is late.")
    answer = plankeeper("record", "override", "1.1-rating", *good, *changed)
    assert answer.code == code
    assert said in answer.err
    assert not home.exists()


# --- readings in bulk --------------------------------------------------------------------------------------------------


def test_load_says_what_is_new_restated_and_known(plankeeper: Plankeeper, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(f"{HEAD}1.1-rating,2024-25,85,2025-08-15,TEA,\n1.1-rating,2024-25,86,2026-01-15,TAPR,\n")
    planned = plankeeper("load", str(path), "--dry-run")
    assert planned.out == (
        "new      1.1-rating 2024-25: 85, known on 2025-08-15\n"
        "restated 1.1-rating 2024-25: 85 -> 86, known on 2026-01-15\n"
        "2 readings: 1 new, 1 restated, 0 known already. Nothing was loaded.\n"
    )
    assert not home.exists()
    assert plankeeper("load", str(path)).out == (
        "restated 1.1-rating 2024-25: 85 -> 86, known on 2026-01-15\n2 readings: 1 new, 1 restated, 0 known already.\n"
    )
    assert plankeeper("load", str(path)).out == "2 readings: 0 new, 0 restated, 2 known already.\n"
    assert plankeeper("load", str(path), "--dry-run").out.endswith("2 known already. Nothing was loaded.\n")
    assert [fact.value for fact in recorded() if isinstance(fact, Reading)] == [Decimal(85), Decimal(86)]


def test_a_file_with_bad_rows_loads_nothing(plankeeper: Plankeeper, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "readings.csv"
    good = "".join(f"1.1-rating,{year}-{(year + 1) % 100:02},{year},2026-01-15,TAPR,\n" for year in range(1950, 2020))
    path.write_text(f'{HEAD}{good}1.1-rating,2024-25,"1,234",2026-01-15,TAPR,\n1.1A,2024-25,1,2026-01-15,TAPR,\n')
    assert refused(plankeeper("load", str(path))).splitlines() == [
        f'{path}:72: value: "1,234" is not a number; write digits only, as in 86 or 8.8',
        f'{path}:73: measure: "1.1A" is not a long-term measure of the plan; plankeeper status lists them',
    ]
    assert not home.exists()
