"""Blocks that are shared, and blocks that are made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding import Format
from datasynth.service.edition import BLOCK_ENTRIES
from datasynth.service.waker import ThreadWaker
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from tests.service.harness import Harness

COUNT = 5_000
BLOCKS = -(-COUNT // BLOCK_ENTRIES)


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
    for format in (Format.NDJSON_LINES, Format.WS_LINES):
        stream = harness.call(COUNT)
        waker = ThreadWaker()
        with stream.open_cursor(format, 0, waker) as cursor:
            assert encoded(FakeJournal(stream.config), 0, COUNT, format, stream.id) == read(cursor, waker)

    assert BLOCKS == harness.services.counters.snapshot()["blocks_generated"]


def test_old_stream_is_rebuilt(harness: Harness) -> None:
    """A stream whose journal was let go is read again from its configuration and trigger log."""
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 1_500)
        harness.registry.trigger("quarter_end", ThreadWaker())
        read(cursor, waker)
    assert stream.journal is None
    harness.services.source.drop()
    harness.registry._context.shelf.clear()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker)

    record = stream.status().triggers[0]
    journal, _ = FakeJournal(stream.config).trigger(record.pattern, record.at_sequence)
    assert encoded(journal, 0, stream.total) == data
