"""Downloads beside streams."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from datasynth.encoding import CSV_LINES, NDJSON_DOCUMENTS, EntriesFormat, FileFormat
from datasynth.errors import InternalError, InvalidRequest, NotFound, Overloaded
from datasynth.service.threads.waker import Caller, ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.threads.waker import Waker
    from tests.service.harness import Harness


def caller(waker: Waker | None = None) -> Caller:
    """Some client, with a waker of a thread unless said otherwise."""
    return Caller("a client", waker or ThreadWaker())


def fetch(
    harness: Harness,
    stream_id: str | None,
    first: int = 0,
    count: int | None = None,
    format: EntriesFormat = LINES,
    waker: Waker | None = None,
) -> bytes:
    """Download a range whole."""
    with harness.services.downloads.open(stream_id, first, count, format, caller(waker)) as download:
        return b"".join(bytes(chunk.data) for chunk in download)


def refuse_later_blocks(first: int) -> None:
    """Break every block but the first."""
    if first >= 1_000:
        raise ZeroDivisionError(first)


@pytest.mark.parametrize("format", [LINES, NDJSON_DOCUMENTS, CSV_LINES, EntriesFormat(FileFormat.PARQUET)])
def test_any_range_of_the_present_configuration(harness: Harness, format: EntriesFormat) -> None:
    """Without an id a download is of the present configuration, whole or in part, in any format."""
    config = harness.services.config_store.merge({"transactions": {"target_count": 3_000}}).config
    journal = FakeJournal(config)

    assert encoded(journal, 0, 3_000, format) == fetch(harness, None, format=format)
    assert encoded(journal, 1_500, 1_600, format) == fetch(harness, None, 1_500, 100, format)
    assert encoded(journal, 2_990, 3_000, format) == fetch(harness, None, 2_990, 100, format)
    nothing = encoded(journal, 10, 10, format)
    assert nothing == fetch(harness, None, 10, 0, format) == fetch(harness, None, 3_000, None, format)


def test_days_narrow_the_range(harness: Harness) -> None:
    """The first and the last posting date cut it as sequence numbers do; a day has a hundred entries."""
    config = harness.services.config_store.merge({"transactions": {"target_count": 3_000}}).config

    def of_days(begin: int, end: int, first: int = 0, count: int | None = None) -> bytes:
        days = (date(2024, 1, begin) if begin else None, date(2024, 1, end) if end else None)
        with harness.services.downloads.open(None, first, count, LINES, caller(), days) as download:
            return b"".join(bytes(chunk.data) for chunk in download)

    journal = FakeJournal(config)

    assert encoded(journal, 100, 300) == of_days(2, 3)
    assert encoded(journal, 150, 300) == of_days(2, 3, first=150)
    assert encoded(journal, 100, 110) == of_days(2, 3, count=10)
    assert encoded(journal, 2_900, 3_000) == of_days(30, 0)
    assert encoded(journal, 0, 100) == of_days(0, 1)
    assert b"" == of_days(3, 2)


def test_an_unknown_company(harness: Harness) -> None:
    """It is refused with the companies that there are."""
    with pytest.raises(InvalidRequest) as refusal:
        fetch(harness, None, format=EntriesFormat(company="4711"))

    assert {"company": ["Must be one of: 1000."]} == refusal.value.details


def test_download_neither_moves_nor_obeys_the_head(harness: Harness) -> None:
    """A paused stream can be downloaded beyond its head, which stays where it is."""
    stream = harness.start(count=3_000)
    harness.registry.pause()
    data = fetch(harness, stream.id)

    assert encoded(FakeJournal(stream.version.spec.config), 0, 3_000) == data
    assert 0 == stream.advance().current


def test_stopped_stream_ends_at_its_stop_point(harness: Harness) -> None:
    """A download of a stopped stream ends where the stream does, and cannot begin above that."""
    stream = harness.start(count=3_000, entries_per_second=100)
    harness.clock.advance(5.0)
    harness.registry.stop()

    assert encoded(FakeJournal(stream.version.spec.config), 0, 500) == fetch(harness, stream.id)
    assert b"" == fetch(harness, stream.id, 500)
    with pytest.raises(InvalidRequest):
        fetch(harness, stream.id, 501)


def test_trigger_log_is_fixed_when_the_download_begins(harness: Harness) -> None:
    """A trigger during a download does not change it; the next one has it."""
    stream = harness.start(count=3_000, entries_per_second=1)
    with harness.services.downloads.open(stream.id, 0, None, LINES, caller()) as download:
        harness.registry.trigger("month_end", ThreadWaker())
        before = b"".join(bytes(chunk.data) for chunk in download)
    journal, _ = FakeJournal(stream.version.spec.config).trigger("month_end", 0)

    assert encoded(FakeJournal(stream.version.spec.config), 0, 3_000) == before
    assert encoded(journal, 0, journal.total) == fetch(harness, stream.id)


@pytest.mark.parametrize(("first", "count"), [(-1, None), (3_001, None), (0, -1)])
def test_impossible_ranges(harness: Harness, first: int, count: int | None) -> None:
    """A range outside the stream is an invalid request and leaves nothing open."""
    stream = harness.start(count=3_000)
    with pytest.raises(InvalidRequest):
        fetch(harness, stream.id, first, count)

    assert 0 == len(harness.services.downloads)


def test_unknown_stream(harness: Harness) -> None:
    """An id that nobody knows is not found."""
    with pytest.raises(NotFound):
        fetch(harness, "nope")


def test_memory_alone_pauses_a_download(build: Callable[..., Harness]) -> None:
    """While memory is low a download waits; it goes on by itself, and none begins meanwhile."""
    harness = build(memory_limit=1_000_000)
    stream = harness.start(count=3_000)

    def wait() -> None:
        if harness.services.guard.low:
            with pytest.raises(Overloaded):
                fetch(harness, stream.id)
            harness.resident = 100
            harness.tick()

    waker = RecordingWaker(wait)
    with harness.services.downloads.open(stream.id, 0, None, LINES, caller(waker)) as download:
        chunks = iter(download)
        data = bytes(next(chunks).data)
        harness.resident = 900_000
        harness.tick()
        assert download.poll() is None
        data += b"".join(bytes(chunk.data) for chunk in chunks)

    assert encoded(FakeJournal(stream.version.spec.config), 0, 3_000) == data


def test_download_that_is_given_up_leaves_nothing(harness: Harness) -> None:
    """A client that vanishes in the middle, or before the first chunk, leaves nothing behind."""
    stream = harness.start(count=100_000, entries_per_second=1)
    for _ in range(100):
        download = harness.services.downloads.open(stream.id, 0, None, LINES, caller())
        chunks = iter(download)
        next(chunks)
        chunks.close()  # type: ignore[attr-defined]  # it is a generator
        harness.services.downloads.open(stream.id, 0, None, LINES, caller()).close()
    harness.settle(lambda: harness.services.source.pool.open == 0)

    assert 0 == len(harness.services.downloads)


def test_stalled_download_lets_go_of_its_blocks(harness: Harness) -> None:
    """A download that nobody fetches from for a while holds no blocks, and goes on all the same."""
    stream = harness.start(count=3_000)
    with harness.services.downloads.open(stream.id, 0, None, LINES, caller()) as download:
        chunks = iter(download)
        data = bytes(next(chunks).data)
        harness.settle(lambda: harness.services.source.pool.open == 0)
        harness.pass_time(2.0)
        assert (None, {}) == (download._reader._encoded, download._reader._ahead)
        data += b"".join(bytes(chunk.data) for chunk in chunks)

    assert encoded(FakeJournal(stream.version.spec.config), 0, 3_000) == data


def test_shutdown_ends_a_waiting_download(build: Callable[..., Harness]) -> None:
    """A download whose blocks will not come any more is not left hanging, and not taken for complete."""
    harness = build()
    stream = harness.start(count=3_000, entries_per_second=1)
    waker = RecordingWaker(lambda: None)
    with harness.services.downloads.open(stream.id, 0, None, LINES, caller(waker)) as download:
        assert harness.services.shut_down(5.0)
        with pytest.raises(Overloaded):
            list(download)


def test_entries_that_cannot_be_computed(build: Callable[..., Harness]) -> None:
    """A failing block ends the download with an internal error and closes it."""
    harness = build(on_block=refuse_later_blocks)
    stream = harness.start(count=3_000, entries_per_second=1)
    with pytest.raises(InternalError):
        fetch(harness, stream.id)

    assert 0 == len(harness.services.downloads)
    assert stream.active
