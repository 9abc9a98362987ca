"""What the server does when memory is low: it pauses, warns, and drops what can be computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import Overloaded
from datasynth.service.streams.lifecycle import PauseReason
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.downloads.downloads import Downloads
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.registry import StreamRegistry


class MemoryPressureHandler:
    """Acts on all streams and downloads when the memory guard says so.

    Parameters
    ----------
    drop_shared
        Drops what journals have in common.
    """

    def __init__(
        self,
        registry: StreamRegistry,
        downloads: Downloads,
        context: Context,
        drop_shared: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._downloads = downloads
        self._context = context
        self._drop_shared = drop_shared

    def memory_low(self, message: str, used_bytes: int, limit_bytes: int) -> None:
        """End the builds under way, pause all generation and warn everybody."""
        # First: a build under way takes more with each step, and callers need not wait for it to end.
        details = {"used_bytes": used_bytes, "limit_bytes": limit_bytes}
        self._context.journals.queue.cancel_running(Overloaded(message, details, 5))
        self._registry.pause_all(PauseReason.MEMORY)
        self._registry.warn_all(message, used_bytes=used_bytes, limit_bytes=limit_bytes)
        self._context.counters.add(Count.MEMORY_WARNINGS)
        self._registry.wake_all()

    def memory_recovered(self) -> None:
        """Take that pause back."""
        self._registry.resume_all(PauseReason.MEMORY)
        # Readers of ended streams were held up as well, without a pause of their own.
        self._registry.wake_all()
        self._context.journals.look_for_builds()

    def memory_exceeded(self, message: str) -> int:
        """Let every active stream fail; return how many did."""
        return self._registry.fail_all(message)

    def drop_caches(self) -> None:
        """Drop whatever can be computed again."""
        self._registry.release_blocks()
        self._downloads.release_blocks()
        self._context.source.drop()
        self._context.journals.cache.clear()
        self._drop_shared()
