"""What readers and callers of a real server see when its memory rises."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
import websocket

from tests.contract import page
from tests.server import gunicorn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

LIMIT = 1_000_000_000
LOW, HIGH, TOO_HIGH = 500_000_000, 900_000_000, 1_100_000_000
TIMEOUT = 20


class Meter:
    """The memory that a server believes to hold."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.read(LOW)

    def read(self, resident: int) -> None:
        """Let the server see a figure; whole or not at all. [bytes]"""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(resident))
        fresh.replace(self.file)


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Meter:
    """Half of the limit, at first."""
    return Meter(tmp_path_factory.mktemp("memory") / "resident")


@pytest.fixture(scope="module")
def server(meter: Meter) -> Iterator[Server]:
    """A server with a limit of a gigabyte."""
    os.environ["RESIDENT_FILE"] = str(meter.file)
    running = gunicorn("tests.e2e.pressed_wsgi:app", memory_limit=str(LIMIT))
    del os.environ["RESIDENT_FILE"]
    yield running
    running.stop()


@pytest.fixture
def reader(server: Server, meter: Meter) -> Iterator[websocket.WebSocket]:
    """A reader, without entries, of a stream that lasts."""
    meter.read(LOW)
    body = {"entries_per_second": 1_000}
    answer = requests.post(f"{server.base_url}/api/stream/start", json=body, timeout=TIMEOUT)
    answer.raise_for_status()
    # What becomes of streams that are still preparing is shown elsewhere.
    assert ("running", []) == _state_within(server, TIMEOUT, ("running", []))
    query = "types=warning,paused,resumed,error,complete"
    client = websocket.create_connection(
        f"{server.ws_url}/ws/events?{query}&stream_id={answer.json()['stream_id']}", timeout=TIMEOUT
    )
    yield client
    client.close()
    requests.post(f"{server.base_url}/api/stream/stop", timeout=TIMEOUT)


def _next(client: websocket.WebSocket, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(client.recv())
        if message["type"] == kind:
            return message


def _state(server: Server) -> tuple[str, list[str]]:
    status = requests.get(f"{server.base_url}/api/stream", timeout=TIMEOUT).json()
    return status["state"], status["paused_by"]


def _state_within(server: Server, seconds: float, wanted: tuple[str, list[str]]) -> tuple[str, list[str]]:
    deadline = time.monotonic() + seconds
    while (state := _state(server)) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    return state


def test_a_rise_pauses_warns_refuses_and_resumes(
    server: Server, meter: Meter, reader: websocket.WebSocket
) -> None:
    """Past 85 % everything rests and new work is refused; once memory is back, it goes on by itself."""
    meter.read(HIGH)
    warning = _next(reader, "warning")
    refused = requests.get(f"{server.base_url}/api/entries?count=1", timeout=TIMEOUT)

    assert (HIGH, LIMIT) == (warning["used_bytes"], warning["limit_bytes"])
    assert ("paused", ["memory"]) == _state(server)
    assert (503, "overloaded") == (refused.status_code, refused.json()["error"])
    assert int(refused.headers["Retry-After"]) > 0
    assert requests.get(f"{server.base_url}/ready", timeout=TIMEOUT).status_code == 503
    assert requests.get(f"{server.base_url}/health", timeout=TIMEOUT).status_code == 200
    meter.read(LOW)
    assert ("running", []) == _state_within(server, 5, ("running", []))
    assert requests.get(f"{server.base_url}/api/entries?count=1", timeout=TIMEOUT).status_code == 200


def test_too_much_for_too_long_fails_the_stream(
    server: Server, meter: Meter, reader: websocket.WebSocket
) -> None:
    """Above the limit for five seconds, a stream ends with the page's error message."""
    meter.read(TOO_HIGH)
    start = time.monotonic()
    error = _next(reader, "error")

    assert time.monotonic() - start > 4.5
    assert page.differences(page.SAMPLES["websocket_error"], error) == []
    assert page.SAMPLES["websocket_error"]["message"] == error["message"]
    assert _state(server)[0] == "failed"
