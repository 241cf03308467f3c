"""`status` on past days: judged by what was known then, in the contract's form, and the same whenever it is asked again."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledger.ledger import open_ledger
from plan.facts import CheckIn, Evidence, Fact, Implementation, Override, Progress, Reading
from plan.periods import Quarter, SchoolYear
from tasks.gather import gather_at_hand
from tasks.settings import read_settings
from tasks.workplace import Workplace, open_workplace
from tests.commands import Plankeeper
from tests.flow_builders import PLAN, at

TODAY = date(2026, 11, 23)
Q1 = Quarter.parse("2026-27 Q1")

SUM = ["status", "score"]
KEYS = {
    "status": ["plan", "as_of", "school_year", "quarter", "priorities", "objectives", "actions", "measures"],
    "priorities": ["id", "title", "outcome", "implementation"],
    "objectives": ["id", "priority", "title", "outcome", "implementation", "reading"],
    "actions": ["id", "objective", "title", "owner", "obligation", "implementation", "evidence", "outcome"],
    "outcome": ["status", "score", "rated", "due", "capped_by", "reason"],
    "implementation": ["status", "score", "reported", "due", "reason"],
    "measures": [
        *("id", "objective", "title", "unit", "kind", "steward", "school_year", "reading", "baseline", "expected", "target"),
        *("target_year", "share", "shortfall", "status", "reason", "last_known", "forecast"),
    ],
}
"""The keys of the contract, in its order; others may stand between them."""

LATER = ("1.1-approaches", "1.1-meets", "1.1-masters", "1.2.1-ccmr", "1.2.1-certification")
"""Measures whose last known reading is of 2022-23, with these values."""
LAST_KNOWN = dict(zip(LATER, (81, 52, 18, 68, 32.4), strict=True))


@pytest.fixture
def workplace(home: str) -> Workplace:
    """The shipped plan, with the published readings in the ledger."""
    settings = read_settings()
    found = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        gather_at_hand(found, settings, ledger, as_of=TODAY, at=at(TODAY))
    return found


def keep(*facts: Fact) -> None:
    """Append facts to the ledger."""
    with open_ledger(read_settings().database) as ledger:
        ledger.add_facts(PLAN, facts, recorded_at=at(TODAY))


def status(plankeeper: Plankeeper, day: str) -> Any:
    """Return the status on a day."""
    return json.loads(plankeeper("status", "--as-of", day, "--format", "json").out)


def part(form: Any, kind: str, code: str) -> Any:
    """Return one part of a status."""
    return next(one for one in form[kind] if one["id"] == code)


def in_order(found: dict[str, Any], form: str) -> bool:
    """Return whether something has the keys of the contract in their order."""
    return [key for key in found if key in KEYS[form]] == KEYS[form]


@pytest.mark.usefixtures("workplace")
def test_status_has_the_keys_of_the_contract_in_their_order(plankeeper: Plankeeper) -> None:
    form = status(plankeeper, "2026-10-22")
    assert in_order(form, "status")
    for kind in ("priorities", "objectives", "actions", "measures"):
        assert form[kind]
        assert all(in_order(one, kind) for one in form[kind])
    for one in (*form["priorities"], *form["objectives"]):
        assert in_order(one["outcome"], "outcome")
        assert in_order(one["implementation"], "implementation")
    assert (form["school_year"], form["quarter"]) == ("2026-27", "2026-27 Q2")


@pytest.mark.parametrize(
    ("day", "reading", "share", "shortfall", "known_on"),
    [("2025-09-30", 85, -0.8333, 6.6, "2025-08-15"), ("2026-02-01", 86, -0.5556, 5.6, "2026-01-15")],
)
@pytest.mark.usefixtures("workplace")
def test_the_rating_is_judged_by_what_was_known_then(
    day: str, reading: int, share: float, shortfall: float, known_on: str, plankeeper: Plankeeper
) -> None:
    form = status(plankeeper, day)
    rating = part(form, "measures", "1.1-rating")
    assert {key: rating[key] for key in KEYS["measures"][6:15]} == {
        "school_year": "2024-25",
        "reading": reading,
        "baseline": 88,
        "expected": 91.6,
        "target": 94,
        "target_year": "2026-27",
        "share": share,
        "shortfall": shortfall,
        "status": "declined",
    }
    assert rating["last_known"] == {"school_year": "2024-25", "value": reading, "known_on": known_on}
    for code, value in LAST_KNOWN.items():
        judged = part(form, "measures", code)
        assert (judged["status"], judged["reading"], judged["share"]) == ("no_data", None, None)
        assert judged["last_known"] == {"school_year": "2022-23", "value": value, "known_on": "2025-05-21"}


@pytest.mark.usefixtures("workplace")
def test_nothing_that_was_published_later_is_known_in_2023(plankeeper: Plankeeper) -> None:
    form = status(plankeeper, "2023-09-15")
    known = {one["id"]: one["last_known"] for one in form["measures"] if one["last_known"]}
    assert set(known) == {"1.1-rating", *LATER, "2.1-positions-filled", "2.1-mous"}
    assert all(one["known_on"] <= "2023-09-15" for one in known.values())
    assert known["1.1-rating"]["value"] == 88
    assert all(known[code]["school_year"] == "2021-22" for code in LATER)
    assert all(one["forecast"] is None for one in form["measures"])


@pytest.mark.usefixtures("workplace")
def test_a_past_day_is_byte_for_byte_the_same_after_later_facts(plankeeper: Plankeeper) -> None:
    asked = ("status", "--as-of", "2026-02-01", "--format", "json")
    before = plankeeper(*asked).out
    assert plankeeper(*asked).out == before
    later = date(2026, 2, 2)
    keep(
        Reading(
            item="1.1-rating",
            period=SchoolYear(2024),
            value=Decimal(99),
            source="x",
            note="",
            by="x",
            known_on=date(2026, 3, 1),
        ),
        CheckIn(item="1.1A", period=Q1, status=Implementation.AT_RISK, note="", by="x", known_on=later),
        Override(item="1.1-meets", period=Q1, status="met", until=date(2027, 1, 1), note="x", by="x", known_on=later),
    )
    assert plankeeper(*asked).out == before
    assert plankeeper("status", "--as-of", "2026-03-01", "--format", "json").out != before


@pytest.mark.usefixtures("workplace")
def test_an_action_has_four_statuses_each_with_its_reason(plankeeper: Plankeeper) -> None:
    day = date(2026, 10, 12)
    keep(
        CheckIn(item="1.1A", period=Q1, status=Implementation.ACHIEVED, note="Done.", by="chief", known_on=day),
        Evidence(item="1.1B", period=Q1, reference="Minutes", dated_on=day, note="", by="chief", known_on=day),
    )
    form = status(plankeeper, "2026-10-22")
    first, second = part(form, "actions", "1.1A"), part(form, "actions", "1.1B")
    assert first["obligation"]["status"] == "submitted"
    assert (first["implementation"]["status"], first["implementation"]["reported_on"]) == ("on_track", "2026-10-12")
    assert "its evidence is needed" in first["implementation"]["reason"]
    assert first["evidence"]["status"] == "needed"
    assert first["outcome"] == part(form, "objectives", "1.1")["outcome"]["status"] == "insufficient_data"
    assert second["implementation"] == {"status": "not_reported", "reported_on": None, "reason": "No check-in has come."}
    assert second["evidence"] == {"status": "current", "reason": '"Minutes" of 2026-10-12 is valid until 2027-10-12.'}
    objective = part(form, "objectives", "1.1")
    assert (objective["implementation"]["reported"], objective["implementation"]["due"]) == (1, 3)
    assert objective["reading"] is None


@pytest.mark.usefixtures("workplace")
def test_an_override_stands_beside_the_judged_status_until_its_day(plankeeper: Plankeeper) -> None:
    until, day = date(2026, 10, 30), date(2026, 10, 1)
    keep(
        Override(item="1.1-rating", period=Q1, status="watch", until=until, note="[red]Under review.", by="Board", known_on=day)
    )
    rating = part(status(plankeeper, "2026-10-30"), "measures", "1.1-rating")
    assert rating["status"] == "no_data"
    assert rating["override"] == {"status": "watch", "until": "2026-10-30", "by": "Board", "reason": "[red]Under review."}
    assert list(rating)[list(rating).index("override") - 1] == "reason"
    assert "override" not in part(status(plankeeper, "2026-10-31"), "measures", "1.1-rating")
    shown = " ".join(plankeeper("status", "--as-of", "2026-10-30").out.split())
    assert "Set by Board until 2026-10-30: [red]Under review. Judged no data:" in shown


@pytest.mark.usefixtures("workplace")
def test_a_narrative_measure_is_judged_by_its_rating(plankeeper: Plankeeper) -> None:
    keep(CheckIn(item="3.1-voice", period=Q1, status=Progress.SOME_PROGRESS, note="", by="chief", known_on=date(2026, 10, 12)))
    voice = part(status(plankeeper, "2026-10-22"), "measures", "3.1-voice")
    assert (voice["kind"], voice["status"]) == ("narrative", "watch")
    assert voice["reason"] == "chief rated it for 2026-27 Q1, on 2026-10-12: some progress."


@pytest.mark.parametrize("width", ["80", "100"])
@pytest.mark.usefixtures("workplace")
def test_the_table_says_it_in_words_within_the_terminals_width(
    width: str, plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    said = plankeeper("status", "--as-of", "2025-09-30").out
    assert max(len(line) for line in said.splitlines()) <= int(width)
    assert all(code in said for code in ("P1", "1.1-rating", "1.1A", "1.1-pm1"))
    assert "declined" in said
    assert "no data" in said
    assert "\x1b" not in said
    assert "85 against 91.6 expected for 2024-25" in " ".join(said.split())
    assert said.splitlines()[-1].startswith("Owed: ")


def test_a_plan_without_any_fact_has_a_status(plankeeper: Plankeeper) -> None:
    form = status(plankeeper, "2026-10-22")
    assert form["outcome"]["status"] == "insufficient_data"
    assert {one["status"] for one in form["measures"]} >= {"no_data", "not_rated", "off_track"}
