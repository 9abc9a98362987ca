"""How the services are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.service.assembly import LARGEST_CACHE, resident_bytes
from datasynth.service.threads.waker import ThreadWaker
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, LARGEST_CACHE), (80_000, 10_000), (100 * LARGEST_CACHE, LARGEST_CACHE)]
)
def test_cache_is_a_share_of_the_limit(
    build: Callable[..., Harness], limit: int | None, expected: int
) -> None:
    """Encoded blocks may take an eighth of the memory limit, and never more than the largest cache."""
    assert expected == build(memory_limit=limit).services.source._encoded.capacity


def test_gauges_show_the_present(harness: Harness) -> None:
    """The counters' gauges follow streams, readers and caches."""
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 100)
        during = harness.services.counters.gauges()
        read(cursor, waker)
    after = harness.services.counters.gauges()

    assert (1, 1, 1) == (during["active_streams"], during["known_streams"], during["readers"])
    assert (0, 1, 0) == (after["active_streams"], after["known_streams"], after["readers"])
    assert after["cache_bytes"] > 0
    assert {"memory_bytes": 100, "memory_limit_bytes": 0, "memory_low": 0}.items() <= after.items()


def test_counts_follow_what_is_sent(harness: Harness) -> None:
    """Entries and bytes that readers were given are counted."""
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker)
    counts = harness.services.counters.snapshot()

    assert (3_000, len(data), 1, 1) == tuple(
        counts[name] for name in ("entries_sent", "bytes_sent", "streams_started", "streams_ended")
    )


def test_resident_memory_is_measured() -> None:
    """A process that has loaded all this takes more than ten megabytes."""
    assert resident_bytes() > 10_000_000
