"""`/metrics`: the server's counters in Prometheus' text format."""

from __future__ import annotations

from collections import Counter as Tally
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from datasynth.service.lifecycle import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasynth.service.counters import Labels
    from datasynth.service.services import Services

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "datasynth_"

Sample = tuple["Labels", float]


def blueprint(services: Services) -> Blueprint:
    """Build the metrics call."""
    calls = Blueprint("metrics", __name__)

    @calls.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(services), content_type=CONTENT_TYPE)

    return calls


def exposition(services: Services) -> str:
    """Print every count, every gauge, and the remembered streams by state."""
    families = [_family("info", "gauge", [((("version", services.version),), 1)])]
    families.append(_family("uptime_seconds", "gauge", [((), services.uptime)]))
    families.append(_family("streams", "gauge", _streams_by_state(services)))
    for name, samples in _by_name(services).items():
        families.append(_family(f"{name}_total", "counter", samples))
    for name, value in services.counters.gauges().items():
        families.append(_family(name, "gauge", [((), value)]))
    return "".join(families)


def _streams_by_state(services: Services) -> list[Sample]:
    tally = Tally(stream.state for stream in services.registry.all())
    return [((("state", str(state)),), tally[state]) for state in State]


def _by_name(services: Services) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for (count, labels), value in sorted(services.counters.counts().items()):
        found.setdefault(str(count), []).append((labels, value))
    # Of a count that is split by labels, the sum without any is zero and says nothing.
    return {name: [one for one in samples if one[0] or one[1]] or samples for name, samples in found.items()}


def _family(name: str, kind: str, samples: Iterable[Sample]) -> str:
    lines = [f"{PREFIX}{name}{_labels(labels)} {value:.15g}\n" for labels, value in samples]
    return f"# TYPE {PREFIX}{name} {kind}\n{''.join(lines)}"


def _labels(labels: Labels) -> str:
    pairs = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
