"""Fetching what a source gives at an address: only from where it may, only so much, only so long, and failures in words."""

import gzip
import socket
import ssl
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.sources.address import Fetched, Reach, check_link, fetch
from tasks.sources.failures import SourceDidNotAnswer, SourceFailed
from tasks.sources.network import Deadline, GuardedNetwork, is_open_to_all
from tasks.sources.reach import read_address, shown
from tests.mail_servers import certificate
from tests.source_servers import (
    LOOPBACK,
    Answer,
    Asked,
    Endless,
    Question,
    cut_off,
    dripping,
    leading_to,
    one_by_one,
    reaching,
    serving,
)

CSV = Answer(content=b"year,value\n2025,86\n", headers={"Content-Type": 'Text/CSV; charset="UTF-8"'})
NOWHERE = Reach(hosts=frozenset())
IN_FULL = "write it in full, as in https://files.example.org/readings.csv"
IF_MEANT = (
    "if it is meant, an administrator names its server in PLANKEEPER_SOURCE_HOSTS and its network in PLANKEEPER_SOURCE_NETWORKS"
)
SECRET = {"X-Api-Key": "made-up-key"}


def refused(url: str, reach: Reach, kind: type[SourceFailed] = SourceFailed, **more: Any) -> str:
    """Return the sentence with which an address is refused, by a failure of exactly this kind."""
    with pytest.raises(SourceFailed) as said:
        fetch(url, reach, **more)
    assert type(said.value) is kind
    return str(said.value)


