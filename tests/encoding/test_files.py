"""Files of entries in Arrow and Parquet, and compressed text: their readers find what NDJSON says."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from pyarrow import parquet

from datasynth.config import config_from_mapping
from datasynth.encoding import (
    CSV_LINES,
    NDJSON_DOCUMENTS,
    NDJSON_LINES,
    Amounts,
    Compression,
    EntriesFormat,
    FileFormat,
    View,
    header,
    make_file_encoder,
)
from datasynth.encoding.arrow_schema import entries_schema
from datasynth.encoding.parquet.encoder import STATISTICS
from datasynth.generation.journal import Journal
from tests.blocks import PLAIN, sample_block, spelt_blocks
from tests.encoding.files import rows_of, table_of, whole_file
from tests.encoding.slices import encode, unhurried
from tests.encoding.test_arrow import spelt

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.generation.block import Block, Vocabulary

ARROW = EntriesFormat(FileFormat.ARROW)
PARQUET = EntriesFormat(FileFormat.PARQUET)
FILES = [
    ARROW,
    replace(ARROW, compression=Compression.ZSTD),
    replace(ARROW, footer=True),
    PARQUET,
    *(replace(PARQUET, compression=packing) for packing in Compression),
]
each_view = pytest.mark.parametrize("view", list(View))
each_file = pytest.mark.parametrize("format", FILES, ids=lambda form: f"{form.extension} {form.packing}")


def blocks_in_a_row() -> list[Block]:
    """Three blocks, one of them without entries."""
    return [sample_block([2, 3, 1]), sample_block([], first=3), sample_block([4, 2], first=3)]


def ndjson_rows(
    view: View, words: Vocabulary, blocks: list[Block], schema: pa.Schema
) -> list[dict[str, Any]]:
    """Rows of NDJSON with the types of a schema."""
    form = NDJSON_LINES if view is View.LINE else NDJSON_DOCUMENTS
    kind = pa.struct(list(schema))
    lines = b"".join(encode(form, words, block).data.tobytes() for block in blocks).splitlines()
    return [spelt(kind, json.loads(line)) for line in lines]


@each_file
@each_view
def test_rows_are_those_of_ndjson(format: EntriesFormat, view: View) -> None:
    """Each view has the rows of its NDJSON, whatever the blocks."""
    format, blocks = replace(format, view=view), blocks_in_a_row()
    found = rows_of(format, whole_file(format, PLAIN, blocks))

    assert ndjson_rows(view, PLAIN, blocks, entries_schema(format)) == found


@pytest.mark.parametrize(
    ("format", "read"),
    [
        (ARROW, pl.read_ipc_stream),
        (replace(ARROW, compression=Compression.ZSTD), pl.read_ipc_stream),
        (replace(ARROW, footer=True), pl.read_ipc),
        (PARQUET, pl.read_parquet),
    ],
    ids=lambda one: getattr(one, "extension", ""),
)
@each_view
def test_polars_reads_what_pyarrow_reads(
    format: EntriesFormat, read: Callable[[io.BytesIO], pl.DataFrame], view: View
) -> None:
    """A reader of its own finds the same values, nothing included where lines have no word."""
    format = replace(format, view=view)
    journal = Journal(config_from_mapping({"transactions": {"target_count": 500}}))
    data = whole_file(format, journal.vocabulary, [journal.block(0, 200), journal.block(200, 100)])

    assert table_of(format, data).to_pylist() == read(io.BytesIO(data)).to_dicts()


@pytest.mark.parametrize("format", [ARROW, PARQUET])
@unhurried
@given(block_and_words=spelt_blocks())
def test_any_words_and_numbers(format: EntriesFormat, block_and_words: tuple[Vocabulary, Block]) -> None:
    """The same for any words and any numbers."""
    words, block = block_and_words
    found = rows_of(format, whole_file(format, words, [block]))

    assert ndjson_rows(View.LINE, words, [block], entries_schema(format)) == found


@pytest.mark.parametrize("amounts", list(Amounts))
@pytest.mark.parametrize("format", [ARROW, PARQUET])
def test_amounts(format: EntriesFormat, amounts: Amounts) -> None:
    """They are decimals, whole minor units, or the text of NDJSON; rates have no minor units."""
    block = sample_block([2, 3])
    format = replace(format, amounts=amounts, fields=("debit", "tax_amount", "exchange_rate", "currency"))
    found = rows_of(format, whole_file(format, PLAIN, [block]))
    decimals = dict(zip(PLAIN.currencies, PLAIN.currency_decimals, strict=True))
    texts = [json.loads(line) for line in encode(NDJSON_LINES, PLAIN, block).data.tobytes().splitlines()]

    def expected(text: str | None, currency: str, *, rate: bool = False) -> object:
        if text is None or amounts is Amounts.TEXT:
            return text
        return (
            Decimal(text)
            if amounts is Amounts.DECIMAL or rate
            else int(Decimal(text) * 10 ** decimals[currency])
        )

    assert [
        {
            "debit": expected(row["debit"], row["currency"]),
            "tax_amount": expected(row["tax_amount"], row["currency"]),
            "exchange_rate": expected(row["exchange_rate"], row["currency"], rate=True),
            "currency": row["currency"],
        }
        for row in texts
    ] == found


@each_file
@each_view
def test_nothing_is_a_file_too(format: EntriesFormat, view: View) -> None:
    """A file without entries has the columns of any other, with their types."""
    format = replace(format, view=view)
    empty = table_of(format, whole_file(format, PLAIN, []))

    assert 0 == empty.num_rows
    assert table_of(format, whole_file(format, PLAIN, blocks_in_a_row())).schema == empty.schema
    assert not any(pa.types.is_null(kind) for kind in empty.schema.types)


@pytest.mark.parametrize("format", [ARROW, PARQUET])
def test_chosen_fields(format: EntriesFormat) -> None:
    """Columns come in the order in which they are named, those of lines within theirs."""
    names = ("debit", "sequence", "account")
    block = sample_block([2, 1])
    lines = table_of(format, whole_file(replace(format, fields=names), PLAIN, [block]))
    documents = replace(format, fields=names, view=View.DOCUMENT)
    nested = table_of(format, whole_file(documents, PLAIN, [block]))
    headers = replace(format, fields=("sequence",), view=View.DOCUMENT)

    assert list(names) == lines.schema.names
    assert ["sequence", "lines"] == nested.schema.names
    assert ["debit", "account"] == [field.name for field in nested.schema.field("lines").type.value_type]
    assert [{"sequence": 0}, {"sequence": 1}] == rows_of(format, whole_file(headers, PLAIN, [block]))


@pytest.mark.parametrize("footer", [False, True])
def test_batches_are_grouped_by_words(footer: bool) -> None:
    """All batches of an Arrow stream or file have the lists of its beginning, so pyarrow groups by them."""
    journal = Journal(config_from_mapping({"transactions": {"target_count": 500}}))
    format = replace(ARROW, footer=footer)
    table = table_of(
        format, whole_file(format, journal.vocabulary, [journal.block(0, 9), journal.block(9, 90)])
    )
    columns = [table[name] for name in table.schema.names if pa.types.is_dictionary(table[name].type)]

    assert 18 == len(columns)
    assert all(chunk.dictionary.equals(one.chunk(0).dictionary) for one in columns for chunk in one.chunks)
    assert table.num_rows == sum(
        table.group_by("partner_id").aggregate([([], "count_all")])["count_all"].to_pylist()
    )


def test_a_row_group_a_block() -> None:
    """Each says its least and largest sequence, so that readers can leave groups out."""
    file = parquet.ParquetFile(io.BytesIO(whole_file(PARQUET, PLAIN, blocks_in_a_row())))
    groups = [file.metadata.row_group(place) for place in range(file.num_row_groups)]
    place = file.schema_arrow.names.index("sequence")

    assert [6, 6] == [group.num_rows for group in groups]
    assert 12 == file.metadata.num_rows
    assert [(0, 2), (3, 4)] == [
        (group.column(place).statistics.min, group.column(place).statistics.max) for group in groups
    ]
    told = [file.schema_arrow.names[place] for place in range(38) if groups[0].column(place).statistics]
    assert set(STATISTICS) == set(told)


def test_many_row_groups() -> None:
    """The list of groups changes its form with its length, and every group is found again."""
    blocks = [sample_block([1], first=place) for place in range(300)]
    format = replace(PARQUET, fields=("sequence",))
    data = whole_file(format, PLAIN, blocks)

    assert list(range(300)) == table_of(format, data)["sequence"].to_pylist()
    assert 300 == parquet.ParquetFile(io.BytesIO(data)).num_row_groups


def test_a_mapped_file_reads_any_batch() -> None:
    """The footer says where each batch lies."""
    format = replace(ARROW, footer=True)
    blocks = [sample_block([1, 2], first=2 * place) for place in range(20)]
    reader = pa.ipc.open_file(pa.BufferReader(whole_file(format, PLAIN, blocks)))
    sequences = [reader.get_batch(place)["sequence"].to_pylist() for place in range(20, 0, -1)]

    assert 21 == reader.num_record_batches
    assert [[2 * place, 2 * place + 1, 2 * place + 1] for place in range(19, -1, -1)] == sequences


@pytest.mark.parametrize("packing", [Compression.GZIP, Compression.ZSTD])
@pytest.mark.parametrize("plain", [NDJSON_LINES, NDJSON_DOCUMENTS, CSV_LINES])
def test_compressed_text(plain: EntriesFormat, packing: Compression) -> None:
    """What comes out is the plain file, also of files one after the other, and equal bytes stay equal."""
    blocks = blocks_in_a_row()
    format = replace(plain, compression=packing)
    packed = whole_file(format, PLAIN, blocks)
    first = whole_file(format, PLAIN, blocks[:1])
    rest = whole_file(replace(format, header=False), PLAIN, blocks[1:])

    assert whole_file(plain, PLAIN, blocks) == unpacked(packing, packed)
    assert packed == first + rest == whole_file(format, PLAIN, blocks)


def unpacked(packing: Compression, data: bytes) -> bytes:
    """Decompress a file with somebody else's reader."""
    if packing is Compression.GZIP:
        return gzip.decompress(data)
    plain: bytes = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    return plain


