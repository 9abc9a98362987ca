"""Both addresses over a real server of threads: refusals, the handshake, messages, the end."""

from __future__ import annotations

import base64
import json
import socket as sockets
import threading
from typing import TYPE_CHECKING, Any

import pytest
import websocket
from flask import Flask, g
from werkzeug.serving import make_server

from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest import errors
from datasynth.transports.ws.routes import register
from tests.transports.events.fakes import FakeGuard, FakeRegistry, FakeStream, fake_services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Response

TIMEOUT = 5.0


class Scene:
    """A server over a registry of fake streams."""

    def __init__(self) -> None:
        self.registry = FakeRegistry()
        self.guard = FakeGuard()
        self.changed = threading.Condition()
        self.services = fake_services(self.registry, self._seconds, self.guard)
        app = Flask("test")
        errors.register(app)
        register(app, self.services, ThreadWaker)

        @app.before_request
        def enter() -> None:
            g.client = "a client"

        @app.after_request
        def mark(answer: Response) -> Response:
            answer.headers["X-RateLimit-Remaining"] = "99"
            answer.headers["X-Other"] = "inside"
            return answer

        self.app = app
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.port = self.server.server_port
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    @staticmethod
    def _seconds() -> float:
        return 0.0

    def connect(self, path: str = "/ws/events", **options: Any) -> websocket.WebSocket:
        return websocket.create_connection(f"ws://127.0.0.1:{self.port}{path}", timeout=TIMEOUT, **options)

    def refused(self, path: str) -> tuple[int, dict[str, Any]]:
        with pytest.raises(websocket.WebSocketBadStatusException) as caught:
            self.connect(path)
        return caught.value.status_code, json.loads(caught.value.resp_body or b"")

    def ask(self, headers: dict[str, str], path: str = "/ws/events") -> bytes:
        """Send a request by hand; return the answer's head."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *(f"{k}: {v}" for k, v in headers.items())]
        with sockets.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                data = connection.recv(4096)
                if not data:
                    break
                answer += data
        return answer

    def open_sockets(self) -> float:
        return self.services.counters.gauges()["websockets_open"]

    def end(self) -> None:
        self.registry.shut_down()
        self.server.shutdown()
        self._thread.join(TIMEOUT)
        self.server.server_close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A server that is ended after the test."""
    scene = Scene()
    yield scene
    scene.end()


def _hang_up(connection: websocket.WebSocket) -> None:
    """Close the connection itself, without a word."""
    connection.shutdown()  # type: ignore[no-untyped-call]  # the library's types have this gap


def _until_closed(connection: websocket.WebSocket) -> tuple[list[dict[str, Any]], int]:
    """Read to the close frame; return the messages before it, and its code."""
    messages: list[dict[str, Any]] = []
    while True:
        opcode, data = connection.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            _hang_up(connection)
            return messages, int.from_bytes(data[:2], "big")
        messages.append(json.loads(data))


def _eventually(expected: float, measure: Callable[[], float]) -> None:
    """Wait, for threads of the server, until a figure is what it should be."""
    pause = threading.Event()
    for _ in range(500):
        if measure() == expected:
            return
        pause.wait(0.01)
    assert expected == measure()


