"""Hostile WebSocket clients for some seconds; ``make fuzz-wire`` has the time for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from bench.wire import websocket
from bench.wire.__main__ import MORE_BYTES, MORE_DESCRIPTORS, settled

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
    before = settled(server.pid, server.port, None)
    requests.post(f"{server.base_url}/api/stream/start", json=started, timeout=SECONDS).raise_for_status()
    report = websocket.run(SECONDS, SEED, server.port, MOST)
    after = settled(server.pid, server.port, before)

    assert [] == report.faults
    assert set(report.sent) == KINDS
    assert {"400", "405", "close 1000", "close 1002", "close 1007", "close 1009"} <= set(report.answers)
    assert after.descriptors <= before.descriptors + MORE_DESCRIPTORS
    assert after.resident <= before.resident + MORE_BYTES
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]
