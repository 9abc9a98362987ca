"""Builds all long-lived objects of the server, once, from plain values."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from datasynth.allocator import release_function
from datasynth.service.admission.access import Access
from datasynth.service.admission.cost_limit import CostLimit
from datasynth.service.admission.memory_guard import MemoryGuard
from datasynth.service.admission.rate_window import RateWindow
from datasynth.service.admission.readiness import Readiness
from datasynth.service.admission.tickets import Tickets
from datasynth.service.blocks.block_source import BlockSource
from datasynth.service.downloads.downloads import Downloads
from datasynth.service.journals.build_ahead import BuildAhead
from datasynth.service.journals.config_store import ConfigStore
from datasynth.service.journals.journals import Journals
from datasynth.service.memory_pressure import MemoryPressureHandler
from datasynth.service.reference.reference import Reference
from datasynth.service.streams.registry import StreamRegistry
from datasynth.service.streams.stream_services import StreamServices
from datasynth.service.threads.counters import Counters
from datasynth.service.threads.thread_pool import ThreadPool
from datasynth.service.threads.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.config.merge import ConfigDocument
    from datasynth.config.model import Config
    from datasynth.service.admission.access import ApiKey
    from datasynth.service.journals.protocols import ListParties, ListUsers, MakeEncoder, MakeJournal
    from datasynth.service.threads.clock import Clock, WallClock

LARGEST_CACHE = 256 * 1024 * 1024
"""Largest size of the cache of encoded blocks. [bytes]"""

CACHE_SHARE = 8
"""Divisor of the memory limit, if there is one, that bounds this cache."""

LARGEST_JOURNAL_CACHE = 512 * 1024 * 1024
"""Largest size of the journal cache. [bytes]"""

JOURNAL_CACHE_SHARE = 4
"""Divisor of the memory limit, if there is one, that bounds this cache."""

REQUEST_THREADS = 2
"""Threads that compute triggers and reference data."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex


def _nothing() -> None:
    return


def resident_bytes() -> int:
    """Measure the resident memory of this process. [bytes]"""
    return int(psutil.Process().memory_info().rss)


