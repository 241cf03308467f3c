"""Who answers for an item on a day: nearest assignment, roles, fallbacks, absences."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from plan.facts import Referral
from plan.model import Plan, Role
from plan.owners import Absence, Handover, Office, Owners, Predecessor, Roster
from tests.builders import OFFICES, owners, person, plan
from tests.plan_builders import Q1, shipped, tree

DAY = date(2026, 11, 4)
ROLES: tuple[Role, ...] = ("owner", "delegate", "supervisor", "cabinet_lead", "plan_administrator")


def away(office: str, delegate: str | None = None, *, first: date = DAY, last: date = DAY) -> Absence:
    return Absence(office=office, first_day=first, last_day=last, delegate=delegate)


def offices(answered_by: Owners, role: Role, code: str = "1.1A", *, of: Plan | None = None, as_of: date = DAY) -> list[str]:
    return [person.office for person in Roster(of or plan(), answered_by).people(role, code, as_of=as_of)]


# --- who is accountable ------------------------------------------------------------------------------------------------


def test_the_nearest_assignment_wins() -> None:
    answers = owners(
        academics={"owns": ("P1",)},
        curriculum={"owns": ("1.1",)},
        assessment={"owns": ("1.1A",)},
        planning={"owns": ("1.1-pm1",)},
    )
    assert Roster(plan(), answers).accountable(as_of=DAY) == {
        "P1": "academics",
        "1.1": "curriculum",
        "1.1A": "assessment",
        "1.1B": "curriculum",
        "1.1C": "curriculum",
        "1.1-pm1": "planning",
        "1.1-rating": "curriculum",
    }


def test_a_strand_is_nearer_than_its_objective() -> None:
    strand = {"id": "1.1.1", "title": "College", "actions": [{"id": "1.1.1A", "title": "A"}]}
    of = tree({"strands": [strand], "actions": [{"id": "1.1A", "title": "B"}]})
    answers = owners(curriculum={"owns": ("1.1",)}, assessment={"owns": ("1.1.1",)})
    assert offices(answers, "owner", "1.1.1A", of=of) == ["assessment"]
    assert offices(answers, "owner", "1.1A", of=of) == ["curriculum"]


def test_the_office_that_answers_for_an_item_has_a_title_or_is_nobody() -> None:
    roster = Roster(plan(), owners(curriculum={"owns": ("1.1A",)}))
    assert roster.office_title("1.1A", as_of=DAY) == "Director of Curriculum"
    assert roster.office_title("1.1B", as_of=DAY) == "nobody"


def test_what_nobody_owns_is_left_out() -> None:
    assert Roster(plan(), owners(curriculum={"owns": ("1.1A",)})).accountable(as_of=DAY) == {"1.1A": "curriculum"}


def test_every_shipped_item_has_exactly_one_accountable_office_that_is_filled() -> None:
    of, answers, _ = shipped()
    roster = Roster(of, answers)
    accountable = roster.accountable(as_of=DAY)
    assert set(of.items) <= set(accountable)
    assert all(answers.offices[accountable[code]].email for code in of.items)
    owned = [code for office in answers.offices.values() for code in office.owns]
    assert len(owned) == len(set(owned))


# --- roles -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "office"),
    [
        ("owner", "curriculum"),
        ("delegate", "assessment"),
        ("supervisor", "academics"),
        ("cabinet_lead", "superintendent"),
        ("plan_administrator", "planning"),
    ],
)
def test_each_role_is_filled_by_its_office(role: Role, office: str) -> None:
    [person] = Roster(plan(), owners()).people(role, "1.1A", as_of=DAY)
    assert (person.office, person.title, person.address) == (office, OFFICES[office]["title"], f"{office}@example.org")


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        pytest.param({}, "curriculum", id="owner"),
        pytest.param({"curriculum": {"email": ""}}, "assessment", id="delegate"),
        pytest.param(
            {"curriculum": {"email": "", "owns": ("1.1A",)}, "assessment": {"email": ""}, "academics": {"owns": ("1.1",)}},
            "academics",
            id="objective-lead",
        ),
        pytest.param({"curriculum": {"email": "", "delegate": None}}, "planning", id="plan-administrator"),
        pytest.param({"curriculum": {"owns": ()}}, "planning", id="plan-administrator-where-nobody-owns-it"),
        pytest.param(
            {"curriculum": {"owns": ()}, "academics": {"owns": ("1.1",)}}, "academics", id="objective-lead-where-nobody-owns-it"
        ),
        pytest.param({"curriculum": {"email": ""}, "assessment": {"email": ""}, "planning": {"email": ""}}, None, id="nobody"),
    ],
)
def test_the_first_that_exists_is_asked(changed: dict[str, Any], asked: str | None) -> None:
    person = Roster(plan(), owners(**changed)).owner("1.1A", as_of=DAY)
    assert (person.office if person else None) == asked


def test_the_supervisor_is_the_next_above_who_can_be_written_to() -> None:
    assert offices(owners(academics={"email": ""}), "supervisor") == ["superintendent"]
    assert offices(owners(curriculum={"reports_to": None}), "supervisor") == []


@pytest.mark.parametrize(
    ("refused", "role", "asked"),
    [
        pytest.param((), "owner", ["curriculum"], id="none-refused"),
        pytest.param(("curriculum",), "owner", ["assessment"], id="owner-then-delegate"),
        pytest.param(("curriculum", "assessment"), "owner", ["planning"], id="then-plan-administrator"),
        pytest.param(("curriculum", "assessment", "planning"), "owner", [], id="nobody-left"),
        pytest.param(("academics",), "supervisor", ["superintendent"], id="supervisor-then-the-next-above"),
        pytest.param(("curriculum",), "supervisor", ["academics"], id="line-above-stays"),
        pytest.param(("superintendent",), "cabinet_lead", [], id="cabinet-lead-has-no-next"),
    ],
)
def test_an_address_that_was_refused_is_as_if_nobody_filled_its_office(
    refused: tuple[str, ...], role: Role, asked: list[str]
) -> None:
    """Source: rules.md 3, "the first that exists"."""
    roster = Roster(plan(), owners(), frozenset(f"{office}@example.org" for office in refused))
    assert [person.office for person in roster.people(role, "1.1A", as_of=DAY)] == asked


def test_a_stand_in_is_written_to_alone_where_the_address_of_who_is_away_was_refused() -> None:
    answers = owners(absences=(away("curriculum", "academics"),))
    roster = Roster(plan(), answers, frozenset({"curriculum@example.org"}))
    assert [person.office for person in roster.people("owner", "1.1A", as_of=DAY)] == ["academics"]
    assert [person.office for person in roster.readers(("curriculum", "planning"), as_of=DAY)] == ["academics", "planning"]


def test_an_office_that_does_not_exist_is_nobody() -> None:
    assert offices(owners(curriculum={"delegate": "gone", "reports_to": "gone"}), "delegate") == []
    assert offices(owners(curriculum={"delegate": "gone", "reports_to": "gone"}), "supervisor") == []


def test_where_nobody_owns_an_item_nobody_stands_above_it_or_in_for_it() -> None:
    answers = owners(curriculum={"owns": ()})
    assert offices(answers, "supervisor") == offices(answers, "delegate") == []


def test_the_line_above_ends_where_it_turns_in_a_circle() -> None:
    answers = owners(superintendent={"reports_to": "curriculum"})
    assert list(Roster(plan(), answers).line_above("curriculum")) == ["academics", "superintendent"]
    assert list(Roster(plan(), answers).line_above("superintendent")) == ["curriculum", "academics"]
    assert list(Roster(plan(), answers).line_above(None)) == []


# --- absences ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "written_to"),
    [
        pytest.param(date(2026, 11, 1), ["curriculum"], id="day-before"),
        pytest.param(date(2026, 11, 2), ["curriculum", "academics"], id="first-day"),
        pytest.param(date(2026, 11, 13), ["curriculum", "academics"], id="last-day"),
        pytest.param(date(2026, 11, 14), ["curriculum"], id="day-after"),
    ],
)
def test_the_stand_in_is_written_to_besides_from_the_first_day_to_the_last(as_of: date, written_to: list[str]) -> None:
    absence = away("curriculum", "academics", first=date(2026, 11, 2), last=date(2026, 11, 13))
    assert offices(owners(absences=(absence,)), "owner", as_of=as_of) == written_to


def test_without_a_stand_in_of_its_own_an_absence_brings_in_the_offices_delegate() -> None:
    assert offices(owners(absences=(away("curriculum"),)), "owner") == ["curriculum", "assessment"]


def test_who_stands_in_is_the_delegate_for_that_time() -> None:
    assert offices(owners(absences=(away("curriculum", "planning"),)), "delegate") == ["planning"]


@pytest.mark.parametrize(
    ("role", "office"), [("supervisor", "academics"), ("cabinet_lead", "superintendent"), ("plan_administrator", "planning")]
)
def test_whoever_is_away_has_the_stand_in_besides(role: Role, office: str) -> None:
    assert offices(owners(absences=(away(office, "assessment"),)), role) == [office, "assessment"]


def test_an_absence_without_any_stand_in_changes_nothing() -> None:
    assert offices(owners(absences=(away("academics"),)), "supervisor") == ["academics"]


def test_a_stand_in_for_an_unfilled_office_is_asked_in_its_place() -> None:
    answers = owners(curriculum={"email": ""}, absences=(away("curriculum", "academics"),))
    assert offices(answers, "owner") == ["academics"]


def test_one_address_is_written_to_once_whoever_it_stands_for() -> None:
    answers = owners(assessment={"email": "Curriculum@example.org"}, absences=(away("curriculum"),))
    assert len(Roster(plan(), answers).people("owner", "1.1A", as_of=DAY)) == 1


def test_the_accountable_office_stays_the_same_while_its_holder_is_away() -> None:
    while_away = Roster(plan(), owners(absences=(away("curriculum"),))).accountable(as_of=DAY)
    assert while_away == Roster(plan(), owners()).accountable(as_of=DAY)


@given(
    st.lists(
        st.builds(
            away,
            st.sampled_from([*OFFICES]),
            st.sampled_from([None, *OFFICES]),
            last=st.dates(date(2026, 11, 4), date(2026, 11, 9)),
        ),
        max_size=4,
    ),
    st.dictionaries(
        st.sampled_from([*OFFICES]), st.fixed_dictionaries({"email": st.sampled_from(["", "one@example.org"])}), max_size=4
    ),
)
def test_the_owner_is_the_first_written_to_and_no_role_names_an_address_twice(absences: list[Absence], changed: Any) -> None:
    roster = Roster(plan(), owners(absences=tuple(absences), **changed))
    for role in ROLES:
        people = roster.people(role, "1.1A", as_of=DAY)
        addresses = [person.address.casefold() for person in people]
        assert all(addresses)
        assert len(addresses) == len(set(addresses))
        if role == "owner":
            assert roster.owner("1.1A", as_of=DAY) == next(iter(people), None)


# --- hand-overs --------------------------------------------------------------------------------------------------------


def given_over(office: str, to: str, first_day: date = DAY) -> Handover:
    return Handover(office=office, to=to, first_day=first_day)


@pytest.mark.parametrize(
    ("as_of", "owner"),
    [
        pytest.param(date(2026, 11, 3), "curriculum", id="the-day-before"),
        pytest.param(date(2026, 11, 4), "planning", id="its-day"),
        pytest.param(date(2027, 3, 1), "planning", id="until-the-next"),
        pytest.param(date(2027, 3, 2), "academics", id="handed-on"),
    ],
)
def test_what_was_handed_over_is_the_other_offices_from_its_day_on(as_of: date, owner: str) -> None:
    on = (given_over("planning", "academics", date(2027, 3, 2)), given_over("curriculum", "planning"))
    answers = owners(handovers=on)
    assert offices(answers, "owner", as_of=as_of) == [owner]
    assert Roster(plan(), answers).office_title("1.1A", as_of=as_of) == OFFICES[owner]["title"]


def test_only_what_the_office_owns_goes_over() -> None:
    answers = owners(assessment={"owns": ("1.1A",)}, handovers=(given_over("curriculum", "planning"),))
    assert offices(answers, "owner", "1.1A") == ["assessment"]
    assert offices(answers, "owner", "1.1B") == ["planning"]


def test_two_offices_may_change_places_on_one_day() -> None:
    swap = (given_over("curriculum", "assessment"), given_over("assessment", "planning"))
    answers = owners(assessment={"owns": ("1.1A",)}, handovers=swap)
    assert offices(answers, "owner", "1.1A") == ["planning"]
    assert offices(answers, "owner", "1.1B") == ["assessment"]


def test_delegate_and_supervisor_are_those_of_the_office_that_took_over() -> None:
    answers = owners(planning={"delegate": "assessment"}, handovers=(given_over("curriculum", "planning"),))
    assert offices(answers, "supervisor") == ["superintendent"]
    assert offices(answers, "delegate") == ["assessment"]


def test_the_lead_of_an_objective_is_handed_over_too() -> None:
    answers = owners(
        curriculum={"owns": ("1.1A",), "email": "", "delegate": None},
        academics={"owns": ("1.1",)},
        handovers=(given_over("academics", "planning"),),
    )
    assert offices(answers, "owner", as_of=date(2026, 11, 3)) == ["academics"]
    assert offices(answers, "owner") == ["planning"]


def test_whose_an_item_was_is_known_after_a_hand_over_of_it_and_not_of_others() -> None:
    on = (given_over("curriculum", "planning"), given_over("academics", "superintendent", date(2027, 3, 2)))
    roster = Roster(plan(), owners(handovers=on))
    assert roster.predecessor("1.1A", as_of=date(2026, 11, 3)) is None
    for later in (DAY, date(2027, 6, 1)):
        assert roster.predecessor("1.1A", as_of=later) == Predecessor(office="curriculum", last_day=date(2026, 11, 3))
    assert Roster(plan(), owners(curriculum={"owns": ()}, handovers=on)).predecessor("1.1A", as_of=DAY) is None


@given(
    st.lists(
        st.builds(given_over, st.sampled_from([*OFFICES]), st.sampled_from([*OFFICES]), st.dates(DAY, date(2026, 11, 12))),
        max_size=5,
        unique_by=lambda one: (one.office, one.first_day),
    ),
    st.dates(date(2026, 11, 1), date(2026, 11, 20)),
)
def test_a_hand_over_leaves_nothing_without_owner_and_changes_no_day_before_it(handovers: list[Handover], as_of: date) -> None:
    answers: dict[str, Any] = {"academics": {"owns": ("1.1",)}, "assessment": {"owns": ("1.1A",)}}
    of_all = Roster(plan(), owners(handovers=tuple(handovers), **answers)).accountable(as_of=as_of)
    in_force = tuple(one for one in handovers if one.first_day <= as_of)
    assert of_all.keys() == Roster(plan(), owners(**answers)).accountable(as_of=as_of).keys()
    assert of_all == Roster(plan(), owners(handovers=in_force, **answers)).accountable(as_of=as_of)


# --- referrals ---------------------------------------------------------------------------------------------------------


def asked(office: str, item: str = "1.1A", *, on: date = DAY) -> Referral:
    return Referral(item=item, period=Q1, asked=office, note="It is theirs.", by="Director of Curriculum", known_on=on)


def referred(*referrals: Referral, **changed: Any) -> Roster:
    return Roster(plan(), owners(**changed), referrals=referrals)


@pytest.mark.parametrize(
    ("as_of", "owner"),
    [
        pytest.param(date(2026, 11, 3), "curriculum", id="the-day-before"),
        pytest.param(date(2026, 11, 4), "planning", id="its-day"),
        pytest.param(date(2027, 3, 1), "planning", id="until-the-next"),
        pytest.param(date(2027, 3, 2), "academics", id="referred-on"),
    ],
)
def test_the_office_that_was_named_is_asked_from_that_day_on_until_another_is(as_of: date, owner: str) -> None:
    roster = referred(asked("planning"), asked("academics", on=date(2027, 3, 2)))
    assert roster.accountable(as_of=as_of)["1.1A"] == owner
    assert [person.office for person in roster.people("owner", "1.1A", as_of=as_of)] == [owner]
    assert roster.office_title("1.1A", as_of=as_of) == OFFICES[owner]["title"]


def test_only_the_item_is_referred() -> None:
    before, after = referred().accountable(as_of=DAY), referred(asked("planning")).accountable(as_of=DAY)
    assert {code for code in before if before[code] != after[code]} == {"1.1A"}


def test_of_two_referrals_of_one_day_the_later_counts() -> None:
    assert referred(asked("planning"), asked("academics")).accountable(as_of=DAY)["1.1A"] == "academics"


@pytest.mark.parametrize("strange", [asked("nobody"), asked("planning", "9.9Z")], ids=["office", "item"])
def test_a_referral_to_what_is_not_there_any_more_is_left_out(strange: Referral) -> None:
    assert referred(strange).tenures == referred().tenures


def test_what_was_referred_comes_before_a_hand_over_of_the_day_and_goes_over_with_a_later_one() -> None:
    handovers = (given_over("curriculum", "academics"), given_over("planning", "superintendent", date(2027, 3, 2)))
    roster = referred(asked("planning"), handovers=handovers)
    assert roster.accountable(as_of=DAY)["1.1A"] == "planning"
    assert roster.accountable(as_of=DAY)["1.1B"] == "academics"
    assert roster.accountable(as_of=date(2027, 3, 2))["1.1A"] == "superintendent"


def test_delegate_and_supervisor_are_those_of_the_office_that_is_asked() -> None:
    roster = referred(asked("planning"), planning={"delegate": "assessment"})
    assert [one.office for one in roster.people_in(("supervisor", "delegate"), "1.1A", as_of=DAY)] == [
        "superintendent",
        "assessment",
    ]


def test_who_is_asked_and_cannot_be_written_to_is_passed_over() -> None:
    assert referred(asked("planning"), planning={"email": ""}).owner("1.1B", as_of=DAY) == person("curriculum")
    found = referred(asked("assessment"), assessment={"email": ""}, academics={"owns": ("1.1",)})
    assert found.owner("1.1A", as_of=DAY) == person("academics")


def test_whose_an_item_was_is_known_after_a_referral() -> None:
    roster = referred(asked("planning"), asked("planning", on=date(2027, 3, 2)))
    assert roster.predecessor("1.1A", as_of=date(2026, 11, 3)) is None
    for later in (DAY, date(2027, 6, 1)):  # that the same office was named again changes nothing
        assert roster.predecessor("1.1A", as_of=later) == Predecessor(office="curriculum", last_day=date(2026, 11, 3))
    assert roster.predecessor("1.1B", as_of=DAY) is None


@given(
    st.lists(
        st.builds(asked, st.sampled_from([*OFFICES]), st.sampled_from(["1.1A", "1.1B"]), on=st.dates(DAY, date(2026, 11, 12))),
        max_size=5,
    ),
    st.dates(date(2026, 11, 1), date(2026, 11, 20)),
)
def test_a_referral_leaves_nothing_without_owner_and_changes_no_day_before_it(referrals: list[Referral], as_of: date) -> None:
    known = [one for one in referrals if one.known_on <= as_of]
    of_all = referred(*referrals).accountable(as_of=as_of)
    assert of_all == referred(*known).accountable(as_of=as_of)
    last = {one.item: one.asked for one in sorted(known, key=lambda one: one.known_on)}
    assert of_all == referred().accountable(as_of=as_of) | last


# --- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "a@example.org", "first.last+plan@sub.example.org", "o'neil@example.org"])
def test_an_address_may_be_empty_or_a_mail_address(address: str) -> None:
    assert Office(title="Office", email=address).email == address


def test_two_spellings_of_an_address_are_one_person() -> None:
    assert Office(title="Office", email="Office@Example.org").email == "office@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "a",
        "a@",
        "@example.org",
        "a@example",
        "a@b@example.org",
        "a b@example.org",
        "a@example.org, b@example.org",
        "<a@example.org>",
        "ä@example.org",
        "a\r\nBcc:b@example.org",
        "a@.",
        "a;b@example.org",
        'a"b@example.org',
        "a\\b@example.org",
        "a@[1.2.3.4]",
    ],
)
def test_what_is_no_single_mail_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a mail address; write one as in office@example\.org"):
        Office(title="Office", email=address)


def test_an_address_longer_than_mail_allows_is_refused() -> None:
    with pytest.raises(ValidationError, match="at most 254"):
        Office(title="Office", email="a" * 250 + "@example.org")
