"""Ask Google for the access token with which a login by OAuth2 is done.

yagmail can do that too, but it waits for ever, and shows the token without verifying the mail server, or even unencrypted. No
sentence here quotes a secret, nor more of an answer than its code.
"""

import re
import ssl
from typing import Any

import httpx

from notifications.oauth2 import OAuth2
from notifications.verdicts import MailError, MailMisconfigured, MailServerUnreachable

TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"  # noqa: S105 - where it is asked for, not a token
TOKEN_TIMEOUT_SECONDS = 30

_LATER = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS)
_CODE = re.compile(r"[a-z_]{1,40}")
_TOKEN = re.compile(r"[\x21-\x7e]+")


def access_token(login: OAuth2) -> str:
    """Return a new access token; it holds for an hour.

    Raises:    MailServerUnreachable: no answer, or none that helps; waiting may
               MailMisconfigured: the login was refused
    """
    asked = {
        "client_id": login.google_client_id,
        "client_secret": login.google_client_secret.get_secret_value(),
        "refresh_token": login.google_refresh_token.get_secret_value(),
        "grant_type": "refresh_token",
    }
    trusted = ssl.create_default_context()  # the same as for mail servers
    try:
        answer = httpx.post(TOKEN_ADDRESS, data=asked, timeout=TOKEN_TIMEOUT_SECONDS, verify=trusted)
    except httpx.HTTPError as error:
        raise _no_answer(error) from None  # it holds the request, and that the secrets
    return _token_in(answer)


def _token_in(answer: httpx.Response) -> str:
    """Return the access token that an answer holds."""
    said = _said(answer)
    token = said.get("access_token")
    if answer.status_code == httpx.codes.OK and isinstance(token, str) and _TOKEN.fullmatch(token):
        return token
    code = said.get("error")
    words = f"{answer.status_code} {code}" if isinstance(code, str) and _CODE.fullmatch(code) else str(answer.status_code)
    if httpx.codes.is_client_error(answer.status_code) and answer.status_code not in _LATER:
        raise MailMisconfigured(
            f"{_host()} refuses the login by OAuth2: {words}; make a new refresh token and write it into the file that "
            "PLANKEEPER_SMTP_OAUTH2_FILE names."
        )
    raise MailServerUnreachable(f"{_host()} gives no access token now: {words}.")


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _no_answer(error: httpx.HTTPError) -> MailError:
    """Return what it means that Google could not be asked: waiting helps, or only another configuration does."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return MailMisconfigured(f"The certificate of {_host()} cannot be trusted: {cause.verify_message}.")
        cause = cause.__cause__ or cause.__context__
    return MailServerUnreachable(f"{_host()} cannot be asked for an access token: {str(error) or type(error).__name__}.")


def _host() -> str:
    return httpx.URL(TOKEN_ADDRESS).netloc.decode()
