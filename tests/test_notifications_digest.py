"""What a digest says to whom.

Mails are compared with tests/snapshots, text and HTML, exactly. After an intended change look at them and renew them:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_digest.py
"""

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.digest import MOST_BYTES, compose, write
from notifications.message import Sender, message_id
from notifications.render import Rendered
from plan.digests import Digest, due_notices, tellings_of
from plan.ladder import Notice, Situation
from plan.model import Ladder, Rung
from plan.owners import Absence
from plan.told import Told
from tests.builders import MADE_AT, digest, notice, owners, person, plan, situation

SNAPSHOTS = Path(__file__).parent / "snapshots"
DAY = date(2026, 10, 27)
SENDER = Sender(address="plan@example.org", name="Riverside ISD", reply_to="planning@example.org", key=b"secret")

SUPERVISOR: dict[str, Any] = {"step": "supervisor", "height": 4, "to": person("academics")}
CABINET: dict[str, Any] = {"step": "cabinet", "height": 5, "to": person("superintendent")}
COMING: dict[str, Any] = {"step": "reminder", "height": 1, "urgency": "upcoming", "due": date(2026, 11, 6)}
EVIDENCE = notice("1.1-pm1", kind="evidence", **COMING)
READING = notice("1.1-rating", kind="reading", period="2025-26", **(COMING | {"due": date(2026, 11, 2)}))


def written(*notices: Notice, day: date = DAY, at: Situation | None = None) -> Rendered:
    return write(
        digest(*notices, day=day),
        situation=at or situation(),
        base_url="https://plan.example.org/",
        reply_to="planning@example.org",
    )


def flowing(text: str) -> str:
    return " ".join(text.split())


def told_before(*notices: Notice, days: tuple[date, ...] = (date(2026, 9, 30), date(2026, 10, 22))) -> Told:
    """Return what the owners of some notices were told on earlier days."""
    steps = dict(zip(days, ("request", "overdue"), strict=False))
    to_owners = (replace(n, to=n.owner, step=step, passed_over=()) for n in notices for step in steps.values())
    told = Told()
    for one in to_owners:
        day = next(day for day, step in steps.items() if step == one.step)
        for telling in tellings_of(digest(one, day=day), delivered_on=day):
            told.add(telling)
    return told


