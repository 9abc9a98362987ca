"""The configuration: every section and key, with what it may hold, its default and its meaning.

What must hold *between* keys is in `rules`.  The defaults of some sections
follow the industry or the size of the chart; those are in ``presets``.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays

from datasynth.config.declaration import key, named, section
from datasynth.config.fields import DecimalNumber, Flag, WholeNumber
from datasynth.config.large_numbers import LargeNumber
from datasynth.config.list_fields import MOST_LINES, LineDistribution, ListOfWhole
from datasynth.config.text_fields import CalendarDate, CompanyCode, Name, OneOf, one_of
from datasynth.ledger.currencies import CURRENCIES

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

COMPLEXITIES = ("small", "medium", "large")
"""Charts of about 100, 400 and 2,500 postable accounts."""

LARGEST_SEED = 2**63 - 1
LARGEST_SEED_TEXT = "2^63 - 1"
"""How that is written where people read it."""

MOST_ENTRIES = 1_000_000_000_000
"""Entries that one data set may have."""

NARROWEST = 100
"""How many times the smallest amount the largest is at least: first digits need two decades."""

MOST_SPECIAL = 0.95
"""Share of invoices that may be paid in some special way; the rest are paid as they stand."""


@cache
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


_SHARE = DecimalNumber(0, 1)
_SPIKE = DecimalNumber(1, 20)
_DAY = DecimalNumber(0, 10)
_PAYMENT_DAYS = WholeNumber(5, 60)
_PARTIES = WholeNumber(1, 1_000_000)
_USERS = WholeNumber(1, 500)
_CURRENCY = OneOf(
    lambda: CURRENCIES, "Must be an ISO 4217 currency code in capitals, such as EUR", "ISO 4217"
)
_COUNTRY = OneOf(
    _countries, "Must be an ISO 3166 country code of two capitals, such as DE", "ISO 3166 alpha-2"
)


@section
class GlobalSettings:
    """Settings for the whole data set."""

    seed: int = key(
        LargeNumber(0, LARGEST_SEED, LARGEST_SEED_TEXT),
        42,
        "Random seed. The same seed and configuration give the same entries, byte for byte.",
    )
    industry: str = key(
        one_of(INDUSTRIES),
        "manufacturing",
        "Sets amounts, seasonality, and the defaults of processes, sources, tax and payment days.",
    )
    start_date: date = key(
        CalendarDate(date(1970, 1, 1), date(2200, 12, 31)), date(2024, 1, 1), "First posting date."
    )
    period_months: int = key(WholeNumber(1, 120), 12, "Length of the data set in months.")
    fiscal_year_start_month: int = key(
        WholeNumber(1, 12),
        1,
        "Calendar month in which a fiscal year begins. It sets `fiscal_year`, `fiscal_period`, "
        "and the quarter and year ends.",
    )


@section
class Company:
    """A legal entity with its own books. All companies have the same defaults."""

    code: str = key(
        CompanyCode(), "1000", "Code of the company, printed in every entry. Each company needs one."
    )
    name: str = key(
        Name(), None, "Legal name, printed in header texts. The default is “Company” and the code."
    )
    currency: str = key(
        _CURRENCY,
        "USD",
        "Currency of the company's books. It sets the decimals and the size of the amounts.",
    )
    country: str = key(_COUNTRY, "US", "Sets the legal holidays and the tax rates.")
    volume_weight: float = key(
        DecimalNumber(0, 1_000_000),
        1.0,
        "Share of the entries, relative to the other companies. At least one value must be above 0.",
    )


@section
class ChartOfAccounts:
    """The chart of accounts."""

    complexity: str = key(
        one_of(COMPLEXITIES),
        "medium",
        "About 100, 400 or 2,500 postable accounts. The size also sets the defaults of `master_data`.",
    )


@section
class LineItems:
    """The number of lines of entries."""

    max_lines: int = key(
        WholeNumber(10, MOST_LINES), 100, "Largest number of lines in an entry, except closing entries."
    )
    custom_distribution: tuple[tuple[int, float], ...] = key(
        LineDistribution(),
        (),
        'Shares of entries by number of lines, such as {"2": 0.7, "4": 0.3}. {} means those of real ledgers.',
    )


@section
class TransactionAmounts:
    """The amounts of transactions."""

    min: float = key(
        DecimalNumber(0.01, 10**6),
        0.5,
        "Smallest amount of a transaction in US dollars, or its equivalent in other currencies. "
        "Amounts do not cluster there.",
    )
    max: float = key(
        DecimalNumber(10, 10**12),
        1e8,
        f"Largest amount of a transaction, in the same unit. It must be at least {NARROWEST} times `min`.",
    )
    round_number_bias: float = key(
        _SHARE,
        0.15,
        "Share of transactions whose amount is rounded. Larger amounts are rounded to larger units.",
    )


@section
class Sources:
    """The sources of entries that are not reversals. The four shares must sum to 1."""

    manual: float = key(_SHARE, 0.20, "Share of entries that people enter by hand.")
    automated: float = key(_SHARE, 0.70, "Share of entries that interfaces and batch jobs post.")
    recurring: float = key(_SHARE, 0.07, "Share of entries that standing orders post.")
    adjustment: float = key(_SHARE, 0.03, "Share of entries that are corrections and valuations.")


@section
class DayOfWeek:
    """The volume from Monday to Friday. At least one value must be above 0."""

    monday: float = key(_DAY, 1.3, "Volume on a Monday, relative to the other working days.")
    tuesday: float = key(_DAY, 1.1, "Volume on a Tuesday, relative to the other working days.")
    wednesday: float = key(_DAY, 1.0, "Volume on a Wednesday, relative to the other working days.")
    thursday: float = key(_DAY, 1.0, "Volume on a Thursday, relative to the other working days.")
    friday: float = key(_DAY, 0.85, "Volume on a Friday, relative to the other working days.")


@section
class Temporal:
    """The distribution of entries over the calendar and the day."""

    month_end_spike: float = key(
        _SPIKE, 2.5, "Volume on the last days of a fiscal month, as a multiple of an ordinary day."
    )
    quarter_end_spike: float = key(
        _SPIKE,
        3.0,
        "Volume on the last days of a fiscal quarter, as a multiple. The highest of the three applies.",
    )
    year_end_spike: float = key(
        _SPIKE, 4.0, "Volume on the last days of a fiscal year, as a multiple of an ordinary day."
    )
    period_end_days: int = key(
        WholeNumber(1, 15), 5, "Number of calendar days at the end of a period that have the higher volume."
    )
    period_end_shape: str = key(
        one_of(("flat", "ramp")),
        "flat",
        "Whether all these days have the same volume, or the volume rises towards the last day.",
    )
    period_end_manual_factor: float = key(
        DecimalNumber(1, 5),
        1.5,
        "How many times more often documents are entered by hand on the last days of a period.",
    )
    period_end_overtime: float = key(
        _SHARE,
        0.1,
        "Share of manual entries that are entered in the evening on the last days of a period.",
    )
    weekend_activity: float = key(
        _SHARE, 0.1, "Volume on a Saturday or Sunday, as a share of an ordinary day. 0 means no entries."
    )
    holiday_activity: float = key(_SHARE, 0.05, "Volume on a legal holiday, as a share of an ordinary day.")
    day_dispersion: float = key(
        DecimalNumber(0, 0.5),
        0.04,
        "Extra variation of daily volumes, as a share of the expected volume. "
        "With 0, volumes vary only as those of independent documents do.",
    )
    industry_seasonality: bool = key(
        Flag(),
        True,
        "Whether monthly volumes follow the seasons of the industry. If false, all months are alike.",
    )
    day_of_week: DayOfWeek


@section
class Transactions:
    """The number and the properties of entries."""

    target_count: int = key(
        WholeNumber(1, MOST_ENTRIES),
        100_000,
        "Number of entries in the data set. The limit is lower for weak currencies.",
    )
    line_items: LineItems
    amounts: TransactionAmounts
    sources: Sources
    temporal: Temporal
    reversal_rate: float = key(
        DecimalNumber(0, 0.1),
        0.02,
        "Share of the documents of each type that are wrong and reversed, except closing entries.",
    )
    foreign_currency_share: float = key(
        DecimalNumber(0, 0.2), 0.035, "Share of entries in a currency other than the company's."
    )


@section
class BusinessProcesses:
    """The shares of the business processes. The eight weights must sum to 1."""

    # In the order of `ledger.processes.PROCESSES`.
    o2c_weight: float = key(_SHARE, None, "Share of entries of order to cash. 0 removes the process.")
    p2p_weight: float = key(_SHARE, None, "Share of entries of procure to pay.")
    r2r_weight: float = key(
        _SHARE, None, "Share of entries of record to report, including the closes of the calendar."
    )
    h2r_weight: float = key(_SHARE, None, "Share of entries of hire to retire: payroll, travel, expenses.")
    a2r_weight: float = key(_SHARE, None, "Share of entries of acquire to retire: assets.")
    treasury_weight: float = key(
        _SHARE, None, "Share of entries of treasury: bank charges, interest, loans, transfers."
    )
    tax_weight: float = key(_SHARE, None, "Share of entries of tax: assessments and payments.")
    intercompany_weight: float = key(
        _SHARE,
        None,
        "Share of entries between companies. With one company, the other processes get this share.",
    )


@section
class OrderToCash:
    """Payments of customers. The five rates may sum to at most 0.95."""

    partial_payment_rate: float = key(_SHARE, 0.08, "Share of delivery invoices that are paid in two parts.")
    short_payment_rate: float = key(
        _SHARE,
        0.03,
        "Share of delivery invoices that are paid slightly short. The difference is written off.",
    )
    early_discount_rate: float = key(
        _SHARE, 0.10, "Share of delivery invoices that are paid early, with a discount."
    )
    bundled_payment_rate: float = key(
        _SHARE,
        0.12,
        "Share of delivery invoices that are paid together with other invoices of the same customer.",
    )
    return_rate: float = key(
        _SHARE, 0.03, "Share of delivery invoices that are credited in part before the rest is paid."
    )
    payment_days: int = key(_PAYMENT_DAYS, 33, "Most likely number of days from delivery to payment.")


@section
class ProcureToPay:
    """Payments to vendors. The four rates may sum to at most 0.95."""

    partial_payment_rate: float = key(_SHARE, 0.05, "Share of invoices for goods that are paid in two parts.")
    early_discount_rate: float = key(
        _SHARE, 0.10, "Share of invoices for goods that are paid early, with a discount."
    )
    payment_run_rate: float = key(
        _SHARE,
        0.15,
        "Share of invoices for services and expenses that are paid together with others of the same vendor.",
    )
    price_variance_rate: float = key(
        _SHARE,
        0.08,
        "Share of invoices for goods whose price differs from the price at goods receipt.",
    )
    payment_days: int = key(
        _PAYMENT_DAYS, 32, "Most likely number of days from the receipt of the goods to payment."
    )


@section
class DocumentFlows:
    """The payment and correction of invoices."""

    o2c: OrderToCash
    p2p: ProcureToPay


@section
class Tax:
    """Value added and sales tax."""

    enabled: bool = key(Flag(), True, "Whether invoices can carry value added tax or sales tax.")
    taxable_share: float = key(
        _SHARE, 0.5, "Share of invoices that carry tax, among the invoices that the company's country taxes."
    )


@section
class Intercompany:
    """Transactions between companies."""

    markup: float = key(_SHARE, 0.05, "Markup of the selling company, as a share of its cost.")


@section
class MasterData:
    """The number of parties and cost centres. The default depends on the chart."""

    customers: int = key(_PARTIES, None, "Customers of each company.")
    vendors: int = key(_PARTIES, None, "Vendors of each company.")
    employees: int = key(_PARTIES, None, "Employees of each company.")
    cost_centers: int = key(WholeNumber(1, 2_000), None, "Cost centres of each company.")


@section
class Approval:
    """The approval of manual entries."""

    thresholds: tuple[int, ...] = key(
        ListOfWhole(3, 1, 10**9),
        (10_000, 100_000, 1_000_000),
        "Limits in US dollars, or about the same in round figures of other currencies. Manual entries above "
        "them need a controller, a finance director and the chief financial officer, in this order.",
    )


@section
class UserPersonas:
    """The number of users of each kind."""

    junior_accountant: int = key(_USERS, 17, "Junior accountants of each company.")
    senior_accountant: int = key(_USERS, 9, "Senior accountants of each company.")
    controller: int = key(_USERS, 3, "Controllers of each company.")
    manager: int = key(_USERS, 1, "Managers of each company.")
    automated_system: int = key(_USERS, 7, "Technical users of each company: interfaces and batch jobs.")


@section
class Config:
    """A valid configuration; two that are equal give the same entries."""

    general: GlobalSettings = named("global")
    companies: tuple[Company, ...]
    chart_of_accounts: ChartOfAccounts
    transactions: Transactions
    business_processes: BusinessProcesses
    document_flows: DocumentFlows
    tax: Tax
    intercompany: Intercompany
    master_data: MasterData
    approval: Approval
    user_personas: UserPersonas
