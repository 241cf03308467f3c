"""Receipts on their way: queued with the answer, to whom it concerns, and sent once."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import RECEIPT, Letter, LetterState
from plan.digests import tellings_of
from plan.facts import Answer, CheckIn, Evidence, Facts, Implementation, Referral
from plan.ladder import Situation
from plan.owners import Absence, Handover, Owners, Roster
from plan.periods import Quarter
from plan.told import Told
from tasks.receipts import receipts, withdrawal_receipts
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace
from tests.builders import MADE_AT, digest, notice, owners, person, plan, situation, text_of
from tests.flow_builders import DAY, PLAN, at, choose, inbox, send
from tests.ledger_builders import CHECK_IN as ANOTHER_FACT

Q1 = Quarter.parse("2026-27 Q1")
AWAY = Absence(office="curriculum", first_day=DAY, last_day=DAY, delegate="planning")


def check_in(by: str = "Director of Curriculum", *, item: str = "1.1A", on: date = DAY) -> CheckIn:
    return CheckIn(item=item, period=Q1, status=Implementation.ON_TRACK, note="Runs.", by=by, known_on=on)


def made(answer: Answer, at: Situation, settings: Settings, *, number: int = 1) -> tuple[Letter, ...]:
    known = replace(at, facts=Facts((answer,)))
    return receipts(number, answers=[(answer, None)], situation=known, settings=settings, recorded_on=DAY, made_at=MADE_AT)


@pytest.mark.parametrize(
    ("by", "answered_by", "told"),
    [
        pytest.param("Director of Curriculum", owners(), ["curriculum"], id="owner"),
        pytest.param(
            "Director of Assessment (for Director of Curriculum)", owners(), ["curriculum", "assessment"], id="delegate"
        ),
        pytest.param(
            "Office of Strategic Planning (for Director of Curriculum)",
            owners(absences=(AWAY,)),
            ["curriculum", "planning"],
            id="stand-in-of-an-absence",
        ),
        pytest.param("Director of Curriculum", owners(absences=(AWAY,)), ["curriculum"], id="owner-though-away"),
        pytest.param("A parent", owners(), ["curriculum"], id="anybody-else"),
        pytest.param("Superintendent", owners(), ["curriculum"], id="another-office"),
        pytest.param(
            "Director of Assessment",
            owners(handovers=(Handover(office="curriculum", to="assessment", first_day=DAY),)),
            ["assessment"],
            id="who-took-over",
        ),
        pytest.param(
            "Director of Curriculum",
            owners(handovers=(Handover(office="curriculum", to="assessment", first_day=DAY + timedelta(days=1)),)),
            ["curriculum"],
            id="who-will-hand-over",
        ),
    ],
)
def test_a_receipt_goes_to_the_owner_and_to_a_stand_in_who_answered(
    by: str, answered_by: Owners, told: list[str], home: Path
) -> None:
    letters = made(check_in(by), situation(answered_by=answered_by), read_settings())
    assert [letter.office for letter in letters] == told


def test_where_nobody_can_be_written_to_there_is_no_receipt(home: Path) -> None:
    at = situation()
    every = frozenset(office.email for office in at.roster.owners.offices.values())
    unreachable = replace(at, roster=Roster(at.plan, at.roster.owners, every))
    assert made(check_in(), unreachable, read_settings()) == ()


def test_an_address_that_may_not_be_written_to_gets_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://mail.example.net")
    monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "school.example")
    assert made(check_in(), situation(), read_settings()) == ()


def test_the_key_names_plan_item_answer_period_fact_and_person_and_what_is_only_caught_has_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [caught] = made(check_in(), situation(), read_settings(), number=7)
    key = "riverside-2023-2027/receipt/1.1A/check-in/2026-27 Q1/7/curriculum@example.org"
    assert caught.key == f"{key}/caught"
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://127.0.0.1:2525")
    monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
    [real] = made(check_in(), situation(), read_settings(), number=7)
    assert (real.key, real.kind) == (key, RECEIPT)


REFERRAL = Referral(item="1.1A", period=Q1, asked="assessment", note="Theirs.", by="Director of Curriculum", known_on=DAY)


EVIDENCE = Evidence(
    item="1.1A", period=Q1, reference="Minutes", dated_on=DAY, note="", by="Director of Curriculum", known_on=DAY
)


def test_a_submission_is_one_letter_to_each_person_of_what_concerns_that_person(home: Path) -> None:
    at = situation(answered_by=owners(assessment={"owns": ("1.1B",)}))
    answers = (check_in(), check_in(item="1.1B", by="Director of Curriculum (for Director of Assessment)"))
    known = replace(at, facts=Facts(answers))
    letters = receipts(
        1, answers=[(one, None) for one in answers], situation=known, settings=read_settings(), recorded_on=DAY, made_at=MADE_AT
    )
    about = {letter.office: letter.subject.partition(": ")[2] for letter in letters}
    assert about == {"curriculum": "check-in recorded for 1.1A", "assessment": "check-in recorded for 1.1B"}


def test_a_referral_is_told_to_who_referred_and_to_who_keeps_the_plan_not_to_who_is_asked(home: Path) -> None:
    letters = made(REFERRAL, situation(), read_settings())
    assert [letter.office for letter in letters] == ["curriculum", "planning"]


def test_who_may_take_it_back_gets_a_link_that_answers_also_who_passed_the_item_on(home: Path) -> None:
    [owner] = made(check_in(), situation(), read_settings())
    [grant] = owner.grants
    assert (grant.scope, grant.address, grant.expires_on) == ("update", "curriculum@example.org", date(2027, 3, 31))
    referred, keeps_the_plan = made(REFERRAL, situation(), read_settings())
    assert referred.grants == (grant,)
    assert keeps_the_plan.grants == ()


def test_what_was_taken_back_is_told_to_the_same_people_with_a_key_of_its_own(home: Path) -> None:
    by = "Director of Assessment (for Director of Curriculum)"
    letters = withdrawal_receipts(
        7,
        answers=[(check_in(by), None)],
        by=by,
        situation=situation(),
        settings=read_settings(),
        recorded_on=DAY,
        made_at=MADE_AT,
    )
    assert [letter.office for letter in letters] == ["curriculum", "assessment"]
    key = "riverside-2023-2027/receipt/1.1A/taken back/2026-27 Q1/7/curriculum@example.org/caught"
    assert letters[0].key == key
    assert all(letter.subject.endswith("check-in taken back for 1.1A") for letter in letters)


def taken_back(answer: Answer, at: Situation) -> dict[str, Letter]:
    """Return the letters on an answer that its owner took back, by the office that they go to."""
    letters = withdrawal_receipts(
        7,
        answers=[(answer, None)],
        by="Director of Curriculum",
        situation=at,
        settings=read_settings(),
        recorded_on=DAY,
        made_at=MADE_AT,
    )
    return {letter.office: letter for letter in letters}


@pytest.mark.parametrize(
    ("told_on", "told"),
    [
        pytest.param(None, ["curriculum", "planning"], id="had-no-mail"),
        pytest.param(DAY, ["curriculum", "planning", "assessment"], id="had-a-mail-since"),
        pytest.param(DAY - timedelta(days=1), ["curriculum", "planning"], id="had-one-before-it-was-asked"),
    ],
)
def test_who_was_asked_meanwhile_hears_of_a_referral_taken_back_if_a_mail_came(
    told_on: date | None, told: list[str], home: Path
) -> None:
    tellings = tellings_of(digest(notice(to=person("assessment")), day=told_on), delivered_on=told_on) if told_on else ()
    letters = taken_back(REFERRAL, situation(told=Told(tellings)))
    assert list(letters) == told
    if "assessment" in told:
        text = text_of(letters["assessment"])
        assert "The referral of 1.1A was taken back on 22 October 2026 by Director of Curriculum." in text
        assert "because you were asked for 1.1A in between" in text


@pytest.mark.parametrize(("accepting", "told"), [(True, ["curriculum", "academics"]), (False, ["curriculum"])])
def test_who_looks_evidence_through_hears_that_it_was_taken_back(accepting: bool, told: list[str], home: Path) -> None:
    letters = taken_back(EVIDENCE, situation(plan(evidence_acceptance=accepting)))
    assert list(letters) == told
    if accepting:
        assert "because you look at the evidence for 1.1A" in text_of(letters["academics"])


# --- in the ledger -----------------------------------------------------------------------------------------------------


def numbered(letter: Letter, numbers: list[int]) -> Any:
    """Return what gives the letter of a fact a key by the fact's number, and remembers the number."""

    def letters(number: int) -> list[Letter]:
        numbers.append(number)
        return [replace(letter, key=f"{letter.key}/{number}")]

    return letters


