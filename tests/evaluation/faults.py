"""Faults to plant into good books, and the gates that have to see each.

Where a fault drags others along (a changed amount no longer ties to the balances, say), the
gates that follow from it are named with it; whatever else is consistent is kept so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.evaluation.bookkeeping import item

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.evaluation.bookkeeping import Document, Files, Row

    Plant = Callable[[Files], object]

FAULTS: dict[str, tuple[Plant, frozenset[str]]] = {}
"""What plants each fault, and the gates that fail then, by the fault's name."""


def fault(*gates: str) -> Callable[[Plant], Plant]:
    """Register a fault with the gates that fail, the one it is meant for first."""

    def register(plant: Plant) -> Plant:
        FAULTS[plant.__name__.replace("_", " ").strip()] = (plant, frozenset(gates))
        return plant

    return register


def first(
    files: Files, kind: str, company: str = "1000", month: str = "2025-01", account: str = ""
) -> Document:
    """Find the first entry of a type, company and month, with a line on an account."""
    return next(
        document
        for document in files.documents
        if document["document_type"] == kind
        and document["company_code"] == company
        and document["posting_date"].startswith(month)
        and (not account or any(one["account"] == account for one in document["lines"]))
    )


def line(document: Document, account: str) -> Row:
    """Find the first line of an entry on an account."""
    found: Row = next(one for one in document["lines"] if one["account"] == account)
    return found


def row(files: Files, table: str, **wanted: str) -> Row:
    """Find the first row of a table."""
    return next(one for one in files.tables[table] if wanted.items() <= one.items())


def count_again(files: Files) -> None:
    """Number sequences and documents anew, so that nothing but a change of order or of types shows."""
    numbers: dict[tuple[str, int, str], int] = {}
    for sequence, document in enumerate(files.documents):
        key = (document["company_code"], document["fiscal_year"], document["document_type"])
        numbers[key] = numbers.get(key, 0) + 1
        document["sequence"] = sequence
        document["document_number"] = f"{numbers[key]:010d}"
    untriggered = sum(document["pattern"] is None for document in files.documents)
    files.config_document["transactions"]["target_count"] = untriggered


def take_out(files: Files, *gone: Document) -> None:
    """Take entries out without a gap."""
    for document in gone:
        files.documents.remove(document)
    count_again(files)


def amounts(document: Document, old: str, new: str) -> None:
    """Change an amount wherever it stands in an entry."""
    for one in document["lines"]:
        for name in ("debit", "credit"):
            one[name] = new if one[name] == old else one[name]
        sign = "-" if one["local_amount"].startswith("-") else ""
        one["local_amount"] = sign + new if one["local_amount"] == sign + old else one["local_amount"]


# Structure


@fault("structure.complete", "approval.users")
def _nobody_created_it(files: Files) -> None:
    first(files, "BV")["created_by"] = None


@fault("structure.complete")
def _no_process(files: Files) -> None:
    first(files, "BV")["business_process"] = None


@fault("structure.ids")
def _an_id_twice(files: Files) -> None:
    first(files, "BV")["document_id"] = first(files, "BV", "2000")["document_id"]


@fault("structure.accounts", "structure.rule_book", "ties.movements")
def _an_account_beyond_the_chart(files: Files) -> None:
    line(first(files, "BV"), "4000")["account"] = "4999"


@fault("structure.postable", "structure.rule_book", "ties.movements")
def _a_heading_is_posted_to(files: Files) -> None:
    line(first(files, "BV"), "4000")["account"] = "40"


@fault("structure.partners")
def _a_partner_nobody_knows(files: Files) -> None:
    files.tables["parties"].remove(row(files, "parties", partner_id="C1000"))


@fault("structure.partner_types")
def _a_partner_of_another_type(files: Files) -> None:
    line(first(files, "RV"), "1100")["partner_type"] = "vendor"


@fault("structure.currencies", "currency.rate_of_one")
def _a_currency_that_is_none(files: Files) -> None:
    first(files, "BV")["currency"] = "XQX"


