"""Fetch what a source gives at an address, from the servers that administrators allow and in the time and size they allow.

Every step is checked anew when an address leads on to another one. Sentences show addresses without what follows the
question mark, because keys are often written there.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import mktime_tz, parsedate_tz

import httpcore
import httpx

from tasks.sources.body import read_body
from tasks.sources.failures import SourceDidNotAnswer, SourceFailed
from tasks.sources.network import Deadline, GuardedNetwork, in_words
from tasks.sources.reach import Reach, check_admitted, is_of_one_origin, loses_encryption, networks_for, read_address, shown

__all__ = ["Fetched", "Reach", "SourceDidNotAnswer", "SourceFailed", "check_link", "fetch"]

MOST_REDIRECTS = 5

_LEADS_ON = (301, 302, 303, 307, 308)
_NOT_BY_HEAD = (403, 405, 501)
"""What servers say that answer GET but not HEAD."""
_MAY_PASS = (408, 429)

_OURS = ("host", "connection", "accept-encoding", "content-length", "transfer-encoding")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"(?! )[^\x00-\x1f\x7f\ud800-\udfff]+(?<! )")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was found at an address."""

    content: bytes
    media_type: str
    """As the server names it, in small letters, such as "text/csv"; empty if it does not."""
    charset: str | None
    """As the server names it, in small letters, known to Python or not; None if it does not."""
    url: str
    """The address that gave it, after all that led on to another one; with its query, so not to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    url: httpx.URL
    status: int
    headers: httpx.Headers
    parts: Iterator[bytes]


def fetch(url: str, reach: Reach, *, headers: Mapping[str, str] = {}) -> Fetched:
    """Fetch what an address gives.

    Args:      headers: sent to the address itself and to nobody that it leads on to, since they may hold secrets
    Raises:    SourceFailed: it may not be reached, or does not give what it should
               SourceDidNotAnswer: it failed in a manner that may pass
    """
    with _answer("GET", url, reach, headers, Deadline(reach.deadline_seconds)) as answer:
        _check_status(answer, "check the secret that the source names")
        where = shown(answer.url)
        content = read_body(answer.parts, answer.headers, where=where, most_bytes=reach.most_bytes)
        media_type, charset = _content_type(answer.headers)
        return Fetched(content=content, media_type=media_type, charset=charset, url=str(answer.url))


def check_link(url: str, reach: Reach) -> str:
    """Return why a link does not lead to anything, and the remedy; empty if it answers. Nothing of the content is read."""
    deadline = Deadline(reach.deadline_seconds)
    try:
        if not _answers("HEAD", url, reach, deadline):
            _answers("GET", url, reach, deadline)
    except SourceFailed as failed:
        return str(failed)
    return ""


def _answers(method: str, url: str, reach: Reach, deadline: Deadline) -> bool:
    """Return True if a link answers, and False if another method has to be tried."""
    with _answer(method, url, reach, {}, deadline) as answer:
        if method == "HEAD" and answer.status in _NOT_BY_HEAD:
            return False
        _check_status(answer, "give an address that everybody may read")
        return True


# --- from one address to the next --------------------------------------------------------------------------------------


@contextmanager
def _answer(method: str, address: str, reach: Reach, headers: Mapping[str, str], deadline: Deadline) -> Iterator[_Answer]:
    """Yield the answer of an address, or of the one that it leads on to in the end."""
    _check_headers(headers)
    first = url = read_address(address)
    for _ in range(MOST_REDIRECTS + 1):
        with _on_the_way(first, url):
            check_admitted(url, reach)
            own = headers if is_of_one_origin(url, first) else {}
            with _ask(method, url, reach, own, deadline) as answer:
                if answer.status not in _LEADS_ON:
                    yield answer
                    return
                url = _next(answer)
    raise SourceFailed(f"{shown(first)} leads on more than {MOST_REDIRECTS} times; name the address that it ends at")


@contextmanager
def _on_the_way(first: httpx.URL, url: httpx.URL) -> Iterator[None]:
    """Say of a failure somewhere else how it was come to."""
    try:
        yield
    except SourceFailed as failed:
        if url == first:
            raise
        raise type(failed)(f"{shown(first)} leads on to another address: {failed}") from None


@contextmanager
def _ask(method: str, url: httpx.URL, reach: Reach, headers: Mapping[str, str], deadline: Deadline) -> Iterator[_Answer]:
    """Ask one address over a connection of its own, straight, whatever proxies the environment names."""
    network = GuardedNetwork(networks_for(url, reach), deadline)
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    sent = {"user-agent": "plankeeper", "accept": "*/*"} | {name.lower(): value for name, value in headers.items()}
    sent |= {"host": url.netloc.decode("ascii"), "accept-encoding": "gzip, identity", "connection": "close"}
    lines = [(name.encode(), value.encode()) for name, value in sent.items()]
    with (
        in_words(shown(url), network, deadline),
        httpcore.HTTPConnection(target.origin, network_backend=network) as connection,
        connection.stream(method, target, headers=lines) as response,
    ):
        found = httpx.Headers(response.headers)
        yield _Answer(url=url, status=response.status, headers=found, parts=response.iter_stream())


def _next(answer: _Answer) -> httpx.URL:
    """Return the address that an answer leads on to."""
    location = answer.headers.get("location", "")
    if not location:
        raise SourceFailed(f"{shown(answer.url)} leads on to nowhere ({answer.status}); check the address")
    try:
        url = answer.url.join(location)
    except (httpx.InvalidURL, ValueError):
        raise SourceFailed(f"{shown(answer.url)} leads on to what is no address; check the address") from None
    if loses_encryption(answer.url, url):
        said = f"{shown(answer.url)} leads on from https to http, where everybody can listen"
        raise SourceFailed(f"{said}; name an address that stays with https")
    return url


def _check_headers(headers: Mapping[str, str]) -> None:
    """Check the headers ourselves: what the library says of a bad one repeats the secret in it."""
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise SourceFailed(f'a header cannot be called "{ascii(name)[1:-1]}"; correct its name in the source')
        if not _HEADER_VALUE.fullmatch(value):
            raise SourceFailed(f"the secret for the header {name} is not one line of text; write it anew")


# --- what was answered -------------------------------------------------------------------------------------------------


def _check_status(answer: _Answer, if_locked: str) -> None:
    """Check that an answer gives something; 2xx does."""
    where, status = shown(answer.url), answer.status
    if status in _MAY_PASS or status >= 500:
        raise SourceDidNotAnswer(f"{where} cannot answer at present ({status}); {_when(answer.headers)}")
    if status in {404, 410}:
        raise SourceFailed(f"{where} is not there ({status}); check the address")
    if status in {401, 403}:
        raise SourceFailed(f"{where} does not let us in ({status}); {if_locked}")
    if not 200 <= status < 300:
        raise SourceFailed(f"{where} refuses to answer ({status}); check the address")


def _when(headers: httpx.Headers) -> str:
    """Return when to ask again; what a server says of it is repeated only if it is a number of seconds or an instant."""
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,6}", said):
        return f"it asks for {int(said)} second{'' if int(said) == 1 else 's'} before the next time"
    day = parsedate_tz(said)
    try:
        until = day and datetime.fromtimestamp(mktime_tz(day), UTC)
    except (ValueError, OverflowError):  # no day of the calendar
        until = None
    return f"it asks not to come before {until:%Y-%m-%d %H:%M} UTC" if until else "ask again later"


def _content_type(headers: httpx.Headers) -> tuple[str, str | None]:
    said = Message()
    said["Content-Type"] = headers.get("content-type", "")
    named = headers.get("content-type", "").partition(";")[0].strip().lower()
    return named, said.get_content_charset()
