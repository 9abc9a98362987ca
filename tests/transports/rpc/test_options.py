"""Each option of gRPC's core: known to it, and with an effect, shown with and without it."""

from __future__ import annotations

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # it has no stub

from bench.wire import http2
from datasynth.transports.rpc import synth_pb2_grpc
from datasynth.transports.rpc.options import ANSWER_MS, CLIENT_PINGS_TOO_SOON, OPTIONS, PING_MS
from datasynth.transports.rpc.synth_pb2 import GenerationRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.transports.rpc.harness import Served

pytestmark = pytest.mark.server

ENDLESS = GenerationRequest(count=10_000_000)
QUICK = {"grpc.keepalive_time_ms": 200, "grpc.http2.ping_timeout_ms": 300}


@contextmanager
def core(*without: str, **changes: int) -> Iterator[int]:
    """Serve one call that answers nothing, with our options, some left out or changed; the port."""
    given = {name: value for name, value in {**OPTIONS, **changes}.items() if name not in without}
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool, options=tuple(given.items()))
        handler: Any = grpc.unary_unary_rpc_method_handler(lambda request, _: request[:0])
        server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("any.Thing", {"Goes": handler})]
        )
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield port
        server.stop(None).wait(5.0)


@contextmanager
def introduced(port: int) -> Iterator[http2.Wire]:
    """Connect, and say no more than is needed to be a client."""
    wire = http2.Wire.to(port)
    wire.send(http2.PREFACE + http2.settings())
    yield wire
    wire.close()


def pings(wire: http2.Wire, seconds: float, *, answer: bool) -> int:
    """Count the pings that come, and answer them, or not."""
    count = 0
    for frame in wire.frames(seconds):
        if frame.kind == http2.PING and not frame.flags & http2.ACK:
            count += 1
            if answer:
                wire.send(http2.frame(http2.PING, http2.ACK, 0, frame.payload))
    return count


def test_the_core_knows_every_key() -> None:
    """It ignores those that it does not know, and no library complains; its binary has those that it does."""
    core_s_words = Path(cygrpc.__file__).read_bytes()

    assert [] == [key for key in OPTIONS if key.encode() + b"\0" not in core_s_words]
    assert b"grpc.http2.min_recv_ping_interval_without_data_ms\0" not in core_s_words


def test_every_option_has_a_test() -> None:
    """One that nobody misses when it is left out is none."""
    shown = {key for key in OPTIONS if f'"{key}"' in Path(__file__).read_text()}

    assert set(OPTIONS) == shown


def test_a_port_is_not_shared() -> None:
    """A second server on a taken port fails; by the core's default both would have half of the calls."""
    for without, fails in (((), True), (("grpc.so_reuseport",), False)):
        with core(*without) as port, ThreadPoolExecutor(1) as pool:
            left = [(key, value) for key, value in OPTIONS.items() if key not in without]
            second = grpc.server(pool, options=left)
            with ExitStack() as stack:
                if fails:
                    stack.enter_context(pytest.raises(RuntimeError, match="Failed to bind"))
                assert port == second.add_insecure_port(f"127.0.0.1:{port}")
            second.stop(None)


@pytest.mark.parametrize("said", [b"", http2.PREFACE], ids=["nothing", "half of it"])
def test_a_connection_has_to_introduce_itself_in_time(said: bytes) -> None:
    """One that does not is closed, after two minutes by default."""
    for without, closed in (((), True), (("grpc.server_handshake_timeout_ms",), False)):
        with core(*without, **{"grpc.server_handshake_timeout_ms": 300} if closed else {}) as port:
            wire = http2.Wire.to(port)
            wire.send(said)
            list(wire.frames(1.5))
            assert closed == wire.closed
            wire.close()


def test_a_peer_is_pinged_also_without_a_call_and_as_long_as_it_answers() -> None:
    """Without one of the two options it never is, within hours."""
    with core(**QUICK) as port, introduced(port) as wire:
        assert pings(wire, 1.5, answer=True) > 4
        assert not wire.closed
    for missing in ("grpc.keepalive_time_ms", "grpc.keepalive_permit_without_calls"):
        quick = {key: value for key, value in QUICK.items() if key != missing}
        with core(missing, **quick) as port, introduced(port) as wire:
            assert 0 == pings(wire, 1.0, answer=True)


