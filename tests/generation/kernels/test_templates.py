"""Templates and jitters of cases, against the twins."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.templates import jitter_of, rotation, template_of
from tests.naive.templates import jittered, taken

KEYS = st.integers(0, 2**64 - 1)


@given(KEYS, st.integers(0, 10**10), st.integers(4, 8))
def test_templates_are_those_of_the_twin(key: int, case: int, class_bits: int) -> None:
    """A case's template follows from its number alone."""
    assert taken(key, case, 1 << class_bits) == template_of(np.uint64(key), case, class_bits)


@given(KEYS, st.integers(0, 10**10), st.integers(0, 10**6))
def test_jitters_are_those_made_by_hand(key: int, case: int, largest: int) -> None:
    """A case's jitter follows from its number alone and stays within the template's largest."""
    found = int(jitter_of(np.uint64(key), case, largest))

    assert jittered(key, case, largest) == found
    assert abs(found) <= largest


@given(KEYS, st.integers(0, CLASSES - 1), st.integers(0, 10**6), st.integers(4, 8))
def test_turns_are_even(key: int, number: int, cycle: int, class_bits: int) -> None:
    """Templates are turned by an even number of places, so that pairs stay pairs."""
    turn = int(rotation(np.uint64(key), number, cycle, 1 << class_bits))

    assert 0 <= turn < 1 << class_bits
    assert 0 == turn % 2


@given(KEYS, st.integers(0, 10**10), st.integers(4, 8))
def test_the_two_of_a_pair_take_the_two_templates_of_a_pair(key: int, case: int, class_bits: int) -> None:
    """Cases 2q and 2q + 1 of a class get templates 2p and 2p + 1, whatever the turn."""
    first = case - case // CLASSES % 2 * CLASSES
    templates = [int(template_of(np.uint64(key), number, class_bits)) for number in (first, first + CLASSES)]

    assert 0 == templates[0] % 2
    assert templates[0] + 1 == templates[1]


@pytest.mark.parametrize("cycle", [0, 3])
def test_every_template_is_taken_once_a_cycle(cycle: int) -> None:
    """As many cases as there are templates take every template once."""
    templates = CLASSES << 4
    cases = range(cycle * templates, (cycle + 1) * templates)
    taken = Counter(int(template_of(np.uint64(9), case, 4)) for case in cases)

    assert dict.fromkeys(range(templates), 1) == taken


def test_jitters_of_a_pair_cancel() -> None:
    """The first and the second case of a pair of a class vary against one another."""
    key = np.uint64(5)
    pairs = [(int(jitter_of(key, case, 50)), int(jitter_of(key, case + CLASSES, 50))) for case in range(64)]

    assert {0} == {first + second for first, second in pairs}
    assert len(set(pairs)) > 30
