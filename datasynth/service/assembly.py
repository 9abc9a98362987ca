"""Builds all services out of plain values."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from datasynth.service.admission.access import Access
from datasynth.service.admission.allocator import release_function
from datasynth.service.admission.cost_limit import CostLimit
from datasynth.service.admission.memory_guard import MemoryGuard
from datasynth.service.admission.rate_window import RateWindow
from datasynth.service.admission.readiness import Readiness
from datasynth.service.admission.tickets import Tickets
from datasynth.service.blocks.block_source import BlockSource
from datasynth.service.downloads.downloads import Downloads
from datasynth.service.journals.build_ahead import BuildAhead
from datasynth.service.journals.build_queue import BuildQueue
from datasynth.service.journals.builders import Builders
from datasynth.service.journals.config_store import ConfigStore
from datasynth.service.journals.journal_builder import JournalBuilder
from datasynth.service.journals.journal_cache import JournalCache
from datasynth.service.memory_pressure import MemoryPressureHandler
from datasynth.service.reference.reference import Reference
from datasynth.service.services import Services
from datasynth.service.streams.context import Context
from datasynth.service.streams.registry import StreamRegistry
from datasynth.service.threads.counters import Counters
from datasynth.service.threads.thread_pool import ThreadPool
from datasynth.service.threads.thread_runner import ThreadRunner
from datasynth.service.threads.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.config.merge import ConfigDocument
    from datasynth.service.admission.access import ApiKey
    from datasynth.service.journals.protocols import EstimateBytes, MakeEncoder, MakeJournal
    from datasynth.service.journals.reference_protocols import ListParties, ListUsers
    from datasynth.service.threads.clock import Clock, WallClock

LARGEST_CACHE = 256 * 1024 * 1024
"""What encoded blocks may take at most. [bytes]"""

CACHE_SHARE = 8
"""With a memory limit, encoded blocks may take this part of it."""

LARGEST_JOURNAL_CACHE = 512 * 1024 * 1024
"""What journals may take that are kept for the case that they are wanted again. [bytes]"""

JOURNAL_CACHE_SHARE = 4
"""With a memory limit, they may take this part of it."""

REQUEST_THREADS = 2
"""Threads that compute triggers and reference data."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex


def resident_bytes() -> int:
    """Measure what this process holds in memory. [bytes]"""
    return int(psutil.Process().memory_info().rss)


def machine_bytes() -> int:
    """Measure the memory of this machine. [bytes]"""
    return int(psutil.virtual_memory().total)


def _nothing() -> None:
    return


