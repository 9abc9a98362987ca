"""Hostile HTTP for some seconds; ``make fuzz-wire`` has the time for more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests

from bench.wire import http
from bench.wire.__main__ import Footprint

if TYPE_CHECKING:
    from tests.server import Server

pytestmark = pytest.mark.server

SECONDS = 20.0
MOST = 4_000
SEED = 13
KINDS = {"sound", "odd", "mutated", "pipelined", "flood", "half"}


def _stop(server: Server) -> None:
    requests.post(f"{server.base_url}/api/stream/stop", timeout=SECONDS)


def _rested(server: Server) -> Footprint:
    """What the server has after a first turn, once that is over."""
    _stop(server)
    time.sleep(1.0)
    return Footprint.of(server.pid)


def test_hostile_requests(server: Server) -> None:
    """No answer is a 500 or anything but HTTP in our shape, and nothing is left of it all."""
    http.run(SECONDS / 4, SEED + 1, server.port)
    before = _rested(server)
    report = http.run(SECONDS, SEED, server.port, MOST)
    _stop(server)
    after = Footprint.settled(server.pid, before)

    assert [] == report.faults
    assert set(report.sent) == KINDS
    assert {"200", "400", "404", "405", "501"} <= set(report.answers)
    assert after.back_to(before), (before, after)
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]