@fault("structure.companies", "ties.movements", "numbers.gapless")
def _a_company_nobody_configured(files: Files) -> None:
    first(files, "BV")["company_code"] = "9999"


@fault("structure.rule_book", "ties.movements")
def _a_cash_sale_straight_from_stock(files: Files) -> None:
    line(first(files, "BV"), "4000")["account"] = "1200"


@fault("structure.rule_book")
def _a_document_type_nobody_knows(files: Files) -> None:
    for document in files.documents:
        document["document_type"] = {"BV": "QQ"}.get(document["document_type"], document["document_type"])


# Shape 1


@fault("balance.document", "currency.translated")
def _a_debit_too_high(files: Files) -> None:
    line(first(files, "BV"), "1010")["debit"] = "314.16"


@fault("balance.company", "currency.translated", "ties.movements")
def _a_local_amount_too_high(files: Files) -> None:
    line(first(files, "BV"), "1010")["local_amount"] = "314.16"


@fault("balance.one_side", "balance.sign", "currency.translated")
def _two_sides_on_a_line(files: Files) -> None:
    debited, *_, credited = first(files, "CO")["lines"]
    debited["credit"], credited["debit"] = "0.10", "0.10"


@fault("balance.sign", "currency.translated", "ties.movements")
def _local_amounts_on_the_other_side(files: Files) -> None:
    entry = first(files, "BV")
    line(entry, "1010")["local_amount"], line(entry, "4000")["local_amount"] = "-314.15", "314.15"


@fault("balance.sign", "currency.translated", "balance.company", "ties.movements")
def _a_line_that_is_worth_nothing(files: Files) -> None:
    line(first(files, "BV"), "1010")["local_amount"] = "0.00"


@fault("balance.one_side", "balance.sign")
def _a_line_of_nothing(files: Files) -> None:
    entry = first(files, "CO")
    nothing = {**entry["lines"][-1], "line_number": len(entry["lines"]) + 1}
    entry["lines"].append(nothing | {"debit": "0.00", "credit": "0.00", "local_amount": "0.00"})


@fault("balance.sides", "balance.document", "balance.company", "structure.rule_book", "ties.movements")
def _no_credit(files: Files) -> None:
    entry = first(files, "BV")["lines"][1]
    entry |= {"debit": entry["credit"], "credit": "0.00", "local_amount": "314.15"}


@fault("balance.line_numbers")
def _line_numbers_from_nought(files: Files) -> None:
    for number, one in enumerate(first(files, "BV")["lines"]):
        one["line_number"] = number


@fault("balance.minor_units")
def _a_part_of_a_yen(files: Files) -> None:
    amounts(first(files, "BV", "3000"), "31415", "31415.5")
    # Half a yen is rounded down on either side, so minus half a yen would not balance.
    first(files, "BV", "3000")["lines"][1]["local_amount"] = "-31415"


@fault("lines.most")
def _more_lines_than_allowed(files: Files) -> None:
    files.config_document["transactions"]["line_items"] = {"max_lines": 30}
    first(files, "CO")["document_type"] = "SA"
    count_again(files)


# Shapes 4 and 5


@fault("dates.order")
def _a_step_back(files: Files) -> None:
    day = "2025-01-02"
    first(files, "BV").update(posting_date=day, document_date=day, created_at=f"{day}T10:00:00Z")


@fault("dates.period")
def _posted_after_the_end(files: Files) -> None:
    entry = files.documents[-1]
    entry |= {"posting_date": "2025-03-01", "fiscal_period": 3}


@fault("dates.document")
def _a_document_of_tomorrow(files: Files) -> None:
    first(files, "BV")["document_date"] = "2025-01-15"


@fault("dates.sequence")
def _a_sequence_with_a_gap(files: Files) -> None:
    for document in files.documents[100:]:
        document["sequence"] += 1


@fault("dates.count")
def _an_entry_too_few(files: Files) -> None:
    files.config_document["transactions"]["target_count"] += 1


