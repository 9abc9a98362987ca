"""Takes an Arrow stream apart into record batches as its bytes arrive, from wherever they come.

A stream is a run of messages, each a length, its metadata (a FlatBuffers table) and a
body.  pyarrow reads a stream from a file and waits for it; here it is asked for a batch
only when all bytes of one are there, so that it never waits.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = struct.Struct("<Ii")
_CONTINUATION = 0xFFFFFFFF
_SHORT, _INT, _LONG = struct.Struct("<H"), struct.Struct("<i"), struct.Struct("<q")

_SCHEMA, _DICTIONARY, _RECORD_BATCH = 1, 2, 3
"""Kinds of messages; `MessageHeader` of Arrow's ``Message.fbs``."""

_KIND, _BODY_LENGTH = 1, 3
"""Numbers of fields of a message there."""


class _Message:
    """What the metadata of a message say: its kind, and the bytes of its body."""

    def __init__(self, metadata: memoryview) -> None:
        self._metadata = metadata
        (self._table,) = _INT.unpack_from(metadata)
        (back,) = _INT.unpack_from(metadata, self._table)
        self._fields = self._table - back
        kind, body = self._place(_KIND), self._place(_BODY_LENGTH)
        self.kind = metadata[kind] if kind else 0
        self.body: int = _LONG.unpack_from(metadata, body)[0] if body else 0
        if self.body < 0:
            raise ValueError("a message of the Arrow stream has a negative body length")

    def _place(self, field: int) -> int:
        """Return where a field's value is; 0 if it has none."""
        entry = 4 + 2 * field
        if entry >= _SHORT.unpack_from(self._metadata, self._fields)[0]:
            return 0
        offset: int = _SHORT.unpack_from(self._metadata, self._fields + entry)[0]
        return self._table + offset if offset else 0


class _Arrived:
    """A file of the messages that are whole; its end is reached only by a stream that lacks one."""

    closed = False

    def __init__(self) -> None:
        self._waiting: list[memoryview] = []

    def put(self, message: memoryview) -> None:
        self._waiting.append(message)

    def read(self, size: int) -> memoryview:
        first = self._waiting[0] if self._waiting else memoryview(b"")
        found, rest = first[:size], first[size:]
        self._waiting[:1] = [rest] if rest else []
        return found


class ArrowDecoder:
    """One Arrow stream."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._held = 0
        self._needed = _PREFIX.size
        self._arrived = _Arrived()
        self._reader: pa.RecordBatchStreamReader | None = None
        self._ended = False

    @property
    def schema(self) -> pa.Schema | None:
        """That of all batches, once it has arrived."""
        return None if self._reader is None else self._reader.schema

    @property
    def ended(self) -> bool:
        """Whether the mark of the stream's end has arrived."""
        return self._ended

    def feed(self, data: bytes) -> Iterator[pa.RecordBatch]:
        """Yield the batches that are whole with these bytes, those without rows too.

        Raises
        ------
        ValueError
            The bytes are no Arrow stream.
        """
        self._pieces.append(data)
        self._held += len(data)
        if self._held < self._needed or self._ended:
            return
        left = memoryview(b"".join(self._pieces))
        while (message := self._first_message(left)) is not None:
            kind, size = message
            self._arrived.put(left[:size])
            left = left[size:]
            if kind == _SCHEMA and self._reader is None:
                self._reader = pa.ipc.open_stream(pa.PythonFile(self._arrived, mode="r"))
            elif kind == _RECORD_BATCH and self._reader is not None:
                yield self._reader.read_next_batch()
            elif kind != _DICTIONARY:
                raise ValueError("the messages of the Arrow stream are in the wrong order")
        self._pieces, self._held = [bytes(left)], len(left)

    def _first_message(self, left: memoryview) -> tuple[int, int] | None:
        """Return kind and size of the next message; None if it is not whole yet, or at the end."""
        self._needed = _PREFIX.size
        if len(left) < self._needed:
            return None
        mark, length = _PREFIX.unpack_from(left)
        if mark != _CONTINUATION or length < 0:
            raise ValueError("a message of the Arrow stream has an invalid prefix")
        if length == 0:
            self._ended = True
            return None
        self._needed += length
        if len(left) < self._needed:
            return None
        try:
            message = _Message(left[_PREFIX.size : self._needed])
        except (struct.error, IndexError) as error:
            raise ValueError("a message of the Arrow stream has invalid metadata") from error
        self._needed += message.body
        return None if len(left) < self._needed else (message.kind, self._needed)
