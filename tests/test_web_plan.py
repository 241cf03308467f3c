"""The plan's page and an item's page."""

import os
from datetime import date
from html import unescape
from pathlib import Path
from re import DOTALL, findall, sub
from typing import Any

import pytest

from ledger.ledger import open_ledger
from plan.facts import CheckIn, Implementation
from plan.periods import Quarter
from tasks.settings import Settings
from tests.web_builders import AT, PLAN, browser, copied, letter, record, settings


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the shipped plan, and nothing recorded."""
    return settings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the shipped plan, facts and letters."""
    of = settings(tmp_path_factory.mktemp("home"))
    record(of)
    return of


def words(html: str) -> str:
    """Return what a reader sees, on one line."""
    visible = sub(r"<(head|svg).*?</\1>", "", html, flags=DOTALL)
    return " ".join(unescape(sub(r"<[^>]+>", "", sub(r"</td>|<br>", " ", visible))).split())


def seen(of: Settings, path: str) -> str:
    answer = browser(of).get(path)
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def row(text: str, code: str) -> str:
    """Return what the tree says of one item."""
    return text.partition(f" {code} ")[2][:400]


def test_the_plan_counts_how_everything_stands(here: Settings) -> None:
    text = seen(here, "/")
    assert "The plan on 22 October 2026" in text
    assert "42 actions: 42 overdue" in text
    assert "66 progress measures: 66 overdue" in text
    assert "48 long-term measures: 43 overdue, 2 scheduled, 3 not chased" in text
    assert "12 objectives: 12 in grace" in text


def test_the_tree_holds_every_item_with_its_owner_what_is_owed_and_why(here: Settings) -> None:
    page = browser(here).get("/").text
    codes = findall(r'class="code" href="/items/([^"]+)"', page)
    assert len(codes) == len(set(codes)) == 168
    assert (
        "Raise pass rates in Advanced Academic courses that carry college credit Director of College Readiness "
        "Implementation not reported Evidence needed Outcome of 1.2 insufficient data overdue due 14 October 2026 "
        "The check-in for 2026-27 Q1 was due on 2026-10-14, 6 working days ago, and has not come."
    ) in words(page)


def test_what_was_reported_promised_and_waived_shows_in_the_tree(recorded: Settings) -> None:
    text = seen(recorded, "/")
    assert "42 actions: 39 overdue, 1 paused, 1 submitted, 1 waived" in text
    assert "The check-in for 2026-27 Q1 came on 2026-10-06; it was due on 2026-10-14." in text
    assert "On 2026-10-16 curriculum promised the check-in for 2026-27 Q1 by 2026-10-26." in text


def test_periods_before_the_current_one_are_not_forgotten(recorded: Settings) -> None:
    text = seen(recorded, "/?as_of=2027-01-04")
    assert "Still missing from before: 2026-27 Q1." in row(text, "1.2.1A")
    assert "Still missing from before" not in row(text, "1.1A")
    assert "From earlier periods 130 more are still missing; each item says which." in text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        pytest.param("/?as_of=2026-10-05", "This is how it stood on 5 October 2026", id="past"),
        pytest.param("/items/1.1A?as_of=2026-10-05", "This is how it stood on 5 October 2026", id="past-item"),
        pytest.param("/?as_of=2026-12-01", "1 December 2026 is still to come", id="to-come"),
        pytest.param("/?as_of=2026-10-24", "No mail goes out on this day, which is not a working day.", id="saturday"),
    ],
)
def test_another_day_says_that_it_is_not_today(here: Settings, path: str, says: str) -> None:
    assert says in seen(here, path)


@pytest.mark.parametrize("path", ["/", "/?as_of=", "/?as_of=2026-10-22"])
def test_today_is_judged_where_no_other_day_is_asked_for(here: Settings, path: str) -> None:
    text = seen(here, path)
    assert "The plan on 22 October 2026" in text
    assert "still to come" not in text
    assert "how it stood" not in text
    assert "Back to today" not in text


