"""The loop behind outputs: order, bounds, and what happens when something breaks."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, Self

import pytest

from datasynth.config import config_from_mapping
from datasynth.encoding import (
    CSV_LINES,
    NDJSON_DOCUMENTS,
    NDJSON_LINES,
    Encoded,
    EntriesFormat,
    header,
    make_encoder,
    make_file_encoder,
)
from datasynth.encoding.record_files import whole_block
from datasynth.generation.block import BLOCK_ENTRIES
from datasynth.generation.journal import Journal
from datasynth.output import (
    JournalRange,
    StagedFolder,
    pipeline,
    write_range,
)
from datasynth.output.pipeline import AHEAD
from datasynth.signals import run_until_signal
from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from datasynth.generation.block import Block

COUNT = 9 * BLOCK_ENTRIES + 17
BLOCKS = 10
WITHIN = 20.0


class WatchedJournal(Journal):
    """A journal that notes which blocks are begun and on which threads, and does what a test wants there."""

    def __init__(self) -> None:
        super().__init__(
            config_from_mapping(
                {
                    "global": {"period_months": 1},
                    "chart_of_accounts": {"complexity": "small"},
                    "transactions": {"target_count": COUNT},
                }
            )
        )
        self.forget()

    def forget(self) -> None:
        """Begin anew for the next test."""
        self.begun: list[int] = []
        self.threads: set[int] = set()
        self.on_block: Callable[[int], None] = lambda _: None

    def block(self, first: int, count: int) -> Block:
        self.begun.append(first)
        self.threads.add(threading.get_ident())
        self.on_block(first)
        return super().block(first, count)


class RecordingSink:
    """A sink that keeps what it is given, and fails at a write where a test wants it to."""

    def __init__(self, on_write: Callable[[int], None] = lambda _: None) -> None:
        self.calls: list[str] = []
        self.data = bytearray()
        self._on_write = on_write

    def __enter__(self) -> Self:
        self.calls.append("open")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.calls.append(f"close {'ok' if kind is None else kind.__name__}")

    def write(self, data: bytes | memoryview) -> None:
        self._on_write(self.calls.count("write"))
        self.calls.append("write")
        self.data += data


class Footed:
    """A format with a footer, which says where each block begins and which entry is its first."""

    def opening(self) -> bytes:
        return b"MAGIC"

    def encode(self, block: Block) -> Encoded:
        return whole_block(b"x" * (1 + block.first % 7), block.entries, block.first)

    def end(self, blocks: Sequence[tuple[int, object]]) -> bytes:
        return repr(list(blocks)).encode()


@pytest.fixture(scope="module")
def built() -> WatchedJournal:
    """Build the journal, once."""
    return WatchedJournal()


@pytest.fixture
def journal(built: WatchedJournal) -> WatchedJournal:
    """Forget what other tests did with the journal."""
    built.forget()
    return built


def expected(journal: Journal, form: EntriesFormat, first: int = 0, count: int = COUNT) -> bytes:
    """Bytes of a range, from one block."""
    encoder = make_encoder(form, journal.vocabulary, "")
    return header(form) + encoder.encode(journal.block(first, count)).data.tobytes()


def write(journal: Journal, sink: RecordingSink, threads: int = 2) -> list[int]:
    """Write all of a journal as NDJSON; what was told of the progress."""
    told: list[int] = []
    encoder = make_file_encoder(NDJSON_DOCUMENTS, journal.vocabulary)
    write_range(JournalRange.whole(journal), encoder, sink, threads, told.append)
    return told


def written_when(sink: RecordingSink, error: type[BaseException]) -> None:
    """The sink was closed with the error, and has nothing but whole blocks."""
    assert ["open", f"close {error.__name__}"] == [sink.calls[0], sink.calls[-1]]
    assert set(sink.calls[1:-1]) <= {"write"}


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_order(journal: WatchedJournal, threads: int) -> None:
    """For any number of threads the bytes are those of one block, the sink is opened and closed once."""
    sink = RecordingSink()
    # The first block of each round is the slowest.
    journal.on_block = lambda first: time.sleep(0.02 if first % (3 * BLOCK_ENTRIES) == 0 else 0)
    told = write(journal, sink, threads)

    assert expected(journal, NDJSON_DOCUMENTS) == bytes(sink.data)
    assert (COUNT, BLOCKS) == (sum(told), len(told))
    assert ["open", *["write"] * (BLOCKS + 2), "close ok"] == sink.calls


@pytest.mark.parametrize("form", [NDJSON_LINES, CSV_LINES])
def test_a_part_of_a_journal(journal: WatchedJournal, form: EntriesFormat) -> None:
    """A range has a file of its own, with the header of its format."""
    sink = RecordingSink()
    source = JournalRange(journal, 1_000, 3_000)
    write_range(source, make_file_encoder(form, journal.vocabulary), sink, 2, lambda _: None)

    assert expected(journal, form, 1_000, 3_000) == bytes(sink.data)


def test_a_footer_knows_where_each_block_is(journal: WatchedJournal) -> None:
    """What stands before the first block counts, and blocks come in the order of the file."""
    sink = RecordingSink()
    write_range(JournalRange.whole(journal), Footed(), sink, 3, lambda _: None)
    firsts = range(0, COUNT, BLOCK_ENTRIES)
    sizes = [1 + first % 7 for first in firsts]
    places = [(5 + sum(sizes[:at]), first) for at, first in enumerate(firsts)]

    assert b"MAGIC" + b"x" * sum(sizes) + repr(places).encode() == bytes(sink.data)


def test_nothing_to_write(journal: WatchedJournal) -> None:
    """An empty range is a file all the same."""
    sink = RecordingSink()
    encoder = make_file_encoder(CSV_LINES, journal.vocabulary)
    write_range(JournalRange(journal, 5, 0), encoder, sink, 2, lambda _: None)

    assert header(CSV_LINES) == bytes(sink.data)
    assert "close ok" == sink.calls[-1]


def test_the_thread_that_writes_computes_nothing(journal: WatchedJournal) -> None:
    """Blocks are computed on as many native threads as were asked for, at most."""
    write(journal, RecordingSink())

    assert threading.get_ident() not in journal.threads
    assert 1 <= len(journal.threads) <= 2


@pytest.mark.parametrize("threads", [1, 2])
def test_a_slow_sink_holds_the_threads_back(journal: WatchedJournal, threads: int) -> None:
    """However slow the sink is, only a few blocks are begun ahead of it."""
    ahead: list[int] = []

    def wait(writes: int) -> None:
        time.sleep(0.03)
        # The first write is what stands before all blocks.
        ahead.append(len(journal.begun) - (writes - 1))

    write(journal, RecordingSink(wait), threads)

    assert max(ahead) <= threads * AHEAD + 1


def test_an_error_of_a_thread(journal: WatchedJournal) -> None:
    """It reaches the caller, the sink is closed with it, and neither threads nor blocks go on."""

    def fail(first: int) -> None:
        if first == BLOCK_ENTRIES:
            raise ArithmeticError("lost a cent")

    journal.on_block, sink, before = fail, RecordingSink(), threading.active_count()
    with pytest.raises(ArithmeticError, match="lost a cent"):
        write(journal, sink)

    written_when(sink, ArithmeticError)
    assert expected(journal, NDJSON_DOCUMENTS, 0, BLOCK_ENTRIES) == bytes(sink.data)
    assert len(journal.begun) < BLOCKS
    assert before == threading.active_count()


def test_an_error_of_the_sink(journal: WatchedJournal) -> None:
    """When the reader of a pipe has gone, nothing more is computed, and the sink closes with that error."""

    def fail(writes: int) -> None:
        if writes == 2:
            raise BrokenPipeError

    sink, before = RecordingSink(fail), threading.active_count()
    with pytest.raises(BrokenPipeError):
        write(journal, sink)

    written_when(sink, BrokenPipeError)
    assert len(journal.begun) <= 2 * AHEAD + 3 < BLOCKS
    assert before == threading.active_count()


def test_blocks_that_wait_are_never_begun(journal: WatchedJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error only the block that a thread has in hand is waited for."""

    def fail(writes: int) -> None:
        if writes == 1:
            raise BrokenPipeError

    monkeypatch.setattr(pipeline, "AHEAD", BLOCKS)
    journal.on_block = lambda _: time.sleep(0.05)
    with pytest.raises(BrokenPipeError):
        write(journal, RecordingSink(fail), threads=1)

    assert len(journal.begun) < BLOCKS


