"""A mail as bytes: whole, harmless whatever a name or a title holds, and the same each time."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.charset import BASE64, QP, SHORTEST, add_charset
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.message import Attachment, NotAnAddress, Sender, build, message_id

SENDER = Sender(address="plan@mail.example.org", name="Strategic plan", reply_to="office@example.org", key=b"secret")
TEXT = "Dear office,\n\nplease answer.\n"
HTML = "<!doctype html><h1>Please answer</h1>"
TRICKY = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(codec=None, categories=["Cc", "Cf", "Zl", "Zp", "Zs", "Cs"])),
    st.lists(
        st.sampled_from(
            ["Zoë", "“q”", "plan", "a" * 40, "é" * 40, ",", '"', "(x)", '"q"', "<a@b.c>", "\\", "=?utf-8?q?x=0ABcc:y?="]
        )
    ).map(" ".join),
)


def built(**changes: Any) -> bytes:
    letter: dict[str, Any] = {
        "sender": SENDER,
        "to_address": "cao@example.org",
        "to_name": "Chief Academic Officer",
        "letter_key": "plan/digest/2026-10-01/cao@example.org",
        "thread": "plan/thread/2026-27 Q1/cao@example.org",
        "subject": "Strategic plan, 2026-27 Q1: what is asked of you",
        "text": TEXT,
        "html": HTML,
        "made_at": datetime(2026, 10, 1, 12, 30, tzinfo=UTC),
    }
    return build(**letter | changes)


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


def content_of(part: MIMEPart) -> str:
    """Return a part's text with the line ends of a text."""
    return str(part.get_content()).replace("\r\n", "\n")


def plain_header(content: bytes, name: str) -> str:
    """Return a header unfolded, as any mail program would do it first."""
    return message_from_bytes(content)[name].replace("\r\n", "")


def one_line(text: str) -> str:
    """Return what a name or subject is to be read as."""
    cleaned = re.sub(r"[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069]", " ", text)
    return " ".join(re.sub(r"[\ud800-\udfff]", "?", cleaned).split())


def test_a_mail_carries_what_the_letter_says() -> None:
    mail = parsed(built())
    assert mail["From"] == "Strategic plan <plan@mail.example.org>"
    assert mail["To"] == "Chief Academic Officer <cao@example.org>"
    assert mail["Reply-To"] == "office@example.org"
    assert mail["Subject"] == "Strategic plan, 2026-27 Q1: what is asked of you"
    assert mail["Date"] == "Thu, 01 Oct 2026 12:30:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert not mail.defects


def test_a_mail_has_the_text_first_and_then_the_html() -> None:
    mail = parsed(built())
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), content_of(text)) == ("text/plain", TEXT)
    assert (html.get_content_type(), content_of(html)) == ("text/html", HTML + "\n")


def test_mails_of_one_thread_answer_the_same_root() -> None:
    first, second = parsed(built(letter_key="first")), parsed(built(letter_key="second"))
    assert first["In-Reply-To"] == second["In-Reply-To"] == first["References"] == second["References"]
    assert len({first["Message-ID"], second["Message-ID"], first["References"]}) == 3
    assert parsed(built(thread="another"))["References"] != first["References"]


def test_the_message_id_follows_from_the_key_and_cannot_be_guessed() -> None:
    assert parsed(built(letter_key="a letter"))["Message-ID"] == message_id(b"secret", "a letter", "mail.example.org")
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", message_id(b"secret", "a letter", "example.org"))
    assert message_id(b"secret", "a letter", "example.org") != message_id(b"other", "a letter", "example.org")


def test_the_date_is_the_same_instant_in_every_zone() -> None:
    there = datetime(2026, 10, 1, 6, 30, tzinfo=timezone(timedelta(hours=-6)))
    assert built(made_at=there) == built()


@given(TRICKY)
def test_any_subject_arrives_as_one_line(subject: str) -> None:
    content = built(subject=subject)
    assert str(make_header(decode_header(plain_header(content, "Subject")))) == one_line(subject)
    assert parsed(content).keys() == parsed(built()).keys()


@given(TRICKY)
def test_any_name_arrives_beside_its_address(name: str) -> None:
    content = built(to_name=name, sender=Sender(address="plan@example.org", name=name, reply_to="r@example.org", key=b"k"))
    for header, address in (("To", "cao@example.org"), ("From", "plan@example.org")):
        shown, spec = parseaddr(plain_header(content, header))
        assert (str(make_header(decode_header(shown))), spec) == (one_line(name), address)
    assert parsed(content).keys() == parsed(built()).keys()


@given(TRICKY, TRICKY, TRICKY)
def test_the_same_letter_gives_the_same_bytes_fit_for_the_wire(subject: str, text: str, html: str) -> None:
    content = built(subject=subject, text=text, html=html)
    assert content == built(subject=subject, text=text, html=html)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


