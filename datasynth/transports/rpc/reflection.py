"""Server reflection: tools ask the server for its proto instead of bringing a copy.

The library has version v1alpha; v1 differs from it in nothing but its name, so
the same answers go out under both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpc_reflection.v1alpha.reflection import ReflectionServicer
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from datasynth.transports.rpc.messages import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasynth.transports.rpc.calls import Call
    from datasynth.transports.rpc.slots import Slots

SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")


class Reflection:
    """Answers questions about the proto.

    Parameters
    ----------
    services
        Full names of the services to tell of.
    slots
        Places for answers.
    """

    def __init__(self, services: Sequence[str], slots: Slots) -> None:
        self._servicer = ReflectionServicer(services)
        self._slots = slots

    def talk(self, body: bytes, call: Call) -> Iterator[bytes]:
        """Answer one question of a conversation."""
        question = parsed(ServerReflectionRequest, body)
        with self._slots.taken():
            for answer in self._servicer.ServerReflectionInfo(iter([question]), call.context):
                yield answer.SerializeToString()
