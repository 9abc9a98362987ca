"""Journals at the edges of what can be configured, each made once and shared by all tests."""

from __future__ import annotations

from functools import cache

import pytest

from tests.generation.configs import COMPANIES
from tests.generation.seen import Seen

_FIFTY = [
    {"code": f"C{number:02}", "currency": currency, "country": country, "volume_weight": 1 + number % 3}
    for number in range(50)
    for currency, country in ([("USD", "US"), ("EUR", "DE"), ("JPY", "JP"), ("KWD", "KW")][number % 4],)
]

_CASES: dict[str, dict[str, object]] = {
    "a year": {"transactions": {"target_count": 20_000}},
    "one month": {
        "global": {"start_date": "2024-12-01", "period_months": 1},
        "transactions": {"target_count": 1_500},
    },
    "seven months": {
        "global": {"start_date": "2024-02-10", "period_months": 7},
        "transactions": {"target_count": 3_000},
    },
    "leap year from its last day": {
        "global": {"start_date": "2024-02-29", "period_months": 13},
        "transactions": {"target_count": 6_000},
    },
    "five companies, fiscal year from April": {
        "global": {"start_date": "2023-11-15", "period_months": 6, "fiscal_year_start_month": 4},
        "companies": COMPANIES,
        "transactions": {"target_count": 12_000, "foreign_currency_share": 0.1},
    },
    "yen in the far future": {
        "global": {"start_date": "2200-12-31", "period_months": 3, "fiscal_year_start_month": 2},
        "companies": [{"code": "J", "currency": "JPY", "country": "JP"}],
        "transactions": {"target_count": 4_000},
    },
    "dinars with a leap day": {
        "global": {"start_date": "2023-12-01", "period_months": 4, "fiscal_year_start_month": 3},
        "companies": [{"code": "K", "currency": "KWD", "country": "KW"}],
        "chart_of_accounts": {"complexity": "small"},
        "transactions": {"target_count": 5_000},
    },
    "two companies, one of which is tiny": {
        "global": {"start_date": "2024-09-01", "period_months": 5},
        "companies": [{"code": "L"}, {"code": "S", "volume_weight": 0.002}],
        "transactions": {"target_count": 8_000},
    },
    "a hundred entries": {"transactions": {"target_count": 100}},
}
_LARGE: dict[str, dict[str, object]] = {
    "one hundred and twenty months": {
        "global": {"start_date": "2019-07-15", "period_months": 120},
        "transactions": {"target_count": 12_000},
    },
    "fifty companies": {"companies": _FIFTY, "transactions": {"target_count": 50_000}},
}
_CALLS = (
    ("month_end", 0.1),
    ("year_end", 0.1),
    ("quarter_end", 0.45),
    ("month_end", 0.7),
    ("year_end", 0.999),
)
TRIGGERED = "triggered"

NAMES = [*_CASES, TRIGGERED, *(pytest.param(name, marks=pytest.mark.slow) for name in _LARGE)]
"""For `parametrize` and fixtures."""


@cache
def case(name: str) -> Seen:
    """See a journal; the triggered one is that of five companies with five closes called for."""
    if name != TRIGGERED:
        return Seen({**_CASES, **_LARGE}[name])
    journal = case("five companies, fiscal year from April").journal
    for pattern, share in _CALLS:
        journal, _ = journal.trigger(pattern, int(share * journal.total))
    return Seen.of(journal)
