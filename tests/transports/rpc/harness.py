"""What the tests of this folder share."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from datasynth.transports.rpc import synth_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.services import Services
    from datasynth.transports.rpc.server import GrpcServer

TIMEOUT = 30.0


class Clock:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Served:
    """A running server and a client of it.

    Attributes
    ----------
    services, server, port
        What runs, and where.
    channel
        A connection.
    synth
        The stub of ``synth.SynthService`` on it.
    """

    def __init__(self, services: Services, server: GrpcServer, port: int) -> None:
        self.services = services
        self.server = server
        self.port = port
        self.target = f"127.0.0.1:{port}"
        self.channel = self.connect()
        self.synth: Any = synth_pb2_grpc.SynthServiceStub(self.channel)

    def connect(self) -> grpc.Channel:
        """Open a connection of its own."""
        return grpc.insecure_channel(self.target, options=[("grpc.use_local_subchannel_pool", 1)])

    def active(self) -> int:
        """How many streams run or are paused."""
        return sum(stream.active for stream in self.services.registry.all())

    def idle(self) -> bool:
        """Whether nothing at all is left of any stream or call."""
        readers = self.services.counters.snapshot()["readers"]
        return not self.active() and not self.server.calls and not readers

    def close(self) -> None:
        """Hang up and stop."""
        self.channel.close()
        self.server.stop(1.0)


def refusal(call: Callable[[], object]) -> tuple[grpc.StatusCode, str, dict[str, str]]:
    """Make a call that fails; return status, message and trailing metadata."""
    with pytest.raises(grpc.RpcError) as raised:
        call()
    error = raised.value
    return error.code(), error.details() or "", trailers(error)


def trailers(ended: Any) -> dict[str, str]:
    """Return the metadata that ended a call."""
    return {item.key: str(item.value) for item in ended.trailing_metadata()}


def wait_until(condition: Callable[[], bool], seconds: float = TIMEOUT) -> None:
    """Wait for what other threads are about to do."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("it did not happen in time")
