"""All long-lived objects of the server in one frozen value."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.service.access import Access
    from datasynth.service.admission import Admission
    from datasynth.service.block_source import BlockSource
    from datasynth.service.builders import Builders
    from datasynth.service.config_store import ConfigStore
    from datasynth.service.counters import Counters
    from datasynth.service.downloads import Downloads
    from datasynth.service.memory_guard import MemoryGuard
    from datasynth.service.native_threads import Crew
    from datasynth.service.rate_window import RateWindow
    from datasynth.service.readiness import Readiness
    from datasynth.service.reference import Reference
    from datasynth.service.registry import StreamRegistry
    from datasynth.service.seams import Clock
    from datasynth.service.ticker import Ticker
    from datasynth.service.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Services:
    """What transports call.

    Attributes
    ----------
    config_store, registry, downloads, reference, admission, readiness, guard, rate_window, access, tickets
        Each explains itself.
    counters
        What the server counts about itself.
    source
        Blocks, their caches and the generator threads.
    builders
        Build journals.
    clerks
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
    clerks: Crew
    admission: Admission
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
        self.clerks.start()
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
        self.clerks.close()
        ended = [
            joinable.join(max(0.0, until - time.monotonic()))
            for joinable in (self.ticker, self.builders, self.clerks, self.source.pool)
        ]
        return all(ended)
