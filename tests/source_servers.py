"""Servers of sources on loopback for tests: they answer as they are told, also badly, and keep what they were asked."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from tasks.sources.address import Reach

LOOPBACK = ip_network("127.0.0.1/32")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answers; the length of the content is said unless the headers say something else of it."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, question: "Question") -> None:
        question.send_response(self.status)
        length = {} if "Transfer-Encoding" in self.headers else {"Content-Length": str(len(self.content))}
        for name, value in (length | dict(self.headers)).items():
            question.send_header(name, value)
        question.end_headers()
        if question.command != "HEAD":
            question.wfile.write(self.content)


Answering = Callable[["Question"], None]
"""Sends an answer by itself, as an Answer does."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a server was asked; the names of the headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes = b""


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # a test ends when all that it started has ended

    def __init__(self, answers: Mapping[str, Answering], asked: list[Asked]) -> None:
        super().__init__(("127.0.0.1", 0), Question)
        self.answers = answers
        self.asked = asked
        self.stopping = Event()


class Question(BaseHTTPRequestHandler):
    """One connection to a server, which is closed after one answer."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        headers = {name.lower(): value for name, value in self.headers.items()}
        content = self.rfile.read(int(headers.get("content-length", 0)))
        self.server.asked.append(Asked(method=self.command, path=self.path, headers=headers, content=content))
        answer = self.server.answers.get(urlsplit(self.path).path, Answer(status=404))
        with suppress(OSError):  # whoever asks may hang up
            answer(self)

    do_HEAD = do_POST = do_GET  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(
    answers: Mapping[str, Answering], *, asked: list[Asked] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Run a server and yield its address, without a slash at the end; what has no answer is not there.

    Args:      answers: by path, without what follows the question mark
               asked: takes up what is asked
    """
    with _Server(answers, [] if asked is None else asked) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def reaching(*addresses: str, **more: Any) -> Reach:
    """Return a reach that admits the servers of these addresses, and loopback."""
    settings: dict[str, Any] = {"networks": (LOOPBACK,)} | more
    return Reach(hosts=frozenset(urlsplit(address).netloc for address in addresses), **settings)


def one_by_one(*answers: Answering) -> Answering:
    """Give these answers one after the other."""
    left = iter(answers)

    def answer(question: Question) -> None:
        next(left)(question)

    return answer


def leading_to(location: str, *, status: int = 302) -> Answer:
    """Lead on to another address."""
    return Answer(status=status, headers={"Location": location})


def cut_off(question: Question) -> None:
    """Promise 1,000 bytes and hang up after 10."""
    Answer(content=b"0123456789", headers={"Content-Length": "1000"})(question)


def dripping(question: Question) -> None:
    """Send a byte now and then, and never come to an end."""
    Answer(headers={"Content-Length": "1000000"})(question)
    while not question.server.stopping.wait(0.02):
        question.wfile.write(b"x")
        question.wfile.flush()


@dataclass
class Endless:
    """Sends pieces without end, and counts the bytes that it got rid of."""

    headers: Mapping[str, str] = field(default_factory=lambda: {"Transfer-Encoding": "chunked"})
    sent: int = 0

    def __call__(self, question: Question) -> None:
        Answer(headers=self.headers)(question)
        piece = b"x" * 4096
        chunk = b"1000\r\n%b\r\n" % piece if "Transfer-Encoding" in self.headers else piece
        while not question.server.stopping.is_set():
            question.wfile.write(chunk)
            self.sent += len(piece)
