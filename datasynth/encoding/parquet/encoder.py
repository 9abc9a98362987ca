"""Entries as Parquet: a row group a block, made on any thread, and a footer over all of them.

Lines are written here, column by column, since a block knows the different values of most columns
already.  Documents, whose lines are nested, are written by pyarrow, each block as a file of its own.  The
pages between its first and its last bytes go into the large file as they are; its row group goes into
the footer, with the places of its columns moved to where the pages lie now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

from datasynth.encoding.arrow import RecordBatchEncoder, check_lines
from datasynth.encoding.arrow_schema import MANY_WORDS, parquet_schema
from datasynth.encoding.columns import ColumnReader
from datasynth.encoding.entries_format import Compression, View
from datasynth.encoding.fields import Notation
from datasynth.encoding.parquet.columns import ParquetManyWords, ParquetValues, ParquetWords
from datasynth.encoding.parquet.groups import (
    MAGIC,
    TYPES,
    ColumnHead,
    RowGroup,
    RowGroupWriter,
    dictionary_page,
)
from datasynth.encoding.parquet.thrift_values import STOP, list_head, read_integer, values, write_integer
from datasynth.encoding.record_files import whole_block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasynth.encoding.entries_format import EntriesFormat
    from datasynth.encoding.fields import RecordField
    from datasynth.encoding.formats import Encoded
    from datasynth.generation.block import Block, Vocabulary

STATISTICS = (
    *("sequence", "company_code", "fiscal_year", "fiscal_period"),
    *("posting_date", "document_date", "created_at"),
)
"""Columns whose least and largest value each row group tells, since entries are in order of them.

