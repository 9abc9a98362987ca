"""Which method of which service is answered by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.transports.rpc import health, reflection
from datasynth.transports.rpc.servicer import SynthServicer
from datasynth.transports.rpc.slots import Slots
from datasynth.transports.rpc.synth_pb2 import DESCRIPTOR

if TYPE_CHECKING:
    import grpc

    from datasynth.service.services import Services
    from datasynth.transports.rpc.calls import Calls

WATCHERS = 16
REFLECTIONS = 16

NAMES = tuple(service.full_name for service in DESCRIPTOR.services_by_name.values())
"""The proto's services: the same calls under two names."""


def method_handlers(
    services: Services, calls: Calls, streams: int
) -> dict[str, dict[str, grpc.RpcMethodHandler[bytes, bytes]]]:
    """List the handlers by full name of the service and name of the method.

    Parameters
    ----------
    services
        What the calls reach.
    calls
        The way in and out that all of them share.
    streams
        StartGeneration calls at once, under all names together.
    """
    synth = SynthServicer(services, Slots(streams, "gRPC streams"))
    methods = {
        "GetConfig": calls.unary(synth.get_config),
        "SetConfig": calls.unary(synth.set_config),
        "StartGeneration": calls.stream(synth.start_generation),
        "StopGeneration": calls.unary(synth.stop_generation),
    }
    checks = health.HealthServicer(services.readiness, NAMES, Slots(WATCHERS, "watchers of health"))
    schema = reflection.Reflection(
        [*NAMES, health.SERVICE, *reflection.SERVICES], Slots(REFLECTIONS, "answers of reflection")
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
