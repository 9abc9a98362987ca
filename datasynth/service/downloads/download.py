"""One download: a fixed range of a journal on its way to one client."""

from __future__ import annotations

import sys
import threading
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from datasynth.errors import Overloaded
from datasynth.service.blocks.chunk import CHUNK_BYTES
from datasynth.service.downloads.measuring import LOOK_UP_EVERY
from datasynth.service.journals.version import BLOCK_ENTRIES
from datasynth.service.streams.subscribers import RELEASED_AFTER
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.blocks.reader import BlockReader
    from datasynth.service.downloads.downloads import Downloads
    from datasynth.service.downloads.measuring import Ends, Extent
    from datasynth.service.streams.context import Context
    from datasynth.service.threads.waker import Waker

_LABELS = (("kind", "download"),)


class Download:
    """A fixed range of a journal as it was when the download began; iterate over its chunks.

    Attributes
    ----------
    first, end
        First entry, and the one after the last.
    name
        The same for two downloads only if all their bytes are.
    """

    def __init__(
        self, owner: Downloads, context: Context, extent: Extent, reader: BlockReader, waker: Waker
    ) -> None:
        self.first = extent.first
        self.end = extent.end
        self.name = extent.name
        self._owner = owner
        self._context = context
        # The reader holds the journal while it reads; a download that stalls holds next to nothing.
        self._version = extent.version.without_journal()
        self._unmeasured: Extent | None = extent
        self._ends: Ends = ()
        self._skip = 0
        self._left = sys.maxsize
        self._reader = reader
        self._waker = waker
        self._lock = threading.Lock()
        self._touched = context.clock()

    @property
    def finished(self) -> bool:
        """Whether every chunk has been handed out."""
        return self._left <= 0 or self._reader.position >= self.end

    def measure(self) -> int | None:
        """Find how many bytes it has, sleeping on the waker meanwhile; None if they are more than `LARGEST`.

        To be called once, before the first chunk.

        Raises
        ------
        Overloaded
            If memory is low, or the server is shutting down.
        InternalError
            If the entries cannot be computed.
        """
        extent, self._unmeasured = self._unmeasured, None
        if extent is None:
            raise LookupError("a download is measured once, before it begins")
        ends = self._owner.measures.ends(extent, self._waker, lambda: self._owner.closing)
        if ends is None:
            return None
        self._ends = ends
        return ends[-1] if ends else 0

    def cut(self, start: int, stop: int) -> None:
        """Deliver a part of a measured download only, to be called before the first chunk.

        Parameters
        ----------
        start, stop
            First byte, and the one after the last.
        """
        with self._lock:
            self._left = stop - start
            if self._left <= 0:
                return
            # Blocks before and after the part are neither made nor looked at.
            block, last = bisect_right(self._ends, start), bisect_left(self._ends, stop)
            self._skip = start - (self._ends[block - 1] if block else 0)
            number = self.first // BLOCK_ENTRIES
            self._reader.position = max(self.first, (number + block) * BLOCK_ENTRIES)
            self.end = min(self.end, (number + last + 1) * BLOCK_ENTRIES)

    def poll(self, max_bytes: int = CHUNK_BYTES) -> Chunk | None:
        """Return the next chunk, or None if its block has still to come or memory is low; never blocks.

        Raises
        ------
        InternalError
            If the entries cannot be computed.
        """
        with self._lock:
            self._touched = self._context.clock()
            if self._context.memory.low:
                self._reader.release_blocks()
                return None
            chunk = self._take(max_bytes)
        if chunk is not None:
            self._context.counters.add(Count.ENTRIES_SENT, chunk.entries, _LABELS)
            self._context.counters.add(Count.BYTES_SENT, len(chunk.data), _LABELS)
        return chunk

    def release_blocks(self, idle: float = RELEASED_AFTER) -> None:
        """Let go of blocks if nobody has come for the next chunk for `idle` seconds."""
        with self._lock:
            if self._context.clock() - self._touched >= idle and not self._reader.waiting:
                self._reader.release_blocks()

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        with self._lock:
            self._unmeasured = None
            self._reader.close()
        self._owner.forget(self)

    def __iter__(self) -> Iterator[Chunk]:
        """Yield chunk after chunk, sleeping on the waker in between; closes itself at the end."""
        try:
            self._unmeasured = None
            while not self.finished:
                self._waker.clear()
                chunk = self.poll()
                if chunk is not None:
                    yield chunk
                elif self._owner.closing:
                    raise Overloaded("The server is shutting down.")
                elif not self.finished:
                    self._waker.wait(LOOK_UP_EVERY)
        finally:
            self.close()

    def _take(self, max_bytes: int) -> Chunk | None:
        while True:
            most = self._skip or min(max_bytes, self._left)
            chunk = self._reader.take(self._version, self.end, self.end, most)
            if chunk is None:
                return None
            skipped = min(self._skip, len(chunk.data))
            self._skip -= skipped
            data = chunk.data[skipped : skipped + self._left]
            if data:
                self._left -= len(data)
                return replace(chunk, data=data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
