"""Two tabs, two owners, and answers that others build on: nothing that was written is lost, and nothing counts that is gone."""

from datetime import date
from pathlib import Path

import pytest

from ledger.ledger import Ledger, open_ledger
from plan.facts import Acceptance, CheckIn, CorrectivePlan, Evidence, Implementation, Reading
from tasks.settings import Settings
from tests.owner_builders import hidden, link_of, press, recorded
from tests.test_web_owner import ACTION, BY, CHECKED, MEASURE, Q1, WATCHED, slipped
from tests.web_builders import AT, DAY, PLAN, browser, copied, settings
from web.desk import Desk

OTHER = "2.3C"
HALF = {"status": "at_risk", "note": "Half of what happened", "deed": "save"}
PROOF = {"links": "https://example.org/minutes", "dated_on": "2026-10-01"}
REPAIR = {"cause": "Pay", "step": "Raise it", "done_by": "2026-12-01", "effect": "8.8 by summer"}


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of a home in which nothing has been recorded yet."""
    return settings(tmp_path / "home")


@pytest.fixture
def path(home: Settings) -> str:
    """The path of an owner's link."""
    return link_of(home)


# --- what was begun stays ----------------------------------------------------------------------------------------------


def test_a_promise_leaves_what_was_begun(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    press(looking, at, HALF)
    assert press(looking, at, {"deed": "promise", "promised_on": "2026-10-26"}).status_code == 303
    assert "Half of what happened</textarea>" in looking.get(at).text


def test_evidence_that_shows_another_item_too_leaves_what_was_begun_there(home: Settings, path: str) -> None:
    looking = browser(home)
    press(looking, f"{path}/{OTHER}", HALF)
    assert press(looking, f"{path}/{ACTION}", CHECKED | PROOF | {"also": OTHER}).status_code == 303
    assert isinstance(recorded(home, OTHER)[0].fact, Evidence)
    assert "Half of what happened</textarea>" in looking.get(f"{path}/{OTHER}").text


def test_a_corrective_plan_ends_the_draft_that_it_was_made_of(home: Settings, path: str) -> None:
    slipped(home)
    looking, at = browser(home), f"{path}/{MEASURE}"
    press(looking, at, {"cause": "Pay", "deed": "save"})
    assert press(looking, at, REPAIR | {"sure": "yes"}).status_code == 303
    with open_ledger(home.database) as ledger:
        assert ledger.pages.drafts(PLAN, "chief-human-resources-officer@example.org") == ()


# --- what others did meanwhile -----------------------------------------------------------------------------------------


def test_a_line_that_somebody_else_answered_keeps_all_lines_from_being_recorded(home: Settings, path: str) -> None:
    mine = browser(home)
    form = hidden(mine.get(path).text, path)
    for code in (ACTION, OTHER):
        form |= {f"{code}/2026-27-Q1/status": "off_track", f"{code}/2026-27-Q1/note": f"What I saw of {code}"}
    press(browser(home), f"{path}/{ACTION}", CHECKED)
    answer = mine.post(path, data=form)
    assert answer.status_code == 409
    assert f"What I saw of {OTHER}</textarea>" in answer.text
    assert recorded(home, OTHER) == ()


def test_a_second_press_of_a_corrective_plan_is_told_that_it_came(home: Settings, path: str) -> None:
    slipped(home)
    looking, at = browser(home), f"{path}/{MEASURE}"
    form = hidden(looking.get(at).text, at) | REPAIR
    assert looking.post(at, data=form).status_code == 303
    again = looking.post(at, data=form)
    assert again.status_code == 409
    assert "Something was recorded since this page was opened" in again.text
    assert [type(one.fact) for one in recorded(home, MEASURE)][-2:] == [Reading, CorrectivePlan]


def test_what_comes_in_while_a_page_is_made_is_not_taken_for_seen(
    home: Settings, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's answer is kept after the page has looked, and before it is sent."""
    looking, at, look = browser(home), f"{path}/{ACTION}", Desk.situation
    theirs = CheckIn(
        item=ACTION, period=Q1, status=Implementation.ON_TRACK, note="Theirs came first.", by="Recruitment", known_on=DAY
    )

    def situation(desk: Desk, ledger: Ledger | None, *, as_of: date) -> object:
        found = look(desk, ledger, as_of=as_of)
        with open_ledger(home.database) as other:
            other.add_facts(PLAN, [theirs], recorded_at=AT)
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Desk, "situation", situation)
        form = hidden(looking.get(at).text, at) | CHECKED
    assert looking.post(at, data=form).status_code == 409


def test_who_gave_evidence_does_not_accept_it_after_passing_the_item_on(tmp_path: Path) -> None:
    """Who leads an objective and owns an action of it would else look at their own evidence, as soon as another owns it."""
    of = copied(tmp_path / "own")
    of.plan.write_text(of.plan.read_text().replace("settings:\n", "settings:\n  evidence_acceptance: true\n", 1))
    path, looking = link_of(of), browser(of)
    assert press(looking, f"{path}/{OTHER}", CHECKED | PROOF | {"also": ACTION}).status_code == 303
    assert press(looking, f"{path}/{ACTION}", {"deed": "refer", "asked": "recruitment"}).status_code == 303
    answer = press(looking, f"{path}/look/{ACTION}", {"choice": "accept"})
    assert answer.status_code == 422
    assert f"{BY} gave evidence for {ACTION}; it is looked at by another office." in answer.text


# --- what others build on ----------------------------------------------------------------------------------------------


def test_evidence_that_was_accepted_is_not_taken_back(home: Settings, path: str) -> None:
    """Else a deliverable would stay done by evidence that is gone."""
    looking, at = browser(home), f"{path}/{WATCHED}"
    assert press(looking, at, PROOF).status_code == 303
    form = hidden(looking.get(at).text, f"{at}/undo") | {"sure": "yes"}
    accepted = Acceptance(item=WATCHED, period=Q1, note="", by="Superintendent", known_on=DAY)
    with open_ledger(home.database) as ledger:
        ledger.add_facts(PLAN, [accepted], recorded_at=AT)
    answer = looking.post(f"{at}/undo", data=form)
    assert answer.status_code == 422
    assert "Superintendent has accepted this evidence, so it stays" in answer.text
    assert recorded(home, WATCHED)[0].withdrawn is None


@pytest.mark.parametrize("code", [ACTION, WATCHED], ids=["check-in", "evidence"])
def test_what_a_figure_would_give_is_not_shown_where_none_is_asked_for(code: str, home: Settings, path: str) -> None:
    answer = press(browser(home), f"{path}/{code}", {"deed": "see", "figure": "86"})
    assert answer.status_code == 422
    assert "No figure is asked for here." in answer.text


def test_an_answer_for_a_period_that_is_none_is_not_kept_for_another(home: Settings, path: str) -> None:
    at = f"{path}/{ACTION}"
    assert press(browser(home), at, CHECKED | {"period": "2026-27-Q9"}).status_code == 404
    assert recorded(home, ACTION) == ()


def test_the_page_that_turns_the_overview_off_leaves_the_forms_of_other_tabs_good(home: Settings, path: str) -> None:
    """A cookie that comes back only within the site is not sent with a link from a mail, and would then be replaced."""
    cookie = browser(home).get(link_of(home, scope="unsubscribe")).headers["set-cookie"]
    assert "samesite=lax" in cookie.casefold()


@pytest.mark.parametrize(("method", "at"), [("PUT", "/u/a"), ("POST", "/plan"), ("GET", "/plan/a/b")])
def test_what_strangers_cannot_ask_for_is_said_in_their_language(method: str, at: str, home: Settings) -> None:
    assert '<html lang="es">' in browser(home).request(method, at, headers={"accept-language": "es"}).text
