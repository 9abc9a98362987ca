"""Months that are busier than others."""

from __future__ import annotations

import pytest

from datasynth.config import INDUSTRIES
from datasynth.ledger.seasons import EVEN, SEASONS


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_months(industry: str) -> None:
    """Every industry has twelve months, none dead, about one on average."""
    months = SEASONS[industry]

    assert (12, True) == (len(months), min(months) > 0)
    assert pytest.approx(1.0, abs=0.05) == sum(months) / 12


def test_even_months() -> None:
    """Without seasons all months are alike."""
    assert (1.0,) * 12 == EVEN