TURNING = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""What turns the reading direction."""


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=TURNING) | st.sampled_from("\n\t.-=")),
    st.sampled_from([1, 300]),
)
def test_any_text_comes_back_whole(text: str, times: int) -> None:
    body = text * times
    part = parsed(built(text=body)).get_body(("plain",))
    assert part is not None
    assert content_of(part) == (body if body.endswith("\n") else body + "\n")


def test_a_text_cannot_turn_the_reading_direction() -> None:
    part = parsed(built(text=f"1.1A {TURNING}due\n", html=f"<h1>1.1A {TURNING}due</h1>")).get_body(("plain",))
    assert part is not None
    assert content_of(part) == "1.1A due\n"


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("Due\r\nBcc: everyone@example.org", id="line-break"),
        pytest.param("Due\u2028Bcc: everyone@example.org", id="line-separator"),
        pytest.param("Due\x85Bcc: everyone@example.org", id="next-line"),
        pytest.param("=?utf-8?q?Due=0D=0ABcc:_everyone=40example.org?=", id="encoded-line-break"),
    ],
)
def test_a_subject_or_a_name_adds_no_header(subject: str) -> None:
    mail = parsed(built(subject=subject, to_name=subject))
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["cao@example.org"]


def test_a_subject_cannot_turn_the_reading_direction() -> None:
    assert parsed(built(subject="1.1A \u202egnp.exe\u2069 due"))["Subject"] == "1.1A gnp.exe due"


@pytest.mark.parametrize("subject", ["a" * 3000, "é" * 3000, "word " * 400], ids=["no-space", "not-ascii", "words"])
def test_a_long_subject_is_folded_by_the_rules(subject: str) -> None:
    content = built(subject=subject)
    assert parsed(content)["Subject"] == subject.strip()
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", content))


def test_a_long_text_travels_in_short_lines() -> None:
    content = built(text="No line end, " * 800, html=f"<p>{'ñ' * 10_000}</p>")
    assert max(len(line) for line in content.split(b"\r\n\r\n", 1)[1].split(b"\r\n")) <= 78


def test_a_text_that_holds_the_boundary_of_another_mail_stays_in_one_part() -> None:
    boundary = parsed(built(letter_key="another")).get_boundary()
    assert len(list(parsed(built(text=f"--{boundary}--\n")).iter_parts())) == 2


def test_long_headers_that_programs_read_stay_on_one_line() -> None:
    domain = ".".join(["a" * 60] * 3)
    sender = Sender(address=f"plan@{domain}", name="Plan", reply_to="office@example.org", key=b"secret")
    assert f"Message-ID: {message_id(b'secret', 'k', domain)}\r\n".encode() in built(sender=sender, letter_key="k")


@pytest.mark.parametrize(
    "address", ["", "nobody", "@example.org", "a@b.org\r\nBcc: c@d.org", "a b@c.org", "a@b, c@d", "ü@x.org"]
)
def test_what_is_no_address_is_refused_by_name(address: str) -> None:
    with pytest.raises(NotAnAddress, match=r"is not a mail address; correct it in owners.yaml"):
        built(to_address=address)


def test_the_secret_does_not_show() -> None:
    assert "secret" not in repr(SENDER)


def test_what_a_library_sets_for_the_whole_process_changes_no_bytes() -> None:
    before = built(subject="Grüße")
    add_charset("utf-8", QP, QP, "utf-8")
    try:
        assert built(subject="Grüße") == before
    finally:
        add_charset("utf-8", SHORTEST, BASE64, "utf-8")


PDF = Attachment(name="rollup.pdf", content=b"%PDF-1.7\n\x00\xff\r\n.\r\n" * 500)


def test_a_file_is_attached_beside_what_the_mail_says() -> None:
    mail = parsed(built(attachment=PDF))
    assert mail.get_content_type() == "multipart/mixed"
    words, file = mail.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert [content_of(part) for part in words.iter_parts()] == [TEXT, HTML + "\n"]
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "rollup.pdf")
    assert file.get_content_disposition() == "attachment"
    assert file.get_content() == PDF.content
    assert not mail.defects


def test_a_mail_without_a_file_is_as_it_was() -> None:
    assert built(attachment=None) == built()
    assert parsed(built()).get_boundary() == next(parsed(built(attachment=PDF)).iter_parts()).get_boundary()


def test_a_mail_with_a_file_is_the_same_bytes_each_time_and_fit_for_the_wire() -> None:
    content = built(attachment=PDF)
    assert content == built(attachment=PDF)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.partition(b"application/pdf")[2].split(b"\r\n")) <= 78


def test_both_boundaries_follow_from_the_letter_and_cannot_be_guessed() -> None:
    mails = [parsed(built(attachment=PDF, **changed)) for changed in ({}, {"letter_key": "another"})]
    mails.append(parsed(built(attachment=PDF, sender=replace(SENDER, key=b"other"))))
    boundaries = [part.get_boundary() for mail in mails for part in mail.walk() if part.is_multipart()]
    assert len(set(boundaries)) == len(boundaries) == 6
    assert all(re.fullmatch("=[0-9a-f]{32}", str(boundary)) for boundary in boundaries)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("rollup 2026-27 Q1.pdf", "rollup 2026-27 Q1.pdf", id="blanks"),
        pytest.param("Año.pdf", "Año.pdf", id="not-ascii"),
        pytest.param('a".pdf', 'a".pdf', id="quote"),
        pytest.param("a.pdf\r\nBcc: everyone@example.org", "a.pdf Bcc: everyone@example.org", id="line-break"),
        pytest.param("a\u202efdp.exe", "a fdp.exe", id="reading-direction"),
        pytest.param("n" * 2000 + ".pdf", "n" * 2000 + ".pdf", id="very-long"),
    ],
)
def test_the_name_of_a_file_arrives_and_adds_no_header(name: str, expected: str) -> None:
    content = built(attachment=Attachment(name=name, content=b"x"))
    *_, file = parsed(content).iter_parts()
    assert file.get_filename() == expected
    assert file["Bcc"] is None
    assert parsed(content)["Bcc"] is None
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
