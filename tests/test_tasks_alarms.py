"""Who hears of letters that reached nobody: told once, with the remedy, in the same transaction as what became known."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from ledger.columns import NaiveInstant
from ledger.ledger import Ledger, open_ledger
from ledger.records import ALERT, CHANNEL, RECEIPT, ROLLUP, WEEK, Claim, Letter, LetterState, Outcome, Posted
from notifications.alert import Alert, Remedy
from notifications.outbox import RETRY_PLAN
from tasks.alarms import alarms, alert_letters, keepers
from tasks.send import recover, send_letters
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace
from tests.commands import Plankeeper
from tests.flow_builders import DAY, PLAN, at, choose, send
from tests.ledger_builders import letter
from tests.mail_servers import Answers, answering

REFUSED = "curriculum-instruction@example.org"
LATER = at(DAY, 14)
"""An instant after the builder's letters were made."""
SUPERVISOR, KEEPER = "chief-academic-officer@example.org", "strategic-planning@example.org"


class Particular(Answers):
    """A server that does not know one address."""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address == REFUSED:
            return "550 5.1.1 No such user here"
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.fixture
def refusing(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have mail go to a server that does not know one address; return what it got."""
    answers = Particular()
    with answering(answers) as address:
        monkeypatch.setenv("PLANKEEPER_SMTP_URL", f"smtp://{address}")
        monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
        yield answers


def of_kind(ledger: Ledger, kind: str) -> list[Posted]:
    return [one for one in ledger.outbox(PLAN) if one.kind == kind]


def test_a_refused_address_is_told_to_its_supervisor_and_to_who_keeps_the_plan_once(refusing: Answers) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        choose(settings, workplace, ledger, DAY)
        send(settings, workplace, ledger, DAY)
        send(settings, workplace, ledger, DAY)
        told = of_kind(ledger, ALERT)
        (failed,) = (one for one in ledger.outbox(PLAN) if one.state is LetterState.FAILED)
    assert failed.address == REFUSED
    assert {one.address: one.state for one in told} == {SUPERVISOR: LetterState.SENT, KEEPER: LetterState.SENT}
    assert {one.subject for one in told} == {
        "Socorro ISD Strategic Plan 2023-2027, alert: Mail to Director of Curriculum and Instruction is refused"
    }
    assert Counter(to for envelope in refusing.got for to in envelope.rcpt_tos if to == REFUSED) == {}


def test_an_alarm_that_cannot_be_queued_leaves_the_letter_as_it_was(home: Path) -> None:
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        ledger.post([letter(plan=PLAN)])
        claim = ledger.claim("one", plan=PLAN, at=LATER, on=DAY)
        assert claim is not None
        unfit = replace(letter("alarm", plan=PLAN, tellings=()), made_at=at(DAY).replace(tzinfo=None))
        with pytest.raises(NaiveInstant):
            ledger.finish(claim, REFUSAL, at=LATER, letters=[unfit])
        assert [one.state for one in ledger.outbox(PLAN)] == [LetterState.SENDING]
        assert ledger.holding(PLAN, "address") == {}


REFUSAL = Outcome(state=LetterState.FAILED, said="550 5.1.1 No such user here", suppresses=True)
ENDS = [
    pytest.param("digest", REFUSAL, {SUPERVISOR, KEEPER}, id="address-refused"),
    pytest.param("digest", Outcome(state=LetterState.FAILED, said="554 No"), {KEEPER}, id="mail-refused"),
    pytest.param(ROLLUP, Outcome(state=LetterState.EXPIRED, said="451 Later"), {KEEPER}, id="expired"),
    pytest.param("digest", Outcome(state=LetterState.SENT, said="250"), set(), id="sent"),
    pytest.param("digest", Outcome(state=LetterState.IN_DOUBT, said="silence"), set(), id="in-doubt"),
    pytest.param("digest", Outcome(state=LetterState.QUEUED, said="451", next_attempt_at=at(DAY)), set(), id="put-off"),
    pytest.param(ALERT, REFUSAL, {SUPERVISOR, KEEPER}, id="an-alarm-whose-address-is-refused"),
    pytest.param(ALERT, Outcome(state=LetterState.FAILED, said="554 No"), set(), id="an-alarm-refused-otherwise"),
    pytest.param(ALERT, Outcome(state=LetterState.EXPIRED, said="451 Later"), set(), id="an-alarm-that-expired"),
    pytest.param(CHANNEL, REFUSAL, set(), id="a-channel"),
]


def claimed(kind: str, address: str = REFUSED) -> Claim:
    one = {"key": f"{PLAN}/{kind}/x", "plan": PLAN, "claimant": "one", "content": b"", "notices": ()}
    return Claim(kind=kind, address=address, attempt=1, **one)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "outcome", "told"), ENDS)
def test_each_end_is_told_to_whom_it_concerns(kind: str, outcome: Outcome, told: set[str], home: Path) -> None:
    settings, roster = read_settings(), open_workplace(read_settings()).roster
    found = alarms(claimed(kind), outcome, roster, settings, on=DAY, made_at=at(DAY))
    assert {one.address for one in found} == told
    assert len({one.key for one in found}) == len(found)


@pytest.mark.parametrize("kind", ["digest", WEEK, ALERT])
@pytest.mark.parametrize(
    ("outcome", "unless"),
    [
        pytest.param(REFUSAL, None, id="address-refused"),
        pytest.param(Outcome(state=LetterState.FAILED, said="554 No"), ALERT, id="mail-refused"),
        pytest.param(Outcome(state=LetterState.EXPIRED, said="451 Later"), ALERT, id="expired"),
    ],
)
def test_when_who_keeps_the_plan_is_the_one_not_reached_the_next_above_hears_of_it(
    kind: str, outcome: Outcome, unless: str | None, home: Path
) -> None:
    roster = open_workplace(read_settings()).roster
    found = alarms(claimed(kind, KEEPER), outcome, roster, read_settings(), on=DAY, made_at=at(DAY))
    assert {one.address for one in found} == (set() if kind == unless else {"superintendent@example.org"})


def test_where_neither_keeper_nor_cabinet_lead_is_reached_the_next_above_them_keeps_the_plan(home: Path) -> None:
    roster = open_workplace(read_settings()).roster
    owners = roster.owners.model_copy(update={"cabinet_lead": "chief-financial-officer"})
    roster = replace(roster, owners=owners, unreachable=frozenset({"chief-financial-officer@example.org"}))
    assert [one.address for one in keepers(roster, on=DAY)] == [KEEPER]
    assert [one.address for one in keepers(roster, on=DAY, besides=KEEPER)] == ["superintendent@example.org"]
    assert keepers(replace(roster, unreachable=roster.unreachable | {KEEPER, "superintendent@example.org"}), on=DAY) == ()


def test_alarms_about_refused_alarms_end(refusing: Answers) -> None:
    settings = read_settings()
    refusing.rcpt, refusing.rcpt_for = "550 5.1.1 No such user here", {settings.mail_from: "250 OK"}
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        ledger.post([letter(plan=PLAN, kind=RECEIPT, address=REFUSED, notices=(), tellings=())])
        for hour in range(12, 18):
            sent_at(settings, workplace, ledger, at(DAY, hour))
        told = of_kind(ledger, ALERT)
    assert {one.state for one in told} <= {LetterState.FAILED, LetterState.CANCELLED}
    assert {one.address for one in told} == {SUPERVISOR, KEEPER, "superintendent@example.org"}


# --- what an alarm says -----------------------------------------------------------------------------------------------

LOST = Outcome(state=LetterState.FAILED, said="554 No")
OVER = Outcome(state=LetterState.EXPIRED, said="451 Later")
BY = "--by 'Office of Strategic Planning'"


def body(of: Sequence[Letter]) -> str:
    """Return the text of the first."""
    part = message_from_bytes(of[0].content, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def told(claim: Claim, outcome: Outcome) -> tuple[Letter, ...]:
    roster = open_workplace(read_settings()).roster
    return alarms(claim, outcome, roster, read_settings(), on=DAY, made_at=at(DAY))


def test_of_many_lost_mails_one_alert_a_day_tells_and_says_where_all_are(book: Ledger, home: Path) -> None:
    many = [replace(claimed("digest", f"{n}@example.org"), key=f"{PLAN}/digest/{n}") for n in range(20)]
    letters = [one for claim in many for one in told(claim, LOST)]
    assert len(letters) == 20
    assert len(book.post(letters[:1])) == 1
    assert not book.post(letters[1:])
    said = " ".join(body(letters).split())
    assert "A mail to 0@example.org (digest) was refused: 554 No It is the first of the day;" in said
    assert "plankeeper outbox list --state failed" in said
    assert "plankeeper outbox list --state expired" in said


@pytest.mark.parametrize(
    ("kind", "outcome", "is_chosen_anew"),
    [
        pytest.param("digest", OVER, True, id="a-daily-mail-that-expired"),
        pytest.param("digest", LOST, True, id="a-daily-mail-that-was-refused"),
        pytest.param(ROLLUP, OVER, False, id="a-rollup-that-expired"),
        pytest.param(WEEK, OVER, False, id="a-weekly-mail-that-expired"),
        pytest.param(ROLLUP, LOST, False, id="a-rollup-that-was-refused"),
    ],
)
def test_only_what_the_next_day_chooses_anew_need_not_be_sent_again(
    kind: str, outcome: Outcome, is_chosen_anew: bool, home: Path
) -> None:
    said = body(told(claimed(kind), outcome))
    assert ("What it told is chosen anew with the next day's run." in " ".join(said.split())) is is_chosen_anew
    assert (f"   plankeeper outbox retry {PLAN}/{kind}/x {BY}\n" in said) is not is_chosen_anew


def commands(said: str) -> list[list[str]]:
    """Return what a shell makes of the lines of a mail that are commands."""
    return [shlex.split(line) for line in said.splitlines() if line.strip().startswith("plankeeper ")]


def test_every_command_of_an_alert_runs_as_it_stands_there(plankeeper: Plankeeper) -> None:
    address = "o'neill&sons;$x@example.org"
    rollup = letter(plan=PLAN, kind=ROLLUP, key=f"{PLAN}/rollup/2026-27 Q1/board@example.org", notices=(), tellings=())
    digest = letter(plan=PLAN, address=address)
    with open_ledger(read_settings().database) as ledger:
        said = ""
        for one, outcome in ((rollup, LOST), (digest, REFUSAL)):
            ledger.post([one])
            claim = ledger.claim("one", plan=PLAN, at=LATER, on=DAY)
            assert claim is not None
            assert ledger.finish(claim, outcome, at=LATER)
            said += body(told(claim, outcome))
    run = commands(said)
    assert [one[:3] for one in run] == [["plankeeper", "outbox", word] for word in ("retry", "list", "list", "lift")]
    assert run[0][3:4] + run[3][3:4] == [rollup.key, address]
    assert [plankeeper(*one[1:]).code for one in run] == [0, 0, 0, 0]


def test_an_alert_that_is_only_caught_does_not_stand_for_the_real_one(
    book: Ledger, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = open_workplace(read_settings()).roster
    alert = Alert(about="letters", day=DAY, headline="h", sentences=("s",), remedies=(Remedy("r"),))
    caught = alert_letters(alert, keepers(roster, on=DAY), roster, read_settings(), made_at=at(DAY))
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://127.0.0.1:9")
    real = alert_letters(alert, keepers(roster, on=DAY), roster, read_settings(), made_at=at(DAY))
    assert [one.key.removesuffix("/caught") for one in caught] == [one.key for one in real]
    assert len(book.post(caught)) == len(book.post(real)) == 1


def test_a_letter_that_expires_is_told_and_never_silently(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(Answers(rcpt="451 4.3.0 Later")) as address:
        monkeypatch.setenv("PLANKEEPER_SMTP_URL", f"smtp://{address}")
        monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
        settings = read_settings()
        workplace, now = open_workplace(settings), LATER
        with open_ledger(settings.database) as ledger:
            ledger.post([letter(plan=PLAN, kind=ROLLUP, address="superintendent@example.org", notices=(), tellings=())])
            for wait in (*RETRY_PLAN, timedelta()):
                sent_at(settings, workplace, ledger, now)
                now += wait
            (alarm,) = of_kind(ledger, ALERT)
            assert [one.state for one in of_kind(ledger, ROLLUP)] == [LetterState.EXPIRED]
    assert (alarm.address, alarm.subject, alarm.state) == (
        KEEPER,
        "Socorro ISD Strategic Plan 2023-2027, alert: A mail reached nobody",
        LetterState.QUEUED,
    )


def sent_at(settings: Settings, workplace: Workplace, ledger: Ledger, now: Any) -> None:
    send_letters.fn(ledger, workplace, settings, as_of=DAY, now=lambda: now)


def test_a_doubt_ends_by_the_relays_log_before_it_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    log = home / "mail.log"
    log.write_text(
        "Oct 22 12:00:00 relay postfix/cleanup[7]: 4F1C2A9B: message-id=<a@example.org>\n"
        "Oct 22 12:00:00 relay postfix/qmgr[5]: 4F1C2A9B: from=<plan@example.org>, size=900, nrcpt=1 (queue active)\n"
    )
    monkeypatch.setenv("PLANKEEPER_RELAY_LOG", str(log))
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        ledger.post([letter("a", plan=PLAN), letter("b", plan=PLAN)])
        for _ in range(2):
            claim = ledger.claim("gone", plan=PLAN, at=LATER, on=DAY)
            assert claim is not None
            assert ledger.fence(claim, at=LATER)
        recover(ledger, settings, at=LATER + timedelta(hours=1))
        states = {one.message_id: (one.state, one.reason) for one in ledger.outbox(PLAN)}
    assert states["<a@example.org>"][0] is LetterState.SENT
    assert "4F1C2A9B" in states["<a@example.org>"][1]
    assert states["<b@example.org>"][0] is LetterState.HELD
