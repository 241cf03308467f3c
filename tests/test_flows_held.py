"""Held figures at the command line: listed with their reason, let in or kept out by an office, once."""

import json
from datetime import date
from pathlib import Path

import pytest
import time_machine

from ledger.ledger import open_ledger
from plan.facts import Reading
from tasks.gather import gather_at_hand
from tasks.settings import CHECKOUT, read_settings
from tasks.workplace import open_workplace
from tests.commands import Plankeeper
from tests.flow_builders import PLAN, at

TODAY = date(2026, 11, 23)
BY = ("--by", "director of assessment and accountability")
OFFICE = "Director of Assessment and Accountability"


@pytest.fixture
def held(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger in which a rating of 860 is held: a slip of the pen in the file of the published figures."""
    for name in ("socorro-isd-2023-2027.yaml", "socorro-isd-readings.csv"):
        text = (CHECKOUT / "plan" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("2024-25,86,2026-01-15", "2024-25,860,2026-01-15"), encoding="utf-8")
    monkeypatch.setenv("PLANKEEPER_PLAN", str(tmp_path / "socorro-isd-2023-2027.yaml"))
    monkeypatch.setenv("COLUMNS", "200")
    collect()


def collect() -> None:
    """Collect what is at hand."""
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        gather_at_hand(open_workplace(settings), settings, ledger, as_of=TODAY, at=at(TODAY))


def rating() -> dict[date, str]:
    """Return the figures of the rating for 2024-25, by the day on which they became known."""
    with open_ledger(read_settings().database) as ledger:
        facts = ledger.facts(PLAN, known_by=TODAY).every
    of_the_year = [
        one for one in facts if isinstance(one, Reading) and (one.item, str(one.period)) == ("1.1-rating", "2024-25")
    ]
    return {one.known_on: str(one.value) for one in of_the_year}


@pytest.mark.usefixtures("held")
def test_a_held_figure_is_listed_with_its_reason_and_is_not_known(plankeeper: Plankeeper) -> None:
    said = plankeeper("held", "list")
    assert said.code == 0
    assert "860 for 2024-25 lies 775 points from the 85 of 2024-25; at most 3 points are believed." in " ".join(
        said.out.split()
    )
    assert said.out.splitlines()[-1] == "1 figure held; plankeeper held accept or refuse decides."
    assert rating() == {date(2025, 8, 15): "85"}


@pytest.mark.usefixtures("held")
def test_what_is_let_in_is_known_from_that_day_on(plankeeper: Plankeeper) -> None:
    with time_machine.travel(at(TODAY), tick=False):
        said = plankeeper("held", "accept", "1", *BY, "--note", "It is so.")
    assert said.out == "Accepted: 860 for 1.1-rating, 2024-25; known from 2026-11-23 on.\n"
    assert rating() == {date(2025, 8, 15): "85", TODAY: "860"}
    collect()
    assert rating() == {date(2025, 8, 15): "85", TODAY: "860"}
    assert plankeeper("held", "list").out.splitlines()[-1] == "0 figures held; plankeeper held accept or refuse decides."


@pytest.mark.usefixtures("held")
def test_what_is_kept_out_is_not_asked_about_again(plankeeper: Plankeeper) -> None:
    with time_machine.travel(at(TODAY), tick=False):
        said = plankeeper("held", "refuse", "1", *BY)
    assert said.out == "Refused: 860 for 1.1-rating, 2024-25; no fact, and not asked about again.\n"
    collect()
    assert rating() == {date(2025, 8, 15): "85"}
    assert json.loads(plankeeper("held", "list", "--format", "json").out) == []
    (one,) = json.loads(plankeeper("held", "list", "--all", "--format", "json").out)
    assert one["decision"] == {"verdict": "refused", "by": OFFICE, "note": "", "decided_on": "2026-11-23"}
    assert (one["measure"], one["school_year"], one["value"], one["known_on"]) == ("1.1-rating", "2024-25", 860, "2026-01-15")
    assert one["collected_from"] == "published"


@pytest.mark.usefixtures("held")
def test_a_decision_stands(plankeeper: Plankeeper) -> None:
    with time_machine.travel(at(TODAY), tick=False):
        plankeeper("held", "refuse", "1", *BY)
        said = plankeeper("held", "accept", "1", *BY)
    assert (said.code, said.out) == (1, "")
    assert said.err == f"1 was refused on 2026-11-23 by {OFFICE}; that stands.\n"
    assert rating() == {date(2025, 8, 15): "85"}


@pytest.mark.usefixtures("held")
def test_what_became_known_since_is_shown_and_keeps_it_out(plankeeper: Plankeeper) -> None:
    plankeeper("record", "reading", "1.1-rating", "--year", "2024-25", "--value", "86", "--source", "A letter")
    assert "since then 86 became known" in plankeeper("held", "list").out
    said = plankeeper("held", "accept", "1", *BY)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "86 became known for 1.1-rating, 2024-25, since 1 was held; if 860 is right after all, use plankeeper record reading.\n"
    )
    assert plankeeper("held", "refuse", "1", *BY).code == 0


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ("accept", "2", *BY), "No figure is held under 2; plankeeper held list shows those that are.\n", id="number"
        ),
        pytest.param(
            ("accept", "1", "--by", "Nobody"),
            '"Nobody" is no office of the owners file; write the title of one, as in "Superintendent".\n',
            id="office",
        ),
    ],
)
def test_what_cannot_be_decided_is_refused(arguments: tuple[str, ...], said: str, plankeeper: Plankeeper) -> None:
    found = plankeeper("held", *arguments)
    assert (found.code, found.out, found.err) == (1, "", said)


def test_where_nothing_was_recorded_nothing_is_held_and_nothing_is_made(home: Path, plankeeper: Plankeeper) -> None:
    assert plankeeper("held", "list").out.splitlines()[-1] == "0 figures held; plankeeper held accept or refuse decides."
    assert not home.exists()
