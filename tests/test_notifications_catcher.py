"""The mail catcher keeps what is sent on this machine, and the inbox shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from notifications.catcher import LARGEST_MAIL_BYTES, caught_mail
from notifications.inbox import caught, inbox
from notifications.mailer import Mailer, MailRefused
from notifications.message import Sender, build


def mail(subject: str, to: str = "owner@example.org") -> bytes:
    sender = Sender(address="plan@example.org", name="Plan", reply_to="office@example.org", key=b"secret")
    return build(
        sender=sender,
        to_address=to,
        to_name="Owner",
        letter_key=f"{subject}/{to}",
        thread="thread",
        subject=subject,
        text="Grüße\n",
        html="<p>Grüße",
        made_at=datetime(2026, 10, 1, 12, 30, tzinfo=UTC),
    )


@pytest.fixture
def mailer(tmp_path: Path) -> Iterator[Mailer]:
    """A mailer whose server is the catcher."""
    with caught_mail(tmp_path / "home" / "caught") as url, Mailer(url, "plan@example.org") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the catcher keeps mail."""
    return tmp_path / "home" / "caught"


def test_a_caught_mail_is_shown_with_its_subject_and_all_it_says(mailer: Mailer, folder: Path) -> None:
    mailer.hand_over("owner@example.org", mail("What is asked of you"), lambda: True)
    (shown,) = inbox(folder)
    assert (shown.sender, shown.to) == ("Plan <plan@example.org>", "Owner <owner@example.org>")
    assert (shown.subject, shown.date) == ("What is asked of you", datetime(2026, 10, 1, 12, 30, tzinfo=UTC))
    read = caught(folder, shown.id)
    assert read is not None
    text = message_from_bytes(read, policy=default).get_body(("plain",))
    assert text is not None
    assert text.get_content().strip() == "Grüße"


def test_a_mail_is_on_the_disk_byte_for_byte_when_it_is_accepted(mailer: Mailer, folder: Path) -> None:
    content = mail("subject")
    said = mailer.hand_over("envelope@example.org", content, lambda: True)
    (file,) = (folder / "new").iterdir()
    assert said == f"250 Caught as {file.name}"
    assert file.read_bytes() == b"Delivered-To: envelope@example.org\r\n" + content
    assert not list((folder / "tmp").iterdir())


def test_the_latest_mail_stands_first(mailer: Mailer, folder: Path) -> None:
    for number in range(12):
        mailer.hand_over("owner@example.org", mail(f"mail {number}"), lambda: True)
    assert [shown.subject for shown in inbox(folder)] == [f"mail {number}" for number in reversed(range(12))]


def test_mail_that_another_program_has_shown_stays_in_the_inbox(mailer: Mailer, folder: Path) -> None:
    mailer.hand_over("owner@example.org", mail("seen"), lambda: True)
    (file,) = (folder / "new").iterdir()
    file.rename(folder / "cur" / f"{file.name}:2,S")
    assert [shown.id for shown in inbox(folder)] == [file.name]
    assert caught(folder, file.name) is not None


def test_a_catcher_goes_on_in_a_folder_that_has_mail(mailer: Mailer, folder: Path) -> None:
    mailer.hand_over("owner@example.org", mail("before"), lambda: True)
    with caught_mail(folder) as url, Mailer(url, "plan@example.org") as again:
        again.hand_over("owner@example.org", mail("after"), lambda: True)
    assert {shown.subject for shown in inbox(folder)} == {"before", "after"}


def test_the_catcher_listens_on_loopback_only(tmp_path: Path) -> None:
    with caught_mail(tmp_path / "caught") as url:
        assert url.startswith("smtp://127.0.0.1:")


def test_a_mail_that_is_too_large_is_refused_and_not_kept(mailer: Mailer, folder: Path) -> None:
    with pytest.raises(MailRefused, match="552"):
        mailer.hand_over(
            "owner@example.org", b"x: y\r\n\r\n" + (b"z" * 990 + b"\r\n") * (LARGEST_MAIL_BYTES // 990), lambda: True
        )
    assert inbox(folder) == []


def test_an_inbox_without_mail_is_empty_and_makes_nothing(tmp_path: Path) -> None:
    assert inbox(tmp_path / "none") == []
    assert caught(tmp_path / "none", "1") is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mail_id", ["", ".", "..", "../secret", "../../secret", "/etc/passwd", "new/../../secret", "x\0y"])
def test_an_id_is_never_taken_for_a_path(mailer: Mailer, folder: Path, mail_id: str) -> None:
    mailer.hand_over("owner@example.org", mail("subject"), lambda: True)
    (folder / "secret").write_text("Subject: secret\n\n")
    assert caught(folder, mail_id) is None


@pytest.mark.parametrize("content", [b"no header at all\r\n", b"Date: yesterday\r\n\r\n"], ids=["no-header", "odd-date"])
def test_a_mail_that_is_hardly_one_is_shown_too(mailer: Mailer, folder: Path, content: bytes) -> None:
    mailer.hand_over("owner@example.org", content, lambda: True)
    (shown,) = inbox(folder)
    assert (shown.date, shown.sender, shown.to, shown.subject) == (None, "", "", "")


def test_a_mail_with_a_header_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.M1P1Q1.here").write_bytes(b"Subject: =?utf-8?b?x=?=\r\nDate: Mon, 99 Foo\r\nTo: <a@\r\n\r\nx\r\n")
    (tmp_path / "new" / "2.M1P1Q2.here").write_bytes(b"Subject: Fine\r\n\r\nx\r\n")
    (tmp_path / "new" / "3.M1P1Q3.here").write_bytes(b"Subject: =?none?q?x?=\r\n\r\nx\r\n")
    found = inbox(tmp_path)
    assert [(mail.subject, mail.date) for mail in found] == [("=?none?q?x?=", None), ("Fine", None), (found[2].subject, None)]
