"""Four months of three companies, over a year end, with which nobody could find fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.evaluation.bookkeeping import CHART, CURRENCIES, Books, Line, account, item

if TYPE_CHECKING:
    from tests.evaluation.bookkeeping import Files

MONTHS = (("2024-11", "30"), ("2024-12", "31"), ("2025-01", "31"), ("2025-02", "28"))
NEXT = {"2024-11": "2024-12-01", "2024-12": "2025-01-01", "2025-01": "2025-02-01"}
TAX = {"2000": 190}


def good_books() -> Files:
    """The whole set."""
    books = Books()
    for company in CURRENCIES:
        _open(books, company)
        for number, (month, last) in enumerate(MONTHS):
            _sell(books, company, month, number)
            _buy(books, company, month, number)
            _journals(books, company, month, number)
            _close(books, company, month, last)
    _abroad(books)
    _intercompany(books)
    _trigger(books)
    for company in CURRENCIES:
        _close_year(books, company)
    return books.finish()


def _open(books: Books, company: str) -> None:
    """Cash, an asset, one open receivable, and capital for the rest."""
    customer = f"C{company}"
    books.items.append(item(company, account("receivables"), customer, "INV-0000000001", 50_000))
    values = {"bank": 5_000_000, "equipment": 1_000_000, "receivables": 50_000}
    values |= {"equipment_depreciation": -400_000}
    for pool, amount in values.items():
        books.opening[company, account(pool)] = amount
    books.opening[company, account("retained_earnings_brought_forward")] = -sum(values.values())
    books.post(
        company,
        "2024-11-05",
        "DZ",
        Line("bank", 49_000),
        Line("discount_given", 1_000),
        Line("receivables", -50_000, customer, "INV-0000000001"),
        business_process="O2C",
    )


def _sell(books: Books, company: str, month: str, number: int) -> None:
    """A taxed invoice, paid in two parts, and a cash sale."""
    customer, reference = f"C{company}", f"INV-000000001{number}"
    net = 100_000 + 7 * number
    tax = net * TAX.get(company, 0) // 1000
    books.post(
        company,
        f"{month}-06",
        "RV",
        Line("receivables", net + tax, customer, reference),
        Line("revenue", -net),
        *([Line("output_tax", -tax, tax=("A1", tax))] if tax else []),
        business_process="O2C",
        reference=reference,
    )
    for day, part in (("12", 40_000), ("20", net + tax - 40_000)):
        books.post(
            company,
            f"{month}-{day}",
            "DZ",
            Line("bank", part),
            Line("receivables", -part, customer, reference),
            business_process="O2C",
            reference=reference,
        )
    books.post(
        company, f"{month}-14", "BV", Line("bank", 31_415), Line("revenue", -31_415), business_process="O2C"
    )


def _buy(books: Books, company: str, month: str, number: int) -> None:
    """Goods, their invoice, and its payment."""
    vendor, order, reference = (
        f"V{company}",
        f"PO-000000000{number}",
        f"RE {4711 + 17 * number + number * number}",
    )
    books.post(
        company,
        f"{month}-04",
        "WE",
        Line("inventory", 20_000),
        Line("grir", -20_000, item=order),
        business_process="P2P",
    )
    books.post(
        company,
        f"{month}-11",
        "RE",
        Line("grir", 20_000, item=order),
        Line("payables", -20_000, vendor, reference),
        business_process="P2P",
        reference=reference,
    )
    books.post(
        company,
        f"{month}-25",
        "KZ",
        Line("payables", 20_000, vendor, reference),
        Line("bank", -20_000),
        business_process="P2P",
        reference=reference,
        time="02:00:00",
    )


def _journals(books: Books, company: str, month: str, number: int) -> None:
    """A large one that is approved, and a small one that is reversed; an invoice reversed, too."""
    books.post(
        company,
        f"{month}-15",
        "SA",
        Line("expense", 2_000_000),
        Line("expense_relieved", -2_000_000),
        source="manual",
        approved_by=f"chief.{company}",
        approved_at=f"{month}-15T10:30:00Z",
    )
    small = books.post(
        company,
        f"{month}-16",
        "SA",
        Line("expense", 300),
        Line("expense_relieved", -300),
        source="manual",
    )
    books.reverse(small, f"{month}-18")
    vendor, reference = f"V{company}", f"KIN-000000000{number}"
    invoice = books.post(
        company,
        f"{month}-03",
        "KR",
        Line("services_bought", 900),
        Line("payables", -900, vendor, reference),
        source="manual",
        business_process="P2P",
    )
    books.reverse(invoice, f"{month}-08", business_process="P2P")


def _close(books: Books, company: str, month: str, last: str) -> None:
    """Depreciation, an accrual that goes back, an allocation, and in December a provision for tax."""
    day = f"{month}-{last}"
    books.post(
        company,
        day,
        "AF",
        Line("depreciation.equipment", 10_000),
        Line("equipment_depreciation", -10_000),
        source="recurring",
        business_process="A2R",
    )
    accrual = books.post(
        company,
        day,
        "SB",
        Line("salaries", 5_000),
        Line("accrued_payroll", -5_000),
        source="adjustment",
    )
    if month in NEXT:
        books.reverse(accrual, NEXT[month], "SU")
    shares = [Line("expense", 10)] * 31
    books.post(company, day, "CO", *shares, Line("expense", -310), source="recurring")
    if month == "2024-12":
        books.post(
            company,
            day,
            "SB",
            Line("income_tax", 700),
            Line("income_tax_payable", -700),
            source="adjustment",
        )


def _close_year(books: Books, company: str) -> None:
    """Income and expense to the summary, the summary to retained earnings, and carried forward."""
    day = "2024-12-31"
    result = [
        (one.code, balance)
        for one in CHART.accounts
        if one.of_result and (balance := books.balance(company, one.code, day))
    ]
    profit = sum(balance for _, balance in result)
    header = {"fiscal_period": 13, "time": "23:05:00"}
    closing = books.post(company, day, "CL", *(Line("revenue", -amount) for _, amount in result), **header)
    for line, (code, _) in zip(closing["lines"], result, strict=True):
        line["account"] = code
    closing["lines"] += books.post(company, day, "CL", Line("income_summary", profit), **header)["lines"]
    books.documents.pop()
    closing["lines"][-1]["line_number"] = len(closing["lines"])
    books.post(
        company, day, "CL", Line("income_summary", -profit), Line("retained_earnings", profit), **header
    )
    books.post(
        company,
        "2025-01-01",
        "CF",
        Line("retained_earnings", -profit),
        Line("retained_earnings_brought_forward", profit),
    )


def _abroad(books: Books) -> None:
    """An invoice in euros of a company in dollars, paid at another rate."""
    customer, reference = "C1000", "EXI-0000000001"
    books.post(
        "1000",
        "2024-11-07",
        "DR",
        Line("receivables", 10_003, customer, reference, local=11_003),
        Line("service_revenue", -10_003, local=-11_003),
        currency="EUR",
        rate="1.100000",
        business_process="O2C",
    )
    books.post(
        "1000",
        "2024-12-09",
        "DZ",
        Line("bank", 11_100),
        Line("receivables", -11_003, customer, reference),
        Line("exchange_gain", -97),
        business_process="O2C",
    )


def _intercompany(books: Books) -> None:
    """The first company sells to the second, in dollars, and to the third."""
    _sell_within(books)
    reference = "ICI-0000000001"
    books.post(
        "1000",
        "2024-12-02",
        "IC",
        Line("intercompany_receivable", 60_000, item=reference, trading="2000"),
        Line("intercompany_revenue", -60_000, trading="2000"),
        business_process="IC",
    )
    books.post(
        "2000",
        "2024-12-04",
        "IV",
        Line("intercompany_expense", 60_000, local=54_000),
        Line("intercompany_payable", -60_000, item=reference, local=-54_000, trading="1000"),
        currency="USD",
        rate="0.9000000",
        business_process="IC",
    )
    books.post(
        "2000",
        "2025-01-08",
        "ZC",
        Line("intercompany_payable", 54_000, item=reference, trading="1000"),
        Line("bank", -54_000),
        business_process="IC",
    )


def _sell_within(books: Books) -> None:
    """A sale that is not settled yet."""
    item = "ICI-0000000002"
    books.post(
        "1000",
        "2024-12-03",
        "IC",
        Line("intercompany_receivable", 70_000, item=item, trading="3000"),
        Line("intercompany_revenue", -70_000, trading="3000"),
        business_process="IC",
    )
    books.post(
        "3000",
        "2024-12-05",
        "IV",
        Line("intercompany_expense", 70_000, local=105_000),
        Line("intercompany_payable", -70_000, item=item, local=-105_000, trading="1000"),
        currency="USD",
        rate="150.000000",
        business_process="IC",
    )


def _trigger(books: Books) -> None:
    """A month end that was called for in the middle of November."""
    for company in CURRENCIES:
        called = books.post(
            company,
            "2024-11-19",
            "XC",
            Line("salaries", 4_000),
            Line("accrued_payroll", -4_000),
            source="adjustment",
            pattern="month_end",
        )
        books.reverse(called, "2024-12-01", "XR")
