"""``business_processes`` and ``document_flows``: what is done how often, and what becomes of invoices."""

from __future__ import annotations

from marshmallow import validates_schema

from datasynth.config import model
from datasynth.config.fields import DecimalNumber, Section, WholeNumber
from datasynth.config.sections.base import SectionSchema, refuse_other_sums, refuse_sums_above

MOST_SPECIAL = 0.95
"""Invoices that may be paid in some special way; the rest are paid as they stand."""


class BusinessProcessesSchema(SectionSchema):
    """``business_processes``."""

    builds = model.BusinessProcesses

    o2c_weight = DecimalNumber(0, 1, "Share of order to cash among the entries; 0 removes the process.")
    p2p_weight = DecimalNumber(0, 1, "Share of procure to pay among the entries.")
    r2r_weight = DecimalNumber(0, 1, "Share of record to report; the calendar's closes belong to it.")
    h2r_weight = DecimalNumber(0, 1, "Share of hire to retire: payroll, travel, expenses.")
    a2r_weight = DecimalNumber(0, 1, "Share of acquire to retire: assets.")
    treasury_weight = DecimalNumber(0, 1, "Share of treasury: bank charges, interest, loans, transfers.")
    tax_weight = DecimalNumber(0, 1, "Share of tax: assessments and payments.")
    intercompany_weight = DecimalNumber(
        0, 1, "Share of dealings between companies; with one company it is spread over the others."
    )

    @validates_schema(skip_on_field_errors=False)
    def _sum_to_one(self, data: dict[str, float], **_: object) -> None:
        refuse_other_sums(data, tuple(self.fields))


class OrderToCashSchema(SectionSchema):
    """``document_flows.o2c``."""

    builds = model.OrderToCash

    partial_payment_rate = DecimalNumber(
        0,
        1,
        "Share of the invoices of deliveries that are paid in two parts.",
    )
    short_payment_rate = DecimalNumber(
        0, 1, "Share of the invoices of deliveries that are paid a little short, the difference written off."
    )
    early_discount_rate = DecimalNumber(
        0, 1, "Share of the invoices of deliveries that are paid early, less a discount."
    )
    bundled_payment_rate = DecimalNumber(
        0, 1, "Share of the invoices of deliveries that are paid together with others of the same customer."
    )
    return_rate = DecimalNumber(
        0, 1, "Share of the invoices of deliveries that are credited in part before the rest is paid."
    )
    payment_days = WholeNumber(5, 60, "Likeliest number of days from delivery to payment.")

    @validates_schema(skip_on_field_errors=False)
    def _leave_ordinary_ones(self, data: dict[str, float], **_: object) -> None:
        refuse_sums_above(data, [name for name in self.fields if name.endswith("_rate")], MOST_SPECIAL)


class ProcureToPaySchema(SectionSchema):
    """``document_flows.p2p``."""

    builds = model.ProcureToPay

    partial_payment_rate = DecimalNumber(
        0,
        1,
        "Share of the invoices for goods that are paid in two parts.",
    )
    early_discount_rate = DecimalNumber(
        0, 1, "Share of the invoices for goods that are paid early, less a discount."
    )
    payment_run_rate = DecimalNumber(
        0,
        1,
        "Share of the invoices for services and expenses that are paid together with others of one vendor.",
    )
    price_variance_rate = DecimalNumber(
        0, 1, "Share of the invoices for goods that have another price than the goods were received at."
    )
    payment_days = WholeNumber(5, 60, "Likeliest number of days from the receipt of the goods to payment.")

    @validates_schema(skip_on_field_errors=False)
    def _leave_ordinary_ones(self, data: dict[str, float], **_: object) -> None:
        refuse_sums_above(data, [name for name in self.fields if name.endswith("_rate")], MOST_SPECIAL)


class DocumentFlowsSchema(SectionSchema):
    """``document_flows``."""

    builds = model.DocumentFlows

    o2c = Section(OrderToCashSchema, f"How customers pay; the five rates sum to at most {MOST_SPECIAL}.")
    p2p = Section(ProcureToPaySchema, f"How vendors are paid; the four rates sum to at most {MOST_SPECIAL}.")
