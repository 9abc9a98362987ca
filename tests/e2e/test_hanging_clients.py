"""Clients that begin and do not go on, against the worker alone and against the real server."""

from __future__ import annotations

import json
import resource
import signal
import socket
import ssl
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import psutil
import pytest

from tests.e2e.programs import eventually
from tests.e2e.test_worker import Program, ask, get, program
from tests.e2e.worker_program import LARGE
from tests.server import LOOPBACK, gunicorn
from tests.transports.rpc.conftest import self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

REQUEST_SECONDS = 1.0
IDLE_SECONDS = 3
LIMIT = 100
FLOOD = 2_500
IMPATIENT = ("--request", str(REQUEST_SECONDS), "--idle", str(IDLE_SECONDS))
HALF = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Half"
KEPT = "GET /kept HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(path: str, *headers: str) -> str:
    """The headers of a request with a body."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *headers, "", ""])


def rest_of(connection: socket.socket) -> bytes:
    """All that the server still sends, until it hangs up."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def answer_of(connection: socket.socket, end: bytes = b"kept") -> bytes:
    """One answer, which ends so, on a connection that goes on."""
    answer = b""
    while not answer.endswith(end):
        piece = connection.recv(65_536)
        assert piece, answer
        answer += piece
    return answer


def timed(connection: socket.socket, text: str) -> tuple[str, str, float]:
    """Send a text and wait; status line, error code, and seconds until the server hung up."""
    began = time.monotonic()
    status, body = ask(connection, text)
    return status, json.loads(body)["error"] if body else "", time.monotonic() - began


@pytest.fixture(scope="module")
def impatient() -> Iterator[Program]:
    """A server that waits a second for a request, and three between two."""
    with program(*IMPATIENT) as running:
        yield running


@pytest.mark.parametrize(
    "text",
    [
        "G",
        HALF,
        HALF.replace("1.1", "1.0"),
        "GET /ws/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        post("/read", "Content-Length: 9"),
        post("/read", "Content-Length: 9") + "half",
        post("/read", "Transfer-Encoding: chunked"),
        post("/read", "Transfer-Encoding: chunked") + "9\r\nhalf",
        post("/read", "Content-Length: 9").replace("1.1", "1.0"),
    ],
    ids=["byte", "headers", "old", "upgrade", "body", "part", "chunked", "chunk", "old_body"],
)
def test_half_a_request_is_a_408(impatient: Program, text: str) -> None:
    """Headers and body have to come in time, however they are sent; then the connection closes."""
    with impatient.connect() as connection:
        status, code, seconds = timed(connection, text)

    assert ("HTTP/1.1 408 Request Timeout", "request_timeout") == (status, code)
    assert REQUEST_SECONDS * 0.9 < seconds < REQUEST_SECONDS * 5


def test_a_body_that_was_invited_has_to_come_too(impatient: Program) -> None:
    """A client that asked for `100 Continue` and got it gets the 408 after it."""
    with impatient.connect() as connection:
        connection.sendall(post("/read", "Content-Length: 9", "Expect: 100-continue").encode())
        answers = rest_of(connection)

    assert answers.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 Request Timeout\r\n")


def test_a_byte_at_a_time_does_not_help(impatient: Program) -> None:
    """Headers that trickle have no more time than those that do not."""
    with impatient.connect() as connection:
        began = time.monotonic()
        stop = threading.Event()

        def trickle() -> None:
            for letter in HALF * 10:
                if stop.wait(0.1):
                    return
                connection.sendall(letter.encode())

        sender = threading.Thread(target=trickle)
        sender.start()
        answer = connection.recv(65_536)
        seconds = time.monotonic() - began
        stop.set()
        sender.join()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert seconds < REQUEST_SECONDS * 5


@pytest.mark.parametrize("after", ["", HALF], ids=["later", "pipelined"])
def test_half_a_second_request_is_a_408(impatient: Program, after: str) -> None:
    """A connection that has been served once is not served more patiently."""
    with impatient.connect() as connection:
        connection.sendall((KEPT + after).encode())
        first = answer_of(connection)
        status, code, seconds = timed(connection, HALF if not after else "")

    assert first.startswith(b"HTTP/1.1 200 OK")
    assert ("HTTP/1.1 408 Request Timeout", "request_timeout") == (status, code)
    assert seconds < IDLE_SECONDS


def test_an_idle_connection_is_closed_without_a_word(impatient: Program) -> None:
    """A new one after the time of a request, a kept one after the time between two."""
    with impatient.connect() as new, impatient.connect() as kept:
        began = time.monotonic()
        kept.sendall(KEPT.encode())
        answer_of(kept)
        assert new.recv(1) == b""
        seconds_new = time.monotonic() - began
        assert kept.recv(1) == b""
        seconds_kept = time.monotonic() - began

    assert REQUEST_SECONDS * 0.9 < seconds_new < IDLE_SECONDS * 0.9 < seconds_kept < IDLE_SECONDS * 3


