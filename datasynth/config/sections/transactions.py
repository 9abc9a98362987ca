"""``transactions``: how many entries there are and what they look like."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from datasynth.config import model
from datasynth.config.fields import DecimalNumber, Section, WholeNumber, limit
from datasynth.config.list_fields import MOST_LINES, LineDistribution
from datasynth.config.sections.base import SectionSchema, refuse_other_sums
from datasynth.config.sections.temporal import TemporalSchema

NARROWEST = 100
"""How many times the smallest amount the largest is at least: first digits need two decades."""


class LineItemsSchema(SectionSchema):
    """``transactions.line_items``."""

    builds = model.LineItems

    max_lines = WholeNumber(10, MOST_LINES, "The most lines that one entry may have, closing entries aside.")
    custom_distribution = LineDistribution(
        'Shares of entries by number of lines, such as {"2": 0.7, "4": 0.3}; {} for those of real ledgers.'
    )

    @validates_schema(skip_on_field_errors=True)
    def _within_max_lines(self, data: dict[str, Any], **_: object) -> None:
        most = data["max_lines"]
        above = [lines for lines, _ in data["custom_distribution"] if lines > most]
        if above:
            sentence = f"Entries have at most {limit(most)} lines, by max_lines."
            raise ValidationError({"custom_distribution": {str(lines): [sentence] for lines in above}})


class AmountsSchema(SectionSchema):
    """``transactions.amounts``."""

    builds = model.Amounts

    min = DecimalNumber(
        0.01,
        10**6,
        "Smallest amount of a transaction in US dollars, and what is worth as much in other currencies; "
        "nothing piles up there.",
    )
    max = DecimalNumber(
        10,
        10**12,
        f"Largest amount of a transaction, likewise; at least {NARROWEST} times the smallest.",
    )
    round_number_bias = DecimalNumber(
        0, 1, "Share of transactions whose amount is rounded, the larger the coarser."
    )

    @validates_schema(skip_on_field_errors=False)
    def _wide_enough(self, data: dict[str, float], **_: object) -> None:
        # The margin keeps 1.1 and 110 in, whatever their binary product is.
        if "min" in data and "max" in data and data["max"] < NARROWEST * data["min"] * (1 - 1e-12):
            raise ValidationError(f"max must be at least {NARROWEST} times min.")


class SourcesSchema(SectionSchema):
    """``transactions.sources``."""

    builds = model.Sources

    manual = DecimalNumber(0, 1, "Share of what people enter by hand.")
    automated = DecimalNumber(0, 1, "Share of what interfaces and batch jobs post.")
    recurring = DecimalNumber(0, 1, "Share of what standing orders post.")
    adjustment = DecimalNumber(0, 1, "Share of corrections and valuations.")

    @validates_schema(skip_on_field_errors=False)
    def _sum_to_one(self, data: dict[str, float], **_: object) -> None:
        refuse_other_sums(data, tuple(self.fields))


class TransactionsSchema(SectionSchema):
    """``transactions``."""

    builds = model.Transactions

    target_count = WholeNumber(
        1,
        model.MOST_ENTRIES,
        "Entries in the data set; fewer where a weak currency's sums would not fit into 64 bits.",
    )
    line_items = Section(LineItemsSchema, "How many lines entries have.")
    amounts = Section(AmountsSchema, "How large transactions are.")
    sources = Section(
        SourcesSchema, "Who or what makes the entries that reverse nothing; the four shares sum to 1."
    )
    temporal = Section(TemporalSchema, "How entries spread over the calendar and the day.")
    reversal_rate = DecimalNumber(
        0, 0.1, "Share of the entries that reverse an earlier one, closing entries aside."
    )
    foreign_currency_share = DecimalNumber(
        0, 0.2, "Share of the entries in another currency than their company's."
    )
