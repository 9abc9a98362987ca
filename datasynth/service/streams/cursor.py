"""One reader's place in a stream: what it may have now, and when there is more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from datasynth.service.blocks.chunk import CHUNK_BYTES

if TYPE_CHECKING:
    from types import TracebackType

    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.blocks.reader import BlockReader
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.waker import Waker


class Cursor:
    """One reader's place; a context manager, since it must be closed whatever happens.

    Made by `Stream.open_cursor`.  One thread or greenlet reads from it, in the
    pattern that `waker` describes; its waker is woken whenever that may help.

    Parameters
    ----------
    stream
        What it reads.
    reader
        Its place, guarded by the stream's lock.
    waker
        How its owner is woken.
    holds_head
        Whether the head follows it; one that does not hold the head never passes it either.
    """

    def __init__(self, stream: Stream, reader: BlockReader, waker: Waker, *, holds_head: bool) -> None:
        self.stream = stream
        self.reader = reader
        self.waker = waker
        self.holds_head = holds_head
        self.touched = 0.0

    @property
    def position(self) -> int:
        """Entry with which it goes on."""
        return self.reader.position

    @property
    def line(self) -> int:
        """Line of that entry with which it goes on, from 1."""
        return self.reader.line

    @property
    def finished(self) -> bool:
        """Whether nothing more will ever come: the end is reached, or the stream has failed."""
        return self.stream.cursor_finished(self)

    def poll(self, max_bytes: int = CHUNK_BYTES) -> Chunk | None:
        """Return the next chunk, or None if there is none now; never blocks.

        Parameters
        ----------
        max_bytes
            Size of a chunk, except that an entry (in formats of lines: a line) is never cut. [bytes]

        Raises
        ------
        InternalError
            If entries of a stream that has ended cannot be computed; one that has not ended fails instead.
        """
        return self.stream.hand_out(self, max_bytes)

    def delay(self) -> float | None:
        """Seconds until the rate lets the next entry out, or None if only a wake-up can help."""
        return self.stream.cursor_delay(self)

    def close(self) -> None:
        """Give the place up; closing twice is harmless."""
        self.stream.close_cursor(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
