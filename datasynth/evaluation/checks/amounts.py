"""Shape 3: what amounts look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.gates import BENFORD, MANY, Gate, not_judged, only_from
from datasynth.evaluation.money import dollars
from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.exchange import round_amount

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
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


def check_amounts(data: Dataset, config: Config) -> list[Gate]:
    """Judge the spread, the digits and the commonest of amounts."""
    totals = data.total[data.total > 0]
    amounts, times = np.unique(totals, return_counts=True)
    entries = max(data.count, 1)
    digits = [
        Gate(
            "amounts.first_digit",
            digit_deviation(totals, 1),
            None,
            FIRST_DIGIT,
            "mean deviation from Benford",
        ),
        Gate("amounts.first_two_digits", digit_deviation(totals, 2), None, FIRST_TWO_DIGITS, "likewise"),
    ]
    if not amounts.size:
        return [*only_from(digits, 0, BENFORD)]
    commonest = int(np.argmax(times))
    others = [
        _spread(data, config),
        Gate(
            "amounts.commonest",
            float(times[commonest]) / entries,
            None,
            COMMONEST,
            f"share of the total that most entries have, {amounts[commonest]:,} minor units",
        ),
        Gate("amounts.smallest", float(times[0]) / entries, None, PILE, f"likewise {amounts[0]:,}"),
        Gate("amounts.largest", float(times[-1]) / entries, None, PILE, f"likewise {amounts[-1]:,}"),
    ]
    bias = config.transactions.amounts.round_number_bias
    return [
        *only_from(digits, data.count, BENFORD),
        *only_from(others, data.count, MANY),
        not_judged(
            "amounts.round",
            f"reported: totals in tens of dollars or what is like them; {bias:g} of transactions are rounded",
            _round_share(data),
        ),
    ]


def digit_deviation(amounts: NDArray[np.int64], digits: int) -> float:
    """Return the mean absolute deviation of first digits from Benford's law.

    Parameters
    ----------
    amounts : (n,) int64
        Above zero; those with fewer digits are left out.
    digits
        How many of them, 1 or 2.
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


def _spread(data: Dataset, config: Config) -> Gate:
    """Judge the standard deviation of the logarithm of line amounts, by what they are worth."""
    items = config.transactions.line_items
    if items.custom_distribution or items.max_lines != USUAL_LINES:
        return not_judged("amounts.spread", "its bounds are those of the usual numbers of lines")
    worth = np.abs(data.lines.local_amount / dollars(data, config)[data.line_company])
    spread = float(np.std(np.log(worth[worth > 0])))
    return Gate("amounts.spread", spread, *SPREAD, "standard deviation of ln of line amounts")
