"""What minor units are worth, in each company and in each document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.ledger.currencies import CURRENCIES, minor_units_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

USUAL_DECIMALS = 2


def company_decimals(data: Dataset, config: Config) -> NDArray[np.int64]:
    """Return the decimals of each company's currency, by code; the last row stands for unknown ones."""
    known = {company.code: company.currency for company in config.companies}
    words = data.vocabulary.words["companies"]
    return np.array([*(_decimals(known.get(word, "")) for word in words), USUAL_DECIMALS])


def document_decimals(data: Dataset) -> NDArray[np.int64]:
    """Return the decimals of each currency, by code; the last row stands for absent ones."""
    return np.array([*map(_decimals, data.vocabulary.words["currencies"]), USUAL_DECIMALS])


def dollars(data: Dataset, config: Config) -> NDArray[np.int64]:
    """Return the minor units worth about a dollar, by company code; the last row stands for unknown ones."""
    return np.array([minor_units_of(int(places)) for places in company_decimals(data, config)])


def home_currency(data: Dataset, config: Config) -> NDArray[np.int32]:
    """Return the code of each company's currency, by company code."""
    known = {company.code: company.currency for company in config.companies}
    words = data.vocabulary.words["companies"]
    codes = [data.vocabulary.code("currencies", known.get(word, "")) for word in words]
    return np.array([*codes, -1], dtype=np.int32)


def foreign(data: Dataset, config: Config) -> NDArray[np.bool_]:
    """Tell which entries are in another currency than their company's; those of unknown companies are not."""
    known = data.vocabulary.table("companies", {one.code for one in config.companies}.__contains__)
    other = data.entries.currency != home_currency(data, config)[data.entries.company_code]
    found: NDArray[np.bool_] = other & known[data.entries.company_code]
    return found


def units_per_local_unit(data: Dataset, config: Config) -> NDArray[np.float64]:
    """Return how many times finer an entry's currency is divided than its company's, of shape ``(n,)``."""
    document = document_decimals(data)[data.entries.currency]
    company = company_decimals(data, config)[data.entries.company_code]
    finer: NDArray[np.float64] = np.power(10.0, document - company)
    return finer


def _decimals(currency: str) -> int:
    return CURRENCIES.get(currency, USUAL_DECIMALS)
