"""What is done about memory: who is paused, who is warned, and what is let go of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.service.counters import Count
from datasynth.service.lifecycle import PauseReason

if TYPE_CHECKING:
    from datasynth.service.context import Context
    from datasynth.service.downloads import Downloads
    from datasynth.service.registry import StreamRegistry


class StreamRelief:
    """Acts on all streams and downloads when the memory guard says so.

    Parameters
    ----------
    registry
        Knows the streams, and who waits for one.
    downloads
        Knows the downloads.
    context
        Has the caches.
    """

    def __init__(self, registry: StreamRegistry, downloads: Downloads, context: Context) -> None:
        self._registry = registry
        self._downloads = downloads
        self._context = context

    def memory_low(self, message: str, used_bytes: int, limit_bytes: int) -> None:
        """Pause all generation and warn everybody."""
        catalogue = self._registry.catalogue
        catalogue.pause(PauseReason.MEMORY)
        catalogue.warn(message, used_bytes=used_bytes, limit_bytes=limit_bytes)
        self._context.counters.add(Count.MEMORY_WARNINGS)
        self._registry.wake()

    def memory_recovered(self) -> None:
        """Take that pause back."""
        self._registry.catalogue.resume(PauseReason.MEMORY)
        # Readers of ended streams were held up as well, without a pause of their own.
        self._registry.wake()

    def memory_exceeded(self, message: str) -> None:
        """Let every active stream fail."""
        self._registry.catalogue.fail(message)

    def drop_caches(self) -> None:
        """Let go of whatever can be computed again."""
        self._registry.catalogue.relax()
        self._downloads.drop()
        self._context.source.drop()
        self._context.shelf.clear()
