"""What a digest says to whom.

Mails are compared with tests/snapshots, text and HTML, exactly. After an intended change look at them and renew them:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_digest.py
"""

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.records import WELCOME, Grant
from notifications.digest import MOST_BYTES, compose, subject, write
from notifications.layout import REST
from notifications.message import message_id
from notifications.render import Rendered
from notifications.way_in import way_in
from plan.digests import Digest, due_notices, tellings_of
from plan.facts import CorrectivePlan, Facts, Reading
from plan.ladder import Notice, Situation
from plan.model import Ladder, Rung
from plan.owners import Absence
from plan.periods import Quarter, SchoolYear
from plan.rehearsal import rehearse
from plan.told import Told
from tests.builders import MADE_AT, SENDER, digest, notice, owners, person, plan, situation, slip
from tests.judgement_builders import line, of_measures, read

SNAPSHOTS = Path(__file__).parent / "snapshots"
DAY = date(2026, 10, 27)

BASE_URL = "https://plan.example.org/"
ANSWERING = way_in("update", person(), plan(), day=DAY, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)
LOOKING = way_in("view", person("academics"), plan(), day=DAY, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)

SUPERVISOR: dict[str, Any] = {"step": "supervisor", "height": 4, "to": person("academics")}
CABINET: dict[str, Any] = {"step": "cabinet", "height": 5, "to": person("superintendent")}
COMING: dict[str, Any] = {"step": "reminder", "height": 1, "urgency": "upcoming", "due": date(2026, 11, 6)}
ABOVE: dict[str, Any] = {"to": person("academics")}
AT_THE_TOP: dict[str, Any] = {"to": person("superintendent")}
AFTER_THE_PLAN_WAS_DUE, AT_THE_CLOSE = date(2026, 11, 11), date(2026, 12, 31)
PLAN = plan(titles={"1.1-gap": "Gap of special education", "1.1-more": "Readiness"})
BACK = {"reason": "93 for 2025-26 reaches the target of 90."}
LOW = read(86, "2025-26", item="1.1-rating")
EVIDENCE = notice("1.1-pm1", kind="evidence", **COMING)
READING = notice("1.1-rating", kind="reading", period="2025-26", **(COMING | {"due": date(2026, 11, 2)}))


