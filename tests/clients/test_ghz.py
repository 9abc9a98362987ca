"""ghz measures calls that it knows by reflection alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.clients.tools import run, tool

if TYPE_CHECKING:
    from tests.server import Server

HOW = "go install github.com/bojand/ghz/cmd/ghz@v0.121.0"


@pytest.mark.parametrize(
    ("call", "data"),
    [
        ("synth.SynthService.GetConfig", "{}"),
        ("synth.SynthService.StartGeneration", '{"count": 100}'),
        ("synth.Synth.StartGeneration", '{"count": 100}'),
        ("grpc.health.v1.Health.Check", "{}"),
    ],
)
def test_every_call_is_ok(server: Server, call: str, data: str) -> None:
    """Fifty calls, ten at a time."""
    options = ["--insecure", "--call", call, "-d", data, "-n", "50", "-c", "10", "-O", "json"]
    done = run(tool("ghz", HOW), *options, server.grpc_target)

    assert done.returncode == 0, done.stderr
    assert {"OK": 50} == json.loads(done.stdout)["statusCodeDistribution"]
