"""Provides readers with blocks: from the caches, or else from the pool."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from datasynth.encoding import FileEnd, Format
from datasynth.generation.block import BLOCK_ENTRIES
from datasynth.ledger.references import ReferenceKind
from datasynth.service.blocks.block_cache import BlockCache
from datasynth.service.blocks.block_layout import BlockLayout
from datasynth.service.blocks.block_pool import BlockJob, BlockPool, Priority
from datasynth.service.blocks.chunk import CHUNK_BYTES, SMALL_CHUNK_BYTES
from datasynth.service.threads.counters import Count, Counters

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from numpy.typing import NDArray

    from datasynth.encoding import AnyFormat, Encoded, Encoder, EntriesFormat, FileEncoder
    from datasynth.generation.block import Block, Vocabulary
    from datasynth.service.journals.journals import Journals
    from datasynth.service.journals.protocols import JournalProtocol, MakeEncoder
    from datasynth.service.journals.version import JournalVersion

LARGE_BLOCKS_FROM = 256 * 1024 * 1024
"""Size of the cache below which all blocks are small. [bytes]"""

FEW_READERS = 16
"""With more readers blocks are small, since readers at different places hold different blocks."""

CHUNKS_SHARE = 4
"""The chunks of all readers take at most the size of the encoded cache divided by this."""

RAW_SHARE = 8
"""The cache of blocks before encoding has the size of the encoded cache divided by this."""

ENCODER_SHARE = 4
"""Prepared encoders take at most the size of the encoded cache divided by this."""

MOST_ENCODERS = 32
"""Prepared encoders that are kept."""

WORD_BYTES = 128
"""Approximate memory of a word in a vocabulary and in an encoder. [bytes]"""

_BEARS_STREAM_ID = frozenset({Format.WS_LINES, Format.WS_DOCUMENTS, Format.SSE_LINES, Format.SSE_DOCUMENTS})


class BlockKey(NamedTuple):
    """Name of a block by the journal's fingerprint; without a format, of the block before encoding.

    `entries` counts also those after the journal's end.  `stream_id` is empty in formats without
    it in their bytes, so that streams share blocks.
    """

    fingerprint: str
    first: int
    entries: int
    format: AnyFormat | None
    stream_id: str


class BlockSizes(NamedTuple):
    """What a measurement keeps of an encoded block; attributes are those of `Encoded`."""

    entry_offsets: NDArray[np.int64]
    metadata: object


class FileFrame(NamedTuple):
    """What begins a file, and what makes its end."""

    opening: bytes
    end: FileEnd


class BlockSource:
    """Blocks of any journal in any format.

    Parameters
    ----------
    cache_bytes
        Size of the cache of encoded blocks. [bytes]
    journals
        Provides, or builds again, the journals of ended streams.
    """

    def __init__(
        self,
        threads: int,
        cache_bytes: int,
        journals: Journals,
        make_encoder: MakeEncoder,
        counters: Counters,
    ) -> None:
        self.journals = journals
        self._make_encoder = make_encoder
        self._counters = counters
        self._encoded: BlockCache[BlockKey, Encoded] = BlockCache(cache_bytes, array_bytes)
        self._raw: BlockCache[BlockKey, Block] = BlockCache(cache_bytes // RAW_SHARE, array_bytes)
        self._encoder_bytes = cache_bytes // ENCODER_SHARE
        self._encoders: OrderedDict[tuple[AnyFormat, str, int], tuple[Vocabulary, Encoder]] = OrderedDict()
        self._encoders_lock = threading.Lock()
        self._readers = 0
        self._readers_lock = threading.Lock()
        self.pool = BlockPool(threads, self._keep, lambda: counters.add(Count.BLOCK_FAILURES))

    def layout(self, first: int, rate: float | None = None) -> BlockLayout:
        """Return the layout for a reader that begins at `first`; `rate` is its rate, if any. [entries/s]"""
        slow = rate is not None and rate < BLOCK_ENTRIES
        if slow or self._encoded.capacity < LARGE_BLOCKS_FROM or self._readers > FEW_READERS:
            return BlockLayout(math.inf)
        return BlockLayout.starting_at(first)

    @property
    def chunk_bytes(self) -> int:
        """Size of a reader's chunk: large, or small if there are many readers. [bytes]"""
        together = self._encoded.capacity // CHUNKS_SHARE
        return max(SMALL_CHUNK_BYTES, min(CHUNK_BYTES, together // max(1, self._readers)))

    def count_readers(self, more: int) -> None:
        """Count a reader that comes (1) or goes (-1)."""
        with self._readers_lock:
            self._readers += more

    @property
    def cache_bytes(self) -> int:
        """Memory of both caches. [bytes]"""
        return self._encoded.bytes + self._raw.bytes

    @staticmethod
    def key(version: JournalVersion, block: range, format: AnyFormat | None, stream_id: str) -> BlockKey:
        """Return the name of a block of a version."""
        bearer = stream_id if format in _BEARS_STREAM_ID else ""
        return BlockKey(version.fingerprint(block.stop), block.start, len(block), format, bearer)

    def find(self, key: BlockKey) -> Encoded | None:
        """Return an encoded block if the cache has it; never blocks."""
        cached = self._encoded.get(key)
        self._counters.add(Count.CACHE_MISSES if cached is None else Count.CACHE_HITS)
        return cached

    def submit(
        self,
        key: BlockKey,
        version: JournalVersion,
        reader: object,
        wake: Callable[[], None],
        priority: Priority,
    ) -> BlockJob:
        """Have a block made of a version with its journal; see `BlockPool.submit`."""
        return self.pool.submit(key, partial(self.make, key, version), reader, wake, priority)

    def measure(
        self,
        key: BlockKey,
        version: JournalVersion,
        reader: object,
        wake: Callable[[], None],
        priority: Priority,
    ) -> BlockJob:
        """Like `submit`, but with the `BlockSizes` as the result."""
        work = partial(self._sizes, key, version)
        return self.pool.submit(("offsets", key), work, reader, wake, priority)

    def frame(
        self, version: JournalVersion, format: EntriesFormat, reader: object, wake: Callable[[], None]
    ) -> BlockJob:
        """Have the `FileFrame` of a file made; on a thread, since words may be many."""
        key = ("frame", version.fingerprint(version.total), format)
        return self.pool.submit(key, partial(self._frame, version, format), reader, wake, Priority.READER)

    def drop(self) -> None:
        """Forget every block and encoder."""
        self._encoded.clear()
        self._raw.clear()
        with self._encoders_lock:
            self._encoders.clear()

    def make(self, key: BlockKey, version: JournalVersion) -> Encoded | Block:
        """Compute a block and encode it; called on generator threads."""
        journal = _journal_of(version)
        # Blocks before encoding are shared between formats.
        raw_key = key._replace(format=None, stream_id="")
        block = self._raw.get(raw_key)
        if block is None:
            block = journal.block(key.first, min(key.entries, journal.total - key.first))
            self._raw.put(raw_key, block)
            self._counters.add(Count.BLOCKS_GENERATED)
        if key.format is None:
            return block
        encoded = self._encoder(key.format, journal, key.stream_id).encode(block)
        self._counters.add(Count.BLOCKS_ENCODED)
        return encoded

    def _encoder(self, format: AnyFormat, journal: JournalProtocol, stream_id: str) -> Encoder:
        vocabulary = journal.vocabulary
        # The map holds the vocabulary too, so no other object can get the same id.
        key = (format, stream_id, id(vocabulary))
        with self._encoders_lock:
            prepared = self._encoders.get(key)
            if prepared is not None:
                self._encoders.move_to_end(key)
                return prepared[1]
        encoder = self._make_encoder(format, vocabulary, stream_id)
        with self._encoders_lock:
            self._encoders[key] = (vocabulary, encoder)
            while len(self._encoders) > 1 and (
                len(self._encoders) > MOST_ENCODERS or self._words() * WORD_BYTES > self._encoder_bytes
            ):
                self._encoders.popitem(last=False)
        return encoder

    def _frame(self, version: JournalVersion, format: EntriesFormat) -> FileFrame:
        encoder = cast("FileEncoder", self._encoder(format, _journal_of(version), ""))
        return FileFrame(encoder.opening(), encoder.end)

    def _words(self) -> int:
        return sum(word_count(vocabulary) for vocabulary, _ in self._encoders.values())

    def _sizes(self, key: BlockKey, version: JournalVersion) -> BlockSizes:
        """Return where the entries of a block begin; the block itself goes to the cache."""
        encoded = self._encoded.get(key)
        if encoded is None:
            encoded = cast("Encoded", self.make(key, version))
            self._encoded.put(key, encoded)
        return BlockSizes(encoded.entry_offsets, encoded.metadata)

    def _keep(self, key: Hashable, result: object) -> None:
        # Raw and measured blocks went to their caches when they were made.
        if isinstance(key, BlockKey) and key.format is not None:
            self._encoded.put(key, cast("Encoded", result))


def _journal_of(version: JournalVersion) -> JournalProtocol:
    if version.journal is None:
        raise LookupError("only versions with their journal have blocks")
    return version.journal


def word_count(vocabulary: Vocabulary) -> int:
    """Count the words of a vocabulary."""
    lists = (getattr(vocabulary, field.name) for field in dataclasses.fields(vocabulary))
    return sum(
        len(words)
        for words in lists
        if isinstance(words, Sequence) and not isinstance(words, str | ReferenceKind)
    )


def array_bytes(columns: Encoded | Block) -> int:
    """Measure the memory of a block's arrays, before or after encoding. [bytes]"""
    values = (getattr(columns, field.name) for field in dataclasses.fields(columns))
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))
