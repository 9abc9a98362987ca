"""Where blocks begin and end."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.block import BLOCK_ENTRIES
from datasynth.service.blocks.block_layout import SMALL_BLOCK_ENTRIES, BlockLayout

PLACES = st.integers(0, 10 * BLOCK_ENTRIES)


@given(first=PLACES, start=PLACES, count=st.integers(0, 10 * BLOCK_ENTRIES))
def test_blocks_follow_one_another(first: int, start: int, count: int) -> None:
    """The blocks of any range touch each other and hold the range; each position is in one of them."""
    layout = BlockLayout.starting_at(first)
    blocks = layout.blocks(start, start + count)

    assert all(one.stop == following.start for one, following in itertools.pairwise(blocks))
    assert all(layout.block_at(place) == block for block in blocks for place in (block[0], block[-1]))
    if count:
        assert start in blocks[0]
        assert start + count - 1 in blocks[-1]
    else:
        assert [] == blocks


@given(first=PLACES)
def test_only_the_first_blocks_are_small(first: int) -> None:
    """A reader begins with small blocks, and goes on with large ones from the next that begins."""
    layout = BlockLayout.starting_at(first)
    following = (first // BLOCK_ENTRIES + 1) * BLOCK_ENTRIES

    assert {SMALL_BLOCK_ENTRIES} == {len(block) for block in layout.blocks(first, following)}
    assert range(following, following + BLOCK_ENTRIES) == layout.block_at(following)
