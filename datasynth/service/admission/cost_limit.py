"""What a configuration may cost, judged before anything of it is built."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from datasynth.errors import InvalidConfiguration
from datasynth.service.admission.memory_guard import LOW_ABOVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.config.model import Config

MOST_BYTES = 2_000_000_000
"""What one journal may take where there is no memory limit. [bytes]"""

REMEMBERED = 64
"""Configurations whose estimates are kept."""

_MEGABYTE = 1_000_000


class CostLimit:
    """Compares what a journal would take with what there is for it.

    Parameters
    ----------
    estimate
        Foretells what a journal takes.
    limit
        What the process may take; None for no limit. [bytes]
    resident
        Reads what it takes. [bytes]
    machine
        Memory of the machine, half of which all journals may take where there is no limit. [bytes]
    """

    def __init__(
        self, estimate: Callable[[Config], int], limit: int | None, resident: Callable[[], int], machine: int
    ) -> None:
        # Each call about the configuration in force is judged, and an estimate takes some 10 ms of the hub.
        self._estimate = lru_cache(maxsize=REMEMBERED)(estimate)
        self._limit = limit
        self._resident = resident
        self._machine = machine
        self._idle = resident()

    @property
    def one(self) -> int:
        """What one journal may take; negative if the idle server exceeds its limit by itself. [bytes]"""
        return MOST_BYTES if self._limit is None else int(LOW_ABOVE * self._limit) - self._idle

    @property
    def all(self) -> int:
        """What all journals that are built or held may take together. [bytes]"""
        return max(MOST_BYTES, self._machine // 2) if self._limit is None else self.one

    def note_idle(self) -> None:
        """Measure what the server takes that has loaded everything and does nothing."""
        self._idle = self._resident()

    def estimate(self, config: Config) -> int:
        """Foretell what a journal takes. [bytes]"""
        return self._estimate(config)

    def check(self, config: Config) -> None:
        """Refuse a configuration that costs too much.

        Raises
        ------
        InvalidConfiguration
            Its journal would need more than there is for one.
        """
        # A server that exceeds its limit by itself refuses all work for want of memory, not for its cost.
        if self.one > 0:
            refuse_above(self.one, self._estimate(config), self._where())

    def _where(self) -> str:
        if self._limit is None:
            return "a server without a memory limit builds"
        return "the memory limit leaves"


def refuse_above(bound: int, needed: int, where: str) -> None:
    """Refuse what needs more bytes than there are; `where` completes the sentence.

    Raises
    ------
    InvalidConfiguration
        It does; ``details`` have both figures.
    """
    if needed <= bound:
        return
    raise InvalidConfiguration(
        f"The journal of this configuration would need about {_megabytes(needed)}; {where} up to"
        f" {_megabytes(bound)}. Fewer companies, parties, months or lines an entry need less.",
        {"estimated_bytes": needed, "allowed_bytes": bound},
    )


def _megabytes(size: int) -> str:
    return f"{-(-size // _MEGABYTE):,} MB"
