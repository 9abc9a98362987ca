"""Faults of entries by themselves: their form, amounts, order, reversals and rates.

Where a fault drags others along (a changed amount no longer ties to the balances, say), the
checks that follow from it are named with it; whatever else is consistent is kept so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.evaluation.bookkeeping import account
from tests.evaluation.planting import Faults, amounts, count_again, first, in_parts, line, row

if TYPE_CHECKING:
    from tests.evaluation.bookkeeping import Files

FAULTS = Faults()

fault = FAULTS.failing


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


# Shape 11


@fault("repeats.partners")
def _two_vendors_with_the_same_amounts(files: Files) -> None:
    for month in ("2024-11", "2024-12"):
        in_parts(first(files, "RE", month=month), "debit")
    for kind in ("RE", "KZ"):
        line(first(files, kind, month="2024-12"), account("payables"))["partner_id"] = "V2000"


@fault("repeats.unnamed")
def _two_cash_sales_with_the_same_amounts(files: Files) -> None:
    for month in ("2024-11", "2024-12"):
        in_parts(first(files, "BV", month=month), "credit")


# Shape 8, currencies


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
