"""Server reflection under both of its names: every tool can describe everything that it lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.reflection_pb2 import (
    ExtensionRequest,
    ServerReflectionRequest,
    ServerReflectionResponse,
)

from datasynth.transports.rpc.reflection import SERVICES
from tests.transports.rpc.harness import TIMEOUT, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transports.rpc.harness import Served

SYNTH = ("synth.SynthService", "synth.Synth")
OF_FILES = {
    "synth.proto": [
        *SYNTH,
        *(
            f"{service}.{method}"
            for service in SYNTH
            for method in ("GetConfig", "SetConfig", "StartGeneration", "StopGeneration")
        ),
        "synth.Empty",
        "synth.Status",
        "synth.Config.yaml",
        "synth.GenerationRequest.count",
        "synth.GenerationRequest._count",
        "synth.Entry.lines",
        "synth.LineItem",
    ],
    "grpc/health/v1/health.proto": [
        "grpc.health.v1.Health",
        "grpc.health.v1.Health.Check",
        "grpc.health.v1.Health.Watch",
        "grpc.health.v1.HealthCheckRequest.service",
        "grpc.health.v1.HealthCheckResponse.ServingStatus",
        "grpc.health.v1.HealthCheckResponse.SERVING",
        "grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING",
    ],
    **{
        f"grpc/reflection/{version}/reflection.proto": [
            f"grpc.reflection.{version}.{name}"
            for name in (
                "ServerReflection",
                "ServerReflection.ServerReflectionInfo",
                "ServerReflectionRequest",
                "ServerReflectionRequest.message_request",
                "ServerReflectionResponse.error_response",
                "ErrorResponse.error_code",
            )
        ]
        for version in ("v1", "v1alpha")
    },
}
"""What can be asked for, by the file that declares it."""

NOT_FOUND = grpc.StatusCode.NOT_FOUND.value[0]
INVALID = grpc.StatusCode.INVALID_ARGUMENT.value[0]


def ask(served: Served, service: str, *questions: ServerReflectionRequest) -> list[ServerReflectionResponse]:
    """Have a conversation."""
    call: Any = served.channel.stream_stream(
        f"/{service}/ServerReflectionInfo",
        request_serializer=ServerReflectionRequest.SerializeToString,
        response_deserializer=ServerReflectionResponse.FromString,
    )
    return list(call(iter(questions), timeout=TIMEOUT))


def files(answer: ServerReflectionResponse) -> list[FileDescriptorProto]:
    """Files that an answer brings."""
    return [
        FileDescriptorProto.FromString(file) for file in answer.file_descriptor_response.file_descriptor_proto
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_that_is_listed_can_be_described(serve: Callable[..., Served], service: str) -> None:
    """A tool that knows nothing builds all services, with all their methods, from the answers alone."""
    served = serve()
    (names,) = ask(served, service, ServerReflectionRequest(list_services=""))
    listed = [found.name for found in names.list_services_response.service]
    answers = ask(served, service, *(ServerReflectionRequest(file_containing_symbol=name) for name in listed))
    pool = DescriptorPool()
    for file in {file.name: file for answer in answers for file in files(answer)}.values():
        pool.Add(file)
    methods = {
        name: {
            (method.name, method.client_streaming, method.server_streaming)
            for method in pool.FindServiceByName(name).methods
        }
        for name in listed
    }

    synth = {("GetConfig", False, False), ("SetConfig", False, False), ("StopGeneration", False, False)}
    assert methods == {
        **{name: synth | {("StartGeneration", False, True)} for name in SYNTH},
        "grpc.health.v1.Health": {("Check", False, False), ("List", False, False), ("Watch", False, True)},
        **{name: {("ServerReflectionInfo", True, True)} for name in SERVICES},
    }


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("file", OF_FILES)
def test_a_file_is_found_by_its_name_and_by_everything_in_it(
    serve: Callable[..., Served], service: str, file: str
) -> None:
    """Services, methods, messages, fields, enums and their values; each answer repeats its question."""
    served = serve()
    symbols = [ServerReflectionRequest(file_containing_symbol=symbol) for symbol in OF_FILES[file]]
    questions = [ServerReflectionRequest(host="h", file_by_filename=file), *symbols]
    answers = ask(served, service, *questions)

    assert questions == [answer.original_request for answer in answers]
    assert [[file]] * len(questions) == [[found.name for found in files(answer)] for answer in answers]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_not_there_is_told_as_such(serve: Callable[..., Served], service: str) -> None:
    """An answer of its own says so, and the conversation goes on."""
    extension = ExtensionRequest(containing_type="synth.Entry", extension_number=100)
    missing = [
        *(
            ServerReflectionRequest(file_containing_symbol=symbol)
            for symbol in ("nobody.Nothing", "synth.Synth.Destroy", "synth.Entry.", "synth", "", "ä" * 9_000)
        ),
        ServerReflectionRequest(file_by_filename="google/protobuf/descriptor.proto"),
        ServerReflectionRequest(file_containing_extension=extension),
        ServerReflectionRequest(all_extension_numbers_of_type="nobody.Nothing"),
    ]
    *unknown, empty, numbers, names = ask(
        serve(),
        service,
        *missing,
        ServerReflectionRequest(),
        ServerReflectionRequest(all_extension_numbers_of_type="synth.Entry"),
        ServerReflectionRequest(list_services=""),
    )

    assert [NOT_FOUND] * len(missing) == [answer.error_response.error_code for answer in unknown]
    assert missing == [answer.original_request for answer in unknown]
    assert empty.error_response.error_code == INVALID
    assert numbers.all_extension_numbers_response.base_type_name == "synth.Entry"
    assert [] == list(numbers.all_extension_numbers_response.extension_number)
    assert names.list_services_response.service


def test_reflection_needs_the_key(serve: Callable[..., Served]) -> None:
    """The proto is told to those who may use it."""
    served = serve(api_keys=("sesame",))

    code, _, _ = refusal(lambda: ask(served, SERVICES[0], ServerReflectionRequest(list_services="")))

    assert grpc.StatusCode.UNAUTHENTICATED == code
