"""What is not gRPC, or not well meant, hurts nobody."""

from __future__ import annotations

import hashlib
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from bench.wire import http2
from bench.wire.grpc import listen
from bench.wire.grpc_attempts import data, hello, opening
from datasynth.transports.limits import REQUEST_BYTES
from datasynth.transports.rpc.synth_pb2 import Config, Empty
from tests.transports.rpc.harness import TIMEOUT, refusal, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.transports.rpc.harness import Served

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
NOISE = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(256))


@pytest.mark.parametrize(
    "sent",
    [
        NOISE,
        PREFACE + NOISE,
        PREFACE + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + NOISE,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"",
    ],
    ids=["noise", "noise after the preface", "noise after settings", "HTTP/1.1", "nothing"],
)
def test_bytes_that_are_no_grpc(serve: Callable[..., Served], sent: bytes) -> None:
    """Twenty connections of them, and the server answers as before."""
    served = serve()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", served.port), TIMEOUT) as connection:
            connection.sendall(sent)

    assert "target_count" in served.synth.GetConfig(Empty(), timeout=TIMEOUT).yaml
    wait_until(served.idle, 2)


@pytest.mark.parametrize("method", ["GetConfig", "SetConfig", "StartGeneration", "StopGeneration"])
def test_a_request_that_is_no_message(serve: Callable[..., Served], method: str) -> None:
    """Broken bytes in a proper call are the client's error."""
    raw: Any = serve().channel.unary_stream(f"/synth.SynthService/{method}")

    code, _, metadata = refusal(lambda: list(raw(b"\xff\xff\xff", timeout=TIMEOUT)))

    assert grpc.StatusCode.INVALID_ARGUMENT == code
    assert metadata["error-code"] == "invalid_request"


def test_a_request_that_is_too_large(serve: Callable[..., Served]) -> None:
    """Beyond 1 MiB nothing is read; just below it is."""
    served = serve()
    too_much, enough = (Config(yaml="#" * (REQUEST_BYTES + surplus)) for surplus in (1, -100))

    assert grpc.StatusCode.RESOURCE_EXHAUSTED == refusal(lambda: served.synth.SetConfig(too_much))[0]
    assert grpc.StatusCode.INVALID_ARGUMENT == refusal(lambda: served.synth.SetConfig(enough))[0]
    wait_until(served.idle, 2)


@pytest.mark.parametrize("path", ["/synth.SynthService/Destroy", "/nobody.Nothing/Never", "/", "/synth"])
def test_a_call_that_does_not_exist(serve: Callable[..., Served], path: str) -> None:
    """Unknown methods, services and paths are unimplemented."""
    call: Any = serve().channel.unary_unary(path)

    code, _, _ = refusal(lambda: call(b"", timeout=TIMEOUT))

    assert grpc.StatusCode.UNIMPLEMENTED == code


def test_metadata_of_any_kind(serve: Callable[..., Served]) -> None:
    """Strange keys in metadata are refused like wrong ones."""
    served = serve(api_keys=("sesame",))

    for metadata in [
        (("authorization", "Bearer " + "x" * 4_000),),
        (("x-api-key-bin", bytes(range(256))),),
        (("x-api-key", ""), ("authorization", "")),
        tuple(("x-api-key", str(number)) for number in range(50)),
    ]:
        code, _, _ = refusal(partial(served.synth.GetConfig, Empty(), metadata=metadata))
        assert grpc.StatusCode.UNAUTHENTICATED == code


def test_metadata_are_never_in_the_log(
    serve: Callable[..., Served], caplog: pytest.LogCaptureFixture
) -> None:
    """A key with bytes that are no text is refused like a wrong one, and grpcio does not write it down."""
    served = serve(api_keys=("sesame",))
    wire = http2.Wire.to(served.port)
    key = (b"x-api-key", b"sesame\xff")
    wire.send(hello() + opening(1, "/synth.Synth/GetConfig", key) + data(1, b""))
    answer = listen(wire, 5.0, lambda status: "grpc-status" in status)
    wire.close()

    assert ("16", "unauthorized") == tuple(
        answer.statuses[-1][name] for name in ("grpc-status", "error-code")
    )
    assert "sesame" not in caplog.text


def test_calls_without_a_request_leave_threads_to_others(serve: Callable[..., Served]) -> None:
    """Fifty calls that say nothing do not keep the next one waiting."""
    served = serve()
    never = threading.Event()

    def silence() -> Iterator[bytes]:
        never.wait(TIMEOUT)
        yield from ()

    silent: Any = served.channel.stream_unary("/synth.SynthService/GetConfig")
    pending = [silent.future(silence()) for _ in range(50)]
    wait_until(lambda: served.server.calls == 50)

    assert served.synth.GetConfig(Empty(), timeout=5).yaml
    for call in pending:
        call.cancel()
    never.set()
    wait_until(served.idle, 2)
