"""Reads entries in order: waits for blocks and cuts chunks out of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, cast

from datasynth.errors import InternalError
from datasynth.service.blocks.block_pool import Priority
from datasynth.service.blocks.chunk import NO_SPANS, Chunk

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.encoding import AnyFormat, Encoded
    from datasynth.service.blocks.block_layout import Layout
    from datasynth.service.blocks.block_pool import BlockJob
    from datasynth.service.blocks.block_source import BlockKey, BlockSource
    from datasynth.service.journals.build_request import BuildRequest
    from datasynth.service.journals.version import JournalVersion

FURTHEST_AHEAD = 4
"""Most blocks that are made ahead of one reader."""


class BlockReader:
    """Reads entries in order; knows nothing of heads and states.  The caller's lock guards it.

    Parameters
    ----------
    stream_id
        For formats that have it in their bytes.
    first, line
        Where it begins: an entry, and a line of it from 1.
    wake
        Called when a missing block is there.
    client
        The client that a build counts for, if the journal has to be built again.
    """

    def __init__(
        self,
        source: BlockSource,
        format: AnyFormat,
        stream_id: str,
        first: int,
        line: int,
        wake: Callable[[], None],
        client: str,
        layout: Layout,
    ) -> None:
        self._source = source
        self._layout = layout
        self._format = format
        self._stream_id = stream_id
        self._wake = wake
        self._client = client
        self._depth = min(source.pool.threads + 1, FURTHEST_AHEAD)
        self._place: tuple[JournalVersion, range] | None = None
        self._key: BlockKey | None = None
        self._encoded: Encoded | None = None
        self._job: BlockJob | None = None
        self._request: BuildRequest | None = None
        self._opened: tuple[JournalVersion, JournalVersion] | None = None
        self._ahead: dict[BlockKey, BlockJob] = {}
        self._ahead_end = -1
        self._closed = False
        self.position = first
        self.line = line
        source.count_readers(1)

    @property
    def reached(self) -> int:
        """Position after the last entry that was handed out, in part or whole."""
        return self.position + (self.line > 1)

    @property
    def waiting(self) -> bool:
        """Whether it waits for its block or for the journal."""
        if self._request is not None:
            return not self._request.done
        return self._job is not None and not self._job.done

    def take(self, version: JournalVersion, limit: int, ahead: int, most: int) -> Chunk | None:
        """Return the next chunk, or None if its block is not there or `limit` is reached.

        Parameters
        ----------
        limit
            Entries from here on are not handed out.
        ahead
            Blocks of entries below it can be made in advance.
        most
            Size of a chunk, except that an entry, or a line of one, is never cut. [bytes]

        Raises
        ------
        InternalError
            If the block could not be made; the log says why.
        Overloaded
            If its journal has to be built again, and cannot be now.
        """
        while self.position < max(limit, ahead) and not self._closed:
            self._turn_to(version)
            # In this order, since idle threads take blocks as they are submitted, and this one is urgent.
            encoded = self._fetch(version)
            self._look_ahead(version, max(limit, ahead))
            if encoded is None or self.position >= limit:
                return None
            chunk = self._cut(encoded, limit, most)
            if chunk is not None:
                return chunk
        return None

    def release(self) -> None:
        """Release blocks and journal until the next `take`."""
        self._withdraw()
        self._opened = None
        self._place = self._key = None

    def close(self) -> None:
        """Release everything for good; closing twice is harmless."""
        if not self._closed:
            self._source.count_readers(-1)
        self._closed = True
        self.release()

    def _withdraw(self) -> None:
        if self._job is not None:
            self._source.pool.withdraw(self._job, self)
        for job in self._ahead.values():
            self._source.pool.withdraw(job, self)
        if self._request is not None:
            self._source.journals.queue.withdraw(self._request)
        self._request = self._job = self._encoded = None
        self._ahead = {}
        self._ahead_end = -1

    def _open(self, version: JournalVersion) -> JournalVersion | None:
        """Return a version with its journal, or None while that is being built."""
        if version.journal is not None:
            return version
        if self._opened is not None and self._opened[0] is version:
            return self._opened[1]
        request, opened = self._request, None
        if request is None:
            kept = self._source.journals.cache.find(version.spec)
            if kept is None:
                self._request = self._source.journals.queue.ask(version.spec, self._client, self._wake)
            else:
                opened = version.opened(kept)
        elif request.done:
            self._request = None
            opened = version.opened(request.journal())
        if opened is not None:
            # Kept until `release`, since the cache may have no room for it.
            self._opened = (version, opened)
        return opened

    def _turn_to(self, version: JournalVersion) -> None:
        if self._place is not None and self._place[0] is version and self.position in self._place[1]:
            return
        block = self._layout.block_at(self.position)
        self._place = (version, block)
        key = self._source.key(version, block, self._format, self._stream_id)
        if key == self._key:
            return
        if self._job is not None:
            self._source.pool.withdraw(self._job, self)
        self._encoded = None
        self._job = self._ahead.pop(key, None)
        self._key = key
        self._ahead_end = -1

    def _look_ahead(self, version: JournalVersion, ahead: int) -> None:
        blocks = [self._layout.block_at(self.position)]
        while len(blocks) <= self._depth and blocks[-1].stop < ahead:
            blocks.append(self._layout.block_at(blocks[-1].stop))
        if blocks[-1].stop == self._ahead_end:
            return
        self._ahead_end = blocks[-1].stop
        wanted: dict[BlockKey, BlockJob] = {}
        for following in blocks[1:]:
            key = self._source.key(version, following, self._format, self._stream_id)
            job = self._ahead.pop(key, None)
            if job is None and self._source.find(key) is None:
                opened = self._open(version)
                if opened is None:
                    # The next call tries again, once the journal is there.
                    self._ahead_end = -1
                    break
                job = self._source.submit(key, opened, self, self._wake, Priority.AHEAD)
            if job is not None:
                wanted[key] = job
        for job in self._ahead.values():
            self._source.pool.withdraw(job, self)
        self._ahead = wanted

    def _fetch(self, version: JournalVersion) -> Encoded | None:
        if self._encoded is not None or self._key is None:
            return self._encoded
        if self._job is None:
            self._encoded = self._source.find(self._key)
            if self._encoded is not None:
                return self._encoded
            opened = self._open(version)
            if opened is None:
                return None
            self._job = self._source.submit(self._key, opened, self, self._wake, Priority.READER)
        job = self._job
        if not job.done:
            self._hurry(job, version)
            return None
        self._job = None
        if job.error is not None:
            raise InternalError("The entries could not be computed.") from job.error
        self._encoded = cast("Encoded", job.result)
        return self._encoded

    def _hurry(self, job: BlockJob, version: JournalVersion) -> None:
        if job.priority is Priority.READER or job.taken or self._key is None:
            return
        opened = self._open(version)
        if opened is None:
            return
        joined = self._source.submit(self._key, opened, self, self._wake, Priority.READER)
        if joined is not job:
            # The block is done and has woken the reader, so the next call finds it.
            self._source.pool.withdraw(joined, self)

    def _cut(self, encoded: Encoded, limit: int, most: int) -> Chunk | None:
        offsets = encoded.entry_offsets
        block_first = self._layout.block_at(self.position).start
        here = self.position - block_first
        last = min(limit - block_first, len(offsets) - 1)
        start = int(offsets[here])
        if self.line > 1:
            return self._cut_lines(encoded, here, most)
        # numpy's search releases the interpreter lock, and getting it back takes longer than the search.
        fitting = bisect_right(offsets, start + most) - 1
        stop = min(fitting, last)
        if stop <= here:
            if encoded.line_offsets is not None:
                return self._cut_lines(encoded, here, most)
            stop = here + 1
        return self._chunk(encoded, here, stop, start, int(offsets[stop]))

    def _cut_lines(self, encoded: Encoded, here: int, most: int) -> Chunk | None:
        lines = encoded.line_offsets
        entry_end = int(encoded.entry_offsets[here + 1])
        if lines is None:
            # Formats without lines have whole entries only.
            self.line = 1
            return self._chunk(encoded, here, here + 1, int(encoded.entry_offsets[here]), entry_end)
        first_line = bisect_left(lines, int(encoded.entry_offsets[here]))
        after_line = bisect_left(lines, entry_end)
        begin = first_line + self.line - 1
        if begin >= after_line:
            # The reader begins after the last line of this entry.
            self.position += 1
            self.line = 1
            return None
        start = int(lines[begin])
        fitting = bisect_right(lines, start + most) - 1
        stop = min(max(fitting, begin + 1), after_line)
        whole = stop == after_line
        chunk = self._chunk(encoded, here, here + whole, start, int(lines[stop]))
        self.line = 1 if whole else stop - first_line + 1
        return chunk

    def _chunk(self, encoded: Encoded, here: int, stop: int, start: int, end: int) -> Chunk:
        first = self.position
        self.position += stop - here
        starts = ends = NO_SPANS
        if encoded.payload_offsets is not None:
            starts = encoded.payload_offsets[here:stop] - start
            ends = encoded.entry_offsets[here + 1 : stop + 1] - start
        whole = end == len(encoded.data)
        metadata = encoded.metadata if whole else None
        return Chunk(encoded.data.data[start:end], first, self.position, starts, ends, metadata)
