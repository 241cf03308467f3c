"""How an action stands by its owner's word, and what evidence shows of it. Q1 opens on 30 September, due 14 October 2026."""

from datetime import date, timedelta
from typing import Any

import pytest

from plan.facts import Facts, Implementation, Progress
from plan.implementation import Reported, Shown, evidence_status, implementation_status
from plan.periods import Quarter
from tests.judgement_builders import duties_of, of_measures, proof, said
from tests.plan_builders import waiver

PLAN = of_measures(actions=["1.1A"])
SAID_ON = date(2026, 10, 5)


def shown(*facts: Any, as_of: date) -> Shown:
    return evidence_status("1.1A", Facts(facts).known_by(as_of), valid_months=12, as_of=as_of)


def reported(*facts: Any, as_of: date = SAID_ON) -> Reported:
    return implementation_status(PLAN.actions[0], Facts(facts).known_by(as_of), duties_of(PLAN), as_of=as_of)


def word(status: Implementation, *, on: date = SAID_ON, of: str = "2026-27 Q1", note: str = "") -> Any:
    return said(status, on=on, item="1.1A", of=of, note=note)


# --- evidence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dated_on", "as_of", "status"),
    [
        pytest.param(date(2025, 3, 10), date(2025, 3, 10), "current", id="its-own-day"),
        pytest.param(date(2025, 3, 10), date(2026, 1, 8), "current", id="61-days-left"),
        pytest.param(date(2025, 3, 10), date(2026, 1, 9), "expiring", id="60-days-left"),
        pytest.param(date(2025, 3, 10), date(2026, 3, 9), "expiring", id="last-day"),
        pytest.param(date(2025, 3, 10), date(2026, 3, 10), "expired", id="a-year-later"),
        pytest.param(date(2024, 2, 29), date(2025, 2, 28), "expiring", id="29-february-last-day"),
        pytest.param(date(2024, 2, 29), date(2025, 3, 1), "expired", id="29-february-a-year-later"),
        pytest.param(date(2023, 2, 28), date(2024, 2, 28), "expired", id="28-february-into-a-leap-year"),
        pytest.param(date(2023, 3, 1), date(2024, 2, 29), "expiring", id="1-march-over-a-leap-day"),
    ],
)
def test_evidence_is_valid_for_a_year_from_its_own_date(dated_on: date, as_of: date, status: str) -> None:
    assert shown(proof(dated_on), as_of=as_of).status == status


@pytest.mark.parametrize(
    ("months", "dated_on", "last_day"),
    [
        pytest.param(6, date(2026, 4, 10), date(2026, 10, 9), id="half-a-year"),
        pytest.param(1, date(2026, 1, 31), date(2026, 2, 28), id="a-day-that-the-month-lacks"),
        pytest.param(24, date(2024, 2, 29), date(2026, 2, 28), id="two-years-from-a-leap-day"),
    ],
)
def test_a_plan_may_let_evidence_be_valid_for_another_span(months: int, dated_on: date, last_day: date) -> None:
    facts = Facts((proof(dated_on),))
    on_the_last, after = (
        evidence_status("1.1A", facts, valid_months=months, as_of=day) for day in (last_day, last_day + timedelta(days=1))
    )
    assert (on_the_last.status, after.status) == ("expiring", "expired")


def test_without_evidence_some_is_needed() -> None:
    assert shown(proof(date(2026, 1, 5), item="1.1B"), as_of=SAID_ON).reason == "No evidence has been given."


def test_evidence_says_until_when_it_is_valid() -> None:
    dated = proof(date(2025, 3, 10))
    said_on = [shown(dated, as_of=day).reason for day in (date(2025, 4, 1), date(2026, 3, 1), date(2026, 4, 1))]
    assert said_on == [
        '"minutes.pdf" of 2025-03-10 is valid until 2026-03-10.',
        '"minutes.pdf" of 2025-03-10 is valid until 2026-03-10, 9 days more.',
        '"minutes.pdf" of 2025-03-10 was valid until 2026-03-10.',
    ]


