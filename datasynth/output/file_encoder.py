"""From blocks to the bytes of one file: what begins it, its blocks, what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from datasynth.encoding import header, make_encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.encoding import Format
    from datasynth.generation.block import Block, Vocabulary


class EncodedBlock(NamedTuple):
    """A block as bytes of a file.

    Attributes
    ----------
    data
        The bytes.
    metadata
        What a footer says of them, such as the statistics of a row group; None if nothing.
    """

    data: memoryview
    metadata: object = None


class FileEncoder(Protocol):
    """The format of a file; immutable, for any number of threads."""

    def opening(self) -> bytes:
        """Return what stands before the first block: a header row, a magic number, or nothing."""

    def block(self, block: Block) -> EncodedBlock:
        """Encode a block; called on several threads, in no particular order."""

    def closing(self, blocks: Sequence[tuple[int, object]]) -> bytes:
        """Return what stands behind the last block: a footer, or nothing.

        Parameters
        ----------
        blocks
            Of each block with metadata, in order: where it begins in the file, and its metadata.
        """


class RecordEncoder:
    """Records one after the other: NDJSON, or CSV with its header row.

    Parameters
    ----------
    form
        One of the formats of downloads.
    vocabulary
        The journal's words.
    """

    def __init__(self, form: Format, vocabulary: Vocabulary) -> None:
        self._form = form
        self._encoder = make_encoder(form, vocabulary, "")

    def opening(self) -> bytes:
        """Return the CSV header row, else nothing."""
        return header(self._form)

    def block(self, block: Block) -> EncodedBlock:
        """Encode all records of a block."""
        return EncodedBlock(self._encoder.encode(block).data.data)

    def closing(self, blocks: Sequence[tuple[int, object]]) -> bytes:  # noqa: ARG002 - records need no footer
        """Return nothing."""
        return b""
