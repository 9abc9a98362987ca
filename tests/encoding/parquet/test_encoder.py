"""Lines in Parquet, encoded here: what pyarrow writes of the same record batches is their twin."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from pyarrow import parquet

from datasynth.config import config_from_mapping
from datasynth.encoding import Amounts, Compression, EntriesFormat, FileFormat, View
from datasynth.encoding.arrow import MOST_LINES, RecordBatchEncoder, check_lines
from datasynth.encoding.arrow_schema import MANY_WORDS, parquet_schema
from datasynth.encoding.parquet.columns import LARGEST_TABLE
from datasynth.encoding.parquet.encoder import STATISTICS
from datasynth.generation.journal import Journal
from tests.blocks import PLAIN, sample_block, spelt_blocks
from tests.encoding.files import table_of, whole_file
from tests.encoding.slices import unhurried
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from datasynth.generation.block import Block, Vocabulary

PARQUET = EntriesFormat(FileFormat.PARQUET)
CONFIG = {
    "companies": [
        {"code": "0100", "country": "US"},
        {"code": "0200", "currency": "JPY", "country": "JP"},
        {"code": "0300", "currency": "KWD", "country": "US"},
    ],
    "transactions": {"target_count": 6_000},
}


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Three companies in three currencies, with a triggered close, so that every column has values."""
    return Journal(config_from_mapping(CONFIG)).trigger("year_end", 1_000)[0]


def twin(format: EntriesFormat, words: Vocabulary, blocks: list[Block]) -> pa.Table:
    """Return what a file of pyarrow's with the same batches holds."""
    encoder, schema = RecordBatchEncoder(words, format), parquet_schema(format)
    sink = pa.BufferOutputStream()
    with parquet.ParquetWriter(sink, schema) as writer:
        for block in blocks:
            writer.write_table(pa.Table.from_batches([encoder.encode(block)]).cast(schema))
    return parquet.read_table(pa.BufferReader(sink.getvalue()))


def decoded(table: pa.Table) -> pa.Table:
    """Return a table with words in the place of their numbers, which each writer chooses for itself."""
    kinds = [kind.value_type if pa.types.is_dictionary(kind) else kind for kind in table.schema.types]
    fields = [field.with_type(kind) for field, kind in zip(table.schema, kinds, strict=True)]
    return table.cast(pa.schema(fields))


def is_like(expected: pa.Table, found: pa.Table) -> bool:
    """Tell whether two tables have the same schema and the same rows."""
    return bool(expected.schema.equals(found.schema) and decoded(expected).equals(decoded(found)))


@pytest.mark.parametrize("packing", list(Compression))
@pytest.mark.parametrize("amounts", list(Amounts))
def test_a_journal(journal: Journal, packing: Compression, amounts: Amounts) -> None:
    """Whatever the amounts and the compression, the tables are equal, their types included."""
    format = replace(PARQUET, amounts=amounts, compression=packing)
    blocks = [journal.block(0, 4_096), journal.block(4_096, 1), journal.block(4_097, 1_903)]
    expected = twin(format, journal.vocabulary, blocks)

    assert is_like(expected, table_of(format, whole_file(format, journal.vocabulary, blocks)))


@pytest.mark.parametrize("amounts", list(Amounts))
@unhurried
@given(block_and_words=spelt_blocks())
def test_any_block(amounts: Amounts, block_and_words: tuple[Vocabulary, Block]) -> None:
    """So they are for any words and any numbers."""
    (words, block), format = block_and_words, replace(PARQUET, amounts=amounts)
    expected = twin(format, words, [block] if block.entries else [])

    assert is_like(expected, table_of(format, whole_file(format, words, [block])))


def test_other_readers(journal: Journal, tmp_path: Path) -> None:
    """DuckDB and Polars read the same rows as pyarrow does."""
    file = tmp_path / "entries.parquet"
    words = journal.vocabulary
    file.write_bytes(whole_file(PARQUET, words, [journal.block(0, 5_000), journal.block(5_000, 900)]))
    expected = parquet.read_table(file).to_pylist()

    assert expected == pl.read_parquet(file).to_dicts()
    with duckdb.connect() as base:
        base.execute("SET TimeZone = 'UTC'")
        entries = base.read_parquet(str(file))
        rows, one = entries.to_arrow_table().to_pylist(), entries.filter("sequence = 5000").fetchall()
    assert expected == rows
    assert len(one) == sum(row["sequence"] == 5_000 for row in expected)


