"""What a receipt says.

Receipts are compared with tests/snapshots, text and HTML, exactly. After an intended change look at them and renew them:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_receipt.py
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from ledger.records import RECEIPT
from notifications.digest import MOST_BYTES
from notifications.digest import compose as compose_digest
from notifications.given import Given
from notifications.receipt import Receipt, compose, write
from notifications.render import Rendered
from notifications.way_in import way_in
from plan.duties import Obligation
from plan.facts import Acknowledgement, Answer, CheckIn, CorrectivePlan, Evidence, Facts, Implementation, Reading, Referral
from plan.ladder import Situation
from plan.owners import Person
from plan.periods import Quarter, SchoolYear
from plan.slips import Slip
from plan.standing import Standing, owed_next, standing
from tests.builders import MADE_AT, SENDER, digest, notice, owners, person, plan, situation

SNAPSHOTS = Path(__file__).parent / "snapshots"
DAY = date(2026, 10, 12)
Q1 = Quarter.parse("2026-27 Q1")
BY: dict[str, Any] = {"by": "Director of Curriculum", "known_on": DAY}

CHECK_IN = CheckIn(item="1.1A", period=Q1, status=Implementation.ON_TRACK, note="Runs on every campus.", **BY)
READING = Reading(
    item="1.1-rating", period=SchoolYear(2025), value=Decimal("86.50"), source="State report of 2026", note="", **BY
)
EVIDENCE = Evidence(item="1.1-pm1", period=Q1, reference="minutes-2026-10-09.pdf", dated_on=date(2026, 10, 9), note="", **BY)
PROMISE = Acknowledgement(item="1.1A", period=Q1, promised_on=date(2026, 10, 20), note="", **BY)
PLAN = CorrectivePlan(
    item="1.1-rating",
    period=Quarter.parse("2026-27 Q2"),
    cause="Two campuses fell behind.",
    step="Tutoring twice a week.",
    done_by=date(2026, 12, 18),
    effect="3 points by spring.",
    **BY,
)
BLOCKED = replace(CHECK_IN, obstacles="Two posts are vacant.")
FILED = Evidence(
    item="1.1A", period=Q1, reference="minutes.pdf", dated_on=date(2026, 10, 9), note="Agenda.", sha256="ab" * 32, **BY
)
ADDRESS = replace(EVIDENCE, reference="https://example.org/results")
REFERRAL = Referral(item="1.1A", period=Q1, asked="assessment", note="They run it.", **BY)
BASE_URL = "https://plan.example.org/"
SLIP = Slip(item="1.1-rating", since=date(2026, 10, 5), reason="86 against 90.")


WAY_IN = way_in("update", person(), situation().plan, day=DAY, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


def owed_for(answer: Answer, at: Situation) -> Obligation | None:
    """Return what is owed for the item and period of an answer."""
    return next((one for one in at.duties.of(at.plan.items[answer.item]) if one.period == answer.period), None)


def receipt(
    answer: Answer,
    *,
    at: Situation | None = None,
    to: Person | None = None,
    recorded_on: date = DAY,
    is_readers_own: bool = True,
) -> Receipt:
    """Return the receipt for an answer, which the situation gets to know with it."""
    known = replace(at or situation(), facts=Facts((answer,)))
    owed = None if isinstance(answer, CorrectivePlan) else owed_for(answer, known)
    of: dict[str, Any] = {"duties": known.duties, "facts": known.facts, "told": known.told, "as_of": recorded_on}
    return Receipt(
        key="riverside-2023-2027/receipt/1",
        to=to or person(),
        given=(Given(answer=answer, stands=standing(owed, **of) if owed else None),),
        concerns={answer.item: "stand-in" if to else "asked"},
        is_readers_own=is_readers_own,
        recorded_on=recorded_on,
        follows={answer.item: owed_next(known.plan.items[answer.item], **of)},
    )


def written(answer: Answer, *, at: Situation | None = None, **changed: Any) -> Rendered:
    at = at or situation()
    return write(receipt(answer, at=at, **changed), situation=at, base_url="https://plan.example.org/")


def flowing(text: str) -> str:
    return " ".join(text.split())


def check_in() -> Rendered:
    named = situation(answered_by=owners(curriculum={"person": "Ana Ruiz"}))
    return written(CHECK_IN, at=named)


def reading() -> Rendered:
    return written(READING)


def evidence() -> Rendered:
    return written(EVIDENCE)


def promise() -> Rendered:
    return written(PROMISE)


def corrective_plan() -> Rendered:
    return written(PLAN, at=replace(situation(), slips={"1.1-rating": SLIP}))


def several() -> Rendered:
    """Return the receipt for one submission about two items, with a file and an address, to who may take it back."""
    known = replace(situation(), facts=Facts((BLOCKED, FILED, ADDRESS)))
    first, last = receipt(BLOCKED), receipt(ADDRESS)
    of: dict[str, Any] = {"duties": known.duties, "facts": known.facts, "told": known.told, "as_of": DAY}
    owed = {one.item: owed_for(one, known) for one in (BLOCKED, ADDRESS)}
    given = tuple(
        Given(answer=one, stands=standing(about, **of) if (about := owed[one.item]) else None)
        for one in (BLOCKED, FILED, ADDRESS)
    )
    made = replace(
        first,
        given=given,
        concerns={"1.1A": "asked", "1.1-pm1": "stand-in"},
        follows={**first.follows, **last.follows},
        way_in=WAY_IN,
        answerable=("1.1A", "1.1-pm1"),
    )
    return write(made, situation=known, base_url=BASE_URL)


def referral() -> Rendered:
    made = replace(receipt(REFERRAL), way_in=WAY_IN, answerable=("1.1A",))
    return write(made, situation=replace(situation(), facts=Facts((REFERRAL,))), base_url=BASE_URL)


def taken_back() -> Rendered:
    known = situation()
    made = receipt(CHECK_IN, at=known)
    given = tuple(replace(one, stands=follows) for one in made.given if (follows := still_open(known)))
    back = replace(
        made, given=given, follows={"1.1A": still_open(known)}, taken_back_by="Director of Curriculum", way_in=WAY_IN
    )
    return write(replace(back, answerable=("1.1A",)), situation=known, base_url=BASE_URL)


def still_open(at: Situation) -> Standing | None:
    """Return how the check-in stands that nobody has given."""
    return owed_next(at.plan.items["1.1A"], duties=at.duties, facts=at.facts, told=at.told, as_of=DAY)


def of_a_stand_in() -> Rendered:
    by = "Director of Assessment (for Director of Curriculum)"
    return written(replace(CHECK_IN, by=by), is_readers_own=False, recorded_on=date(2026, 10, 22))


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(check_in, id="check-in"),
        pytest.param(reading, id="reading"),
        pytest.param(evidence, id="evidence"),
        pytest.param(promise, id="promise"),
        pytest.param(corrective_plan, id="corrective-plan"),
        pytest.param(of_a_stand_in, id="stand-in"),
        pytest.param(several, id="several"),
        pytest.param(referral, id="referral"),
        pytest.param(taken_back, id="taken-back"),
    ],
)
@pytest.mark.parametrize("part", ["txt", "html"])
def test_a_receipt_reads_as_its_snapshot(mail: Callable[[], Rendered], part: str, request: pytest.FixtureRequest) -> None:
    made = mail()
    content = f"Subject: {made.subject}\n\n{made.text}" if part == "txt" else made.html
    file = SNAPSHOTS / f"receipt-{request.node.callspec.id.removeprefix(f'{part}-')}.{part}"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        file.write_bytes(content.encode())
    assert content.encode() == file.read_bytes()


def test_a_receipt_says_what_was_recorded_by_whom_and_when() -> None:
    text = flowing(check_in().text)
    assert "Status: on track Note: Runs on every campus. Given by: Director of Curriculum Known on: 12 October 2026" in text


def test_a_note_that_nobody_wrote_is_left_out() -> None:
    assert "Note" not in written(replace(CHECK_IN, note="")).text


def test_a_receipt_says_what_the_answer_settles_and_what_is_owed_next() -> None:
    text = flowing(check_in().text)
    assert ("Submitted. The check-in for 2026-27 Q1 came on 12 October 2026; it was due on 14 October 2026.") in text
    assert "The check-in for 2026-27 Q2 opens on 31 December 2026 and is due on 14 January 2027." in text


@pytest.mark.parametrize(
    ("answer", "following"),
    [
        pytest.param(PROMISE, "The check-in for 2026-27 Q1 itself, due on 14 October 2026.", id="a-promise-settles-nothing"),
        pytest.param(
            replace(CHECK_IN, status=Implementation.ACHIEVED),
            "Nothing more is asked for 1.1A.",
            id="what-has-ended-owes-nothing",
        ),
    ],
)
def test_what_is_owed_next_is_said_even_if_it_is_the_same_or_nothing(answer: Answer, following: str) -> None:
    assert following in flowing(written(answer).text)


def test_a_reading_that_nobody_owed_is_kept_and_says_so() -> None:
    text = flowing(written(replace(READING, period=SchoolYear(2019))).text)
    assert "Nothing was owed for this period; it is kept all the same." in text


@pytest.mark.parametrize("slips", [{}, {"1.1-rating": replace(SLIP, over_on=date(2026, 10, 9))}], ids=["no-slip", "over"])
def test_a_plan_for_a_measure_in_no_slip_is_kept_all_the_same(slips: dict[str, Slip]) -> None:
    text = flowing(written(PLAN, at=replace(situation(), slips=slips)).text)
    assert "The measure is in no slip now; the plan is kept all the same." in text


def test_whose_answer_it_was_is_said_to_the_owner_and_to_who_stood_in() -> None:
    by = "Director of Assessment (for Director of Curriculum)"
    to_the_owner = of_a_stand_in()
    assert "An answer is recorded" in to_the_owner.html
    assert f"Given by: {by}" in flowing(to_the_owner.text)
    assert "because you answer for 1.1A" in flowing(to_the_owner.text)
    stood_in = written(replace(CHECK_IN, by=by), to=person("assessment"))
    assert "Your answer is recorded" in stood_in.html
    assert "because you stand in for the owner of 1.1A" in flowing(stood_in.text)


def test_what_people_wrote_stays_text_on_one_line_and_is_cut_where_it_is_endless() -> None:
    made = written(replace(CHECK_IN, note=f"<b>Fine</b>\n\n\u202e{'x' * 200_000}"))
    assert "<b>Fine" not in made.html
    assert "Note: <b>Fine</b> " in flowing(made.text)
    assert len(made.html.encode()) < 50_000


@pytest.mark.parametrize(("count", "length"), [(2, 4_000), (27, 300), (200, 4_000)])
def test_a_receipt_of_very_many_answers_names_each_item_and_stays_under_what_gmail_shows(count: int, length: int) -> None:
    codes = [f"1.1.{n:03}" for n in range(count)]
    at = situation(plan(titles=dict.fromkeys(codes, "&" * 80)))
    answers = [replace(CHECK_IN, item=code, note="&" * length, obstacles="&" * length) for code in codes]
    made = replace(
        receipt(CHECK_IN),
        given=tuple(Given(answer=one, stands=None) for one in answers),
        concerns=dict.fromkeys(codes, "asked"),
        follows=dict.fromkeys(codes),
        way_in=WAY_IN,
        answerable=tuple(codes),
    )
    mail = write(made, situation=at, base_url=BASE_URL)
    assert len(mail.html.encode()) <= MOST_BYTES
    assert all(code in mail.html and code in mail.text for code in codes)


def test_a_letter_stands_in_the_thread_of_its_readers_digests_of_the_period() -> None:
    at = situation()
    receipts_letter = compose(
        receipt(CHECK_IN), situation=at, base_url="https://plan.example.org/", sender=SENDER, made_at=MADE_AT
    )
    digests_letter = compose_digest(
        digest(notice("1.1A")), situation=at, base_url="https://plan.example.org/", sender=SENDER, made_at=MADE_AT
    )
    mail, other = (message_from_bytes(one.content, policy=policy.default) for one in (receipts_letter, digests_letter))
    assert mail["References"] == other["References"]
    assert mail["Message-ID"] == receipts_letter.message_id != digests_letter.message_id
    assert mail["Reply-To"] == "planning@example.org"
    assert (receipts_letter.kind, receipts_letter.day, receipts_letter.address) == (RECEIPT, DAY, person().address)
    assert not receipts_letter.notices
    assert not receipts_letter.tellings


def test_several_answers_are_one_mail_that_counts_them_and_says_the_same_thing_once() -> None:
    made = several()
    assert made.subject == "Riverside ISD strategic plan, 2026-27 Q1: 3 answers recorded for 1.1A and 1.1-pm1"
    text = flowing(made.text)
    assert text.count("The check-in for 2026-27 Q1 came on 12 October 2026") == 1
    assert "In the way: Two posts are vacant." in text
    assert "Kind: file, PDF" in text
    assert "Kind: address" in text


def test_who_may_take_an_answer_back_gets_the_pages_of_its_items() -> None:
    made = several()
    for code in ("1.1A", "1.1-pm1"):
        assert WAY_IN.to(code) in made.html
        assert WAY_IN.to(code) in made.text
    assert "/u/" not in check_in().html


def test_only_who_answered_is_told_that_the_answer_can_be_taken_back() -> None:
    of_another = replace(receipt(CHECK_IN, is_readers_own=False), way_in=WAY_IN, answerable=("1.1A",))
    text = write(of_another, situation=situation(), base_url=BASE_URL).text
    assert "You can answer yourself, too:\n1.1A: https://" in text
    assert "taken back" not in text
    assert "For 24 hours the answer can be taken back on its page:\n1.1A: https://" in referral().text


def test_a_mail_of_what_was_taken_back_says_by_whom_and_what_is_open_again() -> None:
    made = taken_back()
    assert made.subject.endswith("check-in taken back for 1.1A")
    text = flowing(made.text)
    assert "taken back on 12 October 2026 by Director of Curriculum" in text
    assert "HOW IT STANDS NOW ----------------- Open. The check-in for 2026-27 Q1 is open since" in text
    assert "Thank you" not in text
