"""What a server takes of its machine, and whether it has given back what it took meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.process import children, open_descriptors, resident_bytes

MORE_DESCRIPTORS = 4
"""How many more descriptors may be open at the end: listeners of libraries that were loaded meanwhile."""

MORE_RESIDENT = 250_000_000
"""How much more may be resident than after a first round: journals and blocks are kept for later. [bytes]"""

SETTLES_WITHIN = 20.0
"""How long a server may take to give things back. [s]"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Resident memory and open descriptors of a server."""

    resident: int
    descriptors: int

    @classmethod
    def of(cls, pid: int) -> Footprint:
        """Measure a process and its children."""
        processes = [pid, *children(pid)]
        return cls(sum(map(resident_bytes, processes)), sum(map(open_descriptors, processes)))

    @classmethod
    def settled(cls, pid: int, before: Footprint) -> Footprint:
        """Measure once it is back where it was, or when that takes too long."""
        end = time.monotonic() + SETTLES_WITHIN
        while not (now := cls.of(pid)).back_to(before) and time.monotonic() < end:
            time.sleep(0.25)
        return now

    def back_to(self, before: Footprint) -> bool:
        """Tell whether it is no larger than before, within bounds."""
        more = self.descriptors - before.descriptors, self.resident - before.resident
        return more[0] <= MORE_DESCRIPTORS and more[1] <= MORE_RESIDENT
