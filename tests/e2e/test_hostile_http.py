"""Hostile HTTP for some seconds; ``make fuzz-wire`` has the time for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.fuzz.__main__ import Footprint
from bench.wire import http
from bench.wire.__main__ import MORE_BYTES, MORE_DESCRIPTORS, settled
from bench.wire.http import known_calls
from bench.wire.requests import attempt_of

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
    before = settled(server.pid, server.port, None)
    report = http.run(SECONDS, SEED, server.port, MOST)
    after = settled(server.pid, server.port, before)

    assert [] == report.faults
    assert set(report.sent) == KINDS
    assert {"200", "400", "404", "405", "501"} <= set(report.answers)
    assert after.descriptors <= before.descriptors + MORE_DESCRIPTORS
    assert after.resident <= before.resident + MORE_BYTES
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]


def test_equal_numbers_are_equal_attempts(server: Server) -> None:
    """A fault that was found once can be found again."""
    calls = known_calls(server.port)

    assert [attempt_of(number, calls) for number in range(50)] == [
        attempt_of(number, calls) for number in range(50)
    ]
    assert 0 < Footprint.of(server.pid).descriptors