def named(monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]]) -> list[str]:
    """Let names stand for addresses, each time for those that come next; return the names that are looked up."""
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *rest: Any, **more: Any) -> Any:
        if host not in names:
            return real(host, port, *rest, **more)
        looked_up.append(host)
        return [one for address in names[host].pop(0).split() for one in real(address, port, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return looked_up


def port_of(url: str) -> str:
    """Return the port of a server's address."""
    return url.rpartition(":")[2]


@pytest.fixture
def silent_port() -> Any:
    """A port on loopback on which nobody answers."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


# --- what is given -----------------------------------------------------------------------------------------------------


def test_what_an_address_gives_comes_with_its_kind_and_where_it_was() -> None:
    asked: list[Asked] = []
    with serving({"/readings.csv": CSV}, asked=asked) as url:
        found = fetch(f"{url}/readings.csv?key=1", reaching(url), headers=SECRET)
    where = f"{url}/readings.csv?key=1"
    assert found == Fetched(content=CSV.content, media_type="text/csv", charset="utf-8", url=where)
    (one,) = asked
    assert (one.method, one.path) == ("GET", "/readings.csv?key=1")
    assert one.headers == {
        "host": url.removeprefix("http://"),
        "user-agent": "plankeeper",
        "accept": "*/*",
        "accept-encoding": "gzip, identity",
        "connection": "close",
        "x-api-key": "made-up-key",
    }


def test_a_source_may_say_which_kind_it_wants() -> None:
    asked: list[Asked] = []
    with serving({"/": CSV}, asked=asked) as url:
        fetch(url, reaching(url), headers={"Accept": "application/json"})
    assert asked[0].headers["accept"] == "application/json"


@pytest.mark.parametrize(
    ("said", "media_type", "charset"),
    [
        pytest.param({}, "", None, id="nothing-said"),
        pytest.param({"Content-Type": "application/json"}, "application/json", None, id="no-charset"),
        pytest.param({"Content-Type": "text/csv;charset=Latin-1"}, "text/csv", "latin-1", id="charset"),
        pytest.param({"Content-Type": "rubbish"}, "rubbish", None, id="no-media-type"),
    ],
)
def test_kind_and_charset_are_as_the_server_names_them(said: dict[str, str], media_type: str, charset: str | None) -> None:
    with serving({"/": Answer(content=b"1", headers=said)}) as url:
        found = fetch(url, reaching(url))
    assert (found.media_type, found.charset) == (media_type, charset)


@pytest.mark.parametrize(
    ("packing", "packed"),
    [
        pytest.param("gzip", gzip.compress(CSV.content), id="gzip"),
        pytest.param("GZIP", gzip.compress(CSV.content), id="in-capitals"),
        pytest.param("x-gzip", gzip.compress(CSV.content[:5]) + gzip.compress(CSV.content[5:]), id="two-packets"),
        pytest.param("deflate", zlib.compress(CSV.content), id="deflate"),
        pytest.param("identity", CSV.content, id="as-it-is"),
    ],
)
def test_what_is_packed_is_unpacked(packing: str, packed: bytes) -> None:
    with serving({"/": Answer(content=packed, headers={"Content-Encoding": packing})}) as url:
        assert fetch(url, reaching(url)).content == CSV.content


@given(st.binary(min_size=1, max_size=300), st.integers(1, 2000))
@settings(max_examples=30)  # each starts a server
def test_what_is_large_when_unpacked_is_the_same_as_before(pattern: bytes, times: int) -> None:
    content = pattern * times
    with serving({"/": Answer(content=gzip.compress(content), headers={"Content-Encoding": "gzip"})}) as url:
        assert fetch(url, reaching(url)).content == content


# --- what is answered instead ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        pytest.param(Answer(status=404), SourceFailed, "is not there (404); check the address", id="404"),
        pytest.param(Answer(status=410), SourceFailed, "is not there (410); check the address", id="410"),
        pytest.param(
            Answer(status=401),
            SourceFailed,
            "does not let us in (401); check the secret that the source names",
            id="401",
        ),
        pytest.param(
            Answer(status=403),
            SourceFailed,
            "does not let us in (403); check the secret that the source names",
            id="403",
        ),
        pytest.param(Answer(status=400), SourceFailed, "refuses to answer (400); check the address", id="400"),
        pytest.param(Answer(status=304), SourceFailed, "refuses to answer (304); check the address", id="304"),
        pytest.param(Answer(status=204), SourceFailed, "is empty; check the address, or ask its keeper", id="204"),
        pytest.param(Answer(), SourceFailed, "is empty; check the address, or ask its keeper", id="empty"),
        pytest.param(
            Answer(headers={"Content-Encoding": "gzip"}),
            SourceFailed,
            "is empty; check the address, or ask its keeper",
            id="empty-and-packed",
        ),
        pytest.param(Answer(status=500), SourceDidNotAnswer, "cannot answer at present (500); ask again later", id="500"),
        pytest.param(Answer(status=408), SourceDidNotAnswer, "cannot answer at present (408); ask again later", id="408"),
        pytest.param(
            Answer(status=429, headers={"Retry-After": "120"}),
            SourceDidNotAnswer,
            "cannot answer at present (429); it asks for 120 seconds before the next time",
            id="429-seconds",
        ),
        pytest.param(
            Answer(status=503, headers={"Retry-After": "1"}),
            SourceDidNotAnswer,
            "cannot answer at present (503); it asks for 1 second before the next time",
            id="503-one-second",
        ),
        pytest.param(
            Answer(status=503, headers={"Retry-After": "Tue, 24 Nov 2026 07:30:00 GMT"}),
            SourceDidNotAnswer,
            "cannot answer at present (503); it asks not to come before 2026-11-24 07:30 UTC",
            id="503-instant",
        ),
        pytest.param(
            Answer(status=503, headers={"Retry-After": "Tue, 24 Nov 2026 07:30:00 -0000"}),
            SourceDidNotAnswer,
            "cannot answer at present (503); it asks not to come before 2026-11-24 07:30 UTC",
            id="503-instant-of-no-zone",
        ),
        pytest.param(
            Answer(status=503, headers={"Retry-After": "call me back"}),
            SourceDidNotAnswer,
            "cannot answer at present (503); ask again later",
            id="503-rubbish",
        ),
        pytest.param(
            Answer(status=503, headers={"Retry-After": "Fri, 31 Dec 99999 23:59:00 +0000"}),
            SourceDidNotAnswer,
            "cannot answer at present (503); ask again later",
            id="503-beyond-time",
        ),
        pytest.param(
            Answer(content=b"x", headers={"Content-Encoding": "br"}),
            SourceFailed,
            'is packed as "br", which cannot be unpacked; ask its keeper for gzip',
            id="unknown-packing",
        ),
        pytest.param(
            Answer(content=b"x", headers={"Content-Encoding": "gzip, gzip"}),
            SourceFailed,
            'is packed as "gzip, gzip", which cannot be unpacked; ask its keeper for gzip',
            id="packed-twice",
        ),
        pytest.param(
            Answer(content=CSV.content, headers={"Content-Encoding": "gzip"}),
            SourceFailed,
            "is packed, and what is packed is damaged; ask its keeper",
            id="damaged-packing",
        ),
        pytest.param(
            Answer(content=gzip.compress(CSV.content)[:-9], headers={"Content-Encoding": "gzip"}),
            SourceDidNotAnswer,
            "broke off before its answer was complete; ask again later",
            id="half-a-packet",
        ),
        pytest.param(cut_off, SourceDidNotAnswer, "broke off before its answer was complete; ask again later", id="cut-off"),
        pytest.param(
            lambda question: None,
            SourceDidNotAnswer,
            "broke off before its answer was complete; ask again later",
            id="hung-up",
        ),
        pytest.param(
            lambda question: question.wfile.write(b"220 mail.example.org ready\r\n\r\n"),
            SourceFailed,
            "does not answer in HTTP; check the address",
            id="no-http",
        ),
    ],
)
def test_an_answer_that_gives_nothing_is_said_in_a_sentence(
    answer: Callable[[Question], None], kind: type[SourceFailed], sentence: str
) -> None:
    with serving({"/readings.csv": answer}) as url:
        said = refused(f"{url}/readings.csv?key=1", reaching(url), kind, headers=SECRET)
    assert said == f"{url}/readings.csv {sentence}"


def test_what_fails_once_can_be_asked_again() -> None:
    with serving({"/": one_by_one(Answer(status=500), CSV)}) as url:
        refused(url, reaching(url), SourceDidNotAnswer)
        assert fetch(url, reaching(url)).content == CSV.content


def test_a_server_that_refuses_connections_may_be_back_later(silent_port: int) -> None:
    url = f"http://127.0.0.1:{silent_port}"
    said = refused(f"{url}/a", reaching(url), SourceDidNotAnswer)
    assert said == f"{url}/a cannot be reached (connection refused); ask again later"


def test_an_address_that_has_no_end_is_shown_in_part() -> None:
    with serving({}) as url:
        said = refused(f"{url}/{'a' * 5000}", reaching(url))
    start = f"{url}/{'a' * 200}"[:200]
    assert said == f"{start}… is not there (404); check the address"


# --- how much and how long ---------------------------------------------------------------------------------------------


def test_a_server_that_drips_does_not_hold_us_longer_than_the_deadline() -> None:
    with serving({"/": dripping}) as url:
        said = refused(url, reaching(url, deadline_seconds=0.3), SourceDidNotAnswer)
    assert said == f"{url}/ did not answer in full within 0.3 seconds; ask again later"


def test_the_deadline_holds_for_all_addresses_together() -> None:
    with serving({"/b": dripping}) as other, serving({"/a": leading_to(f"{other}/b")}) as url:
        said = refused(f"{url}/a", reaching(url, other, deadline_seconds=1), SourceDidNotAnswer)
    elsewhere = f"{other}/b did not answer in full within 1 second; ask again later"
    assert said == f"{url}/a leads on to another address: {elsewhere}"


def test_a_deadline_that_is_over_before_the_start_asks_nobody() -> None:
    asked: list[Asked] = []
    with serving({"/": CSV}, asked=asked) as url:
        refused(url, reaching(url, deadline_seconds=0), SourceDidNotAnswer)
    assert asked == []


def test_what_is_said_to_be_too_large_is_not_even_begun() -> None:
    endless = Endless(headers={"Content-Length": "1000000000"})
    with serving({"/": endless}) as url:
        said = refused(url, reaching(url))
    assert said == f"{url}/ holds more than 50,000,000 bytes, the most that is taken; name an address that gives less"
    assert endless.sent < 20_000_000  # what the buffers of both sides take


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Transfer-Encoding": "chunked"}, id="chunked"),
        pytest.param({"Content-Length": "900000", "X-Note": "a little less than the most"}, id="length-within"),
    ],
)
def test_what_is_at_the_most_is_taken_and_a_byte_more_is_not(headers: dict[str, str]) -> None:
    def answer(question: Question) -> None:
        chunked = "Transfer-Encoding" in headers
        body = b"x" * 900_000
        Answer(content=b"dbba0\r\n%b\r\n0\r\n\r\n" % body if chunked else body, headers=headers)(question)

    with serving({"/": answer}) as url:
        assert len(fetch(url, reaching(url, most_bytes=900_000)).content) == 900_000
        assert refused(url, reaching(url, most_bytes=899_999)).startswith(f"{url}/ holds more than 899,999 bytes")


def test_what_never_ends_is_taken_up_to_the_most() -> None:
    endless = Endless()
    with serving({"/": endless}) as url:
        said = refused(url, reaching(url, most_bytes=100_000))
    assert said == f"{url}/ holds more than 100,000 bytes, the most that is taken; name an address that gives less"
    assert endless.sent < 20_000_000


def test_a_small_packet_that_becomes_huge_is_unpacked_up_to_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    packet = gzip.compress(bytes(10_000_000))
    bomb = Answer(content=packet * 1000, headers={"Content-Encoding": "gzip"})  # 10 GB
    unpacked = 0
    real = zlib.decompressobj

    class Counting:
        def __init__(self, *arguments: Any) -> None:
            self._real = real(*arguments)

        def decompress(self, packed: bytes, most: int) -> bytes:
            nonlocal unpacked
            got = self._real.decompress(packed, most)
            unpacked += len(got)
            return got

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    with serving({"/": bomb}) as url:
        said = refused(url, reaching(url, most_bytes=30_000_000))
    assert said.startswith(f"{url}/ holds more than 30,000,000 bytes")
    assert 30_000_000 < unpacked < 31_000_000


# --- which servers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        pytest.param("files.example.org", "files.example.org", id="its-name"),
        pytest.param("FILES.example.org", "Files.Example.ORG", id="in-any-case"),
        pytest.param("files.example.org", " files.example.org ", id="spaces-around"),
        pytest.param("example.org", ".example.org", id="the-domain"),
        pytest.param("a.files.example.org", ".example.org", id="below-the-domain"),
        pytest.param("bücher.example.org", "xn--bcher-kva.example.org", id="other-letters-than-a-to-z"),
        pytest.param("xn--bcher-kva.example.org", "BÜCHER.example.org", id="other-letters-in-the-list"),
    ],
)
def test_a_host_that_is_listed_is_asked(host: str, entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "xn--bcher-kva.example.org" if "cher" in host else host.lower()
    asked: list[Asked] = []
    with serving({"/": CSV}, asked=asked) as url:
        looked_up = named(monkeypatch, {name: ["127.0.0.1"]})
        entry = f"{entry.rstrip()}:{port_of(url)}"
        fetch(f"http://{host}:{port_of(url)}", Reach(hosts=frozenset({entry}), networks=(LOOPBACK,)))
    assert looked_up == [name]
    assert [one.headers["host"] for one in asked] == [f"{name}:{port_of(url)}"]


@pytest.mark.parametrize(
    ("url", "hosts", "server"),
    [
        pytest.param("https://files.example.org/a?key=1", [], "files.example.org", id="nothing-listed"),
        pytest.param("https://a.example.org/", ["example.org"], "a.example.org", id="below-a-host"),
        pytest.param("https://badexample.org/", [".example.org"], "badexample.org", id="ends-alike"),
        pytest.param("https://example.org.evil.test/", [".example.org"], "example.org.evil.test", id="begins-alike"),
        pytest.param("https://a.example.org:8443/", ["a.example.org"], "a.example.org:8443", id="another-port"),
        pytest.param("https://a.example.org/", ["a.example.org:8443"], "a.example.org", id="not-the-listed-port"),
        pytest.param("https://a.example.org./", ["a.example.org", "", "."], "a.example.org.", id="dot-at-the-end"),
        pytest.param("https://straße.test/", ["strasse.test"], "xn--strae-oqa.test", id="sounds-alike"),
        pytest.param("https://a.example.org/", ["", ".", "a b:c", "::"], "a.example.org", id="entries-that-mean-nothing"),
        pytest.param("http://2130706433/", ["127.0.0.1"], "2130706433", id="an-address-as-a-number"),
        pytest.param("https://a.example.org\\@b.example.org/", ["a.example.org"], None, id="two-hosts"),
    ],
)
def test_a_host_that_is_not_listed_is_refused(url: str, hosts: list[str], server: str | None) -> None:
    remedy = "an administrator adds it to PLANKEEPER_SOURCE_HOSTS"
    if server is None:
        assert "holds a user" in refused(url, Reach(hosts=frozenset(hosts)))
    else:
        sentence = f"{server} is not among the hosts that sources may ask; {remedy}"
        assert refused(url, Reach(hosts=frozenset(hosts))) == sentence


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("file:///etc/passwd", f"sources are asked by https or http, not by file; {IN_FULL}", id="file"),
        pytest.param("ftp://a.example.org/x", f"sources are asked by https or http, not by ftp; {IN_FULL}", id="ftp"),
        pytest.param("javascript:alert(1)", f"sources are asked by https or http, not by javascript; {IN_FULL}", id="script"),
        pytest.param("files.example.org/a.csv", f"the address of the source is not complete; {IN_FULL}", id="no-scheme"),
        pytest.param("//files.example.org/a", f"the address of the source is not complete; {IN_FULL}", id="no-scheme-but-host"),
        pytest.param("https:///a.csv", f"the address of the source is not complete; {IN_FULL}", id="no-host"),
        pytest.param("", f"the address of the source is not complete; {IN_FULL}", id="empty"),
        pytest.param("https://a.example.org:70000/", f"the address of the source is not complete; {IN_FULL}", id="no-port"),
        pytest.param("https://a.example.org:0/", f"the address of the source is not complete; {IN_FULL}", id="port-0"),
        pytest.param(
            "https://a.example.org/\r\nX-Forwarded-For: 127.0.0.1",
            f"the address of the source cannot be read; {IN_FULL}",
            id="line-break",
        ),
        pytest.param("https://a.example.org:x/", f"the address of the source cannot be read; {IN_FULL}", id="port-of-letters"),
        pytest.param("https://[::1/", f"the address of the source cannot be read; {IN_FULL}", id="bracket"),
        pytest.param("https://\ud800.example.org/", f"the address of the source cannot be read; {IN_FULL}", id="half-a-letter"),
        pytest.param("https://a.example.org/\ud800", f"the address of the source cannot be read; {IN_FULL}", id="half-in-path"),
        pytest.param(
            "https://us:pass@a.example.org/",
            "the address at a.example.org holds a user or a password; name a secret instead",
            id="password",
        ),
        pytest.param(
            "https://token@a.example.org:8443/",
            "the address at a.example.org:8443 holds a user or a password; name a secret instead",
            id="user",
        ),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(url: str, sentence: str) -> None:
    assert refused(url, Reach(hosts=frozenset({"a.example.org", "a.example.org:8443"}), any_public_host=True)) == sentence


@given(st.one_of(st.text(), st.text().map("https://".__add__), st.text("/:@?#[]%.\\ \t", min_size=1).map("http:".__add__)))
def test_whatever_is_written_as_an_address_is_refused_in_one_printable_line(written: str) -> None:
    assert refused(written, NOWHERE).isprintable()


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        pytest.param("127.0.0.2", "127.0.0.2 is not", id="loopback"),
        pytest.param("10.0.0.1", "10.0.0.1 is not", id="private"),
        pytest.param("100.64.0.1", "100.64.0.1 is not", id="translated"),
        pytest.param("169.254.169.254", "169.254.169.254 is not", id="where-clouds-keep-keys"),
        pytest.param("0.0.0.0", "0.0.0.0 is not", id="unspecified"),
        pytest.param("[::1]", "::1 is not", id="loopback-6"),
        pytest.param("[::ffff:127.0.0.1]", "::ffff:", id="ipv4-in-ipv6"),
        pytest.param("[64:ff9b::a00:1]", "64:ff9b::a00:1 is not", id="translated-to-ipv4"),
        pytest.param("2130706434", "2130706434 stands at 127.0.0.2, which is not", id="as-a-number"),
        pytest.param("0x7f000002", "0x7f000002 stands at 127.0.0.2, which is not", id="as-a-number-of-sixteens"),
        pytest.param("127.2", "127.2 stands at 127.0.0.2, which is not", id="in-short"),
    ],
)
@pytest.mark.parametrize("is_led_there", [False, True], ids=["named", "led-there"])
def test_a_private_address_is_refused_even_if_its_host_is_listed(host: str, sentence: str, is_led_there: bool) -> None:
    target = f"http://{host}:8080/latest"
    with serving({"/a": leading_to(target)}) as url:
        said = refused(f"{url}/a" if is_led_there else target, reaching(url, target))
    before = f"{url}/a leads on to another address: " if is_led_there else ""
    assert said.startswith(before + sentence)
    assert said.endswith(f"not a public address; {IF_MEANT}")


def test_a_name_that_stands_for_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, {"files.example.org": ["10.0.0.5"]})
    said = refused("https://files.example.org/a", Reach(hosts=frozenset({"files.example.org"})))
    where = "files.example.org stands at 10.0.0.5, which is not a public address"
    assert said == f"{where}; {IF_MEANT}"


def test_loopback_by_its_name_is_refused_where_it_is_not_opened() -> None:
    with serving({"/": CSV}) as url:
        local = url.replace("127.0.0.1", "localhost")
        said = refused(local, reaching(local, networks=()))
    assert said.startswith("localhost stands at ")
    assert said.endswith(f", which is not a public address; {IF_MEANT}")


def test_one_private_address_among_those_of_a_name_is_enough_to_refuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asked] = []
    with serving({"/": CSV}, asked=asked) as url:
        named(monkeypatch, {"files.example.org": ["127.0.0.1 10.0.0.5"]})
        there = f"http://files.example.org:{port_of(url)}"
        assert "10.0.0.5" in refused(there, reaching(there))
    assert asked == []


def test_a_name_is_looked_up_once_so_that_it_cannot_change_after_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/": CSV}) as url:
        looked_up = named(monkeypatch, {"files.example.org": ["127.0.0.1", "127.0.0.2"]})
        there = f"http://files.example.org:{port_of(url)}"
        assert fetch(there, reaching(there)).content == CSV.content
        assert looked_up == ["files.example.org"]
        assert "127.0.0.2" in refused(there, reaching(there))  # asked anew, it is checked anew


def test_if_the_first_address_of_a_name_refuses_the_next_one_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/": CSV}) as url:
        named(monkeypatch, {"files.example.org": ["127.0.0.3 127.0.0.1"]})
        there = f"http://files.example.org:{port_of(url)}"
        opened = (LOOPBACK, ip_network("127.0.0.3/32"))
        assert fetch(there, reaching(there, networks=opened)).content == CSV.content


def test_if_the_first_address_of_a_name_is_silent_the_next_one_is_asked_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/": CSV}) as url, ExitStack() as opened:
        where = ("127.0.0.3", int(port_of(url)))
        opened.enter_context(socket.create_server(where, backlog=0))
        for _ in range(3):  # nobody takes them up, so that the next one waits in vain
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(where)
        named(monkeypatch, {"files.example.org": ["127.0.0.3 127.0.0.1"]})
        there = f"http://files.example.org:{port_of(url)}"
        reach = reaching(there, networks=(LOOPBACK, ip_network("127.0.0.3/32")), deadline_seconds=2)
        assert fetch(there, reach).content == CSV.content


@pytest.mark.parametrize(
    ("failure", "kind", "sentence"),
    [
        pytest.param(
            socket.gaierror(socket.EAI_NONAME, "made up"),
            SourceFailed,
            "no server is known by the name files.example.org; check the address",
            id="unknown",
        ),
        pytest.param(
            socket.gaierror(socket.EAI_AGAIN, "made up"),
            SourceDidNotAnswer,
            "the name files.example.org cannot be looked up at present; ask again later",
            id="no-answer",
        ),
    ],
)
def test_a_name_that_cannot_be_looked_up_is_said_in_a_sentence(
    failure: OSError, kind: type[SourceFailed], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert refused("https://files.example.org", Reach(hosts=frozenset({"files.example.org"})), kind) == sentence


def test_a_name_that_no_server_can_have_is_said_in_a_sentence() -> None:
    name = f"{'a' * 64}.example.org"
    said = refused(f"https://{name}/", Reach(hosts=frozenset({name})))
    assert said == f"no server can have the name {name}; check the address"


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asked] = []
    with serving({}, asked=asked) as proxy, serving({"/": CSV}) as url:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert fetch(url, reaching(url)).content == CSV.content
    assert asked == []


# --- leading on --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_address_that_leads_on_is_followed(status: int) -> None:
    asked: list[Asked] = []
    answers = {"/a/old": leading_to("new?year=2025", status=status), "/a/new": CSV}
    with serving(answers, asked=asked) as url:
        found = fetch(f"{url}/a/old", reaching(url), headers=SECRET)
    assert (found.content, found.url) == (CSV.content, f"{url}/a/new?year=2025")
    assert [one.headers.get("x-api-key") for one in asked] == ["made-up-key", "made-up-key"]


def test_secrets_go_to_no_other_server() -> None:
    asked: list[Asked] = []
    elsewhere: list[Asked] = []
    with serving({"/b": CSV}, asked=elsewhere) as other, serving({"/a": leading_to(f"{other}/b")}, asked=asked) as url:
        assert fetch(f"{url}/a", reaching(url, other), headers=SECRET).url == f"{other}/b"
    assert [one.headers.get("x-api-key") for one in asked] == ["made-up-key"]
    assert [one.headers.get("x-api-key") for one in elsewhere] == [None]


def test_an_address_may_lead_on_five_times_and_not_more() -> None:
    answers: dict[str, Answer] = {f"/{step}": leading_to(f"/{step + 1}") for step in range(1, 7)} | {"/7": CSV}
    with serving(answers) as url:
        assert fetch(f"{url}/2", reaching(url)).url == f"{url}/7"
        said = refused(f"{url}/1", reaching(url))
    assert said == f"{url}/1 leads on more than 5 times; name the address that it ends at"


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        pytest.param("/a", "leads on more than 5 times; name the address that it ends at", id="round-and-round"),
        pytest.param("", "leads on to nowhere (302); check the address", id="nowhere"),
        pytest.param("http://[::1/", "leads on to what is no address; check the address", id="no-address"),
        pytest.param(
            "https://evil.example.org/b?key=1",
            "leads on to another address: evil.example.org is not among the hosts that sources may ask; "
            "an administrator adds it to PLANKEEPER_SOURCE_HOSTS",
            id="not-listed",
        ),
        pytest.param(
            "file:///etc/passwd",
            f"leads on to another address: sources are asked by https or http, not by file; {IN_FULL}",
            id="file",
        ),
        pytest.param(
            "/gone",
            "leads on to another address: {url}/gone is not there (404); check the address",
            id="to-what-is-gone",
        ),
    ],
)
def test_an_address_that_leads_nowhere_good_is_refused(location: str, sentence: str) -> None:
    with serving({"/a": leading_to(location)}) as url:
        assert refused(f"{url}/a?key=1", reaching(url)) == f"{url}/a {sentence.format(url=url)}"


# --- https -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side of TLS whose certificate, for 127.0.0.1, the system trusts."""
    path, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return context


def test_https_is_spoken_with_a_server_that_is_trusted(tls: ssl.SSLContext) -> None:
    with serving({"/": CSV}, tls=tls) as url:
        assert fetch(url, reaching(url)).content == CSV.content


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    asked: list[Asked] = []
    with serving({"/a": CSV}, asked=asked, tls=certificate(tmp_path)[1]) as url:
        said = refused(f"{url}/a?key=1", reaching(url))
    reason = "self-signed certificate"
    assert said == f"the certificate of {url}/a cannot be trusted ({reason}); ask its keeper to put that right"
    assert asked == []


def test_the_certificate_is_checked_for_the_name_that_was_asked(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    greeted: list[str | None] = []
    tls.sni_callback = lambda _line, name, _context: greeted.append(name)
    with serving({"/": CSV}, tls=tls) as url:
        named(monkeypatch, {"files.example.org": ["127.0.0.1"]})
        there = f"https://files.example.org:{port_of(url)}"
        said = refused(there, reaching(there))
    reason = "hostname mismatch, certificate is not valid for 'files.example.org'"
    assert said == f"the certificate of {there}/ cannot be trusted ({reason}); ask its keeper to put that right"
    assert greeted == ["files.example.org"]


def test_an_address_does_not_lead_from_https_to_http(tls: ssl.SSLContext) -> None:
    asked: list[Asked] = []
    with serving({"/b": CSV}, asked=asked) as plain, serving({"/a": leading_to(f"{plain}/b")}, tls=tls) as url:
        said = refused(f"{url}/a", reaching(url, plain))
    listening = "leads on from https to http, where everybody can listen"
    assert said == f"{url}/a {listening}; name an address that stays with https"
    assert asked == []


def test_an_address_may_lead_from_http_to_https_but_secrets_do_not_follow(tls: ssl.SSLContext) -> None:
    asked: list[Asked] = []
    with serving({"/b": CSV}, asked=asked, tls=tls) as url, serving({"/a": leading_to(f"{url}/b")}) as plain:
        assert fetch(f"{plain}/a", reaching(url, plain), headers=SECRET).url == f"{url}/b"
    assert "x-api-key" not in asked[0].headers


def test_a_server_that_does_not_speak_https_is_said_to_do_so() -> None:
    with serving({"/": CSV}) as url:
        there = url.replace("http:", "https:")
        assert refused(there, reaching(there)) == f"{there}/ does not speak https as it should; check the address"


def test_an_encrypted_server_that_drips_does_not_hold_us_longer(tls: ssl.SSLContext) -> None:
    with serving({"/": dripping}, tls=tls) as url:
        said = refused(url, reaching(url, deadline_seconds=0.5), SourceDidNotAnswer)
    assert said == f"{url}/ did not answer in full within 0.5 seconds; ask again later"


def test_a_server_that_is_silent_from_the_start_does_not_hold_us_longer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        said = refused(url, reaching(url, deadline_seconds=0.2), SourceDidNotAnswer)
    assert said == f"{url}/ did not answer in full within 0.2 seconds; ask again later"


def test_a_connection_is_given_up_if_the_deadline_is_over_before_it_is_encrypted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        deadline = Deadline(60)
        line = GuardedNetwork((LOOPBACK,), deadline).connect_tcp("127.0.0.1", silent.getsockname()[1])
        deadline._ends = 0
        with pytest.raises(httpcore.ReadTimeout):
            line.start_tls(ssl.create_default_context(), "127.0.0.1")
        assert line.get_extra_info("socket").fileno() == -1


# --- headers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        pytest.param({"X-Key": "made\r\nup"}, "the secret for the header X-Key is not one line of text", id="line-break"),
        pytest.param({"X-Key": "made-up\n"}, "the secret for the header X-Key is not one line of text", id="last-line-break"),
        pytest.param({"X-Key": ""}, "the secret for the header X-Key is not one line of text", id="empty"),
        pytest.param({"X-Key": " made-up"}, "the secret for the header X-Key is not one line of text", id="space"),
        pytest.param({"X-Key": "made-\udcffup"}, "the secret for the header X-Key is not one line of text", id="half"),
    ],
)
def test_a_secret_that_cannot_be_sent_is_refused_and_not_repeated(headers: dict[str, str], sentence: str) -> None:
    assert refused("https://a.example.org", NOWHERE, headers=headers) == f"{sentence}; write it anew"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("X Key", "X Key"),
        ("", ""),
        ("X-Key:", "X-Key:"),
        ("X\r\nKey", r"X\r\nKey"),
        ("Host", "Host"),
        ("content-length", "content-length"),
    ],
)
def test_a_header_that_is_none_or_not_the_sources_to_set_is_refused(name: str, shown: str) -> None:
    said = refused("https://a.example.org", NOWHERE, headers={name: "x"})
    assert said == f'a header cannot be called "{shown}"; correct its name in the source'