def test_a_past_day_is_judged_by_what_was_known_then(recorded: Settings) -> None:
    assert "The check-in for 2026-27 Q1 is open since 2026-09-30" in seen(recorded, "/items/1.1A?as_of=2026-10-05")
    assert "Nothing has been reported for it by 5 October 2026." in seen(recorded, "/items/1.1A?as_of=2026-10-05")
    assert "Nobody has been written to about it by 21 October 2026." in seen(recorded, "/items/1.2.1A?as_of=2026-10-21")


def test_links_keep_the_day_that_was_asked_for(here: Settings) -> None:
    page = browser(here).get("/?as_of=2026-12-01").text
    assert 'href="/items/1.1A?as_of=2026-12-01"' in page
    page = browser(here).get("/items/1.2.1A?as_of=2026-12-01").text
    assert {'href="/?as_of=2026-12-01#P1"', 'href="/items/1.2?as_of=2026-12-01"', 'href="/?as_of=2026-12-01#1.2.1"'} <= set(
        findall(r'href="[^"]+"', page)
    )
    assert "?as_of" not in browser(here).get("/items/1.2.1A").text


@pytest.mark.parametrize(
    "day",
    [
        "yesterday",
        "20261022",
        "2026-W43-4",
        "2026-02-30",
        "2026-10-22T00:00",
        "22.10.2026",
        "٢026-10-22",
        "<script>",
        "2026-10-22\n",
    ],
)
@pytest.mark.parametrize("path", ["/", "/items/1.1A"])
def test_a_day_that_is_none_is_refused_with_a_sentence(here: Settings, path: str, day: str) -> None:
    answer = browser(here).get(path, params={"as_of": day})
    assert answer.status_code == 400
    assert "is not a day of the calendar; write year-month-day, as in 2026-10-22." in words(answer.text)
    assert "<script" not in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "1999-10-22", "9999-12-31"])
def test_a_day_far_from_the_plan_is_refused_with_a_sentence(here: Settings, day: str) -> None:
    answer = browser(here).get("/", params={"as_of": day})
    assert answer.status_code == 400
    assert f"{day} lies too far from the plan's years, 2023-24 to 2026-27" in words(answer.text)


def test_an_item_says_where_it_belongs_and_who_answers(here: Settings) -> None:
    text = seen(here, "/items/1.2.1A")
    assert "P1 Students: growth, support and opportunities for each of them 1.2 Ready every student" in text
    assert "1.2.1 College 1.2.1A Raise pass rates" in text
    assert "Action, as it stands on 22 October 2026." in text
    assert "Owner Director of College Readiness college-readiness@example.org" in text
    assert "Delegate Director of Career and Technical Education career-technical-education@example.org" in text
    assert "Supervisor Chief Academic Officer chief-academic-officer@example.org" in text


def test_an_item_says_all_that_it_owed_and_what_comes_next(here: Settings) -> None:
    text = seen(here, "/items/1.1A")
    assert "check-in for 2026-27 Q2 15 January 2027 scheduled The check-in for 2026-27 Q2 opens on 2026-12-18" in text
    assert "check-in for 2026-27 Q1 14 October 2026 overdue The check-in for 2026-27 Q1 was due on 2026-10-14" in text
    assert "12 more from before reminders began" in text
    assert "check-in for 2023-24 Q1 13 October 2023 not chased" in text


def test_an_item_says_who_was_told_when(recorded: Settings) -> None:
    text = seen(recorded, "/items/1.2.1A")
    assert (
        "22 October 2026 Director of College Readiness college-readiness@example.org overdue check-in for 2026-27 Q1 "
        "queued Waits to be sent."
    ) in text
    assert "1.2.1B" not in text


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("1.1A", "6 October 2026 check-in for 2026-27 Q1 on track Runs on <script>all</script> campuses. assessment"),
        ("1.1-pm1", "7 October 2026 evidence for 2026-27 Q1 Minutes of September, dated 28 September 2026 assessment"),
        ("1.2.1-ccmr", "29 August 2026 reading for 2025-26 81.50 (State report) Preliminary college"),
        ("1.1C", "16 October 2026 promise for 2026-27 Q1 promised by 26 October 2026 curriculum"),
        ("1.2.3A", "2 October 2026 waiver for 2026-27 Q1 nothing is owed The board paused it. superintendent"),
    ],
)
def test_an_item_says_what_was_reported(recorded: Settings, code: str, says: str) -> None:
    assert says in seen(recorded, f"/items/{code}")


