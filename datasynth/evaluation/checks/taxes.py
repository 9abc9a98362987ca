"""Taxes on sales and purchases: what is posted is what the country's rate makes of the invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.gates import Gate, no_faults, not_judged
from datasynth.evaluation.pools import CASH, TAXES, in_pools
from datasynth.ledger.taxes import INPUT, OUTPUT, tax_regime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

SETTLING = (*CASH, "receivables", "payables", "asset_payables", "employee_payables")
"""Pools of what an invoice, a credit note or a cash sale amounts to, tax included."""


def check_taxes(data: Dataset, config: Config) -> list[Gate]:
    """Judge tax lines: lines on tax accounts that have a tax code; payments to the tax office have none."""
    names = ("tax.rates", "tax.amounts")
    posting = in_pools(data, config, *TAXES)[data.lines.account]
    coded = data.lines.tax_code >= 0
    taxed = posting & coded
    if not config.tax.enabled:
        return [
            no_faults(names[0], data.per_entry(taxed) > 0, "entries with tax, and there is none"),
            not_judged(names[1], "there are no taxes"),
        ]
    if not taxed.any():
        return [not_judged(name, "no line is taxed") for name in names]
    amount = data.lines.debit + data.lines.credit
    return [
        no_faults(
            names[0],
            _off_rate(data, config, taxed),
            "entries whose tax is not what its rate makes of the net amount",
        ),
        no_faults(
            names[1],
            data.per_entry(coded & (data.lines.tax_amount != np.where(posting, amount, 0))) > 0,
            "entries with a tax amount that is not the one posted",
        ),
    ]


def has_tax_line(data: Dataset, config: Config) -> NDArray[np.bool_]:
    """Tell which entries have a tax line, of shape ``(n,)``."""
    taxed = in_pools(data, config, *TAXES)[data.lines.account] & (data.lines.tax_code >= 0)
    found: NDArray[np.bool_] = data.per_entry(taxed) > 0
    return found


def _off_rate(data: Dataset, config: Config, taxed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which entries have another tax than the rate makes of what is left without it.

    Each tax line may be a minor unit off.
    """
    lines = data.lines
    signed = lines.debit - lines.credit
    tax = data.per_entry(np.where(taxed, signed, 0))
    settled = in_pools(data, config, *SETTLING)[lines.account]
    # Tax stands on the other side than what is owed, so the sum of both is the net amount.
    net = data.per_entry(np.where(settled, signed, 0)) + tax
    found: NDArray[np.bool_] = np.abs(tax + net * _rate(data, config, taxed)) > data.per_entry(taxed)
    return found & (data.per_entry(taxed) > 0)


def _rate(data: Dataset, config: Config, taxed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the rate of each entry's tax, of shape ``(n,)``: its country's, nil for exempt codes."""
    countries = {company.code: company.country for company in config.companies}
    words = data.vocabulary.words["companies"]
    permille = [tax_regime(countries[word]).permille if word in countries else 0 for word in words]
    due = data.vocabulary.table("tax_codes", {OUTPUT, INPUT}.__contains__)
    exempt = data.per_entry(taxed & ~due[data.lines.tax_code]) > 0
    rate: NDArray[np.float64] = np.array([*permille, 0])[data.entries.company_code] / 1000
    return np.where(exempt, 0.0, rate)
