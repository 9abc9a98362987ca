"""Hostile WebSocket clients for some seconds; ``make fuzz-wire`` has the time for more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests

from bench.wire import websocket
from bench.wire.__main__ import Footprint

if TYPE_CHECKING:
    from tests.server import Server

pytestmark = pytest.mark.server

SECONDS = 15.0
MOST = 2_000
SEED = 13
KINDS = {"breach", "closed", "early", "handshake", "left", "mutated"}


def _stop(server: Server) -> None:
    requests.post(f"{server.base_url}/api/stream/stop", timeout=SECONDS)


def _rested(server: Server) -> Footprint:
    """What the server has after a first turn, once that is over."""
    _stop(server)
    time.sleep(1.0)
    return Footprint.of(server.pid)


def test_hostile_clients(server: Server) -> None:
    """Every breach is named by its code, nobody else is bothered, and nothing is left of it all."""
    started = {"count": 1_000_000, "entries_per_second": 500}
    requests.post(f"{server.base_url}/api/stream/start", json=started, timeout=SECONDS).raise_for_status()
    websocket.run(SECONDS / 4, SEED + 1, server.port)
    before = _rested(server)
    requests.post(f"{server.base_url}/api/stream/start", json=started, timeout=SECONDS).raise_for_status()
    report = websocket.run(SECONDS, SEED, server.port, MOST)
    _stop(server)
    after = Footprint.settled(server.pid, before)

    assert [] == report.faults
    assert set(report.sent) == KINDS
    assert {"400", "405", "close 1000", "close 1002", "close 1007", "close 1009"} <= set(report.answers)
    assert after.back_to(before), (before, after)
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]
