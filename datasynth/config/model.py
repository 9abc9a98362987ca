"""What a configuration *is*, once it has been found valid.

Frozen values only.  How a document becomes one of these, and what is wrong
with it if it does not, is `schema`'s business.
"""

# long: one value for each section, and they are read side by side

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

COMPLEXITIES = ("small", "medium", "large")
"""Charts of about 100, 400 and 2,500 postable accounts."""

PERIOD_END_SHAPES = ("flat", "ramp")
"""All last days of a period alike, or rising towards the last."""

LARGEST_SEED = 2**63 - 1
LARGEST_SEED_TEXT = "2^63 - 1"
"""How that is written where people read it."""

MOST_ENTRIES = 10_000_000_000
"""Entries that one data set may have."""


@dataclass(frozen=True, slots=True)
class GlobalSettings:
    """What holds for the whole data set.

    Attributes
    ----------
    seed
        Root of every draw; 0 … 2^63 - 1.
    industry
        One of `INDUSTRIES`; moves process weights, sources, amounts and seasonality.
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
        ISO 3166 alpha-2 code; decides the legal holidays and the tax.
    volume_weight
        Share of the entries, relative to the other companies'.
    """

    code: str
    name: str
    currency: str
    country: str
    volume_weight: float


@dataclass(frozen=True, slots=True)
class ChartOfAccounts:
    """Which accounts there are; `complexity` is one of `COMPLEXITIES`."""

    complexity: str


@dataclass(frozen=True, slots=True)
class LineItems:
    """How many lines entries have.

    Attributes
    ----------
    max_lines
        The most that one entry may have, closing entries aside.
    custom_distribution
        Pairs of a number of lines and its share, ascending; empty for the
        distribution seen in real ledgers.
    """

    max_lines: int
    custom_distribution: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """How large transactions are.

    Attributes
    ----------
    min, max
        Smallest and largest amount of a transaction; what the distribution has
        outside is left out, not piled up at the bounds. [US dollars, or their worth]
    round_number_bias
        Share of transactions whose amount is rounded, the larger the coarser.
    """

    min: float
    max: float
    round_number_bias: float


@dataclass(frozen=True, slots=True)
class Sources:
    """Shares of the sources among the entries that reverse nothing; they sum to one."""

    manual: float
    automated: float
    recurring: float
    adjustment: float


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """How busy working days are, relative to one another."""

    monday: float
    tuesday: float
    wednesday: float
    thursday: float
    friday: float


@dataclass(frozen=True, slots=True)
class Temporal:
    """How entries spread over the calendar and the day.

    Attributes
    ----------
    month_end_spike, quarter_end_spike, year_end_spike
        Volume of the last days of a fiscal month, quarter and year, as a
        multiple of an ordinary day's; the highest applies.
    period_end_days
        How many calendar days the spikes last; 1 … 15. [days]
    period_end_shape
        One of `PERIOD_END_SHAPES`.
    period_end_manual_factor
        How many times as often as otherwise a document of these days is entered by hand.
    period_end_overtime
        Share of what is entered by hand on these days that is entered in the evening.
    weekend_activity, holiday_activity
        Volume of a Saturday or Sunday, and of a legal holiday, as a share of
        an ordinary day's; 0 leaves those days empty.
    industry_seasonality
        Whether months are as busy as is usual in the industry, or all alike.
    day_of_week
        How busy Monday to Friday are.
    """

    month_end_spike: float
    quarter_end_spike: float
    year_end_spike: float
    period_end_days: int
    period_end_shape: str
    period_end_manual_factor: float
    period_end_overtime: float
    weekend_activity: float
    holiday_activity: float
    industry_seasonality: bool
    day_of_week: DayOfWeek


@dataclass(frozen=True, slots=True)
class Transactions:
    """How many entries there are and what they look like.

    Attributes
    ----------
    target_count
        Number of entries.
    line_items, amounts, sources, temporal
        Each explains itself.
    reversal_rate
        Share of the entries that reverse another one; 0 … 0.1, closing entries aside.
    foreign_currency_share
        Share of the entries in another currency than the company's; 0 … 0.2.
    """

    target_count: int
    line_items: LineItems
    amounts: Amounts
    sources: Sources
    temporal: Temporal
    reversal_rate: float
    foreign_currency_share: float


@dataclass(frozen=True, slots=True)
class BusinessProcesses:
    """Shares of the processes among the entries; they sum to one, and 0 removes a process."""

    o2c_weight: float
    p2p_weight: float
    r2r_weight: float
    h2r_weight: float
    a2r_weight: float
    treasury_weight: float
    tax_weight: float
    intercompany_weight: float


@dataclass(frozen=True, slots=True)
class OrderToCash:
    """How customers pay; shares are among the invoices of deliveries.

    Attributes
    ----------
    partial_payment_rate
        Paid in two parts.
    short_payment_rate
        Paid a little short, the difference written off.
    early_discount_rate
        Paid early, less a discount.
    bundled_payment_rate
        Paid together with other invoices of the same customer.
    return_rate
        Credited in part before the rest is paid.
    payment_days
        Likeliest number of days from delivery to payment; 5 … 60. [days]
    """

    partial_payment_rate: float
    short_payment_rate: float
    early_discount_rate: float
    bundled_payment_rate: float
    return_rate: float
    payment_days: int


@dataclass(frozen=True, slots=True)
class ProcureToPay:
    """How vendors are paid; shares are among the invoices for goods received.

    Attributes
    ----------
    partial_payment_rate
        Paid in two parts.
    early_discount_rate
        Paid early, less a discount.
    payment_run_rate
        Paid together with others of the same vendor; a share of the invoices for
        services and expenses.
    price_variance_rate
        Invoiced at another price than the goods were received at.
    payment_days
        Likeliest number of days from the receipt of the goods to payment; 5 … 60. [days]
    """

    partial_payment_rate: float
    early_discount_rate: float
    payment_run_rate: float
    price_variance_rate: float
    payment_days: int


@dataclass(frozen=True, slots=True)
class DocumentFlows:
    """What becomes of invoices."""

    o2c: OrderToCash
    p2p: ProcureToPay


@dataclass(frozen=True, slots=True)
class Tax:
    """Value added and sales tax.

    Attributes
    ----------
    enabled
        Whether there is any.
    taxable_share
        Share of the invoices, of those that the country taxes, that carry tax.
    """

    enabled: bool
    taxable_share: float


@dataclass(frozen=True, slots=True)
class Intercompany:
    """Dealings between companies; `markup` is what the seller adds to the cost of what it sells."""

    markup: float


@dataclass(frozen=True, slots=True)
class MasterData:
    """How many parties and cost centres a company has."""

    customers: int
    vendors: int
    employees: int
    cost_centers: int


@dataclass(frozen=True, slots=True)
class Approval:
    """Who has to approve what is entered by hand.

    Attributes
    ----------
    thresholds
        One to three amounts, ascending; an entry above the first needs a
        controller, above the second a finance director, above the third the
        chief financial officer. [US dollars; round figures of other currencies]
    """

    thresholds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UserPersonas:
    """How many users of each kind a company has; at least one holds every role."""

    junior_accountant: int
    senior_accountant: int
    controller: int
    manager: int
    automated_system: int


@dataclass(frozen=True, slots=True)
class Config:
    """A valid configuration; two that are equal give the same entries."""

    general: GlobalSettings
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
