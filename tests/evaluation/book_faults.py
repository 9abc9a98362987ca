"""Faults between entries and books: openings, items, approvals, taxes, pairs, closes and triggers.

Where a fault drags others along (a changed amount no longer ties to the balances, say), the
checks that follow from it are named with it; whatever else is consistent is kept so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.evaluation.bookkeeping import item
from tests.evaluation.planting import Faults, amounts, count_again, first, line, row

if TYPE_CHECKING:
    from tests.evaluation.bookkeeping import Files

FAULTS = Faults()

fault = FAULTS.failing


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


@fault("ties.items_end", "links.payments", "gaps.payments")
def _another_invoice_is_paid(files: Files) -> None:
    line(first(files, "KZ"), "2000")["assignment"] = "RE 9999"


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
    line(first(files, "IV", "2000", "2024-12"), "2050")["assignment"] = "ICI-0000000099"
    line(first(files, "ZC", "2000"), "2050")["assignment"] = "ICI-0000000099"


@fault("intercompany.amounts")
def _a_pair_with_two_amounts(files: Files) -> None:
    entry = first(files, "IV", "2000", "2024-12")
    entry["exchange_rate"] = "0.8999850"
    for one in entry["lines"]:
        for side in ("debit", "credit"):
            one[side] = one[side].replace("600.00", "600.01")


# Gaps


def _renamed(files: Files, company: str, old: str, new: str) -> None:
    """Give an item of a company another number wherever it stands."""
    for document in files.documents:
        if document["company_code"] == company:
            document["reference"] = new if document["reference"] == old else document["reference"]
            for one in document["lines"]:
                one["assignment"] = new if one["assignment"] == old else one["assignment"]


@fault("gaps.own")
def _an_invoice_number_is_left_out(files: Files) -> None:
    _renamed(files, "2000", "INV-0000000013", "INV-0000000014")


@fault("gaps.own")
def _invoices_are_numbered_backwards(files: Files) -> None:
    _renamed(files, "1000", "INV-0000000010", "INV-0000000099")
    _renamed(files, "1000", "INV-0000000011", "INV-0000000010")
    _renamed(files, "1000", "INV-0000000099", "INV-0000000011")


@fault("gaps.own")
def _orders_are_numbered_in_sixteens(files: Files) -> None:
    for number in (1, 2, 3):
        _renamed(files, "3000", f"PO-000000000{number}", f"PO-00000000{16 * number}")


@fault("gaps.payments")
def _a_payment_is_headed_by_another_invoice(files: Files) -> None:
    first(files, "DZ", month="2025-01")["reference"] = "INV-0000000010"


@fault("gaps.intercompany", "ties.opened_once", "ties.items_end")
def _two_pairs_have_one_reference(files: Files) -> None:
    for company in ("1000", "3000"):
        _renamed(files, company, "ICI-0000000002", "ICI-0000000001")


@fault("gaps.vendor_numbers")
def _a_vendor_uses_a_number_twice(files: Files) -> None:
    first(files, "RE", month="2025-02")["reference"] = first(files, "RE")["reference"]


@fault("gaps.vendor_order")
def _a_vendor_counts_down(files: Files) -> None:
    _renamed(files, "1000", "RE 4771", "RE 4700")


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
