"""Nothing that the proto declares goes unanswered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from datasynth.transports.rpc import methods
from datasynth.transports.rpc.calls import Calls
from datasynth.transports.rpc.guard import Guard
from datasynth.transports.rpc.methods import method_handlers
from datasynth.transports.rpc.patience import Patience
from datasynth.transports.rpc.synth_pb2 import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.services import Services


def test_every_call_of_the_proto_is_answered_under_both_names(make_services: Callable[..., Services]) -> None:
    """The handlers are the proto's methods, no fewer and no more."""
    services = make_services()
    guard = Guard(services.access, services.rate_window, services.counters)
    with ThreadPoolExecutor(1) as pool:
        handlers = method_handlers(services, Calls(guard, Patience(), services.counters, pool), 1)

    assert ("synth.SynthService", "synth.Synth") == methods.NAMES
    for service in DESCRIPTOR.services_by_name.values():
        assert {method.name for method in service.methods} == set(handlers[service.full_name])
