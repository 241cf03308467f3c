"""Channels besides mail: what they hear, and what each answer of theirs means for the message."""

import json
import logging
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from ledger.ledger import Ledger
from ledger.records import CHANNEL, LetterState
from notifications.channel import Channel, Escalation, escalations, message
from notifications.message import Sender
from notifications.outbox import RETRY_PLAN, deliver
from notifications.verdicts import (
    ClaimLost,
    MailDeferred,
    MailError,
    MailInDoubt,
    MailMisconfigured,
    MailServerUnreachable,
)
from plan.digests import Post
from plan.ladder import Notice, Situation
from plan.model import Plan
from tests.builders import digest, notice, owners, person, plan, situation, slip
from tests.flow_builders import at
from tests.ledger_builders import PLAN, letter
from tests.source_servers import Answer, Answering, Asked, Question, serving

DAY = date(2026, 10, 27)
SENDER = Sender(address="plan@example.org", name="Office", reply_to="plan@example.org", key=b"key")
TO_SUPERVISOR: dict[str, Any] = {"step": "supervisor", "height": 4, "to": person("academics")}
SAYS = b"Escalations\n\n1.1A is overdue.\n"


def hand_over(url: str, *, before_data: bool = True, content: bytes = SAYS) -> str:
    return Channel("leadership", url).hand_over("leadership", content, lambda: before_data)


def room(url: str) -> str:
    """Return the address of a room on a server, as the library writes it."""
    return f"json://{urlsplit(url).netloc}/secret-room"


def hung_up(question: Question) -> None:
    """Take the message and hang up without a word."""


def test_a_message_arrives_with_its_title_and_its_text() -> None:
    asked: list[Asked] = []
    with serving({"/secret-room": Answer()}, asked=asked) as url:
        assert hand_over(room(url)) == "The channel leadership took it."
    assert [json.loads(one.content) for one in asked] == [
        {"version": "1.0", "title": "Escalations", "message": "1.1A is overdue.", "attachments": [], "type": "info"}
    ]


@pytest.mark.parametrize(
    ("answer", "failure", "sentence"),
    [
        pytest.param(Answer(status=503), MailDeferred, "does not take messages now: it answered 503.", id="not-now"),
        pytest.param(Answer(status=429), MailDeferred, "does not take messages now: it answered 429.", id="too-many"),
        pytest.param(
            Answer(status=404), MailMisconfigured, "refuses us: it answered 404; correct PLANKEEPER_CHANNEL_L", id="gone"
        ),
        pytest.param(
            Answer(status=401), MailMisconfigured, "refuses us: it answered 401; correct PLANKEEPER_CHANNEL_L", id="secret"
        ),
        pytest.param(hung_up, MailInDoubt, "fell silent and may have taken the message.", id="silence"),
    ],
)
def test_each_answer_has_its_meaning(answer: Answering, failure: type[MailError], sentence: str) -> None:
    with serving({"/secret-room": answer}) as url, pytest.raises(failure) as raised:
        hand_over(room(url))
    assert type(raised.value) is failure
    assert sentence in str(raised.value)
    assert "secret-room" not in str(raised.value)


def test_a_channel_that_is_not_there_has_taken_nothing() -> None:
    with serving({}) as url:
        pass
    with pytest.raises(MailServerUnreachable, match=r"^The channel leadership cannot be reached\.$"):
        hand_over(room(url))


@pytest.mark.parametrize("url", ["", "no address", "nosuchservice://secret-room"])
def test_an_address_that_is_none_is_named_by_its_setting_alone(url: str) -> None:
    with pytest.raises(MailMisconfigured) as raised:
        hand_over(url)
    assert str(raised.value) == "PLANKEEPER_CHANNEL_LEADERSHIP is not the address of a channel; write it as apprise does."


def test_a_message_that_was_taken_over_is_not_sent() -> None:
    asked: list[Asked] = []
    with serving({"/secret-room": Answer()}, asked=asked) as url, pytest.raises(ClaimLost):
        hand_over(room(url), before_data=False)
    assert asked == []


MISLEADING = [
    pytest.param("1.1A waived: error=503 in the portal", id="an-answer"),
    pytest.param("1.1A: Connection refused by the portal (Caused by NewConnectionError(", id="no-connection"),
    pytest.param("Socket Exception: [Errno 111] Connection refused", id="the-library's-own-words"),
]


@pytest.mark.parametrize("text", MISLEADING)
@pytest.mark.parametrize(
    ("answer", "failure"),
    [pytest.param(hung_up, MailInDoubt, id="silence"), pytest.param(Answer(status=404), MailMisconfigured, id="gone")],
)
def test_what_a_message_says_is_not_taken_for_what_became_of_it(text: str, answer: Answering, failure: type[MailError]) -> None:
    with serving({"/secret-room": answer}) as url, pytest.raises(MailError) as raised:
        hand_over(room(url), content=f"{text}\n\n{text}\n{text}\n".encode())
    assert type(raised.value) is failure


