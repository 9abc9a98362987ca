"""Templates and jitters of cases, against the twins."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.kernels.templates import RING, jitter_of, permuted, template_of
from tests.naive.templates import jittered, ordered, taken

KEYS = st.integers(0, 2**64 - 1)
DIGITS = range(7)


@given(KEYS, st.integers(0, 10**10), st.integers(0, 10))
def test_templates_are_those_of_the_twin(key: int, case: int, class_bits: int) -> None:
    """A case's template follows from its number alone."""
    assert taken(key, case, 1 << class_bits) == template_of(np.uint64(key), case, class_bits)


@given(KEYS, st.integers(0, 10**10), st.integers(0, 10), st.integers(0, 2**30), st.integers(0, 63))
def test_jitters_are_those_made_by_hand(
    key: int, case: int, class_bits: int, most: int, following: int
) -> None:
    """A jitter follows from pass, template and ring, and stays within the ring's most."""
    templates = CLASSES << class_bits
    rings = np.zeros(templates + 3, dtype=RING).view(np.recarray)
    template = taken(key, case, 1 << class_bits)
    rings[template + 3] = most, following
    found = int(jitter_of(np.uint64(key), case, class_bits, template, rings, 3))

    assert jittered(key, case // templates, templates, (template, following, most)) == found
    assert abs(found) <= most


@given(KEYS, st.sampled_from(DIGITS))
def test_orders_are_those_made_by_hand(key: int, digits: int) -> None:
    """Every number stands at one place."""
    found = [int(permuted(np.uint64(key), place, digits)) for place in range(1 << digits)]

    assert ordered(key, 1 << digits) == found
    assert list(range(1 << digits)) == sorted(found)


@pytest.mark.parametrize("nth_pass", [0, 3])
@pytest.mark.parametrize("class_bits", [4, 6])
def test_every_template_is_taken_once_a_pass(nth_pass: int, class_bits: int) -> None:
    """As many cases as there are templates take every template once."""
    templates = CLASSES << class_bits
    cases = range(nth_pass * templates, (nth_pass + 1) * templates)
    found = Counter(int(template_of(np.uint64(9), case, class_bits)) for case in cases)

    assert dict.fromkeys(range(templates), 1) == found


def test_neighbours_of_a_pass_are_others_in_the_next() -> None:
    """Which template follows which is drawn anew in each pass, and any may follow."""
    passes, templates = 600, 1 << 7
    follows = Counter[tuple[int, int]]()
    for nth_pass in range(passes):
        first = nth_pass * templates
        cases = ((first + place) * CLASSES for place in range(templates))
        found = [int(template_of(np.uint64(4), case, 7)) for case in cases]
        follows.update(pairwise(found))
    within = [count for (one, other), count in follows.items() if one // 32 == other // 32]
    # In a unit of 32 there are 32 · 31 ordered neighbours, of which a pass has 31.
    mean = passes / 32

    assert 0.98 < len(within) / (4 * 32 * 31)
    assert max(within) < 3 * mean


def test_jitters_of_a_ring_sum_to_nil() -> None:
    """In every pass, whatever is drawn."""
    class_bits, members = 4, [3, 9, 11, 5]
    rings = np.zeros(CLASSES << class_bits, dtype=RING).view(np.recarray)
    for template, following in zip(members, members[1:] + members[:1], strict=True):
        rings[template] = 50, following
    for nth_pass in range(40):
        case = nth_pass * (CLASSES << class_bits)
        found = [int(jitter_of(np.uint64(5), case, class_bits, template, rings, 0)) for template in members]

        assert 0 == sum(found)
        assert any(found)
