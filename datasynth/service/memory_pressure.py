"""What is done about memory: who is paused, who is warned, and what is let go of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import Overloaded
from datasynth.service.streams.lifecycle import PauseReason
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.downloads.downloads import Downloads
    from datasynth.service.journals.builders import Builders
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.registry import StreamRegistry


class MemoryPressureHandler:
    """Acts on all streams and downloads when the memory guard says so.

    Parameters
    ----------
    registry
        Knows the streams, and who waits for one.
    downloads
        Knows the downloads.
    context
        Has the builds and the caches.
    builders
        Go on with the builds when there is memory again.
    drop_shared
        Drops what journals have in common.
    """

    def __init__(
        self,
        registry: StreamRegistry,
        downloads: Downloads,
        context: Context,
        builders: Builders,
        drop_shared: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._downloads = downloads
        self._context = context
        self._builders = builders
        self._drop_shared = drop_shared

    def memory_low(self, message: str, used_bytes: int, limit_bytes: int) -> None:
        """End the builds under way, pause all generation and warn everybody."""
        # First: a build under way takes more with each step, and callers need not wait for it to end.
        details = {"used_bytes": used_bytes, "limit_bytes": limit_bytes}
        self._context.builds.cancel_running(Overloaded(message, details, 5))
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
        self._builders.look_for_builds()

    def memory_exceeded(self, message: str) -> int:
        """Let every active stream fail; return how many did."""
        return self._registry.catalogue.fail(message)

    def drop_caches(self) -> None:
        """Let go of whatever can be computed again."""
        self._registry.catalogue.release_blocks()
        self._downloads.drop()
        self._context.source.drop()
        self._context.journal_cache.clear()
        self._drop_shared()
