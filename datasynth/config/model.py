"""What a configuration *is*, once it has been found valid.

Frozen values only.  How a document becomes one of these, and what is wrong
with it if it does not, is `schema`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

INDUSTRIES = (
    "manufacturing",
    "retail",
    "financial_services",
    "healthcare",
    "technology",
    "professional_services",
    "energy",
    "transportation",
    "real_estate",
    "telecommunications",
)


@dataclass(frozen=True, slots=True)
class GlobalSettings:
    """What holds for the whole data set.

    Attributes
    ----------
    seed
        Root of every draw; 0 … 2^63 - 1.
    industry
        One of `INDUSTRIES`; moves process weights, amounts and seasonality.
    start_date
        First posting date.
    period_months
        Length of the data set. [months]
    fiscal_year_start_month
        Calendar month in which a fiscal year begins; 1 … 12.
    """

    seed: int
    industry: str
    start_date: date
    period_months: int
    fiscal_year_start_month: int


@dataclass(frozen=True, slots=True)
class Company:
    """A legal entity that keeps books of its own.

    Attributes
    ----------
    code
        Unique key, shown in every entry.
    name
        Legal name, shown in header texts of payroll and closing entries.
    currency
        ISO 4217 code of the company's books.
    country
        ISO 3166 alpha-2 code; decides the legal holidays.
    volume_weight
        Share of the entries, relative to the other companies'.
    """

    code: str
    name: str
    currency: str
    country: str
    volume_weight: float


@dataclass(frozen=True, slots=True)
class LineItems:
    """How many lines entries have; `max_lines` is the most that one may have, closing entries aside."""

    max_lines: int


@dataclass(frozen=True, slots=True)
class Temporal:
    """How entries spread over the calendar.

    Attributes
    ----------
    month_end_spike, quarter_end_spike, year_end_spike
        Volume of the last five calendar days of a fiscal month, quarter and
        year, as a multiple of an ordinary day's; the highest applies.
    weekend_activity, holiday_activity
        Volume of a Saturday or Sunday, and of a legal holiday, as a share of
        an ordinary day's; 0 leaves those days empty.
    """

    month_end_spike: float
    quarter_end_spike: float
    year_end_spike: float
    weekend_activity: float
    holiday_activity: float


@dataclass(frozen=True, slots=True)
class Transactions:
    """How many entries there are and what they look like."""

    target_count: int
    line_items: LineItems
    temporal: Temporal


@dataclass(frozen=True, slots=True)
class BusinessProcesses:
    """Shares of the processes among the entries; they sum to one, and 0 removes a process."""

    o2c_weight: float
    p2p_weight: float
    r2r_weight: float
    h2r_weight: float
    a2r_weight: float


@dataclass(frozen=True, slots=True)
class Config:
    """A valid configuration; two that are equal give the same entries."""

    general: GlobalSettings
    companies: tuple[Company, ...]
    transactions: Transactions
    business_processes: BusinessProcesses
