"""A client with grpc-js: entries under both names, a place to begin, causes of failures, and a long pause."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.tools import PATIENCE, tool
from tests.server import ROOT

if TYPE_CHECKING:
    from tests.server import Server

FOLDER = Path(__file__).parent / "node"
OK, CANCELLED, INVALID_ARGUMENT = 0, 1, 3


def read(server: Server, service: str = "SynthService", **wish: object) -> dict[str, Any]:
    """Run the client; what it saw."""
    node = tool("node", "the package nodejs")
    if not (FOLDER / "node_modules" / "@grpc" / "grpc-js").is_dir():
        pytest.skip("the npm package @grpc/grpc-js is not installed (npm ci --prefix tests/clients/node)")
    done = subprocess.run(
        [node, FOLDER / "reader.js", ROOT / "protos" / "synth.proto", server.grpc_target, service],
        input=json.dumps(wish),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@pytest.mark.parametrize("service", ["SynthService", "Synth"])
def test_entries_arrive(server: Server, service: str) -> None:
    """As many as asked for, balanced, with the stream's id at both ends and how it ended."""
    seen = read(server, service, count=1_000)

    assert (OK, 1_000, True) == (seen["code"], len(set(seen["ids"])), seen["balanced"])
    assert seen["initial"]["stream-id"] == seen["trailing"]["stream-id"]
    assert seen["trailing"]["stream-status"] == "completed"


def test_a_second_call_goes_on(server: Server) -> None:
    """The metadata `x-first` says where; at the end there is nothing left."""
    whole, rest, nothing = (read(server, count=500, first=first) for first in ([], ["477"], ["500"]))

    assert whole["ids"][477:] == rest["ids"]
    assert (OK, []) == (nothing["code"], nothing["ids"])


@pytest.mark.parametrize(
    ("wish", "cause"),
    [
        ({"count": 0}, "count: Must be a whole number from 1 to"),
        ({"count": 10, "first": ["11"]}, "x-first: Must be from 0 to 10."),
        ({"count": 10, "first": ["1", "2"]}, "x-first: Must be"),
    ],
)
def test_the_message_names_the_cause(server: Server, wish: dict[str, Any], cause: str) -> None:
    """Whoever prints the error sees what to change; two values come as one, joined by a comma."""
    seen = read(server, **wish)

    assert (INVALID_ARGUMENT, []) == (seen["code"], seen["ids"])
    assert cause in seen["details"]


def test_a_paused_reader_that_pings_reads_on(server: Server) -> None:
    """Five pings a second through five seconds in which no data come are no reason to hang up."""
    pings = {"grpc.keepalive_time_ms": 200, "grpc.keepalive_permit_without_calls": 1}
    seen = read(server, count=10_000_000, options=pings, pauseAfter=10, pauseMs=5_000, take=20_000)

    assert (CANCELLED, "Cancelled on client") == (seen["code"], seen["details"])
    assert 20_000 <= len(seen["ids"])