@fault("dates.empty_days")
def _work_on_a_day_without_activity(files: Files) -> None:
    week = {"monday": 1.0, "tuesday": 1.0, "wednesday": 1.0, "thursday": 0.0, "friday": 1.0}
    files.config_document["transactions"]["temporal"] = {"day_of_week": week}


@fault("hours.created")
def _created_the_day_after(files: Files) -> None:
    first(files, "BV")["created_at"] = "2025-01-15T00:00:00Z"


# Shape 8


@fault("reversals.linked", "reversals.swapped")
def _a_reversal_of_another_company(files: Files) -> None:
    first(files, "AB")["reversal_of"] = first(files, "BV", "2000")["document_id"]


@fault("reversals.linked")
def _a_reversal_of_nothing(files: Files) -> None:
    first(files, "AB")["reversal_of"] = "00000000-0000-8000-8000-000000000000"


@fault("reversals.linked")
def _a_reversal_of_what_comes_later(files: Files) -> None:
    reversal = next(
        one for one in files.documents if one["document_type"] == "AB" and one["source"] == "reversal"
    )
    original = next(one for one in files.documents if one["document_id"] == reversal["reversal_of"])
    there, here = files.documents.index(original), files.documents.index(reversal)
    for name in ("posting_date", "document_date", "created_at"):
        reversal[name], original[name] = original[name], reversal[name]
    files.documents[there], files.documents[here] = reversal, original
    count_again(files)


@fault("reversals.source")
def _a_reversal_that_looks_manual(files: Files) -> None:
    first(files, "AB")["source"] = "manual"


@fault("reversals.swapped", "ties.movements")
def _a_reversal_of_a_part(files: Files) -> None:
    amounts(first(files, "AB", account="6300"), "3.00", "2.00")


@fault("reversals.once")
def _reversed_twice(files: Files) -> None:
    again = first(files, "AB", month="2025-02", account="6300")
    again["reversal_of"] = first(files, "AB", account="6300")["reversal_of"]


@fault("currency.rate_of_one")
def _a_rate_at_home(files: Files) -> None:
    first(files, "BV")["exchange_rate"] = "1.100000"


@fault("currency.one_rate")
def _two_rates_on_a_day(files: Files) -> None:
    day = "2024-11-06"
    first(files, "DR", month="2024-11").update(
        posting_date=day, document_date=day, created_at=f"{day}T10:00:00Z"
    )
    first(files, "RV", month="2024-11").update(currency="EUR", exchange_rate="1.000001")


@fault("currency.translated")
def _translated_at_another_rate(files: Files) -> None:
    first(files, "IV", "2000", "2024-12")["exchange_rate"] = "0.9100000"


@fault("currency.translated", "ties.movements", "ties.items_end", "ties.result_zero", "ties.retained")
def _a_cent_more_on_both_sides_than_the_rate_gives(files: Files) -> None:
    debited, credited = first(files, "IV", "2000", "2024-12")["lines"]
    debited["local_amount"], credited["local_amount"] = "540.01", "-540.01"


@fault("currency.printed")
def _a_rate_of_too_few_digits(files: Files) -> None:
    first(files, "IV", "2000", "2024-12")["exchange_rate"] = "0.900000"


@fault("currency.printed", "currency.rate_of_one")
def _a_rate_that_is_no_decimal(files: Files) -> None:
    first(files, "BV")["exchange_rate"] = "1e0"


# Shape 9


@fault("ties.opening", "ties.movements")
def _an_opening_that_does_not_balance(files: Files) -> None:
    row(files, "balances", company_code="1000", account="1010")["opening"] = "50000.01"


@fault("ties.movements")
def _a_turnover_too_high(files: Files) -> None:
    one = row(files, "balances", company_code="1000", account="1010")
    one["debit"], one["credit"] = f"{float(one['debit']) + 1:.2f}", f"{float(one['credit']) + 1:.2f}"


