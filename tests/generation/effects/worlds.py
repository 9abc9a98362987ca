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
    "transactions": {"target_count": 20_000},
}
"""Ends of a month, a quarter and a year, with legal holidays."""


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
