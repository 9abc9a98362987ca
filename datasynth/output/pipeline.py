"""The loop behind every output: blocks are made on several threads and written in their order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, NamedTuple

from datasynth.generation.block import BLOCK_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from concurrent.futures import Future

    from datasynth.encoding import Encoded, FileEncoder
    from datasynth.output.journal_range import JournalRange
    from datasynth.output.sink import Sink, Writable

    Progress = Callable[[int], object]
    """Gets the number of entries that have just been written."""

    Made = tuple[int, list[Encoded]]
    """A block's number of entries, and its bytes in each file."""

AHEAD = 2
"""Blocks for each thread that are begun and not yet written."""


class OutputFile(NamedTuple):
    """A file: how blocks are encoded for it, and where the bytes go."""

    encoder: FileEncoder
    sink: Sink


def write_range(
    source: JournalRange,
    encoder: FileEncoder,
    sink: Sink,
    threads: int,
    progress: Progress,
    block_entries: int = BLOCK_ENTRIES,
) -> None:
    """Write a range of a journal into one file; see `write_files`."""
    write_files(source, [OutputFile(encoder, sink)], threads, progress, block_entries)


def write_files(
    source: JournalRange,
    outputs: Sequence[OutputFile],
    threads: int,
    progress: Progress,
    block_entries: int = BLOCK_ENTRIES,
) -> None:
    """Write a range of a journal, each of its blocks into every file.

    The calling thread writes.  Native threads compute and encode, at most `AHEAD`
    blocks each ahead of it.  Whatever ends it early, an error of a thread or of a
    sink, or an interruption, starts no further block and closes the sinks with that error.

    Parameters
    ----------
    source
        The entries.
    outputs
        The encoders have the journal's vocabulary; the sinks are opened and closed here.
    threads
        Native threads, at least 1.
    progress
        Called after each block.
    block_entries
        Entries that are encoded at a time; see `EntriesFormat.block_entries`.
    """

    def make(part: JournalRange) -> Made:
        block = part.journal.block(part.first, part.count)
        return part.count, [output.encoder.encode(block) for output in outputs]

    with ExitStack() as stack:
        files = [_File(output, stack.enter_context(output.sink)) for output in outputs]
        with closing(_in_order(make, source.cut(block_entries), threads)) as made:
            for entries, encoded in made:
                for file, part in zip(files, encoded, strict=True):
                    file.add(part)
                progress(entries)
        for file in files:
            file.end()


class _File:
    """A file that is being written: its position, and what its end has to say of the blocks."""

    def __init__(self, output: OutputFile, out: Writable) -> None:
        self._encoder = output.encoder
        self._out = out
        self._described: list[tuple[int, object]] = []
        opening = output.encoder.opening()
        out.write(opening)
        self._offset = len(opening)

    def add(self, encoded: Encoded) -> None:
        """Write a block."""
        self._out.write(encoded.data.data)
        if encoded.metadata is not None:
            self._described.append((self._offset, encoded.metadata))
        self._offset += len(encoded.data)

    def end(self) -> None:
        """Write what stands behind the last block."""
        self._out.write(self._encoder.end(self._described))


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