def test_what_was_reported_last_stands_first(tmp_path: Path) -> None:
    of = settings(tmp_path)
    with open_ledger(of.database) as ledger:
        said = [(6, "first"), (9, "second"), (9, "third")]
        facts = [
            CheckIn(
                item="1.1A",
                period=Quarter.parse("2026-27 Q1"),
                status=Implementation.AT_RISK,
                note=note,
                by="assessment",
                known_on=date(2026, 10, day),
            )
            for day, note in said
        ]
        ledger.add_facts(PLAN, facts, recorded_at=AT)
    text = seen(of, "/items/1.1A")
    assert text.index("third") < text.index("second") < text.index("first assessment")


@pytest.mark.parametrize("code", ["P1", "1.2.1", "9.9Z", "...", "1.1A.yaml", "<script>alert(1)</script>", "%00", "ä" * 300])
def test_an_unknown_code_is_answered_with_a_sentence(here: Settings, code: str) -> None:
    answer = browser(here).get(f"/items/{code.replace('/', '%2F')}")
    assert answer.status_code == 404
    assert "<script" not in answer.text
    assert "There is nothing" in answer.text or "The plan has no item with the code" in words(answer.text)


def test_whatever_people_write_is_shown_as_text(recorded: Settings, tmp_path: Path) -> None:
    assert "<script" not in browser(recorded).get("/items/1.1A").text
    of = copied(tmp_path / "own")
    of.plan.write_text(of.plan.read_text().replace("Run campuswide tutoring, attendance makeup and", "<script>x</script>\\\"'"))
    for path in ("/", "/items/1.1B"):
        page = browser(of).get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "&lt;script&gt;" in page.text


def test_an_edit_of_the_files_shows_at_once(tmp_path: Path) -> None:
    of = copied(tmp_path)
    looking = browser(of)
    assert "Director of College Readiness" in looking.get("/items/1.2.1A").text
    edit(of.owners, "Director of College Readiness", "Dean of Colleges")
    assert "Dean of Colleges" in looking.get("/items/1.2.1A").text


def test_all_problems_of_the_files_are_listed_until_they_are_mended(tmp_path: Path) -> None:
    of = copied(tmp_path)
    before = of.plan.read_text()
    looking = browser(of)
    edit(of.plan, "begins_on: 2026-07-01", "begins_on: 2026-07-41")
    edit(of.owners, "owns: [P2,", "owns: [P9, <script>,")
    answer = looking.get("/")
    text = words(answer.text)
    assert answer.status_code == 503
    assert '"2026-07-41" is not a day of the calendar' in text
    assert '"P9" is not a code of the plan' in text
    assert "<script" not in answer.text
    assert looking.get("/items/1.1A").status_code == 503
    assert looking.get("/nothing").status_code == 404
    edit(of.plan, of.plan.read_text(), before)
    edit(of.owners, "owns: [P9, <script>,", "owns: [P2,")
    assert looking.get("/").status_code == 200


def test_a_file_that_is_gone_is_a_problem_too(tmp_path: Path) -> None:
    answer = browser(settings(tmp_path, plan=tmp_path / "gone.yaml")).get("/")
    assert answer.status_code == 503
    assert "The plan cannot be shown until they are mended." in words(answer.text)
    assert "the file cannot be read (no such file or directory)" in words(answer.text)


