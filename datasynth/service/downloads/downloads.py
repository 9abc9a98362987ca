"""Downloads: any range of any known journal, without an effect on streams."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from datasynth.errors import InvalidRequest
from datasynth.output.reference_rows import day_number
from datasynth.service.blocks.block_layout import FileLayout
from datasynth.service.blocks.reader import BlockReader
from datasynth.service.downloads.download import Download
from datasynth.service.downloads.measuring import DownloadSizes, EncodedRange
from datasynth.service.streams.subscribers import RELEASED_AFTER

if TYPE_CHECKING:
    from datetime import date

    from datasynth.encoding import EntriesFormat
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Caller

    Days = tuple[date | None, date | None]

ALL_DAYS: Days = (None, None)
"""No first and no last posting date."""


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
        self,
        stream_id: str | None,
        first: int,
        count: int | None,
        format: EntriesFormat,
        caller: Caller,
        days: Days = ALL_DAYS,
    ) -> Download:
        """Begin a download with the present trigger log.

        Parameters
        ----------
        stream_id
            None for the present configuration.
        first
            Sequence number of the first entry, unless the first day begins later.
        count
            Number of entries, cut at the end of the stream and of the last day; None for all.
        days
            First and last posting date, each None for any.
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
            raise InvalidRequest(f"from: Must be from 0 to {end}.", {"from": [f"Must be from 0 to {end}."]})
        if count is not None and count < 0:
            raise InvalidRequest("count: Must not be negative.", {"count": ["Must not be negative."]})
        _check_company(format.company, version)
        first, last = _range_of(version, first, end if count is None else count, end, days)
        waker, source = caller.waker, self._services.source
        layout = source.layout(first) if format.records else FileLayout(first, last, format.block_entries)
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


def _check_company(company: str, version: JournalVersion) -> None:
    codes = [known.code for known in version.spec.config.companies]
    if company and company not in codes:
        raise InvalidRequest(
            f"company: Unknown company {company!a}.",
            {"company": [f"Must be one of: {', '.join(codes)}."]},
        )


def _range_of(version: JournalVersion, first: int, count: int, end: int, days: Days) -> tuple[int, int]:
    """Return the first entry and the one after the last."""
    begin_day, end_day = days
    journal = version.journal
    if journal is not None and begin_day is not None:
        first = max(first, min(end, journal.entries_through(day_number(begin_day) - 1)))
    last = min(end, first + count)
    if journal is not None and end_day is not None:
        last = min(last, journal.entries_through(day_number(end_day)))
    return first, max(first, last)
