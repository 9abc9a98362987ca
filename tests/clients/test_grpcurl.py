"""grpcurl, which knows nothing but the address: it lists, describes and calls everything."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from datasynth.transports.rpc.reflection import SERVICES, SYMBOLS
from tests.clients.tools import run, tool

if TYPE_CHECKING:
    from tests.server import Server

HOW = "go install github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4"
NAMES = ["grpc.health.v1.Health", *SERVICES, "synth.Synth", "synth.SynthService"]
UNARY = ("GetConfig", "SetConfig", "StopGeneration")


def grpcurl(server: Server, *words: str, data: str | None = None, metadata: str | None = None) -> str:
    """Run grpcurl, which has to succeed; what it printed."""
    flags = ["-plaintext"]
    flags += ["-d", data] if data is not None else []
    flags += ["-H", metadata] if metadata is not None else []
    done = run(tool("grpcurl", HOW), *flags, server.grpc_target, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_service_is_listed_and_described(server: Server) -> None:
    """With all of its methods."""
    assert NAMES == grpcurl(server, "list").split()
    for name in NAMES:
        methods = grpcurl(server, "list", name).split()
        described = grpcurl(server, "describe", name)
        assert methods
        assert methods == [f"{name}.{method}" for method in re.findall(r"rpc (\w+)", described)]


@pytest.mark.timeout(300)
def test_every_symbol_is_described(server: Server) -> None:
    """Services, methods, messages, fields and enums of all files."""
    described = [grpcurl(server, "describe", symbol).split(maxsplit=1)[0] for symbol in SYMBOLS]

    # Values of enums are siblings of their type, and grpcurl prints them below it.
    assert [symbol.rpartition(".")[2] for symbol in SYMBOLS] == [
        name.rpartition(".")[2] for name in described
    ]
    assert {name for name in described if name not in SYMBOLS} == set()


@pytest.mark.parametrize("service", ["synth.SynthService", "synth.Synth"])
def test_every_call_is_made(server: Server, service: str) -> None:
    """Answers are those of the proto, and a stream begins where it was asked to."""
    answers = [
        json.loads(grpcurl(server, f"{service}/{method}")) for method in ("GetConfig", "StopGeneration")
    ]
    changed = json.loads(
        grpcurl(server, f"{service}/SetConfig", data=json.dumps({"yaml": "global: {seed: 7}"}))
    )
    whole, rest = (
        grpcurl(server, f"{service}/StartGeneration", data='{"count": "20"}', metadata=first)
        for first in (None, "x-first: 18")
    )

    assert "target_count" in answers[0]["yaml"]
    assert answers[1]["success"]
    assert changed["success"]
    ids = [re.findall(r'"document_id": "(\S+)"', printed) for printed in (whole, rest)]
    assert (20, 2) == (len(ids[0]), len(ids[1]))
    assert ids[0][18:] == ids[1]


def test_health_and_reflection_are_called_too(server: Server) -> None:
    """The standard services answer by the descriptions that they give of themselves."""
    assert json.loads(grpcurl(server, "grpc.health.v1.Health/Check")) == {"status": "SERVING"}
    assert "synth.Synth" in grpcurl(server, "grpc.health.v1.Health/List")
    for name in SERVICES:
        assert "synth.SynthService" in grpcurl(
            server, f"{name}/ServerReflectionInfo", data='{"listServices": ""}'
        )


def test_the_message_names_the_cause(server: Server) -> None:
    """It is what grpcurl prints."""
    data = json.dumps({"count": "0"})
    done = run(
        tool("grpcurl", HOW), "-plaintext", "-d", data, server.grpc_target, "synth.Synth/StartGeneration"
    )

    assert "count: Must be a whole number from 1 to" in done.stderr