def test_a_slow_upload_arrives(impatient: Program) -> None:
    """Whoever keeps 1 kB/s may take several times as long as the first allowance."""
    with impatient.connect() as connection:
        connection.sendall(post("/read", "Content-Length: 3000").encode())
        for _ in range(15):
            connection.sendall(bytes(200))
            time.sleep(0.15)  # the server runs in real time
        answer = answer_of(connection, b"3000")

    assert answer.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("framing", ["Content-Length: 9", "Transfer-Encoding: chunked"])
def test_an_answer_waits_for_no_body_that_nobody_reads(impatient: Program, framing: str) -> None:
    """The answer comes at once; the body has a moment, and then the connection closes."""
    with impatient.connect() as connection:
        began = time.monotonic()
        connection.sendall(KEPT.replace("\r\n\r\n", f"\r\n{framing}\r\n\r\n").encode())
        answer = answer_of(connection)
        seconds = time.monotonic() - began
        assert rest_of(connection) == b""

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert seconds < 0.5


def test_a_body_that_nobody_reads_does_not_end_the_connection(impatient: Program) -> None:
    """Where it comes, the next request is found behind it."""
    with impatient.connect() as connection:
        for _ in range(3):
            connection.sendall(
                (KEPT.replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\n") + "123456789").encode()
            )
            assert answer_of(connection).startswith(b"HTTP/1.1 200 OK")


def test_tls_has_the_same_deadlines(tmp_path: Path) -> None:
    """Half a request is a 408 inside of TLS too, and a handshake has no longer."""
    files = self_signed(tmp_path)
    context = ssl.create_default_context(cafile=str(files.certificate))
    with program(str(files.certificate), str(files.key), *IMPATIENT) as running:
        with context.wrap_socket(running.connect(), server_hostname="localhost") as secure:
            status, code, seconds = timed(secure, HALF)
        with context.wrap_socket(running.connect(), server_hostname="localhost") as secure:
            body, body_code, _ = timed(secure, post("/read", "Content-Length: 9"))
        with running.connect() as silent:
            began = time.monotonic()
            assert silent.recv(1) == b""
            handshake = time.monotonic() - began

    assert ("HTTP/1.1 408 Request Timeout", "request_timeout") == (status, code) == (body, body_code)
    assert seconds < REQUEST_SECONDS * 5
    assert handshake < REQUEST_SECONDS * 5


def call(server: Server, method: str, path: str, body: object = None) -> dict[str, object]:
    """Make a call of REST; its answer."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(server.base_url + path, data, {"Content-Type": "application/json"}, method=method)
    with urlopen(request, timeout=20) as answer:
        return dict(json.load(answer))


@contextmanager
def flood(running: Program, count: int, text: str) -> Iterator[list[socket.socket]]:
    """Open connections that send a text and no more."""
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            opened.append(stack.enter_context(running.connect()))
            opened[-1].sendall(text.encode())
        yield opened


@pytest.mark.parametrize(
    ("text", "parting"),
    [("", b""), (HALF, b"HTTP/1.1 503 "), (post("/read", "Content-Length: 9"), b"HTTP/1.1 503 ")],
    ids=["silent", "headers", "body"],
)
def test_connections_that_wait_shut_nobody_out(text: str, parting: bytes) -> None:
    """Many times more of them than there may be: others are served, and the oldest have to go."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * FLOOD:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * FLOOD), hard))
    with program("--connections", str(LIMIT)) as running, flood(running, FLOOD, text) as opened:
        began = time.monotonic()
        with running.connect() as connection:
            status, _ = ask(connection, get("/"))
        seconds = time.monotonic() - began
        try:
            first = opened[0].recv(65_536)
        except ConnectionResetError:
            first = parting
        # The newest are still waited for.
        opened[-1].settimeout(0.2)
        with pytest.raises(TimeoutError):
            opened[-1].recv(1)
        descriptors = running.descriptors()

    assert status == "HTTP/1.1 200 OK"
    assert seconds < 5.0
    assert first.startswith(parting)
    assert descriptors < 2 * LIMIT


def test_an_answer_that_nobody_takes_is_cut(impatient: Program) -> None:
    """JSON is taken at once or not at all; a download waits for its reader."""
    with impatient.connect() as large, impatient.connect() as endless:
        large.sendall(get("/large").encode())
        endless.sendall(get("/endless").encode())
        time.sleep(4 * REQUEST_SECONDS)  # the server runs in real time
        size = len(rest_of(large))
        taken = sum(len(endless.recv(1 << 20)) for _ in range(1_000))

    assert size < LARGE < taken


def test_a_slow_reader_gets_its_answer(impatient: Program) -> None:
    """Whoever goes on taking may take longer than a piece may."""
    with impatient.connect() as connection:
        connection.sendall(get("/large").encode())
        size = 0
        for _ in range(8):
            time.sleep(REQUEST_SECONDS / 4)  # the server runs in real time
            size += len(connection.recv(1 << 20, socket.MSG_WAITALL))
        size += len(rest_of(connection))

    assert size > LARGE


def test_readers_that_take_nothing_shut_nobody_out() -> None:
    """Stalled downloads keep their connections only as long as nobody needs them."""
    with (
        program("--request", "3", "--connections", "10") as running,
        flood(running, 140, get("/endless")),
        running.connect() as connection,
    ):
        status, _ = ask(connection, get("/"))

    assert status == "HTTP/1.1 200 OK"


def test_without_descriptors_the_log_says_so_once_and_the_server_recovers() -> None:
    """Connections wait while answers hold all descriptors, and are served when one is released."""
    with program() as running:
        used = running.descriptors()
        resource.prlimit(running.worker, resource.RLIMIT_NOFILE, (used + 20, used + 20))
        with flood(running, 40, get("/drip")) as opened, running.connect() as waiting:
            waiting.sendall(get("/").encode())
            waiting.settimeout(1.0)
            with pytest.raises(TimeoutError):
                waiting.recv(1)
            for one in opened:
                one.close()
            waiting.settimeout(10.0)
            answer = rest_of(waiting)
        status, _, log = running.end(signal.SIGTERM)

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert (0, 1) == (status, len(log.splitlines()))
    assert "New connections must wait until others end: Too many open files" in log


@pytest.mark.server
def test_a_stream_outlives_a_shortage_of_descriptors() -> None:
    """Memory is watched and streams move on while nothing can be opened; afterwards all is as before."""
    server = gunicorn()
    try:
        started = call(
            server, "POST", "/api/stream/start", {"entries_per_second": 100, "wait_for_subscriber": 0}
        )
        # Its journal is built first, which takes longer where other tests run beside it.
        assert eventually(lambda: call(server, "GET", "/api/stream")["state"] == "running")
        worker = psutil.Process(server.pid).children()[0].pid
        most = psutil.Process(worker).num_fds() + 10
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (most, most))
        with ExitStack() as stack:
            for _ in range(30):
                opened = stack.enter_context(socket.create_connection((LOOPBACK, server.port), 5))
                opened.sendall(get("/api/entries").encode())
            assert server.wait_for_line("New connections must wait", timeout=10.0)
            time.sleep(2.0)  # the server runs in real time
        health = call(server, "GET", "/health")
        before = call(server, "GET", "/api/stream")
        time.sleep(0.5)  # likewise
        after = call(server, "GET", "/api/stream")
        log = server.log
    finally:
        server.stop()

    assert health["status"] == "healthy"
    assert before["stream_id"] == after["stream_id"] == started["stream_id"]
    assert 150 < int(str(before["current"])) < int(str(after["current"]))
    assert log.count("New connections must wait") == 1
    assert "Traceback" not in log


