"""Blocks that are shared, and blocks that are made again."""

from __future__ import annotations

import threading
from collections import UserList
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from datasynth.encoding import CSV_LINES, NDJSON_LINES, Format
from datasynth.generation.block import BLOCK_ENTRIES
from datasynth.service.blocks.block_layout import SMALL_BLOCK_ENTRIES, BlockLayout
from datasynth.service.blocks.block_source import WORD_BYTES, word_count
from datasynth.service.blocks.chunk import CHUNK_BYTES, SMALL_CHUNK_BYTES
from datasynth.service.threads.waker import ThreadWaker
from tests import books
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.service.harness import Harness

COUNT = 20_000
BLOCKS = len(BlockLayout.starting_at(0).blocks(0, COUNT))


def test_equal_configurations_share_a_journal_and_its_blocks(harness: Harness) -> None:
    """Streams that are equal build one journal, and compute and encode each block once."""
    for _ in range(3):
        stream = harness.call(COUNT)
        waker = ThreadWaker()
        with stream.open_cursor(Format.PROTOBUF, 0, waker) as cursor:
            read(cursor, waker)

    assert 1 == harness.journals_made
    assert BLOCKS == harness.services.counters.snapshot()["blocks_generated"]
    assert BLOCKS == harness.services.counters.snapshot()["blocks_encoded"]


def test_two_formats_share_the_work_of_generation(harness: Harness) -> None:
    """A second format of the same entries is encoded from the blocks that are there."""
    for format in (NDJSON_LINES, Format.WS_LINES):
        stream = harness.call(COUNT)
        waker = ThreadWaker()
        with stream.open_cursor(format, 0, waker) as cursor:
            assert encoded(FakeJournal(stream.version.spec.config), 0, COUNT, format, stream.id) == read(
                cursor, waker
            )

    assert BLOCKS == harness.services.counters.snapshot()["blocks_generated"]


def test_old_stream_is_rebuilt(harness: Harness) -> None:
    """A stream whose journal was let go is read again from its configuration and trigger log."""
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 1_500)
        harness.registry.trigger("quarter_end", ThreadWaker())
        read(cursor, waker)
    assert stream.version.journal is None
    harness.services.source.drop()
    harness.registry._services.journals.cache.clear()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker)

    record = stream.advance().triggers[0]
    journal, _ = FakeJournal(stream.version.spec.config).trigger(record.pattern, record.at_sequence)
    assert encoded(journal, 0, stream.snapshot().total) == data


def test_rebuilding_leaves_the_generators_alone(build: Callable[..., Harness]) -> None:
    """While the journal of an ended stream is built again, all threads make blocks of other streams."""
    gate = threading.Event()
    gate.set()
    harness = build(threads=1, on_make=lambda _: gate.wait(5.0))
    ended, other = harness.call(COUNT), harness.call(COUNT + 1)
    ended.stop()
    waker, late = ThreadWaker(), ThreadWaker()
    with ended.open_cursor(LINES, 0, late) as empty:
        assert b"" == read(empty, late)
    stream = harness.start(count=COUNT, wait_for_subscriber=0)
    harness.settle(lambda: not stream.active)
    harness.services.source.drop()
    harness.registry._services.journals.cache.clear()
    gate.clear()
    with stream.open_cursor(LINES, 0, late) as reader:
        late.clear()
        assert (None, False, True) == (reader.poll(), reader.finished, reader._reader.blocks.waiting)
        with other.open_cursor(Format.PROTOBUF, 0, waker) as cursor:
            read(cursor, waker)
        assert (0, 1) == (reader.position, harness.services.counters.gauges()["builds_running"])
        gate.set()
        data = read(reader, late)

    assert encoded(FakeJournal(stream.version.spec.config), 0, COUNT) == data


def test_reader_that_leaves_takes_the_rebuilding_along(build: Callable[..., Harness]) -> None:
    """A journal that only one reader of an ended stream wanted is not built once that reader has gone."""
    again = threading.Event()

    def go_on(checkpoint: Callable[[], None]) -> None:
        while again.is_set():
            checkpoint()

    harness = build(on_make=go_on)
    stream = harness.start(count=COUNT, wait_for_subscriber=0)
    harness.settle(lambda: not stream.active)
    harness.services.source.drop()
    harness.registry._services.journals.cache.clear()
    again.set()
    with stream.open_cursor(LINES, 0, ThreadWaker(), client="a client") as reader:
        reader.poll()
        harness.settle(lambda: harness.services.counters.gauges()["builds_running"] == 1)
        cancelled = harness.services.counters.snapshot()["builds_cancelled"]

    harness.settle(lambda: harness.services.counters.gauges()["builds_running"] == 0)
    assert cancelled + 1 == harness.services.counters.snapshot()["builds_cancelled"]


@pytest.mark.parametrize("kind", [tuple, UserList])
def test_encoders_are_bounded_by_their_words(
    harness: Harness, kind: Callable[[Iterable[str]], Sequence[str]]
) -> None:
    """Encoders take a share of the cache, whatever holds their words; the newest stays however large."""
    source = harness.services.source
    journals = [FakeJournal(harness.services.config_store.document.config) for _ in range(3)]
    words = kind(map(str, range(source._encoder_bytes // WORD_BYTES * 2 // 3)))
    for journal in journals:
        journal.vocabulary = replace(journal.vocabulary, partners=words)
        source._encoder(Format.PROTOBUF, journal, "")
    assert 1 == len(source._encoders)
    small = FakeJournal(journals[0].config)
    source._encoder(CSV_LINES, small, "")

    assert 2 == len(source._encoders)
    assert len(books.PARTNERS) == word_count(small.vocabulary)


def test_chunks_are_smaller_where_there_are_many_readers(harness: Harness) -> None:
    """A few readers get large chunks; the chunks of many take no more memory together."""
    stream, source = harness.start(count=100, entries_per_second=1), harness.services.source
    assert CHUNK_BYTES == source.chunk_bytes
    cursors = [stream.open_cursor(LINES, 0, ThreadWaker()) for _ in range(200)]
    assert SMALL_CHUNK_BYTES < source.chunk_bytes <= source._encoded.capacity // 4 // len(cursors)
    cursors += [stream.open_cursor(LINES, 0, ThreadWaker()) for _ in range(1_000)]
    assert SMALL_CHUNK_BYTES == source.chunk_bytes
    for cursor in (*cursors, *cursors):
        cursor.close()

    assert (CHUNK_BYTES, 0) == (source.chunk_bytes, source._readers)


@pytest.mark.parametrize(
    ("rate", "limit", "large"),
    [
        (None, None, True),
        (1e6, None, True),
        (100.0, None, False),
        (None, 1 << 30, False),
        (None, 1 << 31, True),
    ],
)
def test_blocks_are_large_where_that_is_wanted(
    build: Callable[..., Harness], rate: float | None, limit: int | None, large: bool
) -> None:
    """Slow rates, small caches and many readers have small blocks from beginning to end."""
    source = build(memory_limit=limit).services.source
    assert (BLOCK_ENTRIES if large else SMALL_BLOCK_ENTRIES) == len(source.layout(0, rate).block_at(100_000))
    source.count_readers(100)

    assert SMALL_BLOCK_ENTRIES == len(source.layout(0, rate).block_at(100_000))
