"""Opens many WebSockets and gRPC calls, reads a little of each, and waits to be killed.

Run as a process of its own, so that its end is that of a client that crashes:
no closing handshake, no cancellation.  Arguments: WebSocket URL, gRPC address,
clients of each kind.
"""

from __future__ import annotations

import sys
import threading

import grpc
import websocket

from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc

MESSAGES = 20
TIMEOUT = 30


def read_frames(url: str) -> websocket.WebSocket:
    """Open a WebSocket and read its first messages."""
    client = websocket.create_connection(url, timeout=TIMEOUT)
    for _ in range(MESSAGES):
        client.recv()
    return client


def read_entries(target: str) -> object:
    """Start a generation of one's own, over a connection of one's own, and read its first entries."""
    channel = grpc.insecure_channel(target, options=[("grpc.use_local_subchannel_pool", 1)])
    call = synth_pb2_grpc.SynthServiceStub(channel).StartGeneration(
        synth_pb2.GenerationRequest(), timeout=TIMEOUT
    )
    for _ in range(MESSAGES):
        next(call)
    return channel, call


def main() -> None:
    """Open them all, say so, and wait."""
    url, target, clients = sys.argv[1], sys.argv[2], int(sys.argv[3])
    held = [[read_frames(url), read_entries(target)] for _ in range(clients)]
    sys.stdout.write(f"reading {len(held)}\n")
    sys.stdout.flush()
    threading.Event().wait(TIMEOUT)


if __name__ == "__main__":
    main()
