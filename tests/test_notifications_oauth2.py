"""Logging in to Google's servers by OAuth2, with a token endpoint and a mail server on loopback."""

import json
import socket
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from ledger.ledger import Ledger
from ledger.records import LetterState
from notifications.mailer import Mailer, MailError, MailMisconfigured, MailServerUnreachable
from notifications.oauth2 import NoGoogleLogin, OAuth2
from notifications.outbox import deliver
from notifications.server import Server
from tests.ledger_builders import DAY, NOW, PLAN, letter
from tests.mail_servers import OFFERS, Talk, certificate, talking
from tests.source_servers import Answer, Answering, Asked, cut_off, leading_to, one_by_one, serving

GOOGLE = Server.at("smtp+starttls://plan%40district.edu@smtp.gmail.com")
FILE = {"google_client_id": "client", "google_client_secret": "hush-client", "google_refresh_token": "hush-refresh"}
LOGIN = OAuth2.read(json.dumps(FILE), GOOGLE)
MAIL = b"Subject: 1.1A\r\n\r\nPlease answer.\r\n"
SECRETS = ("hush-client", "hush-refresh", "hush-access")
OFFERED = {"EHLO": OFFERS}


def token(name: str) -> Answer:
    """Give an access token, as Google does it."""
    said = {"access_token": name, "expires_in": 3599, "scope": "https://mail.google.com/", "token_type": "Bearer"}
    return Answer(content=json.dumps(said).encode())


def refusal(error: object, status: int = 400) -> Answer:
    return Answer(content=json.dumps({"error": error, "error_description": "hush-refresh is bad"}).encode(), status=status)


def hand_over(talk: Talk, *, mails: int = 1) -> None:
    with mailer(talk) as one:
        for _ in range(mails):
            one.hand_over("owner@example.org", MAIL, lambda: True)


def mailer(talk: Talk) -> Mailer:
    return Mailer(f"smtp+starttls://plan%40district.edu@{talk.address}", "plan@district.edu", oauth2=LOGIN)


@contextmanager
def google(answer: Answering, monkeypatch: pytest.MonkeyPatch, asked: list[Asked] | None = None) -> Iterator[None]:
    """Have a server on loopback be asked for tokens."""
    with serving({"/token": answer}, asked=asked) as address:
        monkeypatch.setattr("notifications.tokens.TOKEN_ADDRESS", f"{address}/token")
        yield


@contextmanager
def mail_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *sessions: dict[str, str], is_trusted: bool = True
) -> Iterator[Talk]:
    path, tls = certificate(folder)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with talking(*sessions, tls=tls) as talk:
        yield talk


def shown(talk: Talk) -> list[str]:
    """Return what the server was shown at each login."""
    return [b64decode(said.rpartition(" ")[2]).decode() for said in talk.commands if said.startswith("AUTH XOAUTH2")]