def test_the_newest_evidence_counts_whenever_it_was_handed_in() -> None:
    newer, older = proof(date(2026, 2, 1)), proof(date(2024, 2, 1), on=date(2026, 3, 1))
    assert shown(newer, older, as_of=date(2026, 3, 1)).status == "current"


# --- what an owner reports ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Implementation.NOT_STARTED, Implementation.ON_TRACK, Implementation.AT_RISK])
def test_an_action_stands_as_its_owner_reported_it(status: Implementation) -> None:
    words = status.replace("_", " ")
    assert reported(word(status, note="Two schools remain.")) == Reported(
        status=status,
        reported_on=SAID_ON,
        reason=f"curriculum reported {words} on 2026-10-05, for 2026-27 Q1. Two schools remain.",
    )


def test_nothing_said_is_not_reported() -> None:
    assert reported() == Reported(status="not_reported", reported_on=None, reason="No check-in has come.")


@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        pytest.param(None, "on_track", id="without-evidence"),
        pytest.param(date(2025, 10, 5), "on_track", id="expired"),
        pytest.param(date(2025, 10, 6), "achieved", id="expiring"),
        pytest.param(date(2026, 10, 1), "achieved", id="current"),
    ],
)
def test_achieved_needs_evidence_that_is_valid(evidence: date | None, status: str) -> None:
    facts = (word(Implementation.ACHIEVED), *(() if evidence is None else (proof(evidence),)))
    assert reported(*facts).status == status


def test_achieved_without_evidence_says_why_it_does_not_count() -> None:
    assert reported(word(Implementation.ACHIEVED)).reason == (
        "curriculum reported achieved on 2026-10-05, for 2026-27 Q1, "
        "but its evidence is needed, so it counts as on track until evidence shows it."
    )


@pytest.mark.parametrize("status", [Implementation.NOT_ACHIEVED, Implementation.CANCELLED])
def test_what_has_ended_stays_as_it_ended(status: Implementation) -> None:
    found = reported(word(status), as_of=date(2027, 6, 1))
    assert (found.status, found.reported_on) == (status, SAID_ON)


def test_what_was_achieved_does_not_become_outdated() -> None:
    found = reported(word(Implementation.ACHIEVED), proof(date(2026, 10, 1)), as_of=date(2027, 6, 1))
    assert found.status == "achieved"


# Q2 opens on 31 December 2026 and is due on 14 January 2027.
@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        pytest.param(date(2026, 12, 31), "on_track", id="the-next-is-open"),
        pytest.param(date(2027, 1, 14), "on_track", id="the-next-is-due"),
        pytest.param(date(2027, 1, 15), "not_reported", id="the-next-is-late"),
    ],
)
def test_a_check_in_is_outdated_when_the_next_one_is_late(as_of: date, status: str) -> None:
    assert reported(word(Implementation.ON_TRACK), as_of=as_of).status == status


def test_an_outdated_check_in_is_still_shown() -> None:
    assert reported(word(Implementation.ON_TRACK), as_of=date(2027, 1, 15)) == Reported(
        status="not_reported",
        reported_on=SAID_ON,
        reason="curriculum reported on track on 2026-10-05, for 2026-27 Q1; a later check-in is due and has not come.",
    )


def test_a_check_in_given_before_it_opened_is_not_outdated_by_itself() -> None:
    early = word(Implementation.AT_RISK, on=date(2026, 12, 15), of="2026-27 Q2")
    assert reported(early, as_of=date(2027, 2, 1)).status == "at_risk"


def test_a_late_check_in_is_the_last_word_until_the_next_is_late() -> None:
    late = word(Implementation.OFF_TRACK, on=date(2027, 1, 20))
    assert reported(late, as_of=date(2027, 3, 1)).status == "off_track"


def test_a_waived_check_in_does_not_outdate_the_last_word() -> None:
    none_owed = waiver(on=date(2027, 1, 4), period=Quarter.parse("2026-27 Q2"))
    assert reported(word(Implementation.ON_TRACK), none_owed, as_of=date(2027, 1, 15)).status == "on_track"


def test_the_two_vocabularies_share_no_word() -> None:
    assert not {str(one) for one in Implementation} & {str(one) for one in Progress}
