"""Figures of a journal up to a position."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Balances
from datasynth.output.journal_statistics import (
    busiest_accounts,
    count_first_digits,
    period_counts,
    sample_runs,
    type_counts,
)
from tests import books
from tests.fakes import FakeJournal, make_block

MIXED = config_from_mapping(
    {"companies": [{"code": "JP", "currency": "JPY"}, {"code": "US", "currency": "USD"}]}
)


def turnover(*amounts: tuple[int, int]) -> Balances:
    """Balances of companies whose receivables and sales have been debited with these amounts."""
    debit = np.array(amounts)
    return Balances(np.zeros_like(debit), debit, np.zeros_like(debit))


def test_days_end_with_the_last_entry() -> None:
    """Days without entries are listed between those that have some, and not after the last one."""
    counted = period_counts(date(2024, 2, 28), np.array([0, 3, 0, 1, 0, 0]), by_month=False)

    assert [("2024-02-28", 0), ("2024-02-29", 3), ("2024-03-01", 0), ("2024-03-02", 1)] == [
        (one["posting_date"], one["entries"]) for one in counted
    ]


def test_months_are_named_by_their_first_day() -> None:
    """Also where the data set begins or ends within one."""
    counted = period_counts(date(2024, 2, 28), np.array([1, 3, 0, 1, 0, 0]), by_month=True)

    assert [("2024-02-01", 4), ("2024-03-01", 1)] == [
        (one["posting_date"], one["entries"]) for one in counted
    ]


@pytest.mark.parametrize("by_month", [False, True])
def test_no_entries_have_no_days(by_month: bool) -> None:
    """Before the first entry there is nothing to list."""
    assert [] == period_counts(date(2024, 2, 28), np.zeros(5, dtype=np.int64), by_month=by_month)


def test_frequent_types_come_first() -> None:
    """Equal ones come by code."""
    listed = type_counts({"SA": 2, "AB": 2, "DR": 5})

    assert [("DR", 5), ("AB", 2), ("SA", 2)] == [(one["document_type"], one["entries"]) for one in listed]


def test_each_digit_has_its_count() -> None:
    """Totals 1 … 1000: 111 for each digit, and the thousand; those of all blocks together."""
    journal = FakeJournal(config_from_mapping({"transactions": {"target_count": 1_000}}))
    counted = count_first_digits([journal.block(0, 300), journal.block(300, 700)])

    assert 1_000 == counted["entries"]
    assert [112, *[111] * 8] == counted["counts"]
    assert [0.301, 0.1761, 0.1249, 0.0969, 0.0792, 0.0669, 0.058, 0.0512, 0.0458] == counted["benford"]


@pytest.mark.parametrize("power", range(1, 19))
def test_totals_of_all_sizes(power: int) -> None:
    """A power of ten begins with 1, and what is one less with 9, up to the largest amounts."""
    block = make_block(0, np.array([10**power - 2, 10**power - 1]))

    assert [1, *[0] * 7, 1] == count_first_digits([block])["counts"]


def test_yen_do_not_count_like_dollars() -> None:
    """Turnovers are compared by what they are worth: 12,000 yen are less than 100 dollars."""
    listed = busiest_accounts(turnover((12_000, 900), (100_00, 10_00)), books.CHART, MIXED)

    assert [("US", "1100"), ("JP", "1100"), ("US", "4000"), ("JP", "4000")] == [
        (one["company_code"], one["account"]) for one in listed
    ]
    assert ["100.00", "12000", "10.00", "900"] == [one["debit"] for one in listed]


def test_idle_accounts_are_not_busy() -> None:
    """An account without turnover is in no list, whatever it stands at."""
    listed = busiest_accounts(turnover((0, 0), (5, 0)), books.CHART, MIXED)

    assert [{"US", "1100", "Receivables", "USD", "0.05", "0.00"}] == [set(one.values()) for one in listed]


def test_no_more_than_ten_are_the_busiest() -> None:
    """Equal ones come in the order of companies and accounts."""
    many = config_from_mapping({"companies": [{"code": f"C{number}"} for number in range(6)]})
    listed = busiest_accounts(turnover(*[(7, 7)] * 6), books.CHART, many)

    assert [(f"C{number}", account) for number in range(5) for account in ("1100", "4000")] == [
        (one["company_code"], one["account"]) for one in listed
    ]


@pytest.mark.parametrize("position", [0, 1, 255, 256, 16_384, 16_385, 16_640, 100_001, 10**12])
def test_the_sample_is_spread_evenly(position: int) -> None:
    """Runs begin with the first entry, end with the last, do not overlap, and have like distances."""
    runs = list(sample_runs(position))
    firsts = [first for first, _ in runs]
    gaps = np.diff(firsts)

    assert min(position, 16_384) == sum(count for _, count in runs)
    assert all(end <= first for end, first in zip((a + b for a, b in runs), firsts[1:], strict=False))
    if runs:
        assert (0, position) == (firsts[0], sum(runs[-1]))
    if len(runs) > 1:
        assert max(gaps) - min(gaps) <= 1
