"""The loop behind every output: blocks are made on several threads and written in their order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

from datasynth.generation.block import BLOCK_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future

    from datasynth.encoding import Encoded, FileEncoder
    from datasynth.output.journal_range import JournalRange
    from datasynth.output.sink import Sink

    Progress = Callable[[int], object]
    """Gets the number of entries that have just been written."""

    Made = tuple[int, Encoded]
    """A block's number of entries, and its bytes."""

AHEAD = 2
"""Blocks for each thread that are begun and not yet written."""


def write_range(
    source: JournalRange,
    encoder: FileEncoder,
    sink: Sink,
    threads: int,
    progress: Progress,
    block_entries: int = BLOCK_ENTRIES,
) -> None:
    """Write a range of a journal.

    The calling thread writes.  Native threads compute and encode, at most `AHEAD`
    blocks each ahead of it.  Whatever ends it early, an error of a thread or of the
    sink, or an interruption, starts no further block and closes the sink with that error.

    Parameters
    ----------
    source
        The entries.
    encoder
        The format; it has the journal's vocabulary.
    sink
        Opened and closed here.
    threads
        Native threads, at least 1.
    progress
        Called after each block.
    block_entries
        Entries that are encoded at a time; see `EntriesFormat.block_entries`.
    """

    def make(part: JournalRange) -> Made:
        return part.count, encoder.encode(part.journal.block(part.first, part.count))

    with sink as out:
        opening = encoder.opening()
        out.write(opening)
        offset = len(opening)
        described: list[tuple[int, object]] = []
        with closing(_in_order(make, source.cut(block_entries), threads)) as made:
            for entries, encoded in made:
                out.write(encoded.data.data)
                if encoded.metadata is not None:
                    described.append((offset, encoded.metadata))
                offset += len(encoded.data)
                progress(entries)
        out.write(encoder.end(described))


def _in_order(
    make: Callable[[JournalRange], Made], parts: Iterable[JournalRange], threads: int
) -> Generator[Made]:
    """Make blocks on native threads, and yield them in their order."""
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for part in parts:
                waiting.append(pool.submit(make, part))
                if len(waiting) > threads * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # After an interruption only the blocks that are begun are waited for.
            pool.shutdown(wait=False, cancel_futures=True)
