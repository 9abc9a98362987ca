"""Merges of a day's documents, down and up, against lists."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.merge_tree import (
    PATTERN_SLOTS,
    block_pattern,
    count_bits,
    divided,
    left_before,
    low_bits,
    place_of_bit,
    slot_above,
)
from datasynth.generation.schedule.merge_tree import merge_patterns
from tests.naive.schedule import merge_pattern

WORDS = st.integers(0, 2**64 - 1)


@given(WORDS)
def test_bits_are_counted_and_found(word: int) -> None:
    """The number of ones and the place of each, as they are written."""
    ones = [place for place in range(64) if word >> place & 1]
    with np.errstate(over="ignore"):
        assert len(ones) == count_bits(np.uint64(word))
        assert ones == [int(place_of_bit(np.uint64(word), nth)) for nth in range(len(ones))]


def test_low_bits_are_ones() -> None:
    """From none to all."""
    assert [2**count - 1 for count in range(65)] == [int(low_bits(count)) for count in range(65)]


def test_patterns_have_their_length_and_number() -> None:
    """Each row has patterns of one length and number of ones; most of them differ."""
    patterns = merge_patterns()
    row = 0
    for length in range(PATTERN_SLOTS + 1):
        for ones in range(length + 1):
            found = [int(pattern) for pattern in patterns[row]]
            assert {ones} == {pattern.bit_count() for pattern in found}
            assert max(found) < 1 << length
            row += 1
    assert len(patterns) == row
    assert 30 < len({int(pattern) for pattern in patterns[-PATTERN_SLOTS // 2]})


@settings(max_examples=200)
@given(st.data(), WORDS, st.integers(-120, 4_000))
def test_merges_are_the_listed_ones(data: st.DataObject, key: int, day: int) -> None:
    """Patterns, counts and the way up of every document agree with the list of the slots."""
    most = data.draw(st.sampled_from([9, 150]))
    left, right = data.draw(st.integers(0, most)), data.draw(st.integers(0, most))
    count = left + right
    listed = merge_pattern(key, day, count, left)
    patterns, node = merge_patterns(), np.uint64(key)
    with np.errstate(over="ignore"):
        for first in range(0, count, PATTERN_SLOTS):
            mask = int(block_pattern(node, day, first // PATTERN_SLOTS, count, left, patterns))
            block = listed[first : first + PATTERN_SLOTS]
            assert block == [bool(mask >> slot & 1) for slot in range(len(block))]
            assert sum(listed[:first]) == left_before(node, day, first, count, left)
        for side in (0, 1):
            slots = [slot for slot, is_left in enumerate(listed) if is_left == bool(side)]
            ranks = range(len(slots))
            assert slots == [int(slot_above(node, day, rank, count, left, side, patterns)) for rank in ranks]


LARGE = st.integers(0, 2**41 - 1)


@given(LARGE, LARGE, LARGE, st.integers(-(2**32), 2**32))
def test_products_of_many_digits_are_divided_exactly(one: int, other: int, third: int, added: int) -> None:
    """As whole numbers of any length are: days of a trillion entries have products of 80 digits."""
    divisor = max(one, third, 1)

    assert (one * other + added) // divisor == divided(one, other, added, divisor)
    assert (other * one + added) // divisor == divided(other, one, added, divisor)


@settings(max_examples=100)
@given(st.data(), WORDS, st.integers(-120, 4_000))
def test_merges_of_many_documents(data: st.DataObject, key: int, day: int) -> None:
    """Each document of a day of up to 10^12 has a slot of its side, and as many before it as its rank."""
    left, right = (data.draw(st.integers(1, 10**12)) for _ in range(2))
    count, patterns, node = left + right, merge_patterns(), np.uint64(key)
    with np.errstate(over="ignore"):
        for side, size in ((1, left), (0, right)):
            rank = data.draw(st.integers(0, size - 1))
            slot = int(slot_above(node, day, rank, count, left, side, patterns))
            block, within = divmod(slot, PATTERN_SLOTS)
            mask = int(block_pattern(node, day, block, count, left, patterns))
            before = int(left_before(node, day, slot - within, count, left))
            before += (mask & ((1 << within) - 1)).bit_count()

            assert 0 <= slot < count
            assert side == mask >> within & 1
            assert rank == (before if side else slot - before)


def test_slots_tell_nothing() -> None:
    """Over many days every slot is from the left equally often: in a short, a full and a last block."""
    for count, left in ((5, 2), (64, 13), (100, 40)):
        found = np.zeros(count)
        for day in range(3_000):
            found += merge_pattern(11, day, count, left)
        share = left / count
        deviation = (3_000 * share * (1 - share)) ** 0.5

        assert abs(found - 3_000 * share).max() < 4.5 * deviation
