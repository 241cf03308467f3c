"""The settings: where each comes from, what is refused with which sentence, and what never shows."""

import stat
import subprocess
from ipaddress import ip_network
from pathlib import Path

import pytest

from tasks.settings import CHECKOUT, Settings, SettingsRefused, read_settings
from tests.commands import ended, start

SECRETS = ("database_url", "smtp_url", "secret_key", "admin_password")


def test_with_no_setting_everything_stays_in_the_checkout_and_no_mail_leaves(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLANKEEPER_HOME")
    settings = read_settings()
    assert settings.home == CHECKOUT / ".plankeeper"
    assert settings.plan == CHECKOUT / "plan" / "socorro-isd-2023-2027.yaml"
    assert settings.catches_mail
    assert (settings.mail_allow, settings.relay_log) == ((), None)
    assert settings.evidence == CHECKOUT / "evidence"
    assert (settings.source_hosts, settings.source_networks) == ((), ())
    assert (settings.proxies, settings.admin_header) == ((), "")


def test_the_home_folder_holds_database_and_inbox(home: Path) -> None:
    settings = read_settings()
    assert settings.database == f"sqlite:///{home / 'ledger.sqlite'}"
    assert settings.inbox == home / "inbox"


def test_a_variable_decides(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_DATABASE_URL", "postgresql://here/plan")
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", "smtp://127.0.0.1:25")
    monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", " District.example , ,other.example")
    monkeypatch.setenv("PLANKEEPER_BASE_URL", "https://plan.example/")
    settings = read_settings()
    assert settings.database == "postgresql://here/plan"
    assert not settings.catches_mail
    assert settings.mail_allow == ("district.example", "other.example")
    assert settings.base_url == "https://plan.example"


def test_hosts_and_networks_are_lists_separated_by_commas(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_SOURCE_HOSTS", "Data.Example.org, ,localhost:8080 ,.example.com")
    monkeypatch.setenv("PLANKEEPER_SOURCE_NETWORKS", "10.20.0.0/16, 192.0.2.7,2001:DB8::/32,")
    monkeypatch.setenv("PLANKEEPER_PROXIES", "127.0.0.1, ::1")
    monkeypatch.setenv("PLANKEEPER_ADMIN_HEADER", "X-Remote-User")
    settings = read_settings()
    assert settings.source_hosts == ("data.example.org", "localhost:8080", ".example.com")
    assert settings.source_networks == (ip_network("10.20.0.0/16"), ip_network("192.0.2.7/32"), ip_network("2001:db8::/32"))
    assert (settings.proxies, settings.admin_header) == ((ip_network("127.0.0.1"), ip_network("::1")), "X-Remote-User")
    assert Settings(source_networks=settings.source_networks).source_networks == settings.source_networks


@pytest.mark.parametrize("name", ["evidence", "relay_log"])
def test_a_path_names_the_same_file_from_any_folder(
    name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"PLANKEEPER_{name.upper()}", "named")
    assert getattr(read_settings(), name) == tmp_path / "named"


def test_an_empty_variable_is_as_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_BASE_URL", "")
    assert read_settings().base_url == "http://127.0.0.1:8765"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_stand_in_a_file(name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("  hush hush \r\n")
    monkeypatch.setenv(f"PLANKEEPER_{name.upper()}_FILE", str(tmp_path / "secret"))
    assert getattr(read_settings(), name).get_secret_value() == "  hush hush "


def test_the_variable_goes_before_the_file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "from").write_text("file@example.org")
    monkeypatch.setenv("PLANKEEPER_MAIL_FROM_FILE", str(tmp_path / "from"))
    assert read_settings().mail_from == "file@example.org"
    monkeypatch.setenv("PLANKEEPER_MAIL_FROM", "variable@example.org")
    assert read_settings().mail_from == "variable@example.org"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"], ids=["missing", "not-text"])
def test_a_file_that_cannot_be_read_is_named_with_its_variable(
    content: bytes | None, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    if content:
        path.write_bytes(content)
    monkeypatch.setenv("PLANKEEPER_ADMIN_PASSWORD_FILE", str(path))
    with pytest.raises(SettingsRefused, match=f"^PLANKEEPER_ADMIN_PASSWORD_FILE names {path}, which cannot be read as text: "):
        read_settings()


GOOGLE_LOGIN = '{"google_client_id": "client", "google_client_secret": "hush", "google_refresh_token": "hush"}'
GMAIL = "smtp+starttls://plan%40district.edu@smtp.gmail.com"


def oauth2_file(folder: Path, monkeypatch: pytest.MonkeyPatch, *, mode: int = 0o600, smtp_url: str = GMAIL) -> Path:
    """Name a file with a login by OAuth2 in the environment."""
    path = folder / "google.json"
    path.write_text(GOOGLE_LOGIN)
    path.chmod(mode)
    monkeypatch.setenv("PLANKEEPER_SMTP_URL", smtp_url)
    monkeypatch.setenv("PLANKEEPER_SMTP_OAUTH2_FILE", str(path))
    return path


@pytest.mark.parametrize("mode", [0o600, 0o640], ids=["owner", "group"])
def test_a_login_by_oauth2_may_take_the_place_of_a_password(
    mode: int, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings().oauth2 is None
    oauth2_file(tmp_path, monkeypatch, mode=mode)
    settings = read_settings()
    assert settings.oauth2
    assert settings.oauth2.google_refresh_token.get_secret_value() == "hush"
    assert "hush" not in repr(settings) + repr(settings.oauth2)


def test_a_login_by_oauth2_that_everybody_may_read_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = oauth2_file(tmp_path, monkeypatch, mode=0o644)
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    assert str(refused.value) == (
        f"PLANKEEPER_SMTP_OAUTH2_FILE names {path}, which everybody on this machine may read; run chmod 600 on it."
    )


@pytest.mark.parametrize(
    ("smtp_url", "said"),
    [
        pytest.param("", "PLANKEEPER_SMTP_URL is not the address of a mail server; write it as in ", id="no-server"),
        pytest.param("smtps://plan@mail.district.edu", "it is for Google's mail servers, such as ", id="not-googles"),
        pytest.param("smtps://plan:hush@smtp.gmail.com", "PLANKEEPER_SMTP_URL has to be encrypted, with ", id="password"),
    ],
)
def test_a_login_by_oauth2_is_refused_for_a_server_that_it_is_not_for(
    smtp_url: str, said: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    oauth2_file(tmp_path, monkeypatch, smtp_url=smtp_url)
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    assert str(refused.value).startswith(f"PLANKEEPER_SMTP_OAUTH2 cannot be used: {said}")
    assert str(refused.value).endswith(".")
    assert ".." not in str(refused.value)
    assert "hush" not in str(refused.value)


HOST = "is not the name of a host; write names, as in data.example.org"
EVERYBODY = "is everybody; name the proxies alone, as in 10.20.0.5"
NO_PROXY = "it is believed only from a proxy that PLANKEEPER_PROXIES names; set that too"
NETWORK = "is not a network; write its first address and its length, as in 10.20.0.0/16"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("BASE_URL", "plan.example", "it has to start with http:// or https://", id="base-url"),
        pytest.param("MAIL_CEILING", "0", "Input should be greater than or equal to 1", id="ceiling-of-none"),
        pytest.param("SOURCE_HOSTS", "a.example,https://b.example", f'"https://b.example" {HOST}', id="address-for-a-host"),
        pytest.param("SOURCE_HOSTS", "a.example:", f'"a.example:" {HOST}', id="port-missing"),
        pytest.param("SOURCE_HOSTS", "a.example/data", f'"a.example/data" {HOST}', id="host-with-a-path"),
        pytest.param("SOURCE_HOSTS", "*.example", f'"*.example" {HOST}', id="any-host-below"),
        pytest.param("SOURCE_NETWORKS", "10.20.0.0/16,intranet", f'"intranet" {NETWORK}', id="word-for-a-network"),
        pytest.param("SOURCE_NETWORKS", "10.20.0.1/16", f'"10.20.0.1/16" {NETWORK}', id="address-within-a-network"),
        pytest.param("SOURCE_NETWORKS", "10.20.0.0/33", f'"10.20.0.0/33" {NETWORK}', id="length-that-is-none"),
        pytest.param("PROXIES", "nginx", f'"nginx" {NETWORK}', id="name-of-a-proxy"),
        pytest.param("PROXIES", "10.20.0.5,::/0", f"::/0 {EVERYBODY}", id="everybody-as-a-proxy"),
        pytest.param("PROXIES", "0.0.0.0/0", f"0.0.0.0/0 {EVERYBODY}", id="everybody-of-ipv4-as-a-proxy"),
        pytest.param("ADMIN_HEADER", "X-Remote-User", NO_PROXY, id="header-from-anybody"),
        pytest.param(
            "ADMIN_HEADER",
            "X Remote",
            '"X Remote" is not the name of a header; write one as in X-Remote-User',
            id="words-for-a-header",
        ),
    ],
)
def test_a_bad_value_is_refused_in_a_sentence_that_names_its_variable(
    name: str, value: str, said: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"PLANKEEPER_{name}", value)
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    assert str(refused.value) == f"PLANKEEPER_{name} cannot be used: {said}."


def test_secrets_show_nowhere(home: Path) -> None:
    settings = Settings.model_validate(dict.fromkeys(SECRETS, "hush-hush"))
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "hush-hush" not in shown


def test_a_secret_key_that_is_given_is_kept_nowhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANKEEPER_SECRET_KEY", "given")
    assert read_settings().key == b"given"
    assert not home.exists()


def test_a_secret_key_is_made_once_and_only_its_owner_may_read_it(home: Path) -> None:
    made = read_settings().key
    assert len(made) == 64
    assert read_settings().key == made == (home / "secret_key").read_bytes()
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret_key"]


def test_a_home_folder_of_which_there_is_another_secret_key_makes_another(home: Path, tmp_path: Path) -> None:
    assert Settings(home=tmp_path / "other").key != read_settings().key


def test_processes_that_start_at_once_agree_on_the_secret_key(home: Path) -> None:
    code = (
        "import sys; from tasks.settings import read_settings; s = read_settings(); sys.stdin.readline(); print(s.key.decode())"
    )
    starting = [start(home, "-c", code, stdin=subprocess.PIPE) for _ in range(4)]
    for one in starting:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    keys = {ended(one).out for one in starting}
    assert keys == {(home / "secret_key").read_text() + "\n"}
