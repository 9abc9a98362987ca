"""Nothing that is declared goes unanswered, and requests stay as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from datasynth.transports.rpc import methods, reflection
from datasynth.transports.rpc.calls import Calls
from datasynth.transports.rpc.guard import Guard
from datasynth.transports.rpc.methods import method_handlers
from datasynth.transports.rpc.patience import Patience
from datasynth.transports.rpc.synth_pb2 import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.services import Services


def test_every_call_that_is_declared_is_answered(make_services: Callable[..., Services]) -> None:
    """The handlers are the methods that reflection tells of, no fewer and no more."""
    services = make_services()
    guard = Guard(services.access, services.rate_window, services.counters)
    with ThreadPoolExecutor(1) as pool:
        handlers = method_handlers(services, Calls(guard, Patience(), services.counters, pool), 1)

    assert ("synth.SynthService", "synth.Synth") == methods.NAMES
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
