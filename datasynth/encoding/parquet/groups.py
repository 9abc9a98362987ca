"""Row groups of Parquet: the pages of their columns, and what the footer says of them.

The numbers of fields, kinds of pages, encodings and codecs are those of ``parquet.thrift``.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from datasynth.encoding.entries_format import Compression
from datasynth.encoding.parquet.thrift_values import (
    STOP,
    ThriftType,
    ThriftWriter,
    list_head,
    write_binary,
    write_integer,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.encoding.parquet.columns import ColumnPages

MAGIC = b"PAR1"

TYPES = {"INT32": 1, "INT64": 2, "BYTE_ARRAY": 6, "FIXED_LEN_BYTE_ARRAY": 7}
"""Physical types, as pyarrow calls them."""

CODECS = {Compression.NONE: 0, Compression.SNAPPY: 1, Compression.GZIP: 2, Compression.ZSTD: 6}
"""Compressions."""

_PLAIN, _RUNS, _NUMBERS = 0, 3, 8
"""Encodings: values as they are, runs, and numbers of the values of a dictionary."""

_DATA_PAGE, _DICTIONARY_PAGE = 0, 2


class RowGroup(NamedTuple):
    """The description of a row group, cut where it says an offset.

    Attributes
    ----------
    rows
        Number of rows.
    pieces
        The bytes before, between and after the offsets.
    offsets
        Places in the file, as if the group began behind the magic number. [bytes]
    """

    rows: int
    pieces: tuple[bytes, ...]
    offsets: tuple[int, ...]

    def at(self, begin: int) -> bytes:
        """Return the description of the group if its pages begin at `begin`."""
        moved = [write_integer(offset + begin - len(MAGIC)) for offset in self.offsets]
        return b"".join(chain.from_iterable(zip(self.pieces, [*moved, b""], strict=True)))


class Page(NamedTuple):
    """A page as it stands in a file.

    Attributes
    ----------
    head
        What it is, and how large.
    body
        A buffer of what it holds, compressed.
    plain_size
        Head and body before the compression. [bytes]
    """

    head: bytes
    body: Any
    plain_size: int


class ColumnHead(NamedTuple):
    """What all row groups say alike of a column.

    Attributes
    ----------
    name
        Of the column.
    type
        One of the numbers of `TYPES`.
    packing
        Compression of its pages.
    dictionary
        The page of its values, where all groups have the same; None where each has its own, or none.
    """

    name: str
    type: int
    packing: Compression
    dictionary: Page | None = None


def compress(plain: NDArray[np.uint8], packing: Compression) -> Any:
    """Return a buffer of the compressed octets."""
    if packing is Compression.NONE:
        return plain
    return pa.compress(plain, codec=str(packing), asbytes=False)


def dictionary_page(plain: NDArray[np.uint8], values: int, packing: Compression) -> Page:
    """Return the page of so many different values."""
    return _page(_DICTIONARY_PAGE, plain, values, _PLAIN, packing)


class RowGroupWriter:
    """Puts the pages of a row group in a row, and describes them.

    Parameters
    ----------
    rows, columns
        Of the group.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._rows = rows
        self._buffers: list[Any] = []
        self._size = self._plain_size = 0
        self._described = ThriftWriter()
        self._described.field(1, ThriftType.LIST, list_head(columns))

    def add(self, head: ColumnHead, pages: ColumnPages) -> None:
        """Write the pages of the next column."""
        dictionary = head.dictionary
        if pages.dictionary is not None:
            dictionary = dictionary_page(pages.dictionary, pages.values, head.packing)
        encoding = _PLAIN if dictionary is None else _NUMBERS
        data = _page(_DATA_PAGE, pages.data, self._rows, encoding, head.packing)
        self._describe(head, dictionary, data, pages.extremes)

    def _describe(
        self, head: ColumnHead, dictionary: Page | None, data: Page, extremes: tuple[bytes, bytes] | None
    ) -> None:
        begin, plain_begin = self._size, self._plain_size
        if dictionary is not None:
            self._put(dictionary)
        data_begin = self._size
        self._put(data)
        out = self._described
        out.begin()
        out.integer(2, 0)
        out.begin(3)
        out.integer(1, head.type, ThriftType.INT32)
        encodings = (_PLAIN, _RUNS) if dictionary is None else (_PLAIN, _RUNS, _NUMBERS)
        numbers = b"".join(map(write_integer, encodings))
        out.field(2, ThriftType.LIST, list_head(len(encodings), ThriftType.INT32) + numbers)
        out.field(3, ThriftType.LIST, list_head(1, ThriftType.BINARY) + write_binary(head.name.encode()))
        out.integer(4, CODECS[head.packing], ThriftType.INT32)
        out.integer(5, self._rows)
        out.integer(6, self._plain_size - plain_begin)
        out.integer(7, self._size - begin)
        out.offset(9, len(MAGIC) + data_begin)
        if dictionary is not None:
            out.offset(11, len(MAGIC) + begin)
        if extremes is not None:
            self._statistics(*extremes)
        out.end()
        out.end()

    def pages(self) -> bytes:
        """Return all pages."""
        return b"".join(self._buffers)

    def described(self) -> RowGroup:
        """Return the description of the group, once all columns are there."""
        out = self._described
        out.integer(2, self._plain_size)
        out.integer(3, self._rows)
        out.offset(5, len(MAGIC))
        out.integer(6, self._size)
        # A structure that nobody began is ended by a bare stop.
        out.octets(STOP)
        return RowGroup(self._rows, out.pieces(), tuple(out.offsets))

    def _put(self, page: Page) -> None:
        self._buffers += [page.head, page.body]
        self._size += len(page.head) + memoryview(page.body).nbytes
        self._plain_size += page.plain_size

    def _statistics(self, least: bytes, largest: bytes) -> None:
        out = self._described
        out.begin(12)
        out.integer(3, 0)
        out.field(5, ThriftType.BINARY, write_binary(largest))
        out.field(6, ThriftType.BINARY, write_binary(least))
        out.end()


def _page(kind: int, plain: NDArray[np.uint8], values: int, encoding: int, packing: Compression) -> Page:
    body = compress(plain, packing)
    head = ThriftWriter()
    head.integer(1, kind, ThriftType.INT32)
    head.integer(2, plain.nbytes, ThriftType.INT32)
    head.integer(3, memoryview(body).nbytes, ThriftType.INT32)
    head.begin(5 if kind == _DATA_PAGE else 7)
    head.integer(1, values, ThriftType.INT32)
    head.integer(2, encoding, ThriftType.INT32)
    if kind == _DATA_PAGE:
        head.integer(3, _RUNS, ThriftType.INT32)
        head.integer(4, _RUNS, ThriftType.INT32)
    head.end()
    head.octets(STOP)
    (octets,) = head.pieces()
    return Page(octets, body, len(octets) + plain.nbytes)
