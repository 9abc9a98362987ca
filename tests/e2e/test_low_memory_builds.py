"""What becomes of builds, and of the server, when memory gets low while they run."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.e2e.test_abandoned_builds import largest
from tests.e2e.test_memory_limit import Meter
from tests.server import gunicorn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.server import Server

LIMIT = 4_000_000_000
LOW, HIGH = 500_000_000, 3_600_000_000
TIMEOUT = 60
TOLD_WITHIN = 2.0
BACK_WITHIN = 30.0
"""Until a build that was ended has come to a checkpoint, on a busy machine."""


@pytest.fixture
def meter(tmp_path: Path) -> Meter:
    """What the server believes to hold: an eighth of the limit, at first."""
    file = Meter(tmp_path / "resident")
    file.read(LOW)
    return file


@pytest.fixture
def server(meter: Meter) -> Iterator[Server]:
    """A server whose limit leaves room for large journals."""
    os.environ["RESIDENT_FILE"] = str(meter.file)
    running = gunicorn("tests.e2e.pressed_wsgi:app", memory_limit=str(LIMIT))
    del os.environ["RESIDENT_FILE"]
    yield running
    assert 0 == running.stop()


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _gauge(server: Server, name: str) -> float:
    text = requests.get(f"{server.base_url}/metrics", timeout=TIMEOUT).text
    return float(text.partition(f"\ndatasynth_{name} ")[2].split()[0])


def _press(server: Server, meter: Meter, stream: str, wanted: str) -> None:
    """Let memory get low during a build, wait for the stream's state and the build's end, and recover."""
    assert _within(BACK_WITHIN, lambda: _gauge(server, "builds_running") == 1)
    meter.read(HIGH)
    assert _within(TOLD_WITHIN, lambda: requests.get(stream, timeout=TIMEOUT).json()["state"] == wanted)
    assert 503 == requests.get(f"{server.base_url}/ready", timeout=TIMEOUT).status_code
    assert _within(BACK_WITHIN, lambda: _gauge(server, "builds_running") == 0)
    meter.read(LOW)
    assert _within(5, lambda: requests.get(f"{server.base_url}/ready", timeout=TIMEOUT).status_code == 200)


def test_callers_are_told_and_the_server_comes_back(server: Server, meter: Meter) -> None:
    """Who waits gets a 503 at once; the stream is built anew, and fails if that takes the memory again.

    Afterwards the server serves as before, and its log says once what happened each time.
    """
    config = largest(1)
    started = requests.post(f"{server.base_url}/api/stream/start", json={"config": config}, timeout=TIMEOUT)
    stream = f"{server.base_url}/api/streams/{started.json()['stream_id']}"
    answers: list[int] = []

    def fetch() -> None:
        url = f"{server.base_url}/api/entries?stream_id={started.json()['stream_id']}&count=1"
        answers.append(requests.get(url, timeout=TIMEOUT).status_code)

    reader = threading.Thread(target=fetch)
    reader.start()
    _press(server, meter, stream, "paused")
    reader.join(TOLD_WITHIN)
    assert [503] == answers
    _press(server, meter, stream, "failed")

    assert "Memory limit exceeded" == requests.get(stream, timeout=TIMEOUT).json()["error"]
    assert 200 == requests.get(f"{server.base_url}/api/entries?count=1", timeout=TIMEOUT).status_code
    assert (2, 1) == (server.log.count("Memory is low"), server.log.count("Cancelled a build"))
    assert 0 == server.log.count("ERROR")
