"""Downloads: any range of any known journal, without an effect on streams."""

from __future__ import annotations

import math
import sys
import threading
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from datasynth.errors import InvalidRequest, Overloaded
from datasynth.service.blocks.reader import BlockReader
from datasynth.service.downloads.measuring import LOOK_UP_EVERY, DownloadSizes, EncodedRange
from datasynth.service.streams.subscribers import RELEASED_AFTER
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from datasynth.encoding import Format
    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.downloads.measuring import Ends
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Caller, Waker

_LABELS = (("kind", "download"),)


class Downloads:
    """Opens downloads and knows those that are open."""

    def __init__(
        self,
        registry: StreamRegistry,
        config_store: ConfigStore,
        services: StreamServices,
    ) -> None:
        self.sizes = DownloadSizes(services.source, services.memory)
        self._registry = registry
        self._config_store = config_store
        self._services = services
        self._lock = threading.Lock()
        self._open: dict[Download, None] = {}

    def __len__(self) -> int:
        """Number of open downloads."""
        return len(self._open)

    @property
    def closing(self) -> bool:
        """Whether the server is shutting down."""
        return self._registry.closing

    def open(
        self, stream_id: str | None, first: int, count: int | None, format: Format, caller: Caller
    ) -> Download:
        """Begin a download with the present trigger log.

        Parameters
        ----------
        stream_id
            None for the present configuration.
        count
            Number of entries, cut at the end of the stream; None for all.
        caller
            The client that a build counts for, and the waker that the download sleeps on.

        Raises
        ------
        NotFound
            If the server does not know the stream.
        InvalidRequest
            If `first` lies above the end, or a number is negative.
        InvalidConfiguration
            If the present configuration is too costly.
        Overloaded
            If the server takes no work now.
        """
        version, end = self._version(stream_id, caller)
        if not 0 <= first <= end:
            raise InvalidRequest(f"from: There are {end} entries.", {"from": [f"Must be from 0 to {end}."]})
        if count is not None and count < 0:
            raise InvalidRequest("count: Must not be negative.", {"count": ["Must not be negative."]})
        last = end if count is None else min(end, first + count)
        waker, source = caller.waker, self._services.source
        layout = source.layout(first)
        reader = BlockReader(source, format, stream_id or "", first, 1, waker.wake, caller.client, layout)
        download = Download(
            EncodedRange(version, format, first, last, layout), reader, waker, self, self._services
        )
        with self._lock:
            self._open[download] = None
        return download

    def forget(self, download: Download) -> None:
        """Remove a download; called when it closes."""
        with self._lock:
            self._open.pop(download, None)

    def tick(self) -> None:
        """Have stalled downloads release their blocks."""
        self.release_blocks(RELEASED_AFTER)

    def release_blocks(self, idle: float = -math.inf) -> None:
        """Have downloads that have not been polled for `idle` seconds release their blocks."""
        with self._lock:
            downloads = list(self._open)
        for download in downloads:
            download.release_blocks(idle)

    def _version(self, stream_id: str | None, caller: Caller) -> tuple[JournalVersion, int]:
        if stream_id is None:
            version = self._services.journals.version(self._config_store.document.config, caller)
            return version, version.total
        self._registry.get(stream_id)
        self._services.readiness.admit(caller.waker)
        # Built before the answer begins, because an answer under way cannot report an error.
        return self._registry.journal_of(stream_id, caller)


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
        downloads: Downloads,
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
        self._ends: Ends = ()
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
        encoded_range, self._unmeasured = self._unmeasured, None
        if encoded_range is None:
            raise LookupError("a download is measured once, before it begins")
        ends = self._downloads.sizes.ends(encoded_range, self._waker, lambda: self._downloads.closing)
        if ends is None:
            return None
        self._ends, self._blocks = ends, encoded_range.blocks
        return ends[-1] if ends else 0

    def cut(self, start: int, stop: int) -> None:
        """Deliver only the bytes ``start … stop - 1`` of a measured download; call before the first chunk."""
        with self._lock:
            self._left = stop - start
            if self._left <= 0:
                return
            # Blocks before and after the part are not made.
            block, last = bisect_right(self._ends, start), bisect_left(self._ends, stop)
            self._skip = start - (self._ends[block - 1] if block else 0)
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
        """Yield all chunks, sleep on the waker in between, and close at the end."""
        try:
            self._unmeasured = None
            while not self.finished:
                self._waker.clear()
                chunk = self.poll()
                if chunk is not None:
                    yield chunk
                elif self._downloads.closing:
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
