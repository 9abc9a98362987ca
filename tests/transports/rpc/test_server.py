"""The server as a whole: ports, limits, ends, and clients that behave badly."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from datasynth.transports.rpc import reflection, synth_pb2_grpc
from datasynth.transports.rpc.calls import Calls
from datasynth.transports.rpc.guard import CallGuard
from datasynth.transports.rpc.request_timeouts import RequestTimeouts
from datasynth.transports.rpc.server import (
    NAMES,
    SPARE_THREADS,
    GrpcServer,
    TlsFiles,
    credentials,
    method_handlers,
)
from datasynth.transports.rpc.synth_pb2 import DESCRIPTOR, Empty, GenerationRequest
from tests.transports.rpc.harness import TIMEOUT, refusal, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.service.services import Services
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


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The sentence has both paths and the reason in one line."""
    files = TlsFiles(tmp_path / "cert.pem", tmp_path / "key.pem")

    with pytest.raises(OSError, match=r"cert\.pem with key .*key\.pem: No such file") as refused:
        credentials(files)

    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    """What gRPC would fail on at every handshake fails at the start."""
    files = TlsFiles(tmp_path / "cert.pem", tmp_path / "key.pem")
    files.certificate.write_text("certainly")
    files.key.write_text("not")

    with pytest.raises(OSError, match=r"gRPC cannot use certificate"):
        credentials(files)


def test_a_pair_that_belongs_together_is_accepted(tls_files: TlsFiles) -> None:
    """A good pair makes credentials."""
    assert credentials(tls_files) is not None


def test_a_key_of_another_certificate_is_refused(tls_files: TlsFiles, other_tls_files: TlsFiles) -> None:
    """The two files must fit."""
    with pytest.raises(OSError, match="gRPC cannot use certificate"):
        credentials(TlsFiles(tls_files.certificate, other_tls_files.key))


def test_every_call_that_is_declared_is_answered(make_services: Callable[..., Services]) -> None:
    """The handlers are the methods that reflection tells of, no fewer and no more."""
    services = make_services()
    guard = CallGuard(services.access, services.rate_window, services.counters)
    with ThreadPoolExecutor(1) as pool:
        handlers = method_handlers(services, Calls(guard, RequestTimeouts(), services.counters, pool), 1)

    assert ("synth.SynthService", "synth.Synth") == NAMES
    declared = {
        f"{file.package}.{service.name}": {method.name for method in service.method}
        for file in reflection.FILES
        for service in file.service
    }
    assert declared == {service: set(answered) for service, answered in handlers.items()}


def test_requests_are_those_of_the_page() -> None:
    """A client that names all fields of a request compiles: none is ever added, and none comes back."""
    requests = {
        method.input_type for service in DESCRIPTOR.services_by_name.values() for method in service.methods
    }
    fields = {
        message.name: [(field.number, field.name, field.type, field.has_presence) for field in message.fields]
        for message in requests
    }
    file = FileDescriptorProto()
    DESCRIPTOR.CopyToProto(file)
    (generation,) = [message for message in file.message_type if message.name == "GenerationRequest"]

    assert fields == {
        "Empty": [],
        "Config": [(1, "yaml", FieldDescriptor.TYPE_STRING, False)],
        "GenerationRequest": [(1, "count", FieldDescriptor.TYPE_INT64, True)],
    }
    assert [(2, 3)] == [(taken.start, taken.end) for taken in generation.reserved_range]
    assert ["first"] == list(generation.reserved_name)
