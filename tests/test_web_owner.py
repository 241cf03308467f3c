"""The owner's pages: what is asked is answered by a link, whole or not at all, and taken back within a day."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import open_ledger
from ledger.records import Judgement, LetterState
from plan.facts import Acknowledgement, CheckIn, CorrectivePlan, Evidence, Implementation, Progress, Reading, Referral
from plan.periods import Quarter, SchoolYear
from tasks.evidence_store import path_of
from tasks.settings import Settings
from tests.owner_builders import OFFICE, hidden, link_of, press, recorded
from tests.web_builders import AT, DAY, PLAN, TestClient, browser, copied, settings
from web.app import create_app

NOTE = "Talks began <script>alert(1)</script> on all campuses."
CHECKED = {"status": "at_risk", "note": NOTE, "obstacles": "Too few rooms"}
ACTION, MEASURE, WATCHED, NARRATED = "2.3A", "2.3-turnover", "2.2-pm3", "2.3-tasb"
BY = "Chief Human Resources Officer"
Q1 = Quarter.parse("2026-27 Q1")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of a home in which nothing has been recorded yet."""
    return settings(tmp_path / "home")


@pytest.fixture
def path(home: Settings) -> str:
    """The path of an owner's link."""
    return link_of(home)


def later(of: Settings, hours: int) -> TestClient:
    """Return a browser so many hours later."""
    at = AT + timedelta(hours=hours)
    return TestClient(create_app(of, today=at.date, now=lambda: at), base_url=of.base_url, follow_redirects=False)


def rows(of: Settings) -> tuple[object, ...]:
    """Return all that a press could change."""
    with open_ledger(of.database) as ledger:
        facts = ledger.facts(PLAN, known_by=date.max).every
        drafts = [ledger.pages.drafts(PLAN, f"{office}@example.org") for office in (OFFICE, "chief-academic-officer")]
        return facts, drafts, ledger.outbox(PLAN), ledger.pages.audit(PLAN, most=99)


def receipts(of: Settings) -> list[tuple[str, str]]:
    """Return to whom receipts wait to go out, and what they are about."""
    with open_ledger(of.database) as ledger:
        found = [one for one in ledger.outbox(PLAN) if one.kind == "receipt"]
    assert {one.state for one in found} <= {LetterState.QUEUED}
    return [(one.address, one.subject) for one in found]


def read(value: str, year: SchoolYear, on: date) -> Reading:
    """Return a figure of the turnover rate that became known on a day."""
    return Reading(item=MEASURE, period=year, value=Decimal(value), source="HR", note="", by=BY, known_on=on)


# --- looking -----------------------------------------------------------------------------------------------------------


def test_looking_changes_nothing(home: Settings, path: str) -> None:
    before, looking = rows(home), browser(home)
    for at in (path, f"{path}/{ACTION}", f"{path}/{MEASURE}?period=2026-27", f"{path}/{ACTION}?period=x&deed=record"):
        for ask in (looking.get, looking.head):
            assert ask(at).status_code == 200
    assert rows(home) == before


