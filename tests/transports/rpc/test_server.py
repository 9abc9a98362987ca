"""The server as a whole: ports, limits, ends, and clients that behave badly."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from datasynth.transports.rpc import synth_pb2_grpc
from datasynth.transports.rpc.server import SPARE_THREADS, GrpcServer
from datasynth.transports.rpc.synth_pb2 import Empty, GenerationRequest
from tests.transports.rpc.harness import TIMEOUT, refusal, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.service.services import Services
    from datasynth.transports.rpc.tls import TlsFiles
    from tests.transports.rpc.harness import Served

pytestmark = pytest.mark.server

ENDLESS = GenerationRequest(count=10_000_000)
ROOT = Path(__file__).parents[3]


def config_over(channel: grpc.Channel) -> str:
    """Ask for the configuration over a channel."""
    stub: Any = synth_pb2_grpc.SynthServiceStub(channel)
    with channel:
        return str(stub.GetConfig(Empty(), timeout=TIMEOUT).yaml)


def test_both_loopback_addresses_answer_on_one_port(make_services: Callable[..., Services]) -> None:
    """Port 0 becomes the same port on each address that the machine has."""
    server = GrpcServer(make_services(), port=0)
    port = server.start()

    assert server.addresses[0] == f"127.0.0.1:{port}"
    for address in server.addresses:
        assert address.endswith(f":{port}")
        assert "target_count" in config_over(grpc.insecure_channel(address))
    server.stop(1.0)


def test_calls_of_headers_only_delay_nobody(serve: Callable[..., Served]) -> None:
    """More of them than there are threads, on several connections: a call and a stream begin at once."""
    served, over = serve(streams=2), threading.Event()

    def nothing() -> Iterator[bytes]:
        over.wait(TIMEOUT)
        yield from ()

    with ExitStack() as stack:
        channels = [stack.enter_context(served.connect()) for _ in range(4)]
        stack.callback(over.set)
        for channel in channels:
            for method in ("GetConfig", "StartGeneration"):
                call: Any = channel.stream_stream(f"/synth.SynthService/{method}")
                stack.callback(
                    lambda calls: [one.cancel() for one in calls], [call(nothing()) for _ in range(40)]
                )
        wait_until(lambda: served.server.calls == 320)
        began = time.monotonic()
        served.synth.GetConfig(Empty(), timeout=TIMEOUT)
        first = next(served.synth.StartGeneration(GenerationRequest(count=100), timeout=TIMEOUT))
        seconds = time.monotonic() - began
        threads = sum(thread.name.startswith("grpc_") for thread in threading.enumerate())

    assert first.lines
    assert seconds < 5.0
    assert threads <= 2 + SPARE_THREADS
    wait_until(served.idle)


def test_a_taken_port_is_an_error(
    serve: Callable[..., Served], make_services: Callable[..., Services]
) -> None:
    """A second server does not silently share the first one's port."""
    served = serve()

    with pytest.raises(OSError, match=rf"127\.0\.0\.1:{served.port}: Address already in use") as refused:
        GrpcServer(make_services(), port=served.port).start()

    assert errno.EADDRINUSE == refused.value.errno


def test_a_port_is_free_again_after_the_stop(make_services: Callable[..., Services]) -> None:
    """A restart finds its port."""
    services = make_services()
    first = GrpcServer(services, ("127.0.0.1",), 0)
    port = first.start()
    first.stop(1.0)
    first.stop(1.0)

    second = GrpcServer(services, ("127.0.0.1",), port)
    assert port == second.start()
    second.stop(1.0)


def test_tls_guards_the_port(make_services: Callable[..., Services], tls_files: TlsFiles) -> None:
    """With a certificate the port speaks TLS and nothing else."""
    server = GrpcServer(make_services(), ("127.0.0.1",), 0, tls_files)
    target = f"localhost:{server.start()}"
    trusted = grpc.ssl_channel_credentials(tls_files.certificate.read_bytes())

    assert "target_count" in config_over(grpc.secure_channel(target, trusted))
    code, _, _ = refusal(lambda: config_over(grpc.insecure_channel(target)))
    assert grpc.StatusCode.UNAVAILABLE == code
    server.stop(1.0)


