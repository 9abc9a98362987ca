"""Compiles the kernels, or loads them, before the first block needs them."""

from __future__ import annotations

import numpy as np

from datasynth.encoding.encoders import make_encoder
from datasynth.encoding.entries_format import NDJSON_DOCUMENTS, NDJSON_LINES
from datasynth.encoding.formats import Format
from datasynth.encoding.kernels.decimals import scale_amounts
from datasynth.encoding.kernels.parquet_pages import (
    keep_present,
    number_values,
    number_words,
    put_decimals,
    put_hybrid,
    put_runs,
    put_texts,
)
from datasynth.generation.block import Block, Vocabulary
from datasynth.ledger.references import own_kind

KERNELS = (NDJSON_LINES, NDJSON_DOCUMENTS, Format.PROTOBUF)
"""One format for each kernel; the others share these."""

WORDS = ("1",)


def _vocabulary() -> Vocabulary:
    return Vocabulary(
        companies=WORDS,
        company_currencies=(0,),
        currencies=WORDS,
        currency_decimals=(2,),
        document_types=WORDS,
        sources=WORDS,
        processes=WORDS,
        patterns=WORDS,
        accounts=WORDS,
        account_names=WORDS,
        header_texts=WORDS,
        line_texts=WORDS,
        users=WORDS,
        cost_centers=WORDS,
        profit_centers=WORDS,
        tax_codes=WORDS,
        partners=WORDS,
        partner_types=WORDS,
        reference_kinds=(own_kind("1"),),
        batch_kind=own_kind("1"),
    )


def _block() -> Block:
    """One entry of one line, nought in every column."""
    columns: dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]] = {
        name: np.zeros(1, dtype=np.int64) for name in Block.__slots__ if name not in {"first", "first_line"}
    }
    return Block(first=0, first_line=np.array([0, 1], dtype=np.int64), **columns)  # type: ignore[arg-type]


def warm_up() -> None:
    """Compile or load every kernel of this package; takes seconds the first time."""
    vocabulary, block = _vocabulary(), _block()
    for format_ in KERNELS:
        make_encoder(format_, vocabulary, "").encode(block)
    one = np.ones(1, dtype=np.int64)
    scale_amounts(np.empty((1, 2), dtype=np.int64), one, one, np.array([0, 1]))
    _warm_pages()


def _warm_pages() -> None:
    """Those of Parquet without its encoder, which needs pyarrow."""
    out, places = np.empty(64, dtype=np.uint8), np.zeros(1, dtype=np.int32)
    pairs, starts = np.zeros(1, dtype=np.int64), np.array([0, 1], dtype=np.int32)
    numbers = np.zeros(1, dtype=np.int32)
    number_values(numbers, places, np.full(4, -1, dtype=np.int32), pairs, pairs)
    number_words(numbers, places, np.empty(2, dtype=np.int32), np.zeros(1, dtype=np.int32))
    keep_present(np.empty(2, dtype=np.int32), numbers)
    put_hybrid(out, numbers, 1)
    put_runs(out, numbers, np.array([0, 1]), 1)
    put_texts(out, np.zeros(1, dtype=np.uint8), starts, places)
    put_decimals(np.empty((1, 10), dtype=np.uint8), np.zeros((1, 2), dtype=np.int64))
