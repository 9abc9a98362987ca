"""The standard health service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from tests.transports.rpc.harness import TIMEOUT, refusal, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transports.rpc.harness import Served

SERVING = HealthCheckResponse.SERVING
NOT_SERVING = HealthCheckResponse.NOT_SERVING


def health(served: Served) -> Any:
    """Return the stub of health."""
    return health_pb2_grpc.HealthStub(served.channel)


@pytest.mark.parametrize("service", ["", "synth.SynthService", "synth.Synth"])
def test_a_server_that_takes_work_is_serving(serve: Callable[..., Served], service: str) -> None:
    """As a whole and by name, without a key and beyond any limit."""
    stub = health(serve(api_keys=("sesame",), rate_limit=1))

    for _ in range(3):
        assert stub.Check(HealthCheckRequest(service=service)).status == SERVING


def test_a_server_short_of_memory_lives_but_does_not_serve(serve: Callable[..., Served]) -> None:
    """The empty name is life, the others are readiness."""
    served = serve(memory_limit=1_000_000)
    wait_until(lambda: served.services.guard.low)
    stub = health(served)

    assert stub.Check(HealthCheckRequest()).status == SERVING
    assert stub.Check(HealthCheckRequest(service="synth.Synth")).status == NOT_SERVING


def test_all_are_listed_at_once(serve: Callable[..., Served]) -> None:
    """What can be checked one by one stands in one answer."""
    served = serve(memory_limit=1_000_000)
    wait_until(lambda: served.services.guard.low)

    messages: Any = health_pb2  # whose types lack List
    answer = health(served).List(messages.HealthListRequest()).statuses

    expected = {"": SERVING, "synth.Synth": NOT_SERVING, "synth.SynthService": NOT_SERVING}
    assert expected == {service: told.status for service, told in answer.items()}


def test_a_service_that_is_not_here_is_not_found(serve: Callable[..., Served]) -> None:
    """A check says so by its status, a watch by its answer."""
    stub = health(serve())
    unknown = HealthCheckRequest(service="nobody.Nothing")

    code, _, _ = refusal(lambda: stub.Check(unknown))
    watch = stub.Watch(unknown, timeout=TIMEOUT)

    assert grpc.StatusCode.NOT_FOUND == code
    assert next(watch).status == HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def test_a_watcher_is_told_of_the_end(serve: Callable[..., Served]) -> None:
    """A change comes by itself."""
    served = serve()
    watch = health(served).Watch(HealthCheckRequest(), timeout=TIMEOUT)
    told = [next(watch).status]
    served.server.stop(1.0)
    told += [answer.status for answer in watch]

    assert [SERVING, NOT_SERVING] == told


def test_watchers_leave_room_for_others(serve: Callable[..., Served]) -> None:
    """There are places for so many; whoever hangs up makes room."""
    served = serve()
    stub = health(served)
    watches = [stub.Watch(HealthCheckRequest()) for _ in range(16)]
    for watch in watches:
        next(watch)

    code, _, _ = refusal(lambda: next(stub.Watch(HealthCheckRequest())))

    assert grpc.StatusCode.UNAVAILABLE == code
    for watch in watches:
        watch.cancel()
    wait_until(lambda: served.server.calls == 0, 2)