def written(*notices: Notice, day: date = DAY, at: Situation | None = None) -> Rendered:
    return write(
        digest(*notices, day=day),
        situation=at or situation(PLAN, told=told_before(notice("1.1C"))),
        base_url="https://plan.example.org/",
        sender=SENDER,
        made_at=MADE_AT,
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
    named = situation(answered_by=owners(curriculum={"person": "Ana Ruiz"}), told=told_before(notice("1.1C")))
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


def first_mail() -> Rendered:
    rating = {"id": "1.1-rating", "title": "District accountability rating", "unit": "points", "target": line(88, 94)}
    at = situation(of_measures(rating, actions=["1.1A"]), facts=Facts((read(90, "2024-25", item="1.1-rating"),)))
    request = notice(step="request", height=0, urgency="upcoming")
    return written(request, day=date(2026, 9, 30), at=at)


def stewards_mail() -> Rendered:
    return written(notice("1.1A"), slip(), at=situation(told=told_before(notice("1.1C")), facts=Facts((LOW,))))


def mail_about_a_missing_plan() -> Rendered:
    missing = slip("plan-missing", **ABOVE)
    at = situation(told=told_before(missing, days=(DAY,)), facts=Facts((LOW,)))
    return written(missing, day=AFTER_THE_PLAN_WAS_DUE, at=at)


def mail_about_what_is_still_off() -> Rendered:
    other = slip("still-off", "1.1-gap", title="Gap of special education", **AT_THE_TOP)
    at = situation(PLAN, facts=Facts((LOW, given_plan("1.1-rating"))))
    return written(slip("still-off", **AT_THE_TOP), other, day=AT_THE_CLOSE, at=at)


def mail_about_a_recovery() -> Rendered:
    at = situation(facts=Facts((read(93, "2025-26", item="1.1-rating"),)))
    return written(slip("recovered", **BACK), day=AT_THE_CLOSE, at=at)


def given_plan(item: str, *, on: date = date(2026, 11, 5)) -> CorrectivePlan:
    said = {"cause": "Two campuses fell behind.", "step": "Tutoring twice a week.", "effect": "3 points by spring."}
    return CorrectivePlan(
        item=item, period=Quarter.parse("2026-27 Q2"), done_by=date(2027, 2, 1), by="curriculum", known_on=on, **said
    )


MAILS = [
    owners_mail,
    supervisors_mail,
    cabinet_leads_mail,
    first_mail,
    stewards_mail,
    mail_about_a_missing_plan,
    mail_about_what_is_still_off,
    mail_about_a_recovery,
]


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(owners_mail, id="digest-owner"),
        pytest.param(stewards_mail, id="digest-slip"),
        pytest.param(first_mail, id="welcome"),
        pytest.param(supervisors_mail, id="escalation-late"),
        pytest.param(mail_about_a_missing_plan, id="escalation-plan-missing"),
        pytest.param(cabinet_leads_mail, id="cabinet-late"),
        pytest.param(mail_about_what_is_still_off, id="cabinet-still-off"),
        pytest.param(mail_about_a_recovery, id="recovery"),
    ],
)
@pytest.mark.parametrize("part", ["txt", "html"])
def test_a_mail_reads_as_its_snapshot(mail: Any, part: str, request: pytest.FixtureRequest) -> None:
    made = mail()
    content = f"Subject: {made.subject}\n\n{made.text}" if part == "txt" else made.html
    file = SNAPSHOTS / f"{request.node.callspec.id.removeprefix(f'{part}-')}.{part}"
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
        pytest.param([slip()], "1 measure is off track, and a corrective plan is asked for by 10 November 2026.", id="slip"),
        pytest.param(
            [slip(), slip(item="1.1-gap")],
            "2 measures are off track, and corrective plans are asked for by 10 November 2026.",
            id="slips-of-one-day",
        ),
        pytest.param(
            [slip(), slip(item="1.1-gap", due=date(2026, 11, 3))],
            "2 measures are off track, and corrective plans are asked for, the first by 3 November 2026.",
            id="slips",
        ),
        pytest.param(
            [slip(due=date(2026, 10, 26))],
            "1 measure is off track, and a corrective plan is asked for now.",
            id="slip-that-an-outage-told-late",
        ),
        pytest.param([slip("plan-missing")], "1 measure is off track, and no corrective plan has come.", id="plan-missing"),
        pytest.param(
            [slip("plan-missing", **ABOVE), slip("plan-missing", "1.1-gap", **ABOVE)],
            "2 measures of the Director of Curriculum are off track, and their corrective plans have not come.",
            id="plans-missing-below",
        ),
        pytest.param(
            [slip("still-off", **AT_THE_TOP), slip("still-off", "1.1-gap", owner=person("assessment"), **AT_THE_TOP)],
            "2 measures of 2 offices are still off track.",
            id="still-off",
        ),
        pytest.param([slip("plan-missing"), slip(item="1.1-gap")], "2 measures are off track.", id="slips-on-several-steps"),
        pytest.param([slip("recovered")], "1 measure is back on track.", id="recovered"),
        pytest.param(
            [slip("recovered", **ABOVE), slip("recovered", "1.1-gap", **ABOVE)],
            "2 measures of the Director of Curriculum are back on track.",
            id="recovered-below",
        ),
        pytest.param(
            [notice(), slip(), EVIDENCE, slip("recovered", "1.1-gap")],
            "1 check-in has been overdue since 14 October 2026; 1 measure is off track, and a corrective plan is asked for by "
            "10 November 2026; evidence for 1 item is coming up, due 6 November 2026; 1 measure is back on track.",
            id="everything-at-once",
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


@pytest.mark.parametrize("one", [notice(), READING, EVIDENCE], ids=lambda one: one.kind)
def test_the_button_opens_the_page_of_the_item(one: Notice) -> None:
    made = written(one)
    page = ANSWERING.to(one.item)
    assert Links(made.html).by_label[f"Answer for {one.item}"] == page
    assert f"    {page}\n" in made.text
    assert "mailto:" not in made.html


def test_who_answers_gets_one_link_to_all_that_is_owed() -> None:
    made = written(notice(), READING)
    assert Links(made.html).by_label["All that you owe"] == ANSWERING.everything
    assert f"All that you owe:\n{ANSWERING.everything}\n" in made.text
    assert "All that you are told of" not in made.html


def test_who_is_only_told_gets_links_that_look_and_answer_nothing() -> None:
    made = supervisors_mail()
    links = Links(made.html).by_label
    assert links["All that you are told of"] == LOOKING.everything
    assert links["1.1A"] == LOOKING.to("1.1A")
    assert "All that you owe" not in links
    assert "whoever gets this mail from you can look too" in flowing(made.text)


def test_what_is_ones_own_and_what_is_anothers_have_links_of_their_own() -> None:
    others = {"to": person(), "owner": person("assessment")}
    below = situation(answered_by=owners(assessment={"owns": ("1.1C",), "reports_to": "curriculum"}))
    one = digest(notice("1.1C", **(SUPERVISOR | others)), notice())
    letter = compose(one, situation=below, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)
    assert [grant.scope for grant in letter.grants] == ["unsubscribe", "update", "view"]
    links = Links(written(*one.notices, at=below).html).by_label
    assert links["Answer for 1.1A"] == ANSWERING.to("1.1A")
    assert links["1.1C"].endswith("/1.1C")
    assert "Answer for 1.1C" not in links
    assert links["1.1C"].partition("/1.1C")[0] != ANSWERING.everything


def test_links_are_the_same_all_through_a_quarter_and_hold_until_the_next_one_is_over() -> None:
    def grant(day: date) -> Grant:
        one = digest(notice(), day=day)
        return compose(one, situation=situation(), base_url=BASE_URL, sender=SENDER, made_at=MADE_AT).grants[1]

    assert grant(DAY) == grant(date(2026, 12, 31))
    assert grant(DAY).expires_on == date(2027, 3, 31)
    assert grant(date(2027, 1, 4)).id != grant(DAY).id
    assert grant(date(2027, 1, 4)).expires_on == date(2027, 6, 30)


def test_who_passes_the_mail_on_is_told_what_that_gives_away() -> None:
    made = written(notice())
    for part in (made.text, made.html):
        assert "whoever gets this mail from you can answer in your place" in flowing(part)


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


def test_slips_stand_between_what_is_overdue_and_what_is_due_and_recoveries_last() -> None:
    due_today = notice("1.1B", step="due", height=2, urgency="due", due=DAY)
    text = written(slip("recovered", "1.1-gap"), EVIDENCE, due_today, slip(), notice()).text
    headings = [text.index(f"\n{title}\n") for title in ("OVERDUE", "OFF TRACK", "DUE TODAY", "COMING UP", "BACK ON TRACK")]
    assert headings == sorted(headings)


def test_a_steward_reads_the_arithmetic_and_what_a_corrective_plan_says() -> None:
    text = flowing(stewards_mail().text)
    assert "86 against 91.6 expected for 2025-26; the plan started at 88, so this is below where it began." in text
    assert "Corrective plan, due 10 November 2026, in 10 working days" in text
    assert "A corrective plan is asked for: the cause, a step against it, the day by which that is done, and the effect" in text
    both = flowing(written(slip(), slip(item="1.1-gap")).text)
    assert "Corrective plans are asked for, each with the cause, a step against it," in both


def test_a_corrective_plan_is_given_on_the_page_of_its_measure() -> None:
    links = Links(stewards_mail().html).by_label
    assert links["Give the plan for 1.1-rating"] == ANSWERING.to("1.1-rating")


def test_a_steward_whose_plan_is_missing_reads_who_is_told_and_is_still_asked() -> None:
    one = flowing(written(slip("plan-missing"), day=AFTER_THE_PLAN_WAS_DUE).text)
    assert "No corrective plan has come yet, so this goes to the Chief Academic Officer too. Please still give the plan:" in one
    assert "due 10 November 2026, 1 working day ago" in one
    both = flowing(written(slip("plan-missing"), slip("plan-missing", "1.1-gap"), day=AFTER_THE_PLAN_WAS_DUE).text)
    assert "so these go to the Chief Academic Officer too. Please still give a plan for each:" in both


def test_a_steward_with_nobody_above_reads_only_that_the_plan_is_missing() -> None:
    alone = situation(answered_by=owners(curriculum={"reports_to": None}))
    text = flowing(written(slip("plan-missing"), at=alone).text)
    assert "No corrective plan has come yet. Please still give the plan: the cause," in text


def test_a_stand_in_of_a_steward_may_give_the_plan() -> None:
    away = situation(answered_by=owners(absences=(Absence(office="curriculum", first_day=DAY, last_day=DAY),)))
    made = written(slip(to=person("assessment")), at=away)
    assert "You stand in for the Director of Curriculum. Either of you can answer. A corrective plan is asked for:" in flowing(
        made.text
    )
    assert "Give the plan for 1.1-rating" in Links(made.html).by_label


def test_a_supervisor_reads_that_the_plan_is_missing_and_may_write_to_the_steward() -> None:
    made = mail_about_a_missing_plan()
    text = flowing(made.text)
    assert "You are told as the supervisor, because no corrective plan has come. Please speak with the owner," in text
    assert "who is still asked for it: the cause, a step against it," in text
    assert "Written to on 27 October 2026, without an answer." in text
    assert "because you are told when no corrective plan comes for 1.1-rating." in text
    assert "Write to the Director of Curriculum" in Links(made.html).by_label
    assert "HOW TO ANSWER" not in made.text


def test_the_cabinet_reads_a_line_whether_a_plan_came_and_is_asked_nothing() -> None:
    made = mail_about_what_is_still_off()
    text = flowing(made.text)
    assert "because at the close of a quarter what follows is still off track. It is for you to know." in text
    assert text.count("This is the last step: no more reminders follow.") == 1
    assert "Also told: the Office of Strategic Planning." in text
    assert "1.1-rating District accountability rating" in text
    given = text.index("Corrective plan given on 5 November 2026")
    assert given < text.index("No corrective plan has come; it was due 10 November 2026")
    assert "because you are told when a quarter closes with 1.1-rating and 1.1-gap still off track." in text
    assert list(Links(made.html).by_label) == ["All that you are told of", "1.1-rating", "1.1-gap", BASE_URL]


@pytest.mark.parametrize("on", [pytest.param(date(2026, 10, 26), id="before-the-slip"), pytest.param(AT_THE_CLOSE, id="later")])
def test_a_plan_of_an_earlier_slip_or_of_a_later_day_has_not_come(on: date) -> None:
    at = situation(facts=Facts((given_plan("1.1-rating", on=on),)))
    assert "No corrective plan has come" in flowing(
        written(slip("still-off", **AT_THE_TOP), day=date(2026, 12, 30), at=at).text
    )


def test_a_cabinet_lead_who_is_the_steward_reads_that_it_is_an_own_measure() -> None:
    own = slip("still-off", owner=person("superintendent"), **AT_THE_TOP)
    assert "\nYour own\n" in written(own, day=AT_THE_CLOSE).text


def test_who_was_told_of_a_slip_reads_that_it_is_over() -> None:
    made = mail_about_a_recovery()
    text = flowing(made.text)
    assert "This is back, and what was asked about the slip is settled. Thank you." in text
    assert "93 for 2025-26 reaches the target of 90." in text
    assert "10 November 2026" not in text
    assert "because you were told that 1.1-rating had slipped." in text
    assert list(Links(made.html).by_label) == ["All that you are told of", "1.1-rating", BASE_URL]


def test_recoveries_of_others_stand_apart_from_ones_own() -> None:
    above = slip("recovered", "1.1-gap", **ABOVE)
    more = slip("recovered", "1.1-more", **ABOVE)
    text = written(slip("recovered", owner=person("academics"), **ABOVE), above, more).text
    assert text.index("\nYour own\n") < text.index("\nThe Director of Curriculum\n")
    assert "These are back. You were told of the slips, so you are told of this too." in text


def test_a_mail_that_asks_nothing_is_not_headed_as_a_request() -> None:
    assert "What is back on track</h1>" in mail_about_a_recovery().html
    assert "What has come up to the cabinet</h1>" in mail_about_what_is_still_off().html
    assert "What still waits for an answer</h1>" in mail_about_a_missing_plan().html
    assert "What there is to know</h1>" in written(slip("recovered", **AT_THE_TOP), slip("still-off", **AT_THE_TOP)).html
    assert "What is asked of you</h1>" in written(slip("recovered"), notice()).html


def test_many_slips_stand_in_rows_with_their_arithmetic() -> None:
    at = situation(plan(titles={f"1.1-m{n}": "A measure" for n in range(6)}))
    made = written(*(slip(item=f"1.1-m{n}", reason=f"{n} against 91.6") for n in range(6)), at=at)
    assert 'class="card"' not in made.html
    assert all(f">{n} against 91.6</p>" in made.html for n in range(6))
    assert made.html.count("Give the plan for 1.1-m") == 6


def test_sixty_slips_stay_under_what_gmail_shows_and_none_is_lost() -> None:
    titles = {f"1.1-m{n:03}": "<&> " * 19 for n in range(60)}
    made = written(*(slip(item=code, reason="<&> " * 60) for code in titles), at=situation(plan(titles=titles)))
    assert len(made.html.encode()) <= MOST_BYTES
    assert all(code in made.html and code in made.text for code in titles)


@pytest.mark.parametrize("reason", ["<script>alert(1)</script>", "{{ mail }} {% raw %}", "a\n\nOVERDUE\n\u202eb"])
def test_a_hostile_reason_arrives_harmless_and_on_one_line(reason: str) -> None:
    made = written(slip(reason=reason))
    assert "<script" not in made.html
    assert f"    {' '.join(reason.replace(chr(0x202E), ' ').split())}\n" in made.text


def test_the_subject_stays_through_the_quarter_whatever_is_urgent() -> None:
    subjects = {written(n).subject for n in (notice(), EVIDENCE)} | {written(notice(), at=situation()).subject}
    assert subjects == {"Riverside ISD strategic plan, 2026-27 Q1: what is asked of you"}


@pytest.mark.parametrize(
    ("one", "about"),
    [
        pytest.param(notice(**SUPERVISOR), "what still waits for an answer", id="escalation"),
        pytest.param(slip("plan-missing", **ABOVE), "what still waits for an answer", id="plan-missing"),
        pytest.param(notice(**CABINET), "what has come up to the cabinet", id="cabinet"),
        pytest.param(slip("recovered"), "what is back on track", id="recovery"),
    ],
)
def test_a_mail_that_asks_no_answer_says_in_its_subject_what_it_is(one: Notice, about: str) -> None:
    assert written(one).subject == f"Riverside ISD strategic plan, {one.period}: {about}"


def test_the_first_mail_says_who_writes_how_to_answer_how_often_and_what_to_do_otherwise() -> None:
    made = first_mail()
    assert "Welcome to your part of the plan</h1>" in made.html
    for text in (flowing(made.text), flowing(made.html)):
        assert "The Office of Strategic Planning, which keeps the plan. Replies go to planning@example.org." in text
        assert "Open an item's page: it asks a few questions, without an account or a password. Or just reply," in unescape(
            text
        )
        assert "whoever gets this mail from you can answer in your place" in text
        assert "You get at most one such mail a day, and at most 3 in a week. It comes on working days," in text
        assert text.count("A duty can be paused or delegated, never dropped:") == 1


@pytest.mark.parametrize("mail", MAILS)
def test_what_can_be_done_with_a_duty_is_said_wherever_there_is_one(mail: Any) -> None:
    there_is_one = mail is not mail_about_a_recovery
    assert [REST in flowing(part) for part in (mail().text, mail().html)] == [there_is_one] * 2


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
    assert made.html.count("<a ") == 3
    assert made.html.count("<h3") == 1


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "{{ mail }} {% raw %}", "/etc/passwd", "</style><img src=x>"])
def test_a_hostile_title_arrives_harmless(title: str) -> None:
    made = written(notice(title=title))
    assert title in flowing(made.text)
    assert "<script" not in made.html
    assert "<img" not in made.html
    assert title.replace("<", "&lt;").replace(">", "&gt;") in made.html


