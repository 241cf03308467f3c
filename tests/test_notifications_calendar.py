"""The due days of a reader, as a file for calendars."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from icalendar import Calendar, Event

from notifications.calendar import FILE_NAME, calendar_file, entries_for
from notifications.digest import compose
from notifications.message import Attachment, Sender
from notifications.way_in import way_in
from plan.facts import CheckIn, Facts, Implementation, Waiver
from plan.ladder import Notice, Situation
from plan.model import Plan
from plan.periods import Quarter
from plan.slips import Slip
from tests.builders import MADE_AT, digest, notice, owners, person, plan, situation, slip
from tests.judgement_builders import corrective_plan

SENDER = Sender(address="plan@example.org", name="Riverside ISD", reply_to="planning@example.org", key=b"secret")
BASE_URL = "https://plan.example.org/"
DAY, DUE = date(2026, 9, 30), date(2026, 10, 14)
CHECK_INS = "3 check-ins due: 1.1A, 1.1B and 1.1C"


WAY_IN = way_in("update", person(), plan(), day=DAY, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


def made(at: Situation, *, day: date = DAY, to: str = "curriculum", made_at: datetime = MADE_AT) -> Attachment | None:
    return calendar_file(person(to), at, day=day, base_url=BASE_URL, sender=SENDER, made_at=made_at)


def events(at: Situation, **asked: Any) -> dict[str, Event]:
    """Return the entries of a calendar file by their names."""
    return {str(one["summary"]): one for one in reversed(all_events(at, **asked))}


def all_events(at: Situation, **asked: Any) -> list[Event]:
    file = made(at, **asked)
    found = Calendar.from_ical(file.content).walk("VEVENT") if file else []
    return [one for one in found if isinstance(one, Event)]


def answered(*codes: str) -> Facts:
    given: dict[str, Any] = {"period": Quarter.parse("2026-27 Q1"), "note": "", "by": "curriculum", "known_on": DAY}
    return Facts(tuple(CheckIn(item=code, status=Implementation.ON_TRACK, **given) for code in codes))


def test_what_is_due_together_is_one_entry_for_the_whole_day() -> None:
    found = events(situation())
    assert list(found) == ["1 check-in due: 1.1", "Evidence for 1 item due: 1.1-pm1", CHECK_INS]
    entry = found[CHECK_INS]
    assert (entry.decoded("dtstart"), entry.get("dtend")) == (DUE, None)
    assert "VALUE=DATE" in entry.to_ical().decode()
    assert entry.decoded("dtstamp") == MADE_AT
    assert (entry["status"], entry["transp"], entry["class"]) == ("CONFIRMED", "TRANSPARENT", "PRIVATE")
    assert entry["url"] == WAY_IN.everything
    assert str(entry["description"]).endswith(f"\n{WAY_IN.everything}")
    assert "1.1B Run campuswide tutoring" in str(entry["description"])
    assert found["1 check-in due: 1.1"]["url"] == WAY_IN.to("1.1")


def test_the_file_says_that_it_is_a_calendar_to_be_taken_in() -> None:
    file = made(situation())
    assert file
    assert (file.name, file.maintype, file.subtype) == (FILE_NAME, "text", "calendar")
    assert file.parameters == {"method": "PUBLISH", "charset": "utf-8"}
    whole = Calendar.from_ical(file.content)
    assert (whole["method"], whole["version"]) == ("PUBLISH", "2.0")
    assert max(len(line) for line in file.content.split(b"\r\n")) <= 75


def test_titles_in_any_script_arrive_and_lines_stay_short() -> None:
    file = made(situation(plan(titles={"1.1A": "Señales, año; " * 5})))
    assert file
    assert max(len(line) for line in file.content.split(b"\r\n")) <= 75
    entry = Calendar.from_ical(file.content).walk("VEVENT")[0]
    assert "1.1A Señales, año; Señales" in str(entry["description"])


def test_the_same_day_makes_the_same_file_and_a_later_one_replaces_it() -> None:
    assert made(situation()) == made(situation())
    today, tomorrow = events(situation())[CHECK_INS], events(situation(), day=DAY + timedelta(days=1))[CHECK_INS]
    assert today["uid"] == tomorrow["uid"]
    assert (today["sequence"], tomorrow["sequence"]) == (1187, 1188)


def test_a_moved_due_date_moves_the_entry() -> None:
    moved = situation()
    days = moved.duties.days
    later = replace(moved, duties=replace(moved.duties, days=replace(days, closed=days.closed | {date(2026, 10, 12)})))
    before, after = events(moved)[CHECK_INS], events(later)[CHECK_INS]
    assert before["uid"] == after["uid"]
    assert (before.decoded("dtstart"), after.decoded("dtstart")) == (DUE, date(2026, 10, 15))


def test_names_of_entries_differ_by_person_period_kind_and_part_of_the_plan() -> None:
    both = situation(answered_by=owners(assessment={"owns": ("1.1",)}, curriculum={"owns": ("1.1A", "1.1B", "1.1C")}))
    uids = {str(one["uid"]) for day in (DAY, date(2026, 12, 1)) for one in all_events(both, day=day)}
    uids |= {str(one["uid"]) for one in all_events(both, to="assessment")}
    assert len(uids) == 4
    assert all(uid.endswith("@example.org") and "assessment" not in uid for uid in uids)


def test_what_is_answered_or_waived_leaves_the_entry() -> None:
    waived = Waiver(item="1.1B", period=Quarter.parse("2026-27 Q1"), note="Not needed.", by="planning", known_on=DAY)
    found = events(situation(facts=Facts((*answered("1.1A").every, waived))))
    assert found["1 check-in due: 1.1C"]["status"] == "CONFIRMED"
    assert found["1 check-in due: 1.1C"]["uid"] == events(situation())[CHECK_INS]["uid"]


def test_an_entry_in_which_nothing_is_left_is_cancelled() -> None:
    found = events(situation(facts=answered("1.1A", "1.1B", "1.1C")))
    assert found[CHECK_INS]["status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("day", "dues"),
    [
        pytest.param(date(2026, 8, 20), ["2026-08-31", "2026-10-14", "2026-10-14", "2026-10-21"], id="to-the-quarter-s-end"),
        pytest.param(DUE, ["2026-10-14", "2026-10-14", "2026-10-21", "2027-01-14", "2027-01-14", "2027-01-21"], id="due-today"),
        pytest.param(date(2026, 10, 22), ["2027-01-14", "2027-01-14", "2027-01-21"], id="what-is-over-stays-as-it-was"),
    ],
)
def test_the_calendar_holds_what_is_still_to_come_and_opens_in_the_quarter(day: date, dues: list[str]) -> None:
    assert [one.decoded("dtstart").isoformat() for one in all_events(situation(), day=day)] == dues


def test_a_slip_s_corrective_plan_has_a_due_day_until_it_comes() -> None:
    at = replace(situation(), slips={"1.1-rating": Slip(item="1.1-rating", since=DAY, reason="86 against 91.6")})
    entry = events(at)["1 corrective plan due: 1.1-rating"]
    assert (entry.decoded("dtstart"), entry["status"]) == (DUE, "CONFIRMED")
    given = replace(at, facts=Facts((corrective_plan(on=DAY, item="1.1-rating"),)))
    assert events(given)["1 corrective plan due: 1.1-rating"]["status"] == "CANCELLED"


def test_what_another_owns_and_what_reminders_do_not_reach_is_not_in_it() -> None:
    assert made(situation(), to="assessment") is None
    assert made(situation(plan(begins_on=date(2027, 7, 1)))) is None
    assert list(entries_for(person("assessment"), situation(), day=DAY)) == []


def paused() -> Plan:
    of = plan()
    (priority,) = of.priorities
    (objective,) = priority.objectives
    first, *others = objective.actions
    silent = first.model_copy(update={"paused_until": date(2027, 1, 1)})
    objective = objective.model_copy(update={"actions": (silent, *others)})
    return of.model_copy(update={"priorities": (priority.model_copy(update={"objectives": (objective,)}),)})


def test_what_the_plan_pauses_has_no_day() -> None:
    assert "2 check-ins due: 1.1B and 1.1C" in events(situation(paused()))


@pytest.mark.parametrize(
    ("one", "has_file"),
    [
        pytest.param(notice(), True, id="asked"),
        pytest.param(slip(), True, id="asked-for-a-plan"),
        pytest.param(notice(to=person("assessment")), False, id="stand-in-who-owns-nothing"),
        pytest.param(notice(step="supervisor", height=4, to=person("academics")), False, id="told"),
        pytest.param(slip("recovered"), False, id="recovery"),
    ],
)
def test_the_file_goes_with_mails_that_ask_its_reader(one: Notice, has_file: bool) -> None:
    letter = compose(digest(one), situation=situation(), base_url="https://x.example/", sender=SENDER, made_at=MADE_AT)
    mail = message_from_bytes(letter.content, policy=policy.default)
    files = [part for part in mail.walk() if part.get_filename() == FILE_NAME]
    assert len(files) == has_file
    assert all(part["content-type"].params["method"] == "PUBLISH" for part in files)
    assert all(Calendar.from_ical(part.get_content()).walk("VEVENT") for part in files)
