"""What an item's page says of facts that bear on a judgement."""

from datetime import date

import pytest

from ledger.records import Movement, Recorded, Withdrawal
from plan.facts import Acceptance, CheckIn, CorrectivePlan, Evidence, Fact, Facts, Implementation, Override, Referral
from plan.periods import Quarter
from tests.builders import MADE_AT, situation
from web.history import item_shown

DAY = date(2026, 10, 22)
Q1 = Quarter.parse("2026-27 Q1")


@pytest.mark.parametrize(
    ("fact", "kind", "what", "note"),
    [
        (
            Acceptance(item="1.1-rating", period=Q1, note="Seen.", by="x", known_on=DAY),
            "acceptance",
            "its evidence was accepted",
            "Seen.",
        ),
        (
            CorrectivePlan(
                item="1.1-rating", period=Q1, cause="Cause.", step="Step.", done_by=DAY, effect="Effect.", by="x", known_on=DAY
            ),
            "corrective plan",
            "Step. To be done by 22 October 2026",
            "Cause: Cause. Expected: Effect.",
        ),
        (
            Override(item="1.1-rating", period=Q1, status="on_track", until=DAY, note="Why.", by="x", known_on=DAY),
            "override",
            "counts as on track until 22 October 2026",
            "Why.",
        ),
        (
            Evidence(
                item="1.1-rating",
                period=Q1,
                reference="1.1-rating/2026-27-Q1/minutes.pdf",
                dated_on=DAY,
                note="",
                by="x",
                known_on=DAY,
                sha256="0123456789abcdef" * 4,
            ),
            "evidence",
            "1.1-rating/2026-27-Q1/minutes.pdf, dated 22 October 2026, SHA-256 0123456789ab",
            "",
        ),
        (
            Referral(item="1.1-rating", period=Q1, asked="assessment", note="They count it.", by="x", known_on=DAY),
            "referral",
            "to be asked: Director of Assessment",
            "They count it.",
        ),
    ],
)
def test_what_was_said_is_put_into_words(fact: Fact, kind: str, what: str, note: str) -> None:
    at = situation(facts=Facts((fact,)))
    recorded = [Recorded(number=1, fact=fact, recorded_at=MADE_AT)]
    (said,) = item_shown(at.plan.items["1.1-rating"], at, (), recorded=recorded, as_of=DAY).said
    assert (said.kind, said.what, said.note) == (f"{kind} for 2026-27 Q1", what, note)


@pytest.mark.parametrize(
    ("back_on", "says"),
    [
        pytest.param(date(2026, 10, 22), "Taken back on 22 October 2026 by Director of Curriculum", id="by-then"),
        pytest.param(date(2026, 10, 23), "", id="later"),
    ],
)
def test_what_was_taken_back_by_the_day_stays_and_says_so(back_on: date, says: str) -> None:
    fact = CheckIn(
        item="1.1A", period=Q1, status=Implementation.AT_RISK, note="Late.", by="x", known_on=DAY, obstacles="No bus."
    )
    withdrawn = Withdrawal(numbers=(1,), by="Director of Curriculum", known_on=back_on)
    recorded = [Recorded(number=1, fact=fact, recorded_at=MADE_AT, withdrawn=withdrawn)]
    (said,) = item_shown(situation().plan.items["1.1A"], situation(), (), recorded=recorded, as_of=DAY).said
    assert (said.what, said.obstacles, said.taken_back) == ("at risk", "No bus.", says)


def test_each_movement_is_told_with_its_reason_the_latest_first() -> None:
    first = Movement(item="1.1A", aspect="obligation", was=None, status="open", reason="It opened.", day=date(2026, 9, 30))
    second = Movement(item="1.1A", aspect="obligation", was="open", status="in_grace", reason="It was due.", day=DAY)
    shown = item_shown(situation().plan.items["1.1A"], situation(), (), history=[first, second], as_of=DAY)
    assert [(one.aspect, one.was, one.status, one.tone, one.reason) for one in shown.moved] == [
        ("Obligation", "open", "in grace", "soon", "It was due."),
        ("Obligation", "", "open", "open", "It opened."),
    ]
