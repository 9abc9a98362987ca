"""NDJSON, beside `json.dumps` over dictionaries."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from datasynth.encoding import NDJSON_DOCUMENTS, NDJSON_LINES
from tests.blocks import PLAIN, sample_block, spelt_blocks
from tests.encoding.slices import cut, encode, unhurried
from tests.naive import encoding as naive

if TYPE_CHECKING:
    from datasynth.generation.block import Block, Vocabulary


@unhurried
@given(spelt_blocks())
def test_lines_are_what_json_dumps_writes(spelt: tuple[Vocabulary, Block]) -> None:
    """Each record of the line view is the flat object of one line and a line feed."""
    words, block = spelt

    encoded = encode(NDJSON_LINES, words, block)

    expected = [naive.dumps(row) + b"\n" for row in naive.rows(words, block)]
    assert expected == cut(encoded, encoded.line_offsets)


@unhurried
@given(spelt_blocks())
def test_documents_are_what_json_dumps_writes(spelt: tuple[Vocabulary, Block]) -> None:
    """Each record of the document view is one object with its lines and a line feed."""
    words, block = spelt

    encoded = encode(NDJSON_DOCUMENTS, words, block)

    expected = [naive.dumps(document) + b"\n" for document in naive.documents(words, block)]
    assert expected == cut(encoded, encoded.entry_offsets)
    assert encoded.line_offsets is None


def test_entries_are_runs_of_lines() -> None:
    """The offsets of entries are those of their first lines."""
    block = sample_block([2, 1, 3])

    encoded = encode(NDJSON_LINES, PLAIN, block)

    assert encoded.line_offsets is not None
    assert encoded.line_offsets[[0, 2, 3, 6]].tolist() == encoded.entry_offsets.tolist()


def test_line_view_begins_with_the_five_documented_keys() -> None:
    """The keys come in the documented order, those of the page first."""
    block = sample_block([1])

    encoded = encode(NDJSON_LINES, PLAIN, block)

    assert naive.ROW_NAMES == list(json.loads(encoded.data.tobytes()))


def test_bytes_of_one_line() -> None:
    """A line written by hand is the line that comes out."""
    block = sample_block([1], first=7)

    text = encode(NDJSON_LINES, PLAIN, block).data.tobytes().decode()

    assert text.startswith(
        '{"document_id":"34bd2893-2a6e-295c-3fc8-17cf09a1a1e8","posting_date":"2024-01-01","account":"110000"',
    ), text
    assert '"sequence":7,"line":1,"document_number":"0000000002","company_code":"1000"' in text
    assert '"approved_by":null,"approved_at":null' in text
    assert text.endswith('"value_date":"2024-03-18"}\n')


@pytest.mark.parametrize("currency", range(3))
def test_amounts_of_every_length(currency: int) -> None:
    """Amounts around every power of ten, of either sign, are right with 2, 0 and 3 decimals."""
    values = [sign * (10**power + step) for power in range(19) for step in (-1, 0, 1) for sign in (1, -1)]
    block = sample_block([len(values)])
    amounts = np.array(values, dtype=np.int64)
    block = dataclasses.replace(
        block,
        currency=np.full_like(block.currency, currency),
        debit=np.abs(amounts),
        local_amount=amounts,
        assignment_kind=np.zeros_like(block.assignment_kind),
        assignment_number=np.abs(amounts),
    )

    encoded = encode(NDJSON_LINES, PLAIN, block)

    expected = [naive.dumps(row) + b"\n" for row in naive.rows(PLAIN, block)]
    assert expected == cut(encoded, encoded.line_offsets)