def assemble(
    document: ConfigDocument,
    *,
    make_journal: MakeJournal,
    estimate_bytes: EstimateBytes,
    make_encoder: MakeEncoder,
    list_parties: ListParties,
    list_users: ListUsers,
    warm_up: Callable[[], None],
    patterns: Sequence[str],
    worker_threads: int,
    version: str,
    api_keys: Sequence[ApiKey] = (),
    rate_limit: int = 100,
    memory_limit: int | None = None,
    clock: Clock = time.monotonic,
    wall_clock: WallClock = _now,
    new_id: Callable[[], str] = _new_id,
    resident: Callable[[], int] = resident_bytes,
    machine_bytes: Callable[[], int] = machine_bytes,
    drop_shared: Callable[[], None] = _nothing,
    build_ahead: bool = True,
) -> Services:
    """Build everything; nothing runs before `Services.start`.

    Parameters
    ----------
    document
        Configuration at the start.
    make_journal, estimate_bytes, make_encoder, list_parties, list_users, warm_up, patterns
        What generation and encoding bring.
    worker_threads
        Native generator threads.
    version
        Of the package.
    api_keys
        Keys that open the server; none opens it to anybody.
    rate_limit
        Requests per minute and client; 0 for no limit.
    memory_limit
        What the process may take; None for no limit. [bytes]
    clock, wall_clock, new_id, resident, machine_bytes
        The world around, for tests to replace.
    drop_shared
        Drops what journals have in common, when memory is low.
    build_ahead
        Whether the configuration in force is built before anybody asks for it.
    """
    # long: one line for each object that there is, in the order in which they need one another.
    counters = Counters()
    guard = MemoryGuard(memory_limit, resident, release_function(), clock)
    cache_bytes = LARGEST_CACHE if memory_limit is None else min(LARGEST_CACHE, memory_limit // CACHE_SHARE)
    journal_cache = JournalCache(
        LARGEST_JOURNAL_CACHE
        if memory_limit is None
        else min(LARGEST_JOURNAL_CACHE, memory_limit // JOURNAL_CACHE_SHARE)
    )
    cost_limit = CostLimit(estimate_bytes, memory_limit, resident, machine_bytes())
    builds = BuildQueue(cost_limit, journal_cache, guard, counters)
    builders = Builders(builds, make_journal, journal_cache, guard, counters)
    ahead = BuildAhead(builds, journal_cache, cost_limit)
    source = BlockSource(worker_threads, cache_bytes, journal_cache, builds, make_encoder, counters)
    context = Context(source, journal_cache, builds, guard, counters, clock, wall_clock)
    request_threads = ThreadPool("request", REQUEST_THREADS)
    runner = ThreadRunner(request_threads, clock)
    config_store = ConfigStore(document, cost_limit.check, ahead.renew)

    def warmed() -> None:
        cost_limit.note_idle()
        if build_ahead:
            ahead.begin(config_store.document.config)

    readiness = Readiness(warm_up, guard, warmed, clock)
    builder = JournalBuilder(journal_cache, builds, cost_limit, readiness, guard, clock)
    registry = StreamRegistry(context, builder, runner, readiness, new_id, patterns)
    downloads = Downloads(registry, config_store, context, builder)
    reference = Reference(registry, config_store, builder, runner, list_parties, list_users)
    handler = MemoryPressureHandler(registry, downloads, context, builders, drop_shared)

    def tick() -> float | None:
        guard.tick(handler)
        builders.tick()
        downloads.tick()
        return registry.tick()

    ticker = Ticker(tick)
    _show_gauges(counters, context, registry, downloads, guard)
    return Services(
        config_store=config_store,
        registry=registry,
        downloads=downloads,
        reference=reference,
        source=source,
        builders=builders,
        request_threads=request_threads,
        cost_limit=cost_limit,
        readiness=readiness,
        guard=guard,
        rate_window=RateWindow(rate_limit, clock=clock),
        access=Access(api_keys),
        tickets=Tickets(clock),
        counters=counters,
        ticker=ticker,
        clock=clock,
        started_at=clock(),
        version=version,
    )


def _show_gauges(
    counters: Counters,
    context: Context,
    registry: StreamRegistry,
    downloads: Downloads,
    guard: MemoryGuard,
) -> None:
    source, builds, journal_cache = context.source, context.builds, context.journal_cache
    counters.gauge("active_streams", lambda: len(registry.catalogue.active()))
    counters.gauge("known_streams", lambda: len(registry.all()))
    counters.gauge("readers", lambda: sum(stream.readers for stream in registry.all()))
    counters.gauge("downloads", lambda: len(downloads))
    counters.gauge("builds_waiting", lambda: builds.waiting)
    counters.gauge("builds_running", lambda: builds.running)
    counters.gauge("journal_bytes", lambda: journal_cache.alive_bytes)
    counters.gauge("shelf_bytes", lambda: journal_cache.bytes)
    counters.gauge("blocks_waiting", lambda: source.pool.waiting)
    counters.gauge("cache_bytes", lambda: source.cache_bytes)
    counters.gauge("memory_bytes", lambda: guard.used)
    counters.gauge("memory_limit_bytes", lambda: guard.limit or 0)
    counters.gauge("memory_low", lambda: float(guard.low))
