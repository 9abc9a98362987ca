"""Clients that crash in the midst of a stream leave nothing behind."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import requests

from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Server

CLIENTS_OF_EACH_KIND = 50
BACK_WITHIN = 2.0
TIMEOUT = 10
ACTIVE = {"preparing", "running", "paused"}
OPEN = {psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT}


def _open_sockets(server: Server) -> int:
    """Connections of the server's processes on its two ports."""
    arbiter = psutil.Process(server.pid)
    connections = [
        connection
        for process in [arbiter, *arbiter.children(recursive=True)]
        for connection in process.net_connections("tcp")
    ]
    ports = {server.port, server.grpc_port}
    return sum(one.laddr.port in ports and one.status in OPEN for one in connections)


def _active_streams(server: Server) -> int:
    answer = requests.get(f"{server.base_url}/api/streams", timeout=TIMEOUT)
    return sum(stream["state"] in ACTIVE for stream in answer.json()["streams"])


def _holds_within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_all_is_back_within_two_seconds(server: Server) -> None:
    """Streams and sockets of a hundred killed clients are gone within two seconds, and the server goes on."""
    start = {"count": 1_000_000, "entries_per_second": 100_000}
    requests.post(f"{server.base_url}/api/stream/start", json=start, timeout=TIMEOUT).raise_for_status()
    before = (_active_streams(server), _open_sockets(server))
    program = [sys.executable, "-m", "tests.e2e.vanishing_program"]
    arguments = [f"{server.ws_url}/ws/events", server.grpc_target, str(CLIENTS_OF_EACH_KIND)]
    with subprocess.Popen([*program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as clients:
        try:
            assert clients.stdout is not None
            assert clients.stdout.readline() == f"reading {CLIENTS_OF_EACH_KIND}\n"
            assert _active_streams(server) == before[0] + CLIENTS_OF_EACH_KIND
            assert _open_sockets(server) >= before[1] + 2 * CLIENTS_OF_EACH_KIND
        finally:
            clients.kill()

    assert _holds_within(BACK_WITHIN, lambda: (_active_streams(server), _open_sockets(server)) == before), (
        f"{(_active_streams(server), _open_sockets(server))}, not {before}"
    )
    assert requests.get(f"{server.base_url}/health", timeout=TIMEOUT).json()["status"] == "healthy"
