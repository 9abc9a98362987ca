"""Entries in Arrow's IPC formats: the schema and the words first, then a record batch a block.

What flows is a *stream*, readable as it comes.  What lies in a folder is a *file*, a stream with a
footer that says where each batch is, so that it can be mapped into memory and read from any place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from datasynth.encoding.arrow import RecordBatchEncoder
from datasynth.encoding.entries_format import Compression
from datasynth.encoding.record_files import whole_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.encoding.entries_format import EntriesFormat
    from datasynth.encoding.formats import Encoded, FileEnd
    from datasynth.generation.block import Block, Vocabulary

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"
_MAGIC = b"ARROW1"
_FILE_OPENING = _MAGIC + b"\x00\x00"
_PLACE = np.dtype([("offset", "<i8"), ("head", "<i4"), ("padding", "<i4"), ("body", "<i8")])
"""Where a message lies in a file; `Block` of Arrow's ``File.fbs``."""

_RECORD_BATCHES = 3
"""Number of the field with the places of the batches in a footer; see ``File.fbs``."""


class _Size(NamedTuple):
    """Bytes of a message: its head, and what follows it."""

    head: int
    body: int


def end_of_stream(_: Sequence[tuple[int, object]]) -> bytes:
    """Mark the end of a stream."""
    return _END_OF_STREAM


class ArrowStreamEncoder:
    """A record batch a block; dictionaries hold all words of the journal and never change.

    Parameters
    ----------
    vocabulary
        The journal's words.
    format
        Its compression is that of the buffers of each batch.
    """

    end: FileEnd = staticmethod(end_of_stream)

    def __init__(self, vocabulary: Vocabulary, format: EntriesFormat) -> None:
        self._with_words = RecordBatchEncoder(vocabulary, format)
        self._without_words = RecordBatchEncoder(vocabulary, format, bare=True)
        codec = None if format.packing is Compression.NONE else str(format.packing)
        self._options = pa.ipc.IpcWriteOptions(compression=codec, use_threads=False)

    @property
    def schema(self) -> pa.Schema:
        """That of every batch."""
        return self._with_words.schema

    def opening(self) -> bytes:
        """Return the schema, the dictionaries, and a batch without rows, which carries them."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.schema, options=self._options) as writer:
            writer.write_batch(self._with_words.nothing())
        stream: bytes = sink.getvalue().to_pybytes()
        return stream.removesuffix(_END_OF_STREAM)

    def encode(self, block: Block) -> Encoded:
        """Encode a block as one record batch; without rows it is no bytes."""
        if not block.entries:
            return whole_block(b"", 0)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.schema, options=self._options) as writer:
            # The first batch brings the schema and dictionaries, which the opening has, into the stream.
            writer.write_batch(self._without_words.nothing())
            begin = sink.tell()
            writer.write_batch(self._without_words.encode(block))
            end = sink.tell()
        message = memoryview(sink.getvalue()).cast("B")[begin:end]
        return whole_block(message, block.entries, self._described(message))

    def _described(self, message: memoryview) -> object:  # noqa: ARG002 - streams have no footer
        return None


class ArrowFileEncoder(ArrowStreamEncoder):
    """The same as a file; parameters are those of the stream."""

    def __init__(self, vocabulary: Vocabulary, format: EntriesFormat) -> None:
        super().__init__(vocabulary, format)
        self.end = self._footer

    def opening(self) -> bytes:
        """Return what begins a file, then what begins a stream."""
        return _FILE_OPENING + super().opening()

    def _described(self, message: memoryview) -> object:
        head = 8 + int.from_bytes(message[4:8], "little")
        return _Size(head, len(message) - head)

    def _footer(self, batches: Sequence[tuple[int, object]]) -> bytes:
        """Return the footer of a file with so many batches without rows, with the true places put in."""
        sink, nothing = pa.BufferOutputStream(), self._with_words.nothing()
        with pa.ipc.new_file(sink, self.schema, options=self._options) as writer:
            for _ in range(1 + len(batches)):
                writer.write_batch(nothing)
        tail = sink.getvalue().to_pybytes()
        length = int.from_bytes(tail[-len(_MAGIC) - 4 : -len(_MAGIC)], "little")
        footer = bytearray(tail[-len(_MAGIC) - 4 - length :])
        places = _places(footer)
        for place, (offset, size) in zip(places[1:], batches, strict=True):
            place["offset"] = offset
            place["head"], place["body"] = size  # type: ignore[misc]  # a `_Size`
        return _END_OF_STREAM + bytes(footer)


def _places(footer: bytearray) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Where the batches lie, as an array over the memory of a footer, a flatbuffer."""

    def number(at: int, size: int = 4) -> int:
        return int.from_bytes(footer[at : at + size], "little")

    table = number(0)
    fields = table - int.from_bytes(footer[table : table + 4], "little", signed=True)
    vector = table + number(fields + 4 + 2 * _RECORD_BATCHES, 2)
    vector += number(vector)
    return np.frombuffer(footer, dtype=_PLACE, count=number(vector), offset=vector + 4)
