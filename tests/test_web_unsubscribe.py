"""The link that turns the weekly overview off: a look changes nothing, a press needs a choice, all else is not found."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import open_ledger
from ledger.records import OFF, ON, Grant, Letter, Word
from notifications.grants import granted, link
from plan.owners import Person
from tasks.settings import Settings
from tests.web_builders import AT, PLAN, TestClient, browser, copied, letter, settings
from web.unsubscribe import is_one_click

READER = Person(office="budget", title="Budget Director", address="budget@example.org")
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----7f3a"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(*fields: tuple[str, str]) -> bytes:
    """Return a form as mail programs send it."""
    parts = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    )
    return f"{parts}--{BOUNDARY}--\r\n".encode()


def grant(of: Settings, **changed: Any) -> Grant:
    """Return the grant of a reader, as a letter brings it."""
    return replace(granted("unsubscribe", PLAN, READER, key=of.key, made_at=AT), **changed)


def carrying(*grants: Grant) -> Letter:
    """Return a letter that brings grants."""
    return replace(letter(1), grants=grants)


def path(of: Settings, **changed: Any) -> str:
    """Return the path of the reader's link."""
    return link(grant(of, **changed), base_url="", key=of.key)


@pytest.fixture
def sent(tmp_path: Path) -> Settings:
    """Settings of a home from which a letter with a link went out."""
    of = settings(tmp_path / "home")
    with open_ledger(of.database) as ledger:
        ledger.post([carrying(grant(of))])
    return of


def words(of: Settings) -> list[tuple[str, str]]:
    """Return what was said about overviews: to which address, and what."""
    with open_ledger(of.database) as ledger:
        return [(one.subject, one.word) for one in ledger.words(PLAN, about="overview")]


def form(looking: TestClient, at: str, choice: str | None) -> dict[str, str]:
    """Open the page, and return its form as it would be sent."""
    found = re.search(r'name="token" value="([0-9a-f]{32})"', looking.get(at).text)
    assert found is not None
    return {"token": found[1]} | ({"choice": choice} if choice else {})


def test_looking_changes_nothing(sent: Settings) -> None:
    looking = browser(sent)
    for ask in (looking.get, looking.head, looking.get):
        assert ask(path(sent)).status_code == 200
    assert words(sent) == []


def test_the_page_says_who_gets_it_and_offers_a_choice_that_nobody_has_made(sent: Settings) -> None:
    answer = browser(sent).get(path(sent))
    assert "It goes to Budget Director, at b•••@example.org." in answer.text
    assert "For this address it is <b>on</b>." in answer.text
    assert "a duty can be paused or delegated, never dropped" in answer.text
    assert READER.address not in answer.text
    assert answer.text.count('type="radio"') == 2
    assert "checked" not in answer.text
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param(FORM, ONE_CLICK, id="form"),
        pytest.param(MULTIPART, multipart(("List-Unsubscribe", "One-Click")), id="parts"),
    ],
)
def test_the_button_of_a_mail_program_turns_it_off_without_a_cookie(content_type: str, body: bytes, sent: Settings) -> None:
    for _ in range(2):  # the second time changes nothing
        answer = browser(sent).post(path(sent), content=body, headers={"content-type": content_type})
        assert answer.status_code == 200
    assert words(sent) == [(READER.address, OFF)]
    assert "For this address it is <b>turned off</b>." in browser(sent).get(path(sent)).text


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        pytest.param(FORM, ONE_CLICK, True, id="form"),
        pytest.param("", ONE_CLICK, True, id="no-type"),
        pytest.param(FORM, ONE_CLICK + b"&x=1", False, id="more-in-the-form"),
        pytest.param(FORM, b"list-unsubscribe=one-click", False, id="other-letters"),
        pytest.param(FORM, b"", False, id="nothing"),
        pytest.param(MULTIPART, multipart(("List-Unsubscribe", "One-Click")), True, id="parts"),
        pytest.param(MULTIPART, multipart(("List-Unsubscribe", "One-Click"), ("x", "1")), False, id="more-parts"),
        pytest.param(MULTIPART, multipart(("x", "One-Click")), False, id="another-part"),
        pytest.param(MULTIPART, ONE_CLICK, False, id="parts-that-are-none"),
        pytest.param("multipart/form-data", multipart(("List-Unsubscribe", "One-Click")), False, id="no-boundary"),
    ],
)
def test_a_mail_programs_button_says_one_thing_only(content_type: str, body: bytes, expected: bool) -> None:
    assert is_one_click(content_type, body) is expected


def test_the_form_turns_it_off_and_on_again(sent: Settings) -> None:
    looking, at = browser(sent), path(sent)
    for choice in ("off", "off", "on"):
        answer = looking.post(at, data=form(looking, at, choice))
        assert (answer.status_code, answer.headers["location"]) == (303, at)
    assert words(sent) == [(READER.address, OFF), (READER.address, ON)]


@pytest.mark.parametrize("choice", [None, "maybe"])
def test_a_bare_press_is_refused_and_changes_nothing(choice: str | None, sent: Settings) -> None:
    looking, at = browser(sent), path(sent)
    answer = looking.post(at, data=form(looking, at, choice))
    assert answer.status_code == 422
    assert "Nothing was changed." in answer.text
    assert words(sent) == []


