"""Record batches say what the text formats say."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from datasynth.encoding import NDJSON_DOCUMENTS, NDJSON_LINES, EntriesFormat, View
from datasynth.encoding.arrow import MOST_LINES, RecordBatchEncoder
from datasynth.encoding.arrow_schema import AMOUNT, RATE
from datasynth.generation.rates import make_rates
from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.exchange import base_value
from tests.blocks import PLAIN, sample_block, spelt_blocks
from tests.encoding.slices import encode, unhurried

if TYPE_CHECKING:
    from datasynth.generation.block import Block, Vocabulary

FORMATS = {View.LINE: NDJSON_LINES, View.DOCUMENT: NDJSON_DOCUMENTS}


def spelt(kind: pa.DataType, value: Any) -> Any:
    """A value of a JSON document as Arrow has it in a column of some type."""
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [spelt(kind.value_type, item) for item in value]
    if pa.types.is_struct(kind):
        return {field.name: spelt(field.type, value[field.name]) for field in kind}
    if pa.types.is_decimal(kind):
        return Decimal(value)
    if pa.types.is_date(kind):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if pa.types.is_timestamp(kind) else value


def expected_rows(words: Vocabulary, block: Block, batch: pa.RecordBatch, view: View) -> list[dict[str, Any]]:
    """Rows of the NDJSON encoder, with the types of the batch."""
    records = encode(FORMATS[view], words, block).data.tobytes().splitlines()
    kind = pa.struct(list(batch.schema))
    return [spelt(kind, json.loads(record)) for record in records]


@pytest.mark.parametrize("view", list(View))
@unhurried
@given(block_and_words=spelt_blocks())
def test_values_are_those_of_ndjson(view: View, block_and_words: tuple[Vocabulary, Block]) -> None:
    """For any words and any numbers each view has the rows of its NDJSON."""
    words, block = block_and_words
    batch = RecordBatchEncoder(words, EntriesFormat(view=view)).encode(block)
    batch.validate(full=True)

    assert expected_rows(words, block, batch, view) == batch.to_pylist()


@pytest.mark.parametrize("view", list(View))
def test_columns_are_those_of_ndjson(view: View) -> None:
    """Names stand in the order of the download, those of a document's lines too."""
    block = sample_block([2, 3])
    batch = RecordBatchEncoder(PLAIN, EntriesFormat(view=view)).encode(block)
    record = json.loads(encode(FORMATS[view], PLAIN, block).data.tobytes().partition(b"\n")[0])

    assert list(record) == batch.schema.names
    if view is View.DOCUMENT:
        assert list(record["lines"][0]) == [
            field.name for field in batch.schema.field("lines").type.value_type
        ]


def test_types() -> None:
    """Words are dictionaries, amounts are decimals, days and moments are theirs."""
    schema = RecordBatchEncoder(PLAIN, EntriesFormat()).encode(sample_block([2])).schema
    expected = {
        "account": pa.dictionary(pa.int16(), pa.string()),
        "debit": pa.decimal128(23, 4),
        "exchange_rate": pa.decimal128(27, 14),
        "posting_date": pa.date32(),
        "created_at": pa.timestamp("s", tz="UTC"),
        "sequence": pa.int64(),
        "document_id": pa.string(),
        "document_number": pa.string(),
    }

    assert expected == {name: schema.field(name).type for name in expected}


@pytest.mark.parametrize(
    ("column", "name"),
    [("posting_day", "posting_date"), ("created_at", "created_at"), ("header_text", "header_text")],
)
def test_the_memory_is_that_of_the_block(column: str, name: str) -> None:
    """Where a row is an entry, dates, moments and codes are not copied."""
    block = sample_block([2, 3, 4])
    array = RecordBatchEncoder(PLAIN, EntriesFormat(view=View.DOCUMENT)).encode(block).column(name)
    values = array.indices if pa.types.is_dictionary(array.type) else array

    assert getattr(block, column).ctypes.data == values.buffers()[1].address


def test_a_word_stands_once_in_its_dictionary() -> None:
    """Two codes of one word share it, so that readers may take dictionaries for categories."""
    words = dataclasses.replace(PLAIN, account_names=("Trade", "Trade"))
    names = RecordBatchEncoder(words, EntriesFormat()).encode(sample_block([2])).column("account_name")

    assert (["Trade"], ["Trade", "Trade"]) == (names.dictionary.to_pylist(), names.to_pylist())


def test_half_a_character() -> None:
    """What UTF-8 cannot hold becomes a question mark, as in the other formats."""
    words = dataclasses.replace(PLAIN, header_texts=("half \ud800", "whole"))
    text = RecordBatchEncoder(words, EntriesFormat()).encode(sample_block([1])).column("header_text")

    assert ["half ?"] == text.to_pylist()


def test_every_currency_fits() -> None:
    """Amounts and rates have no more decimals than their types, whatever the two currencies."""
    weakest, *_, strongest = sorted(CURRENCIES, key=base_value)
    rates = make_rates([(weakest, strongest)], 3_700, 42)

    assert AMOUNT.scale == max(CURRENCIES.values())
    assert RATE.scale > rates.places.max()


@pytest.mark.parametrize("view", list(View))
def test_nothing(view: View) -> None:
    """A block without entries is a batch without rows, with the columns of any other."""
    encoder = RecordBatchEncoder(PLAIN, EntriesFormat(view=view))
    batch = encoder.encode(sample_block([]))

    assert 0 == batch.num_rows
    assert encoder.encode(sample_block([2])).schema == batch.schema


def test_too_many_lines() -> None:
    """A block whose ids would not fit into one column is refused before anything is made of it."""
    block = dataclasses.replace(sample_block([2]), first_line=np.array([0, MOST_LINES + 1]))
    with pytest.raises(ValueError, match="at most 59,652,323 lines"):
        RecordBatchEncoder(PLAIN, EntriesFormat()).encode(block)
