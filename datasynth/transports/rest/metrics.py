"""`/metrics`: the server's counters in Prometheus' text format."""

from __future__ import annotations

from collections import Counter as Tally
from typing import TYPE_CHECKING

from flask import Response

from datasynth.service.streams.lifecycle import State
from datasynth.transports.operations import Operation, OperationBlueprint, SuccessSpec
from datasynth.transports.rest.operations import PROBES
from datasynth.transports.rest.schemas import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasynth.service.services import Services
    from datasynth.service.threads.counters import Labels

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "datasynth_"
COUNTER = "counter"

MEANINGS = {
    "info": "Version of the server.",
    "uptime_seconds": "Time since the start, in seconds.",
    "streams": "Streams that the server remembers.",
    "requests": "Answers, by status class.",
    "rate_limited": "Requests above the rate limit.",
    "unauthorized": "Requests without a valid key.",
    "streams_started": "Streams started.",
    "streams_ended": "Streams completed, stopped or failed.",
    "triggers": "Triggers accepted.",
    "journals_built": "Journals built.",
    "builds_cancelled": "Builds cancelled because no request needed them any more.",
    "builds_refused": "Calls refused because too many builds were waiting.",
    "blocks_generated": "Blocks of entries generated.",
    "blocks_encoded": "Blocks of entries encoded.",
    "block_failures": "Blocks that could not be generated or encoded.",
    "cache_hits": "Encoded blocks found in the cache.",
    "cache_misses": "Encoded blocks not found in the cache.",
    "entries_sent": "Entries sent to readers.",
    "bytes_sent": "Bytes of entries sent to readers.",
    "memory_warnings": "Times that memory became low.",
    "websockets_opened": "WebSockets opened.",
    "websockets_open": "WebSockets open now.",
    "event_streams_opened": "Event streams opened.",
    "event_streams_open": "Event streams open now.",
    "grpc_calls": "gRPC calls, by status.",
    "grpc_calls_open": "gRPC calls open now.",
    "active_streams": "Streams preparing, running or paused.",
    "known_streams": "Streams that the server remembers.",
    "readers": "Readers of streams.",
    "downloads": "Downloads in progress.",
    "builds_waiting": "Journals waiting to be built.",
    "builds_running": "Journals being built.",
    "journal_bytes": "Size of all journals, in bytes.",
    "shelf_bytes": "Size of the journals kept for later, in bytes.",
    "blocks_waiting": "Blocks in the queue of the generator threads.",
    "cache_bytes": "Size of the encoded blocks in the cache, in bytes.",
    "memory_bytes": "Resident memory of the server, in bytes.",
    "memory_limit_bytes": "Memory limit, in bytes; 0 for none.",
    "memory_low": "Whether generation is paused because memory is low.",
}
"""The meaning of each metric, for people who choose among them in a list."""

Sample = tuple["Labels", float]


PATH = "/metrics"

METRICS = Operation(
    name="metrics",
    method="GET",
    path=PATH,
    subject=PROBES,
    summary="Show the server's counters in the Prometheus text format",
    successes=(SuccessSpec("The counters.", {"text/plain": TEXT}),),
)


def blueprint(services: Services) -> OperationBlueprint:
    """Build the metrics call."""
    calls = OperationBlueprint("metrics")

    @calls.call(METRICS)
    def metrics() -> Response:
        return Response(exposition(services), content_type=CONTENT_TYPE)

    return calls


def exposition(services: Services) -> str:
    """Print every count, every gauge, and the remembered streams by state."""
    families = [_family("info", "gauge", [((("version", services.version),), 1)])]
    families.append(_family("uptime_seconds", "gauge", [((), services.uptime)]))
    families.append(_family("streams", "gauge", _streams_by_state(services)))
    for name, samples in _by_name(services).items():
        families.append(_family(name, COUNTER, samples))
    for name, value in services.counters.gauges().items():
        families.append(_family(name, "gauge", [((), value)]))
    return "".join(families)


def _streams_by_state(services: Services) -> list[Sample]:
    tally = Tally(stream.advance().state for stream in services.registry.all())
    return [((("state", str(state)),), tally[state]) for state in State]


def _by_name(services: Services) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for (count, labels), value in sorted(services.counters.counts().items()):
        found.setdefault(str(count), []).append((labels, value))
    # Of a count that is split by labels, the sum without any is zero and says nothing.
    return {name: [one for one in samples if one[0] or one[1]] or samples for name, samples in found.items()}


def _family(name: str, kind: str, samples: Iterable[Sample]) -> str:
    shown = f"{PREFIX}{name}{'_total' if kind == COUNTER else ''}"
    lines = [f"# HELP {shown} {MEANINGS[name]}\n"] if name in MEANINGS else []
    lines.append(f"# TYPE {shown} {kind}\n")
    lines += [f"{shown}{_labels(labels)} {value:.15g}\n" for labels, value in samples]
    return "".join(lines)


def _labels(labels: Labels) -> str:
    pairs = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
