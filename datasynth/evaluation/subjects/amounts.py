"""Shape 3: what amounts look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import BENFORD, MANY, Check, not_judged, only_from
from datasynth.evaluation.expected import buys_or_sells
from datasynth.evaluation.money import dollars
from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.exchange import round_amount

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints
    from datasynth.evaluation.dataset import Dataset

SPREAD = (2.2, 2.6)
FIRST_DIGIT = 0.006
FIRST_TWO_DIGITS = 0.0018
COMMONEST = 0.01
PILE = 0.005
USUAL_LINES = 100
"""Most lines of an entry by default; fewer or more lines change the spread of their amounts."""
ROUND = 10
"""Units of what is worth about a dollar in round figures."""

POWERS = 10 ** np.arange(19, dtype=np.int64)


def amount_checks(data: Dataset, config: Config) -> list[Check]:
    """Check the spread, the digits and the commonest of amounts."""
    totals = data.total[data.total > 0]
    deviations = (
        ("amounts.first_digit", 1, FIRST_DIGIT, "mean deviation from Benford's law"),
        ("amounts.first_two_digits", 2, FIRST_TWO_DIGITS, "mean deviation from Benford's law"),
    )
    digits = [
        Check(name, digit_deviation(totals, digits), None, most, note)
        for name, digits, most, note in deviations
    ]
    if not totals.size:
        return only_from(BENFORD, 0, *digits)
    amounts, times = np.unique(totals, return_counts=True)
    commonest = int(np.argmax(times))
    piles = (
        ("commonest", commonest, COMMONEST, "share of the most common total, {:,} minor units"),
        ("smallest", 0, PILE, "share of the smallest total, {:,}"),
        ("largest", -1, PILE, "share of the largest total, {:,}"),
    )
    shares = [
        Check(f"amounts.{name}", float(times[place]) / data.count, None, most, note.format(amounts[place]))
        for name, place, most, note in piles
    ]
    bias = config.transactions.amounts.round_number_bias
    return [
        *only_from(BENFORD, data.count, *digits),
        *only_from(MANY, data.count, _spread(data, config), *shares),
        not_judged(
            "amounts.round",
            f"reported: totals in tens of dollars or similar units; {bias:g} of transactions are rounded",
            _round_share(data),
        ),
    ]


def digit_deviation(amounts: Ints, digits: int) -> float:
    """Return the mean absolute deviation of the first or first two digits from Benford's law.

    Amounts are above zero; those with fewer digits are left out.
    """
    length = np.searchsorted(POWERS, amounts, side="right")
    enough = length >= digits
    leading = amounts[enough] // POWERS[length[enough] - digits]
    if not leading.size:
        return 0.0
    first = np.arange(POWERS[digits - 1], POWERS[digits])
    found = np.bincount(leading, minlength=int(POWERS[digits]))[first] / leading.size
    return float(np.mean(np.abs(found - np.log10(1 + 1 / first))))


def _round_share(data: Dataset) -> float:
    """Return which share of totals is round in the currency of its document."""
    units = [round_amount(word) if word in CURRENCIES else 1 for word in data.vocabulary.words["currencies"]]
    unit = ROUND * np.array([*units, 1], dtype=np.int64)[data.entries.currency]
    return float(np.mean((data.total > 0) & (data.total % unit == 0)))


def _spread(data: Dataset, config: Config) -> Check:
    """Check the standard deviation of the logarithm of line amounts, by what they are worth."""
    items = config.transactions.line_items
    if items.custom_distribution or items.max_lines != USUAL_LINES:
        return not_judged("amounts.spread", "the bounds need the usual numbers of lines")
    if not buys_or_sells(config):
        return not_judged("amounts.spread", "the data has no sales and no purchases")
    worth = np.abs(data.lines.local_amount / dollars(data, config)[data.line_company])
    spread = float(np.std(np.log(worth[worth > 0])))
    return Check("amounts.spread", spread, *SPREAD, "standard deviation of ln of line amounts")
