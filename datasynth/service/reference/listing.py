"""A table of reference data on its way to a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datasynth.service.threads.thread_pool import ThreadPool
    from datasynth.service.threads.waker import Waker

TIMEOUT = 30.0
"""Longest wait of a caller for the next chunk, the build of a journal included. [s]"""


@dataclass(frozen=True, slots=True)
class TableChunk:
    """The bytes of some rows, with the beginning or the end of the table."""

    data: bytes


class Listing:
    """A table whose chunks are made on native threads, on demand.

    Parameters
    ----------
    facts
        Facts about the table besides its rows, such as a position.
    first
        The first chunk.
    rest
        Makes the other chunks; only one thread at a time runs it.
    """

    def __init__(
        self,
        facts: Mapping[str, object],
        first: bytes,
        rest: Iterator[bytes],
        threads: ThreadPool,
        waker: Waker,
    ) -> None:
        self.facts = facts
        self._first = first
        self._rest = rest
        self._threads = threads
        self._waker = waker
        self._chunks = self._all()

    def __iter__(self) -> Iterator[TableChunk]:
        """Yield the remaining chunks, and sleep on the waker in between.

        Raises
        ------
        Overloaded
            If a chunk takes too long, or the server is shutting down.
        """
        return self._chunks

    def close(self) -> None:
        """Release everything; may be called twice."""
        # Not closed, since a thread may still run it.
        self._rest = iter(())

    def _all(self) -> Iterator[TableChunk]:
        yield TableChunk(self._first)
        while (data := self._threads.run_in_thread(self._next, self._waker, TIMEOUT)) is not None:
            yield TableChunk(data)

    def _next(self) -> bytes | None:
        return next(self._rest, None)
