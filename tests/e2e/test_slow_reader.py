"""A reader that takes its time, and what others notice of it: nothing."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from base64 import b64encode
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server import Server

FRAMES = 200_000
LINES_AT_LEAST = 3
SMALL_BUFFER = 32 * 1024
SEGMENT = 1_400  # as on a network; the loopback's own of 64 KiB would not fit into the buffer
NAP = 2.0
HEALTH_WITHIN = 0.05
FIN_TEXT, FIN_CLOSE, FIN_PING = 0x81, 0x88, 0x89


def _connected(server: Server, path: str) -> socket.socket:
    """A WebSocket by hand, whose kernel holds little."""
    raw = socket.socket(socket.AF_INET)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
    raw.settimeout(20)
    raw.connect(("127.0.0.1", server.port))
    key = b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: localhost:{server.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    raw.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += raw.recv(1)
    assert answer.startswith(b"HTTP/1.1 101 ")
    return raw


def _frames(raw: socket.socket) -> Iterator[tuple[int, bytes]]:
    """First byte and payload of each frame; a broken one fails here."""
    with raw.makefile("rb", buffering=1 << 16) as stream:
        while head := stream.read(2):
            assert head[0] in {FIN_TEXT, FIN_CLOSE, FIN_PING}, f"a broken frame begins with {head.hex()}"
            length = head[1]
            if length == 126:
                length = int.from_bytes(stream.read(2), "big")
            elif length == 127:
                length = int.from_bytes(stream.read(8), "big")
            yield head[0], stream.read(length)


@contextmanager
def _health_watched(server: Server) -> Iterator[list[float]]:
    """Ask for `/health` over and over, in a thread; how long each answer took. [s]"""
    times: list[float] = []
    over = threading.Event()

    def watch() -> None:
        with requests.Session() as session:
            while not over.wait(0.02):
                start = time.perf_counter()
                session.get(f"{server.base_url}/health", timeout=5).raise_for_status()
                times.append(time.perf_counter() - start)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield times
    finally:
        over.set()
        watcher.join()


def test_slow_reader_gets_every_frame(server: Server) -> None:
    """A reader that sleeps with a full buffer gets valid frames to the last; `/health` answers at once."""
    count = FRAMES // LINES_AT_LEAST
    body = {"count": count, "wait_for_subscriber": 20}
    started = requests.post(f"{server.base_url}/api/stream/start", json=body, timeout=20).json()
    entries = lines = 0
    last: dict[str, object] = {}
    path = f"/ws/events?stream_id={started['stream_id']}"
    with _health_watched(server) as times, closing(_connected(server, path)) as raw:
        time.sleep(NAP)
        for first, payload in _frames(raw):
            if first == FIN_TEXT:
                last = json.loads(payload)
                if last["type"] == "entry":
                    lines += 1
                    entries += last["line"] == 1

    assert last["type"] == "complete"
    assert count == entries == last["total_entries"]
    assert lines >= FRAMES
    # The slowest few measure the machine: this test alone keeps more than one core busy.
    assert sorted(times)[len(times) * 95 // 100] < HEALTH_WITHIN