def test_a_key_opens_all_but_health(serve: Callable[..., Served]) -> None:
    """Without the key nothing is told."""
    served = serve(api_keys=("sesame",))

    code, _, _ = refusal(lambda: served.synth.GetConfig(Empty()))
    opened = served.synth.GetConfig(Empty(), metadata=(("authorization", "Bearer sesame"),))

    assert grpc.StatusCode.UNAUTHENTICATED == code
    assert "target_count" in opened.yaml


def test_stalled_readers_starve_nobody(serve: Callable[..., Served]) -> None:
    """With every place taken by a reader that does not read, other calls answer; the next is refused."""
    served = serve()
    stalled = [served.synth.StartGeneration(ENDLESS) for _ in range(128)]
    for call in stalled:
        next(call)

    code, message, _ = refusal(lambda: next(served.synth.StartGeneration(ENDLESS)))
    for _ in range(20):
        assert served.synth.GetConfig(Empty(), timeout=5).yaml
    stopped = served.synth.StopGeneration(Empty(), timeout=5).message

    assert grpc.StatusCode.UNAVAILABLE == code
    assert "128" in message
    assert stopped == "Stopped 128 streams."
    for call in stalled:
        call.cancel()
    wait_until(served.idle, 2)


def test_a_stopped_stream_whose_reader_stalls_keeps_its_place(serve: Callable[..., Served]) -> None:
    """Places count open calls, not running streams, or threads would run out."""
    served = serve(streams=2)
    stalled = [served.synth.StartGeneration(ENDLESS) for _ in range(2)]
    for call in stalled:
        next(call)
    served.synth.StopGeneration(Empty())

    code, _, _ = refusal(lambda: next(served.synth.StartGeneration(ENDLESS)))

    assert grpc.StatusCode.UNAVAILABLE == code
    stalled[0].cancel()
    wait_until(lambda: served.server.calls == 1, 2)
    assert next(served.synth.StartGeneration(ENDLESS)).lines


def test_a_hundred_vanished_clients_leave_nothing(serve: Callable[..., Served]) -> None:
    """Half hang up, half are killed; within two seconds streams, readers and calls are gone."""
    served = serve()
    killed = subprocess.Popen(
        [sys.executable, "-m", "tests.transports.rpc.vanishing_program", served.target, "50"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    cancelled = [served.synth.StartGeneration(ENDLESS) for _ in range(50)]
    for call in cancelled:
        next(call)
    with killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "50\n"
        assert served.active() == 100
        killed.kill()
    for call in cancelled:
        call.cancel()

    wait_until(served.idle, 2)


def test_an_expired_deadline_frees_a_call(serve: Callable[..., Served]) -> None:
    """A client that sets a time limit needs no other good-bye."""
    served = serve()

    code, _, _ = refusal(lambda: list(served.synth.StartGeneration(ENDLESS, timeout=0.3)))

    assert grpc.StatusCode.DEADLINE_EXCEEDED == code
    wait_until(served.idle, 2)


def test_stopping_tells_every_call(serve: Callable[..., Served]) -> None:
    """Readers that read hear UNAVAILABLE at once; one that does not is cut off after the grace."""
    served = serve()
    reading, stalled = (served.synth.StartGeneration(ENDLESS) for _ in range(2))
    next(stalled)
    next(reading)
    served.server.stop(0.5)

    for call in (reading, stalled):
        code, _, _ = refusal(partial(list, call))
        assert grpc.StatusCode.UNAVAILABLE == code
    assert not served.server.calls


def test_importing_starts_nothing() -> None:
    """Before `start` there is no thread and no gRPC object, so that a fork is safe."""
    program = (
        "import os, grpc, numpy, numba, datasynth.service.services, datasynth.encoding\n"
        "tasks = lambda: len(os.listdir('/proc/self/task'))\n"
        "before = tasks()\n"
        "import datasynth.transports.rpc.server as server\n"
        "assert tasks() == before, (before, tasks())\n"
        "made = [value for value in vars(server).values() if isinstance(value, grpc.Server)]\n"
        "assert not made\n"
    )

    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=TIMEOUT * 3)
