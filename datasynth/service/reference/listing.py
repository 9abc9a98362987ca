"""A table of reference data on its way to a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datasynth.service.threads.thread_pool import ThreadPool
    from datasynth.service.threads.waker import Waker

TIMEOUT = 30.0
"""How long a caller waits for the next chunk, the building of a journal included. [s]"""


@dataclass(frozen=True, slots=True)
class TableChunk:
    """Some rows, and what stands before or after them; `data` is their bytes."""

    data: bytes


class Listing:
    """A table whose chunks are made on native threads, each when it is asked for.

    Parameters
    ----------
    facts
        What else there is to tell.
    first
        The first chunk, made already.
    rest
        Makes the others; only one thread at a time is inside.
    threads
        Native threads.
    waker
        What the caller sleeps on.

    Attributes
    ----------
    facts
        As above.
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
        """Yield the chunks that nobody has had, sleeping on the waker in between.

        Raises
        ------
        Overloaded
            If a chunk takes too long, or the server is shutting down.
        """
        return self._chunks

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        # A thread may still be inside the old one, which must not be closed then.
        self._rest = iter(())

    def _all(self) -> Iterator[TableChunk]:
        yield TableChunk(self._first)
        while (data := self._threads.run_in_thread(self._next, self._waker, TIMEOUT)) is not None:
            yield TableChunk(data)

    def _next(self) -> bytes | None:
        return next(self._rest, None)
