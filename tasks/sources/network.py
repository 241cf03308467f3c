"""The way to a source's server: a name is looked up once, every address it stands for is checked, and one of these is used.

A check of the name alone would be worth nothing, because a name can stand for another address a moment later.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

from tasks.sources.failures import SourceDidNotAnswer, SourceFailed

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

_CLOSED_4 = (
    IPv4Network("0.0.0.0/8"),  # this network; Linux takes 0.0.0.0 for loopback
    IPv4Network("10.0.0.0/8"),  # private
    IPv4Network("100.64.0.0/10"),  # behind a provider's translation
    IPv4Network("127.0.0.0/8"),  # loopback
    IPv4Network("169.254.0.0/16"),  # link-local, where clouds keep their keys
    IPv4Network("172.16.0.0/12"),  # private
    IPv4Network("192.0.0.0/24"),  # of protocols
    IPv4Network("192.0.2.0/24"),  # for documents
    IPv4Network("192.88.99.0/24"),  # relays from IPv6 that are no more
    IPv4Network("192.168.0.0/16"),  # private
    IPv4Network("198.18.0.0/15"),  # for measuring
    IPv4Network("198.51.100.0/24"),  # for documents
    IPv4Network("203.0.113.0/24"),  # for documents
    IPv4Network("224.0.0.0/3"),  # multicast, reserved, broadcast
)
_OPEN_6 = IPv6Network("2000::/3")
"""All that is given out so far. Loopback, private, link-local, multicast, IPv4 in IPv6 and 64:ff9b::/96 lie outside."""
_CLOSED_6 = (
    IPv6Network("2001::/23"),  # of protocols; Teredo, which leads to IPv4
    IPv6Network("2001:db8::/32"),  # for documents
    IPv6Network("2002::/16"),  # leads to IPv4
    IPv6Network("3fff::/20"),  # for documents
)

_IF_MEANT = (
    "if it is meant, an administrator names its server in PLANKEEPER_SOURCE_HOSTS and its network in PLANKEEPER_SOURCE_NETWORKS"
)
_NO_SUCH_NAME = (socket.EAI_NONAME, socket.EAI_NODATA)


def is_open_to_all(address: Address) -> bool:
    """Return whether an address is a public one, which stands for the same server wherever it is asked for.

    Source:    IANA's registries of special-purpose addresses
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


class Deadline:
    """The instant by which everything has to be done, however many steps it takes."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, more than 0.

        Raises:    httpcore.ReadTimeout: none are left
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects to checked addresses only, and waits no longer than the deadline allows.

    Looking up a name cannot be interrupted, so that the limit of the system's resolver may come on top of the deadline.
    """

    def __init__(self, opened: Networks, deadline: Deadline) -> None:
        self.was_ended = False
        """Whether the server has ended the connection."""
        self._opened = opened
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (the deadline rules)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers; one that is silent leaves the others their share of time.

        Raises:    SourceFailed: nothing is known by that name, or one of its addresses may not be reached
        """
        addresses = _addresses(host, port)
        for address in addresses:
            self._check(host, address)
        failure: Exception = httpcore.ConnectError()
        for tried, address in enumerate(addresses):
            share = self._deadline.left() / (len(addresses) - tried)
            try:
                line = self._plain.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Line(line, self, self._deadline)
        raise failure

    def _check(self, host: str, address: Address) -> None:
        if not is_open_to_all(address) and not any(address in network for network in self._opened):
            name = f"{host} stands at {address}, which" if host != str(address) else host
            raise SourceFailed(f"{name} is not a public address; {_IF_MEANT}")


class _Line(httpcore.NetworkStream):
    """A connection on which each step may take what is left until the deadline."""

    def __init__(self, line: httpcore.NetworkStream, network: GuardedNetwork, deadline: Deadline) -> None:
        self._line = line
        self._network = network
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 (the deadline rules)
        got = self._line.read(max_bytes, self._deadline.left())
        self._network.was_ended = not got
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 (the deadline rules)
        self._line.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._line.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 (the deadline rules)
    ) -> httpcore.NetworkStream:
        try:
            encrypted = self._line.start_tls(ssl_context, server_hostname, self._deadline.left())
        except httpcore.TimeoutException:
            self.close()  # nobody else does if the deadline is over by now
            raise
        return _Line(encrypted, self._network, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._line.get_extra_info(info)


@contextmanager
def in_words(where: str, network: GuardedNetwork, deadline: Deadline) -> Iterator[None]:
    """Turn whatever fails on the way to an address into a sentence.

    Args:      where: the address as it may be shown
    """
    try:
        yield
    except httpcore.TimeoutException:
        seconds = f"{deadline.seconds:g} second{'' if deadline.seconds == 1 else 's'}"
        said = f"{where} did not answer in full within {seconds}; ask again later"
        raise SourceDidNotAnswer(said) from None
    except httpcore.ConnectError as error:
        raise _not_connected(where, error.__cause__) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        if isinstance(error, httpcore.NetworkError) or network.was_ended:
            raise SourceDidNotAnswer(f"{where} broke off before its answer was complete; ask again later") from None
        raise SourceFailed(f"{where} does not answer in HTTP; check the address") from None


def _not_connected(where: str, cause: BaseException | None) -> SourceFailed:
    """Return why no connection came about; only a server whose certificate or language is wrong stays as it is."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = cause.verify_message.rstrip(".").lower()
        return SourceFailed(f"the certificate of {where} cannot be trusted ({reason}); ask its keeper to put that right")
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        return SourceFailed(f"{where} does not speak https as it should; check the address")
    reason = (cause.strerror if isinstance(cause, OSError) else None) or "no connection"
    return SourceDidNotAnswer(f"{where} cannot be reached ({reason.lower()}); ask again later")


def _addresses(host: str, port: int) -> list[Address]:
    """Return every address that a host's name stands for, in the order in which the system prefers them.

    Raises:    SourceFailed: there is none
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in _NO_SUCH_NAME:
            raise SourceFailed(f"no server is known by the name {host}; check the address") from None
        raise SourceDidNotAnswer(f"the name {host} cannot be looked up at present; ask again later") from None
    except UnicodeError:
        raise SourceFailed(f"no server can have the name {host}; check the address") from None
    return list(dict.fromkeys(ip_address(str(where[0])) for *_, where in found))
