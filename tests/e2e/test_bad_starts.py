"""Servers that cannot start say why in one line, and end."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from datasynth.__main__ import COMMANDS
from tests.e2e.programs import APP, ENDS_WITHIN, GUNICORN, READY, eventually, refused, started
from tests.server import LOOPBACK
from tests.transports.rpc.conftest import self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FREE = {"DATASYNTH_PORT": "0", "DATASYNTH_GRPC_PORT": "0"}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server((LOOPBACK, 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def taken_on_ipv6() -> Iterator[int]:
    """A port that somebody else listens on, at ::1 only."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--port", "http"], "--port: 'http' is not a whole number from 0 to 65535"),
        (["--prot", "3000"], "unrecognized arguments: --prot 3000"),
        (["--config", "no/such.yaml"], "no/such.yaml: The file cannot be read"),
        (
            ["--allowed-origin", "https://a.example/page"],
            "--allowed-origin: 'https://a.example/page' is not an",
        ),
        (["--allowed-host", "https://a.example"], "--allowed-host: 'https://a.example' is not a host"),
        (["--host", "no-such-host.invalid"], "cannot find host 'no-such-host.invalid'"),
        (["--host", "192.0.2.77"], "HTTP cannot listen on 192.0.2.77:0"),
        (["--tls-cert", "app.py", "--tls-key", "app.py"], "cannot use certificate app.py with key app.py"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_bad_flag_is_one_line(flags: list[str], expected: str) -> None:
    """No traceback, no usage, status 2."""
    status, lines = refused([*APP, *flags], FREE)

    assert (2, 1) == (status, len(lines))
    assert lines[0].startswith(f"datasynth: {expected}")


def test_a_bad_configuration_file_is_one_line(tmp_path: Path) -> None:
    """All that is wrong with it, by its dotted path."""
    file = tmp_path / "config.yaml"
    file.write_text("transactions: {target_count: 0}\nglobal: {colour: red}\n")

    status, lines = refused([*APP, "--config", str(file)], FREE)

    assert (2, 1) == (status, len(lines))
    assert all(path in lines[0] for path in (str(file), "transactions.target_count", "global.colour"))


def test_an_encrypted_key_is_one_line_and_no_question(tmp_path: Path) -> None:
    """A server does not ask for a passphrase."""
    files = self_signed(tmp_path)
    files.key.write_text(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhKr3WZcmKyMwICCAAw\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n"
    )

    status, lines = refused([*APP, "--tls-cert", str(files.certificate), "--tls-key", str(files.key)], FREE)

    assert (2, 1) == (status, len(lines))


@pytest.mark.parametrize(("flag", "who"), [("--port", "HTTP"), ("--grpc-port", "gRPC")])
def test_a_taken_port_is_one_line(flag: str, who: str, taken: int) -> None:
    """Nobody shares a port without knowing, gRPC included."""
    status, lines = refused([*APP, flag, str(taken)], FREE)

    assert status == 2
    assert [f"datasynth: {who} cannot listen on 127.0.0.1:{taken}: Address already in use"] == lines


@pytest.mark.parametrize(("flag", "who"), [("--port", "HTTP"), ("--grpc-port", "gRPC")])
def test_a_port_taken_on_ipv6_alone_is_one_line(flag: str, who: str, taken_on_ipv6: int) -> None:
    """Half of the clients would talk to somebody else."""
    status, lines = refused([*APP, flag, str(taken_on_ipv6)], FREE)

    assert status == 2
    assert [f"datasynth: {who} cannot listen on [::1]:{taken_on_ipv6}: Address already in use"] == lines


@pytest.mark.parametrize("variable", ["DATASYNTH_PORT", "DATASYNTH_GRPC_PORT", "DATASYNTH_MEMORY_LIMIT"])
def test_under_gunicorn_it_is_one_line_too(variable: str, taken: int) -> None:
    """`gunicorn wsgi:app` does not try for ever."""
    value = "0" if variable == "DATASYNTH_MEMORY_LIMIT" else str(taken)

    status, lines = refused(GUNICORN, {**FREE, variable: value})

    assert (2, 1) == (status, len(lines))
    assert lines[0].startswith("datasynth: ")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-k", "gevent"], "gunicorn was given another worker class (-k), but all streams need one process"),
        (["-w", "4"], "gunicorn was given 4 workers (-w), but all streams need one process"),
        (["-k", "sync", "-w", "2"], "another worker class (-k) and 2 workers (-w)"),
        (["--preload"], "without --preload"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_would_split_the_state_is_refused(options: list[str], expected: str) -> None:
    """Gunicorn's own options cannot replace the worker or double it."""
    status, lines = refused([*GUNICORN, *options], FREE)

    assert status != 0
    assert len(lines) == 1
    assert expected in lines[0]


def test_another_configuration_of_gunicorn_is_refused(tmp_path: Path) -> None:
    """Without our file there would be neither gRPC nor native threads; the arbiter gives up at once."""
    other = tmp_path / "other.conf.py"
    other.write_text("bind = '127.0.0.1:0'\ncontrol_socket_disable = True\n")

    status, lines = refused([*GUNICORN, "-c", str(other)])

    assert status != 0
    assert "Traceback" not in "".join(lines)
    assert any("start gunicorn in the folder of gunicorn.conf.py" in line for line in lines)


def takes(port: int, sockets: list[socket.socket]) -> bool:
    """Listen on a port as soon as it is free; whether it is."""
    try:
        sockets.append(socket.create_server((LOOPBACK, port)))
    except OSError:
        return False
    return True


def test_a_worker_that_cannot_start_ends_the_server() -> None:
    """Found too late for the first look, a taken port still is one line and status 2, not a loop of tries."""
    with started([*APP, "--worker-threads", "1"]) as server:
        arbiter = psutil.Process(server.pid)
        [worker] = arbiter.children()
        arbiter.suspend()
        worker.kill()
        others: list[socket.socket] = []
        assert eventually(lambda: takes(server.grpc_port, others))
        arbiter.resume()
        status = server.wait(ENDS_WITHIN)
        others[0].close()

        line = f"gRPC cannot listen on 127.0.0.1:{server.grpc_port}: Address already in use"
        assert status == 2
        assert [True] == [one.endswith(line) for one in server.log.splitlines() if "gRPC cannot" in one]
        assert "Traceback" not in server.log


def test_a_worker_that_is_killed_is_replaced() -> None:
    """The server comes back by itself on the same ports, and says that it is ready again."""
    with started([*APP, "--worker-threads", "1"]) as server:
        [worker] = psutil.Process(server.pid).children()
        worker.kill()

        assert eventually(lambda: server.log.count(READY) == 2)
        assert len({line for line in server.log.splitlines() if READY in line}) == 1


def test_the_command_line_knows_its_verbs() -> None:
    """The installed command tells what there is, and its version."""
    module = [sys.executable, "-m", "datasynth"]

    assert {"serve", "generate", "verify", "follow", "version"} <= set(COMMANDS)
    assert (
        2,
        [f"datasynth: unknown command 'sing'. The commands are: {', '.join(COMMANDS)}"],
    ) == refused([*module, "sing"])
    assert (0, ["0.1.0"]) == refused([*module, "--version"])
    assert refused(module)[0] == 0
    assert any("--grpc-port" in line for line in refused([*module, "serve", "--help"])[1])
    assert refused([*module, "serve", "--port", "x"], dict(os.environ))[0] == 2