@fault("ties.equation", "ties.movements")
def _a_balance_too_high(files: Files) -> None:
    one = row(files, "balances", company_code="1000", account="1010")
    one["balance"] = f"{float(one['balance']) + 1:.2f}"


@fault("ties.control_start", "ties.items_end", "links.payments")
def _an_opening_item_that_is_not_listed(files: Files) -> None:
    files.tables["open-items-opening"].pop(0)


@fault("ties.control_end", "ties.items_end")
def _an_item_too_many_at_the_end(files: Files) -> None:
    files.tables["open-items"].append(item("1000", "1100", "C1000", "INV-0000000099", 1))


@fault("ties.cash", "ties.opening", "ties.movements")
def _nothing_in_the_bank(files: Files) -> None:
    row(files, "balances", company_code="1000", account="1010")["opening"] = "-1000.00"


@fault("ties.depreciation", "ties.opening", "ties.movements")
def _more_depreciated_than_bought(files: Files) -> None:
    row(files, "balances", company_code="1000", account="1630")["opening"] = "-9999.00"


@fault("links.payments")
def _paid_before_it_is_invoiced(files: Files) -> None:
    invoice, payment = first(files, "RE"), first(files, "KZ")
    for name in ("posting_date", "document_date", "created_at"):
        invoice[name], payment[name] = payment[name], invoice[name]
    at, then = files.documents.index(invoice), files.documents.index(payment)
    files.documents[at], files.documents[then] = payment, invoice
    count_again(files)


@fault("ties.items", "ties.items_end", "ties.movements")
def _paid_too_much(files: Files) -> None:
    amounts(first(files, "KZ"), "200.00", "200.01")


@fault("ties.items_end", "ties.movements")
def _paid_too_little(files: Files) -> None:
    amounts(first(files, "KZ"), "200.00", "199.99")


@fault("ties.items_end", "links.payments")
def _another_invoice_is_paid(files: Files) -> None:
    line(first(files, "KZ"), "2000")["assignment"] = "VIN-0000000099"


@fault("ties.opened_once", "ties.items_end", "links.payments")
def _one_reference_for_two_invoices(files: Files) -> None:
    line(first(files, "RV", month="2025-02"), "1100")["assignment"] = "INV-0000000012"


@fault("links.assigned", "ties.items_end")
def _an_invoice_that_names_no_item(files: Files) -> None:
    line(first(files, "RE", month="2025-02"), "2000")["assignment"] = None
    line(first(files, "KZ", month="2025-02"), "2000")["assignment"] = None
    line(first(files, "RE", month="2025-02"), "2900")["assignment"] = None


@fault("ties.result_zero", "ties.movements")
def _an_expense_left_open(files: Files) -> None:
    entry = first(files, "CL", month="2024-12")
    line(entry, "6300")["account"] = "6500"


@fault("ties.retained", "structure.rule_book", "ties.movements")
def _the_result_goes_elsewhere(files: Files) -> None:
    entries = [one for one in files.documents if one["document_type"] == "CL" and len(one["lines"]) == 2]
    line(entries[0], "3200")["account"] = "3210"


@fault("numbers.gapless")
def _a_number_left_out(files: Files) -> None:
    first(files, "BV", month="2025-02")["document_number"] = "0000000003"


@fault("numbers.gapless")
def _a_year_that_begins_with_two(files: Files) -> None:
    for month, number in (("2025-01", 2), ("2025-02", 3)):
        first(files, "BV", month=month)["document_number"] = f"{number:010d}"


@fault("numbers.year")
def _a_year_too_late(files: Files) -> None:
    only = first(files, "CF")
    only["fiscal_year"] = 2026


@fault("numbers.period")
def _a_period_too_late(files: Files) -> None:
    first(files, "BV")["fiscal_period"] = 2


@fault("numbers.period")
def _period_thirteen_in_january(files: Files) -> None:
    first(files, "BV")["fiscal_period"] = 13


# Shape 10


