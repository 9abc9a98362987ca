"""The formats that a block is encoded in, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.block import Block


class Format(StrEnum):
    """What bytes a block becomes; ``…_LINES`` are one record a line, ``…_DOCUMENTS`` one an entry."""

    NDJSON_LINES = "ndjson_lines"
    NDJSON_DOCUMENTS = "ndjson_documents"
    CSV_LINES = "csv_lines"
    WS_LINES = "ws_lines"
    WS_DOCUMENTS = "ws_documents"
    PROTOBUF = "protobuf"


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A block of ``n`` entries and ``m`` lines as bytes; any run of records is one slice.

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
    """

    data: NDArray[np.uint8]
    entry_offsets: NDArray[np.int64]
    line_offsets: NDArray[np.int64] | None = None
    payload_offsets: NDArray[np.int64] | None = None


class Encoder(Protocol):
    """Turns blocks of one journal into bytes; immutable, for any number of threads."""

    def encode(self, block: Block) -> Encoded:
        """Encode a whole block, mostly outside the interpreter lock."""
        ...


CONTENT_TYPES = {
    Format.NDJSON_LINES: "application/x-ndjson",
    Format.NDJSON_DOCUMENTS: "application/x-ndjson",
    Format.CSV_LINES: "text/csv; charset=utf-8",
    Format.WS_LINES: "application/json",
    Format.WS_DOCUMENTS: "application/json",
    Format.PROTOBUF: "application/x-protobuf",
}


def content_type(format: Format) -> str:
    """Media type of the bytes; for frames, that of their payload."""
    return CONTENT_TYPES[format]
