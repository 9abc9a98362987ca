"""Journals in which some keys are changed, each made once; each key has a figure of its own."""

from __future__ import annotations

import json
from functools import cache

from tests.generation.seen import Seen

MONTH: dict[str, object] = {
    "global": {"start_date": "2024-03-01", "period_months": 1},
    "chart_of_accounts": {"complexity": "small"},
    "transactions": {"target_count": 12_000},
}
"""A month before the quarter's end is one itself."""

AUTUMN: dict[str, object] = {
    "global": {"start_date": "2024-08-01", "period_months": 5},
    "chart_of_accounts": {"complexity": "small"},
    "transactions": {"target_count": 60_000, "temporal": {"day_dispersion": 0.0}},
}
"""Ends of a month, a quarter and a year, with legal holidays; days stray by chance alone, by a twentieth."""


ELSEWHERE: tuple[dict[str, object], ...] = (
    MONTH,
    {
        "global": {"seed": 43, "start_date": "1970-01-01"},
        "companies": [{"code": "1", "currency": "EUR", "country": "DE"}],
        "tax": {"taxable_share": 0.9},
        "master_data": {"customers": 37, "vendors": 23, "employees": 11, "cost_centers": 5},
        "user_personas": {
            "junior_accountant": 31,
            "senior_accountant": 16,
            "controller": 5,
            "manager": 4,
            "automated_system": 12,
        },
        "approval": {"thresholds": [500, 4_000]},
    },
    {"transactions": {"temporal": {"holiday_activity": 1.0}}},
)
"""Another seed, country and time, few parties, many users and low limits."""

LARGE: tuple[dict[str, object], ...] = (
    MONTH,
    {
        "chart_of_accounts": {"complexity": "large"},
        "transactions": {"line_items": {"custom_distribution": {"2": 0.5, "4": 0.35, "12": 0.15}}},
    },
)
"""A large chart, and other numbers of lines."""

WITHOUT_TRADE: tuple[dict[str, object], ...] = (
    AUTUMN,
    {
        "business_processes": {
            "o2c_weight": 0.0,
            "p2p_weight": 0.0,
            "r2r_weight": 0.4,
            "h2r_weight": 0.2,
            "a2r_weight": 0.2,
            "treasury_weight": 0.1,
            "tax_weight": 0.1,
            "intercompany_weight": 0.0,
        },
        "transactions": {
            "temporal": {"weekend_activity": 0.0, "holiday_activity": 0.0, "month_end_spike": 8.0}
        },
    },
)
"""Nothing bought and nothing sold, days off without entries, and ends of months busier than any."""

COMPANIES: tuple[dict[str, object], ...] = (
    MONTH,
    {
        "global": {"start_date": "2024-07-01"},
        "companies": [
            {"code": "ACME-7", "name": "Zephyr & Sons", "volume_weight": 3, "country": "US"},
            {"code": "B", "volume_weight": 1, "currency": "JPY", "country": "DE"},
            {"code": "C", "volume_weight": 0},
            {"code": "D", "volume_weight": 2, "currency": "KWD", "country": "KW"},
        ],
        "business_processes": {"o2c_weight": 0.265, "intercompany_weight": 0.0},
        "transactions": {"temporal": {"weekend_activity": 0.0, "holiday_activity": 0.0}},
    },
)
"""Four companies, one of which does nothing, that do not deal with one another."""

WITHOUT: dict[str, object] = {
    "transactions": {"reversal_rate": 0.0, "foreign_currency_share": 0.0, "target_count": 3_000},
    "tax": {"enabled": False},
}
"""No reversals, nothing in foreign currency and no taxes."""


@cache
def _made(text: str) -> Seen:
    return Seen(*json.loads(text))


def seen(*patches: dict[str, object]) -> Seen:
    """See a journal of some changes to the defaults, made once."""
    return _made(json.dumps(patches, sort_keys=True))


def transactions(**keys: object) -> dict[str, object]:
    """Return a change of the transactions section."""
    return {"transactions": keys}


def temporal(**keys: object) -> dict[str, object]:
    """Return a change of how entries spread over the calendar."""
    return {"transactions": {"temporal": keys}}


USUAL_FLOWS = {
    "o2c": {"partial": 0.08, "short": 0.03, "early": 0.10, "bundled": 0.12, "return": 0.03, "days": 33},
    "p2p": {"partial": 0.05, "early": 0.10, "run": 0.15, "variance": 0.08, "days": 32},
}
OTHER_FLOWS = {
    "o2c": {"partial": 0.20, "short": 0.12, "early": 0.06, "bundled": 0.30, "return": 0.10, "days": 15},
    "p2p": {"partial": 0.30, "early": 0.04, "run": 0.40, "variance": 0.20, "days": 50},
}
_RATES = {
    "partial": "partial_payment_rate",
    "short": "short_payment_rate",
    "early": "early_discount_rate",
    "bundled": "bundled_payment_rate",
    "return": "return_rate",
    "run": "payment_run_rate",
    "variance": "price_variance_rate",
    "days": "payment_days",
}


def flowing(*, other: bool) -> Seen:
    """See an autumn that only sells and buys, without reversals, with the usual flows or with others."""
    weights = dict.fromkeys(("r2r", "h2r", "a2r", "treasury", "tax", "intercompany"), 0.0)
    weights |= {"o2c": 0.5, "p2p": 0.5}
    flows = OTHER_FLOWS if other else USUAL_FLOWS
    return seen(
        AUTUMN,
        {
            "business_processes": {f"{name}_weight": weight for name, weight in weights.items()},
            "document_flows": {
                section: {_RATES[name]: value for name, value in rates.items()}
                for section, rates in flows.items()
            },
        },
        transactions(target_count=30_000, reversal_rate=0.0, foreign_currency_share=0.0),
    )