def test_neither_the_address_nor_the_message_reaches_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    library = logging.getLogger("apprise")
    before = (library.handlers, library.propagate, library.level)
    library.addHandler(caplog.handler)  # as Prefect does with a logger that it is told to keep
    try:
        with serving({"/secret-room": Answer()}) as url:
            hand_over(room(url))
        for address in (room(url), "nosuchservice://secret-room", "slack://secret-room"):
            with pytest.raises(MailError):
                hand_over(address)
    finally:
        library.removeHandler(caplog.handler)
    assert (library.handlers, library.propagate, library.level) == before
    said = [record.getMessage() for record in caplog.records]
    assert not [line for line in said if "secret-room" in line or "1.1A" in line or "127.0.0.1" in line]
    library.warning("The log hears of it again.")
    assert caplog.messages[-1] == "The log hears of it again."


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("{0}/secret-room, {0}/other", id="two-addresses"),
        pytest.param("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#secret-room/#other", id="two-rooms-in-one"),
        pytest.param("{0}/secret-room?retry=2", id="retries-of-its-own"),
    ],
)
def test_an_address_that_is_more_than_one_room_is_refused_before_anything_is_sent(address: str) -> None:
    asked: list[Asked] = []
    rooms: dict[str, Answering] = {"/secret-room": Answer(), "/other": Answer(status=503)}
    with serving(rooms, asked=asked) as url, pytest.raises(MailMisconfigured) as raised:
        hand_over(address.format(f"json://{urlsplit(url).netloc}"))
    assert str(raised.value) == (
        "PLANKEEPER_CHANNEL_LEADERSHIP is the address of more than one room, or sends more than once; "
        "give each room a channel of its own, and no retries."
    )
    assert asked == []


# --- what is told -----------------------------------------------------------------------------------------------------


def climbed(*notices: Notice, of: Situation | None = None) -> tuple[Escalation, ...]:
    return escalations(Post(digests=tuple(digest(one) for one in notices)), of or situation(), as_of=DAY)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(notice(), [], id="the-owner"),
        pytest.param(notice(to=person("assessment")), [], id="the-stand-in"),
        pytest.param(notice(**TO_SUPERVISOR), [("1.1A", "supervisor")], id="the-supervisor"),
        pytest.param(slip(), [], id="a-slip-to-its-steward"),
        pytest.param(slip("plan-missing", to=person("academics")), [("1.1-rating", "plan-missing")], id="no-corrective-plan"),
        pytest.param(slip("recovered", to=person("academics")), [], id="good-news"),
    ],
)
def test_only_what_climbs_above_the_owner_is_told(told: Notice, expected: list[tuple[str, str]]) -> None:
    assert [(one.notice.item, one.notice.step) for one in climbed(told)] == expected


def test_a_step_that_several_are_told_stands_once_with_all_of_them() -> None:
    cabinet: dict[str, Any] = {"step": "cabinet", "height": 5}
    (one,) = climbed(notice(**cabinet, to=person("academics")), notice(**cabinet, to=person("superintendent")))
    assert one.told == ("Chief Academic Officer", "Superintendent")


def said(*notices: Notice, of: Plan | None = None) -> str:
    made = message(
        climbed(*notices, of=situation(of, answered_by=owners(curriculum={"person": "Somebody Known"}))),
        channel="leadership",
        situation=situation(),
        base_url="https://plan.example.org",
        sender=SENDER,
        on=DAY,
        made_at=at(DAY),
    )
    assert made.kind == CHANNEL
    assert made.key == "riverside-2023-2027/channel/2026-10-27/leadership"
    return made.content.decode()


def test_a_message_names_the_offices_the_reason_and_where_the_plan_is() -> None:
    title, _, line, _, where = said(notice(**TO_SUPERVISOR)).splitlines()
    assert title == "Riverside ISD strategic plan: 1 escalation on 27 October 2026"
    assert line.startswith("1.1A Gauge instruction by a formative assessment plan (Director of Curriculum): ")
    assert line.endswith(" was due on 2026-10-14, 9 working days ago, and has not come. Told: the Chief Academic Officer.")
    assert where == "The plan: https://plan.example.org"


def test_of_very_many_the_last_ones_are_counted() -> None:
    codes = [f"1.1{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXY"]
    lines = said(
        *(notice(code, **TO_SUPERVISOR) for code in codes), of=plan(titles=dict.fromkeys(codes, "An action"))
    ).splitlines()
    assert lines[0].startswith("Riverside ISD strategic plan: 25 escalations")
    assert "And 5 more." in lines


# --- under the outbox -------------------------------------------------------------------------------------------------


def test_a_channel_has_a_lane_of_its_own_in_the_outbox(ledger: Ledger) -> None:
    to_room = letter("room", kind=CHANNEL, address="leadership", content=SAYS, tellings=(), notices=())
    ledger.post([letter("mail"), to_room, replace(to_room, key=f"{PLAN}/channel/other", address="other")])
    asked: list[Asked] = []
    with serving({"/secret-room": Answer()}, asked=asked) as url:
        found = deliver(ledger, Channel("leadership", room(url)), channel="leadership", **run(now=at(DAY)))
    assert (found.sent, len(asked)) == (1, 1)
    assert {one.address: one.state for one in ledger.outbox(PLAN) if one.kind == CHANNEL} == {
        "leadership": LetterState.SENT,
        "other": LetterState.QUEUED,
    }
    assert next(one.state for one in ledger.outbox(PLAN) if one.kind == "digest") is LetterState.QUEUED


def test_a_message_that_a_channel_puts_off_is_tried_again_by_the_plan_of_retries(ledger: Ledger) -> None:
    ledger.post([letter("room", kind=CHANNEL, address="leadership", content=SAYS, tellings=(), notices=())])
    with serving({"/secret-room": Answer(status=503)}) as url:
        carrier = Channel("leadership", room(url))
        assert deliver(ledger, carrier, channel="leadership", **run(now=at(DAY))).deferred == 1
        assert not deliver(ledger, carrier, channel="leadership", **run(now=at(DAY) + RETRY_PLAN[0] / 2)).letters
        assert deliver(ledger, carrier, channel="leadership", **run(now=at(DAY) + RETRY_PLAN[0])).deferred == 1


def run(*, now: Any) -> dict[str, Any]:
    clock = {"plan": PLAN, "claimant": "one", "on": DAY, "now": lambda: now}
    return clock | {"unwanted": lambda _claim: None, "may_write_to": lambda _name: True}
