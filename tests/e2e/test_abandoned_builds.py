"""Callers who leave before their journal is built delay nobody, and leave nothing behind."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import grpc
import psutil
import pytest
import requests

from datasynth.transports.rpc.synth_pb2 import Empty, GenerationRequest
from datasynth.transports.rpc.synth_pb2_grpc import SynthServiceStub
from tests.server import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server import Server

CALLERS = 50
LARGE = 10_000_000
TIMEOUT = 60.0
SERVED_WITHIN = 10.0
"""Two seconds on a quiet machine."""

ENDED_WITHIN = 30.0
"""Until the last build has come to a checkpoint, on a busy machine."""


@pytest.fixture
def synth(server: Server) -> Iterator[Any]:
    """A stub on a connection of its own."""
    with grpc.insecure_channel(server.grpc_target) as channel:
        yield SynthServiceStub(channel)


def largest(seed: int) -> dict[str, Any]:
    """A configuration that takes ten seconds to build; each test has its own, which no cache holds."""
    return {
        "global": {"period_months": 120, "seed": seed},
        "companies": [{"code": f"C{number}"} for number in range(50)],
        "transactions": {"target_count": 1_000_000_000},
    }


def _figures(server: Server) -> dict[str, float]:
    """The server's counters and gauges without labels."""
    lines = requests.get(f"{server.base_url}/metrics", timeout=TIMEOUT).text.splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#") and "{" not in line]
    return {name.removeprefix("datasynth_"): float(value) for name, value in pairs}


def _builds(server: Server) -> float:
    figures = _figures(server)
    return figures["builds_waiting"] + figures["builds_running"]


def _wait(condition: Callable[[], bool], seconds: float = ENDED_WITHIN) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _open(server: Server, method: str, path: str, body: str = "") -> socket.socket:
    """Send a request and do not wait for the answer."""
    connection = socket.create_connection((LOOPBACK, server.port), TIMEOUT)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    return connection


def _descriptors(server: Server) -> int:
    arbiter = psutil.Process(server.pid)
    return sum(process.num_fds() for process in arbiter.children(recursive=True))


def test_abandoned_calls_delay_nobody(server: Server, synth: Any) -> None:
    """Fifty calls whose deadlines pass during their builds, then a plain one, which is served soon."""
    assert _wait(lambda: _builds(server) == 0)
    before = _descriptors(server)
    calls = [
        synth.StartGeneration(GenerationRequest(count=LARGE + number), timeout=0.2)
        for number in range(CALLERS)
    ]
    for call in calls:
        with pytest.raises(grpc.RpcError):
            list(call)
    began = time.monotonic()
    entries = len(list(synth.StartGeneration(GenerationRequest(count=777), timeout=TIMEOUT)))

    assert entries == 777
    assert time.monotonic() - began < SERVED_WITHIN
    assert _wait(lambda: _builds(server) == 0)
    assert _figures(server)["active_streams"] == 0
    assert _figures(server)["builds_cancelled_total"] > 0
    assert _wait(lambda: _descriptors(server) <= before + 2), f"{_descriptors(server)}, not {before}"


def test_stop_reaches_a_call_whose_journal_is_built(server: Server, synth: Any) -> None:
    """A stop soon after a call on a cold configuration counts it, and it ends with OK, as stopped."""
    call = synth.StartGeneration(GenerationRequest(count=3_000_000_000), timeout=TIMEOUT)
    assert dict(call.initial_metadata())["stream-id"]
    stopped = synth.StopGeneration(Empty(), timeout=TIMEOUT)
    list(call)

    assert stopped.message == "Stopped 1 stream."
    assert call.code() is grpc.StatusCode.OK
    assert dict(call.trailing_metadata())["stream-status"] == "stopped"
    assert _wait(lambda: _builds(server) == 0)


def test_hang_ups_free_their_builds(server: Server) -> None:
    """Downloads and questions whose clients hang up end the one build that they shared."""
    assert _wait(lambda: _builds(server) == 0)
    before = requests.get(f"{server.base_url}/api/config", timeout=TIMEOUT).json()
    requests.post(f"{server.base_url}/api/config", json=largest(1), timeout=TIMEOUT).raise_for_status()
    paths = ["/api/entries", "/api/entries?format=csv", "/api/balances", "/api/accounts"]
    callers = [_open(server, "GET", path) for path in paths * 3]
    assert _wait(lambda: _figures(server)["builds_running"] == 1)
    at_work = _figures(server)
    for caller in callers:
        caller.close()
    # The configuration in force would be built ahead once more.
    restored = {key: before[key] for key in ("global", "companies", "transactions")}
    requests.post(f"{server.base_url}/api/config", json=restored, timeout=TIMEOUT).raise_for_status()

    assert _wait(lambda: _builds(server) == 0)
    after = _figures(server)
    assert after["builds_cancelled_total"] > at_work["builds_cancelled_total"]
    # Of the configuration that is in force again the journal may be there still.
    assert after["journals_built_total"] <= at_work["journals_built_total"] + 1


def test_stream_of_a_start_is_there_at_once(server: Server) -> None:
    """A start is answered while its journal is built; the stream is listed, stopped, and another started."""
    began = time.monotonic()
    config = largest(2)
    started = requests.post(f"{server.base_url}/api/stream/start", json={"config": config}, timeout=TIMEOUT)
    stream = f"{server.base_url}/api/streams/{started.json()['stream_id']}"
    first = requests.get(stream, timeout=TIMEOUT).json()
    again = requests.post(f"{server.base_url}/api/stream/start", timeout=TIMEOUT)
    paused = requests.post(f"{server.base_url}/api/stream/pause", timeout=TIMEOUT)
    second = requests.get(stream, timeout=TIMEOUT).json()
    stopped = requests.post(f"{server.base_url}/api/stream/stop", timeout=TIMEOUT)

    assert [200, 409, 200, 200] == [one.status_code for one in (started, again, paused, stopped)]
    assert ("preparing", 1_000_000_000) == (first["state"], first["total"])
    assert ("paused", ["user"]) == (second["state"], second["paused_by"])
    assert "stopped" == requests.get(stream, timeout=TIMEOUT).json()["state"]
    assert time.monotonic() - began < SERVED_WITHIN
    assert _wait(lambda: _builds(server) == 0)
