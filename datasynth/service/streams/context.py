"""What all streams share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.service.admission.memory_guard import Memory
    from datasynth.service.blocks.block_source import BlockSource
    from datasynth.service.journals.build_queue import BuildQueue
    from datasynth.service.journals.journal_cache import JournalCache
    from datasynth.service.threads.clock import Clock, WallClock
    from datasynth.service.threads.counters import Counters


@dataclass(frozen=True, slots=True)
class Context:
    """What all streams share.

    Attributes
    ----------
    source
        Where blocks come from.
    journal_cache
        Where journals are kept.
    builds
        Where they are built.
    memory
        Whether there is memory to go on.
    counters
        What the server counts.
    clock
        Seconds that never go back.
    wall_clock
        The time that people see.
    """

    source: BlockSource
    journal_cache: JournalCache
    builds: BuildQueue
    memory: Memory
    counters: Counters
    clock: Clock
    wall_clock: WallClock