def test_a_sink_that_does_not_open(journal: WatchedJournal, tmp_path: Path) -> None:
    """Without a sink nothing is computed."""
    encoder = make_file_encoder(NDJSON_LINES, journal.vocabulary)
    with pytest.raises(FileNotFoundError):
        write_range(
            JournalRange.whole(journal), encoder, (tmp_path / "no" / "file").open("wb"), 2, lambda _: None
        )

    assert [] == journal.begun


def test_an_interruption(journal: WatchedJournal, tmp_path: Path) -> None:
    """A signal that comes while a block is waited for ends the threads, and no file stays."""
    folder, before = tmp_path / "out", threading.active_count()

    def interrupt(first: int) -> None:
        if first == 3 * BLOCK_ENTRIES:
            signal.raise_signal(signal.SIGTERM)

    def run() -> int:
        with StagedFolder(folder) as staged:
            encoder = make_file_encoder(NDJSON_LINES, journal.vocabulary)
            write_range(
                JournalRange.whole(journal), encoder, staged.file("entries.ndjson"), 2, lambda _: None
            )
        return 0

    journal.on_block = interrupt

    assert 143 == run_until_signal(run)
    assert not folder.exists()
    assert before == threading.active_count()


@pytest.mark.slow
def test_a_reader_that_goes_ends_the_program() -> None:
    """`| head` ends a stream of a billion entries at once."""
    program = subprocess.Popen(
        [sys.executable, "-m", "datasynth", "generate", "-", "--count", "1000000000", "--quiet"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    assert os.read(program.stdout.fileno(), 1).startswith(b"{")
    program.stdout.close()
    try:
        assert (141, b"") == (program.wait(WITHIN), program.stderr.read())
    finally:
        with suppress(ProcessLookupError):
            program.kill()
        program.stderr.close()


def _fail(_: int) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_no_half_file(journal: WatchedJournal, tmp_path: Path) -> None:
    """The file that broke is gone, and so is the folder that was made for it."""
    folder = tmp_path / "out"
    encoder = make_file_encoder(NDJSON_LINES, journal.vocabulary)
    with pytest.raises(OSError, match="No space"), StagedFolder(folder) as staged:
        write_range(JournalRange.whole(journal), encoder, staged.file("entries.ndjson"), 2, _fail)

    assert not folder.exists()
