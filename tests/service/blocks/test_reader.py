"""How chunks are cut out of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasynth.encoding import NDJSON_DOCUMENTS, AnyFormat, Format
from datasynth.errors import InternalError
from datasynth.generation.block import BLOCK_ENTRIES
from datasynth.service.blocks.block_pool import Priority
from datasynth.service.blocks.block_source import BlockSource
from datasynth.service.blocks.reader import BlockReader
from datasynth.service.journals.version import JournalVersion
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.service.blocks.block_pool import BlockJob
    from datasynth.service.blocks.chunk import Chunk
    from tests.service.harness import Harness

TOTAL = 3 * BLOCK_ENTRIES + 100


def refuse(first: int) -> None:
    """Break every block."""
    raise ZeroDivisionError(first)


class Place:
    """A reader of its own over a journal, and the waker that it wakes."""

    def __init__(self, harness: Harness, format: AnyFormat, first: int = 0, line: int = 1) -> None:
        config = harness.services.config_store.document.merge(
            {"transactions": {"target_count": TOTAL}}
        ).config
        self.journal = FakeJournal(config)
        self.version = JournalVersion.fresh(config, self.journal)
        self.waker = ThreadWaker()
        source = harness.services.source
        self.reader = BlockReader(
            source, format, "feed", first, line, self.waker.wake, "a client", source.layout(first)
        )

    def chunks(self, limit: int, most: int) -> Iterator[Chunk]:
        while self.reader.position < limit:
            self.waker.clear()
            chunk = self.reader.take(self.version, limit, limit, most)
            if chunk is not None:
                yield chunk
            elif self.reader.position < limit:
                assert self.waker.wait(5.0)


@pytest.mark.parametrize("format", list(Format))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=st.integers(0, TOTAL), length=st.integers(0, 1_500), most=st.integers(1, 20_000))
def test_any_range_in_any_chunks_is_the_same(
    harness: Harness, format: AnyFormat, first: int, length: int, most: int
) -> None:
    """Whatever the range and the size of chunks, they concatenate to what the journal encodes to."""
    end = min(TOTAL, first + length)
    place = Place(harness, format, first)
    chunks = list(place.chunks(end, most))
    place.reader.close()

    assert encoded(place.journal, first, end, format, "feed") == b"".join(bytes(one.data) for one in chunks)
    assert end - first == sum(chunk.entries for chunk in chunks)


def test_chunks_are_no_larger_than_asked_for(harness: Harness) -> None:
    """A chunk holds as many whole entries as fit, and at least one entry or line."""
    place = Place(harness, LINES)
    sizes = [len(chunk.data) for chunk in place.chunks(2_000, 500)]

    assert max(sizes) <= 500
    assert min(sizes[:-1]) > 100
    place.reader.close()


def test_long_entry_is_cut_between_lines(harness: Harness) -> None:
    """An entry that is larger than a chunk is cut between lines; only its last chunk completes it."""
    place = Place(harness, LINES, first=13)
    chunks = list(place.chunks(14, 50))

    assert len(chunks) > 3
    assert all(bytes(chunk.data).endswith(b"\n") for chunk in chunks)
    assert [0] * (len(chunks) - 1) + [1] == [chunk.entries for chunk in chunks]
    place.reader.close()


def test_long_document_is_never_cut(harness: Harness) -> None:
    """In a format of documents a chunk holds at least one whole entry, however large."""
    place = Place(harness, NDJSON_DOCUMENTS, first=13)
    (chunk,) = place.chunks(14, 1)

    assert encoded(place.journal, 13, 14, NDJSON_DOCUMENTS) == bytes(chunk.data)
    place.reader.close()


@pytest.mark.parametrize("line", [1, 2, 39, 40, 41, 1_000])
def test_reading_begins_with_the_line_wanted(harness: Harness, line: int) -> None:
    """A reader can begin within an entry; beyond its last line, the next entry is next."""
    place = Place(harness, LINES, first=13, line=line)
    data = b"".join(bytes(chunk.data) for chunk in place.chunks(20, 100))
    whole = encoded(place.journal, 13, 20).splitlines(keepends=True)

    assert b"".join(whole[min(line - 1, 40) :]) == data
    place.reader.close()


def test_payloads_are_the_bare_messages(harness: Harness) -> None:
    """A chunk of a format with bare messages tells where each of them lies."""
    place = Place(harness, Format.PROTOBUF, first=BLOCK_ENTRIES - 2)
    payloads = [payload for chunk in place.chunks(BLOCK_ENTRIES + 2, 1_000) for payload in chunk.payloads()]

    assert [f"{number}\n".encode() for number in range(BLOCK_ENTRIES - 2, BLOCK_ENTRIES + 2)] == payloads
    place.reader.close()


def test_closed_reader_submits_nothing(harness: Harness) -> None:
    """A reader that was closed leaves no job behind and makes none."""
    place = Place(harness, LINES)
    place.reader.take(place.version, TOTAL, TOTAL, 100)
    place.reader.close()
    harness.settle(lambda: harness.services.source.pool.open == 0)

    assert place.reader.take(place.version, TOTAL, TOTAL, 100) is None
    assert 0 == harness.services.source.pool.open


def test_relaxed_reader_reads_on(harness: Harness) -> None:
    """A reader that has let go of its blocks, in the middle of an entry even, goes on where it was."""
    place = Place(harness, LINES)
    data = b""
    for chunk in place.chunks(300, 60):
        data += bytes(chunk.data)
        place.reader.release()

    assert encoded(place.journal, 0, 300) == data


def test_readers_of_a_tiny_cache_still_get_on(build: Callable[..., Harness]) -> None:
    """Even when no block fits into the cache each reader gets those that were made for it."""
    harness = build(memory_limit=1_000)
    places = [Place(harness, LINES, first) for first in (0, 1_000, 2_000, 3_000)]
    streams = [place.chunks(TOTAL, 10_000) for place in places]
    data = [b"".join(bytes(chunk.data) for chunk in stream) for stream in streams]

    assert [encoded(places[0].journal, first, TOTAL) for first in (0, 1_000, 2_000, 3_000)] == data


def test_block_that_cannot_be_made_is_an_error(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """The reader that waits for a block is told when it cannot be made; the log has the cause."""
    place = Place(harness, LINES)
    broken = FakeJournal(place.journal.config, on_block=refuse)
    place.version = JournalVersion.fresh(place.journal.config, broken)
    with pytest.raises(InternalError):
        list(place.chunks(10, 100))

    assert "ZeroDivisionError" in caplog.text
    place.reader.close()


def test_block_under_a_reader_is_ordered_first(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may soon be wanted is submitted after what is wanted now, which an idle thread begins at once."""
    source = harness.services.source
    priorities: list[Priority] = []

    def submit(*what: Any) -> BlockJob:
        priorities.append(what[-1])
        return BlockSource.submit(source, *what)

    monkeypatch.setattr(source, "submit", submit)
    place = Place(harness, LINES)
    place.reader.take(place.version, TOTAL, TOTAL, 100)
    place.reader.close()

    assert [Priority.READER, Priority.AHEAD, Priority.AHEAD, Priority.AHEAD] == priorities
