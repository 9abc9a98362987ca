"""Measures the size of a download before its first byte is sent.

Only encoding tells how long entries are.  A measurement therefore has the blocks of the
download made early and keeps their sizes; the blocks wait in the cache for the download.
Ranges that are certainly too large are not measured, and a measurement ends as soon as the
size is clearly too large.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from datasynth.encoding import header, least_entry_bytes, no_end
from datasynth.errors import InternalError, Overloaded
from datasynth.service.blocks.block_cache import BlockCache
from datasynth.service.blocks.block_pool import BlockJob, Priority
from datasynth.service.blocks.block_source import BlockSizes, FileFrame

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from datasynth.encoding import EntriesFormat
    from datasynth.service.admission.memory_guard import MemoryGuard
    from datasynth.service.blocks.block_layout import Layout
    from datasynth.service.blocks.block_source import BlockSource
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.threads.waker import Waker

LARGEST = 64_000_000
"""Downloads above this are sent without being measured. [bytes]"""

REMEMBERED_BYTES = 4_000_000
"""Memory for the sizes of earlier downloads. [bytes]"""

LOOK_UP_EVERY = 0.5
"""How often a caller that waits for a measurement, a block or memory checks again. [s]"""

TELLING = 8_192
"""After this number of entries their mean size is known to a factor of `DOUBT`."""

DOUBT = 2
"""A measurement ends if the expected size is more than this factor too large."""


class DownloadSize(NamedTuple):
    """What is known of a download before it begins.

    Attributes
    ----------
    ends
        Where the part of each block ends, from the end of the opening on; cumulative. [bytes]
    closing
        What stands behind the last block.
    """

    ends: tuple[int, ...]
    closing: bytes = b""

    @property
    def size(self) -> int:
        """All but the opening. [bytes]"""
        return (self.ends[-1] if self.ends else 0) + len(self.closing)


TOO_LARGE = DownloadSize((LARGEST + 1,))
"""What is remembered of a download above `LARGEST`."""


@dataclass(frozen=True, slots=True, eq=False)
class EncodedRange:
    """A range of a journal in a format.

    Attributes
    ----------
    first, end
        First entry, and the one after the last.
    layout
        The blocks that its reader goes through.
    """

    version: JournalVersion
    format: EntriesFormat
    first: int
    end: int
    layout: Layout

    @property
    def blocks(self) -> list[range]:
        """The blocks that it has a part of, in order."""
        return self.layout.blocks(self.first, self.end)

    @property
    def name(self) -> str:
        """Equal for two ranges only if all their bytes are equal."""
        return f"{self.version.fingerprint(self.end)} {self.format} {self.first} {self.end}"

    def part(self, block: range, offsets: NDArray[np.int64]) -> int:
        """Size of its part of a block, whose entries begin at `offsets`. [bytes]"""
        low, high = max(self.first - block.start, 0), min(self.end - block.start, len(offsets) - 1)
        return int(offsets[high] - offsets[low])


class DownloadSizes:
    """Measures downloads, and remembers their sizes."""

    def __init__(self, source: BlockSource, memory: MemoryGuard) -> None:
        self._source = source
        self._memory = memory
        self._known: BlockCache[tuple[str, Layout], DownloadSize] = BlockCache(
            REMEMBERED_BYTES, lambda found: 256 + 40 * len(found.ends) + len(found.closing)
        )

    def frame(self, encoded_range: EncodedRange, waker: Waker, closing: Callable[[], bool]) -> FileFrame:
        """Return what begins the file of a range, and what makes its end; errors are those of `measure`."""
        format = encoded_range.format
        if format.records:
            return FileFrame(header(format), no_end)
        work = _Measurement(self._source, encoded_range, waker)
        return work.frame(self._check(closing))

    def measure(
        self, encoded_range: EncodedRange, frame: FileFrame, waker: Waker, closing: Callable[[], bool]
    ) -> DownloadSize | None:
        """Return where each block's part of a range ends, or None if its size is above `LARGEST`.

        The version of the range must have its journal.

        Raises
        ------
        Overloaded
            If memory is low, or the server is shutting down.
        InternalError
            If the entries cannot be computed.
        """
        if (encoded_range.end - encoded_range.first) * least_entry_bytes(encoded_range.format) > LARGEST:
            return None
        key = (encoded_range.name, encoded_range.layout)
        found = self._known.get(key)
        if found is None:
            work = _Measurement(self._source, encoded_range, waker)
            found = work.measured(frame, self._check(closing))
            self._known.put(key, found)
        return None if found == TOO_LARGE else found

    def _check(self, closing: Callable[[], bool]) -> Callable[[], None]:
        def check() -> None:
            self._memory.ensure()
            if closing():
                raise Overloaded("The server is shutting down.")

        return check


class _Measurement:
    """One measurement of a range, a few blocks at a time.

    The result of a job is the sizes of a block, so a waiting caller keeps no block in memory.
    """

    def __init__(self, source: BlockSource, encoded_range: EncodedRange, waker: Waker) -> None:
        self._source = source
        self._range = encoded_range
        self._waker = waker
        self._sizes: deque[BlockSizes | BlockJob] = deque()

    def frame(self, check: Callable[[], None]) -> FileFrame:
        """Have the frame of the file made."""
        job = self._source.frame(self._range.version, self._range.format, self, self._waker.wake)
        return cast("FileFrame", self._result(job, check))

    def measured(self, frame: FileFrame, check: Callable[[], None]) -> DownloadSize:
        """Sum up the sizes of blocks until all are in or the range is too large."""
        ends: list[int] = []
        described: list[tuple[int, object]] = []
        blocks = self._range.blocks
        submitted = 0
        try:
            for place, block in enumerate(blocks):
                wanted = min(len(blocks), place + 1 + self._source.pool.threads)
                self._submit(blocks[submitted:wanted])
                submitted = wanted
                sizes = self._wait(self._sizes.popleft(), check)
                begin = ends[-1] if ends else 0
                if sizes.metadata is not None:
                    described.append((len(frame.opening) + begin, sizes.metadata))
                ends.append(begin + self._range.part(block, sizes.entry_offsets))
                if self._is_too_large(block.stop - self._range.first, ends[-1]):
                    return TOO_LARGE
        finally:
            for job in self._sizes:
                if isinstance(job, BlockJob):
                    self._source.pool.withdraw(job, self)
        return DownloadSize(tuple(ends), frame.end(described))

    def _is_too_large(self, entries: int, size: int) -> bool:
        """Tell whether the size of the first entries, or the expected size of all, is too large."""
        if size > LARGEST or entries < TELLING:
            return size > LARGEST
        return size / entries * (self._range.end - self._range.first) > DOUBT * LARGEST

    def _submit(self, blocks: list[range]) -> None:
        encoded_range = self._range
        for block in blocks:
            key = self._source.key(encoded_range.version, block, encoded_range.format, "")
            kept = self._source.find(key)
            if kept is not None:
                self._sizes.append(BlockSizes(kept.entry_offsets, kept.metadata))
                continue
            job = self._source.measure(key, encoded_range.version, self, self._waker.wake, Priority.READER)
            self._sizes.append(job)

    def _wait(self, job: BlockJob | BlockSizes, check: Callable[[], None]) -> BlockSizes:
        return cast("BlockSizes", self._result(job, check)) if isinstance(job, BlockJob) else job

    def _result(self, job: BlockJob, check: Callable[[], None]) -> object:
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
        return job.result