def test_the_access_token_is_asked_for_and_shown_over_an_encrypted_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Asked] = []
    with google(token("hush-access"), monkeypatch, asked), mail_server(tmp_path, monkeypatch, OFFERED) as talk:
        hand_over(talk)
    assert talk.stored == ["owner@example.org"]
    assert shown(talk) == ["user=plan@district.edu\x01auth=Bearer hush-access\x01\x01"]
    assert talk.heard[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert [(ask.method, parse_qs(ask.content.decode())) for ask in asked] == [
        (
            "POST",
            {
                "client_id": ["client"],
                "client_secret": ["hush-client"],
                "refresh_token": ["hush-refresh"],
                "grant_type": ["refresh_token"],
            },
        )
    ]


def test_each_connection_has_a_token_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = one_by_one(token("first"), token("second"))
    left = OFFERED | {"NOOP": "421 Idle too long"}
    with google(tokens, monkeypatch), mail_server(tmp_path, monkeypatch, left, OFFERED) as talk:
        hand_over(talk, mails=2)
    assert [said.partition("Bearer ")[2].strip("\x01") for said in shown(talk)] == ["first", "second"]


@pytest.mark.parametrize(
    ("answer", "verdict", "sentence"),
    [
        pytest.param(
            refusal("invalid_grant"), MailMisconfigured, "refuses the login by OAuth2: 400 invalid_grant;", id="revoked"
        ),
        pytest.param(refusal("invalid_client", 401), MailMisconfigured, "OAuth2: 401 invalid_client;", id="unknown-client"),
        pytest.param(refusal("hush-refresh"), MailMisconfigured, "OAuth2: 400; make a new", id="secret-for-a-code"),
        pytest.param(refusal({"code": 1}), MailMisconfigured, "OAuth2: 400; make a new", id="no-word-for-a-code"),
        pytest.param(
            refusal("slow_down", 429), MailServerUnreachable, "gives no access token now: 429 slow_down", id="too-often"
        ),
        pytest.param(Answer(status=503), MailServerUnreachable, "gives no access token now: 503", id="out-of-order"),
        pytest.param(Answer(content=b"<html>Log in to the guests' network"), MailServerUnreachable, "now: 200", id="portal"),
        pytest.param(Answer(content=b"[]"), MailServerUnreachable, "now: 200", id="list"),
        pytest.param(Answer(content=b'{"access_token": 1}'), MailServerUnreachable, "now: 200", id="number-for-a-token"),
        pytest.param(token("two words"), MailServerUnreachable, "now: 200", id="blank-in-a-token"),
        pytest.param(token("hush\r\nQUIT"), MailServerUnreachable, "now: 200", id="line-break-in-a-token"),
        pytest.param(token("é"), MailServerUnreachable, "now: 200", id="token-not-ascii"),
        pytest.param(leading_to("https://example.org/"), MailServerUnreachable, "now: 302", id="elsewhere"),
        pytest.param(cut_off, MailServerUnreachable, "cannot be asked for an access token", id="cut-off"),
    ],
)
def test_without_a_token_no_mail_server_is_asked_and_no_secret_is_told(
    answer: Answering, verdict: type[MailError], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with google(answer, monkeypatch), talking() as talk, pytest.raises(verdict, match=sentence) as failed:
        hand_over(talk)
    assert type(failed.value) is verdict
    assert not any(secret in f"{failed.value!r} {failed.value}" for secret in SECRETS)
    assert failed.value.__suppress_context__ or failed.value.__context__ is None


def test_google_that_is_not_there_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setattr("notifications.tokens.TOKEN_ADDRESS", f"https://{address}/token")
    with talking() as talk, pytest.raises(MailServerUnreachable, match=f"^{address} cannot be asked for an access token: "):
        hand_over(talk)


def test_google_that_says_nothing_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.tokens.TOKEN_TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, talking() as talk:
        monkeypatch.setattr("notifications.tokens.TOKEN_ADDRESS", f"http://127.0.0.1:{silent.getsockname()[1]}/token")
        with pytest.raises(MailServerUnreachable, match="cannot be asked for an access token: timed out"):
            hand_over(talk)


def test_the_secrets_go_to_nobody_whose_certificate_is_not_vouched_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asked] = []
    with serving({"/token": token("x")}, asked=asked, tls=certificate(tmp_path)[1]) as address, talking() as talk:
        monkeypatch.setattr("notifications.tokens.TOKEN_ADDRESS", f"{address}/token")
        with pytest.raises(MailMisconfigured, match=r"^The certificate of 127.* cannot be trusted: self-signed"):
            hand_over(talk)
    assert not asked


@pytest.mark.parametrize(
    ("session", "is_trusted", "verdict", "sentence"),
    [
        pytest.param(
            OFFERED | {"AUTH": "334 eyJzdGF0dXMiOiI0MDAifQ==", "": "535 5.7.8 Not accepted"},
            True,
            MailMisconfigured,
            "does not accept the login: 535 5.7.8 Not accepted",
            id="token-refused",
        ),
        pytest.param(
            OFFERED | {"AUTH": "454 4.7.0 Later"}, True, MailServerUnreachable, "does not serve us: 454", id="token-later"
        ),
        pytest.param(
            {"EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"},
            True,
            MailMisconfigured,
            "does not offer what PLANKEEPER_SMTP_URL asks for: no login by OAuth2",
            id="not-offered",
        ),
        pytest.param(OFFERED, False, MailMisconfigured, "cannot be trusted: self-signed", id="not-trusted"),
        pytest.param({"EHLO": "250 AUTH XOAUTH2"}, True, MailMisconfigured, "does not offer what", id="not-encrypted"),
    ],
)
def test_a_login_that_fails_has_its_verdict_and_tells_no_token(
    session: dict[str, str],
    is_trusted: bool,
    verdict: type[MailError],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        google(token("hush-access"), monkeypatch),
        mail_server(tmp_path, monkeypatch, session, is_trusted=is_trusted) as talk,
        pytest.raises(verdict, match=sentence) as failed,
    ):
        hand_over(talk)
    assert type(failed.value) is verdict
    assert "hush-access" not in f"{failed.value!r} {failed.value}"
    assert bool(shown(talk)) is ("AUTH" in session)
    assert "MAIL" not in talk.heard


@pytest.mark.parametrize(
    ("refused", "verdict"),
    [
        pytest.param(Answer(status=503), MailServerUnreachable, id="out-of-order"),
        pytest.param(refusal("invalid_grant"), MailMisconfigured, id="revoked"),
    ],
)
def test_without_a_token_the_run_ends_and_the_next_one_sends_every_letter_once(
    refused: Answering, verdict: type[MailError], book: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert book.post([letter(name, address=f"{name}@example.org", content=MAIL) for name in ("a", "b")])
    answers = one_by_one(refused, token("hush-access"))
    with google(answers, monkeypatch), mail_server(tmp_path, monkeypatch, OFFERED) as talk, mailer(talk) as one:
        run = partial(deliver, book, one, plan=PLAN, claimant="one", on=DAY, now=lambda: NOW)
        run = partial(run, unwanted=lambda _claim: None, may_write_to=lambda _address: True)
        with pytest.raises(verdict) as ended:
            run()
        assert [(posted.state, posted.reason) for posted in book.outbox(PLAN)] == [
            (LetterState.QUEUED, str(ended.value)),
            (LetterState.QUEUED, "Waits to be sent."),
        ]
        assert not talk.heard
        assert run().sent == 2
    assert talk.stored == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize(
    ("text", "url", "sentence"),
    [
        pytest.param(
            "{}", "smtps://plan@mail.example.org", "is for Google's mail servers, .* not for mail.example.org", id="host"
        ),
        pytest.param(
            "{}", "smtps://plan@smtp.gmail.com.example.org", "is for Google's mail servers", id="host-that-looks-like-it"
        ),
        pytest.param("{}", "smtps://plan@notgmail.com", "is for Google's mail servers", id="host-that-ends-like-it"),
        pytest.param("{}", "smtp://smtp.gmail.com", "has to be encrypted", id="plain"),
        pytest.param("{}", "smtps://smtp.gmail.com", "with the account as its user", id="no-user"),
        pytest.param("{}", "smtps://plan:hush@smtp.gmail.com", "without a password", id="password"),
        pytest.param("hush-refresh", "smtps://plan@smtp.gmail.com", "has to be JSON", id="no-json"),
        pytest.param("[]", "smtps://plan@smtp.gmail.com", "has to be JSON", id="list"),
        pytest.param('{"google_client_id": "hush-client"}', "smtps://plan@smtp.gmail.com", "has to be JSON", id="keys-missing"),
        pytest.param(json.dumps({"installed": FILE}), "smtps://plan@smtp.gmail.com", "has to be JSON", id="not-yet-allowed"),
        pytest.param(json.dumps(FILE | {"x": 1}), "smtps://plan@smtp.gmail.com", "and nothing else", id="other-keys"),
    ],
)
def test_a_login_that_cannot_be_had_is_refused_and_not_quoted(text: str, url: str, sentence: str) -> None:
    with pytest.raises(NoGoogleLogin, match=sentence) as refused:
        OAuth2.read(text, Server.at(url))
    assert "hush" not in f"{refused.value!r} {refused.value}"


@pytest.mark.parametrize("url", ["smtps://plan@smtp.gmail.com", "smtp+starttls://plan@SMTP-relay.Gmail.com"])
def test_a_login_is_read_as_yagmail_writes_it(url: str) -> None:
    login = OAuth2.read(json.dumps(FILE | {"email_address": "plan@district.edu"}), Server.at(url))
    assert login.google_client_id == "client"
    assert login.google_refresh_token.get_secret_value() == "hush-refresh"
    assert "hush" not in repr(login) + str(login) + login.model_dump_json()
