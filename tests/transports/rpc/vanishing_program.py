"""Opens calls, reads one entry of each, says how many there are, and waits to be killed.

Run as a process of its own, so that its end is a crash: nothing is cancelled or
closed.  Arguments: address, number of calls, each on a connection of its own.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import grpc

from datasynth.transports.rpc import synth_pb2_grpc
from datasynth.transports.rpc.synth_pb2 import GenerationRequest

TIMEOUT = 30


def main() -> None:
    """Open them all, say so, and wait."""
    target, calls = sys.argv[1], int(sys.argv[2])
    held: list[object] = []
    for _ in range(calls):
        channel = grpc.insecure_channel(target, options=[("grpc.use_local_subchannel_pool", 1)])
        stub: Any = synth_pb2_grpc.SynthStub(channel)
        call = stub.StartGeneration(GenerationRequest(count=10_000_000))
        next(call)
        held.append((channel, call))
    sys.stdout.write(f"{len(held)}\n")
    sys.stdout.flush()
    threading.Event().wait(TIMEOUT)


if __name__ == "__main__":
    main()
