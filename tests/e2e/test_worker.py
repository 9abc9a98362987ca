"""The worker, on its own in a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.server import LOOPBACK, ROOT, free_ports
from tests.transports.rpc.conftest import self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 10.0


class Program:
    """The small server, running."""

    def __init__(self, *arguments: str) -> None:
        [self.port] = free_ports(1)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.worker_program", str(self.port), *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", self.process.communicate(timeout=PATIENCE)

    @property
    def worker(self) -> int:
        """Process id of the worker."""
        return psutil.Process(self.process.pid).children()[0].pid

    def descriptors(self) -> int:
        """How many descriptors the worker holds."""
        return psutil.Process(self.worker).num_fds()

    def connect(self) -> socket.socket:
        """A new connection."""
        return socket.create_connection((LOOPBACK, self.port), PATIENCE)

    def end(self, number: signal.Signals) -> tuple[int, float, str]:
        """Send a signal; exit status, seconds until the end, and the log."""
        began = time.monotonic()
        self.process.send_signal(number)
        out, log = self.process.communicate(timeout=3 * PATIENCE)
        assert out == "asked to end\n"
        return self.process.returncode, time.monotonic() - began, log


@contextmanager
def program(*arguments: str) -> Iterator[Program]:
    """Start the small server, and see to it that it ends."""
    running = Program(*arguments)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.communicate(timeout=3 * PATIENCE)


@pytest.fixture(scope="module")
def served() -> Iterator[Program]:
    """One small server for the tests that do not end it."""
    with program() as running:
        yield running


def ask(connection: socket.socket, text: str) -> tuple[str, bytes]:
    """Send a request; the status line and the body of the answer, after which the server hangs up."""
    connection.sendall(text.encode())
    answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0].decode(), body


def get(path: str) -> str:
    """A request after which the server hangs up."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def test_sockets_are_cooperative_and_threads_native(served: Program) -> None:
    """Sockets are patched, threads and locks are not."""
    with served.connect() as connection:
        status, body = ask(connection, get("/"))

    assert status == "HTTP/1.1 200 OK"
    assert b'{"in_charge": true, "native": true}' in body


@pytest.mark.parametrize(
    "text",
    [
        "garbage\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /" + "x" * 10_000 + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header\r\n\r\n",
        "\x16\x03\x01\r\n\r\n",
    ],
    ids=["garbage", "version", "long", "header", "tls"],
)
def test_what_is_no_request_is_refused_in_the_one_shape(served: Program, text: str) -> None:
    """Even without a request to speak of, the answer is the JSON that every failure is."""
    with served.connect() as connection:
        status, body = ask(connection, text)

    assert status == "HTTP/1.1 400 Bad Request"
    answer = json.loads(body)
    assert {"error": "invalid_request", "details": {}} == {key: answer[key] for key in ("error", "details")}


def test_a_failing_application_is_an_internal_error(served: Program) -> None:
    """The client learns that the server failed, and nothing about how."""
    with served.connect() as connection:
        status, body = ask(connection, get("/fail"))

    assert status == "HTTP/1.1 500 Internal Server Error"
    assert json.loads(body)["error"] == "internal_error"
    assert b"fault" not in body


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_soon_with_status_0(number: signal.Signals) -> None:
    """Connections that only wait for a next request delay nobody; a hang-up of the terminal is no signal."""
    with program() as running, running.connect() as idle, running.connect() as kept:
        kept.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert kept.recv(65_536).startswith(b"HTTP/1.1 200 OK")

        status, seconds, log = running.end(number)

        assert (0, "") == (status, log)
        assert seconds < 3
        assert idle.recv(1) == b""


def test_an_answer_in_progress_is_finished() -> None:
    """Who is being answered when the signal comes gets the rest."""
    with program() as running, running.connect() as connection:
        connection.sendall(get("/slow").encode())
        first = connection.recv(65_536)
        while b"first " not in first:
            first += connection.recv(65_536)

        status, _, log = running.end(signal.SIGTERM)

        rest = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert (0, "", True) == (status, log, b"second" in rest)


def test_nobody_delays_the_end_for_long() -> None:
    """An answer that never ends is cut off, within the ten seconds, and that is no fault to log."""
    with program() as running, running.connect() as connection:
        connection.sendall(get("/stuck").encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")

        status, seconds, log = running.end(signal.SIGTERM)

    assert (0, "") == (status, log)
    assert seconds < 9


def test_tls_serves_those_who_speak_it(tmp_path: Path) -> None:
    """Clients without TLS are turned away, quietly, and others are served meanwhile."""
    files = self_signed(tmp_path)
    context = ssl.create_default_context(cafile=str(files.certificate))
    with program(str(files.certificate), str(files.key)) as running:
        with running.connect() as silent, running.connect() as plain:
            plain.sendall(get("/").encode())
            with context.wrap_socket(running.connect(), server_hostname="localhost") as secure:
                status, _ = ask(secure, get("/"))
            with pytest.raises(ConnectionResetError):
                plain.recv(65_536)
            assert silent.fileno() >= 0

        ended, _, log = running.end(signal.SIGTERM)

    assert ("HTTP/1.1 200 OK", 0, "") == (status, ended, log)
