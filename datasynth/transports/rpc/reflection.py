"""Server reflection: tools ask the server for its proto instead of bringing a copy.

The library answers, from the files that this module gives it.  It has version
v1alpha; v1 differs from it in nothing but its name, so the same answers go out
under both, and its file is made from the other one.  The library does not find
methods, which tools ask for, so this module looks names up.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.reflection import ReflectionServicer
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from datasynth.transports.rpc import synth_pb2
from datasynth.transports.rpc.calls import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto

    from datasynth.transports.rpc.calls import CallLimit, RpcCall

SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")


class Reflection:
    """Answers questions about the proto, for services by their full names."""

    def __init__(self, services: Sequence[str], limit: CallLimit) -> None:
        pool = DescriptorPool()
        for file in FILES:
            pool.Add(file)
        self._servicer = ReflectionServicer(services, pool)
        self._limit = limit

    def talk(self, body: bytes, call: RpcCall) -> Iterator[bytes]:
        """Answer one question of a conversation."""
        question = parsed(ServerReflectionRequest, body)
        asked = ServerReflectionRequest()
        asked.CopyFrom(question)
        file = SYMBOLS.get(question.file_containing_symbol)
        if file is not None:
            asked.file_by_filename = file
        with self._limit.taken():
            for answer in self._servicer.ServerReflectionInfo(iter([asked]), call.context):
                answer.original_request.CopyFrom(question)
                yield answer.SerializeToString()


def _described(file: Any, name: str) -> FileDescriptorProto:
    """Describe a file under the name that other servers give it too, wherever protoc found it here."""
    proto = FileDescriptorProto()
    file.CopyToProto(proto)
    proto.name = name
    return proto


def _first_version(alpha: FileDescriptorProto) -> FileDescriptorProto:
    """Describe version v1 of reflection, which is v1alpha's successor and differs in its package alone."""
    text = text_format.MessageToString(alpha).replace("v1alpha", "v1")
    file = text_format.Parse(text, FileDescriptorProto())
    file.options.ClearField("deprecated")
    return file


def _symbols(file: FileDescriptorProto) -> Iterator[str]:
    """Full names of everything that a file declares."""
    scope = file.package
    for service in file.service:
        yield f"{scope}.{service.name}"
        yield from (f"{scope}.{service.name}.{method.name}" for method in service.method)
    yield from _of_enums(scope, file.enum_type)
    for message in file.message_type:
        yield from _of_message(scope, message)


def _of_message(scope: str, message: DescriptorProto) -> Iterator[str]:
    name = f"{scope}.{message.name}"
    yield name
    yield from (f"{name}.{field.name}" for field in message.field)
    yield from (f"{name}.{oneof.name}" for oneof in message.oneof_decl)
    yield from _of_enums(name, message.enum_type)
    for nested in message.nested_type:
        yield from _of_message(name, nested)


def _of_enums(scope: str, enums: Iterable[EnumDescriptorProto]) -> Iterator[str]:
    for enum in enums:
        yield f"{scope}.{enum.name}"
        # Values are siblings of their type, as in C; some tools write them below it.
        yield from (f"{scope}.{value.name}" for value in enum.value)
        yield from (f"{scope}.{enum.name}.{value.name}" for value in enum.value)


_ALPHA = _described(reflection_pb2.DESCRIPTOR, "grpc/reflection/v1alpha/reflection.proto")

FILES = (
    _described(synth_pb2.DESCRIPTOR, "synth.proto"),
    _described(health_pb2.DESCRIPTOR, "grpc/health/v1/health.proto"),
    _first_version(_ALPHA),
    _ALPHA,
)
"""The files of all services; none of them needs another."""

SYMBOLS: Mapping[str, str] = MappingProxyType(
    {symbol: file.name for file in FILES for symbol in _symbols(file)}
)
"""Names of files by the full names of what they declare: services, methods, messages, fields, enums."""
