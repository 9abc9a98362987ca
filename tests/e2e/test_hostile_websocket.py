"""Hostile WebSocket clients for some seconds; ``make fuzz-wire`` has the time for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from bench.footprint import Footprint
from bench.wire import websocket
from tests.e2e.rest import rested, stop

if TYPE_CHECKING:
    from tests.server import Server

pytestmark = pytest.mark.server

SECONDS = 15.0
MOST = 2_000
SEED = 13
KINDS = {"breach", "closed", "early", "handshake", "left", "mutated"}


def test_hostile_clients(server: Server) -> None:
    """Every breach is named by its code, nobody else is bothered, and nothing is left of it all."""
    started = {"count": 1_000_000, "entries_per_second": 500}
    requests.post(f"{server.base_url}/api/stream/start", json=started, timeout=SECONDS).raise_for_status()
    websocket.run(SECONDS / 4, SEED + 1, server.port)
    before = rested(server)
    requests.post(f"{server.base_url}/api/stream/start", json=started, timeout=SECONDS).raise_for_status()
    report = websocket.run(SECONDS, SEED, server.port, MOST)
    stop(server)
    after = Footprint.settled(server.pid, before)

    assert [] == report.faults
    assert set(report.sent) == KINDS
    assert {"400", "405", "close 1000", "close 1002", "close 1007", "close 1009"} <= set(report.answers)
    assert after.back_to(before), (before, after)
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]
