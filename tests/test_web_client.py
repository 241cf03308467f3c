"""Who asks: whose word about it is believed, and what is known where nobody's is."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tasks.settings import Settings
from tests.web_builders import settings
from web.client import UNKNOWN, came_from, client_of, counted_as, is_passed_on, signed_in

PROXY, FARTHER = "10.20.0.5", "10.20.0.6"


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of pages behind two proxies, which also may be asked over IPv6, and which sign people in."""
    return settings(tmp_path_factory.mktemp("home"), proxies="10.20.0.5,10.20.0.6,2001:db8::/64", admin_header="X-Remote-User")


def asked(*headers: tuple[str, str], by: str | None = PROXY) -> Request:
    """Return a request as a server passes it on."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": raw, "query_string": b""}
    return Request(scope | {"client": (by, 50000) if by is not None else None})


def forwarded(*lines: str, by: str | None = PROXY) -> Request:
    """Return a request with an X-Forwarded-For of so many lines."""
    return asked(*(("X-Forwarded-For", line) for line in lines), by=by)


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        pytest.param([], PROXY, id="the-proxy-itself"),
        pytest.param(["203.0.113.9"], "203.0.113.9", id="one-proxy"),
        pytest.param(["203.0.113.9, 10.20.0.6"], "203.0.113.9", id="two-proxies"),
        pytest.param(["203.0.113.9", "10.20.0.6"], "203.0.113.9", id="two-lines"),
        pytest.param(["127.0.0.1, 203.0.113.9"], "203.0.113.9", id="this-machine-forged"),
        pytest.param(["127.0.0.1", "203.0.113.9"], "203.0.113.9", id="forged-in-a-line-of-its-own"),
        pytest.param(["10.20.0.6, 203.0.113.9"], "203.0.113.9", id="a-proxy-forged"),
        pytest.param(["nonsense, <b>, 203.0.113.9"], "203.0.113.9", id="what-stands-before-is-ignored"),
        pytest.param(["10.20.0.6, 10.20.0.5"], "10.20.0.6", id="the-farthest-of-ours"),
        pytest.param(["127.0.0.1"], "127.0.0.1", id="somebody-at-the-proxy-on-this-machine"),
        pytest.param(["203.0.113.9:51234"], "203.0.113.9", id="with-a-port"),
        pytest.param(["127.0.0.1, 203.0.113.9:51234"], "203.0.113.9", id="forged-before-one-with-a-port"),
        pytest.param(["[2001:db8:1::9]:443"], "2001:db8:1::9", id="with-a-port-and-brackets"),
        pytest.param(["2001:DB8:1:0::9"], "2001:db8:1::9", id="one-way-to-write-it"),
        pytest.param(["::ffff:203.0.113.9"], "203.0.113.9", id="mapped"),
        pytest.param(["127.0.0.1, unknown"], UNKNOWN, id="no-address"),
        pytest.param(["127.0.0.1, "], UNKNOWN, id="an-empty-one"),
        pytest.param([""], UNKNOWN, id="an-empty-header"),
        pytest.param(["127.0.0.1, 203.0.113.999"], UNKNOWN, id="no-address-of-the-internet"),
        pytest.param(["127.0.0.1, []"], UNKNOWN, id="empty-brackets"),
    ],
)
def test_of_the_addresses_that_our_proxies_tell_the_last_that_is_none_of_them_asks(
    lines: list[str], client: str, behind: Settings
) -> None:
    assert client_of(forwarded(*lines), behind) == client


@pytest.mark.parametrize(
    ("by", "client"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="somebody"),
        pytest.param("127.0.0.1", "127.0.0.1", id="this-machine"),
        pytest.param("10.20.0.7", "10.20.0.7", id="beside-the-proxies"),
        pytest.param("::ffff:10.20.0.5", "203.0.113.9", id="a-mapped-proxy"),
        pytest.param("2001:db8::5", "203.0.113.9", id="a-proxy-of-a-network"),
        pytest.param("2001:db8:0:1::5", "2001:db8:0:1::5", id="beside-that-network"),
        pytest.param("testclient", UNKNOWN, id="no-address"),
        pytest.param(None, UNKNOWN, id="nobody"),
    ],
)
def test_only_a_proxy_of_ours_is_believed(by: str | None, client: str, behind: Settings) -> None:
    request = forwarded("203.0.113.9", by=by)
    assert client_of(request, behind) == client
    assert is_passed_on(request, behind) is (client == "203.0.113.9")


def test_without_proxies_nobody_is_believed(tmp_path: Path) -> None:
    assert client_of(forwarded("203.0.113.9"), settings(tmp_path)) == PROXY


def test_a_proxy_that_does_not_say_who_asks_has_passed_nothing_on(behind: Settings) -> None:
    assert not is_passed_on(asked(("Via", "1.1 proxy")), behind)


@given(st.lists(st.sampled_from(["127.0.0.1", "::1", PROXY, "x", "", "[", "203.0.113.7:80", "::ffff:7f00:1"]), max_size=6))
def test_whatever_is_forged_the_address_that_our_proxy_saw_asks(forged: list[str]) -> None:
    behind = Settings(proxies=PROXY)
    assert client_of(forwarded(", ".join([*forged, "203.0.113.9"])), behind) == "203.0.113.9"
    assert client_of(forwarded(*forged, "203.0.113.9, 10.20.0.5"), behind) == "203.0.113.9"


@pytest.mark.parametrize(
    ("headers", "by", "name"),
    [
        pytest.param([("X-Remote-User", "ana@example.org")], PROXY, "ana@example.org", id="by-our-proxy"),
        pytest.param([("x-remote-user", " Ana Ruíz ")], PROXY, "Ana Ruíz", id="whatever-its-case"),
        pytest.param([("X-Remote-User", "ana\u202egro")], PROXY, "ana gro", id="turned-letters"),
        pytest.param([("X-Remote-User", "a" * 300)], PROXY, "a" * 100, id="long"),
        pytest.param([("X-Remote-User", "")], PROXY, "", id="nobody-signed-in"),
        pytest.param([("X-Remote-User", "  ")], PROXY, "", id="blank"),
        pytest.param([], PROXY, "", id="no-header"),
        pytest.param([("X-Remote-User", "root"), ("X-Remote-User", "ana")], PROXY, "", id="twice"),
        pytest.param([("X-Remote_User", "root")], PROXY, "", id="another-header"),
        pytest.param([("X-Remote-User", "root")], "192.0.2.7", "", id="by-somebody"),
        pytest.param([("X-Remote-User", "root")], "127.0.0.1", "", id="by-this-machine"),
        pytest.param([("X-Remote-User", "root"), ("X-Forwarded-For", PROXY)], "192.0.2.7", "", id="through-a-forged-proxy"),
        pytest.param([("X-Remote-User", "root")], None, "", id="by-nobody"),
    ],
)
def test_who_signed_in_only_our_proxy_says(headers: list[tuple[str, str]], by: str | None, name: str, behind: Settings) -> None:
    assert signed_in(asked(*headers, by=by), behind) == name


def test_without_a_name_for_the_header_nobody_has_signed_in(tmp_path: Path) -> None:
    assert signed_in(asked(("X-Remote-User", "root")), settings(tmp_path, proxies=PROXY)) == ""


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        pytest.param("203.0.113.9", "203.0.113.9", id="ipv4"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="ipv6"),
        pytest.param(UNKNOWN, UNKNOWN, id="unknown"),
    ],
)
def test_who_has_a_line_of_ipv6_is_one_whichever_address_they_take(client: str, counted: str) -> None:
    assert counted_as(client) == counted


def test_the_audit_log_is_told_the_way_the_address_and_who_signed_in(behind: Settings) -> None:
    name, address = ("X-Remote-User", "ana@example.org"), ("X-Forwarded-For", "203.0.113.9")
    assert came_from(asked(address, name), behind) == "pages, from 203.0.113.9 as ana@example.org"
    assert came_from(asked(address), behind) == "pages, from 203.0.113.9"
    assert came_from(asked(address), behind, way="link of b•••@example.org") == "link of b•••@example.org, from 203.0.113.9"
    assert came_from(asked(by=None), behind) == "pages, from an unknown address"
