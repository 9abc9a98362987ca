"""First digits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from datasynth.evaluation.subjects.amounts import digit_deviation

AMOUNTS = np.array([1, 9, 10, 19, 99, 100, 1999, 20, 2500, 10**17])


@pytest.mark.parametrize("digits", [1, 2])
def test_digit_deviation(digits: int) -> None:
    """The deviation is what counting printed amounts gives."""
    printed = [str(amount) for amount in AMOUNTS.tolist()]
    leading = [int(text[:digits]) for text in printed if len(text) >= digits]
    deviations = [
        abs(leading.count(first) / len(leading) - math.log10(1 + 1 / first))
        for first in range(10 ** (digits - 1), 10**digits)
    ]

    assert digit_deviation(AMOUNTS, digits) == pytest.approx(sum(deviations) / len(deviations))


def test_no_amounts() -> None:
    """Without amounts nothing deviates."""
    assert 0.0 == digit_deviation(np.zeros(0, dtype=np.int64), 1)
