"""Blocks of located entries; the kernels' own tests have the twins of each column."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT, Block
from datasynth.generation.located import locate_entries
from datasynth.generation.realise import Source, realise

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground

OPTIONAL = {
    "header_text": False,
    "created_by": False,
    "approved_by": True,
    "reference_kind": True,
    "cost_center": True,
    "profit_center": True,
    "partner": True,
    "trading_partner": True,
    "assignment_kind": True,
    "line_text": False,
    "account": False,
    "company": False,
    "currency": False,
    "document_type": False,
    "source": False,
    "process": False,
}
WORDS = {
    "header_text": "header_texts",
    "created_by": "users",
    "approved_by": "users",
    "reference_kind": "reference_kinds",
    "assignment_kind": "reference_kinds",
    "line_text": "line_texts",
    "trading_partner": "companies",
    "company": "companies",
    "currency": "currencies",
    "process": "processes",
}


def realised(ground: Ground, first: int, count: int, pattern: int = ABSENT) -> Block:
    """Compute entries of the untriggered journal."""
    source = Source(ground.rows, ground.row_total, ground.first_close, ground.closes.laid)
    return realise(ground, source, locate_entries(ground, first, count), first, pattern)


@pytest.mark.parametrize("column", OPTIONAL)
def test_every_code_has_a_word(ground: Ground, block: Block, column: str) -> None:
    """Codes are indexes into the vocabulary, or absent where that may be."""
    words = getattr(ground.book.vocabulary, WORDS.get(column, f"{column}s"))
    codes = getattr(block, column)

    assert codes.min() >= (ABSENT if OPTIONAL[column] else 0)
    assert 0 <= codes.max() < len(words)


@pytest.mark.parametrize(("first", "count"), [(0, 1), (3_333, 500), (11_999, 1)])
def test_a_range_is_the_same_by_itself(ground: Ground, block: Block, first: int, count: int) -> None:
    """Entries computed alone are those of the whole."""
    part = realised(ground, first, count)
    lines = slice(int(block.first_line[first]), int(block.first_line[first + count]))
    for field in fields(Block):
        if field.name in {"first", "first_line"}:
            continue
        column = getattr(block, field.name)
        whole = column[first : first + count] if len(column) == block.entries else column[lines]
        assert whole.tolist() == getattr(part, field.name).tolist(), field.name
    assert first == part.first


def test_entries_carry_the_pattern_that_called_for_them(ground: Ground) -> None:
    """All entries have the code given, whatever they are."""
    assert [1] * 40 == realised(ground, 100, 40, pattern=1).pattern.tolist()


def test_realised_entries_balance(block: Block) -> None:
    """Debits equal credits in every entry, in its own and in the company's currency."""
    assert not np.add.reduceat(block.debit - block.credit, block.first_line[:-1]).any()
    assert not np.add.reduceat(block.local_amount, block.first_line[:-1]).any()
