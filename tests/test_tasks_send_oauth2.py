"""Logging in to the mail server as the settings say."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.ledger import Ledger
from ledger.records import ALERT
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.flow_builders import DAY, PLAN, at, send
from tests.ledger_builders import letter
from tests.mail_servers import OFFERS, certificate, talking
from tests.source_servers import Answer, serving


def test_a_login_by_oauth2_in_the_settings_is_used(
    home: Path, book: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.oauth2._HOSTS", ("0.0.1",))  # what 127.0.0.1 is a host of
    path, tls = certificate(tmp_path)
    login = tmp_path / "login.json"
    login.write_text(json.dumps(dict.fromkeys(("google_client_id", "google_client_secret", "google_refresh_token"), "given")))
    login.chmod(0o600)
    token = Answer(content=b'{"access_token": "given"}')
    with serving({"/token": token}) as google, talking({"EHLO": OFFERS}, tls=tls) as talk:
        monkeypatch.setattr("notifications.tokens.TOKEN_ADDRESS", f"{google}/token")
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        monkeypatch.setenv("PLANKEEPER_SMTP_URL", f"smtp+starttls://plan@{talk.address}")
        monkeypatch.setenv("PLANKEEPER_SMTP_OAUTH2_FILE", str(login))
        monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
        settings = read_settings()
        assert book.post(
            [replace(letter(address="owner@example.org", kind=ALERT, notices=(), tellings=()), plan=PLAN, made_at=at(DAY))]
        )
        assert send(settings, open_workplace(settings), book, DAY).sent == 1
    assert [said.split()[:2] for said in talk.commands if said.startswith("AUTH")] == [["AUTH", "XOAUTH2"]]
