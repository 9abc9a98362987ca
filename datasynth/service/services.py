"""All long-lived objects of the server in one frozen value."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.service.admission.access import Access
    from datasynth.service.admission.cost_limit import CostLimit
    from datasynth.service.admission.memory_guard import MemoryGuard
    from datasynth.service.admission.rate_window import RateWindow
    from datasynth.service.admission.readiness import Readiness
    from datasynth.service.admission.tickets import Tickets
    from datasynth.service.blocks.block_source import BlockSource
    from datasynth.service.downloads.downloads import Downloads
    from datasynth.service.journals.builders import Builders
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.reference.reference import Reference
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.counters import Counters
    from datasynth.service.threads.thread_pool import ThreadPool
    from datasynth.service.threads.ticker import Ticker


@dataclass(frozen=True, slots=True)
class Services:
    """What transports call.

    Attributes
    ----------
    config_store, registry, downloads, reference, cost_limit, readiness, guard, rate_window, access, tickets
        Each explains itself.
    counters
        What the server counts about itself.
    source
        Blocks, their caches and the generator threads.
    builders
        Build journals.
    request_threads
        Threads that compute triggers and reference data.
    ticker
        What time alone brings about.
    clock
        Seconds that never go back.
    started_at
        When all this was built. [s]
    version
        Of the package.
    """

    config_store: ConfigStore
    registry: StreamRegistry
    downloads: Downloads
    reference: Reference
    source: BlockSource
    builders: Builders
    request_threads: ThreadPool
    cost_limit: CostLimit
    readiness: Readiness
    guard: MemoryGuard
    rate_window: RateWindow
    access: Access
    tickets: Tickets
    counters: Counters
    ticker: Ticker
    clock: Clock
    started_at: float
    version: str

    @property
    def uptime(self) -> float:
        """How long the server has been there. [s]"""
        return self.clock() - self.started_at

    def start(self) -> None:
        """Start the native threads, once; in the process that serves, after any fork."""
        self.readiness.start()
        self.builders.start()
        self.request_threads.start()
        self.source.pool.start()
        self.ticker.start()

    def shut_down(self, deadline: float = 10.0) -> bool:
        """Take no more work, tell every reader and end the threads; tell whether all have ended.

        Parameters
        ----------
        deadline
            How long to wait for the threads; blocks the calling thread, so a greenlet passes 0. [s]
        """
        until = time.monotonic() + deadline
        self.registry.shut_down()
        self.ticker.close()
        self.source.pool.close()
        self.builders.close()
        self.request_threads.close()
        ended = [
            joinable.join(max(0.0, until - time.monotonic()))
            for joinable in (self.ticker, self.builders, self.request_threads, self.source.pool)
        ]
        return all(ended)