@pytest.mark.parametrize("format", [NDJSON_LINES, CSV_LINES, NDJSON_DOCUMENTS])
def test_text_of_chosen_fields(format: EntriesFormat) -> None:
    """Text has the chosen fields and no others, in their order."""
    names = ("account", "sequence", "debit")
    data = whole_file(replace(format, fields=names), PLAIN, [sample_block([2])]).decode()
    wide = whole_file(format, PLAIN, [sample_block([2])]).decode()

    if format is CSV_LINES:
        columns = wide.splitlines()[0].split(",")
        rows = [row.split(",") for row in wide.splitlines()]
        assert [[row[columns.index(name)] for name in names] for row in rows] == [
            row.split(",") for row in data.splitlines()
        ]
    elif format is NDJSON_LINES:
        expected = [{name: json.loads(row)[name] for name in names} for row in wide.splitlines()]
        assert expected == [json.loads(row) for row in data.splitlines()]
        assert list(names) == list(json.loads(data.splitlines()[0]))
    else:
        document = json.loads(wide)
        lines = [{name: line[name] for name in ("account", "debit")} for line in document["lines"]]
        assert {"sequence": 0, "lines": lines} == json.loads(data)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("sequence",), '{"sequence":0}\n'),
        (("line_number",), '{"lines":[{"line_number":1},{"line_number":2}]}\n'),
    ],
)
def test_documents_of_one_kind_of_field(names: tuple[str, ...], expected: str) -> None:
    """A document may have fields of the entry alone, or of its lines alone."""
    format = replace(NDJSON_DOCUMENTS, fields=names)

    assert expected == whole_file(format, PLAIN, [sample_block([2])]).decode()


