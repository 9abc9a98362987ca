"""Taxes on sales and purchases: what is posted is what the country's rate makes of the invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import no_fault, no_faults, not_judged
from datasynth.evaluation.pools import CASH, TAXES, in_pools
from datasynth.ledger.taxes import INPUT, OUTPUT, tax_regime

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Truths
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset

SETTLING = (*CASH, "receivables", "payables", "asset_payables", "employee_payables")
"""Pools of what an invoice, a credit note or a cash sale amounts to, tax included."""


def tax_checks(data: Dataset, config: Config) -> list[Check]:
    """Check tax lines: lines on tax accounts that have a tax code; payments to the tax office have none."""
    posting = in_pools(data, config, *TAXES)[data.lines.account]
    coded = data.lines.tax_code >= 0
    taxed = posting & coded
    if not config.tax.enabled:
        return [
            no_fault("tax.rates", data.having(taxed), "entries with tax, but tax is disabled"),
            not_judged("tax.amounts", "tax is disabled"),
        ]
    if not taxed.any():
        return [not_judged(name, "no line has tax") for name in ("tax.rates", "tax.amounts")]
    posted = np.where(posting, data.lines.debit + data.lines.credit, 0)
    off_rate = _off_rate(data, config, taxed)
    unlike = data.having(coded & (data.lines.tax_amount != posted))
    return no_faults(
        ("tax.rates", off_rate, "entries whose tax does not match the rate and the net amount"),
        ("tax.amounts", unlike, "entries whose tax amount differs from the posted tax"),
    )


def has_tax_line(data: Dataset, config: Config) -> Truths:
    """Tell which entries have a tax line, of shape ``(n,)``."""
    return data.having(in_pools(data, config, *TAXES)[data.lines.account] & (data.lines.tax_code >= 0))


def _off_rate(data: Dataset, config: Config, taxed: Truths) -> Truths:
    """Tell which entries have another tax than the rate makes of what is left without it.

    Each tax line may be a minor unit off.
    """
    lines = data.lines
    signed = lines.debit - lines.credit
    tax = data.per_entry(np.where(taxed, signed, 0))
    settled = in_pools(data, config, *SETTLING)[lines.account]
    # Tax stands on the other side than what is owed, so the sum of both is the net amount.
    net = data.per_entry(np.where(settled, signed, 0)) + tax
    found: Truths = np.abs(tax + net * _rate(data, config, taxed)) > data.per_entry(taxed)
    return found & data.having(taxed)


def _rate(data: Dataset, config: Config, taxed: Truths) -> Floats:
    """Return the rate of each entry's tax, of shape ``(n,)``: its country's, nil for exempt codes."""
    countries = {company.code: company.country for company in config.companies}
    words = data.vocabulary.words["companies"]
    permille = [tax_regime(countries[word]).permille if word in countries else 0 for word in words]
    due = data.vocabulary.table("tax_codes", {OUTPUT, INPUT}.__contains__)
    exempt = data.having(taxed & ~due[data.lines.tax_code])
    rate: Floats = np.array([*permille, 0])[data.entries.company_code] / 1000
    return np.where(exempt, 0.0, rate)
