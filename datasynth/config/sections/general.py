"""``global`` and ``chart_of_accounts``: what holds for the whole data set."""

from __future__ import annotations

from datetime import date

from datasynth.config import model
from datasynth.config.fields import WholeNumber
from datasynth.config.large_numbers import LargeNumber
from datasynth.config.sections.base import SectionSchema
from datasynth.config.text_fields import CalendarDate, OneOf


class GlobalSchema(SectionSchema):
    """``global``."""

    builds = model.GlobalSettings

    seed = LargeNumber(
        0,
        model.LARGEST_SEED,
        "Root of every draw: the same seed and configuration give the same entries, byte for byte.",
        high_text=model.LARGEST_SEED_TEXT,
    )
    industry = OneOf(
        lambda: frozenset(model.INDUSTRIES),
        f"Must be one of {', '.join(model.INDUSTRIES)}",
        ", ".join(model.INDUSTRIES),
        "Decides amounts, seasonality, and the defaults of processes, sources, tax and payment days.",
    )
    start_date = CalendarDate(date(1970, 1, 1), date(2200, 12, 31), "First posting date.")
    period_months = WholeNumber(1, 120, "Length of the data set in months, from the start date on.")
    fiscal_year_start_month = WholeNumber(
        1,
        12,
        "Calendar month in which a fiscal year begins; moves `fiscal_year`, `fiscal_period` and the "
        "quarter and year ends.",
    )


class ChartOfAccountsSchema(SectionSchema):
    """``chart_of_accounts``."""

    builds = model.ChartOfAccounts

    complexity = OneOf(
        lambda: frozenset(model.COMPLEXITIES),
        f"Must be one of {', '.join(model.COMPLEXITIES)}",
        ", ".join(model.COMPLEXITIES),
        "Charts of about 100, 400 or 2,500 postable accounts; decides the defaults of `master_data` too.",
    )
