"""Hand ready mails to a mail server, one recipient each, over one verified connection that is kept.

Only the connection is yagmail's (connect, TLS, login). Its own send() is switched off: it sends again when a connection dies
after the server accepted, attaches files that a text happens to name, and returns refusals instead of raising them.
"""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, Self

import yagmail.sender  # type: ignore[import-untyped]

from notifications.oauth2 import OAuth2
from notifications.server import Server
from notifications.tokens import access_token
from notifications.verdicts import (
    AddressRefused,
    ClaimLost,
    MailDeferred,
    MailError,
    MailInDoubt,
    MailMisconfigured,
    MailRefused,
    MailServerUnreachable,
    at_recipient,
    refuses_us,
)
from plan.record import UNPRINTABLE

__all__ = [
    "AddressRefused",
    "ClaimLost",
    "MailDeferred",
    "MailError",
    "MailInDoubt",
    "MailMisconfigured",
    "MailRefused",
    "MailServerUnreachable",
    "Mailer",
]

TIMEOUT_SECONDS = 30
ANSWER_TIMEOUT_SECONDS = 600
"""How long a server may take for its last word on a mail (RFC 5321, 4.5.3.2.6)."""

_smtp = yagmail.sender.smtplib


class Mailer(yagmail.sender.Client):  # type: ignore[misc]
    """One connection to one mail server, opened when the first mail is handed over and reopened after a failure."""

    smtp: Any

    def __init__(self, url: str, sender_address: str, *, oauth2: OAuth2 | None = None) -> None:
        self.server = Server.at(url)
        self.sender_address = sender_address
        self.oauth2 = oauth2
        context = ssl.create_default_context()
        encrypted = self.server.scheme == "smtps"
        login = self.server.user or sender_address
        super().__init__(
            user={login: login},  # as a mapping, because a bare name would become one at gmail.com
            password=self.server.password,  # never None, which would ask for one on the terminal
            host=self.server.host,
            port=self.server.port,
            smtp_ssl=encrypted,
            smtp_starttls={"context": context} if self.server.scheme == "smtp+starttls" else False,
            smtp_skip_login=not self.server.user or oauth2 is not None,
            soft_email_validation=False,
            timeout=TIMEOUT_SECONDS,
            **({"context": context} if encrypted else {}),
        )
        self.set_logging(None)

    def __repr__(self) -> str:
        return f"<Mailer to {self.server}>"

    def __enter__(self) -> Self:
        return self

    def send(self, *_: object, **__: object) -> NoReturn:
        """Refuse to send in yagmail's own way."""
        raise NotImplementedError("a Mailer hands over ready mails; call hand_over()")

    def close(self) -> None:
        """Take leave of the server, if connected."""
        self.is_closed = True
        if self.smtp is not None:
            with suppress(OSError):  # it may have left before us
                self.smtp.quit()
            self._drop()

    def hand_over(self, address: str, content: bytes, before_data: Callable[[], bool]) -> str:
        """Hand a mail to the server and return what it said on accepting it.

        Args:      content: the whole mail as it is to arrive
                   before_data: called when nothing but the mail itself is left to send; False stops it there
        Raises:    AddressRefused, MailRefused, MailDeferred, MailServerUnreachable, MailMisconfigured, MailInDoubt, ClaimLost
        """
        if not address.isascii() or UNPRINTABLE.search(address):
            raise AddressRefused(f'"{UNPRINTABLE.sub("?", address)}" is not a mail address.')
        self._be_connected()
        try:
            self._announce(address)
            if before_data():
                return self._transmit(content)
            self._forget()
        except BaseException:
            self._drop()
            raise
        raise ClaimLost("The claim was lost before the mail was handed over; nothing was sent.")

    def _be_connected(self) -> None:
        if self.smtp is not None and not self._is_alive():
            self._drop()
        if self.smtp is None:
            self._connect()

    def _is_alive(self) -> bool:
        try:
            return bool(self.smtp.noop()[0] == 250)
        except OSError:
            return False

    def _connect(self) -> None:
        token = access_token(self.oauth2) if self.oauth2 else None
        try:
            self.login()
            self.smtp.ehlo_or_helo_if_needed()
            if token:
                self._log_in_by(token)
        except OSError as error:
            self._drop()
            raise _at_connect(error, self.server) from error

    def _log_in_by(self, token: str) -> None:
        """Log in by an access token, over the connection that is encrypted and verified by now."""
        if "XOAUTH2" not in self.smtp.esmtp_features.get("auth", "").split():
            raise _smtp.SMTPNotSupportedError("no login by OAuth2")
        words = f"user={self.server.user}\1auth=Bearer {token}\1\1"
        # A challenge says why the login fails; an empty answer makes the server end it with its 535.
        self.smtp.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "")

    def _announce(self, address: str) -> None:
        """Say from whom and to whom; what is refused here was certainly not accepted."""
        with self._nothing_sent_yet():
            sender = self.smtp.mail(self.sender_address)
            if not _is_fine(sender):
                failure = MailMisconfigured if _is_final(sender) else MailDeferred
                raise failure(f"{self.server} does not take mail from {self.sender_address}: {_words(sender)}")
            recipient = self.smtp.rcpt(address)
            if not _is_fine(recipient):
                raise self._failure_at(address, recipient)

    def _failure_at(self, address: str, refusal: tuple[int, bytes]) -> MailError:
        """Return what it means that a recipient is not taken: it lies in the address, in this mail, or in us.

        Whether the server refuses everybody shows when it is asked about the sender too; nothing is sent there.
        """
        sentence = f"{self.server} does not take mail for {address}: {_words(refusal)}"
        if not _is_final(refusal):
            return MailDeferred(sentence)
        if address.casefold() == self.sender_address.casefold():
            return at_recipient(refusal[1], without_reason=MailRefused)(sentence)
        sender = self.smtp.rcpt(self.sender_address)
        if _is_final(sender) and refuses_us(sender[1]):
            remedy = "check PLANKEEPER_SMTP_URL, PLANKEEPER_MAIL_FROM and that this machine may relay"
            nobody = f"does not take mail for anybody, not even for {self.sender_address}"
            return MailMisconfigured(f"{self.server} {nobody}: {_words(sender)}; {remedy}.")
        if not _is_fine(sender):  # nobody may read mail at the sender's address, so its refusal proves nothing
            return MailDeferred(f"{sentence}; nor for {self.sender_address}: {_words(sender)}")
        return at_recipient(refusal[1], without_reason=AddressRefused)(sentence)

    def _transmit(self, content: bytes) -> str:
        """Send the mail itself; once the server lets it begin, silence means doubt."""
        with self._nothing_sent_yet():
            begun = self.smtp.docmd("DATA")
        if begun[0] != 354:
            failure: type[MailError] = MailRefused if _is_final(begun) else MailDeferred
            raise failure(f"{self.server} did not accept the mail: {_words(begun)}")
        try:
            self.smtp.sock.settimeout(ANSWER_TIMEOUT_SECONDS)
            self.smtp.sock.sendall(_with_dots_doubled(content) + b".\r\n")
            reply = self.smtp.getreply()
            self.smtp.sock.settimeout(TIMEOUT_SECONDS)
        except OSError as error:
            raise MailInDoubt(f"{self.server} fell silent after DATA and may have accepted the mail: {error}.") from error
        if _is_fine(reply):
            return _words(reply)
        failure = {4: MailDeferred, 5: MailRefused}.get(reply[0] // 100, MailInDoubt)
        raise failure(f"{self.server} did not accept the mail: {_words(reply)}")

    @contextmanager
    def _nothing_sent_yet(self) -> Iterator[None]:
        """Put the mail off if the connection breaks in here, where no byte of the mail itself is sent."""
        try:
            yield
        except OSError as error:
            raise MailDeferred(f"{self.server} broke off before the mail was handed over: {error}.") from error

    def _forget(self) -> None:
        """Take back what was announced; the connection stays for the next mail, if it can."""
        try:
            self.smtp.rset()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
        self.smtp = None


def _at_connect(error: OSError, server: Server) -> MailError:
    """Return what a failure to connect, to encrypt or to log in means: waiting helps, or only another configuration does."""
    match error:
        case ssl.SSLCertVerificationError():
            return MailMisconfigured(f"The certificate of {server} cannot be trusted: {error.verify_message}.")
        case _smtp.SMTPAuthenticationError(smtp_code=code) if code // 100 == 5:
            return MailMisconfigured(
                f"{server} does not accept the login: {_words(error.args)}; check the user and password of PLANKEEPER_SMTP_URL."
            )
        case _smtp.SMTPResponseException(smtp_code=code):
            failure: type[MailError] = MailMisconfigured if code // 100 == 5 else MailServerUnreachable
            return failure(f"{server} does not serve us: {_words((code, error.smtp_error))}")
        case _smtp.SMTPServerDisconnected() | ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return MailServerUnreachable(f"{server} broke off while connecting: {error}.")
        case _smtp.SMTPException() | ssl.SSLError():
            return MailMisconfigured(f"{server} does not offer what PLANKEEPER_SMTP_URL asks for: {error}.")
    return MailServerUnreachable(f"{server} cannot be reached: {error}.")


def _is_fine(reply: tuple[int, bytes]) -> bool:
    return reply[0] // 100 == 2


def _is_final(reply: tuple[int, bytes]) -> bool:
    return reply[0] // 100 == 5


def _words(reply: tuple[int, bytes | str]) -> str:
    """Return a server's reply as one line."""
    code, said = reply
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {UNPRINTABLE.sub(' ', text)}".split())


def _with_dots_doubled(content: bytes) -> bytes:
    """Return a mail as it goes over the wire: closed by a line end, and no line that is a lone dot."""
    closed = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", closed)