def test_a_secret_may_hold_any_letter() -> None:
    asked: list[Asked] = []
    with serving({"/": CSV}, asked=asked) as url:
        fetch(url, reaching(url), headers={"X-Key": "señal made up"})
    assert asked[0].headers["x-key"].encode("latin-1").decode() == "señal made up"


# --- links -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 405, 501])
def test_a_link_is_asked_by_head_and_by_get_if_head_is_not_allowed(status: int) -> None:
    asked: list[Asked] = []
    with serving({"/a": one_by_one(Answer(status=status), CSV), "/b": CSV}, asked=asked) as url:
        assert check_link(f"{url}/a", reaching(url)) == ""
        assert check_link(f"{url}/b", reaching(url)) == ""
    assert [(one.method, one.path) for one in asked] == [("HEAD", "/a"), ("GET", "/a"), ("HEAD", "/b")]


def test_nothing_of_what_a_link_gives_is_read() -> None:
    endless = Endless()
    with serving({"/": one_by_one(Answer(status=405), endless)}) as url:
        assert check_link(url, reaching(url, most_bytes=1)) == ""
    assert endless.sent < 20_000_000


def test_a_link_that_gives_nothing_or_much_answers_all_the_same() -> None:
    large = Answer(headers={"Content-Length": "1000000000"})
    with serving({"/empty": Answer(status=204), "/large": large}) as url:
        assert [check_link(f"{url}/{one}", reaching(url)) for one in ("empty", "large")] == ["", ""]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(Answer(status=404), "is not there (404); check the address", id="404"),
        pytest.param(Answer(status=503), "cannot answer at present (503); ask again later", id="503"),
        pytest.param(Answer(status=403), "does not let us in (403); give an address that everybody may read", id="403-to-both"),
        pytest.param(leading_to("/b"), "leads on to another address: {url}/b is not there (404); check the address", id="led"),
        pytest.param(leading_to("/a"), "leads on more than 5 times; name the address that it ends at", id="loop"),
    ],
)
def test_a_link_that_does_not_answer_is_said_in_a_sentence(answer: Answer, sentence: str) -> None:
    with serving({"/a": answer}) as url:
        assert check_link(f"{url}/a?key=1", reaching(url)) == f"{url}/a {sentence.format(url=url)}"


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        pytest.param(
            "http://paper.example.org/a?b=1",
            "http://paper.example.org/a is not encrypted; give its address with https",
            id="not-encrypted",
        ),
        pytest.param(
            "https://10.0.0.1/",
            f"10.0.0.1 is not a public address; {IF_MEANT}",
            id="private",
        ),
        pytest.param("mailto:a@example.org", f"sources are asked by https or http, not by mailto; {IN_FULL}", id="mail"),
    ],
)
def test_a_link_may_lead_to_any_public_server_and_no_other(link: str, sentence: str) -> None:
    assert check_link(link, Reach(hosts=frozenset(), any_public_host=True)) == sentence