In the others these would say little: every row group has small and large amounts.  They would cost a third of
the time of writing.
"""

THOROUGH = frozenset({Compression.GZIP, Compression.ZSTD})
"""Compressions that count how often an octet comes, not only where it came before."""

# Fields of the footer, by the numbers of ``parquet.thrift``.
_ROWS = (3,)
_GROUPS = (4,)
_ORDINAL = (4, 7)
_OFFSETS = frozenset(
    {
        (4, 5),  # of a row group: where it begins
        (4, 1, 2),  # of a column: where its metadata stands, 0 for in the footer
        (4, 1, 3, 9),  # of a column: its first page
        (4, 1, 3, 10),  # its index page
        (4, 1, 3, 11),  # its dictionary
    }
)

_LENGTH_AND_MAGIC = 8


class ParquetEnd:
    """The footer of a file with a schema, and with the row groups that it is given.

    Parameters
    ----------
    schema
        Of all groups.
    """

    def __init__(self, schema: pa.Schema) -> None:
        sink = pa.BufferOutputStream()
        parquet.ParquetWriter(sink, schema).close()
        footer = _footer(memoryview(sink.getvalue()).cast("B"))
        places = {value.path: value for value in values(footer)}
        rows, groups = places[_ROWS], places[_GROUPS]
        self._before_rows = bytes(footer[: rows.begin])
        self._before_groups = bytes(footer[rows.end : groups.begin])
        self._after_groups = bytes(footer[groups.end :])

    def __call__(self, groups: Sequence[tuple[int, object]]) -> bytes:
        """Return the footer, its length and the magic number; see `FileEnd`."""
        described = [(begin, group) for begin, group in groups if isinstance(group, RowGroup)]
        footer = b"".join(
            [
                self._before_rows,
                write_integer(sum(group.rows for _, group in described)),
                self._before_groups,
                list_head(len(described)),
                *(group.at(begin) for begin, group in described),
                self._after_groups,
            ]
        )
        return footer + len(footer).to_bytes(4, "little") + MAGIC


class ParquetEncoder:
    """A row group a block.

    Parameters
    ----------
    vocabulary
        The journal's words.
    format
        Its compression is that of the pages.
    """

    def __init__(self, vocabulary: Vocabulary, format: EntriesFormat) -> None:
        self.end = ParquetEnd(parquet_schema(format))
        groups = LineGroups if format.view is View.LINE else DocumentGroups
        self._groups = groups(vocabulary, format)

    def opening(self) -> bytes:
        """Return the magic number."""
        return MAGIC

    def encode(self, block: Block) -> Encoded:
        """Encode a block as a row group; without rows it is no bytes.

        Raises
        ------
        ValueError
            It has more than `MOST_LINES` lines.
        """
        if not block.entries:
            return whole_block(b"", 0)
        check_lines(block)
        pages, described = self._groups.encode(block)
        return whole_block(pages, block.entries, described)


class LineGroups:
    """Row groups of lines; see `ParquetEncoder`."""

    def __init__(self, vocabulary: Vocabulary, format: EntriesFormat) -> None:
        reader = ColumnReader(vocabulary)
        self._columns: list[tuple[ColumnHead, ParquetWords | ParquetManyWords | ParquetValues]] = []
        for field, column in zip(format.row_fields, _columns_of(parquet_schema(format)), strict=True):
            told = field.name in STATISTICS
            packing = Compression.NONE if incompressible(field, format.packing) else format.packing
            head = ColumnHead(field.name, TYPES[column.physical_type], packing)
            if field.name in MANY_WORDS:
                self._columns.append((head, ParquetManyWords(field, vocabulary, reader)))
            elif field.notation is Notation.WORD:
                words = ParquetWords(field, vocabulary, reader, whole_octets=packing in THOROUGH, told=told)
                page = dictionary_page(*words.dictionary(), packing)
                self._columns.append((head._replace(dictionary=page), words))
            else:
                values = ParquetValues(field, vocabulary, reader, format.amounts, told=told)
                self._columns.append((head, values))

    def encode(self, block: Block) -> tuple[bytes, RowGroup]:
        """Return the pages of a block with entries, and their description."""
        group = RowGroupWriter(block.lines, len(self._columns))
        for head, column in self._columns:
            group.add(head, column.pages(block))
        return group.pages(), group.described()


def incompressible(field: RecordField, packing: Compression) -> bool:
    """Tell whether pages of a field become no smaller: Snappy finds nothing in random digits."""
    return packing is Compression.SNAPPY and field.notation is Notation.UUID and not field.nullable


class DocumentGroups:
    """Row groups of documents; see `ParquetEncoder`."""

    def __init__(self, vocabulary: Vocabulary, format: EntriesFormat) -> None:
        self._batches = RecordBatchEncoder(vocabulary, format)
        self._codec = str(format.packing) if format.packing is not Compression.NONE else None
        self._dictionaries = _columns_of_words(self._batches.schema)

    def encode(self, block: Block) -> tuple[memoryview, RowGroup]:
        """Return the pages of a block with entries, and their description."""
        batch = self._batches.encode(block)
        sink = pa.BufferOutputStream()
        writer = parquet.ParquetWriter(
            sink,
            batch.schema,
            compression=self._codec,
            use_dictionary=self._dictionaries,
            write_statistics=list(STATISTICS),
            store_schema=False,
        )
        with writer:
            writer.write_batch(batch, row_group_size=batch.num_rows)
        file = memoryview(sink.getvalue()).cast("B")
        footer = _footer(file)
        pages = file[len(MAGIC) : len(file) - _LENGTH_AND_MAGIC - len(footer)]
        return pages, _row_group(footer, batch.num_rows)


def _columns_of(schema: pa.Schema) -> Iterator[parquet.ColumnSchema]:
    """Yield the columns that a file with a schema has."""
    sink = pa.BufferOutputStream()
    parquet.ParquetWriter(sink, schema).close()
    columns = parquet.ParquetFile(pa.BufferReader(sink.getvalue())).schema
    return map(columns.column, range(len(schema)))


def _footer(file: memoryview) -> memoryview:
    end = len(file) - _LENGTH_AND_MAGIC
    return file[end - int.from_bytes(file[end : end + 4], "little") : end]


def _row_group(footer: memoryview, rows: int) -> RowGroup:
    """Return the description of the only row group of a file."""
    found = [value for value in values(footer) if value.path[:1] == _GROUPS]
    group = next(value for value in found if value.path == _GROUPS)
    pieces: list[bytes] = []
    offsets: list[int] = []
    begin = group.begin
    for value in found:
        if value.path in _OFFSETS and (offset := read_integer(footer, value.begin)[0]):
            pieces.append(bytes(footer[begin : value.begin]))
            offsets.append(offset)
            begin = value.end
        elif value.path == _ORDINAL:
            # The last field, which groups need not have, with the octet of its number and type.
            return RowGroup(rows, (*pieces, bytes(footer[begin : value.begin - 1]) + STOP), tuple(offsets))
    return RowGroup(rows, (*pieces, bytes(footer[begin : group.end])), tuple(offsets))


def _columns_of_words(schema: pa.Schema) -> list[str]:
    """Paths of the columns whose words stand once in a dictionary, in documents."""
    lines = schema.field("lines").type.value_type if "lines" in schema.names else ()
    return [
        *(field.name for field in schema if pa.types.is_dictionary(field.type)),
        *(f"lines.list.element.{field.name}" for field in lines if pa.types.is_dictionary(field.type)),
    ]
