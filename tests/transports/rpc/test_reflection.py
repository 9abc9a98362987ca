"""Server reflection under both of its names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse

from datasynth.transports.rpc.reflection import SERVICES
from tests.transports.rpc.harness import TIMEOUT, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transports.rpc.harness import Served


def ask(served: Served, service: str, *questions: ServerReflectionRequest) -> list[ServerReflectionResponse]:
    """Have a conversation."""
    call: Any = served.channel.stream_stream(
        f"/{service}/ServerReflectionInfo",
        request_serializer=ServerReflectionRequest.SerializeToString,
        response_deserializer=ServerReflectionResponse.FromString,
    )
    return list(call(iter(questions), timeout=TIMEOUT))


@pytest.mark.parametrize("service", SERVICES)
def test_services_and_their_file_are_told(serve: Callable[..., Served], service: str) -> None:
    """A tool finds the services and everything that it needs to call them."""
    names, file = ask(
        serve(),
        service,
        ServerReflectionRequest(list_services=""),
        ServerReflectionRequest(file_containing_symbol="synth.SynthService"),
    )

    listed = {found.name for found in names.list_services_response.service}
    proto = FileDescriptorProto.FromString(file.file_descriptor_response.file_descriptor_proto[0])
    assert {"synth.SynthService", "synth.Synth", "grpc.health.v1.Health", *SERVICES} == listed
    assert [found.name for found in proto.service] == ["SynthService", "Synth"]


def test_an_unknown_symbol_is_told_as_such(serve: Callable[..., Served]) -> None:
    """The conversation goes on after it."""
    unknown, names = ask(
        serve(),
        SERVICES[0],
        ServerReflectionRequest(file_containing_symbol="nobody.Nothing"),
        ServerReflectionRequest(list_services=""),
    )

    assert unknown.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
    assert names.list_services_response.service


def test_reflection_needs_the_key(serve: Callable[..., Served]) -> None:
    """The proto is told to those who may use it."""
    served = serve(api_keys=("sesame",))

    code, _, _ = refusal(lambda: ask(served, SERVICES[0], ServerReflectionRequest(list_services="")))

    assert grpc.StatusCode.UNAUTHENTICATED == code
