"""The services that streams, downloads and reference data share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.service.admission.cost_limit import CostLimit
    from datasynth.service.admission.memory_guard import MemoryGuard
    from datasynth.service.admission.readiness import Readiness
    from datasynth.service.blocks.block_source import BlockSource
    from datasynth.service.journals.journals import Journals
    from datasynth.service.threads.clock import Clock, WallClock
    from datasynth.service.threads.counters import Counters
    from datasynth.service.threads.thread_pool import ThreadPool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamServices:
    """The services that streams, downloads and reference data share.

    Attributes
    ----------
    source
        Makes and caches blocks.
    journals
        Builds and caches journals.
    request_threads
        Compute triggers and reference data.
    cost_limit, memory, readiness
        Whether a configuration is too costly, memory is low, and the server takes work.
    """

    source: BlockSource
    journals: Journals
    request_threads: ThreadPool
    cost_limit: CostLimit
    memory: MemoryGuard
    readiness: Readiness
    counters: Counters
    clock: Clock
    wall_clock: WallClock
