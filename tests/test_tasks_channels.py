"""Channels in a day's work: one message for each, beside the mails and never in their way."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import CHANNEL, LetterState
from notifications.outbox import Delivery
from tasks.channels import ChannelsFailed, messages_of, send_to_channels
from tasks.post import compose_letters
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace
from tests.flow_builders import DAY, PLAN, at, past, work
from tests.plan_builders import every_day
from tests.source_servers import Answer, Asked, serving

CLIMBED_ON = date(2026, 10, 27)
"""The day on which the supervisors are told, three working days after the owners were."""


def posted(settings: Settings, workplace: Workplace, ledger: Ledger) -> tuple[str, ...]:
    """Queue the day's mails and messages, as the flow remind does; return the keys of the messages."""
    past(settings, workplace, ledger, every_day(DAY, date(2026, 10, 26)))
    post = work(settings, workplace, ledger, CLIMBED_ON)
    situation = workplace.situation(ledger, as_of=CLIMBED_ON, told_since=False)
    messages = tuple(messages_of(post, situation, settings, on=CLIMBED_ON, made_at=at(CLIMBED_ON)))
    letters = compose_letters.fn(post, situation, settings, as_of=CLIMBED_ON, made_at=at(CLIMBED_ON))
    assert [letter for letter in letters if letter.kind == CHANNEL] == list(messages)
    return ledger.post(messages)


def sent(settings: Settings, workplace: Workplace, ledger: Ledger) -> Delivery:
    return send_to_channels.fn(ledger, workplace, settings, as_of=CLIMBED_ON, now=lambda: at(CLIMBED_ON))


def test_without_a_channel_in_the_settings_no_message_is_made(home: Path) -> None:
    with open_ledger(read_settings().database) as ledger:
        assert posted(read_settings(), open_workplace(read_settings()), ledger) == ()


def test_each_channel_hears_once_a_day_of_what_climbed_and_one_that_fails_keeps_no_other_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Asked] = []
    monkeypatch.setenv("PLANKEEPER_CHANNELS", "gone, leadership, unset")
    with serving({"/room": Answer()}, asked=asked) as url, open_ledger(read_settings().database) as ledger:
        for name, path in (("GONE", "gone"), ("LEADERSHIP", "room")):
            monkeypatch.setenv(f"PLANKEEPER_CHANNEL_{name}", f"json://{urlsplit(url).netloc}/{path}")
        settings = read_settings()
        workplace = open_workplace(settings)
        assert len(posted(settings, workplace, ledger)) == 3
        for _ in range(2):
            with pytest.raises(ChannelsFailed, match=r"it answered 404.*PLANKEEPER_CHANNEL_UNSET is not set"):
                sent(settings, workplace, ledger)
        states = {one.address: one.state for one in ledger.outbox(PLAN) if one.kind == CHANNEL}
    taken = [json.loads(one.content) for one in asked if one.path == "/room"]
    assert len(taken) == 1
    assert "escalations on 27 October 2026" in taken[0]["title"]
    assert "@" not in taken[0]["message"]
    assert states == {"gone": LetterState.QUEUED, "leadership": LetterState.SENT, "unset": LetterState.QUEUED}
