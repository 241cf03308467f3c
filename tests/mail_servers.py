"""Mail servers on loopback for tests: a real one that answers as it is told, and a plain talker that falls silent on cue."""

import ipaddress
import socket
import ssl
import struct
import threading
from asyncio import AbstractServer
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

FINE = "250 OK"


@dataclass
class Answers:
    """What a server answers at each stage, and what it got."""

    mail: str = FINE
    rcpt: str = FINE
    data: str = FINE
    password: bytes = b"secret"
    got: list[Envelope] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    async def handle_MAIL(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.rcpt == FINE:
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data.startswith("2"):
            self.got.append(envelope)
        return self.data

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append(login.login)
        return AuthResult(success=login.password == self.password, handled=False)


class _OnSocket(Controller):
    def __init__(self, listening: socket.socket, answers: Answers, speaks: type[SMTP], **parameters: Any) -> None:
        super().__init__(answers, "127.0.0.1", listening.getsockname()[1], ready_timeout=30, **parameters)
        self._listening = listening
        self._speaks = speaks

    def factory(self) -> SMTP:
        return self._speaks(self.handler, **self.SMTP_kwargs)

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening, ssl=self.ssl_context)


@contextmanager
def answering(answers: Answers, *, speaks: type[SMTP] = SMTP, **parameters: Any) -> Iterator[str]:
    """Run a real mail server and yield its host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = _OnSocket(listening, answers, speaks, authenticator=answers.authenticate, **parameters)
        server.start()
        try:
            yield f"127.0.0.1:{server.port}"
        finally:
            server.stop()


CLOSED = ""
"""In place of a reply: the line is closed."""
RESET = "\x00reset"
"""In place of a reply: the line is cut, as by a crash."""
SILENCE = "\x00silence"
"""In place of a reply: the line stays open, but nothing is read or said on it any more."""
LEAVES = "\x00leaves"
"""At the end of a reply: once it is said, the line is closed."""
OFFERS = "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN XOAUTH2"
"""A reply to EHLO."""


@dataclass
class Talk:
    """What a talker heard and took.

    In a session the replies that differ from the usual stand by verb ("RCPT") or by whole command ("rcpt TO:<a@example.org>");
    "hello" is before the first, "in mail" while a mail comes in, "." after it.
    """

    sessions: list[dict[str, str]]
    tls: ssl.SSLContext | None = None
    """The server's side of TLS, for STARTTLS."""
    tls_from_the_start: bool = False
    heard: list[str] = field(default_factory=list)
    """The verbs, in order."""
    commands: list[str] = field(default_factory=list)
    """The whole commands, in order."""
    stored: list[str] = field(default_factory=list)
    """To whom the mails went that arrived whole and were not refused, whatever was heard of that."""
    address: str = ""
    lines: list[socket.socket] = field(default_factory=list)

    def answer_late(self) -> None:
        """Say on every line, if it is still open, that a mail was accepted after all."""
        for line in self.lines:
            with suppress(OSError):
                line.sendall(b"250 OK after all\r\n")

    def reply_to(self, command: str, replies: dict[str, str]) -> str:
        """Return the reply to a command; before a mail is accepted it is stored, as any server does it."""
        reply = replies.get(command, replies.get(_verb(command), FINE))
        if command == "." and reply[:1] not in ("4", "5"):
            self.stored.append(next(said for said in reversed(self.commands) if _verb(said) == "RCPT")[9:-1])
        return reply

    def note(self, command: str) -> None:
        """Note what was heard."""
        self.commands.append(command)
        self.heard.append(_verb(command))

    def opened(self, line: socket.socket) -> socket.socket:
        """Keep a line, so that it is closed at last."""
        self.lines.append(line)
        return line

    def encrypted(self, line: socket.socket) -> socket.socket:
        """Return the line in TLS."""
        assert self.tls
        return self.opened(self.tls.wrap_socket(line, server_side=True))


_USUAL = {"hello": "220 here", "STARTTLS": "220 go on", "AUTH": "235 welcome", "DATA": "354 go on", "QUIT": "221 bye"}


@contextmanager
def talking(*sessions: dict[str, str], tls: ssl.SSLContext | None = None, tls_from_the_start: bool = False) -> Iterator[Talk]:
    """Run a talker that serves one connection per session, each by its own replies."""
    talk = Talk(list(sessions), tls, tls_from_the_start)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        talk.address = f"127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=_talk, args=(listening, talk))
        thread.start()
        try:
            yield talk
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for line in talk.lines:
                line.close()


def _talk(listening: socket.socket, talk: Talk) -> None:
    for session in talk.sessions:
        with suppress(OSError):
            line = talk.opened(listening.accept()[0])
            _converse(talk.encrypted(line) if talk.tls_from_the_start else line, _USUAL | session, talk)


def _converse(line: socket.socket, replies: dict[str, str], talk: Talk) -> None:
    """Serve one connection until it ends or falls silent."""
    command = "hello"
    while _says(line, reply := talk.reply_to(command, replies)):
        if command == "STARTTLS":
            line = talk.encrypted(line)
        if not reply.startswith("354"):
            came = _read(line, b"\r\n")
            command = came.decode(errors="replace").strip()
        elif replies.get("in mail") == SILENCE:
            return
        else:
            came, command = _read(line, b"\r\n.\r\n"), "."
        if not came:
            line.close()
            return
        talk.note(command)


def _verb(command: str) -> str:
    return command.partition(" ")[0].upper()


def _says(line: socket.socket, reply: str) -> bool:
    """Say a reply; return whether the conversation goes on."""
    if reply == SILENCE:
        return False
    if reply == RESET:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif reply:
        line.sendall(reply.removesuffix(LEAVES).encode() + b"\r\n")
    if reply in (CLOSED, RESET) or reply.endswith(LEAVES):
        line.close()
        return False
    return True


def _read(line: socket.socket, end: bytes) -> bytes:
    """Return what comes up to an end; nothing if the line ends before. The client never says more without an answer."""
    read = b""
    while not read.endswith(end):
        more = line.recv(65536)
        if not more:
            return b""
        read += more
    return read


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate that nobody vouches for, for loopback, and a server's side of TLS that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail server of a test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context
