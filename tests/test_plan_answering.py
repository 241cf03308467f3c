"""Who gave an answer, who may give one, and who looks whether its evidence shows what it has to show."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plan.answering import answered_by, looks_after, may_answer, may_look, offices_meant
from plan.digests import tellings_of
from plan.facts import Referral
from plan.owners import Absence, Handover, Roster
from plan.told import Told
from tests.builders import digest, notice, owners, person, plan
from tests.plan_builders import Q1

DAY = date(2026, 11, 4)
AWAY = Absence(office="curriculum", first_day=DAY, last_day=DAY, delegate="planning")


def by(words: str, *, as_of: date = DAY) -> str:
    """Return how somebody is kept who answers for 1.1A of the Director of Curriculum; planning stands in for a day."""
    answers = owners(curriculum={"person": "Ana Ruiz"}, absences=(AWAY,))
    return answered_by(words, "1.1A", Roster(plan(), answers), as_of=as_of)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "  ",
        "curriculum",
        "Director of Curriculum",
        " the director  of curriculum ",
        "Ana Ruiz",
        "Curriculum@example.org",
    ],
)
def test_who_answers_for_the_item_is_kept_by_its_title(words: str) -> None:
    assert by(words) == "Director of Curriculum"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        pytest.param("assessment", "Director of Assessment (for Director of Curriculum)", id="the-offices-own-delegate"),
        pytest.param("planning", "Office of Strategic Planning (for Director of Curriculum)", id="who-stands-in-while-away"),
    ],
)
def test_who_stands_in_is_kept_with_both_names(words: str, kept: str) -> None:
    assert by(words) == kept


def test_after_the_absence_its_stand_in_is_another_office() -> None:
    assert by("planning", as_of=date(2026, 11, 5)) == "Office of Strategic Planning"
    assert by("assessment", as_of=date(2026, 11, 5)) == "Director of Assessment (for Director of Curriculum)"


@pytest.mark.parametrize(
    ("words", "kept"),
    [("superintendent", "Superintendent"), ("The board", "The board"), (" A parent, by telephone ", "A parent, by telephone")],
)
def test_another_office_is_kept_by_its_title_and_other_words_as_they_are(words: str, kept: str) -> None:
    assert by(words) == kept


def test_after_a_hand_over_the_old_office_is_another_one_and_stands_in_if_it_is_the_delegate() -> None:
    handover = Handover(office="curriculum", to="assessment", first_day=DAY)
    roster = Roster(plan(), owners(handovers=(handover,)))
    assert answered_by("", "1.1A", roster, as_of=DAY) == "Director of Assessment"
    assert answered_by("curriculum", "1.1A", roster, as_of=DAY) == "Director of Curriculum"
    assert answered_by("curriculum", "1.1A", roster, as_of=date(2026, 11, 3)) == "Director of Curriculum"
    assert answered_by("assessment", "1.1A", roster, as_of=date(2026, 11, 3)).endswith("(for Director of Curriculum)")


def test_who_fills_two_offices_answers_as_the_one_that_is_asked() -> None:
    roster = Roster(plan(), owners(academics={"person": "Ana Ruiz"}, curriculum={"person": "Ana Ruiz"}))
    assert answered_by("Ana Ruiz", "1.1A", roster, as_of=DAY) == "Director of Curriculum"
    assert offices_meant("Ana Ruiz", roster.owners) == ("academics", "curriculum")


def test_where_nobody_owns_an_item_nobody_stands_in() -> None:
    roster = Roster(plan(), owners(curriculum={"owns": ()}))
    assert answered_by("", "1.1A", roster, as_of=DAY) == "nobody"
    assert answered_by("assessment", "1.1A", roster, as_of=DAY) == "Director of Assessment"


def test_whoever_stands_above_an_owner_may_look_and_a_peer_may_not() -> None:
    of = plan()
    roster = Roster(of, owners())
    addresses = {code: office.email for code, office in roster.owners.offices.items()}
    everything = tuple(of.items)
    assert may_look(addresses[roster.owners.plan_administrator], roster, Told(), as_of=DAY) == everything
    assert may_look(addresses[roster.owners.cabinet_lead], roster, Told(), as_of=DAY) == everything
    assert "1.1A" in may_look(addresses["curriculum"], roster, Told(), as_of=DAY)
    above = next(roster.line_above("curriculum"))
    assert "1.1A" in may_look(addresses[above], roster, Told(), as_of=DAY)
    assert may_look("nobody@example.org", roster, Told(), as_of=DAY) == ()


def test_whoever_was_told_of_an_item_may_look_at_it_and_at_nothing_else() -> None:
    told, stand_in = Told(), person("assessment")
    roster = Roster(plan(), owners(curriculum={"delegate": None}))
    assert may_look(stand_in.address, roster, told, as_of=DAY) == ()
    for telling in tellings_of(digest(notice("1.1B", to=stand_in)), delivered_on=None):
        told.add(telling)
    assert may_look(stand_in.address, roster, told, as_of=DAY) == ("1.1B",)


def test_a_step_that_was_passed_over_lets_nobody_look() -> None:
    told, stand_in = Told(), person("assessment")
    roster = Roster(plan(), owners(curriculum={"delegate": None}))
    for telling in tellings_of(digest(notice("1.1B", to=stand_in)), delivered_on=None):
        told.add(replace(telling, skipped=True))
    assert may_look(stand_in.address, roster, told, as_of=DAY) == ()


# --- who may answer ----------------------------------------------------------------------------------------------------

ALL = ("1.1", "1.1A", "1.1B", "1.1C", "1.1-pm1", "1.1-rating")


def may(office: str, roster: Roster, *, as_of: date = DAY) -> tuple[str, ...]:
    """Return for what the address of an office may answer."""
    return may_answer(f"{office}@example.org", roster, as_of=as_of)


def test_an_address_may_answer_for_what_its_office_owns_and_where_it_stands_in() -> None:
    roster = Roster(plan(), owners(planning={"owns": ("1.1B",)}))
    assert may("curriculum", roster) == tuple(code for code in roster.plan.items if code != "1.1B")
    assert may("planning", roster) == ("1.1B",)
    assert may("assessment", roster) == may("curriculum", roster)  # the delegate
    assert may("academics", roster) == may("superintendent", roster) == ()
    assert may_answer("stranger@example.org", roster, as_of=DAY) == may_answer("", roster, as_of=DAY) == ()


def test_all_items_of_the_plan_are_answered_for_in_its_order() -> None:
    assert set(may("curriculum", Roster(plan(), owners()))) == set(ALL)
    assert may("curriculum", Roster(plan(), owners())) == tuple(plan().items)


def test_who_stands_in_while_somebody_is_away_may_answer_in_that_time() -> None:
    roster = Roster(plan(), owners(absences=(AWAY,)))
    assert set(may("planning", roster)) == set(ALL)
    assert may("planning", roster, as_of=date(2026, 11, 5)) == ()
    assert set(may("curriculum", roster)) == set(ALL)  # who is away may answer all the same


def test_who_gave_an_item_away_may_answer_for_it_no_more() -> None:
    referral = Referral(item="1.1A", period=Q1, asked="planning", note="", by="curriculum", known_on=DAY)
    roster = Roster(plan(), owners(), referrals=(referral,))
    assert "1.1A" in may("curriculum", roster, as_of=date(2026, 11, 3))
    assert "1.1A" not in may("curriculum", roster)
    assert may("planning", roster) == ("1.1A",)


def test_who_left_may_answer_for_nothing_and_who_followed_for_all() -> None:
    roster = Roster(plan(), owners(curriculum={"email": "new@example.org"}))
    assert may("curriculum", roster) == ()
    assert set(may_answer("new@example.org", roster, as_of=DAY)) == set(ALL)


def test_where_the_owner_cannot_be_written_to_who_is_asked_instead_may_answer() -> None:
    roster = Roster(plan(), owners(curriculum={"email": "", "delegate": None}, academics={"owns": ("1.1",)}))
    assert "1.1A" in may("academics", roster)


def test_no_address_at_all_answers_for_no_office_that_nobody_fills() -> None:
    assert may_answer("", Roster(plan(), owners(curriculum={"email": ""})), as_of=DAY) == ()


# --- who looks after evidence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "office"),
    [
        pytest.param(
            {"academics": {"owns": ("1.1",)}, "curriculum": {"owns": ("1.1A",)}}, "academics", id="the-objectives-lead"
        ),
        pytest.param({}, "academics", id="the-lead-owns-it-so-who-stands-above"),
        pytest.param({"academics": {"email": ""}}, "superintendent", id="the-first-above-whom-somebody-fills"),
        pytest.param({"academics": {"email": "curriculum@example.org"}}, "superintendent", id="the-same-person-in-two-offices"),
        pytest.param({"curriculum": {"reports_to": None}}, "planning", id="nobody-above-so-who-keeps-the-plan"),
        pytest.param(
            {"curriculum": {"owns": ()}, "academics": {"owns": ("1.1",)}, "assessment": {"owns": ("1.1A",)}},
            *("academics",),
            id="another-owner",
        ),
    ],
)
def test_evidence_is_looked_after_by_the_objectives_lead_and_never_by_the_owner(changed: dict[str, Any], office: str) -> None:
    assert looks_after("1.1A", Roster(plan(), owners(**changed)), as_of=DAY) == person(office)


def test_where_there_is_nobody_but_the_owner_nobody_looks_after_the_evidence() -> None:
    alone: dict[str, Any] = {office: {"email": ""} for office in ("superintendent", "planning", "academics", "assessment")}
    assert looks_after("1.1A", Roster(plan(), owners(**alone)), as_of=DAY) is None


def test_after_a_referral_the_new_owner_does_not_look_after_its_own_evidence() -> None:
    referral = Referral(item="1.1A", period=Q1, asked="academics", note="", by="curriculum", known_on=DAY)
    roster = Roster(plan(), owners(academics={"owns": ("1.1",)}, curriculum={"owns": ("1.1A",)}), referrals=(referral,))
    assert looks_after("1.1A", roster, as_of=date(2026, 11, 3)) == person("academics")
    assert looks_after("1.1A", roster, as_of=DAY) == person("superintendent")
