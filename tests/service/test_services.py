"""The whole, with its own threads and the real clock: nothing is lost, nothing is left."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from datasynth.config import ConfigDocument
from datasynth.encoding import NDJSON_DOCUMENTS, NDJSON_LINES, AnyFormat, Format
from datasynth.service.services import LARGEST_CACHE, Engine, Options, Services, resident_bytes
from datasynth.service.streams.start_request import StartRequest
from datasynth.service.threads.waker import Caller, ThreadWaker
from tests.books import list_parties, list_users
from tests.fakes import PATTERNS, FakeJournal, encoded, estimate_bytes, make_encoder, make_journal
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.service.streams.stream import Stream
    from tests.service.harness import Harness


FORMATS = (NDJSON_LINES, Format.WS_LINES, Format.WS_DOCUMENTS, Format.PROTOBUF)


@pytest.fixture
def services() -> Iterator[Services]:
    """Services over fakes, but with the real clock and all threads."""
    engine = Engine(
        make_journal=make_journal,
        estimate_bytes=estimate_bytes,
        make_encoder=make_encoder,
        list_parties=list_parties,
        list_users=list_users,
        warm_up=lambda: None,
        patterns=PATTERNS,
    )
    built = Services(ConfigDocument.defaults(), engine, Options(worker_threads=2, version="0.0.0"))
    built.start()
    built.start()
    yield built
    assert built.shut_down(5.0)


def start(services: Services, **body: object) -> Stream:
    """Start a REST stream."""
    document = services.config_store.document
    caller = Caller("a client", ThreadWaker())
    return services.registry.start(StartRequest.parse(body), document, caller)


class Reader(threading.Thread):
    """Reads a stream to its end, as transports do."""

    def __init__(self, stream: Stream, format: AnyFormat, first: int, most: int) -> None:
        super().__init__()
        self.data = bytearray()
        self.stream = stream
        self.format = format
        self.first = first
        self.most = most

    def run(self) -> None:
        waker = ThreadWaker()
        with self.stream.open_cursor(self.format, self.first, waker) as cursor:
            while True:
                waker.clear()
                chunk = cursor.poll(self.most)
                if chunk is not None:
                    self.data += chunk.data
                elif cursor.finished:
                    return
                else:
                    waker.wait(cursor.delay())


def test_many_readers_amid_pauses_and_triggers(harness: Harness) -> None:
    """Fifty readers in four formats get the stream's one journal, whatever is done to it meanwhile."""
    stream = harness.start(count=12_000, entries_per_second=20_000)
    readers = [
        Reader(stream, FORMATS[number % 4], 10 * number, 500 + 997 * number % 40_000) for number in range(50)
    ]
    for reader in readers:
        reader.start()
    for number in range(6):
        harness.clock.advance(0.08)
        harness.registry.pause()
        harness.registry.trigger(PATTERNS[number % 3], ThreadWaker())
        harness.registry.resume()
        ThreadWaker().wait(0.02)
        harness.registry.trigger("month_end", ThreadWaker())
    harness.clock.advance(1.0)
    for reader in readers:
        reader.join(20.0)

    journal = FakeJournal(stream.version.spec.config)
    for record in stream.advance().triggers:
        journal, _ = journal.trigger(record.pattern, record.at_sequence)
    assert 12 == len(stream.advance().triggers)
    whole = {format: encoded(journal, 0, journal.total, format, stream.id) for format in FORMATS}
    for reader in readers:
        expected = encoded(journal, 0, reader.first, reader.format, stream.id) + bytes(reader.data)
        assert whole[reader.format] == expected
    assert (0, 0) == (stream.readers, harness.services.source.pool.open)


