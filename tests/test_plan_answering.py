"""Who gave an answer: the owner, a stand-in with both names, another office, or anybody else."""

from datetime import date

import pytest

from plan.answering import answered_by, may_look, offices_meant
from plan.owners import Absence, Handover, Roster
from tests.builders import owners, plan

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
    assert may_look(addresses[roster.owners.plan_administrator], roster, as_of=DAY) == everything
    assert may_look(addresses[roster.owners.cabinet_lead], roster, as_of=DAY) == everything
    assert "1.1A" in may_look(addresses["curriculum"], roster, as_of=DAY)
    above = next(roster.line_above("curriculum"))
    assert "1.1A" in may_look(addresses[above], roster, as_of=DAY)
    assert may_look("nobody@example.org", roster, as_of=DAY) == ()
