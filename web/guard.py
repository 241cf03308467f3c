"""Who may look in, and what every answer carries so that a browser keeps the pages to themselves."""

import hmac
from base64 import b64decode
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address
from re import ASCII, fullmatch
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.ledger import DatabaseBehind, DatabaseTooNew, DatabaseUnreachable
from notifications.grants import named_in_any
from plan.phrase import phrase
from tasks.settings import Settings
from tasks.watch import ALARM, alarm_token
from web.answers import refusal
from web.client import FORWARDED_FOR, client_of, counted_as, is_passed_on, signed_in
from web.language import language_of
from web.limits import PASSWORDS, POSTS, REQUESTS, Limits, Wait
from web.public import NOTHING_HERE
from web.public import PATH as PUBLIC
from web.watch import HEALTH

USER = "admin"
STATIC, LINKS = "/static/", "/u/"
UNDO = "/undo"
"""What an item is answered by and what takes that back are counted as one page."""
OPEN_TO_ALL = (STATIC, f"{PUBLIC}/")
"""Style and icon hold nothing of the plan, and pages that refuse need them too; the public page, whose own address has nothing
behind it, holds what everybody may know. A link from a mail is its own password, and how often it is followed is counted."""
LOOKED_AT = frozenset({"GET", "HEAD"})
"""How a monitor asks for signs of life, which name nobody."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

_PASSED_ON = ("forwarded", FORWARDED_FOR, "x-real-ip", "via")
"""Headers of a proxy: behind one, a client's own address is not the one that is seen."""


class Refusal(NamedTuple):
    """Why somebody is not let in."""

    status: int
    title: str
    sentence: str
    retry_seconds: int = 0
    """In how many seconds it is worth asking again; 0: nobody can say."""


