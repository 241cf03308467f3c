"""Where mail may go: into the catcher always, else only where the settings allow, and a placeholder never leaves."""

from pathlib import Path
from typing import Any

import pytest

from tasks.recipients import MailNotAllowed, check_mail_settings, is_placeholder, may_write_to
from tasks.settings import Settings

OUTSIDE = "smtp://mail.district.edu"
HERE = "smtp://127.0.0.1:2525"


def settings(**changed: Any) -> Settings:
    """Return settings with a sender of the district's own."""
    return Settings.model_validate({"mail_from": "plan@district.edu", **changed})


@pytest.mark.parametrize(
    "address", ["a@example.org", "a@Example.COM", "a@mail.example.net", "a@x.invalid", "a@b.test", "a@localhost"]
)
def test_nobody_reads_mail_at_a_domain_that_nobody_can_own(address: str) -> None:
    assert is_placeholder(address)


@pytest.mark.parametrize("address", ["a@district.edu", "a@myexample.org", "a@example.org.uk", "a@contest"])
def test_a_domain_that_only_looks_like_one_is_real(address: str) -> None:
    assert not is_placeholder(address)


@pytest.mark.parametrize("address", ["owner@example.org", "owner@district.edu"])
def test_the_catcher_takes_every_mail(address: str, home: Path) -> None:
    check_mail_settings(settings(mail_from="plankeeper@example.org"))
    assert may_write_to(address, settings())


def test_a_mail_server_without_allowed_domains_stops_everything(home: Path) -> None:
    with pytest.raises(MailNotAllowed) as stopped:
        check_mail_settings(settings(smtp_url=OUTSIDE))
    assert str(stopped.value) == (
        "PLANKEEPER_SMTP_URL names a mail server, but PLANKEEPER_MAIL_ALLOW names no domain that may be written to, so "
        "nothing was sent; set it to your own domains, separated by commas."
    )


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("owner@district.edu", True),
        ("owner@DISTRICT.edu", True),
        ("owner@mail.district.edu", False),
        ("owner@elsewhere.edu", False),
        ("owner@example.org", False),  # though it is listed
    ],
)
def test_a_server_outside_gets_mail_for_allowed_domains_but_no_placeholders(address: str, allowed: bool, home: Path) -> None:
    listed = settings(smtp_url=OUTSIDE, mail_allow="district.edu,example.org")
    check_mail_settings(listed)
    assert may_write_to(address, listed) is allowed


@pytest.mark.parametrize("server", [HERE, "smtp://localhost:2525", "smtp://[::1]:2525", "smtp://127.1.2.3:2525"])
def test_a_server_on_this_machine_may_get_placeholders_that_are_listed(server: str, home: Path) -> None:
    listed = settings(smtp_url=server, mail_allow="example.org", mail_from="plankeeper@example.org")
    check_mail_settings(listed)  # a sender at example.org is fine here as well
    assert may_write_to("owner@example.org", listed)
    assert not may_write_to("owner@example.com", listed)


@pytest.mark.parametrize("server", [OUTSIDE, "smtp://10.0.0.1", "smtp://localhost.district.edu", "smtp://user:localhost@relay"])
def test_a_placeholder_as_sender_stops_mail_to_a_server_outside(server: str, home: Path) -> None:
    with pytest.raises(MailNotAllowed) as stopped:
        check_mail_settings(settings(smtp_url=server, mail_allow="district.edu", mail_from="plankeeper@example.org"))
    assert str(stopped.value) == (
        "PLANKEEPER_MAIL_FROM is plankeeper@example.org, a placeholder, so nothing was sent; set it to one of your own."
    )
