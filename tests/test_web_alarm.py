"""Signs of life as a monitor asks for them, and the alarm that the Prefect server rings when reminders have stopped."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import tasks.send  # noqa: F401 - it loads Prefect, which sets up logging anew and would take caplog's ear away during a test
from flows.engine import any_port
from ledger.ledger import open_ledger
from ledger.records import ALERT, SUPPRESSED, Beat, LetterState, Posted, Word
from notifications.inbox import inbox
from tasks.said import pause_mail, resume_mail
from tasks.settings import Settings
from tasks.watch import AGAIN_AFTER, alarm_token, hand_over_again
from tasks.workplace import open_workplace
from tests.mail_servers import Answers, answering
from tests.web_builders import AT, HERE, PLAN, TestClient, copied, letter, settings
from web.app import create_app
from web.guard import HEADERS

DENVER = ZoneInfo("America/Denver")
WEDNESDAY, THURSDAY, FRIDAY = date(2026, 10, 21), date(2026, 10, 22), date(2026, 10, 23)
MISSED = "No reminders were chosen on Thursday 22 October 2026 by 09:00; the last time was Wednesday 21 October 2026 at 07:30."


def beat(of: Settings, *days: date) -> None:
    """Have reminders run on some days at 07:30, and mails go out after them."""
    with open_ledger(of.database) as ledger:
        for day in days:
            ended_at = datetime(day.year, day.month, day.day, 7, 30, tzinfo=DENVER)
            ledger.beat(PLAN, Beat(flow="remind", day=day, ended_at=ended_at, said="17 digests chosen."))
            ended_at += timedelta(minutes=5)
            ledger.beat(PLAN, Beat(flow="deliver", day=day, ended_at=ended_at, said="17 mails sent."))


def letters(of: Settings) -> tuple[Posted, ...]:
    with open_ledger(of.database) as ledger:
        return ledger.outbox(PLAN)


def pages(
    of: Settings,
    *,
    day: date = THURSDAY,
    hour: int = 9,
    client: str = "127.0.0.1",
    at: str = HERE,
    later: Callable[[Callable[[], object]], None] = lambda _work: None,
) -> TestClient:
    """Return the pages as they are met on a day."""
    now = datetime(day.year, day.month, day.day, hour, 1, tzinfo=DENVER)
    made = create_app(of, today=lambda: day, now=lambda: now, later=later)
    return TestClient(made, base_url=at, client=(client, 50000))


def ring(of: Settings, looking: TestClient | None = None, **more: Any) -> Any:
    shown = {"authorization": f"Bearer {alarm_token(of)}"}
    return (looking or pages(of)).post("/alarm", headers=shown, **more)


# --- health --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "hour", "status", "sentence"),
    [
        pytest.param([WEDNESDAY], 8, 200, "Reminders last ran on Wednesday 21 October 2026 at 07:30.", id="not-due-yet"),
        pytest.param([WEDNESDAY], 9, 503, MISSED, id="missed"),
        pytest.param([WEDNESDAY, THURSDAY], 9, 200, "Reminders last ran on Thursday 22 October 2026 at 07:30.", id="ran"),
        pytest.param(
            [WEDNESDAY, THURSDAY],
            10,
            503,
            "No mail could be delivered since Thursday 22 October 2026 at 07:35.",
            id="no-mail-goes-out",
        ),
        pytest.param(
            [], 9, 503, "No reminders were chosen on Thursday 22 October 2026 by 09:00; none ever were.", id="nothing-recorded"
        ),
    ],
)
def test_a_monitor_is_told_whether_reminders_run(
    tmp_path: Path, days: list[date], hour: int, status: int, sentence: str
) -> None:
    of = settings(tmp_path)
    beat(of, *days)
    answer = pages(of, hour=hour).get("/health")
    assert (answer.status_code, answer.text) == (status, f"{sentence}\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_before_anything_is_recorded_health_makes_no_database(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    assert pages(of).get("/health").status_code == 503
    assert not (tmp_path / "home" / "ledger.sqlite").exists()


@pytest.mark.parametrize(
    "changed", [{"admin_password": "secret", "base_url": "https://plan.example.org"}, {"base_url": "https://plan.example.org"}]
)
def test_health_is_open_to_monitors_elsewhere_and_nothing_else_is(tmp_path: Path, changed: dict[str, str]) -> None:
    of = settings(tmp_path, **changed)
    beat(of, THURSDAY)
    outside = pages(of, client="192.0.2.7", at="https://plan.example.org")
    assert outside.get("/health").status_code == outside.head("/health").status_code == 200
    assert "Socorro" not in outside.get("/health").text
    for path in ("/health/", "/healthy", "/", "/outbox"):
        assert outside.get(path).status_code in (401, 403)
    assert outside.post("/health").status_code in (401, 403)


def test_health_says_what_keeps_it_from_looking_and_names_nothing(tmp_path: Path) -> None:
    unreachable = settings(tmp_path, database_url=f"postgresql://someone:hush@127.0.0.1:{any_port()}/plan?connect_timeout=1")
    answer = pages(unreachable).get("/health")
    assert (answer.status_code, answer.text) == (503, "The database cannot be read.\n")
    broken = copied(tmp_path / "broken")
    broken.owners.write_text("offices: []\n")
    answer = pages(broken).get("/health")
    assert (answer.status_code, answer.text) == (503, "The plan's files have problems; plankeeper check lists them.\n")


def test_health_far_from_the_plans_years_is_no_fault_of_the_pages(tmp_path: Path) -> None:
    later = datetime(2090, 1, 1, 12, tzinfo=DENVER)
    looking = TestClient(create_app(settings(tmp_path), today=later.date, now=lambda: later), base_url=HERE)
    answer = looking.get("/health")
    assert (answer.status_code, answer.text) == (503, "Today lies too far from the plan's years.\n")


# --- alarm ---------------------------------------------------------------------------------------------------------------


def test_when_reminders_have_stopped_who_keeps_the_plan_is_told_at_once_and_once(tmp_path: Path) -> None:
    of = settings(tmp_path)
    beat(of, WEDNESDAY)
    first = ring(of)
    assert (first.status_code, first.text) == (202, f"{MISSED} An alert is written.\n")
    (alert,) = letters(of)
    assert (alert.kind, alert.state, alert.day) == (ALERT, LetterState.SENT, THURSDAY)
    assert alert.address == "strategic-planning@example.org"
    (caught,) = inbox(of.inbox)
    assert caught.subject.endswith(", alert: Reminders have stopped")
    again = ring(of)
    assert (again.status_code, again.text) == (202, f"{MISSED} Its alert was written before.\n")
    assert len(letters(of)) == len(inbox(of.inbox)) == 1


def test_a_false_alarm_tells_nobody(tmp_path: Path) -> None:
    of = settings(tmp_path)
    beat(of, THURSDAY)
    answer = ring(of)
    assert (answer.status_code, answer.text) == (
        202,
        "Reminders last ran on Thursday 22 October 2026 at 07:30. Nobody is told.\n",
    )
    assert letters(of) == ()


def test_the_alert_names_the_day_that_was_missed_also_when_it_is_rung_later(tmp_path: Path) -> None:
    of = settings(tmp_path)
    ring(of, pages(of, hour=8))
    assert [alert.day for alert in letters(of)] == [WEDNESDAY]
    ring(of, pages(of, hour=9))
    assert sorted(alert.day for alert in letters(of)) == [WEDNESDAY, THURSDAY]


def test_what_waits_in_the_outbox_goes_out_with_the_alert(tmp_path: Path) -> None:
    of = settings(tmp_path)
    with open_ledger(of.database) as ledger:
        ledger.post([letter(1)])
    ring(of)
    assert {one.state for one in letters(of)} == {LetterState.SENT}


def test_on_a_day_that_is_no_working_day_nothing_is_sent_or_skipped_and_the_alert_waits_for_the_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    of, works = settings(tmp_path), list[Callable[[], object]]()
    beat(of, THURSDAY)
    with open_ledger(of.database) as ledger:
        ledger.post([letter(1, day=FRIDAY)])
    answer = ring(of, pages(of, day=FRIDAY + timedelta(days=1), later=works.append))
    assert answer.text.endswith(" Its alert waits for the next working day.\n")
    assert "2026-10-24 is not a working day; what waits goes out on the next." in caplog.messages
    assert {one.kind: one.state for one in letters(of)} == {"digest": LetterState.QUEUED, ALERT: LetterState.QUEUED}
    assert (works, inbox(of.inbox)) == ([], [])
    monday = datetime(2026, 10, 26, 7, 30, tzinfo=DENVER)
    assert hand_over_again(open_workplace(of), of, now=lambda: monday, wait=lambda _seconds: None)
    assert {one.kind: one.state for one in letters(of)} == {"digest": LetterState.SKIPPED, ALERT: LetterState.SENT}


def test_an_alert_that_no_server_takes_now_waits_in_the_outbox(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    of = settings(
        tmp_path, smtp_url=f"smtp://127.0.0.1:{any_port()}", mail_allow=("example.org",), mail_from="plan@example.org"
    )
    assert ring(of).status_code == 202
    assert [one.state for one in letters(of)] == [LetterState.QUEUED]
    assert [getattr(record, "action", "") for record in caplog.records if record.name == "tasks.watch"] == ["alert_kept_back"]


def real(home: Path, address: str) -> Settings:
    """Return settings of a mail server."""
    return settings(home, smtp_url=f"smtp://{address}", mail_allow=("example.org",), mail_from="plan@example.org")


def test_an_alert_that_is_put_off_is_handed_over_again_until_it_is_taken(tmp_path: Path) -> None:
    answers, works, waited = Answers(rcpt="451 4.3.0 Later"), list[Callable[[], object]](), list[float]()
    clock = datetime(2026, 10, 22, 9, 5, tzinfo=DENVER)

    def wait(seconds: float) -> None:
        nonlocal clock
        clock += timedelta(seconds=seconds)
        waited.append(seconds)
        answers.rcpt = "250 OK" if len(waited) == 2 else answers.rcpt

    with answering(answers) as address:
        of = real(tmp_path, address)
        assert ring(of, pages(of, later=works.append)).text.endswith(" An alert is written.\n")
        assert (len(works), answers.got) == (1, [])
        assert hand_over_again(open_workplace(of), of, now=lambda: clock, wait=wait)
    assert waited == [60, 300]
    assert [one.rcpt_tos for one in answers.got] == [["strategic-planning@example.org"]]


def test_after_three_more_attempts_it_waits_for_a_delivery(tmp_path: Path) -> None:
    of, waited = real(tmp_path, f"127.0.0.1:{any_port()}"), list[float]()
    ring(of)
    now = datetime(2026, 10, 22, 9, 5, tzinfo=DENVER)
    assert not hand_over_again(open_workplace(of), of, now=lambda: now, wait=waited.append)
    assert waited == [one.total_seconds() for one in AGAIN_AFTER] == [60, 300, 900]
    assert [one.state for one in letters(of)] == [LetterState.QUEUED]


def test_an_alert_that_was_taken_is_not_handed_over_again(tmp_path: Path) -> None:
    of, works = settings(tmp_path), list[Callable[[], object]]()
    ring(of, pages(of, later=works.append))
    assert works == []


def test_while_mail_is_paused_the_alert_waits_and_the_answer_and_the_log_say_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    of, works, office = settings(tmp_path), list[Callable[[], object]](), "Office of Strategic Planning"
    with open_ledger(of.database) as ledger:
        pause_mail(ledger, PLAN, by=office, note="Wrong dates.", at=AT)
    answer = ring(of, pages(of, later=works.append))
    assert answer.text.endswith(" Its alert waits, since mail is paused by Office of Strategic Planning.\n")
    assert "The alert waits in the outbox: Mail is paused." in caplog.messages
    assert [one.state for one in letters(of)] == [LetterState.QUEUED]
    with open_ledger(of.database) as ledger:
        resume_mail(ledger, PLAN, by=office, note="", at=AT)
    assert hand_over_again(open_workplace(of), of, now=lambda: AT.replace(hour=16), wait=lambda _seconds: None)
    assert [one.state for one in letters(of)] == [LetterState.SENT]
    assert len(works) == 1


def test_where_nobody_may_be_written_to_the_answer_says_so(tmp_path: Path) -> None:
    of = settings(tmp_path, smtp_url="smtp://127.0.0.1:2525", mail_allow=("elsewhere.example.org",))
    assert ring(of).text.endswith(" Nobody may be written to.\n")
    assert letters(of) == ()


def test_where_the_office_that_keeps_the_plan_cannot_be_reached_the_cabinet_lead_is_told(tmp_path: Path) -> None:
    of = settings(tmp_path)
    refused = "strategic-planning@example.org"
    with open_ledger(of.database) as ledger:
        ledger.say(PLAN, Word(about="address", subject=refused, word=SUPPRESSED, by="server", note="550 gone", said_at=AT))
    ring(of)
    assert [(one.address, one.state) for one in letters(of)] == [("superintendent@example.org", LetterState.SENT)]


def test_files_that_were_broken_since_do_not_silence_the_alarm(tmp_path: Path) -> None:
    of = copied(tmp_path)
    beat(of, WEDNESDAY)
    looking = pages(of)
    of.owners.write_text("offices: []\n")
    assert looking.get("/").status_code == 503
    assert ring(of, looking).text == f"{MISSED} An alert is written.\n"
    assert ring(of).status_code == 503  # pages that never saw the files whole know nobody


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param("Bearer ", id="empty"),
        pytest.param("Bearer wrong", id="wrong"),
        pytest.param("Bearer ä", id="not-ascii"),
        pytest.param("Basic YWRtaW46c2VjcmV0", id="the-password"),
    ],
)
def test_without_the_token_there_is_nothing(tmp_path: Path, authorization: str | None) -> None:
    of = settings(tmp_path, admin_password="secret")
    headers = {"authorization": authorization.encode()} if authorization is not None else {}
    answer = pages(of).post("/alarm", headers=headers)
    assert answer.status_code == 404
    assert "There is nothing under this address." in answer.text
    assert "Socorro" not in answer.text
    assert not (tmp_path / "ledger.sqlite").exists()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_the_alarm_is_rung_in_one_way_only(tmp_path: Path, method: str) -> None:
    of = settings(tmp_path)
    answer = pages(of).request(method, "/alarm", headers={"authorization": f"Bearer {alarm_token(of)}"})
    assert answer.status_code == 404


def test_another_installations_token_rings_nothing_here(tmp_path: Path) -> None:
    of, other = settings(tmp_path / "one"), settings(tmp_path / "other")
    assert pages(of).post("/alarm", headers={"authorization": f"Bearer {alarm_token(other)}"}).status_code == 404
    assert alarm_token(of) == alarm_token(settings(tmp_path / "one"))


def test_the_token_is_enough_where_a_password_is_asked_for_and_a_body_is_not_read(tmp_path: Path) -> None:
    of = settings(tmp_path, admin_password="secret", base_url="https://plan.example.org")
    beat(of, THURSDAY)
    assert ring(of, content=b"x" * 1_000_000).status_code == 202
