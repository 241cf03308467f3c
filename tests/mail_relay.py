"""Debian's Postfix on loopback, as an instance of its own in a folder of its own; the system's is never touched."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from typing import BinaryIO
from urllib.parse import quote

import pytest

from tests.commands import eventually
from tests.mail_servers import certificate

USER, PASSWORD = "plan", "p@ss/word"
DOMAIN = "example.org"
REFUSED = f"refused@{DOMAIN}"
"""To whom mail is refused when it has come in whole."""

_POSTFIX = Path("/usr/sbin/postfix")
_NOBODY = 65534

_MAIN = f"""
compatibility_level = 3.6
queue_directory = {{folder}}/queue
data_directory = {{folder}}/kept
maillog_file = {{folder}}/log/mail.log
maillog_file_prefixes = {{folder}}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.{DOMAIN}
mydestination =
local_recipient_maps =
alias_maps =
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {{folder}}/mailboxes
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{_NOBODY}
virtual_gid_maps = static:{_NOBODY}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {{folder}}/certificate.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {{folder}}/logins
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_end_of_data_restrictions = check_recipient_access inline:{{{{{REFUSED}=REJECT}}}}
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_GREETING = "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t1\nDONE\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A running Postfix that takes mail for example.org into one mailbox, from whoever logs in."""

    folder: Path
    port: int
    certificate: Path

    def url(self, *, scheme: str = "smtp+starttls", password: str = PASSWORD, port: int | None = None) -> str:
        """Return its address for the settings, with a login."""
        return f"{scheme}://{USER}:{quote(password, safe='')}@127.0.0.1:{port or self.port}"

    @property
    def log(self) -> Path:
        """Its log."""
        return self.folder / "log" / "mail.log"

    def logged(self, words: str, *, after: int = 0) -> bool:
        """Return whether words stand in the log, after so many characters of it."""
        return self.log.exists() and words in self.log.read_text()[after:]

    def delivered(self) -> list[bytes]:
        """Return the mails in the mailbox."""
        return [path.read_bytes() for path in (self.folder / "mailboxes" / "all" / "new").glob("*")]


def or_skip() -> None:
    """Skip the test where there is no Postfix, or nobody who may start it."""
    if not _POSTFIX.exists():
        pytest.skip("Postfix is not installed; `make mta` does that")
    if os.geteuid() != 0:
        pytest.skip("only root can start Postfix")


@contextmanager
def relaying() -> Iterator[Relay]:
    """Run a Postfix with a mailbox that is empty."""
    # Its processes run under users of their own, who must be able to look into the folder; pytest's are closed.
    folder = Path(tempfile.mkdtemp(prefix="plankeeper-relay-"))
    folder.chmod(0o755)
    try:
        relay = _set_up(folder)
        with _judging_logins(folder / "logins"), _running(relay):
            yield relay
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(relay: Relay) -> Iterator[None]:
    """Run Postfix as a process of this one, which is waited for in the end; started as a daemon it would be nobody's."""
    command = [str(_POSTFIX), "-c", str(relay.folder / "configuration")]
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*command, "start-fg"], stdout=quiet, stderr=quiet, text=True) as postfix:
        try:
            eventually(lambda: relay.logged("daemon started"), while_running=postfix)
            yield
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True)  # it may never have come up


def _set_up(folder: Path) -> Relay:
    configuration, mailboxes = folder / "configuration", folder / "mailboxes"
    for name in ("configuration", "queue", "kept", "log", "mailboxes"):
        (folder / name).mkdir()
    shutil.chown(folder / "kept", "postfix")
    os.chown(mailboxes, _NOBODY, _NOBODY)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (configuration / "main.cf").write_text(_MAIN.format(folder=folder))
    (configuration / "master.cf").write_text(_MASTER.format(port=port))
    return Relay(folder=folder, port=port, certificate=certificate(folder)[0])


@contextmanager
def _judging_logins(path: Path) -> Iterator[None]:
    """Tell Postfix which logins are right, as Dovecot does; nothing more has to be installed for that."""
    with ThreadingUnixStreamServer(str(path), _Logins) as server:
        path.chmod(0o666)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


class _Logins(StreamRequestHandler):
    """A connection on which Postfix asks; Dovecot's authentication protocol, version 1.1."""

    def handle(self) -> None:
        self.wfile.write(_GREETING.encode())
        for line in self.rfile:
            asked, *given = line.decode().rstrip("\n").split("\t")
            if asked == "AUTH":
                login = b64decode(given[-1].removeprefix("resp=")).decode().split("\0")
                verdict = "OK" if login[1:] == [USER, PASSWORD] else "FAIL"
                self.wfile.write(f"{verdict}\t{given[0]}\tuser={login[1]}\n".encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A line to a mail server that breaks in the middle of a mail, and what the server last said that nobody heard."""

    port: int
    unheard: list[str]


@contextmanager
def breaking(port: int, *, before_the_end: bool) -> Iterator[Cut]:
    """Pass one connection on until a mail is under way; then hang up, before its last line or before the answer to it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        cut = Cut(port=listening.getsockname()[1], unheard=[])
        thread = threading.Thread(target=_break, args=(listening, port, before_the_end, cut.unheard))
        thread.start()
        try:
            yield cut
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _break(listening: socket.socket, port: int, before_the_end: bool, unheard: list[str]) -> None:
    with suppress(OSError):
        client, _ = listening.accept()
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            asked, answered = client.makefile("rb"), server.makefile("rb")
            while not (answer := _answer(answered)).startswith(b"354"):
                client.sendall(answer)
                server.sendall(_line(asked))
            client.sendall(answer)
            mail = list(iter(partial(_line, asked), b".\r\n"))
            server.sendall(b"".join(mail))
            if not before_the_end:
                server.sendall(b".\r\n")
                unheard.append(_answer(answered).decode())


def _answer(answered: BinaryIO) -> bytes:
    """Return a server's answer with all its lines."""
    lines = [_line(answered)]
    while lines[-1][3:4] == b"-":
        lines.append(_line(answered))
    return b"".join(lines)


def _line(said: BinaryIO) -> bytes:
    """Return the next line that is said; it is an OSError if the other side has left."""
    if line := said.readline():
        return line
    raise ConnectionResetError
