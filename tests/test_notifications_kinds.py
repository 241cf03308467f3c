"""Which kind of mail a day's digest becomes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ledger.records import CABINET, DAILY, DIGEST, ESCALATION, RECOVERY, WELCOME
from notifications.digest import compose, subject
from notifications.kinds import kind_of
from notifications.message import Sender
from notifications.render import MAILS
from plan.digests import tellings_of
from plan.ladder import Notice, Situation
from plan.told import Told
from tests.builders import MADE_AT, digest, notice, owners, person, situation, slip

DAY, EARLIER = date(2026, 10, 27), date(2026, 10, 26)
TO_THE_SUPERVISOR: dict[str, Any] = {"step": "supervisor", "height": 4, "to": person("academics")}
LAST: dict[str, Any] = {"step": "cabinet", "height": 5}
TO_THE_CABINET: dict[str, Any] = LAST | {"to": person("superintendent")}
BACK_ABOVE = slip("recovered", to=person("academics"))


def known(one: Notice, *, day: date = EARLIER) -> Situation:
    """Return a situation in which the reader of a notice was told something on a day."""
    return situation(told=Told(tellings_of(digest(replace(one, item="1.1C"), day=day), delivered_on=day)))


@pytest.mark.parametrize(
    ("notices", "kind"),
    [
        pytest.param([notice()], DIGEST, id="asked"),
        pytest.param([notice(to=person("assessment"))], DIGEST, id="asked-as-stand-in"),
        pytest.param([slip()], DIGEST, id="asked-for-a-plan"),
        pytest.param([notice(**TO_THE_SUPERVISOR)], ESCALATION, id="supervisor"),
        pytest.param([slip("plan-missing", to=person("academics"))], ESCALATION, id="supervisor-of-a-missing-plan"),
        pytest.param([notice(**LAST, to=person("academics"))], ESCALATION, id="supervisor-at-the-last-step"),
        pytest.param([notice(**TO_THE_CABINET)], CABINET, id="cabinet-lead"),
        pytest.param([notice(**LAST, to=person("planning"))], CABINET, id="office-that-keeps-the-plan"),
        pytest.param([slip("still-off", to=person("superintendent"))], CABINET, id="still-off"),
        pytest.param([notice(**TO_THE_CABINET), slip("still-off", to=person("superintendent"))], CABINET, id="both-last-steps"),
        pytest.param([slip("recovered")], RECOVERY, id="ones-own-recovery"),
        pytest.param([BACK_ABOVE], RECOVERY, id="a-recovery-below"),
        pytest.param([notice(), slip("recovered")], DIGEST, id="asked-and-a-recovery"),
        pytest.param([notice(**TO_THE_SUPERVISOR), notice("1.1B", to=person("academics"), owner=person("academics"))], DIGEST,
                     id="supervisor-with-something-own"),
        pytest.param([notice(**TO_THE_SUPERVISOR), BACK_ABOVE], DIGEST, id="supervisor-and-a-recovery"),
        pytest.param([notice(**(TO_THE_SUPERVISOR | {"to": person("planning")}))], DIGEST, id="told-in-no-known-role"),
    ],
)  # fmt: skip
def test_a_mail_is_of_the_kind_of_what_it_says(notices: list[Notice], kind: str) -> None:
    assert kind_of(digest(*notices, day=DAY), known(notices[0])) == kind


def test_a_cabinet_lead_who_also_supervises_gets_the_last_steps_as_the_cabinets() -> None:
    answered_by = owners(curriculum={"reports_to": "superintendent"})
    assert kind_of(digest(notice(**TO_THE_CABINET), day=DAY), situation(answered_by=answered_by)) == CABINET


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        pytest.param(notice(), WELCOME, id="asked"),
        pytest.param(notice(to=person("assessment")), WELCOME, id="asked-as-stand-in"),
        pytest.param(notice(**TO_THE_SUPERVISOR), ESCALATION, id="supervisor"),
        pytest.param(notice(**TO_THE_CABINET), CABINET, id="cabinet"),
        pytest.param(slip("recovered"), RECOVERY, id="recovery"),
    ],
)
def test_the_first_mail_welcomes_who_is_asked(one: Notice, kind: str) -> None:
    assert kind_of(digest(one, day=DAY), situation()) == kind


@pytest.mark.parametrize(
    ("day", "kind"), [pytest.param(EARLIER, DIGEST, id="the-day-before"), pytest.param(DAY, WELCOME, id="the-day-itself")]
)
def test_only_what_was_told_before_the_day_makes_a_reader_known(day: date, kind: str) -> None:
    assert kind_of(digest(notice(), day=DAY), known(notice(), day=day)) == kind


def test_who_was_told_at_another_address_is_welcomed_at_the_new_one() -> None:
    moved = replace(person(), address="new@example.org")
    assert kind_of(digest(notice(to=moved, owner=moved), day=DAY), known(notice())) == WELCOME


@pytest.mark.parametrize("kind", sorted(DAILY))
def test_each_kind_is_a_folder_of_three_files(kind: str) -> None:
    assert {file.name for file in (MAILS / kind).iterdir()} == {"subject.txt", "body.txt", "body.html"}


@pytest.mark.parametrize(
    ("one", "kind"), [(notice(), WELCOME), (notice(**TO_THE_SUPERVISOR), ESCALATION), (slip("recovered"), RECOVERY)]
)
def test_a_letter_carries_its_kind_and_the_subject_that_goes_with_it(one: Notice, kind: str) -> None:
    sender = Sender(address="plan@example.org", name="Riverside ISD", reply_to="planning@example.org", key=b"secret")
    of = digest(one, day=DAY)
    letter = compose(of, situation=situation(), base_url="https://plan.example.org/", sender=sender, made_at=MADE_AT)
    assert (letter.kind, letter.key) == (kind, f"riverside-2023-2027/digest/{DAY}/{one.to.address}")
    assert letter.subject == subject(of, kind=kind, situation=situation())
