"""What may be asked for figures: which addresses, on which servers, and how addresses are shown.

Sentences show addresses without what follows the question mark, because keys are often written there.
"""

import re
from dataclasses import dataclass

import httpx

from tasks.sources.failures import SourceFailed
from tasks.sources.network import Networks

_ENCRYPTED, _PLAIN = "https", "http"
_IN_FULL = "write it in full, as in https://files.example.org/readings.csv"
_MOST_PORT = 65_535
_MOST_SHOWN = 200
"""Characters of an address that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be reached, and for how long."""

    hosts: frozenset[str]
    """Servers that administrators allow, in any case: "files.example.org" on the usual ports, "files.example.org:8443" on
    that one, ".example.org" the domain and all below it."""
    networks: Networks = ()
    """Networks, not open to all, that an administrator opened on purpose, as for a district's own server; reached only for
    the servers that are named."""
    deadline_seconds: float = 60
    """For everything together, further addresses that it leads on to included."""
    most_bytes: int = 50_000_000
    """Of the content, unpacked."""
    any_public_host: bool = False
    """Whether every public server may be asked by https; only for checking links of evidence."""


def read_address(address: str) -> httpx.URL:
    """Return the parts of an address.

    Raises:    SourceFailed: it is none
    """
    try:
        return httpx.URL(address)
    except (httpx.InvalidURL, ValueError):  # ValueError: half a character
        raise SourceFailed(f"the address of the source cannot be read; {_IN_FULL}") from None


def server_of(address: str) -> str:
    """Return the server that an address names, with its port if that is not the usual one; empty if it cannot be read."""
    try:
        return read_address(address).netloc.decode("ascii")
    except SourceFailed:
        return ""


def check_admitted(url: httpx.URL, reach: Reach) -> None:
    """Check all of an address that can be checked before its name is looked up.

    Raises:    SourceFailed: it may not be asked
    """
    if url.scheme not in {"", _ENCRYPTED, _PLAIN}:
        raise SourceFailed(f"sources are asked by https or http, not by {url.scheme[:20]}; {_IN_FULL}")
    if not url.scheme or not url.host or (url.port is not None and not 1 <= url.port <= _MOST_PORT):
        raise SourceFailed(f"the address of the source is not complete; {_IN_FULL}")
    server = url.netloc.decode("ascii")
    if url.userinfo:
        raise SourceFailed(f"the address at {server} holds a user or a password; name a secret instead")
    if _is_named(url, reach):
        return
    if not reach.any_public_host:
        remedy = "an administrator adds it to PLANKEEPER_SOURCE_HOSTS"
        raise SourceFailed(f"{server} is not among the hosts that sources may ask; {remedy}")
    if url.scheme == _PLAIN:
        raise SourceFailed(f"{shown(url)} is not encrypted; give its address with https")


def networks_for(url: httpx.URL, reach: Reach) -> Networks:
    """Return the networks, not open to all, that may be reached for an address: the opened ones, if its server is named."""
    return reach.networks if _is_named(url, reach) else ()


def _is_named(url: httpx.URL, reach: Reach) -> bool:
    return any(_admits(entry, url) for entry in reach.hosts)


def _admits(entry: str, url: httpx.URL) -> bool:
    """Return whether an entry of the allow-list means the server of an address, by the names that go over the wire."""
    name = entry.strip()
    try:
        listed = httpx.URL(f"{url.scheme}://{name.removeprefix('.')}")
    except (httpx.InvalidURL, ValueError):
        return False
    is_below = name.startswith(".") and url.raw_host.endswith(b"." + listed.raw_host)
    return bool(listed.raw_host) and listed.port == url.port and (listed.raw_host == url.raw_host or is_below)


def is_of_one_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Return whether two addresses are asked in the same way, on the same server and port."""
    return (one.scheme, one.raw_host, one.port) == (other.scheme, other.raw_host, other.port)


def loses_encryption(before: httpx.URL, after: httpx.URL) -> bool:
    """Return whether one address is encrypted, and the one that it leads on to is not."""
    return before.scheme == _ENCRYPTED and after.scheme == _PLAIN


def shown(address: httpx.URL | str) -> str:
    """Return an address as it may be shown: without user, password, query and fragment, and not without end.

    Args:      address: also one that cannot be read
    """
    plain = re.sub(r"//[^/?#]*@", "//", re.split(r"[?#]", _written(address), maxsplit=1)[0])
    return plain if len(plain) <= _MOST_SHOWN else f"{plain[:_MOST_SHOWN]}…"


def _written(address: httpx.URL | str) -> str:
    if isinstance(address, str):
        return address
    return f"{address.scheme}://{address.netloc.decode('ascii')}{address.raw_path.decode('ascii')}"
