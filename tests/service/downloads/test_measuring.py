"""Sizes of downloads, known before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasynth.encoding import CSV_LINES, NDJSON_DOCUMENTS, EntriesFormat, FileFormat
from datasynth.errors import InternalError, Overloaded
from datasynth.generation.block import BLOCK_ENTRIES
from datasynth.service.blocks.block_layout import BlockLayout
from datasynth.service.downloads import measuring
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import Caller, ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.downloads.download import Download
    from datasynth.service.threads.waker import Waker
    from tests.service.harness import Harness

TOTAL = 3 * BLOCK_ENTRIES + 100
FORMATS = [
    LINES,
    NDJSON_DOCUMENTS,
    CSV_LINES,
    EntriesFormat(FileFormat.ARROW),
    EntriesFormat(FileFormat.PARQUET),
]

each_format = pytest.mark.parametrize("format", FORMATS)
any_range = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def refuse(first: int) -> None:
    """Break every block."""
    raise ZeroDivisionError(first)


def begin(
    harness: Harness,
    first: int = 0,
    count: int | None = None,
    format: EntriesFormat = LINES,
    waker: Waker | None = None,
) -> Download:
    """Begin a download of a configuration with `TOTAL` entries."""
    harness.services.config_store.merge({"transactions": {"target_count": TOTAL}})
    caller = Caller("a client", waker or ThreadWaker())
    return harness.services.downloads.open(None, first, count, format, caller)


def whole(harness: Harness, first: int, count: int, format: EntriesFormat) -> bytes:
    """Encode the same past all service."""
    journal = FakeJournal(harness.services.config_store.document.config)
    return encoded(journal, first, min(TOTAL, first + count), format)


@each_format
@any_range
@given(first=st.integers(0, TOTAL), count=st.integers(0, TOTAL))
def test_a_measure_is_the_length_of_what_comes(
    harness: Harness, format: EntriesFormat, first: int, count: int
) -> None:
    """Whatever the range and the format, the length that is foretold is the length that is sent."""
    with begin(harness, first, count, format) as download:
        size = download.measure()
        sent = b"".join(bytes(chunk.data) for chunk in download)

    assert whole(harness, first, count, format) == sent
    assert len(sent) == size


@each_format
@any_range
@given(first=st.integers(0, TOTAL), count=st.integers(1, TOTAL), data=st.data())
def test_any_part_is_that_part_of_the_whole(
    harness: Harness, format: EntriesFormat, first: int, count: int, data: st.DataObject
) -> None:
    """Any bytes of a download are the slice of its whole, wherever they begin and end."""
    expected = whole(harness, first, count, format)
    start = data.draw(st.integers(0, len(expected)))
    stop = data.draw(st.one_of(st.integers(start, len(expected)), st.just(min(start + 10, len(expected)))))
    with begin(harness, first, count, format) as download:
        download.measure()
        download.cut(start, stop)
        sent = b"".join(bytes(chunk.data) for chunk in download)

    assert expected[start:stop] == sent


def test_a_part_makes_no_other_blocks(build: Callable[..., Harness]) -> None:
    """Of a download that was measured before, the last bytes need its last block only."""
    made: list[int] = []
    harness = build(on_block=made.append)
    with begin(harness) as download:
        size = download.measure()
    assert size is not None
    harness.services.source.drop()
    made.clear()
    with begin(harness) as download:
        assert download.measure() == size
        download.cut(size - 5, size)
        assert len(b"".join(bytes(chunk.data) for chunk in download)) == 5

    assert [3 * BLOCK_ENTRIES] == made


def test_only_what_is_sent_counts(harness: Harness) -> None:
    """Neither measured nor skipped bytes count as sent."""
    labels = (("kind", "download"),)
    with begin(harness) as download:
        size = download.measure()
        assert size is not None
        download.cut(size - 50, size)
        list(download)

    counts = harness.services.counters.counts()

    assert 50 == counts[Count.BYTES_SENT, labels]
    assert 0 < counts[Count.ENTRIES_SENT, labels] < 20


def test_what_cannot_be_small_is_not_tried(
    build: Callable[..., Harness], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the least that entries take is too much already, no block is made to measure them."""
    made: list[int] = []
    harness = build(on_block=made.append)
    monkeypatch.setattr(measuring, "LARGEST", 1_000_000)
    with begin(harness) as download:
        assert download.measure() is None

    assert [] == made


