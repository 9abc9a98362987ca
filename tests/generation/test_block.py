"""Blocks."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from datasynth.generation.block import ABSENT, Block


def make_block(lines: list[int], pattern: int = ABSENT) -> Block:
    """Return a block with entries of so many lines, columns not filled."""
    first_line = np.concatenate([[0], np.cumsum(lines)]).astype(np.int64)
    return Block.empty(7, np.arange(1, len(lines) + 1), first_line, pattern)


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


def test_the_pattern_is_that_of_all_entries() -> None:
    """A package's entries carry its pattern, others none."""
    assert [2, 2] == make_block([2, 2], pattern=2).pattern.tolist()
    assert [ABSENT, ABSENT] == make_block([2, 2]).pattern.tolist()
