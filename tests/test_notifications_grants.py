"""Links that give leave to do one thing: short, the same each time, and of no use once a single character is another one."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ledger import Ledger
from ledger.records import Grant, Scope
from notifications.digest import compose
from notifications.grants import granted, holds, link, named_in, one_click
from notifications.message import Sender
from plan.digests import Digest
from tests.builders import MADE_AT, digest, notice, person, situation

KEY, PLAN = b"secret", "riverside-2023-2027"
SCOPES: tuple[Scope, ...] = ("update", "view", "unsubscribe")
SENDER = Sender(address="plan@example.org", name="Riverside ISD", reply_to="planning@example.org", key=KEY)
GRANT = granted("unsubscribe", PLAN, person(), key=KEY, made_at=MADE_AT)
SECURE, LOCAL = "https://plan.example.org", "http://127.0.0.1:8765"
ANY = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=/~é"


def token(grant: Grant = GRANT, *, key: bytes = KEY) -> str:
    """Return the end of a grant's link."""
    return link(grant, base_url=SECURE, key=key).rpartition("/")[2]


@pytest.mark.parametrize("base_url", [SECURE, LOCAL, f"{SECURE}/"])
def test_a_link_fits_on_a_line(base_url: str) -> None:
    made = link(GRANT, base_url=base_url, key=KEY)
    assert made == f"{base_url.rstrip('/')}/u/{token()}"
    assert len(token()) == 34
    assert len(made) < 77


def test_a_link_opens_what_it_was_made_for() -> None:
    assert [named_in(token(replace(GRANT, scope=one)), one, key=KEY) for one in SCOPES] == [GRANT.id] * len(SCOPES)


@given(st.integers(0, 33), st.sampled_from(ANY))
def test_any_other_character_in_any_place_is_refused(place: int, character: str) -> None:
    right = token()
    other = right[:place] + character + right[place + 1 :]
    assert (named_in(other, "unsubscribe", key=KEY) is None) is (other != right)


@given(st.text(max_size=40) | st.text(ANY, max_size=40) | st.integers(0, 33).map(lambda length: token()[:length]))
def test_what_nobody_made_is_refused(text: str) -> None:
    assert named_in(text, "unsubscribe", key=KEY) is None


@pytest.mark.parametrize("asked", SCOPES)
@pytest.mark.parametrize("made", SCOPES)
def test_a_link_of_one_scope_is_none_of_another(made: Scope, asked: Scope) -> None:
    opened = named_in(token(replace(GRANT, scope=made)), asked, key=KEY)
    assert (opened == GRANT.id) is (made == asked)


def test_another_key_makes_another_link_and_opens_none_of_ours() -> None:
    assert named_in(token(), "unsubscribe", key=b"another") is None
    assert granted("unsubscribe", PLAN, person(), key=b"another", made_at=MADE_AT).id != GRANT.id


@settings(max_examples=20)
@given(st.datetimes(timezones=st.just(UTC)))
def test_the_same_person_always_gets_the_same_link(at: datetime) -> None:
    assert token(granted("unsubscribe", PLAN, person(), key=KEY, made_at=at)) == token()


def test_scope_plan_and_address_each_make_another_grant() -> None:
    others = (
        granted("view", PLAN, person(), key=KEY, made_at=MADE_AT),
        granted("unsubscribe", "another", person(), key=KEY, made_at=MADE_AT),
        granted("unsubscribe", PLAN, person("academics"), key=KEY, made_at=MADE_AT),
    )
    assert len({GRANT.id, *(one.id for one in others)}) == 4


@pytest.mark.parametrize(
    ("changed", "scope", "expected"),
    [
        pytest.param({}, "unsubscribe", True, id="never-ends"),
        pytest.param({"expires_on": date(2026, 10, 27)}, "unsubscribe", True, id="last-day"),
        pytest.param({"expires_on": date(2026, 10, 26)}, "unsubscribe", False, id="over"),
        pytest.param({"revoked_at": MADE_AT}, "unsubscribe", False, id="taken-back"),
        pytest.param({}, "update", False, id="another-scope"),
    ],
)
def test_a_grant_holds_until_it_is_over(changed: dict[str, object], scope: Scope, expected: bool) -> None:
    assert holds(replace(GRANT, **changed), scope, on=date(2026, 10, 27)) is expected  # type: ignore[arg-type]


def test_the_daily_mail_has_a_button_for_mail_programs_and_is_posted_with_its_grant(ledger: Ledger) -> None:
    letter = compose(digest(notice()), situation=situation(), base_url=SECURE, sender=SENDER, made_at=MADE_AT)
    lines = letter.content.decode().split("\r\n")
    assert f"List-Unsubscribe: <{SECURE}/u/{token()}>" in lines  # on one line, and not encoded
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    ledger.post([letter])
    assert ledger.grant(GRANT.id) == GRANT


def test_all_that_the_links_of_a_mail_open_is_posted_with_it_once_in_a_quarter(ledger: Ledger) -> None:
    days = (date(2026, 10, 27), date(2026, 10, 28))
    for day in days:
        one = digest(notice(), day=day)
        ledger.post([compose(one, situation=situation(), base_url=SECURE, sender=SENDER, made_at=MADE_AT)])
    kept = {grant.scope: grant for grant in ledger.grants(PLAN)}
    assert len(ledger.grants(PLAN)) == 2
    assert (kept["update"].address, kept["update"].expires_on) == (person().address, date(2027, 3, 31))
    assert link(kept["update"], base_url=SECURE, key=KEY).encode() in letter_text(one)


def letter_text(one: Digest) -> bytes:
    """Return the plain text of a digest's letter."""
    letter = compose(one, situation=situation(), base_url=SECURE, sender=SENDER, made_at=MADE_AT)
    part = message_from_bytes(letter.content, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).encode()


def test_without_https_there_is_no_such_button() -> None:
    assert one_click(link(GRANT, base_url=LOCAL, key=KEY)) == ""
    letter = compose(digest(notice()), situation=situation(), base_url=LOCAL, sender=SENDER, made_at=MADE_AT)
    mail = message_from_bytes(letter.content)
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None
