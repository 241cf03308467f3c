"""Where mail is handed over, read from an SMTP URL. No error ever quotes the URL: it may hold a password."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from notifications.verdicts import MailMisconfigured

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_SHAPE = "smtp+starttls://user:password@mail.example.org:587"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server as an SMTP URL names it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @classmethod
    def at(cls, url: str) -> Self:
        """Read an SMTP URL; user and password are percent-encoded in it.

        Raises:    MailMisconfigured: it is none, or would send a password in the clear; the URL itself is never quoted
        """
        parts, port = _split(url)
        server = cls(
            scheme=parts.scheme,
            host=parts.hostname or "",
            port=port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
        if not (server.user + server.password).isascii():
            raise MailMisconfigured("The user and the password in PLANKEEPER_SMTP_URL must be ASCII; ask for others.")
        if server.user and server.scheme == "smtp" and not _is_loopback(server.host):
            raise MailMisconfigured(
                f"smtp:// would send the password to {server.host} in the clear; write smtp+starttls:// or smtps://."
            )
        return server

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _split(url: str) -> tuple[SplitResult, int | None]:
    """Return an SMTP URL in parts; an error of the library is not passed on, because it may quote the password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:
        host, port = None, None
    if host is None or parts.scheme not in _PORTS or parts.path.strip("/") or parts.query or parts.fragment:
        raise MailMisconfigured(
            f"PLANKEEPER_SMTP_URL is not the address of a mail server; write it as in {_SHAPE}, "
            "with special characters of user and password percent-encoded."
        )
    return parts, port


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
