"""A login to Google's mail servers by OAuth2, read from the file that yagmail would make by asking on the terminal.

No sentence here ever quotes what the file holds.
"""

import json
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from notifications.server import Server

_HOSTS = ("gmail.com", "googlemail.com")


class NoGoogleLogin(ValueError):
    """A login by OAuth2 cannot be had so; correct what PLANKEEPER_SMTP_OAUTH2_FILE holds, or PLANKEEPER_SMTP_URL."""


class OAuth2(BaseModel):
    """What Google gave to a program that may send mail for an account, in the words of yagmail's file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    google_client_id: str
    google_client_secret: SecretStr
    google_refresh_token: SecretStr
    email_address: str = ""
    """Not used: the account is the user in PLANKEEPER_SMTP_URL."""

    @classmethod
    def read(cls, text: str, server: Server) -> Self:
        """Read the file of a login, for a server that may be shown it.

        Raises:    NoGoogleLogin: it is none, or the server is not Google's, not encrypted, or has no user
        """
        if not server.host.casefold().endswith(tuple(f".{host}" for host in _HOSTS)):
            raise NoGoogleLogin(f"it is for Google's mail servers, such as smtp.gmail.com, and not for {server.host}")
        if server.scheme == "smtp" or not server.user or server.password:
            raise NoGoogleLogin(
                "PLANKEEPER_SMTP_URL has to be encrypted, with the account as its user and without a password, "
                "as in smtp+starttls://plan%40district.edu@smtp.gmail.com"
            )
        try:
            return cls.model_validate(json.loads(text))
        except (ValidationError, ValueError):
            raise NoGoogleLogin(
                "it has to be JSON with google_client_id, google_client_secret and google_refresh_token, and nothing else"
            ) from None
