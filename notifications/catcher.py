"""A mail server for this machine only: it takes every mail and delivers none, but keeps it in a Maildir."""

import mailbox
import os
import socket
from asyncio import AbstractServer
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"
LARGEST_MAIL_BYTES = 25 * 1024 * 1024
_READY_SECONDS = 30


@contextmanager
def caught_mail(folder: Path) -> Iterator[str]:
    """Catch mail into a folder, a Maildir that is made if need be, and yield the catcher's SMTP URL."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        server = _OnSocket(listening, _Keeper(folder))
        server.start()
        try:
            yield f"smtp://{LOOPBACK}:{server.port}"
        finally:
            server.stop()


class _OnSocket(Controller):
    """Serve on a socket that already listens, so that nobody can take the free port in between."""

    def __init__(self, listening: socket.socket, keeper: "_Keeper") -> None:
        port = listening.getsockname()[1]
        super().__init__(keeper, LOOPBACK, port, data_size_limit=LARGEST_MAIL_BYTES, ready_timeout=_READY_SECONDS)
        self._listening = listening

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


class _Keeper:
    """Keeps what the server accepts. The envelope's recipients stand above the mail as Delivered-To."""

    def __init__(self, folder: Path) -> None:
        for part in ("tmp", "new", "cur"):  # mailbox itself makes them only where the folder is missing too
            (folder / part).mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(folder, create=False)
        self._new = folder / "new"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail and answer; the answer is given only when the mail is safe on the disk."""
        content = envelope.content
        assert isinstance(content, bytes)  # the server is not told to decode
        delivered = "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos)
        key = self._box.add(delivered.encode() + content)
        _settle(self._new)
        return f"250 Caught as {key}"


def _settle(folder: Path) -> None:
    """Have the disk keep a folder's entries; the mail itself was settled when it was added."""
    entries = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entries)
    finally:
        os.close(entries)