@pytest.mark.parametrize("format", [NDJSON_LINES, CSV_LINES, NDJSON_DOCUMENTS, ARROW, PARQUET])
def test_one_company(format: EntriesFormat) -> None:
    """Its entries are there, with their sequence numbers, and no others; the rest are no bytes."""
    block = sample_block([2, 3, 1, 2])
    block.company[:] = [0, 1, 1, 0]
    words = replace(PLAIN, companies=("1000", "2000"), company_currencies=(0, 0))
    format = replace(format, company="2000")
    data = whole_file(format, words, [block])
    everything = whole_file(replace(format, company=""), words, [block])

    def sequences(data: bytes) -> list[int]:
        if format.file in {FileFormat.ARROW, FileFormat.PARQUET}:
            return [row["sequence"] for row in rows_of(format, data)]
        if format.file is FileFormat.CSV:
            rows = [row.split(",") for row in data.decode().splitlines()]
            return [int(row[rows[0].index("sequence")]) for row in rows[1:]]
        return [json.loads(line)["sequence"] for line in data.splitlines()]

    wanted = [1, 2] if format.view is View.DOCUMENT else [1, 1, 1, 2]
    assert wanted == sequences(data)
    assert set(sequences(everything)) == {0, 1, 2, 3}
    if format.records:
        encoded = make_file_encoder(format, words).encode(block)
        sizes = np.diff(encoded.entry_offsets)
        assert [False, True, True, False] == (sizes > 0).tolist()
        assert len(data) - len(header(format)) == sizes.sum()


@pytest.mark.parametrize("format", [ARROW, replace(ARROW, footer=True), PARQUET])
@each_view
def test_one_schema_for_all_journals(format: EntriesFormat, view: View) -> None:
    """Whatever the industry, the seed and the range, also without entries, the schema of a file is one."""
    format = replace(format, view=view)
    schemas = set()
    for industry, seed in (("retail", 1), ("energy", 2)):
        config = {"global": {"industry": industry, "seed": seed}, "transactions": {"target_count": 200}}
        journal = Journal(config_from_mapping(config))
        for first, count in ((0, 200), (150, 1), (7, 0)):
            data = whole_file(format, journal.vocabulary, [journal.block(first, count)])
            schemas.add(str(table_of(format, data).schema.remove_metadata()))

    assert 1 == len(schemas)
