"""What minor units are worth, in each company and in each document."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.exchange import ANCHOR, local_limits, minor_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Codes, Floats, Ints, Truths
    from datasynth.evaluation.dataset import Dataset

USUAL_DECIMALS = 2
"""Of a currency that nobody knows."""

RATE_PLACES, RATE_DIGITS = 6, 7
"""Fewest decimals and significant digits of a rate."""

_PLAIN = re.compile(rf"\d+\.\d{{{RATE_PLACES},}}", re.ASCII)


def decimals_of(currencies: Iterable[str]) -> Ints:
    """Return the decimals of some currencies, and in a last row those of an absent one."""
    known = [CURRENCIES.get(currency, USUAL_DECIMALS) for currency in currencies]
    return np.array([*known, USUAL_DECIMALS], dtype=np.int64)


def company_decimals(data: Dataset, config: Config) -> Ints:
    """Return the decimals of each company's currency, by code; the last row stands for unknown ones."""
    return decimals_of(_company_currencies(data, config)[:-1])


def document_decimals(data: Dataset) -> Ints:
    """Return the decimals of each currency, by code; the last row stands for absent ones."""
    return decimals_of(data.vocabulary.words["currencies"])


def dollars(data: Dataset, config: Config) -> Floats:
    """Return the minor units worth about a dollar, by company code; the last row stands for unknown ones."""
    return np.array([float(minor_units(currency)) for currency in _company_currencies(data, config)])


def limits(data: Dataset, config: Config) -> Ints:
    """Return the lowest limit of approval, by company code; the last row stands for unknown ones."""
    thresholds = config.approval.thresholds
    found = [local_limits(thresholds, currency)[0] for currency in _company_currencies(data, config)]
    return np.array(found, dtype=np.int64)


def home_currency(data: Dataset, config: Config) -> Codes:
    """Return the code of each company's currency, by company code."""
    known = {company.code: company.currency for company in config.companies}
    words = data.vocabulary.words["companies"]
    codes = [data.vocabulary.code("currencies", known.get(word, "")) for word in words]
    return np.array([*codes, -1], dtype=np.int32)


def foreign(data: Dataset, config: Config) -> Truths:
    """Tell which entries are in another currency than their company's; those of unknown companies are not."""
    known = data.vocabulary.table("companies", {one.code for one in config.companies}.__contains__)
    other = data.entries.currency != home_currency(data, config)[data.entries.company_code]
    found: Truths = other & known[data.entries.company_code]
    return found


def rate_of(text: str) -> Decimal | None:
    """Return a rate that is printed as it should be, trailing noughts and all, else nothing."""
    digits = text.replace(".", "").lstrip("0")
    return Decimal(text) if _PLAIN.fullmatch(text) and len(digits) >= RATE_DIGITS else None


def worth(amounts: Ints, rates: Sequence[Decimal], finer: Ints) -> Ints:
    """Return amounts at their rates, rounded half up, exactly. [minor units of the company's currency]

    Parameters
    ----------
    amounts : (n,) int64
        At least 0. [minor units of the document's currency]
    finer : (n,) int64
        Decimals that the document's currency has more than the company's.
    """
    parts = [rate.as_integer_ratio() for rate in rates]
    above = np.array([up for up, _ in parts], dtype=object) * 10 ** np.maximum(-finer, 0).astype(object)
    below = np.array([down for _, down in parts], dtype=object) * 10 ** np.maximum(finer, 0).astype(object)
    exact: NDArray[np.object_] = (2 * amounts.astype(object) * above + below) // (2 * below)
    return exact.astype(np.int64)


def _company_currencies(data: Dataset, config: Config) -> list[str]:
    """Return each company's currency, by company code; the anchor's for unknown ones."""
    known = {company.code: company.currency for company in config.companies}
    return [*(known.get(word, ANCHOR) for word in data.vocabulary.words["companies"]), ANCHOR]
