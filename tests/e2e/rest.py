"""A server after it has been kept busy: its stream is stopped, and a moment has passed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import requests

from bench.footprint import Footprint

if TYPE_CHECKING:
    from tests.server import Server

ANSWERS_WITHIN = 20.0
MOMENT = 1.0


def stop(server: Server) -> None:
    """Stop whatever stream there is."""
    requests.post(f"{server.base_url}/api/stream/stop", timeout=ANSWERS_WITHIN)


def rested(server: Server) -> Footprint:
    """What the server has after a first turn, once that is over."""
    stop(server)
    time.sleep(MOMENT)
    return Footprint.of(server.pid)
