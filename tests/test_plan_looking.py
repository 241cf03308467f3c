"""Looking evidence through: what counts before and after, who decides, and what is said to who gave it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.facts import Acceptance, Evidence, Fact, Facts, SentBack
from plan.implementation import EvidenceStatus, Shown, evidence_status
from plan.looking import NotDecided, decided, is_own_office, needs_acceptance, to_look_at, waiting
from plan.owners import Roster
from plan.periods import Quarter
from plan.standing import standing
from plan.told import Told
from tests.builders import owners, plan
from tests.judgement_builders import assessed, duties_of, of_measures

Q1 = Quarter.parse("2026-27 Q1")
DAY = date(2026, 10, 22)
WHY = "The minutes end at item 3."


def proof(reference: str = "a.pdf", *, on: date = DAY, item: str = "1.1A", dated: date = DAY) -> Evidence:
    return Evidence(item=item, period=Q1, reference=reference, dated_on=dated, note="", by="Curriculum", known_on=on)


def yes(*, on: date = DAY, item: str = "1.1A") -> Acceptance:
    return Acceptance(item=item, period=Q1, note="", by="Superintendent", known_on=on)


def no(reference: str = "a.pdf", *, on: date = DAY, item: str = "1.1A") -> SentBack:
    return SentBack(item=item, period=Q1, reference=reference, note=WHY, by="Superintendent", known_on=on)


def states(*facts: Fact) -> list[str]:
    """Return what became of each piece of 1.1A."""
    kinds = {Acceptance: "accepted", SentBack: "sent back", type(None): "waits"}
    return [f"{piece.evidence.reference} {kinds[type(piece.decision)]}" for piece in Facts(facts).pieces("1.1A")]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param((proof(),), ["a.pdf waits"], id="given"),
        pytest.param((proof(), yes()), ["a.pdf accepted"], id="accepted"),
        pytest.param((proof(), proof("b.pdf"), yes()), ["a.pdf accepted", "b.pdf accepted"], id="accepts-all-that-waits"),
        pytest.param((proof(), yes(), proof("b.pdf")), ["a.pdf accepted", "b.pdf waits"], id="what-comes-later-waits"),
        pytest.param((proof(), no()), ["a.pdf sent back"], id="sent-back"),
        pytest.param((proof(), proof("b.pdf"), no("b.pdf")), ["a.pdf waits", "b.pdf sent back"], id="only-the-piece-meant"),
        pytest.param((proof(), no(), yes()), ["a.pdf sent back"], id="what-was-sent-back-is-not-accepted"),
        pytest.param((proof(), yes(), no()), ["a.pdf sent back"], id="accepted-and-then-sent-back"),
        pytest.param((proof(), no(), proof()), ["a.pdf sent back", "a.pdf waits"], id="given-again"),
        pytest.param((proof(), no(), proof(), yes()), ["a.pdf sent back", "a.pdf accepted"], id="given-again-and-accepted"),
        pytest.param((proof(), yes(item="1.1B"), no(item="1.1B")), ["a.pdf waits"], id="another-item"),
        pytest.param((yes(), no(), proof()), ["a.pdf waits"], id="decided-before-it-came"),
    ],
)
def test_each_piece_has_what_was_decided_of_it(facts: tuple[Fact, ...], found: list[str]) -> None:
    assert states(*facts) == found


def shown(*facts: Fact, needs: bool = True) -> Shown:
    return evidence_status("1.1A", Facts(facts), valid_months=12, needs_acceptance=needs, as_of=DAY)


OLD = date(2025, 1, 6)
WAITS = "waits since 2026-10-22 for the lead of the objective to accept it."


@pytest.mark.parametrize(
    ("facts", "status", "reason"),
    [
        pytest.param((proof(),), "needed", f'"a.pdf" of 2026-10-22 {WAITS}', id="waits"),
        pytest.param((proof(), yes()), "current", '"a.pdf" of 2026-10-22 is valid until 2027-10-22.', id="accepted"),
        pytest.param(
            (proof(), no()), "needed", f'"a.pdf" was sent back on 2026-10-22 by Superintendent: {WHY}', id="sent-back"
        ),
        pytest.param(
            (proof(), yes(), proof("b.pdf")),
            "current",
            f'"a.pdf" of 2026-10-22 is valid until 2027-10-22. "b.pdf" of 2026-10-22 {WAITS}',
            id="one-accepted-another-waits",
        ),
        pytest.param(
            (proof(dated=OLD), yes(), proof("b.pdf")),
            "expired",
            f'"a.pdf" of 2025-01-06 was valid until 2026-01-06. "b.pdf" of 2026-10-22 {WAITS}',
            id="the-accepted-one-is-over",
        ),
        pytest.param((), "needed", "No evidence has been given.", id="none"),
    ],
)
def test_where_a_plan_says_so_evidence_counts_once_it_is_accepted(facts: tuple[Fact, ...], status: str, reason: str) -> None:
    found = shown(*facts)
    assert (found.status, found.reason) == (status, reason)


def test_without_the_setting_evidence_counts_when_it_is_given() -> None:
    assert shown(proof(), needs=False).status == "current"
    assert shown(proof(), no(), needs=False).status == "needed"


days = st.dates(DAY - timedelta(days=30), DAY)
_MADE: tuple[Callable[[date, str], Fact], ...] = (
    lambda on, name: proof(name, on=on, dated=on),
    lambda on, _name: yes(on=on),
    lambda on, name: no(name, on=on),
)
facts_of_1_1a = st.lists(
    st.builds(lambda make, on, name: make(on, name), st.sampled_from(_MADE), days, st.sampled_from(["a.pdf", "b.pdf"])),
    max_size=7,
)


@given(facts_of_1_1a)
def test_needing_acceptance_never_makes_evidence_stand_better(facts: list[Fact]) -> None:
    order = [EvidenceStatus.NEEDED, EvidenceStatus.EXPIRED, EvidenceStatus.EXPIRING, EvidenceStatus.CURRENT]
    assert order.index(shown(*facts).status) <= order.index(shown(*facts, needs=False).status)


@given(facts_of_1_1a)
def test_after_an_acceptance_nothing_waits_and_after_sending_all_back_nothing_counts(facts: list[Fact]) -> None:
    accepted = Facts((*facts, yes()))
    assert waiting("1.1A", accepted) == ()
    assert accepted.evidence("1.1A") == Facts(tuple(facts)).evidence("1.1A")
    assert Facts((*facts, no("a.pdf"), no("b.pdf"))).evidence("1.1A") == ()


@given(facts_of_1_1a)
def test_evidence_is_given_as_long_as_some_counts(facts: list[Fact]) -> None:
    found = Facts(tuple(facts))
    assert (found.given("evidence", "1.1A", Q1) is not None) == bool(found.evidence("1.1A"))


# --- deliverables, and what is owed again ------------------------------------------------------------------------------

TARGET = {"kind": "deliverable", "by": "2024-12-31"}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param((proof(item="m1", on=OLD), yes(item="m1", on=OLD)), "met", id="accepted"),
        pytest.param((proof(item="m1", on=OLD),), "off_track", id="waits"),
        pytest.param(
            (proof(item="m1", on=OLD), yes(item="m1", on=OLD), no(item="m1", on=OLD)), "off_track", id="sent-back-after-all"
        ),
    ],
)
def test_a_deliverable_is_met_by_evidence_that_was_accepted_and_still_counts(facts: tuple[Fact, ...], status: str) -> None:
    assert assessed(TARGET, *facts, as_of=date(2025, 2, 3)).status == status


def test_evidence_that_is_sent_back_is_owed_again_with_the_reason() -> None:
    files = plan()
    duties = duties_of(files)
    (owed,) = (one for one in duties.of(files.items["1.1-pm1"]) if one.period == Q1)
    day = owed.due - timedelta(days=3)

    def stands(*facts: Fact) -> Any:
        return standing(owed, duties=duties, facts=Facts(facts), told=Told(), as_of=day)

    given, sent_back = proof(item="1.1-pm1", on=day), no(item="1.1-pm1", on=day)
    assert stands(given).status == "submitted"
    assert stands(given, sent_back).status == "open"
    assert stands(given, sent_back).reason.endswith(f'"a.pdf" was sent back on {day} by Superintendent: {WHY}')
    assert stands(given, sent_back, given).status == "submitted"


@pytest.mark.parametrize(
    ("facts", "asks", "found"),
    [
        pytest.param((proof(),), {"evidence_acceptance": True}, ("1.1A",), id="waits"),
        pytest.param((proof(item="1.1C"), proof()), {"evidence_acceptance": True}, ("1.1A", "1.1C"), id="in-the-plans-order"),
        pytest.param((proof(), yes()), {"evidence_acceptance": True}, (), id="accepted"),
        pytest.param((proof(),), {}, (), id="not-asked-for"),
    ],
)
def test_what_waits_is_looked_at_by_who_stands_above_where_the_lead_owns_it(
    facts: tuple[Fact, ...], asks: dict[str, bool], found: tuple[str, ...]
) -> None:
    at = roster(**asks)
    assert to_look_at("academics@example.org", Facts(facts), at, as_of=DAY) == found
    assert to_look_at("curriculum@example.org", Facts(facts), at, as_of=DAY) == ()


# --- who decides -------------------------------------------------------------------------------------------------------


def roster(**changed: Any) -> Roster:
    """Return who answers where the curriculum office owns 1.1A, and the superintendent leads."""
    return Roster(plan(**changed), owners())


def decide(choice: str, *facts: Fact, note: str = WHY, by: str = "Superintendent") -> Fact:
    return decided(choice, "1.1A", Facts(facts), roster(), note=note, by=by, as_of=DAY)


def test_what_is_decided_becomes_a_fact() -> None:
    assert decide("accept", proof(), note="") == yes()
    assert decide("back-2", proof(), proof("b.pdf")) == no("b.pdf")


@pytest.mark.parametrize(
    ("choice", "changed", "says"),
    [
        pytest.param("", {}, "Choose whether", id="nothing-chosen"),
        pytest.param("back-3", {}, "Choose whether", id="no-such-piece"),
        pytest.param("back-1", {}, "Choose whether", id="sent-back-before"),
        pytest.param("back-2", {"note": "Too thin"}, "Say in a note of 10 characters or more", id="without-saying-why"),
        pytest.param("accept", {"by": ""}, "Choose the office", id="by-nobody"),
        pytest.param("accept", {"by": "Director of Curriculum"}, "looked at by another office", id="by-the-owner"),
        pytest.param("back-2", {"by": "curriculum"}, "looked at by another office", id="sent-back-by-the-owner"),
    ],
)
def test_what_is_not_whole_is_not_decided(choice: str, changed: dict[str, str], says: str) -> None:
    with pytest.raises(NotDecided, match=says):
        decide(choice, proof(), no(), proof("b.pdf"), **changed)


def test_nothing_is_accepted_where_nothing_waits() -> None:
    with pytest.raises(NotDecided, match=r"^No evidence for 1[.]1A waits"):
        decide("accept", proof(), yes())


@pytest.mark.parametrize(
    "giver",
    [
        pytest.param("Superintendent", id="the-office"),
        pytest.param("superintendent", id="its-code"),
        pytest.param("superintendent@example.org", id="its-address"),
        pytest.param("Superintendent (for Director of Curriculum)", id="as-a-stand-in"),
    ],
)
def test_who_gave_evidence_does_not_accept_it_whoever_owns_the_item_now(giver: str) -> None:
    theirs = replace(proof("b.pdf"), by=giver)
    with pytest.raises(NotDecided, match=r"^Superintendent gave evidence for 1[.]1A; it is looked at by another office[.]$"):
        decide("accept", proof(), theirs)
    assert isinstance(decide("back-2", proof(), theirs), SentBack)
    assert isinstance(decide("accept", theirs, by="Office of Strategic Planning"), Acceptance)


def test_who_fills_the_owners_office_and_another_does_not_decide_from_the_other() -> None:
    both = owners(curriculum={"email": "ana@example.org"}, planning={"email": "ana@example.org"})
    assert is_own_office("Office of Strategic Planning", "1.1A", Roster(plan(), both), as_of=DAY)
    assert not is_own_office("Superintendent", "1.1A", Roster(plan(), both), as_of=DAY)


def test_acceptance_is_needed_of_deliverables_and_where_the_plan_says_so() -> None:
    deliverable = of_measures({"target": TARGET}, actions=["1.1A"])
    items = deliverable.items
    assert needs_acceptance(items["m1"], deliverable)
    assert not needs_acceptance(items["1.1A"], deliverable)
    asking = of_measures({"target": TARGET}, actions=["1.1A"], evidence_acceptance=True)
    assert needs_acceptance(asking.items["1.1A"], asking)
    assert not needs_acceptance(asking.items["1.1"], asking)