def test_a_peer_that_does_not_answer_is_gone() -> None:
    """It has as long as the option says, by default a minute; with the wait for a ping that is a minute."""
    with core(**QUICK) as port, introduced(port) as wire:
        began = time.monotonic()
        assert 1 == pings(wire, 5.0, answer=False)
        assert wire.closed
        assert time.monotonic() - began < 2.5
    slow = {"grpc.keepalive_time_ms": 200}
    with core("grpc.http2.ping_timeout_ms", **slow) as port, introduced(port) as wire:
        assert 1 == pings(wire, 1.5, answer=False)
        assert not wire.closed
    assert 60_000 == PING_MS + ANSWER_MS


def test_a_request_has_a_largest_size() -> None:
    """By default it would be four times as large."""
    limit = "grpc.max_receive_message_length"
    for without, expected in (((), "RESOURCE_EXHAUSTED"), ((limit,), "OK")):
        with core(*without) as port, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            method: Any = channel.stream_unary("/any.Thing/Goes")
            call = method.future(iter([bytes(OPTIONS[limit] + 1)]))
            assert expected == call.code().name


def test_the_kernel_waits_as_long_for_data_to_be_confirmed() -> None:
    """By default it would be half of that."""
    for without, expected in (((), ANSWER_MS), (("grpc.keepalive_timeout_ms",), 20_000)):
        with core(*without) as port, introduced(port) as wire:
            next(wire.frames(2.0))
            assert {expected} == set(_user_timeouts(port, wire.socket.fileno()))


def _user_timeouts(port: int, other_end: int) -> Iterator[int]:
    for link in Path("/proc/self/fd").iterdir():
        try:
            found = socket.socket(fileno=os.dup(int(link.name)))
        except OSError:
            continue
        with found:
            ours = found.family in {socket.AF_INET, socket.AF_INET6} and int(link.name) != other_end
            if ours and found.getsockname()[1] == port:
                yield found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)


def pinging(port: int, count: int, gap: float) -> bool:
    """Ping so often; tell whether the server has put up with it."""
    with introduced(port) as wire:
        answers = 0
        for _ in range(count):
            wire.send(http2.frame(http2.PING, payload=b"datasyn?"))
            answers += sum(frame.kind == http2.PING for frame in wire.frames(gap))
        answers += sum(frame.kind == http2.PING for frame in wire.frames(0.5))
        assert wire.closed or answers == count
        return not wire.closed


def test_pings_at_leisure_are_never_too_many() -> None:
    """At eight a second none counts as too soon, although nothing is sent between them."""
    with core(**{"grpc.http2.max_ping_strikes": 1}) as port:
        assert pinging(port, 12, 0.125)
    with core("grpc.http2.min_ping_interval_without_data_ms", **{"grpc.http2.max_ping_strikes": 1}) as port:
        assert not pinging(port, 12, 0.125)


def test_a_flood_of_pings_is_closed() -> None:
    """So many may come too soon, and no more; by default it would be two."""
    with core() as port:
        assert pinging(port, CLIENT_PINGS_TOO_SOON, 0.0)
        assert not pinging(port, CLIENT_PINGS_TOO_SOON + 20, 0.0)
    with core("grpc.http2.max_ping_strikes") as port:
        assert not pinging(port, 20, 0.0)


@pytest.mark.parametrize("pause", [0.5, 8.0], ids=["slow", "paused"])
def test_a_slow_reader_that_pings_is_left_in_peace(serve: Callable[..., Served], pause: float) -> None:
    """While flow control holds the data back, each ping of a client is one without data."""
    served = serve()
    small = [("grpc.http2.bdp_probe", 0)]
    often = [("grpc.keepalive_time_ms", 1_000), ("grpc.http2.max_pings_without_data", 0)]
    with grpc.insecure_channel(served.target, options=[*small, *often]) as channel:
        stub: Any = synth_pb2_grpc.SynthServiceStub(channel)
        call = stub.StartGeneration(ENDLESS)
        ends = time.monotonic() + 8.0
        while time.monotonic() < ends:
            assert next(call).lines
            time.sleep(pause)
        # Beyond what has been on its way: the connection lives.
        assert 5_000 == sum(1 for _ in zip(range(5_000), call, strict=False))
        call.cancel()
