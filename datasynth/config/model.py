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
    """What holds for the whole data set."""

    seed: int = key(
        LargeNumber(0, LARGEST_SEED, LARGEST_SEED_TEXT),
        42,
        "Root of every draw: the same seed and configuration give the same entries, byte for byte.",
    )
    industry: str = key(
        one_of(INDUSTRIES),
        "manufacturing",
        "Decides amounts, seasonality, and the defaults of processes, sources, tax and payment days.",
    )
    start_date: date = key(
        CalendarDate(date(1970, 1, 1), date(2200, 12, 31)), date(2024, 1, 1), "First posting date."
    )
    period_months: int = key(
        WholeNumber(1, 120), 12, "Length of the data set in months, from the start date on."
    )
    fiscal_year_start_month: int = key(
        WholeNumber(1, 12),
        1,
        "Calendar month in which a fiscal year begins; moves `fiscal_year`, `fiscal_period` and the "
        "quarter and year ends.",
    )


@section
class Company:
    """A legal entity that keeps books of its own; the defaults are those of the first and of every other."""

    code: str = key(
        CompanyCode(), "1000", "Key of the company, printed in every entry; the one key that each item needs."
    )
    name: str = key(
        Name(), None, "Legal name, printed in header texts; left out, it is “Company” and the code."
    )
    currency: str = key(
        _CURRENCY,
        "USD",
        "Currency of the company's books; decides the decimals of its amounts and, by its value, their size.",
    )
    country: str = key(_COUNTRY, "US", "Decides the legal holidays and the tax rates.")
    volume_weight: float = key(
        DecimalNumber(0, 1_000_000),
        1.0,
        "Share of the entries, relative to the other companies'; at least one is above 0.",
    )


@section
class ChartOfAccounts:
    """Which accounts there are."""

    complexity: str = key(
        one_of(COMPLEXITIES),
        "medium",
        "Charts of about 100, 400 or 2,500 postable accounts; decides the defaults of `master_data` too.",
    )


@section
class LineItems:
    """How many lines entries have."""

    max_lines: int = key(
        WholeNumber(10, MOST_LINES), 100, "The most lines that one entry may have, closing entries aside."
    )
    custom_distribution: tuple[tuple[int, float], ...] = key(
        LineDistribution(),
        (),
        'Shares of entries by number of lines, such as {"2": 0.7, "4": 0.3}; {} for those of real ledgers.',
    )


@section
class TransactionAmounts:
    """How large transactions are."""

    min: float = key(
        DecimalNumber(0.01, 10**6),
        0.5,
        "Smallest amount of a transaction in US dollars, and what is worth as much in other currencies; "
        "nothing piles up there.",
    )
    max: float = key(
        DecimalNumber(10, 10**12),
        1e8,
        f"Largest amount of a transaction, likewise; at least {NARROWEST} times the smallest.",
    )
    round_number_bias: float = key(
        _SHARE, 0.15, "Share of transactions whose amount is rounded, the larger the coarser."
    )


@section
class Sources:
    """Who or what makes the entries that reverse nothing; the four shares sum to 1."""

    manual: float = key(_SHARE, 0.20, "Share of what people enter by hand.")
    automated: float = key(_SHARE, 0.70, "Share of what interfaces and batch jobs post.")
    recurring: float = key(_SHARE, 0.07, "Share of what standing orders post.")
    adjustment: float = key(_SHARE, 0.03, "Share of corrections and valuations.")


@section
class DayOfWeek:
    """How busy Monday to Friday are; at least one is above 0."""

    monday: float = key(_DAY, 1.3, "Volume of a Monday, relative to the other working days.")
    tuesday: float = key(_DAY, 1.1, "Volume of a Tuesday, relative to the other working days.")
    wednesday: float = key(_DAY, 1.0, "Volume of a Wednesday, relative to the other working days.")
    thursday: float = key(_DAY, 1.0, "Volume of a Thursday, relative to the other working days.")
    friday: float = key(_DAY, 0.85, "Volume of a Friday, relative to the other working days.")


@section
class Temporal:
    """How entries spread over the calendar and the day."""

    month_end_spike: float = key(
        _SPIKE, 2.5, "Volume of a fiscal month's last days, as a multiple of an ordinary day's."
    )
    quarter_end_spike: float = key(
        _SPIKE,
        3.0,
        "Volume of a fiscal quarter's last days, likewise a multiple; the highest of the three applies.",
    )
    year_end_spike: float = key(_SPIKE, 4.0, "Volume of a fiscal year's last days, likewise a multiple.")
    period_end_days: int = key(
        WholeNumber(1, 15), 5, "How many calendar days of a period's end the spikes last."
    )
    period_end_shape: str = key(
        one_of(("flat", "ramp")), "flat", "All days of a period's end alike, or rising towards the last."
    )
    period_end_manual_factor: float = key(
        DecimalNumber(1, 5),
        1.5,
        "How many times as often as otherwise a document of a period's last days is entered by hand.",
    )
    period_end_overtime: float = key(
        _SHARE,
        0.1,
        "Share of what is entered by hand on a period's last days that is entered in the evening.",
    )
    weekend_activity: float = key(
        _SHARE, 0.1, "Volume of a Saturday or Sunday, as a share of an ordinary day's; 0 leaves them empty."
    )
    holiday_activity: float = key(_SHARE, 0.05, "Volume of a legal holiday, as a share of an ordinary day's.")
    day_dispersion: float = key(
        DecimalNumber(0, 0.5),
        0.04,
        "How far days stray from their due beyond chance, as a share of it; "
        "with 0, documents still come by chance, independently of one another.",
    )
    industry_seasonality: bool = key(
        Flag(), True, "Whether months are as busy as is usual in the industry, or all alike."
    )
    day_of_week: DayOfWeek


