"""The command line and the environment."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from datasynth.settings import OPTIONS, Settings, SettingsError, cores, under_gunicorn, unknown_variables
from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.settings import Option

# Each option with a text, and the value that it has to become.
EXAMPLES: dict[str, tuple[str, object]] = {
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104  # read here, not bound
    "port": ("8080", 8080),
    "grpc_port": ("0", 0),
    "worker_threads": ("7", 7),
    "api_keys": ("secret", ("secret",)),
    "api_key_file": ("keys.txt", Path("keys.txt")),
    "rate_limit": ("0", 0),
    "memory_limit": ("512M", 512 * 1024 * 1024),
    "config": ("retail.yaml", Path("retail.yaml")),
    "tls_cert": ("cert.pem", Path("cert.pem")),
    "tls_key": ("key.pem", Path("key.pem")),
    "trusted_proxies": ("2", 2),
    "allowed_origins": ("https://App.example", ("https://app.example",)),
    "allowed_hosts": ("Ledger.example", ("ledger.example",)),
    "log_level": ("DEBUG", "debug"),
    "log_format": ("json", "json"),
}
# TLS needs both of its files.
COMPANIONS = {"tls_cert": ("--tls-key", "DATASYNTH_TLS_KEY"), "tls_key": ("--tls-cert", "DATASYNTH_TLS_CERT")}

BOTH_WAYS = [
    pytest.param(lambda flag, _variable, text: Settings.from_args([flag, text], {}), id="flag"),
    pytest.param(lambda _flag, variable, text: Settings.from_env({variable: text}), id="variable"),
]


def test_every_field_is_an_option_and_has_an_example() -> None:
    """No setting can be added without a flag, a variable and a test."""
    expected = [field.name for field in fields(Settings)]

    assert expected == [option.name for option in OPTIONS]
    assert set(expected) == set(EXAMPLES)


def test_without_arguments_the_defaults_hold() -> None:
    """An empty command line in an empty environment gives the documented defaults."""
    expected = Settings(
        host="localhost",
        port=3000,
        grpc_port=50051,
        worker_threads=cores(),
        api_keys=(),
        api_key_file=None,
        rate_limit=100,
        memory_limit=None,
        config=None,
        tls_cert=None,
        tls_key=None,
        trusted_proxies=0,
        allowed_origins=(),
        allowed_hosts=(),
        log_level="info",
        log_format="text",
    )

    assert expected == Settings.from_args([], {})
    assert expected == Settings.from_env({})


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_is_read_from_flag_and_variable_alike(option: Option) -> None:
    """Every setting can be given on the command line and in the environment, with the same result."""
    text, expected = EXAMPLES[option.name]
    flag, variable = COMPANIONS.get(option.name, ("", ""))
    other_flag = [flag, "other.pem"] if flag else []
    other_variable = {variable: "other.pem"} if variable else {}

    by_flag = Settings.from_args([option.flag, text, *other_flag], {})
    by_variable = Settings.from_env({option.variable: text, **other_variable})

    assert expected == getattr(by_flag, option.name)
    assert by_flag == by_variable


def test_a_flag_goes_before_its_variable() -> None:
    """What the operator types wins over what the environment says."""
    environ = {"DATASYNTH_PORT": "4000", "DATASYNTH_RATE_LIMIT": "5"}

    settings = Settings.from_args(["--port", "5000"], environ)

    assert (5000, 5) == (settings.port, settings.rate_limit)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_empty_variable_is_the_default_or_refused(option: Option) -> None:
    """It changes nothing where there is a default, and passes for no key or limit where there is none."""
    if option.default == "none":
        with pytest.raises(SettingsError, match=f"^{option.variable}: "):
            Settings.from_env({option.variable: ""})
    else:
        assert Settings.from_env({}) == Settings.from_env({option.variable: ""})


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
@pytest.mark.parametrize("given", ["", " "])
def test_an_empty_flag_is_refused(option: Option, given: str) -> None:
    """Whoever types a flag means a value."""
    with pytest.raises(SettingsError, match=f"^{option.flag}: "):
        Settings.from_args([f"{option.flag}={given}"], {})


def test_keys_are_a_repeated_flag_or_a_comma_list() -> None:
    """Several keys may be valid at a time, and keys on the command line replace those of the variable."""
    expected = ("one", "two")

    assert expected == Settings.from_args(["--api-key", "one", "--api-key=two"], {}).api_keys
    assert expected == Settings.from_env({"DATASYNTH_API_KEY": "one, two"}).api_keys
    assert ("three",) == Settings.from_args(["--api-key", "three"], {"DATASYNTH_API_KEY": "one"}).api_keys


def test_origins_and_hosts_are_repeated_flags_or_comma_lists() -> None:
    """Several may be allowed, and `*` stands for all."""
    by_flags = [
        "--allowed-origin",
        "https://a.example",
        "--allowed-origin",
        "*",
        "--allowed-host",
        "b.example:81",
    ]
    by_variables = {
        "DATASYNTH_ALLOWED_ORIGIN": "https://a.example, *",
        "DATASYNTH_ALLOWED_HOST": "b.example:81",
    }
    expected = (("https://a.example", "*"), ("b.example:81",))

    for settings in (Settings.from_args(by_flags, {}), Settings.from_env(by_variables)):
        assert expected == (settings.allowed_origins, settings.allowed_hosts)


@pytest.mark.parametrize("given", ["", " ", ",", "one,", ",one", "one,,two", "one, ,two"])
def test_an_empty_key_is_refused(given: str) -> None:
    """It must not open the server, neither to everybody nor to a client with an empty header."""
    with pytest.raises(SettingsError, match=r"^DATASYNTH_API_KEY: a key cannot be empty$"):
        Settings.from_env({"DATASYNTH_API_KEY": given})


def test_keys_are_not_in_the_repr() -> None:
    """A settings object can be logged without giving keys away."""
    assert "hush" not in repr(Settings(api_keys=("hush",)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1073741824", 2**30), ("1G", 2**30), ("512m", 2**29), ("64MiB", 2**26), ("2TB", 2**41), ("9K", 9216)],
)
def test_a_size_is_bytes_or_a_number_with_a_unit(text: str, expected: int) -> None:
    """Units are powers of 1,024."""
    assert expected == Settings.from_env({"DATASYNTH_MEMORY_LIMIT": text}).memory_limit


@pytest.mark.parametrize("read", BOTH_WAYS)
@pytest.mark.parametrize(
    ("flag", "text", "expected"),
    [
        ("--port", "http", "'http' is not a whole number from 0 to 65535"),
        ("--port", "65536", "'65536' is not a whole number from 0 to 65535"),
        ("--port", "3000.0", "'3000.0' is not a whole number from 0 to 65535"),
        ("--port", "tcp://10.0.0.1:3000", "'tcp://10.0.0.1:3000' is not a whole number from 0 to 65535"),
        ("--grpc-port", "-1", "'-1' is not a whole number from 0 to 65535"),
        ("--worker-threads", "0", "'0' is not a whole number from 1 to 1024"),
        ("--worker-threads", "٣", "'٣' is not a whole number from 1 to 1024"),
        ("--rate-limit", "ten", "'ten' is not a whole number from 0 to 1000000"),
        ("--memory-limit", "0", "'0' is not a size in bytes such as 1073741824, 512M or 1G"),
        ("--memory-limit", "1.5G", "'1.5G' is not a size in bytes such as 1073741824, 512M or 1G"),
        ("--memory-limit", "nan", "'nan' is not a size in bytes such as 1073741824, 512M or 1G"),
        ("--trusted-proxies", "33", "'33' is not a whole number from 0 to 32"),
        ("--log-level", "loud", "'loud' is not one of debug, info, warning, error"),
        ("--log-format", "xml", "'xml' is not one of text, json"),
        ("--host", " ", "a value is missing"),
        ("--config", " ", "a value is missing"),
        ("--allowed-origin", "https://app.example/page", "is not an origin such as https://app.example:8443"),
        ("--allowed-origin", "https://app.example/", "is not an origin such as https://app.example:8443"),
        ("--allowed-origin", "app.example", "is not an origin such as https://app.example:8443"),
        ("--allowed-origin", "null", "it stands for every page that hides its origin"),
        ("--allowed-host", "https://ledger.example", "is not a host name such as ledger.example"),
        ("--allowed-host", "*.ledger.example", "is not a host name such as ledger.example"),
        ("--allowed-host", " ", "is not a host name such as ledger.example"),
        ("--api-key", "clé", "a key must consist of visible ASCII characters"),
        ("--api-key", "two words", "a key must consist of visible ASCII characters"),
    ],
)
def test_a_bad_value_is_refused_with_its_source(
    read: Callable[[str, str, str], Settings], flag: str, text: str, expected: str
) -> None:
    """The message names the flag or the variable, and never repeats a key."""
    variable = "DATASYNTH_" + flag.removeprefix("--").replace("-", "_").upper()

    with pytest.raises(SettingsError, match=r"^(--[a-z-]+|DATASYNTH_[A-Z_]+): ") as refused:
        read(flag, variable, text)

    assert expected in str(refused.value)
    assert "clé" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_all_bad_values_are_told_at_once() -> None:
    """Nobody has to start the server three times to learn of three mistakes."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_args(["--port", "x", "--rate-limit", "y"], {"DATASYNTH_LOG_LEVEL": "z"})

    told = str(refused.value)
    assert [True] * 3 == [
        word in told for word in ("--port: 'x'", "--rate-limit: 'y'", "DATASYNTH_LOG_LEVEL: 'z'")
    ]


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--prot", "3000"], "unrecognized arguments: --prot 3000"),
        (["--por", "3000"], "unrecognized arguments: --por 3000"),
        (["3000"], "unrecognized arguments: 3000"),
        (["--port"], "argument --port: expected one argument"),
        (["--port", "4000", "--grpc-port", "4000"], "both 4000"),
        (["--tls-cert", "cert.pem"], "--tls-cert and --tls-key go together"),
        (["--tls-key", "key.pem"], "--tls-cert and --tls-key go together"),
    ],
)
def test_a_bad_command_line_is_refused(argv: list[str], expected: str) -> None:
    """Unknown flags, missing values and contradictions end in one sentence."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_args(argv, {})

    assert expected in str(refused.value)


def test_two_free_ports_may_both_be_zero() -> None:
    """Zero is no port but a wish for one, so it may stand twice."""
    settings = Settings.from_args(["--port", "0", "--grpc-port", "0"], {})

    assert (0, 0) == (settings.port, settings.grpc_port)


def test_variables_that_are_no_settings_are_found() -> None:
    """A misspelt variable would leave a server without its key, so it is worth a warning."""
    environ = {"DATASYNTH_API_KEYS": "secret", "DATASYNTH_PORT": "1", "PATH": "/bin"}

    assert ["DATASYNTH_API_KEYS"] == unknown_variables(environ)


def test_gunicorn_is_recognised() -> None:
    """The arbiter says in a variable that it started the process."""
    assert under_gunicorn({"SERVER_SOFTWARE": "gunicorn/27.0.1"})
    assert not under_gunicorn({})


def test_the_reference_page_has_the_same_table() -> None:
    """Flags, variables and defaults are documented as they are."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| `--")]
    documented = [tuple(cell.strip(" `") for cell in row) for row in rows]

    assert documented == [(option.flag, option.variable, option.default) for option in OPTIONS]
