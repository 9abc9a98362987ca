"""grpcio's server with one method that sends one message over and over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from collections.abc import Iterator


def server(port: int, size: int) -> grpc.Server:
    """Build a server whose messages are `size` bytes long and need no serializer."""
    message = b"x" * size

    def answers(_request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        while context.is_active():
            yield message

    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
        "StartGeneration": grpc.unary_stream_rpc_method_handler(answers)
    }
    built = grpc.server(ThreadPoolExecutor(4))
    built.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("synth.SynthService", handlers),))
    built.add_insecure_port(f"127.0.0.1:{port}")
    return built