@section
class Transactions:
    """How many entries there are and what they look like."""

    target_count: int = key(
        WholeNumber(1, MOST_ENTRIES),
        100_000,
        "Entries in the data set; fewer where a weak currency's sums would not fit into 64 bits.",
    )
    line_items: LineItems
    amounts: TransactionAmounts
    sources: Sources
    temporal: Temporal
    reversal_rate: float = key(
        DecimalNumber(0, 0.1),
        0.02,
        "Share of the documents of each type that are wrong and reversed, closing entries aside.",
    )
    foreign_currency_share: float = key(
        DecimalNumber(0, 0.2), 0.035, "Share of the entries in another currency than their company's."
    )


@section
class BusinessProcesses:
    """Shares of the processes among the entries; the eight weights sum to 1."""

    # In the order of `ledger.processes.PROCESSES`.
    o2c_weight: float = key(_SHARE, None, "Share of order to cash among the entries; 0 removes the process.")
    p2p_weight: float = key(_SHARE, None, "Share of procure to pay among the entries.")
    r2r_weight: float = key(_SHARE, None, "Share of record to report; the calendar's closes belong to it.")
    h2r_weight: float = key(_SHARE, None, "Share of hire to retire: payroll, travel, expenses.")
    a2r_weight: float = key(_SHARE, None, "Share of acquire to retire: assets.")
    treasury_weight: float = key(_SHARE, None, "Share of treasury: bank charges, interest, loans, transfers.")
    tax_weight: float = key(_SHARE, None, "Share of tax: assessments and payments.")
    intercompany_weight: float = key(
        _SHARE, None, "Share of dealings between companies; with one company it is spread over the others."
    )


@section
class OrderToCash:
    """How customers pay; the five rates sum to at most 0.95."""

    partial_payment_rate: float = key(
        _SHARE, 0.08, "Share of the invoices of deliveries that are paid in two parts."
    )
    short_payment_rate: float = key(
        _SHARE,
        0.03,
        "Share of the invoices of deliveries that are paid a little short, the difference written off.",
    )
    early_discount_rate: float = key(
        _SHARE, 0.10, "Share of the invoices of deliveries that are paid early, less a discount."
    )
    bundled_payment_rate: float = key(
        _SHARE,
        0.12,
        "Share of the invoices of deliveries that are paid together with others of the same customer.",
    )
    return_rate: float = key(
        _SHARE, 0.03, "Share of the invoices of deliveries that are credited in part before the rest is paid."
    )
    payment_days: int = key(_PAYMENT_DAYS, 33, "Likeliest number of days from delivery to payment.")


@section
class ProcureToPay:
    """How vendors are paid; the four rates sum to at most 0.95."""

    partial_payment_rate: float = key(
        _SHARE, 0.05, "Share of the invoices for goods that are paid in two parts."
    )
    early_discount_rate: float = key(
        _SHARE, 0.10, "Share of the invoices for goods that are paid early, less a discount."
    )
    payment_run_rate: float = key(
        _SHARE,
        0.15,
        "Share of the invoices for services and expenses that are paid together with others of one vendor.",
    )
    price_variance_rate: float = key(
        _SHARE,
        0.08,
        "Share of the invoices for goods that have another price than the goods were received at.",
    )
    payment_days: int = key(
        _PAYMENT_DAYS, 32, "Likeliest number of days from the receipt of the goods to payment."
    )


@section
class DocumentFlows:
    """What becomes of invoices."""

    o2c: OrderToCash
    p2p: ProcureToPay


@section
class Tax:
    """Value added and sales tax."""

    enabled: bool = key(Flag(), True, "Whether there is value added or sales tax.")
    taxable_share: float = key(
        _SHARE, 0.5, "Share of the invoices that carry tax, of those that the company's country taxes."
    )


@section
class Intercompany:
    """Dealings between companies."""

    markup: float = key(_SHARE, 0.05, "What the selling company adds to its cost, as a share of it.")


@section
class MasterData:
    """How many parties and cost centres there are; the default follows the chart."""

    customers: int = key(_PARTIES, None, "Customers of each company.")
    vendors: int = key(_PARTIES, None, "Vendors of each company.")
    employees: int = key(_PARTIES, None, "Employees of each company.")
    cost_centers: int = key(WholeNumber(1, 2_000), None, "Cost centres of each company.")


@section
class Approval:
    """Who has to approve what is entered by hand."""

    thresholds: tuple[int, ...] = key(
        ListOfWhole(3, 1, 10**9),
        (10_000, 100_000, 1_000_000),
        "Amounts in US dollars, or round figures of other currencies worth about as much, above which what "
        "is entered by hand needs a controller, a finance director and the chief financial officer.",
    )


@section
class UserPersonas:
    """How many users of each kind there are."""

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
