"""Hostile HTTP for some seconds; ``make fuzz-wire`` has the time for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.footprint import Footprint
from bench.wire import http
from tests.e2e.rest import rested, stop

if TYPE_CHECKING:
    from tests.server import Server

pytestmark = pytest.mark.server

SECONDS = 20.0
MOST = 4_000
SEED = 13
KINDS = {"sound", "odd", "mutated", "pipelined", "flood", "half"}


def test_hostile_requests(server: Server) -> None:
    """No answer is a 500 or anything but HTTP in our shape, and nothing is left of it all."""
    http.run(SECONDS / 4, SEED + 1, server.port)
    before = rested(server)
    report = http.run(SECONDS, SEED, server.port, MOST)
    stop(server)
    after = Footprint.settled(server.pid, before)

    assert [] == report.faults
    assert set(report.sent) == KINDS
    assert {"200", "400", "404", "405", "501"} <= set(report.answers)
    assert after.back_to(before), (before, after)
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]
