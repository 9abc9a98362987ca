"""Encoded bytes for one reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHUNK_BYTES = 1_000_000
"""Size of a chunk; small enough that other readers wait little for their turn. [bytes]"""

SMALL_CHUNK_BYTES = 100_000
"""Size of a chunk if readers are many, a peer is slow, or a transport copies each entry. [bytes]"""


NO_SPANS = np.zeros(0, dtype=np.int64)
"""Where there are no bare messages."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Encoded entries, or a run of lines of one long entry.

    Attributes
    ----------
    data
        A view into a shared block, not to be written to.
    first
        First entry that it has a part of.
    next
        The reader's next entry; `first` again if an entry was cut between lines.
    starts, ends : (n,) int64
        Spans of the entries' payloads in `data` (formats with bare messages), else empty. [bytes]
    metadata
        What the end of the file says of the block that is complete with this chunk; see `Encoded`.
    """

    data: memoryview
    first: int
    next: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    metadata: object = None

    @property
    def entries(self) -> int:
        """Number of entries that are complete with this chunk."""
        return self.next - self.first

    def payloads(self) -> Iterator[bytes]:
        """Yield each entry's bare message, for formats that have one."""
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield bytes(self.data[start:end])
