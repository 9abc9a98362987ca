"""What is tried before a server starts."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import InvalidConfiguration, InvalidRequest
from datasynth.preflight import Plan, or_exit, plan, sentence
from datasynth.settings import Settings, SettingsError
from tests.server import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path


def test_good_settings_become_addresses_and_a_free_port() -> None:
    """Port 0 is settled here, one for all addresses."""
    settings = Settings(host=LOOPBACK, port=0, grpc_port=0)

    planned = plan(settings)

    assert Plan(settings, (LOOPBACK,), planned.port) == planned
    assert planned.port > 0


def test_a_taken_port_is_refused() -> None:
    """The sentence tells who wanted which port."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(OSError, match=rf"HTTP cannot listen on 127\.0\.0\.1:{port}"):
            plan(Settings(host=LOOPBACK, port=port, grpc_port=0))
        with pytest.raises(OSError, match=rf"gRPC cannot listen on 127\.0\.0\.1:{port}"):
            plan(Settings(host=LOOPBACK, port=0, grpc_port=port))


def test_a_bad_configuration_file_is_refused(tmp_path: Path) -> None:
    """It is read before anything is forked."""
    file = tmp_path / "config.yaml"
    file.write_text("transactions: {target_count: 0}")

    with pytest.raises(InvalidConfiguration, match="target_count"):
        plan(Settings(host=LOOPBACK, port=0, grpc_port=0, config=file))


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    """Both files are named."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_text("certainly")
    key.write_text("not")

    with pytest.raises(SettingsError, match=r"cert\.pem with key .*key\.pem"):
        plan(Settings(host=LOOPBACK, port=0, grpc_port=0, tls_cert=certificate, tls_key=key))


def test_an_open_server_without_a_key_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """With a key, or on the loopback address, there is nothing to warn of."""
    everywhere = "0.0.0.0"  # noqa: S104  # what the warning is about

    plan(Settings(host=LOOPBACK, port=0, grpc_port=0))
    plan(Settings(host=everywhere, port=0, grpc_port=0, api_keys=("key",)))
    assert caplog.messages == []
    plan(Settings(host=everywhere, port=0, grpc_port=0))

    assert caplog.messages == ["Host 0.0.0.0 can be reached from outside, and there is no --api-key"]


def test_pages_of_all_origins_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """With a key, or where origins are named, there is nothing to warn of."""
    plan(Settings(host=LOOPBACK, port=0, grpc_port=0, allowed_origins=("https://app.example",)))
    plan(Settings(host=LOOPBACK, port=0, grpc_port=0, allowed_origins=("*",), api_keys=("key",)))
    assert caplog.messages == []
    plan(Settings(host=LOOPBACK, port=0, grpc_port=0, allowed_origins=("*",)))

    assert caplog.messages == [
        "--allowed-origin * lets every web page drive this server, and there is no --api-key"
    ]


def test_keys_of_a_file_are_keys(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A server with a file of keys is not open; a file that others can read is warned of."""
    file = tmp_path / "keys"
    file.write_text("ops secret all")
    file.chmod(0o600)
    settings = Settings(host="0.0.0.0", port=0, grpc_port=0, api_key_file=file)  # noqa: S104  # not bound

    plan(settings)
    assert [] == caplog.messages
    file.chmod(0o644)
    plan(settings)

    assert [
        f"Key file {file} is open to others; it should be its owner's alone: chmod 600"
    ] == caplog.messages


def test_a_faulty_file_of_keys_is_refused(tmp_path: Path) -> None:
    """It is read before anything is forked."""
    file = tmp_path / "keys"
    file.write_text("ops\n")

    with pytest.raises(InvalidRequest, match="line 1"):
        plan(Settings(host=LOOPBACK, port=0, grpc_port=0, api_key_file=file))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SettingsError("--port: 'x' is no port"), "--port: 'x' is no port"),
        (OSError(98, "HTTP cannot listen on [::1]:3000: in use"), "HTTP cannot listen on [::1]:3000: in use"),
        (OSError("cannot find host 'x'"), "cannot find host 'x'"),
        (InvalidConfiguration("two\nlines", {"seed": ["wrong"]}), "two lines"),
    ],
)
def test_an_error_is_told_in_one_line(error: Exception, expected: str) -> None:
    """Numbers of errors and line ends are left out."""
    assert expected == sentence(error)


def test_a_failure_ends_the_process_with_status_2(capfd: pytest.CaptureFixture[str]) -> None:
    """One line on standard error, and no traceback."""

    def fail() -> None:
        raise SettingsError("it cannot be done")

    with pytest.raises(SystemExit) as ended:
        or_exit(fail)

    assert ended.value.code == 2
    assert ("", "datasynth: it cannot be done\n") == capfd.readouterr()


def test_what_works_is_handed_on() -> None:
    """Without a failure there is no end."""
    assert or_exit(lambda: 3) == 3
