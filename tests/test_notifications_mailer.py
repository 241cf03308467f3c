"""Handing mails over, to real servers on loopback: what each answer means, and what never happens."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from notifications.mailer import (
    AddressRefused,
    ClaimLost,
    MailDeferred,
    Mailer,
    MailError,
    MailInDoubt,
    MailMisconfigured,
    MailRefused,
    MailServerUnreachable,
)
from notifications.server import Server
from tests.mail_servers import CLOSED, FINE, RESET, Answers, answering, certificate, talking

SENDER = "plan@example.org"
OWNER = "owner@example.org"
MAIL = b"Subject: 1.1A\r\n\r\nPlease answer.\r\n"
TO_OWNER, TO_SENDER = f"rcpt TO:<{OWNER}>", f"rcpt TO:<{SENDER}>"


def go_on() -> bool:
    return True


def hand_over(url: str, *, before_data: Callable[[], bool] = go_on, content: bytes = MAIL, address: str = OWNER) -> str:
    with Mailer(url, SENDER) as mailer:
        return mailer.hand_over(address, content, before_data)


def test_an_accepted_mail_arrives_with_its_envelope_and_the_servers_words_come_back() -> None:
    answers = Answers(data="250 2.0.0 Queued as 4711")
    with answering(answers) as address:
        assert hand_over(f"smtp://{address}") == "250 2.0.0 Queued as 4711"
    (envelope,) = answers.got
    assert (envelope.mail_from, envelope.rcpt_tos, envelope.content) == (SENDER, [OWNER], MAIL)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Subject: s\r\n\r\n.\r\n..\r\n.dot\r\n.\r\n", id="dots"),
        pytest.param(b".\r\n", id="only-a-dot"),
        pytest.param(b"Subject: s\r\n\r\nFrom here\r\n\r\n\r\n", id="empty-lines-at-the-end"),
        pytest.param(b"Subject: s\r\n\r\n" + b"x" * 990 + b"\r\n" * 9000, id="long"),
    ],
)
def test_a_mail_arrives_byte_for_byte(content: bytes) -> None:
    answers = Answers()
    with answering(answers) as address:
        hand_over(f"smtp://{address}", content=content)
    assert answers.got[0].content == content


def test_a_mail_without_a_last_line_end_gets_one() -> None:
    answers = Answers()
    with answering(answers) as address:
        hand_over(f"smtp://{address}", content=b"Subject: s\r\n\r\nno end")
    assert answers.got[0].content == b"Subject: s\r\n\r\nno end\r\n"


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        pytest.param(Answers(mail="451 Later"), MailDeferred, id="sender-later"),
        pytest.param(Answers(mail="550 Not yours"), MailMisconfigured, id="sender-never"),
        pytest.param(Answers(rcpt="450 Mailbox busy"), MailDeferred, id="recipient-later"),
        pytest.param(Answers(rcpt="550 No such user", rcpt_for={SENDER: FINE}), AddressRefused, id="recipient-never"),
        pytest.param(Answers(rcpt="550 5.7.1 Relaying denied"), MailMisconfigured, id="every-recipient-never"),
        pytest.param(Answers(data="452 Disk full"), MailDeferred, id="mail-later"),
        pytest.param(Answers(data="554 Looks like spam"), MailRefused, id="mail-never"),
    ],
)
def test_a_refusal_gives_its_verdict_with_the_servers_words(answers: Answers, verdict: type[MailError]) -> None:
    words = next(answer for answer in (answers.mail, answers.rcpt, answers.data) if not answer.startswith("250"))
    with answering(answers) as address, pytest.raises(verdict, match=words) as refused:
        hand_over(f"smtp://{address}")
    assert type(refused.value) is verdict
    assert not answers.got


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        pytest.param("550 No such user", AddressRefused, id="no-reason"),
        pytest.param("551 Not here", AddressRefused, id="no-reason-551"),
        pytest.param("553 Not a mailbox", AddressRefused, id="no-reason-553"),
        pytest.param("554 No", AddressRefused, id="no-reason-554"),
        pytest.param("550 5.1.1 User unknown", AddressRefused, id="unknown-mailbox"),
        pytest.param("556 5.1.10 Takes no mail", AddressRefused, id="null-mx"),
        pytest.param("550 5.2.1 Mailbox disabled", AddressRefused, id="disabled-mailbox"),
        pytest.param("550-5.1.1 User unknown\r\n550 5.1.1 Ask them", AddressRefused, id="several-lines"),
        pytest.param("550 5.4.1 Recipient address rejected: Access denied", AddressRefused, id="unknown-to-microsoft"),
        pytest.param("554 5.7.1 Relay access denied", MailRefused, id="no-relay"),
        pytest.param("552 5.2.2 Mailbox full", MailRefused, id="full-mailbox"),
        pytest.param("550 5.4.5 Daily quota exceeded", MailRefused, id="quota"),
        pytest.param("552 5.3.4 Message too big", MailRefused, id="size"),
        pytest.param("550 5.1.8 Sender's domain unknown", MailRefused, id="sender-blamed-late"),
        pytest.param("503 5.5.1 MAIL first", MailRefused, id="sequence"),
    ],
)
def test_a_refused_recipient_is_a_refused_address_only_if_the_address_is_the_reason(
    words: str, verdict: type[MailError]
) -> None:
    with talking({TO_OWNER: words}) as talk, pytest.raises(MailRefused, match=f"does not take mail for {OWNER}: 5") as refused:
        hand_over(f"smtp://{talk.address}")
    assert type(refused.value) is verdict
    assert talk.commands[-2:] == [TO_OWNER, TO_SENDER]


@pytest.mark.parametrize(
    "words", ["550 relaying denied", "550 5.1.1 User unknown", "554 5.7.1 Relay access denied", "553 5.2.2 Mailbox full"]
)
@pytest.mark.parametrize("to_sender", ["550 5.7.0 No", "554 5.7.1 Relay access denied"])
def test_a_server_that_refuses_the_sender_as_a_recipient_too_refuses_us_and_no_address(words: str, to_sender: str) -> None:
    with talking({TO_OWNER: words, TO_SENDER: to_sender}) as talk, pytest.raises(MailMisconfigured) as refused:
        hand_over(f"smtp://{talk.address}")
    assert str(refused.value) == (
        f"{talk.address} does not take mail for anybody, not even for {SENDER}: {to_sender}; "
        "check PLANKEEPER_SMTP_URL, PLANKEEPER_MAIL_FROM and that this machine may relay."
    )
    assert "DATA" not in talk.heard


@pytest.mark.parametrize(
    ("to_sender", "sentence"),
    [
        pytest.param("451 Later", f"{OWNER}: 550 Who; nor for {SENDER}: 451 Later", id="later"),
        pytest.param("550 relaying denied", f"nor for {SENDER}: 550 relaying denied", id="no-reason"),
        pytest.param("550 5.1.1 Nobody reads here", f"nor for {SENDER}: 550 5.1.1 Nobody", id="nobody-reads-the-senders-own"),
        pytest.param("421 Bye", f"nor for {SENDER}: 421 Bye", id="going-away"),
        pytest.param("399 What", "399 What", id="odd"),
        pytest.param(CLOSED, "broke off before the mail was handed over", id="closed"),
        pytest.param(RESET, "broke off before the mail was handed over", id="cut"),
    ],
)
def test_a_refusal_that_cannot_be_compared_with_the_senders_own_address_is_not_final(to_sender: str, sentence: str) -> None:
    with talking({TO_OWNER: "550 Who", TO_SENDER: to_sender}) as talk, pytest.raises(MailDeferred, match=sentence) as failed:
        hand_over(f"smtp://{talk.address}")
    assert type(failed.value) is MailDeferred


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        pytest.param("550 No", MailRefused, id="no-reason"),
        pytest.param("550 5.1.1 User unknown", AddressRefused, id="unknown-mailbox"),
        pytest.param("554 5.7.1 No", MailRefused, id="another-reason"),
    ],
)
@pytest.mark.parametrize("address", [SENDER, SENDER.upper()])
def test_a_refused_sender_is_not_asked_about_a_second_time(address: str, words: str, verdict: type[MailError]) -> None:
    with talking({"RCPT": words}) as talk, pytest.raises(MailRefused) as refused:
        hand_over(f"smtp://{talk.address}", address=address)
    assert type(refused.value) is verdict
    assert talk.heard.count("RCPT") == 1


def test_nothing_is_sent_to_the_sender_that_was_asked_about() -> None:
    answers = Answers(rcpt_for={OWNER: "550 5.1.1 User unknown"})
    with answering(answers) as address, Mailer(f"smtp://{address}", SENDER) as mailer:
        with pytest.raises(AddressRefused):
            mailer.hand_over(OWNER, MAIL, go_on)
        mailer.hand_over("steward@example.org", MAIL, go_on)
    assert [envelope.rcpt_tos for envelope in answers.got] == [["steward@example.org"]]


@pytest.mark.parametrize(
    ("session", "verdict", "sentence"),
    [
        pytest.param({"hello": "421 Too busy"}, MailServerUnreachable, "does not serve us: 421 Too busy", id="greeting-later"),
        pytest.param({"hello": "554 Go away"}, MailMisconfigured, "does not serve us: 554 Go away", id="greeting-never"),
        pytest.param({"hello": ""}, MailServerUnreachable, "broke off while connecting", id="no-greeting"),
        pytest.param({"EHLO": "550 No", "HELO": "550 No"}, MailMisconfigured, "does not serve us: 550 No", id="hello-never"),
        pytest.param(
            {"EHLO": "421 No", "HELO": "421 No"}, MailServerUnreachable, "does not serve us: 421 No", id="hello-later"
        ),
        pytest.param({"EHLO": "", "HELO": ""}, MailServerUnreachable, "broke off while connecting", id="silent-to-hello"),
        pytest.param({"MAIL": "421 Later"}, MailDeferred, "does not take mail from .*421 Later", id="sender-later"),
        pytest.param({"MAIL": ""}, MailDeferred, "broke off before the mail", id="silent-to-sender"),
        pytest.param({"RCPT": ""}, MailDeferred, "broke off before the mail", id="silent-to-recipient"),
        pytest.param({"RCPT": "399 What"}, MailDeferred, "399 What", id="odd-answer-to-recipient"),
        pytest.param({"DATA": "451 Later"}, MailDeferred, "did not accept the mail: 451 Later", id="data-later"),
        pytest.param({"DATA": "554 Never"}, MailRefused, "did not accept the mail: 554 Never", id="data-never"),
        pytest.param({"DATA": ""}, MailDeferred, "broke off before the mail was handed over", id="silent-to-data"),
        pytest.param({"DATA": "421 Bye"}, MailDeferred, "did not accept the mail: 421 Bye", id="going-away-at-data"),
        pytest.param({"DATA": "250 OK"}, MailDeferred, "did not accept the mail: 250 OK", id="data-that-may-not-begin"),
        pytest.param({".": ""}, MailInDoubt, "fell silent after DATA", id="silent-to-the-mail"),
        pytest.param({".": "399 What"}, MailInDoubt, "399 What", id="odd-answer-to-the-mail"),
        pytest.param({".": "nonsense"}, MailInDoubt, "did not accept the mail: -1", id="nonsense-to-the-mail"),
    ],
)
def test_each_way_to_fail_has_its_verdict(session: dict[str, str], verdict: type[MailError], sentence: str) -> None:
    with talking(session) as talk, pytest.raises(verdict, match=sentence) as failed:
        hand_over(f"smtp://{talk.address}")
    assert type(failed.value) is verdict


def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(MailServerUnreachable, match=rf"127\.0\.0\.1:{port} cannot be reached: .*refused"):
        hand_over(f"smtp://127.0.0.1:{port}")


def test_a_server_that_says_nothing_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.mailer.TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailServerUnreachable, match="timed out"):
        hand_over(f"smtp://127.0.0.1:{silent.getsockname()[1]}")


def test_a_server_that_cannot_be_reached_any_more_is_tried_again_later() -> None:
    with talking({"NOOP": ""}, {"hello": "421 Too busy"}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        mailer.hand_over(OWNER, MAIL, go_on)
        with pytest.raises(MailServerUnreachable, match="421 Too busy"):
            mailer.hand_over(OWNER, MAIL, go_on)


def test_an_unreachable_server_is_a_reason_to_put_off() -> None:
    assert issubclass(MailServerUnreachable, MailDeferred)


def test_a_refused_address_is_a_refused_mail() -> None:
    assert issubclass(AddressRefused, MailRefused)


def test_one_connection_serves_many_mails() -> None:
    with talking({}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        for _ in range(3):
            mailer.hand_over(OWNER, MAIL, go_on)
    assert (talk.heard.count("EHLO"), talk.heard.count("DATA"), talk.heard[-1]) == (1, 3, "QUIT")


@pytest.mark.parametrize("to_noop", ["", "421 Timed out"], ids=["closed", "told-so"])
def test_a_connection_that_died_meanwhile_is_opened_anew(to_noop: str) -> None:
    with talking({"NOOP": to_noop}, {}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        mailer.hand_over(OWNER, MAIL, go_on)
        mailer.hand_over(OWNER, MAIL, go_on)
    assert (talk.heard.count("EHLO"), talk.heard.count(".")) == (2, 2)


def test_after_a_failure_the_next_mail_goes_over_a_new_connection() -> None:
    with talking({TO_OWNER: "550 No"}, {}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        with pytest.raises(AddressRefused):
            mailer.hand_over(OWNER, MAIL, go_on)
        mailer.hand_over("steward@example.org", MAIL, go_on)
    assert talk.heard.count("EHLO") == 2
    assert "NOOP" not in talk.heard


def test_a_lost_claim_stops_before_data_and_the_next_mail_uses_the_same_connection() -> None:
    with talking({}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        with pytest.raises(ClaimLost):
            mailer.hand_over(OWNER, MAIL, lambda: False)
        assert talk.heard[-1] == "RSET"
        mailer.hand_over(OWNER, MAIL, go_on)
    assert (talk.heard.count("EHLO"), talk.heard.count("DATA")) == (1, 1)


def test_a_lost_claim_is_said_even_if_the_server_leaves_too() -> None:
    with talking({"RSET": ""}) as talk, pytest.raises(ClaimLost):
        hand_over(f"smtp://{talk.address}", before_data=lambda: False)


def test_what_breaks_in_the_callback_passes_through_and_nothing_is_sent() -> None:
    def break_off() -> bool:
        raise KeyboardInterrupt

    with talking({}) as talk, pytest.raises(KeyboardInterrupt):
        hand_over(f"smtp://{talk.address}", before_data=break_off)
    assert "DATA" not in talk.heard


def test_the_callback_comes_after_the_recipient_and_before_data() -> None:
    heard_by_then: list[str] = []
    with talking({}) as talk:
        hand_over(f"smtp://{talk.address}", before_data=lambda: not heard_by_then.extend(talk.heard))  # type: ignore[func-returns-value]
    assert heard_by_then == ["EHLO", "MAIL", "RCPT"]


def test_a_server_that_is_gone_at_the_end_does_not_matter() -> None:
    with talking({"QUIT": ""}) as talk:
        hand_over(f"smtp://{talk.address}")


def test_a_mailer_that_never_sent_closes_quietly() -> None:
    Mailer("smtp://127.0.0.1:1", SENDER).close()


def test_yagmails_own_way_to_send_is_switched_off() -> None:
    with pytest.raises(NotImplementedError, match=r"hand_over\(\)"):
        Mailer("smtp://127.0.0.1:1", SENDER).send(OWNER, "subject", "text")


@pytest.mark.parametrize("address", ["zoë@example.org", "a@b.org\r\nDATA"], ids=["not-ascii", "line-break"])
def test_what_is_no_address_is_refused_without_asking_a_server(address: str) -> None:
    with pytest.raises(AddressRefused, match="is not a mail address"):
        hand_over("smtp://127.0.0.1:1", address=address)


# --- TLS and login -----------------------------------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_ends_starttls_before_the_password(tmp_path: Path) -> None:
    answers = Answers()
    with (
        answering(answers, tls_context=certificate(tmp_path)[1]) as address,
        pytest.raises(MailMisconfigured, match=r"certificate of 127\.0\.0\.1:\d+ cannot be trusted: self-signed"),
    ):
        hand_over(f"smtp+starttls://plan:secret@{address}")
    assert not answers.logins


def test_a_certificate_that_nobody_vouches_for_ends_smtps_before_the_password(tmp_path: Path) -> None:
    answers = Answers()
    with (
        answering(answers, ssl_context=certificate(tmp_path)[1], auth_require_tls=False) as address,
        pytest.raises(MailMisconfigured, match="cannot be trusted"),
    ):
        hand_over(f"smtps://plan:secret@{address}")
    assert not answers.logins


def test_a_verified_server_gets_the_password_and_the_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    answers = Answers(password=b"p@ss/word")
    with answering(answers, tls_context=context, require_starttls=True) as address:
        assert hand_over(f"smtp+starttls://plan:p%40ss%2Fword@{address}") == "250 OK"
    assert answers.logins == [b"plan"]
    assert answers.got[0].mail_from == SENDER


def test_smtps_delivers_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    answers = Answers()
    with answering(answers, ssl_context=context, auth_require_tls=False) as address:
        assert hand_over(f"smtps://plan:secret@{address}") == "250 OK"
    assert answers.logins == [b"plan"]


def test_a_wrong_password_is_a_matter_of_configuration_and_is_not_shown() -> None:
    with (
        answering(Answers(password=b"right"), auth_require_tls=False) as address,
        pytest.raises(MailMisconfigured, match="does not accept the login: 535") as refused,
    ):
        hand_over(f"smtp://plan:hunter2@{address}")
    assert "hunter2" not in str(refused.value) + repr(refused.value)


def test_a_login_that_is_put_off_is_tried_again_later() -> None:
    session = {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "454 Later"}
    with talking(session) as talk, pytest.raises(MailServerUnreachable, match="454 Later"):
        hand_over(f"smtp://plan:secret@{talk.address}")


@pytest.mark.parametrize("url", ["smtp+starttls://{}", "smtp://plan:secret@{}"], ids=["no-starttls", "no-login"])
def test_a_server_that_lacks_what_the_url_asks_for_is_a_matter_of_configuration(url: str) -> None:
    with talking({}) as talk, pytest.raises(MailMisconfigured, match="does not offer what PLANKEEPER_SMTP_URL asks for"):
        hand_over(url.format(talk.address))
    assert "MAIL" not in talk.heard


def test_smtps_to_a_port_that_speaks_plainly_is_a_matter_of_configuration() -> None:
    with talking({}) as talk, pytest.raises(MailMisconfigured, match="does not offer"):
        hand_over(f"smtps://{talk.address}")


def test_a_server_that_leaves_during_the_handshake_is_tried_again_later() -> None:
    with talking({"hello": ""}) as talk, pytest.raises(MailServerUnreachable, match=r"broke off|cannot be reached"):
        hand_over(f"smtps://{talk.address}")


# --- the URL -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("smtp", "localhost", 25, "", "")),
        ("smtp+starttls://mail.example.org", ("smtp+starttls", "mail.example.org", 587, "", "")),
        ("smtps://mail.example.org/", ("smtps", "mail.example.org", 465, "", "")),
        ("smtps://u%40x.org:p%3A%2F%40@mail.example.org:2465", ("smtps", "mail.example.org", 2465, "u@x.org", "p:/@")),
        ("smtp://u:p@[::1]:2525", ("smtp", "::1", 2525, "u", "p")),
        ("smtp://u:p@LOCALHOST", ("smtp", "localhost", 25, "u", "p")),
    ],
)
def test_a_url_names_the_server(url: str, expected: tuple[object, ...]) -> None:
    server = Server.at(url)
    assert (server.scheme, server.host, server.port, server.user, server.password) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://plan:hunter2@mail.example.org",
        "smtp://",
        "smtps://plan:hunter2/x@mail.example.org",
        "smtps://plan:hunter2#x@mail.example.org",
        "smtps://plan:hunter2?x@mail.example.org",
        "smtps://plan:hunter2@mail.example.org:port",
        "smtps://plan:hunter2@[mail.example.org",
        "smtps://plan:hunter2@mail..example.org",
        "smtps://plan:hunter2é@mail.example.org",
        "smtp://plan:hunter2@mail.example.org",
        "smtp://plan:hunter2@10.0.0.1",
    ],
)
def test_a_bad_url_is_named_without_its_password(url: str) -> None:
    with pytest.raises(MailMisconfigured) as refused:
        Mailer(url, SENDER)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_no_picture_of_a_mailer_shows_the_password() -> None:
    mailer = Mailer("smtps://plan:hunter2@mail.example.org", SENDER)
    assert repr(mailer) == "<Mailer to mail.example.org:465>"
    assert "hunter2" not in f"{mailer} {mailer.server!r} {mailer.server}"
