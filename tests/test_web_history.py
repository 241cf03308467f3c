"""What an item's page says of facts that bear on a judgement."""

from dataclasses import replace
from datetime import date

import pytest

from plan.facts import Acceptance, CorrectivePlan, Evidence, Fact, Facts, Override
from plan.periods import Quarter
from tests.builders import situation
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
    ],
)
def test_what_was_said_is_put_into_words(fact: Fact, kind: str, what: str, note: str) -> None:
    at = replace(situation(), facts=Facts((fact,)))
    (said,) = item_shown(at.plan.items["1.1-rating"], at, (), as_of=DAY).said
    assert (said.kind, said.what, said.note, said.period) == (kind, what, note, "2026-27 Q1")
