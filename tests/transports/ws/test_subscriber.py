"""Which streams a subscriber is told about, and why its connection ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datasynth.errors import InternalError
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.caller import Caller
from datasynth.transports.ws.frames import CloseCode
from datasynth.transports.ws.query import EventQuery
from datasynth.transports.ws.socket import PeerGone
from datasynth.transports.ws.subscriber import Subscriber
from tests.transports.ws.fakes import (
    FakeClock,
    FakeGuard,
    FakeRegistry,
    FakeStream,
    RecordingSocket,
    ScriptedWaker,
    as_stream,
    fake_services,
)
from tests.transports.ws.test_reading import decoded, types

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS = frozenset({"complete", "warning", "error"})


class Scene:
    """A registry, a subscriber, and a script of what happens whenever the subscriber sleeps."""

    def __init__(self, *streams: FakeStream, guard: FakeGuard | None = None, **query: Any) -> None:
        self.registry = FakeRegistry(*streams)
        self.guard = guard or FakeGuard()
        self.socket = RecordingSocket()
        self.query = EventQuery(**{"types": ENDS, **query})

    def run(self, first: FakeStream | None, *script: Callable[[], None]) -> tuple[CloseCode, str]:
        self.waker = ScriptedWaker(*script)
        services = fake_services(self.registry, FakeClock(), self.guard)
        stream = None if first is None else as_stream(first)
        caller = Caller("a client", self.waker)
        return Subscriber(services, self.query, stream, self.socket.as_socket(), caller).run()

    def ids(self) -> list[str]:
        return [str(message["stream_id"]) for message in decoded(self.socket)]


def test_one_stream_by_its_id() -> None:
    """Who named a stream is done after its `complete`."""
    stream = FakeStream("a")
    stream.finish(State.COMPLETED)
    scene = Scene(stream, stream_id="a")

    assert CloseCode.NORMAL == scene.run(stream)[0]
    assert ["complete"] == types(scene.socket)


def test_a_failed_stream_by_its_id() -> None:
    """After `error` the close code says that it was not the client's fault."""
    stream = FakeStream("a")
    stream.finish(State.FAILED)
    scene = Scene(stream, stream_id="a")

    assert CloseCode.INTERNAL_ERROR == scene.run(stream)[0]
    assert ["error"] == types(scene.socket)


def test_waits_for_a_start_and_stays() -> None:
    """Who comes before the start waits, and then gets one stream after the other."""
    first, second = FakeStream("a"), FakeStream("b")
    scene = Scene()
    outcome = scene.run(
        None,
        lambda: scene.registry.start(first),
        lambda: first.finish(State.COMPLETED),
        lambda: scene.registry.start(second),
        lambda: second.finish(State.COMPLETED),
        scene.registry.shut_down,
    )

    assert ["a", "b"] == scene.ids()
    assert (CloseCode.GOING_AWAY, "server shuts down") == outcome


def test_no_stream_is_left_out() -> None:
    """Streams that came and went while a slow subscriber read an earlier one come next, in order."""
    first, second, third = (FakeStream(name) for name in "abc")
    scene = Scene(first)

    def pass_by() -> None:
        for stream in (FakeStream("g", kind="grpc"), second, third):
            scene.registry.start(stream)
            stream.finish(State.COMPLETED)
        first.finish(State.COMPLETED)

    scene.run(first, pass_by, scene.registry.shut_down)

    assert ["a", "b", "c"] == scene.ids()


def test_the_place_counts_for_the_first_stream_only() -> None:
    """`from` and `line` are about the first stream; the next one is read from its beginning."""
    first, second = FakeStream("a"), FakeStream("b")
    scene = Scene(first, types=frozenset({"entry"}), first=2, line=2)
    scene.run(first, lambda: scene.registry.start(second), scene.registry.shut_down)
    places = [(message["stream_id"], message["sequence"]) for message in decoded(scene.socket)]

    assert [("a", 2), *[("b", n) for n in (0, 0, 1, 1, 2, 2)]] == places


def test_shutdown_interrupts_a_stream() -> None:
    """A server that ends does not wait for the stream."""
    stream = FakeStream("a")
    scene = Scene(stream)

    assert CloseCode.GOING_AWAY == scene.run(stream, scene.registry.shut_down)[0]
    assert 0 == len(stream.wakers)


def test_shutdown_comes_before_everything() -> None:
    """Nothing is sent any more once the server ends."""
    stream = FakeStream("a")
    scene = Scene(stream)
    scene.registry.shut_down()

    assert CloseCode.GOING_AWAY == scene.run(stream)[0]
    assert [] == scene.socket.sent


def test_low_memory_is_the_first_message() -> None:
    """A socket opened while memory is low is told so before anything else."""
    stream = FakeStream("a")
    guard = FakeGuard()
    guard.fall_low()
    scene = Scene(stream, guard=guard, types=ENDS | {"started"})
    scene.run(stream, scene.registry.shut_down)
    warning = decoded(scene.socket)[0]

    assert ["type", "stream_id", "message", "used_bytes", "limit_bytes"] == list(warning)
    assert ["warning", "started"] == types(scene.socket)


def test_low_memory_is_told_to_those_who_wait() -> None:
    """A waiting subscriber is warned each time that memory becomes low, once."""
    scene = Scene()
    scene.run(None, scene.guard.fall_low, lambda: None, scene.guard.fall_low, scene.registry.shut_down)

    assert ["warning", "warning"] == types(scene.socket)
    assert [None, None] == [message["stream_id"] for message in decoded(scene.socket)]


def test_an_active_stream_warns_by_itself() -> None:
    """What the stream announces is not said twice."""
    stream = FakeStream("a")
    scene = Scene(stream)
    scene.run(stream, scene.guard.fall_low, scene.registry.shut_down)

    assert [] == scene.socket.sent


def test_entries_that_cannot_be_made() -> None:
    """A fault of ours is told, and closes the connection."""
    stream = FakeStream("a")
    scene = Scene(stream, types=ENDS | {"entry"})

    def spoil() -> None:
        stream.cursors[0].error = InternalError("The entries cannot be made.")

    stream.limit = 0

    assert CloseCode.INTERNAL_ERROR == scene.run(stream, spoil)[0]
    assert ["error"] == types(scene.socket)
    assert stream.cursors[0].closed


def test_the_sleep_is_never_longer_than_the_socket_allows() -> None:
    """Pings are sent on time while nothing else happens."""
    scene = Scene()
    scene.socket.attention = 7.5
    scene.run(None, scene.registry.shut_down)

    assert [7.5] == scene.waker.waits


def test_a_peer_that_leaves_ends_it() -> None:
    """Leaving is passed on to whoever closes the connection."""
    stream = FakeStream("a")
    scene = Scene(stream, types=frozenset({"entry"}))
    scene.socket.leaves_after = 1

    with pytest.raises(PeerGone):
        scene.run(stream)
    assert 0 == len(stream.wakers)