def test_nobody_to_answer_shows_on_both_pages(tmp_path: Path) -> None:
    of = copied(tmp_path)
    nobody = 'plan_administrator: a\ncabinet_lead: a\noffices:\n  a: {title: Nobody yet, email: ""}\n'
    edit(of.owners, of.owners.read_text(), nobody)
    text = seen(of, "/")
    assert "in the plan's files should be mended; the work goes on meanwhile." in text
    assert "nobody fills the office" in text
    assert "No owner" in text
    assert "There is nobody as owner or delegate or supervisor" in seen(of, "/items/1.1A")


def test_one_thing_to_be_mended_is_called_one(tmp_path: Path) -> None:
    of = copied(tmp_path)
    edit(of.owners, "email: military-programs@example.org", 'email: ""')
    assert "1 thing in the plan's files should be mended" in seen(of, "/")


def test_a_person_is_named_where_one_is_known(tmp_path: Path) -> None:
    of = copied(tmp_path)
    edit(of.owners, "email: college-readiness@example.org", "email: college-readiness@example.org\n    person: Ana Ruiz")
    assert "Owner Director of College Readiness, Ana Ruiz college-readiness@example.org" in seen(of, "/items/1.2.1A")


@pytest.mark.parametrize("path", ["/", "/items/1.1A", "/outbox"])
def test_a_database_that_is_none_is_said_in_a_sentence(tmp_path: Path, path: str) -> None:
    (tmp_path / "picture.png").write_bytes(b"not a database at all" * 100)
    answer = browser(settings(tmp_path, database_url=f"sqlite:///{tmp_path}/picture.png")).get(path)
    assert answer.status_code == 503
    assert "does not answer" in words(answer.text)


def test_looking_makes_nothing(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    for path in ("/", "/items/1.1A", "/outbox", "/inbox"):
        assert browser(of).get(path).status_code == 200
    assert not (tmp_path / "home").exists()


def test_the_outbox_says_to_whom_what_went_and_how_it_fared(recorded: Settings) -> None:
    text = seen(recorded, "/outbox")
    assert "17 letters: 15 queued, 1 sent, 1 failed." in text
    assert "Times are those of America/Denver." in text
    assert "sent 250 Taken 1 Made 22 October 2026, 07:30 Sent 22 October 2026, 07:30" in text
    assert "failed 550 <b>No</b> such mailbox 1 Made 22 October 2026, 07:30 Not sent" in text
    assert "overdue: check-in for 2026-27 Q1. The check-in for 2026-27 Q1 was due on 2026-10-14" in text


def test_an_outbox_in_which_nothing_is_says_so(here: Settings) -> None:
    assert "No letter has been written yet." in seen(here, "/outbox")


def test_a_long_outbox_has_pages(tmp_path: Path) -> None:
    of = settings(tmp_path)
    with open_ledger(of.database) as ledger:
        ledger.post([letter(number) for number in range(201)])
    first, last = browser(of).get("/outbox").text, browser(of).get("/outbox?page=3").text
    assert "201 letters" in first
    assert "Page 1 of 3" in first
    assert 'href="/outbox?page=2" rel="next"' in first
    assert 'rel="prev"' not in first
    assert "Letter 200" in last
    assert 'href="/outbox?page=2" rel="prev"' in last
    assert 'rel="next"' not in last


@pytest.mark.parametrize("number", ["0", "-1", "2", "1.5", "x", "²", "9" * 30, "<script>"])
@pytest.mark.parametrize("path", ["/outbox", "/inbox"])
def test_a_page_that_a_list_has_not_is_answered_with_a_sentence(here: Settings, path: str, number: str) -> None:
    answer = browser(here).get(path, params={"page": number})
    assert answer.status_code == 404
    assert "its pages are 1 to 1." in words(answer.text)
    assert "<script" not in answer.text


def edit(path: Path, old: str, new: str) -> None:
    """Replace something in a file; it counts as changed even within one tick of a coarse clock."""
    before: Any = path.stat().st_mtime_ns
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(before + 1, before + 1))