def test_nothing_is_handed_out_after_a_pause(services: Services) -> None:
    """Once pause has answered no reader gets another chunk until the resume, on any thread."""
    stream = start(services, count=100_000_000, entries_per_second=50_000)
    readers = [Reader(stream, NDJSON_DOCUMENTS, 0, 2_000) for _ in range(8)]
    for reader in readers:
        reader.start()
    waker = ThreadWaker()
    for _ in range(5):
        waker.wait(0.03)
        services.registry.pause()
        counters = services.counters.snapshot
        waker.wait(0.01)
        before = counters()["entries_sent"], stream.advance().current
        waker.wait(0.03)
        assert before == (counters()["entries_sent"], stream.advance().current)
        services.registry.resume()
    services.registry.stop()
    for reader in readers:
        reader.join(10.0)

    assert not any(reader.is_alive() for reader in readers)


def test_no_wake_up_is_lost(services: Services) -> None:
    """Readers that sleep without any timeout between thousands of tiny chunks all arrive."""
    stream = start(services, count=30_000)
    readers = [Reader(stream, Format.PROTOBUF, 0, 5_000) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(20.0)

    expected = encoded(FakeJournal(stream.version.spec.config), 0, 30_000, Format.PROTOBUF)
    assert all(expected == bytes(reader.data) for reader in readers)


def test_rate_holds_in_real_time(services: Services) -> None:
    """At a high rate the head is where the clock says, and the reader is close behind."""
    begun = time.monotonic()
    stream = start(services, count=10_000_000, entries_per_second=20_000)
    reader = Reader(stream, Format.PROTOBUF, 0, 100_000)
    reader.start()
    ThreadWaker().wait(0.6)
    head, passed = stream.advance().current, time.monotonic() - begun
    services.registry.stop()
    reader.join(10.0)

    assert abs(head - 20_000 * passed) < 0.05 * head
    assert stream.snapshot().end * 5 < len(reader.data)


def test_ticker_drives_the_wait_and_the_unattended_run(services: Services) -> None:
    """With nobody there a stream waits, runs and completes by itself."""
    stream = start(services, count=5_000, wait_for_subscriber=0.05)
    waker = ThreadWaker()
    stream.attach(waker, subscribes=False)
    while stream.active:
        waker.clear()
        if stream.active:
            assert waker.wait(5.0)
    stream.detach(waker, subscribes=False)

    assert ("completed", 5_000) == (stream.advance().state, stream.advance().current)
    assert services.uptime > 0


def test_shutdown_ends_all_threads(services: Services) -> None:
    """After the shutdown no thread of the services is left, even in the midst of work."""
    start(services, count=10_000_000, wait_for_subscriber=0)
    ThreadWaker().wait(0.05)

    assert services.shut_down(5.0)
    names = {thread.name.split("-")[0] for thread in threading.enumerate()}
    assert not names & {"generator", "dispatcher", "builder", "ticker"}


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, LARGEST_CACHE), (80_000, 10_000), (100 * LARGEST_CACHE, LARGEST_CACHE)]
)
def test_cache_is_a_share_of_the_limit(
    build: Callable[..., Harness], limit: int | None, expected: int
) -> None:
    """Encoded blocks may take an eighth of the memory limit, and never more than the largest cache."""
    assert expected == build(memory_limit=limit).services.source._encoded.capacity


def test_gauges_show_the_present(harness: Harness) -> None:
    """The counters' gauges follow streams, readers and caches."""
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 100)
        during = harness.services.counters.gauges()
        read(cursor, waker)
    after = harness.services.counters.gauges()

    assert (1, 1, 1) == (during["active_streams"], during["known_streams"], during["readers"])
    assert (0, 1, 0) == (after["active_streams"], after["known_streams"], after["readers"])
    assert after["cache_bytes"] > 0
    assert {"memory_bytes": 100, "memory_limit_bytes": 0, "memory_low": 0}.items() <= after.items()


def test_counts_follow_what_is_sent(harness: Harness) -> None:
    """Entries and bytes that readers were given are counted."""
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker)
    counts = harness.services.counters.snapshot()

    assert (3_000, len(data), 1, 1) == tuple(
        counts[name] for name in ("entries_sent", "bytes_sent", "streams_started", "streams_ended")
    )


def test_resident_memory_is_measured() -> None:
    """A process that has loaded all this takes more than ten megabytes."""
    assert resident_bytes() > 10_000_000
