"""Downloads: any range of any known journal, beside the streams and without touching them."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from datasynth.errors import InvalidRequest
from datasynth.service.blocks.reader import BlockReader
from datasynth.service.downloads.download import Download
from datasynth.service.downloads.measuring import Extent, Measures

if TYPE_CHECKING:
    from datasynth.encoding import Format
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.journals.journal_builder import JournalBuilder
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.threads.caller import Caller


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

    Attributes
    ----------
    measures
        Finds sizes.
    """

    def __init__(
        self,
        registry: StreamRegistry,
        config_store: ConfigStore,
        context: Context,
        builder: JournalBuilder,
    ) -> None:
        self.measures = Measures(context.source, context.memory)
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
        version, end = self._extent(stream_id, caller)
        if not 0 <= first <= end:
            raise InvalidRequest(f"from: There are {end} entries.", {"from": [f"Must be from 0 to {end}."]})
        if count is not None and count < 0:
            raise InvalidRequest("count: Must not be negative.", {"count": ["Must not be negative."]})
        last = end if count is None else min(end, first + count)
        waker, source = caller.waker, self._context.source
        reader = BlockReader(source, format, stream_id or "", first, 1, waker.wake, caller.client)
        extent = Extent(version, format, first, last)
        download = Download(self, self._context, extent, reader, waker)
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
            download.release_blocks()

    def drop(self) -> None:
        """Have all downloads let go of their blocks."""
        for download in self._all():
            download.release_blocks(-math.inf)

    def _all(self) -> list[Download]:
        with self._lock:
            return list(self._open)

    def _extent(self, stream_id: str | None, caller: Caller) -> tuple[JournalVersion, int]:
        if stream_id is None:
            version = self._builder.version(self._config_store.document.config, caller)
            return version, version.total
        self._registry.get(stream_id)
        self._builder.admit(caller.waker)
        # Built before the answer begins, which could not say any more that it cannot be.
        return self._registry.journal_of(stream_id, caller)
