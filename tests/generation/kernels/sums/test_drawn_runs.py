"""Runs of drawn amounts, against drawing and valuing one after the other."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import below, draws, make_key
from datasynth.generation.kernels.drawn_amounts import DISTRIBUTION, QUANTILE_BITS, DrawnAmounts
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.kernels.sums.drawn_runs import (
    RUN,
    draw_amounts,
    draw_rows,
    empty_scratch,
    value_amounts,
)
from tests.naive.drawn_amounts import drawn, drawn_template

KEY = np.uint64(make_key(11))
MOST = (1 << 63) - 1


def made_amounts(most_step: int, terms: tuple[int, int, int]) -> DrawnAmounts:
    """Return one distribution with steps up to so much."""
    steps = below(draws(make_key(4), np.arange((1 << QUANTILE_BITS) + 1), 0), most_step)
    quantiles = 1 + np.add.accumulate(steps)
    return DrawnAmounts(quantiles[None], np.array([terms], dtype=DISTRIBUTION).view(np.recarray))


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize(
    ("most_step", "terms"),
    [
        (10**3, (2, 100, 157_286)),
        (10**9, (5_000, 1, 1 << 19)),
        (3, (900, 7, 1 << 20)),
        (10**6, (2, 100, 0)),
    ],
    ids=["usual", "large", "least and round", "none round"],
)
def test_amounts_are_those_of_one_after_the_other(
    most_step: int, terms: tuple[int, int, int], version: int
) -> None:
    """Round amounts, those below the least and all others are as when each is drawn by itself."""
    amounts, cases = made_amounts(most_step, terms), np.arange(RUN) * 37 + 5
    found = np.zeros(RUN, dtype=np.int64)
    draw_amounts(RUN - 1, KEY, version, amounts, 0, cases, found, empty_scratch())

    expected = [drawn(int(KEY), case, version, amounts, 0) for case in cases[:-1].tolist()]
    assert [*expected, 0] == found.tolist()


def test_rows_are_those_of_one_after_the_other() -> None:
    """Each case has a row of its own draw; what is behind the run stays."""
    cases, found = np.arange(RUN) * 3, np.full(RUN, -1)
    draw_rows(RUN - 1, KEY, 2, 1_000, cases, found)
    templates = CLASSES << 2

    expected = [1_000 + drawn_template(int(KEY), case, templates) for case in cases[:-1].tolist()]
    assert [*expected, -1] == found.tolist()


def valued_one_by_one(amounts: list[int], rates: list[int], divisor: int) -> list[int]:
    """Value amounts in exact fractions, half up."""
    half = Fraction(1, 2)
    return [
        floor(Fraction(amount * rate, divisor) + half) for amount, rate in zip(amounts, rates, strict=True)
    ]


@given(data=st.data())
def test_worths_are_exact(data: st.DataObject) -> None:
    """However large amounts and rates are, what fits is rounded half up, near whole quotients, too."""
    divisor = 10 ** data.draw(st.integers(0, 12))
    highest = min(10**8, (1 << 64) // divisor - 2)
    rates = data.draw(st.lists(st.integers(max(highest // 20, 1), highest), min_size=1, max_size=40))
    most = min(MOST * divisor // (2 * max(rates)), MOST // 2)
    any_amount = st.one_of(st.integers(0, most), st.integers(0, min(most, 10**9)))
    amounts = data.draw(st.lists(any_amount, min_size=len(rates), max_size=len(rates)))
    worth = np.zeros(len(rates), dtype=np.int64)
    value_amounts(len(rates), np.array(amounts), np.array(rates), divisor, worth)

    assert valued_one_by_one(amounts, rates, divisor) == worth.tolist()


@pytest.mark.parametrize("divisor", [49, 10**6, 10**11])
def test_worths_of_whole_quotients_are_exact(divisor: int) -> None:
    """Multiples of the divisor, and their neighbours, are where a guess is off by one."""
    whole = np.arange(1, 8_001, 7)[:, None] * divisor
    amounts = (whole + np.array([-1, 0, 1, divisor // 2])[None]).ravel()
    rates = 1 + below(draws(make_key(2), np.arange(len(amounts)), 0), 1_000)
    worth = np.zeros(len(amounts), dtype=np.int64)
    value_amounts(len(amounts), amounts, rates, divisor, worth)

    assert valued_one_by_one(amounts.tolist(), rates.tolist(), divisor) == worth.tolist()


def test_large_products_are_exact() -> None:
    """Where amount or rate is too large for a guess, worths are as exact."""
    amounts, rates = [10**12 - 1, 3 * 10**17, 999_999_999_999], [17_999_999, 9, 18_000_000]
    worth = np.zeros(3, dtype=np.int64)
    value_amounts(3, np.array(amounts), np.array(rates), 10**12, worth)

    assert valued_one_by_one(amounts, rates, 10**12) == worth.tolist()
