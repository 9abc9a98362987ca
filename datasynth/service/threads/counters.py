"""Counts and gauges of the server."""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Labels = tuple[tuple[str, str], ...]
"""Names and values that split a count, in a fixed order: ``(("status", "200"),)``."""


class Count(StrEnum):
    """Counts since the server's start, which never decrease."""

    REQUESTS = "requests"
    RATE_LIMITED = "rate_limited"
    UNAUTHORIZED = "unauthorized"
    STREAMS_STARTED = "streams_started"
    STREAMS_ENDED = "streams_ended"
    TRIGGERS = "triggers"
    JOURNALS_BUILT = "journals_built"
    BUILDS_CANCELLED = "builds_cancelled"
    BUILDS_REFUSED = "builds_refused"
    BLOCKS_GENERATED = "blocks_generated"
    BLOCKS_ENCODED = "blocks_encoded"
    BLOCK_FAILURES = "block_failures"
    CACHE_HITS = "cache_hits"
    CACHE_MISSES = "cache_misses"
    ENTRIES_SENT = "entries_sent"
    BYTES_SENT = "bytes_sent"
    MEMORY_WARNINGS = "memory_warnings"
    WEBSOCKETS_OPENED = "websockets_opened"
    EVENT_STREAMS_OPENED = "event_streams_opened"
    GRPC_CALLS = "grpc_calls"


class Counters:
    """Counts that any thread adds to, and gauges that are read on demand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[Count, Labels], int] = {(count, ()): 0 for count in Count}
        self._gauges: dict[str, Callable[[], float]] = {}

    def add(self, count: Count, amount: int = 1, labels: Labels = ()) -> None:
        """Add to a count; labels must have few different values."""
        key = (count, labels)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + amount

    def gauge(self, name: str, read: Callable[[], float]) -> None:
        """Add a gauge whose present value `read` returns."""
        with self._lock:
            self._gauges[name] = read

    def counts(self) -> Mapping[tuple[Count, Labels], int]:
        """Return every count with its labels."""
        with self._lock:
            return dict(self._counts)

    def gauges(self) -> Mapping[str, float]:
        """Read every gauge."""
        with self._lock:
            gauges = dict(self._gauges)
        return {name: read() for name, read in gauges.items()}

    def snapshot(self) -> dict[str, float]:
        """Return counts, summed over labels, and gauges under their bare names."""
        totals: dict[str, float] = {}
        for (count, _), value in self.counts().items():
            totals[str(count)] = totals.get(str(count), 0) + value
        return {**totals, **self.gauges()}
