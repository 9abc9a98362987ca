"""Which accounts are for what, as the ledger's chart says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.ledger.chart import chart_of

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Truths
    from datasynth.evaluation.dataset import Dataset

CASH = ("bank", "payroll_bank", "petty_cash")
"""Accounts that cannot hold less than nothing."""

TAXES = ("input_tax", "output_tax")
DEPRECIATED = ("buildings", "machinery", "vehicles", "equipment")
"""Classes of assets; the pool of each has a twin that ends in ``_depreciation``."""


def in_pools(data: Dataset, config: Config, *pools: str) -> Truths:
    """Tell which accounts belong to any of some pools, by account code; absent ones do not."""
    chart = chart_of(config.chart_of_accounts.complexity)
    members = {chart.accounts[place].code for pool in pools for place in chart.pools.get(pool, ())}
    return data.vocabulary.table("accounts", members.__contains__)
