"""Forms with files: what is taken, what is refused with which answer, and that no file of a form stays open."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.web_builders import AT, DAY, HERE, TestClient, settings
from web.__main__ import listen
from web.app import create_app
from web.uploads import MOST_BYTES, MOST_FIELDS, MOST_FILES, MOST_LETTERS, read_form

PATH = "/static/taken"
"""Below a path that every client is answered under."""
BOUNDARY = "fence"
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def taking(home: Path, opened: list[BinaryIO] | None = None) -> FastAPI:
    """Return the pages with one more, which tells what it was sent."""

    async def taken(request: Request) -> Response:
        with await read_form(request) as sent:
            if opened is not None:
                opened.extend(upload.content for upload in sent.files)
            files = [[one.field, one.name, one.content.read().decode("latin-1")] for one in sent.files]
            return JSONResponse({"fields": sent.fields, "files": files})

    app = create_app(settings(home), today=lambda: DAY, now=lambda: AT)
    app.add_api_route(PATH, taken, methods=["POST"])
    return app


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A browser before those pages."""
    return TestClient(taking(tmp_path), base_url=HERE, client=("127.0.0.1", 50000))


def part(name: str, value: str, *, file: str | None = None) -> str:
    """Return one part of a form."""
    called = f'; filename="{file}"' if file is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{called}\r\n\r\n{value}\r\n'


def form(*parts: str) -> bytes:
    """Return a form of these parts."""
    return f"{''.join(parts)}--{BOUNDARY}--\r\n".encode()


def test_a_form_with_files_is_taken(client: TestClient) -> None:
    body = form(part("note", "Año"), part("note", "two"), part("file", "%PDF-", file="../a.pdf"), part("file", "", file=""))
    answer = client.post(PATH, content=body, headers=MULTIPART)
    assert answer.json() == {"fields": {"note": ["Año", "two"]}, "files": [["file", "a.pdf", "%PDF-"]]}


def test_a_form_without_files_is_taken(client: TestClient) -> None:
    answer = client.post(PATH, data={"note": "Año & more", "also": ["1.1A", "1.1B"]})
    assert answer.json() == {"fields": {"note": ["Año & more"], "also": ["1.1A", "1.1B"]}, "files": []}


def test_the_files_of_a_form_are_closed_once_it_is_answered(tmp_path: Path) -> None:
    opened: list[BinaryIO] = []
    client = TestClient(taking(tmp_path, opened), base_url=HERE)
    client.post(PATH, content=form(part("file", "a" * 2_000_000, file="a.txt")), headers=MULTIPART)
    assert [file.closed for file in opened] == [True]


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        pytest.param(b"a" * 26_000_000, MULTIPART, 413, "More than 25 MB were sent", id="26-MB"),
        pytest.param(form(), {**MULTIPART, "content-length": "9" * 5_000}, 413, "More than 25 MB", id="length-of-5000-digits"),
        pytest.param(form(), {**MULTIPART, "content-length": "-1"}, 411, "how long it is", id="length-below-zero"),
        pytest.param(form(), {**MULTIPART, "content-length": "9"}, 400, "and 11 arrived", id="longer-than-it-says"),
        pytest.param(form(), {**MULTIPART, "content-length": "99"}, 400, "and 11 arrived", id="shorter-than-it-says"),
        pytest.param(form(part("a", "b"))[:-6], MULTIPART, 400, "it has no end", id="cut-off"),
        pytest.param(b"no form", MULTIPART, 400, "did not arrive as a browser sends it", id="no-multipart"),
        pytest.param(form(), {"content-type": "multipart/form-data"}, 400, "Missing boundary", id="no-boundary"),
        pytest.param(form(), {"content-type": "application/json"}, 400, "It is no form", id="another-type"),
        pytest.param(form(), {}, 400, "It is no form", id="no-type"),
        pytest.param(
            form(part("a", "b")),
            {"content-type": f"multipart/form-data; charset=idna; boundary={BOUNDARY}"},
            400,
            "It is no form",
            id="odd-encoding",
        ),
        pytest.param(form(*[part("a", "")] * (MOST_FIELDS + 1)), MULTIPART, 400, "Too many fields", id="many-fields"),
        pytest.param(form(*[part("a", "", file="b")] * (MOST_FILES + 1)), MULTIPART, 400, "Too many files", id="many-files"),
        pytest.param(
            form(part("f", "b", file="b"), part("a", "b" * (MOST_LETTERS + 1))),
            MULTIPART,
            413,
            "A field has 10,001 characters",
            id="long-field",
        ),
        pytest.param(
            b"&".join([b"a=b"] * (MOST_FIELDS + 1)),
            {"content-type": "application/x-www-form-urlencoded"},
            400,
            "Too many fields",
            id="many-plain-fields",
        ),
    ],
)
def test_what_no_form_of_ours_sends_is_refused_with_a_sentence(
    client: TestClient, body: bytes, headers: dict[str, str], status: int, says: str
) -> None:
    answer = client.post(PATH, content=body, headers=headers)
    assert answer.status_code == status
    assert says in answer.text


# --- over the wire -----------------------------------------------------------------------------------------------------


@contextmanager
def served(app: FastAPI) -> Iterator[socket.socket]:
    """Serve the pages on loopback, and return a connection to them."""
    serving = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            with socket.create_connection(listening.getsockname(), timeout=30) as connection:
                yield connection
        finally:
            serving.should_exit = True
            thread.join(30)


def head(*lines: str) -> bytes:
    """Return the beginning of a request with a form."""
    own = (f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {MULTIPART['content-type']}", *lines)
    return ("\r\n".join(own) + "\r\n\r\n").encode()


def status_of(connection: socket.socket) -> str:
    """Return the status that is answered."""
    return connection.recv(65_536).split(b"\r\n", 1)[0].decode()


def test_60_mb_in_chunks_are_refused_before_they_are_read(tmp_path: Path) -> None:
    chunk = b"100000\r\n%b\r\n" % (b"a" * 0x100000)
    with served(taking(tmp_path)) as connection:
        connection.sendall(head("Transfer-Encoding: chunked") + chunk)
        assert status_of(connection) == "HTTP/1.1 411 Length Required"
        for _ in range(59):
            connection.sendall(chunk)  # who does not listen may go on, and gets nowhere


def test_26_mb_are_refused_before_they_are_read_and_told_to_who_sends_them_all(tmp_path: Path) -> None:
    with served(taking(tmp_path)) as connection:
        connection.sendall(head(f"Content-Length: {26_000_000}"))
        connection.sendall(b"a" * 26_000_000)
        assert status_of(connection) == "HTTP/1.1 413 Request Entity Too Large"


def test_who_hangs_up_in_the_middle_is_no_fault_of_ours(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with served(taking(tmp_path)) as connection:
        connection.sendall(head(f"Content-Length: {MOST_BYTES}") + part("a", "b").encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65_536)[:12] in (b"", b"HTTP/1.1 400")
    assert not [one for one in caplog.records if one.levelname in ("ERROR", "CRITICAL")]
