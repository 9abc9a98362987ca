"""Which days end a year."""

from __future__ import annotations

from datasynth.config import config_from_mapping
from datasynth.evaluation.checks.year_ends import month_ends, year_ends
from datasynth.ledger.calendars import to_date


def test_ends_inside_the_data() -> None:
    """Only ends from the start date on and before the end count."""
    period = {"start_date": "2024-02-10", "period_months": 14, "fiscal_year_start_month": 4}
    config = config_from_mapping({"global": period})

    months = [to_date(day).isoformat() for day in month_ends(config)]

    assert ("2024-02-29", "2025-03-31", 14) == (months[0], months[-1], len(months))
    assert ["2024-03-31", "2025-03-31"] == [to_date(day).isoformat() for day in year_ends(config)]
