"""How often runs of cases use the cases of an amount pool."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.sums.pool_runs import add_right_uses, take_uses
from datasynth.generation.kernels.wrong_amounts import pooled_case

KEYS = st.integers(0, 2**64 - 1)
CHANCES = st.sampled_from([0, 900, 30_000, 1 << 16])


def used(key: int, number: int, run: tuple[int, int], thinning: tuple[int, int], bits: int) -> dict[int, int]:
    """Return how often a run uses each case of the pool."""
    uses, case, times = (np.zeros(512, dtype=np.int64) for _ in range(3))
    with np.errstate(over="ignore"):
        add_right_uses(np.uint64(key), number, run, thinning, bits, uses)
        count = take_uses(number, bits, uses, case, times)

    assert not uses.any()
    return dict(zip(case[:count].tolist(), times[:count].tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(KEYS, st.integers(0, 63), st.integers(0, 5_000), st.integers(0, 900), CHANCES, st.integers(0, 65_535))
def test_runs_use_what_their_cases_use(
    key: int, number: int, low: int, count: int, chance: int, phase: int
) -> None:
    """However a run lies in passes and units, its uses are those of its cases, one after the other."""
    bits, phase = 6, phase if chance else 0
    with np.errstate(over="ignore"):
        expected = Counter(
            int(pooled_case(np.uint64(key), (nth << CLASS_BITS) + number, chance, phase, bits))
            for nth in range(low, low + count)
        )

    assert expected == used(key, number, (low, low + count), (chance, phase), bits)


@given(KEYS, st.integers(0, 63), st.integers(0, 10**10), st.integers(0, 10**10))
def test_long_runs_use_all_alike(key: int, number: int, low: int, count: int) -> None:
    """A run of any length uses all cases of its class's part of the pool about equally often."""
    found = used(key, number, (low, low + count), (0, 0), 8)

    assert count == sum(found.values())
    assert set(found) <= set(range(number << 8, number + 1 << 8))
    assert max(found.values(), default=0) - (min(found.values()) if len(found) == 256 else 0) <= 2


def test_a_pass_has_an_order_of_its_own() -> None:
    """Each pass goes once through the pool's cases of the class; no two of the first passes are alike."""
    with np.errstate(over="ignore"):
        passes = [
            tuple(
                int(pooled_case(np.uint64(5), (256 * nth + place) * CLASSES + 7, 0, 0, 8))
                for place in range(256)
            )
            for nth in range(6)
        ]

    assert {tuple(range(7 * 256, 8 * 256))} == {tuple(sorted(order)) for order in passes}
    assert 6 == len(set(passes))
