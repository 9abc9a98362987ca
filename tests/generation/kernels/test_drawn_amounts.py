"""Amounts that cases draw, against drawing them by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import below, draws
from datasynth.generation.kernels.drawn_amounts import (
    CHANCE_BITS,
    DISTRIBUTION,
    QUANTILE_BITS,
    DrawnAmounts,
    drawn_amount,
    drawn_template,
    part_of,
)
from datasynth.generation.kernels.schedule.counts import CLASSES
from tests.naive import drawn_amounts as naive

if TYPE_CHECKING:
    from datasynth.generation.journal import Journal

KEY = 0xFEDCBA9876543210
CASES = 10_000
WIDEST = 1 << 49
"""So wide a part is, when amounts are billions of a currency of small units. [minor units]"""


def made(step: int, least: int, unit: int, chance: int) -> DrawnAmounts:
    """Return one distribution whose parts are up to so wide."""
    widths = below(draws(7, np.arange((1 << QUANTILE_BITS) + 1), 0), 1 << 31) * (step >> 20) >> 11
    terms = np.array([(least, unit, chance)], dtype=DISTRIBUTION).view(np.recarray)
    return DrawnAmounts(1 + np.add.accumulate(widths)[None], terms)


@given(
    key=st.integers(0, 2**64 - 1),
    case=st.integers(0, 2**40),
    version=st.integers(0, 3),
    step=st.sampled_from([1 << 20, 1 << 33, WIDEST]),
    least=st.integers(1, 10**9),
    unit=st.sampled_from([1, 100, 10**6]),
    chance=st.sampled_from([0, 1 << 18, 1 << CHANCE_BITS]),
)
def test_amounts_are_those_drawn_by_hand(
    key: int, case: int, version: int, step: int, least: int, unit: int, chance: int
) -> None:
    """However wide the parts and whatever the units, the amount is exact."""
    amounts = made(step, least, unit, chance)
    with np.errstate(over="ignore"):
        found = drawn_amount(np.uint64(key), case, version, amounts, 0)

    assert naive.drawn(key, case, version, amounts, 0) == found


@given(st.integers(0, 10**15), st.integers(1, 10**6), st.integers(0, 10**6))
def test_parts_of_amounts_are_exact(amount: int, parts: int, more: int) -> None:
    """A part of an amount is rounded down; with the whole it comes to the part of both."""
    whole = parts + more
    found = int(part_of(np.int64(amount), np.int64(parts), np.int64(whole)))

    assert amount * parts // whole == found
    assert amount + found == part_of(np.int64(amount), np.int64(whole + parts), np.int64(whole))


@pytest.fixture(scope="module")
def drawn_cases(small: Journal) -> dict[int, np.ndarray]:
    """Amounts of the first cases of each distribution of a journal."""
    amounts = small._plan.template_lines.amounts
    with np.errstate(over="ignore"):
        return {
            row: np.array([drawn_amount(np.uint64(KEY), case, 0, amounts, row) for case in range(CASES)])
            for row in range(len(amounts.terms))
        }


def test_amounts_of_cases_are_nearly_all_different(drawn_cases: dict[int, np.ndarray]) -> None:
    """Only round amounts, and small ones of card purchases, are met more than once."""
    for found in drawn_cases.values():
        repeated = CASES - len(set(found.tolist()))

        assert repeated < CASES // 4
        assert Counter(found.tolist()).most_common(1)[0][1] < CASES // 50


@pytest.mark.parametrize("apart", [1, 2, CLASSES, 2 * CLASSES, 4 * CLASSES])
def test_amounts_of_neighbours_are_independent(drawn_cases: dict[int, np.ndarray], apart: int) -> None:
    """The ranks of neighbours, of one class or not, are not correlated."""
    for found in drawn_cases.values():
        ranks = np.argsort(np.argsort(found))
        correlation = np.corrcoef(ranks[:-apart], ranks[apart:])[0, 1]

        # The null distribution has a deviation of 1 / sqrt(n).
        assert abs(correlation) < 4.5 / CASES**0.5


def test_versions_of_an_amount_are_independent(small: Journal) -> None:
    """What a wrong document posted tells nothing of what its case posts."""
    amounts = small._plan.template_lines.amounts
    with np.errstate(over="ignore"):
        first, second = (
            np.argsort(
                np.argsort([drawn_amount(np.uint64(KEY), case, version, amounts, 0) for case in range(CASES)])
            )
            for version in (0, 1)
        )

    assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / CASES**0.5


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**40), st.integers(1, 5))
def test_templates_are_those_drawn_by_hand(key: int, case: int, bits: int) -> None:
    """The template of a case is any of the pool's."""
    with np.errstate(over="ignore"):
        found = int(drawn_template(np.uint64(key), case, bits))

    assert naive.drawn_template(key, case, CLASSES << bits) == found


def test_cases_of_a_class_take_all_templates() -> None:
    """The accounts of a case tell nothing of its class."""
    with np.errstate(over="ignore"):
        taken = {int(drawn_template(np.uint64(KEY), 5 + CLASSES * nth, 1)) for nth in range(2_000)}

    assert set(range(CLASSES << 1)) == taken
