"""A run of encoded bytes on its way to one reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

CHUNK_BYTES = 1_000_000
"""What a reader gets at a time, so that others wait little for their turn. [bytes]"""

SMALL_CHUNK_BYTES = 100_000
"""What a reader gets at a time where there are many, or where a transport copies each entry. [bytes]"""

ALL_CHUNKS_BYTES = 64_000_000
"""What the chunks of all readers take together before they become smaller. [bytes]"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Encoded entries, or a run of lines of one long entry.

    Attributes
    ----------
    data
        The bytes, a view into a shared block: never written to, and ``bytes(data)``
        where a library insists on that type.
    first
        First entry that it holds a part of.
    next
        Entry with which the reader goes on; `first` again when an entry was cut between lines.
    starts, ends : (n,) int64
        Payload spans of the entries inside `data` (formats with bare messages), else empty. [bytes]
    """

    data: memoryview
    first: int
    next: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @property
    def entries(self) -> int:
        """Number of entries that are complete with this chunk."""
        return self.next - self.first

    def payloads(self) -> Iterator[bytes]:
        """Yield each entry's bare message, for formats that have one."""
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield bytes(self.data[start:end])