@pytest.mark.parametrize("mail", MAILS)
def test_plain_text_is_wrapped(mail: Any) -> None:
    text = mail().text
    assert max(map(len, text.splitlines())) <= 76
    assert "\n\n\n\n" not in text


@pytest.mark.parametrize("mail", MAILS)
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
    assert (letter.key, letter.plan, letter.kind) == (one.key, "riverside-2023-2027", WELCOME)
    assert (letter.address, letter.office, letter.day) == ("curriculum@example.org", "curriculum", DAY)
    assert letter.notices == one.notices
    assert letter.tellings == tuple(tellings_of(one, delivered_on=None))
    assert [telling.skipped for telling in letter.tellings] == [True, False]
    mail = parsed(letter.content)
    assert mail["Message-ID"] == letter.message_id
    assert mail["Subject"] == letter.subject
    assert mail["To"] == "Director of Curriculum <curriculum@example.org>"


def test_a_subject_alone_is_that_of_the_letter() -> None:
    one = digest(slip(), notice())
    assert subject(one, kind=WELCOME, situation=situation()) == written(*one.notices).subject


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


def test_every_digest_of_a_slip_and_its_recovery_can_be_written() -> None:
    on = {date(2026, 8, 20): 86, date(2027, 1, 20): 93}
    readings = (
        Reading(item="1.1-rating", period=SchoolYear(2025), value=Decimal(value), source="", note="", by="", known_on=day)
        for day, value in on.items()
    )
    at = situation(plan(digests_per_week="unlimited"))
    days = rehearse(at, first=date(2026, 8, 1), last=date(2027, 2, 1), answers=tuple(readings))
    digests = [one for rehearsed in days for one in rehearsed.post.digests]
    slips = [n for one in digests for n in one.notices if n.ladder == "slip"]
    assert {n.step for n in slips} == {"slip", "plan-missing", "still-off", "recovered"}
    assert len({n.to for n in slips if n.step == "recovered"}) == 4
    assert all(write_any(one, at).text.count("Dear ") == 1 for one in digests)


def write_any(one: Digest, at: Situation) -> Rendered:
    return write(one, situation=at, base_url="https://plan.example.org/", sender=SENDER, made_at=MADE_AT)


def parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
