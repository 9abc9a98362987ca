"""Downloads: any range of any known journal, beside the streams and without touching them."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Self

from datasynth.errors import InvalidRequest, Overloaded
from datasynth.service.audience import RELAXED_AFTER
from datasynth.service.counters import Count
from datasynth.service.piece import PIECE_BYTES
from datasynth.service.reader import BlockReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from datasynth.encoding import Format
    from datasynth.service.building import JournalBuilder
    from datasynth.service.caller import Caller
    from datasynth.service.config_store import ConfigStore
    from datasynth.service.context import Context
    from datasynth.service.edition import Edition
    from datasynth.service.piece import Piece
    from datasynth.service.registry import StreamRegistry
    from datasynth.service.waker import Waker

LOOK_UP_EVERY = 0.5
"""A download that waits for memory or a block looks up this often. [s]"""

_LABELS = (("kind", "download"),)


class Download:
    """A fixed range of a journal as it was when the download began; iterate over its pieces.

    Attributes
    ----------
    first, end
        First entry, and the one after the last.
    """

    def __init__(
        self,
        owner: Downloads,
        context: Context,
        edition: Edition,
        reader: BlockReader,
        end: int,
        waker: Waker,
    ) -> None:
        self.first = reader.position
        self.end = end
        self._owner = owner
        self._context = context
        self._edition = edition
        self._reader = reader
        self._waker = waker
        self._lock = threading.Lock()
        self._touched = context.clock()

    @property
    def finished(self) -> bool:
        """Whether every piece has been handed out."""
        return self._reader.position >= self.end

    def poll(self, max_bytes: int = PIECE_BYTES) -> Piece | None:
        """Return the next piece, or None if its block has still to come or memory is low; never blocks.

        Raises
        ------
        InternalError
            If the entries cannot be computed.
        """
        with self._lock:
            self._touched = self._context.clock()
            if self._context.memory.low:
                self._reader.relax()
                return None
            piece = self._reader.take(self._edition, self.end, self.end, max_bytes)
        if piece is not None:
            self._context.counters.add(Count.ENTRIES_SENT, piece.entries, _LABELS)
            self._context.counters.add(Count.BYTES_SENT, len(piece.data), _LABELS)
        return piece

    def relax(self, idle: float = RELAXED_AFTER) -> None:
        """Let go of blocks if nobody has come for the next piece for `idle` seconds."""
        with self._lock:
            if self._context.clock() - self._touched >= idle and not self._reader.waiting:
                self._reader.relax()

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        with self._lock:
            self._reader.close()
        self._owner.forget(self)

    def __iter__(self) -> Iterator[Piece]:
        """Yield piece after piece, sleeping on the waker in between; closes itself at the end."""
        try:
            while not self.finished:
                self._waker.clear()
                piece = self.poll()
                if piece is not None:
                    yield piece
                elif self._owner.closing:
                    raise Overloaded("The server is shutting down.")
                elif not self.finished:
                    self._waker.wait(LOOK_UP_EVERY)
        finally:
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Downloads:
    """Opens downloads and knows those that are open.

    Parameters
    ----------
    registry
        Finds streams.
    config_store
        Configuration of downloads without a stream.
    context
        What streams share.
    builder
        Builds journals.
    """

    def __init__(
        self,
        registry: StreamRegistry,
        config_store: ConfigStore,
        context: Context,
        builder: JournalBuilder,
    ) -> None:
        self._registry = registry
        self._config_store = config_store
        self._context = context
        self._builder = builder
        self._lock = threading.Lock()
        self._open: dict[Download, None] = {}

    def __len__(self) -> int:
        """Tell how many are open."""
        return len(self._open)

    @property
    def closing(self) -> bool:
        """Whether the server is shutting down."""
        return self._registry.closing

    def open(
        self,
        stream_id: str | None,
        first: int,
        count: int | None,
        format: Format,
        caller: Caller,
    ) -> Download:
        """Begin a download; the trigger log is that of this moment.

        Parameters
        ----------
        stream_id
            Which stream; None for the present configuration.
        first
            First entry.
        count
            Number of entries, cut at the end of the stream; None for all.
        format
            What to encode in.
        caller
            Whom it counts for, and what it sleeps on while it iterates.

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
        edition, end = self._extent(stream_id, caller)
        if not 0 <= first <= end:
            raise InvalidRequest(f"from: There are {end} entries.", {"from": [f"Must be from 0 to {end}."]})
        if count is not None and count < 0:
            raise InvalidRequest("count: Must not be negative.", {"count": ["Must not be negative."]})
        last = end if count is None else min(end, first + count)
        waker, source = caller.waker, self._context.source
        reader = BlockReader(source, format, stream_id or "", first, 1, waker.wake, caller.client)
        # Its reader holds the journal while it reads; a download that stalls holds next to nothing.
        download = Download(self, self._context, edition.without_journal(), reader, last, waker)
        with self._lock:
            self._open[download] = None
        return download

    def forget(self, download: Download) -> None:
        """Know it no more; a download calls it when it closes."""
        with self._lock:
            self._open.pop(download, None)

    def tick(self) -> None:
        """Have stalled downloads let go of their blocks."""
        for download in self._all():
            download.relax()

    def drop(self) -> None:
        """Have all downloads let go of their blocks."""
        for download in self._all():
            download.relax(-math.inf)

    def _all(self) -> list[Download]:
        with self._lock:
            return list(self._open)

    def _extent(self, stream_id: str | None, caller: Caller) -> tuple[Edition, int]:
        if stream_id is None:
            edition = self._builder.edition(self._config_store.document.config, caller)
            return edition, edition.total
        stream = self._registry.get(stream_id)
        self._builder.admit(caller.waker)
        # Built before the answer begins, which could not say any more that it cannot be.
        return self._builder.extent(stream, caller)