def test_the_page_asks_in_its_order_with_nothing_chosen(home: Settings, path: str) -> None:
    answer = browser(home).get(f"{path}/{ACTION}")
    asked = [
        "Where does it stand?",
        "What happened in this time?",
        "What shows it?",
        "What stands in the way?",
        "Record it",
        "Save and continue later",
        "Not me, ask …",
        "Later, by …",
    ]
    places = [answer.text.index(words) for words in asked]
    assert places == sorted(places)
    assert "Your check-in for 2026-27 Q1" in answer.text
    assert not re.search(r" checked| selected|autofocus|<script", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "<nav aria-label" not in answer.text


def test_all_that_is_owed_stands_on_one_page_and_what_comes_next_below(home: Settings, path: str) -> None:
    press(browser(home), f"{path}/{ACTION}", CHECKED)
    text = browser(home).get(path).text
    waiting, _, coming = text.partition("What comes next")
    for code in (MEASURE, WATCHED, NARRATED, "2.3"):
        assert f'<span class="code">{code}</span>' in waiting
    assert "Figure for 2025-26, due 31 August 2026" in waiting
    assert "Check-in for 2026-27 Q2: opens on 18 December 2026" in coming
    assert "Recorded in the last 24 hours" in waiting


def test_a_figure_is_asked_for_beside_last_years_and_what_is_wanted(home: Settings, path: str) -> None:
    with open_ledger(home.database) as ledger:
        ledger.add_facts(PLAN, [read("9.1", SchoolYear(2024), date(2025, 9, 1))], recorded_at=AT - timedelta(days=90))
    text = " ".join(browser(home).get(f"{path}/{MEASURE}").text.split())
    assert "<dt>Last year, 2024-25</dt><dd>9.1</dd>" in text
    assert "<dt>Wanted</dt><dd>8.8 at most each year</dd>" in text


def test_the_page_speaks_the_language_of_its_reader(home: Settings, path: str) -> None:
    answer = browser(home).get(f"{path}/{ACTION}", headers={"accept-language": "es-MX"})
    assert '<html lang="es">' in answer.text
    assert answer.headers["vary"] == "Accept-Language"


# --- a check-in --------------------------------------------------------------------------------------------------------


def test_a_check_in_is_kept_with_its_receipt_and_its_line_in_the_log(home: Settings, path: str) -> None:
    looking = browser(home)
    answer = press(looking, f"{path}/{ACTION}", CHECKED | {"deed": "record"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/{ACTION}")
    (kept,) = recorded(home, ACTION)
    assert kept.recorded_at == AT
    assert kept.fact == CheckIn(
        item=ACTION,
        period=Q1,
        status=Implementation.AT_RISK,
        note=NOTE,
        obstacles="Too few rooms",
        by=BY,
        known_on=DAY,
    )
    assert [address for address, _ in receipts(home)] == [f"{OFFICE}@example.org"]
    with open_ledger(home.database) as ledger:
        (line,) = ledger.pages.audit(PLAN, most=9)
    assert (line.who, line.subject) == (BY, f"{ACTION}, 2026-27 Q1")
    assert line.came_from == "link of c•••@example.org, from 127.0.0.1"


def test_the_page_afterwards_says_what_was_recorded_and_escapes_it(home: Settings, path: str) -> None:
    looking = browser(home)
    press(looking, f"{path}/{ACTION}", CHECKED)
    text = looking.get(f"{path}/{ACTION}").text
    assert "Recorded on 22 October 2026, 07:30." in text
    assert "It can be taken back until 23 October 2026, 07:30." in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "Nothing is asked for it now. You may still answer:" in text


DEEDS = ("record", "save", "refer", "promise", "", "nonsense")


@pytest.mark.parametrize(
    ("code", "deed"), [*((code, deed) for code in (ACTION, MEASURE, WATCHED) for deed in DEEDS), (MEASURE, "see")]
)
def test_a_bare_press_of_any_button_is_refused_and_keeps_nothing(code: str, deed: str, home: Settings, path: str) -> None:
    before = rows(home)
    answer = press(browser(home), f"{path}/{code}", {"deed": deed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert rows(home) == before


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(home: Settings, path: str) -> None:
    answer = press(browser(home), f"{path}/{ACTION}", {"note": "Too short", "obstacles": "Rooms & <b>"})
    assert answer.status_code == 422
    assert '<a href="#status">Choose where it stands.</a>' in answer.text
    assert '<a href="#note">Say a little more: 10 characters at least.</a>' in answer.text
    assert 'aria-describedby="note-hint note-problem" aria-invalid="true"' in answer.text
    assert "Too short</textarea>" in answer.text
    assert "Rooms &amp; &lt;b&gt;</textarea>" in answer.text


def test_a_second_press_changes_nothing(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    form = hidden(looking.get(at).text, at) | CHECKED
    assert looking.post(at, data=form).status_code == 303
    before = rows(home)
    again = looking.post(at, data=form)
    assert again.status_code == 409
    assert "Something was recorded since this page was opened" in again.text
    assert looking.post(at, data=form | {"seen": "x"}).status_code == 409
    assert rows(home) == before


def test_whoever_answered_meanwhile_is_not_answered_over(home: Settings, path: str) -> None:
    mine, theirs = browser(home), browser(home)
    other = link_of(home, "chief-academic-officer")
    form = hidden(mine.get(f"{path}/{ACTION}").text, f"{path}/{ACTION}") | CHECKED
    assert press(theirs, f"{other}/{ACTION}", CHECKED | {"status": "on_track"}).status_code == 303
    assert mine.post(f"{path}/{ACTION}", data=form).status_code == 409
    (kept,) = recorded(home, ACTION)
    assert kept.fact.by == "Chief Academic Officer (for Chief Human Resources Officer)"


def test_an_answer_can_be_given_again_and_an_earlier_period_chosen(home: Settings, path: str) -> None:
    looking = browser(home)
    press(looking, f"{path}/{ACTION}", CHECKED)
    again = press(looking, f"{path}/{ACTION}?period=2026-27-Q1", CHECKED | {"status": "on_track"})
    assert again.status_code == 303
    assert [one.fact.status for one in recorded(home, ACTION)] == ["at_risk", "on_track"]  # type: ignore[union-attr]
    assert press(looking, f"{path}/{ACTION}?period=2026-27-Q2", CHECKED).status_code == 303
    assert recorded(home, ACTION)[-1].fact.period == Quarter.parse("2026-27 Q2")
    form = hidden(looking.get(f"{path}/2.3C").text, f"{path}/2.3C")
    for period in ("2025-26-Q4", "2026-27-Q3", "2026-27"):
        assert looking.post(f"{path}/2.3C", data=form | CHECKED | {"period": period}).status_code == 404
    assert recorded(home, "2.3C") == ()


def test_a_measure_without_figures_is_rated(home: Settings, path: str) -> None:
    looking = browser(home)
    assert "How far has it come?" in looking.get(f"{path}/{NARRATED}").text
    press(looking, f"{path}/{NARRATED}", {"status": "considerable_progress", "note": NOTE})
    (kept,) = recorded(home, NARRATED)
    assert isinstance(kept.fact, CheckIn)
    assert kept.fact.status is Progress.CONSIDERABLE_PROGRESS


# --- a figure ----------------------------------------------------------------------------------------------------------


def test_what_a_figure_would_give_is_shown_and_not_kept(home: Settings, path: str) -> None:
    before = rows(home)
    answer = press(browser(home), f"{path}/{MEASURE}", {"figure": "9.9", "source": "HR report", "deed": "see"})
    assert answer.status_code == 200
    text = " ".join(answer.text.split())
    assert '<span class="badge late">Off track</span> 9.9 for 2025-26; wanted each year: 8.8 at most; 1.1 short of it.' in text
    assert 'value="9.9"' in text
    assert 'value="HR report"' in text
    assert rows(home) == before


def test_who_has_answered_is_led_to_what_waits_next(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    assert "more wait for you" not in looking.get(at).text
    press(looking, at, CHECKED)
    text = " ".join(looking.get(at).text.split())
    led_to = re.search(r'Thank you\. (\d+) more wait for you, first: <a href="([^"]+)"', text)
    assert led_to is not None
    assert ACTION not in led_to[2]
    assert f"Waiting for you: {led_to[1]}" in looking.get(path).text
    assert looking.get(led_to[2]).status_code == 200


def test_a_figure_is_kept_with_its_source(home: Settings, path: str) -> None:
    assert press(browser(home), f"{path}/{MEASURE}", {"figure": "8.6 %", "source": "HR report"}).status_code == 303
    (kept,) = recorded(home, MEASURE)
    assert isinstance(kept.fact, Reading)
    assert (str(kept.fact.value), kept.fact.source, kept.fact.period) == ("8.6", "HR report", SchoolYear(2025))


def test_a_figure_that_is_hard_to_believe_is_kept_once_it_is_ticked(home: Settings) -> None:
    looking, code = browser(home), "1.2.1-ccmr"
    at, fields = f"{link_of(home, 'assessment-accountability')}/{code}", {"figure": "815", "source": "State report"}
    answer = press(looking, at, fields)
    assert answer.status_code == 422
    assert "are believed. Look at it once more, and tick that it is right." in answer.text
    assert recorded(home, code) == ()
    assert press(looking, at, fields | {"believed": "yes"}).status_code == 303
    (kept,) = recorded(home, code)
    assert isinstance(kept.fact, Reading)
    assert kept.fact.value == Decimal(815)


def test_a_figure_that_is_hard_to_believe_is_not_kept_among_others(home: Settings) -> None:
    path, code = link_of(home, "assessment-accountability"), "1.2.1-ccmr"
    answer = press(browser(home), path, line(code, "2025-26", figure="815", source="State report"))
    assert answer.status_code == 422
    assert "If it is right all the same, record it on its own page." in answer.text
    assert recorded(home, code) == ()


# --- evidence ----------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_and_shows_other_items_too(home: Settings, path: str) -> None:
    fields = {"dated_on": "2026-10-01", "links": "https://example.org/minutes", "also": [ACTION, MEASURE]}
    upload = {"file": ("../../etc/Minutes.pdf", PDF, "text/html")}
    assert press(browser(home), f"{path}/{WATCHED}", fields, files=upload).status_code == 303
    kept = [one.fact for code in (WATCHED, ACTION, MEASURE) for one in recorded(home, code)]
    assert [(one.item, str(one.period), one.reference) for one in kept if isinstance(one, Evidence)] == [
        (code, period, reference)
        for code, period in ((WATCHED, "2026-27 Q1"), (ACTION, "2026-27 Q1"), (MEASURE, "2025-26"))
        for reference in ("Minutes.pdf", "https://example.org/minutes")
    ]
    digest = next(one.sha256 for one in kept if isinstance(one, Evidence))
    stored = path_of(digest, home)
    assert stored is not None
    assert stored.read_bytes() == PDF
    assert len(receipts(home)) == 1


def test_a_check_in_and_its_evidence_are_one_submission(home: Settings, path: str) -> None:
    fields = CHECKED | {"dated_on": "2026-10-01", "links": "https://example.org/a"}
    assert press(browser(home), f"{path}/{ACTION}", fields).status_code == 303
    assert [type(one.fact) for one in recorded(home, ACTION)] == [CheckIn, Evidence]
    assert len(receipts(home)) == 1


def test_a_file_that_is_not_what_it_says_is_refused_with_all_that_was_typed(home: Settings, path: str) -> None:
    before = rows(home)
    upload = {"file": ("photo.png", b"<script>alert(1)</script>", "image/png")}
    answer = press(browser(home), f"{path}/{ACTION}", CHECKED | {"dated_on": "2026-10-01"}, files=upload)
    assert answer.status_code == 422
    assert 'href="#file"' in answer.text
    assert 'value="at_risk" checked' in answer.text
    assert "Please choose your files again" in answer.text
    assert rows(home) == before


# --- a corrective plan -------------------------------------------------------------------------------------------------


def slipped(of: Settings) -> None:
    """Have a measure judged off track, as the flow that judges keeps it."""
    with open_ledger(of.database) as ledger:
        ledger.add_facts(PLAN, [read("9.9", SchoolYear(2025), date(2026, 10, 5))], recorded_at=AT - timedelta(days=15))
        judged = Judgement(item=MEASURE, aspect="outcome", status="off_track", reason="It is off track.")
        ledger.record_judgements(PLAN, [judged], on=date(2026, 10, 5))


def test_a_corrective_plan_is_asked_for_where_a_measure_slipped(home: Settings, path: str) -> None:
    slipped(home)
    looking = browser(home)
    assert "Corrective plans asked for" in looking.get(path).text
    page = looking.get(f"{path}/{MEASURE}").text
    assert "Your corrective plan" in page
    assert "A corrective plan is asked for by 19 October 2026." in page
    assert press(looking, f"{path}/{MEASURE}").status_code == 422
    plan = {"cause": "Pay", "step": "Raise it", "done_by": "2026-12-01", "effect": "8.8 by summer"}
    assert press(looking, f"{path}/{MEASURE}", plan).status_code == 303
    assert recorded(home, MEASURE)[-1].fact == CorrectivePlan(
        item=MEASURE,
        period=Quarter.parse("2026-27 Q2"),
        cause="Pay",
        step="Raise it",
        done_by=date(2026, 12, 1),
        effect="8.8 by summer",
        by=BY,
        known_on=DAY,
    )
    assert "Corrective plans asked for" not in looking.get(path).text


# --- later, not me, and drafts -----------------------------------------------------------------------------------------


def test_an_answer_can_be_promised_twice_and_the_third_time_the_page_says_why_not(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    for day in ("2026-10-26", "2026-10-28"):
        assert press(looking, at, {"deed": "promise", "promised_on": day}).status_code == 303
    promised = [one.fact.promised_on for one in recorded(home, ACTION) if isinstance(one.fact, Acknowledgement)]
    assert promised == [date(2026, 10, 26), date(2026, 10, 28)]
    assert "Paused" in looking.get(at).text
    assert "It was put off twice" in looking.get(at).text
    third = looking.post(at, data=hidden(looking.get(at).text, at) | {"deed": "promise", "promised_on": "2026-10-29"})
    assert third.status_code == 422
    assert len(recorded(home, ACTION)) == 2


def test_no_day_further_than_ten_working_days_can_be_promised(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    days = re.findall(r'<option value="(2026-[\d-]+)">', looking.get(at).text)
    assert (len(days), days[0], days[-1]) == (10, "2026-10-23", "2026-11-05")
    assert press(looking, at, {"deed": "promise", "promised_on": "2026-11-06"}).status_code == 422
    assert recorded(home, ACTION) == ()


def test_another_office_can_be_named_and_that_can_be_taken_back(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    assert 'value="board-of-trustees"' not in looking.get(at).text
    asked = {"deed": "refer", "asked": "recruitment", "referral_note": "It moved there."}
    assert press(looking, at, asked).status_code == 303
    (kept,) = recorded(home, ACTION)
    assert isinstance(kept.fact, Referral)
    assert (kept.fact.asked, kept.fact.by) == ("recruitment", BY)
    theirs = link_of(home, "recruitment")
    assert browser(home).get(f"{theirs}/{ACTION}").status_code == 200
    page = looking.get(at)
    assert "To be asked" in page.text
    assert "Where does it stand?" not in page.text
    undo = hidden(page.text, f"{at}/undo") | {"sure": "yes"}
    assert looking.post(at, data=undo | CHECKED).status_code == 404
    assert looking.post(f"{at}/undo", data=undo).status_code == 303
    assert "Where does it stand?" in looking.get(at).text
    assert browser(home).get(f"{theirs}/{ACTION}").status_code == 404


def test_what_is_begun_can_be_left_and_is_recorded_only_once_it_was_ticked(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    begun = {"status": "at_risk", "note": "Talks\nbegan", "also": [WATCHED], "deed": "save"}
    saved = press(looking, at, begun)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{at}?period=2026-27-Q1")
    assert recorded(home, ACTION) == ()
    page = browser(home).get(at).text
    assert "You saved this on 22 October 2026, 07:30. It is not recorded yet" in page
    assert 'value="at_risk" checked' in page
    assert "Talks\nbegan</textarea>" in page
    assert f'value="{WATCHED}" checked' in page
    bare = press(looking, at, {"status": "at_risk", "note": "Talks began"})
    assert bare.status_code == 422
    assert "tick that it is to be recorded" in bare.text
    assert press(looking, at, {"status": "at_risk", "note": "Talks began", "sure": "yes"}).status_code == 303
    assert "You saved this" not in looking.get(f"{at}?period=2026-27-Q1").text
    other = link_of(home, "chief-academic-officer")
    assert "You saved this" not in browser(home).get(f"{other}/{ACTION}").text


def test_what_is_saved_again_as_it_is_stays_as_it_was_with_its_time(home: Settings, path: str) -> None:
    at = f"{path}/{ACTION}"
    begun: dict[str, Any] = {"note": "Talks\r\nbegan", "also": [WATCHED], "deed": "save"}
    assert press(browser(home), at, begun).status_code == 303
    before = rows(home)
    assert press(later(home, 1), at, begun).status_code == 303
    assert rows(home) == before
    assert press(later(home, 1), at, begun | {"note": "Talks ended"}).status_code == 303
    assert "You saved this on 22 October 2026, 08:30" in browser(home).get(at).text


# --- taking back -------------------------------------------------------------------------------------------------------


def test_all_of_a_submission_is_taken_back_with_a_receipt(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    press(looking, at, CHECKED | {"dated_on": "2026-10-01", "links": "https://example.org/a", "also": [WATCHED]})
    undo = hidden(looking.get(at).text, f"{at}/undo")
    before = rows(home)
    bare = looking.post(f"{at}/undo", data=undo)
    assert bare.status_code == 422
    assert "Tick that it is to be taken back" in bare.text
    assert rows(home) == before
    assert looking.post(f"{at}/undo", data=undo | {"sure": "yes"}).status_code == 303
    assert all(one.withdrawn and one.withdrawn.by == BY for one in recorded(home, ACTION))
    assert [one.withdrawn for one in recorded(home, WATCHED)] == [None]
    assert len(receipts(home)) == 2
    page = looking.get(at).text
    assert "and taken back since." in page
    assert "Your check-in for 2026-27 Q1" in page
    assert looking.post(f"{at}/undo", data=undo | {"sure": "yes"}).status_code == 409
    with open_ledger(home.database) as ledger:
        (line, *_) = ledger.pages.audit(PLAN, most=9)
    assert (line.did, line.subject) == ("taken back", f"{ACTION}, 2026-27 Q1")


def test_after_a_day_it_cannot_be_taken_back(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    press(looking, at, CHECKED)
    number = hidden(looking.get(at).text, f"{at}/undo")["number"]
    assert f"{at}/undo" in later(home, 23).get(at).text
    tomorrow = later(home, 24)
    page = tomorrow.get(f"{at}?period=2026-27-Q1").text
    assert f"{at}/undo" not in page
    form = hidden(page, at) | {"number": number, "sure": "yes"}
    assert tomorrow.post(f"{at}/undo", data=form).status_code == 409
    assert recorded(home, ACTION)[0].withdrawn is None


def test_what_somebody_else_recorded_is_not_taken_back(home: Settings, path: str) -> None:
    other = link_of(home, "chief-academic-officer")
    press(browser(home), f"{other}/{ACTION}", CHECKED)
    looking, at = browser(home), f"{path}/{ACTION}"
    page = looking.get(f"{at}?period=2026-27-Q1").text
    assert "Take it back" not in page
    form = hidden(page, at) | {"number": str(recorded(home, ACTION)[0].number), "sure": "yes"}
    assert looking.post(f"{at}/undo", data=form).status_code == 409


# --- many at once ------------------------------------------------------------------------------------------------------


def line(code: str, period: str = "2026-27-Q1", **fields: str) -> dict[str, str]:
    """Return the fields of a line of the page of all that is owed."""
    return {f"{code}/{period}/{name}": text for name, text in fields.items()}


def test_lines_that_were_begun_are_recorded_together_and_the_others_left_alone(home: Settings, path: str) -> None:
    looking = browser(home)
    fields = line(ACTION, status="on_track", note=NOTE) | line(MEASURE, "2025-26", figure="8.6", source="HR report")
    answer = press(looking, path, fields)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert [type(recorded(home, code)[0].fact) for code in (ACTION, MEASURE)] == [CheckIn, Reading]
    assert recorded(home, "2.3C") == ()
    assert len(receipts(home)) == 1
    page = looking.get(path).text
    assert page.count("Look, or take it back") == 2


def test_one_line_that_is_not_whole_keeps_all_from_being_recorded(home: Settings, path: str) -> None:
    before = rows(home)
    fields = line(ACTION, status="on_track", note=NOTE) | line("2.3C", note="Pay was compared.")
    answer = press(browser(home), path, fields)
    assert answer.status_code == 422
    assert '<a href="#2.3C/2026-27-Q1/status">Choose where it stands.</a>' in answer.text
    assert 'id="2.3C/2026-27-Q1/status"' in answer.text
    assert "Pay was compared.</textarea>" in answer.text
    assert "Talks began &lt;script&gt;" in answer.text
    assert '<option value="on_track" selected>' in answer.text
    assert rows(home) == before


def test_a_bare_press_and_a_second_press_of_all_lines_change_nothing(home: Settings, path: str) -> None:
    looking = browser(home)
    assert press(looking, path).status_code == 422
    form = hidden(looking.get(path).text, path) | line(ACTION, status="on_track", note=NOTE)
    assert looking.post(path, data=form).status_code == 303
    before = rows(home)
    assert looking.post(path, data=form).status_code == 409
    again = hidden(looking.get(path).text, path) | line("2.3C", status="on_track", note=NOTE)
    assert looking.post(path, data=again | {"seen": "2.3C:7"}).status_code == 409
    assert rows(home) == before


# --- who may -----------------------------------------------------------------------------------------------------------


def test_whatever_does_not_hold_is_not_found_and_all_look_the_same(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    good = link_of(of)
    over = link_of(of, "budget", expires_on=date(2026, 10, 21))
    back = link_of(of, "recruitment", revoked_at=AT)
    other = link_of(of, "maintenance-energy", scope="view")
    nobody = link_of(of, "someone-who-left")
    token, _, proof = good.removeprefix("/u/").partition(".")
    swapped = f"/u/{token}.{other.rpartition('.')[2]}"
    wrong = [over, back, nobody, swapped, good[:-1], f"{good}A", f"/u/{token}.{'A' * 22}", f"/u/{token}.{proof.swapcase()}"]
    items = [f"{one}/{ACTION}" for one in wrong]
    unknown = [f"{good}/9.9", f"{good}/1.3A", f"{good}/{ACTION}%00", f"{good}/P2", f"{good}/'; DROP TABLE check_in; --"]
    looking = browser(of)
    answers = [looking.get(at) for at in (*wrong, *items, *unknown)]
    answers += [looking.post(at, data=CHECKED) for at in (swapped, f"{over}/{ACTION}", f"{back}/{ACTION}/undo", *unknown[:2])]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1
    assert "Socorro" not in answers[0].text
    assert recorded(of, ACTION) == ()


def test_a_link_to_look_looks_and_changes_nothing(home: Settings) -> None:
    looking, at = browser(home), link_of(home, scope="view")
    page = looking.get(at).text
    assert "This link lets you look, and changes nothing." in page
    assert "<form" not in page
    assert "<form" not in looking.get(f"{at}/{ACTION}").text
    assert looking.get(f"{at}/2.1").status_code == 200  # of an office below
    assert looking.get(f"{at}/4.1").status_code == 404
    for path in (at, f"{at}/{ACTION}", f"{at}/{ACTION}/undo"):
        assert looking.post(path, data=CHECKED).status_code == 404


def test_a_form_from_elsewhere_is_refused(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    form = hidden(looking.get(at).text, at) | CHECKED
    before = rows(home)
    assert browser(home).post(at, data=form).status_code == 403  # without the page's cookie
    assert looking.post(at, data=form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert looking.post(at, data=form | {"token": "0" * 32}).status_code == 403
    assert looking.post(f"{path}/2.3C", data=form).status_code == 403  # another item's
    assert looking.post(path, data=form).status_code == 403
    assert looking.post(at, data=CHECKED).status_code == 403
    assert rows(home) == before


def test_a_link_that_is_followed_again_leaves_the_forms_of_other_tabs_good(home: Settings, path: str) -> None:
    looking = browser(home)
    first = hidden(looking.get(f"{path}/{ACTION}").text, f"{path}/{ACTION}") | CHECKED
    assert "samesite=lax" in looking.get(f"{path}/2.3C").headers["set-cookie"].casefold()
    assert looking.post(f"{path}/{ACTION}", data=first).status_code == 303


def test_while_the_files_have_problems_nothing_of_them_is_told(tmp_path: Path) -> None:
    of = copied(tmp_path / "home")
    at = link_of(of)
    of.plan.write_text("nothing")
    answer = browser(of).get(at)
    assert answer.status_code == 503
    assert "The files of the plan are being corrected" in answer.text
    assert "plan.yaml" not in answer.text


def test_who_records_is_told_of_so_that_it_is_judged_soon(home: Settings, path: str) -> None:
    heard: list[str] = []
    app = create_app(home, today=lambda: DAY, now=lambda: AT, answered=heard.append)
    looking = TestClient(app, base_url=home.base_url, follow_redirects=False)
    press(looking, f"{path}/{ACTION}")
    press(looking, f"{path}/{ACTION}", {"note": "Begun", "deed": "save"})
    assert heard == []
    press(looking, f"{path}/2.3C", CHECKED)
    press(looking, path, line(MEASURE, "2025-26", figure="8.6", source="HR report"))
    undo = hidden(looking.get(f"{path}/2.3C").text, f"{path}/2.3C/undo")
    looking.post(f"{path}/2.3C/undo", data=undo | {"sure": "yes"})
    assert heard == [PLAN] * 3


def test_text_of_any_kind_is_kept_as_text_or_refused(home: Settings, path: str) -> None:
    looking, at = browser(home), f"{path}/{ACTION}"
    odd = "=cmd|'/c calc'!A0\x00\u202e '; DROP TABLE check_in; -- {{ 7*7 }} %s"
    fields: dict[str, Any] = {"status": "on_track", "note": odd, "obstacles": odd}
    assert press(looking, at, fields).status_code == 303
    (kept,) = recorded(home, ACTION)
    assert isinstance(kept.fact, CheckIn)
    assert kept.fact.note == "=cmd|'/c calc'!A0 '; DROP TABLE check_in; -- {{ 7*7 }} %s"
