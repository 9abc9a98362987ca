"""One download: a fixed range of a journal as the chunks of a file."""

from __future__ import annotations

import sys
import threading
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, Self

from datasynth.errors import Overloaded
from datasynth.service.blocks.chunk import NO_SPANS, Chunk
from datasynth.service.downloads.measuring import LOOK_UP_EVERY
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from datasynth.service.blocks.block_source import FileFrame
    from datasynth.service.blocks.reader import BlockReader
    from datasynth.service.downloads.measuring import DownloadSize, DownloadSizes, EncodedRange
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Waker

_LABELS = (("kind", "download"),)


class OpenDownloads(Protocol):
    """What a download needs to know of the others."""

    sizes: DownloadSizes

    @property
    def closing(self) -> bool:
        """Whether the server is shutting down."""

    def forget(self, download: Download) -> None:
        """Remove a download; called when it closes."""


class Download:
    """A fixed range of a journal as it was when the download began; iterate over its chunks.

    Attributes
    ----------
    first, end
        First entry, and the one after the last.
    name
        Equal for two downloads only if all their bytes are equal.
    """

    def __init__(
        self,
        encoded_range: EncodedRange,
        reader: BlockReader,
        waker: Waker,
        downloads: OpenDownloads,
        services: StreamServices,
    ) -> None:
        self.first = encoded_range.first
        self.end = encoded_range.end
        self.name = encoded_range.name
        self._downloads = downloads
        self._services = services
        # The reader keeps the journal while it reads; a stalled download keeps almost nothing.
        self._version = encoded_range.version.without_journal()
        self._blocks: list[range] = []
        self._unmeasured: EncodedRange | None = encoded_range
        self._frame: FileFrame | None = None
        self._measured: DownloadSize | None = None
        self._described: list[tuple[int, object]] = []
        self._opening = self._closing = b""
        self._offset = 0
        self._skip = 0
        self._left = sys.maxsize
        self._reader = reader
        self._waker = waker
        self._lock = threading.Lock()
        self._touched = self._services.clock()

    @property
    def finished(self) -> bool:
        """Whether every chunk has been handed out."""
        return self._left <= 0 or self._reader.position >= self.end

    def measure(self) -> int | None:
        """Return its size, or None if that is above `LARGEST`; sleeps on the waker meanwhile. [bytes]

        Call it once, before the first chunk.

        Raises
        ------
        Overloaded
            If memory is low, or the server is shutting down.
        InternalError
            If the entries cannot be computed.
        """
        sizes, frame = self._downloads.sizes, self.begin()
        encoded_range, self._unmeasured = self._unmeasured, None
        if encoded_range is None:
            raise LookupError("a download is measured once, before it begins")
        found = sizes.measure(encoded_range, frame, self._waker, self._is_closing)
        if found is None:
            return None
        self._measured, self._blocks, self._closing = found, encoded_range.blocks, found.closing
        return len(self._opening) + found.size

    def cut(self, start: int, stop: int) -> None:
        """Deliver only the bytes ``start … stop - 1`` of a measured download; call before the first chunk."""
        if self._measured is None:
            raise LookupError("only a download that was measured can be cut")
        with self._lock:
            begin, ends = len(self._opening), self._measured.ends
            size = ends[-1] if ends else 0
            self._opening = self._opening[start:stop]
            start, stop = max(start - begin, 0), max(stop - begin, 0)
            self._closing = self._closing[max(start - size, 0) : max(stop - size, 0)]
            start, stop = min(start, size), min(stop, size)
            self._left = stop - start
            if self._left <= 0:
                return
            # Blocks before and after the part are not made.
            block, last = bisect_right(ends, start), bisect_left(ends, stop)
            self._skip = start - (ends[block - 1] if block else 0)
            blocks = self._blocks
            self._reader.position = max(self.first, blocks[block].start)
            self.end = min(self.end, blocks[last].stop)

    def poll(self, max_bytes: int | None = None) -> Chunk | None:
        """Return the next chunk, or None if its block is not there or memory is low; never blocks.

        Raises
        ------
        InternalError
            If the entries cannot be computed.
        """
        with self._lock:
            self._touched = self._services.clock()
            if self._services.memory.low:
                self._reader.release()
                return None
            chunk = self._take(max_bytes or self._services.source.chunk_bytes)
        if chunk is not None:
            self._services.counters.add(Count.ENTRIES_SENT, chunk.entries, _LABELS)
            self._services.counters.add(Count.BYTES_SENT, len(chunk.data), _LABELS)
        return chunk

    def release_blocks(self, idle: float) -> None:
        """Release its blocks if the last poll is `idle` seconds ago."""
        with self._lock:
            if self._services.clock() - self._touched >= idle and not self._reader.waiting:
                self._reader.release()

    def close(self) -> None:
        """Release everything; closing twice is harmless."""
        with self._lock:
            self._unmeasured = None
            self._reader.close()
        self._downloads.forget(self)

    def __iter__(self) -> Iterator[Chunk]:
        """Yield all chunks, sleep on the waker in between, and close at the end.

        The first one may be what begins the file, the last one what ends it.
        """
        try:
            frame = self.begin()
            self._unmeasured = None
            if self._opening:
                yield self._piece(self._opening)
            self._offset = len(self._opening)
            yield from self._body()
            closing = self._closing if self._measured is not None else frame.end(self._described)
            if closing:
                yield self._piece(closing)
        finally:
            self.close()

    def _body(self) -> Iterator[Chunk]:
        while not self.finished:
            self._waker.clear()
            chunk = self.poll()
            if chunk is not None:
                if chunk.metadata is not None:
                    self._described.append((self._offset, chunk.metadata))
                self._offset += len(chunk.data)
                yield chunk
            elif self._is_closing():
                raise Overloaded("The server is shutting down.")
            elif not self.finished:
                self._waker.wait(LOOK_UP_EVERY)

    def begin(self) -> FileFrame:
        """Have the beginning and the end of the file made, once."""
        if self._frame is None:
            if self._unmeasured is None:
                raise LookupError("the download is closed")
            self._frame = self._downloads.sizes.frame(self._unmeasured, self._waker, self._is_closing)
            self._opening = self._frame.opening
        return self._frame

    def _is_closing(self) -> bool:
        return self._downloads.closing

    def _piece(self, data: bytes) -> Chunk:
        position = self._reader.position
        return Chunk(memoryview(data), position, position, NO_SPANS, NO_SPANS)

    def _take(self, max_bytes: int) -> Chunk | None:
        while True:
            most = self._skip or min(max_bytes, self._left)
            chunk = self._reader.take(self._version, self.end, self.end, most)
            if chunk is None:
                return None
            skipped = min(self._skip, len(chunk.data))
            self._skip -= skipped
            data = chunk.data[skipped : skipped + self._left]
            # A block that cannot be cut has all its bytes in the last of its chunks.
            if data:
                self._left -= len(data)
                return replace(chunk, data=data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
