"""The gRPC server: its methods, threads, ports and certificate.

Streams take a thread each while they last, and hold it while their client does
not read.  There are places for so many of them and threads to spare, so that a
short call always finds one.  A call whose request has not come yet takes none.
"""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from datasynth.transports.addresses import LOOPBACK, endpoint, usable
from datasynth.transports.rpc import health, reflection
from datasynth.transports.rpc.calls import CallLimit, Calls
from datasynth.transports.rpc.grpcio_internals import keep_metadata_out_of_the_log, warn_of_other_versions
from datasynth.transports.rpc.guard import CallGuard
from datasynth.transports.rpc.options import OPTIONS
from datasynth.transports.rpc.request_timeouts import RequestTimeouts
from datasynth.transports.rpc.servicer import SynthServicer
from datasynth.transports.rpc.synth_pb2 import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from datasynth.service.services import Services

STREAMS = 128
"""StartGeneration calls at once."""

SPARE_THREADS = 64
"""Threads for all other calls: watchers of health, reflection, and what is soon over."""

WATCHERS = 16
"""Watchers of health at once."""

REFLECTIONS = 16
"""Answers of reflection at once."""

NAMES = tuple(service.full_name for service in DESCRIPTOR.services_by_name.values())
"""The proto's services: the same calls under two names."""

_HOUSEKEEPING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The files with certificate chain and private key, in PEM."""

    certificate: Path
    key: Path


def credentials(files: TlsFiles) -> grpc.ServerCredentials:
    """Read certificate and key.

    gRPC would take any bytes, and fail at every handshake; so a TLS context
    tries them first.

    Raises
    ------
    OSError
        A file cannot be read, or the two do not belong together.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
        return grpc.ssl_server_credentials([(files.key.read_bytes(), files.certificate.read_bytes())])
    except OSError as error:
        reason = error.strerror or error
        sentence = f"gRPC cannot use certificate {files.certificate} with key {files.key}: {reason}"
        raise OSError(error.errno, sentence) from error


class GrpcServer:
    """The calls of the proto, health and reflection on one port.

    Nothing of gRPC exists before `start`, which must not be called before a fork.

    Parameters
    ----------
    services
        The services that the calls reach.
    addresses
        IP addresses to listen on, the most important first; others that the
        machine does not have are left out.
    port
        TCP port, or 0 for any that is free.
    tls
        Certificate and key; None for plain text.
    streams
        StartGeneration calls at once.
    options
        Options of gRPC's core.
    """

    def __init__(
        self,
        services: Services,
        addresses: Sequence[str] = LOOPBACK,
        port: int = 50051,
        tls: TlsFiles | None = None,
        streams: int = STREAMS,
        options: Mapping[str, int] = OPTIONS,
    ) -> None:
        self._services = services
        self._addresses = tuple(addresses)
        self._port = port
        self._tls = tls
        self._streams = streams
        self._options = options
        self._timeouts = RequestTimeouts()
        guard = CallGuard(services.access, services.rate_window, services.counters)
        # It has no thread before the first call.
        self._pool = ThreadPoolExecutor(streams + SPARE_THREADS, thread_name_prefix="grpc")
        self._calls = Calls(guard, self._timeouts, services.counters, self._pool)
        self._stopping = threading.Event()
        self._running: _Running | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses of the server, once started: ``127.0.0.1:50051``, ``[::1]:50051``."""
        return tuple(endpoint(address, self._port) for address in self._addresses)

    @property
    def calls(self) -> int:
        """How many calls are in progress."""
        return self._calls.open

    def start(self) -> int:
        """Listen and serve; return the port.

        Raises
        ------
        OSError
            The port is taken, an address is not this machine's, or certificate
            and key cannot be used; the message is one line for a person.
        """
        secured = credentials(self._tls) if self._tls else None
        self._addresses, self._port = usable(self._addresses, self._port)
        warn_of_other_versions()
        keep_metadata_out_of_the_log()
        server = grpc.server(self._pool, options=tuple(self._options.items()))
        for service, handlers in method_handlers(self._services, self._calls, self._streams).items():
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
        for address in self.addresses:
            _bind(server, address, secured)
        self._services.counters.gauge("grpc_calls_open", lambda: self._calls.open)
        server.start()
        housekeeper = threading.Thread(target=self._keep_house, name="grpc-housekeeper", daemon=True)
        housekeeper.start()
        self._running = _Running(server, housekeeper)
        return self._port

    def stop(self, grace: float) -> None:
        """End every call with UNAVAILABLE, after `grace` seconds by force, and the server with them.

        Blocks until that is done, so a greenlet leaves it to a native thread.
        A second time it does nothing.
        """
        running, self._running = self._running, None
        if running is None:
            return
        self._stopping.set()
        # New calls are refused from here on, and those that wait are woken.
        self._calls.shut_down()
        running.server.stop(grace).wait(grace + _HOUSEKEEPING_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)
        running.housekeeper.join()

    def _keep_house(self) -> None:
        while not self._stopping.wait(_HOUSEKEEPING_SECONDS):
            self._timeouts.tick()


@dataclass(frozen=True, slots=True)
class _Running:
    """The parts that exist only between start and stop."""

    server: grpc.Server
    housekeeper: threading.Thread


def _bind(server: grpc.Server, address: str, secured: grpc.ServerCredentials | None) -> None:
    try:
        if secured is None:
            server.add_insecure_port(address)
        else:
            server.add_secure_port(address, secured)
    except RuntimeError as error:
        # Somebody took the port between the trial and now.
        raise OSError(f"gRPC cannot listen on {address}: {error}") from error


def method_handlers(
    services: Services, calls: Calls, streams: int
) -> dict[str, dict[str, grpc.RpcMethodHandler[bytes, bytes]]]:
    """Return the handlers by full name of the service and name of the method.

    The number of StartGeneration calls at once, `streams`, is for all names together.
    """
    synth = SynthServicer(services, CallLimit(streams, "gRPC streams"))
    methods = {
        "GetConfig": calls.unary(synth.get_config),
        "SetConfig": calls.unary(synth.set_config),
        "StartGeneration": calls.stream(synth.start_generation),
        "StopGeneration": calls.unary(synth.stop_generation),
    }
    checks = health.HealthServicer(services.readiness, NAMES, CallLimit(WATCHERS, "watchers of health"))
    schema = reflection.Reflection(
        [*NAMES, health.SERVICE, *reflection.SERVICES], CallLimit(REFLECTIONS, "answers of reflection")
    )
    questions = {"ServerReflectionInfo": calls.dialogue(schema.talk)}
    return {
        **dict.fromkeys(NAMES, methods),
        health.SERVICE: {
            "Check": calls.unary(checks.check, probe=True),
            "List": calls.unary(checks.list, probe=True),
            "Watch": calls.stream(checks.watch, probe=True),
        },
        **dict.fromkeys(reflection.SERVICES, questions),
    }