def test_a_form_from_elsewhere_is_refused(sent: Settings) -> None:
    looking, other, at = browser(sent), browser(sent), path(sent)
    fields = form(looking, at, "off")
    assert other.post(at, data=fields).status_code == 403  # without the page's cookie
    assert looking.post(at, data=fields | {"token": "0" * 32}).status_code == 403
    assert looking.post(at, data={"choice": "off"}).status_code == 403
    assert looking.post(at, data=fields, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert looking.post(at, data=fields | {"note": "x" * 20_000}).status_code == 413
    assert words(sent) == []


def test_the_form_of_one_reader_is_none_for_another(sent: Settings) -> None:
    other = granted("unsubscribe", PLAN, replace(READER, address="other@example.org"), key=sent.key, made_at=AT)
    with open_ledger(sent.database) as ledger:
        ledger.post([replace(carrying(other), key="another")])
    looking = browser(sent)
    fields = form(looking, path(sent), "off")
    assert looking.post(link(other, base_url="", key=sent.key), data=fields).status_code == 403


def test_whatever_does_not_hold_is_not_found_and_all_look_the_same(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    right, over, back, view, never = (
        granted("unsubscribe", PLAN, replace(READER, address=f"{name}@example.org"), key=of.key, made_at=AT)
        for name in ("right", "over", "back", "view", "never")
    )
    with open_ledger(of.database) as ledger:
        ledger.post([carrying(replace(over, expires_on=date(2026, 10, 21)), back, replace(view, scope="view"), right)])
        assert ledger.revoke(back.id, by="planning", at=AT)
    good, *others = (link(one, base_url="", key=of.key) for one in (right, over, back, view, never))
    wrong = [
        *others,  # of one that is named "view", the row says another scope than the link
        link(replace(view, scope="view"), base_url="", key=of.key),
        *(f"/u/{'B' if good[3] != 'B' else 'C'}{good[4:]}", good[:-1] + ("A" if good[-1] != "A" else "B")),
        *(good[:-1], f"{good}/", f"{good}A", "/u/", "/u/%F0%9F%98%80"),
    ]
    looking = browser(of)
    assert looking.get(good).status_code == 200
    answers = [ask(one) for one in wrong for ask in (looking.get, lambda at: looking.post(at, content=ONE_CLICK))]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1
    assert "Socorro" not in answers[0].text
    assert words(of) == []


def test_before_anything_was_recorded_no_link_is_found(tmp_path: Path) -> None:
    of = settings(tmp_path / "home")
    assert browser(of).get(path(of)).status_code == 404


def test_it_needs_no_password_and_shows_nothing_else(sent: Settings, tmp_path: Path) -> None:
    locked = settings(sent.home, admin_password="secret", base_url="https://plan.example.org")
    elsewhere = browser(locked, client="192.0.2.7", at="https://plan.example.org")
    assert elsewhere.get("/").status_code == 401
    answer = elsewhere.get(path(sent))
    assert answer.status_code == 200
    assert "<nav" not in answer.text
    assert "Secure" in answer.headers["set-cookie"]
    assert elsewhere.post(path(sent), content=ONE_CLICK).status_code == 200
    assert words(sent) == [(READER.address, OFF)]


def test_it_works_also_while_the_plan_has_problems(tmp_path: Path) -> None:
    of = copied(tmp_path / "home")
    with open_ledger(of.database) as ledger:
        ledger.post([carrying(grant(of))])
    of.plan.write_text("nothing")
    looking = browser(of)
    page = looking.get(path(of))
    assert page.status_code == 200
    assert "It goes to budget, at" in page.text
    assert looking.post(path(of), content=ONE_CLICK).status_code == 200
    assert looking.post(path(of), data=form(looking, path(of), "on")).status_code == 303
    assert words(of) == [(READER.address, OFF), (READER.address, ON)]


def test_what_is_said_stands_in_the_audit_log_without_the_link(sent: Settings) -> None:
    looking, at = browser(sent, client="192.0.2.7"), path(sent)
    looking.post(at, content=ONE_CLICK)
    looking.post(at, data=form(looking, at, "on"))
    with open_ledger(sent.database) as ledger:
        entries = ledger.pages.audit(PLAN, most=10)
    assert [(one.who, one.did, one.subject) for one in entries] == [
        (READER.address, word, f"overview {READER.address}") for word in (ON, OFF)
    ]
    assert {one.came_from for one in entries} == {"link of b•••@example.org, from 192.0.2.7"}


def test_what_is_said_is_kept_with_who_said_it_and_how(sent: Settings) -> None:
    browser(sent).post(path(sent), content=ONE_CLICK)
    with open_ledger(sent.database) as ledger:
        assert ledger.holding(PLAN, "overview")[READER.address] == Word(
            about="overview",
            subject=READER.address,
            word=OFF,
            by=READER.address,
            note="By the button of a mail program.",
            said_at=AT,
        )