def test_what_the_footer_says(journal: Journal) -> None:
    """Columns follow one another, all but amounts of lines have a dictionary, and statistics are true."""
    data = whole_file(PARQUET, journal.vocabulary, [journal.block(0, 3_000), journal.block(3_000, 3_000)])
    file = parquet.ParquetFile(io.BytesIO(data))
    places = [0]
    for number in range(2):
        group = file.metadata.row_group(number)
        table = file.read_row_group(number)
        columns = [group.column(place) for place in range(group.num_columns)]
        for column in columns:
            begin = column.dictionary_page_offset or column.data_page_offset
            places += [begin, begin + column.total_compressed_size]
            plain = column.path_in_schema in {"debit", "credit", "local_amount", "tax_amount"}
            assert plain is not column.has_dictionary_page
            if column.path_in_schema in STATISTICS:
                values = table[column.path_in_schema].to_pylist()
                found = column.statistics
                assert (min(values), max(values), 0) == (found.min, found.max, found.null_count)
        assert sum(column.total_uncompressed_size for column in columns) == group.total_byte_size

    assert places[1] == 4
    assert all(end == begin for end, begin in list(pairwise(places))[2::2])


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("company", ["", "0200"])
@pytest.mark.parametrize("packing", [Compression.SNAPPY, Compression.ZSTD])
def test_row_groups_have_one_list_of_words(
    journal: Journal, view: View, company: str, packing: Compression
) -> None:
    """So pyarrow groups by any column, though each group has other words and some have none."""
    format = replace(PARQUET, view=view, company=company, compression=packing)
    blocks = [
        journal.block(first, count) for first, count in ((0, 40), (40, 5_000), (5_040, 0), (5_040, 960))
    ]
    table = table_of(format, whole_file(format, journal.vocabulary, blocks))
    tables = [table]
    if view is View.DOCUMENT:
        lines = [pa.RecordBatch.from_struct_array(chunk.flatten()) for chunk in table["lines"].chunks]
        tables = [table.drop_columns("lines"), pa.Table.from_batches(lines)]
    words = [table[name] for table in tables for name in table.schema.names if is_of_words(table[name])]

    assert 17 == len(words)
    assert all(3 == column.num_chunks for column in words)
    assert all(
        chunk.dictionary.equals(column.chunk(0).dictionary) for column in words for chunk in column.chunks
    )
    for table in tables:
        for name in table.schema.names:
            counted = table.select([name]).group_by(name).aggregate([([], "count_all")])
            assert Counter(table[name].to_pylist()) == Counter(
                {row[name]: row["count_all"] for row in counted.to_pylist()}
            )


def is_of_words(column: pa.ChunkedArray) -> bool:
    """Tell whether a column has numbers of words."""
    return bool(pa.types.is_dictionary(column.type))


def test_random_digits_are_not_compressed(journal: Journal) -> None:
    """Snappy finds nothing in ids, so it is not asked; zstd halves them."""
    for packing, expected in ((Compression.SNAPPY, "UNCOMPRESSED"), (Compression.ZSTD, "ZSTD")):
        format = replace(PARQUET, compression=packing, fields=("document_id", "reversal_of"))
        data = whole_file(format, journal.vocabulary, [journal.block(0, 100)])
        group = parquet.read_metadata(io.BytesIO(data)).row_group(0)
        assert expected == group.column(0).compression
        assert str(packing).upper() == group.column(1).compression


def test_very_many_words() -> None:
    """Ids of partners are strings, found in a dictionary of those that occur, however many there are."""
    partners = tuple(f"C-{number:06}" for number in range(LARGEST_TABLE + 9))
    words = replace(PLAIN, partners=partners, partner_types=("customer",) * len(partners))
    block = sample_block([2, 3, 2])
    block.partner[:] = [LARGEST_TABLE + 8, -1, 0, LARGEST_TABLE + 8, 5, 5, 0]
    format = replace(PARQUET, fields=("partner_id", "partner_type"))
    data = whole_file(format, words, [block])
    table = table_of(format, data)

    assert {"partner_id"} == MANY_WORDS
    assert pa.string() == table.schema.field("partner_id").type
    assert len(data) < 4_096
    assert is_like(twin(format, words, [block]), table)
    assert ["C-065544", None, "C-000000", "C-065544"] == table["partner_id"].to_pylist()[:4]


def test_pandas_is_left_alone() -> None:
    """Where pandas is installed, writing a file does not import it, which takes a tenth of a second."""
    program = (
        "import sys; from datasynth.cli import generate; "
        "generate.main(['-', '--format', 'parquet', '--count', '9']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    loaded = done.stderr.decode().split()

    assert done.stdout.startswith(b"PAR1")
    assert find_spec("pandas") is not None
    assert ("pyarrow" in loaded, "pandas" in loaded) == (True, False)


def test_amounts_of_all_sizes() -> None:
    """The largest and the lowest whole numbers come back, in every number of decimals."""
    block = sample_block([4, 4, 4, 4])
    block.currency[:] = [0, 1, 2, 3]
    edges = [np.iinfo(np.int64).max, np.iinfo(np.int64).min, -1, 0]
    block.local_amount[:] = edges * 4
    block.debit[:] = edges * 4
    format = replace(PARQUET, fields=("debit",))
    found = table_of(format, whole_file(format, PLAIN, [block]))["debit"].to_pylist()

    assert [Decimal(edge).scaleb(-places) for places in (2, 0, 3, 4) for edge in edges] == found


def test_too_many_lines() -> None:
    """A row group whose texts are too long for their offsets is refused."""
    block = replace(sample_block([1]), first_line=np.array([0, MOST_LINES + 1]))

    with pytest.raises(ValueError, match="at most"):
        check_lines(block)
