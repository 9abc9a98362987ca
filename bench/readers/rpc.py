"""Reads a gRPC stream without looking into its messages."""

from __future__ import annotations

import time

import grpc

from bench.readers.report import Report
from bench.readers.sockets import WARM_UP

METHOD = "/synth.SynthService/StartGeneration"


def read(port: int, request: bytes, seconds: float) -> Report:
    """Start a call and count its messages, for `seconds` after a short warm-up.

    Raises
    ------
    ConnectionError
        If the stream ended too soon to be measured.
    """
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call: grpc.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(METHOD)
        messages = call(request, wait_for_ready=True)
        next(messages)
        opened = time.perf_counter()
        count = size = 0
        began = None
        for message in messages:
            now = time.perf_counter()
            if began is None:
                if now - opened >= WARM_UP:
                    began = now
                continue
            count += 1
            size += len(message)
            if now - began >= seconds:
                messages.cancel()
                return Report(count, size, now - began)
    reason = "the server's stream ended before the measurement did"
    raise ConnectionError(reason)