class Guard:
    """Stands before every page."""

    def __init__(self, settings: Settings, limits: Limits) -> None:
        self._settings, self._limits = settings, limits
        self._hosts = {"localhost", "127.0.0.1", "[::1]", _host_of(settings.base_url)} - {""}
        self._password = settings.admin_password.get_secret_value()
        # Where others are led to the pages, a proxy stands before them, and its requests come from this machine like our own.
        named = _host_of(settings.base_url)
        self._is_shared = named not in {"", "localhost"} and not _is_loopback(named)

    async def __call__(self, request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        """Answer a request, or refuse it with a sentence."""
        refused = await run_in_threadpool(self.refuses, request)  # who is counted may have to wait for the database
        if refused is None:
            return secured(await go_on(request))
        answer = refusal(refused.status, refused.title, refused.sentence, language=language_of(request))
        if refused.status == 401:
            answer.headers["WWW-Authenticate"] = 'Basic realm="plankeeper", charset="UTF-8"'
        if refused.retry_seconds:
            answer.headers["Retry-After"] = str(refused.retry_seconds)
        return secured(answer)

    def refuses(self, request: Request) -> Refusal | None:
        """Return why a request is not answered, or None if it is."""
        if not self._knows_host(request):
            return Refusal(400, phrase("Unknown address"), _UNKNOWN)
        path = path_of(request)
        if _is_public(path) or (path == HEALTH and request.method in LOOKED_AT):
            return None
        if path == ALARM:
            return None if self._knows_token(request) else Refusal(404, phrase("Not found"), NOTHING_HERE)
        try:
            return self._refuses_link(request, path) if path.startswith(LINKS) else self._refuses_pages(request)
        except (DatabaseBehind, DatabaseTooNew, DatabaseUnreachable):
            return Refusal(503, phrase("No database"), _UNCOUNTED)

    def _refuses_link(self, request: Request, path: str) -> Refusal | None:
        wait = self._limits.count(REQUESTS, self._client(request))
        if wait is None and request.method == "POST":
            token, _, page = path.removeprefix(LINKS).partition("/")
            grant = named_in_any(token, key=self._settings.key)
            wait = self._limits.count(POSTS, f"{grant} {page.removesuffix(UNDO)}") if grant else None
        return _too_often(wait)

    def _refuses_pages(self, request: Request) -> Refusal | None:
        if signed_in(request, self._settings):
            return None
        if self._password:
            return self._refuses_password(request)
        if self._settings.admin_header:
            return Refusal(403, phrase("Sign in first"), _BY_PROXY)
        if self._is_shared:
            return Refusal(403, phrase("Password to be set"), _TO_OTHERS)
        return None if self._is_local(request) else Refusal(403, phrase("Only on this machine"), _ONLY_HERE)

    def _refuses_password(self, request: Request) -> Refusal | None:
        if "authorization" in request.headers:
            if self._knows_password(request):
                return _too_often(self._limits.reached(PASSWORDS, self._client(request)))
            wait = self._limits.count(PASSWORDS, self._client(request))
            if wait:
                return _too_often(wait)
        return Refusal(401, phrase("Password needed"), _WITH_PASSWORD)

    def _client(self, request: Request) -> str:
        return counted_as(client_of(request, self._settings))

    def _is_local(self, request: Request) -> bool:
        """Return whether a request comes from this machine, and not only through it."""
        if any(name in request.headers for name in _PASSED_ON) and not is_passed_on(request, self._settings):
            return False
        return _is_loopback(client_of(request, self._settings))

    def _knows_host(self, request: Request) -> bool:
        # A page of somebody else's may have its name lead to this machine, but the browser still sends that name.
        named = request.headers.getlist("host")
        return bool(named) and all(_without_port(host) in self._hosts for host in named)

    def _knows_password(self, request: Request) -> bool:
        user, password = _credentials(request.headers.get("authorization", ""))
        # Both are compared whatever the first one gives, each in a time that tells nothing.
        same = hmac.compare_digest(user, USER.encode()), hmac.compare_digest(password, self._password.encode())
        return all(same)

    def _knows_token(self, request: Request) -> bool:
        """Return whether a call is the alarm that the Prefect server was given; by any other nothing is learnt of it."""
        shown = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(shown, f"Bearer {alarm_token(self._settings)}".encode()) and request.method == "POST"


_UNKNOWN = phrase(
    "The pages are not known under this address; open them as 127.0.0.1 or localhost, or as the host that PLANKEEPER_BASE_URL "
    "names."
)
_WITH_PASSWORD = phrase('Sign in as "{user}" with the password that PLANKEEPER_ADMIN_PASSWORD holds.', user=USER)
_BY_PROXY = phrase("These pages open to who has signed in at the proxy before them; come in by its address, and sign in there.")
_UNCOUNTED = phrase(
    "The database does not answer now. Without it nobody is let in, and nothing is kept; try again later. "
    "On the machine itself, plankeeper status says what is wrong."
)
_ONLY_HERE = phrase(
    "Without a password the pages are shown on the machine that they run on, and nowhere else; "
    "set PLANKEEPER_ADMIN_PASSWORD to open them to others."
)
_TO_OTHERS = phrase(
    "PLANKEEPER_BASE_URL leads others to these pages, and no password is set; "
    "set PLANKEEPER_ADMIN_PASSWORD, or leave PLANKEEPER_BASE_URL out to look in on this machine only."
)


def path_of(request: Request) -> str:
    """Return the path that a page is looked for under; the one of the request's address would end where a "?" was encoded."""
    return str(request.scope["path"])


def is_open(path: str) -> bool:
    """Return whether strangers are answered under a path, so that an answer may not name the plan."""
    return _is_public(path) or path.startswith(LINKS) or path in (HEALTH, ALARM)


def _is_public(path: str) -> bool:
    return path == PUBLIC or path.startswith(OPEN_TO_ALL)


def _too_often(wait: Wait | None) -> Refusal | None:
    return Refusal(429, phrase("Too often"), wait.sentence, wait.seconds) if wait else None


def secured(answer: Response) -> Response:
    """Return an answer with the headers that keep it safe; what it already says for itself stays."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _is_loopback(host: str) -> bool:
    """Return whether an address is this machine's own; what is no address is not."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _credentials(header: str) -> tuple[bytes, bytes]:
    """Return user and password of HTTP Basic; empty where there are none that can be read."""
    scheme, _, encoded = header.partition(" ")
    if scheme.casefold() != "basic":
        return b"", b""
    try:
        user, _, password = b64decode(encoded.strip(), validate=True).partition(b":")
    except ValueError:
        return b"", b""
    return user, password


def _without_port(host: str) -> str:
    found = fullmatch(r"(\[[0-9a-f:.]+\]|[^:]+)(:\d{1,5})?", host.casefold(), ASCII)
    return found[1] if found else ""


def _host_of(url: str) -> str:
    return _without_port(urlsplit(url).netloc.rpartition("@")[2])