@pytest.mark.server
@pytest.mark.slow
def test_the_real_server_waits_30_seconds() -> None:
    """Probes answer at once whatever is announced; all else that does not arrive is a 408 after 30 s."""
    server = gunicorn()
    texts = (HALF, post("/api/config", "Content-Length: 9"), post("/api/stream/start", "Content-Length: 9"))
    try:
        with ExitStack() as stack:
            began = time.monotonic()
            opened = []
            for text in texts:
                opened.append(stack.enter_context(socket.create_connection((LOOPBACK, server.port), 40)))
                opened[-1].sendall(text.encode())
            for path in ("/health", "/live", "/ready", "/metrics", "/api/config"):
                with socket.create_connection((LOOPBACK, server.port), 5) as probe:
                    probe.sendall(get(path).replace("Host", "Content-Length: 9\r\nHost").encode())
                    assert probe.recv(65_536).startswith(b"HTTP/1.1 200 OK"), path
            answers = [rest_of(one).partition(b"\r\n\r\n") for one in opened]
            seconds = time.monotonic() - began
    finally:
        server.stop()

    for head, _, body in answers:
        assert head.lower().startswith(b"http/1.1 408 request timeout\r\n")
        assert b"\r\nConnection: close" in head
        assert json.loads(body)["error"] == "request_timeout"
    assert 29.0 < seconds < 45.0