def test_any_public_server_may_be_asked_for_a_link(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.sources.network._CLOSED_4", ())  # as if loopback were public
    with serving({"/": CSV}, tls=tls) as url:
        assert check_link(url, Reach(hosts=frozenset(), any_public_host=True)) == ""
        assert "PLANKEEPER_SOURCE_HOSTS" in check_link(url, Reach(hosts=frozenset()))


@pytest.mark.parametrize("is_led_there", [False, True], ids=["given", "led-there"])
def test_a_server_of_a_network_that_was_opened_is_asked_for_a_link_only_if_it_is_named(
    is_led_there: bool, tls: ssl.SSLContext
) -> None:
    asked: list[Asked] = []
    opened = (ip_network("127.0.0.0/8"),)
    with serving({"/admin": CSV}, asked=asked, tls=tls) as url, serving({"/a": leading_to(f"{url}/admin")}) as other:
        link = f"{other}/a" if is_led_there else f"{url}/admin"
        said = check_link(link, reaching(other, networks=opened, any_public_host=True))
        assert asked == []
        assert check_link(link, reaching(url, other, networks=opened, any_public_host=True)) == ""
    assert said.endswith(f"127.0.0.1 is not a public address; {IF_MEANT}")
    assert said.startswith(f"{other}/a leads on to another address: ") is is_led_there


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("https://example.org/a/b.pdf", "https://example.org/a/b.pdf", id="as-it-is"),
        pytest.param("https://example.org/a?key=s3cret", "https://example.org/a", id="without-its-query"),
        pytest.param("https://example.org/a#s3cret", "https://example.org/a", id="without-its-fragment"),
        pytest.param("https://chief:s3cret@example.org/a@b", "https://example.org/a@b", id="without-its-password"),
        pytest.param("https://chief:s3cret@[::1/a?key=1", "https://[::1/a", id="also-if-it-cannot-be-read"),
        pytest.param("https://example.org/" + "a" * 300, "https://example.org/" + "a" * 180 + "…", id="not-without-end"),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_key(address: str, said: str) -> None:
    assert shown(address) == said


def test_an_address_that_was_read_is_shown_like_one_that_is_written() -> None:
    written = "https://chief:s3cret@example.org/a@b?key=s3cret#s3cret"
    assert shown(read_address(written)) == shown(written) == "https://example.org/a@b"


# --- public addresses --------------------------------------------------------------------------------------------------

NOT_OPEN = [
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
        *("::/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "4000::/2", "8000::/1"),
    )
]
NEAR_BORDERS = st.sampled_from(NOT_OPEN).flatmap(
    lambda network: st.sampled_from([int(network[0]) - 1, int(network[0]), int(network[-1]), int(network[-1]) + 1]).map(
        lambda number: type(network[0])(number % 2**network.max_prefixlen)
    )
)


@given(st.one_of(st.ip_addresses(), NEAR_BORDERS))
def test_an_address_is_open_to_all_if_it_lies_in_none_of_the_networks_kept_for_something_else(
    address: IPv4Address | IPv6Address,
) -> None:
    assert is_open_to_all(address) == (not any(address in network for network in NOT_OPEN))
    kept = address.is_loopback or address.is_link_local or address.is_multicast or address.is_reserved
    if kept or address.is_unspecified or getattr(address, "ipv4_mapped", None):
        assert not is_open_to_all(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("100.63.255.255", True),
        ("100.64.0.0", False),
        ("172.15.255.255", True),
        ("172.31.255.255", False),
        ("223.255.255.255", True),
        ("255.255.255.255", False),
        ("2606:4700::1111", True),
        ("2001:4860:4860::8888", True),
        ("::", False),
        ("::1", False),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::808:808", False),
        ("64:ff9b:1::1", False),
        ("2001::1", False),
        ("2002:808:808::1", False),
        ("fc00::1", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_well_known_addresses_are_told_apart(address: str, expected: bool) -> None:
    assert is_open_to_all(ip_address(address)) is expected
