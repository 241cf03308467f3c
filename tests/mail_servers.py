"""Mail servers on loopback for tests: a real one that answers as it is told, and a plain talker that falls silent on cue."""

import ipaddress
import socket
import ssl
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
    def __init__(self, listening: socket.socket, answers: Answers, **parameters: Any) -> None:
        super().__init__(answers, "127.0.0.1", listening.getsockname()[1], ready_timeout=30, **parameters)
        self._listening = listening

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening, ssl=self.ssl_context)


@contextmanager
def answering(answers: Answers, **parameters: Any) -> Iterator[str]:
    """Run a real mail server and yield its host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = _OnSocket(listening, answers, authenticator=answers.authenticate, **parameters)
        server.start()
        try:
            yield f"127.0.0.1:{server.port}"
        finally:
            server.stop()


@dataclass
class Talk:
    """What a talker heard, command by command, and which replies differ from the usual; an empty one closes the line."""

    sessions: list[dict[str, str]]
    heard: list[str] = field(default_factory=list)
    address: str = ""


_USUAL = {"hello": "220 here", "DATA": "354 go on", ".": FINE, "QUIT": "221 bye"}


@contextmanager
def talking(*sessions: dict[str, str]) -> Iterator[Talk]:
    """Run a talker that serves one connection per session, each by its own replies."""
    talk = Talk(list(sessions))
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


def _talk(listening: socket.socket, talk: Talk) -> None:
    for session in talk.sessions:
        with suppress(OSError):
            line, _ = listening.accept()
            with line, line.makefile("rb") as commands:
                _converse(line, commands, _USUAL | session, talk.heard)


def _converse(line: socket.socket, commands: Any, replies: dict[str, str], heard: list[str]) -> None:
    verb, in_mail = "hello", False
    while True:
        reply = replies.get(verb, FINE)
        if not in_mail or verb == ".":
            if not reply:
                return
            line.sendall(reply.encode() + b"\r\n")
            in_mail = reply.startswith("354")
        command = commands.readline()
        if not command:
            return
        verb = command.decode(errors="replace").split()[0].upper() if command.strip() else ""
        if not in_mail or verb == ".":
            heard.append(verb)


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