@fault("approval.users")
def _a_user_nobody_knows(files: Files) -> None:
    first(files, "BV")["created_by"] = "guest"


@fault("approval.missing")
def _a_large_journal_not_approved(files: Files) -> None:
    first(files, "SA").update(approved_by=None, approved_at=None)


@fault("approval.other", "approval.limit")
def _approved_by_the_one_who_entered_it(files: Files) -> None:
    first(files, "SA")["approved_by"] = "clerk.1000"


@fault("approval.other")
def _entered_by_the_one_who_approved_it(files: Files) -> None:
    first(files, "SA")["created_by"] = "chief.1000"


@fault("approval.limit")
def _a_limit_that_is_too_low(files: Files) -> None:
    row(files, "users", user_id="chief.1000")["approval_limit"] = "19999.99"


@fault("approval.time")
def _approved_before_it_was_created(files: Files) -> None:
    first(files, "SA")["approved_at"] = "2025-01-15T09:59:59Z"


# Taxes, intercompany


@fault("tax.rates", "ties.movements")
def _a_tax_too_high(files: Files) -> None:
    entry = first(files, "RV", "2000")
    for account, amount in (("4000", "999.12"), ("2100", "191.04")):
        line(entry, account).update(credit=amount, local_amount=f"-{amount}")
    line(entry, "2100")["tax_amount"] = "191.04"


@fault("tax.amounts")
def _a_tax_amount_that_is_not_posted(files: Files) -> None:
    line(first(files, "RV", "2000"), "2100")["tax_amount"] = "190.10"


@fault("tax.rates")
def _another_rate(files: Files) -> None:
    files.config_document["companies"][1]["country"] = "FR"


@fault("tax.rates")
def _tax_where_there_is_none(files: Files) -> None:
    files.config_document["tax"] = {"enabled": False}


@fault("intercompany.pairs")
def _a_pair_with_two_references(files: Files) -> None:
    line(first(files, "IV", "2000", "2024-12"), "2050")["assignment"] = "ICI-0000000002"
    line(first(files, "ZC", "2000"), "2050")["assignment"] = "ICI-0000000002"


@fault("intercompany.amounts")
def _a_pair_with_two_amounts(files: Files) -> None:
    entry = first(files, "IV", "2000", "2024-12")
    entry["exchange_rate"] = "0.8999850"
    for one in entry["lines"]:
        for side in ("debit", "credit"):
            one[side] = one[side].replace("600.00", "600.01")


# Closes and triggers


@fault("closes.allocations_net", "structure.rule_book", "ties.movements")
def _an_allocation_to_an_asset(files: Files) -> None:
    first(files, "CO")["lines"][0]["account"] = "1200"


@fault("closes.release_dates")
def _an_accrual_reversed_a_day_late(files: Files) -> None:
    entry = first(files, "SU")
    files.documents.remove(entry)
    entry.update(posting_date="2025-01-02", document_date="2025-01-02", created_at="2025-01-02T10:00:00Z")
    at = next(at for at, one in enumerate(files.documents) if one["posting_date"] >= "2025-01-02")
    files.documents.insert(at, entry)
    count_again(files)


@fault("closes.control", "structure.rule_book", "ties.items_end", "ties.movements", "links.assigned")
def _a_close_on_a_control_account(files: Files) -> None:
    line(first(files, "SB", month="2025-02"), "2210")["account"] = "2000"


@fault("triggers.patterns")
def _a_pattern_that_is_none(files: Files) -> None:
    for document in files.documents:
        document["pattern"] = document["pattern"] and "fortnight_end"


@fault("triggers.types")
def _a_trigger_that_posts_a_sale(files: Files) -> None:
    first(files, "BV")["pattern"] = "month_end"
    count_again(files)


@fault("triggers.releases")
def _an_accrual_of_a_trigger_that_stays(files: Files) -> None:
    for document in files.documents:
        if document["document_type"] == "XR":
            document.update(source="adjustment", reversal_of=None)
