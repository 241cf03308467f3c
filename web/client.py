"""Who asks: from which address a request came, and who signed in at a proxy before the pages.

Anybody can write any header. One that says who asks is believed only of a proxy that PLANKEEPER_PROXIES names.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from re import ASCII, fullmatch

from starlette.requests import Request

from plan.record import UNPRINTABLE
from tasks.settings import Settings

FORWARDED_FOR = "x-forwarded-for"
UNKNOWN = "an unknown address"
"""Who asks where that cannot be said; such an asker is never on this machine."""
MOST_LETTERS = 100
"""How long the name of who signed in may be; the rest is cut off."""
LINE_BITS = 64
"""How much of an IPv6 address tells one line from another; on its own line anybody may take whatever address they like."""


def client_of(request: Request, settings: Settings) -> str:
    """Return the address that asks, or UNKNOWN.

    Each proxy adds whom it was asked by to the end of X-Forwarded-For. From there the addresses of our own proxies are passed
    over, and the next one asks: what stands before it is only its own word. If a proxy of ours adds what is no address, nothing
    before that may be believed either.
    """
    address: IPv4Address | IPv6Address | None = None
    for told in (_peer(request), *reversed(_forwarded(request))):
        address = _address(told)
        if address is None or not _is_ours(address, settings):
            break
    return str(address) if address else UNKNOWN


def is_passed_on(request: Request, settings: Settings) -> bool:
    """Return whether a proxy of ours handed a request over and said who asks."""
    address = _address(_peer(request))
    return address is not None and _is_ours(address, settings) and FORWARDED_FOR in request.headers


def signed_in(request: Request, settings: Settings) -> str:
    """Return who signed in, as a proxy of ours says; empty where none of ours says so, or a header says it twice."""
    address = _address(_peer(request))
    if not settings.admin_header or address is None or not _is_ours(address, settings):
        return ""
    said = request.headers.getlist(settings.admin_header)
    name = said[0].encode("latin-1").decode(errors="replace") if len(said) == 1 else ""
    return UNPRINTABLE.sub(" ", name).strip()[:MOST_LETTERS]


def came_from(request: Request, settings: Settings, *, way: str = "pages") -> str:
    """Return by which way a change comes in, for the audit log: as in "pages, from 192.0.2.7 as ana@example.org"."""
    name = signed_in(request, settings)
    return f"{way}, from {client_of(request, settings)}" + (f" as {name}" if name else "")


def counted_as(client: str) -> str:
    """Return under what an address is counted: itself, of IPv6 the network of its line."""
    address = _address(client)
    return str(ip_network((address, LINE_BITS), strict=False)) if isinstance(address, IPv6Address) else client


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _forwarded(request: Request) -> list[str]:
    return [part for header in request.headers.getlist(FORWARDED_FOR) for part in header.split(",")]


def _is_ours(address: IPv4Address | IPv6Address, settings: Settings) -> bool:
    return any(address in network for network in settings.proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a text is, with or without a port; None if it is none."""
    text = text.strip()
    found = fullmatch(r"\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5}", text, ASCII)
    try:
        address = ip_address((found[1] or found[2] or "") if found else text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