def test_facts_and_their_letters_are_kept_both_or_neither(ledger: Ledger, home: Path) -> None:
    [letter] = made(check_in(), situation(), read_settings())
    numbers: list[int] = []
    plan = letter.plan
    keys = ledger.add_facts(plan, [ANOTHER_FACT], recorded_at=MADE_AT, letters=numbered(letter, numbers))
    assert keys == (f"{letter.key}/1",)

    def fails(_number: int) -> list[Letter]:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        ledger.add_facts(plan, [ANOTHER_FACT], recorded_at=MADE_AT, letters=fails)
    assert len(ledger.facts(plan, known_by=date.max).every) == len(ledger.outbox(plan)) == 1
    ledger.add_facts(plan, [ANOTHER_FACT], recorded_at=MADE_AT, letters=numbered(letter, numbers))
    assert numbers == [1, 2]
    assert len(ledger.outbox(plan)) == 2


def test_without_letters_only_facts_are_kept(ledger: Ledger) -> None:
    assert ledger.add_facts(PLAN, [ANOTHER_FACT], recorded_at=MADE_AT) == ()
    assert ledger.outbox(PLAN) == ()


# --- sent --------------------------------------------------------------------------------------------------------------


def queue(settings: Settings, workplace: Workplace, ledger: Ledger) -> None:
    """Record a check-in of the shipped plan, known and recorded on the day, with its receipts."""
    answer = check_in("Director of Recruitment", item="2.1A")
    known = replace(workplace.situation(ledger, as_of=DAY), facts=Facts((answer,)))

    def letters(number: int) -> tuple[Letter, ...]:
        return receipts(number, answers=[(answer, None)], situation=known, settings=settings, recorded_on=DAY, made_at=at(DAY))

    ledger.add_facts(PLAN, [answer], recorded_at=at(DAY), letters=letters)


def test_a_receipt_goes_out_once_and_no_later_digest_takes_its_place(home: Path) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        queue(settings, workplace, ledger)
        post = choose(settings, workplace, ledger, DAY + timedelta(days=1))
        sent = send(settings, workplace, ledger, DAY + timedelta(days=1)).sent
        assert sent == len(post.digests) + 1
        assert send(settings, workplace, ledger, DAY + timedelta(days=1)).sent == 0
        [receipt] = [letter for letter in ledger.outbox(PLAN) if letter.kind == RECEIPT]
    assert receipt.state is LetterState.SENT
    assert inbox(home).count(receipt.message_id) == 1


def test_a_receipt_that_was_for_the_catcher_does_not_go_to_a_real_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        queue(settings, workplace, ledger)
        monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://127.0.0.1:9")
        monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
        send(read_settings(), workplace, ledger, DAY)
        [receipt] = ledger.outbox(PLAN)
    assert receipt.state is LetterState.CANCELLED
    assert receipt.reason == "It was for the mail catcher, and mail goes to a real server now."
