"""Draws one by one; ../test_draws.py compares them with those of whole columns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.draws import FIELDS, below, draw, mix

BITS = st.integers(0, 2**64 - 1)
MASK = 2**64 - 1
GAMMA = 0x9E3779B97F4A7C15


def unmixed(value: int) -> int:
    """Take the scrambling back, step by step."""
    value ^= value >> 31 ^ value >> 62
    value = value * pow(0x94D049BB133111EB, -1, 2**64) & MASK
    value ^= value >> 27 ^ value >> 54
    value = value * pow(0xBF58476D1CE4E5B9, -1, 2**64) & MASK
    return value ^ value >> 30 ^ value >> 60


@given(BITS)
def test_scrambling_is_one_to_one(value: int) -> None:
    """No two numbers are scrambled to the same bits: the way back exists."""
    assert value == unmixed(int(mix(np.uint64(value))))


@given(BITS, st.integers(0, 2**40), st.integers(0, 63))
def test_a_draw_is_an_output_of_the_generator(key: int, index: int, field: int) -> None:
    """Field and thing say which output it is, the key where the generator starts."""
    nth = index * int(FIELDS) + field + 1
    drawn = int(draw(np.uint64(key), np.uint64(index), np.uint64(field)))

    assert (key + nth * GAMMA) & MASK == unmixed(drawn)


@given(BITS, st.integers(1, 2**32 - 1))
def test_bounded_draws_are_the_upper_bits_share_of_the_bound(bits: int, bound: int) -> None:
    """The upper half of the bits, as a part of one, times the bound."""
    found = int(below(np.uint64(bits), np.uint64(bound)))

    assert (bits >> 32) * bound // 2**32 == found < bound