def _handshake(**changes: str) -> dict[str, str]:
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    return {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_a_stream_by_its_id(scene: Scene) -> None:
    """A finished stream comes whole, ends with `complete`, and the connection closes with 1000."""
    stream = FakeStream("abc")
    scene.registry.start(stream)
    messages, code = _until_closed(scene.connect("/ws/events?stream_id=abc"))

    assert ["started", "progress", *["entry"] * 6, "progress", "complete"] == [m["type"] for m in messages]
    assert 1000 == code
    _eventually(0, scene.open_sockets)


def test_the_next_start(scene: Scene) -> None:
    """A joiner before the start gets the stream that comes."""
    connection = scene.connect()
    _eventually(1, scene.open_sockets)
    scene.registry.start(FakeStream("later"))

    assert "later" == json.loads(connection.recv())["stream_id"]
    connection.close()
    _eventually(0, scene.open_sockets)


def test_shutdown(scene: Scene) -> None:
    """A server that ends closes with 1001."""
    connection = scene.connect("/ws/events?types=complete")
    _eventually(1, scene.open_sockets)
    scene.registry.shut_down()

    assert ([], 1001) == _until_closed(connection)


def test_metrics(scene: Scene) -> None:
    """`/ws/metrics` sends the counters at once, and then once a second."""
    connection = scene.connect("/ws/metrics")
    message = json.loads(connection.recv())

    assert "metrics" == next(iter(message.values()))
    assert 1 == message["websockets_opened"] == message["websockets_open"]
    scene.registry.shut_down()
    assert 1001 == _until_closed(connection)[1]


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/ws/events?types=nothing", 400, "invalid_request"),
        ("/ws/events?from=x", 400, "invalid_request"),
        ("/ws/events?from=4", 400, "invalid_request"),
        ("/ws/events?from=4&stream_id=abc", 400, "invalid_request"),
        ("/ws/events?stream_id=nobody", 404, "not_found"),
        ("/ws/metrics?types=progress", 400, "invalid_request"),
        ("/ws/nothing", 404, "not_found"),
    ],
)
def test_refusals_come_before_the_upgrade(scene: Scene, path: str, status: int, error: str) -> None:
    """A bad query or an unknown stream is an ordinary HTTP answer in the one shape."""
    scene.registry.start(FakeStream("abc", total=3))
    answered, body = scene.refused(path)

    assert (status, error) == (answered, body["error"])
    assert 0 == scene.open_sockets()


def test_the_total_is_a_place(scene: Scene) -> None:
    """`from` equal to the number of entries gets what comes after the last one."""
    stream = FakeStream("abc", total=3)
    stream.finish(State.COMPLETED)
    scene.registry.start(stream)
    messages, code = _until_closed(scene.connect("/ws/events?stream_id=abc&from=3&types=entry,complete"))

    assert (["complete"], 1000) == ([message["type"] for message in messages], code)


def test_the_handshake(scene: Scene) -> None:
    """The answer proves that the key was seen (RFC 6455's own sample) and bears the window's headers."""
    head = scene.ask(_handshake())

    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in head
    assert b"X-RateLimit-Remaining: 99\r\n" in head
    assert b"X-Other" not in head


def test_no_compression(scene: Scene) -> None:
    """An offer to compress is not taken up, since frames are shared."""
    head = scene.ask(_handshake(Sec_WebSocket_Extensions="permessage-deflate"))

    assert b"101" in head
    assert b"Extensions" not in head


@pytest.mark.parametrize(
    "changes",
    [
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Key": ""},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": base64.b64encode(b"x" * 17).decode()},
        {"Upgrade": "h2c"},
        {"Connection": "close"},
    ],
)
def test_bad_handshakes(scene: Scene, changes: dict[str, str]) -> None:
    """What is no handshake is a 400."""
    assert b" 400 " in scene.ask(_handshake(**changes)).splitlines()[0]


def test_no_connection_to_hand_over(scene: Scene) -> None:
    """Flask's test client has no connection, and is told so."""
    answer = scene.app.test_client().get("/ws/events", headers=_handshake())

    assert 400 == answer.status_code
    assert "cannot pass on its connections" in answer.get_json()["message"]


def test_a_client_that_vanishes(scene: Scene) -> None:
    """A client that tears its connection down leaves nothing behind."""
    stream = FakeStream("abc", total=5)
    stream.limit = 2
    scene.registry.start(stream)
    connection = scene.connect("/ws/events?stream_id=abc")
    connection.recv()
    _hang_up(connection)

    _eventually(0, scene.open_sockets)
    assert 0 == len(stream.wakers)
    assert all(cursor.closed for cursor in stream.cursors)


def test_a_fault_of_ours(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen failure closes with 1011, and the log tells why."""
    stream = FakeStream("abc", total=5)
    stream.limit = 0
    scene.registry.start(stream)
    connection = scene.connect("/ws/events?stream_id=abc&types=entry")
    _eventually(1, lambda: len(stream.cursors))
    stream.cursors[0].error = ZeroDivisionError("unforeseen")
    stream.wakers.wake_all()

    assert 1011 == _until_closed(connection)[1]
    assert "unforeseen" in caplog.text