class Links(HTMLParser):
    """The links of a page, by what they say."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.by_label: dict[str, str] = {}
        self._open: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = dict(attrs)["href"]

    def handle_data(self, data: str) -> None:
        if self._open:
            self.by_label[data], self._open = self._open, None


def owners_mail() -> Rendered:
    named = situation(answered_by=owners(curriculum={"person": "Ana Ruiz"}))
    due_today = notice("1.1B", step="due", height=2, urgency="due", due=DAY)
    return written(notice("1.1A"), due_today, READING, EVIDENCE, at=named)


def supervisors_mail() -> Rendered:
    notices = [notice(code, **SUPERVISOR) for code in ("1.1A", "1.1B")]
    return written(*notices, at=situation(told=told_before(*notices)))


def cabinet_leads_mail() -> Rendered:
    assessment = {"owner": person("assessment")}
    notices = [notice("1.1A", **CABINET), notice("1.1B", **CABINET), notice("1.1C", **CABINET, **assessment)]
    answered_by = owners(assessment={"owns": ("1.1C",)})
    return written(*notices, day=date(2026, 10, 30), at=situation(answered_by=answered_by, told=told_before(*notices)))


def single_request() -> Rendered:
    request = notice(step="request", height=0, urgency="upcoming")
    return written(request, day=date(2026, 9, 30))


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(owners_mail, id="owner"),
        pytest.param(supervisors_mail, id="supervisor"),
        pytest.param(cabinet_leads_mail, id="cabinet-lead"),
        pytest.param(single_request, id="request"),
    ],
)
@pytest.mark.parametrize("part", ["txt", "html"])
def test_a_digest_reads_as_its_snapshot(mail: Any, part: str, request: pytest.FixtureRequest) -> None:
    made = mail()
    content = f"Subject: {made.subject}\n\n{made.text}" if part == "txt" else made.html
    file = SNAPSHOTS / f"digest-{request.node.callspec.id.removeprefix(f'{part}-')}.{part}"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        file.write_bytes(content.encode())
    assert content.encode() == file.read_bytes()


@pytest.mark.parametrize(
    ("notices", "sentence"),
    [
        pytest.param([notice()], "1 check-in has been overdue since 14 October 2026.", id="one"),
        pytest.param(
            [notice("1.1A"), notice("1.1B")], "2 check-ins have been overdue since 14 October 2026.", id="two-of-one-day"
        ),
        pytest.param(
            [notice("1.1A"), notice("1.1B", due=date(2026, 7, 15))],
            "2 check-ins are overdue, the oldest since 15 July 2026.",
            id="oldest",
        ),
        pytest.param([EVIDENCE], "Evidence for 1 item is coming up, due 6 November 2026.", id="evidence-alone"),
        pytest.param(
            [READING, EVIDENCE],
            "1 reading and evidence for 1 item are coming up, the first due 2 November 2026.",
            id="two-kinds",
        ),
        pytest.param([notice(step="due", urgency="due", due=DAY)] * 2, "2 check-ins are due today.", id="due-today"),
        pytest.param(
            [notice(**SUPERVISOR)],
            "1 check-in owed by the Director of Curriculum has been overdue since 14 October 2026.",
            id="anothers",
        ),
        pytest.param(
            [notice(**SUPERVISOR), notice("1.1B", owner=person("assessment"), **SUPERVISOR)],
            "2 check-ins owed by 2 offices have been overdue since 14 October 2026.",
            id="others",
        ),
        pytest.param(
            [notice(), EVIDENCE],
            "1 check-in has been overdue since 14 October 2026; evidence for 1 item is coming up, due 6 November 2026.",
            id="two-headings",
        ),
    ],
)
def test_the_first_sentence_says_what_there_is(notices: list[Notice], sentence: str) -> None:
    assert sentence in flowing(written(*notices).text)


def test_only_headings_with_items_are_shown() -> None:
    made = written(EVIDENCE)
    assert "Coming up" in made.html
    assert "Overdue" not in made.html
    assert "Due today" not in made.html


def test_a_due_date_that_an_outage_made_late_is_not_called_today() -> None:
    late = notice(step="due", height=2, urgency="due", due=date(2026, 10, 23))
    made = written(late)
    assert "1 check-in is due now." in made.text
    assert "DUE NOW" in made.text
    assert "due 23 October 2026, 2 working days ago" in flowing(made.text)


def test_what_is_due_today_is_never_listed_as_coming_up() -> None:
    ladder = Ladder(rungs=(Rung(step="reminder", day=-3, to=("owner",)),))
    late = notice(**(COMING | {"due": DAY}))
    assert "due today, 27 October 2026" in written(late, at=situation(plan(ladders=(ladder,)))).text


def test_distance_to_a_due_date_is_told_in_working_days() -> None:
    assert "due 2 November 2026, in 4 working days" in flowing(written(READING).text)
    assert "in 1 working day" in flowing(written(READING, day=date(2026, 10, 30)).text)


def test_the_reader_is_greeted_by_name_where_it_is_known() -> None:
    assert "Dear Director of Curriculum," in written(notice()).text
    named = situation(answered_by=owners(curriculum={"person": "Ana Ruiz"}))
    assert "Dear Ana Ruiz," in written(notice(), at=named).text


def test_a_supervisor_reads_why_since_when_and_what_to_do() -> None:
    text = flowing(supervisors_mail().text)
    assert "You are told as the supervisor, because no answer has come." in text
    assert "Please speak with the owner; the answer still comes from there." in text
    assert "First written to on 30 September 2026 and last on 22 October 2026, without an answer." in text


def test_a_supervisor_is_given_a_mail_to_the_owner_and_no_form() -> None:
    links = Links(supervisors_mail().html).by_label
    assert not [label for label in links if label.startswith("Answer for")]
    assert (
        links["Write to the Director of Curriculum"]
        == "mailto:curriculum@example.org?subject=1.1A%20and%201.1B%2C%202026-27%20Q1"
    )
    assert "HOW TO ANSWER" not in supervisors_mail().text


def test_the_last_step_says_that_it_is_the_last() -> None:
    text = flowing(cabinet_leads_mail().text)
    assert "You are told as the cabinet lead" in text
    assert text.count("This is the last step: no more reminders follow.") == 1
    assert "Also told: the Chief Academic Officer and the Office of Strategic Planning." in text


def test_the_office_that_keeps_the_plan_is_told_in_that_role() -> None:
    mail = written(notice(**(CABINET | {"to": person("planning")})))
    assert "You are told as the office that keeps the plan, because no answer has come." in flowing(mail.text)


def test_someone_told_without_a_known_role_is_still_told_why() -> None:
    stranger = notice(**(SUPERVISOR | {"to": person("planning")}))
    text = flowing(written(stranger).text)
    assert "You are told because no answer has come." in text
    assert "Has not answered." in text


def test_one_earlier_mail_is_named_by_its_day() -> None:
    one = notice(**SUPERVISOR)
    told = told_before(one, days=(date(2026, 10, 22),))
    assert "Written to on 22 October 2026, without an answer." in flowing(written(one, at=situation(told=told)).text)


def test_the_owner_reads_who_else_is_told() -> None:
    mine = notice(step="supervisor", height=4)
    assert "No answer has come yet, so this goes to the Chief Academic Officer too." in flowing(written(mine).text)
    both = written(mine, notice("1.1B", step="supervisor", height=4))
    assert "No answer has come yet, so these go to the Chief Academic Officer too." in flowing(both.text)


def test_an_owner_with_nobody_else_to_tell_reads_no_note() -> None:
    alone = situation(answered_by=owners(curriculum={"delegate": None}))
    assert "No answer has come yet" not in written(notice(), at=alone).text


def test_a_delegate_reads_for_whom_and_may_answer() -> None:
    made = written(notice(to=person("assessment")))
    assert "You stand in for the Director of Curriculum, who has not answered yet. Either of you can answer." in flowing(
        made.text
    )
    assert "Answer for 1.1A" in Links(made.html).by_label


def test_a_stand_in_is_asked_beside_the_absent_owner() -> None:
    away = Absence(office="curriculum", first_day=DAY, last_day=DAY)
    request = notice(to=person("assessment"), **(COMING | {"due": date(2026, 10, 30)}))
    text = flowing(written(request, at=situation(answered_by=owners(absences=(away,)))).text)
    assert "You stand in for the Director of Curriculum. Either of you can answer." in text


def test_a_stand_in_reads_that_the_supervisor_is_told_too() -> None:
    away = Absence(office="curriculum", first_day=DAY, last_day=DAY)
    escalated = notice(to=person("assessment"), step="supervisor", height=4)
    text = flowing(written(escalated, at=situation(answered_by=owners(absences=(away,)))).text)
    assert "Either of you can answer. This goes to the Chief Academic Officer too." in text


def test_what_is_asked_of_the_reader_stands_apart_from_what_others_owe() -> None:
    others = notice("1.1A", **SUPERVISOR)
    own = notice("1.1B", to=person("academics"), owner=person("academics"))
    more = notice("1.1C", **(SUPERVISOR | {"owner": person("assessment")}))
    text = written(others, own, more).text
    assert (
        text.index("The Director of Curriculum\n") < text.index("The Director of Assessment\n") < text.index("Asked of you\n")
    )
    assert flowing(text).count("You are told as the supervisor") == 1


def test_an_office_with_a_name_is_spoken_of_by_name() -> None:
    named = situation(answered_by=owners(curriculum={"person": "Ana Ruiz"}))
    assert "Write to Ana Ruiz (Director of Curriculum)" in Links(written(notice(**SUPERVISOR), at=named).html).by_label


def test_a_title_that_begins_with_the_article_keeps_only_that_one() -> None:
    planning = situation(answered_by=owners(planning={"title": "The Planning Office"}))
    assert "kept: by The Planning Office." in flowing(written(notice(), at=planning).text)


@pytest.mark.parametrize(
    ("one", "subject", "asks"),
    [
        pytest.param(
            notice(),
            "1.1A 2026-27 Q1",
            ["not started / on track / at risk / off track", "What stands in the way?"],
            id="check-in",
        ),
        pytest.param(READING, "1.1-rating 2025-26", ["The figure:", "Its source"], id="reading"),
        pytest.param(EVIDENCE, "1.1-pm1 2026-27 Q1", ["attach the file, or give its address"], id="evidence"),
    ],
)
def test_the_button_opens_a_mail_with_a_form(one: Notice, subject: str, asks: list[str]) -> None:
    link = urlsplit(Links(written(one).html).by_label[f"Answer for {one.item}"])
    fields = parse_qs(link.query, strict_parsing=True)
    assert (link.scheme, link.path, fields["subject"]) == ("mailto", "planning@example.org", [subject])
    assert all(question in fields["body"][0] for question in asks)
    assert re.search(r"(?<!\r)\n", fields["body"][0]) is None


def test_a_form_asks_every_state_that_an_answer_may_have() -> None:
    assert "off track / achieved / not achieved / cancelled" in unquote(
        Links(written(notice()).html).by_label["Answer for 1.1A"]
    )


def test_no_link_is_longer_than_mail_programs_take() -> None:
    longest = notice(title="é" * 80)
    assert len(Links(written(longest).html).by_label["Answer for 1.1A"]) < 2000


def test_a_title_cannot_break_out_of_the_form() -> None:
    hostile = notice(title="A&body=x?subject=y#z%0D%0A\"'<b>")
    link = Links(written(hostile).html).by_label["Answer for 1.1A"]
    assert parse_qs(urlsplit(link).query)["body"][0].startswith("1.1A A&body=x?subject=y#z%0D%0A\"'<b>\r\n")
    assert link.count("&body=") == link.count("?subject=") == 1


def test_the_mail_says_who_reads_answers_why_it_came_and_how_often() -> None:
    below = {"owns": ("1.1C",), "reports_to": "curriculum", "delegate": "curriculum"}
    others = {"to": person(), "owner": person("assessment")}
    escalated, stood_in = notice("1.1C", **(SUPERVISOR | others)), notice("1.1C", **others)
    mail = written(escalated, stood_in, notice(), EVIDENCE, at=situation(answered_by=owners(assessment=below)))
    text = flowing(mail.text)
    assert "Replies are read where the plan is kept: by the Office of Strategic Planning." in text
    assert (
        "because you answer for 1.1A and 1.1-pm1, stand in for the owner of 1.1C and are told when no answer comes for 1.1C."
        in text
    )
    assert "You get at most one such mail a day, and at most 3 in a week." in text
    assert "The plan's pages: https://plan.example.org/" in text


def test_without_a_weekly_limit_none_is_named() -> None:
    unlimited = situation(plan(digests_per_week="unlimited"))
    assert "at most one such mail a day." in flowing(written(notice(), at=unlimited).text)


def test_the_subject_stays_through_the_quarter_whatever_is_urgent() -> None:
    subjects = {written(n).subject for n in (notice(), notice(**SUPERVISOR), EVIDENCE)}
    assert subjects == {"Riverside ISD strategic plan, 2026-27 Q1: what is asked of you"}


def test_the_subject_names_the_period_of_what_is_due_last() -> None:
    later = notice(period="2026-27 Q2", due=date(2027, 1, 15), urgency="upcoming")
    assert ", 2026-27 Q2:" in written(notice(), later, READING).subject


def test_a_long_section_stands_in_rows_with_links() -> None:
    made = written(*(notice(code) for code in ("1.1A", "1.1B", "1.1C") * 2))
    assert 'class="row"' in made.html
    assert 'class="card"' not in made.html
    assert made.html.count("Answer for 1.1A</a>") == 2


def test_sixty_notices_stay_under_what_gmail_shows() -> None:
    made = written(*(notice("1.1A", title=f"{'<&> ' * 19}{n:03}") for n in range(60)))
    assert len(made.html.encode()) < 102_000
    assert all(f"{n:03}" in made.text for n in range(60))


@pytest.mark.parametrize("count", [250, 1200])
def test_of_very_many_notices_none_is_lost(count: int) -> None:
    titles = {f"1.1.{n:04}": "<&> " * 19 for n in range(count)}
    made = written(*(notice(code, title=title) for code, title in titles.items()), at=situation(plan(titles=titles)))
    assert len(made.html.encode()) <= MOST_BYTES
    assert "Due 14 October 2026: " in made.html
    assert all(code in made.html and code in made.text for code in titles)


def test_where_not_even_ten_fit_all_are_listed_by_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.digest.MOST_BYTES", 100)
    assert "Due 14 October 2026: 1.1A and 1.1B" in written(notice("1.1A"), notice("1.1B")).html


@given(title=st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=80))
def test_whatever_a_title_says_is_text(title: str) -> None:
    made = written(notice(title=f"x{title}x"))
    assert re.sub(r"\s", "", f"x{title}x") in re.sub(r"\s", "", made.text)
    assert made.html.count("<a ") == 2
    assert made.html.count("<h3") == 1


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "{{ mail }} {% raw %}", "/etc/passwd", "</style><img src=x>"])
def test_a_hostile_title_arrives_harmless(title: str) -> None:
    made = written(notice(title=title))
    assert title in flowing(made.text)
    assert "<script" not in made.html
    assert "<img" not in made.html
    assert title.replace("<", "&lt;").replace(">", "&gt;") in made.html


@pytest.mark.parametrize("mail", [owners_mail, supervisors_mail, cabinet_leads_mail, single_request])
def test_plain_text_is_wrapped(mail: Any) -> None:
    text = mail().text
    assert max(map(len, text.splitlines())) <= 76
    assert "\n\n\n\n" not in text


@pytest.mark.parametrize("mail", [owners_mail, supervisors_mail, cabinet_leads_mail, single_request])
def test_html_is_accessible_and_asks_nothing_of_the_network(mail: Any) -> None:
    page = mail().html
    assert page.count("<h1") == 1
    assert '<html lang="en">' in page
    assert page.count("<table") == page.count('role="presentation"')
    assert not re.search(r"<img|<link|<script|@import|url\(", page)
    addresses = {link.split(":")[0] for link in re.findall(r'(?:href|src|background)="([^"]*)"', page)}
    assert addresses <= {"mailto", "https"}


def test_a_letter_carries_the_digest_and_what_it_tells() -> None:
    one = digest(notice(passed_over=("due",)))
    letter = compose(one, situation=situation(), base_url="https://plan.example.org/", sender=SENDER, made_at=MADE_AT)
    assert (letter.key, letter.plan, letter.kind) == (one.key, "riverside-2023-2027", "digest")
    assert (letter.address, letter.office, letter.day) == ("curriculum@example.org", "curriculum", DAY)
    assert letter.notices == one.notices
    assert letter.tellings == tuple(tellings_of(one, delivered_on=None))
    assert [telling.skipped for telling in letter.tellings] == [True, False]
    mail = parsed(letter.content)
    assert mail["Message-ID"] == letter.message_id
    assert mail["Subject"] == letter.subject
    assert mail["To"] == "Director of Curriculum <curriculum@example.org>"


def test_a_digest_composed_twice_is_the_same_letter() -> None:
    first, second = (
        compose(digest(notice()), situation=situation(), base_url="https://x.example/", sender=SENDER, made_at=MADE_AT)
        for _ in range(2)
    )
    assert first == second


def test_mails_to_one_person_in_one_quarter_are_one_thread() -> None:
    days = (date(2026, 10, 22), DAY)
    letters = [
        compose(digest(notice(), day=day), situation=situation(), base_url="https://x.example/", sender=SENDER, made_at=MADE_AT)
        for day in days
    ]
    roots = {parsed(letter.content)["References"] for letter in letters}
    assert roots == {message_id(SENDER.key, "riverside-2023-2027/thread/2026-27 Q1/curriculum@example.org", "example.org")}
    assert len({letter.message_id for letter in letters}) == 2


def test_every_digest_of_a_silent_quarter_can_be_written() -> None:
    at = situation()
    steps = set()
    for day in (date(2026, 9, 1) + timedelta(days=n) for n in range(75)):
        for one in due_notices(at, as_of=day).digests:
            steps |= {n.step for n in one.notices}
            assert write_any(one, at).text.count("Dear ") == 1
            for telling in tellings_of(one, delivered_on=day):
                at.told.add(telling)
    assert steps == {"request", "reminder", "due", "overdue", "supervisor", "cabinet"}


def write_any(one: Digest, at: Situation) -> Rendered:
    return write(one, situation=at, base_url="https://plan.example.org/", reply_to="planning@example.org")


def parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
