"""Blocks."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from datasynth.generation.block import ABSENT, Block, empty_columns


def make_block(lines: list[int], pattern: int = ABSENT) -> Block:
    """Return a block with entries of so many lines, columns not filled."""
    first_line = np.concatenate([[0], np.cumsum(lines)]).astype(np.int64)
    entry_columns, line_columns = empty_columns(len(lines), int(first_line[-1]))
    return Block(
        first=7,
        document_number=np.arange(1, len(lines) + 1),
        first_line=first_line,
        pattern=np.full(len(lines), pattern, dtype=np.int8),
        **entry_columns._asdict(),
        **line_columns._asdict(),
    )


def test_a_block_counts_entries_and_lines() -> None:
    """Entries and lines follow from the offsets of the lines."""
    block = make_block([2, 5, 3])

    assert (7, 3, 10) == (block.first, block.entries, block.lines)


def test_a_block_may_be_empty() -> None:
    """No entries have no lines."""
    block = make_block([])

    assert (0, 0) == (block.entries, block.lines)


def test_columns_have_the_types_that_they_are_declared_with() -> None:
    """Every column is there, with its declared type, one value an entry or one a line."""
    block = make_block([2, 5, 3])
    for field in fields(Block):
        if field.name == "first":
            continue
        column = getattr(block, field.name)
        declared = str(field.type).removeprefix("NDArray[np.").removesuffix("]")

        assert declared == column.dtype.name, field.name
        assert len(column) in {3, 4, 10}
        assert (len(column) == 4) == (field.name == "first_line")
