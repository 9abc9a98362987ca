"""When documents are entered."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.ledger.processes import DayPart

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

USUAL, AT_END = 0, 1
"""Rows of the times of a day part: of most days, and of the last of a period."""


@pytest.mark.parametrize("end", [USUAL, AT_END])
@pytest.mark.parametrize("day_part", DayPart)
def test_times_rise_through_the_day(plan: JournalPlan, day_part: DayPart, end: int) -> None:
    """A day part's times never go back, and day parts do not overlap."""
    table = plan.block_tables.times[day_part, end].tolist()

    assert all(earlier <= later for earlier, later in pairwise(table))
    assert 0 <= table[0] < table[-1] < 86_400
    if day_part > 0:
        assert plan.block_tables.times[day_part - 1, end].tolist()[-1] < table[0]


@pytest.mark.parametrize(("busy", "quiet"), [(9.5, 12.5), (15.5, 12.5), (12.5, 7.5), (13.5, 18.5)], ids=str)
def test_people_work_from_eight_to_six_with_a_dip_at_lunch(
    plan: JournalPlan, busy: float, quiet: float
) -> None:
    """Around one time of the day more documents are entered than around another."""
    table = plan.block_tables.times[DayPart.DAY, USUAL] / 3_600
    shares = np.arange(len(table))
    around = [
        np.interp(hour + 0.25, table, shares) - np.interp(hour - 0.25, table, shares)
        for hour in (busy, quiet)
    ]

    assert around[0] > 1.3 * around[1]


def test_a_tenth_of_the_last_days_is_overtime(plan: JournalPlan) -> None:
    """On the last days of a period so much of the day's work is entered in the evening."""
    table = plan.block_tables.times[DayPart.DAY, AT_END] / 3_600
    shares = np.linspace(0, 1, len(table))

    assert 0.9 == pytest.approx(float(np.interp(18.0, table, shares)), abs=0.03)
    assert table[-1] <= 20.25
