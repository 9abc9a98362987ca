"""What all streams share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datasynth.service.block_source import BlockSource
    from datasynth.service.builds import BuildQueue
    from datasynth.service.counters import Counters
    from datasynth.service.journal_shelf import JournalShelf
    from datasynth.service.seams import Clock, WallClock


class Memory(Protocol):
    """What streams ask of the memory guard."""

    @property
    def low(self) -> bool:
        """Whether nothing may be handed out for want of memory."""

    def ensure(self) -> None:
        """Raise `Overloaded` while memory is low."""


@dataclass(frozen=True, slots=True)
class Context:
    """What all streams share.

    Attributes
    ----------
    source
        Where blocks come from.
    shelf
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
    shelf: JournalShelf
    builds: BuildQueue
    memory: Memory
    counters: Counters
    clock: Clock
    wall_clock: WallClock