@pytest.mark.parametrize(("room", "most"), [(35_000, 4), (60_000, 4)])
def test_what_turns_out_large_is_given_up(
    build: Callable[..., Harness], monkeypatch: pytest.MonkeyPatch, room: int, most: int
) -> None:
    """A measurement ends with the block that makes it too large; what is larger has no length."""
    made: list[int] = []
    harness = build(on_block=made.append)
    monkeypatch.setattr(measuring, "LARGEST", room)
    monkeypatch.setattr(measuring, "least_entry_bytes", lambda _: 0)
    with begin(harness) as download:
        assert download.measure() is None
    harness.settle(lambda: harness.services.source.pool.open == 0)

    assert len(made) <= most


def test_what_promises_to_be_large_is_given_up_early(
    build: Callable[..., Harness], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few blocks a download far above the bound is not measured on, and that is remembered."""
    made: list[int] = []
    harness = build(on_block=made.append, threads=1)
    monkeypatch.setattr(measuring, "LARGEST", 300_000)
    monkeypatch.setattr(measuring, "least_entry_bytes", lambda _: 0)
    harness.services.config_store.merge({"transactions": {"target_count": 10 * BLOCK_ENTRIES}})
    for _ in range(2):
        caller = Caller("a client", ThreadWaker())
        with harness.services.downloads.open(None, 0, None, LINES, caller) as download:
            assert download.measure() is None
        harness.settle(lambda: harness.services.source.pool.open == 0)

    telling = len(BlockLayout.starting_at(0).blocks(0, measuring.TELLING))
    assert telling <= len(made) <= telling + 2


def test_a_measurement_holds_no_blocks(harness: Harness) -> None:
    """What a measurement leads to is a number a block; it leaves no job behind."""
    with begin(harness) as download:
        download.measure()

        assert len(BlockLayout.starting_at(0).blocks(0, TOTAL)) == len(download._blocks)
    assert 0 == harness.services.source.pool.open
    assert 0 == len(harness.services.downloads)


def test_low_memory_refuses_a_measurement(build: Callable[..., Harness]) -> None:
    """While memory is low nothing is measured: the answer has not begun, so it can be a refusal."""
    harness = build(memory_limit=1_000_000)
    with begin(harness) as download:
        harness.resident = 900_000
        harness.tick()
        with pytest.raises(Overloaded):
            download.measure()

    harness.settle(lambda: harness.services.source.pool.open == 0)


def test_shutdown_ends_a_measurement(build: Callable[..., Harness]) -> None:
    """Whoever waits for a measurement is told when the server shuts down."""
    harness = build()
    with begin(harness, waker=RecordingWaker(lambda: None)) as download:
        assert harness.services.shut_down(5.0)
        with pytest.raises(Overloaded):
            download.measure()


def test_entries_that_cannot_be_computed(build: Callable[..., Harness]) -> None:
    """A failing block is an internal error, before anything is sent."""
    with begin(build(on_block=refuse)) as download, pytest.raises(InternalError):
        download.measure()


def test_a_name_stands_for_the_bytes(harness: Harness) -> None:
    """Equal ranges of equal journals have one name; another range, format or trigger below has another."""
    stream = harness.start(count=TOTAL, entries_per_second=1)

    def name(first: int, count: int | None, format: EntriesFormat = LINES) -> str:
        caller = Caller("a client", ThreadWaker())
        with harness.services.downloads.open(stream.id, first, count, format, caller) as download:
            return download.name

    before = [name(0, 10), name(0, 11), name(1, 10), name(0, 10, CSV_LINES), name(0, None)]
    harness.registry.trigger("month_end", ThreadWaker())

    assert 5 == len(set(before))
    assert not set(before) & {name(0, 10), name(0, None)}
    with begin(harness, 0, 10) as download:
        assert before[0] == download.name
