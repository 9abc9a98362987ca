"""Calendars, currencies and lengths at the edges keep the order of entries, their numbers and their periods.

What the ledger promises there as well has its own tests, in the folder `invariants`.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT
from datasynth.ledger.calendars import FiscalCalendar, add_months, to_date, to_day
from tests.generation.cases import case
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_there_are_as_many_entries_as_asked_for_in_their_order(seen: Seen) -> None:
    """The count is exact, dates stay inside the data set, dates and times never go back."""
    block, general = seen.block, seen.journal.config.general
    end = add_months(general.start_date, general.period_months)
    usual = block.pattern == ABSENT

    assert seen.journal.config.transactions.target_count == usual.sum()
    assert block.entries == len(seen.ids)
    assert to_day(general.start_date) <= block.posting_day[0]
    assert block.posting_day[-1] < to_day(end)
    assert np.diff(block.posting_day).min() >= 0
    assert np.diff(block.created_at).min() >= 0
    assert (block.document_day <= block.posting_day).all()
    assert (block.created_at // 86_400 == block.posting_day).all()


def test_document_numbers_have_no_gaps(seen: Seen) -> None:
    """Per company, fiscal year and type numbers run from 1."""
    block = seen.block
    reached: Counter[tuple[int, int, int]] = Counter()
    counted = zip(
        block.company.tolist(), block.fiscal_year.tolist(), block.document_type.tolist(), strict=True
    )
    for kind, number in zip(counted, block.document_number.tolist(), strict=True):
        reached[kind] += 1
        assert reached[kind] == number


def test_fiscal_years_and_periods_are_the_calendar_s(seen: Seen) -> None:
    """Each entry has the fiscal year of its date, and its period unless it is a closing one."""
    block = seen.block
    fiscal = FiscalCalendar(seen.journal.config.general.fiscal_year_start_month)
    columns = (block.posting_day.tolist(), block.fiscal_year.tolist(), block.fiscal_period.tolist())
    for day, year, period in set(zip(*columns, strict=True)):
        when = to_date(day)
        assert fiscal.year(when) == year
        assert period in {13, fiscal.period(when)}


def test_period_13_is_the_calendar_s_last_day_of_a_year_or_called_for(seen: Seen) -> None:
    """Closing entries stand on the last day of a fiscal year, or where somebody called for them."""
    fiscal = FiscalCalendar(seen.journal.config.general.fiscal_year_start_month)
    late = seen.block.fiscal_period == 13
    usual = late & (seen.block.pattern == ABSENT)
    for day in set(seen.block.posting_day[usual].tolist()):
        when = to_date(day)
        assert fiscal.year(when) + 1 == fiscal.year(when + timedelta(days=1))

    assert set(seen.types[late].tolist()) <= {"CL", "AJ", "XC", "XS"}
    assert not np.isin(seen.types[~late], ["CL", "AJ", "XS"]).any()


def seconds(seen: Seen, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the time of day of some entries. [s]"""
    return seen.block.created_at[chosen] % 86_400


def test_people_work_by_day_and_programs_by_night() -> None:
    """Most of what is entered by hand is entered from 8 to 18, payment runs before six in the morning."""
    seen = case("a year")
    by_hand = np.isin(seen.sources, ["manual", "adjustment"]) & ~np.isin(seen.types, ["SB", "AJ", "IE"])
    hours = seconds(seen, by_hand) / 3_600

    assert np.mean((hours >= 8) & (hours < 18)) > 0.85
    assert seconds(seen, seen.types == "KZ").max() < 6 * 3_600
    assert seconds(seen, np.ones(seen.block.entries, dtype=bool)).max() < 23 * 3_600


def test_the_leap_day_has_entries() -> None:
    """The twenty-ninth of February is a day like others."""
    volume = case("dinars with a leap day").volume(date(2024, 2, 27), date(2024, 3, 1))

    # The first of March 2024 is a Friday, on which Kuwait rests.
    assert (volume[:3] > 100).all()
    assert volume[3] > 0


@pytest.mark.parametrize("count", [1, 20])
def test_the_smallest_streams_are_exact(count: int) -> None:
    """Streams of a few entries have exactly so many, which balance, and every position ties."""
    seen = Seen(
        {
            "global": {"period_months": 1, "start_date": "2024-12-01"},
            "companies": [{"code": code} for code in "AB"],
            "chart_of_accounts": {"complexity": "small"},
            "transactions": {"target_count": count},
        }
    )

    assert count == seen.block.entries
    assert not np.add.reduceat(seen.block.local_amount, seen.block.first_line[:-1]).any()
    for position in range(count + 1):
        found = seen.balances(position)
        assert np.array_equal(seen.turnover(position), np.stack([found.debit, found.credit], axis=2))
        assert not seen.net(position).sum(axis=1).any()
