"""Where mail may go. A placeholder address never reaches a server that could deliver it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from tasks.settings import Settings

PLACEHOLDERS = ("example.org", "example.com", "example.net", "example", "invalid", "test", "localhost")
"""Domains that nobody can own (RFC 2606); the shipped owners file uses the first."""


class MailNotAllowed(Exception):
    """The settings do not let this mail out; the sentence names the setting to change."""


def is_placeholder(address: str) -> bool:
    """Return whether nobody can read mail at an address."""
    domain = address.rpartition("@")[2].casefold()
    return any(domain == name or domain.endswith(f".{name}") for name in PLACEHOLDERS)


def check_mail_settings(settings: Settings) -> None:
    """Raise MailNotAllowed if the settings let no mail out at all."""
    if settings.catches_mail:
        return
    if not settings.mail_allow:
        raise MailNotAllowed(
            "PLANKEEPER_SMTP_URL names a mail server, but PLANKEEPER_MAIL_ALLOW names no domain that may be written to, so "
            "nothing was sent; set it to your own domains, separated by commas."
        )
    if is_placeholder(settings.mail_from) and not _stays_here(settings):
        raise MailNotAllowed(
            f"PLANKEEPER_MAIL_FROM is {settings.mail_from}, a placeholder, so nothing was sent; set it to one of your own."
        )


def may_write_to(address: str, settings: Settings) -> bool:
    """Return whether mail may go to an address: always into the catcher, else to the domains that the settings allow."""
    if settings.catches_mail:
        return True
    if is_placeholder(address) and not _stays_here(settings):
        return False
    return address.rpartition("@")[2].casefold() in settings.mail_allow


def _stays_here(settings: Settings) -> bool:
    """Return whether the mail server is on this machine, as a catcher or a test's server is."""
    host = urlsplit(settings.smtp_url.get_secret_value()).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
