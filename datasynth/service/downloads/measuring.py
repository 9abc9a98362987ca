"""How many bytes a download will have, known before the first one is sent.

Nothing but encoding them tells how long entries are.  A measurement therefore
has the blocks of the download made a little earlier than it would anyway, and
keeps a number of each; the blocks wait in the cache for the download itself.
What cannot be small is not tried, and what turns out to be large is given up
after a few blocks.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.encoding import least_entry_bytes
from datasynth.errors import InternalError, Overloaded
from datasynth.service.blocks.block_cache import BlockCache
from datasynth.service.blocks.block_pool import BlockJob, Priority

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from datasynth.encoding import Format
    from datasynth.service.admission.memory_guard import MemoryGuard
    from datasynth.service.blocks.block_layout import BlockLayout
    from datasynth.service.blocks.block_source import BlockSource
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.threads.waker import Waker

LARGEST = 64_000_000
"""Downloads above this are sent without being measured. [bytes]"""

REMEMBERED_BYTES = 4_000_000
"""What the measures of earlier downloads may take. [bytes]"""

LOOK_UP_EVERY = 0.5
"""How often a caller that waits for a measurement, a block or memory checks again. [s]"""

TELLING = 8_192
"""After so many entries it is plain how large they are, to a factor of `DOUBT`."""

DOUBT = 2
"""A download that promises to be so many times too large is not measured any further."""

Ends = tuple[int, ...]
"""Where the part of each block ends in a download; cumulative. [bytes]"""

TOO_LARGE: Ends = (LARGEST + 1,)
"""What is remembered of a download above `LARGEST`."""


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """A range of a journal in a format.

    Attributes
    ----------
    version
        The journal as it stands.
    format
        What it is encoded in.
    first, end
        First entry, and the one after the last.
    layout
        The blocks that its reader goes through.
    """

    version: JournalVersion
    format: Format
    first: int
    end: int
    layout: BlockLayout

    @property
    def blocks(self) -> list[range]:
        """The blocks that it has a part of, as its reader goes through them."""
        return self.layout.blocks(self.first, self.end)

    @property
    def name(self) -> str:
        """The same for two extents only if all their bytes are."""
        return f"{self.version.fingerprint(self.end)} {self.format} {self.first} {self.end}"

    def part(self, block: range, offsets: NDArray[np.int64]) -> int:
        """Size of what it has of a block, whose entries begin at `offsets`. [bytes]"""
        low, high = max(self.first - block.start, 0), min(self.end - block.start, len(offsets) - 1)
        return int(offsets[high] - offsets[low])


class Measures:
    """Measures downloads, and remembers."""

    def __init__(self, source: BlockSource, memory: MemoryGuard) -> None:
        self._source = source
        self._memory = memory
        self._known: BlockCache[tuple[str, BlockLayout], Ends] = BlockCache(
            REMEMBERED_BYTES, lambda ends: 256 + 40 * len(ends)
        )

    def ends(self, extent: Extent, waker: Waker, closing: Callable[[], bool]) -> Ends | None:
        """Find where each block's part of a download ends; None if it has more than `LARGEST` bytes.

        Parameters
        ----------
        extent
            What is to be measured; its version has its journal.

        Raises
        ------
        Overloaded
            If memory is low, or the server is shutting down.
        InternalError
            If the entries cannot be computed.
        """
        if (extent.end - extent.first) * least_entry_bytes(extent.format) > LARGEST:
            return None
        key = (extent.name, extent.layout)
        ends = self._known.get(key)
        if ends is None:
            ends = _Measurement(self._source, extent, waker).ends(self._check(closing))
            self._known.put(key, ends)
        return None if ends == TOO_LARGE else ends

    def _check(self, closing: Callable[[], bool]) -> Callable[[], None]:
        def check() -> None:
            self._memory.ensure()
            if closing():
                raise Overloaded("The server is shutting down.")

        return check


class _Measurement:
    """One walk over the blocks of a download, a few of which are being made at a time.

    The job of a block brings its size alone, so a caller that waits here holds no block.
    """

    def __init__(self, source: BlockSource, extent: Extent, waker: Waker) -> None:
        self._source = source
        self._extent = extent
        self._waker = waker
        self._sizes: deque[NDArray[np.int64] | BlockJob] = deque()

    def ends(self, check: Callable[[], None]) -> Ends:
        """Sum up sizes until all blocks are in or the download is too large."""
        ends: list[int] = []
        blocks = self._extent.blocks
        submitted = 0
        try:
            for place, block in enumerate(blocks):
                upto = min(len(blocks), place + 1 + self._source.pool.threads)
                self._submit(blocks[submitted:upto])
                submitted = upto
                size = self._extent.part(block, self._wait(self._sizes.popleft(), check))
                ends.append(size + (ends[-1] if ends else 0))
                if self._hopeless(block.stop - self._extent.first, ends[-1]):
                    return TOO_LARGE
        finally:
            for job in self._sizes:
                if isinstance(job, BlockJob):
                    self._source.pool.withdraw(job, self)
        return tuple(ends)

    def _hopeless(self, entries: int, size: int) -> bool:
        """Tell whether so many entries of this size are too much, or leave no doubt that all are."""
        if size > LARGEST or entries < TELLING:
            return size > LARGEST
        return size / entries * (self._extent.end - self._extent.first) > DOUBT * LARGEST

    def _submit(self, blocks: list[range]) -> None:
        extent = self._extent
        for block in blocks:
            key = self._source.key(extent.version, block, extent.format, "")
            kept = self._source.find(key)
            if kept is not None:
                self._sizes.append(kept.entry_offsets)
                continue
            job = self._source.measure(key, extent.version, self, self._waker.wake, Priority.READER)
            self._sizes.append(job)

    def _wait(self, job: BlockJob | NDArray[np.int64], check: Callable[[], None]) -> NDArray[np.int64]:
        if not isinstance(job, BlockJob):
            return job
        try:
            while True:
                self._waker.clear()
                check()
                if job.done:
                    break
                self._waker.wait(LOOK_UP_EVERY)
        finally:
            self._source.pool.withdraw(job, self)
        if job.error is not None:
            raise InternalError("The entries could not be computed.") from job.error
        offsets: NDArray[np.int64] = job.result  # type: ignore[assignment]  # it was a measurement
        return offsets
