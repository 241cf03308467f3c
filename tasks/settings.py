"""The settings: read from the environment, here and nowhere else. Each may also stand in a file named by `..._FILE`."""

import os
import re
import secrets
import stat
from collections.abc import Iterator
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from notifications.oauth2 import NoGoogleLogin, OAuth2
from notifications.server import Server
from notifications.verdicts import MailMisconfigured

CHECKOUT = Path(__file__).resolve().parents[1]
PREFIX = "PLANKEEPER_"


_PRIVATE = frozenset({"smtp_oauth2"})
"""Settings whose file nobody else may read."""


class SettingsRefused(ValueError):
    """A setting cannot be used; correct the variable that the sentence names."""


class Settings(BaseSettings):
    """What the environment decides. With the defaults no mail can leave the machine."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    home: Path = CHECKOUT / ".plankeeper"
    """The folder for all of plankeeper's own data."""
    plan: Path = CHECKOUT / "plan" / "socorro-isd-2023-2027.yaml"
    owners: Path = CHECKOUT / "owners.yaml"
    calendar: Path = CHECKOUT / "plan" / "calendar.yaml"
    evidence: Path = CHECKOUT / "evidence"
    """The folder in which evidence is filed by item and period; it need not be there."""
    database_url: SecretStr = SecretStr("")
    """Empty: SQLite in the home folder."""
    smtp_url: SecretStr = SecretStr("")
    """Empty: the mail catcher, which keeps every mail on this machine."""
    smtp_oauth2: SecretStr = SecretStr("")
    """Google's login by OAuth2 in place of a password, as JSON; its file may be read by its owner and group only."""
    mail_from: str = "plankeeper@example.org"
    mail_allow: Annotated[tuple[str, ...], NoDecode] = ()
    """Domains that may be written to through `smtp_url`, separated by commas."""
    mail_ceiling: Annotated[int, Field(ge=1)] = 1000
    """How many letters one run tries at most; the others wait for the next run."""
    relay_log: Path | None = None
    """Empty: none. Else the log of the Postfix behind `smtp_url`, as evidence of which letters in doubt it took."""
    source_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Hosts that figures may be fetched from, separated by commas: "data.example.org", with a port other than the usual one
    "data.example.org:8443", or with all below a domain ".example.org"."""
    source_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks of the organisation's own that may be asked besides the public ones, separated by commas."""
    source_seconds: Annotated[float, Field(gt=0, le=600)] = 60
    """How long one source may take, from the question to the end of the answer."""
    source_retry_seconds: Annotated[float, Field(ge=0, le=600)] = 5
    """How long after a source did not answer it is asked again; twice and four times as long after the next attempts."""
    channels: Annotated[tuple[str, ...], NoDecode] = ()
    """Names of channels besides mail that hear of escalations, separated by commas; the address of each is a secret of its own,
    `PLANKEEPER_CHANNEL_<NAME>`. Empty: none."""
    base_url: str = "http://127.0.0.1:8765"
    """Where the pages are, as links in mails name them; without a slash at the end."""
    secret_key: SecretStr = SecretStr("")
    """Empty: made once and kept in the home folder."""
    admin_password: SecretStr = SecretStr("")
    proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks of the proxies before the pages, separated by commas: they alone are believed when they say who asks."""
    admin_header: str = ""
    """The header by which such a proxy says who signed in, for whom the administrators' pages open. Empty: none."""
    public_plan: bool = True
    """Whether everybody may see how the plan stands, under /plan of the pages."""

    @field_validator("mail_allow", "source_hosts", "channels", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip().casefold() for part in parts if part.strip())

    @field_validator("source_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            if not re.fullmatch(r"\.?\w[\w-]*(\.\w[\w-]*)*(:[0-9]{1,5})?", host):
                raise ValueError(f'"{host}" is not the name of a host; write names, as in data.example.org')
        return value

    @field_validator("channels")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name):
                raise ValueError(
                    f'"{name}" is not a name of a channel; write letters, digits and underscores, as in leadership'
                )
        return value

    @field_validator("smtp_oauth2")
    @classmethod
    def _for_google(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if value.get_secret_value():
            _oauth2(value, info.data["smtp_url"])
        return value

    @field_validator("source_networks", "proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        return tuple(_network(part.strip()) for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("proxies")
    @classmethod
    def _not_everybody(cls, value: tuple[IPv4Network | IPv6Network, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
        for network in value:
            if network.prefixlen == 0:
                raise ValueError(f"{network} is everybody; name the proxies alone, as in 10.20.0.5")
        return value

    @field_validator("admin_header")
    @classmethod
    def _from_a_proxy(cls, value: str, info: ValidationInfo) -> str:
        if value and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,60}", value):
            raise ValueError(f'"{value}" is not the name of a header; write one as in X-Remote-User')
        if value and not info.data.get("proxies"):
            raise ValueError("it is believed only from a proxy that PLANKEEPER_PROXIES names; set that too")
        return value

    @field_validator("home", "plan", "owners", "calendar", "evidence", "relay_log")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value and value.absolute()  # the worker and the pages run in another folder

    @field_validator("base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("it has to start with http:// or https://")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read values given in code first, then the environment, then the files that it names."""
        return init_settings, env_settings, _FromFiles(settings_cls)

    @property
    def catches_mail(self) -> bool:
        """Return whether mail stays on this machine, in the catcher's inbox."""
        return not self.smtp_url.get_secret_value()

    @property
    def oauth2(self) -> OAuth2 | None:
        """Return Google's login by OAuth2, or None if the mail server is logged in to otherwise."""
        return _oauth2(self.smtp_oauth2, self.smtp_url) if self.smtp_oauth2.get_secret_value() else None

    @property
    def inbox(self) -> Path:
        """Return the folder of the mail catcher."""
        return self.home / "inbox"

    @property
    def database(self) -> str:
        """Return the database's URL."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.home.resolve() / 'ledger.sqlite'}"

    @cached_property
    def key(self) -> bytes:
        """Return the secret that message ids are made with; kept in the home folder, for its owner only, if none is set."""
        given = self.secret_key.get_secret_value()
        return given.encode() if given else _kept_key(self.home / "secret_key")


class _FromFiles(PydanticBaseSettingsSource):
    """Reads a setting from the file that `PLANKEEPER_<NAME>_FILE` names, without the line break at its end."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the base's signature
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        if field_name in _PRIVATE:
            _check_private(variable)
        return _text_of(variable), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = ((name, self.get_field_value(field, name)[0]) for name, field in self.settings_cls.model_fields.items())
        return {name: value for name, value in found if value is not None}


def _oauth2(login: SecretStr, smtp_url: SecretStr) -> OAuth2:
    try:
        server = Server.at(smtp_url.get_secret_value())
    except MailMisconfigured as error:
        raise NoGoogleLogin(str(error).removesuffix(".")) from None
    return OAuth2.read(login.get_secret_value(), server)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a network; write its first address and its length, as in 10.20.0.0/16') from None


def read_settings() -> Settings:
    """Return the settings of the environment.

    Raises:    SettingsRefused: a variable cannot be used; one sentence for each
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsRefused(" ".join(_sentences(error))) from None


def source_secret(name: str) -> str:
    """Return what a source of the plan names, such as a key or a database's address: `PLANKEEPER_SOURCE_<NAME>`.

    Raises:    SettingsRefused: it is not set
    """
    return _secret(f"{PREFIX}SOURCE_{name}", "a source of the plan names it")


def channel_address(name: str) -> str:
    """Return the address of a channel that the settings name, as apprise writes it: `PLANKEEPER_CHANNEL_<NAME>`.

    Raises:    SettingsRefused: it is not set
    """
    return _secret(f"{PREFIX}CHANNEL_{name.upper()}", "PLANKEEPER_CHANNELS names it")


def prefect_api() -> tuple[str, str]:
    """Return where the Prefect server's API is and the login to it, as Prefect's own variables say; empty where not set."""
    return os.environ.get("PREFECT_API_URL", "").rstrip("/"), os.environ.get("PREFECT_API_AUTH_STRING", "")


def _secret(variable: str, because: str) -> str:
    found = os.environ.get(variable) or _text_of(f"{variable}_FILE")
    if not found:
        raise SettingsRefused(f"{variable} is not set, and {because}; set it, or {variable}_FILE.")
    return found


def _text_of(variable: str) -> str | None:
    """Return the text of the file that a variable names, without the line break at its end; None if it names none."""
    named = os.environ.get(variable)
    if not named:
        return None
    try:
        return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"{variable} names {named}, which cannot be read as text: {error}") from error


def _check_private(variable: str) -> None:
    """Refuse the file that a variable names if everybody on this machine may read it; that it is missing is said later."""
    named = Path(os.environ.get(variable, ""))
    if named.is_file() and named.stat().st_mode & stat.S_IROTH:
        raise SettingsRefused(f"{variable} names {named}, which everybody on this machine may read; run chmod 600 on it.")


def _sentences(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in fault["loc"]).upper()
        yield f"{PREFIX}{name} cannot be used: {fault['msg'].removeprefix('Value error, ')}."


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_hex(32)
    try:
        # Whole or not at all, also when two processes start at once: the link fails if the name is taken.
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(made)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text().encode()
