"""Stand-ins at our own seams: a clock that moves when told, a small journal, an encoder, a waker."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding import (
    CSV_LINES,
    NDJSON_LINES,
    AnyFormat,
    Encoded,
    EntriesFormat,
    Format,
    header,
    no_end,
)
from datasynth.encoding.record_files import whole_block
from datasynth.generation.block import Block, Vocabulary
from datasynth.generation.triggers.segments import Trigger
from datasynth.ledger.references import ReferenceKind
from datasynth.service.blocks.block_layout import FileLayout
from tests import books

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.journal import Balances
    from datasynth.generation.open_items import OpenItem

PATTERNS = ("month_end", "quarter_end", "year_end")
PACKAGE = 7
"""Entries that a trigger of `FakeJournal` adds at once; one more follows later, if there is room."""

REVERSED_AFTER = 60
JOURNAL_BYTES = 1_000
"""What a `FakeJournal` says that it takes."""


class FakeClock:
    """Seconds that pass when a test says so."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class FakeWallClock:
    """The time that people see, tied to a fake clock."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def __call__(self) -> datetime:
        return datetime(2024, 5, 1, tzinfo=UTC) + timedelta(seconds=self._clock.now - 1_000.0)


class RecordingWaker:
    """A waker that counts how often it was woken and for how long it was asked to sleep."""

    def __init__(self, on_wait: Callable[[], None] | None = None) -> None:
        self._event = threading.Event()
        self._on_wait = on_wait
        self.woken = 0
        self.waits: list[float | None] = []

    def clear(self) -> None:
        self._event.clear()

    def wait(self, timeout: float | None) -> bool:
        self.waits.append(timeout)
        if self._on_wait is not None:
            self._on_wait()
        return self._event.wait(timeout if self._on_wait is None else 0.0)

    def wake(self) -> None:
        self.woken += 1
        self._event.set()


def vocabulary() -> Vocabulary:
    """Make a vocabulary without words."""
    words = {
        field.name: () if field.name != "batch_kind" else ReferenceKind("", 1) for field in fields(Vocabulary)
    }
    return Vocabulary(**words)  # type: ignore[arg-type]  # every field is empty


def make_block(first: int, numbers: NDArray[np.int64]) -> Block:
    """Make a block whose entries are told apart by their document numbers alone.

    The first line of entry ``n`` has a debit of ``n + 1``, the others none.
    """
    lines = 1 + numbers % 3
    lines[numbers % 97 == 13] = 40
    first_line = np.concatenate([[0], np.cumsum(lines)]).astype(np.int64)
    columns = {field.name: np.zeros(0, dtype=np.int64) for field in fields(Block) if field.name != "first"}
    columns["document_number"] = numbers
    columns["first_line"] = first_line
    columns["debit"] = np.zeros(first_line[-1], dtype=np.int64)
    columns["debit"][first_line[:-1]] = numbers + 1
    return Block(first=first, **columns)  # type: ignore[arg-type]  # most columns are empty


class FakeJournal:
    """A journal of numbers: entry ``n`` has document number ``n``, triggered ones begin at a million.

    Parameters
    ----------
    config
        Only its target count matters.
    numbers
        Document numbers of all entries, if they are not the target count's.
    on_block
        Called with the first entry of every block that is computed.
    """

    def __init__(
        self,
        config: Config,
        numbers: NDArray[np.int64] | None = None,
        on_block: Callable[[int], None] | None = None,
        triggers: int = 0,
    ) -> None:
        count = config.transactions.target_count
        self.config = config
        self._count = count if numbers is None else len(numbers)
        self._numbers = numbers
        self._on_block = on_block
        self._triggers = triggers
        self.vocabulary = replace(vocabulary(), partners=books.PARTNERS)
        self.chart = books.CHART
        self.nbytes = JOURNAL_BYTES

    @property
    def total(self) -> int:
        return self._count

    def block(self, first: int, count: int) -> Block:
        if not 0 <= first <= first + count <= self.total:
            raise ValueError(f"{first}, {count}: outside the journal")
        if self._on_block is not None:
            self._on_block(first)
        if self._numbers is None:
            return make_block(first, np.arange(first, first + count, dtype=np.int64))
        return make_block(first, self._numbers[first : first + count])

    def posting_day(self, sequence: int) -> int:
        return 19_723 + sequence // 100

    def entries_through(self, day: int) -> int:
        return min(self.total, max(0, (day - 19_722) * 100))

    def balances(self, position: int) -> Balances:
        return books.balances(self.config, position)

    def closed_results(self, position: int) -> NDArray[np.int64]:
        return books.closed_results(self.config, position)

    def entries_by_day(self, position: int) -> NDArray[np.int64]:
        return np.bincount(np.arange(position) // 100, minlength=366)

    def entries_by_type(self, position: int) -> dict[str, int]:
        return {"SA": position} if position else {}

    def open_items(
        self, position: int, company: int | None, after: int, limit: int
    ) -> tuple[list[OpenItem], int | None]:
        return books.open_items(self.config, position, company, after, limit)

    def trigger(self, pattern: str, at_sequence: int) -> tuple[FakeJournal, Trigger]:
        numbers = np.arange(self.total, dtype=np.int64) if self._numbers is None else self._numbers
        base = 1_000_000 * (self._triggers + 1) + PATTERNS.index(pattern) * 100_000
        package = base + np.arange(PACKAGE, dtype=np.int64)
        numbers = np.insert(numbers, at_sequence, package)
        added = PACKAGE
        later = at_sequence + REVERSED_AFTER
        if later <= len(numbers):
            numbers = np.insert(numbers, later, base + 99)
            added += 1
        journal = FakeJournal(self.config, numbers, self._on_block, self._triggers + 1)
        return journal, Trigger(pattern, at_sequence, added, posting_day=0)


def fake_end(blocks: Sequence[tuple[int, object]]) -> bytes:
    """End a file with where each block begins and which entry is its first."""
    return repr(list(blocks)).encode()


class FakeEncoder:
    """Spells each line as ``number:line`` and each document as ``number``; events bear the stream's id.

    What is no records comes block by block, with a beginning and an end of the file.
    """

    def __init__(self, format: AnyFormat, stream_id: str) -> None:
        self._format = format
        self._whole = isinstance(format, EntriesFormat) and not format.records
        self.end = fake_end if self._whole else no_end
        self._mark = stream_id[:4] if format in {Format.WS_LINES, Format.WS_DOCUMENTS} else ""

    def opening(self) -> bytes:
        if self._whole:
            return b"MAGIC"
        return header(self._format) if isinstance(self._format, EntriesFormat) else b""

    def encode(self, block: Block) -> Encoded:
        if self._whole:
            text = "".join(f"{number}\n" for number in block.document_number.tolist())
            return whole_block(text.encode(), block.entries, block.first)
        counts = np.diff(block.first_line)
        lined = self._format in {NDJSON_LINES, CSV_LINES, Format.WS_LINES}
        pieces: list[bytes] = []
        entry_offsets, line_offsets, payload_offsets = [0], [0], []
        for number, lines in zip(block.document_number.tolist(), counts.tolist(), strict=True):
            for line in range(lines if lined else 1):
                text = f"{self._mark}{number}:{line + 1}\n" if lined else f"{self._mark}{number}\n"
                record = text.encode()
                if self._format is Format.PROTOBUF:
                    payload_offsets.append(line_offsets[-1] + 2)
                    record = b"\n" + bytes([len(record)]) + record
                pieces.append(record)
                line_offsets.append(line_offsets[-1] + len(record))
            entry_offsets.append(line_offsets[-1])
        return Encoded(
            np.frombuffer(b"".join(pieces), dtype=np.uint8),
            np.array(entry_offsets, dtype=np.int64),
            np.array(line_offsets, dtype=np.int64) if lined else None,
            np.array(payload_offsets, dtype=np.int64) if self._format is Format.PROTOBUF else None,
        )


def make_journal(config: Config, checkpoint: Callable[[], None]) -> FakeJournal:
    """Build a fake journal in one step."""
    checkpoint()
    return FakeJournal(config)


def estimate_bytes(config: Config) -> int:
    """Foretell what a fake journal takes."""
    assert config is not None
    return JOURNAL_BYTES


def make_encoder(format: AnyFormat, words: Vocabulary, stream_id: str) -> FakeEncoder:
    """Make a fake encoder; its vocabulary is empty anyway."""
    assert words is not None
    return FakeEncoder(format, stream_id)


def encoded(
    journal: FakeJournal, first: int, end: int, format: AnyFormat = NDJSON_LINES, stream_id: str = ""
) -> bytes:
    """Encode a range directly, past all service; a file has its beginning and its end."""
    encoder = FakeEncoder(format, stream_id)
    data, described = encoder.opening(), []
    for block in _blocks(format, first, end):
        encoded = encoder.encode(journal.block(block.start, len(block)))
        if encoded.metadata is not None:
            described.append((len(data), encoded.metadata))
        data += encoded.data.tobytes()
    return data + encoder.end(described)


def _blocks(format: AnyFormat, first: int, end: int) -> list[range]:
    if isinstance(format, EntriesFormat) and not format.records:
        return FileLayout(first, end, format.block_entries).blocks(first, end)
    return [range(first, end)]
