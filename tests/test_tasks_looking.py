"""Letters on evidence that somebody else looks at: that it waits, that it was sent back, that it was accepted."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ledger.records import RECEIPT, Letter
from plan.facts import Acceptance, CheckIn, Evidence, Fact, Facts, Implementation, SentBack
from plan.ladder import Situation
from plan.model import Deliverable, LongTermMeasure, Plan
from tasks.looking import Looking
from tasks.receipts import receipts
from tasks.settings import Settings, read_settings
from tests.builders import MADE_AT, owners, plan, situation, text_of
from tests.plan_builders import Q1

DAY = date(2026, 10, 27)
OWNER, LEAD = "Director of Curriculum", "Chief Academic Officer"
STAND_IN = "Director of Assessment (for Director of Curriculum)"
WHY = "They end at item 3."
LOOKS = "academics@example.org"


def proof(item: str = "1.1A", *, by: str = OWNER, reference: str = "Minutes of September", note: str = "Page 2.") -> Evidence:
    return Evidence(item=item, period=Q1, reference=reference, dated_on=date(2026, 9, 28), note=note, by=by, known_on=DAY)


def looking(at: Situation, settings: Settings | None = None) -> Looking:
    return Looking(number=7, situation=at, settings=settings or read_settings(), on=DAY, at=MADE_AT)


def accepting(*facts: Fact, of: Plan | None = None) -> Situation:
    """Return the situation of a plan whose evidence counts once it was accepted."""
    return situation(of or plan(evidence_acceptance=True), facts=Facts(facts))


def with_a_deliverable() -> Plan:
    """Return the plan, its rating replaced by something that is to be done by the end of October; nothing else is accepted."""
    of = plan()
    (priority,), (objective,) = of.priorities, of.priorities[0].objectives
    report = LongTermMeasure(id="1.1-rating", title="Report", target=Deliverable(kind="deliverable", by=date(2026, 10, 30)))
    changed = objective.model_copy(update={"long_term_measures": (report,)})
    return of.model_copy(update={"priorities": (priority.model_copy(update={"objectives": (changed,)}),)})


# --- that it waits -----------------------------------------------------------------------------------------------------


def test_who_looks_evidence_through_gets_one_letter_for_all_of_it_with_a_link_to_each_page(home: Path) -> None:
    given = (proof("1.1A"), proof("1.1-pm1"), proof("1.1-pm1", reference="Agenda"))
    [letter] = looking(accepting(*given)).waits(given)
    assert (letter.kind, letter.address) == (RECEIPT, LOOKS)
    assert letter.key == f"riverside-2023-2027/receipt/1.1A/to look at/2026-27 Q1/7/{LOOKS}/caught"
    assert letter.subject.endswith("evidence to look at for 1.1A and 1.1-pm1")
    [grant] = letter.grants
    assert (grant.scope, grant.address) == ("update", LOOKS)
    text = text_of(letter)
    assert "Evidence was given for 1.1A and 1.1-pm1. It counts once you have accepted it." in text
    assert text.count("/look/1.1A") == text.count("/look/1.1-pm1") == 1
    assert "because you look at the evidence for 1.1A and 1.1-pm1." in text


@pytest.mark.parametrize(
    ("fact", "of"),
    [
        pytest.param(proof(), plan(), id="nothing-is-to-be-accepted"),
        pytest.param(proof("1.1A"), with_a_deliverable(), id="an-action-beside-a-deliverable"),
        pytest.param(proof("1.1"), plan(evidence_acceptance=True), id="an-objective"),
        pytest.param(
            CheckIn(item="1.1A", period=Q1, status=Implementation.ON_TRACK, note="", by=OWNER, known_on=DAY),
            plan(evidence_acceptance=True),
            id="no-evidence",
        ),
    ],
)
def test_what_nobody_has_to_look_at_is_told_to_nobody(fact: Fact, of: Plan, home: Path) -> None:
    assert looking(accepting(fact, of=of)).waits([fact]) == ()


def test_evidence_of_a_deliverable_waits_whatever_the_plan_says(home: Path) -> None:
    given = proof("1.1-rating")
    [letter] = looking(accepting(given, of=with_a_deliverable())).waits([given])
    assert letter.address == LOOKS


def test_a_stand_in_who_gave_it_is_not_told_that_it_waits_for_them(home: Path) -> None:
    given = proof(by=f"{LEAD} (for {OWNER})")
    at = situation(plan(evidence_acceptance=True), owners(curriculum={"delegate": "academics"}), facts=Facts((given,)))
    assert looking(at).waits([given]) == ()


def test_it_comes_with_the_receipt_of_the_answer(home: Path) -> None:
    given = proof()
    letters = receipts(
        7, answers=[(given, None)], situation=accepting(given), settings=read_settings(), recorded_on=DAY, made_at=MADE_AT
    )
    assert [letter.office for letter in letters] == ["curriculum", "academics"]
    assert len({letter.key for letter in letters}) == 2


def test_an_address_that_may_not_be_written_to_gets_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://mail.example.net")
    monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "school.example")
    assert looking(accepting(proof())).waits([proof()]) == ()


def test_a_letter_on_very_much_evidence_stays_under_what_mail_programs_show(home: Path) -> None:
    given = tuple(proof(reference=f"Minutes {number}", note="<&" * 400) for number in range(300))
    [letter] = looking(accepting(*given)).waits(given)
    assert len(letter.content) < 200_000
    assert "Likewise for: 1.1A." in text_of(letter)


# --- what was decided --------------------------------------------------------------------------------------------------


def sent_back(item: str = "1.1A") -> SentBack:
    return SentBack(item=item, period=Q1, reference="Minutes of September", note=WHY, by=LEAD, known_on=DAY)


def decided(decision: Acceptance | SentBack, *given: Evidence, of: Plan | None = None) -> tuple[Letter, ...]:
    return looking(accepting(*given, decision, of=of)).decided(decision)


@pytest.mark.parametrize(
    ("by", "told"),
    [
        pytest.param(OWNER, {"curriculum": "you answer for 1.1A"}, id="owner"),
        pytest.param(
            STAND_IN,
            {"curriculum": "you answer for 1.1A", "assessment": "you stand in for the owner of 1.1A"},
            id="stand-in",
        ),
        pytest.param("A folder", {"curriculum": "you answer for 1.1A"}, id="anybody-else"),
    ],
)
def test_who_gave_what_was_sent_back_is_told_why_and_by_whom(by: str, told: dict[str, str], home: Path) -> None:
    letters = {letter.office: letter for letter in decided(sent_back(), proof(by=by))}
    assert list(letters) == list(told)
    for office, why in told.items():
        text = text_of(letters[office])
        assert letters[office].subject.endswith("evidence sent back for 1.1A")
        assert f"{LEAD} looked at a piece of the evidence for 1.1A, and sent it back on 27 October 2026." in text
        assert f"Why: {WHY} Evidence: Minutes of September" in text
        assert f"because {why}." in text
        assert text.count("/1.1A ") == 1  # the page of the check-in


def test_what_is_owed_again_is_said_with_its_day(home: Path) -> None:
    [measure] = decided(sent_back("1.1-pm1"), proof("1.1-pm1"))
    assert "Overdue. The evidence for 2026-27 Q1 was due on" in text_of(measure)
    [action] = decided(sent_back(), proof())
    assert "Evidence for 1.1A has no due day of its own: give another piece with its next check-in" in text_of(action)


def test_only_the_piece_that_was_sent_back_is_told_of(home: Path) -> None:
    [letter] = decided(sent_back(), proof(), proof(reference="Agenda"))
    assert "Agenda" not in text_of(letter)


def test_a_deliverable_that_is_met_is_told_to_who_gave_it(home: Path) -> None:
    accepted = Acceptance(item="1.1-rating", period=Q1, note="", by=LEAD, known_on=DAY)
    [letter] = decided(accepted, proof("1.1-rating"), of=with_a_deliverable())
    text = text_of(letter)
    assert letter.office == "curriculum"
    assert f"{LEAD} looked at the evidence for 1.1-rating, and accepted it on 27 October 2026." in text
    assert "HOW IT STANDS NOW ----------------- Met. " in text
    assert "/look/" not in text


def test_of_what_else_was_accepted_nobody_is_told(home: Path) -> None:
    assert decided(Acceptance(item="1.1A", period=Q1, note="", by=LEAD, known_on=DAY), proof()) == ()


def test_of_evidence_that_was_taken_back_nobody_is_told(home: Path) -> None:
    assert decided(sent_back()) == ()


def test_each_decision_is_a_letter_of_its_own(home: Path) -> None:
    at = accepting(proof(), sent_back())
    [first] = looking(at).decided(sent_back())
    [second] = replace(looking(at), number=8).decided(sent_back())
    assert first.key != second.key
