"""Refuses configurations that would take too much memory, before anything is built."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from datasynth.errors import InvalidConfiguration
from datasynth.service.admission.memory_guard import LOW_ABOVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.config.model import Config

MOST_BYTES = 2_000_000_000
"""Largest journal without a memory limit. [bytes]"""

REMEMBERED = 64
"""Configurations whose estimates are kept."""

_MEGABYTE = 1_000_000


class CostLimit:
    """Compares the estimated memory of a journal with the available memory.

    Parameters
    ----------
    estimate
        Estimates the memory of a journal. [bytes]
    limit
        Largest memory of the process; None for no limit. [bytes]
    resident
        Returns the memory of the process. [bytes]
    machine
        Memory of the machine, half of which all journals may take if there is no limit. [bytes]
    """

    def __init__(
        self, estimate: Callable[[Config], int], limit: int | None, resident: Callable[[], int], machine: int
    ) -> None:
        # Many calls check the same configuration, and an estimate blocks the hub for some 10 ms.
        self._estimate = lru_cache(maxsize=REMEMBERED)(estimate)
        self._limit = limit
        self._resident = resident
        self._machine = machine
        self._idle = resident()

    @property
    def one(self) -> int:
        """Largest memory of one journal; negative if the idle server exceeds its limit. [bytes]"""
        return MOST_BYTES if self._limit is None else int(LOW_ABOVE * self._limit) - self._idle

    @property
    def all(self) -> int:
        """Largest memory of all journals together, those under way included. [bytes]"""
        return max(MOST_BYTES, self._machine // 2) if self._limit is None else self.one

    def note_idle(self) -> None:
        """Measure the memory of the idle server, once everything is loaded."""
        self._idle = self._resident()

    def estimate(self, config: Config) -> int:
        """Estimate the memory of a journal. [bytes]"""
        return self._estimate(config)

    def check(self, config: Config) -> None:
        """Raise `InvalidConfiguration` if the journal would need more memory than one may take."""
        # If the idle server exceeds its limit, it refuses all work because memory is low.
        if self.one > 0:
            refuse_above(self.one, self._estimate(config), self._where())

    def _where(self) -> str:
        if self._limit is None:
            return "A server without a memory limit allows"
        return "The memory limit allows"


def refuse_above(bound: int, needed: int, where: str) -> None:
    """Raise `InvalidConfiguration` if more bytes are needed than a bound; `where` completes the message."""
    if needed <= bound:
        return
    raise InvalidConfiguration(
        f"The journal of this configuration would need about {_megabytes(needed)}. {where} up to"
        f" {_megabytes(bound)}. Use fewer companies, parties, months or lines per entry.",
        {"estimated_bytes": needed, "allowed_bytes": bound},
    )


def _megabytes(size: int) -> str:
    return f"{-(-size // _MEGABYTE):,} MB"
