"""Hostile gRPC: broken frames, false messages, floods of what costs little to send.

Each attempt is a connection of its own.  What may come of it is a refusal, a closed
connection or a proper answer; what may not is a fault of the server's own (INTERNAL, UNKNOWN,
an answer of 500), or a server that does not answer a proper call meanwhile.  gRPC's core
itself says INTERNAL of what is not HTTP/2 or not framed as gRPC has it, as its specification
wants; these sentences are known.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bench.fuzz.dice import Dice
from bench.wire import http2
from bench.wire.grpc_attempts import ATTEMPTS, call, hello
from bench.wire.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable

OF_THE_SERVER = {"2": "UNKNOWN", "13": "INTERNAL"}
"""Statuses that mean a fault of the server's own."""

OF_THE_CORE = (
    "Failed parsing HTTP/2",
    "Error parsing '",
    "Duplicate '",
    "Illegal header",
    "Metadata keys cannot be",
    "Compression bit set but no encoding configured",
    "Decompression failed",
)
"""What gRPC's core says of frames and headers that are not as the specification has them."""

PROBE_EVERY = 20
PROBE_WITHIN = 10.0

_QUIET = 0.15
"""How long an answer is waited for, once there is nothing more to send. [s]"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an attempt came to: statuses that were told, and whether the connection was closed."""

    statuses: list[dict[str, str]] = field(default_factory=list)
    closed: bool = False

    def words(self) -> list[str]:
        """Say each status in a word or two."""
        told = [
            ("the core's " if _of_the_core(one) else "") + f"status {one['grpc-status']}"
            if "grpc-status" in one
            else f"HTTP {one.get(':status', '?')}"
            for one in self.statuses
            if "grpc-status" in one or one.get(":status") != "200"
        ]
        return told or ["hung up" if self.closed else "nothing"]

    def faults(self) -> list[str]:
        """List what no attempt may bring about."""
        found = []
        for one in self.statuses:
            if one.get(":status", "200").startswith("5"):
                found.append(f"HTTP {one[':status']}")
            status = OF_THE_SERVER.get(one.get("grpc-status", ""))
            if status and not _of_the_core(one):
                found.append(f"{status}: {unquote(one.get('grpc-message', ''))}")
        return found


def _of_the_core(status: dict[str, str]) -> bool:
    said = unquote(status.get("grpc-message", ""))
    return "error-code" not in status and said.startswith(OF_THE_CORE)


def run(seconds: float, seed: int, port: int) -> Report:
    """Send hostile gRPC for so long.

    Parameters
    ----------
    seconds
        When to begin no attempt any more. [s]
    seed
        Number of the first attempt.
    port
        Where gRPC is served.
    """
    report = Report("grpc")
    end, number = time.monotonic() + seconds, seed
    kinds = tuple(ATTEMPTS.items())
    while time.monotonic() < end:
        kind, attempt = kinds[number % len(kinds)]
        answer = _answer(attempt, Dice(number), port)
        report.sent[kind] += 1
        report.answers.update(answer.words())
        report.faults += [f"{kind} {number}: {fault}" for fault in answer.faults()]
        if number % PROBE_EVERY == 0:
            _probe(report, number, port)
        number += 1
    _probe(report, number, port)
    return report


def _answer(attempt: Callable[[http2.Wire, Dice], None], dice: Dice, port: int) -> Answer:
    wire = http2.Wire.to(port)
    try:
        attempt(wire, dice)
        return listen(wire, _QUIET)
    finally:
        wire.close()


def listen(
    wire: http2.Wire, seconds: float, enough: Callable[[dict[str, str]], bool] | None = None
) -> Answer:
    """Read what comes, acknowledging nothing; stop when `enough` has come."""
    statuses = []
    for frame in wire.frames(seconds):
        if frame.kind == http2.HEADERS:
            statuses.append(wire.headers(frame))
            if enough is not None and enough(statuses[-1]):
                break
    return Answer(statuses, wire.closed)


def _probe(report: Report, number: int, port: int) -> None:
    """A proper call is answered, whatever goes on."""
    wire = http2.Wire.to(port)
    wire.send(hello() + call(1, "/grpc.health.v1.Health/Check", b""))
    wire.send(call(3, "/synth.SynthService/GetConfig", b""))
    told = Counter[str]()

    def both(status: dict[str, str]) -> bool:
        told[status.get("grpc-status", "")] += 1
        return told["0"] == 2

    answer = listen(wire, PROBE_WITHIN, both)
    wire.close()
    if told["0"] != 2:
        report.faults.append(f"after attempt {number} a proper call was answered {answer.words()}")
