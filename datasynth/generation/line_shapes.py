"""How many debit and credit lines documents have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws, uniform
from datasynth.generation.elementary import exp, log

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Line counts of about 364 million journal entries: Ivertowski, Barnard, Braun
# 2024, "Hardware Accelerated Method for Accounting Network Generation",
# table III; shares of 2 … 9 lines, then of 10–99, 100–999 and 1,000 and more.
_SHARES = (0.6068, 0.0577, 0.1663, 0.0306, 0.0332, 0.0113, 0.0188, 0.0042)
_BINS = ((10, 99, 0.0633), (100, 999, 0.0076), (1000, 47_059, 0.0002))
_TAIL_EXPONENT = 2.2
_FEWEST = 2
# Of even counts above two, the part with as many debits as credits, and of the
# unequal rest the part with more credits (same source: 82 : 7 : 11 overall).
_EQUAL = 0.78
_MORE_CREDITS = 11.0 / 18.0


def _line_count_table() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    counts = [np.arange(2, 2 + len(_SHARES))]
    shares = [np.array(_SHARES)]
    for low, high, share in _BINS:
        lines = np.arange(low, high + 1)
        mass = exp(-_TAIL_EXPONENT * log(lines.astype(np.float64)))
        counts.append(lines)
        shares.append(mass * (share / np.add.accumulate(mass)[-1]))
    reached = np.add.accumulate(np.concatenate(shares))
    return np.concatenate(counts), reached / reached[-1]


def draw_line_counts(
    key: int, documents: NDArray[np.int64], max_lines: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw the numbers of debit and credit lines.

    Parameters
    ----------
    key
        From `make_key`.
    documents : (n,) int64
        Numbers of the documents.
    max_lines
        Most lines of one document; what the table has above it goes to the
        upper half of what is allowed, not onto the bound.

    Returns
    -------
    debits, credits : (n,) int64
        At least 1 each.
    """
    counts, reached = _line_count_table()
    lines = counts[np.searchsorted(reached, uniform(draws(key, documents, 0)))]
    upper = max_lines // 2 + below(draws(key, documents, 1), max_lines - max_lines // 2)
    lines = np.where(lines > max_lines, upper, lines)
    equal = (lines % 2 == 0) & (uniform(draws(key, documents, 2)) < _EQUAL)
    fewer = 1 + below(draws(key, documents, 3), np.maximum((lines - 1) // 2, 1))
    credit_heavy = uniform(draws(key, documents, 4)) < _MORE_CREDITS
    credit = np.where(equal | (lines == _FEWEST), lines // 2, np.where(credit_heavy, lines - fewer, fewer))
    return lines - credit, credit
