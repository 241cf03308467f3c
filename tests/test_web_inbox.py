"""The mail catcher's inbox."""

from html import unescape
from pathlib import Path
from re import findall
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.catcher import caught_mail
from notifications.mailer import Mailer
from tasks.settings import Settings
from tests.web_builders import browser, catch, mail, settings
from web.post import mail_shown

DENVER = ZoneInfo("America/Denver")
HEADERS = ("Subject", "To", "Date", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding")
PIECES = (
    *(b"=?utf-8?b?!!?=", b"=?utf-8?q?=FF?=", b"=?", b"?=", b"\xff", b"a\0b"),
    *(b'"', b"@", b"<", b";", b":", b",", b"(", b"[", b"]", b" "),
    *(b"text/plain", b"text/html", b"multipart/mixed", b"boundary=x", b"charset=", b"charset*0*=", b"utf-8''%ff"),
    *(b"base64", b"quoted-printable", b"uuencode", b"attachment", b"filename*1="),
    *(b"Thu, 22 Oct 2026 13:30:00 +9999", b"31 Dec 9999 23:59:59 -0500", b"Mon, 1 Jan 1 0:0 +2359", b"99999999999"),
)
"""What headers go wrong with."""


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """Settings that catch mail."""
    return settings(tmp_path)


def test_what_the_catcher_caught_is_shown_newest_first(here: Settings) -> None:
    with caught_mail(here.inbox) as url, Mailer(url, "plan@example.org") as mailer:
        for subject in ("Older", "Newer"):
            mailer.hand_over("owner@example.org", mail(subject), lambda: True)
    page = browser(here).get("/inbox").text
    assert page.index("Newer") < page.index("Older")
    assert "Owner &lt;owner@example.org&gt;" in page
    assert "22 October 2026, 07:30" in page
    assert "2 mails, newest first. Times are those of America/Denver." in page
    link = findall(r'href="(/inbox/[^"]+)"', page)[0]
    assert browser(here).get(link).status_code == 200


def test_a_mail_shows_how_it_looks_what_it_says_its_headers_and_its_source(here: Settings) -> None:
    (id,) = catch(here, b"Delivered-To: owner@example.org\r\n" + mail("Grüße"))
    page = browser(here).get(f"/inbox/{id}").text
    assert "<h1>Grüße</h1>" in page
    assert f'<iframe class="mail" src="/inbox/{id}/html" sandbox ' in page
    assert "Grüße an &lt;alle&gt;" in page
    assert "<dt>Delivered-To</dt><dd>owner@example.org</dd>" in page
    assert "<dt>Auto-Submitted</dt><dd>auto-generated</dd>" in page
    assert "Subject: =?utf-8?b?R3LDvMOfZQ==?=" in unescape(page)


def test_the_source_is_the_mail_as_it_came(here: Settings) -> None:
    content = mail(html="<p>" + "word " * 200).replace(b"\r\n", b"\n")
    (id,) = catch(here, content)
    source = unescape(browser(here).get(f"/inbox/{id}").text.rpartition('aria-labelledby="source">')[2].partition("</pre>")[0])
    assert source == content.decode()


def test_the_look_of_a_mail_is_locked_in(here: Settings) -> None:
    (id,) = catch(here, mail(html="<script>alert(1)</script><p>Hello"))
    answer = browser(here).get(f"/inbox/{id}/html")
    policy = [part.strip() for part in answer.headers["content-security-policy"].split(";")]
    assert answer.text.strip() == "<script>alert(1)</script><p>Hello"
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'", "form-action 'none'"} <= set(policy)
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_markup_in_a_mail_is_text_everywhere_else(here: Settings) -> None:
    (id,) = catch(here, mail("<script>alert(1)</script>", name="<img src=x>", html="<p>Hello"))
    for shown in ("/inbox", f"/inbox/{id}", "/inbox?to=<script>alert(1)</script>"):
        page = browser(here).get(shown).text
        assert "<script" not in page
        assert "<img" not in page


@pytest.mark.parametrize(
    "id",
    [
        "..",
        ".",
        "../new",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2fsecret",
        "%2fetc%2fpasswd",
        "new%2f1",
        "x%00y",
        "none",
        "..%5csecret",
    ],
)
@pytest.mark.parametrize("part", ["", "/html"])
def test_an_id_is_never_taken_for_a_path(here: Settings, id: str, part: str) -> None:
    catch(here, mail())
    (here.inbox / "secret").write_text("Subject: secret\n\nsecret")
    answer = browser(here).get(f"/inbox/{id}{part}")
    assert answer.status_code in (200, 404)
    assert "Subject: secret" not in answer.text
    assert answer.status_code == 404 or "<h1>Inbox</h1>" in answer.text or "<h1>The plan" in answer.text


@pytest.mark.parametrize(
    ("to", "subjects"),
    [
        pytest.param("ana@example.org", ["To Ana"], id="address"),
        pytest.param("  ANA@example.org ", ["To Ana"], id="address-in-another-case"),
        pytest.param("ruiz", ["To Ana"], id="name"),
        pytest.param("ana", ["To Diana", "To Ana"], id="part"),
        pytest.param("", ["To Diana", "To Ana"], id="nothing"),
        pytest.param("example.org@", [], id="nobody"),
    ],
)
def test_the_inbox_can_be_asked_for_one_recipient(here: Settings, to: str, subjects: list[str]) -> None:
    catch(here, mail("To Ana", "ana@example.org", name="Ms Ruiz"), mail("To Diana", "diana@example.org"))
    page = browser(here).get("/inbox", params={"to": to}).text
    assert findall(r'<a href="/inbox/[^"]+">(To [^<]+)</a>', page) == subjects
    assert ("No mail to" in page) is not bool(subjects)


def test_the_known_recipients_are_offered(here: Settings) -> None:
    catch(here, mail(to="b@example.org"), mail(to="a@example.org"), mail(to="A@example.org"))
    assert findall(r'<option value="([^"]+)">', browser(here).get("/inbox").text) == ["a@example.org", "b@example.org"]


def test_a_long_inbox_has_pages_that_keep_the_recipient(here: Settings) -> None:
    catch(here, *[mail(f"Mail {number}", "a+b@example.org") for number in range(101)])
    page = browser(here).get("/inbox", params={"to": "a+b@example.org"}).text
    assert "101 mails of 101" in page
    assert 'href="/inbox?to=a%2Bb%40example.org&page=2"' in page.replace("&amp;", "&")
    last = browser(here).get("/inbox", params={"to": "a+b@example.org", "page": "2"}).text
    assert ">Mail 0<" in last


def test_an_inbox_without_mail_says_so(here: Settings) -> None:
    assert "No mail has been caught yet." in browser(here).get("/inbox").text


@pytest.mark.parametrize("path", ["/inbox", "/inbox/1", "/inbox/1/html"])
def test_mail_that_goes_to_a_real_server_has_no_inbox_here(tmp_path: Path, path: str) -> None:
    of = settings(tmp_path, smtp_url="smtp://mail.example.org")
    answer = browser(of).get(path)
    assert answer.status_code == 404
    assert "Mail goes to a real server" in answer.text
    assert 'href="/inbox' not in answer.text
    assert 'href="/inbox' not in browser(of).get("/outbox").text


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        pytest.param(b"no header at all\r\n", "(no subject)", id="no-header"),
        pytest.param(b"", "(nobody)", id="empty"),
        pytest.param(b"Subject: Gr\xfc\xdfe\r\nX-Odd: \xff\xfe\r\n\r\n\xff\xfe", "�", id="bytes-that-are-no-text"),
        pytest.param(b"Content-Type: text/plain; charset=nope\r\n\r\nGr\xc3\xbc\xc3\x9fe", "Grüße", id="unknown-charset"),
        pytest.param(b"Content-Type: text/html; charset=latin-1\r\n\r\nGr\xfc\xdfe", "<iframe", id="html-only"),
        pytest.param(b"Content-Type: multipart/mixed\r\n\r\nlost", "It has no text that could be shown", id="no-parts"),
        pytest.param(b"Content-Type: application/pdf\r\n\r\nx", "It has no text that could be shown", id="not-text"),
        pytest.param(b"Date: Thu, 22 Oct 2026 13:30:00 -0000\r\n\r\nx", "22 October 2026, 07:30", id="date-without-zone"),
        pytest.param(b"Date: yesterday\r\n\r\nx", "No date", id="odd-date"),
        pytest.param(b"Date: Fri, 31 Dec 9999 23:59:59 -1200\r\n\r\nx", "No date", id="date-past-the-end-of-time"),
        pytest.param(b"Date: 99999999999931 Dec 2026 23:59:59 -0500\r\n\r\nx", "No date", id="date-of-too-many-digits"),
        pytest.param(b'To: "\r\nSubject: A quote\r\n\r\nx', "A quote", id="address-of-a-quote"),
        pytest.param(b"To: :;<base64\r\nSubject: A group\r\n\r\nx", "A group", id="address-of-a-broken-group"),
        pytest.param(b"Subject: =?utf-8?b?!!?=\r\n\r\nx", "=?utf-8?b?!!?=", id="subject-that-is-no-base64"),
        pytest.param(b'Content-Type: text/plain; charset="a\0b"\r\n\r\nGr\xc3\xbc', "Gr\u00fc", id="charset-that-is-no-name"),
    ],
)
def test_a_mail_that_is_hardly_one_is_shown_too(here: Settings, content: bytes, shown: str) -> None:
    (id,) = catch(here, content)
    page = browser(here).get(f"/inbox/{id}")
    assert page.status_code == 200
    assert shown in page.text
    assert browser(here).get("/inbox").status_code == 200
    assert browser(here).get(f"/inbox/{id}/html").status_code == 200


@given(st.lists(st.tuples(st.sampled_from(HEADERS), st.lists(st.sampled_from(PIECES), max_size=4)), max_size=5))
@hypothesis.settings(max_examples=150)
def test_no_header_keeps_a_mail_from_being_shown(headers: list[tuple[str, list[bytes]]]) -> None:
    lines = b"".join(name.encode() + b": " + b"".join(pieces) + b"\r\n" for name, pieces in headers)
    shown = mail_shown(lines + b"\r\nHello", zone=DENVER)
    assert shown.subject
    assert shown.to
    assert shown.source.endswith("Hello")


def test_the_inbox_is_read_also_when_the_plan_cannot_be(tmp_path: Path) -> None:
    of = settings(tmp_path, plan=tmp_path / "gone.yaml")
    (id,) = catch(of, mail())
    assert "22 October 2026, 13:30" in browser(of).get("/inbox").text
    assert "Times are those of UTC." in browser(of).get("/inbox").text
    assert browser(of).get(f"/inbox/{id}").status_code == 200
    assert browser(of).get("/outbox").status_code == 503  # whose letters they would be is not known
