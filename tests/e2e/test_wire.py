"""A server that is sent hostile bytes goes on as before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bench.footprint import Footprint
from bench.wire import grpc
from bench.wire.grpc_attempts import ATTEMPTS

if TYPE_CHECKING:
    from tests.server import Server

SECONDS = 20.0
FIRST_ROUND = 3.0


@pytest.mark.timeout(120)
def test_hostile_grpc(server: Server) -> None:
    """No fault of its own, proper calls are answered meanwhile, and it is no larger afterwards."""
    first = grpc.run(FIRST_ROUND, 1, server.grpc_port)
    before = Footprint.settled(server.pid, Footprint.of(server.pid))
    began = time.monotonic()
    report = grpc.run(SECONDS, 1, server.grpc_port)
    seconds = time.monotonic() - began
    after = Footprint.settled(server.pid, before)

    assert [] == first.faults + report.faults
    assert set(ATTEMPTS) == set(report.sent)
    assert seconds < SECONDS + 15
    assert after.back_to(before), (before, after)
    assert "Traceback" not in server.log
    assert "rror" not in server.log
