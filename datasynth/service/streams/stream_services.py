"""What streams, downloads and reference data share."""

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
class Context:
    """What streams, downloads and reference data share.

    Attributes
    ----------
    source
        Where blocks come from.
    journals
        Where journals are kept and built.
    request_threads
        Compute triggers and reference data.
    cost_limit, memory, readiness
        What may be built; whether there is memory; whether work is taken at all.
    counters
        What the server counts.
    clock
        Seconds that never go back.
    wall_clock
        The time that people see.
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
