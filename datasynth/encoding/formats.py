"""The formats that a block is encoded in, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.block import Block


class Format(StrEnum):
    """The formats of messages; ``…_LINES`` are one a line, ``…_DOCUMENTS`` one an entry.

    How files are written says an `EntriesFormat`.
    """

    WS_LINES = "ws_lines"
    WS_DOCUMENTS = "ws_documents"
    SSE_LINES = "sse_lines"
    SSE_DOCUMENTS = "sse_documents"
    PROTOBUF = "protobuf"


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A block of ``n`` entries and ``m`` lines as bytes.

    Of formats with records any run of records is one slice.  In the others the block is a
    whole that cannot be cut: all its bytes come with the last entry.

    Attributes
    ----------
    data : uint8
        All records, nothing else.
    entry_offsets : (n + 1,) int64
        Entry ``i`` is ``data[entry_offsets[i]:entry_offsets[i + 1]]``.
    line_offsets : (m + 1,) int64, or None
        The same for each line, where a record is a line.
    payload_offsets : (n,) int64, or None
        Where the bare message of entry ``i`` begins, behind its key and
        length; it ends where the entry does.  Protobuf only.
    metadata
        What the end of the file says of these bytes, such as where each column of a row group
        begins; None if nothing.
    """

    data: NDArray[np.uint8]
    entry_offsets: NDArray[np.int64]
    line_offsets: NDArray[np.int64] | None = None
    payload_offsets: NDArray[np.int64] | None = None
    metadata: object = None


class Encoder(Protocol):
    """Turns blocks of one journal into bytes; immutable, for any number of threads."""

    def encode(self, block: Block) -> Encoded:
        """Encode a whole block, mostly outside the interpreter lock."""
        ...


FileEnd = Callable[[Sequence[tuple[int, object]]], bytes]
"""Makes what stands behind the last block of a file: a footer, or nothing.

It gets the metadata of each block that has some, in order, and where in the file the block begins.
"""


class FileEncoder(Encoder, Protocol):
    """Turns blocks of one journal into the parts of a file."""

    @property
    def end(self) -> FileEnd:
        """What ends the file; it holds no words of the journal."""

    def opening(self) -> bytes:
        """Return what stands before the first block: a header row, a schema, or nothing."""
        ...
