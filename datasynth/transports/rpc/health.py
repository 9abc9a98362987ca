"""The standard health service, answered from what the server knows at that moment.

The server as a whole (the empty name) is ``SERVING`` while it lives; its
services are while it would take work: as ``/live`` and ``/ready`` over HTTP.
The library's own servicer keeps a copy of the state, and lets a watcher that
does not read hold up everybody else, so this module does not use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from datasynth.errors import NotFound
from datasynth.transports.rpc.calls import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasynth.service.admission.readiness import Readiness
    from datasynth.transports.rpc.calls import CallLimit, RpcCall

SERVICE = "grpc.health.v1.Health"
WHOLE_SERVER = ""
LOOK_AGAIN_SECONDS = 1.0

_pb2: Any = health_pb2  # Its types are older than the library, and lack List.


class HealthServicer:
    """Answers whether the server takes work, as a whole and for each of `services`."""

    def __init__(self, readiness: Readiness, services: Sequence[str], limit: CallLimit) -> None:
        self._readiness = readiness
        self._services = frozenset(services)
        self._limit = limit

    def check(self, body: bytes, call: RpcCall) -> bytes:
        """Answer once, for one service."""
        service = parsed(HealthCheckRequest, body).service
        status = self._status(service, call)
        if status == HealthCheckResponse.SERVICE_UNKNOWN:
            raise NotFound(f"Unknown service {service!r}.")
        return HealthCheckResponse(status=status).SerializeToString()

    def list(self, body: bytes, call: RpcCall) -> bytes:
        """Answer once, for every service."""
        parsed(_pb2.HealthListRequest, body)
        statuses = {
            service: HealthCheckResponse(status=self._status(service, call))
            for service in (WHOLE_SERVER, *sorted(self._services))
        }
        return bytes(_pb2.HealthListResponse(statuses=statuses).SerializeToString())

    def watch(self, body: bytes, call: RpcCall) -> Iterator[bytes]:
        """Answer now, and again at each change."""
        service = parsed(HealthCheckRequest, body).service
        sent = None
        with self._limit.taken():
            while not call.gone and not call.closing:
                call.waker.clear()
                status = self._status(service, call)
                if status != sent:
                    yield HealthCheckResponse(status=status).SerializeToString()
                    sent = status
                call.waker.wait(LOOK_AGAIN_SECONDS)
            if call.closing and sent == HealthCheckResponse.SERVING:
                yield HealthCheckResponse(status=HealthCheckResponse.NOT_SERVING).SerializeToString()

    def _status(self, service: str, call: RpcCall) -> int:
        if service not in {WHOLE_SERVER, *self._services}:
            return HealthCheckResponse.SERVICE_UNKNOWN
        if call.closing or (service != WHOLE_SERVER and self._readiness.reasons()):
            return HealthCheckResponse.NOT_SERVING
        return HealthCheckResponse.SERVING
