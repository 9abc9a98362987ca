"""A table of reference data on its way to a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datasynth.service.offload import Offload
    from datasynth.service.waker import Waker

TIMEOUT = 30.0
"""How long a caller waits for the next piece, the building of a journal included. [s]"""


@dataclass(frozen=True, slots=True)
class TablePiece:
    """Some rows, and what stands before or after them; `data` is their bytes."""

    data: bytes


class Listing:
    """A table whose pieces are made on native threads, each when it is asked for.

    Parameters
    ----------
    facts
        What else there is to tell.
    first
        The first piece, made already.
    rest
        Makes the others; only one thread at a time is inside.
    offload
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
        offload: Offload,
        waker: Waker,
    ) -> None:
        self.facts = facts
        self._first = first
        self._rest = rest
        self._offload = offload
        self._waker = waker
        self._pieces = self._all()

    def __iter__(self) -> Iterator[TablePiece]:
        """Yield the pieces that nobody has had, sleeping on the waker in between.

        Raises
        ------
        Overloaded
            If a piece takes too long, or the server is shutting down.
        """
        return self._pieces

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        # A thread may still be inside the old one, which must not be closed then.
        self._rest = iter(())

    def _all(self) -> Iterator[TablePiece]:
        yield TablePiece(self._first)
        while (data := self._offload.call(self._next, self._waker, TIMEOUT)) is not None:
            yield TablePiece(data)

    def _next(self) -> bytes | None:
        return next(self._rest, None)