def machine_bytes() -> int:
    """Measure the memory of this machine. [bytes]"""
    return int(psutil.virtual_memory().total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What the service needs of generation and encoding.

    Attributes
    ----------
    make_journal, make_encoder, list_parties, list_users
        See `datasynth.service.journals.protocols`.
    estimate_bytes
        Estimates the memory of a journal within milliseconds. [bytes]
    warm_up
        Loads or compiles all kernels.
    patterns
        Names of all triggers.
    drop_shared
        Drops the parts that journals share, when memory is low.
    """

    make_journal: MakeJournal
    estimate_bytes: Callable[[Config], int]
    make_encoder: MakeEncoder
    list_parties: ListParties
    list_users: ListUsers
    warm_up: Callable[[], None]
    patterns: Sequence[str]
    drop_shared: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the services.

    Attributes
    ----------
    worker_threads
        Native generator threads.
    version
        Of the package.
    api_keys
        Keys that open the server; without any it is open to everybody.
    rate_limit
        Requests per minute and client; 0 for no limit.
    memory_limit
        Largest memory of the process; None for no limit. [bytes]
    build_ahead
        Whether the journal of the present configuration is built before a request.
    """

    worker_threads: int
    version: str
    api_keys: Sequence[ApiKey] = ()
    rate_limit: int = 100
    memory_limit: int | None = None
    build_ahead: bool = True

    def share(self, largest: int, part: int) -> int:
        """Return the largest size of a cache, or its part of the memory limit if that is less. [bytes]"""
        return largest if self.memory_limit is None else min(largest, self.memory_limit // part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Clocks, ids and the memory of process and machine, which tests replace."""

    clock: Clock = time.monotonic
    wall_clock: WallClock = _now
    new_id: Callable[[], str] = _new_id
    resident: Callable[[], int] = resident_bytes
    machine_bytes: Callable[[], int] = machine_bytes


class Services:
    """The objects that transports call; nothing runs before `start`.

    Attributes
    ----------
    guard
        The `memory` of `StreamServices`.
    request_threads
        Compute what a request waits for, so that it holds nobody else up.
    started_at
        When the services were built, by `clock`. [s]
    version
        Of the package.
    """

    def __init__(
        self,
        document: ConfigDocument,
        engine: Engine,
        options: Options,
        environment: Environment = Environment(),  # it is immutable
    ) -> None:
        # long: one statement for each object, in the order of their dependencies.
        clock, limit = environment.clock, options.memory_limit
        self.version = options.version
        self.clock = clock
        self.started_at = clock()
        self._started = False
        self.access = Access(options.api_keys)
        self.tickets = Tickets(clock)
        self.rate_window = RateWindow(options.rate_limit, clock=clock)
        self.counters = Counters()
        self.guard = MemoryGuard(limit, environment.resident, release_function(), clock)
        self.cost_limit = CostLimit(
            engine.estimate_bytes, limit, environment.resident, environment.machine_bytes()
        )
        self.readiness = Readiness(engine.warm_up, self.guard, self._warmed, clock)
        self.journals = Journals(
            engine.make_journal,
            self.cost_limit,
            self.readiness,
            self.guard,
            self.counters,
            clock,
            options.share(LARGEST_JOURNAL_CACHE, JOURNAL_CACHE_SHARE),
        )
        self._ahead = BuildAhead(self.journals, self.cost_limit) if options.build_ahead else None
        self.config_store = ConfigStore(document, self.cost_limit.check, self._build_ahead)
        cache_bytes = options.share(LARGEST_CACHE, CACHE_SHARE)
        self.source = BlockSource(
            options.worker_threads, cache_bytes, self.journals, engine.make_encoder, self.counters
        )
        self.request_threads = ThreadPool("request", REQUEST_THREADS, clock=clock)
        shared = StreamServices(
            source=self.source,
            journals=self.journals,
            request_threads=self.request_threads,
            cost_limit=self.cost_limit,
            memory=self.guard,
            readiness=self.readiness,
            counters=self.counters,
            clock=clock,
            wall_clock=environment.wall_clock,
        )
        self.registry = StreamRegistry(shared, environment.new_id, engine.patterns)
        self.downloads = Downloads(self.registry, self.config_store, shared)
        self.reference = Reference(
            self.registry, self.config_store, shared, engine.list_parties, engine.list_users
        )
        self._pressure = MemoryPressureHandler(self.registry, self.downloads, shared, engine.drop_shared)
        self.ticker = Ticker(self._tick)
        self._show_gauges()

    @property
    def uptime(self) -> float:
        """Time since the services were built. [s]"""
        return self.clock() - self.started_at

    def start(self) -> None:
        """Start the native threads, once; call it in the serving process, after any fork."""
        if self._started:
            return
        self.readiness.start()
        self.journals.start()
        self.request_threads.start()
        self.source.pool.start()
        self.ticker.start()
        # Set last: of two concurrent calls both may start everything; each part starts only once.
        self._started = True

    def shut_down(self, deadline: float = 10.0) -> bool:
        """Refuse work, wake every reader and end the threads; tell whether all have ended.

        Parameters
        ----------
        deadline
            Longest wait for the threads.  It blocks the calling thread, so a greenlet passes 0. [s]
        """
        until = time.monotonic() + deadline
        self.registry.shut_down()
        threads = (self.ticker, self.journals, self.request_threads, self.source.pool)
        for one in threads:
            one.close()
        ended = [one.join(max(0.0, until - time.monotonic())) for one in threads]
        return all(ended)

    def _warmed(self) -> None:
        self.cost_limit.note_idle()
        if self._ahead is not None:
            self._ahead.begin(self.config_store.document.config)

    def _build_ahead(self, config: Config) -> None:
        if self._ahead is not None:
            self._ahead.renew(config)

    def _tick(self) -> float | None:
        self.guard.tick(self._pressure)
        self.journals.tick()
        self.downloads.tick()
        return self.registry.tick()

    def _show_gauges(self) -> None:
        streams, journals = self.registry, self.journals
        for name, read in {
            "active_streams": lambda: len(streams.active()),
            "known_streams": lambda: len(streams.all()),
            "readers": lambda: sum(stream.readers for stream in streams.all()),
            "downloads": lambda: len(self.downloads),
            "builds_waiting": lambda: journals.queue.waiting,
            "builds_running": lambda: journals.queue.running,
            "journal_bytes": lambda: journals.cache.alive_bytes,
            "shelf_bytes": lambda: journals.cache.bytes,
            "blocks_waiting": lambda: self.source.pool.waiting,
            "cache_bytes": lambda: self.source.cache_bytes,
            "memory_bytes": lambda: self.guard.used,
            "memory_limit_bytes": lambda: self.guard.limit or 0,
            "memory_low": lambda: float(self.guard.low),
        }.items():
            self.counters.gauge(name, read)
