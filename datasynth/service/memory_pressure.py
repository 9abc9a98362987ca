"""When memory is low, the server pauses, warns, and drops what can be computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import Overloaded
from datasynth.service.streams.lifecycle import PauseReason
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.downloads.downloads import Downloads
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.streams.stream_services import StreamServices


class MemoryPressureHandler:
    """Acts for the memory guard; `drop_shared` drops the parts that journals share."""

    def __init__(
        self,
        registry: StreamRegistry,
        downloads: Downloads,
        services: StreamServices,
        drop_shared: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._downloads = downloads
        self._services = services
        self._drop_shared = drop_shared

    def memory_low(self, message: str, used_bytes: int, limit_bytes: int) -> None:
        """End the builds under way, pause all generation and warn everybody."""
        # Builds first: each step takes more memory, and this call does not wait for their end.
        details = {"used_bytes": used_bytes, "limit_bytes": limit_bytes}
        self._services.journals.queue.cancel_running(Overloaded(message, details, 5))
        self._registry.pause_all(PauseReason.MEMORY)
        self._registry.warn_all(message, used_bytes=used_bytes, limit_bytes=limit_bytes)
        self._services.counters.add(Count.MEMORY_WARNINGS)
        self._registry.wake_all()

    def memory_recovered(self) -> None:
        """Lift the pause of `memory_low`."""
        self._registry.resume_all(PauseReason.MEMORY)
        # Readers of ended streams had to wait as well, although these streams were not paused.
        self._registry.wake_all()
        self._services.journals.look_for_builds()

    def memory_exceeded(self, message: str) -> int:
        """Let every active stream fail; return how many did."""
        return self._registry.fail_all(message)

    def drop_caches(self) -> None:
        """Drop whatever can be computed again."""
        self._registry.release_blocks()
        self._downloads.release_blocks()
        self._services.source.drop()
        self._services.journals.cache.clear()
        self._drop_shared()
